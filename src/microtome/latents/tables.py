"""The files of a store: Parquet, sorted by latent, in small row groups, so that one latent is one small read.

    latents.parquet     a row per latent: counts, histogram, logits, neighbours, token statistics, decoder
    examples.parquet    a row per example, those of a latent together: top, then bands, then near misses
    contexts.parquet    a row per held-out context that labels are scored on: the firing ones, then the silent ones
    labels.parquet      a row per candidate of a label, the best of a latent first; `score` is over held-out contexts,
                        `made_score`, which ranks them, over the tokens that made them
    vocabulary.parquet  the text of every token that is named, and how often it was read
    documents.parquet   the names of the documents read

Row group i of the first four holds latents [i·n, (i + 1)·n), n the `row_group` of the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from microtome.latents import histograms
from microtome.latents.config import StoreConfig
from microtome.latents.counting import Counted
from microtome.latents.detection import HeldOut
from microtome.latents.records import NEAR_MISS, TOP
from microtome.latents.rows import Rows

LATENTS, EXAMPLES, LABELS, CONTEXTS = "latents.parquet", "examples.parquet", "labels.parquet", "contexts.parquet"
VOCABULARY, DOCUMENTS = "vocabulary.parquet", "documents.parquet"


def lists(values: np.ndarray, keep: np.ndarray, dtype: Any) -> Any:
    """[G, n] values as an arrow array of lists: of each row the ones to keep."""
    import pyarrow as pa

    offsets = np.concatenate([[0], np.cumsum(keep.sum(1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values[keep].astype(dtype)))


def latents_table(counted: Counted, more: Mapping[str, Any], tokens: int, occurrences: np.ndarray) -> Any:
    """Rows of latents.parquet. `more` are the columns made from the weights; `occurrences` [V] of every token."""
    import pyarrow as pa

    count = counted.count
    shown = counted.token >= 0
    often = occurrences[np.where(shown, counted.token, 0)]
    first, last = histograms.filled(counted.histogram)
    bins = np.arange(counted.histogram.shape[1])
    span = (bins >= first[:, None]) & (bins < last[:, None])
    known = counted.coactive >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "latent": pa.array(np.arange(counted.low, counted.low + len(count), dtype=np.int32)),
            "count": pa.array(count),
            "density": pa.array(count / max(tokens, 1)),
            "max": pa.array(counted.largest),
            "mean": pa.array(np.where(count > 0, counted.total / np.maximum(count, 1), 0.0)),
            "histogram_first": pa.array(first.astype(np.int16)),
            "histogram": lists(counted.histogram, span, np.int64),
            "token_ids": lists(counted.token, shown, np.int32),
            "token_counts": lists(counted.token_count, shown, np.int64),
            "token_precision": lists(counted.token_count / np.maximum(often, 1), shown, np.float64),
            "token_recall": lists(counted.token_count / np.maximum(count, 1)[:, None], shown, np.float64),
            "coactive_latents": lists(counted.coactive, known, np.int32),
            "coactive_scores": lists(counted.coactive_score, known, np.float64),
            "coactive_counts": lists(counted.coactive_count, known, np.int64),
            **more,
        }
    return pa.table(columns)


def examples_table(counted: Counted, rows: Rows, held_out: HeldOut, config: StoreConfig) -> Any:
    """Rows of examples.parquet."""
    import pyarrow as pa

    # Reservoirs are drawn in any order; they are shown from the strongest down.
    rank = np.where(counted.place >= 0, -counted.value.astype(np.float64), np.inf)
    part = _slots(config)
    order = np.lexsort((counted.place, rank, np.broadcast_to(part, rank.shape)), axis=1)
    place, value, begin, end = (
        np.take_along_axis(a, order, 1) for a in (counted.place, counted.value, counted.begin, counted.end)
    )
    around = np.take_along_axis(counted.around, order[:, :, None], 1)
    shown = place >= 0
    latent, slot = np.nonzero(shown)
    place, value, begin, end, around = (a[shown] for a in (place, value, begin, end, around))
    offsets, flat = _flat(begin, end)
    length = end - begin
    at = flat - np.repeat(begin, length)
    near = part[slot] == config.bands + 1
    before, after = _cut(rows, begin, end, place)
    return pa.table(
        {
            "latent": pa.array((latent + counted.low).astype(np.int32)),
            "band": pa.array(_names(config)).take(pa.array(part[slot])),
            "activation": pa.array(np.where(near, 0, value).astype(np.float32)),
            "token_ids": pa.ListArray.from_arrays(pa.array(offsets), pa.array(rows.tokens[flat])),
            "activations": pa.ListArray.from_arrays(
                pa.array(offsets), pa.array(around[np.repeat(np.arange(len(length)), length), at])
            ),
            "peak": pa.array((place - begin).astype(np.int16)),
            "document": pa.array(rows.document[place].astype(np.int32)),
            "offset": pa.array(rows.start[begin].astype(np.int32)),
            "before_cut": pa.array(before),
            "after_cut": pa.array(after),
            "margin": pa.array(value.astype(np.float32), mask=~near),
            "held_out": pa.array(held_out.blocks_N[place // rows.context]),
        }
    )


def contexts_table(counted: Counted, rows: Rows) -> Any:
    """Rows of contexts.parquet."""
    import pyarrow as pa

    latent, slot = np.nonzero(counted.context_place >= 0)
    begin, end = counted.context_begin[latent, slot], counted.context_end[latent, slot]
    offsets, flat = _flat(begin, end)
    return pa.table(
        {
            "latent": pa.array((latent + counted.low).astype(np.int32)),
            "fires": pa.array(slot < counted.context_place.shape[1] // 2),
            "activation": pa.array(counted.context_value[latent, slot]),
            "token_ids": pa.ListArray.from_arrays(pa.array(offsets), pa.array(rows.tokens[flat])),
            "document": pa.array(rows.document[begin].astype(np.int32)),
            "offset": pa.array(rows.start[begin].astype(np.int32)),
        }
    )


def _flat(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Windows one after the other: where each begins there, and the places of all of their tokens."""
    length = end - begin
    offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
    return offsets, np.repeat(begin - offsets[:-1], length) + np.arange(offsets[-1])


