"""dictionary_learning: `ae.pt` (a state dict) and `config.json` of every trainer.

Layout and meaning after https://github.com/saprmarks/dictionary_learning (0.1.0): `dictionary.py` (AutoEncoder,
AutoEncoderNew, GatedAutoEncoder, JumpReluAutoEncoder), `trainers/{top_k,batch_top_k,matryoshka_batch_top_k}.py`,
`utils.py` (load_dictionary), `training.py` (trainSAE writes both files). What is an nn.Linear has its decoder as
[D, F]; what is a parameter has W_enc [D, F] and W_dec [F, D]. JumpReluAutoEncoder and AutoEncoderNew subtract nothing
from their input. The library brings the decoder of an AutoEncoder to unit rows when it loads one.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.artifacts import write_bytes, write_json
from microtome.dictionaries import Dictionary
from microtome.errors import FormatError
from microtome.formats.foreign import (
    KEPT,
    Foreign,
    bias_of_raw_input,
    build,
    cannot_hold,
    fold_row_norms,
    kept,
    no_temporal,
    restore,
    subtract_b_dec,
    unit_rows,
    was_kept,
)
from microtome.formats.places import model_on_hub, point_in_words
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, agree, read_config, read_pt, setting, whole_numbers

NAME = "dictionary_learning"
WEIGHTS, CONFIG = "ae.pt", "config.json"

# Class -> sparsifier.
_CLASSES = {
    "AutoEncoder": "relu",
    "AutoEncoderNew": "relu",
    "GatedAutoEncoder": "gated",
    "JumpReluAutoEncoder": "jumprelu",
    "AutoEncoderTopK": "topk",
    "BatchTopKSAE": "batchtopk",
    "MatryoshkaBatchTopKSAE": "batchtopk",
}


def load_dictionary_learning(folder: Path) -> Foreign:
    """The dictionary of a folder, or of one of its files: `ae.pt`, or `checkpoints/ae_N.pt`, whose settings lie above.

    Raises `FormatError` naming the file and what is wrong with it.
    """
    weights_path = folder if folder.suffix == ".pt" else folder / WEIGHTS
    above = weights_path.parent
    path = (above if weights_path.name == WEIGHTS else above.parent) / CONFIG
    config = read_config(path)
    trainer = config.get("trainer")
    if not isinstance(trainer, dict):
        raise FormatError(f"'{path}' lacks trainer, it has {', '.join(config) or 'nothing'}", cure=DOWNLOAD_AGAIN)
    name = setting(trainer, "dict_class", str, path)
    if name not in _CLASSES:
        raise FormatError(
            f"'{path}' is of the class '{name}', expected one of {', '.join(_CLASSES)}", cure="Update microtome"
        )
    state = read_pt(weights_path)
    if not isinstance(state, dict):
        raise FormatError(
            f"'{weights_path}' holds a {type(state).__name__}, expected tensors by name", cure=DOWNLOAD_AGAIN
        )
    weights = Weights(state, weights_path)
    tensors, l0, prefixes = _tensors(weights, name, trainer, path)
    notes = weights.finish()
    if name == "AutoEncoder" and not unit_rows(tensors["W_dec"]):
        fold_row_norms(tensors)
        notes.append("its decoder is brought to unit rows and its codes to match, as dictionary_learning does")
    dictionary = build(path, kind="sae", sparsifier=_CLASSES[name], tensors=tensors, l0=l0, matryoshka=prefixes)
    own = was_kept(trainer, path)
    said = own.get("facts", {})
    site, note = _site(trainer, path)
    return Foreign(
        dictionary=restore(dictionary, own, path),
        format=NAME,
        site_in=said.get("site_in", site),
        site_out=said.get("site_out", site),
        model=said.get("model") or model_on_hub(setting(trainer, "lm_name", str, path, None)),
        # What it calls mlp_out and attn_out is what the module gives.
        of_module=bool(said.get("of_module")) if said else bool(site and site.endswith(("mlp_out", "attn_out"))),
        facts=said or {"dictionary_learning": config},
        notes=(*notes, *([note] if note and not said else [])),
    )


def _tensors(
    weights: Weights, name: str, trainer: Mapping[str, Any], path: Path
) -> tuple[dict[str, Tensor], float, tuple[int, ...]]:
    as_parameters = name in ("JumpReluAutoEncoder", "MatryoshkaBatchTopKSAE")
    if as_parameters:
        d_in, latents = weights.shape("W_enc", 2)
    else:
        latents, d_in = weights.shape("encoder.weight", 2)
    agree(path, "activation_dim", trainer.get("activation_dim"), d_in)
    agree(path, "dict_size", trainer.get("dict_size"), latents)
    if as_parameters:
        tensors = {"W_enc": weights.take("W_enc", (d_in, latents)).T, "W_dec": weights.take("W_dec", (latents, d_in))}
    else:
        tensors = {
            "W_enc": weights.take("encoder.weight", (latents, d_in)),
            "W_dec": weights.take("decoder.weight", (d_in, latents)).T,
        }
    bias = {"AutoEncoder": "bias", "AutoEncoderNew": "decoder.bias", "GatedAutoEncoder": "decoder_bias"}
    tensors["b_dec"] = weights.take(bias.get(name, "b_dec"), (d_in,))
    encoder = {"GatedAutoEncoder": "gate_bias"}.get(name, "b_enc" if as_parameters else "encoder.bias")
    tensors["b_enc"] = weights.take(encoder, (latents,))
    if name == "GatedAutoEncoder":
        tensors["r_mag"] = weights.take("r_mag", (latents,))
        tensors["b_mag"] = weights.take("mag_bias", (latents,))
    if name in ("JumpReluAutoEncoder", "AutoEncoderNew"):
        subtract_b_dec(tensors)
    if name == "JumpReluAutoEncoder":
        tensors["threshold"] = weights.take("threshold", (latents,)).clamp(min=0.0)
    prefixes: tuple[int, ...] = ()
    l0 = setting(trainer, "target_l0", float, path, math.nan) or math.nan
    if _CLASSES[name] in ("topk", "batchtopk"):
        k = weights.integer("k")
        agree(path, "k", trainer.get("k") if k is not None else None, k or 0)
        l0 = float(k if k is not None else setting(trainer, "k", int, path))
        if _CLASSES[name] == "batchtopk":
            # −1 before training has come to it: then every positive code counts.
            tensors["threshold"] = weights.take("threshold", ()).clamp(min=0.0)
        weights.drop("threshold")
    if name == "MatryoshkaBatchTopKSAE":
        prefixes = _prefixes(weights, trainer, latents, path)
    return tensors, l0, prefixes


def _prefixes(weights: Weights, trainer: Mapping[str, Any], latents: int, path: Path) -> tuple[int, ...]:
    weights.drop("group_sizes")
    sizes = whole_numbers(trainer, "group_sizes", path) or (latents,)
    agree(path, "the sum of group_sizes", sum(sizes), latents)
    return tuple(itertools.accumulate(sizes))[:-1]


def _site(trainer: Mapping[str, Any], path: Path) -> tuple[str | None, str | None]:
    """The layer is a number and the place a free text, of which the usual ones are known."""
    layer, name = setting(trainer, "layer", int, path, None), setting(trainer, "submodule_name", str, path, "")
    if layer is None:
        return None, None
    if not name:
        return f"{layer}.resid_post", f"its place is not named; {layer}.resid_post is taken, the usual one"
    point = point_in_words(re.sub(r"_?layer_?\d+", "", name))
    return (f"{layer}.{point}", None) if point else (None, f"the place '{name}' has no name here")


def save_dictionary_learning(dictionary: Dictionary, folder: Path, *, facts: Mapping[str, Any]) -> list[str]:
    """Write `ae.pt` and `config.json` into a folder; returns a line for each thing that is lost.

    Raises `FormatError`: dictionary_learning has no such dictionary.
    """
    no_temporal(dictionary, NAME)
    shape = dictionary.config
    names = {sparsifier: name for name, sparsifier in reversed(_CLASSES.items())}
    if shape.kind != "sae" or shape.sparsifier not in names or shape.normalise != "none":
        what = f"a {shape.kind} with {shape.sparsifier}"
        what += f" on inputs normalised by {shape.normalise}" if shape.normalise != "none" else ""
        raise cannot_hold(what, NAME, f"saes with {', '.join(names)}", "Choose --to saelens")
    name = "MatryoshkaBatchTopKSAE" if shape.sparsifier == "batchtopk" and shape.matryoshka else names[shape.sparsifier]
    losses = []
    if shape.matryoshka and name != "MatryoshkaBatchTopKSAE":
        losses.append(f"the matryoshka prefixes {shape.matryoshka} have no place with {shape.sparsifier}")
    if name == "AutoEncoder" and not unit_rows(dictionary.W_dec):
        losses.append("rows of the decoder are not of unit norm: dictionary_learning rescales the codes when it loads")
    k = shape.l0
    if shape.sparsifier in ("topk", "batchtopk") and not float(k).is_integer():
        k = math.ceil(shape.l0) if math.isfinite(shape.l0) else 1.0
        losses.append(f"k must be a whole number there: {shape.l0:g} is written as {k:g}")
    state = _state(dictionary, name, k)
    buffer = io.BytesIO()
    torch.save({key: value.detach().clone().contiguous() for key, value in state.items()}, buffer)
    write_bytes(folder / WEIGHTS, buffer.getvalue())
    write_json(folder / CONFIG, {"trainer": _trainer(dictionary, name, k, facts)})
    return losses


def _state(dictionary: Dictionary, name: str, k: float) -> dict[str, Tensor]:
    part: Any = dictionary.sparsifier
    linear = {"encoder.weight": dictionary.W_enc, "decoder.weight": dictionary.W_dec.T}
    parameters = {"W_enc": dictionary.W_enc.T, "W_dec": dictionary.W_dec, "b_dec": dictionary.b_dec}
    top = {"k": torch.tensor(int(k), dtype=torch.int) if math.isfinite(k) else torch.tensor(1)}
    if name == "AutoEncoder":
        return {**linear, "bias": dictionary.b_dec, "encoder.bias": dictionary.b_enc}
    if name == "GatedAutoEncoder":
        biases = {"gate_bias": dictionary.b_enc, "mag_bias": part.b_mag, "decoder_bias": dictionary.b_dec}
        return {**linear, **biases, "r_mag": part.r_mag}
    if name == "JumpReluAutoEncoder":
        return {**parameters, "b_enc": bias_of_raw_input(dictionary), "threshold": part.threshold}
    if name == "MatryoshkaBatchTopKSAE":
        sizes = torch.tensor(_group_sizes(dictionary))
        return {**parameters, "b_enc": dictionary.b_enc, **top, "threshold": part.threshold, "group_sizes": sizes}
    threshold = part.threshold if name == "BatchTopKSAE" else torch.tensor(-1.0)
    return {**linear, "b_dec": dictionary.b_dec, "encoder.bias": dictionary.b_enc, **top, "threshold": threshold}


def _group_sizes(dictionary: Dictionary) -> list[int]:
    ends = (0, *dictionary.config.matryoshka, dictionary.config.latents)
    return [after - before for before, after in itertools.pairwise(ends)]


def _trainer(dictionary: Dictionary, name: str, k: float, facts: Mapping[str, Any]) -> dict[str, Any]:
    shape = dictionary.config
    layer, _, point = str(facts.get("site_out") or "").partition(".")
    trainer: dict[str, Any] = {
        "dict_class": name,
        "activation_dim": shape.d_in,
        "dict_size": shape.latents,
        "layer": int(layer) if layer.isdigit() else None,
        "lm_name": facts.get("model"),
        "submodule_name": f"{point}_layer_{layer}" if point else None,
        KEPT: kept(dictionary, facts),
    }
    if shape.sparsifier in ("topk", "batchtopk"):
        trainer["k"] = int(k)
    if name == "MatryoshkaBatchTopKSAE":
        trainer["group_sizes"] = _group_sizes(dictionary)
    return trainer
