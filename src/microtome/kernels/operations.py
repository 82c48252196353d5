"""The public operations on pairs (token, latent), with their gradients.

Legend of suffixes: B tokens, D width of an activation, F latents, K active per token, N pairs.

Gradients are written by hand because the automatic ones are dense: the gradient of W_dec from B·K active pairs would
be a [B, F] product. Each equals dense autograd exactly; `tests/kernels` holds them to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from microtome.kernels import reference
from microtome.kernels.backends import backend_for
from microtome.kernels.reference import AdamStep

# A pre-activation that no sparsifier lets fire or learn from, small enough to be multiplied without becoming infinite.
NEVER = -1e30
# Below this share of pairs that count, the others are dropped from sums first.
_FEW = 0.7


@dataclass(frozen=True)
class Pairs:
    """Which latent fires on which token, without the values: rows of a sparse [B, F] matrix in CSR form.

    `latent_N` int64 [N], tokens in ascending order; `offsets` int64 [B + 1], the pairs of token b are
    `offsets[b]:offsets[b + 1]`; `n_latents` is F.

    On a GPU, only the device knows how many pairs a choice found. With `spare`, N is the number of places there are,
    and those from `offsets[B]` on hold no pair: whatever latent and token they name, their value is `NEVER` and their
    code and its gradient 0, so sums over latents may take them along.
    """

    latent_N: Tensor
    offsets: Tensor
    n_latents: int
    spare: bool = False

    @property
    def n_tokens(self) -> int:
        return self.offsets.numel() - 1

    def __len__(self) -> int:
        return self.latent_N.numel()

    @cached_property
    def token_N(self) -> Tensor:
        """The token of each pair, int64 [N]."""
        if self.spare:
            return reference.tokens_of(self.offsets, len(self))
        tokens_B = torch.arange(self.n_tokens, device=self.offsets.device)
        return torch.repeat_interleave(tokens_B, self.offsets.diff(), output_size=len(self))

    @cached_property
    def by_latent(self) -> tuple[Tensor, Tensor, Tensor]:
        """(order [N], token of each pair in that order [N], offsets [F + 1]): the pairs grouped by latent.

        Sorted once, used by both weight gradients.
        """
        order_N, offsets = group_by_latent(self.latent_N, self.n_latents)
        return order_N, self.token_N[order_N], offsets

    def dense(self, values_N: Tensor) -> Tensor:
        """The [B, F] matrix with `values_N` at the pairs and zero elsewhere; differentiable in the values."""
        flat = values_N.new_zeros(self.n_tokens * self.n_latents)
        return flat.index_add(0, self.token_N * self.n_latents + self.latent_N, values_N).view(
            self.n_tokens, self.n_latents
        )

    def select(self, keep_N: Tensor) -> Pairs:
        """The pairs where `keep_N` (bool [N]) is true."""
        counts_B = torch.zeros(self.n_tokens, dtype=torch.int64, device=keep_N.device)
        counts_B.index_add_(0, self.token_N, keep_N.long())
        offsets = torch.zeros_like(self.offsets)
        torch.cumsum(counts_B, 0, out=offsets[1:])
        return Pairs(self.latent_N[keep_N], offsets, self.n_latents)


def group_by_latent(latent_N: Tensor, n_latents: int) -> tuple[Tensor, Tensor]:
    """Order of the pairs sorted by latent (stable, so sums are reproducible), and offsets [F + 1] of each latent."""
    # Integers come out the same everywhere; a type the compiled code takes, and work as for the sums that follow.
    operand = torch.empty(0, device=latent_N.device)
    return backend_for(operand, 512 * latent_N.numel()).group_by_latent(latent_N, n_latents)  # type: ignore[no-any-return]


def sum_rows(rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor) -> Tensor:
    """For each bag b: Σ over n in [offsets[b], offsets[b+1]) of weight[n] · rows[index[n]]. Returns [bags, D]."""
    work = index_N.numel() * rows.shape[1]
    return backend_for(rows, work).sum_rows(rows, index_N, weight_N, offsets)  # type: ignore[no-any-return]


def dot_pairs(left: Tensor, left_N: Tensor, right: Tensor, right_N: Tensor) -> Tensor:
    """For each pair n: left[left_N[n]] · right[right_N[n]]. Returns [N]."""
    work = left_N.numel() * left.shape[1]
    return backend_for(left, work).dot_pairs(left, left_N, right, right_N)  # type: ignore[no-any-return]


def pre_activations(x_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`x · W_encᵀ + b_enc`, dense [B, F] (into `out`): the one product that costs 2·B·D·F operations."""
    return torch.addmm(b_enc_F, x_BD, W_enc_FD.T, out=out)


def _without_zeros(weight_N: Tensor, pairs: Pairs) -> tuple[Tensor, Pairs]:
    """The weights and pairs of a sum without those that add nothing, where that is worth the trouble.

    Of the pairs that jumprelu looks at, most lie below their threshold and only move it.
    """
    if weight_N.device.type != "cpu":  # where counting would make the host wait
        return weight_N, pairs
    keep_N = weight_N != 0
    if int(keep_N.sum()) > _FEW * len(pairs):
        return weight_N, pairs
    return weight_N[keep_N], pairs.select(keep_N)


