"""What the compiled operations share: how they are compiled, their view of a tensor, and how work is cut into parts."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import torch
from numba import njit
from torch import Tensor

# Sums may be reordered, which lets them use vector instructions; NaN and infinity keep their meaning.
_FASTMATH = {"reassoc", "contract", "nsz"}
# Parts per thread: enough that one slow part does not hold up the rest.
_PARTS = 4

parallel = njit(parallel=True, cache=True, fastmath=_FASTMATH)
inline = njit(cache=True, fastmath=_FASTMATH)


def array_of(tensor: Tensor) -> Any:
    """A tensor as the contiguous array that compiled code takes."""
    return tensor.detach().contiguous().numpy()


def part_count() -> int:
    """How many parts work is cut into for PyTorch's number of threads, which numba is brought to."""
    threads = min(torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    if numba.get_num_threads() != threads:
        numba.set_num_threads(threads)
    return threads * _PARTS if threads > 1 else 1


def part_bounds(offsets: Tensor) -> Any:
    """Bounds that cut the bags into parts of about as many pairs each."""
    pairs = offsets.numpy()
    n_parts = part_count()
    targets = np.arange(1, n_parts) * (int(pairs[-1]) / n_parts)
    return np.concatenate(([0], np.searchsorted(pairs, targets), [len(pairs) - 1])).astype(np.int64)
