"""Dose and response: what a steered model writes as the strength grows, and when it breaks.

Each continuation is read back by the clean model: its perplexity says whether it is still language, the mean
activation of the steered latents whether it is about what was asked for, and repeated n-grams whether it runs in a
circle (which has a *low* perplexity, so one without the other misleads). The same strengths with matched-norm random
directions are the control.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from microtome.errors import ConfigError
from microtome.evaluation import Placed
from microtome.interventions.changes import Change, scaled
from microtome.interventions.intervention import Intervention, Maxima
from microtome.interventions.writing import GenerationConfig, Token, continuation, prompt_ids, stream_text

if TYPE_CHECKING:
    from microtome.models import LanguageModel


def dose_curve(
    lm: LanguageModel,
    placed: Mapping[str, Placed],
    changes: Sequence[Change],
    prompt: str | Tensor,
    strengths: Sequence[float],
    *,
    maxima: Maxima | None = None,
    config: GenerationConfig | None = None,
    controls: Sequence[int] = (0,),
) -> list[dict[str, Any]]:
    """A row per strength, condition and sample; strengths multiply the values of `add`, `clamp` and `min_clamp`.

    Keys: `strength`, `condition` ("steered" or "control"), `seed` (of the control, else None), `sample`, `text`,
    `token_ids`, and what `read_back` gives. Raises ConfigError: no strengths, or one that is not finite.
    """
    found = stream_dose_curve(lm, placed, changes, prompt, strengths, maxima=maxima, config=config, controls=controls)
    return [row for row in found if row is not None]


def stream_dose_curve(
    lm: LanguageModel,
    placed: Mapping[str, Placed],
    changes: Sequence[Change],
    prompt: str | Tensor,
    strengths: Sequence[float],
    *,
    maxima: Maxima | None = None,
    config: GenerationConfig | None = None,
    controls: Sequence[int] = (0,),
) -> Iterator[dict[str, Any] | None]:
    """The rows of `dose_curve` as they are found, and None after each token on the way there.

    Whoever reads it can stop at any token, and then holds nothing of the model. Everything is checked before the first.
    """
    if not strengths or not all(math.isfinite(strength) for strength in strengths):
        raise ConfigError(
            f"got the strengths {list(strengths)}, expected finite numbers", cure="Give some, such as 0,1,2,4"
        )
    config = config or GenerationConfig()
    stream_text(lm, prompt, None, config)  # so that a prompt or an option that cannot be is told now
    conditions: list[tuple[dict[str, Any], Intervention]] = []
    for strength in strengths:
        true = Intervention(lm, placed, scaled(changes, strength), maxima=maxima)
        conditions.append(({"strength": float(strength), "condition": "steered", "seed": None}, true))
        for seed in controls:
            row = {"strength": float(strength), "condition": "control", "seed": seed}
            conditions.append((row, true.control(seed)))
    return _doses(
        lm, placed, prompt_ids(lm, prompt, chat=config.chat), conditions, config, _latents_of(changes, placed)
    )


def _doses(
    lm: LanguageModel,
    placed: Mapping[str, Placed],
    ids_1T: Tensor,
    conditions: Sequence[tuple[dict[str, Any], Intervention]],
    config: GenerationConfig,
    steered: Mapping[str, Sequence[int]],
) -> Iterator[dict[str, Any] | None]:
    for row, intervention in conditions:
        found: list[list[Token]] = [[] for _ in range(config.samples)]
        for token in stream_text(lm, ids_1T, intervention, config):
            found[token.sample].append(token)
            yield None
        for sample, tokens in enumerate(found):
            whole = continuation(lm, tokens)
            read = read_back(lm, placed, ids_1T, whole.token_ids, steered)
            yield {**row, "sample": sample, "text": whole.text, "token_ids": whole.token_ids, **read}


def read_back(
    lm: LanguageModel,
    placed: Mapping[str, Placed],
    prompt_1T: Tensor,
    token_ids: Sequence[int],
    latents: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """A continuation as the clean model sees it.

    `ce` (nats per token) and `perplexity` given the prompt; `activation` {dictionary: {latent: its mean code over the
    continuation}}; `repetition`, see there. `token_ids` may be empty, then `ce` and `perplexity` are None.
    """
    if not token_ids:
        return {"ce": None, "perplexity": None, "activation": {}, "repetition": repetition([])}
    new_1T = torch.tensor([list(token_ids)], device=prompt_1T.device)
    whole_1T = torch.cat([prompt_1T, new_1T], 1)
    log_p_TV = lm.logits(whole_1T)[0, prompt_1T.shape[1] - 1 : -1].float().log_softmax(-1)
    ce = -float(log_p_TV.gather(1, new_1T[0, :, None]).mean())
    activation: dict[str, dict[int, float]] = {}
    for name, used in (latents or {}).items():
        place = placed[name]
        (x_1TD,) = lm.capture(whole_1T, [place.site_in]).values()
        with torch.no_grad():
            x_TD = place.dictionary.rows(x_1TD)[prompt_1T.shape[1] :]
            mean_S = place.dictionary.encode_latents(x_TD, torch.tensor(list(used), device=x_TD.device)).mean(0)
        activation[name] = dict(zip(used, mean_S.tolist()))
    return {"ce": ce, "perplexity": math.exp(ce), "activation": activation, "repetition": repetition(token_ids)}


def repetition(token_ids: Sequence[int]) -> dict[str, float]:
    """How much a text repeats itself.

    `distinct_1`, `distinct_2`, `distinct_3`: different n-grams per n-gram (1: none twice; of none, 1).
    `repeated_4`: share of 4-grams that occurred before. `longest_run`: longest run of one token, in tokens.
    """
    found: dict[str, float] = {}
    for n in (1, 2, 3, 4):
        grams = [tuple(token_ids[i : i + n]) for i in range(len(token_ids) - n + 1)]
        distinct = len(set(grams)) / len(grams) if grams else 1.0
        found.update({f"distinct_{n}": distinct} if n < 4 else {"repeated_4": 1.0 - distinct})
    run = longest = 0
    for i, token in enumerate(token_ids):
        run = run + 1 if i and token == token_ids[i - 1] else 1
        longest = max(longest, run)
    return {**found, "longest_run": float(longest)}


def summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Means over samples and control seeds: `strength`, `condition`, `n`, `ce`, `perplexity` (of the mean `ce`),
    `activation` (mean over the steered latents), `distinct_2`, `repeated_4`."""
    groups: dict[tuple[float, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["strength"], row["condition"]), []).append(row)
    return [
        {
            "strength": strength,
            "condition": condition,
            "n": len(group),
            "ce": _mean([row["ce"] for row in group]),
            "perplexity": math.exp(_mean([row["ce"] for row in group])),
            "activation": _mean([value for row in group for of in row["activation"].values() for value in of.values()]),
            "distinct_2": _mean([row["repetition"]["distinct_2"] for row in group]),
            "repeated_4": _mean([row["repetition"]["repeated_4"] for row in group]),
        }
        for (strength, condition), group in groups.items()
    ]


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def _latents_of(changes: Sequence[Change], placed: Mapping[str, Placed]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for change in changes:
        if change.latent is not None:
            latents = found.setdefault(change.dictionary or next(iter(placed)), [])
            if change.latent not in latents:
                latents.append(change.latent)
    return found
