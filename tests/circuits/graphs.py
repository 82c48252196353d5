"""Graphs made by hand: from a list of nodes and weights by name, so that a test's arithmetic can be read off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from microtome.circuits import Graph, Nodes, Target
from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN


def graph_of(
    names: Sequence[str],
    weights: Mapping[tuple[str, str], float],
    *,
    targets: Sequence[Target] | None = None,
    n_layers: int = 4,
    n_tokens: int = 3,
    no_row: Sequence[str] = (),
    activations: Mapping[str, float] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Graph:
    """`names` as `Graph.node_id` writes them, in any order; `weights[target, source]`."""
    biases = sorted({name[2:].rpartition("_P")[0] or name[2:] for name in names if name.startswith("B_")})
    parsed = sorted((_parse(name, biases, n_layers), name) for name in names)
    number = {name: i for i, (_, name) in enumerate(parsed)}
    kinds = [key[0] for key, _ in parsed]
    wanted = targets or [Target("y", 7, 1.0, 1.0)] * kinds.count(TARGET)
    edges = sorted((number[target], number[source], weight) for (target, source), weight in weights.items())
    row = torch.tensor([kind in (LATENT, TARGET) and name not in no_row for kind, (_, name) in zip(kinds, parsed)])
    sums = torch.zeros(len(parsed))
    for target, _, weight in edges:
        sums[target] += weight
    index = [key[3] for key, _ in parsed]
    given = activations or {}
    return Graph(
        nodes=Nodes(
            kind=torch.tensor(kinds, dtype=torch.int8),
            layer=torch.tensor([key[1] for key, _ in parsed], dtype=torch.int16),
            position=torch.tensor([key[2] for key, _ in parsed], dtype=torch.int32),
            index=torch.tensor(index, dtype=torch.int32),
            activation=torch.tensor([given.get(name, 1.0) for _, name in parsed]),
        ),
        target_E=torch.tensor([edge[0] for edge in edges], dtype=torch.int32),
        source_E=torch.tensor([edge[1] for edge in edges], dtype=torch.int32),
        weight_E=torch.tensor([edge[2] for edge in edges], dtype=torch.float32),
        row=row,
        pre_activation=torch.where(row, sums, math.nan),
        residual=torch.where(row, 0.0, math.nan),
        targets=tuple(wanted),
        tokens=tuple(range(10, 10 + n_tokens)),
        texts=tuple(f" t{i}" for i in range(n_tokens)),
        bias_names=tuple(biases),
        facts={"n_layers": n_layers, **(facts or {})},
    )


def _parse(name: str, biases: Sequence[str], n_layers: int) -> tuple[int, int, int, int]:
    """(kind, layer, position, index)"""
    if name.startswith("B_"):
        bias, _, position = name[2:].rpartition("_P")
        return (BIAS, -1, int(position), biases.index(bias)) if bias else (BIAS, -1, -1, biases.index(name[2:]))
    first, *rest = name[1:].replace("P", "").split("_")
    if name[0] == "L":
        return LATENT, int(first), int(rest[0]), int(rest[1])
    if name[0] == "E":
        return ERROR, int(first), int(rest[0]), -1
    if name[0] == "T":
        return TOKEN, -1, int(first), 10 + int(first)
    return TARGET, n_layers, 2, 7 + int(first)
