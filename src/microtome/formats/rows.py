"""Decoder rows of single latents, read from the disk without the rest of the file.

Which tensor holds them is a matter of the format; where a format (or an option of it) rescales rows when it is loaded,
or keeps them as columns, the whole dictionary is opened instead, and the rows are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from microtome.dictionaries import CrosslayerTranscoder
from microtome.errors import FormatError
from microtome.formats import circuit_tracer, gemma_scope, saelens, sparsify
from microtome.formats.lazy import TensorFile
from microtome.formats.opening import choose, found_in, open_dictionary, parse_reference
from microtome.formats.reading import read_config
from microtome.formats.sets import TranscoderSet


def decoder_rows(reference: str | Path, latents: Sequence[int], *, layer: int = 0) -> Tensor:
    """Rows [n, D] of the decoder for some latents; `layer` chooses one of a set.

    Raises `FormatError`: a bad file, or a latent it does not have.
    """
    found = _file_of(reference, layer)
    if found is None:
        opened = open_dictionary(reference)
        if isinstance(opened, CrosslayerTranscoder):
            raise FormatError(f"'{reference}' writes to several layers", cure="Use its decoder(layer, latents)")
        dictionary = opened[layer].dictionary if isinstance(opened, TranscoderSet) else opened.dictionary
        _check(latents, dictionary.config.latents, reference)
        return dictionary.W_dec[torch.tensor(latents)]
    path, name = found
    file = TensorFile(path)
    _check(latents, file.shape(name, 2)[0], reference)
    return file.rows(name, torch.tensor(latents))


def _check(latents: Sequence[int], n_latents: int, reference: str | Path) -> None:
    if wrong := [latent for latent in latents if not 0 <= latent < n_latents]:
        raise FormatError(
            f"'{reference}' has the latents 0 to {n_latents - 1}, got {wrong[0]}", cure="Give one of these"
        )


def _file_of(reference: str | Path, layer: int) -> tuple[Path, str] | None:
    """(file, tensor) whose rows are the dictionary's as they are, or None."""
    wanted = parse_reference(str(reference))
    path = Path(wanted.base)
    if not path.is_dir():
        return None
    member = choose(found_in(path), wanted, wanted.base)
    folder = path / member.path
    if member.format == "microtome":
        return folder / "weights.safetensors", "W_dec"
    if member.format == saelens.NAME:
        config = read_config(folder / saelens.CONFIG)
        as_they_are = config.get("normalize_activations") in (None, False, "none", "layer_norm")
        scaled = any(config.get(key) for key in ("rescale_acts_by_decoder_norm", "finetuning_scaling_factor"))
        return (folder / saelens.WEIGHTS, "W_dec") if as_they_are and not scaled else None
    if member.format == sparsify.NAME:
        return folder / sparsify.WEIGHTS, "W_dec"
    if member.format == circuit_tracer.NAME and (folder / f"layer_{layer}.safetensors").is_file():
        # Where its settings list files, a layer's file is the one at its place in the list, whatever its name.
        listed = "transcoders" in read_config(folder / circuit_tracer.CONFIG)
        return None if listed else (folder / f"layer_{layer}.safetensors", "W_dec")
    if member.format == "gemma-scope-2":
        return folder / gemma_scope.SECOND, "w_dec"
    return None
