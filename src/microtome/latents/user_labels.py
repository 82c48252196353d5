"""What users and explainers call latents: labels.json and explanations.json beside the store.

They survive a rebuild. Each is replaced whole and atomically, and a lock file keeps two processes that write at the
same moment from losing one of the two labels.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microtome.artifacts import read_json, write_json
from microtome.errors import ArtifactError
from microtome.latents.records import EXAMPLES, Label, UserLabel
from microtome.locks import in_turn
from microtome.markup import repaired, whole

LABELS, EXPLANATIONS = "labels", "explanations"
VERSION = 1
_EXPLANATION = {"text", "score", "how"}
# How explanations were scored stands beside all of them, where older versions pass over it: those that it does not
# name, and those that an older version has written since, were scored on examples.
_SCORED = "scored"
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
        latent: Label(repaired(str(one["text"])), one["score"], str(one["how"]), str(one[_SCORED]))
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
        if found["schema"] != schema or found["schema_version"] > VERSION:
            raise ArtifactError(
                f"'{path}' is of version {found['schema_version']} of {found['schema']}, this microtome reads up to "
                f"{VERSION} of {schema}",
                cure="Upgrade microtome",
            )
        labels = {int(latent): dict(one) for latent, one in found["labels"].items()}
        if any(one.keys() != keys for one in labels.values()):
            raise ValueError(f"expected {', '.join(sorted(keys))} of each latent")
        if what == EXPLANATIONS:
            scored = found.get(_SCORED, {})
            labels = {latent: {**one, _SCORED: scored.get(str(latent), EXAMPLES)} for latent, one in labels.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(
            f"'{path}' does not hold {what} ({type(error).__name__}: {error})", cure="Restore it from a copy"
        ) from None
    return labels


def _put(folder: Path, what: str, keys: set[str], latent: int, value: dict[str, Any] | None) -> None:
    with in_turn(folder / _LOCK):
        labels = _read(folder, what, keys)
        labels.pop(latent, None)
        if value is not None:
            labels[latent] = value
        plain = {str(number): labels[number] for number in sorted(labels)}
        facts: dict[str, Any] = {"schema": f"microtome.{what}", "schema_version": VERSION}
        if what == EXPLANATIONS:
            facts[_SCORED] = {number: one.pop(_SCORED) for number, one in plain.items()}
        write_json(folder / f"{what}.json", {**facts, "labels": plain})
