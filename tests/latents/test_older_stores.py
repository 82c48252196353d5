"""Stores of the version before labels had held-out contexts: they open, and say how their labels were scored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from microtome.app.runs import OpenRuns
from microtome.app.views import Views
from microtome.artifacts import MANIFEST, new_folder, read_json
from microtome.cli import app
from microtome.latents import LatentStore, tables, user_labels
from microtome.latents.explainers import detection_score, explain
from microtome.latents.records import Label
from microtome.latents.store import SCHEMA, store_path
from tests.latents.conftest import LATENTS, Built


@pytest.fixture
def older(built: Built, tmp_path: Path) -> LatentStore:
    """The store as version 2 had it: without contexts, and without what says that labels are scored on them."""
    run = Path(shutil.copytree(built.run, tmp_path / "run"))
    path = store_path(run, built.store.name)
    facts = {k: v for k, v in read_json(path / MANIFEST).items() if k not in ("label_scores", "manifest_sha256")}
    now = path.rename(path.with_name("now"))
    with new_folder(path, schema=SCHEMA, version=2, facts=facts) as folder:
        for file in sorted(now.glob("*.parquet")):
            if file.name == tables.EXAMPLES:
                examples = pq.ParquetFile(file)
                with tables.Writer(folder / file.name) as writer:
                    for group in range(examples.num_row_groups):
                        writer.write(examples.read_row_group(group).drop_columns(["held_out"]))
            elif file.name != tables.CONTEXTS:
                shutil.copy(file, folder)
    shutil.rmtree(now)
    for left in path.parent.glob("*.json"):
        left.unlink()
    return LatentStore.open(run)


class Yes:
    name = "yes"

    def fits(self, prompt: str, max_tokens: int) -> bool:
        return True

    def complete(self, prompt: str, max_tokens: int) -> str:
        return "yes"


def test_an_older_store_opens_and_says_that_its_labels_are_scored_over_tokens(older: LatentStore) -> None:
    assert older.facts["schema_version"] == 2 and older.scored == "tokens"
    latent = next(one for one in older if one.label is not None and one.label.score)
    assert {label.scored for label in latent.candidates} == {"tokens"} and older.contexts(latent.latent) == []
    assert not any(example.held_out for example in latent.examples)
    row = older.rows([latent.latent])[0]
    assert row["label"]["scored"] == "tokens" and row["label"]["score"] == latent.label.score
    rows = older.table(sort="label_score", limit=LATENTS)["rows"]
    scores = [(row["label"] or {"score": None})["score"] or 0.0 for row in rows]
    assert scores == sorted(scores, reverse=True) and scores[0] > 0.5


def test_nothing_is_scored_on_an_older_store(older: LatentStore) -> None:
    latent = next(one.latent for one in older if one.label is not None and one.label.score)
    assert detection_score(older, latent, "anything", Yes()) is None
    assert explain(older, [latent], Yes())[latent] == Label("yes", None, "explained by yes")


@pytest.mark.parametrize("more", [["--list"], ["--explain", "1", "--explainer", "tiny"]])
def test_the_command_line_says_so(older: LatentStore, built: Built, more: list[str]) -> None:
    said = "labels are scored over tokens, not on held-out contexts. Build it again with 'microtome latents"
    assert said in CliRunner().invoke(app, ["latents", str(older.run_path), *more]).output
    assert "scored over" not in CliRunner().invoke(app, ["latents", str(built.run), "--list"]).output


def test_one_latent_says_so(older: LatentStore, built: Built) -> None:
    latent = next(one.latent for one in older if one.label is not None and one.label.score)

    def shown(store: LatentStore) -> str:
        return CliRunner().invoke(app, ["show", str(store.run_path), "--latent", str(latent)]).output

    assert "over unseen tokens)" in shown(older) and "on unseen contexts)" not in shown(older)
    assert "on unseen contexts)" in shown(built.store) and "over unseen tokens)" not in shown(built.store)


def test_the_page_says_so(older: LatentStore, built: Built) -> None:
    latent = next(one.latent for one in older if one.label is not None and one.label.score)
    for store, note in ((older, "; scored over tokens, by an older version"), (built.store, "")):
        runs = OpenRuns([store.run_path])
        found = Views(runs).latent(runs.identifiers[0], store.name, latent)
        expected = [label.how + (note if label.scored == "tokens" else "") for label in store[latent].candidates]
        assert [label["how"] for label in found["candidates"]] == expected
        assert found["label"]["how"] == expected[0]


def test_explanations_of_an_older_version_are_not_compared_with_rules(built: Built, tmp_path: Path) -> None:
    run = Path(shutil.copytree(built.run, tmp_path / "run"))
    store = LatentStore.open(run)
    folder = store.path.parent
    old = {"text": "words", "score": 0.99, "how": "explained by x"}
    plain = {"schema": "microtome.explanations", "schema_version": 1, "labels": {"5": old, "6": old}}
    (folder / "explanations.json").write_text(json.dumps(plain))
    assert store[5].label == Label("words", 0.99, "explained by x", "examples")
    rows = {row["latent"]: at for at, row in enumerate(store.table(sort="label_score", limit=LATENTS)["rows"])}
    scored = [one.latent for one in store if one.label and one.label.score and one.label.scored == "contexts"]
    assert all(rows[latent] < rows[5] for latent in scored) and len(scored) > 50
    found = CliRunner().invoke(app, ["latents", str(run), "--search", "words", "--json"], env={"COLUMNS": "200"}).output
    assert {row["label"]["scored"] for row in json.loads(found)["rows"] if row["latent"] in (5, 6)} == {"examples"}
    found = CliRunner().invoke(app, ["latents", str(run), "--search", "words"], env={"COLUMNS": "200"}).output
    assert found.count("0.99") == found.count("0.99 on unseen examples") == 2
    # What is kept beside them says what each is.
    store.keep_explanation(6, Label("new", 0.75, "explained by y"))
    kept = user_labels.read_explanations(folder)
    assert (kept[5].scored, kept[6].scored) == ("examples", "contexts")
    # As an older version reads it: of version 1, with no other keys of a label.
    written = read_json(folder / "explanations.json")
    assert written["schema_version"] == 1
    assert written["labels"] == {"5": old, "6": {"text": "new", "score": 0.75, "how": "explained by y"}}
    # And as it writes it.
    written["labels"]["7"] = old
    (folder / "explanations.json").write_text(json.dumps({k: v for k, v in written.items() if k != "scored"}))
    assert {one.scored for one in user_labels.read_explanations(folder).values()} == {"examples"}
    (folder / "explanations.json").write_text(json.dumps(written))
    again = [row["latent"] for row in store.table(sort="label_score", limit=LATENTS)["rows"]]
    assert again.index(6) < again.index(5)
