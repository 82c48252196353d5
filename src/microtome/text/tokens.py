"""From documents to one stream of tokens with offsets, tokenised many documents at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from microtome.errors import TextError

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
# Batches grow from the first to the last size: a short text is ready at once, a long one is tokenised fast.
_FIRST_BATCH_CHARACTERS = 2**16
_LAST_BATCH_CHARACTERS = 2**21


@dataclass(frozen=True)
class Separators:
    """Which token stands between documents and at the start of blocks, and which tokens are special.

    `bos` starts every block and document; without one, `between` (EOS) stands between documents; both may be
    None. `is_special[v]` says whether the token v is excluded from training and metrics.
    """

    bos: int | None
    between: int | None
    is_special: Bools  # [V]

    @classmethod
    def of(cls, tokenizer: Any) -> Separators:
        """Those of a fast `transformers` tokenizer. Raises TextError for none and for one without offsets."""
        # Here, because packing arrays needs no torch.
        from microtome.models.token_ids import special_ids_of

        if tokenizer is None:
            raise TextError("this model has no tokenizer", cure="give a model folder that holds tokenizer.json")
        if not getattr(tokenizer, "is_fast", False):
            raise TextError(
                f"{type(tokenizer).__name__} cannot trace tokens to the text, expected a fast tokenizer",
                cure="give a model folder that holds tokenizer.json",
            )
        special = np.zeros(len(tokenizer) + 1, dtype=np.bool_)
        ids = sorted(special_ids_of(tokenizer))
        if ids and ids[-1] >= len(special):
            special = np.zeros(ids[-1] + 1, dtype=np.bool_)
        special[ids] = True
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        return cls(bos=bos, between=eos if bos is None else bos, is_special=special)


@dataclass(frozen=True)
class TokenRun:
    """A piece of the stream. `added` marks separators; `document` indexes `document_ids`, -1 for
    separators.
    """

    tokens: Ints
    document: Ints
    start: Ints
    end: Ints
    added: Bools
    document_ids: list[str]

    @classmethod
    def joined(cls, runs: Sequence[TokenRun]) -> TokenRun:
        """The runs one after the other, their documents numbered anew."""
        if not runs:
            none = np.zeros(0, dtype=np.int32)
            return cls(none, none, none, none, none.astype(np.bool_), [])
        shifts = np.cumsum([0] + [len(run.document_ids) for run in runs[:-1]])
        documents = [
            np.where(run.document >= 0, run.document + shift, -1) for run, shift in zip(runs, shifts, strict=True)
        ]
        return cls(
            tokens=np.concatenate([run.tokens for run in runs]),
            document=np.concatenate(documents).astype(np.int32),
            start=np.concatenate([run.start for run in runs]),
            end=np.concatenate([run.end for run in runs]),
            added=np.concatenate([run.added for run in runs]),
            document_ids=[name for run in runs for name in run.document_ids],
        )

    def after(self, used: int) -> TokenRun:
        """The run without its first `used` tokens and without the documents that ended in them."""
        document = self.document[used:]
        kept = document[document >= 0]
        first = int(kept[0]) if kept.size else len(self.document_ids)
        return TokenRun(
            tokens=self.tokens[used:],
            document=np.where(document >= 0, document - first, -1).astype(np.int32),
            start=self.start[used:],
            end=self.end[used:],
            added=self.added[used:],
            document_ids=self.document_ids[first:],
        )


def tokenised(documents: Iterable[tuple[str, str]], tokenizer: Any, separators: Separators) -> Iterator[TokenRun]:
    """Tokenises (id, text) pairs in batches and yields the stream, separators included.

    Documents that have no token are left out.
    """
    first = True
    for batch in _batches(documents):
        encoded = tokenizer(
            [text for _, text in batch],
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
        )
        kept = [at for at, ids in enumerate(encoded["input_ids"]) if ids]
        if not kept:
            continue
        ids = [encoded["input_ids"][at] for at in kept]
        offsets = [encoded["offset_mapping"][at] for at in kept]
        # With BOS even the first document has one in front; EOS stands only between two.
        leading = separators.between is not None and (separators.bos is not None or not first)
        yield _run([batch[at][0] for at in kept], ids, offsets, separators.between, leading)
        first = False


def _batches(documents: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    size, limit = 0, _FIRST_BATCH_CHARACTERS
    for document in documents:
        batch.append(document)
        size += len(document[1])
        if size >= limit:
            yield batch
            batch, size, limit = [], 0, min(2 * limit, _LAST_BATCH_CHARACTERS)
    if batch:
        yield batch


def _run(
    names: list[str],
    ids: Sequence[Sequence[int]],
    offsets: Sequence[Sequence[tuple[int, int]]],
    separator: int | None,
    leading: bool,
) -> TokenRun:
    lengths = np.array([len(one) for one in ids])
    total = int(lengths.sum())
    flat = np.fromiter(itertools.chain.from_iterable(ids), dtype=np.int32, count=total)
    pairs = itertools.chain.from_iterable(itertools.chain.from_iterable(offsets))
    spans = np.fromiter(pairs, dtype=np.int32, count=2 * total).reshape(total, 2)
    document = np.repeat(np.arange(len(names), dtype=np.int32), lengths)
    before = np.cumsum(lengths) - lengths
    if separator is None:
        before = before[:0]
    elif not leading:
        before = before[1:]

    def insert(values: Ints, value: int) -> Ints:
        return np.insert(values, before, value).astype(np.int32, copy=False)

    return TokenRun(
        tokens=insert(flat, separator if separator is not None else -1),
        document=insert(document, -1),
        start=insert(spans[:, 0], -1),
        end=insert(spans[:, 1], -1),
        added=np.insert(np.zeros(total, dtype=np.bool_), before, True),
        document_ids=names,
    )
