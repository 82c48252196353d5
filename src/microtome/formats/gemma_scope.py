"""Gemma Scope (`params.npz`) and Gemma Scope 2 (`params.safetensors`, `params_layer_N.safetensors`), to be read.

Gemma Scope: W_enc [D, F], W_dec [F, D], threshold [F], jumprelu, nothing subtracted from the input
(https://arxiv.org/abs/2408.05147, section 2, and its tutorial on the Hub). Its transcoders read the pre-MLP norm before
the gain, which was folded into the MLP (same, "Language model technical details"), and predict the MLP's contribution
to the residual stream. Autoencoders of the embedding work on vectors divided by √D (SAELens' `gemma_2` loader).
Gemma Scope 2: the same in lower case, `affine_skip_connection` [D_in, D_out], sites as module paths in config.json,
transcoders of the norm's output, gain included; cross-layer ones have a file per layer with w_dec [F, L, D] (loaders
`gemma_3` of SAELens and `load_gemma_scope_2_*` of circuit-tracer).

Legend of suffixes: L layers, D width, F latents.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.dictionaries import CrosslayerTranscoder
from microtome.dictionaries.crosslayer import EncoderLayer
from microtome.errors import FormatError
from microtome.formats import paths
from microtome.formats.foreign import Foreign, build, subtract_b_dec
from microtome.formats.lazy import TensorFile, numbered
from microtome.formats.places import from_module_path
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, read_config, read_npz, read_safetensors, setting

NAME = "gemma-scope"
FIRST, SECOND, CONFIG = "params.npz", "params.safetensors", "config.json"
CROSSLAYER = r"params_layer_(\d+)\.safetensors"


def load_gemma_scope(folder: Path) -> Foreign:
    """A dictionary of the first release. The site is in the path, as it is on the Hub (`layer_12/width_16k/…`)."""
    path = folder / FIRST
    tensors, notes = read_tensors(path)
    text = folder.absolute().as_posix()
    release = re.search(r"gemma-scope-(\w+)-(pt|it)-", text)
    if "embedding" in text:
        root = math.sqrt(tensors["W_enc"].shape[1])
        tensors |= {"W_enc": tensors["W_enc"] / root, "W_dec": tensors["W_dec"] * root}
    transcoder = "transcoder" in text or tensors["W_enc"].shape[1] != tensors["W_dec"].shape[1]
    site_in, site_out = _ends(paths.gemma_scope(text))
    model = None
    if release:
        model = f"google/gemma-2-{release[1]}" + ("-it" if release[2] == "it" else "")
    return _foreign(path, tensors, transcoder, notes, site_in, site_out, model, before_gain=transcoder)


def load_gemma_scope_2(folder: Path) -> Foreign:
    """A dictionary of the second release, except cross-layer ones."""
    path = folder / SECOND
    tensors, notes = read_tensors(path)
    text = folder.absolute().as_posix()
    config = read_config(folder / CONFIG) if (folder / CONFIG).is_file() else {}
    for name in ("architecture", "model_name", "hf_hook_point_in", "hf_hook_point_out"):
        setting(config, name, str, folder / CONFIG, None)
    if config.get("architecture", "jump_relu") != "jump_relu":
        raise FormatError(
            f"'{folder / CONFIG}' is of the architecture '{config['architecture']}', expected jump_relu",
            cure="Update microtome",
        )
    skip = "W_skip" in tensors
    if setting(config, "affine_connection", bool, folder / CONFIG, skip) != skip:
        raise FormatError(
            f"'{folder / CONFIG}' says affine_connection {not skip}, its weights have {'an' if skip else 'no'} "
            "affine_skip_connection",
            cure="Check that its settings and its weights belong together",
        )
    transcoder = "transcoder" in text or "hf_hook_point_out" in config or skip
    first, last = _ends(paths.gemma_scope_2(text))
    model = _model_2(config, text)
    where, out = (from_module_path(config.get(f"hf_hook_point_{end}"), model) for end in ("in", "out"))
    site_in = where.site or first
    site_out = out.site or last if transcoder else site_in
    found = _foreign(path, tensors, transcoder, notes, site_in, site_out, model, before_gain=False)
    return dataclasses.replace(found, of_module=(out if transcoder else where).of_module)


def _ends(sites: tuple[str, ...]) -> tuple[str | None, str | None]:
    """(input, output) of what a path says; a layer alone is no site."""
    known = [site for site in sites if not site.endswith(".")]
    return (known[0], known[-1]) if known else (None, None)


def _model_2(config: Mapping[str, Any], path: str) -> str | None:
    """The model of the second release, from the settings or else from the name of the release in the path."""
    release = re.search(r"gemma-scope-2-(\w+-(?:pt|it))", path)
    name = config.get("model_name") or (f"gemma-3-{release[1]}" if release else None)
    if name is None:
        return None
    name = str(name).replace("-v3", "-3")
    # The smallest model has no -pt in its name on the Hub.
    name = name.replace("270m-pt", "270m")
    return name if "/" in name else f"google/{name}"


def read_tensors(path: Path) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors of a file of the first (npz) or the second release under their names here, and notes on them."""
    first = path.suffix == ".npz"
    weights = Weights(read_npz(path) if first else read_safetensors(path), path)
    names = {name: name if first else name.lower() for name in ("W_enc", "W_dec")}
    d_in, latents = weights.shape(names["W_enc"], 2)
    _, d_out = weights.shape(names["W_dec"], 2)
    tensors = {
        "W_enc": weights.take(names["W_enc"], (d_in, latents)).T,
        "W_dec": weights.take(names["W_dec"], (latents, d_out)),
        "b_enc": weights.take("b_enc", (latents,)),
        "b_dec": weights.take("b_dec", (d_out,)),
        "threshold": weights.take("threshold", (latents,)).clamp(min=0.0),
    }
    if "affine_skip_connection" in weights:
        tensors["W_skip"] = weights.take("affine_skip_connection", (d_in, d_out)).T
    return tensors, weights.finish()


