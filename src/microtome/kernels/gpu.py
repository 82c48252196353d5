"""GPU implementation of the kernel operations in Triton; also runs on a CPU, slowly, in Triton's interpreter.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

Same signatures and meaning as `reference`. No sum uses atomic additions: each result is made by one program in one
order, so runs repeat. Nothing here makes the host wait, except `rows_above` without `room`, whose number of pairs is a
result.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from microtome.kernels import reference
from microtome.kernels.reference import AdamStep

# Columns of a row that a program holds at a time, and the most of a row that one can choose from.
_COLUMNS, _LONGEST = 1024, 16384
# Pairs per program in dot_pairs, and columns it multiplies at a time.
_PAIRS, _DEPTH = 32, 128

# Sorting is PyTorch's own.
group_by_latent = reference.group_by_latent
# Only screening on processors asks for integers.
quantise_rows = reference.quantise_rows


def sum_rows(rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor) -> Tensor:
    """See `reference.sum_rows`."""
    n_bags, width = offsets.numel() - 1, rows.shape[1]
    out = rows.new_empty(n_bags, width)
    if out.numel():
        block = _block(width)
        arguments = (rows.contiguous(), index_N.contiguous(), weight_N.contiguous(), offsets, out, width)
        _sum_rows[(n_bags, triton.cdiv(width, block))](*arguments, BLOCK=block)
    return out


@triton.jit
def _sum_rows(rows, index_N, weight_N, offsets, out, width, BLOCK: tl.constexpr):
    bag, columns = tl.program_id(0).to(tl.int64), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = columns < width
    total = tl.zeros([BLOCK], tl.float32)
    for n in range(tl.load(offsets + bag), tl.load(offsets + bag + 1)):
        row = tl.load(rows + tl.load(index_N + n) * width + columns, mask=inside, other=0.0)
        total += tl.load(weight_N + n).to(tl.float32) * row.to(tl.float32)
    tl.store(out + bag * width + columns, total, mask=inside)


def dot_pairs(left: Tensor, left_N: Tensor, right: Tensor, right_N: Tensor) -> Tensor:
    """See `reference.dot_pairs`."""
    out = left.new_empty(left_N.numel())
    if out.numel():
        tensors = (left.contiguous(), left_N.contiguous(), right.contiguous(), right_N.contiguous(), out)
        grid = (triton.cdiv(out.numel(), _PAIRS),)
        _dot_pairs[grid](*tensors, out.numel(), left.shape[1], PAIRS=_PAIRS, DEPTH=_DEPTH)
    return out


def decode_error(
    rows: Tensor, index_N: Tensor, weight_N: Tensor, offsets: Tensor, target_BD: Tensor
) -> tuple[Tensor, Tensor]:
    """See `reference.decode_error`."""
    error_BD = sum_rows(rows, index_N, weight_N, offsets) - target_BD
    return error_BD, dot_pairs(error_BD, reference.tokens_of(offsets, index_N.numel()), rows, index_N)


@triton.jit
def _dot_pairs(left, left_N, right, right_N, out, n_pairs, width, PAIRS: tl.constexpr, DEPTH: tl.constexpr):
    n = tl.program_id(0).to(tl.int64) * PAIRS + tl.arange(0, PAIRS)
    known = n < n_pairs
    left_rows = left + tl.load(left_N + n, mask=known, other=0)[:, None] * width
    right_rows = right + tl.load(right_N + n, mask=known, other=0)[:, None] * width
    total = tl.zeros([PAIRS], tl.float32)
    for start in range(0, width, DEPTH):
        columns = start + tl.arange(0, DEPTH)[None, :]
        inside = known[:, None] & (columns < width)
        a = tl.load(left_rows + columns, mask=inside, other=0.0).to(tl.float32)
        b = tl.load(right_rows + columns, mask=inside, other=0.0).to(tl.float32)
        total += tl.sum(a * b, axis=1)
    tl.store(out + n, total, mask=known)


def topk_rows(z_BF: Tensor, k: int) -> Tensor:
    """See `reference.topk_rows`. Long rows are cut into pieces, and the choice is made again among the pieces' best."""
    n_tokens, n_latents = z_BF.shape
    longest = max(_LONGEST, triton.next_power_of_2(2 * k))
    block = min(longest, max(2, triton.next_power_of_2(n_latents)))
    n_pieces = triton.cdiv(n_latents, block)
    best = torch.empty(n_tokens, n_pieces * k, dtype=torch.int64, device=z_BF.device)
    if not best.numel():
        return best
    _topk_rows[(n_tokens, n_pieces)](z_BF.contiguous(), best, n_latents, k, n_pieces, BLOCK=block)
    if n_pieces == 1:
        return best
    # A last piece shorter than k fills up with places behind the row, which must lose against everything.
    beyond = best >= n_latents
    values = z_BF.gather(1, best.clamp(max=n_latents - 1)).masked_fill_(beyond, -torch.inf)
    chosen = topk_rows(values, k)
    return best.gather(1, chosen)


