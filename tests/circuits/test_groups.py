"""Automatic groups, and the difference of two graphs."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from microtome.circuits import Target, compare, find_supernodes
from microtome.circuits.supernodes import _joined
from microtome.errors import ConfigError
from tests.circuits.graphs import graph_of, random_graph

NAMES = ("L0_P0_1", "L0_P0_2", "L1_P1_3", "L1_P1_4", "L2_P2_5", "T0", "Y0")
WEIGHTS = {
    ("L2_P2_5", "L0_P0_1"): 1.0, ("L2_P2_5", "L0_P0_2"): 2.0, ("Y0", "L1_P1_3"): 1.0, ("L2_P2_5", "L1_P1_4"): -1.0,
    ("Y0", "L2_P2_5"): -1.0, ("L0_P0_1", "T0"): 1.0, ("L0_P0_2", "T0"): 1.0, ("L1_P1_3", "T0"): 1.0,
    ("L1_P1_4", "T0"): 1.0,
}  # fmt: skip


def test_shared_targets_make_a_group() -> None:
    # 1 and 2 act on the same node alike; 4 acts on it the other way round; 3 and 5 act on Y0 with opposite signs.
    graph = graph_of(NAMES, WEIGHTS)
    (group,) = find_supernodes(graph)
    assert group.nodes == ("L0_P0_2", "L0_P0_1") and group.name == "L0_P0_2 +1"
    assert group.to_json() == {"name": "L0_P0_2 +1", "nodes": ["L0_P0_2", "L0_P0_1"]}


def test_labels_and_directions_make_and_break_groups() -> None:
    graph = graph_of(NAMES, WEIGHTS)
    number = graph.number
    labels = {number("L0_P0_1"): "cities", number("L1_P1_3"): "Capitals ", number("L2_P2_5"): "capitals"}
    rows = {"L0_P0_1": [1.0, 0.0], "L0_P0_2": [0.0, 1.0], "L1_P1_3": [1.0, 1.0], "L2_P2_5": [2.0, 2.1]}
    decoder = {number(name): torch.tensor(row) for name, row in rows.items()}
    # 1 and 2 write at right angles; 3 and 5 write the same and bear one label, whatever they act on.
    (group,) = find_supernodes(graph, decoder=decoder, labels=labels, at_least=0.6)
    assert (group.name, group.nodes) == ("Capitals", ("L1_P1_3", "L2_P2_5"))
    same = {number("L0_P0_1"): "cities", number("L0_P0_2"): "Cities"}
    assert [group.name for group in find_supernodes(graph, labels=same)] == ["Cities"]
    (group,) = find_supernodes(graph, labels={number("L0_P0_1"): "cities"}, at_least=0.5)
    assert group.name == "L0_P0_2 +1"


def test_groups_with_one_label_are_told_apart() -> None:
    names = ("L0_P0_1", "L0_P0_2", "L0_P1_1", "L0_P1_2", "L1_P1_8", "L1_P1_9", "T0", "Y0")
    weights = {
        ("L1_P1_8", "L0_P0_1"): 1.0, ("L1_P1_8", "L0_P0_2"): 1.0, ("L1_P1_9", "L0_P1_1"): 1.0,
        ("L1_P1_9", "L0_P1_2"): 1.0, ("Y0", "L1_P1_8"): 2.0, ("Y0", "L1_P1_9"): -1.0,
    }  # fmt: skip
    graph = graph_of(names, weights)
    labels = {graph.number(name): "x" for name in names[:4]}
    found = find_supernodes(graph, labels=labels, at_least=0.9)
    assert [(group.name, sorted(group.nodes)) for group in found] == [
        ("x", ["L0_P0_1", "L0_P0_2"]),
        ("x (2)", ["L0_P1_1", "L0_P1_2"]),
    ]


def plain_linkage(similarity: torch.Tensor, at_least: float) -> list[list[int]]:
    """Average linkage with every mean taken anew."""
    groups = [[i] for i in range(len(similarity))]
    while len(groups) > 1:
        mean, a, b = max(
            (float(similarity[groups[a]][:, groups[b]].double().mean()), a, b)
            for a in range(len(groups))
            for b in range(a)
        )
        if mean < at_least:
            break
        groups[b] = groups[b] + groups.pop(a)
    return sorted(sorted(group) for group in groups if len(group) > 1)


@pytest.mark.parametrize("seed", range(12))
def test_linkage_is_as_written_out_plainly(seed: int) -> None:
    similarity = torch.rand(14, 14, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    similarity = (similarity + similarity.T) / 2
    for at_least in (0.3, 0.5, 0.6, 0.7):
        assert sorted(_joined(similarity, at_least)) == plain_linkage(similarity, at_least)


def test_bad_questions_are_one_line() -> None:
    graph = graph_of(NAMES, WEIGHTS)
    with pytest.raises(ConfigError) as error:
        find_supernodes(graph, at_least=0)
    assert str(error.value) == "got at_least 0, expected above 0 and up to 1. Give a similarity."
    with pytest.raises(ConfigError, match=r"the directions have widths \[2, 3\], expected one. Give rows of one model"):
        find_supernodes(graph, decoder={0: torch.zeros(2), 1: torch.zeros(3)})
    with pytest.raises(ConfigError, match=r"models with 4 and 5 layers, expected one model"):
        compare(graph, graph_of(NAMES, WEIGHTS, n_layers=5))


def test_a_graph_and_itself_do_not_differ() -> None:
    graph = random_graph(3, biases=True)
    found = compare(graph, graph)
    assert len(found.nodes) == len(graph) and all(pair.first == pair.second for pair in found.nodes)
    assert (found.only_first, found.only_second, found.edges, found.unknown) == ((), (), (), 0)


def test_two_prompts_are_aligned() -> None:
    # The second prompt has one token more in front: T0 T1 T2 are its T1 T2 T3.
    first = graph_of(
        ["L0_P1_4", "L1_P2_6", "E0_P1", "T0", "T1", "Y0"],
        {("L0_P1_4", "T1"): 1.0, ("L1_P2_6", "L0_P1_4"): 2.0, ("Y0", "L1_P2_6"): 1.0, ("Y0", "E0_P1"): 0.5},
    )
    names = ["L0_P2_4", "L1_P3_7", "L0_P0_9", "E0_P2", "T1", "T2", "Y0"]
    weights = {("L0_P2_4", "T2"): 3.0, ("L1_P3_7", "L0_P2_4"): 2.0, ("Y0", "L1_P3_7"): 1.0, ("Y0", "E0_P2"): 0.5}
    second = graph_of(names, {**weights, ("Y0", "L0_P2_4"): -1.0}, n_tokens=4)
    second = dataclasses.replace(second, tokens=(9, 10, 11, 12))
    found = compare(first, second)
    assert {(pair.first, pair.second) for pair in found.nodes} == {
        ("L0_P1_4", "L0_P2_4"), ("E0_P1", "E0_P2"), ("T0", "T1"), ("T1", "T2"), ("Y0", "Y0"),
    }  # fmt: skip
    assert [name for name, _ in found.only_first] == ["L1_P2_6"]
    assert [name for name, _ in found.only_second] == ["L1_P3_7", "L0_P0_9"]
    assert [(edge.target, edge.source, edge.weight) for edge in found.edges] == [
        ("L0_P1_4", "T1", (1.0, 3.0)), ("Y0", "L0_P1_4", (0.0, -1.0)),
    ]  # fmt: skip
    assert found.edges[0].change == 2.0
    assert found.to_json()["edges"][1] == {"target": "Y0", "source": "L0_P1_4", "weight": [0.0, -1.0]}


def test_two_targets_and_rows_that_only_one_graph_knows() -> None:
    names = ["L0_P1_4", "L1_P2_6", "T1", "Y0", "Y1"]
    weights = {("L0_P1_4", "T1"): 1.0, ("Y0", "L0_P1_4"): 2.0, ("Y1", "L1_P2_6"): 1.0}
    half = [Target("Rome", 7, 0.5, 0.5), Target("Rome - Bonn", None, 0.5, 0.5)]
    other = [Target("Bonn", 8, 0.5, 0.5), Target("Rome - Bonn", None, 0.5, 0.5)]
    second = {("Y0", "L0_P1_4"): 2.0, ("Y1", "L1_P2_6"): 4.0}
    found = compare(graph_of(names, weights, targets=half), graph_of(names, second, targets=other, no_row=["L0_P1_4"]))
    assert [name for name, _ in found.only_first] == ["Y0"]
    assert found.unknown == 1
    assert [(edge.target, edge.weight) for edge in found.edges] == [("Y1", (1.0, 4.0))]
    alone = compare(graph_of(["T0", "Y0"], {("Y0", "T0"): 1.0}),
                    graph_of(["T0", "Y0"], {("Y0", "T0"): 2.0}, targets=[Target("other", 9)]))  # fmt: skip
    assert [edge.weight for edge in alone.edges] == [(1.0, 2.0)]


def test_two_dictionaries_are_paired_by_direction() -> None:
    first = graph_of(["L0_P1_4", "L0_P1_5", "L0_P2_5", "T1", "Y0"], {("Y0", "L0_P1_4"): 1.0, ("Y0", "L0_P1_5"): 2.0})
    second = graph_of(["L0_P1_4", "L0_P1_8", "L1_P2_5", "T1", "Y0"], {("Y0", "L0_P1_8"): 1.5, ("Y0", "L0_P1_4"): 2.0})
    rows = ({0: torch.tensor([1.0, 0.1]), 1: torch.tensor([0.1, 1.0]), 2: torch.tensor([1.0, 0.0])},
            {0: torch.tensor([0.0, 3.0]), 1: torch.tensor([5.0, 0.0]), 2: torch.tensor([1.0, 0.0])})  # fmt: skip
    found = compare(first, second, decoders=rows)
    latents = {(pair.first, pair.second): pair.cosine for pair in found.nodes if pair.cosine is not None}
    assert latents.keys() == {("L0_P1_4", "L0_P1_8"), ("L0_P1_5", "L0_P1_4")}
    assert latents["L0_P1_4", "L0_P1_8"] == pytest.approx(1 / 1.01**0.5)
    assert [(edge.source, edge.weight) for edge in found.edges] == [("L0_P1_4", (1.0, 1.5))]
