"""Which latents fire on a text of the user's own, token by token and over all of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from microtome.errors import ConfigError, TextError
from microtome.evaluation.on_model import Placed
from microtome.models.token_text import token_decoder

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.runs import Run


def placed(run: Run | str | Path, name: str | None, lm: LanguageModel) -> Placed:
    """A dictionary of a run with its sites in `lm`; the name may be left out where a run has one dictionary."""
    from microtome.runs import Run

    run = run if isinstance(run, Run) else Run.open(run)
    if name is None:
        if len(run.names) != 1:
            raise ConfigError(
                f"'{run.path}' has {len(run.names)} dictionaries ({', '.join(run.names)}), expected a name",
                cure="Name one of them with --dictionary",
            )
        name = run.names[0]
    entry = run.entry(name)
    (site_in,), (site_out,) = lm.parse(entry["site_in"]), lm.parse(entry["site_out"])
    return Placed(run.dictionary(name), site_in, site_out)


@torch.no_grad()
def on_text(lm: LanguageModel, place: Placed, text: str, *, latents: Sequence[int] | None = None) -> dict[str, Any]:
    """What fires on `text`: `{"tokens", "token_ids", "special", "latents", "codes", "pooled"}`.

    `latents` are those that fire somewhere (or the ones asked for), the strongest first. `codes[t]` are pairs
    `[index into latents, value]` of token t. `pooled` has for each of them `{latent, max, mean, sum, tokens}`, the mean
    over all tokens that are not special. Special tokens (the text begins with BOS where the model has one) fire
    nothing. Raises `TextError` for no text and for more than the model's context, `ConfigError` for a latent that does
    not exist.
    """
    if not text:
        raise TextError("got no text", cure="Give some")
    n_latents = place.dictionary.config.latents
    for latent in latents or ():
        if not 0 <= latent < n_latents:
            raise ConfigError(f"got latent {latent}, the dictionary has {n_latents}", cure=f"Give 0 to {n_latents - 1}")
    tokens_BT = lm.encode(text)
    if lm.max_context is not None and tokens_BT.shape[1] > lm.max_context:
        raise TextError(
            f"got {tokens_BT.shape[1]} tokens of text, expected at most {lm.max_context} (the context of {lm.name})",
            cure="Shorten the text",
        )
    ids = [int(token) for token in tokens_BT[0]]
    special = [token in lm.special_ids for token in ids]
    usable = [position for position, left_out in enumerate(special) if not left_out]
    (x_BTD,) = lm.capture(tokens_BT, [place.site_in]).values()
    codes = place.dictionary.encode(place.dictionary.rows(x_BTD, ~torch.tensor([special])))
    fired: dict[int, list[tuple[int, float]]] = {}
    for row, latent, value in zip(
        codes.pairs.token_N.tolist(), codes.pairs.latent_N.tolist(), codes.values_N.tolist(), strict=True
    ):
        fired.setdefault(latent, []).append((usable[row], value))
    chosen = list(dict.fromkeys(latents)) if latents is not None else list(fired)
    pooled = [_pooled(latent, fired.get(latent, []), len(usable)) for latent in chosen]
    pooled.sort(key=lambda one: (-one["max"], one["latent"]))
    at = {one["latent"]: index for index, one in enumerate(pooled)}
    per_token: list[list[list[float]]] = [[] for _ in ids]
    for latent in at:
        for position, value in fired.get(latent, []):
            per_token[position].append([at[latent], value])
    decode = token_decoder(lm.tokenizer)
    return {
        "tokens": [decode(token) for token in ids],
        "token_ids": ids,
        "special": special,
        "latents": list(at),
        "codes": [sorted(pairs) for pairs in per_token],
        "pooled": pooled,
    }


def _pooled(latent: int, found: Sequence[tuple[int, float]], n_tokens: int) -> dict[str, Any]:
    values = [value for _, value in found]
    return {
        "latent": latent,
        "max": max(values, default=0.0),
        "mean": sum(values) / max(n_tokens, 1),
        "sum": sum(values),
        "tokens": len(values),
    }
