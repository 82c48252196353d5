"""The codes of a pass over text, on disk in the order of the text, 8 bytes for each firing.

While the language model reads, what fires is only appended here. So the pass costs next to nothing beside the model,
its state is the lengths of a few files, and a build that was killed goes on from the last of them byte for byte.
Everything a store says is counted afterwards, from all firings of a latent at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from microtome.errors import ArtifactError

#: Files and their types: latents of each row, then latent and value of each firing; place, latent and margin of each
#: near miss.
FILES = {
    "fired": "<u4",
    "latents": "<u4",
    "values": "<f4",
    "near_places": "<i8",
    "near_latents": "<u4",
    "near_margins": "<f4",
}


class Spill:
    """Files of one dictionary, for appending. `sizes` are the bytes to keep of what is there."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._files = {}
        for name in FILES:
            path, keep = folder / name, sizes.get(name, 0)
            here = path.stat().st_size if path.is_file() else 0
            if here < keep:
                raise ArtifactError(
                    f"'{path}' has {here} bytes, {keep} were written: it was cut short",
                    cure=f"Remove '{folder.parent}' and build again",
                )
            self._files[name] = open(path, "ab")  # noqa: SIM115 - closed by close()
            self._files[name].truncate(keep)

    def append(self, **arrays: np.ndarray) -> None:
        """Add to some of the files. Raises `ArtifactError` when the disk is full."""
        try:
            for name, array in arrays.items():
                self._files[name].write(np.ascontiguousarray(array, dtype=FILES[name]).tobytes())
        except OSError as error:
            raise _cannot_write(self.folder, error) from error

    def sync(self) -> dict[str, int]:
        """Bring everything to the disk; returns the sizes."""
        try:
            for file in self._files.values():
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        return {name: file.tell() for name, file in self._files.items()}

    def close(self) -> None:
        for file in self._files.values():
            file.close()


@dataclass(frozen=True)
class Codes:
    """All codes of a pass: the firings of row r are `offsets[r]:offsets[r + 1]` of `latents` and `values`.

    Both stay on the disk. Near misses are in the order of the text.
    """

    offsets: np.ndarray
    latents: np.ndarray
    values: np.ndarray
    near_places: np.ndarray
    near_latents: np.ndarray
    near_margins: np.ndarray

    @classmethod
    def open(cls, folder: Path) -> Codes:
        found = {name: _map(folder / name, dtype) for name, dtype in FILES.items()}
        offsets = np.concatenate([[0], np.cumsum(found.pop("fired"), dtype=np.int64)])
        return cls(offsets=offsets, **found)

    @property
    def n_rows(self) -> int:
        return len(self.offsets) - 1


def _map(path: Path, dtype: str) -> np.ndarray:
    # An empty file cannot be mapped.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r")) if path.stat().st_size else np.empty(0, dtype=dtype)


def _cannot_write(folder: Path, error: OSError) -> ArtifactError:
    return ArtifactError(
        f"'{folder}' could not be written ({error.strerror})", cure="Free some space, then build again: it goes on"
    )
