"""The output score of a latent: does promoting it raise, in real contexts, the tokens it should raise?

Which tokens those are is read from the direct path: the logits of the latent's decoder row alone, through the final
norm and the unembedding. The score is how much more likely they become, in nats, when the latent is added at every
token of a context, measured where the context ends. (The idea of scoring latents by their effect on the output is that
of Arad et al. 2025, https://arxiv.org/abs/2505.20063; their score weighs ranks and probabilities, this one does not.)

Three controls, each with directions of the same norm. `same_tokens`: how much a random direction raises the *latent's*
tokens. `other_latents`: how much the decoder rows of other latents do. `own_tokens`: how much a random direction raises
the tokens of *its own* direct path. A random direction points where the model never writes and disturbs it more than a
latent does, so the second says whether an effect is this latent's, the others what the norm alone explains.

Legend of suffixes: C contexts, T token position, D width, S directions, V vocabulary, K tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from microtome.errors import ConfigError
from microtome.evaluation import Placed
from microtome.interventions.changes import Change
from microtome.interventions.effects import rank_p
from microtome.interventions.intervention import Intervention, Maxima
from microtome.sites import Site

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.sites import AnySite

#: Points whose activation is (part of) the residual stream, so that a row has a direct path to the logits.
_IN_THE_STREAM = ("resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out")


def direct_logits(lm: LanguageModel, rows_SD: Tensor) -> Tensor:
    """The logits [S, V] of directions alone: final norm and unembedding of each, less what the norm's bias gives.

    A row stands in the place of the last layer's output, so this needs no knowledge of a model's modules. Directions
    are scaled to norm √D first; the order of tokens does not depend on it.
    """
    size_S1 = rows_SD.norm(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny)
    unit_SD = rows_SD / size_S1 * rows_SD.shape[1] ** 0.5
    given_SD = torch.cat([unit_SD, torch.zeros_like(unit_SD[:1])]).to(lm.device)
    tokens_S1 = torch.zeros(len(given_SD), 1, dtype=torch.long)
    last = Site(lm.n_layers - 1, "resid_post")
    with lm.edit({str(last): lambda value_SBD: given_SD[:, None].to(value_SBD.dtype)}):
        logits_SV = lm.logits(tokens_S1, last=True)[:, 0].float()
    return logits_SV[:-1] - logits_SV[-1:]


def direct_tokens(lm: LanguageModel, rows_SD: Tensor, n: int = 10) -> Tensor:
    """The `n` tokens [S, n] that the direct path of each direction raises most, best first."""
    return direct_logits(lm, rows_SD).topk(n, dim=-1).indices


def output_scores(
    lm: LanguageModel,
    placed: Mapping[str, Placed],
    latents: Sequence[int],
    contexts_CT: Tensor,
    *,
    maxima: Maxima,
    dictionary: str = "",
    strength: float = 1.0,
    controls: int = 19,
    n_tokens: int = 10,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """One row per latent: `latent`, `tokens` (ids), `strength`, `score`; `controls`, `p` and `beats` for each of the
    three controls: the scores of its directions, the rank of the latent's among them, and whether that is at most 0.05.

    `contexts_CT` token ids [C, T]; `strength` in units of the latent's maximum activation. Costs 1 + 2 · controls
    forward passes per latent. Raises ConfigError: a site without a direct path.
    """
    name = dictionary or next(iter(placed))
    _check_stream(lm, placed[name].site_out)
    clean_CV = _last_log_p(lm, contexts_CT)

    def rise(intervention: Intervention, token_LK: Tensor) -> list[float]:
        """How much likelier each row of tokens becomes."""
        with intervention.open():
            after_CV = _last_log_p(lm, contexts_CT)
        return [_rise(after_CV, clean_CV, token_K) for token_K in token_LK]

    rows = []
    for latent in latents:
        change = Change(kind="add", latent=latent, value=strength, unit="max", dictionary=name)
        true = Intervention(lm, placed, [change], maxima=maxima)
        random = [true.control(seed + i) for i in range(controls)]
        others = [true.control(seed + i, "latents") for i in range(controls)]
        token_SK = direct_tokens(lm, torch.cat([i.written_rows(name) for i in (true, *random)]), n_tokens)
        (score,) = rise(true, token_SK[:1])
        both = [rise(intervention, token_SK[[0, 1 + i]]) for i, intervention in enumerate(random)]
        found = {
            "same_tokens": [same for same, _ in both],
            "other_latents": [rise(intervention, token_SK[:1])[0] for intervention in others],
            "own_tokens": [own for _, own in both],
        }
        p = {key: rank_p(score, values) for key, values in found.items()}
        beats = {key: value <= 0.05 for key, value in p.items()}
        row = {"latent": latent, "tokens": token_SK[0].tolist(), "strength": strength, "score": score}
        rows.append({**row, "controls": found, "p": p, "beats": beats})
    return rows


def _last_log_p(lm: LanguageModel, contexts_CT: Tensor) -> Tensor:
    return lm.logits(contexts_CT, last=True)[:, 0].float().log_softmax(-1)


def _rise(after_CV: Tensor, before_CV: Tensor, token_K: Tensor) -> float:
    """How much more likely the tokens have become together: the mean over contexts of a difference in nats."""
    return float((after_CV[:, token_K].logsumexp(-1) - before_CV[:, token_K].logsumexp(-1)).mean())


def _check_stream(lm: LanguageModel, site: AnySite) -> None:
    if not isinstance(site, Site) or site.point not in _IN_THE_STREAM:
        raise ConfigError(
            f"the latents at {site} write to no residual stream, so they have no direct path to the logits",
            cure=f"Use a dictionary of one of {', '.join(_IN_THE_STREAM)}",
        )
