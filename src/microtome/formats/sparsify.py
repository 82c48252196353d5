"""EleutherAI sparsify: `cfg.json` and `sae.safetensors` in a folder named by its hookpoint (`layers.5.mlp`).

Layout and meaning after https://github.com/EleutherAI/sparsify (eai-sparsify 1.3.3): `sparse_coder.py` (save_to_disk,
encode, decode, forward), `fused_encoder.py` (topk and groupmax), `config.py`. encoder.weight and W_dec are [F, D];
a plain autoencoder subtracts b_dec from its input, one with `transcode` does not; W_skip is [D_out, D_in]. `signed`,
of versions before 1.0, keeps the k largest magnitudes.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from microtome.artifacts import write_json, write_tensors
from microtome.dictionaries import Dictionary
from microtome.errors import FormatError
from microtome.formats.foreign import (
    KEPT,
    Foreign,
    bias_of_raw_input,
    build,
    cannot_hold,
    kept,
    no_temporal,
    restore,
    was_kept,
)
from microtome.formats.paths import sparsify_folder
from microtome.formats.places import from_module_path, model_on_hub, norm_follows, to_module_path
from microtome.formats.reading import Weights, agree, read_config, read_safetensors, setting

NAME = "sparsify"
CONFIG, WEIGHTS, RUN_CONFIG = "cfg.json", "sae.safetensors", "config.json"


def load_sparsify(folder: Path) -> Foreign:
    """The dictionary of a folder. Raises `FormatError` naming the file and what is wrong with it."""
    path = folder / CONFIG
    config = read_config(path)
    weights = Weights(read_safetensors(folder / WEIGHTS), folder / WEIGHTS)
    latents, d_in = weights.shape("encoder.weight", 2)
    agree(path, "d_in", config.get("d_in"), d_in)
    agree(path, "num_latents", config.get("num_latents") or None, latents)
    transcode, skip = setting(config, "transcode", bool, path, False), "W_skip" in weights
    if setting(config, "skip_connection", bool, path, skip) != skip:
        raise FormatError(
            f"'{path}' says skip_connection {not skip}, its weights have {'a' if skip else 'no'} W_skip",
            cure="Check that its settings and its weights belong together",
        )
    kind = "skip_transcoder" if skip else "transcoder" if transcode else "sae"
    tensors = {
        "W_enc": weights.take("encoder.weight", (latents, d_in)),
        "b_enc": weights.take("encoder.bias", (latents,)),
        "W_dec": weights.take("W_dec", (latents, d_in)),
        "b_dec": weights.take("b_dec", (d_in,)),
    }
    if kind != "sae":
        # With a skip connection the input of an autoencoder is still centred by b_dec.
        tensors["b_dec_in"] = torch.zeros(d_in) if transcode else tensors["b_dec"].clone()
    if skip:
        tensors["W_skip"] = weights.take("W_skip", (d_in, d_in))
    notes = weights.finish()
    dictionary = build(
        path, kind=kind, sparsifier=_sparsifier(config, path), tensors=tensors, l0=setting(config, "k", float, path)
    )
    own = was_kept(config, path)
    said = own.get("facts", {})
    # With several seeds there is a folder more between a run and its dictionaries.
    above = (folder.absolute().parent / RUN_CONFIG, folder.absolute().parent.parent / RUN_CONFIG)
    run_path = next((one for one in above if one.is_file()), None)
    trained = None if run_path is None else setting(read_config(run_path), "model", str, run_path, None)
    model = said.get("model") or model_on_hub(trained)
    where = from_module_path(sparsify_folder(folder.absolute().as_posix()), model)
    site_in = where.site
    if transcode:
        # What goes into a norm has no name here.
        site_in = _input_of(where.site) if where.of_module or where.point == "resid_post" else None
    return Foreign(
        dictionary=restore(dictionary, own, path),
        format=NAME,
        site_in=said.get("site_in", site_in),
        site_out=said.get("site_out", where.site),
        model=model,
        of_module=bool(said.get("of_module")) if said else where.of_module,
        facts=said or {"sparsify": config},
        notes=(*notes, *([where.note] if where.note else [])),
    )


def _input_of(site: str | None) -> str | None:
    """The input of the module whose output is `site`."""
    layer, _, point = (site or "").partition(".")
    inputs = {"mlp_out": "mlp_in", "attn_out": "attn_in", "resid_post": "resid_pre"}
    return f"{layer}.{inputs[point]}" if point in inputs else None


def _sparsifier(config: Mapping[str, Any], path: Path) -> str:
    name = setting(config, "activation", str, path, "topk")
    if name == "topk":
        return "abstopk" if setting(config, "signed", bool, path, False) else "topk"
    if name == "groupmax":
        return "groupmax"
    raise FormatError(f"'{path}' has the activation '{name}', expected topk or groupmax", cure="Update microtome")


def save_sparsify(dictionary: Dictionary, folder: Path, *, facts: Mapping[str, Any]) -> list[str]:
    """Write `cfg.json` and `sae.safetensors` into a folder; returns a line for each thing that is lost.

    Raises `FormatError`: sparsify has no such dictionary.
    """
    no_temporal(dictionary, "sparsify")
    shape = dictionary.config
    if shape.sparsifier not in ("topk", "groupmax") or shape.normalise != "none" or shape.d_in != shape.d_out:
        what = f"a {shape.kind} with {shape.sparsifier}"
        what += f", {shape.d_in} to {shape.d_out} wide" if shape.d_in != shape.d_out else ""
        what += f" on inputs normalised by {shape.normalise}" if shape.normalise != "none" else ""
        raise cannot_hold(
            what, "sparsify", "topk and groupmax on inputs and outputs of one width", "Choose --to saelens"
        )
    transcode = shape.kind != "sae"
    tensors = {
        "encoder.weight": dictionary.W_enc,
        "encoder.bias": bias_of_raw_input(dictionary) if transcode else dictionary.b_enc,
        "W_dec": dictionary.W_dec,
        "b_dec": dictionary.b_dec,
    }
    if dictionary.W_skip is not None:
        tensors["W_skip"] = dictionary.W_skip
    losses = []
    if shape.matryoshka:
        losses.append(f"the matryoshka prefixes {shape.matryoshka} have no place in sparsify")
    # Where a norm follows, what is added to the stream is that norm's output.
    behind_norm = not facts.get("of_module") and norm_follows(facts.get("model")) is True
    hookpoint = to_module_path(facts.get("site_out"), transcode=transcode, behind_norm=behind_norm)
    if behind_norm and transcode and hookpoint is not None:
        losses.append(f"sparsify takes what '{hookpoint}' gives, {facts['site_out']} is behind the norm that follows")
    if hookpoint is None or folder.name.removesuffix(".partial") != hookpoint:
        wanted = f"'{hookpoint}'" if hookpoint else "that"
        losses.append(f"sparsify knows the site by the folder's name: {facts.get('site_out')} is not said ({wanted})")
    site_in, module_in = facts.get("site_in"), _input_of(facts.get("site_out"))
    if transcode and site_in is not None and site_in != module_in:
        own_in = module_in or "none known"
        losses.append(f"sparsify gives a transcoder its own module's input ({own_in}), this one reads {site_in}")
    write_tensors(folder / WEIGHTS, tensors)
    config = {
        "activation": shape.sparsifier,
        "expansion_factor": max(1, shape.latents // shape.d_in),
        "normalize_decoder": not transcode,
        "num_latents": shape.latents,
        "k": int(shape.l0),
        "multi_topk": False,
        "skip_connection": dictionary.W_skip is not None,
        "transcode": transcode,
        "d_in": shape.d_in,
        KEPT: kept(dictionary, facts),
    }
    write_json(folder / CONFIG, config)
    return losses
