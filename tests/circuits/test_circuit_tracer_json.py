"""circuit-tracer's graph JSON: files it wrote are read, its numbers are ours, and what we write comes back."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from microtome.circuits import (
    Graph,
    Nodes,
    Supernode,
    Target,
    convert_graph,
    influence,
    load_circuit_tracer_json,
    save_circuit_tracer_json,
    score,
)
from microtome.circuits.circuit_tracer_json import cantor, uncantor
from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN
from microtome.circuits.pruning import chosen
from microtome.circuits.scores import cumulative
from microtome.errors import ArtifactError, FormatError
from tests.circuits.graphs import graph_of, random_graph

FIXTURES = Path(__file__).parents[1] / "fixtures" / "graphs"
NAMES = ("pruned", "narrow")


def theirs(name: str) -> tuple[Graph, dict[str, torch.Tensor]]:
    """A graph made from the library's dense matrix; its rows and columns are in our order."""
    saved = load_file(FIXTURES / f"{name}.safetensors")
    active, tokens, matrix = saved["active"], saved["tokens"], saved["adjacency"]
    layers = (len(matrix) - len(active) - len(tokens) - len(saved["probabilities"])) // len(tokens)
    errors = [(ERROR, layer, p, -1) for layer in range(layers) for p in range(len(tokens))]
    keys = [(LATENT, *latent) for latent in active.tolist()] + errors
    keys += [(TOKEN, -1, p, token) for p, token in enumerate(tokens.tolist())]
    keys += [(TARGET, layers, len(tokens) - 1, token) for token in (7, 42)]
    columns = torch.tensor(keys)
    target, source = matrix.nonzero(as_tuple=True)
    row = (columns[:, 0] == LATENT) | (columns[:, 0] == TARGET)
    nothing = torch.full((len(keys),), math.nan)
    weights = saved["probabilities"] / saved["probabilities"].sum()
    graph = Graph(
        nodes=Nodes(
            kind=columns[:, 0].to(torch.int8),
            layer=columns[:, 1].to(torch.int16),
            position=columns[:, 2].int(),
            index=columns[:, 3].int(),
            activation=torch.cat([saved["activation"], torch.ones(len(keys) - len(active))]),
        ),
        target_E=target.int(),
        source_E=source.int(),
        weight_E=matrix[target, source],
        row=row,
        pre_activation=nothing,
        residual=nothing,
        targets=tuple(
            Target(f" w{token}", token, float(p), float(w))
            for token, p, w in zip((7, 42), saved["probabilities"], weights, strict=True)
        ),
        tokens=tuple(tokens.tolist()),
        texts=tuple(f" w{token}" for token in tokens.tolist()),
        bias_names=(),
        facts={"n_layers": layers, "model": "tiny"},
    )
    return graph, saved


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_the_library_s(name: str) -> None:
    graph, saved = theirs(name)
    total = float(saved["probabilities"].sum())  # the library's shares do not sum to 1
    torch.testing.assert_close(influence(graph).float() * total, saved["influence"], rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(cumulative(influence(graph)).float(), saved["cumulative"], rtol=1e-5, atol=1e-6)
    found = score(graph)
    assert found == score(graph, biases=False)
    assert [found.replacement, found.completeness] == pytest.approx(saved["scores"].tolist(), rel=1e-5)
    node_share, edge_share = saved["shares"].tolist()
    nodes, edges = chosen(graph, node_share, edge_share)
    assert torch.equal(nodes, saved["nodes"])
    ours = torch.zeros_like(saved["edges"])
    ours[graph.target_E[edges].long(), graph.source_E[edges].long()] = True
    assert torch.equal(ours, saved["edges"] & (saved["adjacency"] != 0))


def test_scores_without_biases_are_those_of_the_graph_without_them() -> None:
    graph = random_graph(5, biases=True)
    without = graph.keep(~graph.of_kind(BIAS))
    found, expected = score(graph, biases=False), score(without)
    assert found.replacement == pytest.approx(expected.replacement, rel=1e-12)
    assert found.completeness == pytest.approx(expected.completeness, rel=1e-12)
    assert found != score(graph)


@pytest.mark.parametrize("name", NAMES)
def test_files_of_the_library_are_read(name: str) -> None:
    graph, saved = theirs(name)
    read = load_circuit_tracer_json(FIXTURES / f"{name}.json")
    assert read.supernodes == () and read.labels == {}
    expected = graph.keep(*chosen(graph, *saved["shares"].tolist()))
    assert read.graph.ids == expected.ids
    assert torch.equal(read.graph.target_E, expected.target_E)
    assert torch.equal(read.graph.source_E, expected.source_E)
    torch.testing.assert_close(read.graph.weight_E, expected.weight_E)
    latents = read.graph.of_kind(LATENT)
    torch.testing.assert_close(read.graph.nodes.activation[latents], expected.nodes.activation[latents])
    assert read.graph.tokens == expected.tokens and read.graph.texts == expected.texts
    assert [(t.label, t.token, t.probability) for t in read.graph.targets] == [(" w7", 7, 0.5), (" w42", 42, 0.25)]
    assert [t.weight for t in read.graph.targets] == pytest.approx([2 / 3, 1 / 3])
    assert read.graph.n_layers == 3 and read.graph.facts["model"] == "tiny"
    assert "logits' values are not in the file, they are 0" in read.notes


@pytest.mark.parametrize("name", NAMES)
def test_what_we_write_of_a_graph_is_what_the_library_writes(name: str, tmp_path: Path) -> None:
    """The same nodes and links, but for the ids of errors, which there may be those of latents too."""
    graph, saved = theirs(name)
    node_share, edge_share = (round(share, 6) for share in saved["shares"].tolist())
    save_circuit_tracer_json(graph, tmp_path / f"{name}.json", node_share=node_share, edge_share=edge_share)
    ours, wanted = (json.loads((folder / f"{name}.json").read_text()) for folder in (tmp_path, FIXTURES))
    rename = {f"0_{layer}_{p}": f"{layer}_-1_{p}" for layer in range(3) for p in range(4)}
    errors = {node["node_id"] for node in wanted["nodes"] if node["feature_type"] == "mlp reconstruction error"}
    for node in wanted["nodes"]:
        if node["node_id"] in errors:
            node["node_id"] = rename[node["node_id"]]
            node["jsNodeId"] = f"{node['layer']}_-1-{node['ctx_idx']}"
    for one in (ours["nodes"], wanted["nodes"]):
        one.sort(key=lambda node: node["node_id"])
    assert len(ours["nodes"]) == len(wanted["nodes"])
    for own, other in zip(ours["nodes"], wanted["nodes"], strict=True):
        assert own.keys() == other.keys()
        assert {**own, "influence": 0} == {**other, "influence": 0}
        if other["influence"] is None:  # a logit
            assert own["influence"] is None
        else:
            assert own["influence"] == pytest.approx(other["influence"], rel=1e-5)
    links = {(rename.get(x["source"], x["source"]) if x["source"] in errors else x["source"], x["target"]): x["weight"]
             for x in wanted["links"]}  # fmt: skip
    assert {(x["source"], x["target"]): x["weight"] for x in ours["links"]} == pytest.approx(links)
    assert wanted["metadata"].items() <= {**ours["metadata"], "node_threshold": node_share}.items()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), biases=st.booleans())
