"""Plain PyTorch implementation of every kernel operation; the meaning that faster ones must reproduce.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

A weighted sum of rows by index is `embedding_bag`, so both directions of a sparse product are one call each: rows of
the decoder summed per token (decoding), and rows of activations summed per latent (gradient of a weight matrix).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

# Pairs gathered at a time where a [pairs, D] intermediate cannot be avoided: about 1 MiB at D = 512, stays in cache.
_PAIRS_PER_CHUNK = 512


def sum_rows(rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor) -> Tensor:
    """For each bag b: Σ over n in [offsets[b], offsets[b+1]) of weight[n] · rows[index[n]]. Returns [bags, D]."""
    if index_N.numel() == 0:
        return rows.new_zeros(offsets.numel() - 1, rows.shape[1])
    return embedding_bag(
        index_N, rows, offsets, mode="sum", per_sample_weights=weight_N.to(rows.dtype), include_last_offset=True
    )


def dot_pairs(left: Tensor, left_N: Tensor, right: Tensor, right_N: Tensor) -> Tensor:
    """For each pair n: left[left_N[n]] · right[right_N[n]]. Returns [N]."""
    n_pairs = left_N.numel()
    out = left.new_empty(n_pairs)
    for start in range(0, n_pairs, _PAIRS_PER_CHUNK):
        part = slice(start, start + _PAIRS_PER_CHUNK)
        left_rows, right_rows = left.index_select(0, left_N[part]), right.index_select(0, right_N[part])
        torch.linalg.vecdot(left_rows, right_rows, out=out[part])
    return out


def tokens_of(offsets: Tensor, n_places: int) -> Tensor:
    """The token of each place, int64 [n_places]. Places beyond the last pair get tokens in turn."""
    place_N = torch.arange(n_places, device=offsets.device)
    token_N = torch.searchsorted(offsets, place_N, right=True) - 1
    return torch.where(place_N < offsets[-1], token_N, place_N % max(1, offsets.numel() - 1))


def decode_error(
    rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor, target_BD: Tensor
) -> tuple[Tensor, Tensor]:
    """(error [B, D], slope_N): the sums of `sum_rows` less the target, and each pair's row · the error of its bag."""
    error_BD = sum_rows(rows, index_N, weight_N, offsets) - target_BD
    return error_BD, dot_pairs(error_BD, tokens_of(offsets, index_N.numel()), rows, index_N)


def group_by_latent(latent_N: Tensor, n_latents: int) -> tuple[Tensor, Tensor]:
    """Order of the pairs sorted by latent (stable, so sums are reproducible), and offsets [F + 1] of each latent."""
    sorted_N, order_N = latent_N.sort(stable=True)
    # Looked up, not counted: a GPU would make the host wait for the largest.
    return order_N, torch.searchsorted(sorted_N, torch.arange(n_latents + 1, device=latent_N.device))


def topk_rows(z_BF: Tensor, k: int) -> Tensor:
    """Where the k largest entries of each row are, ascending: int64 [B, k].

    Entries that are not positive count as equal, any of them may fill up a row; so may any of equal ones.
    """
    return z_BF.topk(k, dim=-1, sorted=False).indices.sort(dim=-1).values


def rows_above(z_BF: Tensor, level: float | Tensor, room: int | None = None) -> tuple[Tensor, Tensor]:
    """Where entries are above `level` (one number, or one per latent [F]) or NaN: (latent_N, offsets [B + 1]).

    How many there are decides a shape, which a GPU makes the host wait for. With `room` there are as many places
    instead: those left over hold latents in turn and belong to no token; what has no place is left out.
    """
    n_tokens, n_latents = z_BF.shape
    above_BF = torch.le(z_BF, level).logical_not_()
    offsets = torch.zeros(n_tokens + 1, dtype=torch.int64, device=z_BF.device)
    torch.cumsum(above_BF.sum(1), 0, out=offsets[1:])
    if room is None:
        return above_BF.nonzero(as_tuple=True)[1], offsets
    place_N = torch.nonzero_static(above_BF.view(-1), size=room, fill_value=-1).squeeze(1)
    in_turn_N = torch.arange(room, device=z_BF.device)
    return torch.where(place_N < 0, in_turn_N, place_N) % max(1, n_latents), offsets.clamp_(max=room)


class ScaledProduct(NamedTuple):
    """A product of integers, not written out: entry (b, f) is integers_BF · scale_B · scale_F + bias_F."""

    integers_BF: Tensor
    scale_B: Tensor
    scale_F: Tensor
    bias_F: Tensor

    def values(self) -> Tensor:
        """The matrix, float32 [B, F]."""
        return self.integers_BF * self.scale_F * self.scale_B[:, None] + self.bias_F


def topk_scaled(product: ScaledProduct, k: int) -> Tensor:
    """`topk_rows` of a product that is not written out."""
    return topk_rows(product.values(), k)


def above_scaled(product: ScaledProduct, level: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """`rows_above` of a product that is not written out, and the values there: (latent_N, offsets, value_N)."""
    z_BF = product.values()
    latent_N, offsets = rows_above(z_BF, level)
    token_N = torch.repeat_interleave(torch.arange(len(z_BF)), offsets.diff())
    return latent_N, offsets, z_BF[token_N, latent_N]


def squared_norms(grad: Tensor, along: Tensor | None) -> Tensor:
    """Squared norm of each row, fp64 [rows]; with `along`, of what is left of a row g beside its row w: g − (g·w)·w."""
    if along is not None:
        grad = grad - torch.linalg.vecdot(grad, along)[:, None] * along
    return grad.square().sum(1).double()


class AdamStep(NamedTuple):
    """The numbers of one step of Adam (Kingma & Ba 2015): `number` counts from 1, `scale` multiplies the gradient.

    On a GPU `scale` may be a number of its own memory: reading it would make the host wait.
    """

    number: int
    rate: float
    beta1: float
    beta2: float
    scale: float | Tensor = 1.0
    epsilon: float = 1e-8


def adam_rows(weight: Tensor, grad: Tensor, mean: Tensor, square: Tensor, step: AdamStep, *, unit_rows: bool) -> None:
    """One step of Adam in place; `mean` and `square` are its two averages.

    With `unit_rows` the part of the gradient along a row of `weight` is taken out first, and rows are brought to unit
    norm afterwards.
    """
    if unit_rows:
        grad = grad - torch.linalg.vecdot(grad, weight)[:, None] * weight
    grad = grad * step.scale
    mean.lerp_(grad, 1 - step.beta1)
    square.mul_(step.beta2).addcmul_(grad, grad, value=1 - step.beta2)
    root = (square.sqrt() / (1 - step.beta2**step.number) ** 0.5).add_(step.epsilon)
    weight.addcdiv_(mean, root, value=-step.rate / (1 - step.beta1**step.number))
    if unit_rows:
        weight.div_(weight.norm(dim=1, keepdim=True).clamp(min=torch.finfo(weight.dtype).tiny))


def quantise_rows(rows: Tensor, factor_D: Tensor) -> tuple[Tensor, Tensor]:
    """See `integers.quantise_rows`."""
    scaled = rows * factor_D
    scale_N = scaled.abs().amax(1) / 127
    integers = (scaled / scale_N.clamp(min=1e-30)[:, None]).nan_to_num(0.0).round().clamp(-127, 127).to(torch.int8)
    return integers, scale_N.float()
