"""Influence, scores and pruning: exact fractions on graphs made by hand, dense algebra on random ones."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome.circuits import Graph, Target, completeness_score, influence, prune, replacement_score, score
from microtome.circuits.pruning import chosen
from microtome.circuits.scores import edge_influence
from microtome.errors import ArtifactError, ConfigError
from tests.circuits.graphs import graph_of, random_graph

# Two targets with shares 3/4 and 1/4. Rows of |A|, normalised:
#   Y0: L1 1/2, L0 1/4, E1 1/4        Y1: L1 1/3, T1 2/3
#   L1: L0 1/2, E0 1/6, T0 1/3        L0: T0 3/5, B 2/5
NAMES = ("L0_P0_1", "L1_P1_2", "E0_P0", "E1_P1", "T0", "T1", "B_0.b", "Y0", "Y1")
WEIGHTS = {
    ("Y0", "L1_P1_2"): 2.0, ("Y0", "L0_P0_1"): -1.0, ("Y0", "E1_P1"): 1.0,
    ("Y1", "L1_P1_2"): 1.0, ("Y1", "T1"): -2.0,
    ("L1_P1_2", "L0_P0_1"): 3.0, ("L1_P1_2", "E0_P0"): 1.0, ("L1_P1_2", "T0"): -2.0,
    ("L0_P0_1", "T0"): 3.0, ("L0_P0_1", "B_0.b"): 2.0,
}  # fmt: skip
TARGETS = (Target("a", 7, 0.6, 0.75), Target("b", 8, 0.2, 0.25))
F = Fraction
ON_L1 = F(3, 4) * F(1, 2) + F(1, 4) * F(1, 3)
ON_L0 = F(3, 4) * F(1, 4) + ON_L1 * F(1, 2)
EXPECTED = {
    "L1_P1_2": ON_L1,
    "L0_P0_1": ON_L0,
    "E1_P1": F(3, 16),
    "E0_P0": ON_L1 / 6,
    "T0": ON_L1 / 3 + ON_L0 * F(3, 5),
    "T1": F(1, 4) * F(2, 3),
    "B_0.b": ON_L0 * F(2, 5),
    "Y0": F(0),
    "Y1": F(0),
}


def by_hand() -> Graph:
    return graph_of(NAMES, WEIGHTS, targets=TARGETS)


def test_influence_by_hand() -> None:
    graph = by_hand()
    found = influence(graph)
    for name, expected in EXPECTED.items():
        assert float(found[graph.number(name)]) == pytest.approx(float(expected), abs=1e-15), name


def test_scores_by_hand() -> None:
    errors = EXPECTED["E0_P0"] + EXPECTED["E1_P1"]
    ends = EXPECTED["T0"] + EXPECTED["T1"] + EXPECTED["B_0.b"]
    found = score(by_hand())
    assert found.replacement == pytest.approx(float(ends / (ends + errors)), abs=1e-12)
    everything = sum(EXPECTED.values()) + 1
    lost = F(3, 4) * F(1, 4) + ON_L1 / 6
    assert found.completeness == pytest.approx(float((everything - lost) / everything), abs=1e-12)
    assert replacement_score(by_hand()) == found.replacement
    assert completeness_score(by_hand()) == found.completeness


def test_scores_of_a_part_by_hand() -> None:
    # Without L0 what flows into it is unexplained, and its own inputs are not looked at.
    graph = by_hand()
    kept = torch.tensor([name != "L0_P0_1" for name in graph.ids])
    found = score(graph, kept)
    errors = EXPECTED["E0_P0"] + EXPECTED["E1_P1"] + ON_L0
    ends = ON_L1 / 3 + F(1, 6)
    assert found.replacement == pytest.approx(float(ends / (ends + errors)), abs=1e-12)
    everything = 1 + ON_L1 + ends + errors
    lost = F(3, 4) * (F(1, 4) + F(1, 4)) + ON_L1 * (F(1, 6) + F(1, 2))
    assert found.completeness == pytest.approx(float((everything - lost) / everything), abs=1e-12)
    with pytest.raises(ConfigError, match="scores of a part without its targets"):
        score(graph, torch.zeros(len(graph), dtype=torch.bool))


def test_without_errors_both_scores_are_one() -> None:
    names = [name for name in NAMES if not name.startswith("E")]
    weights = {pair: weight for pair, weight in WEIGHTS.items() if not pair[1].startswith("E")}
    found = score(graph_of(names, weights, targets=TARGETS))
    assert (found.replacement, found.completeness) == (1.0, 1.0)
    silent = graph_of(NAMES, {p: 0.0 if p[1].startswith("E") else w for p, w in WEIGHTS.items()}, targets=TARGETS)
    assert (score(silent).replacement, score(silent).completeness) == (1.0, 1.0)
    assert math.isnan(score(graph_of(["T0", "Y0"], {})).replacement)


def test_a_latent_without_a_row_is_neither_explained_nor_an_error() -> None:
    weights = {("Y0", "L0_P0_1"): 2.0, ("Y0", "E0_P0"): 1.0, ("Y0", "T0"): 1.0}
    graph = graph_of(["L0_P0_1", "E0_P0", "T0", "Y0"], weights, no_row=["L0_P0_1"])
    found = score(graph)
    assert found.replacement == 0.5
    # Target (share 1, a quarter from errors), error and token (a quarter each, no inputs); the latent is left out.
    assert found.completeness == pytest.approx((0.75 + 0.25 + 0.25) / 1.5)


graphs = st.builds(random_graph, st.integers(0, 10_000), biases=st.booleans())


@settings(max_examples=40, deadline=None)
@given(graphs)
def test_the_series_is_the_inverse(graph: Graph) -> None:
    size = graph.dense().double().abs()
    total = size.sum(1, keepdim=True)
    normal = torch.where(total > 0, size / total, 0.0)
    identity = torch.eye(len(graph), dtype=torch.float64)
    expected = graph.weights @ (torch.linalg.inv(identity - normal) - identity)
    torch.testing.assert_close(influence(graph), expected, rtol=1e-10, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(graphs)
def test_the_part_of_all_nodes_is_the_whole(graph: Graph) -> None:
    assert score(graph, torch.ones(len(graph), dtype=torch.bool)) == score(graph)
    nodes, edges = chosen(graph, 1.0, 1.0)
    whole = prune(graph, 1.0, 1.0)
    assert whole.ids == tuple(name for name, kept in zip(graph.ids, nodes.tolist(), strict=True) if kept)
    assert whole.n_edges == int(edges.sum())


def plain_pruning(graph: Graph, node_share: float, edge_share: float) -> tuple[set[str], set[tuple[str, str]]]:
    """Pruning written out on names: nodes, then edges, then dead ends, one at a time."""

    def strongest(values: dict[Any, float], share: float) -> set[Any]:
        total, so_far, kept, last = sum(values.values()), 0.0, set(), 0.0
        for name in sorted(values, key=lambda name: -values[name]):
            # What equals the last that is needed is kept too: an edge into a node and the only one out of it.
            if so_far >= share * total and values[name] < last * (1 - 1e-9):
                break
            last = values[name]
            kept.add(name)
            so_far += values[name]
        return kept

    def flows(edges: dict[tuple[str, str], float]) -> dict[str, float]:
        total: dict[str, float] = {}
        for (target, _), weight in edges.items():
            total[target] = total.get(target, 0.0) + abs(weight)
        weight_of = dict(zip(graph.ids, graph.weights.tolist(), strict=True))

        @cache
        def through(name: str) -> float:
            return weight_of[name] + sum(
                through(target) * abs(weight) / total[target]
                for (target, source), weight in edges.items()
                if source == name
            )

        return {name: through(name) for name in graph.ids}

    edges = {
        (graph.ids[t], graph.ids[s]): w
        for t, s, w in zip(graph.target_E.tolist(), graph.source_E.tolist(), graph.weight_E.tolist(), strict=True)
    }
    through = flows(edges)
    nodes = strongest({name: value for name, value in through.items() if name[0] != "Y"}, node_share)
    nodes |= {name for name in graph.ids if name[0] in "TY"}
    edges = {pair: w for pair, w in edges.items() if pair[0] in nodes and pair[1] in nodes}
    through, total = flows(edges), {}
    for (target, _), weight in edges.items():
        total[target] = total.get(target, 0.0) + abs(weight)
    kept = strongest({(t, s): through[t] * abs(w) / total[t] for (t, s), w in edges.items()}, edge_share)
    while True:
        dead = {
            name
            for name in nodes
            if (name[0] in "LEB" and all(source != name for _, source in kept))
            or (name[0] == "L" and all(target != name for target, _ in kept))
        }
        if not dead:
            return nodes, kept
        nodes -= dead
        kept = {pair for pair in kept if not dead.intersection(pair)}


@settings(max_examples=40, deadline=None)
@given(graphs, st.floats(0.05, 0.99), st.floats(0.05, 0.99))
def test_pruning_is_as_written_out_plainly(graph: Graph, node_share: float, edge_share: float) -> None:
    pruned = prune(graph, node_share, edge_share)
    nodes, edges = plain_pruning(graph, node_share, edge_share)
    assert set(pruned.ids) == nodes
    found = {
        (pruned.ids[t], pruned.ids[s]) for t, s in zip(pruned.target_E.tolist(), pruned.source_E.tolist(), strict=True)
    }
    assert found == edges


def test_pruning_by_hand() -> None:
    # Influence from above: T0 0.41, L0 0.42, L1 0.46, B 0.17, E1 0.19, T1 0.17, E0 0.08.
    graph = by_hand()
    pruned = prune(graph, 0.6, 1.0)
    assert pruned.ids == ("L0_P0_1", "L1_P1_2", "T0", "T1", "Y0", "Y1")
    assert pruned.facts["pruned"] == {"node_share": 0.6, "edge_share": 1.0, "nodes": 9, "edges": 10}
    # With only the strongest edges L0 keeps no way out, so the edge into it goes as well.
    narrow = prune(graph_of(NAMES, {**WEIGHTS, ("L1_P1_2", "L0_P0_1"): 0.01, ("Y0", "L0_P0_1"): 0.01}, targets=TARGETS),
                   0.99, 0.9)  # fmt: skip
    assert "L0_P0_1" not in narrow.ids and "B_0.b" not in narrow.ids
    assert all("L0" not in narrow.ids[i] for i in narrow.target_E.tolist())
    for bad in (-0.1, 1.1):
        with pytest.raises(ConfigError) as error:
            prune(graph, bad)
        assert str(error.value) == f"got node_share {bad}, expected 0 to 1. Give a share of the influence."


def test_edges_have_the_influence_that_flows_over_them() -> None:
    graph = by_hand()
    flows = edge_influence(graph)
    into = torch.zeros(len(graph), dtype=torch.float64).index_add_(0, graph.source_E.long(), flows)
    torch.testing.assert_close(into, influence(graph), rtol=0, atol=1e-12)


def test_a_cycle_is_refused() -> None:
    graph = graph_of(["L0_P0_1", "L0_P0_2", "Y0"],
                     {("L0_P0_1", "L0_P0_2"): 1.0, ("L0_P0_2", "L0_P0_1"): 1.0, ("Y0", "L0_P0_1"): 1.0})  # fmt: skip
    with pytest.raises(ArtifactError) as error:
        influence(graph)
    assert str(error.value) == ("the graph has a cycle, its influence has no end. Make it again from its source.")