@triton.jit
def _topk_rows(z_BF, best, n_latents, k, n_pieces, BLOCK: tl.constexpr):
    token, piece = tl.program_id(0).to(tl.int64), tl.program_id(1)
    latent = piece * BLOCK + tl.arange(0, BLOCK)
    inside = latent < n_latents
    z = tl.load(z_BF + token * n_latents + latent, mask=inside, other=0.0).to(tl.float32)
    bits = z.to(tl.int32, bitcast=True)
    # Integers in the order of the floats: those of negative numbers run backwards. NaN of either sign comes first.
    key = tl.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    key = tl.where(z != z, 2147483647, key)
    key = tl.where(inside, key, -2147483648)
    low, high = tl.min(key, axis=0).to(tl.int64), tl.max(key, axis=0).to(tl.int64)
    # Bisection for the largest key that at least k reach.
    while low < high:
        middle = low + (high - low + 1) // 2
        reached = tl.sum((key >= middle).to(tl.int32), axis=0) >= k
        low = tl.where(reached, middle, low)
        high = tl.where(reached, high, middle - 1)
    above, equal = (key > low).to(tl.int32), (key == low).to(tl.int32)
    spare = k - tl.sum(above, axis=0)
    taken = above + equal * (tl.cumsum(equal, axis=0) <= spare).to(tl.int32)
    place = token * n_pieces * k + piece * k + tl.cumsum(taken, axis=0) - 1
    tl.store(best + place, latent.to(tl.int64), mask=taken > 0)


def rows_above(z_BF: Tensor, level: float | Tensor, room: int | None = None) -> tuple[Tensor, Tensor]:
    """See `reference.rows_above`. A program counts a row, and once all counts are known, another writes it down."""
    n_tokens, n_latents = z_BF.shape
    z_BF = z_BF.contiguous()
    level_F = level if isinstance(level, Tensor) else torch.full((), level, device=z_BF.device)
    each = level_F.dim() > 0
    offsets = torch.zeros(n_tokens + 1, dtype=torch.int64, device=z_BF.device)
    arguments = (z_BF, level_F.float().contiguous(), offsets)
    block = _block(n_latents)
    if z_BF.numel():
        _count_above[(n_tokens,)](*arguments, n_latents, EACH=each, BLOCK=block)
        torch.cumsum(offsets, 0, out=offsets)
    n_places = int(offsets[-1]) if room is None else room
    latent_N = torch.arange(n_places, device=z_BF.device) % max(1, n_latents)
    if z_BF.numel() and n_places:
        _fill_above[(n_tokens,)](*arguments, latent_N, n_places, n_latents, EACH=each, BLOCK=block)
    return latent_N, offsets.clamp_(max=n_places)


@triton.jit
def _count_above(z_BF, level_F, offsets, n_latents, EACH: tl.constexpr, BLOCK: tl.constexpr):
    token = tl.program_id(0).to(tl.int64)
    count = tl.zeros([BLOCK], tl.int64)
    for start in range(0, n_latents, BLOCK):
        count += _above(z_BF, level_F, token, start + tl.arange(0, BLOCK), n_latents, EACH).to(tl.int64)
    tl.store(offsets + token + 1, tl.sum(count, axis=0))


@triton.jit
def _fill_above(
    z_BF, level_F, offsets, latent_N, n_places, n_latents, EACH: tl.constexpr, BLOCK: tl.constexpr
):  # fmt: skip
    token = tl.program_id(0).to(tl.int64)
    first = tl.load(offsets + token)
    for start in range(0, n_latents, BLOCK):
        latent = start + tl.arange(0, BLOCK)
        above = _above(z_BF, level_F, token, latent, n_latents, EACH).to(tl.int64)
        place = first + tl.cumsum(above, axis=0) - 1
        tl.store(latent_N + place, latent.to(tl.int64), mask=(above > 0) & (place < n_places))
        first += tl.sum(above, axis=0)


@triton.jit
def _above(z_BF, level_F, token, latent, n_latents, EACH: tl.constexpr):
    inside = latent < n_latents
    z = tl.load(z_BF + token * n_latents + latent, mask=inside, other=0.0).to(tl.float32)
    level = tl.load(level_F + latent, mask=inside, other=0.0) if EACH else tl.load(level_F)
    # Asked this way round, NaN is above.
    return inside & ((z <= level) == 0)


