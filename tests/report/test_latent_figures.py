"""Figures of latents show the numbers they were given, and text in them is only text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from microtome.latents.records import Decoder, Histogram, Latent
from microtome.report import latent_figures
from microtome.report.style import logarithmic

EVIL = "<b>x</b>\n"
SAFE = "&lt;b&gt;x&lt;/b&gt;↵"


def latent(number: int, edges: list[float], counts: list[int]) -> Latent:
    return Latent(
        latent=number, count=sum(counts), density=0.0125, max=4.0, mean=2.5, histogram=Histogram(edges, counts),
        examples=[], top_logits=[], bottom_logits=[], neighbours=[], coactive=[], token_statistics=[], label=None,
        candidates=[], user_label=None, decoder=Decoder([], [], Histogram([0.0, 1.0], [1])),
    )  # fmt: skip


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def titles(figure: Any) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def test_activation_histograms_are_those_of_the_store() -> None:
    figure = latent_figures.activation_histograms(
        [latent(7, [1.0, 2.0, 4.0, 8.0], [5, 0, 2]), latent(9, [], [])], {7: EVIL}
    )
    bars = traces(figure)["7"]
    assert list(bars.y) == [5, 0, 2]
    # On a logarithmic axis a bar still reaches from edge to edge.
    assert [float(x - w / 2) for x, w in zip(bars.x, bars.width)] == [1.0, 2.0, 4.0]
    assert [float(x + w / 2) for x, w in zip(bars.x, bars.width)] == [2.0, 4.0, 8.0]
    assert len(traces(figure)["9"].y) == 0
    assert titles(figure)[0] == f"<b>7</b> · density 1.25 %<br>{SAFE}"
    assert latent_figures.activation_histograms([]).data == ()


def test_decoder_weights_are_the_rows_and_all_coordinates() -> None:
    decoder = torch.randn(20, 6)
    shown = traces(latent_figures.decoder_weights(decoder, [4, 0], {4: EVIL}))
    # The first asked for stands on top, which is the last row of a heat map.
    np.testing.assert_allclose(shown["rows"].z, decoder[[0, 4]].numpy())
    assert list(shown["rows"].y) == ["0", f"4 {SAFE}"]
    assert shown["rows"].zmin == -shown["rows"].zmax
    assert sum(shown["coordinates"].y) == 20 * 6


def test_reconstruction_histogram_counts_every_token_and_its_mean_is_fvu() -> None:
    generator = torch.Generator().manual_seed(0)
    target = torch.randn(500, 8, generator=generator)
    prediction = target + 0.3 * torch.randn(500, 8, generator=generator)
    figure = latent_figures.reconstruction_histogram(target, prediction)
    shown = traces(figure)
    assert sum(shown["tokens"].y) == 500
    # All but the farthest two in a thousand.
    assert 0.997 <= sum(shown["activation"].y) / (500 * 8) <= 1
    fvu = float((target - prediction).square().sum() / (target - target.mean(0)).square().sum())
    assert f"mean: FVU {fvu:.3f}" in titles(figure)
    (line,) = (shape for shape in figure.layout.shapes if shape.type == "line")
    assert line.x0 == pytest.approx(fvu, rel=1e-5)


def test_a_perfect_reconstruction_has_a_figure_too() -> None:
    target = torch.randn(50, 4)
    assert sum(traces(latent_figures.reconstruction_histogram(target, target))["tokens"].y) == 50


def test_usage_is_every_latent_that_fires_the_most_used_first() -> None:
    figure = latent_figures.usage(np.array([0.001, 0.0, 0.5, 0.01, 0.0]))
    assert list(traces(figure)["latents"].y) == [0.5, 0.01, 0.001]
    assert figure.layout.title.text == "Usage: 3 of 5 latents fire, 2 never did"
    # A line at 10 %, none for rare ones where nothing is rare.
    assert titles(figure) == ["dense above"]
    assert figure.layout.annotations[0].y == pytest.approx(-1.0)
    assert len(latent_figures.usage(np.zeros(3)).data[0].y) == 0


def test_rare_direction_counts_each_group_as_a_share() -> None:
    cosine, rare = np.array([0.95, 0.91, 0.2, 0.0, -0.5]), np.array([True, True, True, False, False])
    figure = latent_figures.rare_direction(cosine, rare)
    assert sum(traces(figure)["rare"].y) == pytest.approx(1) and sum(traces(figure)["others"].y) == pytest.approx(1)
    assert figure.layout.title.text == "3 rare latents, 67% of them within cosine 0.9 of their mean"
    assert "rare" not in traces(latent_figures.rare_direction(cosine, np.zeros(5, dtype=bool)))


ANSWER = {
    "tokens": ["<bos>", "a", EVIL],
    "special": [True, False, False],
    "latents": [5, 9, 2, 3],
    "codes": [[], [[0, 8.0], [1, 0.5], [2, 1.0]], [[0, 4.0]]],
    "pooled": [
        {"latent": latent, "max": most, "mean": 0.0, "sum": 0.0, "tokens": 1}
        for latent, most in ((5, 8.0), (2, 1.0), (9, 0.5), (3, 0.0))
    ],
}


def test_latents_on_text_are_rows_on_their_own_scale_beside_their_strongest() -> None:
    figure = latent_figures.latents_on_text(ANSWER, {5: EVIL})
    shown = traces(figure)
    assert list(shown["heat"].y) == ["9", "2", f"5 {SAFE}"]
    np.testing.assert_allclose(shown["heat"].customdata, [[0.5, 0], [1, 0], [8, 4]])
    np.testing.assert_allclose(shown["heat"].z, [[1, 0], [1, 0], [1, 0.5]])
    assert list(shown["strongest"].x) == [0.5, 1.0, 8.0]
    (line,) = (shape for shape in figure.layout.shapes if shape.type == "line")
    values = np.array([8.0, 1.0, 0.5])
    assert line.x0 == pytest.approx(values.mean() + values.std())
    assert figure.layout.title.text == "3 latents fire on 2 tokens, 1 of them above mean + σ"
    assert list(figure.layout.xaxis.ticktext) == ["a", SAFE]


def test_latents_that_are_hidden_count_for_nothing() -> None:
    figure = latent_figures.latents_on_text(ANSWER, hidden={5}, rows=1)
    shown = traces(figure)
    assert list(shown["heat"].y) == ["2"]
    (line,) = (shape for shape in figure.layout.shapes if shape.type == "line")
    assert line.x0 == pytest.approx(0.75 + 0.25)
    nothing = latent_figures.latents_on_text(ANSWER, hidden={5, 9, 2})
    assert nothing.layout.title.text == "0 latents fire on 2 tokens, 0 of them above mean + σ"


@pytest.mark.parametrize(("low", "high"), [(0.001, 300.0), (1.0, 1.2), (71.0, 71.1), (64.0, 180.0), (1e-6, 1e-6)])
def test_a_logarithmic_axis_has_few_ticks_within(low: float, high: float) -> None:
    axis = logarithmic(low, high)
    assert len(axis["tickvals"]) == len(axis["ticktext"]) <= 7
    assert all(low <= tick <= high for tick in axis["tickvals"])
