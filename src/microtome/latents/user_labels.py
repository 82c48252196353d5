"""What users call latents: labels.json beside the store, so that it survives a rebuild.

It is replaced whole and atomically. A lock file keeps two processes that write at the same moment from losing one of
the two labels.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from microtome.artifacts import read_json, write_json
from microtome.errors import ArtifactError
from microtome.latents.records import UserLabel

SCHEMA, VERSION = "microtome.labels", 1
_FILE, _LOCK = "labels.json", ".labels.lock"


def read(folder: Path) -> dict[int, UserLabel]:
    """The labels by latent; none where no file is. Raises `ArtifactError` for a file that is damaged or newer."""
    path = folder / _FILE
    if not path.is_file():
        return {}
    found = read_json(path)
    try:
        if found["schema"] != SCHEMA or found["schema_version"] > VERSION:
            raise ArtifactError(
                f"'{path}' is of version {found['schema_version']} of {found['schema']}, this microtome reads up to "
                f"{VERSION} of {SCHEMA}",
                cure="Upgrade microtome",
            )
        return {
            int(latent): UserLabel(str(one["text"]), str(one["note"]), str(one["when"]))
            for latent, one in found["labels"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(
            f"'{path}' does not hold labels ({type(error).__name__}: {error})", cure="Restore it from a copy"
        ) from None


def put(folder: Path, latent: int, text: str, note: str) -> UserLabel | None:
    """Set the label of a latent, or take it away where text and note are empty."""
    label = UserLabel(text, note, datetime.now(UTC).isoformat(timespec="seconds"))
    with _locked(folder):
        labels = read(folder)
        labels.pop(latent, None)
        if text or note:
            labels[latent] = label
        plain = {str(number): asdict(labels[number]) for number in sorted(labels)}
        write_json(folder / _FILE, {"schema": SCHEMA, "schema_version": VERSION, "labels": plain})
    return label if text or note else None


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with open(folder / _LOCK, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
