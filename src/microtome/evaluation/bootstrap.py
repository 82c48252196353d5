"""95 % intervals by a Poisson bootstrap over contexts, streamed: memory does not grow with the text.

Every context gets a Poisson(1) weight per replicate, and replicates sum weighted statistics as they arrive. Tokens of
one context are not independent, so resampling tokens would give intervals that are far too narrow.
"""

from __future__ import annotations

import numpy as np


class Replicates:
    """Weights of `n` bootstrap replicates; row 0 weighs every context once and so carries the estimate itself."""

    def __init__(self, n: int, *, seed: int = 0) -> None:
        self.n = n
        self.n_contexts = 0
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def weights(self, n_contexts: int) -> np.ndarray:
        """float64 [1 + n, contexts], new ones for every call. Drawn context by context, so batching changes nothing."""
        self.n_contexts += n_contexts
        drawn = self._generator.poisson(1.0, size=(n_contexts, self.n)).T
        return np.concatenate([np.ones((1, n_contexts)), drawn.astype(np.float64)])


def interval(replicates: np.ndarray, *, low: float = -np.inf, high: float = np.inf) -> tuple[float, float] | None:
    """The 95 % interval of the estimate `replicates[0]` from the replicates after it; None where they say nothing.

    Percentiles are recentred on the estimate: resampling always loses some contexts, so counts of what was never seen
    (dead latents) come out too high in every replicate. Cut to the range [low, high] a metric can have.
    """
    estimate, rest = replicates[0], replicates[1:]
    rest = rest[np.isfinite(rest)]
    if len(rest) < 20 or not np.isfinite(estimate):
        return None
    shift = estimate - rest.mean()
    ends = np.percentile(rest, [2.5, 97.5]) + shift
    return float(np.clip(ends[0], low, high)), float(np.clip(ends[1], low, high))
