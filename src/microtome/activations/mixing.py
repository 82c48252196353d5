"""Cutting a window into training batches, in an order that only (seed, window number) decides."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def batch_rows(n_rows: int, *, seed: int, window: int, batch_tokens: int) -> list[Tensor]:
    """Row numbers (int64) of every batch of a window, all rows used exactly once.

    Batches differ by at most one row: `n_rows` is split into as many equal parts as come closest to `batch_tokens`,
    so no remainder has to be thrown away or carried over to the next window.
    """
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, 1 + window))))
    order = generator.permutation(n_rows)
    return [torch.from_numpy(part) for part in np.array_split(order, n_batches(n_rows, batch_tokens))]


def n_batches(n_rows: int, batch_tokens: int) -> int:
    """How many batches a window of `n_rows` is cut into."""
    return max(1, round(n_rows / batch_tokens))