def test_export_then_import_is_the_same(tmp_path_factory: pytest.TempPathFactory, seed: int, biases: bool) -> None:
    graph = random_graph(seed, biases=biases)
    path = tmp_path_factory.mktemp("graph") / "graph.json"
    names = [graph.node_id(i) for i in range(min(2, int(graph.of_kind(LATENT).sum())))]
    groups = [Supernode("first", tuple(names))] if names else []
    losses = save_circuit_tracer_json(
        graph, path, node_share=1, edge_share=1, supernodes=groups, labels={0: "a label"} if names else {}
    )
    assert any("biases" in line for line in losses) == biases
    read = load_circuit_tracer_json(path)
    expected = graph.keep(~graph.of_kind(BIAS))
    assert read.graph.ids == expected.ids
    for name in ("target_E", "source_E", "weight_E"):
        assert torch.equal(getattr(read.graph, name), getattr(expected, name))
    said = ~expected.of_kind(ERROR)
    assert torch.equal(read.graph.nodes.activation[said], expected.nodes.activation[said])
    assert (read.graph.targets, read.graph.tokens, read.graph.texts, read.graph.facts) == (
        expected.targets, expected.tokens, expected.texts, expected.facts,
    )  # fmt: skip
    assert list(read.supernodes) == groups
    assert read.labels == ({0: "a label"} if names else {})
    again = path.with_name("again.json")
    read.graph.save(path.with_name("ours.json"))
    save_circuit_tracer_json(Graph.load(path.with_name("ours.json")), again, node_share=1, edge_share=1)
    assert load_circuit_tracer_json(again).graph.ids == expected.ids


