"""Which latents a report shows, and what an example of one is. `latents.top_examples` finds them.

Suffix F: latents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microtome.errors import ConfigError


@dataclass(frozen=True)
class Example:
    """A window of text around one strong activation.

    `tokens` are the decoded tokens as they are, line breaks included; `values` the latent's activation on
    each, 0 where it is silent; `peak` the index of the strongest. `document` is the id of the document they
    come from and `start` the character offset of the first token in it, -1 where it is not known.
    """

    tokens: tuple[str, ...]
    values: tuple[float, ...]
    peak: int
    document: str
    start: int

    def __post_init__(self) -> None:
        if len(self.tokens) != len(self.values) or not 0 <= self.peak < len(self.tokens):
            raise ValueError(f"{len(self.tokens)} tokens with {len(self.values)} values and the peak at {self.peak}")

    @property
    def value(self) -> float:
        """The activation at the peak."""
        return self.values[self.peak]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; the inverse of `from_json`."""
        return {
            "tokens": list(self.tokens),
            "values": list(self.values),
            "peak": self.peak,
            "document": self.document,
            "start": self.start,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Example:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            tokens=tuple(str(token) for token in value["tokens"]),
            values=tuple(float(number) for number in value["values"]),
            peak=int(value["peak"]),
            document=str(value["document"]),
            start=int(value["start"]),
        )


def choose_latents(counts: np.ndarray | Sequence[int], tokens: int, n: int) -> dict[str, list[int]]:
    """Up to `n` latents of each kind, by rule: `counts` [F] says on how many of `tokens` tokens each fired.

    `most_frequent` (most frequent first), `least_frequent` (the rarest that fired, rarest first), `median`
    (those next to the middle of the ones that fired, rarest first) and `dead` (lowest index first). No
    latent is in two groups: where few fired, `most_frequent` takes first, then `least_frequent`. Equal
    counts go by index. Raises `ConfigError` for counts that cannot have come from `tokens` tokens and for a
    negative `n`.
    """
    counts_F = np.asarray(counts)
    if n < 0:
        raise ConfigError(f"got {n} latents to choose, expected 0 or more", cure="Give a number such as 5")
    if len(counts_F) and (counts_F.min() < 0 or counts_F.max() > tokens):
        raise ConfigError(
            f"got counts from {counts_F.min()} to {counts_F.max()} on {tokens} tokens",
            cure="Give the number of tokens that the counts were made on",
        )
    fired = np.nonzero(counts_F)[0]
    most = fired[np.lexsort((fired, -counts_F[fired]))][:n]
    rarest_first = fired[np.lexsort((fired, counts_F[fired]))]
    rest = rarest_first[~np.isin(rarest_first, most)]
    least, between = rest[:n], rest[n:]
    rank = np.nonzero(np.isin(rarest_first, between))[0]
    nearest = np.lexsort((rank, np.abs(2 * rank - (len(fired) - 1))))[:n]
    groups = {
        "most_frequent": most,
        "median": rarest_first[np.sort(rank[nearest])],
        "least_frequent": least,
        "dead": np.nonzero(counts_F == 0)[0][:n],
    }
    return {name: [int(latent) for latent in latents] for name, latents in groups.items()}
