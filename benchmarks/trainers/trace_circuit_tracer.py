"""Traces prompts with circuit-tracer, in its own environment, for `benchmarks/circuits.py`."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from circuit_tracer.attribution.attribute import attribute
from circuit_tracer.replacement_model.replacement_model_transformerlens import TransformerLensReplacementModel
from circuit_tracer.transcoder.single_layer_transcoder import load_transcoder_set
from transformer_lens import HookedTransformerConfig, loading_from_pretrained
from transformers import AutoModelForCausalLM, AutoTokenizer, PretrainedConfig, PreTrainedModel


def memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


def of_gemma2(config: PretrainedConfig) -> dict[str, Any]:
    """Settings of any Gemma 2. TransformerLens reads none from a folder, and has those of three models by name; there
    the layers with a sliding window and those without are the other way round than in transformers."""
    return {
        "original_architecture": "Gemma2ForCausalLM",
        "d_model": config.hidden_size,
        "d_head": config.head_dim,
        "n_heads": config.num_attention_heads,
        "n_key_value_heads": config.num_key_value_heads,
        "d_mlp": config.intermediate_size,
        "n_layers": config.num_hidden_layers,
        "n_ctx": config.max_position_embeddings,
        "d_vocab": config.vocab_size,
        "eps": config.rms_norm_eps,
        "act_fn": config.hidden_activation,
        "normalization_type": "RMS",
        "final_rms": True,
        "gated_mlp": True,
        "use_normalization_before_and_after": True,
        "positional_embedding_type": "rotary",
        "rotary_base": config.rope_theta,
        "attn_scale": config.query_pre_attn_scalar**0.5,
        "attn_scores_soft_cap": config.attn_logit_softcapping,
        "output_logits_soft_cap": config.final_logit_softcapping,
        "use_local_attn": True,
        "window_size": config.sliding_window,
        "attn_types": ["local" if kind == "sliding_attention" else "global" for kind in config.layer_types],
    }


def of_folder(
    folder: str, hf: PreTrainedModel, tokenizer: object, transcoders: object
) -> TransformerLensReplacementModel:
    """The same of a model that TransformerLens has no name for."""
    if hf.config.model_type == "gemma2":
        settings = of_gemma2(hf.config)
    else:
        settings = loading_from_pretrained.convert_hf_model_config(folder)
    config = HookedTransformerConfig.from_dict(
        settings | {"device": "cpu", "dtype": torch.float32, "model_name": "folder", "init_weights": False}
    )
    model = TransformerLensReplacementModel(config, tokenizer)
    weights = loading_from_pretrained.get_pretrained_state_dict(folder, config, hf, dtype=torch.float32)
    model.load_and_process_state_dict(
        weights, fold_ln=False, center_writing_weights=False, center_unembed=False, fold_value_biases=False
    )
    model._configure_replacement_model(transcoders)
    return model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--name", required=True, help="what TransformerLens calls the architecture")
    parser.add_argument("--transcoders", type=Path, required=True)
    parser.add_argument("--jobs", required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    hf = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    paths = {int(path.stem.split("_")[1]): str(path) for path in sorted(args.transcoders.glob("layer_*.safetensors"))}
    transcoders = load_transcoder_set(
        paths,
        scan="benchmark",
        feature_input_hook="mlp.hook_in",
        feature_output_hook="hook_mlp_out",
        device=torch.device("cpu"),
        dtype=torch.float32,
        lazy_encoder=False,
        lazy_decoder=False,
    )
    if Path(args.name).exists():
        model = of_folder(args.name, hf, tokenizer, transcoders)
    else:
        model = TransformerLensReplacementModel.from_pretrained_and_transcoders(
            args.name, transcoders, hf_model=hf, tokenizer=tokenizer, device=torch.device("cpu"), dtype=torch.float32
        )
    del hf
    loaded = memory("VmRSS")
    results = []
    for number, (tokens, nodes) in enumerate(json.loads(args.jobs)):
        began = time.perf_counter()
        graph = attribute(
            torch.tensor(tokens), model, batch_size=args.batch, max_feature_nodes=nodes, max_n_logits=10, verbose=False
        )
        seconds = time.perf_counter() - began
        chosen = graph.selected_features
        n = len(chosen)
        np.savez(
            args.out / f"graph_{number}.npz",
            latents=graph.active_features[chosen].numpy(),
            adjacency=graph.adjacency_matrix[:n, :n].numpy(),
        )
        results.append(
            {"tokens": len(tokens), "nodes": n, "seconds": seconds, "peak": memory("VmHWM"), "loaded": loaded}
        )
        print(json.dumps(results[-1]), flush=True)
    (args.out / "results.json").write_text(json.dumps(results))


main()
