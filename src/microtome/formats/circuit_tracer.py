"""circuit-tracer: a `config.yaml` with `layer_N.safetensors` (a transcoder per layer), or with `W_enc_N.safetensors`
and `W_dec_N.safetensors` (a cross-layer transcoder).

Layout and meaning after https://github.com/safety-research/circuit-tracer (0.5.0): `utils/hf_utils.py`
(load_transcoders: keys of config.yaml), `transcoder/single_layer_transcoder.py` (to_safetensors, load_relu_transcoder:
a file with `activation_function.threshold` is jumprelu, others relu; W_enc [F, D], W_dec [F, D], W_skip [D_out, D_in])
and `transcoder/cross_layer_transcoder.py` (W_dec_N [F, L − N, D], `threshold_N`; a skip connection is not saved).
A `transcoders` in config.yaml lists a file for each layer by its address on the Hub (`resolve_transcoder_paths`,
`parse_hf_uri`) or by a path on the disk, in this layout or in one of Gemma Scope's.
Its loaders never use its TopK (`transcoder/activation_functions.py`) and would take such a file for relu, so topk is
not written; here `activation_fn: topk` with `k` in config.yaml is read.

Legend of suffixes: L layers, D width, F latents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.artifacts import write_bytes, write_tensors
from microtome.dictionaries import CrosslayerTranscoder, Dictionary
from microtome.dictionaries.crosslayer import EncoderLayer
from microtome.errors import FormatError
from microtome.formats.foreign import (
    KEPT,
    Foreign,
    bias_of_raw_input,
    build,
    cannot_hold,
    kept,
    restore,
    thresholds,
    was_kept,
)
from microtome.formats.gemma_scope import crosslayer_of, read_tensors
from microtome.formats.hub import Client, fetch_file
from microtome.formats.lazy import TensorFile, numbered
from microtome.formats.places import Where, from_transformer_lens, hook_of_point, model_on_hub
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, read_config, read_safetensors, setting, short
from microtome.formats.sets import TranscoderSet

NAME = "circuit-tracer"
CONFIG = "config.yaml"
_THRESHOLD = "activation_function.threshold"
_KINDS = ("transcoder_set", "cross_layer_transcoder")
_HOOKS = ("feature_input_hook", "feature_output_hook")


def load_circuit_tracer(
    folder: Path, client: Client | None = None, own_file: Callable[[str], Path] | None = None
) -> TranscoderSet | CrosslayerTranscoder:
    """What a folder holds, or names; weights are read, and files of other releases fetched, when they are asked for.
    `client`: what fetches them, if not the Hub's own; `own_file`: what fetches those that a release names by a path in
    itself.

    Raises `FormatError`: settings or files that are missing or unreadable.
    """
    path = folder / CONFIG
    config = read_config(path)
    for name in ("model_kind", "model_name", "feature_input_hook", "feature_output_hook", "activation_fn"):
        setting(config, name, str, path, None)
    kind = config.get("model_kind")
    if kind not in _KINDS:
        raise FormatError(f"'{path}' is of the kind '{kind}', expected {' or '.join(_KINDS)}", cure=DOWNLOAD_AGAIN)
    named = _named_files(config, path, client, own_file or partial(_on_disk, path)) if "transcoders" in config else None
    if kind == "cross_layer_transcoder":
        if named is None:
            return load_crosslayer(folder, config)
        return crosslayer_of({layer: get() for layer, get in named.items()}, **_about(config))
    files = named or {
        layer: partial(Path, file) for layer, file in numbered(folder, r"layer_(\d+)\.safetensors").items()
    }
    if not files or sorted(files) != list(range(len(files))):
        raise FormatError(
            f"'{folder}' has transcoders of the layers {', '.join(map(str, sorted(files))) or 'none'}, expected all "
            "from 0 on",
            cure=DOWNLOAD_AGAIN,
        )
    return TranscoderSet(
        {layer: partial(load_layer, get, config, layer, path) for layer, get in files.items()},
        sites={layer: _sites(config, layer, path)[:2] for layer in files},
        format=NAME,
        model=model_on_hub(config.get("model_name")),
        facts={NAME: config},
        of_module=_of_module(config, 0, path),
    )


def _named_files(
    config: Mapping[str, Any], path: Path, client: Client | None, own_file: Callable[[str], Path]
) -> dict[int, Callable[[], Path]]:
    """Layers -> what gives the file that the settings name: by its address on the Hub, or by a path."""
    names = config["transcoders"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise FormatError(
            f"'{path}' does not name its transcoders, expected a list of files or of hf://owner/name/path",
            cure=DOWNLOAD_AGAIN,
        )
    return {
        layer: partial(fetch_file, name, client) if name.startswith("hf://") else partial(own_file, name)
        for layer, name in enumerate(names)
    }


def _on_disk(settings: Path, name: str) -> Path:
    """A path from the settings' folder or (as circuit-tracer takes it) from the working folder."""
    try:
        found = next((path for path in (settings.parent / name, Path(name)) if path.is_file()), None)
    except (OSError, ValueError):
        found = None  # longer than any name, or of characters that none has
    if found is None:
        raise FormatError(
            f"'{settings}' names the file '{short(name, 200)}', which is neither in its folder nor in the working "
            "folder",
            cure="Put it there, or name it by hf://owner/name/path",
        )
    return found


