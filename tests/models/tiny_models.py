"""A tiny random model of every family, made from a config, for tests that need a real architecture and no download.

All parameters are drawn at random: biases and norm weights too, because at their initial zeros and ones a tensor that
is read at the wrong place can look right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

N_LAYERS = 3
D_MODEL = 16
VOCAB = 61

_COMMON: dict[str, Any] = {
    "vocab_size": VOCAB,
    "hidden_size": D_MODEL,
    "intermediate_size": 40,
    "num_hidden_layers": N_LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_HEADS = {"head_dim": 6}
_NEOX = {key: value for key, value in _COMMON.items() if key != "num_key_value_heads"}
_GPT = {
    "vocab_size": VOCAB,
    "n_embd": D_MODEL,
    "n_layer": N_LAYERS,
    "n_head": 4,
    "n_positions": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_SLIDING = {"sliding_window": 4, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}

# name -> (config class, its arguments). The names are those of microtome's families.
SPECS: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("GPT2Config", _GPT),
    "gpt_neo": (
        "GPTNeoConfig",
        {
            "vocab_size": VOCAB,
            "hidden_size": D_MODEL,
            "num_layers": N_LAYERS,
            "num_heads": 4,
            "intermediate_size": 40,
            "max_position_embeddings": 64,
            "attention_types": [[["global", "local", "global"], 1]],
            "window_size": 4,
            "bos_token_id": 1,
            "eos_token_id": 2,
        },
    ),
    "gpt_neox_parallel": ("GPTNeoXConfig", _NEOX | {"use_parallel_residual": True}),
    "gpt_neox": ("GPTNeoXConfig", _NEOX | {"use_parallel_residual": False}),
    "llama": ("LlamaConfig", _COMMON | _HEADS | {"attention_bias": True, "mlp_bias": True}),
    "mistral": ("MistralConfig", _COMMON | _HEADS | {"sliding_window": 4}),
    "qwen2": ("Qwen2Config", _COMMON),
    "qwen3": ("Qwen3Config", _COMMON | _HEADS),
    "gemma": ("GemmaConfig", _COMMON | _HEADS),
    "gemma2": ("Gemma2Config", _COMMON | _HEADS | _SLIDING | {"query_pre_attn_scalar": 6}),
    "gemma3": ("Gemma3TextConfig", _COMMON | _HEADS | _SLIDING | {"query_pre_attn_scalar": 6}),
    "phi3": ("Phi3Config", _COMMON),
    "olmo2": ("Olmo2Config", _COMMON),
}
FAMILY_NAMES = tuple(SPECS)

# Architectures that microtome's table does not know; all but the last two obey a residual law.
UNKNOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "starcoder2": ("Starcoder2Config", _COMMON),
    "stablelm": ("StableLmConfig", _COMMON),
    "cohere": ("CohereConfig", _COMMON),
    "gptj": ("GPTJConfig", _GPT | {"rotary_dim": 4}),
    "phi": ("PhiConfig", _COMMON),
    "qwen3_moe": (
        "Qwen3MoeConfig",
        _COMMON | _HEADS | {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 8},
    ),
    "granite": ("GraniteConfig", _COMMON | {"residual_multiplier": 0.3}),
    "opt": (
        "OPTConfig",
        {
            "vocab_size": VOCAB,
            "hidden_size": D_MODEL,
            "ffn_dim": 40,
            "num_hidden_layers": N_LAYERS,
            "num_attention_heads": 4,
            "max_position_embeddings": 64,
            "word_embed_proj_dim": D_MODEL,
        },
    ),
}


def tiny_hf(name: str, *, seed: int = 0, **changes: Any) -> Any:
    """A `transformers` causal LM of the family (or unknown architecture) `name`, all parameters random."""
    import transformers

    class_name, settings = (SPECS | UNKNOWN)[name]
    config = getattr(transformers, class_name)(**(settings | changes))
    hf = transformers.AutoModelForCausalLM.from_config(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in hf.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                parameter.add_(0.2 * noise)
            else:
                parameter.copy_(noise / parameter.shape[-1] ** 0.5)
    return hf.eval()


def tiny_language_model(name: str = "llama", *, seed: int = 0, tokenizer: Any = None, **changes: Any) -> Any:
    """A `LanguageModel` around `tiny_hf(name)`."""
    from microtome.models import LanguageModel

    return LanguageModel.wrap(tiny_hf(name, seed=seed, **changes), tokenizer, name=f"tiny-{name}")


def tiny_tokens(batch: int = 2, length: int = 9, *, seed: int = 1) -> torch.Tensor:
    """Random token ids [batch, length], without the special ids 0 to 2."""
    return torch.randint(3, VOCAB, (batch, length), generator=torch.Generator().manual_seed(seed))


def char_tokenizer(*, bos: bool = True) -> Any:
    """A fast tokenizer of single characters with the ids of the tiny models: pad 0, bos 1, eos 2, unknown 3."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,"
    vocabulary = {token: index for index, token in enumerate(["<pad>", "<s>", "</s>", "<unk>", *letters])}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    names: dict[str, str] = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    if bos:
        names["bos_token"] = "<s>"
    return PreTrainedTokenizerFast(tokenizer_object=backend, **names)


def count_calls(modules: Any) -> tuple[list[int], Callable[[], None]]:
    """How often each module runs from now on, and a function that stops counting."""
    counts = [0 for _ in modules]

    def counter(index: int) -> Callable[..., None]:
        def count(*_: Any) -> None:
            counts[index] += 1

        return count

    handles = [module.register_forward_pre_hook(counter(index)) for index, module in enumerate(modules)]

    def stop() -> None:
        for handle in handles:
            handle.remove()

    return counts, stop
