"""Draws tokens one at a time from a stock model with its own KV cache.

A loop of our own instead of `generate()` of transformers: tokens can be streamed, the draw depends on its seed alone
(not on the global random state, which other threads use too), and no default hidden in a model's files changes it.

Tensor suffixes: B batch, T token position, V vocabulary.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from microtome.errors import ConfigError

__all__ = ["sample"]


def sample(
    hf: Any,
    tokens_BT: Tensor,
    *,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    top_p: float,
    stop_ids: frozenset[int],
) -> Iterator[Tensor]:
    """Yield the next token [B] of each sequence, up to `max_new_tokens` times or until all have met a stop id.

    Raises ConfigError, before the first token: temperature below 0, top_p outside (0, 1], or max_new_tokens below 0.
    """
    if temperature < 0:
        raise ConfigError(f"got temperature {temperature}, expected 0 or more", cure="Use 0 for greedy decoding")
    if not 0 < top_p <= 1:
        raise ConfigError(f"got top_p {top_p}, expected above 0 and at most 1", cure="Use 1 to keep every token")
    if max_new_tokens < 0:
        raise ConfigError(f"got max_new_tokens {max_new_tokens}, expected 0 or more", cure="Ask for some tokens")
    return _steps(hf, tokens_BT, max_new_tokens, temperature, seed, top_p, stop_ids)


def _steps(
    hf: Any,
    tokens_BT: Tensor,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    top_p: float,
    stop_ids: frozenset[int],
) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    stops = torch.tensor(sorted(stop_ids), device=tokens_BT.device, dtype=torch.long)
    ended_B = torch.zeros(len(tokens_BT), dtype=torch.bool, device=tokens_BT.device)
    last_B = tokens_BT[:, -1]
    cache: Any = None
    given = tokens_BT
    # The logits of a long prompt over a large vocabulary take gigabytes, and only the last are needed.
    last_only = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(hf.forward).parameters else {}
    for _ in range(max_new_tokens):
        with torch.no_grad():
            output = hf(input_ids=given, past_key_values=cache, use_cache=True, **last_only)
        cache = output.past_key_values
        chosen_B = _choose(output.logits[:, -1].float(), temperature, top_p, generator)
        last_B = torch.where(ended_B, last_B, chosen_B)
        yield last_B
        ended_B = ended_B | torch.isin(last_B, stops)
        if bool(ended_B.all()):
            return
        given = last_B[:, None]


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
