"""Evaluation of dictionaries on a language model and held-out text: one pass for reconstruction, one for losses.

Legend of suffixes: C contexts, T token position, D width, N rows (tokens), V vocabulary.

Special tokens are left alone everywhere: a dictionary is not applied to them, and neither is the ablation it is
compared with, or `ce_recovered` would be inflated by the loss of the attention sink. A position counts towards the
losses when neither its token (where the site is changed) nor the next token (which is predicted) is special.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from microtome.dictionaries.dictionary import Dictionary
from microtome.errors import ConfigError, SiteError
from microtome.evaluation.metrics import LossMetrics, Metrics, ReconstructionMetrics

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.sites import AnySite
    from microtome.text import Blocks


# Positions whose distributions over the vocabulary are in float32 at a time.
_POSITIONS_AT_ONCE = 16


@dataclass(frozen=True, kw_only=True)
class EvaluationConfig:
    """How much is measured. replicates: bootstrap replicates behind each interval. loss_tokens: tokens on which the
    model's losses are measured (a full forward pass for each condition), 0 for none. batch_contexts,
    loss_batch_contexts: contexts per forward pass, 0 for as many as make a good batch."""

    replicates: int = 400
    loss_tokens: int = 20_000
    batch_contexts: int = 0
    loss_batch_contexts: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch_contexts < 0 or self.loss_batch_contexts < 0:
            raise ConfigError("got a batch of less than no contexts, expected 0 or more", cure="Raise batch_contexts")

    def contexts_at_once(self, context: int) -> int:
        """Contexts per forward pass for reconstruction: about 2,048 tokens, unless `batch_contexts` says otherwise."""
        return self.batch_contexts or max(1, 2048 // context)

    def loss_contexts_at_once(self, context: int) -> int:
        """The same for losses, where every token has a distribution over the vocabulary: about 512 tokens."""
        return self.loss_batch_contexts or max(1, 512 // context)


@dataclass(frozen=True)
class Placed:
    """A dictionary with the sites it reads and writes; for an SAE they are the same."""

    dictionary: Dictionary
    site_in: AnySite
    site_out: AnySite


def evaluate_on_model(
    model: LanguageModel,
    placed: Mapping[str, Placed],
    blocks: Blocks,
    config: EvaluationConfig,
    *,
    progress: Callable[[int], None] = lambda n: None,
) -> dict[str, Metrics]:
    """Every metric of every dictionary on `blocks`. `progress` is called with the contexts done, out of
    `planned_contexts(...)`."""
    reconstruction = _reconstruction(model, placed, blocks, config, progress)
    results: dict[str, Metrics] = {}
    for name in placed:
        results[name] = reconstruction[name].result()
        results[name].facts["contexts"] = len(blocks)
        results[name].facts["dtype"] = str(model.dtype).removeprefix("torch.")
        results[name].facts["special_tokens_excluded"] = int(blocks.special.sum())
    if n_loss := contexts_for(blocks, config.loss_tokens):
        means = {name: torch.from_numpy(meter.mean_target()) for name, meter in reconstruction.items()}
        losses = _losses(model, placed, means, blocks.take(np.arange(n_loss)), config, progress)
        for name, meter in losses.items():
            results[name].merge(meter.result())
    return results


def contexts_for(blocks: Blocks, tokens: int) -> int:
    """How many of the first blocks hold `tokens` usable tokens (all, if there are fewer)."""
    if tokens <= 0:
        return 0
    usable = np.cumsum((~blocks.special).sum(1))
    return min(int(np.searchsorted(usable, tokens) + 1), len(blocks))


def planned_contexts(blocks: Blocks, placed: Mapping[str, Placed], config: EvaluationConfig) -> int:
    """What `progress` will have counted to at the end: contexts, once for each forward pass."""
    forwards = 1 + 2 * len({place.site_out for place in placed.values()}) + len(placed)
    return len(blocks) + forwards * contexts_for(blocks, config.loss_tokens)


def _reconstruction(
    model: LanguageModel,
    placed: Mapping[str, Placed],
    blocks: Blocks,
    config: EvaluationConfig,
    progress: Callable[[int], None],
) -> dict[str, ReconstructionMetrics]:
    meters = {
        name: ReconstructionMetrics(p.dictionary.config.latents, replicates=config.replicates, seed=config.seed)
        for name, p in placed.items()
    }
    sites = [site for p in placed.values() for site in (p.site_in, p.site_out)]
    for captured, keep_CT in _captured(model, sites, blocks, config):
        context_N = keep_CT.nonzero()[:, 0]
        for name, p in placed.items():
            y_ND = captured[p.site_out][keep_CT].float()
            with torch.no_grad():
                x_ND = p.dictionary.rows(captured[p.site_in], keep_CT)
                codes = p.dictionary.encode(x_ND)
                meters[name].update(y_ND, p.dictionary.decode(codes, x_ND), codes, context_N)
        progress(len(keep_CT))
    return meters


def reconstructed(model: LanguageModel, place: Placed, blocks: Blocks) -> tuple[Tensor, Tensor]:
    """Targets and their reconstructions at every token of `blocks` that is not special, float32 [N, D] each."""
    target, prediction = [], []
    for captured, keep_CT in _captured(model, [place.site_in, place.site_out], blocks, EvaluationConfig()):
        target.append(captured[place.site_out][keep_CT].float())
        with torch.no_grad():
            prediction.append(place.dictionary(place.dictionary.rows(captured[place.site_in], keep_CT)).cpu())
    return torch.cat(target), torch.cat(prediction)


def _captured(
    model: LanguageModel, sites: Sequence[AnySite], blocks: Blocks, config: EvaluationConfig
) -> Iterator[tuple[dict[AnySite, Tensor], Tensor]]:
    """Activations [C, T, D] of `sites`, some blocks at a time, with the mask [C, T] of their usable tokens."""
    size = config.contexts_at_once(blocks.tokens.shape[1])
    for first in range(0, len(blocks), size):
        tokens_CT, keep_CT = batch_of(blocks, first, size)
        found = model.capture(tokens_CT, list(dict.fromkeys(sites)))
        yield {site: value.cpu() for site, value in found.items()}, keep_CT


def batch_of(blocks: Blocks, first: int, size: int) -> tuple[Tensor, Tensor]:
    """Token ids int64 [C, T] and the mask of usable ones bool [C, T] of `size` blocks from `first` on."""
    part = slice(first, first + size)
    return torch.from_numpy(blocks.tokens[part]).long(), torch.from_numpy(~blocks.special[part])


def replacement_edits(place: Placed, keep_CT: Tensor) -> dict[AnySite, Callable[[Tensor], Tensor]]:
    """Edits that put the dictionary's reconstruction at its site where `keep_CT` is true."""
    seen: dict[str, Tensor] = {}

    def read(value_CTD: Tensor) -> Tensor:
        seen["x"] = value_CTD
        return value_CTD

    def write(value_CTD: Tensor) -> Tensor:
        if place.site_in != place.site_out and "x" not in seen:
            raise SiteError(
                f"{place.site_out} is computed before {place.site_in}, expected the input first",
                cure="Swap the two sites",
            )
        source_CTD = value_CTD if place.site_in == place.site_out else seen["x"]
        keep = keep_CT.to(value_CTD.device)
        prediction_ND = place.dictionary(place.dictionary.rows(source_CTD, keep)).to(value_CTD)
        return value_CTD.masked_scatter(keep.unsqueeze(-1), prediction_ND)

    if place.site_in == place.site_out:
        return {place.site_out: write}
    return {place.site_in: read, place.site_out: write}


