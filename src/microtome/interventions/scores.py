"""The output score of a latent: does promoting it raise, in real contexts, the tokens it should raise?

Which tokens those are is read from the direct path: the logits of the latent's decoder row alone, through the final
norm and the unembedding. The score is how much more likely they become, in nats, when the latent is added at every
token of a context, measured where the context ends. (The idea of scoring latents by their effect on the output is that
of Arad et al. 2025, https://arxiv.org/abs/2505.20063; their score weighs ranks and probabilities, this one does not.)

Two controls for each random direction of the same norm: `same_tokens`, how much it raises the *latent's* tokens, and
`own_tokens`, how much it raises the tokens of its own direct path. Nearly any direction does the latter to some
degree, so beating it says that the model treats the latent's direction as one it writes itself.

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
    """One row per latent: `latent`, `tokens` (ids), `score`, `same_tokens` and `own_tokens` (one number per control),
    `p_same`, `p_own` (ranks among them), and `beats_same`, `beats_own` (at the 95 % level).

    `contexts_CT` token ids [C, T]; `strength` in units of the latent's maximum activation. Costs 1 + controls forward
    passes per latent. Raises ConfigError: a site without a direct path.
    """
    name = dictionary or next(iter(placed))
    site = placed[name].site_out
    _check_stream(lm, site)
    clean_CV = _last_log_p(lm, contexts_CT)
    rows = []
    for latent in latents:
        change = Change(kind="add", latent=latent, value=strength, unit="max", dictionary=name)
        true = Intervention(lm, placed, [change], maxima=maxima)
        random = [true.control(seed + i) for i in range(controls)]
        directions = torch.cat([i.written_rows(name) for i in (true, *random)])
        token_SK = direct_tokens(lm, directions, n_tokens)
        own: list[float] = []
        same: list[float] = []
        for i, intervention in enumerate((true, *random)):
            with intervention.open():
                rise_CV = _last_log_p(lm, contexts_CT)
            own.append(_rise(rise_CV, clean_CV, token_SK[i]))
            same.append(_rise(rise_CV, clean_CV, token_SK[0]))
        p_same, p_own = rank_p(own[0], same[1:]), rank_p(own[0], own[1:])
        rows.append(
            {
                "latent": latent,
                "tokens": token_SK[0].tolist(),
                "strength": strength,
                "score": own[0],
                "same_tokens": same[1:],
                "own_tokens": own[1:],
                "p_same": p_same,
                "p_own": p_own,
                "beats_same": p_same <= 0.05,
                "beats_own": p_own <= 0.05,
            }
        )
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
