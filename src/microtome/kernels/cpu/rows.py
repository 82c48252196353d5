"""What is done to whole rows of a matrix, compiled: their norms, a step of Adam, and rounding to integers.

Legend of suffixes: D width of an activation, F latents, N rows.
"""

from __future__ import annotations

import numpy as np
import torch
from numba import prange
from torch import Tensor

from microtome.kernels.cpu.compiling import array_of, parallel, part_count
from microtome.kernels.reference import AdamStep


def squared_norms(grad: Tensor, along: Tensor | None) -> Tensor:
    """See `reference.squared_norms`."""
    out = torch.empty(grad.shape[0], dtype=torch.float64)
    _squared_norms(
        array_of(grad), array_of(grad if along is None else along), along is not None, part_count(), out.numpy()
    )
    return out


@parallel
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
    settings = np.array(numbers, dtype=array_of(weight).dtype)
    _adam_rows(array_of(weight), array_of(grad), array_of(mean), array_of(square), settings, unit_rows, part_count())


@parallel
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
    _quantise_rows(array_of(rows), array_of(factor_D), part_count(), integers.numpy(), scale_N.numpy())
    return integers, scale_N


@parallel
def _quantise_rows(rows, factor_D, n_parts, integers, scale_N):  # type: ignore[no-untyped-def]
    n_rows, width = rows.shape
    zero, half = rows.dtype.type(0), rows.dtype.type(0.5)
    for part in prange(n_parts):
        scaled = np.empty(width, rows.dtype)
        for n in range(part * n_rows // n_parts, (part + 1) * n_rows // n_parts):
            row, own = rows[n], integers[n]
            largest, total, finite = zero, zero, True
            for d in range(width):
                scaled[d] = row[d] * factor_D[d]
                size = abs(scaled[d])
                total += size
                largest = max(largest, size)
                finite &= size < np.inf
            # A sum keeps what is not finite, where a maximum may lose it. Every number is asked: LLVM takes a sum of
            # sizes for one that cannot be NaN in the code that numba keeps, though not in that which it runs at first.
            if not finite:
                scale_N[n] = total
                continue
            scale_N[n] = largest / rows.dtype.type(127)
            inverse = rows.dtype.type(127) / max(largest, rows.dtype.type(1e-28))
            for d in range(width):
                value = scaled[d] * inverse
                own[d] = np.int8(value + (half if value >= zero else -half))
