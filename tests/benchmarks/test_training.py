"""The comparison with other libraries runs, with microtome alone: the others are not installed here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "training.py"


def test_the_comparison_runs_and_tables_what_it_found(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).standard_normal((3000, 16), dtype=np.float32))
    numbers = ("--tokens", "2000", "--latents", "64", "--l0", "4", "--batch", "200", "--threads", "1")
    command = [sys.executable, str(SCRIPT), "--activations", "x.npy", "--libraries", "microtome", *numbers]
    subprocess.run([*command, "--quality", "--out", "out"], check=True, cwd=tmp_path, capture_output=True)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [r["sparsifier"] for r in results] == ["topk", "batchtopk", "jumprelu"]
    for result in results:
        assert 0 < result["fvu"] < 1
        assert result["l0"] > 0 and result["tokens_per_second"] > 0
    table = (tmp_path / "out" / "table.md").read_text()
    assert [line.split(" | ")[1].split()[0] for line in table.splitlines()[5:]] == ["microtome"] * 3
