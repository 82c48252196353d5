"""Scripts of the repository, run in the process of the tests: to import PyTorch takes longer than most of them do."""

from __future__ import annotations

import contextlib
import io
import runpy
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


def run_script(path: Path, arguments: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a script prints that is started in `folder`. What it imports from beside it is forgotten again."""
    printed, before = io.StringIO(), set(sys.modules)
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(path.parent))
        patch.setattr(sys, "argv", [str(path), *arguments])
        try:
            with contextlib.redirect_stdout(printed):
                runpy.run_path(str(path), run_name="__main__")
        finally:
            for name in set(sys.modules) - before:
                if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == path.parent:
                    del sys.modules[name]
    return printed.getvalue()


def run_script_apart(path: Path, arguments: Sequence[str], folder: Path) -> None:
    """Like `run_script`, in a process of its own: for what measures its process, or drives a browser, of which a
    process has one at a time and other tests may have theirs open."""
    subprocess.run([sys.executable, str(path), *arguments], check=True, cwd=folder, capture_output=True)
