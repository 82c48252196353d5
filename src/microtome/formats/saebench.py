"""SAEBench's result file of its core evaluation, from a dictionary's metrics here; to be written.

Layout: a result has `eval_type_id`, `eval_config`, `eval_id`, `datetime_epoch_millis`, `eval_result_metrics` by group,
`eval_result_details` per latent and the identity of the dictionary (https://github.com/adamkarvonen/SAEBench,
`sae_bench/evals/base_eval_output.py`; the groups are those of SAELens' `evals.py`, run_evals, which it shares).
Its `ce_loss_score` is our `ce_recovered` and its `kl_div_score` our `kl_recovered`; its ablation sets the site to zero,
as ours does; explained variance is over all tokens together (their older mean over tokens is
`explained_variance_legacy`). Of what it lists, the mean squared error and the two mean norms are not measured here, and
left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from microtome.artifacts import write_json
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
        details = [{"index": i, "feature_density": float(count) / tokens} for i, count in enumerate(counts)]
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
