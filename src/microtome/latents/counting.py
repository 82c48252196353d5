"""From the codes of a pass to everything counted about a range of latents.

Suffixes: R rows, F latents of the dictionary, G latents of the range, S slots of examples, W tokens of a window.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from microtome.latents import compiled, compiled_held_out
from microtome.latents.config import StoreConfig
from microtome.latents.detection import HeldOut
from microtome.latents.rows import Rows
from microtome.latents.spill import Codes

# Bytes of a firing grouped by latent: its row and its value.
_BYTES_PER_FIRING = 12
# Firings read from the disk at a time.
_AT_ONCE = 2**23
# Pairs of firings on one token that are counted at most; beyond, tokens are left out evenly.
_MOST_PAIRS = 2**36
# Latents of a range at most: the windows of their examples are in memory.
_MOST_LATENTS = 4096


@dataclass(frozen=True)
class Counted:
    """What the text says about latents [low, low + G). Places are into the blocks laid end to end, -1 for none."""

    low: int
    count: np.ndarray  # [G]
    total: np.ndarray
    largest: np.ndarray
    histogram: np.ndarray  # [G, compiled.BINS]
    place: np.ndarray  # [G, S] of the peaks: top, reservoirs, near misses
    value: np.ndarray  # [G, S], margins for near misses
    begin: np.ndarray  # [G, S] windows
    end: np.ndarray
    around: np.ndarray  # [G, S, W]
    context_place: np.ndarray  # [G, 2·C] held-out contexts: firing, then silent
    context_value: np.ndarray  # [G, 2·C], 0 for silent ones
    context_begin: np.ndarray  # [G, 2·C]
    context_end: np.ndarray
    token: np.ndarray  # [G, n]
    token_count: np.ndarray
    coactive: np.ndarray  # [G, n]
    coactive_count: np.ndarray
    coactive_score: np.ndarray
    # Firings by latent, for the labels.
    starts: np.ndarray
    rows: np.ndarray


class Counter:
    """Counts over the codes of one dictionary of `n_latents`, a range of latents after the other."""

    def __init__(self, codes: Codes, rows: Rows, held_out: HeldOut, n_latents: int, config: StoreConfig) -> None:
        self.codes, self.rows, self.held_out, self.n_latents, self.config = codes, rows, held_out, n_latents, config
        if codes.n_rows != len(rows):
            raise ValueError(f"codes of {codes.n_rows} rows, a text of {len(rows)}")
        self.count_F = np.zeros(n_latents, dtype=np.int64)
        for part in _parts(len(codes.latents)):
            self.count_F += np.bincount(codes.latents[part], minlength=n_latents)
        #: only every so-many-th row is counted for co-activation; 1 unless the dictionary is far from sparse
        self.every = 1 + int((np.diff(codes.offsets).astype(np.float64) ** 2).sum() // _MOST_PAIRS)
        self._counted_F = self.count_F if self.every == 1 else self._on_counted_rows()

    def _on_counted_rows(self) -> np.ndarray:
        count_F = np.zeros(self.n_latents, dtype=np.int64)
        for row in range(0, self.codes.n_rows, self.every):
            count_F[self.codes.latents[self.codes.offsets[row] : self.codes.offsets[row + 1]]] += 1
        return count_F

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Ranges of latents whose firings fit into the memory allowed, in whole row groups."""
        most = self.config.memory_mib * 2**20 // _BYTES_PER_FIRING
        group = self.config.row_group
        low, held = 0, 0
        for first in range(0, self.n_latents, group):
            here = int(self.count_F[first : first + group].sum())
            if first > low and (held + here > most or first + group - low > max(_MOST_LATENTS, group)):
                yield low, first
                low, held = first, 0
            held += here
        yield low, self.n_latents

    def count(self, low: int, high: int, *, threads: int | None = None) -> Counted:
        """Everything about latents [low, high)."""
        starts, rows, values = self._firings(low, high)
        near_starts, near_places, near_margins = self._near(low, high)
        out = _empty(low, high, self.config, starts, rows)

        def work(part: tuple[int, int]) -> None:
            a, b = part
            self._count_part(_view(out, a, b), values, near_starts[a : b + 1], near_places, near_margins)

        n_threads = threads or torch.get_num_threads()
        # Small parts, because latents differ in how often they fire.
        edges = np.linspace(0, high - low, min(high - low, 8 * n_threads) + 1).astype(int)
        with ThreadPoolExecutor(n_threads) as pool:
            list(pool.map(work, itertools.pairwise(edges.tolist())))
        return out

    def _firings(self, low: int, high: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        starts = np.concatenate([[0], np.cumsum(self.count_F[low:high])])
        rows, values = np.empty(starts[-1], dtype=np.int64), np.empty(starts[-1], dtype=np.float32)
        place = starts[:-1].copy()
        offsets = self.codes.offsets
        row = 0
        while row < self.codes.n_rows:
            last = max(row + 1, int(np.searchsorted(offsets, offsets[row] + _AT_ONCE, side="right")) - 1)
            a, b = offsets[row], offsets[last]
            latents, found = np.asarray(self.codes.latents[a:b]), np.asarray(self.codes.values[a:b])
            compiled.by_latent(low, high, row, offsets[row : last + 1] - a, latents, found, place, rows, values)
            row = last
        return starts, rows, values

    def _near(self, low: int, high: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        latents = np.asarray(self.codes.near_latents)
        mine = np.nonzero((latents >= low) & (latents < high))[0]
        order = mine[np.argsort(latents[mine], kind="stable")]
        starts = np.searchsorted(latents[order], np.arange(low, high + 1))
        return starts, np.asarray(self.codes.near_places)[order], np.asarray(self.codes.near_margins)[order]

    def _count_part(
        self, out: Counted, values: np.ndarray, near_starts: np.ndarray, near_places: np.ndarray, near: np.ndarray
    ) -> None:
        config, text, slots = self.config, self.rows, self.config.slots
        fired = (out.starts, out.rows, values)
        where = (text.tokens, text.special, text.document)
        compiled.tally(out.starts, values, out.count, out.total, out.largest, out.histogram)
        sizes = (config.top, config.bands, config.per_band, config.before, config.after, config.seed)
        firing, silent = np.split(out.context_place, 2, axis=1)
        compiled.examples(
            out.low,
            *fired,
            text.flat_R,
            text.context,
            *where,
            sizes,
            self.held_out.blocks_N,
            out.place[:, :slots],
            out.value[:, :slots],
            (firing, out.context_value[:, : config.contexts]),
        )
        pool = (self.held_out.place_P, self.held_out.first_P, self.held_out.last_P)
        compiled_held_out.silent(out.low, out.starts, out.rows, *pool, config.seed, silent)
        compiled.near_misses(
            near_starts,
            near_places,
            near,
            out.starts,
            out.rows,
            text.flat_R,
            text.context,
            *where,
            (config.before, config.after),
            out.place[:, slots:],
            out.value[:, slots:],
        )
        for place, begin, end in (
            (out.place, out.begin, out.end),
            (out.context_place, out.context_begin, out.context_end),
        ):
            compiled.windows(place, text.context, config.before, config.after, text.special, text.document, begin, end)
        compiled.around(*fired, text.flat_R, out.begin, out.end, out.around)
        compiled.token_counts(out.starts, out.rows, text.token_R, out.token, out.token_count)
        compiled.coactive(
            out.low,
            out.starts,
            out.rows,
            self.every,
            self.codes.offsets,
            self.codes.latents,
            self._counted_F,
            out.coactive,
            out.coactive_count,
            out.coactive_score,
        )


def _empty(low: int, high: int, config: StoreConfig, starts: np.ndarray, rows: np.ndarray) -> Counted:
    n, slots, contexts = high - low, config.slots + config.near_misses, 2 * config.contexts

    def none(*shape: int) -> np.ndarray:
        return np.full((n, *shape), compiled.NONE, dtype=np.int64)

    return Counted(
        low=low,
        count=np.zeros(n, dtype=np.int64),
        total=np.zeros(n),
        largest=np.zeros(n, dtype=np.float32),
        histogram=np.zeros((n, compiled.BINS), dtype=np.int64),
        place=none(slots),
        value=np.zeros((n, slots), dtype=np.float32),
        begin=np.zeros((n, slots), dtype=np.int64),
        end=np.zeros((n, slots), dtype=np.int64),
        around=np.zeros((n, slots, config.window), dtype=np.float32),
        context_place=none(contexts),
        context_value=np.zeros((n, contexts), dtype=np.float32),
        context_begin=np.zeros((n, contexts), dtype=np.int64),
        context_end=np.zeros((n, contexts), dtype=np.int64),
        token=none(config.tokens),
        token_count=np.zeros((n, config.tokens), dtype=np.int64),
        coactive=none(config.coactive),
        coactive_count=np.zeros((n, config.coactive), dtype=np.int64),
        coactive_score=np.zeros((n, config.coactive)),
        starts=starts,
        rows=rows,
    )


def _view(out: Counted, a: int, b: int) -> Counted:
    """Latents [a, b) of the range, in the same memory."""
    parts = {
        name: getattr(out, name)[a:b] for name in Counted.__dataclass_fields__ if name not in ("low", "starts", "rows")
    }
    return Counted(low=out.low + a, starts=out.starts[a : b + 1], rows=out.rows, **parts)


def _parts(n: int) -> Iterator[slice]:
    return (slice(first, first + _AT_ONCE) for first in range(0, n, _AT_ONCE))
