"""What users and explainers call latents: labels.json and explanations.json beside the store.

They survive a rebuild. Each is replaced whole and atomically, and a lock file keeps two processes that write at the
same moment from losing one of the two labels.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microtome.artifacts import read_json, write_json
from microtome.errors import ArtifactError
from microtome.latents.records import EXAMPLES, Label, UserLabel
from microtome.markup import repaired, whole

LABELS, EXPLANATIONS = "labels", "explanations"
# Version 2 of explanations says how they were scored; those of version 1 were on examples.
VERSIONS = {LABELS: 1, EXPLANATIONS: 2}
_EXPLANATION = {"text", "score", "how", "scored"}
_LOCK = ".labels.lock"


def read(folder: Path) -> dict[int, UserLabel]:
    """Users' labels by latent; none where no file is. Raises `ArtifactError` for a file that is damaged or newer."""
    return {
        latent: UserLabel(repaired(str(one["text"])), repaired(str(one["note"])), str(one["when"]))
        for latent, one in _read(folder, LABELS, {"text", "note", "when"}).items()
    }


def put(folder: Path, latent: int, text: str, note: str) -> UserLabel | None:
    """Set the label of a latent, or take it away where text and note are empty. Raises `ConfigError` for half of a
    surrogate pair."""
    label = UserLabel(
        whole(text, "the label"), whole(note, "the note"), datetime.now(UTC).isoformat(timespec="seconds")
    )
    _put(folder, LABELS, {"text", "note", "when"}, latent, asdict(label) if text or note else None)
    return label if text or note else None


def read_explanations(folder: Path) -> dict[int, Label]:
    """Explainers' labels by latent. Raises as `read`."""
    return {
        latent: Label(repaired(str(one["text"])), one["score"], str(one["how"]), str(one["scored"]))
        for latent, one in _read(folder, EXPLANATIONS, _EXPLANATION).items()
    }


def put_explanation(folder: Path, latent: int, label: Label) -> None:
    """Keep an explainer's label, in place of an earlier one. An answer may be cut within a character."""
    label = replace(label, text=repaired(label.text))
    _put(folder, EXPLANATIONS, _EXPLANATION, latent, asdict(label))


def _read(folder: Path, what: str, keys: set[str]) -> dict[int, dict[str, Any]]:
    path, schema = folder / f"{what}.json", f"microtome.{what}"
    if not path.is_file():
        return {}
    found = read_json(path)
    try:
        if found["schema"] != schema or found["schema_version"] > VERSIONS[what]:
            raise ArtifactError(
                f"'{path}' is of version {found['schema_version']} of {found['schema']}, this microtome reads up to "
                f"{VERSIONS[what]} of {schema}",
                cure="Upgrade microtome",
            )
        older = {"scored": EXAMPLES} if what == EXPLANATIONS and found["schema_version"] == 1 else {}
        labels = {int(latent): {**one, **older} for latent, one in found["labels"].items()}
        if any(one.keys() != keys for one in labels.values()):
            raise ValueError(f"expected {', '.join(sorted(keys))} of each latent")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(
            f"'{path}' does not hold {what} ({type(error).__name__}: {error})", cure="Restore it from a copy"
        ) from None
    return labels


def _put(folder: Path, what: str, keys: set[str], latent: int, value: dict[str, Any] | None) -> None:
    with _locked(folder):
        labels = _read(folder, what, keys)
        labels.pop(latent, None)
        if value is not None:
            labels[latent] = value
        plain = {str(number): labels[number] for number in sorted(labels)}
        facts = {"schema": f"microtome.{what}", "schema_version": VERSIONS[what]}
        write_json(folder / f"{what}.json", {**facts, "labels": plain})


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with open(folder / _LOCK, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
