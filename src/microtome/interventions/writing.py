"""Continuations of a prompt under an intervention: streamed token by token, several samples, several conditions.

A stream holds nothing of the model between two tokens. Its edits are open only while a forward runs, so abandoning it
at any token frees the model at once, and streams can be interleaved or run in different threads without mixing.

Legend of suffixes: B samples, T token position.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor

from microtome.errors import ConfigError
from microtome.interventions.intervention import Intervention
from microtome.models.token_text import token_decoder

if TYPE_CHECKING:
    from microtome.models import LanguageModel


@dataclass(frozen=True, kw_only=True)
class GenerationConfig:
    """How text is generated.

    tokens: at most this many new ones. temperature: 0 is greedy. top_p: draw from the smallest set of tokens that
    holds this probability. frequency_penalty: taken from a token's logit for each time it was generated. samples:
    continuations of the same prompt, drawn together. seed: of the draw. top: how many of the likeliest tokens are
    kept for each step. chat: the prompt is a message of the user, put into the model's chat template. stop_at_eos:
    end where the model does.
    """

    tokens: int = 50
    temperature: float = 0.0
    top_p: float = 1.0
    frequency_penalty: float = 0.0
    samples: int = 1
    seed: int = 0
    top: int = 0
    chat: bool = False
    stop_at_eos: bool = True

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ConfigError(f"got {self.tokens} tokens to generate, expected at least 1", cure="Raise --tokens")
        if self.samples < 1:
            raise ConfigError(f"got {self.samples} samples, expected at least 1", cure="Raise --samples")
        if self.samples > 1 and self.temperature == 0:
            raise ConfigError(
                f"got {self.samples} samples at temperature 0, which would all be the same",
                cure="Give --temperature 1, or one sample",
            )


def generation_from(plain: Any) -> GenerationConfig:
    """Settings from their JSON values. Raises ConfigError for an unknown key or a value of another kind."""
    known = {item.name: item.default for item in dataclasses.fields(GenerationConfig)}
    if not isinstance(plain, Mapping) or not set(plain) <= set(known):
        got = sorted(set(plain) - set(known)) if isinstance(plain, Mapping) else plain
        raise ConfigError(f"got {got} in generation, expected the keys {', '.join(known)}", cure="Correct it")
    for key, value in plain.items():
        kind = type(known[key])
        # A JSON number may be written without its point; true is no number.
        fits = type(value) is kind or (kind is float and type(value) is int)
        if not fits or (kind is float and not math.isfinite(value)):
            raise ConfigError(f"got {value!r} for {key}, expected {_KINDS[kind]}", cure="Correct it")
    return GenerationConfig(**plain)


_KINDS = {int: "a whole number", float: "a finite number", bool: "true or false"}


@dataclass(frozen=True)
class Token:
    """One new token of one sample.

    `text` is everything the sample holds so far (a character that more tokens complete is left out), `token` this
    token's own text. `log_p` and `top` (id, text, probability) are of the model's distribution under its edits, before
    temperature, penalty and top-p.
    """

    sample: int
    index: int
    token_id: int
    token: str
    text: str
    log_p: float
    top: tuple[tuple[int, str, float], ...]
    ended: bool

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**vars(self), "top": [list(entry) for entry in self.top]}


@dataclass(frozen=True)
class Continuation:
    """One sample, whole."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def token_ids(self) -> list[int]:
        return [token.token_id for token in self.tokens]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"text": self.text, "tokens": [token.to_json() for token in self.tokens]}


def prompt_ids(lm: LanguageModel, prompt: str | Tensor, *, chat: bool = False) -> Tensor:
    """Token ids [1, T] of a prompt. Raises ConfigError for an empty one, ModelError for one that is too long."""
    if isinstance(prompt, Tensor):
        return lm.tokens(prompt)
    if not prompt:
        raise ConfigError("got an empty prompt, expected some text", cure="Give --prompt a text to continue")
    return lm.tokens(lm.encode_chat(prompt) if chat else lm.encode(prompt))


