"""The benchmarks of the latent store run, small and with microtome alone, and write what they found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from microtome.latents import build_stores
from tests.scripts import run_script, run_script_apart

FOLDER = Path(__file__).parents[2] / "benchmarks"
Runner = Callable[..., str]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a benchmark with the options given, in the folder of the test."""

    def run(script: str, *arguments: str) -> str:
        return run_script(FOLDER / script, arguments, tmp_path, monkeypatch)

    return run


def test_growth_and_a_run_are_measured(run: Path, tmp_path: Path, ran: Runner) -> None:
    ran("latent_store.py", "growth", "--sizes", "64:2000", "--out", "out")
    (found,) = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["latents"] == 64 and found["tokens"] >= 2000
    assert found["pass_seconds"] > 0 and found["describing_seconds"] > 0 and found["store_mib"] > 0
    assert "| 64 | 2," in (tmp_path / "out" / "table.md").read_text()
    measured = json.loads(ran("latent_store.py", "run", str(run), "--tokens", "6000", "--lm-tokens", "1000"))
    assert measured["latents"] == 128 and measured["ratio"] > 0
    assert [what.split()[0] for what, _ in measured["stages"]] == ["reading", "1", "describing"]
    with pytest.raises(SystemExit, match=r"No latent of this store has examples enough to be asked about\."):
        ran("labels.py", str(run), "--explainer", "tiny", "--latents", "0")
    # In fewer tokens few latents have contexts in which they nearly fired.
    run = shutil.copytree(run, tmp_path / "copy", ignore=shutil.ignore_patterns("latents"))
    build_stores(run, tokens=40_000)
    before = sorted(path.name for path in (run / "latents" / "2.mlp_out").iterdir())
    ran("labels.py", str(run), "--explainer", "tiny", "--latents", "2", "--shown", "2", "--out", "labels")
    labelled = json.loads((tmp_path / "labels" / "results.json").read_text())
    # So small a store has few latents with near misses to ask about.
    assert labelled and all(0 <= one["control_judged"] <= 1 for one in labelled)
    assert before == sorted(path.name for path in (run / "latents" / "2.mlp_out").iterdir())


@pytest.mark.browser
def test_pages_and_typing_are_timed(tmp_path: Path) -> None:
    options = ("--latents", "128", "--tokens", "2000", "--pages", "3", "--out", "out")
    run_script_apart(FOLDER / "latent_pages.py", options, tmp_path)
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {name: len(times) for name, times in found.items()} == {"server": 3, "opened": 3, "stepped": 3, "typed": 9}
    assert all(time > 0 for times in found.values() for time in times)
    # A page waits 110 ms before it asks, so a heat map that was there earlier was not the one that was meant.
    assert min(found["typed"]) > 110
    assert len((tmp_path / "out" / "table.md").read_text().splitlines()) == 8


@pytest.mark.browser
def test_frames_of_a_graph_are_timed(tmp_path: Path) -> None:
    options = ("--nodes", "60", "--edges", "200", "--seconds", "0.3", "--out", "out")
    run_script_apart(FOLDER / "graph_frames.py", options, tmp_path)
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert "60 of 60 nodes · 200 of 200 edges" in found["shown"]
    assert all(len(found[kind]) > 2 and found[f"{kind} rest"] > 150 for kind in ("drag", "zoom"))
    assert len((tmp_path / "out" / "table.md").read_text().splitlines()) == 6


def test_what_a_store_shows_is_measured(run: Path, tmp_path: Path, ran: Runner) -> None:
    options = ("--tokens", "2000", "--their-latents", "20", "--libraries", "microtome", "--threads", "1")
    ran("dashboards.py", str(run), *options, "--out", "out")
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["facts"]["latents"] == found["microtome"]["described"] == 128
    assert found["microtome"]["loads"] == 0 and found["microtome"]["shown"]["latents described"] == "128"
    table = (tmp_path / "out" / "table.md").read_text()
    assert "| of the latents that fired, strongest activation is shown | 100.0 % |" in table
    assert "| windows among the strongest that repeat another | 0.0 % |" in table
    assert "| examples, near misses aside, in which nothing fires | 0.0 % |" in table
