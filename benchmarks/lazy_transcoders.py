"""Memory of a model whose MLPs are all replaced by a set of transcoders that is read layer by layer.

    python benchmarks/lazy_transcoders.py [--layers 26] [--latents 16384] [--width 2304] [--tokens 64] [--out FOLDER]

A model of Gemma 2's architecture and a set of jumprelu transcoders in circuit-tracer's layout, in float32 and with
random weights, are made in a temporary folder. The model's own MLPs are narrow: they are computed and then overwritten,
and only what comes on top of the model is measured: the peak of the process, counted anew after a pass of the model
alone, mapped pages of files included. The transcoders read the norm's output, or (the second row) what it is before
its gain, as in the sets that were published for Gemma 2: then each is folded on its way.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import torch
from growth import memory_now, memory_peak
from safetensors.torch import save_file

from microtome.formats import TranscoderSet, open_dictionary
from microtome.models import LanguageModel

# What the transcoders read, as TransformerLens calls it: the norm's output, and the same before its gain.
HOOKS = ("mlp.hook_in", "ln2.hook_normalized")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=26)
    parser.add_argument("--latents", type=int, default=16384)
    parser.add_argument("--width", type=int, default=2304)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_set(Path(folder), args.layers, args.latents, args.width)
        lm = model_of(args.layers, args.width)
        tokens = torch.arange(args.tokens)[None] % 256
        lm.logits(tokens)
        alone = memory_now()
        found = [measure(lm, tokens, Path(folder), hook, alone) for hook in HOOKS]
        sizes = {key: getattr(args, key) for key in ("layers", "latents", "width", "tokens")}
        found = [{**sizes, **row} for row in found]
    text = table(found)
    print(text, end="")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(found, indent=1) + "\n")
        (args.out / "table.md").write_text(text)


def write_set(folder: Path, layers: int, latents: int, width: int) -> None:
    """A transcoder for every layer, each latent firing on about one token in a hundred."""
    for layer in range(layers):
        generator = torch.Generator().manual_seed(layer)
        tensors = {
            "W_enc": torch.randn(latents, width, generator=generator) / width**0.5,
            "W_dec": torch.randn(latents, width, generator=generator) / width**0.5,
            "b_enc": torch.zeros(latents),
            "b_dec": torch.zeros(width),
            "activation_function.threshold": torch.full((latents,), 2.33),
        }
        save_file(tensors, folder / f"layer_{layer}.safetensors")


def model_of(layers: int, width: int) -> LanguageModel:
    from transformers import Gemma2Config, Gemma2ForCausalLM

    config = Gemma2Config(
        vocab_size=256,
        hidden_size=width,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
    )
    torch.manual_seed(0)
    return LanguageModel.wrap(Gemma2ForCausalLM(config), name="random Gemma 2")


def measure(lm: LanguageModel, tokens: torch.Tensor, folder: Path, hook: str, alone: int) -> dict[str, Any]:
    (folder / "config.yaml").write_text(
        f"model_name: random\nmodel_kind: transcoder_set\nfeature_input_hook: {hook}\n"
        "feature_output_hook: hook_mlp_out\nscan: random\n"
    )
    clean = lm.logits(tokens)
    # Linux counts the peak anew after this.
    Path("/proc/self/clear_refs").write_text("5")
    transcoders = open_dictionary(folder)
    assert isinstance(transcoders, TranscoderSet)
    opened = memory_peak()
    started = time.perf_counter()
    with lm.edit(transcoders.edits(lm)):
        replaced = lm.logits(tokens)
    seconds, peak = time.perf_counter() - started, memory_peak()
    assert not torch.equal(clean, replaced)
    return {
        "hook": hook,
        "set_gib": sum(path.stat().st_size for path in folder.glob("layer_*")) / 2**30,
        "model_gib": alone / 2**30,
        "opening_beyond_gib": (opened - alone) / 2**30,
        "peak_beyond_gib": (peak - alone) / 2**30,
        "seconds": seconds,
        "torch": torch.__version__,
    }


def table(found: list[dict[str, Any]]) -> str:
    one = found[0]
    lines = [
        f"{one['layers']} jumprelu transcoders of {one['latents']:,} latents, {one['width']:,} wide: "
        f"{one['set_gib']:.2f} GiB of files; {one['tokens']} tokens; torch {one['torch']}, {date.today()}.",
        "",
        "| reads | beyond the model when opened | beyond the model, a pass with every MLP replaced | seconds |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {row['hook']} | {row['opening_beyond_gib']:.2f} GiB | {row['peak_beyond_gib']:.2f} GiB | "
        f"{row['seconds']:.1f} |"
        for row in found
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
