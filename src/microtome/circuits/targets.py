"""What a graph is traced from: logits, a difference of logits, a latent, or a direction.

Legend of suffixes: D d_model, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from microtome.circuits.graph import Target
from microtome.circuits.replacement import Local
from microtome.errors import ConfigError
from microtome.models.token_text import token_decoder

#: Logits are taken until they hold this probability, as published for attribution graphs.
LOGIT_PROBABILITY = 0.95
MAX_LOGITS = 10


@dataclass(frozen=True, eq=False)
class Aim:
    """A linear function of one activation: `row_D` times what the MLP of `layer` reads at `position`, plus `constant`;
    for `layer` = number of layers, of what the unembedding reads."""

    target: Target
    layer: int
    position: int
    row_D: Tensor
    constant: float


def likely_logits(
    local: Local, *, probability: float = LOGIT_PROBABILITY, at_most: int = MAX_LOGITS, position: int = -1
) -> list[Aim]:
    """The smallest set of tokens that holds `probability` after `position`, at most `at_most`, each as its logit less
    the mean. Raises `ConfigError`: no such position."""
    chance_V = _logits(local, position).softmax(0)
    top, ids = chance_V.topk(min(at_most, len(chance_V)))
    reached = int((top.cumsum(0) < probability).sum()) + 1
    return logits(local, ids[:reached].tolist(), position=position)


def logits(local: Local, token_ids: Sequence[int], *, position: int = -1) -> list[Aim]:
    """Logits of tokens less the mean of all, W_U[i] − mean W_U, weighted by their probabilities after `position`
    (−1: the last).

    Raises `ConfigError`: none, a token outside the vocabulary, or no such position.
    """
    if not token_ids:
        raise ConfigError(
            "got no token to trace, expected at least one", cure="Name a token, or none for the likeliest"
        )
    chance_V = _logits(local, position).double().softmax(0)
    for token in token_ids:
        _check_token(local, token)
    total = float(chance_V[list(token_ids)].sum()) or 1.0
    return [
        _final(
            local,
            Target(_text(local, token), token, float(chance_V[token]), float(chance_V[token]) / total),
            *local.model.logit_row(token),
            position,
        )
        for token in token_ids
    ]


def logit_difference(local: Local, more: int, less: int, *, position: int = -1) -> list[Aim]:
    """The logit of one token less that of another after `position` (−1: the last). Raises `ConfigError`: a token
    outside the vocabulary, or no such position."""
    _check_token(local, more)
    _check_token(local, less)
    target = Target(f"{_text(local, more)} − {_text(local, less)}")
    return [_final(local, target, *local.model.logit_row(more, less), position)]


def latent(local: Local, layer: int, position: int, latent: int) -> list[Aim]:
    """The pre-activation of a latent, whether it fires or not; position −1 is the last.

    Raises `ConfigError`: no such layer, position or latent.
    """
    _check(local, "layer", layer, local.frozen.n_layers)
    position = _position(local, position)
    _check(local, "latent", latent, local.model.transcoders.latents(layer))
    row_1D, bias_1 = local.model.transcoders.rows(layer, torch.tensor([latent], device=local.model.lm.device))
    return [Aim(Target(f"latent {latent} of layer {layer}"), layer, position, row_1D[0], float(bias_1[0]))]


def direction(local: Local, layer: int, position: int, vector_D: Tensor, label: str = "direction") -> list[Aim]:
    """A vector [D] times what the MLP of a layer reads at a position (−1: the last); `layer` = number of layers: what
    the unembedding reads. Raises `ConfigError`: no such place, another width, or values that are not finite."""
    _check(local, "layer", layer, local.frozen.n_layers + 1)
    position = _position(local, position)
    if tuple(vector_D.shape) != (local.model.lm.d_model,) or not bool(torch.isfinite(vector_D).all()):
        raise ConfigError(
            f"got a direction of shape {tuple(vector_D.shape)}, expected ({local.model.lm.d_model},), finite",
            cure="Give a vector of the model's width",
        )
    return [Aim(Target(label), layer, position, vector_D.to(local.frozen.hidden), 0.0)]


def _final(local: Local, target: Target, row_D: Tensor, constant: float, position: int) -> Aim:
    return Aim(target, local.frozen.n_layers, _position(local, position), row_D, constant)


def _logits(local: Local, position: int) -> Tensor:
    """What the model predicts after a position, [V]."""
    end = _position(local, position) + 1
    if end == local.n_tokens:
        return local.logits_V
    return local.model.lm.logits(local.frozen.tokens_1T[:, :end], last=True)[0, -1]


def _position(local: Local, position: int) -> int:
    """A position of the prompt; negative ones count from its end."""
    n = local.n_tokens
    if not -n <= position < n:
        raise ConfigError(
            f"got position {position}, expected {-n} to {n - 1}", cure=f"Give a position of the {n} tokens"
        )
    return position % n


def _text(local: Local, token: int) -> str:
    tokenizer = local.model.lm.tokenizer
    return f"token {token}" if tokenizer is None else token_decoder(tokenizer)(token)


def _check_token(local: Local, token: int) -> None:
    _check(local, "token", token, local.model.lm.vocab_size)


def _check(local: Local, what: str, value: int, end: int) -> None:
    if not 0 <= value < end:
        raise ConfigError(
            f"got {what} {value}, expected 0 to {end - 1}", cure=f"Give a {what} of {local.model.lm.name}"
        )
