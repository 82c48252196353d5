"""Trains `tiny`, the small language model that ships in the package, from the running Python's own
documentation.

It exists so that the demo, the examples and the tests have a real language model without a network: a
Llama-shaped transformer with its own byte-level BPE tokenizer, trained on the train part of
`builtin:python-docs`, small enough (under 3 MB) to be committed. Beside the weights lies `training.json`: its
loss on the held-out documents next to that of a bigram and a unigram model on the same tokens, so that anyone
can see it has learnt more than word pairs.

    python scripts/train_tiny_lm.py --out src/microtome/models/tiny_lm

Where fresh memory is slow (many virtual machines), keeping it makes the training three times faster: set
`MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000` in the environment.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import platform
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from microtome.text import Blocks, PackingConfig, TextSource, in_part, open_text, read_blocks

# Suffixes: N blocks, B batch, T token position, V vocabulary.
BOUNDARY = "<|endoftext|>"
CORPUS = "builtin:python-docs"
FOLDER_LIMIT_BYTES = 3_000_000
CARD = """---
license: other
license_name: psf-2.0
library_name: transformers
---
# tiny

A language model of {parameters:,} parameters (Llama-shaped: {layers} layers, width {width}, {heads} heads,
context {context}, byte-level BPE of {vocabulary:,} tokens) for demos and tests of dictionary learning, not
for use. It was trained by `scripts/train_tiny_lm.py` from scratch on the language reference and
standard-library sources of Python {python}, which are under the Python Software Foundation License; the
weights are given under the same licence. Held-out loss {loss:.3f} nats per token (bigram model {bigram:.3f},
unigram model {unigram:.3f}); `training.json` has the details.
"""


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """What decides the result, beside the Python that the corpus is read from."""

    vocabulary: int = 3072
    layers: int = 4
    width: int = 128
    heads: int = 4
    mlp_width: int = 352
    context: int = 256
    held_out_share: float = 0.05
    batch: int = 16
    steps: int = 2000
    bfloat16: bool = True
    learning_rate: float = 4e-3
    warmup_steps: int = 100
    weight_decay: float = 0.1
    seed: int = 0


def train_tokenizer(source: TextSource, config: TrainingConfig) -> Any:
    """A byte-level BPE tokenizer learnt from the train part; one special token begins and ends every text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocabulary,
        special_tokens=[BOUNDARY],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (d.text for d in source.documents() if in_part(d.text, "train", config.held_out_share))
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOUNDARY} $A", pair=f"{BOUNDARY} $A {BOUNDARY} $B", special_tokens=[(BOUNDARY, 0)]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=BOUNDARY,
        eos_token=BOUNDARY,
        pad_token=BOUNDARY,
        model_max_length=config.context,
        clean_up_tokenization_spaces=False,
    )


def new_model(config: TrainingConfig) -> Any:
    """An untrained model of the configured shape, embeddings tied."""
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocabulary,
            hidden_size=config.width,
            intermediate_size=config.mlp_width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=0,
            pad_token_id=0,
            initializer_range=0.05,
        )
    )


def token_losses(model: Any, tokens_BT: Tensor, special_BT: Tensor) -> Tensor:
    """The cross entropy (nats) of every token that has one before it and is not special, as one flat
    tensor.
    """
    logits = model(input_ids=tokens_BT, use_cache=False).logits[:, :-1].float()
    losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens_BT[:, 1:].flatten(), reduction="none")
    return losses[~special_BT[:, 1:].flatten()]


def mean_loss(model: Any, blocks: Blocks, batch: int) -> float:
    """Nats per predicted token over all blocks."""
    tokens, special = torch.from_numpy(blocks.tokens).long(), torch.from_numpy(blocks.special)
    total, count = 0.0, 0
    model.eval()
    with torch.inference_mode():
        for at in range(0, len(tokens), batch):
            losses = token_losses(model, tokens[at : at + batch], special[at : at + batch])
            total += float(losses.double().sum())
            count += losses.numel()
    model.train()
    return total / count


def _pairs(blocks: Blocks) -> tuple[np.ndarray, np.ndarray]:
    # The very pairs on which the model is judged: a token that is not special, and the one before it.
    scored = ~blocks.special[:, 1:]
    return blocks.tokens[:, :-1][scored], blocks.tokens[:, 1:][scored]


def count_model_losses(train: Blocks, held_out: Blocks, vocabulary: int) -> dict[str, float]:
    """Held-out loss (nats per token) of a unigram and of a bigram model counted on the train part.

    p(b) = (n(b) + 1) / (n + V); p(b|a) = (n(a,b) + k p(b)) / (n(a) + k). k is the one that is best on the
    last tenth of the train part when counted on the rest; the held-out part has no say in it.
    """

    def fit(blocks: Blocks) -> tuple[np.ndarray, np.ndarray]:
        before, after = _pairs(blocks)
        pairs = np.bincount(before.astype(np.int64) * vocabulary + after, minlength=vocabulary**2)
        return np.bincount(after, minlength=vocabulary), pairs.reshape(vocabulary, vocabulary)

    def losses(single: np.ndarray, double: np.ndarray, blocks: Blocks, k: float) -> tuple[float, float]:
        before, after = _pairs(blocks)
        unigram = (single + 1) / (single.sum() + vocabulary)
        bigram = (double[before, after] + k * unigram[after]) / (double.sum(axis=1)[before] + k)
        return float(-np.log(unigram[after]).mean()), float(-np.log(bigram).mean())

    tenth = len(train) // 10
    fitted = fit(train.take(slice(0, -tenth)))
    grid = [1.0, 3.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 1000.0]
    best = min(grid, key=lambda k: losses(*fitted, train.take(slice(-tenth, None)), k)[1])
    unigram, bigram = losses(*fit(train), held_out, best)
    return {"unigram_loss": unigram, "bigram_loss": bigram, "bigram_smoothing": best}


