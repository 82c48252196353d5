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


@dataclass(frozen=True)
class Pairs:
    """Which latent fires on which token, without the values: rows of a sparse [B, F] matrix in CSR form.

    `latent_N` int64 [N], tokens in ascending order; `offsets` int64 [B + 1], the pairs of token b are
    `offsets[b]:offsets[b + 1]`; `n_latents` is F.
    """

    latent_N: Tensor
    offsets: Tensor
    n_latents: int

    @property
    def n_tokens(self) -> int:
        return self.offsets.numel() - 1

    def __len__(self) -> int:
        return self.latent_N.numel()

    @cached_property
    def token_N(self) -> Tensor:
        """The token of each pair, int64 [N]."""
        tokens_B = torch.arange(self.n_tokens, device=self.offsets.device)
        return torch.repeat_interleave(tokens_B, self.offsets.diff(), output_size=len(self))

    @cached_property
    def by_latent(self) -> tuple[Tensor, Tensor]:
        """(order [N], offsets [F + 1]) that group the pairs by latent; sorted once, used by both weight gradients."""
        return reference.group_by_latent(self.latent_N, self.n_latents)

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


def pairs_from_topk(z_BF: Tensor, k: int) -> Pairs:
    """The k largest entries of each row. Ties go to whichever `torch.topk` returns first."""
    latent_BK = z_BF.topk(k, dim=-1, sorted=False).indices
    n_tokens = z_BF.shape[0]
    offsets = torch.arange(0, n_tokens * k + 1, k, device=z_BF.device)
    return Pairs(latent_BK.reshape(-1), offsets, z_BF.shape[1])


def pairs_from_mask(mask_BF: Tensor) -> Pairs:
    """The true entries of a bool [B, F] matrix."""
    rows_N, latent_N = mask_BF.nonzero(as_tuple=True)
    counts_B = torch.bincount(rows_N, minlength=mask_BF.shape[0])
    offsets = torch.zeros(mask_BF.shape[0] + 1, dtype=torch.int64, device=mask_BF.device)
    torch.cumsum(counts_B, 0, out=offsets[1:])
    return Pairs(latent_N, offsets, mask_BF.shape[1])


def pairs_above(z_BF: Tensor, threshold: float | Tensor) -> Pairs:
    """The entries strictly above `threshold` (a number, or one per latent [F])."""
    return pairs_from_mask(z_BF > threshold)


def pre_activations(x_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor) -> Tensor:
    """`x · W_encᵀ + b_enc`, dense [B, F]: the one product that costs 2·B·D·F operations."""
    return torch.addmm(b_enc_F, x_BD, W_enc_FD.T)


class _EncodePairs(torch.autograd.Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, z_BF: Tensor, x_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor, pairs: Pairs
    ) -> Tensor:
        ctx.pairs = pairs
        ctx.save_for_backward(x_BD, W_enc_FD)
        return z_BF.reshape(-1)[pairs.token_N * pairs.n_latents + pairs.latent_N]

    @staticmethod
    def backward(ctx: Any, grad_N: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        x_BD, W_enc_FD = ctx.saved_tensors
        pairs: Pairs = ctx.pairs
        order_N, by_latent = pairs.by_latent
        grad_x = grad_W = grad_b = None
        if ctx.needs_input_grad[1]:
            grad_x = reference.sum_rows(W_enc_FD, pairs.latent_N, grad_N, pairs.offsets)
        if ctx.needs_input_grad[2]:
            grad_W = reference.sum_rows(x_BD, pairs.token_N[order_N], grad_N[order_N], by_latent)
        if ctx.needs_input_grad[3]:
            grad_b = grad_N.new_zeros(pairs.n_latents).index_add_(0, pairs.latent_N, grad_N)
        return None, grad_x, grad_W, grad_b, None


def encode_pairs(z_BF: Tensor, x_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor, pairs: Pairs) -> Tensor:
    """The pre-activations of `pairs`, read from `z_BF`, as a differentiable function of x, W_enc and b_enc.

    `z_BF` must be `pre_activations(x, W_enc, b_enc)`; it is taken as it is so that the product is made once.
    Returns [N].
    """
    return _EncodePairs.apply(z_BF, x_BD, W_enc_FD, b_enc_F, pairs)  # type: ignore[no-any-return]


class _DecodePairs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values_N: Tensor, W_dec_FD: Tensor, pairs: Pairs) -> Tensor:  # type: ignore[override]
        ctx.pairs = pairs
        ctx.save_for_backward(values_N, W_dec_FD)
        return reference.sum_rows(W_dec_FD, pairs.latent_N, values_N, pairs.offsets)

    @staticmethod
    def backward(ctx: Any, grad_BD: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        values_N, W_dec_FD = ctx.saved_tensors
        pairs: Pairs = ctx.pairs
        grad_BD = grad_BD.contiguous()
        grad_values = grad_W = None
        if ctx.needs_input_grad[0]:
            grad_values = reference.dot_pairs(grad_BD, pairs.token_N, W_dec_FD, pairs.latent_N)
        if ctx.needs_input_grad[1]:
            order_N, by_latent = pairs.by_latent
            grad_W = reference.sum_rows(grad_BD, pairs.token_N[order_N], values_N[order_N], by_latent)
        return grad_values, grad_W, None


def decode_pairs(values_N: Tensor, W_dec_FD: Tensor, pairs: Pairs) -> Tensor:
    """`aᵀ · W_dec` for codes `a` that hold `values_N` at `pairs`: [B, D_out], differentiable in both."""
    return _DecodePairs.apply(values_N, W_dec_FD, pairs)  # type: ignore[no-any-return]
