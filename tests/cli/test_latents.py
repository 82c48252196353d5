"""`microtome latents` and `microtome show` as a user meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def described(folder: Path, trained: tuple[Path, object]) -> Path:
    """A run with a store, made by the command itself in one test of this module."""
    return Path(shutil.copytree(trained[0], folder / "described", dirs_exist_ok=True))


def test_from_run_to_store_to_queries(microtome: Command, described: Path, folder: Path) -> None:
    built = microtome("latents", "described", "--tokens", "8000")
    assert built.code == 0, built.err
    assert "MiB of memory beside the models" in built.out and "dead" in built.out
    table = microtome("latents", "described", "--list", "--sort", "density", "--limit", "3")
    assert table.code == 0 and "256 latents" in table.out
    one = json.loads(microtome("show", "described", "--latent", "7", "--json").out)
    assert one["latent"] == 7
    named = microtome("show", "described", "--latent", "7", "--label", "seven of nine", "--note", "checked")
    assert "named: seven of nine checked" in named.out
    assert "raises: " in named.out
    assert "seven of nine" in microtome("latents", "described", "--search", "seven OF").out
    nearest = microtome("latents", "described", "--nearest", "7", "--limit", "4")
    assert len(nearest.out.splitlines()) == 4
    prompt = microtome("show", "described", "--prompt", "def main(self):\n    return")
    assert prompt.code == 0 and "latent" in prompt.out and "↵" in prompt.out
    exported = microtome("latents", "described", "--neuronpedia", "export")
    assert exported.code == 0 and (folder / exported.out.strip() / "source.jsonl").is_file()


def test_errors_are_one_line(microtome: Command, finished: Path) -> None:
    for arguments, code, text in (
        (
            ("show", "finished", "--latent", "7"),
            1,
            "has no latent store yet. Build it with 'microtome latents finished'",
        ),
        (("show", "finished"), 2, "expected one of --latent and --prompt"),
        (("show", "finished", "--prompt", "x", "--label", "y"), 2, "got --label without a latent to name"),
        (("latents", "nowhere"), 1, "'nowhere' is not a run: it has no run.json"),
        (("latents", "finished", "--dictionary", "no"), 1, "has no dictionary 'no'"),
    ):
        result = microtome(*arguments)
        assert result.code == code, result.err
        assert text in result.err and len(result.err.splitlines()) == 1
