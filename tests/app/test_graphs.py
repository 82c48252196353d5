"""Graphs over HTTP: what the files say, and one line for what is not there."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from starlette.testclient import TestClient

from microtome.app import graphs, make_app
from microtome.app.graphs import bounded, describe
from microtome.app.views import Views
from microtome.circuits import Graph, Supernode, prune, save_circuit_tracer_json, score
from microtome.circuits.graph import LATENT
from microtome.runs import Run
from tests.app.conftest import NASTY, Site
from tests.app.graph_shapes import make_graph

TEXTS = ("<bos>", "The", NASTY, " is")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graphs") / "capital.json"
    make_graph(TEXTS, latents=20, edges=40).save(path)
    return path


@pytest.fixture(scope="module")
def client(file: Path) -> TestClient:
    return TestClient(make_app([file]), base_url="http://localhost")


def problem(answer: Any) -> str:
    error = answer.json()["error"]
    assert error["cure"]
    return str(error["problem"])


def test_a_description_is_the_graph() -> None:
    graph = make_graph(TEXTS, latents=20, edges=40, dictionary="t")
    found = describe(graph, [0.5] * len(graph), {0: "a label"})
    assert [one["id"] for one in found["nodes"]] == list(graph.ids)
    assert found["tokens"] == list(TEXTS) and found["prompt"] == "".join(TEXTS)
    dense = torch.zeros(len(graph), len(graph))
    for source, target, weight in found["edges"]:
        dense[target, source] = weight
    torch.testing.assert_close(dense, graph.dense())
    assert found["nodes"][0]["label"] == "a label" and found["nodes"][0]["dictionary"] == "t"
    error = next(one for one in found["nodes"] if one["kind"] == "error")
    assert error["residual"] is None and error["dictionary"] is None
    assert [one["id"] for one in found["targets"]] == ["Y0", "Y1"]


def test_latents_of_a_runs_graph_have_their_directions(site: Site) -> None:
    name = site.names[1]
    graph = make_graph(TEXTS, latents=20, edges=40, dictionary=name)
    answers = graphs.Graphs(site.app.state.runs, Views(site.app.state.runs))
    found = answers._decoder("looked-at", graph)
    latents = (graph.nodes.kind == LATENT).nonzero()[:, 0].tolist()
    assert sorted(found) == latents and len(latents) == 20
    W_dec = Run.open(site.runs[0]).dictionary(name).W_dec
    for node in latents:
        assert torch.equal(found[node], W_dec[int(graph.nodes.index[node])])
    assert answers._decoder(None, graph) == {}
    assert answers._decoder("looked-at", make_graph(TEXTS, latents=20, edges=40, dictionary="another")) == {}


def test_more_than_a_page_can_show_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph(TEXTS, latents=40, edges=80)
    monkeypatch.setattr(graphs, "NODES", 30)
    monkeypatch.setattr(graphs, "EDGES", 10)
    part, left_out = bounded(graph, torch.arange(len(graph)).flip(0).double())
    assert len(part) == 30 and part.n_edges <= 10
    assert left_out == {"nodes": len(graph) - 30, "edges": graph.n_edges - part.n_edges}
    assert {"Y0", "Y1", "T0", "T3"} <= set(part.ids)


def test_scores_follow_what_is_kept(file: Path, client: TestClient) -> None:
    def asked(share: float) -> Any:
        where = {"name": "capital", "node_share": share, "edge_share": 1}
        return client.get("/api/graph", params=where).json()

    graph, found = Graph.load(file), {}
    for share in (1.0, 0.3):
        answer = asked(share)
        ids = set(prune(graph, share, 1.0).ids)
        kept, whole = score(graph, torch.tensor([one in ids for one in graph.ids])), score(graph)
        assert answer["kept_scores"] == pytest.approx(dataclasses.asdict(kept))
        assert answer["scores"] == pytest.approx(dataclasses.asdict(whole))
        found[share] = answer["kept_scores"]["replacement"]
    assert found[0.3] < found[1.0]


def test_a_graph_of_circuit_tracer_is_opened_with_its_labels_and_groups(tmp_path: Path) -> None:
    graph = make_graph(TEXTS, latents=20, edges=40)
    latents = prune(graph, 0.8, 0.98).ids[:2]
    path = tmp_path / "theirs.json"
    groups = [Supernode("cities", latents)]
    save_circuit_tracer_json(graph, path, supernodes=groups, labels={graph.number(latents[0]): "Paris"})
    client = TestClient(make_app([path]), base_url="http://localhost")
    (listed,) = client.get("/api/graphs").json()
    assert "error" not in listed
    shown = client.get("/api/graph", params={"name": "theirs", "node_share": 1, "edge_share": 1}).json()
    assert {one["id"]: one["label"] for one in shown["nodes"]}[latents[0]] == "Paris"
    assert shown["supernodes"] == [{"name": "cities", "nodes": list(latents)}]


def test_what_is_not_there_says_so(client: TestClient) -> None:
    answer = client.get("/api/graph", params={"name": "nope"})
    assert answer.status_code == 404 and "no file 'nope', there is capital" in problem(answer)
    assert client.get("/api/graphs", params={"run": "nope"}).status_code == 404
    answer = client.get("/api/graph", params={"name": "capital", "node_share": "much"})
    assert answer.status_code == 400 and "expected a number" in problem(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("x", "no list of changes"),
        ([{"id": 3, "factor": 0}], "not readable"),
        ([{"id": "T0", "factor": True}], "not readable"),
        ([{"id": "T0", "factor": 0, "value": 1}], "not readable"),
    ],
)
def test_changes_that_cannot_be_read_are_refused(site: Site, changes: Any, said: str) -> None:
    client = TestClient(make_app(site.runs), base_url="http://localhost")
    body = {"run": "looked-at", "name": "g", "changes": changes, "regime": "frozen"}
    answer = client.post("/api/graph/intervene", json=body)
    assert answer.status_code == 400 and said in problem(answer)


def test_a_graph_of_no_run_cannot_be_changed(client: TestClient) -> None:
    body = {"run": None, "name": "capital", "changes": [{"id": "T0", "factor": 0}], "regime": "frozen"}
    answer = client.post("/api/graph/intervene", json=body)
    assert answer.status_code == 404 and "no transcoders" in problem(answer)


def test_interventions_on_a_run_trained_in_bfloat16(tmp_path: Path) -> None:
    from microtome.circuits import ReplacementModel, TracingConfig, from_run, trace
    from microtome.models import LanguageModel
    from microtome.training import TrainingConfig, train

    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("*.mlp_out",),
        kinds=("transcoder",),
        latents=(64,),
        l0s=(8.0,),
        tokens=2_048,
        batch_tokens=1024,
        buffer_tokens=2_048,
        eval_tokens=1_000,
        eval_loss_tokens=0,
        dtype="bfloat16",
    )
    run = train(config, tmp_path / "half")
    assert run.facts["dtype"] == "bfloat16"
    lm = LanguageModel.load("tiny", dtype="float32")
    graph = trace(ReplacementModel(lm, from_run(lm, run)), "import numpy as", config=TracingConfig(max_nodes=20))
    graph.save(run.path / "graphs" / "one.json")
    client = TestClient(make_app([run.path]), base_url="http://localhost")
    changes = [{"id": graph.ids[0], "factor": 0.0}]
    body = {"run": "half", "name": "one", "changes": changes, "regime": "frozen"}
    answer = client.post("/api/graph/intervene", json=body)
    assert answer.status_code == 200, answer.json()
    # In float32 what is measured is the edge.
    matrix, number = graph.dense(), {name: i for i, name in enumerate(graph.ids)}
    for one in answer.json()["nodes"]:
        assert one["after"] - one["before"] == pytest.approx(-float(matrix[number[one["id"]], 0]), rel=1e-3, abs=1e-4)
    assert answer.json()["nodes"]


def test_a_graph_that_was_cut_short_is_listed_with_its_problem(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    make_graph(TEXTS, latents=20, edges=40).save(path)
    tensors = path.with_suffix(".safetensors")
    tensors.write_bytes(tensors.read_bytes()[:-50])
    client = TestClient(make_app([path]), base_url="http://localhost")
    (listed,) = client.get("/api/graphs").json()
    assert listed["name"] == "cut" and "cut" in listed["error"]["problem"]
