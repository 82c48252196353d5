"""The benchmarks of interventions run on a small run of `tiny`, and write what they found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scripts import run_script

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_the_cost_of_an_edit_is_a_ratio(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--tokens", "4", "--rounds", "2", "--out", "out")
    run_script(FOLDER / "edit_cost.py", (str(run), *options), tmp_path, monkeypatch)
    rows = json.loads((tmp_path / "out" / "edit_cost.json").read_text())["rows"]
    clamps = [f"{kind} {n}" for n in (1, 10, 100) for kind in ("clamp", "add")]
    assert [row["condition"] for row in rows] == ["unedited", "hooks only", *clamps, "replace"]
    assert rows[0]["ratio"] == 1 and all(row["ms"] > 0 for row in rows)


def test_steering_is_measured_beside_its_controls(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--latents", "2", "--tokens", "3", "--out", "out", "--max-density", "1")
    run_script(FOLDER / "steering.py", (str(run), *options), tmp_path, monkeypatch)
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())
    assert [row["latent"] for row in scores["rows"]] == scores["latents"]
    assert all(len(row["controls"]["other_latents"]) == 19 for row in scores["rows"])
    curves = json.loads((tmp_path / "out" / "curves.json").read_text())
    assert [len(row["summary"]) for row in curves["rows"]] == [8, 8]
    assert "| same_tokens |" in (tmp_path / "out" / "scores.md").read_text()
    assert "| 4 | control |" in (tmp_path / "out" / "curves.md").read_text()