def load_layer(get: Callable[[], Path], config: Mapping[str, Any], layer: int, settings: Path) -> Foreign:
    """The transcoder of one layer; `get` gives its file, in this layout or Gemma Scope's."""
    path = get()
    tensors, notes = _tensors(path)
    sparsifier, l0 = "relu", float("nan")
    if "threshold" in tensors:
        sparsifier = "jumprelu"
    elif config.get("activation_fn") == "topk":
        sparsifier, l0 = "topk", float(setting(config, "k", int, settings))
    kind = "skip_transcoder" if "W_skip" in tensors else "transcoder"
    dictionary = build(path, kind=kind, sparsifier=sparsifier, tensors=tensors, l0=l0)
    own = _kept_of_layer(config, layer, settings)
    said = own.get("facts", {})
    site_in, site_out, before_gain, more = _sites(config, layer, settings)
    return Foreign(
        dictionary=restore(dictionary, own, path),
        format=NAME,
        site_in=site_in,
        site_out=site_out,
        model=model_on_hub(config.get("model_name")),
        facts=said or {NAME: dict(config)},
        notes=(*notes, *more),
        before_gain=before_gain,
        of_module=_of_module(config, layer, settings),
    )


def _tensors(path: Path) -> tuple[dict[str, Tensor], list[str]]:
    if path.suffix == ".npz" or "w_enc" in TensorFile(path):
        tensors, notes = read_tensors(path)
        return tensors | {"b_dec_in": torch.zeros(tensors["W_enc"].shape[1])}, notes
    weights = Weights(read_safetensors(path), path)
    latents, d_in = weights.shape("W_enc", 2)
    (d_out,) = weights.shape("b_dec", 1)
    tensors = {
        "W_enc": weights.take("W_enc", (latents, d_in)),
        "W_dec": weights.take("W_dec", (latents, d_out)),
        "b_enc": weights.take("b_enc", (latents,)),
        "b_dec": weights.take("b_dec", (d_out,)),
        "b_dec_in": torch.zeros(d_in),
    }
    if _THRESHOLD in weights:
        tensors["threshold"] = _not_negative(weights.take(_THRESHOLD, (latents,)), path)
    if "W_skip" in weights:
        tensors["W_skip"] = weights.take("W_skip", (d_out, d_in))
    return tensors, weights.finish()


def _not_negative(threshold: Tensor, path: Path) -> Tensor:
    """circuit-tracer's jumprelu lets codes below 0 through above a negative threshold; here codes are not negative."""
    if bool((threshold < 0).any()):
        raise FormatError(
            f"'{path}' has a threshold of {float(threshold.min()):g}, expected 0 or more: its codes would be negative",
            cure="Use it in circuit-tracer",
        )
    return threshold