def stream_text(
    lm: LanguageModel,
    prompt: str | Tensor,
    intervention: Intervention | None = None,
    config: GenerationConfig | None = None,
) -> Iterator[Token]:
    """Yield every new token as it is made; of several samples those of one step after the other.

    The options are checked before the first token. Closing the iterator, or dropping it, is all that is needed to
    abort. Raises ConfigError or ModelError for a prompt or an option that cannot be.
    """
    config = config or GenerationConfig()
    ids_BT = prompt_ids(lm, prompt, chat=config.chat).expand(config.samples, -1)

    def around(prompt_tokens: int) -> AbstractContextManager[Any]:
        return nullcontext() if intervention is None else intervention.open(prompt_tokens)

    steps = lm.steps(
        ids_BT,
        max_new_tokens=config.tokens,
        temperature=config.temperature,
        seed=config.seed,
        top_p=config.top_p,
        frequency_penalty=config.frequency_penalty,
        stop_at_eos=config.stop_at_eos,
        top=config.top,
        around=around,
    )
    return _tokens(lm, steps, len(ids_BT))


def _tokens(lm: LanguageModel, steps: Iterator[Any], samples: int) -> Iterator[Token]:
    ids: list[list[int]] = [[] for _ in range(samples)]
    ended = [False] * samples
    for index, step in enumerate(steps):
        rows = zip(step.token_B.tolist(), step.log_p_B.tolist(), step.ended_B.tolist())
        for sample, (token_id, log_p, ends) in enumerate(rows):
            if ended[sample]:
                continue
            ids[sample].append(token_id)
            ended[sample] = ends
            best = zip(step.top_BK[sample].tolist(), step.top_p_BK[sample].tolist())
            yield Token(
                sample=sample,
                index=index,
                token_id=token_id,
                token=_token_text(lm, token_id),
                text=_decoded(lm, ids[sample]).removesuffix("\ufffd"),
                log_p=log_p,
                top=tuple((other, _token_text(lm, other), p) for other, p in best),
                ended=ends,
            )


def _token_text(lm: LanguageModel, token: int) -> str:
    return str(token) if lm.tokenizer is None else token_decoder(lm.tokenizer)(token)


def _decoded(lm: LanguageModel, ids: list[int]) -> str:
    # A model without a tokenizer can still be steered; its tokens are then shown by number.
    if lm.tokenizer is None:
        return " ".join(str(token) for token in ids)
    text: str = lm.tokenizer.decode(ids, skip_special_tokens=True)
    return text


def generate_text(
    lm: LanguageModel,
    prompt: str | Tensor,
    intervention: Intervention | None = None,
    config: GenerationConfig | None = None,
) -> list[Continuation]:
    """Every sample, whole; see `stream_text`."""
    config = config or GenerationConfig()
    found: list[list[Token]] = [[] for _ in range(config.samples)]
    for token in stream_text(lm, prompt, intervention, config):
        found[token.sample].append(token)
    return [continuation(lm, tokens) for tokens in found]


def continuation(lm: LanguageModel, tokens: Sequence[Token]) -> Continuation:
    """The tokens of one sample, put together."""
    return Continuation(_decoded(lm, [token.token_id for token in tokens]), tuple(tokens))


def stream_side_by_side(
    lm: LanguageModel,
    prompt: str | Tensor,
    conditions: Mapping[str, Intervention | None],
    config: GenerationConfig | None = None,
) -> Iterator[tuple[str, Token]]:
    """Yield (condition, token) of several streams in turn: same prompt, same seed, other edits."""
    streams = {name: stream_text(lm, prompt, intervention, config) for name, intervention in conditions.items()}
    return _in_turn(streams)


def _in_turn(streams: dict[str, Iterator[Token]]) -> Iterator[tuple[str, Token]]:
    while streams:
        for name, stream in list(streams.items()):
            token = next(stream, None)
            if token is None:
                del streams[name]
            else:
                yield name, token
