"""The metrics, each defined once. Training, evaluation and reports all read them from here.

Legend of suffixes: N rows (tokens), C contexts, R replicates (row 0 is the estimate), D width, F latents.

Everything is summed in float64 and streamed. Where a metric is undefined (the variance is zero, nothing was
reconstructed), its value is None and `undefined` says why; it is never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from microtome.activations import NOT_FINITE_CURE
from microtome.dictionaries.dictionary import Codes
from microtome.errors import ActivationError
from microtome.evaluation.bootstrap import Replicates, interval

#: A latent that fires on more than this share of tokens is dense.
DENSE_ABOVE = 0.1
#: Edges of the histogram of cos(x, x̂) that reports show.
COSINE_EDGES = np.linspace(-1.0, 1.0, 101)

_FRACTIONS = ("dead_fraction", "dense_fraction")
_NOT_NEGATIVE = ("fvu", "l0", "l1", "l2_ratio", "ce_clean", "ce_replaced", "ce_ablated", "ce_mean_ablated", "kl")

_SUMS = ("n", "error", "target_sq", "cosine", "with_norm", "ratio", "prediction_sq", "dot", "active", "magnitude")


@dataclass
class Metrics:
    """Values under the keys of `docs/formulas.md`, with 95 % intervals, and the per-latent arrays behind them.

    `values[key]` is None where the metric is undefined; `undefined[key]` then says why. `arrays` float64/int64 [F] per
    latent: `count` (tokens it fires on), `mean` and `max` of its activation where it fires; `cosine_histogram` [100].
    """

    values: dict[str, float | None] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    n_contexts: int = 0

    def add(self, key: str, replicates_R: np.ndarray, *, why_undefined: str = "") -> None:
        """Take row 0 as the value and the others as its bootstrap replicates. One context tells nothing of spread."""
        value = float(replicates_R[0])
        if not np.isfinite(value):
            self.values[key] = None
            self.undefined[key] = why_undefined or "it is not finite"
            return
        self.values[key] = value
        low, high = (0.0, 1.0) if key in _FRACTIONS else (0.0 if key in _NOT_NEGATIVE else -np.inf, np.inf)
        if self.n_contexts > 1 and (ends := interval(replicates_R, low=low, high=high)) is not None:
            self.intervals[key] = ends

    def merge(self, other: Metrics) -> None:
        """Take over everything `other` holds."""
        self.values.update(other.values)
        self.intervals.update(other.intervals)
        self.undefined.update(other.undefined)
        self.arrays.update(other.arrays)
        self.facts.update(other.facts)

    def density(self) -> list[float]:
        """Share of tokens on which each latent fires, [F]."""
        return [float(count) / max(self.facts["tokens"], 1) for count in self.arrays["count"]]

    def to_json(self) -> dict[str, Any]:
        """The flat form `--json` writes: every key with its value, then `intervals`, `undefined` and the facts."""
        return {
            **self.values,
            "intervals": {key: list(ends) for key, ends in self.intervals.items()},
            "undefined": dict(self.undefined),
            **self.facts,
        }


class ReconstructionMetrics:
    """Streams targets, predictions and codes; gives everything that needs no language model."""

    def __init__(self, n_latents: int, *, replicates: int = 0, seed: int = 0) -> None:
        self.n_latents = n_latents
        self._weights = Replicates(replicates, seed=seed)
        # Counts per latent and replicate are the one large table here; fewer replicates are enough for two shares.
        self._n_latent_rows = 1 + min(replicates, 100)
        self._sums = {key: np.zeros(1 + replicates) for key in _SUMS}
        self._counts = np.zeros((self._n_latent_rows, n_latents))
        self._activation_sum = np.zeros(n_latents)
        self._activation_max = np.zeros(n_latents)
        self._cosines = np.zeros(len(COSINE_EDGES) - 1, dtype=np.int64)
        self._reference_D: np.ndarray | None = None
        self._offset_RD: np.ndarray | None = None
        self._offset_sq = np.zeros(1 + replicates)

    @torch.no_grad()
    def update(self, target_ND: Tensor, prediction_ND: Tensor, codes: Codes, context_N: Tensor | None = None) -> None:
        """Add N tokens. `context_N` int64, ascending from 0 within this call: which of its contexts a token is in."""
        if len(target_ND) == 0:
            return
        y, p = target_ND.double().cpu().numpy(), prediction_ND.double().cpu().numpy()
        if not np.isfinite(y).all():
            raise ActivationError(
                "the activations to measure on hold NaN or infinity, expected finite numbers", cure=NOT_FINITE_CURE
            )
        context = np.zeros(len(y), dtype=np.int64) if context_N is None else context_N.cpu().numpy()
        n_contexts = int(context[-1]) + 1
        weights_RC = self._weights.weights(n_contexts)

        active_N = codes.active_per_token.cpu().numpy()
        token_of_pair = codes.pairs.token_N.cpu().numpy()
        latent_of_pair = codes.pairs.latent_N.cpu().numpy()
        values = codes.values_N.double().cpu().numpy()
        y_norm, p_norm, dot = np.linalg.norm(y, axis=1), np.linalg.norm(p, axis=1), (y * p).sum(1)
        has_norm = y_norm > 0
        safe = np.where(has_norm, y_norm, 1.0)
        cosine = np.where(has_norm & (p_norm > 0), dot / (safe * np.where(p_norm > 0, p_norm, 1.0)), 0.0)
        per_token = {
            "n": np.ones(len(y)),
            "error": ((y - p) ** 2).sum(1),
            "target_sq": y_norm**2,
            "cosine": cosine,
            "with_norm": has_norm.astype(float),
            "ratio": np.where(has_norm, p_norm / safe, 0.0),
            "prediction_sq": p_norm**2,
            "dot": dot,
            "active": active_N.astype(float),
            "magnitude": np.bincount(token_of_pair, weights=np.abs(values), minlength=len(y)),
        }
        for key, value_N in per_token.items():
            self._sums[key] += weights_RC @ np.bincount(context, weights=value_N, minlength=n_contexts)
        self._add_variance(y, context, weights_RC)
        self._add_latents(latent_of_pair, token_of_pair, values, context, weights_RC)
        self._cosines += np.histogram(np.clip(cosine[has_norm], -1, 1), bins=COSINE_EDGES)[0]

    def _add_variance(self, y: np.ndarray, context: np.ndarray, weights_RC: np.ndarray) -> None:
        if self._reference_D is None:
            # Sums are taken around a point near the data: with a huge mean, E‖x‖² − ‖E x‖² would cancel to nothing.
            self._reference_D = y.mean(0)
            self._offset_RD = np.zeros((weights_RC.shape[0], y.shape[1]))
        assert self._offset_RD is not None
        offset = y - self._reference_D
        per_context = np.zeros((weights_RC.shape[1], y.shape[1]))
        np.add.at(per_context, context, offset)
        self._offset_RD += weights_RC @ per_context
        squares = np.bincount(context, weights=(offset**2).sum(1), minlength=weights_RC.shape[1])
        self._offset_sq += weights_RC @ squares

    def _add_latents(
        self, latent: np.ndarray, token: np.ndarray, values: np.ndarray, context: np.ndarray, weights_RC: np.ndarray
    ) -> None:
        if len(latent) == 0:
            return
        n_contexts = weights_RC.shape[1]
        flat = context[token] * self.n_latents + latent
        counts_CF = np.bincount(flat, minlength=n_contexts * self.n_latents).reshape(n_contexts, self.n_latents)
        rows = weights_RC[: self._n_latent_rows]
        self._counts += rows @ counts_CF if len(rows) > 1 else counts_CF.sum(0)
        self._activation_sum += np.bincount(latent, weights=values, minlength=self.n_latents)
        np.maximum.at(self._activation_max, latent, values)

    def variance_sums(self) -> np.ndarray:
        """Σ‖x − x̄‖² per replicate, x̄ the mean over that replicate's tokens."""
        if self._offset_RD is None:
            return np.zeros_like(self._offset_sq)
        n = np.maximum(self._sums["n"], 1.0)
        total = self._offset_sq - (self._offset_RD**2).sum(1) / n
        # What is left of rounding after the subtraction is not variance.
        return np.where(total > 1e-12 * self._offset_sq, total, 0.0)

    def mean_target(self) -> np.ndarray:
        """x̄ over all tokens so far, float64 [D]."""
        assert self._offset_RD is not None and self._reference_D is not None
        return self._reference_D + self._offset_RD[0] / max(self._sums["n"][0], 1.0)

    def result(self) -> Metrics:
        """All metrics of the design's table that need no language model."""
        out = Metrics(n_contexts=self._weights.n_contexts)
        sums = self._sums
        with np.errstate(divide="ignore", invalid="ignore"):
            fvu = sums["error"] / self.variance_sums()
            flat = "the evaluated activations do not vary, so there is no variance to explain"
            out.add("fvu", fvu, why_undefined=flat)
            out.add("explained_variance", 1 - fvu, why_undefined=flat)
            zero = "every evaluated activation is zero"
            out.add("cosine", sums["cosine"] / sums["with_norm"], why_undefined=zero)
            out.add("l2_ratio", sums["ratio"] / sums["with_norm"], why_undefined=zero)
            out.add(
                "relative_reconstruction_bias",
                sums["prediction_sq"] / sums["dot"],
                why_undefined="reconstructions have no component along the activations",
            )
            out.add("l0", sums["active"] / sums["n"])
            out.add("l1", sums["magnitude"] / sums["n"])
        n_rows = np.maximum(sums["n"][: self._n_latent_rows], 1.0)[:, None]
        out.add("dead_fraction", (self._counts == 0).mean(1))
        out.add("dense_fraction", (self._counts / n_rows > DENSE_ABOVE).mean(1))
        count_F = self._counts[0].astype(np.int64)
        out.arrays = {
            "count": count_F,
            "mean": self._activation_sum / np.maximum(count_F, 1),
            "max": self._activation_max.copy(),
            "cosine_histogram": self._cosines.copy(),
        }
        out.facts = {"tokens": int(sums["n"][0])}
        return out


