"""kill -9 at random moments, resumed each time: the same bytes as a run never stopped. The script does 20 kills."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "scripts" / "kill_and_resume.py"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill_and_resume", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_killed_three_times_and_resumed_equals_never_stopped(tmp_path: Path) -> None:
    made, differing = script().compare(tmp_path, 3, 3, tokens=12_000)
    # A run that is at its end before a moment that was drawn leaves that kill out.
    assert 1 <= len(made) <= 3
    assert any(kill.during == "writing a checkpoint" for kill in made) or any(kill.step > 0 for kill in made)
    assert differing == []
    names = script().comparable(tmp_path / "whole")
    assert any(name.endswith("state.safetensors") for name in names)
    assert any(name.endswith("weights.safetensors") for name in names)
    assert any(name.startswith("evaluations/") for name in names)
    assert {"metrics.jsonl", "run.json"} <= names.keys()


def test_a_difference_of_one_bit_is_noticed(tmp_path: Path) -> None:
    for name in ("whole", "killed"):
        (tmp_path / name / "checkpoints" / "000000002").mkdir(parents=True)
        (tmp_path / name / "checkpoints" / "000000002" / "state.safetensors").write_bytes(b"\0\1")
        (tmp_path / name / "metrics.jsonl").write_bytes(b"{}\n")
    compared = script().differences
    assert compared(tmp_path / "whole", tmp_path / "killed") == []
    (tmp_path / "killed" / "checkpoints" / "000000002" / "state.safetensors").write_bytes(b"\0\0")
    (tmp_path / "killed" / "left.partial").write_bytes(b"")
    assert compared(tmp_path / "whole", tmp_path / "killed") == [
        "checkpoints/000000002/state.safetensors",
        "left.partial",
    ]
