"""Tables, searches, the nearest latents, live text, and the layout for Neuronpedia."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtome.errors import ArtifactError, ConfigError, TextError
from microtome.latents import LatentStore, export_neuronpedia, histograms, on_text, placed, user_labels
from microtome.latents.records import Label
from microtome.models import LanguageModel
from tests.latents.conftest import LATENTS, Built


def test_a_latent_is_plain_json(built: Built) -> None:
    plain = built.store[4].to_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    dead = built.store[3]
    assert dead.count == 0 and dead.label is None and dead.histogram.counts == []
    assert [example.band for example in dead.examples if example.band != "near_miss"] == []


def test_sorting_and_filters(built: Built) -> None:
    store = built.store
    everything = store.table(limit=LATENTS)
    assert everything["total"] == LATENTS
    densities = [row["density"] for row in everything["rows"]]
    assert densities == sorted(densities, reverse=True)
    rising = store.table(sort="max", descending=False, limit=LATENTS)["rows"]
    assert [row["max"] for row in rising] == sorted(row["max"] for row in rising)
    paged = [store.table(offset=offset, limit=50)["rows"] for offset in range(0, LATENTS, 50)]
    assert [row for page in paged for row in page] == everything["rows"]
    middle = float(np.median(densities))
    found = store.table(density=(middle, None), strength=(None, 1e9), limit=LATENTS)
    assert {row["latent"] for row in found["rows"]} == {
        r["latent"] for r in everything["rows"] if r["density"] >= middle
    }
    best = store.table(sort="interesting", limit=1)["rows"][0]
    assert 1e-4 < best["density"] < 0.1 or best["max"] > 0
    assert store.table(sort="interesting", limit=LATENTS)["rows"][-1]["latent"] is not None


def test_rows_hold_the_best_label_of_each_latent(built: Built) -> None:
    rows = built.store.table(sort="label_score", limit=LATENTS)["rows"]
    assert {row["latent"]: row["label"] and row["label"]["text"] for row in rows} == {
        latent.latent: latent.label and latent.label.text for latent in built.store
    }
    scores = [(row["label"] or {"score": None})["score"] or 0.0 for row in rows]
    assert scores == sorted(scores, reverse=True) and scores[0] > 0


def test_by_token_and_by_label(built: Built) -> None:
    store = built.store
    row = next(r for r in store.table(limit=LATENTS)["rows"] if r["top_token"] is not None)
    by_token = {r["latent"] for r in store.table(token=row["top_token"], limit=LATENTS)["rows"]}
    expected = {latent.latent for latent in store if row["top_token"] in [s.token for s in latent.token_statistics]}
    assert by_token == expected and row["latent"] in by_token
    assert store.table(token="no such token")["total"] == 0
    some = [r["latent"] for r in store.table(sort="latent", descending=False, among=[40, 7, 9])["rows"]]
    assert some == [7, 9, 40] and store.table(among=[])["total"] == 0
    store.set_label(11, "Quite Special", "seen in a Test")
    try:
        assert [r["latent"] for r in store.table(label="quite special")["rows"]] == [11]
        assert 11 in [r["latent"] for r in store.search("in a test")["rows"]]
    finally:
        store.set_label(11, "")


def test_nearest_to_a_direction(built: Built) -> None:
    decoder = built.store.dictionary.W_dec
    found = built.store.nearest(2.5 * decoder[17], 3)
    assert found[0].latent == 17 and found[0].cosine == pytest.approx(1.0)
    assert [n.latent for n in found[1:]] == [n.latent for n in built.store.nearest(17, 2)]


def test_overview(built: Built) -> None:
    overview = built.store.overview()
    assert sum(overview["classes"].values()) == LATENTS
    assert sum(overview["density"]["counts"]) == LATENTS - overview["classes"]["dead"]
    assert overview["classes"]["dead"] >= 1


def test_live_text_is_the_dictionary_on_the_model(lm: LanguageModel, built: Built) -> None:
    place = placed(built.run, None, lm)
    text = "the model returns\n\ta <b>list</b>"
    found = on_text(lm, place, text)
    tokens = lm.encode(text)
    x = next(iter(lm.capture(tokens, "1.mlp_out").values()))[0].float()
    dense = place.dictionary.encode(x).dense().numpy()
    dense[found["special"]] = 0
    assert found["token_ids"] == tokens[0].tolist()
    assert "".join(t for t, special in zip(found["tokens"], found["special"]) if not special) == text
    rebuilt = np.zeros_like(dense)
    for t, codes in enumerate(found["codes"]):
        for index, value in codes:
            rebuilt[t, found["latents"][index]] = value
    np.testing.assert_allclose(rebuilt, dense, atol=1e-6)
    for one in found["pooled"]:
        own = dense[~np.array(found["special"]), one["latent"]]
        assert one["max"] == pytest.approx(own.max(), abs=1e-6)
        assert one["mean"] == pytest.approx(own.mean(), abs=1e-6)
        assert one["tokens"] == (own > 0).sum()
    chosen = on_text(lm, place, text, latents=[3, 5])
    assert sorted(chosen["latents"]) == [3, 5]


def test_live_text_refuses(lm: LanguageModel, built: Built) -> None:
    place = placed(built.run, None, lm)
    with pytest.raises(TextError, match=r"got no text\. Give some\."):
        on_text(lm, place, "")
    with pytest.raises(TextError, match="tokens of text, expected at most"):
        on_text(lm, place, "word " * 5000)
    with pytest.raises(ConfigError, match=r"got latent 999, the dictionary has 240"):
        on_text(lm, place, "x", latents=[999])


def test_neuronpedia_layout(built: Built, tmp_path: Path) -> None:
    folder = export_neuronpedia(built.store, tmp_path)
    assert folder == tmp_path / "tiny" / "1-microtome-mlp_out"
    heads = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.jsonl")}
    assert sorted(heads) == ["model", "release", "source", "sourceset"]
    assert heads["source"]["id"] == folder.name and heads["source"]["setName"] == heads["sourceset"]["name"]

    def lines(part: str) -> list[dict]:
        return [
            json.loads(line) for line in gzip.decompress((folder / part / "batch-0.jsonl.gz").read_bytes()).splitlines()
        ]

    features, activations, explanations = (lines(part) for part in ("features", "activations", "explanations"))
    assert [one["index"] for one in features] == [str(latent) for latent in range(LATENTS)]
    latent = built.store[7]
    assert features[7]["pos_str"] == [one.token for one in latent.top_logits]
    assert features[7]["frac_nonzero"] == latent.density
    assert features[7]["hookName"] == "blocks.1.hook_mlp_out"
    mine = [one for one in activations if one["index"] == "7"]
    assert len(mine) == len(latent.examples)
    for one, example in zip(mine, latent.examples):
        assert one["values"] == example.activations and one["tokens"] == example.tokens
        assert one["maxValueTokenIndex"] == example.peak
    assert len({one["id"] for one in activations}) == len(activations)
    made = [one["description"] for one in explanations if one["index"] == "7" and one["typeName"] != "user"]
    assert made == [latent.label.text]
    with pytest.raises(ArtifactError, match="exists already"):
        export_neuronpedia(built.store, tmp_path)


def test_names_are_the_user_s_before_those_made(built: Built) -> None:
    store = built.store
    named = next(row for row in store.table(limit=LATENTS)["rows"] if row["label"])
    latent, made = named["latent"], named["label"]["text"]
    assert store.names([latent, 3]) == {latent: made}
    store.set_label(latent, "mine")
    assert store.names([latent]) == {latent: "mine"}
    store.set_label(latent, "", "a note alone is no name")
    assert store.names([latent]) == {latent: made}
    store.set_label(latent, "")


def test_columns_are_those_of_the_latents(built: Built) -> None:
    store = built.store
    for name in ("count", "density", "max", "mean"):
        assert store.column(name).tolist() == [getattr(latent, name) for latent in store]
    with pytest.raises(ConfigError, match="got column 'label', expected one of count, density, max, mean"):
        store.column("label")


def test_histograms_of_stores_that_do_not_say_their_bins_are_half_octaves(built: Built) -> None:
    assert built.store.facts["bins_per_octave"] == 8
    unsaid = {key: value for key, value in built.store.facts.items() if key != "bins_per_octave"}
    edges = LatentStore(built.run, built.store.name, unsaid)[4].histogram.edges
    assert [high / low for low, high in itertools.pairwise(edges)] == pytest.approx([2**0.5] * (len(edges) - 1))
    assert histograms.histogram(63, [5, 0, 1], histograms.OLDER).edges == pytest.approx([2**-0.5, 1, 2**0.5, 2])


def test_labels_with_half_of_a_surrogate_pair(built: Built, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^the note holds half of a surrogate pair or bytes that are not UTF-8"):
        built.store.set_label(5, "a", "\ud800")
    # An answer of an endpoint may be cut there, and older versions kept what they got.
    user_labels.put_explanation(tmp_path, 5, Label("cut \ud83d", 0.5, "explained by x"))
    assert user_labels.read_explanations(tmp_path)[5].text == "cut \ufffd"
    old: dict[str, Any] = {"schema": "microtome.labels", "schema_version": 1}
    old["labels"] = {"5": {"text": "old \udfff", "note": "", "when": "2025-01-01T00:00:00+00:00"}}
    (tmp_path / "labels.json").write_text(json.dumps(old))
    json.dumps(user_labels.read(tmp_path)[5].text, ensure_ascii=False).encode()
    assert user_labels.read(tmp_path)[5].text == "old \ufffd"


def test_a_token_is_found_with_and_without_its_leading_space(built: Built) -> None:
    fires: dict[str, set[int]] = {}
    for one in built.store:
        for statistic in one.token_statistics:
            fires.setdefault(statistic.token, set()).add(one.latent)

    def asked(text: str) -> set[int]:
        return {row["latent"] for row in built.store.table(token=text, limit=LATENTS)["rows"]}

    both = [text for text in fires if text.strip() == text and f" {text}" in fires]
    assert any(fires[f" {text}"] - fires[text] for text in both), "without its space it alone would be too few"
    for text in both:
        assert asked(text) == fires[text] | fires[f" {text}"]
        # The space, where it is asked for, is part of the token.
        assert asked(f" {text}") == fires[f" {text}"] | fires.get(f"  {text}", set())
