"""The API says what the files say."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch

from microtome.app.compare import match, pairs, summary
from microtome.app.overview import POINTS, density_histogram, overview
from microtome.app.runs import OpenRuns, Remembered
from microtome.app.views import Views
from microtome.errors import ArtifactError, ConfigError
from microtome.evaluation.storage import load_evaluation
from microtome.latents import LatentStore
from microtome.runs import Run
from tests.app.conftest import NASTY, Site


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=60) as opened:
        yield opened


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_runs_are_listed(client: httpx.Client, site: Site) -> None:
    runs = get(client, "/api/runs")["runs"]
    assert [(run["id"], run["status"]) for run in runs] == [("looked-at", "finished"), ("training", "training")]
    for run, (saved, store) in zip(runs, ((True, True), (False, False))):
        assert [entry["name"] for entry in run["dictionaries"]] == site.names
        assert {(entry["saved"], entry["evaluated"], entry["store"]) for entry in run["dictionaries"]} == {
            (saved, saved, store)
        }


def test_the_files_of_the_page_are_kept_by_their_hash(client: httpx.Client) -> None:
    named = re.findall(r'"(/static/[^"]+)"', client.get("/").text)
    assert sorted(address.partition("?")[0] for address in named) == ["/static/app.css", "/static/app.js"]
    for address in named:
        answer = client.get(address)
        assert hashlib.sha256(answer.content).hexdigest().startswith(address.partition("?")[2])
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert "immutable" not in client.get("/static/nothing.js?1").headers["cache-control"]


def test_metrics_are_those_of_the_evaluation(client: httpx.Client, site: Site) -> None:
    for shown in get(client, "/api/runs/looked-at")["dictionaries"]:
        metrics, _ = load_evaluation(site.runs[0], shown["name"])
        assert shown["evaluation"]["values"] == metrics.values
        assert {k: tuple(v) for k, v in shown["evaluation"]["intervals"].items()} == metrics.intervals
        tokens = metrics.facts["tokens"]
        store = LatentStore.open(site.runs[0], shown["name"])
        assert shown["density"]["source"] == "store" and shown["density"]["tokens"] == store.tokens != tokens
        assert shown["density"]["classes"] == store.overview()["classes"]
        assert shown["density"]["rare_direction"] == {**store.overview()["rare_direction"], "within": 0.9}
        assert sum(shown["density"]["counts"]) == (store.column("count") > 0).sum()


def test_densities_are_those_of_the_evaluation_where_there_is_no_store(tmp_path: Path, site: Site) -> None:
    run = tmp_path / "run"
    shutil.copytree(site.runs[0], run, ignore=shutil.ignore_patterns("latents"))
    runs = OpenRuns([run])
    for shown in overview(runs, "run", Views(runs))["dictionaries"]:
        metrics, _ = load_evaluation(run, shown["name"])
        count, tokens = metrics.arrays["count"], metrics.facts["tokens"]
        assert shown["density"]["source"] == "evaluation" and shown["density"]["tokens"] == tokens
        assert "rare_direction" not in shown["density"]
        assert sum(shown["density"]["counts"]) == (count > 0).sum()
        assert shown["density"]["classes"]["dead"] == (count == 0).sum()
        assert shown["density"]["classes"]["dense"] == (count / tokens > 0.1).sum()
        assert sum(shown["density"]["classes"].values()) == len(count)


def test_a_path_of_the_text_stays_on_the_machine(client: httpx.Client) -> None:
    shown = get(client, "/api/runs/looked-at")["dictionaries"][0]
    assert shown["evaluation"]["facts"]["text"]["name"] == "text.jsonl"
    assert get(client, "/api/runs/looked-at")["facts"]["config"]["text"] == "text.jsonl"


def test_curves_are_the_rows(client: httpx.Client, site: Site) -> None:
    name = site.names[1]
    rows = [row for row in Run.open(site.runs[0]).metrics() if row["dictionary"] == name]
    curves = get(client, "/api/runs/looked-at/curves", dictionary=name)
    assert curves["series"]["batch_fvu"] == {"x": [r["tokens"] for r in rows], "y": [r["batch_fvu"] for r in rows]}
    measured = [row for row in rows if "held_out" in row]
    assert curves["series"]["held_out.fvu"]["y"] == [row["held_out"]["fvu"] for row in measured]
    half = rows[len(rows) // 2]["step"]
    until = get(client, "/api/runs/looked-at/curves", dictionary=name, step=half)
    assert until["series"]["loss"]["x"] == [row["tokens"] for row in rows if row["step"] <= half]


def test_curves_follow_a_run_that_is_training(client: httpx.Client, site: Site) -> None:
    file = site.runs[1] / "metrics.jsonl"
    before = get(client, "/api/runs/training/curves")
    row = {"dictionary": site.names[0], "step": 999, "tokens": 77_000, "loss": 0.5, "batch_fvu": 0.4}
    with open(file, "a") as log:
        log.write(json.dumps(row) + "\n" + '{"half": ')
    after = get(client, "/api/runs/training/curves")
    assert after["series"]["loss"]["x"] == [*before["series"]["loss"]["x"], 77_000]
    assert get(client, "/api/runs/training")["tokens_done"] == 77_000


def test_long_curves_are_thinned_and_keep_their_ends(tmp_path: Path, site: Site) -> None:
    from microtome.app.overview import curves

    run = tmp_path / "run"
    shutil.copytree(site.runs[1], run)
    rows = [{"dictionary": site.names[0], "step": i, "tokens": i * 10, "loss": 1.0 / (i + 1)} for i in range(5000)]
    (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    x = curves(OpenRuns([run]), "run", None)["series"]["loss"]["x"]
    assert len(x) == POINTS and x[0] == 0 and x[-1] == 49_990


def test_density_classes_at_their_edges() -> None:
    found = density_histogram(np.array([0, 9, 10, 10_000, 10_001]), 100_000)
    assert found["classes"] == {"dead": 1, "rare": 1, "normal": 2, "dense": 1}
    assert sum(found["counts"]) == 4


def test_the_table_is_the_store_s(client: httpx.Client, site: Site) -> None:
    store = LatentStore.open(site.runs[0], site.names[0])
    for query in (
        {"sort": "density"},
        {"sort": "max", "descending": 0},
        {"sort": "interesting", "density_from": 0.001},
    ):
        page = get(client, "/api/runs/looked-at/latents", dictionary=site.names[0], offset=3, limit=20, **query)
        expected = store.table(
            sort=query["sort"],
            descending=bool(query.get("descending", 1)),
            density=(query.get("density_from"), None),
            offset=3,
            limit=20,
        )
        assert page["total"] == expected["total"]
        assert [row["latent"] for row in page["rows"]] == [row["latent"] for row in expected["rows"]]


def test_the_nearest_to_a_latent(client: httpx.Client, site: Site) -> None:
    decoder = Run.open(site.runs[0]).dictionary(site.names[0]).W_dec
    page = get(client, "/api/runs/looked-at/latents", near=5, limit=10)
    cosine = decoder @ decoder[5]
    cosine[5] = -2
    best = torch.argsort(cosine, descending=True)[:10]
    np.testing.assert_allclose([row["cosine"] for row in page["rows"]], cosine[best], atol=1e-5)


def test_the_nearest_to_a_latent_in_the_order_asked_for(client: httpx.Client, site: Site) -> None:
    store, decoder = (
        LatentStore.open(site.runs[0], site.names[0]),
        Run.open(site.runs[0]).dictionary(site.names[0]).W_dec,
    )
    cosine = (decoder @ decoder[5]).detach().numpy()
    cosine[5] = -2
    nearest = np.argsort(-cosine, kind="stable")[:200]
    largest = store.column("max")
    asked = "/api/runs/looked-at/latents"
    rising = get(client, asked, near=5, sort="cosine", descending=0, limit=3)
    np.testing.assert_allclose([row["cosine"] for row in rising["rows"]], cosine[nearest[::-1][:3]], atol=1e-5)
    page = get(client, asked, near=5, sort="max", offset=2, limit=20)
    assert [row["latent"] for row in page["rows"]] == nearest[np.argsort(-largest[nearest], kind="stable")][
        2:22
    ].tolist()
    np.testing.assert_allclose(
        [row["cosine"] for row in page["rows"]], cosine[[r["latent"] for r in page["rows"]]], atol=1e-5
    )
    assert (page["total"], page["nearest"]) == (200, 200)
    strong = get(client, asked, near=5, strength_from=float(np.median(largest)))
    assert strong["nearest"] == 200 and strong["total"] == (largest[nearest] >= np.median(largest)).sum() < 200
    refused = client.get(asked, params={"sort": "cosine"})
    assert refused.status_code == 400 and "got sort 'cosine'" in refused.json()["error"]["problem"]


def test_a_latent_is_the_store_s(client: httpx.Client, site: Site) -> None:
    store = LatentStore.open(site.runs[0], site.names[0])
    for latent in (0, 100, store.n_latents - 1):
        found = get(client, f"/api/runs/looked-at/latents/{latent}")
        expected = json.loads(json.dumps(store[latent].to_json()))
        assert found["tokens_seen"] == store.tokens
        for key in expected.keys() - {"neighbours", "coactive", "user_label"}:
            assert found[key] == expected[key], key
    assert client.get(f"/api/runs/looked-at/latents/{store.n_latents}").status_code == 400
    assert client.get("/api/runs/looked-at/latents/-1").status_code == 400


def test_stores_are_opened_before_they_are_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    views = Views(OpenRuns(site.runs))
    views.warm()  # the second run has no store, which is no error here
    monkeypatch.setattr("microtome.app.views.LatentStore.open", lambda *_: pytest.fail("opened again"))
    (first, second) = (Path(run).name for run in site.runs)
    assert views.latent(first, None, 7)["latent"] == 7
    monkeypatch.undo()
    with pytest.raises(ArtifactError, match="has no latent store"):
        views.latent(second, None, 7)


def test_labels_are_kept_and_taken_away(client: httpx.Client, site: Site) -> None:
    path = "/api/runs/looked-at/latents/9"
    assert client.post(f"{path}/label", json={"text": f" {NASTY}", "note": "why"}).status_code == 200
    kept = LatentStore.open(site.runs[0], site.names[0])[9].user_label
    assert kept is not None and (kept.text, kept.note) == (NASTY.strip(), "why")
    assert get(client, path)["user_label"]["text"] == NASTY.strip()
    found = get(client, "/api/runs/looked-at/latents", label="<SCRIPT>")
    assert [(row["latent"], row["by_user"]) for row in found["rows"]] == [(9, True)]
    client.post(f"{path}/label", json={"text": "", "note": ""})
    assert get(client, path)["user_label"] is None


def test_two_servers_do_not_lose_each_other_s_labels(site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    from microtome.app import make_app

    clients = [TestClient(make_app(site.runs), base_url="http://localhost") for _ in range(2)]

    def put(i: int) -> int:
        body = {"text": f"label {i}", "note": ""}
        return clients[i % 2].post(f"/api/runs/looked-at/latents/{20 + i}/label", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(put, range(40))) == {200}
    labels = LatentStore.open(site.runs[0], site.names[0]).user_labels()
    assert {labels[20 + i].text for i in range(40)} == {f"label {i}" for i in range(40)}
    for i in range(40):
        clients[0].post(f"/api/runs/looked-at/latents/{20 + i}/label", json={"text": "", "note": ""})


def test_text_fires_what_the_dictionary_says(client: httpx.Client, site: Site) -> None:
    from microtome.models import LanguageModel

    name, text = site.names[0], "def parse(self, text):\n\treturn None"
    answer = client.post(f"/api/runs/looked-at/text?dictionary={name}", json={"text": text}).json()
    run, model = Run.open(site.runs[0]), LanguageModel.load("tiny", dtype="float32")
    tokens = model.encode(text)
    x_TD = next(iter(model.capture(tokens, ["2.mlp_out"]).values()))[0].float()
    codes = run.dictionary(name).encode(x_TD).dense()
    assert len(answer["tokens"]) == tokens.shape[1]
    shown = torch.zeros_like(codes)
    for one in answer["latents"]:
        shown[one["positions"], one["latent"]] = torch.tensor(one["values"])
    for position, special in enumerate(answer["special"]):
        expected = torch.zeros_like(codes[position]) if special else codes[position]
        torch.testing.assert_close(shown[position], expected, atol=0.05, rtol=0.02)
    assert all(one["density"] is not None for one in answer["latents"])
    only = answer["latents"][0]["latent"]
    single = client.post(f"/api/runs/looked-at/text?dictionary={name}", json={"text": text, "latent": only}).json()
    assert [one["latent"] for one in single["latents"]] == [only]
    assert single["latents"][0]["values"] == answer["latents"][0]["values"]


def test_what_is_not_there_says_so(client: httpx.Client) -> None:
    for path, said in (
        ("/api/runs/nope", "there is no run 'nope'"),
        ("/api/runs/looked-at/curves?dictionary=nope", "has no dictionary 'nope'"),
        ("/api/runs/training/latents", "has no latent store"),
        ("/api/runs/training/latents/1", "has no latent store"),
        ("/api/nothing", "there is nothing at"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert said in answer.json()["error"]["problem"]


def test_a_store_that_was_cut_short_or_is_newer_says_so(tmp_path: Path, site: Site) -> None:
    from starlette.testclient import TestClient

    from microtome.app import make_app

    run = tmp_path / "run"
    shutil.copytree(site.runs[0], run)
    client = TestClient(make_app([run]), base_url="http://localhost")
    assert client.get("/api/runs/run/latents/1").status_code == 200
    store = run / "latents" / site.names[0] / "store"
    largest = max(store.glob("*.parquet"), key=lambda p: p.stat().st_size)
    whole = largest.read_bytes()
    manifest = (store / "manifest.json").read_text()
    largest.unlink()
    largest.write_bytes(whole[: len(whole) // 2])
    (store / "manifest.json").write_text(manifest)
    answer = client.get("/api/runs/run/latents/1")
    assert answer.status_code == 404 and "cut short" in answer.json()["error"]["problem"]
    (store / "manifest.json").write_text(json.dumps({**json.loads(manifest), "schema_version": 99}))
    answer = client.get("/api/runs/run/latents/1")
    assert answer.status_code == 404 and "of version 99" in answer.json()["error"]["problem"]
    largest.write_bytes(whole)
    (store / "manifest.json").write_text(manifest)
    assert client.get("/api/runs/run/latents/1").status_code == 200


def test_a_store_is_served_while_it_is_built_again(tmp_path: Path, site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    from microtome.app import make_app
    from microtome.latents import build_stores

    run, text = tmp_path / "run", site.runs[0].parent / "text.jsonl"
    shutil.copytree(site.runs[0], run)
    client = TestClient(make_app([run]), base_url="http://localhost")
    before = client.get("/api/runs/run/latents/1").json()["tokens_seen"]
    answers = []
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(build_stores, run, text=str(text), tokens=2000, names=site.names[:1])
        while not building.done():
            answers.append(client.get(f"/api/runs/run/latents/{len(answers) % 256}"))
    building.result()
    # Between two renames there is none, and that is what is said then.
    for answer in answers:
        assert answer.status_code == 200 or "has no latent store" in answer.json()["error"]["problem"]
    assert sum(answer.status_code != 200 for answer in answers) <= 1 < len(answers)
    assert client.get("/api/runs/run/latents/1").json()["tokens_seen"] < before
    (run / "latents" / ".building").mkdir()
    shutil.rmtree(run / "latents" / site.names[0] / "store")
    answer = client.get("/api/runs/run/latents/1")
    assert answer.status_code == 404 and "one is being built" in answer.json()["error"]["problem"]


def test_matches_are_the_nearest_in_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    from microtome.app import compare

    monkeypatch.setattr(compare, "_ROWS", 7)
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(40, 6, generator=generator), torch.randn(30, 6, generator=generator)
    found = match(left, right)
    cosines = torch.nn.functional.cosine_similarity(left[:, None], right[None], dim=2).numpy()
    np.testing.assert_array_equal(found.right_F, cosines.argmax(1))
    np.testing.assert_array_equal(found.left_G, cosines.argmax(0))
    np.testing.assert_allclose(found.cosine_F, cosines.max(1), rtol=1e-5)
    np.testing.assert_allclose(found.cosine_G, cosines.max(0), rtol=1e-5)
    mutual = [i for i in range(40) if cosines[:, cosines[i].argmax()].argmax() == i]
    assert summary(found)["mutual"] == len(mutual)
    assert sum(summary(found)["left"]["counts"]) == 40
    page = pairs(found, descending=False, mutual_only=True, offset=0, limit=100)
    assert sorted(row["left"] for row in page["rows"]) == mutual
    values = [row["cosine"] for row in page["rows"]]
    assert values == sorted(values)


def test_decoders_of_different_spaces_do_not_match() -> None:
    with pytest.raises(ConfigError, match="write to 6 and 5 dimensions"):
        match(torch.ones(2, 6), torch.ones(2, 5))


def test_a_dictionary_matches_itself_and_its_last_checkpoint(client: httpx.Client, site: Site) -> None:
    name = site.names[0]
    steps = get(client, "/api/runs")["runs"][0]["dictionaries"][0]["checkpoints"]
    sides = {"left_run": "looked-at", "left_dictionary": name, "right_run": "looked-at", "right_dictionary": name}
    for more in ({}, {"right_step": steps[-1]}):
        found = get(client, "/api/compare", **sides, **more)
        assert found["mutual"] == found["left"]["latents"]
        assert found["left"]["above"]["0.9"] == 1.0
    page = get(client, "/api/compare/pairs", **sides, limit=5)
    assert all(row["left"] == row["right"] for row in page["rows"])
    missing = client.get("/api/compare", params={**sides, "right_step": 123456})
    assert "has no checkpoint of step 123456" in missing.json()["error"]["problem"]


def test_what_is_remembered_is_made_again_when_its_file_changes(tmp_path: Path) -> None:
    file, made = tmp_path / "f", []
    kept = Remembered(1)

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get("a", [file], make), kept.get("a", [file], make)] == [1, 1]
    file.write_text("x")
    assert kept.get("a", [file], make) == 2
    assert kept.get("b", [], make) == 3
    assert kept.get("a", [file], make) == 4


def test_runs_of_the_same_name_and_folders_that_are_none(tmp_path: Path, site: Site) -> None:
    twin = tmp_path / "looked-at"
    shutil.copytree(site.runs[1], twin)
    assert OpenRuns([site.runs[0], twin, site.runs[0]]).identifiers == ["looked-at", "looked-at-2"]
    with pytest.raises(ArtifactError, match="is not a run"):
        OpenRuns([tmp_path])