def constant_edit(site: AnySite, keep_CT: Tensor, constant_D: Tensor) -> dict[AnySite, Callable[[Tensor], Tensor]]:
    """An edit that sets `site` to `constant_D` where `keep_CT` is true."""

    def write(value_CTD: Tensor) -> Tensor:
        constant = constant_D.to(value_CTD)
        return torch.where(keep_CT.to(value_CTD.device).unsqueeze(-1), constant, value_CTD)

    return {site: write}


def _losses(
    model: LanguageModel,
    placed: Mapping[str, Placed],
    means: Mapping[str, Tensor],
    blocks: Blocks,
    config: EvaluationConfig,
    progress: Callable[[int], None],
) -> dict[str, LossMetrics]:
    """Losses under every condition. The clean pass serves all dictionaries, the ablated ones all of a site."""
    meters = {name: LossMetrics(replicates=config.replicates, seed=config.seed + 1) for name in placed}
    # All dictionaries of a site saw the same tokens, so their means of the target are the same.
    mean_at = {place.site_out: means[name] for name, place in placed.items()}
    size = config.loss_contexts_at_once(blocks.tokens.shape[1])
    for first in range(0, len(blocks), size):
        tokens_CT, keep_CT = batch_of(blocks, first, size)
        batch = LossBatch(model, tokens_CT, keep_CT, progress)
        ablated: dict[AnySite, dict[str, np.ndarray]] = {}
        for site, mean_D in mean_at.items():
            zeroed = batch.changed(constant_edit(site, keep_CT, torch.zeros_like(mean_D)))
            averaged = batch.changed(constant_edit(site, keep_CT, mean_D))
            ablated[site] = {
                "ce_ablated": zeroed["ce"],
                "kl_ablated": zeroed["kl"],
                "ce_mean_ablated": averaged["ce"],
            }
        for name, place in placed.items():
            replaced = batch.changed(replacement_edits(place, keep_CT))
            own = {
                "n": batch.n,
                "ce_clean": batch.ce_clean,
                "ce_replaced": replaced["ce"],
                "kl_replaced": replaced["kl"],
            }
            meters[name].update({**own, **ablated[place.site_out]})
    return meters


