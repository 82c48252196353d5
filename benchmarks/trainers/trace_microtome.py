"""Traces prompts with microtome for `benchmarks/circuits.py`, in a process of its own so that memory is its own."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from microtome.circuits import (
    ReplacementModel,
    TracingConfig,
    faithfulness,
    influence,
    open_transcoders,
    score,
    strongest_groups,
    trace_local,
)
from microtome.circuits.graph import LATENT, Graph
from microtome.circuits.replacement import Local
from microtome.models import LanguageModel


def memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


def faithful(local: Local, graph: Graph) -> dict[str, Any]:
    """Both scores, and how predictions agree when latents are taken away whole, and by a ten-thousandth."""
    scores, found = score(graph), {}
    for factor in (0.0, 0.9999):
        agreements = faithfulness(
            local, graph, influence(graph), groups=strongest_groups(local, graph), shares=(), factor=factor
        ).agreements
        found[str(factor)] = [asdict(one) for one in agreements]
    return {"replacement": scores.replacement, "completeness": scores.completeness, "faithful": found}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--transcoders", required=True)
    parser.add_argument("--jobs", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--faithful", action="store_true", help="scores, and effects of ablations, after the clock")
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
        local = model.on(torch.tensor([tokens]))
        graph = trace_local(local, config=TracingConfig(max_nodes=nodes), began=began)
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
        if args.faithful:
            results[-1] |= faithful(local, graph)
        print(json.dumps(results[-1]), flush=True)
    (args.out / "results.json").write_text(json.dumps(results))


main()
