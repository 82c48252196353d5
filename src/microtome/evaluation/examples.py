"""The text on which chosen latents fire most strongly, found in one pass with memory for the n best alone.

Legend of suffixes: C contexts, T token position, N rows (tokens), S chosen latents, F latents, D width.

The rule is fixed so that nobody picks examples by hand. Within a context block a latent's candidate is its
strongest token that is not special (the first of equals). Its window is up to `before` tokens before and
`after` tokens behind that peak, cut where the document ends and at special tokens, so that it can be found
again in one text. Of candidates with the same token window the strongest counts, and of those the n
strongest are kept; equals go to the earlier block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from microtome.errors import ConfigError, TextError
from microtome.evaluation.on_model import Placed, batch_of, contexts_for

if TYPE_CHECKING:
    from microtome.dictionaries.dictionary import Codes
    from microtome.models import LanguageModel
    from microtome.text import Blocks

# What SentencePiece vocabularies write for a space; decoding such a token alone drops it.
_SENTENCEPIECE_SPACE = "▁"


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
    collectors = {name: _Collector(p, blocks, latents[name], n, before, after) for name, p in placed.items()}
    # The deepest input is as far as the model has to run: what a dictionary predicts is not looked at.
    sites = list(dict.fromkeys(p.site_in for p in placed.values()))
    for first in range(0, len(blocks), batch_contexts):
        tokens_CT, keep_CT = batch_of(blocks, first, batch_contexts)
        captured = model.capture(tokens_CT, sites)
        for name, p in placed.items():
            value_CTD = captured[p.site_in]
            x_ND = value_CTD[keep_CT.to(value_CTD.device)].to(p.dictionary.W_enc.device).float()
            collectors[name].update(p.dictionary.encode(x_ND), keep_CT.numpy(), first)
        progress(len(tokens_CT))
    decode = _decoder(model.tokenizer)
    return {name: collector.result(decode) for name, collector in collectors.items()}


@dataclass(frozen=True)
class _Candidate:
    value: float
    block: int
    peak: int
    window: slice
    values: np.ndarray

    @property
    def rank(self) -> tuple[float, int]:
        return -self.value, self.block


class _Collector:
    """The n best candidates of every chosen latent so far, one per distinct window."""

    def __init__(self, placed: Placed, blocks: Blocks, latents: Sequence[int], n: int, before: int, after: int) -> None:
        n_latents = placed.dictionary.config.latents
        for latent in latents:
            if not 0 <= latent < n_latents:
                raise ConfigError(
                    f"got latent {latent}, the dictionary has {n_latents}", cure=f"Give 0 to {n_latents - 1}"
                )
        self.latents = list(dict.fromkeys(int(latent) for latent in latents))
        self.blocks, self.n, self.before, self.after = blocks, n, before, after
        self._column_F = np.full(n_latents, -1, dtype=np.int64)
        self._column_F[self.latents] = np.arange(len(self.latents))
        self._kept: list[dict[bytes, _Candidate]] = [{} for _ in self.latents]
        # A candidate below a latent's bar cannot be among its n best any more.
        self._bar_S = np.zeros(len(self.latents), dtype=np.float32)

    def update(self, codes: Codes, keep_CT: np.ndarray, first: int) -> None:
        """Look at a batch: codes of its usable tokens, the mask of those, and the index of its first
        block.
        """
        column_P = self._column_F[codes.pairs.latent_N.cpu().numpy()]
        chosen_P = column_P >= 0
        context_N, position_N = np.nonzero(keep_CT)
        token_P = codes.pairs.token_N.cpu().numpy()[chosen_P]
        activation_CTS = np.zeros((*keep_CT.shape, len(self.latents)), dtype=np.float32)
        activation_CTS[context_N[token_P], position_N[token_P], column_P[chosen_P]] = (
            codes.values_N.float().cpu().numpy()[chosen_P]
        )
        peak_CS = activation_CTS.argmax(1)
        value_CS = activation_CTS.max(1)
        for context, column in zip(*np.nonzero(value_CS > self._bar_S)):
            self._offer(column, first + context, int(peak_CS[context, column]), activation_CTS[context, :, column])

    def _offer(self, column: int, block: int, peak: int, values_T: np.ndarray) -> None:
        window = self._window(block, peak)
        candidate = _Candidate(float(values_T[peak]), int(block), peak, window, values_T[window].copy())
        kept = self._kept[column]
        key = self.blocks.tokens[block, window].tobytes()
        if key in kept and kept[key].rank < candidate.rank:
            return
        kept[key] = candidate
        if len(kept) > self.n:
            del kept[max(kept, key=lambda other: kept[other].rank)]
        if len(kept) == self.n:
            self._bar_S[column] = min(other.value for other in kept.values())

    def _window(self, block: int, peak: int) -> slice:
        document_T, special_T = self.blocks.document[block], self.blocks.special[block]
        outside = np.nonzero(special_T | (document_T != document_T[peak]))[0]
        begin = max(peak - self.before, int(outside[outside < peak].max(initial=-1)) + 1)
        end = min(peak + self.after + 1, int(outside[outside > peak].min(initial=len(special_T))))
        return slice(begin, end)

    def result(self, decode: Callable[[int], str]) -> dict[int, list[Example]]:
        return {
            latent: [self._example(c, decode) for c in sorted(kept.values(), key=lambda c: c.rank)]
            for latent, kept in zip(self.latents, self._kept)
        }

    def _example(self, candidate: _Candidate, decode: Callable[[int], str]) -> Example:
        document = int(self.blocks.document[candidate.block, candidate.peak])
        return Example(
            tokens=tuple(decode(int(token)) for token in self.blocks.tokens[candidate.block, candidate.window]),
            values=tuple(float(value) for value in candidate.values),
            peak=candidate.peak - candidate.window.start,
            document=self.blocks.document_ids[document] if document >= 0 else "",
            start=int(self.blocks.start[candidate.block, candidate.window.start]),
        )


def _decoder(tokenizer: Any) -> Callable[[int], str]:
    """A function from one token id to its text, the space it begins with included."""

    @cache
    def decode(token: int) -> str:
        text = str(tokenizer.decode([token], clean_up_tokenization_spaces=False))
        piece = tokenizer.convert_ids_to_tokens(token)
        if isinstance(piece, str) and piece.startswith(_SENTENCEPIECE_SPACE):
            spaces = len(piece) - len(piece.lstrip(_SENTENCEPIECE_SPACE))
            text = " " * spaces + text.lstrip(" ")
        return text

    return decode
