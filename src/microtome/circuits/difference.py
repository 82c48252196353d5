"""What differs between two graphs: of two prompts, two targets, or two dictionaries of one model.

Nodes are paired first. Positions are aligned by the longest common runs of tokens, so that prompts of different length
can be compared; a token that one prompt has in another's place is aligned where both gaps are of one length. A latent's
partner is the same latent of the same layer at the aligned position or, when the graphs have different dictionaries and
their directions are given, the one that writes most nearly the same direction. Edges between paired nodes are then
compared, where both graphs know them.

Legend of suffixes: N nodes, E edges, D width.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import torch
from torch import Tensor

from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN, Graph
from microtome.circuits.scores import influence
from microtome.errors import ConfigError


@dataclass(frozen=True)
class NodePair:
    """A node that both graphs have, under its name in each, with its activation and influence there."""

    first: str
    second: str
    activation: tuple[float, float]
    influence: tuple[float, float]
    cosine: float | None = None


@dataclass(frozen=True)
class EdgePair:
    """An edge between two paired nodes, under the first graph's names; 0 where a graph lacks it."""

    target: str
    source: str
    weight: tuple[float, float]

    @property
    def change(self) -> float:
        return self.weight[1] - self.weight[0]


@dataclass(frozen=True)
class Difference:
    """`nodes`: the pairs, in the first graph's order. `only_first`, `only_second`: nodes without a partner, the most
    influential first. `edges`: those that are not equal, the largest change first. `unknown`: edges left out because
    the row of their target was computed in one graph only."""

    nodes: tuple[NodePair, ...]
    only_first: tuple[tuple[str, float], ...]
    only_second: tuple[tuple[str, float], ...]
    edges: tuple[EdgePair, ...]
    unknown: int

    def to_json(self) -> dict[str, Any]:
        return {
            "nodes": [
                {
                    "first": pair.first,
                    "second": pair.second,
                    "activation": list(pair.activation),
                    "influence": list(pair.influence),
                    "cosine": pair.cosine,
                }
                for pair in self.nodes
            ],
            "only_first": [{"id": name, "influence": value} for name, value in self.only_first],
            "only_second": [{"id": name, "influence": value} for name, value in self.only_second],
            "edges": [{"target": e.target, "source": e.source, "weight": list(e.weight)} for e in self.edges],
            "unknown": self.unknown,
        }


def compare(
    first: Graph,
    second: Graph,
    *,
    decoders: tuple[Mapping[int, Tensor], Mapping[int, Tensor]] | None = None,
    at_least: float = 0.7,
) -> Difference:
    """Compare two graphs.

    `decoders`: for two dictionaries, of each graph: number of a node -> the direction [D] its latent writes; latents of
    one layer and position are then paired from the largest cosine down to `at_least`. Without it a latent's number
    means the same in both. Targets are paired by token, else by label; a single target of each is always a pair.

    A pruned graph lacks edges that are not zero: compare graphs before they are pruned, or pruned to the same nodes.
    Raises `ConfigError`: graphs of models with different numbers of layers; directions of different widths.
    """
    if first.n_layers != second.n_layers:
        raise ConfigError(
            f"the graphs are of models with {first.n_layers} and {second.n_layers} layers, expected one model",
            cure="Compare graphs of one model",
        )
    aligned = _aligned(first.tokens, second.tokens)
    names = [_keys(first, aligned, latents=decoders is None), _keys(second, None, latents=decoders is None)]
    lookup = {key: number for number, key in enumerate(names[1]) if key is not None}
    pairs = {i: lookup[key] for i, key in enumerate(names[0]) if key is not None and key in lookup}
    if len(first.targets) == len(second.targets) == 1:
        pairs[len(first) - 1] = len(second) - 1
    cosines: dict[int, float] = {}
    if decoders is not None:
        found = _by_direction(first, second, decoders, aligned, at_least)
        pairs |= {i: j for i, (j, _) in found.items()}
        cosines = {i: cosine for i, (_, cosine) in found.items()}
    pairs = dict(sorted(pairs.items()))
    in_first, in_second = influence(first), influence(second)
    edges, unknown = _edges(first, second, pairs)
    return Difference(
        nodes=tuple(
            NodePair(
                first.node_id(i),
                second.node_id(j),
                (float(first.nodes.activation[i]), float(second.nodes.activation[j])),
                (float(in_first[i]), float(in_second[j])),
                cosines.get(i),
            )
            for i, j in pairs.items()
        ),
        only_first=_alone(first, in_first, set(pairs)),
        only_second=_alone(second, in_second, set(pairs.values())),
        edges=edges,
        unknown=unknown,
    )