def _kept_of_layer(config: Mapping[str, Any], layer: int, path: Path) -> dict[str, Any]:
    """What we kept of a layer in config.yaml."""
    own = config.get(KEPT)
    return was_kept({KEPT: own.get(str(layer))}, path) if isinstance(own, dict) else {}


def _sites(config: Mapping[str, Any], layer: int, path: Path) -> tuple[str | None, str | None, bool, list[str]]:
    """(input, output, whether the input is before the norm's gain, notes) of a layer's transcoder."""
    said = _kept_of_layer(config, layer, path).get("facts", {})
    where = from_transformer_lens(f"blocks.{layer}.{config.get('feature_input_hook')}")
    out = from_transformer_lens(f"blocks.{layer}.{config.get('feature_output_hook')}")
    notes = [note for note in (where.note, out.note) if note]
    return said.get("site_in", where.site), said.get("site_out", out.site), where.before_gain, notes


def _of_module(config: Mapping[str, Any], layer: int, path: Path) -> bool:
    """Whether it predicts what the MLP gives, before a norm that may follow."""
    own = _kept_of_layer(config, layer, path).get("facts")
    return bool(own.get("of_module")) if own else _predicted(config).of_module


def _predicted(config: Mapping[str, Any]) -> Where:
    return from_transformer_lens(f"blocks.0.{config.get('feature_output_hook')}")


def load_crosslayer(folder: Path, config: Mapping[str, Any]) -> CrosslayerTranscoder:
    """A cross-layer transcoder; encoders are read a layer at a time and decoders row by row."""
    files = numbered(folder, r"W_enc_(\d+)\.safetensors")
    if not files or sorted(files) != list(range(len(files))):
        raise FormatError(f"'{folder}' lacks W_enc_0.safetensors and so on", cure=DOWNLOAD_AGAIN)
    b_dec: list[Tensor] = []
    with_threshold: list[bool] = []
    latents = 0
    for layer in range(len(files)):
        encoder = TensorFile(files[layer])
        shape = encoder.shape(f"W_enc_{layer}", 2)
        latents = latents or shape[0]
        if layer and shape != (latents, b_dec[0].shape[0]):
            raise FormatError(
                f"'{files[layer]}' holds W_enc_{layer} of shape {shape}, layer 0 has {(latents, b_dec[0].shape[0])}",
                cure=DOWNLOAD_AGAIN,
            )
        encoder.only(*(f"{name}_{layer}" for name in ("W_enc", "b_enc", "b_dec", "threshold")))
        with_threshold.append(f"threshold_{layer}" in encoder)
        b_dec.append(encoder.take(f"b_dec_{layer}", (shape[1],)))
        decoder = TensorFile(folder / f"W_dec_{layer}.safetensors")
        decoder.only(f"W_dec_{layer}")
        decoder.must_have(f"W_dec_{layer}", (latents, len(files) - layer, shape[1]))
    if len(set(with_threshold)) > 1:
        raise FormatError(
            f"'{folder}' has thresholds in {sum(with_threshold)} of {len(files)} layers, expected all or none",
            cure=DOWNLOAD_AGAIN,
        )
    return CrosslayerTranscoder(
        latents=latents,
        encoder=partial(_encoder, folder, latents, len(b_dec[0])),
        decoder=partial(_decoder, folder),
        b_dec_LD=torch.stack(b_dec),
        **_about(config),
    )


