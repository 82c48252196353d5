"""Figures show the numbers they were given, all of them and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtome.errors import ArtifactError
from microtome.evaluation.metrics import COSINE_EDGES, Metrics
from microtome.report import figures
from tests.report.synthetic import LATENTS, TOKENS, make_metrics, make_run

NAME = "3.mlp_out.batchtopk.l0-32"


def _traces(figure: Any) -> dict[str, Any]:
    traces = {trace.name: trace for trace in figure.data}
    assert len(traces) == len(figure.data)
    return traces


def test_training_curves_are_the_rows(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME, "other"))
    rows = [row for row in run.metrics() if row["dictionary"] == NAME]
    traces = _traces(figures.training_curves(run, NAME))
    for key in ("batch_fvu", "loss", "batch_l0", "dead", "lr", "sparsity"):
        assert list(traces[key].x) == [row["tokens"] for row in rows]
        assert list(traces[key].y) == [row[key] for row in rows]
    measured = [row for row in rows if "held_out" in row]
    assert len(measured) == 20
    for key in ("fvu", "l0"):
        assert list(traces[f"held_out.{key}"].x) == [row["tokens"] for row in measured]
        assert list(traces[f"held_out.{key}"].y) == [row["held_out"][key] for row in measured]
    assert list(traces["target"].y) == [16.0, 16.0]
    assert list(traces["target"].x) == [10_000, 2_000_000]
    assert set(traces) == {
        *("batch_fvu", "held_out.fvu", "loss", "batch_l0", "held_out.l0", "target", "dead", "lr", "sparsity")
    }


def test_training_curves_leave_out_what_is_undefined(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME,))
    run.metrics_file.write_text(
        f'{{"dictionary": "{NAME}", "tokens": 5, "loss": 1.0, "held_out": {{"fvu": null, "l0": 3.0}}}}\n'
    )
    figure = figures.training_curves(run, NAME)
    traces = _traces(figure)
    # Its sparsifier has no such weight: no panel stands empty.
    assert "sparsity" not in traces and len(list(figure.select_xaxes())) == 5
    assert list(traces["held_out.fvu"].y) == []
    assert list(traces["held_out.l0"].y) == [3.0]


def test_training_curves_of_an_unknown_dictionary(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME,))
    with pytest.raises(ArtifactError, match="has no dictionary 'nope'"):
        figures.training_curves(run, "nope")


def test_density_histogram_counts_every_latent_once() -> None:
    metrics = make_metrics()
    traces = _traces(figures.density_histogram(metrics))
    density = metrics.arrays["count"] / TOKENS
    assert list(traces["dead"].y) == [(density == 0).sum()]
    assert sum(traces["dense"].y) == (density > 0.1).sum()
    assert sum(traces["fires"].y) == ((density > 0) & (density <= 0.1)).sum()
    assert sum(sum(trace.y) for trace in traces.values()) == LATENTS
    for name, chosen in (
        ("fires", density[(density > 0) & (density <= 0.1)]),
        ("dense", density[density > 0.1]),
    ):
        for centre, height in zip(traces[name].x, traces[name].y):
            inside = (np.log10(chosen) > centre - 0.0501) & (np.log10(chosen) < centre + 0.0501)
            assert height <= inside.sum()


@pytest.mark.parametrize(("count", "trace"), [(10, "fires"), (11, "dense"), (1, "fires"), (100, "dense"), (0, "dead")])
def test_density_histogram_at_its_edges(count: int, trace: str) -> None:
    metrics = Metrics(arrays={"count": np.array([count])}, facts={"tokens": 100})
    traces = _traces(figures.density_histogram(metrics))
    assert {name: int(sum(t.y)) for name, t in traces.items() if sum(t.y)} == {trace: 1}
    if trace == "fires":
        assert (traces["fires"].x[np.argmax(traces["fires"].y)] < -1) == (count <= 10)


def test_cosine_histogram_is_the_array() -> None:
    metrics = make_metrics()
    (bars,) = figures.cosine_histogram(metrics).data
    np.testing.assert_array_equal(bars.y, metrics.arrays["cosine_histogram"])
    np.testing.assert_allclose(bars.x, (COSINE_EDGES[:-1] + COSINE_EDGES[1:]) / 2)


def test_cosine_histogram_shows_every_bin_that_holds_tokens() -> None:
    counts = np.zeros(100, dtype=np.int64)
    counts[[30, 90]] = 5
    figure = figures.cosine_histogram(Metrics(arrays={"cosine_histogram": counts}))
    low, high = figure.layout.xaxis.range
    assert low <= COSINE_EDGES[30] and high == 1.0


def test_frontier_leaves_out_what_is_undefined() -> None:
    known, unknown = make_metrics(), make_metrics()
    unknown.values["fvu"] = None
    (points,) = figures.frontier({"a": known, "b": unknown}).data
    assert list(points.text) == ["a"]
    assert (points.x[0], points.y[0]) == (known.values["l0"], known.values["fvu"])
