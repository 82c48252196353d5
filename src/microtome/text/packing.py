"""Blocks of token ids of one length, with every token traceable to its text.

Documents are tokenised in batches (a fast tokenizer is some ten times slower one document at a time), laid
one after the other with BOS between them (EOS where the tokenizer has no BOS, nothing where it has neither),
and cut into blocks across document borders. Every block begins with BOS where the tokenizer has one; where a
document begins with the block, this BOS is also the one between documents, so that no two are added in a row.
The blocks depend on the documents alone, not on how they are grouped into shards: a run that starts again
gets the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from microtome.errors import ConfigError, TextError
from microtome.text.documents import TextSource
from microtome.text.split import Part, in_part
from microtome.text.tokens import Separators, TokenRun, tokenised

# Suffixes: N blocks, T token position.
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PackingConfig:
    """How text becomes blocks: tokens per block, the share of documents held out, and which part is read."""

    context: int = 128
    held_out_share: float = 0.05
    part: Part = "all"

    def __post_init__(self) -> None:
        if self.context < 2:
            raise ConfigError(f"got a context of {self.context} tokens, expected at least 2", cure="give 128 or more")
        if not 0.0 <= self.held_out_share < 1.0:
            raise ConfigError(
                f"got a held-out share of {self.held_out_share}, expected 0 or more and less than 1",
                cure="give a share such as 0.05",
            )
        if self.part not in ("all", "train", "held_out"):
            raise ConfigError(f"got the part {self.part!r}", cure="use one of all, train and held_out")
        if self.part == "held_out" and self.held_out_share == 0.0:
            raise ConfigError("the held-out part has a share of 0", cure="give a share such as 0.05")


@dataclass
class Blocks:
    """N blocks of T token ids and where each token came from.

    `special` marks tokens that are left out of training and metrics: every special token of the tokenizer,
    added here or found in the text. `document` indexes `document_ids`, and `start`, `end` are character
    offsets in that document's text; all three are -1 for tokens that were added between documents and at the
    start of blocks. `n_dropped` counts the tokens of the text that did not fill a last block (set on the last
    shard of a text).
    """

    tokens: Ints  # [N, T]
    special: Bools  # [N, T]
    document: Ints  # [N, T]
    start: Ints  # [N, T]
    end: Ints  # [N, T]
    document_ids: list[str] = field(default_factory=list)
    n_dropped: int = 0

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def n_usable(self) -> int:
        """How many tokens are not special."""
        return self.special.size - self.n_special

    @property
    def n_special(self) -> int:
        """How many tokens are special, and so excluded."""
        return int(self.special.sum())

    def take(self, indices: npt.ArrayLike | slice) -> Blocks:
        """The blocks at `indices` (anything numpy indexes rows with); `document_ids` stay as they are."""
        rows = indices if isinstance(indices, slice) else np.asarray(indices)
        return replace(
            self,
            tokens=self.tokens[rows],
            special=self.special[rows],
            document=self.document[rows],
            start=self.start[rows],
            end=self.end[rows],
            n_dropped=0,
        )


def iter_shards(source: TextSource, tokenizer: Any, config: PackingConfig, *, shard_tokens: int) -> Iterator[Blocks]:
    """Yields the text as shards of about `shard_tokens` usable tokens, reading no further than it must.

    Put together, the shards hold the same blocks whatever `shard_tokens` is. Raises TextError where the text
    cannot be read, is shorter than one block, or has no document in the part asked for, and ConfigError for a
    `shard_tokens` below 1.
    """
    if shard_tokens < 1:
        raise ConfigError(f"got shards of {shard_tokens} tokens, expected at least 1", cure="give 100000 or more")
    separators = Separators.of(tokenizer)
    packer = _Packer(config.context, separators)
    n_blocks = -(-shard_tokens // packer.body)
    counts = _Counts()
    documents = _chosen(source, config, counts)
    emitted = 0
    for run in tokenised(documents, tokenizer, separators):
        packer.add(run)
        # One block more than is cut stays behind, so that the last shard is never empty and can count the
        # tail.
        while packer.length > (n_blocks + 1) * (packer.body + 1):
            yield packer.cut(n_blocks)
            emitted += n_blocks
    while len(last := packer.cut(n_blocks)):
        emitted += len(last)
        if not packer.holds_block():
            last.n_dropped = packer.n_text_tokens()
            yield last
            return
        yield last
    raise _too_short(source, config, counts, packer.n_text_tokens())


def read_blocks(source: TextSource, tokenizer: Any, config: PackingConfig, *, max_tokens: int | None = None) -> Blocks:
    """The first blocks of the text that hold at least `max_tokens` usable tokens together; all of them for
    None.

    A text with fewer tokens gives what it has. Raises what `iter_shards` raises.
    """
    if max_tokens is None:
        return _joined(list(iter_shards(source, tokenizer, config, shard_tokens=2**20)))
    if max_tokens < 1:
        raise ConfigError(f"got {max_tokens} tokens to read, expected at least 1", cure="give 100000 or more")
    shards: list[Blocks] = []
    missing = max_tokens
    for shard in iter_shards(source, tokenizer, config, shard_tokens=min(max_tokens, 2**20)):
        usable = np.cumsum((~shard.special).sum(axis=1))
        if usable[-1] >= missing:
            shards.append(shard.take(slice(0, int(np.searchsorted(usable, missing)) + 1)))
            break
        shards.append(shard)
        missing -= int(usable[-1])
    return _joined(shards)


@dataclass
class _Counts:
    documents: int = 0
    chosen: int = 0


def _chosen(source: TextSource, config: PackingConfig, counts: _Counts) -> Iterator[tuple[str, str]]:
    for document in source.documents():
        counts.documents += 1
        if in_part(document.text, config.part, config.held_out_share):
            counts.chosen += 1
            yield document.id, document.text


def _too_short(source: TextSource, config: PackingConfig, counts: _Counts, n_tokens: int) -> TextError:
    whole = config.part == "all"
    part = {"train": "training", "held_out": "held-out"}.get(config.part, "")
    if not whole and counts.chosen == 0:
        return TextError(
            f"none of the {counts.documents} documents of {source.name!r} is in its {part} part "
            f"({config.held_out_share:.0%} of the documents are held out)",
            cure="give another text to evaluate on with --eval-text, or a text with more documents",
        )
    subject = f"the text {source.name!r}" if whole else f"the {part} part of {source.name!r}"
    other = "" if whole else ", or another text to evaluate on with --eval-text"
    return TextError(
        f"{subject} has {n_tokens} tokens, too few for one block of {config.context}",
        cure=f"give more text{other}, or a smaller context",
    )


class _Packer:
    """The stream of tokens that are not in a block yet."""

    def __init__(self, context: int, separators: Separators) -> None:
        self.context = context
        self.separators = separators
        self.body = context - (separators.bos is not None)
        self.length = 0
        self._runs: list[TokenRun] = []

    def add(self, run: TokenRun) -> None:
        self._runs.append(run)
        self.length += len(run.tokens)

    def holds_block(self) -> bool:
        return bool(self._starts(self._joined_run().added, 1)[0])

    def n_text_tokens(self) -> int:
        return sum(int((~run.added).sum()) for run in self._runs)

    def cut(self, n_blocks: int) -> Blocks:
        """Takes up to `n_blocks` blocks off the front of the stream."""
        run = self._joined_run()
        starts, used = self._starts(run.added, n_blocks)
        at = np.asarray(starts, dtype=np.int64)[:, None] + np.arange(self.body)
        document, ids = _local(run.document[at], run.document_ids)
        tokens = self._with_bos(run.tokens[at], self.separators.bos)
        rest = run.after(used)
        self._runs, self.length = [rest], len(rest.tokens)
        return Blocks(
            tokens=tokens,
            special=self.separators.is_special[tokens],
            document=self._with_bos(document, -1),
            start=self._with_bos(run.start[at], -1),
            end=self._with_bos(run.end[at], -1),
            document_ids=ids,
        )

    def _joined_run(self) -> TokenRun:
        if len(self._runs) != 1:
            self._runs = [TokenRun.joined(self._runs)]
        return self._runs[0]

    def _starts(self, added: Bools, limit: int) -> tuple[list[int], int]:
        starts: list[int] = []
        at, length = 0, len(added)
        while len(starts) < limit:
            if self.separators.bos is not None and at < length and added[at]:
                at += 1
            if at + self.body > length:
                break
            starts.append(at)
            at += self.body
        return starts, starts[-1] + self.body if starts else 0

    def _with_bos(self, values: Ints, first: int | None) -> Ints:
        if self.separators.bos is None:
            return values
        column = np.full((len(values), 1), first, dtype=np.int32)
        return np.concatenate([column, values], axis=1)


def _local(document: Ints, ids: Sequence[str]) -> tuple[Ints, list[str]]:
    # Documents follow each other in the stream, so those of a shard are a range.
    used = document[document >= 0]
    if not used.size:
        return document, []
    first, last = int(used.min()), int(used.max())
    return np.where(document >= 0, document - first, -1).astype(np.int32), list(ids[first : last + 1])


def _joined(shards: Sequence[Blocks]) -> Blocks:
    if len(shards) == 1:
        return shards[0]
    ids: list[str] = []
    documents: list[Ints] = []
    for shard in shards:
        # A document that goes on from one shard into the next is one document.
        shared = bool(ids) and bool(shard.document_ids) and ids[-1] == shard.document_ids[0]
        shift = len(ids) - shared
        documents.append(np.where(shard.document >= 0, shard.document + shift, -1).astype(np.int32))
        ids.extend(shard.document_ids[shared:])
    return Blocks(
        tokens=np.concatenate([shard.tokens for shard in shards]),
        special=np.concatenate([shard.special for shard in shards]),
        document=np.concatenate(documents),
        start=np.concatenate([shard.start for shard in shards]),
        end=np.concatenate([shard.end for shard in shards]),
        document_ids=ids,
        n_dropped=sum(shard.n_dropped for shard in shards),
    )
