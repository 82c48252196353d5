"""SAEBench's result file: the keys its tools read, with our numbers under them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from microtome.evaluation import Metrics
from microtome.formats.saebench import save_saebench


def test_saebench(tmp_path: Path) -> None:
    metrics = Metrics(
        values={"explained_variance": 0.8, "cosine": 0.9, "l0": 31.5, "l1": 40.0, "ce_recovered": 0.95, "kl": 0.1,
                "ce_clean": 3.0, "ce_replaced": 3.1, "ce_ablated": 5.0, "kl_recovered": None},
        intervals={"l0": (31.0, 32.0)},
        undefined={"kl_recovered": "no difference"},
        facts={"tokens": 1000, "ce_tokens": 200},
        arrays={"count": np.array([10, 0, 500])},
    )  # fmt: skip
    losses = save_saebench(metrics, tmp_path / "r.json", release="me/x", name="9.mlp_out", milliseconds=5)
    found = json.loads((tmp_path / "r.json").read_text())
    groups = found["eval_result_metrics"]
    assert groups["model_performance_preservation"] == {
        "ce_loss_score": 0.95,
        "ce_loss_with_ablation": 5.0,
        "ce_loss_with_sae": 3.1,
        "ce_loss_without_sae": 3.0,
    }
    assert groups["sparsity"] == {"l0": 31.5, "l1": 40.0}
    assert groups["reconstruction_quality"] == {"explained_variance": 0.8, "cossim": 0.9}
    assert found["eval_result_details"][2] == {"index": 2, "feature_density": 0.5}
    assert (found["eval_type_id"], found["sae_lens_release_id"], found["sae_lens_id"]) == ("core", "me/x", "9.mlp_out")
    assert groups["misc_metrics"] == {
        "frac_alive": pytest.approx(2 / 3),
        "freq_over_1_percent": pytest.approx(1 / 3),  # 10 of 1,000 tokens are not over 1 %
        "normalized_freq_over_1_percent": pytest.approx(500 / 510),
        "freq_over_10_percent": pytest.approx(1 / 3),
        "normalized_freq_over_10_percent": pytest.approx(500 / 510),
    }
    assert "kl_div_score is undefined or was not measured" in losses


def test_saebench_of_nothing_that_fired(tmp_path: Path) -> None:
    metrics = Metrics(
        values={"l0": 0.0}, intervals={}, undefined={}, facts={"tokens": 9}, arrays={"count": np.zeros(2)}
    )
    save_saebench(metrics, tmp_path / "r.json", release="x", name="y", milliseconds=5)
    shares = json.loads((tmp_path / "r.json").read_text())["eval_result_metrics"]["misc_metrics"]
    assert set(shares.values()) == {0.0}
