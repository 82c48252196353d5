"""SAELens: `cfg.json` and `sae_weights.safetensors`, versions 3 to 6.

Layout and meaning after https://github.com/jbloomAus/SAELens (sae_lens 6.54.12): `saes/sae.py` (save_model,
process_sae_in, fold_activation_norm_scaling_factor), `saes/{standard,gated,topk,abstopk,jumprelu,batchtopk}_sae.py`,
`saes/{matching_pursuit,temporal}_sae.py`, `saes/transcoder.py`, and `loading/pretrained_sae_loaders.py`
(handle_pre_6_0_config: keys before 6.0 and their defaults; read_sae_components_from_disk: `scaling_factor`). For files
before 6.0 `sae.py` of sae_lens 3.23.4, 4.4.5 and 5.11.0 (SAEConfig, encode_gated, initialize_weights_basic:
`finetuning_scaling_factor`). W_enc is [D, F] there, W_dec [F, D].

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.artifacts import write_json, write_tensors
from microtome.dictionaries import Dictionary
from microtome.dictionaries.temporal import TemporalConfig
from microtome.errors import FormatError
from microtome.formats.foreign import (
    KEPT,
    Foreign,
    bias_of_raw_input,
    build,
    cannot_hold,
    kept,
    product,
    restore,
    subtract_b_dec,
    thresholds,
    was_kept,
)
from microtome.formats.places import (
    from_module_path,
    from_transformer_lens,
    model_on_hub,
    norm_follows,
    short_model,
    to_transformer_lens,
)
from microtome.formats.reading import (
    DOWNLOAD_AGAIN,
    Weights,
    agree,
    read_config,
    read_safetensors,
    setting,
    whole_numbers,
)
from microtome.formats.saelens_scales import FACTOR, NORMALISATIONS, PURSUIT, SCALAR, TEMPORAL, fold_scales

NAME = "saelens"
CONFIG, WEIGHTS = "cfg.json", "sae_weights.safetensors"

#: Architecture -> (kind, sparsifier).
ARCHITECTURES = {
    "standard": ("sae", "relu"),
    "gated": ("sae", "gated"),
    "topk": ("sae", "topk"),
    "abstopk": ("sae", "abstopk"),
    "jumprelu": ("sae", "jumprelu"),
    "batchtopk": ("sae", "batchtopk"),
    "matryoshka_batchtopk": ("sae", "batchtopk"),
    "matching_pursuit": ("sae", PURSUIT),
    "temporal": ("sae", "topk"),
    "transcoder": ("transcoder", "relu"),
    "skip_transcoder": ("skip_transcoder", "relu"),
    "jumprelu_transcoder": ("transcoder", "jumprelu"),
    "jumprelu_skip_transcoder": ("skip_transcoder", "jumprelu"),
}
# Its modules of attention, in one layer, under their names here.
_ATTENTION = {"Q": "q_target", "K": "k_ctx", "V": "v_ctx", "O": "c_proj"}
# What is added to the length of a direction before something is projected on it, in units of the scaled activations.
_EPSILON = 1e-6
_TEMPORAL_DEFAULTS = {"n_heads": 8, "n_attn_layers": 1, "bottleneck_factor": 64, "tied_weights": True}
_RENAMED = {"hook_point": "hook_name", "hook_point_head_index": "hook_head_index", "activation_fn_str": "activation_fn"}
# Whose page it is on Neuronpedia is a matter of its place and of its model.
_PAGE = "neuronpedia_id"
# What files before 6.0 say of model and text among their other settings (LLM_METADATA_KEYS).
_METADATA = (
    *("model_name", "model_class_name", "model_from_pretrained_kwargs", "hook_name", "hook_head_index", "hf_hook_name"),
    *("hook_name_out", "hook_head_index_out", "hf_hook_name_out", "prepend_bos", "exclude_special_tokens"),
    *("context_size", "seqpos_slice", "dataset_path", _PAGE, "sae_lens_training_version"),
)


def load_saelens(folder: Path) -> Foreign:
    """The dictionary of a folder. Raises `FormatError` naming the file and what is wrong with it."""
    path = folder / CONFIG
    raw = read_config(path)
    metadata = setting(raw, "metadata", dict, path, {})
    config = {_RENAMED.get(key, key): value for key, value in {**metadata, **raw}.items()}
    architecture = _architecture(config, path)
    kind, sparsifier = ARCHITECTURES[architecture]
    weights = Weights(read_safetensors(folder / WEIGHTS), folder / WEIGHTS)
    temporal = None
    if architecture == TEMPORAL:
        sparsifier, temporal = _temporal_shape(config, path)
        tensors, notes = _temporal(weights, config, temporal, path)
    else:
        read = _pursuit if sparsifier == PURSUIT else _tensors
        tensors, notes = read(weights, config, kind, sparsifier, path)
    centred = kind != "sae" or architecture in (PURSUIT, TEMPORAL) or _centred(config, path)
    by_norm = sparsifier in ("topk", "abstopk", "batchtopk") and bool(config.get("rescale_acts_by_decoder_norm"))
    notes += weights.finish() + fold_scales(tensors, config, folder, kind=kind, centred=centred, by_norm=by_norm)
    if not centred:
        subtract_b_dec(tensors)
    widths: tuple[int, ...] = ()
    if architecture == "matryoshka_batchtopk":
        widths = whole_numbers(config, "matryoshka_widths", path)
        widths = tuple(width for width in widths if width < tensors["W_enc"].shape[0])
    normalise = NORMALISATIONS.get(str(config.get("normalize_activations")), "none")
    l0 = _k(config, sparsifier, path)
    dictionary = build(
        path,
        kind=kind,
        sparsifier=sparsifier,
        tensors=tensors,
        l0=l0,
        matryoshka=widths,
        normalise=normalise,
        temporal=temporal,
    )
    own = was_kept(metadata, path)
    said = own.get("facts", {})
    site_in, site_out, before_gain, of_module, more = _sites(config, kind, path)
    return Foreign(
        dictionary=restore(dictionary, own, path),
        format=NAME,
        site_in=said.get("site_in", site_in),
        site_out=said.get("site_out", site_out),
        model=said.get("model") or model_on_hub(setting(config, "model_name", str, path, None)),
        facts=said or {NAME: raw},
        notes=(*notes, *more),
        before_gain=before_gain,
        of_module=bool(said.get("of_module")) if said else of_module,
    )


def _architecture(config: Mapping[str, Any], path: Path) -> str:
    name = setting(config, "architecture", str, path, "standard")
    activation = setting(config, "activation_fn", str, path, None)
    if activation == "topk" and name == "standard":
        name = "topk"
    if name not in ARCHITECTURES:
        raise FormatError(
            f"'{path}' is of the architecture '{name}', expected one of {', '.join(ARCHITECTURES)}",
            cure="Update microtome, or ask whoever made it",
        )
    # Before 6.0 any function could stand behind any encoder.
    expected = "topk" if name == "topk" else "relu"
    if activation not in (expected, None):
        raise FormatError(
            f"'{path}' has the activation function '{activation}', expected {expected} for a {name} sae",
            cure="Use it in the version of SAELens that made it",
        )
    return str(name)


def _centred(config: Mapping[str, Any], path: Path) -> bool:
    """Whether b_dec is subtracted from the input."""
    return bool(setting(config, "apply_b_dec_to_input", bool, path, True))


def _k(config: Mapping[str, Any], sparsifier: str, path: Path) -> float:
    if sparsifier not in ("topk", "abstopk", "batchtopk"):
        return float("nan")
    if config.get("architecture") == TEMPORAL:
        return float(setting(config, "kval_topk", int, path))
    options = setting(config, "activation_fn_kwargs", dict, path, {})
    if "k" not in config and "k" in options:
        config = {**config, "k": options["k"]}
    return float(setting(config, "k", float, path))


def _tensors(
    weights: Weights, config: Mapping[str, Any], kind: str, sparsifier: str, path: Path
) -> tuple[dict[str, Tensor], list[str]]:
    d_in, latents = weights.shape("W_enc", 2)
    d_out = d_in if kind == "sae" else int(setting(config, "d_out", int, path))
    agree(path, "d_in", config.get("d_in"), d_in)
    agree(path, "d_sae", config.get("d_sae"), latents)
    tensors = {"W_enc": weights.take("W_enc", (d_in, latents)).T, "W_dec": weights.take("W_dec", (latents, d_out))}
    notes: list[str] = []
    if sparsifier == "gated":
        tensors["b_enc"] = weights.take("b_gate", (latents,))
        tensors["r_mag"] = weights.take("r_mag", (latents,))
        tensors["b_mag"] = weights.take("b_mag", (latents,))
    else:
        tensors["b_enc"] = weights.take("b_enc", (latents,))
    tensors["b_dec"] = weights.take("b_dec", (d_out,))
    if sparsifier == "jumprelu":
        if "log_threshold" in weights:
            tensors["threshold"] = weights.take("log_threshold", (latents,)).exp()
        else:
            # Below zero the library's relu decides.
            tensors["threshold"] = weights.take("threshold", (latents,)).clamp(min=0.0)
    if sparsifier == "batchtopk":
        tensors["threshold"] = weights.take("topk_threshold", ())
        notes.append("a checkpoint of training: its average threshold is used, as SAELens does when it is finished")
    if kind != "sae":
        tensors["b_dec_in"] = torch.zeros(d_in)
    if kind == "skip_transcoder":
        tensors["W_skip"] = weights.take("W_skip", (d_out, d_in))
    _fold_fine_tuning(tensors, weights, config, path)
    return tensors, notes


def _fold_fine_tuning(tensors: dict[str, Tensor], weights: Weights, config: Mapping[str, Any], path: Path) -> None:
    """Fold the factor of fine-tuning: it multiplies the codes on their way into the decoder only."""
    latents = tensors["W_dec"].shape[0]
    tuned = setting(config, "finetuning_scaling_factor", bool, path, False)
    # Versions 3 to 5 write the second; those before 3 wrote the first always, of ones where nothing was tuned.
    for name in ("scaling_factor", "finetuning_scaling_factor"):
        if name not in weights:
            continue
        factor_F = weights.take(name, (latents,))
        if tuned:
            tensors["W_dec"] = tensors["W_dec"] * factor_F[:, None]
        elif not bool(torch.allclose(factor_F, torch.ones(latents))):
            raise FormatError(
                f"'{weights.origin}' holds {name}, but '{path}' says finetuning_scaling_factor is off",
                cure="Check that its settings and its weights belong together",
            )


def _pursuit(
    weights: Weights, config: Mapping[str, Any], kind: str, sparsifier: str, path: Path
) -> tuple[dict[str, Tensor], list[str]]:
    """A matching pursuit has one matrix for both directions, and b_dec either on both sides or on none."""
    latents, d_in = weights.shape("W_dec", 2)
    agree(path, "d_in", config.get("d_in"), d_in)
    agree(path, "d_sae", config.get("d_sae"), latents)
    W_dec, b_dec = weights.take("W_dec", (latents, d_in)), weights.take("b_dec", (d_in,))
    most = config.get("max_iterations")
    most = d_in if most is None else setting(config, "max_iterations", int, path)
    if most < 1:
        raise FormatError(f"'{path}' has {most} for max_iterations, expected at least 1", cure=DOWNLOAD_AGAIN)
    duplicates = setting(config, "stop_on_duplicate_support", bool, path)
    tensors = {
        "W_enc": W_dec,
        "W_dec": W_dec.clone(),
        "b_enc": torch.zeros(latents),
        "b_dec": b_dec if _centred(config, path) else torch.zeros(d_in),
        "residual_threshold": torch.tensor(setting(config, "residual_threshold", float, path)),
        "max_iterations": torch.tensor(float(most)),
        "stop_on_duplicates": torch.tensor(float(duplicates)),
    }
    return tensors, []


def _temporal_shape(config: Mapping[str, Any], path: Path) -> tuple[str, TemporalConfig]:
    """(sparsifier of what is not predicted, shape of the prediction)."""
    how = config.get("sae_diff_type", "topk")
    if how not in ("relu", "topk"):
        raise FormatError(
            f"'{path}' has '{how}' for sae_diff_type, expected relu or topk",
            cure="Use it in the version of SAELens that made it",
        )
    latents, layers, heads, bottleneck = (
        setting({**_TEMPORAL_DEFAULTS, **config}, name, int, path)
        for name in ("d_sae", "n_attn_layers", "n_heads", "bottleneck_factor")
    )
    if min(latents, layers, heads, bottleneck) < 1 or latents % (heads * bottleneck):
        raise FormatError(
            f"'{path}' has {layers} layers of {heads} heads with a bottleneck of {bottleneck} for {latents} latents, "
            "expected at least one of each, and latents that heads times bottleneck divides",
            cure="Check that its settings are whole",
        )
    # Without a k, the library keeps all that are above 0.
    sparsifier = "topk" if how == "topk" and config.get("kval_topk") is not None else "relu"
    return sparsifier, TemporalConfig(layers=layers, heads=heads, width=latents // bottleneck)


def _temporal(
    weights: Weights, config: Mapping[str, Any], shape: TemporalConfig, path: Path
) -> tuple[dict[str, Tensor], list[str]]:
    latents, d_in = weights.shape("W_dec", 2)
    agree(path, "d_in", config.get("d_in"), d_in)
    agree(path, "d_sae", config.get("d_sae"), latents)
    tied = setting({**_TEMPORAL_DEFAULTS, **config}, "tied_weights", bool, path)
    subtracted = _centred(config, path)
    W_dec, b_dec = weights.take("W_dec", (latents, d_in)), weights.take("b_dec", (d_in,))
    W_enc = (W_dec if tied else weights.take("W_enc", (d_in, latents)).T) * _shrink(d_in)
    # With tied weights b_dec is on both sides or on none.
    b_dec = torch.zeros(d_in) if tied and not subtracted else b_dec
    tensors = {
        "W_enc": W_enc,
        "W_dec": W_dec,
        # In front of the last encoder b_dec is subtracted in any case.
        "b_enc": torch.zeros(latents) if subtracted else product(W_enc, b_dec),
        "b_dec": b_dec,
        "b_in": b_dec if subtracted else torch.zeros(d_in),
        "epsilon": torch.tensor(_EPSILON),
    }
    for name, module in _ATTENTION.items():
        out = shape.width if name in "QK" else latents
        layers, of = range(shape.layers), f"attn_layers.{{}}.{module}".format
        tensors[f"W_{name}"] = torch.stack([weights.take(f"{of(i)}.weight", (out, latents)) for i in layers])
        tensors[f"b_{name}"] = torch.stack([weights.take(f"{of(i)}.bias", (out,)) for i in layers])
    return tensors, []


def _shrink(d_in: int) -> float:
    """What a temporal sae's encoder is multiplied with."""
    return 1 / (4 * d_in)