def learning_rate(config: TrainingConfig, step: int) -> float:
    """Linear warm-up, then a cosine down to a hundredth at the last step."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


def save(folder: Path, model: Any, tokenizer: Any, record: dict[str, Any], config: TrainingConfig) -> int:
    """Writes the model (half precision), tokenizer, card and record; returns the folder's size in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    copy.deepcopy(model).half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    # The stored numbers are halves to save space; the model is meant to run in single precision.
    settings = json.loads((folder / "config.json").read_text())
    settings.pop("torch_dtype", None)
    settings["dtype"] = "float32"
    (folder / "config.json").write_text(json.dumps(settings, indent=2) + "\n")
    tokenizer.save_pretrained(folder)
    whole = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")))
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    card = CARD.format(
        parameters=sum(p.numel() for p in model.parameters()),
        python=platform.python_version(),
        loss=record["held_out_loss"],
        bigram=record["bigram_loss"],
        unigram=record["unigram_loss"],
        **asdict(config),
    )
    (folder / "README.md").write_text(card)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > FOLDER_LIMIT_BYTES:
        raise SystemExit(f"{folder} takes {size} bytes, over the limit of {FOLDER_LIMIT_BYTES}")
    return size


def new_optimiser(model: Any, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW that decays matrices and leaves norm scales alone."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim == 1]
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": config.weight_decay}, {"params": plain, "weight_decay": 0.0}],
        lr=config.learning_rate,
        betas=(0.9, 0.95),
    )


def train(folder: Path, config: TrainingConfig, *, save_every: int) -> None:
    """Trains from scratch and saves whenever the held-out loss is the best so far."""
    torch.manual_seed(config.seed)
    source = open_text(CORPUS)
    tokenizer = train_tokenizer(source, config)
    packing = PackingConfig(context=config.context, held_out_share=config.held_out_share, part="train")
    train_blocks = read_blocks(source, tokenizer, packing)
    held_out = read_blocks(source, tokenizer, replace(packing, part="held_out"))
    counted = count_model_losses(train_blocks, held_out, config.vocabulary)
    print(f"{train_blocks.n_usable} train, {held_out.n_usable} held-out tokens; {counted}", flush=True)
    model = new_model(config)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    optimiser = new_optimiser(model, config)
    tokens, special = torch.from_numpy(train_blocks.tokens).long(), torch.from_numpy(train_blocks.special)
    order, epochs = np.random.default_rng(config.seed), -(-config.steps * config.batch // len(tokens))
    rows = np.concatenate([order.permutation(len(tokens)) for _ in range(epochs)])
    best, start = math.inf, time.monotonic()
    for step in range(config.steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, step)
        at = torch.from_numpy(rows[step * config.batch : (step + 1) * config.batch])
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            loss = token_losses(model, tokens[at], special[at]).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        seen = (step + 1) * config.batch * config.context
        if step % 20 == 0:
            print(f"{step} {loss.item():.3f} {seen / (time.monotonic() - start):.0f} tokens/s", flush=True)
        if (step + 1) % save_every and step + 1 != config.steps:
            continue
        # What is judged is what will be loaded: the weights rounded to half precision.
        held = mean_loss(copy.deepcopy(model).half().float(), held_out, config.batch)
        print(f"{step + 1} steps: held-out loss {held:.4f}", flush=True)
        if held < best:
            best = held
            record = {
                "held_out_loss": held,
                **counted,
                "unit": "nats per token, special tokens excluded",
                "tokens_seen": seen,
                "steps_done": step + 1,
                "train_tokens": train_blocks.n_usable,
                "held_out_tokens": held_out.n_usable,
                "corpus": source.fingerprint,
                "python": platform.python_version(),
                "settings": asdict(config),
            }
            print(f"saved, {save(folder, model, tokenizer, record, config)} bytes", flush=True)


def main() -> None:
    """Reads the options and trains."""
    parser = argparse.ArgumentParser(description="Train the small language model that ships in the package.")
    parser.add_argument("--out", type=Path, default=Path("src/microtome/models/tiny_lm"))
    parser.add_argument("--steps", type=int, default=TrainingConfig.steps)
    parser.add_argument("--seed", type=int, default=TrainingConfig.seed)
    parser.add_argument("--save-every", type=int, default=200, help="steps between held-out losses")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="compute in single precision (slower)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = TrainingConfig(steps=options.steps, seed=options.seed, bfloat16=not options.float32)
    train(options.out, config, save_every=options.save_every)


if __name__ == "__main__":
    main()
