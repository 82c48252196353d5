"""What SAELens' training does to activations before a dictionary sees them, folded into its weights as the library
folds it when training is finished.

After https://github.com/jbloomAus/SAELens (sae_lens 6.54.12): `training/activation_scaler.py` (ActivationScaler: a
factor in `activation_scaler.json`, and beside it `activation_whitening.safetensors` with mean, matrix and
inverse_matrix: z = (x − mean)·matrix), `training/sae_trainer.py` (fit), `saes/sae.py` and `saes/{gated,topk,
batchtopk}_sae.py` (fold_activation_norm_scaling_factor, fold_activation_whitening). The order matters with
`rescale_acts_by_decoder_norm`: a factor is folded before the rows are brought to unit norm, so that codes and threshold
are in units of raw activations, and a whitening after it, because it changes the rows' norms and with them the choice.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.dictionaries.sparsifiers import MatchingPursuit
from microtome.errors import FormatError
from microtome.formats.foreign import fold_row_norms
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, read_config, read_safetensors, setting

SCALER, WHITENING = "activation_scaler.json", "activation_whitening.safetensors"
TEMPORAL, PURSUIT = "temporal", MatchingPursuit.name
#: How each token's vector is brought to a size of its own there -> here.
NORMALISATIONS = {"layer_norm": "layer_norm", "constant_norm_rescale": "unit_norm"}
#: Only a temporal sae multiplies its activations with a number when it is used.
SCALAR, FACTOR = "constant_scalar_rescale", "activation_normalization_factor"
_WHITENED = "covariance_whitening"


def fold_scales(
    tensors: dict[str, Tensor], config: Mapping[str, Any], folder: Path, *, kind: str, centred: bool, by_norm: bool
) -> list[str]:
    """Fold the factor or the whitening that activations went through, where it is at hand, and the norms of the
    decoder's rows where `by_norm` says that codes are in their units; in place. `centred`: b_dec is subtracted from the
    input. Returns notes.

    Raises `FormatError`: settings that are not known or contradict the files, or a whitening that the library does not
    fold either.
    """
    if config.get("normalize_activations") == _WHITENED and _whitens(folder):
        if by_norm:
            fold_row_norms(tensors)
        _whiten(tensors, folder, str(config.get("architecture")), kind, centred)
        return [f"the whitening of its training activations ({WHITENING}) is folded into the weights"]
    factor, notes = _factor(config, folder)
    if factor is not None:
        if "W_skip" in tensors:
            raise FormatError(f"'{folder}' scales the input of a skip connection", cure="Finish its training first")
        _fold_factor(tensors, factor, by_norm=by_norm)
    if by_norm:
        fold_row_norms(tensors)
    return notes


def _factor(config: Mapping[str, Any], folder: Path) -> tuple[float | None, list[str]]:
    """What activations are multiplied with, None where they are taken as they are; and notes."""
    how, path = config.get("normalize_activations"), folder / "cfg.json"
    if how in (None, False, "none", *NORMALISATIONS):
        return None, []
    if how == SCALAR and config.get("architecture") == TEMPORAL:
        return _positive(config, FACTOR, path), []
    if how not in (True, "expected_average_only_in", _WHITENED):
        raise FormatError(f"'{path}' normalises activations by '{how}', which is not known", cure="Update microtome")
    if how == _WHITENED or not (folder / SCALER).is_file():
        return None, [
            f"it says its activations were normalised ('{how}') and not by what; it is used as it is, as SAELens does"
        ]
    factor = _positive(read_config(folder / SCALER), "scaling_factor", folder / SCALER)
    return factor, [f"the scale of its training activations ({factor:g}, {SCALER}) is folded into the weights"]


def _positive(config: Mapping[str, Any], name: str, path: Path) -> float:
    factor = float(setting(config, name, float, path))
    if not factor > 0:
        raise FormatError(f"'{path}' has {factor:g} for {name}, expected more than 0", cure=DOWNLOAD_AGAIN)
    return factor


def _fold_factor(tensors: dict[str, Tensor], factor: float, *, by_norm: bool) -> None:
    """From a dictionary of factor·x to one of x, in place."""
    tensors["W_enc"] = tensors["W_enc"] * factor
    # One threshold for codes in units of the decoder's norms is divided with them.
    own = ("threshold",) if by_norm else ()
    for name in ("W_dec", "b_dec", "residual_threshold", "b_in", "epsilon", *own):
        if name in tensors:
            tensors[name] = tensors[name] / factor


def _whitens(folder: Path) -> bool:
    """Whether a whitening is kept with a checkpoint; settings that say so count, and otherwise its file."""
    path = folder / SCALER
    said = setting(read_config(path), "has_whitening", bool, path, None) if path.is_file() else None
    return (folder / WHITENING).is_file() if said is None else bool(said)


def _whiten(tensors: dict[str, Tensor], folder: Path, architecture: str, kind: str, centred: bool) -> None:
    """From a dictionary of z = (x − mean)·matrix, whose outputs are z there, to one of x."""
    if kind != "sae" or architecture in (TEMPORAL, PURSUIT):
        what = kind if kind != "sae" else architecture
        raise FormatError(
            f"'{folder}' whitens the input of a {what}, expected another sae: SAELens folds it into no {what} either",
            cure="Train it with another normalize_activations",
        )
    width = tensors["W_dec"].shape[1]
    file = Weights(read_safetensors(folder / WHITENING), folder / WHITENING)
    # In the precision they were computed in: a small variance makes large entries of the matrix.
    mean_D = file.take("mean", (width,), torch.float64)
    matrix_DD, inverse_DD = (file.take(name, (width, width), torch.float64) for name in ("matrix", "inverse_matrix"))
    file.finish()
    W_enc_FD = tensors["W_enc"].double() @ matrix_DD.T
    if not centred:
        shift_F = W_enc_FD @ mean_D
        tensors["b_enc"] = (tensors["b_enc"].double() - shift_F).float()
        if "b_mag" in tensors:
            tensors["b_mag"] = (tensors["b_mag"].double() - shift_F * tensors["r_mag"].double().exp()).float()
    tensors["W_enc"] = W_enc_FD.float()
    tensors["W_dec"] = (tensors["W_dec"].double() @ inverse_DD).float()
    tensors["b_dec"] = (tensors["b_dec"].double() @ inverse_DD + mean_D).float()
