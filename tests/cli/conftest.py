"""The command line as a user meets it: `main()` in this process, or a process of its own."""

from __future__ import annotations

import argparse
import ast
import gzip
import inspect
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import microtome as package

# Where the package is: a relative PYTHONPATH would mean nothing in another folder.
SOURCES = str(Path(package.__file__).parents[1])
ENVIRONMENT = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "COLUMNS": "100",
    "PYTHONPATH": os.pathsep.join(filter(None, [SOURCES, os.environ.get("PYTHONPATH", "")])),
}
SMALL = {
    "--model": "tiny",
    "--text": "t.jsonl",
    "--site": "2.mlp_out",
    "--latents": "64",
    "--l0": "4",
    "--tokens": "4000",
    "--batch-tokens": "256",
    "--buffer-tokens": "2000",
    "--eval-tokens": "1000",
    "--eval-loss-tokens": "300",
}


def train_arguments(out: str | Path, **changed: str | None) -> list[str]:
    """`train` with small settings; `latents="32"` changes one, `site=None` leaves one out."""
    settings: dict[str, str | None] = dict(SMALL)
    settings.update({"--" + key.replace("_", "-"): value for key, value in changed.items()})
    given = [part for key, value in settings.items() if value is not None for part in (key, value)]
    return ["train", *given, "--out", str(out)]


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def microtome(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> Command:
    """Runs `microtome ARGUMENTS` through the entry point, in this process, in the folder of the test data."""
    from microtome import cli

    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["microtome", *arguments])
        capsys.readouterr()
        code: int | str | None = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert isinstance(code, int)
        return Result(code, captured.out, captured.err)

    return run


def in_a_process(*arguments: str, folder: Path, stop_when: Callable[[], bool] | None = None) -> Result:
    """`python -m microtome.cli ARGUMENTS` in `folder`; a Ctrl-C is sent once `stop_when()`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "microtome.cli", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts the tests in the background ignores Ctrl-C, and whatever it starts inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    if stop_when is not None:
        while process.poll() is None and not stop_when():
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    return Result(process.returncode, out, err)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts, arrays and config files, good and bad."""
    path = tmp_path_factory.mktemp("data")
    write_text(path / "t.jsonl", (argparse, inspect, typing, ast, subprocess, tarfile))
    write_text(path / "other.jsonl", (gzip, json))
    whole = gzip.compress((path / "t.jsonl").read_bytes())
    (path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (path / "empty.txt").write_text("")
    (path / "blank.txt").write_text(" \n\n")
    (path / "short.txt").write_text("hello there")
    (path / "binary.txt").write_bytes(b"\0\1\2" * 100)
    (path / "latin.txt").write_bytes("Müller ".encode("latin-1") * 100)
    (path / "unknown.toml").write_text("latent = 3\n")
    (path / "broken.toml").write_text("latents = = 3\n")
    (path / "list.json").write_text("[1]")
    np.save(path / "x.npy", np.random.default_rng(0).normal(size=(3000, 8)).astype(np.float32))
    return path


def write_text(path: Path, modules: Sequence[object]) -> None:
    """Sources of the standard library as JSON lines of 1,500 characters."""
    with open(path, "w") as file:
        for module in modules:
            source = inspect.getsource(module)  # type: ignore[arg-type]
            for first in range(0, len(source), 1500):
                file.write(json.dumps({"text": source[first : first + 1500]}) + "\n")


@pytest.fixture(scope="session")
def trained(folder: Path) -> tuple[Path, dict[Path, bytes]]:
    """A finished run, made by a process of its own, and its files."""
    out = folder / "finished"
    result = in_a_process(*whole_run("finished"), folder=folder)
    assert result.code == 0, result.err
    return out, contents(out)


@pytest.fixture
def finished(trained: tuple[Path, dict[Path, bytes]]) -> Iterator[Path]:
    """A finished run. Many tests read it, in any order, so the one that changes it, rather than a copy, fails."""
    out, files = trained
    yield out
    found = contents(out)
    changed = [str(path) for path in files.keys() | found if files.get(path) != found.get(path)]
    assert not changed, f"the test changed {changed} of the run that all tests share"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def interrupted(folder: Path) -> tuple[Path, Result]:
    """The same run, stopped by Ctrl-C on the way, and what that printed."""
    out = folder / "interrupted"
    metrics = out / "metrics.jsonl"
    result = in_a_process(
        *whole_run("interrupted"), folder=folder, stop_when=lambda: metrics.is_file() and metrics.stat().st_size > 0
    )
    return out, result


def whole_run(out: str) -> list[str]:
    """Options of the run that `finished` and `interrupted` share."""
    return train_arguments(
        out,
        latents="256",
        l0="8",
        tokens="20000",
        buffer_tokens="5000",
        checkpoint_every="1000",
        eval_tokens="3000",
        eval_loss_tokens="1000",
    )
