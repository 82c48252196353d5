"""The benchmarks run, with microtome alone: other libraries are not installed here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.scripts import run_script

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_the_comparison_runs_and_tables_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).standard_normal((3000, 16), dtype=np.float32))
    numbers = ("--tokens", "2000", "--latents", "64", "--l0", "4", "--batch", "200", "--threads", "1")
    options = ("--activations", "x.npy", "--libraries", "microtome", *numbers, "--quality", "--out", "out")
    run_script(FOLDER / "training.py", options, tmp_path, monkeypatch)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [r["sparsifier"] for r in results] == ["topk", "batchtopk", "jumprelu"]
    for result in results:
        assert 0 < result["fvu"] < 1
        assert result["l0"] > 0 and result["tokens_per_second"] > 0
    table = (tmp_path / "out" / "table.md").read_text()
    assert [line.split(" | ")[1].split()[0] for line in table.splitlines()[5:]] == ["microtome"] * 3


def test_growth_measures_and_predicts_every_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--sizes", "16:64:4,24:128:8", "--batch", "64", "--steps", "2", "--out", "out")
    run_script(FOLDER / "growth.py", options, tmp_path, monkeypatch)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [(r["width"], r["latents"], r["k"]) for r in results] == [(16, 64, 4), (24, 128, 8)]
    for result in results:
        assert result["tokens_per_second"] > 0
        assert result["predicted_tokens_per_second"] > 0
        assert result["peak_gib"] > result["parameters_gib"]
    assert len((tmp_path / "out" / "table.md").read_text().splitlines()) == 6
    assert "plotly" in (tmp_path / "out" / "plot.html").read_text()


def test_from_text_compares_one_and_eight_dictionaries_with_the_model_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--model", "tiny", "--text", "builtin:python-docs", "--libraries", "microtome", "--out", "out")
    numbers = ("--site", "1.mlp_out", "--tokens", "8000", "--latents", "512", "--batch", "512", "--threads", "1")
    run_script(FOLDER / "from_text.py", (*options, *numbers), tmp_path, monkeypatch)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    alone, one, eight = (result["tokens_per_second"] for result in results.values())
    assert min(alone, one, eight) > 0
    assert "512,256,128,64 with L0 32 and 33" in (tmp_path / "out" / "table.md").read_text()
