"""SAEBench's result file of its core evaluation, from a dictionary's metrics here; to be written.

Layout: a result has `eval_type_id`, `eval_config`, `eval_id`, `datetime_epoch_millis`, `eval_result_metrics` by group,
`eval_result_details` per latent and the identity of the dictionary (https://github.com/adamkarvonen/SAEBench,
`sae_bench/evals/base_eval_output.py` and `sae_bench/evals/core/{eval_output,eval_config}.py`; the groups are those of
SAELens' `evals.py`, run_evals, which it shares). No field of `CoreEvalOutput` may be left out: what was not measured or
is undefined is −1, which SAEBench itself writes for what is no number (`core/main.py`, replace_nans_with_negative_one).

Its `ce_loss_score` is our `ce_recovered` and its `kl_div_score` our `kl_recovered`; its ablation sets the site to zero,
as ours does, and `kl_div_with_ablation` follows from the two others by the score's definition; explained variance is
over all tokens together (their older mean over tokens is `explained_variance_legacy`). Shares of latents by density
follow calculate_misc_metrics, and what is per latent get_featurewise_weight_based_metrics. A folder of results has a
file `RELEASE_NAME_eval_results.json` for each dictionary, `/` written as `_`, as its own tools look for it.

Legend of suffixes: F latents, D width.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from microtome.artifacts import write_json
from microtome.dictionaries import Dictionary
from microtome.errors import ArtifactError
from microtome.evaluation import Metrics
from microtome.formats.foreign import bias_of_raw_input
from microtome.formats.places import to_transformer_lens
from microtome.formats.saelens import ARCHITECTURES
from microtome.latents.directions import nearest_others
from microtome.runs import Run

NAME = "saebench"

#: (group, key there, key here)
_KEYS = (
    ("model_behavior_preservation", "kl_div_score", "kl_recovered"),
    ("model_behavior_preservation", "kl_div_with_ablation", "kl_ablated"),
    ("model_behavior_preservation", "kl_div_with_sae", "kl"),
    ("model_performance_preservation", "ce_loss_score", "ce_recovered"),
    ("model_performance_preservation", "ce_loss_with_ablation", "ce_ablated"),
    ("model_performance_preservation", "ce_loss_with_sae", "ce_replaced"),
    ("model_performance_preservation", "ce_loss_without_sae", "ce_clean"),
    ("reconstruction_quality", "explained_variance", "explained_variance"),
    ("reconstruction_quality", "cossim", "cosine"),
    ("shrinkage", "l2_ratio", "l2_ratio"),
    ("shrinkage", "relative_reconstruction_bias", "relative_reconstruction_bias"),
    ("sparsity", "l0", "l0"),
    ("sparsity", "l1", "l1"),
)


#: Written for what was not measured, as SAEBench does for what is no number.
NOT_MEASURED = -1.0
# What no evaluation here measures.
_NEVER = (
    ("reconstruction_quality", "mse"),
    ("reconstruction_quality", "explained_variance_legacy"),
    ("shrinkage", "l2_norm_in"),
    ("shrinkage", "l2_norm_out"),
)
_HEURISTIC = "consistent_activation_heuristic"
# Per latent, from the weights.
_BY_WEIGHTS = (
    "encoder_bias",
    "encoder_norm",
    "encoder_decoder_cosine_sim",
    "max_encoder_cosine_sim",
    "max_decoder_cosine_sim",
)


def save_saebench_folder(
    results: Mapping[str, Metrics], folder: Path, *, release: str, milliseconds: int, run: Run | None = None
) -> tuple[list[Path], list[str]]:
    """Write a result file for each dictionary by name; returns the files, and what they cannot say. `run`: where the
    dictionaries are, for what depends on their weights, and on which model and text they were measured.

    Raises `ArtifactError` for a folder that cannot be written.
    """
    written, losses = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(
            f"'{folder}' could not be made ({error.strerror or error})", cure="Choose another folder"
        ) from error
    trained = {} if run is None else run.facts
    config = trained.get("config") or {}
    about = {
        "model_name": config.get("model"),
        "llm_dtype": trained.get("dtype"),
        "context_size": config.get("context"),
    }
    for name, metrics in results.items():
        path = folder / f"{release}_{name}_eval_results.json".replace("/", "_")
        losses += save_saebench(
            metrics,
            path,
            release=release,
            name=name,
            milliseconds=milliseconds,
            dictionary=None if run is None else run.dictionary(name),
            about=about if run is None else about | {"site": run.entry(name)["site_in"]},
        )
        written.append(path)
    return written, list(dict.fromkeys(losses))


def save_saebench(
    metrics: Metrics,
    path: Path,
    *,
    release: str,
    name: str,
    milliseconds: int,
    dictionary: Dictionary | None = None,
    about: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write one result file. `milliseconds`: when it was measured, since 1970. `about`: model_name, llm_dtype,
    context_size and site, where they are known. Returns what it cannot say.
    """
    about = about or {}
    groups, losses = _groups(metrics)
    counts, tokens = metrics.arrays.get("count"), int(metrics.facts.get("tokens", 0))
    density_F = np.asarray(counts) / tokens if counts is not None and tokens else None
    by_weights = None if dictionary is None else _by_weights(dictionary)
    groups["misc_metrics"] = _shares(density_F, by_weights)
    if by_weights is None:
        losses.append(f"{', '.join(_BY_WEIGHTS)} need the dictionary, and are written as -1")
    result = {
        "eval_type_id": "core",
        "eval_config": _config(metrics, about, density_F is not None, dictionary is not None),
        "eval_id": f"{release}_{name}",
        "datetime_epoch_millis": milliseconds,
        "eval_result_metrics": groups,
        "eval_result_details": _details(density_F, by_weights),
        "sae_bench_commit_hash": "",
        "sae_lens_id": name,
        "sae_lens_release_id": release,
        "sae_lens_version": None,
        "sae_cfg_dict": None if dictionary is None else _sae(dictionary, about),
        "eval_result_unstructured": None,
    }
    write_json(path, result)
    return losses


