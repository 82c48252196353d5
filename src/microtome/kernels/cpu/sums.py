"""Sums and products over pairs, compiled: decoding, gradients, and the grouping that they rest on.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).
"""

from __future__ import annotations

import numpy as np
import torch
from numba import prange
from torch import Tensor

from microtome.kernels.cpu.compiling import array_of, inline, parallel, part_bounds, part_count


def sum_rows(rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor) -> Tensor:
    """See `reference.sum_rows`."""
    n_bags = offsets.numel() - 1
    out = rows.new_empty(n_bags, rows.shape[1])
    bounds = part_bounds(offsets)
    _sum_rows(
        array_of(rows), array_of(index_N), array_of(weight_N.to(rows.dtype)), array_of(offsets), bounds, out.numpy()
    )
    return out


@parallel
def _sum_rows(rows, index_N, weight_N, offsets, bounds, out):  # type: ignore[no-untyped-def]
    width = rows.shape[1]
    for part in prange(len(bounds) - 1):
        for bag in range(bounds[part], bounds[part + 1]):
            total = out[bag]
            for d in range(width):
                total[d] = 0
            n, end = offsets[bag], offsets[bag + 1]
            # Four rows at a time: the sum is read and written a quarter as often, and four reads are under way.
            while n + 4 <= end:
                r0, r1, r2, r3 = rows[index_N[n]], rows[index_N[n + 1]], rows[index_N[n + 2]], rows[index_N[n + 3]]
                w0, w1, w2, w3 = weight_N[n], weight_N[n + 1], weight_N[n + 2], weight_N[n + 3]
                for d in range(width):
                    total[d] += (w0 * r0[d] + w1 * r1[d]) + (w2 * r2[d] + w3 * r3[d])
                n += 4
            while n < end:
                r0, w0 = rows[index_N[n]], weight_N[n]
                for d in range(width):
                    total[d] += w0 * r0[d]
                n += 1


def dot_pairs(left: Tensor, left_N: Tensor, right: Tensor, right_N: Tensor) -> Tensor:
    """See `reference.dot_pairs`."""
    out = left.new_empty(left_N.numel())
    n_parts = part_count()
    _dot_pairs(array_of(left), array_of(left_N), array_of(right), array_of(right_N), n_parts, out.numpy())
    return out


@parallel
def _dot_pairs(left, left_N, right, right_N, n_parts, out):  # type: ignore[no-untyped-def]
    width, fours = left.shape[1], len(out) // 4
    for part in prange(n_parts):
        # Four pairs at a time, so that four rows are on their way from memory. Which four never depends on the parts:
        # the order of a sum does depend on whether it is one of four.
        n, end = 4 * (part * fours // n_parts), 4 * ((part + 1) * fours // n_parts)
        if part == n_parts - 1:
            end = len(out)
        zero = left.dtype.type(0)
        while n + 4 <= end:
            a0, a1, a2, a3 = left[left_N[n]], left[left_N[n + 1]], left[left_N[n + 2]], left[left_N[n + 3]]
            b0, b1, b2, b3 = right[right_N[n]], right[right_N[n + 1]], right[right_N[n + 2]], right[right_N[n + 3]]
            v0, v1, v2, v3 = zero, zero, zero, zero
            for d in range(width):
                v0 += a0[d] * b0[d]
                v1 += a1[d] * b1[d]
                v2 += a2[d] * b2[d]
                v3 += a3[d] * b3[d]
            out[n], out[n + 1], out[n + 2], out[n + 3] = v0, v1, v2, v3
            n += 4
        while n < end:
            a0, b0 = left[left_N[n]], right[right_N[n]]
            v0 = zero
            for d in range(width):
                v0 += a0[d] * b0[d]
            out[n] = v0
            n += 1


def decode_error(
    rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor, target_BD: Tensor
) -> tuple[Tensor, Tensor]:
    """See `reference.decode_error`. The rows of a token are in the cache when its error meets them again."""
    error_BD, slope_N = rows.new_empty(target_BD.shape), rows.new_empty(index_N.numel())
    most = int(offsets.diff().max()) if offsets.numel() > 1 else 0
    tensors = (rows, index_N, weight_N.to(rows.dtype), offsets, target_BD)
    bounds = part_bounds(offsets)
    _decode_error(*(*(array_of(tensor) for tensor in tensors), bounds, most, error_BD.numpy(), slope_N.numpy()))
    return error_BD, slope_N


@parallel
def _decode_error(  # type: ignore[no-untyped-def]
    rows, index_N, weight_N, offsets, target_BD, bounds, most, error_BD, slope_N
):
    width = rows.shape[1]
    zero = rows.dtype.type(0)
    for part in prange(len(bounds) - 1):
        # Of many pairs only some have a weight (jumprelu); those are summed, all have a slope.
        heavy = np.empty(most + 1, np.int64)
        for b in range(bounds[part], bounds[part + 1]):
            error, target = error_BD[b], target_BD[b]
            for d in range(width):
                error[d] = -target[d]
            count = 0
            for n in range(offsets[b], offsets[b + 1]):
                heavy[count] = n
                count += weight_N[n] != 0
            i = 0
            while i + 4 <= count:
                n0, n1, n2, n3 = heavy[i], heavy[i + 1], heavy[i + 2], heavy[i + 3]
                r0, r1, r2, r3 = rows[index_N[n0]], rows[index_N[n1]], rows[index_N[n2]], rows[index_N[n3]]
                w0, w1, w2, w3 = weight_N[n0], weight_N[n1], weight_N[n2], weight_N[n3]
                for d in range(width):
                    error[d] += (w0 * r0[d] + w1 * r1[d]) + (w2 * r2[d] + w3 * r3[d])
                i += 4
            while i < count:
                r0, w0 = rows[index_N[heavy[i]]], weight_N[heavy[i]]
                for d in range(width):
                    error[d] += w0 * r0[d]
                i += 1
            n, end = offsets[b], offsets[b + 1]
            while n + 4 <= end:
                r0, r1, r2, r3 = rows[index_N[n]], rows[index_N[n + 1]], rows[index_N[n + 2]], rows[index_N[n + 3]]
                v0, v1, v2, v3 = zero, zero, zero, zero
                for d in range(width):
                    v0 += error[d] * r0[d]
                    v1 += error[d] * r1[d]
                    v2 += error[d] * r2[d]
                    v3 += error[d] * r3[d]
                slope_N[n], slope_N[n + 1], slope_N[n + 2], slope_N[n + 3] = v0, v1, v2, v3
                n += 4
            while n < end:
                r0 = rows[index_N[n]]
                v0 = zero
                for d in range(width):
                    v0 += error[d] * r0[d]
                slope_N[n] = v0
                n += 1


def group_by_latent(latent_N: Tensor, n_latents: int) -> tuple[Tensor, Tensor]:
    """See `reference.group_by_latent`. A counting sort: one pass to count, one to place."""
    order_N, offsets = torch.empty_like(latent_N), latent_N.new_zeros(n_latents + 1)
    _group(array_of(latent_N), order_N.numpy(), offsets.numpy())
    return order_N, offsets


@inline
def _group(latent_N, order_N, offsets):  # type: ignore[no-untyped-def]
    for n in range(len(latent_N)):
        offsets[latent_N[n] + 1] += 1
    for f in range(1, len(offsets)):
        offsets[f] += offsets[f - 1]
    place = offsets[:-1].copy()
    for n in range(len(latent_N)):
        f = latent_N[n]
        order_N[place[f]] = n
        place[f] += 1
