"""What tracing takes of memory beside what it stated before the first row, on random models of several sizes.

    python benchmarks/circuit_memory.py --out FOLDER

Each size is traced in a process of its own, after a short trace that warms up. Influence is taken of the finished
graph. Linux only: the most memory a process had is reset through /proc.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import torch
from growth import memory_now, memory_peak

#: Layers, width, tokens, latents that fire at each token and layer, nodes.
SIZES = ((6, 256, 16, 32, 4000), (6, 256, 128, 16, 2000), (12, 128, 64, 16, 2000), (12, 128, 512, 4, 500))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for memory.json and memory.md")
    parser.add_argument("--size", type=json.loads, help="trace one size, print JSON")
    args = parser.parse_args()
    if args.size:
        print(json.dumps(traced(*args.size)))
        return
    results = []
    for size in SIZES:
        command = [sys.executable, __file__, "--out", str(args.out), "--size", json.dumps(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print(results[-1], flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "memory.json").write_text(json.dumps(results, indent=1) + "\n")
    (args.out / "memory.md").write_text(table(results))


def traced(layers: int, width: int, tokens: int, fire: int, nodes: int) -> dict[str, Any]:
    """Trace one prompt on one random model: what was stated, what it took, and what influence took, in bytes."""
    from transformers import AutoConfig, AutoModelForCausalLM

    from microtome.circuits import ReplacementModel, TracingConfig, from_placed, influence, trace, trace_local
    from microtome.dictionaries import Dictionary, DictionaryConfig
    from microtome.errors import MemoryRequestError
    from microtome.evaluation import Placed
    from microtome.models import LanguageModel

    torch.manual_seed(0)
    shape = {"hidden_size": width, "num_hidden_layers": layers, "intermediate_size": 3 * width, "vocab_size": 2000}
    heads = {"num_attention_heads": 8, "num_key_value_heads": 4, "max_position_embeddings": 1024}
    config = AutoConfig.for_model("llama", bos_token_id=1, eos_token_id=2, **shape, **heads)
    lm = LanguageModel.wrap(AutoModelForCausalLM.from_config(config).eval(), None)
    placed = {}
    for layer in range(layers):
        kind: dict[str, Any] = {"kind": "transcoder", "sparsifier": "topk", "l0": float(fire)}
        dictionary = Dictionary(DictionaryConfig(**kind, d_in=width, d_out=width, latents=2048))
        for parameter in dictionary.parameters():
            parameter.data.normal_(std=0.1)
        (site_in,), (site_out,) = lm.parse(f"{layer}.mlp_in"), lm.parse(f"{layer}.mlp_out")
        placed[layer] = Placed(dictionary, site_in, site_out)
    model = ReplacementModel(lm, from_placed(lm, placed))
    prompt = torch.randint(3, 2000, (1, tokens))
    trace(model, prompt[:, :4], config=TracingConfig(max_nodes=20))
    before = memory_now()
    local = model.on(prompt)
    stated = 0.0
    try:
        trace_local(local, config=TracingConfig(max_nodes=nodes, memory=1.0))
    except MemoryRequestError as error:
        stated = 1e6 * float(error.problem.split(" MB", 1)[0].rsplit(" ", 1)[1].replace(",", ""))
    reset()
    graph = trace_local(local, config=TracingConfig(max_nodes=nodes))
    taken = memory_peak() - before
    reset()
    influence(graph)
    facts = {"layers": layers, "tokens": tokens, "fired": local.n_active, "rows": int(graph.row.sum())}
    sizes = {"edges": graph.n_edges, "stated": stated, "taken": taken, "influence": memory_peak() - before}
    return facts | sizes


def reset() -> None:
    """From now on the most memory is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")


def table(results: list[dict[str, Any]]) -> str:
    """Markdown: a row for each size."""
    lines = [
        f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}, "
        f"{date.today().isoformat()}",
        "",
        "| layers | tokens | fired | rows | edges | stated MB | taken MB | share | influence MB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in results:
        lines.append(
            f"| {one['layers']} | {one['tokens']} | {one['fired']:,} | {one['rows']:,} | {one['edges']:,} "
            f"| {one['stated'] / 1e6:,.0f} | {one['taken'] / 1e6:,.0f} | {one['taken'] / one['stated']:.2f} "
            f"| {one['influence'] / 1e6:,.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
