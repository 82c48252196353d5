"""Locks between processes: one works in a folder, and a lock goes with the process that held it."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from microtome.errors import ArtifactError, ResumeError
from microtome.locks import alone, in_turn, is_busy

REFUSAL = ResumeError("another one is here", cure="Wait")
HOLD = """
import sys, time
from pathlib import Path
from microtome.errors import ResumeError
from microtome.locks import alone
with alone(Path(sys.argv[1]), ResumeError("no", cure="no")):
    print("held", flush=True)
    time.sleep(600)
"""


def test_one_at_a_time_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert not is_busy(folder)
    with alone(folder, REFUSAL):
        assert is_busy(folder)
        with pytest.raises(ResumeError, match=r"another one is here\. Wait\."), alone(folder, REFUSAL):
            pass
        with alone(tmp_path / "another", REFUSAL):
            pass
    assert not is_busy(folder)
    with alone(folder, REFUSAL):
        pass


def test_a_killed_process_leaves_nothing_locked(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        assert is_busy(tmp_path)
        with pytest.raises(ResumeError, match="another one is here"), alone(tmp_path, REFUSAL):
            pass
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not is_busy(tmp_path)
    with alone(tmp_path, REFUSAL):
        pass


def test_who_only_looks_does_not_keep_anybody_out(tmp_path: Path) -> None:
    with alone(tmp_path, REFUSAL):
        pass
    with open(tmp_path / ".lock") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        threading.Timer(0.02, fcntl.flock, (looking.fileno(), fcntl.LOCK_UN)).start()
        with alone(tmp_path, REFUSAL):
            pass


def test_a_block_in_turn_waits_for_the_one_before(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with in_turn(tmp_path / "file.lock"):
            order.append("second")

    with in_turn(tmp_path / "file.lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_where_locks_are_not_known_all_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: Any) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unknown)
    with alone(tmp_path, REFUSAL), in_turn(tmp_path / "file.lock"):
        assert not is_busy(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="could not be written"), alone(tmp_path / "file" / "run", REFUSAL):
        pass
