"""Locks between processes: who writes in a folder alone, and who writes a file in turn.

A lock is on an open file, and the system takes it back with the process that holds it, however that ends: nothing is
left behind that a later process would have to clear away. Where a file system knows no locks (some that are mounted
over a network), everything goes on without them.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from microtome.artifacts import cannot_write
from microtome.errors import MicrotomeError

_FILE = ".lock"
# Who looks whether a folder is busy holds its lock for that moment, as a reader.
_TRIES, _PAUSE_SECONDS = 5, 0.05


@contextlib.contextmanager
def alone(folder: Path, refusal: MicrotomeError) -> Iterator[None]:
    """Be the one process at work in `folder`, which is made. Raises `refusal` where another one is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / _FILE, "a")  # noqa: SIM115 - closed below
    except OSError as error:
        raise cannot_write(folder / _FILE, error) from error
    with lock:
        for left in reversed(range(_TRIES)):
            if _taken(lock.fileno(), fcntl.LOCK_EX):
                break
            if not left:
                raise refusal
            time.sleep(_PAUSE_SECONDS)
        yield


def is_busy(folder: Path) -> bool:
    """Whether a process is at work in `folder`, as `alone`."""
    try:
        with open(folder / _FILE) as lock:
            return not _taken(lock.fileno(), fcntl.LOCK_SH)
    except OSError:
        return False


@contextlib.contextmanager
def in_turn(file: Path) -> Iterator[None]:
    """Wait until no other process is in such a block for `file`."""
    with open(file, "a") as lock:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