def _foreign(
    path: Path,
    tensors: dict[str, Tensor],
    transcoder: bool,
    notes: list[str],
    site_in: str | None,
    site_out: str | None,
    model: str | None,
    *,
    before_gain: bool,
) -> Foreign:
    if transcoder:
        kind = "skip_transcoder" if "W_skip" in tensors else "transcoder"
        tensors["b_dec_in"] = torch.zeros(tensors["W_enc"].shape[1])
    else:
        kind = "sae"
        subtract_b_dec(tensors)
    l0 = re.search(r"average_l0_(\d+)", path.as_posix())
    return Foreign(
        dictionary=build(path, kind=kind, sparsifier="jumprelu", tensors=tensors, l0=float(l0[1]) if l0 else math.nan),
        format=NAME,
        site_in=site_in,
        site_out=site_out,
        model=model,
        facts={NAME: path.parent.name},
        notes=tuple(notes),
        before_gain=before_gain,
    )


def load_gemma_scope_crosslayer(folder: Path) -> CrosslayerTranscoder:
    """A cross-layer transcoder of the second release, read a layer at a time."""
    files = numbered(folder, CROSSLAYER)
    if any(name.startswith("crosscoder") for name in folder.absolute().parts[-2:]):
        raise FormatError(
            f"'{folder}' is a crosscoder, which encodes several layers as one, and for which there is no place here",
            cure="Use it in its library",
        )
    if not files or sorted(files) != list(range(len(files))):
        raise FormatError(
            f"'{folder}' has the layers {', '.join(map(str, sorted(files))) or 'none'}, expected all from 0 on",
            cure=DOWNLOAD_AGAIN,
        )
    config = read_config(folder / CONFIG) if (folder / CONFIG).is_file() else {}
    return crosslayer_of(files, model=_model_2(config, folder.absolute().as_posix()), facts={NAME: config})


def crosslayer_of(files: dict[int, Path], **about: Any) -> CrosslayerTranscoder:
    """A cross-layer transcoder of the files of all layers, 0 and on; `about`: what it says of itself."""
    width, latents = TensorFile(files[0]).shape("w_enc", 2)
    b_dec, skip = [], []
    for layer in range(len(files)):
        file = TensorFile(files[layer])
        file.must_have("w_enc", (width, latents))
        file.must_have("w_dec", (latents, len(files), width))
        b_dec.append(file.take("b_dec", (width,)))
        file.only("w_enc", "w_dec", "b_enc", "b_dec", "threshold", "affine_skip_connection")
        if "affine_skip_connection" in file:
            skip.append(file.take("affine_skip_connection", (width, width)).T)
    if len(skip) not in (0, len(files)):
        raise FormatError(
            f"'{files[0].parent}' has skip connections in {len(skip)} of {len(files)} layers, expected all or none",
            cure=DOWNLOAD_AGAIN,
        )
    return CrosslayerTranscoder(
        latents=latents,
        encoder=partial(_encoder, files, latents, width),
        decoder=partial(_decoder, files),
        b_dec_LD=torch.stack(b_dec),
        W_skip_LDD=torch.stack(skip) if skip else None,
        **about,
    )


def _encoder(files: dict[int, Path], latents: int, width: int, layer: int) -> EncoderLayer:
    file = TensorFile(files[layer])
    return EncoderLayer(
        file.take("w_enc", (width, latents)).T, file.take("b_enc", (latents,)), file.take("threshold", (latents,))
    )


def _decoder(files: dict[int, Path], layer: int, latents: Tensor | None) -> Tensor:
    # The rows of layers before are there, and zero or unused.
    return TensorFile(files[layer]).rows("w_dec", latents)[:, layer:]
