"""What a training step minimises, for every kind and sparsifier, on normalised activations.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

The reconstruction loss is Σ‖y − ŷ‖² / Σ‖y − ȳ‖² with the variance below the line measured once over the first window:
it is an FVU, so its size means the same at every site. The terms beside it are those of `docs/formulas.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from microtome.dictionaries.dictionary import Dictionary
from microtome.dictionaries.sparsifiers import JumpReLU
from microtome.kernels import (
    Pairs,
    PreActivations,
    Workspace,
    decode_pairs,
    encode_pairs,
    pre_activations,
    squared_error,
)


@dataclass(frozen=True)
class Forward:
    """What is encoded of a batch while training. `pairs` is None where z and the codes are dense [B, F]."""

    z: Tensor
    values: Tensor
    pairs: Pairs | None


def forward_training(
    dictionary: Dictionary,
    x_BD: Tensor,
    *,
    dense: bool,
    selection: str = "exact",
    workspace: Workspace | None = None,
    room: int | None = None,
) -> Forward:
    """Encode under the training rule.

    `dense` picks the arithmetic, not the result. `selection` is how the sparse one finds pairs, and `room` how many
    places for them a GPU gets (see `PreActivations`). `workspace` is memory for the product, overwritten by the next
    call.
    """
    if dense:
        z_BF = dictionary.pre_activations(x_BD)
        return Forward(z_BF, dictionary.sparsifier.values(z_BF, None), None)
    W_enc, b_enc, b_in = dictionary.W_enc, dictionary.b_enc, dictionary.b_dec_in
    with torch.no_grad():
        chosen = PreActivations(x_BD - b_in, W_enc, b_enc, selection=selection, workspace=workspace)
        pairs, values_N = dictionary.sparsifier.training_pairs(chosen, room)
    z = encode_pairs(values_N, x_BD, b_in, W_enc, b_enc, pairs)
    return Forward(z, dictionary.sparsifier.values(z, pairs), pairs)


def reconstruction_losses(
    dictionary: Dictionary, out: Forward, x_BD: Tensor, y_BD: Tensor, variance: float
) -> tuple[list[Tensor], Tensor]:
    """Mean over tokens of ‖y − ŷ‖², over the variance E‖y − ȳ‖², and the errors ŷ − y [B, D] without gradients.

    A loss for every proper prefix of the latents (Bussmann et al. 2025, https://arxiv.org/abs/2503.17547), and last
    the one of all.
    """
    # What the latents have to make up.
    rest_BD = y_BD - dictionary.b_dec
    if dictionary.W_skip is not None:
        rest_BD = rest_BD - x_BD @ dictionary.W_skip.T
    scale = 1 / (len(y_BD) * variance)
    nested = [
        mse_loss(prefix_BD, rest_BD, reduction="sum") * scale for prefix_BD in _prefixes(dictionary, out, rest_BD)
    ]
    if out.pairs is None:
        error_BD = out.values @ dictionary.W_dec - rest_BD
        total, error_BD = error_BD.square().sum(), error_BD.detach()
    else:
        total, error_BD = squared_error(out.values, dictionary.W_dec, rest_BD, out.pairs)
    return [*nested, total * scale], error_BD


def _prefixes(dictionary: Dictionary, out: Forward, like_BD: Tensor) -> Iterator[Tensor]:
    total_BD = torch.zeros_like(like_BD)
    start = 0
    for end in dictionary.config.matryoshka:
        total_BD = total_BD + _decode_range(dictionary, out, start, end)
        yield total_BD
        start = end


def _decode_range(dictionary: Dictionary, out: Forward, start: int, end: int) -> Tensor:
    if out.pairs is None:
        return out.values[:, start:end] @ dictionary.W_dec[start:end]
    keep_N = (out.pairs.latent_N >= start) & (out.pairs.latent_N < end)
    if keep_N.device.type != "cpu":  # where what is kept would decide a shape, and the host wait for it
        return decode_pairs(torch.where(keep_N, out.values, 0.0), dictionary.W_dec, out.pairs)
    return decode_pairs(out.values[keep_N], dictionary.W_dec, out.pairs.select(keep_N))


@dataclass(frozen=True)
class DeadLatents:
    """Copies of the rows of the latents `index` (int64 [M]), for losses about them alone.

    Indexing the parameters themselves would make a gradient of F rows for the few that have one.
    """

    index: Tensor
    W_enc_MD: Tensor
    b_enc_M: Tensor
    W_dec_MD: Tensor

    @classmethod
    def of(cls, dictionary: Dictionary, index: Tensor) -> DeadLatents:
        """The rows as they are now."""
        parameters = (dictionary.W_enc, dictionary.b_enc, dictionary.W_dec)
        return cls(index, *(parameter.detach()[index].requires_grad_() for parameter in parameters))

    def add_gradients_to(self, dictionary: Dictionary) -> None:
        """Add the gradients of the copies to those of the rows they were made from."""
        copies = (self.W_enc_MD, self.b_enc_M, self.W_dec_MD)
        for parameter, own in zip((dictionary.W_enc, dictionary.b_enc, dictionary.W_dec), copies, strict=True):
            if own.grad is not None:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
                parameter.grad[self.index] += own.grad


def auxk_loss(dictionary: Dictionary, dead: DeadLatents, x_BD: Tensor, residual_BD: Tensor, k_aux: int) -> Tensor:
    """The k_aux dead latents with the largest z reconstruct the residual, without b_dec.

    Gao et al. 2024, appendix A.2. `residual_BD` is y − ŷ; its gradient is cut here. The loss is divided by the
    residual's variance over the batch; weigh it with 1/32. Gradients reach the three parts of `dead`.
    """
    residual_BD = residual_BD.detach()
    b_in = dictionary.b_dec_in.detach()
    pairs, values_N = PreActivations(x_BD - b_in, dead.W_enc_MD, dead.b_enc_M).topk(min(k_aux, len(dead.index)))
    z = encode_pairs(values_N, x_BD, b_in, dead.W_enc_MD, dead.b_enc_M, pairs)
    prediction_BD = decode_pairs(torch.relu(z), dead.W_dec_MD, pairs)
    variance = (residual_BD - residual_BD.mean(0)).square().sum()
    error = (residual_BD - prediction_BD).square().sum()
    # One token has no variance, and a perfect reconstruction leaves none: nothing can be learnt from either.
    floor = 1e-6 * residual_BD.square().sum()
    return torch.where(variance > floor, error / variance.clamp(min=1e-30), error.new_zeros(()))


def sparsity_l1(dictionary: Dictionary, codes: Tensor, pairs: Pairs | None) -> Tensor:
    """Mean over tokens of Σ a·‖W_dec‖, over √D: dimensionless on activations of norm √D."""
    norms_F = dictionary.W_dec.norm(dim=1)
    weighted = codes * dictionary.sparsifier.spread(norms_F, pairs)
    tokens = codes.shape[0] if pairs is None else pairs.n_tokens
    return weighted.sum() / (tokens * dictionary.config.d_out**0.5)


def gate_reconstruction_loss(
    dictionary: Dictionary, x_BD: Tensor, y_BD: Tensor, gate: Tensor, pairs: Pairs | None, variance: float
) -> Tensor:
    """Reconstruction from relu of the gate path through a detached decoder (Rajamanoharan et al. 2024, gated SAEs)."""
    W_dec = dictionary.W_dec.detach()
    prediction_BD = gate @ W_dec if pairs is None else decode_pairs(gate, W_dec, pairs)
    prediction_BD = prediction_BD + dictionary.b_dec.detach()
    if dictionary.W_skip is not None:
        prediction_BD = prediction_BD + x_BD @ dictionary.W_skip.detach().T
    return mse_loss(prediction_BD, y_BD, reduction="sum") / (len(y_BD) * variance)


def l0_of_steps(dictionary: Dictionary, z: Tensor, pairs: Pairs | None) -> Tensor:
    """L0 of the batch, differentiable in the thresholds through the straight-through step."""
    sparsifier = dictionary.sparsifier
    assert isinstance(sparsifier, JumpReLU)
    tokens = z.shape[0] if pairs is None else pairs.n_tokens
    return sparsifier.steps(z, pairs).sum() / tokens


def dead_pre_activation_loss(
    dictionary: Dictionary, dead: DeadLatents, x_BD: Tensor, cut: float | Tensor = 0.0
) -> Tensor:
    """Mean over tokens of Σ over dead latents of max(θ − z, 0)·‖W_dec‖, over √D: pulls silent latents towards firing.

    Anthropic, Circuits Updates January 2025, for jumprelu. θ is a constant here; the pull is on the encoder. For other
    sparsifiers θ is `cut`, the level above which z fires.
    """
    sparsifier = dictionary.sparsifier
    threshold = sparsifier.threshold[dead.index].detach() if isinstance(sparsifier, JumpReLU) else cut
    z = pre_activations(x_BD - dictionary.b_dec_in.detach(), dead.W_enc_MD, dead.b_enc_M)
    gap = torch.relu(threshold - z) * dead.W_dec_MD.detach().norm(dim=1)
    return gap.sum() / (x_BD.shape[0] * dictionary.config.d_out**0.5)
