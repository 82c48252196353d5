"""Llama Scope and what else OpenMOSS' library writes, to be read.

Either `hyperparams.json` and `checkpoints/final.safetensors`, or `config.json` and `sae_weights.safetensors`.

https://github.com/OpenMOSS/Language-Model-SAEs, `src/lm_saes/sae.py`: encoder.weight [F, D], decoder.weight [D_out, F];
standardize_parameters_of_dataset_norm (activations were brought to a norm of √D while training, and for use the
biases and the decoder are rescaled instead), transform_to_unit_decoder_norm, and the initializer's rule for use: after
both, a topk with a `jump_relu_threshold` becomes jumprelu with that one threshold. Later versions learn
`log_jumprelu_threshold` [F]. All of it is done here, in this order. With `norm_activation` token-wise
(`sparse_dictionary.py`, compute_norm_factor) each token is brought to a norm of √D before it is encoded, and what is
decoded is brought back: `unit_norm` here. A transcoder is trained on targets brought to that norm by their own size,
which is not known when it is used. batch-wise divides by a mean over the tokens given at once, for which there is no
place here, and on dataset-wise without the norms the library stops: both are refused.

Since version 2 the library is called llamascopium (2.0.0b34, `models/sae.py`) and its tensors W_E [D, F], b_E, W_D
[F, D_out], b_D and activation_function.log_jumprelu_threshold; its codes are in units of rows as they are, while its
threshold and its choice of k count in units of unit rows.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.errors import FormatError
from microtome.formats.foreign import Foreign, build, fold_row_norms, subtract_b_dec, unit_rows
from microtome.formats.places import from_transformer_lens
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, agree, read_config, read_safetensors, setting

NAME = "llama-scope"
_LAYOUTS = (("hyperparams.json", "checkpoints/final.safetensors"), ("config.json", "sae_weights.safetensors"))


def load_llama_scope(folder: Path) -> Foreign:
    """The dictionary of a folder. Raises `FormatError` naming the file and what is wrong with it."""
    names = next((pair for pair in _LAYOUTS if (folder / pair[0]).is_file()), _LAYOUTS[0])
    path, weights_path = folder / names[0], folder / names[1]
    config = read_config(path)
    sort = setting(config, "sae_type", str, path, "sae")
    if sort not in ("sae", "transcoder"):
        raise FormatError(
            f"'{path}' is of the type '{sort}', expected sae or transcoder", cure="Use it in the library that made it"
        )
    if setting(config, "use_glu_encoder", bool, path, False):
        raise FormatError(
            f"'{path}' has a gated linear encoder, for which there is no place here", cure="Use its library"
        )
    weights = Weights(read_safetensors(weights_path), weights_path)
    hooks = [setting(config, key, str, path, None) for key in ("hook_point_in", "hook_point_out")]
    kind = "sae" if hooks[1] in (None, hooks[0]) else "transcoder"
    renamed = "W_E" in weights
    tensors = _tensors(weights, config, path)
    by_token = _how(config, path) == "token-wise"
    if by_token and kind != "sae":
        raise FormatError(
            f"'{path}' has token-wise for norm_activation of a {kind}, expected dataset-wise or inference: it predicts "
            "activations up to a size of each token that only they say",
            cure="Use it in the library that made it",
        )
    notes = _standardise(tensors, _norms(weights, config, hooks, path))
    sparsifier, l0 = _sparsifier(weights, tensors, config, path)
    if setting(config, "sparsity_include_decoder_norm", bool, path, True):
        if renamed:
            notes += _in_units_of_rows(tensors, sparsifier)
        else:
            fold_row_norms(tensors)
    notes += weights.finish()
    if kind != "sae":
        tensors["b_dec_in"] = torch.zeros(tensors["W_enc"].shape[1])
    elif not setting(config, "apply_decoder_bias_to_pre_encoder", bool, path, False):
        subtract_b_dec(tensors)
    where = [from_transformer_lens(hook) for hook in (hooks[0], hooks[1] or hooks[0])]
    return Foreign(
        dictionary=build(
            path,
            kind=kind,
            sparsifier=sparsifier,
            tensors=tensors,
            l0=l0,
            normalise="unit_norm" if by_token else "none",
        ),
        format=NAME,
        site_in=where[0].site,
        site_out=where[1].site,
        model=setting(config, "model_name", str, path, None)
        or ("meta-llama/Llama-3.1-8B" if "Llama3_1-8B" in folder.absolute().as_posix() else None),
        facts={NAME: config},
        notes=(*notes, *dict.fromkeys(w.note for w in where if w.note)),
        before_gain=where[0].before_gain,
        of_module=where[1].of_module,
    )


def _tensors(weights: Weights, config: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    """The weights under their names here; older and newer files have other names and shapes."""
    if "W_E" in weights or "W_D" in weights:
        d_in, latents = weights.shape("W_E", 2)
        d_out = weights.shape("W_D", 2)[1]
        tensors = {"W_enc": weights.take("W_E", (d_in, latents)).T, "W_dec": weights.take("W_D", (latents, d_out))}
        b_enc, b_dec = "b_E", "b_D"
    else:
        latents, d_in = weights.shape("encoder.weight", 2)
        d_out = weights.shape("decoder.weight", 2)[0]
        tensors = {
            "W_enc": weights.take("encoder.weight", (latents, d_in)),
            "W_dec": weights.take("decoder.weight", (d_out, latents)).T.contiguous(),
        }
        b_enc, b_dec = "encoder.bias", "decoder.bias"
    agree(path, "d_model", config.get("d_model"), d_in)
    agree(path, "d_sae", config.get("d_sae"), latents)
    tensors["b_enc"] = weights.take(b_enc, (latents,))
    has_bias = b_dec in weights or setting(config, "use_decoder_bias", bool, path, False)
    tensors["b_dec"] = weights.take(b_dec, (d_out,)) if has_bias else torch.zeros(d_out)
    return tensors


def _in_units_of_rows(tensors: dict[str, Tensor], sparsifier: str) -> list[str]:
    """Bring what counts in units of unit rows to those of the rows, where codes stay the library's."""
    if sparsifier == "topk":
        if not unit_rows(tensors["W_dec"]):
            fold_row_norms(tensors)
            return [
                "its rows are brought to unit norm, in whose units it chooses the k largest, and its codes to match"
            ]
    elif "threshold" in tensors:
        # A row of zeros writes nothing, whether it fires or not.
        tensors["threshold"] = tensors["threshold"] / tensors["W_dec"].norm(dim=1).clamp(min=1e-8)
    return []


