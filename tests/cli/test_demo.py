"""`microtome demo --circuits`: from nothing to a graph on disk, with training cut short."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import microtome.demo as demo
from microtome.circuits import Graph
from microtome.demo import circuits_config, demo_config
from microtome.training import Run, TrainingConfig, config_from
from tests.cli.conftest import Command
from tests.cli.test_errors import line


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(model: str) -> TrainingConfig:
        return dataclasses.replace(circuits_config(model), tokens=8_000, latents=(128,), eval_tokens=1_000)

    monkeypatch.setattr(demo, "circuits_config", cut)


@pytest.mark.usefixtures("short")
def test_from_nothing_to_a_graph(microtome: Command, tmp_path: Path) -> None:
    out = tmp_path / "set"
    result = microtome("demo", "--circuits", "--model", "tiny", "--out", str(out), "--prompt", "import numpy as")
    assert result.code == 0, result.err
    assert Run.open(out).names == [f"{layer}.mlp_in-{layer}.mlp_out" for layer in range(4)]
    for heading in (
        "FVU",
        "dead",
        "targets:",
        "faithful, frozen, latents",
        "most influential latents",
        "microtome serve",
    ):
        assert heading in result.out
    assert len(re.findall(r"\d\.mlp_in-\d\.mlp_out ", result.out)) >= 4
    graph = Graph.load(out / "graphs" / "demo.json")
    assert "".join(graph.texts).endswith("import numpy as")
    # Another demo takes its place, and what is no demo's is left alone.
    again = microtome("demo", "--circuits", "--model", "tiny", "--out", str(out), "--prompt", "def main")
    assert again.code == 0, again.err
    assert Graph.load(out / "graphs" / "demo.json").texts != graph.texts
    (tmp_path / "mine").mkdir()
    refused = microtome("demo", "--circuits", "--model", "tiny", "--out", str(tmp_path / "mine"))
    assert "exists and is not a demo's run" in line(refused)


def test_what_stops_a_trace_is_said_before_anything_is_trained(microtome: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "set")
    result = microtome("demo", "--circuits", "--model", "tiny", "--out", out, "--prompt", "")
    assert line(result) == (
        "got a prompt of 0 tokens, expected at least 2: nothing else could lead to the next one. "
        "Give --prompt a longer text."
    )
    assert result.code == 2
    result = microtome("demo", "--circuits", "--model", "tiny", "--out", out, "--prompt", "long " * 5000)
    assert "context" in line(result)
    result = microtome("demo", "--model", "tiny", "--out", out, "--prompt", "x y")
    assert line(result) == "got --prompt without --circuits, the demo traces nothing. Add --circuits."
    assert not Path(out).exists()


@pytest.mark.parametrize("made", [demo_config, circuits_config])
@pytest.mark.parametrize("model", ["tiny", "gemma-3-270m"])
def test_configs_survive_a_run(made: object, model: str) -> None:
    config = made(model)  # type: ignore[operator]
    assert config_from(config.to_json(), origin="demo") == config
