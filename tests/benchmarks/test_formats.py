"""The benchmark of a set that is read layer by layer runs, small, and writes what it found."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scripts import run_script_apart

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "lazy_transcoders.py"


def test_a_set_in_place_of_every_mlp_is_measured(tmp_path: Path) -> None:
    options = ("--layers", "3", "--latents", "128", "--width", "32", "--tokens", "8", "--out", "out")
    run_script_apart(SCRIPT, options, tmp_path)
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [row["hook"] for row in rows] == ["mlp.hook_in", "ln2.hook_normalized"]
    for row in rows:
        assert (row["layers"], row["latents"], row["width"]) == (3, 128, 32)
        # 3 · (2 · 128 · 32 + 2 · 128 + 32) numbers, and the headers of three files.
        assert 0 <= row["set_gib"] * 2**30 - 4 * 3 * (2 * 128 * 32 + 2 * 128 + 32) < 3000
        assert row["opening_beyond_gib"] <= row["peak_beyond_gib"] < 0.1 and row["seconds"] > 0
    assert len((tmp_path / "out" / "table.md").read_text().splitlines()) == 6