def _sites(config: Mapping[str, Any], kind: str, path: Path) -> tuple[str | None, str | None, bool, bool, list[str]]:
    """(input, output, whether the input is before the gain, whether the output is a module's, notes)."""
    notes = []
    hook, module, hook_out, model = (
        setting(config, key, str, path, None) for key in ("hook_name", "hf_hook_name", "hook_name_out", "model_name")
    )
    where, exact = from_transformer_lens(hook), from_module_path(module, model_on_hub(model))
    if exact.site is not None and kind != "sae":
        where = exact
    out = where if kind == "sae" else from_transformer_lens(hook_out)
    if config.get("hook_head_index") is not None:
        notes.append(f"it reads head {config['hook_head_index']} alone, for which there is no site")
        return None, None, False, False, notes
    if setting(config, "model_from_pretrained_kwargs", dict, path, {}).get("center_writing_weights"):
        notes.append("it was trained with the mean over the width removed from the residual stream; here it is not")
    notes += dict.fromkeys(note for note in (where.note, out.note) if note)
    return where.site, out.site, where.before_gain, out.of_module, notes


def save_saelens(dictionary: Dictionary, folder: Path, *, facts: Mapping[str, Any]) -> list[str]:
    """Write `cfg.json` and `sae_weights.safetensors` into a folder; returns a line for each thing that is lost.

    Raises `FormatError`: SAELens has no such dictionary.
    """
    shape = dictionary.config
    if shape.temporal is not None:
        return _save_temporal(dictionary, folder, facts)
    sparsifier = "jumprelu" if shape.sparsifier == "batchtopk" else shape.sparsifier
    found = [name for name, pair in ARCHITECTURES.items() if pair == (shape.kind, sparsifier)]
    if not found:
        raise cannot_hold(
            f"a {shape.kind} with {shape.sparsifier}", "SAELens", ", ".join(ARCHITECTURES), "Keep it in our format"
        )
    architecture, losses = found[0], []
    tensors = {"W_enc": dictionary.W_enc.T, "W_dec": dictionary.W_dec, "b_dec": dictionary.b_dec}
    if sparsifier == PURSUIT:
        if not torch.equal(dictionary.W_enc, dictionary.W_dec):
            raise cannot_hold(
                f"a {PURSUIT} with an encoder of its own", "SAELens", "one matrix for both", "Keep it in our format"
            )
        del tensors["W_enc"]
    elif sparsifier == "gated":
        gate: Any = dictionary.sparsifier
        tensors |= {"b_gate": dictionary.b_enc, "r_mag": gate.r_mag, "b_mag": gate.b_mag}
    else:
        tensors["b_enc"] = dictionary.b_enc if shape.kind == "sae" else bias_of_raw_input(dictionary)
    if (level_F := thresholds(dictionary)) is not None:
        tensors["threshold"] = level_F
    if dictionary.W_skip is not None:
        tensors["W_skip"] = dictionary.W_skip
    config, forgotten = _config(dictionary, architecture, facts)
    losses += forgotten
    if shape.sparsifier == "batchtopk":
        losses.append("batchtopk becomes jumprelu with one threshold for all latents; SAELens does the same")
    if shape.matryoshka:
        losses.append(f"the matryoshka prefixes {shape.matryoshka} are not used by SAELens after training")
    hooks = ("hook_name", "hook_name_out") if shape.kind != "sae" else ("hook_name",)
    losses += _nameless(config, facts, *hooks)
    write_tensors(folder / WEIGHTS, tensors)
    write_json(folder / CONFIG, config)
    return losses