def _groups(metrics: Metrics) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Metrics by group, and a line for each that has no value."""
    never = ", ".join(key for _, key in _NEVER)
    losses = [
        f"{never} and {_HEURISTIC} are not measured here, and written as -1",
        "intervals have no place there",
    ]
    values = {**metrics.values, "kl_ablated": _kl_ablated(metrics)}
    groups: dict[str, dict[str, float]] = {}
    for group, theirs, ours in _KEYS:
        value = values.get(ours)
        if value is None:
            losses.append(f"{theirs} is undefined or was not measured, and written as -1")
        groups.setdefault(group, {})[theirs] = NOT_MEASURED if value is None else value
    for group, theirs in _NEVER:
        groups[group][theirs] = NOT_MEASURED
    groups["token_stats"] = {
        "total_tokens_eval_sparsity_variance": int(metrics.facts.get("tokens", 0)),
        "total_tokens_eval_reconstruction": int(metrics.facts.get("ce_tokens", 0)),
    }
    return groups, losses


def _kl_ablated(metrics: Metrics) -> float | None:
    """KL divergence of the model with the site at zero: score = 1 − kl/kl_ablated, solved for it."""
    kl, score = metrics.values.get("kl"), metrics.values.get("kl_recovered")
    return None if kl is None or score is None or score == 1 else kl / (1 - score)


def _config(metrics: Metrics, about: Mapping[str, Any], densities: bool, weights: bool) -> dict[str, Any]:
    """How it was measured. Every field is said: those left out would be read as SAEBench's own defaults."""
    contexts, values = metrics.facts.get("contexts"), metrics.values
    text = metrics.facts.get("text")
    return {
        "model_name": about.get("model_name") or "",
        # The model may have been loaded in another precision than in training.
        "llm_dtype": str(metrics.facts.get("dtype") or about.get("llm_dtype") or ""),
        # Contexts are counted as batches of one.
        "batch_size_prompts": 1,
        "n_eval_reconstruction_batches": -1,
        "n_eval_sparsity_variance_batches": -1 if contexts is None else int(contexts),
        "dataset": str(text.get("name", "")) if isinstance(text, Mapping) else "",
        "context_size": int(about.get("context_size") or -1),
        "compute_kl": values.get("kl") is not None,
        "compute_ce_loss": values.get("ce_replaced") is not None,
        "compute_l2_norms": False,
        "compute_sparsity_metrics": values.get("l0") is not None,
        "compute_variance_metrics": values.get("explained_variance") is not None,
        "compute_featurewise_density_statistics": densities,
        "compute_featurewise_weight_based_metrics": weights,
        "exclude_special_tokens_from_reconstruction": True,
        "verbose": False,
    }