class _EncodePairs(torch.autograd.Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, values_N: Tensor, x_BD: Tensor, b_in_D: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor, pairs: Pairs
    ) -> Tensor:
        ctx.pairs = pairs
        ctx.save_for_backward(x_BD, b_in_D, W_enc_FD)
        return values_N.clone()

    @staticmethod
    def backward(ctx: Any, grad_N: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x_BD, b_in_D, W_enc_FD = ctx.saved_tensors
        pairs: Pairs = ctx.pairs
        grad_x = grad_b_in = grad_W = grad_b = None
        if ctx.needs_input_grad[1]:
            grad_x = sum_rows(W_enc_FD, pairs.latent_N, grad_N, pairs.offsets)
        if ctx.needs_input_grad[2] or ctx.needs_input_grad[4]:
            grad_b = grad_N.new_zeros(pairs.n_latents).index_add_(0, pairs.latent_N, grad_N)
        if ctx.needs_input_grad[2]:
            # The same for every token, so the sum over tokens comes first: one product with a vector.
            grad_b_in = -(grad_b @ W_enc_FD)
        if ctx.needs_input_grad[3]:
            weight_N, firing = _without_zeros(grad_N, pairs)
            order_N, token_N, offsets = firing.by_latent
            grad_W = sum_rows(x_BD - b_in_D, token_N, weight_N[order_N], offsets)
        return None, grad_x, grad_b_in, grad_W, grad_b, None


def encode_pairs(
    values_N: Tensor, x_BD: Tensor, b_in_D: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor, pairs: Pairs
) -> Tensor:
    """The pre-activations `W_enc·(x − b_in) + b_enc` of `pairs`, differentiable in x, b_in, W_enc and b_enc.

    `values_N` are their values, which whoever chose the pairs has already (`PreActivations`). Returns [N].
    """
    return _EncodePairs.apply(values_N, x_BD, b_in_D, W_enc_FD, b_enc_F, pairs)  # type: ignore[no-any-return]


class _DecodePairs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values_N: Tensor, W_dec_FD: Tensor, pairs: Pairs) -> Tensor:  # type: ignore[override]
        weight_N, firing = _without_zeros(values_N, pairs)
        ctx.pairs, ctx.firing = pairs, firing
        ctx.save_for_backward(weight_N, W_dec_FD)
        return sum_rows(W_dec_FD, firing.latent_N, weight_N, firing.offsets)

    @staticmethod
    def backward(ctx: Any, grad_BD: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        weight_N, W_dec_FD = ctx.saved_tensors
        pairs: Pairs = ctx.pairs
        grad_BD = grad_BD.contiguous()
        grad_values = grad_W = None
        if ctx.needs_input_grad[0]:
            grad_values = dot_pairs(grad_BD, pairs.token_N, W_dec_FD, pairs.latent_N)
        if ctx.needs_input_grad[1]:
            order_N, token_N, offsets = ctx.firing.by_latent
            grad_W = sum_rows(grad_BD, token_N, weight_N[order_N], offsets)
        return grad_values, grad_W, None


def decode_pairs(values_N: Tensor, W_dec_FD: Tensor, pairs: Pairs) -> Tensor:
    """`aᵀ · W_dec` for codes `a` that hold `values_N` at `pairs`: [B, D_out], differentiable in both."""
    return _DecodePairs.apply(values_N, W_dec_FD, pairs)  # type: ignore[no-any-return]


class _SquaredError(torch.autograd.Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, values_N: Tensor, W_dec_FD: Tensor, target_BD: Tensor, pairs: Pairs
    ) -> tuple[Tensor, Tensor]:
        backend = backend_for(W_dec_FD, 2 * len(pairs) * W_dec_FD.shape[1])
        error_BD, slope_N = backend.decode_error(W_dec_FD, pairs.latent_N, values_N, pairs.offsets, target_BD)
        ctx.pairs = pairs
        ctx.save_for_backward(values_N, error_BD, slope_N)
        ctx.mark_non_differentiable(error_BD)
        return error_BD.square().sum(), error_BD

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        values_N, error_BD, slope_N = ctx.saved_tensors
        grad_W = grad_target = None
        if ctx.needs_input_grad[1]:
            weight_N, firing = _without_zeros(values_N, ctx.pairs)
            order_N, token_N, offsets = firing.by_latent
            grad_W = sum_rows(error_BD, token_N, 2 * grad * weight_N[order_N], offsets)
        if ctx.needs_input_grad[2]:
            grad_target = -2 * grad * error_BD
        return 2 * grad * slope_N, grad_W, grad_target, None


def squared_error(values_N: Tensor, W_dec_FD: Tensor, target_BD: Tensor, pairs: Pairs) -> tuple[Tensor, Tensor]:
    """(Σ‖aᵀ·W_dec − target‖² over the batch, the error [B, D]) for codes `a` that hold `values_N` at `pairs`.

    The sum is differentiable in the first three; the error is not. One look at the decoder's rows gives the error and
    the gradient of the codes.
    """
    return _SquaredError.apply(values_N, W_dec_FD, target_BD, pairs)  # type: ignore[no-any-return]


def squared_norms(grad: Tensor, along: Tensor | None = None) -> Tensor:
    """Squared norm of each row, fp64 [rows]; with `along`, of what is left of a row g beside its row w: g − (g·w)·w."""
    return backend_for(grad, 64 * grad.numel()).squared_norms(grad, along)  # type: ignore[no-any-return]


def adam_rows(
    weight: Tensor, grad: Tensor, mean: Tensor, square: Tensor, step: AdamStep, *, unit_rows: bool = False
) -> None:
    """One step of Adam in place; `mean` and `square` are its two averages. All are contiguous and of one shape.

    With `unit_rows` the part of the gradient along a row of `weight` is taken out first, and rows are brought to unit
    norm afterwards.
    """
    if not all(tensor.is_contiguous() for tensor in (weight, mean, square)):
        raise ValueError("adam_rows works in place and needs contiguous tensors")
    backend_for(weight, 64 * weight.numel()).adam_rows(weight, grad, mean, square, step, unit_rows=unit_rows)
