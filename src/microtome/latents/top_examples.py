"""The strongest examples of a few latents, without a store: for the report of a run.

They are chosen by the same code as those of a store, with the same rule: of a block the strongest token counts (the
first of equals), its window ends with the document and at special tokens, of equal windows the strongest stays, and
equals go to the earlier block.

Legend of suffixes: N rows (tokens), F latents, D width.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from microtome.errors import ConfigError, TextError
from microtome.evaluation.examples import Example
from microtome.evaluation.on_model import Placed, batch_of, contexts_for
from microtome.latents import compiled
from microtome.latents.rows import Rows
from microtome.models.token_text import token_decoder

if TYPE_CHECKING:
    from microtome.dictionaries.dictionary import Codes
    from microtome.models import LanguageModel
    from microtome.text import Blocks


def top_examples(
    model: LanguageModel,
    placed: Placed,
    blocks: Blocks,
    latents: Sequence[int],
    *,
    n: int = 5,
    before: int = 8,
    after: int = 4,
    batch_contexts: int = 16,
    max_tokens: int | None = None,
    progress: Callable[[int], None] = lambda n: None,
) -> dict[int, list[Example]]:
    """For each of `latents` its `n` strongest examples on `blocks`, strongest first, under the deployed rule.

    A latent that never fires has an empty list. `max_tokens` stops after the first blocks with that many
    usable tokens; `progress` is called with the contexts done. Raises `ConfigError` for a latent that does
    not exist and for sizes below their minimum, `TextError` for a model without a tokenizer.
    """
    found = top_examples_of_all(
        model,
        {"": placed},
        blocks,
        {"": latents},
        n=n,
        before=before,
        after=after,
        batch_contexts=batch_contexts,
        max_tokens=max_tokens,
        progress=progress,
    )
    return found[""]


@torch.no_grad()
def top_examples_of_all(
    model: LanguageModel,
    placed: Mapping[str, Placed],
    blocks: Blocks,
    latents: Mapping[str, Sequence[int]],
    *,
    n: int = 5,
    before: int = 8,
    after: int = 4,
    batch_contexts: int = 16,
    max_tokens: int | None = None,
    progress: Callable[[int], None] = lambda n: None,
) -> dict[str, dict[int, list[Example]]]:
    """`top_examples` of several dictionaries from one pass of the language model; `latents` by dictionary
    name.
    """
    for name, value, least in (
        ("n", n, 1),
        ("before", before, 0),
        ("after", after, 0),
        ("batch_contexts", batch_contexts, 1),
    ):
        if value < least:
            raise ConfigError(f"got {name} = {value}, expected at least {least}", cure=f"Raise {name}")
    if model.tokenizer is None:
        raise TextError(
            "this model has no tokenizer to show text with",
            cure="Give a model folder that holds tokenizer.json",
        )
    blocks = blocks if max_tokens is None else blocks.take(slice(0, contexts_for(blocks, max_tokens)))
    chosen = {name: _Chosen(p.dictionary.config.latents, latents[name]) for name, p in placed.items()}
    # The deepest input is as far as the model has to run: what a dictionary predicts is not looked at.
    sites = list(dict.fromkeys(p.site_in for p in placed.values()))
    for first in range(0, len(blocks), batch_contexts):
        tokens_CT, keep_CT = batch_of(blocks, first, batch_contexts)
        captured = model.capture(tokens_CT, sites)
        for name, p in placed.items():
            chosen[name].add(p.dictionary.encode(p.dictionary.rows(captured[p.site_in], keep_CT)))
        progress(len(tokens_CT))
    text, decode = Rows.of(blocks), token_decoder(model.tokenizer)
    return {name: own.examples(text, n, before, after, decode) for name, own in chosen.items()}


class _Chosen:
    """The firings of some latents of one dictionary."""

    def __init__(self, n_latents: int, latents: Sequence[int]) -> None:
        for latent in latents:
            if not 0 <= latent < n_latents:
                raise ConfigError(
                    f"got latent {latent}, the dictionary has {n_latents}", cure=f"Give 0 to {n_latents - 1}"
                )
        self.latents = list(dict.fromkeys(int(latent) for latent in latents))
        self._column_F = np.full(n_latents, -1, dtype=np.int64)
        self._column_F[self.latents] = np.arange(len(self.latents))
        self._found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._rows = 0

    def add(self, codes: Codes) -> None:
        """The codes of the next rows."""
        column = self._column_F[codes.pairs.latent_N.cpu().numpy()]
        mine = column >= 0
        row = codes.pairs.token_N.cpu().numpy()[mine] + self._rows
        self._found.append((column[mine], row, codes.values_N.float().cpu().numpy()[mine]))
        self._rows += codes.pairs.n_tokens

    def examples(
        self, text: Rows, n: int, before: int, after: int, decode: Callable[[int], str]
    ) -> dict[int, list[Example]]:
        columns, rows, values = (np.concatenate(parts) for parts in zip(*self._found))
        order = np.argsort(columns, kind="stable")
        rows, values = rows[order], values[order]
        starts = np.searchsorted(columns[order], np.arange(len(self.latents) + 1))
        shape = (len(self.latents), n)
        place, peak = np.full(shape, compiled.NONE, dtype=np.int64), np.zeros(shape, dtype=np.float32)
        sizes = (n, 1, 0, before, after, 0)
        # Nothing is held out here.
        held_out_N = np.zeros(len(text.tokens) // text.context, dtype=np.bool_)
        unseen = (np.empty((len(place), 0), dtype=np.int64), np.empty((len(place), 0), dtype=np.float32))
        where = (text.flat_R, text.context, text.tokens, text.special, text.document)
        compiled.examples(0, starts, rows, values, *where, sizes, held_out_N, place, peak, unseen)
        begin, end = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        compiled.windows(place, text.context, before, after, text.special, text.document, begin, end)
        around = np.zeros((*shape, before + 1 + after), dtype=np.float32)
        compiled.around(starts, rows, values, text.flat_R, begin, end, around)
        found: dict[int, list[Example]] = {latent: [] for latent in self.latents}
        for i, s in zip(*np.nonzero(place >= 0)):
            document = int(text.document[place[i, s]])
            window = slice(int(begin[i, s]), int(end[i, s]))
            found[self.latents[i]].append(
                Example(
                    tokens=tuple(decode(int(token)) for token in text.tokens[window]),
                    values=tuple(float(value) for value in around[i, s, : window.stop - window.start]),
                    peak=int(place[i, s]) - window.start,
                    document=text.document_ids[document] if document >= 0 else "",
                    start=int(text.start[window.start]),
                )
            )
        return found
