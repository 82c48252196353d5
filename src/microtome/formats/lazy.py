"""Parts of files that are larger than memory: one tensor, or some rows of one, read when they are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from microtome.errors import FormatError
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, cut_short, must_exist


def numbered(folder: Path, pattern: str) -> dict[int, Path]:
    """The files of a folder that have a number in their name, by that number; none where there is no folder."""
    found = ((re.fullmatch(pattern, path.name), path) for path in folder.iterdir()) if folder.is_dir() else ()
    return {int(match.group(1)): path for match, path in found if match}


class TensorFile:
    """A safetensors file of which only what is asked for is read. Raises `FormatError` when it cannot be."""

    def __init__(self, path: Path) -> None:
        from safetensors import SafetensorError, safe_open

        must_exist(path)
        self.path = path
        try:
            with safe_open(path, framework="pt") as file:
                self._shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, ValueError) as error:
            raise cut_short(path, "safetensors", error) from None

    def __contains__(self, name: str) -> bool:
        return name in self._shapes

    def only(self, *names: str) -> None:
        """Raise `FormatError` for tensors of other names."""
        hollow = {key: torch.zeros(()) for key in self._shapes.keys() - set(names)}
        Weights(hollow, self.path).finish()

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """The shape of a tensor that decides those of the others."""
        # Tensors that take no memory have the shapes, and the messages are those of whole files.
        hollow = {key: torch.zeros(()).expand(shape) for key, shape in self._shapes.items()}
        return Weights(hollow, self.path).shape(name, dimensions)

    def must_have(self, name: str, shape: tuple[int, ...]) -> None:
        """Raise `FormatError` unless the tensor is there with this shape."""
        found = self.shape(name, len(shape))
        if found != shape:
            raise FormatError(
                f"'{self.path}' holds {name} of shape {found}, the rest of it says {shape}", cure=DOWNLOAD_AGAIN
            )

    def take(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """A whole tensor as float32, checked."""
        from safetensors import safe_open

        self.must_have(name, shape)
        with safe_open(self.path, framework="pt") as file:
            return Weights({name: file.get_tensor(name)}, self.path).take(name, shape)

    def rows(self, name: str, index: Tensor | None) -> Tensor:
        """Rows of a tensor as float32 and finite, all for None; the rest stays on the disk."""
        from safetensors import safe_open

        with safe_open(self.path, framework="pt") as file:
            part = file.get_tensor(name) if index is None else file.get_slice(name)
            rows = part if index is None else torch.stack([part[int(row)] for row in index])
        return Weights({name: rows}, self.path).take(name, tuple(rows.shape))
