"""The log-spaced histograms of a store: equal parts of octaves, the same for every latent, of which the filled part is
kept."""

from __future__ import annotations

import numpy as np

from microtome.latents.records import Histogram

# As in `compiled`, which is not imported to read a store.
_OCTAVES_BELOW_ONE = 32
#: Bins to an octave in stores that do not say how many they have.
OLDER = 2


def edges(first: int, n: int, per_octave: int) -> list[float]:
    """Edges of `n` bins from number `first` on: powers of 2^(1/per_octave)."""
    return [float(edge) for edge in 2.0 ** (np.arange(first, first + n + 1) / per_octave - _OCTAVES_BELOW_ONE)]


def filled(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For [G, bins] the first bin that is not empty and the one after the last; 0 and 0 where all are."""
    any_G = counts.any(1)
    first = np.where(any_G, (counts > 0).argmax(1), 0)
    last = np.where(any_G, counts.shape[1] - (counts[:, ::-1] > 0).argmax(1), 0)
    return first, last


def histogram(first: int, counts: list[int], per_octave: int) -> Histogram:
    """From what is stored."""
    return Histogram(edges(first, len(counts), per_octave) if counts else [], counts)


def linear(values_GD: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lowest and highest value [G] of every row and the counts [G, bins] of equal bins between them."""
    low, high = values_GD.min(1), values_GD.max(1)
    width = np.where(high > low, high - low, 1)
    at = np.minimum(((values_GD - low[:, None]) / width[:, None] * bins).astype(np.int64), bins - 1)
    rows = np.arange(len(values_GD))[:, None]
    counts = np.bincount((rows * bins + at).reshape(-1), minlength=len(values_GD) * bins)
    return low, high, counts.reshape(-1, bins)
