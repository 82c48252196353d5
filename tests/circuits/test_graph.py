"""The graph, its names and its files: what is saved comes back, and what is wrong is refused in one line."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch

from microtome.artifacts import write_pair
from microtome.circuits import Graph, Target
from microtome.circuits.graph import SCHEMA
from microtome.errors import ArtifactError, ConfigError
from tests.circuits.graphs import graph_of

NAMES = ("L0_P1_4", "L0_P1_9", "L2_P2_0", "E0_P1", "E1_P2", "T0", "T1", "T2", "B_1.b_dec", "B_1.b_dec_P2", "Y0", "Y1")
WEIGHTS = {
    ("L0_P1_4", "T1"): 0.5, ("L2_P2_0", "L0_P1_4"): -1.25, ("L2_P2_0", "E0_P1"): 0.25, ("Y0", "L2_P2_0"): 2.0,
    ("Y1", "B_1.b_dec"): 0.5, ("Y0", "B_1.b_dec_P2"): -0.5,
}  # fmt: skip
TARGETS = (Target(" Rome", 7, 0.6, 0.75), Target("difference", None, math.nan, 0.25))


def small() -> Graph:
    return graph_of(NAMES, WEIGHTS, targets=TARGETS, no_row=["L0_P1_9"], facts={"model": {"name": "tiny"}})


def same(first: Graph, second: Graph) -> None:
    for name in ("target_E", "source_E", "weight_E", "row", "pre_activation", "residual"):
        torch.testing.assert_close(getattr(first, name), getattr(second, name), rtol=0, atol=0, equal_nan=True)
    for field in dataclasses.fields(first.nodes):
        assert torch.equal(getattr(first.nodes, field.name), getattr(second.nodes, field.name))
    assert repr(first.targets) == repr(second.targets)
    for name in ("tokens", "texts", "bias_names", "facts"):
        assert getattr(first, name) == getattr(second, name)


def test_ids_are_unique_and_lead_back() -> None:
    graph = small()
    assert set(graph.ids) == set(NAMES) and len(graph.ids) == len(NAMES)
    assert [graph.number(name) for name in graph.ids] == list(range(len(graph)))
    with pytest.raises(ConfigError) as error:
        graph.number("L9_P9_9")
    assert str(error.value) == ("the graph has no node 'L9_P9_9'. Give a node of it, such as L0_P1_4, Y1.")


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    graph = small()
    graph.save(tmp_path / "deep" / "graph.json")
    same(Graph.load(tmp_path / "deep" / "graph.json"), graph)
    # The two files may be moved and renamed together.
    (tmp_path / "deep" / "graph.json").rename(tmp_path / "other.json")
    (tmp_path / "deep" / "graph.safetensors").rename(tmp_path / "other.safetensors")
    same(Graph.load(tmp_path / "other.json"), graph)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    small().save(tmp_path / "graph.json")
    with pytest.raises(ArtifactError, match=r"graph.json' exists already. Choose another name, or remove it first\.$"):
        small().save(tmp_path / "graph.json")
    with pytest.raises(ArtifactError, match=r"graph.txt' does not end in .json. Give a name that does\.$"):
        small().save(tmp_path / "graph.txt")


def test_a_part_is_renumbered() -> None:
    graph = small()
    kept_N = torch.tensor([name not in ("L0_P1_9", "E0_P1", "T0") for name in graph.ids])
    part = graph.keep(kept_N, graph.weight_E != 2.0)
    assert part.ids == tuple(name for name in graph.ids if name not in ("L0_P1_9", "E0_P1", "T0"))
    found = {
        (part.ids[t], part.ids[s]): w
        for t, s, w in zip(part.target_E.tolist(), part.source_E.tolist(), part.weight_E.tolist(), strict=True)
    }
    assert found == {pair: w for pair, w in WEIGHTS.items() if w != 2.0 and pair[1] != "E0_P1"}
    with pytest.raises(ConfigError, match="without its targets"):
        graph.keep(torch.zeros(len(graph), dtype=torch.bool))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))


def test_bad_files_are_one_line_each(tmp_path: Path) -> None:
    json_file, tensors = tmp_path / "graph.json", tmp_path / "graph.safetensors"

    def refused(expected: str) -> None:
        with pytest.raises(ArtifactError) as error:
            Graph.load(json_file)
        text = str(error.value).replace(str(tmp_path), "DIR")
        assert "\n" not in text
        assert expected in text, text
        json_file.unlink(missing_ok=True)
        tensors.unlink(missing_ok=True)

    refused("'DIR/graph.json' is not there. Check the path.")
    small().save(json_file)
    cut(json_file)
    refused("'DIR/graph.json' is not readable JSON")
    small().save(json_file)
    json_file.write_text(json_file.read_text().replace(" Rome", " Bonn"))
    refused("'DIR/graph.json' does not match its own checksum: it was altered")
    small().save(json_file)
    size = tensors.stat().st_size
    cut(tensors)
    refused(f"'DIR/graph.safetensors' has {size // 2} bytes, its manifest says {size}: it was cut short")
    small().save(json_file)
    flip(tensors)
    refused("'DIR/graph.safetensors' does not match its checksum: it was altered")
    small().save(json_file)
    tensors.unlink()
    refused("'DIR/graph.safetensors' is missing, its manifest lists it")
    json_file.write_text("[1, 2]")
    refused("'DIR/graph.json' names no schema, expected microtome.graph. Give a file of that schema.")
    json_file.write_text('{"schema": "microtome.dictionary"}')
    refused("'DIR/graph.json' is of schema microtome.dictionary, expected microtome.graph. Give a file of that schema.")
    json_file.write_text('{"schema": "microtome.graph", "schema_version": 9, "microtome": "7.1"}')
    refused("is of version 9 of microtome.graph, this microtome reads up to 1. Install microtome 7.1 or newer.")
    json_file.write_text('{"metadata": {}, "qParams": {}, "nodes": [], "links": []}')
    refused(
        "'DIR/graph.json' is a graph of circuit-tracer, expected one of microtome. Convert it with microtome convert, "
        "--to microtome."
    )


def saved(tmp_path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    from safetensors.torch import load_file

    small().save(tmp_path / "whole.json")
    said = json.loads((tmp_path / "whole.json").read_text())
    return {key: said[key] for key in ("targets", "tokens", "texts", "bias_names", "facts")}, load_file(
        tmp_path / "whole.safetensors"
    )


def readings(k: int) -> dict[str, torch.Tensor]:
    return {
        "readings.layer_K": torch.zeros(k, dtype=torch.int16),
        "readings.row_KD": torch.zeros(k, 5),
        "readings.constant_K": torch.zeros(k),
    }


def test_a_graph_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    unwritable = dataclasses.replace(small(), facts=small().facts | {"share": math.nan})
    with pytest.raises(ValueError, match="not JSON compliant"):
        unwritable.save(path)
    assert list(tmp_path.iterdir()) == []
    small().save(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="not JSON compliant"):
        unwritable.save(path, overwrite=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    dataclasses.replace(small(), facts=small().facts | {"share": 1}).save(path, overwrite=True)
    assert Graph.load(path).facts["share"] == 1 and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda said, t: t.pop("weight_E"), "is malformed (KeyError: 'weight_E')"),
        (lambda said, t: said.pop("targets"), "is malformed (KeyError: 'targets')"),
        (lambda said, t: said["facts"].pop("n_layers"), "its facts do not say n_layers"),
        (lambda said, t: t.update(row=t["row"][:3].clone()), "row is torch.bool of shape (3,), expected"),
        (lambda said, t: t.update({"nodes.kind": t["nodes.kind"].flip(0)}), "its nodes are not ordered"),
        (lambda said, t: t["nodes.layer"].fill_(9), "in a layer that is none of 4"),
        (lambda said, t: t["nodes.position"].fill_(3), "at a position that is none of 3"),
        (lambda said, t: t["nodes.index"].fill_(0), "there twice"),
        (lambda said, t: t["source_E"].fill_(12), "an edge is between nodes that are none of 12"),
        (lambda said, t: t["source_E"][-1].fill_(11), "an edge comes from a target"),
        (lambda said, t: t["target_E"].copy_(t["target_E"].flip(0)), "not in ascending order of (target, source)"),
        (lambda said, t: t["weight_E"].fill_(math.nan), "the weight of an edge is not a finite number"),
        (lambda said, t: t["nodes.activation"].fill_(math.inf), "an activation is not a finite number"),
        (lambda said, t: t["row"][0].fill_(False), "an edge leads into a node whose row was not computed"),
        (lambda said, t: t["row"].fill_(False), "the row of a target is missing"),
        (lambda said, t: said["tokens"].pop(), "at a position that is none of 2"),
        (lambda said, t: said["texts"].pop(), "it has 3 tokens and 2 texts of tokens"),
        (lambda said, t: said["bias_names"].append("1.b_dec"), "two biases have one name"),
        (lambda said, t: said["bias_names"].append("x_P2"), "a bias is called 'x_P2', which reads as"),
        (lambda said, t: said["bias_names"].clear(), "a bias has no name"),
        (lambda said, t: t.update(readings(3)), "readings.layer_K is torch.int16 of shape (3,), expected"),
        (lambda said, t: said["targets"].pop(), "it has 2 target nodes and 1 targets"),
        (lambda said, t: said["targets"][0].update(weight=2.0), "the shares of its targets sum to 2.25, expected 1"),
    ],
)  # fmt: skip
def test_malformed_graphs_are_one_line_each(change: Any, expected: str, tmp_path: Path) -> None:
    said, tensors = saved(tmp_path)
    change(said, tensors)
    write_pair(tmp_path / "graph.json", tensors, schema=SCHEMA, version=1, facts=said)
    with pytest.raises(ArtifactError) as error:
        Graph.load(tmp_path / "graph.json")
    assert expected in str(error.value) and "graph.json'" in str(error.value) and "\n" not in str(error.value)