def squared_norms(grad: Tensor, along: Tensor | None) -> Tensor:
    """See `reference.squared_norms`."""
    n_rows, width = grad.shape
    out = torch.empty(n_rows, dtype=torch.float32, device=grad.device)
    if n_rows:
        tensors = (grad.contiguous(), (grad if along is None else along).contiguous(), out)
        _squared_norms[(n_rows,)](*tensors, width, PROJECT=along is not None, BLOCK=_block(width))
    return out.double()


@triton.jit
def _squared_norms(grad, along, out, width, PROJECT: tl.constexpr, BLOCK: tl.constexpr):
    start = tl.program_id(0).to(tl.int64) * width
    dot = _row_dot(grad + start, along + start, width, BLOCK) if PROJECT else 0.0
    total = tl.zeros([BLOCK], tl.float32)
    for first in range(0, width, BLOCK):
        columns = first + tl.arange(0, BLOCK)
        inside = columns < width
        rest = tl.load(grad + start + columns, mask=inside, other=0.0).to(tl.float32)
        if PROJECT:
            rest -= dot * tl.load(along + start + columns, mask=inside, other=0.0).to(tl.float32)
        total += rest * rest
    tl.store(out + tl.program_id(0), tl.sum(total, axis=0))


@triton.jit
def _row_dot(a, b, width, BLOCK: tl.constexpr):
    total = tl.zeros([BLOCK], tl.float32)
    for first in range(0, width, BLOCK):
        columns = first + tl.arange(0, BLOCK)
        inside = columns < width
        left = tl.load(a + columns, mask=inside, other=0.0).to(tl.float32)
        total += left * tl.load(b + columns, mask=inside, other=0.0).to(tl.float32)
    return tl.sum(total, axis=0)


def adam_rows(weight: Tensor, grad: Tensor, mean: Tensor, square: Tensor, step: AdamStep, *, unit_rows: bool) -> None:
    """See `reference.adam_rows`. One program takes a row through all of it."""
    n_rows, width = weight.shape
    rate = step.rate / (1 - step.beta1**step.number)
    correction = (1 - step.beta2**step.number) ** 0.5
    scale = step.scale if isinstance(step.scale, Tensor) else torch.full((), step.scale, device=weight.device)
    numbers: tuple[Any, ...] = (width, rate, step.beta1, step.beta2, correction, step.epsilon, scale.float())
    if n_rows:
        _adam_rows[(n_rows,)](
            weight, grad.contiguous(), mean, square, *numbers, UNIT_ROWS=unit_rows, BLOCK=_block(width)
        )


@triton.jit
def _adam_rows(
    weight, grad, mean, square, width, rate, beta1, beta2, correction, epsilon, scale,
    UNIT_ROWS: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    start = tl.program_id(0).to(tl.int64) * width
    factor = tl.load(scale)
    dot = _row_dot(grad + start, weight + start, width, BLOCK) if UNIT_ROWS else 0.0
    norm = tl.zeros([BLOCK], tl.float32)
    for first in range(0, width, BLOCK):
        columns = start + first + tl.arange(0, BLOCK)
        inside = first + tl.arange(0, BLOCK) < width
        w = tl.load(weight + columns, mask=inside, other=0.0)
        g = tl.load(grad + columns, mask=inside, other=0.0)
        if UNIT_ROWS:
            g -= dot * w
        g *= factor
        m = tl.load(mean + columns, mask=inside, other=0.0)
        m += (1 - beta1) * (g - m)
        v = beta2 * tl.load(square + columns, mask=inside, other=0.0) + (1 - beta2) * g * g
        w -= rate * m / (tl.sqrt(v) / correction + epsilon)
        tl.store(mean + columns, m, mask=inside)
        tl.store(square + columns, v, mask=inside)
        tl.store(weight + columns, w, mask=inside)
        norm += w * w
    if UNIT_ROWS:
        length = tl.sqrt(tl.sum(norm, axis=0))
        tl.debug_barrier()
        for first in range(0, width, BLOCK):
            columns = start + first + tl.arange(0, BLOCK)
            inside = first + tl.arange(0, BLOCK) < width
            w = tl.load(weight + columns, mask=inside, other=0.0)
            tl.store(weight + columns, tl.where(length > 0, w / length, w), mask=inside)


def _block(width: int) -> int:
    return min(_COLUMNS, max(16, triton.next_power_of_2(width)))