def test_every_loss_is_named(tmp_path: Path) -> None:
    names = ("L0_P0_1", "L0_P1_2", "E0_P0", "T0", "B_0.b", "Y0", "Y1")
    weights = {("Y0", "L0_P0_1"): 5.0, ("Y0", "E0_P0"): 4.0, ("Y1", "B_0.b"): 3.0, ("Y0", "L0_P1_2"): 0.01,
               ("L0_P0_1", "T0"): 1.0, ("L0_P1_2", "T0"): 1.0}  # fmt: skip
    targets = (Target("a", 7, 0.5, 0.5), Target("a - b", None, math.nan, 0.5))
    graph = graph_of(names, weights, targets=targets)
    nodes = dataclasses.replace(graph.nodes, index=graph.nodes.index.index_fill(0, torch.tensor([6]), -1))
    graph = dataclasses.replace(graph, nodes=nodes)
    losses = save_circuit_tracer_json(
        graph, tmp_path / "graph.json", node_share=0.95, supernodes=[Supernode("gone", ("L0_P1_2",))]
    )
    assert losses == [
        "1 of 7 nodes and 2 of 6 edges, which pruning leaves out",
        "1 biases and the 1 edges from them: circuit-tracer has none",
        "the sizes of the errors",
        "pre-activations, residuals, and which rows were computed",
        "targets that are no logits are shown as logits beyond the vocabulary: circuit-tracer has only logits",
        "1 groups whose nodes pruning leaves out",
    ]
    back = load_circuit_tracer_json(tmp_path / "graph.json").graph
    assert repr(back.targets) == repr(graph.targets)
    with pytest.raises(ArtifactError, match=r"graph.json' exists already. Choose another name, or remove it first\.$"):
        save_circuit_tracer_json(graph, tmp_path / "graph.json")


def test_what_neuronpedia_demands_is_there(tmp_path: Path) -> None:
    """Required keys and types of its graph-schema.json."""
    save_circuit_tracer_json(random_graph(1), tmp_path / "my-slug.json", scan="gemma-3-270m")
    content = json.loads((tmp_path / "my-slug.json").read_text())
    assert content.keys() == {"metadata", "qParams", "nodes", "links"}
    assert (content["metadata"]["slug"], content["metadata"]["scan"]) == ("my-slug", "gemma-3-270m")
    assert isinstance(content["metadata"]["prompt"], str)
    named = dataclasses.replace(random_graph(1), facts={"n_layers": 3, "model": {"id": "google/gemma-3-270m"}})
    save_circuit_tracer_json(named, tmp_path / "named.json")
    assert json.loads((tmp_path / "named.json").read_text())["metadata"]["scan"] == "gemma-3-270m"
    for node in content["nodes"]:
        assert isinstance(node["node_id"], str) and isinstance(node["feature"], int)
        assert isinstance(node["layer"], str) and isinstance(node["ctx_idx"], int)
        assert isinstance(node["feature_type"], str) and isinstance(node["jsNodeId"], str)
        assert isinstance(node["clerp"], str)
    # The viewers read a logit's probability from its title.
    assert all("(p=" in node["clerp"] for node in content["nodes"] if node["feature_type"] == "logit")