def _save_temporal(dictionary: Dictionary, folder: Path, facts: Mapping[str, Any]) -> list[str]:
    shape, part = dictionary.config, dictionary.temporal
    assert shape.temporal is not None and part is not None
    if shape.sparsifier not in ("relu", "topk"):
        raise cannot_hold(
            f"a temporal sae with {shape.sparsifier}", "SAELens", "those with relu and topk", "Keep it in our format"
        )
    b_dec, b_in = dictionary.b_dec, part.get_buffer("b_in")
    subtracted = torch.equal(b_in, b_dec)
    b_enc = torch.zeros_like(dictionary.b_enc) if subtracted else product(dictionary.W_enc, b_dec)
    if (not subtracted and bool(b_in.any())) or not torch.allclose(dictionary.b_enc, b_enc, atol=1e-6):
        raise cannot_hold(
            "a temporal sae with biases of its own on both sides of the prediction",
            "SAELens",
            "one b_dec, subtracted from every input or from none",
            "Keep it in our format",
        )
    # The library adds its own ε to a length, so the weights go back to the scale in which that is meant.
    scale = _EPSILON / float(part.get_buffer("epsilon"))
    if shape.normalise != "none" or math.isclose(scale, 1.0, rel_tol=1e-6):
        scale = 1.0
    tensors = {
        "W_enc": dictionary.W_enc.T / (_shrink(shape.d_in) * scale),
        "W_dec": dictionary.W_dec * scale,
        "b_dec": b_dec * scale,
    }
    for layer in range(shape.temporal.layers):
        for name, module in _ATTENTION.items():
            tensors[f"attn_layers.{layer}.{module}.weight"] = part.get_buffer(f"W_{name}")[layer]
            tensors[f"attn_layers.{layer}.{module}.bias"] = part.get_buffer(f"b_{name}")[layer]
    config, losses = _config(dictionary, TEMPORAL, facts)
    config |= {
        "apply_b_dec_to_input": subtracted,
        "tied_weights": False,
        "n_attn_layers": shape.temporal.layers,
        "n_heads": shape.temporal.heads,
        "bottleneck_factor": shape.latents // shape.temporal.width,
        "sae_diff_type": shape.sparsifier,
        "kval_topk": int(shape.l0) if shape.sparsifier == "topk" else None,
    }
    if scale != 1.0:
        config |= {"normalize_activations": SCALAR, FACTOR: scale}
    write_tensors(folder / WEIGHTS, tensors)
    write_json(folder / CONFIG, config)
    return losses + _nameless(config, facts, "hook_name")


