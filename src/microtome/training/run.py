"""The log of metrics of a run. The folder itself is `microtome.runs.Run`."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from microtome.errors import ArtifactError, ResumeError
from microtome.runs import Run, refuse_occupied

__all__ = ["MetricsLog", "Run", "refuse_occupied"]


class MetricsLog:
    """Appends lines to metrics.jsonl; on resuming, goes back to where the checkpoint was."""

    def __init__(self, path: Path, *, keep_bytes: int) -> None:
        size = path.stat().st_size if path.is_file() else 0
        if size < keep_bytes:
            raise ResumeError(
                f"'{path}' has {size} bytes, the checkpoint was written after {keep_bytes}: it was cut short",
                cure="Restore it from a copy, or begin a new run",
            )
        self._path = path
        self._file = open(path, "ab")  # noqa: SIM115 - closed by close()
        self._file.truncate(keep_bytes)

    def write(self, row: dict[str, Any]) -> None:
        try:
            self._file.write((json.dumps(row, sort_keys=True, allow_nan=False) + "\n").encode())
        except OSError as error:
            raise self._cannot_write(error) from error

    def sync(self) -> int:
        """Bring everything to the disk; returns the length in bytes."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._cannot_write(error) from error
        return self._file.tell()

    def close(self) -> None:
        # What cannot be flushed now could not be written before, and that was said.
        with contextlib.suppress(OSError):
            self._file.close()

    def _cannot_write(self, error: OSError) -> ArtifactError:
        return ArtifactError(
            f"'{self._path}' could not be written ({error.strerror})",
            cure="Free some space, then continue with --resume",
        )