def _sae(dictionary: Dictionary, about: Mapping[str, Any]) -> dict[str, Any]:
    """The dictionary in SAELens' words, as far as it has them."""
    shape = dictionary.config
    architecture = (name for name, pair in ARCHITECTURES.items() if pair == (shape.kind, shape.sparsifier))
    return {
        "architecture": next(architecture, f"{shape.sparsifier}_{shape.kind}"),
        "d_in": shape.d_in,
        "d_out": shape.d_out,
        "d_sae": shape.latents,
        "dtype": "float32",
        "hook_name": to_transformer_lens(about.get("site")),
        "model_name": about.get("model_name"),
    }


def _by_weights(dictionary: Dictionary) -> dict[str, np.ndarray]:
    """What is per latent and follows from the weights, [F] each under SAEBench's names."""
    encoder_FD, decoder_FD = dictionary.W_enc, dictionary.W_dec
    bias_F = getattr(dictionary.sparsifier, "b_mag", None)
    if bias_F is None:
        bias_F = dictionary.b_enc if dictionary.config.kind == "sae" else bias_of_raw_input(dictionary)
    same_width = encoder_FD.shape == decoder_FD.shape
    cosine_F = (
        torch.nn.functional.cosine_similarity(encoder_FD, decoder_FD)
        if same_width
        else torch.full_like(bias_F, NOT_MEASURED)
    )
    largest = [_largest_cosine(rows_FD) for rows_FD in (encoder_FD, decoder_FD)]
    found = (bias_F, encoder_FD.norm(dim=1), cosine_F, *largest)
    return {key: value_F.detach().double().cpu().numpy() for key, value_F in zip(_BY_WEIGHTS, found, strict=True)}


@torch.no_grad()
def _largest_cosine(rows_FD: Tensor) -> Tensor:
    """The largest cosine of each row with any other, [F]."""
    if len(rows_FD) == 1:
        return rows_FD.new_full((1,), NOT_MEASURED)
    return nearest_others(0, len(rows_FD), rows_FD, 1)[1][:, 0]


def _details(density_F: np.ndarray | None, by_weights: Mapping[str, np.ndarray] | None) -> list[dict[str, Any]]:
    """A row for each latent."""
    columns = {**({} if density_F is None else {"feature_density": density_F}), **(by_weights or {})}
    latents = len(next(iter(columns.values()))) if columns else 0
    missing = {key: NOT_MEASURED for key in ("feature_density", _HEURISTIC, *_BY_WEIGHTS) if key not in columns}
    return [
        {"index": i, **{key: float(value_F[i]) for key, value_F in columns.items()}, **missing} for i in range(latents)
    ]


def _shares(density_F: np.ndarray | None, by_weights: Mapping[str, np.ndarray] | None) -> dict[str, float]:
    """Shares of latents by density, of all firings those by dense latents, and means of the largest cosines."""
    shares = {"frac_alive": NOT_MEASURED if density_F is None else float((density_F > 0).mean())}
    for words, level in (("1_percent", 0.01), ("10_percent", 0.1)):
        shares[f"freq_over_{words}"] = shares[f"normalized_freq_over_{words}"] = NOT_MEASURED
        if density_F is not None:
            above = density_F > level
            shares[f"freq_over_{words}"] = float(above.mean())
            shares[f"normalized_freq_over_{words}"] = float(density_F[above].sum() / max(density_F.sum(), 1e-300))
    for side in ("encoder", "decoder"):
        cosine_F = None if by_weights is None else by_weights[f"max_{side}_cosine_sim"]
        shares[f"average_max_{side}_cosine_sim"] = NOT_MEASURED if cosine_F is None else float(cosine_F.mean())
    return shares