def _nameless(config: Mapping[str, Any], facts: Mapping[str, Any], *hooks: str) -> list[str]:
    """A line for each place that has no name in the library, or means something else there."""
    losses = []
    if facts.get("of_module") and norm_follows(facts.get("model")) is not False:
        site = facts.get("site_out")
        losses.append(f"{site} is what the module gives, there it is behind the norm that follows in some models")
    return losses + [
        f"the site {facts.get('site_out' if hook.endswith('out') else 'site_in')} has no name there"
        for hook in hooks
        if config["metadata"].get(hook) is None
    ]


def _metadata(dictionary: Dictionary, facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What a file says of model, text and places: what it said when it came from SAELens, as far as it still holds; and
    a line for what does not.
    """
    said = facts.get(NAME)
    said = said if isinstance(said, dict) else {}
    flat = {_RENAMED.get(key, key): value for key, value in said.items()}
    inner = said.get("metadata")
    own = {key: flat[key] for key in _METADATA if key in flat} | (inner if isinstance(inner, dict) else {})
    *there, _ = _sites(own, dictionary.config.kind, Path(f"what is kept of its {CONFIG}"))
    here = [facts.get("site_in"), facts.get("site_out"), bool(facts.get("before_gain")), bool(facts.get("of_module"))]
    losses, before = [], dict(own)
    if there != here:
        losses += _forget(own, ("hook_", "hf_hook_", _PAGE), "place", but=("hook_name", "hook_name_out"))
    own.setdefault("hook_name", to_transformer_lens(facts.get("site_in"), before_gain=bool(facts.get("before_gain"))))
    if dictionary.config.kind != "sae":
        own.setdefault("hook_name_out", to_transformer_lens(facts.get("site_out")))
    if model_on_hub(before.get("model_name")) != facts.get("model"):
        losses += _forget(own, ("model_", _PAGE), "model", but=("model_name",))
    if own.get("model_name") is None:
        own["model_name"] = short_model(facts.get("model"))
    # From 6.0 on settings of the model lie under `metadata`; the number says which layout this is.
    return own | {"sae_lens_version": "6.54.12", KEPT: kept(dictionary, facts)}, losses


def _forget(own: dict[str, Any], starts: tuple[str, ...], of: str, *, but: tuple[str, ...]) -> list[str]:
    """Take out what was said of another place or model; a line that names it, save for `but`, which is said anew."""
    gone = {key: own.pop(key) for key in [key for key in own if key.startswith(starts)]}
    names = [key for key, value in gone.items() if value not in (None, {}) and key not in but]
    return [f"said of another {of}, and left out: {', '.join(names)}"] if names else []


def _config(dictionary: Dictionary, architecture: str, facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    shape = dictionary.config
    metadata, losses = _metadata(dictionary, facts)
    hook = metadata["hook_name"]
    # The output of every head at once, flattened.
    heads = bool(hook) and hook.endswith("hook_z") and metadata.get("hook_head_index") is None
    back = {value: key for key, value in NORMALISATIONS.items()}
    config: dict[str, Any] = {
        "architecture": architecture,
        "d_in": shape.d_in,
        "d_sae": shape.latents,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": shape.kind == "sae",
        "normalize_activations": back.get(shape.normalise, "none"),
        "reshape_activations": "hook_z" if heads and shape.kind == "sae" else "none",
        "metadata": metadata,
    }
    if architecture in ("topk", "abstopk"):
        config |= {"k": int(shape.l0), "rescale_acts_by_decoder_norm": False}
    if shape.sparsifier == PURSUIT:
        own: Any = dictionary.sparsifier
        config |= {
            "residual_threshold": float(own.residual_threshold),
            "max_iterations": int(own.max_iterations),
            "stop_on_duplicate_support": bool(own.stop_on_duplicates),
        }
    if shape.kind != "sae":
        config["d_out"] = shape.d_out
    return config, losses