@given(st.integers(0, 200), st.integers(0, 2**31 - 1))
def test_pairing_leads_back(layer: int, latent: int) -> None:
    assert uncantor(cantor(layer, latent)) == (layer, latent)


def neuronpedia() -> dict[str, Any]:
    """A file as Neuronpedia's newer graphs are: ids of errors of their own, kinds of nodes we do not have."""

    def node(name: str, feature: int, layer: str, ctx: int, kind: str, **more: Any) -> dict[str, Any]:
        return {"node_id": name, "feature": feature, "layer": layer, "ctx_idx": ctx, "feature_type": kind,
                "jsNodeId": name, "clerp": "", **more}  # fmt: skip

    return {
        "metadata": {"slug": "s", "scan": "gemma-2-2b", "prompt_tokens": ["<bos>", " a"], "prompt": "<bos> a"},
        "qParams": {"supernodes": [["pair", "0_5_1", "1_7_1"], ["none", "9_9_9"]]},
        "nodes": [
            node("0_5_1", cantor(0, 5), "0", 1, "cross layer transcoder", activation=2.5, clerp="a word"),
            node("x", cantor(1, 7), "1", 1, "cross layer transcoder"),
            node("1_-1_1", -1, "1", 1, "mlp reconstruction error"),
            node("1_3_1", 3, "1", 1, "lorsa"),
            node("E_2_0", 0, "E", 0, "embedding"),
            node("3_8_1", 8, "3", 1, "logit", token_prob=0.4, clerp='Output " "b"" (p=0.400)'),
        ],
        "links": [
            {"source": "E_2_0", "target": "0_5_1", "weight": 1.5},
            {"source": "0_5_1", "target": "3_8_1", "weight": -2},
            {"source": "1_3_1", "target": "3_8_1", "weight": 1.0},
        ],
    }


def test_unknown_kinds_are_left_out_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "np.json"
    path.write_text(json.dumps(neuronpedia()))
    read = load_circuit_tracer_json(path)
    assert read.graph.ids == ("L0_P1_5", "L1_P1_7", "E1_P1", "T0", "Y0")
    assert read.graph.n_layers == 2 and read.graph.tokens == (2, -1)
    assert read.graph.targets == (Target(' "b"', 8, 0.4, 1.0),)
    assert read.supernodes == (Supernode("pair", ("L0_P1_5",)),)
    assert read.labels == {0: "a word"}
    assert read.notes == (
        "1 edges of nodes that are left out are left out",
        "logits' values are not in the file, they are 0",
        "1 tokens have no number in the file, they are −1",
        "1 nodes of the kind 'lorsa' are left out, latents of MLPs are read",
        "rows are as pruned: they do not sum to pre-activations, which the file does not say",
    )