def _about(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a cross-layer transcoder says of itself."""
    where, out = (from_transformer_lens(f"blocks.0.{config.get(key)}") for key in _HOOKS)
    return {
        "point_in": where.point,
        "point_out": None if out.of_module else out.point,
        "before_gain": where.before_gain,
        "model": model_on_hub(config.get("model_name")),
        "facts": {NAME: dict(config)},
    }


def _encoder(folder: Path, latents: int, width: int, layer: int) -> EncoderLayer:
    file = TensorFile(folder / f"W_enc_{layer}.safetensors")
    threshold = None
    if f"threshold_{layer}" in file:
        threshold = _not_negative(file.take(f"threshold_{layer}", (latents,)), folder / f"W_enc_{layer}.safetensors")
    return EncoderLayer(
        file.take(f"W_enc_{layer}", (latents, width)), file.take(f"b_enc_{layer}", (latents,)), threshold
    )


def _decoder(folder: Path, layer: int, latents: Tensor | None) -> Tensor:
    return TensorFile(folder / f"W_dec_{layer}.safetensors").rows(f"W_dec_{layer}", latents)


def save_circuit_tracer(
    dictionaries: Mapping[int, Dictionary], folder: Path, *, facts: Mapping[int, Mapping[str, Any]]
) -> list[str]:
    """Write a transcoder for each layer, 0 and on, into a folder; returns a line for each thing that is lost.

    Raises `FormatError`: circuit-tracer has no such dictionary, or layers are missing.
    """
    import yaml

    if sorted(dictionaries) != list(range(len(dictionaries))):
        raise FormatError(
            f"circuit-tracer cannot hold a set of the layers {', '.join(map(str, sorted(dictionaries)))}, it holds all "
            "from 0 on",
            cure="Give a transcoder for every layer",
        )
    losses, first = [], facts[0]
    points = {_points(own) for own in facts.values()}
    if len(points) != 1:
        raise cannot_hold("transcoders of different sites", NAME, "one pair of sites for all layers", "Convert one set")
    for layer, dictionary in sorted(dictionaries.items()):
        losses += _save_layer(dictionary, folder / f"layer_{layer}.safetensors", layer)
    before_gain, of_module = bool(first.get("before_gain")), bool(first.get("of_module"))
    reads, predicts = points.pop()
    said, more = _shared(facts)
    losses += more
    hooks = {
        _HOOKS[0]: _said_hook(said, _HOOKS[0], Where(f"0.{reads}" if reads else None, before_gain=before_gain)),
        _HOOKS[1]: _said_hook(said, _HOOKS[1], Where(f"0.{predicts}" if predicts else None, of_module=of_module)),
    }
    losses += _nameless(hooks, first.get("model"), {_HOOKS[0]: reads, _HOOKS[1]: predicts})
    name = said.get("model_name")
    config = {
        "scan": folder.name.removesuffix(".partial"),
        **{key: value for key, value in said.items() if value is not None},
        "model_name": name
        if isinstance(name, str) and model_on_hub(name) == first.get("model")
        else first.get("model"),
        "model_kind": "transcoder_set",
        **hooks,
        KEPT: {str(layer): kept(dictionary, facts[layer]) for layer, dictionary in dictionaries.items()},
    }
    write_bytes(folder / CONFIG, yaml.safe_dump(config, sort_keys=False).encode())
    return list(dict.fromkeys(losses))


def _shared(facts: Mapping[int, Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """What a file of circuit-tracer said of all layers, save where they lie; a line for what only some of them say."""
    every = [own[NAME] if isinstance(own.get(NAME), dict) else {} for own in facts.values()]
    keys = dict.fromkeys(key for said in every for key in said if key not in (KEPT, "transcoders"))
    shared = {key: every[0][key] for key in keys if all(key in said and said[key] == every[0][key] for said in every)}
    # Names of places and of the model are checked by themselves.
    lost = [key for key in keys if key not in (*shared, "model_name", "model_kind", *_HOOKS)]
    return shared, [f"settings that its layers do not share are left out: {', '.join(lost)}"] if lost else []


def _said_hook(said: Mapping[str, Any], key: str, where: Where) -> str | None:
    """The name of a place: what a file of circuit-tracer said, as long as that is the same, without a name here too."""
    hook = said.get(key)
    if isinstance(hook, str):
        there = from_transformer_lens(f"blocks.0.{hook}")
        if (there.site, there.before_gain, there.of_module) == (where.site, where.before_gain, where.of_module):
            return hook
    return hook_of_point(where.point, before_gain=where.before_gain, of_module=where.of_module)


def _nameless(hooks: Mapping[str, str | None], model: str | None, points: Mapping[str, str | None]) -> list[str]:
    """A line for everything without which the library cannot use a set, and that is not known or has no name there."""
    losses = [] if model else ["the model is not known, and not named there"]
    for key, hook in hooks.items():
        if hook is None:
            what = f"the place {points[key]} has no name there" if points[key] else "the place is not known"
            losses.append(f"{key} is left empty, {what}: circuit-tracer cannot use it before it is filled in")
    return losses


def _points(facts: Mapping[str, Any]) -> tuple[str, str]:
    return tuple(str(facts.get(key) or "").partition(".")[2] for key in ("site_in", "site_out"))  # type: ignore[return-value]


def _save_layer(dictionary: Dictionary, path: Path, layer: int) -> list[str]:
    shape = dictionary.config
    if shape.kind == "sae" or shape.sparsifier not in ("relu", "jumprelu", "batchtopk") or shape.normalise != "none":
        raise cannot_hold(
            f"a {shape.kind} with {shape.sparsifier} (layer {layer})",
            NAME,
            "transcoders with relu or a threshold",
            "Train with --kind transcoder --sparsifier batchtopk, jumprelu or relu",
        )
    if shape.d_in != shape.d_out:
        raise cannot_hold(
            f"a {shape.kind} from {shape.d_in} to {shape.d_out} wide (layer {layer})",
            NAME,
            "inputs and outputs of one width",
            "Choose --to saelens",
        )
    tensors = {
        "W_enc": dictionary.W_enc,
        "W_dec": dictionary.W_dec,
        "b_enc": bias_of_raw_input(dictionary),
        "b_dec": dictionary.b_dec,
    }
    if (level_F := thresholds(dictionary)) is not None:
        tensors[_THRESHOLD] = level_F
    if dictionary.W_skip is not None:
        tensors["W_skip"] = dictionary.W_skip
    write_tensors(path, tensors)
    return ["batchtopk becomes jumprelu with one threshold for all latents"] if shape.sparsifier == "batchtopk" else []


def save_crosslayer(clt: CrosslayerTranscoder, folder: Path, *, model: str | None = None) -> list[str]:
    """Write a cross-layer transcoder into a folder, a layer at a time; returns what is lost. `model`: where the
    transcoder does not say what it was made for.
    """
    import yaml

    if clt.W_skip_LDD is not None:
        raise cannot_hold("the skip connection of a cross-layer transcoder", NAME, "encoders and decoders", "Keep it")
    for layer in range(clt.n_layers):
        part = clt.encoder(layer)
        tensors = {
            f"W_enc_{layer}": part.W_enc,
            f"b_enc_{layer}": part.b_enc,
            f"b_dec_{layer}": clt.b_dec_LD[layer],
        }
        if part.threshold is not None:
            tensors[f"threshold_{layer}"] = part.threshold
        write_tensors(folder / f"W_enc_{layer}.safetensors", tensors)
        write_tensors(folder / f"W_dec_{layer}.safetensors", {f"W_dec_{layer}": clt.decoder(layer, None)})
    # What came from such a file goes back as it was, places without a name here included.
    said = {key: value for key, value in clt.facts.get(NAME, {}).items() if key != "transcoders"}
    points = dict(zip(_HOOKS, (clt.point_in, clt.point_out), strict=True))
    config = {
        "model_name": clt.model or model,
        "model_kind": "cross_layer_transcoder",
        _HOOKS[0]: hook_of_point(clt.point_in, before_gain=clt.before_gain),
        _HOOKS[1]: hook_of_point(clt.point_out),
        "scan": folder.name.removesuffix(".partial"),
    }
    config |= {key: value for key, value in said.items() if value is not None}
    write_bytes(folder / CONFIG, yaml.safe_dump(config, sort_keys=False).encode())
    return _nameless({key: config[key] for key in _HOOKS}, config["model_name"], points)