#: Conditions under which a language model's next-token loss is measured.
CONDITIONS = ("clean", "replaced", "ablated", "mean_ablated")


class LossMetrics:
    """Streams next-token losses of the model with a site untouched, replaced, zeroed and set to its mean."""

    def __init__(self, *, replicates: int = 0, seed: int = 1) -> None:
        self._weights = Replicates(replicates, seed=seed)
        keys = ("n", *(f"ce_{c}" for c in CONDITIONS), "kl_replaced", "kl_ablated")
        self._sums = {key: np.zeros(1 + replicates) for key in keys}

    def update(self, per_context: dict[str, np.ndarray]) -> None:
        """Add contexts: for `n` and every other key, the sum over each context's counted positions, float64 [C]."""
        weights_RC = self._weights.weights(len(per_context["n"]))
        for key in self._sums:
            self._sums[key] += weights_RC @ per_context[key]

    def result(self) -> Metrics:
        out = Metrics(n_contexts=self._weights.n_contexts)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = {key: value / self._sums["n"] for key, value in self._sums.items() if key != "n"}
            for condition in CONDITIONS:
                out.add(f"ce_{condition}", mean[f"ce_{condition}"])
            lost = mean["ce_ablated"] - mean["ce_clean"]
            same = "ablating the site does not change the model's loss"
            recovered = np.where(lost != 0, (mean["ce_ablated"] - mean["ce_replaced"]) / lost, np.nan)
            out.add("ce_recovered", recovered, why_undefined=same)
            lost = mean["ce_mean_ablated"] - mean["ce_clean"]
            recovered = np.where(lost != 0, (mean["ce_mean_ablated"] - mean["ce_replaced"]) / lost, np.nan)
            same_mean = "setting the site to its mean does not change the model's loss"
            out.add("ce_recovered_from_mean", recovered, why_undefined=same_mean)
            out.add("kl", mean["kl_replaced"])
            kl = np.where(mean["kl_ablated"] != 0, 1 - mean["kl_replaced"] / mean["kl_ablated"], np.nan)
            out.add("kl_recovered", kl, why_undefined=same)
        out.facts = {"ce_tokens": int(self._sums["n"][0])}
        return out
