"""Which latents of a batch count, compiled: the largest of each row, and all above a level.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import prange
from torch import Tensor

from microtome.kernels.cpu.compiling import array_of, inline, parallel, part_count
from microtome.kernels.reference import ScaledProduct

# A row is looked at first as the maxima of this many interleaved slices.
_SLICES = 32


def topk_rows(z_BF: Tensor, k: int) -> Tensor:
    """See `reference.topk_rows`."""
    latent_BK = torch.empty(z_BF.shape[0], k, dtype=torch.int64)
    n_slices = max(1, min(_SLICES, z_BF.shape[1] // (4 * k)))
    bits = _bits(z_BF)
    largest = bits.dtype.type(np.iinfo(bits.dtype).max)
    _topk_rows(bits, k, n_slices, _lowest_nan(z_BF.dtype), largest, part_count(), latent_BK.numpy())
    return latent_BK


@parallel
def _topk_rows(z_BF, k, n_slices, lowest_nan, largest, n_parts, latent_BK):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = z_BF.shape
    for part in prange(n_parts):
        maxima = np.empty((n_latents + n_slices - 1) // n_slices, z_BF.dtype)
        answers, found, keys = _answers(n_latents), np.empty(n_latents, np.int64), np.empty(n_latents, z_BF.dtype)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            row = _with_nan_on_top(z_BF[b], lowest_nan, largest)
            _slice_maxima(row, n_slices, maxima)
            _topk_row(row, k, maxima, answers, found, keys, latent_BK[b])


def topk_scaled(product: ScaledProduct, k: int) -> Tensor:
    """See `reference.topk_scaled`. A row is scaled and chosen from while it is in the cache."""
    n_tokens, n_latents = product.integers_BF.shape
    latent_BK = torch.empty(n_tokens, k, dtype=torch.int64)
    n_slices = max(1, min(_SLICES, n_latents // (4 * k)))
    arguments = (*_parts(product), k, n_slices, part_count(), latent_BK.numpy())
    _topk_scaled(*arguments)
    return latent_BK


@parallel
def _topk_scaled(integers_BF, scale_B, scale_F, bias_F, k, n_slices, n_parts, latent_BK):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = integers_BF.shape
    for part in prange(n_parts):
        row = np.empty(n_latents, np.float32)
        bits = row.view(np.int32)
        maxima = np.empty((n_latents + n_slices - 1) // n_slices, np.float32)
        answers, found, keys = _answers(n_latents), np.empty(n_latents, np.int64), np.empty(n_latents, np.int32)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _scale_row_and_maxima(integers_BF[b], scale_B[b], scale_F, bias_F, row, n_slices, maxima)
            _topk_row(bits, k, maxima.view(np.int32), answers, found, keys, latent_BK[b])


@inline
def _scale_row_and_maxima(integers_F, scale, scale_F, bias_F, row, n_slices, maxima):  # type: ignore[no-untyped-def]
    """`_scale_row` and `_slice_maxima` in one pass over a row."""
    n_latents, length = len(row), len(maxima)
    for f in range(length):
        row[f] = np.float32(integers_F[f]) * scale_F[f] * scale + bias_F[f]
        maxima[f] = row[f]
    for s in range(1, n_slices):
        start = s * length
        piece = row[start : min(start + length, n_latents)]
        integers, scales, biases = integers_F[start:], scale_F[start:], bias_F[start:]
        for j in range(len(piece)):
            v = np.float32(integers[j]) * scales[j] * scale + biases[j]
            piece[j] = v
            maxima[j] = v if v > maxima[j] else maxima[j]


@inline
def _scale_row(integers_F, scale, scale_F, bias_F, row):  # type: ignore[no-untyped-def]
    for f in range(len(row)):
        row[f] = np.float32(integers_F[f]) * scale_F[f] * scale + bias_F[f]


@inline
def _with_nan_on_top(row, lowest_nan, largest):  # type: ignore[no-untyped-def]
    """The row; where it has NaN of negative sign, which lies below everything positive, a copy with those largest."""
    n_latents, hidden = len(row), 0
    for f in range(n_latents):
        hidden += (row[f] >= lowest_nan) & (row[f] < 0)
    if hidden > 0:
        row = row.copy()
        for f in range(n_latents):
            if lowest_nan <= row[f] < 0:
                row[f] = largest
    return row


@inline
def _slice_maxima(row, n_slices, maxima):  # type: ignore[no-untyped-def]
    n_latents, length = len(row), len(maxima)
    for j in range(length):
        maxima[j] = row[j]
    for s in range(1, n_slices):
        piece = row[s * length : min((s + 1) * length, n_latents)]
        for j in range(len(piece)):
            if piece[j] > maxima[j]:
                maxima[j] = piece[j]


@inline
def _topk_row(row, k, maxima, answers, found, keys, latent_K):  # type: ignore[no-untyped-def]
    n_latents, length = len(row), len(maxima)
    # At least k maxima are at or above this, so the k largest entries are too.
    level = _kth_largest(maxima, length, min(k, length))
    if k > length:
        for f in range(n_latents):
            found[f] = f
        count = n_latents
    else:
        count = _at_least(row, level, answers, found)
    if count == k:
        latent_K[:] = found[:k]
        return
    for n in range(count):
        keys[n] = row[found[n]]
    cut = _kth_largest(keys, count, k)
    above = 0
    for n in range(count):
        if keys[n] > cut:
            above += 1
    # Of equals, those with the lowest index.
    equal, n_out = k - above, 0
    for n in range(count):
        if keys[n] > cut or (keys[n] == cut and equal > 0):
            if keys[n] == cut:
                equal -= 1
            latent_K[n_out] = found[n]
            n_out += 1


@inline
def _answers(n_latents):  # type: ignore[no-untyped-def]
    """Room for an answer of one byte per latent, 0 or 1, that `_places` reads."""
    return np.zeros((n_latents + 7) // 8 * 8, np.uint8)


@inline
def _at_least(row, level, answers, found):  # type: ignore[no-untyped-def]
    """Writes where the row is `level` or more into `found`, ascending; how many there are."""
    for f in range(len(row)):
        answers[f] = row[f] >= level
    return _places(answers, found)


@inline
def _places(answers, found):  # type: ignore[no-untyped-def]
    """Writes where answers are 1 into `found`, ascending; how many there are.

    Answers are made with vector instructions, then read eight at a time: nearly all words are 0.
    """
    words = answers.view(np.uint64)
    count = 0
    for w in range(len(words)):
        if words[w] != 0:
            for f in range(8 * w, 8 * w + 8):
                if answers[f] != 0:
                    found[count] = f
                    count += 1
    return count


@inline
def _kth_largest(keys, n, k):  # type: ignore[no-untyped-def]
    """The largest value that at least k of the first n keys reach, found by bisection on the integers."""
    low, high = np.int64(keys[0]), np.int64(keys[0])
    for i in range(1, n):
        low, high = min(low, np.int64(keys[i])), max(high, np.int64(keys[i]))
    while low < high:
        middle = low + (high - low + 1) // 2
        # Of the type of the keys, so that as many are compared at a time as fit a register.
        level, count = keys.dtype.type(middle), np.int32(0)
        for i in range(n):
            count += np.int32(keys[i] >= level)
        if count >= k:
            low = middle
        else:
            high = middle - 1
    return low


def rows_above(z_BF: Tensor, level: float | Tensor) -> tuple[Tensor, Tensor]:
    """See `reference.rows_above`."""
    n_tokens, n_latents = z_BF.shape
    # Adding 0 turns a negative zero, whose bits are those of a negative number, into 0.
    level_F = torch.as_tensor(level, dtype=torch.float64).expand(n_latents) + 0.0
    bits_F = _bits(_rounded_down(level_F, z_BF.dtype))
    # Negative floats are ordered backwards as integers, so two bounds say "above": v > over or v < under.
    over_F = np.where(bits_F >= 0, bits_F, -1).astype(bits_F.dtype)
    under_F = np.where(bits_F >= 0, np.iinfo(bits_F.dtype).min, bits_F)
    offsets = torch.zeros(n_tokens + 1, dtype=torch.int64)
    arguments = (_bits(z_BF), over_F, under_F, _lowest_nan(z_BF.dtype), part_count(), offsets.numpy())
    _count_above(*arguments)
    torch.cumsum(offsets, 0, out=offsets)
    latent_N = torch.empty(int(offsets[-1]), dtype=torch.int64)
    _fill_above(*arguments, latent_N.numpy())
    return latent_N, offsets


def _rounded_down(level_F: Tensor, dtype: torch.dtype) -> Tensor:
    """The largest numbers of `dtype` that are not above the levels: z > level means the same for both."""
    near_F = level_F.to(dtype)
    return torch.where(near_F.double() > level_F, torch.nextafter(near_F, near_F.new_tensor(-torch.inf)), near_F)


@parallel
def _count_above(z_BF, over_F, under_F, lowest_nan, n_parts, offsets):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = z_BF.shape
    for part in prange(n_parts):
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            row = z_BF[b]
            count = 0
            for f in range(n_latents):
                v = row[f]
                count += (v > over_F[f]) | (v < under_F[f]) | ((v >= lowest_nan) & (v < 0))
            offsets[b + 1] = count


@parallel
def _fill_above(z_BF, over_F, under_F, lowest_nan, n_parts, offsets, latent_N):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = z_BF.shape
    for part in prange(n_parts):
        answers = _answers(n_latents)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            row = z_BF[b]
            for f in range(n_latents):
                v = row[f]
                answers[f] = (v > over_F[f]) | (v < under_F[f]) | ((v >= lowest_nan) & (v < 0))
            _places(answers, latent_N[offsets[b] :])


def above_scaled(product: ScaledProduct, level: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """See `reference.above_scaled`."""
    n_tokens, n_latents = product.integers_BF.shape
    level_F = torch.as_tensor(level, dtype=torch.float32).expand(n_latents).contiguous().numpy()
    offsets = torch.zeros(n_tokens + 1, dtype=torch.int64)
    arguments = (*_parts(product), level_F, part_count(), offsets.numpy())
    _count_scaled(*arguments)
    torch.cumsum(offsets, 0, out=offsets)
    latent_N, value_N = torch.empty(int(offsets[-1]), dtype=torch.int64), torch.empty(int(offsets[-1]))
    _fill_scaled(*(*arguments, latent_N.numpy(), value_N.numpy()))
    return latent_N, offsets, value_N


@parallel
def _count_scaled(integers_BF, scale_B, scale_F, bias_F, level_F, n_parts, offsets):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = integers_BF.shape
    for part in prange(n_parts):
        row = np.empty(n_latents, np.float32)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _scale_row(integers_BF[b], scale_B[b], scale_F, bias_F, row)
            count = np.int32(0)
            for f in range(n_latents):
                count += not (row[f] <= level_F[f])
            offsets[b + 1] = count


@parallel
def _fill_scaled(  # type: ignore[no-untyped-def]
    integers_BF, scale_B, scale_F, bias_F, level_F, n_parts, offsets, latent_N, value_N
):
    n_tokens, n_latents = integers_BF.shape
    for part in prange(n_parts):
        row = np.empty(n_latents, np.float32)
        answers = _answers(n_latents)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _scale_row(integers_BF[b], scale_B[b], scale_F, bias_F, row)
            for f in range(n_latents):
                answers[f] = not (row[f] <= level_F[f])
            n = offsets[b]
            for at in range(n, n + _places(answers, latent_N[n:])):
                value_N[at] = row[latent_N[at]]


def _parts(product: ScaledProduct) -> Any:
    return tuple(array_of(part) for part in product)


def _bits(z: Tensor) -> Any:
    """Floats as the integers with the same bits: in the same order where positive, below those where negative.

    Integers compare without exceptions. NaN is above infinity, or with the sign set where `_lowest_nan` says.
    """
    return z.detach().contiguous().view({2: torch.int16, 4: torch.int32}[z.element_size()]).numpy()


def _lowest_nan(dtype: torch.dtype) -> Any:
    """NaN of negative sign is what lies between the bits of -inf, excluded, and 0."""
    bits = _bits(torch.tensor([-torch.inf], dtype=dtype))
    return bits.dtype.type(bits[0] + 1)
