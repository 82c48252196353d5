"""Checkpoints: everything a resumed run needs to continue bit for bit, written whole or not at all.

A checkpoint is a folder named by its step, with all tensors in one file and all numbers in another. It appears by one
rename after every byte is on the disk, and older ones are deleted only afterwards, so there is always a whole one.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from microtome.artifacts import (
    checkpointable,
    new_folder,
    partial_name,
    read_folder,
    read_json,
    read_tensors,
    write_json,
    write_tensors,
)

SCHEMA, VERSION = "microtome.checkpoint", 1
TENSORS, NUMBERS = "state.safetensors", "state.json"
KEEP = 2


@dataclass(frozen=True)
class Checkpoint:
    """State after `step` steps: named tensors, and plain numbers (floats survive JSON exactly)."""

    step: int
    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, Any]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint below `folder`, then drop all but the last two. One of this step that is there is kept."""
    path = folder / f"{checkpoint.step:09d}"
    if checkpointable(path):
        return
    folder.mkdir(exist_ok=True)
    with new_folder(path, schema=SCHEMA, version=VERSION, facts={"step": checkpoint.step}) as temporary:
        write_tensors(temporary / TENSORS, checkpoint.tensors)
        write_json(temporary / NUMBERS, checkpoint.numbers)
    for old in list_checkpoints(folder)[:-KEEP]:
        # Renamed first: a folder that a crash leaves half deleted must not look like a checkpoint that was altered.
        shutil.rmtree(old.rename(partial_name(old)))


def list_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints below `folder`, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.isdigit() and checkpointable(path))


def load_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint, checked against its manifest. Raises `ArtifactError` naming a file that is cut short or altered."""
    manifest = read_folder(path, schema=SCHEMA, version=VERSION)
    return Checkpoint(manifest["step"], read_tensors(path / TENSORS), read_json(path / NUMBERS))
