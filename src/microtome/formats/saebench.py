"""SAEBench's result file of its core evaluation, from a dictionary's metrics here; to be written.

Layout: a result has `eval_type_id`, `eval_config`, `eval_id`, `datetime_epoch_millis`, `eval_result_metrics` by group,
`eval_result_details` per latent and the identity of the dictionary (https://github.com/adamkarvonen/SAEBench,
`sae_bench/evals/base_eval_output.py`; the groups are those of SAELens' `evals.py`, run_evals, which it shares).
Its `ce_loss_score` is our `ce_recovered` and its `kl_div_score` our `kl_recovered`; its ablation sets the site to zero,
as ours does; explained variance is over all tokens together (their older mean over tokens is
`explained_variance_legacy`, which is not written). Of what it lists, the mean squared error, the two mean norms and
cosines between latents are not measured here, and left out; shares of latents by density follow
`sae_bench/evals/core/main.py` (calculate_misc_metrics). A folder of results has a file `RELEASE_NAME_eval_results.json`
for each dictionary, `/` written as `_`, as its own tools look for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from microtome.artifacts import write_json
from microtome.errors import ArtifactError
from microtome.evaluation import Metrics

NAME = "saebench"

#: (group, key there, key here)
_KEYS = (
    ("model_behavior_preservation", "kl_div_score", "kl_recovered"),
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


def save_saebench_folder(
    results: Mapping[str, Metrics], folder: Path, *, release: str, milliseconds: int
) -> tuple[list[Path], list[str]]:
    """Write a result file for each dictionary by name; returns the files, and what they cannot say.

    Raises `ArtifactError` for a folder that cannot be written.
    """
    written, losses = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(
            f"'{folder}' could not be made ({error.strerror or error})", cure="Choose another folder"
        ) from error
    for name, metrics in results.items():
        path = folder / f"{release}_{name}_eval_results.json".replace("/", "_")
        losses += save_saebench(metrics, path, release=release, name=name, milliseconds=milliseconds)
        written.append(path)
    return written, list(dict.fromkeys(losses))


def save_saebench(metrics: Metrics, path: Path, *, release: str, name: str, milliseconds: int) -> list[str]:
    """Write one result file. `milliseconds`: when it was measured, since 1970. Returns what it cannot say."""
    groups: dict[str, dict[str, float]] = {}
    losses = ["mse, l2_norm_in and l2_norm_out are not measured here", "intervals have no place there"]
    for group, theirs, ours in _KEYS:
        value = metrics.values.get(ours)
        if value is None:
            losses.append(f"{theirs} is undefined or was not measured")
        else:
            groups.setdefault(group, {})[theirs] = value
    tokens = int(metrics.facts.get("tokens", 0))
    groups["token_stats"] = {
        "total_tokens_eval_sparsity_variance": tokens,
        "total_tokens_eval_reconstruction": int(metrics.facts.get("ce_tokens", 0)),
    }
    counts = metrics.arrays.get("count")
    details: list[dict[str, Any]] = []
    if counts is not None and tokens:
        density_F = np.asarray(counts) / tokens
        details = [{"index": i, "feature_density": float(density)} for i, density in enumerate(density_F)]
        groups["misc_metrics"] = _shares(density_F)
    result = {
        "eval_type_id": "core",
        "eval_config": {"tool": "microtome", "exclude_special_tokens_from_reconstruction": True},
        "eval_id": f"{release}_{name}",
        "datetime_epoch_millis": milliseconds,
        "eval_result_metrics": groups,
        "eval_result_details": details,
        "sae_bench_commit_hash": "",
        "sae_lens_id": name,
        "sae_lens_release_id": release,
        "sae_lens_version": "",
        "eval_result_unstructured": None,
    }
    write_json(path, result)
    return losses


def _shares(density_F: np.ndarray) -> dict[str, float]:
    """Shares of latents by density, and of all firings those by dense latents."""
    shares = {"frac_alive": float((density_F > 0).mean())}
    for words, level in (("1_percent", 0.01), ("10_percent", 0.1)):
        above = density_F > level
        shares[f"freq_over_{words}"] = float(above.mean())
        shares[f"normalized_freq_over_{words}"] = float(density_F[above].sum() / max(density_F.sum(), 1e-300))
    return shares
