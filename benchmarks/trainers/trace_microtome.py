"""Traces prompts with microtome for `benchmarks/circuits.py`, in a process of its own so that memory is its own."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from microtome.circuits import ReplacementModel, TracingConfig, open_transcoders, trace
from microtome.circuits.graph import LATENT
from microtome.models import LanguageModel


def memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--transcoders", required=True)
    parser.add_argument("--jobs", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    lm = LanguageModel.load(args.model, dtype="float32")
    transcoders = open_transcoders(lm, args.transcoders)
    model = ReplacementModel(lm, transcoders)
    # The peer holds its transcoders in memory before the clock starts; so does this.
    transcoders.describe()
    # Weights are mapped from their file: only what a forward has read, the unembedding included, is in memory.
    lm.logits(torch.tensor([json.loads(args.jobs)[0][0]]), last=True)
    loaded = memory("VmRSS")
    results = []
    for number, (tokens, nodes) in enumerate(json.loads(args.jobs)):
        began = time.perf_counter()
        graph = trace(model, torch.tensor([tokens]), config=TracingConfig(max_nodes=nodes))
        seconds = time.perf_counter() - began
        peak = memory("VmHWM")
        latent = graph.nodes.kind == LATENT
        n = int(latent.sum())
        inside = (graph.target_E < n) & (graph.source_E < n)
        adjacency = torch.zeros(n, n)
        adjacency[graph.target_E[inside].long(), graph.source_E[inside].long()] = graph.weight_E[inside]
        places = torch.stack([graph.nodes.layer, graph.nodes.position, graph.nodes.index], 1)[:n]
        np.savez(args.out / f"graph_{number}.npz", latents=places.numpy(), adjacency=adjacency.numpy())
        facts = graph.facts
        results.append(
            {
                "tokens": len(tokens),
                "nodes": n,
                "active": facts["active"],
                "edges": graph.n_edges,
                "seconds": seconds,
                "phases": facts["seconds"],
                "residual": facts["residual"]["worst"],
                "peak": peak,
                "loaded": loaded,
            }
        )
        print(json.dumps(results[-1]), flush=True)
    (args.out / "results.json").write_text(json.dumps(results))


main()
