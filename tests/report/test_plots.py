"""`microtome.plots(run)` gives the figures of the report, by folder or by run."""

from __future__ import annotations

from pathlib import Path

import pytest

import microtome
from microtome.errors import ArtifactError
from microtome.evaluation.storage import load_evaluation
from microtome.report import figures
from tests.report.synthetic import make_run

NAMES = ("3.mlp_out.batchtopk.l0-32", "other")


def test_the_figures_are_those_of_the_report(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", NAMES)
    plots = microtome.plots(run)
    metrics = {name: load_evaluation(run.path, name)[0] for name in NAMES}
    for shown, expected in (
        (plots.curves("other"), figures.training_curves(run, "other")),
        (plots.density(), figures.density_histogram(metrics[NAMES[0]])),
        (plots.cosine("other"), figures.cosine_histogram(metrics["other"])),
        (microtome.plots(run.path).frontier(), figures.frontier(metrics)),
        (run.plots.curves(), figures.training_curves(run, NAMES[0])),
    ):
        assert shown.to_json() == expected.to_json()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    plots = microtome.plots(make_run(tmp_path / "run", NAMES, evaluated=False))
    assert len(plots.curves().data) > 3
    with pytest.raises(ArtifactError):
        plots.density()
    with pytest.raises(ArtifactError, match="has no dictionary 'nope'"):
        plots.curves("nope")