def _how(config: Mapping[str, Any], path: Path) -> str:
    how = str(setting(config, "norm_activation", str, path, "dataset-wise"))
    if how not in ("dataset-wise", "token-wise", "inference"):
        why = ": its codes depend on the other tokens that it is given at once" if how == "batch-wise" else ""
        raise FormatError(
            f"'{path}' has '{how}' for norm_activation, expected dataset-wise, token-wise or inference{why}",
            cure="Use it in the library that made it",
        )
    return how


def _norms(weights: Weights, config: Mapping[str, Any], hooks: list[Any], path: Path) -> tuple[float, float] | None:
    """Average norms of input and output while training, if they still have to be undone."""
    name = "dataset_average_activation_norm"
    said = {key: setting(config, f"{name}.{key}", float, path, None) for key in ("in", "out")}
    tensors_of_norm = [tensor for tensor in weights.names if tensor.startswith(f"{name}.")]
    if _how(config, path) != "dataset-wise":
        # The library writes whatever was in memory where there is none.
        weights.drop(*tensors_of_norm)
        return None
    stored = {tensor.split(".", 1)[1]: float(weights.take(tensor, ())) for tensor in tensors_of_norm}
    norm_in = stored.get(hooks[0]) if said["in"] is None else said["in"]
    norm_out = stored.get(hooks[1]) if said["out"] is None else said["out"]
    if hooks[1] in (None, hooks[0]) and norm_out is None:
        norm_out = norm_in
    if norm_in is None or norm_out is None:
        side = "its activations" if norm_in is None else "what it predicts"
        raise FormatError(
            f"'{path}' has dataset-wise for norm_activation and no {name} of {side}, which it was normalised by",
            cure=DOWNLOAD_AGAIN,
        )
    if not min(norm_in, norm_out) > 0:
        raise FormatError(
            f"'{path}' has {min(norm_in, norm_out):g} for {name}, expected more than 0", cure=DOWNLOAD_AGAIN
        )
    return norm_in, norm_out


def _standardise(tensors: dict[str, Tensor], norms: tuple[float, float] | None) -> list[str]:
    if norms is None:
        return []
    factor_in = math.sqrt(tensors["W_enc"].shape[1]) / norms[0]
    factor_out = math.sqrt(tensors["W_dec"].shape[1]) / norms[1]
    tensors["b_enc"] = tensors["b_enc"] / factor_in
    tensors["b_dec"] = tensors["b_dec"] / factor_out
    tensors["W_dec"] = tensors["W_dec"] * (factor_in / factor_out)
    return ["the norm of its training activations is folded into the weights"]


def _sparsifier(
    weights: Weights, tensors: dict[str, Tensor], config: Mapping[str, Any], path: Path
) -> tuple[str, float]:
    latents = tensors["W_enc"].shape[0]
    l0 = setting(config, "top_k", float, path, math.nan) or math.nan
    for learnt in ("log_jumprelu_threshold", "activation_function.log_jumprelu_threshold"):
        if learnt in weights:
            tensors["threshold"] = weights.take(learnt, (latents,)).exp()
            return "jumprelu", math.nan
    name = setting(config, "act_fn", str, path, "jumprelu").lower()
    level = setting(config, "jump_relu_threshold", float, path, 0.0)
    if name == "jumprelu" or (name == "topk" and level > 0):
        tensors["threshold"] = torch.full((latents,), setting(config, "jump_relu_threshold", float, path))
        return "jumprelu", l0
    if name == "topk":
        return "topk", float(setting(config, "top_k", int, path))
    if name == "relu":
        return "relu", math.nan
    raise FormatError(f"'{path}' has the activation '{name}', expected relu, topk or jumprelu", cure="Update microtome")
