"""The native format of a dictionary: a folder with `weights.safetensors` and a manifest that says everything else.

Weights are stored as they are used on raw activations: normalisation has been folded in, and nothing has to be known of
training to apply them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.artifacts import new_folder, read_folder, read_tensors, write_tensors
from microtome.dictionaries.dictionary import Dictionary, DictionaryConfig
from microtome.errors import ArtifactError

SCHEMA, VERSION = "microtome.dictionary", 1
WEIGHTS = "weights.safetensors"


def tensors_of(dictionary: Dictionary) -> dict[str, Tensor]:
    """Every tensor of a dictionary under its field-standard name; the inverse of `put_tensors`."""
    names = ["W_enc", "b_enc", "W_dec", "b_dec"]
    tensors = {name: getattr(dictionary, name) for name in names}
    if dictionary.config.kind != "sae":
        tensors["b_dec_in"] = dictionary.get_buffer("mean_in")
    if dictionary.W_skip is not None:
        tensors["W_skip"] = dictionary.W_skip
    for part in (dictionary.sparsifier, dictionary.temporal):
        for name in () if part is None else part.tensors:
            tensors[name] = getattr(part, name)
    return {name: tensor.detach() for name, tensor in tensors.items()}


@torch.no_grad()
def put_tensors(dictionary: Dictionary, tensors: Mapping[str, Tensor], *, origin: str) -> None:
    """Copy tensors into a dictionary. Raises `ArtifactError` naming what is missing, unknown or of another shape."""
    own = tensors_of(dictionary)
    cure = "Restore the file from a copy, or make the run again"
    if missing := sorted(own.keys() - tensors.keys()):
        raise ArtifactError(f"'{origin}' lacks the tensors {', '.join(missing)}", cure=cure)
    if unknown := sorted(tensors.keys() - own.keys()):
        raise ArtifactError(f"'{origin}' holds tensors that its kind does not have: {', '.join(unknown)}", cure=cure)
    for name, target in own.items():
        if target.shape != tensors[name].shape:
            raise ArtifactError(
                f"'{origin}' holds {name} of shape {tuple(tensors[name].shape)}, expected {tuple(target.shape)}",
                cure=cure,
            )
        target.copy_(tensors[name])


def save_dictionary(dictionary: Dictionary, path: str | Path, *, facts: Mapping[str, Any] | None = None) -> None:
    """Write a dictionary to a new folder. `facts` (sites, model, text, seed …) go into its manifest.

    Raises `ArtifactError` when `path` exists or cannot be written.
    """
    own = {**(facts or {}), "dictionary": dictionary.config.to_json()}
    with new_folder(Path(path), schema=SCHEMA, version=VERSION, facts=own) as folder:
        write_tensors(folder / WEIGHTS, tensors_of(dictionary))


def load_dictionary(path: str | Path) -> tuple[Dictionary, dict[str, Any]]:
    """A dictionary and its manifest, after its checksums were checked.

    Raises `ArtifactError` for a folder that is incomplete, altered or of another schema.
    """
    path = Path(path)
    manifest = read_folder(path, schema=SCHEMA, version=VERSION)
    dictionary = Dictionary(DictionaryConfig.from_json(manifest["dictionary"]))
    put_tensors(dictionary, read_tensors(path / WEIGHTS), origin=str(path / WEIGHTS))
    return dictionary.requires_grad_(False), manifest
