"""`microtome.plots(run)`: the figures that a latent store is behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import microtome
from microtome.errors import ArtifactError
from microtome.latents import on_text, placed
from microtome.latents.records import DENSE
from microtome.models import LanguageModel
from microtome.report import latent_figures
from tests.latents.conftest import LATENTS, Built, Maker


def test_random_latents_are_drawn_by_the_seed_from_those_that_fire(built: Built) -> None:
    plots = microtome.plots(built.run)
    drawn = [int(trace.name) for trace in plots.activations(n=9).data]
    assert drawn == [int(trace.name) for trace in plots.activations(n=9).data] == sorted(set(drawn))
    assert len(drawn) == 9 and all(built.store[latent].count for latent in drawn)
    assert drawn != [int(trace.name) for trace in plots.activations(n=9, seed=1).data]
    everyone = [int(trace.name) for trace in plots.activations(n=10_000).data]
    assert everyone == np.nonzero(built.store.column("count"))[0].tolist() and 3 not in everyone
    (asked,) = plots.activations([7]).data
    assert list(asked.y) == built.store[7].histogram.counts


def test_figures_of_the_store_are_made_of_its_numbers(built: Built) -> None:
    plots, store = microtome.plots(built.run), built.store
    assert plots.usage().to_json() == latent_figures.usage(store.column("density")).to_json()
    rare = store.overview()["rare_direction"]
    assert plots.rare_direction().layout.title.text.startswith(f"{rare['rare']} rare latents, {rare['share']:.0%} of")
    chosen = [row["latent"] for row in store.table(sort="interesting", limit=24)["rows"]]
    expected = latent_figures.decoder_weights(store.dictionary.W_dec, chosen, store.names(chosen))
    assert plots.decoder().to_json() == expected.to_json()
    (rows, _) = plots.decoder([3, 0]).data
    assert [label.split(" ")[0] for label in rows.y] == ["0", "3"]


def test_a_text_is_shown_without_dense_latents_unless_they_are_asked_for(built: Built, lm: LanguageModel) -> None:
    plots, text = microtome.plots(built.run), "the model returns a list of values"
    found = on_text(lm, placed(built.run, None, lm), text)
    density = built.store.column("density")
    ordinary = [latent for latent in found["latents"] if density[latent] <= DENSE]
    assert 0 < len(ordinary) < len(found["latents"]) < LATENTS

    def shown(dense: bool) -> set[int]:
        heat = plots.on_text(text, lm, rows=LATENTS, dense=dense).data[0]
        return {int(label.split(" ")[0]) for label in heat.y}

    assert shown(False) == set(ordinary) and shown(True) == set(found["latents"])


def test_without_a_store_it_is_told(make_run: Maker) -> None:
    run: Path = make_run("topk", latents=40)
    plots = microtome.plots(run)
    for figure in (plots.usage, plots.activations, plots.rare_direction, plots.decoder):
        with pytest.raises(ArtifactError, match="has no latent store"):
            figure()
    assert len(plots.decoder([1]).data) == 2