class LossBatch:
    """Next-token losses of a batch of contexts, without and with edits, summed over the counted positions [C].

    Made outside every edit: what it is made with is the clean model. Edits that are open around `changed` apply too.
    """

    def __init__(
        self, model: LanguageModel, tokens_CT: Tensor, keep_CT: Tensor, progress: Callable[[int], None]
    ) -> None:
        self._model, self._tokens_CT, self._progress = model, tokens_CT, progress
        self._counted_CT = torch.zeros_like(keep_CT)
        self._counted_CT[:, :-1] = keep_CT[:, :-1] & keep_CT[:, 1:]
        self._position_N = self._counted_CT.flatten().nonzero().squeeze(1)
        self.n = self._counted_CT.sum(1).double().numpy()
        self._clean_PV = self._logits({})
        self.ce_clean = self._measure(self._clean_PV)["ce"]

    def changed(self, edits: Mapping[AnySite, Callable[[Tensor], Tensor]]) -> dict[str, np.ndarray]:
        """`ce`, and `kl` from the clean model, with `edits` in place."""
        return self._measure(self._logits(edits))

    @torch.no_grad()
    def _logits(self, edits: Mapping[AnySite, Callable[[Tensor], Tensor]]) -> Tensor:
        """Logits at every position of the batch, in the model's dtype [P = C·T, V]."""
        with self._model.edit(dict(edits)) if edits else nullcontext():
            logits_CTV = self._model.logits(self._tokens_CT)
        self._progress(len(self._tokens_CT))
        return logits_CTV.flatten(0, 1)

    @torch.no_grad()
    def _measure(self, logits_PV: Tensor) -> dict[str, np.ndarray]:
        """Cross entropy and KL(clean‖these), in float32 a few positions at a time.

        A vocabulary is wide, and memory that stays in use is far quicker than memory asked for anew.
        """
        target_P = self._tokens_CT.flatten().roll(-1)
        ce, kl = [], []
        for position_n in self._position_N.split(_POSITIONS_AT_ONCE):
            log_p_nV = torch.log_softmax(logits_PV[position_n].float(), dim=-1)
            ce.append(-log_p_nV.gather(1, target_P[position_n, None].to(log_p_nV.device))[:, 0])
            if logits_PV is not self._clean_PV:
                clean_nV = torch.log_softmax(self._clean_PV[position_n].float(), dim=-1)
                kl.append(torch.linalg.vecdot(clean_nV.exp(), clean_nV - log_p_nV))
        return {key: self._per_context(torch.cat(parts)) for key, parts in (("ce", ce), ("kl", kl)) if parts}

    def _per_context(self, value_N: Tensor) -> np.ndarray:
        context_N = (self._position_N // self._counted_CT.shape[1]).numpy()
        return np.bincount(context_N, weights=value_N.double().cpu().numpy(), minlength=len(self._counted_CT))