def _aligned(first: tuple[int, ...], second: tuple[int, ...]) -> dict[int, int]:
    """Positions of the first prompt -> those of the second."""
    result: dict[int, int] = {}
    for kind, a, a_end, b, b_end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and a_end - a == b_end - b):
            result |= zip(range(a, a_end), range(b, b_end), strict=True)
    return result


def _keys(graph: Graph, aligned: Mapping[int, int] | None, *, latents: bool) -> list[Hashable | None]:
    """What a node is, in terms of the second graph's positions; None where it has no counterpart there."""
    nodes = graph.nodes
    kinds, layers = nodes.kind.tolist(), nodes.layer.tolist()
    positions, indices = nodes.position.tolist(), nodes.index.tolist()
    first_target = len(graph) - len(graph.targets)
    keys: list[Hashable | None] = []
    for number, (kind, layer, position, index) in enumerate(zip(kinds, layers, positions, indices, strict=True)):
        place = position if aligned is None or position < 0 else aligned.get(position)
        if kind == TARGET:
            target = graph.targets[number - first_target]
            keys.append((TARGET, target.label if target.token is None else target.token))
        elif place is None or (kind == LATENT and not latents):
            keys.append(None)
        elif kind == LATENT:
            keys.append((LATENT, layer, place, index))
        elif kind == BIAS:
            keys.append((BIAS, graph.bias_names[index], place))
        else:
            keys.append((ERROR, layer, place) if kind == ERROR else (TOKEN, place))
    return keys


def _by_direction(
    first: Graph,
    second: Graph,
    decoders: tuple[Mapping[int, Tensor], Mapping[int, Tensor]],
    aligned: Mapping[int, int],
    at_least: float,
) -> dict[int, tuple[int, float]]:
    """Latents of the first graph -> (latent of the second, cosine), within a layer and position."""
    widths = sorted({row.numel() for decoder in decoders for row in decoder.values()})
    if len(widths) > 1:
        raise ConfigError(f"the directions have widths {widths}, expected one", cure="Give rows of one model")
    found: dict[int, tuple[int, float]] = {}
    own, others = _places(first, decoders[0], aligned), _places(second, decoders[1], None)
    for place in own.keys() & others.keys():
        left, right = own[place], others[place]
        cosine = _unit(decoders[0], left) @ _unit(decoders[1], right).T
        for flat in cosine.flatten().argsort(descending=True, stable=True).tolist():
            row, column = divmod(flat, len(right))
            if float(cosine[row, column]) < at_least:
                break
            i, j = left[row], right[column]
            if i not in found and all(j != taken for taken, _ in found.values()):
                found[i] = (j, float(cosine[row, column]))
    return found


def _places(
    graph: Graph, decoder: Mapping[int, Tensor], aligned: Mapping[int, int] | None
) -> dict[tuple[int, int], list[int]]:
    """(layer, position in the second prompt) -> numbers of the latents with a known direction."""
    places: dict[tuple[int, int], list[int]] = {}
    for number in graph.of_kind(LATENT).nonzero().flatten().tolist():
        position: int | None = int(graph.nodes.position[number])
        if aligned is not None:
            position = aligned.get(int(graph.nodes.position[number]))
        if position is not None and number in decoder:
            places.setdefault((int(graph.nodes.layer[number]), position), []).append(number)
    return places


def _unit(decoder: Mapping[int, Tensor], numbers: list[int]) -> Tensor:
    return torch.nn.functional.normalize(torch.stack([decoder[i].flatten().float() for i in numbers]), dim=1)


def _edges(first: Graph, second: Graph, pairs: Mapping[int, int]) -> tuple[tuple[EdgePair, ...], int]:
    """Edges between paired nodes whose weights are not equal, and how many only one graph can know."""
    back = {j: i for i, j in pairs.items()}
    weights: dict[tuple[int, int], list[float]] = {}
    for graph, side, name in ((first, 0, dict(zip(pairs, pairs, strict=True))), (second, 1, back)):
        edges = zip(graph.target_E.tolist(), graph.source_E.tolist(), graph.weight_E.tolist(), strict=True)
        for target, source, weight in edges:
            if target in name and source in name:
                weights.setdefault((name[target], name[source]), [0.0, 0.0])[side] = weight
    known = {i for i, j in pairs.items() if bool(first.row[i]) and bool(second.row[j])}
    changed = [
        EdgePair(first.node_id(target), first.node_id(source), (a, b))
        for (target, source), (a, b) in weights.items()
        if target in known and a != b
    ]
    changed.sort(key=lambda edge: (-abs(edge.change), edge.target, edge.source))
    return tuple(changed), sum(target not in known for target, _ in weights)


def _alone(graph: Graph, influence_N: Tensor, paired: set[int]) -> tuple[tuple[str, float], ...]:
    alone = [(graph.node_id(i), float(influence_N[i])) for i in range(len(graph)) if i not in paired]
    return tuple(sorted(alone, key=lambda pair: -pair[1]))
