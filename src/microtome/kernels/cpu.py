"""CPU implementation of the kernel operations, compiled by numba on first use and cached on disk.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

Same signatures and meaning as `reference`. Work is split over threads so that each row of a result is made by one
thread, in one order: sums come out the same, bit for bit, whatever the number of threads.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import torch
from numba import njit, prange
from torch import Tensor

from microtome.kernels.reference import AdamStep, ScaledProduct

# Sums may be reordered, which lets them use vector instructions; NaN and infinity keep their meaning.
_FASTMATH = {"reassoc", "contract", "nsz"}
# Parts per thread: enough that one slow part does not hold up the rest.
_PARTS = 4
# A row is looked at first as the maxima of this many interleaved slices.
_SLICES = 32

_parallel = njit(parallel=True, cache=True, fastmath=_FASTMATH)
_inline = njit(cache=True, fastmath=_FASTMATH)


def sum_rows(rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor) -> Tensor:
    """See `reference.sum_rows`."""
    n_bags = offsets.numel() - 1
    out = rows.new_empty(n_bags, rows.shape[1])
    bounds = _split(offsets)
    _sum_rows(_np(rows), _np(index_N), _np(weight_N.to(rows.dtype)), _np(offsets), bounds, out.numpy())
    return out


@_parallel
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
    n_parts = _n_parts()
    _dot_pairs(_np(left), _np(left_N), _np(right), _np(right_N), n_parts, out.numpy())
    return out


@_parallel
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
    bounds = _split(offsets)
    _decode_error(*(*(_np(tensor) for tensor in tensors), bounds, most, error_BD.numpy(), slope_N.numpy()))
    return error_BD, slope_N


@_parallel
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
    _group(_np(latent_N), order_N.numpy(), offsets.numpy())
    return order_N, offsets


@_inline
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


def topk_rows(z_BF: Tensor, k: int) -> Tensor:
    """See `reference.topk_rows`."""
    latent_BK = torch.empty(z_BF.shape[0], k, dtype=torch.int64)
    n_slices = max(1, min(_SLICES, z_BF.shape[1] // (4 * k)))
    bits = _bits(z_BF)
    largest = bits.dtype.type(np.iinfo(bits.dtype).max)
    _topk_rows(bits, k, n_slices, _lowest_nan(z_BF.dtype), largest, _n_parts(), latent_BK.numpy())
    return latent_BK


@_parallel
def _topk_rows(z_BF, k, n_slices, lowest_nan, largest, n_parts, latent_BK):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = z_BF.shape
    for part in prange(n_parts):
        maxima = np.empty((n_latents + n_slices - 1) // n_slices, z_BF.dtype)
        found, keys = np.empty(n_latents, np.int64), np.empty(n_latents, z_BF.dtype)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _topk_row(z_BF[b], k, n_slices, lowest_nan, largest, maxima, found, keys, latent_BK[b])


def topk_scaled(product: ScaledProduct, k: int) -> Tensor:
    """See `reference.topk_scaled`. A row is scaled and chosen from while it is in the cache."""
    n_tokens, n_latents = product.integers_BF.shape
    latent_BK = torch.empty(n_tokens, k, dtype=torch.int64)
    n_slices = max(1, min(_SLICES, n_latents // (4 * k)))
    largest = np.int32(np.iinfo(np.int32).max)
    arguments = (*_parts(product), k, n_slices, _lowest_nan(torch.float32), largest, _n_parts(), latent_BK.numpy())
    _topk_scaled(*arguments)
    return latent_BK


@_parallel
def _topk_scaled(  # type: ignore[no-untyped-def]
    integers_BF, scale_B, scale_F, bias_F, k, n_slices, lowest_nan, largest, n_parts, latent_BK
):
    n_tokens, n_latents = integers_BF.shape
    for part in prange(n_parts):
        row = np.empty(n_latents, np.float32)
        bits = row.view(np.int32)
        maxima = np.empty((n_latents + n_slices - 1) // n_slices, np.int32)
        found, keys = np.empty(n_latents, np.int64), np.empty(n_latents, np.int32)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _scale_row(integers_BF[b], scale_B[b], scale_F, bias_F, row)
            _topk_row(bits, k, n_slices, lowest_nan, largest, maxima, found, keys, latent_BK[b])


@_inline
def _scale_row(integers_F, scale, scale_F, bias_F, row):  # type: ignore[no-untyped-def]
    for f in range(len(row)):
        row[f] = np.float32(integers_F[f]) * scale_F[f] * scale + bias_F[f]


@_inline
def _topk_row(row, k, n_slices, lowest_nan, largest, maxima, found, keys, latent_K):  # type: ignore[no-untyped-def]
    n_latents, length = len(row), len(maxima)
    hidden = 0
    for f in range(n_latents):
        hidden += (row[f] >= lowest_nan) & (row[f] < 0)
    if hidden > 0:
        # NaN of negative sign lies below everything positive; it must come out on top.
        row = row.copy()
        for f in range(n_latents):
            if lowest_nan <= row[f] < 0:
                row[f] = largest
    for j in range(length):
        maxima[j] = row[j]
    for s in range(1, n_slices):
        piece = row[s * length : min((s + 1) * length, n_latents)]
        for j in range(len(piece)):
            if piece[j] > maxima[j]:
                maxima[j] = piece[j]
    # At least k maxima are at or above this, so the k largest entries are too.
    level = _kth_largest(maxima, length, min(k, length))
    count = 0
    if k > length:
        for f in range(n_latents):
            found[f] = f
        count = n_latents
    else:
        for j in range(length):
            if maxima[j] >= level:
                for f in range(j, n_latents, length):
                    if row[f] >= level:
                        found[count] = f
                        count += 1
    found[:count].sort()
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


@_inline
def _kth_largest(keys, n, k):  # type: ignore[no-untyped-def]
    """The largest value that at least k of the first n keys reach, found by bisection on the integers."""
    low, high = np.int64(keys[0]), np.int64(keys[0])
    for i in range(1, n):
        low, high = min(low, np.int64(keys[i])), max(high, np.int64(keys[i]))
    while low < high:
        middle = low + (high - low + 1) // 2
        count = 0
        for i in range(n):
            if keys[i] >= middle:
                count += 1
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
    arguments = (_bits(z_BF), over_F, under_F, _lowest_nan(z_BF.dtype), _n_parts(), offsets.numpy())
    _count_above(*arguments)
    torch.cumsum(offsets, 0, out=offsets)
    latent_N = torch.empty(int(offsets[-1]), dtype=torch.int64)
    _fill_above(*arguments, latent_N.numpy())
    return latent_N, offsets


def _rounded_down(level_F: Tensor, dtype: torch.dtype) -> Tensor:
    """The largest numbers of `dtype` that are not above the levels: z > level means the same for both."""
    near_F = level_F.to(dtype)
    return torch.where(near_F.double() > level_F, torch.nextafter(near_F, near_F.new_tensor(-torch.inf)), near_F)


@_parallel
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


@_parallel
def _fill_above(z_BF, over_F, under_F, lowest_nan, n_parts, offsets, latent_N):  # type: ignore[no-untyped-def]
    n_tokens, n_latents = z_BF.shape
    for part in prange(n_parts):
        # Answers are made with vector instructions, then read eight at a time: nearly all words are 0.
        answers = np.zeros((n_latents + 7) // 8 * 8, np.uint8)
        words = answers.view(np.uint64)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            row, n = z_BF[b], offsets[b]
            for f in range(n_latents):
                v = row[f]
                answers[f] = (v > over_F[f]) | (v < under_F[f]) | ((v >= lowest_nan) & (v < 0))
            for w in range(len(words)):
                if words[w] != 0:
                    for f in range(8 * w, 8 * w + 8):
                        if answers[f] != 0:
                            latent_N[n] = f
                            n += 1


def above_scaled(product: ScaledProduct, level: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """See `reference.above_scaled`."""
    n_tokens, n_latents = product.integers_BF.shape
    level_F = torch.as_tensor(level, dtype=torch.float32).expand(n_latents).contiguous().numpy()
    offsets = torch.zeros(n_tokens + 1, dtype=torch.int64)
    arguments = (*_parts(product), level_F, _n_parts(), offsets.numpy())
    _count_scaled(*arguments)
    torch.cumsum(offsets, 0, out=offsets)
    latent_N, value_N = torch.empty(int(offsets[-1]), dtype=torch.int64), torch.empty(int(offsets[-1]))
    _fill_scaled(*(*arguments, latent_N.numpy(), value_N.numpy()))
    return latent_N, offsets, value_N


@_parallel
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


@_parallel
def _fill_scaled(  # type: ignore[no-untyped-def]
    integers_BF, scale_B, scale_F, bias_F, level_F, n_parts, offsets, latent_N, value_N
):
    n_tokens, n_latents = integers_BF.shape
    for part in prange(n_parts):
        row = np.empty(n_latents, np.float32)
        answers = np.zeros((n_latents + 7) // 8 * 8, np.uint8)
        words = answers.view(np.uint64)
        for b in range(part * n_tokens // n_parts, (part + 1) * n_tokens // n_parts):
            _scale_row(integers_BF[b], scale_B[b], scale_F, bias_F, row)
            for f in range(n_latents):
                answers[f] = not (row[f] <= level_F[f])
            n = offsets[b]
            for w in range(len(words)):
                if words[w] != 0:
                    for f in range(8 * w, 8 * w + 8):
                        if answers[f] != 0:
                            latent_N[n], value_N[n] = f, row[f]
                            n += 1


def squared_norms(grad: Tensor, along: Tensor | None) -> Tensor:
    """See `reference.squared_norms`."""
    out = torch.empty(grad.shape[0], dtype=torch.float64)
    _squared_norms(_np(grad), _np(grad if along is None else along), along is not None, _n_parts(), out.numpy())
    return out


@_parallel
def _squared_norms(grad, along, project, n_parts, out):  # type: ignore[no-untyped-def]
    n_rows, width = grad.shape
    for part in prange(n_parts):
        for f in range(part * n_rows // n_parts, (part + 1) * n_rows // n_parts):
            g, w = grad[f], along[f]
            dot = grad.dtype.type(0)
            if project:
                for d in range(width):
                    dot += g[d] * w[d]
            total = grad.dtype.type(0)
            if project:
                for d in range(width):
                    rest = g[d] - dot * w[d]
                    total += rest * rest
            else:
                for d in range(width):
                    total += g[d] * g[d]
            out[f] = total


def adam_rows(weight: Tensor, grad: Tensor, mean: Tensor, square: Tensor, step: AdamStep, *, unit_rows: bool) -> None:
    """See `reference.adam_rows`. A row goes through all of it while it is in the cache."""
    rate = step.rate / (1 - step.beta1**step.number)
    correction = (1 - step.beta2**step.number) ** 0.5
    numbers = [rate, step.beta1, step.beta2, correction, step.epsilon, step.scale]
    settings = np.array(numbers, dtype=_np(weight).dtype)
    _adam_rows(_np(weight), _np(grad), _np(mean), _np(square), settings, unit_rows, _n_parts())


@_parallel
def _adam_rows(weight, grad, mean, square, settings, unit_rows, n_parts):  # type: ignore[no-untyped-def]
    n_rows, width = weight.shape
    rate, beta1, beta2, correction, epsilon, scale = settings
    zero, one = weight.dtype.type(0), weight.dtype.type(1)
    for part in prange(n_parts):
        for f in range(part * n_rows // n_parts, (part + 1) * n_rows // n_parts):
            w, g, m, v = weight[f], grad[f], mean[f], square[f]
            dot = zero
            if unit_rows:
                for d in range(width):
                    dot += g[d] * w[d]
            norm = zero
            for d in range(width):
                slope = scale * (g[d] - dot * w[d])
                m[d] += (one - beta1) * (slope - m[d])
                v[d] = beta2 * v[d] + (one - beta2) * slope * slope
                w[d] -= rate * m[d] / (np.sqrt(v[d]) / correction + epsilon)
                norm += w[d] * w[d]
            if unit_rows and norm > 0:
                inverse = one / np.sqrt(norm)
                for d in range(width):
                    w[d] *= inverse


def quantise_rows(rows: Tensor, factor_D: Tensor) -> tuple[Tensor, Tensor]:
    """See `reference.quantise_rows`."""
    integers, scale_N = torch.empty(rows.shape, dtype=torch.int8), rows.new_empty(len(rows))
    _quantise_rows(_np(rows), _np(factor_D), _n_parts(), integers.numpy(), scale_N.numpy())
    return integers, scale_N


@_parallel
def _quantise_rows(rows, factor_D, n_parts, integers, scale_N):  # type: ignore[no-untyped-def]
    n_rows, width = rows.shape
    zero, half = rows.dtype.type(0), rows.dtype.type(0.5)
    for part in prange(n_parts):
        scaled = np.empty(width, rows.dtype)
        for n in range(part * n_rows // n_parts, (part + 1) * n_rows // n_parts):
            row, own = rows[n], integers[n]
            largest, total = zero, zero
            for d in range(width):
                scaled[d] = row[d] * factor_D[d]
                size = abs(scaled[d])
                total += size
                largest = max(largest, size)
            # A sum keeps what is not finite, where a maximum may lose it.
            if not np.isfinite(total):
                scale_N[n] = total
                continue
            scale_N[n] = largest / rows.dtype.type(127)
            inverse = rows.dtype.type(127) / max(largest, rows.dtype.type(1e-28))
            for d in range(width):
                value = scaled[d] * inverse
                own[d] = np.int8(value + (half if value >= zero else -half))


def _parts(product: ScaledProduct) -> Any:
    return tuple(_np(part) for part in product)


def _np(tensor: Tensor) -> Any:
    return tensor.detach().contiguous().numpy()


def _bits(z: Tensor) -> Any:
    """Floats as the integers with the same bits: in the same order where positive, below those where negative.

    Integers compare without exceptions. NaN is above infinity, or with the sign set where `_lowest_nan` says.
    """
    return z.detach().contiguous().view({2: torch.int16, 4: torch.int32}[z.element_size()]).numpy()


def _lowest_nan(dtype: torch.dtype) -> Any:
    """NaN of negative sign is what lies between the bits of -inf, excluded, and 0."""
    bits = _bits(torch.tensor([-torch.inf], dtype=dtype))
    return bits.dtype.type(bits[0] + 1)


def _n_parts() -> int:
    threads = min(torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    if numba.get_num_threads() != threads:
        numba.set_num_threads(threads)
    return threads * _PARTS if threads > 1 else 1


def _split(offsets: Tensor) -> Any:
    """Bounds that cut the bags into parts of about as many pairs each."""
    pairs = offsets.numpy()
    n_parts = _n_parts()
    targets = np.arange(1, n_parts) * (int(pairs[-1]) / n_parts)
    return np.concatenate(([0], np.searchsorted(pairs, targets), [len(pairs) - 1])).astype(np.int64)