def _slots(config: StoreConfig) -> np.ndarray:
    """Of every slot which part it belongs to: 0 the top, 1 … the bands, the last the near misses."""
    sizes = [config.top, *[config.per_band] * config.bands, config.near_misses]
    return np.repeat(np.arange(len(sizes)), sizes)


def _names(config: StoreConfig) -> list[str]:
    return [TOP, *map(str, range(config.bands)), NEAR_MISS]


def _cut(rows: Rows, begin: np.ndarray, end: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether the document of each place goes on before and after its window, as far as it was read."""
    document = rows.document[rows.flat_R]
    own = rows.document[place]
    first = np.searchsorted(document, own, side="left")
    last = np.searchsorted(document, own, side="right") - 1
    return rows.flat_R[first] < begin, rows.flat_R[last] >= end


class Writer:
    """Writes a Parquet file a row group at a time. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def write(self, table: Any) -> None:
        """One row group, an empty one too."""
        import pyarrow.parquet as pq

        if self._writer is None:
            # No statistics but for what is searched: with thousands of row groups they would be most of the footer.
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd", write_statistics=["latent"])
        self._writer.write_table(table, row_group_size=max(1, len(table)))

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def write_table(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray], types: Mapping[str, str]) -> None:
    """A small table in one go."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: pa.array(values, type=pa.type_for_alias(types[name])) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), path, compression="zstd")


def used_tokens(*many: Iterable[np.ndarray] | np.ndarray) -> np.ndarray:
    """The ids in all arrays, ascending, each once."""
    flat = [np.unique(np.asarray(array)) for arrays in many for array in arrays]
    found = np.unique(np.concatenate(flat)) if flat else np.empty(0, dtype=np.int64)
    return found[found >= 0].astype(np.int64)
