"""Initial weights, from the first activations a run sees.

Legend of suffixes: N rows (tokens), D width, F latents, K active.
"""

from __future__ import annotations

import torch
from torch import Tensor

from microtome.dictionaries import Dictionary
from microtome.dictionaries.sparsifiers import BatchTopK, JumpReLU
from microtome.kernels import pre_activations

# Rows on which the scale of the encoder and the first thresholds are measured: as many as have these pre-activations,
# within bounds.
_CALIBRATION_VALUES, _FEWEST_ROWS, _MOST_ROWS = 2**23, 256, 4096


@torch.no_grad()
def initialise(dictionary: Dictionary, x_ND: Tensor, y_ND: Tensor, *, seed: int) -> None:
    """Set all weights of a dictionary from normalised inputs and targets.

    W_dec rows are random directions of unit norm and W_enc starts as W_dec; for transcoders as W_dec seen through the
    best linear map from inputs to targets, so that a latent reads what predicts its direction. W_enc is scaled so that
    the reconstruction's size matches; thresholds start where L0 is as asked.
    """
    config = dictionary.config
    generator = torch.Generator().manual_seed(seed)
    dictionary.W_dec.copy_(torch.randn(config.latents, config.d_out, generator=generator))
    dictionary.normalise_rows()
    if config.kind == "sae":
        dictionary.W_enc.copy_(dictionary.W_dec)
    else:
        dictionary.W_enc.copy_(dictionary.W_dec @ linear_map(x_ND, y_ND))
        dictionary.W_enc.div_(dictionary.W_enc.norm(dim=1, keepdim=True).clamp(min=1e-12))
    n_rows = max(_FEWEST_ROWS, min(_MOST_ROWS, _CALIBRATION_VALUES // config.latents))
    # From everywhere: rows that follow each other come from few documents.
    spread = slice(None, None, max(1, len(x_ND) // n_rows))
    x_ND, y_ND = x_ND[spread][:n_rows], y_ND[spread][:n_rows]
    z_NF = pre_activations(x_ND, dictionary.W_enc, dictionary.b_enc)
    n_keep = max(1, min(round(config.l0 * len(z_NF)), z_NF.numel() - 1))
    cut = z_NF.flatten().kthvalue(z_NF.numel() - n_keep + 1).values.clamp(min=0.0)
    codes_NF = z_NF * (z_NF > cut)
    rough_ND = codes_NF @ dictionary.W_dec
    # Least squares for one factor; random encoders of a transcoder may come out negative, which says nothing.
    factor = float((rough_ND * y_ND).sum() / rough_ND.square().sum().clamp(min=1e-12))
    factor = factor if factor > 0.05 else 0.05
    dictionary.W_enc.mul_(factor)
    _start_thresholds(dictionary, float(cut) * factor, float(z_NF.std()) * factor)


def linear_map(x_ND: Tensor, y_ND: Tensor) -> Tensor:
    """Ridge regression of centred targets on inputs, [D_out, D_in]; in fp64, the ridge at 1 % of the mean variance."""
    gram = torch.zeros(x_ND.shape[1], x_ND.shape[1], dtype=torch.float64, device=x_ND.device)
    cross = torch.zeros(x_ND.shape[1], y_ND.shape[1], dtype=torch.float64, device=x_ND.device)
    for x, y in zip(x_ND.split(_MOST_ROWS), y_ND.split(_MOST_ROWS), strict=True):
        x, y = x.double(), y.double()  # noqa: PLW2901 - a part at a time in double precision
        gram += x.T @ x
        cross += x.T @ y
    gram.diagonal().add_(0.01 * gram.diagonal().mean().clamp(min=1e-12))
    return torch.linalg.solve(gram, cross).T.float()


def _start_thresholds(dictionary: Dictionary, cut: float, spread: float) -> None:
    """Let about l0 latents fire per token from the first step on: no part of the budget is spent on getting there."""
    sparsifier = dictionary.sparsifier
    if isinstance(sparsifier, BatchTopK):
        sparsifier.threshold.fill_(cut)
    elif isinstance(sparsifier, JumpReLU):
        sparsifier.threshold.fill_(cut)
        # Where so many latents may fire that the cut is 0, the kernel still needs a width.
        sparsifier.width = max(cut, 0.1 * spread)
    elif dictionary.config.sparsifier in ("relu", "gated"):
        dictionary.b_enc.fill_(-cut)
