"""The best label by rule of every latent, from the table of all candidates: read at once, looked up one by one.

A page asks for some twenty labels of a store of many thousand, so none is made into an object before it is wanted.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from microtome.latents.records import Label

if TYPE_CHECKING:
    import pyarrow.parquet as pq


class MadeLabels:
    """`made[7]` is the first label of latent 7 in the table, the best; None where it has none. `scored` is how all of
    them were."""

    def __init__(self, candidates: pq.ParquetFile, n_latents: int, scored: str) -> None:
        self._scored = scored
        found = candidates.read(columns=["latent", "text", "score", "how"])
        latents, first = np.unique(found["latent"].to_numpy(), return_index=True)
        self._best = found.take(first).combine_chunks()
        self._latents = latents
        self._row = np.full(n_latents, -1)
        self._row[latents] = np.arange(len(latents))

    def __getitem__(self, latent: int) -> Label | None:
        row = int(self._row[latent])
        if row < 0:
            return None
        text, score, how = (self._best[name][row].as_py() for name in ("text", "score", "how"))
        return Label(text, score, how, self._scored)

    def scores(self) -> np.ndarray:
        """The score of every latent's label [F], 0 where there is none."""
        scores = np.zeros(len(self._row))
        scores[self._latents] = self._best["score"].fill_null(0.0).to_numpy()
        return scores

    def holding(self, words: str) -> np.ndarray:
        """Whether the text of each latent's label holds `words`, which are in lower case, [F]."""
        found = np.zeros(len(self._row), dtype=bool)
        found[self._latents] = [words in text for text in self._lowered]
        return found

    @cached_property
    def _lowered(self) -> list[str]:
        return [text.lower() for text in self._best["text"].to_pylist()]