def test_an_id_that_a_latent_and_an_error_share(tmp_path: Path) -> None:
    content = neuronpedia()
    content["nodes"][2] |= {"node_id": "0_5_1"}  # as circuit-tracer 0.5.0 calls the error of layer 5
    content["nodes"][2]["layer"] = "5"
    content["nodes"][5]["layer"] = "7"
    content["links"].append({"source": "0_5_1", "target": "3_8_1", "weight": 0.25})
    content["links"].append({"source": "0_5_1", "target": "x", "weight": 0.75})
    path = tmp_path / "shared.json"
    path.write_text(json.dumps(content))
    read = load_circuit_tracer_json(path)
    graph = read.graph
    edges = {
        (graph.ids[t], graph.ids[s]): w
        for t, s, w in zip(graph.target_E.tolist(), graph.source_E.tolist(), graph.weight_E.tolist(), strict=True)
    }
    assert edges["Y0", "L0_P1_5"] == -2 and edges["Y0", "E5_P1"] == 0.25 and edges["L1_P1_7", "L0_P1_5"] == 0.75
    assert any(note.startswith("1 edges come from an id that a latent of layer 0 and an error") for note in read.notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c.pop("links"), "has no metadata, nodes and links, expected a graph of circuit-tracer"),
        (lambda c: c["metadata"].pop("prompt_tokens"), "is malformed (KeyError: 'prompt_tokens')"),
        (lambda c: c["nodes"].pop(), "it has no logit, expected one at least"),
        (lambda c: c["nodes"][0].pop("ctx_idx"), "is malformed (KeyError: 'ctx_idx')"),
        (lambda c: c["nodes"][0].update(ctx_idx=9), "a node is at a position that is none of 2"),
        (lambda c: c["nodes"][0].update(layer="E"), "is malformed (ValueError: invalid literal for int()"),
        (lambda c: c["nodes"][0].update(layer="70"), "a latent or an error is in layer 70, its logits are in 3"),
        (lambda c: c["nodes"][1].update(feature=-1), "the latent 'x' has no number"),
        (lambda c: c["nodes"].append(c["nodes"][0]), "or one of them is there twice"),
        (lambda c: c["nodes"][0].update(activation=math.nan), "an activation is not a finite number"),
        (lambda c: c["links"][0].update(weight=math.inf), "the weight of an edge is not a finite number"),
        (lambda c: c["links"][0].update(weight="much"), "is malformed (ValueError: could not convert string"),
        (lambda c: c["links"][0].update(source="9_9_9"), "a link names the node '9_9_9', which is not there"),
        (lambda c: c["links"].append(c["links"][0]), "the link from 'E_2_0' to '0_5_1' is there twice"),
        (lambda c: c["links"][0].update(source="3_8_1"), "an edge comes from a target"),
        (lambda c: c.update(nodes="none"), "is malformed (TypeError: string indices"),
        (lambda c: c["metadata"].update(microtome={"facts": 7}), "is malformed (TypeError: 'int' object"),
    ],
)  # fmt: skip
def test_bad_files_are_one_line_each(change: Any, expected: str, tmp_path: Path) -> None:
    content = neuronpedia()
    change(content)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(content))
    with pytest.raises(FormatError) as error:
        load_circuit_tracer_json(path)
    text = str(error.value)
    assert expected in text and "bad.json'" in text and "\n" not in text


def test_cut_and_missing_files_are_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    with pytest.raises(FormatError, match=r"cut.json' is not there\. Download it again, or ask whoever made it\.$"):
        load_circuit_tracer_json(path)
    path.write_text(json.dumps(neuronpedia())[:300])
    with pytest.raises(FormatError, match=r"cut.json' is not readable JSON .* it was cut short or altered"):
        load_circuit_tracer_json(path)


def test_converting_there_and_back(tmp_path: Path) -> None:
    source, ours, again = tmp_path / "np.json", tmp_path / "ours.json", tmp_path / "again.json"
    source.write_text(json.dumps(neuronpedia()))
    done = convert_graph(source, ours, to="microtome")
    assert done.paths == (ours,) and done.losses == () and "1 nodes of the kind 'lorsa'" in " ".join(done.notes)
    graph = Graph.load(ours)
    assert graph.facts["supernodes"] == [{"name": "pair", "nodes": ["L0_P1_5"]}]
    assert graph.facts["labels"] == {"L0_P1_5": "a word"}
    lost = convert_graph(ours, again, to="circuit-tracer", model="gemma-2-2b").losses
    assert "pre-activations, residuals, and which rows were computed" in lost
    content = json.loads(again.read_text())
    assert content["qParams"]["supernodes"] == [["pair", "0_5_1"]]
    assert content["metadata"]["scan"] == "gemma-2-2b"
    assert next(node for node in content["nodes"] if node["node_id"] == "0_5_1")["clerp"] == "a word"
    for wrong, there, to, text in (
        (ours, tmp_path / "x.json", "saelens", "got --to saelens for the graph"),
        (ours, tmp_path / "x.json", "microtome", "is a graph of microtome already. Choose --to circuit-tracer."),
        (source, tmp_path / "x.json", "circuit-tracer", "is a graph of circuit-tracer already. Choose --to microtome."),
    ):
        with pytest.raises(FormatError) as error:
            convert_graph(wrong, there, to=to)
        assert text in str(error.value)
