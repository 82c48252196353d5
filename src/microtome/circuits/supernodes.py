"""Groups of latents that do the same thing, found automatically.

Two latents are alike when they write the same direction, act on the same nodes, or bear the same label. Similarity is
the mean of those of the three that are known for both; groups are made by average linkage: the two most similar groups
are joined as long as their mean similarity reaches `at_least`. Which groups are worth a name remains a judgement: these
are where to begin.

Legend of suffixes: M latents of the graph, N nodes, D width.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from microtome.circuits.graph import LATENT, Graph
from microtome.circuits.scores import edge_influence, influence
from microtome.errors import ConfigError

#: Similarities of all pairs are held at once: 5,000 latents take 100 MB.
MOST_LATENTS = 5_000


@dataclass(frozen=True)
class Supernode:
    """A group of nodes: a name, and the nodes' names, the most influential first."""

    name: str
    nodes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "nodes": list(self.nodes)}


def find_supernodes(
    graph: Graph,
    *,
    decoder: Mapping[int, Tensor] | None = None,
    labels: Mapping[int, str] | None = None,
    at_least: float = 0.6,
) -> tuple[Supernode, ...]:
    """Groups of two or more latents, the most influential group first; each latent is in at most one.

    `decoder`: number of a node -> the direction [D] its latent writes. `labels`: number of a node -> what it is about.
    Both may leave nodes out. A group is named by the label most of its members bear, otherwise after its first member.

    Raises `ConfigError`: more than `MOST_LATENTS` latents, a threshold outside 0 to 1, directions of several widths.
    """
    if not 0 < at_least <= 1:
        raise ConfigError(f"got at_least {at_least}, expected above 0 and up to 1", cure="Give a similarity")
    numbers = graph.of_kind(LATENT).nonzero().flatten()
    if len(numbers) > MOST_LATENTS:
        raise ConfigError(
            f"the graph has {len(numbers):,} latents, groups are sought among up to {MOST_LATENTS:,}",
            cure="Prune it first",
        )
    if len(numbers) < 2:
        return ()
    influence_N = influence(graph)
    named = {number: label.strip() for number, label in (labels or {}).items() if label.strip()}
    members = _joined(_similarity(graph, numbers, decoder or {}, named), at_least)
    groups: list[tuple[float, Supernode]] = []
    for group in members:
        own = sorted((int(numbers[i]) for i in group), key=lambda number: (-float(influence_N[number]), number))
        name = _label(own, named) or f"{graph.node_id(own[0])} +{len(own) - 1}"
        groups.append((float(influence_N[own].sum()), Supernode(name, tuple(graph.node_id(i) for i in own))))
    groups.sort(key=lambda pair: (-pair[0], pair[1].nodes))
    return _distinct([group for _, group in groups])


def _label(own: list[int], named: Mapping[int, str]) -> str | None:
    """The label that more than half of a group bear, whatever their case, as the most influential of them has it."""
    labels = [named[number] for number in own if number in named]
    ((word, count),) = Counter(label.casefold() for label in labels).most_common(1) or [("", 0)]
    return next(label for label in labels if label.casefold() == word) if count * 2 > len(own) else None


def _distinct(groups: list[Supernode]) -> tuple[Supernode, ...]:
    """Two groups with one label are numbered: viewers tell groups apart by name."""
    seen: Counter[str] = Counter()
    result = []
    for group in groups:
        seen[group.name] += 1
        count = seen[group.name]
        result.append(group if count == 1 else Supernode(f"{group.name} ({count})", group.nodes))
    return tuple(result)


def _similarity(graph: Graph, numbers: Tensor, decoder: Mapping[int, Tensor], named: Mapping[int, str]) -> Tensor:
    """[M, M]: the mean of the measures known for a pair."""
    place = {int(number): i for i, number in enumerate(numbers)}
    total, known = _shared_targets(graph, numbers), torch.ones(len(numbers), len(numbers))
    directions = {place[number]: row.flatten().float() for number, row in decoder.items() if number in place}
    if len({len(row) for row in directions.values()}) > 1:
        widths = sorted({len(row) for row in directions.values()})
        raise ConfigError(f"the directions have widths {widths}, expected one", cure="Give rows of one model")
    if directions:
        rows = torch.tensor(list(directions))
        unit_MD = torch.nn.functional.normalize(torch.stack(list(directions.values())), dim=1)
        total[rows[:, None], rows] += (unit_MD @ unit_MD.T).clamp(min=0)
        known[rows[:, None], rows] += 1
    words = {place[number]: label.casefold() for number, label in named.items() if number in place}
    if words:
        rows = torch.tensor(list(words))
        code = {word: i for i, word in enumerate(dict.fromkeys(words.values()))}
        codes = torch.tensor([code[word] for word in words.values()])
        total[rows[:, None], rows] += (codes[:, None] == codes).float()
        known[rows[:, None], rows] += 1
    return total / known


def _shared_targets(graph: Graph, numbers: Tensor) -> Tensor:
    """[M, M]: cosines of what flows from each latent to each node, with the sign of the effect, none below 0."""
    place_N = torch.full((len(graph),), -1)
    place_N[numbers] = torch.arange(len(numbers))
    own_E = place_N[graph.source_E.long()] >= 0
    effect_MN = torch.zeros(len(numbers), len(graph))
    effect_MN[place_N[graph.source_E.long()[own_E]], graph.target_E.long()[own_E]] = (
        edge_influence(graph) * graph.weight_E.sign()
    )[own_E].float()
    unit_MN = torch.nn.functional.normalize(effect_MN, dim=1)
    return (unit_MN @ unit_MN.T).clamp(min=0)


def _joined(similarity_MM: Tensor, at_least: float) -> list[list[int]]:
    """Average linkage down to `at_least` by chains of nearest neighbours; the groups of two or more.

    Average linkage never makes a joined pair more similar to a third group than the nearer of the two was, so a group
    whose nearest neighbour is too far is finished, and two that are each other's nearest can be joined at once.
    """
    linked = similarity_MM.clone().fill_diagonal_(-1.0)
    members = {i: [i] for i in range(len(linked))}
    open_groups, chain = set(members), list[int]()
    while open_groups:
        if not chain:
            chain.append(min(open_groups))
        last = chain[-1]
        nearest = int(linked[last].argmax())
        if float(linked[last, nearest]) < at_least:
            open_groups.discard(last)
            linked[last, :] = linked[:, last] = -1.0
            chain.pop()
        elif len(chain) > 1 and float(linked[last, chain[-2]]) >= float(linked[last, nearest]):
            other = chain[-2]
            del chain[-2:]
            kept, gone = sorted((last, other))
            a, b = len(members[kept]), len(members[gone])
            row = (a * linked[kept] + b * linked[gone]) / (a + b)
            row[linked[kept] < 0] = -1.0
            linked[kept, :] = linked[:, kept] = row
            linked[gone, :] = linked[:, gone] = -1.0
            linked[kept, kept] = -1.0
            members[kept] += members.pop(gone)
            open_groups.discard(gone)
        else:
            chain.append(nearest)
    return [sorted(group) for group in members.values() if len(group) > 1]
