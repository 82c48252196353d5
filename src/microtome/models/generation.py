"""Draws tokens one at a time from a stock model with its own KV cache.

A loop of our own instead of `generate()` of transformers: tokens can be streamed, the draw depends on its seed alone
(not on the global random state, which other threads use too), and no default hidden in a model's files changes it.

Tensor suffixes: B batch, T token position, V vocabulary.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from microtome.errors import ConfigError, ModelError

__all__ = ["Step", "last_only", "sample"]


@dataclass(frozen=True)
class Step:
    """One new token of each sequence.

    `token_B` int64 [B]; `log_p_B` its log probability and `top_BK`, `top_p_BK` the likeliest tokens with their
    probabilities, all of the model's own distribution: before temperature, penalty and top-p. `ended_B`: which
    sequences have met a stop id, now or before.
    """

    token_B: Tensor
    log_p_B: Tensor
    top_BK: Tensor
    top_p_BK: Tensor
    ended_B: Tensor


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """How a token is drawn."""

    temperature: float
    top_p: float
    frequency_penalty: float
    seed: int
    top: int

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ConfigError(
                f"got temperature {self.temperature}, expected 0 or more", cure="Use 0 for greedy decoding"
            )
        if not 0 < self.top_p <= 1:
            raise ConfigError(
                f"got top_p {self.top_p}, expected above 0 and at most 1", cure="Use 1 to keep every token"
            )
        if not math.isfinite(self.frequency_penalty):
            raise ConfigError(
                f"got frequency_penalty {self.frequency_penalty}, expected a finite number", cure="Use 0 for none"
            )
        if self.top < 0:
            raise ConfigError(f"got top {self.top}, expected 0 or more", cure="Use 0 to leave them out")


def last_only(hf: Any) -> dict[str, Tensor]:
    """Arguments that let a model compute the logits of the last token alone, where it can."""
    return only_at(hf, [-1])


def only_at(hf: Any, positions: Sequence[int]) -> dict[str, Tensor]:
    """Arguments that let a model compute the logits of tokens at these positions alone, where it can.

    Those of a long prompt over a large vocabulary take gigabytes. As indices, not as the number 1: a slice of a batch
    is not contiguous, and its product with the vocabulary in bfloat16 then takes far longer (16 contexts of Gemma 3
    270M: 18 s instead of 0.3 s).
    """
    if "logits_to_keep" not in inspect.signature(hf.forward).parameters:
        return {}
    return {"logits_to_keep": torch.tensor(positions, device=hf.device)}


def sample(
    hf: Any,
    tokens_BT: Tensor,
    *,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    top_p: float,
    frequency_penalty: float,
    stop_ids: frozenset[int],
    top: int,
    around: Callable[[], AbstractContextManager[Any]],
) -> Iterator[Step]:
    """Yield the next token of each sequence, up to `max_new_tokens` times or until all have met a stop id.

    Raises ConfigError, before the first token: an option outside its range; ModelError: the logits became NaN.
    """
    rule = _Rule(temperature=temperature, top_p=top_p, frequency_penalty=frequency_penalty, seed=seed, top=top)
    if max_new_tokens < 0:
        raise ConfigError(f"got max_new_tokens {max_new_tokens}, expected 0 or more", cure="Ask for some tokens")
    return _steps(hf, tokens_BT, max_new_tokens, rule, stop_ids, around)


def _steps(
    hf: Any,
    tokens_BT: Tensor,
    max_new_tokens: int,
    rule: _Rule,
    stop_ids: frozenset[int],
    around: Callable[[], AbstractContextManager[Any]],
) -> Iterator[Step]:
    generator = torch.Generator().manual_seed(rule.seed)
    stops = torch.tensor(sorted(stop_ids), device=tokens_BT.device, dtype=torch.long)
    ended_B = torch.zeros(len(tokens_BT), dtype=torch.bool, device=tokens_BT.device)
    last_B = tokens_BT[:, -1]
    cache: Any = None
    given = tokens_BT
    counts_BV: Tensor | None = None
    last = last_only(hf)
    for _ in range(max_new_tokens):
        with torch.no_grad(), around():
            output = hf(input_ids=given, past_key_values=cache, use_cache=True, **last)
        cache = output.past_key_values
        logits_BV = output.logits[:, -1].float()
        if bool(logits_BV.isnan().any()):
            # Nothing can be drawn from them; only an edit of a size that no number holds brings this about.
            raise ModelError("the logits are no numbers any more", cure="Lower the strength of the edits")
        penalised_BV = logits_BV
        if rule.frequency_penalty:
            counts_BV = torch.zeros_like(logits_BV) if counts_BV is None else counts_BV
            penalised_BV = logits_BV - rule.frequency_penalty * counts_BV
        last_B = torch.where(ended_B, last_B, _choose(penalised_BV, rule.temperature, rule.top_p, generator))
        if counts_BV is not None:
            counts_BV.scatter_add_(1, last_B[:, None], torch.ones_like(counts_BV[:, :1]))
        ended_B = ended_B | torch.isin(last_B, stops)
        yield _step(logits_BV, last_B, ended_B, rule.top)
        if bool(ended_B.all()):
            return
        given = last_B[:, None]


def _step(logits_BV: Tensor, token_B: Tensor, ended_B: Tensor, top: int) -> Step:
    total_B = logits_BV.logsumexp(-1)
    log_p_B = logits_BV.gather(1, token_B[:, None])[:, 0] - total_B
    best = logits_BV.topk(min(top, logits_BV.shape[1]), dim=-1)
    return Step(token_B, log_p_B, best.indices, (best.values - total_B[:, None]).exp(), ended_B)


def _choose(logits_BV: Tensor, temperature: float, top_p: float, generator: torch.Generator) -> Tensor:
    if temperature == 0:
        return logits_BV.argmax(-1)
    # On the CPU, so that a seed means the same on every device.
    probabilities_BV = (logits_BV.cpu() / temperature).softmax(-1)
    if top_p < 1:
        sorted_BV, order_BV = probabilities_BV.sort(descending=True, dim=-1)
        # A token stays while the mass before it is short of top_p, so at least one stays.
        sorted_BV = sorted_BV.masked_fill(sorted_BV.cumsum(-1) - sorted_BV >= top_p, 0.0)
        probabilities_BV = torch.zeros_like(sorted_BV).scatter(-1, order_BV, sorted_BV)
    return torch.multinomial(probabilities_BV, 1, generator=generator)[:, 0].to(logits_BV.device)
