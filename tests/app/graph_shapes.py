"""Graphs for tests of the page: random numbers in the shape that tracing gives, seeded."""

from __future__ import annotations

from typing import Any

import torch

from microtome.circuits.graph import Graph, Nodes, Target

LAYERS = 6


def make_graph(texts: tuple[str, ...], *, latents: int, edges: int, seed: int = 0, dictionary: str = "") -> Graph:
    """A graph of distinct latents, errors, tokens, a bias and two targets; edges point up or to later tokens."""
    generator = torch.Generator().manual_seed(seed)
    t = len(texts)
    places = LAYERS * t
    per_place = -(-latents // places)
    rows = [(0, i // per_place // t, i // per_place % t, i % per_place) for i in range(latents)]
    rows += [(1, layer, position, -1) for layer in range(LAYERS) for position in range(t)]
    rows += [(2, -1, position, 7 + position) for position in range(t)]
    rows += [(3, 0, -1, 0)]
    rows += [(4, LAYERS, t - 1, token) for token in (11, 12)]
    kind, layer, position, index = torch.tensor(rows).T
    n = len(rows)
    height = torch.where(kind == 3, torch.tensor(-1), layer)
    pairs = torch.randint(n, (edges * 12, 2), generator=generator)
    # Errors, tokens and biases have no inputs; nothing looks ahead, and nothing feeds a layer below.
    allowed = (height[pairs[:, 1]] < height[pairs[:, 0]]) & ((kind[pairs[:, 0]] == 0) | (kind[pairs[:, 0]] == 4))
    allowed &= position[pairs[:, 1]] <= position[pairs[:, 0]]
    pairs = torch.unique(pairs[allowed], dim=0)
    pairs = pairs[torch.randperm(len(pairs), generator=generator)[:edges].sort().values]
    weight_E = torch.randn(len(pairs), generator=generator) * torch.rand(len(pairs), generator=generator) ** 3
    row = (kind == 0) | (kind == 4)
    nan = torch.full((n,), torch.nan)
    total = torch.zeros(n).index_add_(0, pairs[:, 0], weight_E)
    return Graph(
        nodes=Nodes(
            kind=kind.to(torch.int8),
            layer=layer.to(torch.int16),
            position=position.to(torch.int32),
            index=index.to(torch.int32),
            activation=torch.rand(n, generator=generator) * 4 + 0.1,
        ),
        target_E=pairs[:, 0].to(torch.int32),
        source_E=pairs[:, 1].to(torch.int32),
        weight_E=weight_E,
        row=row,
        pre_activation=torch.where(row, total, nan),
        residual=torch.where(row, torch.full((n,), 1e-6), nan),
        targets=(Target(" Austin", 11, 0.4, 0.8), Target("<b>\u202e", 12, 0.1, 0.2)),
        tokens=tuple(range(7, 7 + t)),
        texts=texts,
        bias_names=("b_dec",),
        facts={
            "n_layers": LAYERS,
            "model": {"name": "tiny"},
            "dictionaries": [{"layer": i, "name": dictionary} for i in range(LAYERS)] if dictionary else [],
        },
    )


def answer_of(graph: Graph, name: str, groups: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What the server says of a graph, with influences that fall with the number of a node."""
    from microtome.app.graphs import describe

    influence = [0.0 if i >= len(graph) - 2 else 1 / (2 + i) for i in range(len(graph))]
    shown = describe(graph, influence, {1: "capital <i>cities</i>", 3: "states"})
    return {
        **shown,
        "name": name,
        "scores": {"replacement": 0.71, "completeness": 0.86},
        "kept_scores": {"replacement": 0.52, "completeness": 0.63},
        "total": {"nodes": len(graph), "edges": graph.n_edges},
        "left_out": {"nodes": 0, "edges": 0},
        "supernodes": groups or [],
    }
