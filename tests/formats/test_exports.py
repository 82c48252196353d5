"""SAEBench's result file and Neuronpedia's bulk export: the keys their tools read, with our numbers under them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from microtome.evaluation import Metrics
from microtome.formats.neuronpedia import Source, save_neuronpedia
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
    assert "kl_div_score is undefined or was not measured" in losses


def latent(index: int) -> dict[str, Any]:
    example = {"band": "top", "activation": 2.5, "tokens": ["a", " b"], "token_ids": [1, 2], "activations": [0.0, 2.5],
               "peak": 1, "document": 0, "offset": 0, "before_cut": False, "after_cut": True}  # fmt: skip
    return {
        "latent": index, "count": 4, "density": 0.004, "max": 2.5, "mean": 1.0,
        "histogram": {"edges": [0.0, 1.0, 3.0], "counts": [3, 1]},
        "examples": [example, {**example, "band": "near_miss"}],
        "top_logits": [{"token_id": 3, "token": " x", "value": 1.5}], "bottom_logits": [],
        "neighbours": [{"latent": 9, "cosine": 0.5}], "coactive": [{"latent": 8, "score": 0.2, "count": 3}],
        "token_statistics": [], "label": {"text": "about b", "score": 0.9, "how": "tokens"}, "user_label": None,
        "decoder": {"strongest": [{"index": 5, "value": 0.7}], "weakest": [], "histogram": {"edges": [], "counts": []}},
    }  # fmt: skip


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def test_neuronpedia(tmp_path: Path) -> None:
    source = Source(
        model="tiny", layer=2, name="microtome-mlp", release="r", creator="me", created="2026-01-01T00:00:00"
    )
    losses = save_neuronpedia((latent(i) for i in range(1030)), tmp_path, source)
    base = tmp_path / "tiny" / "2-microtome-mlp"
    assert json.loads((base / "source.jsonl").read_text())["id"] == "2-microtome-mlp"
    assert json.loads((base / "sourceset.jsonl").read_text())["releaseName"] == "r"
    first, second = (rows(base / "features" / f"batch-{i}.jsonl.gz") for i in (0, 1))
    assert (len(first), len(second)) == (1024, 6)
    assert second[0]["index"] == 1024
    assert (first[0]["modelId"], first[0]["layer"], first[0]["maxActApprox"]) == ("tiny", "2-microtome-mlp", 2.5)
    assert (first[0]["pos_str"], first[0]["freq_hist_data_bar_values"]) == ([" x"], [0.5, 2.0])
    (example, *_) = rows(base / "activations" / "batch-1.jsonl.gz")
    assert (example["tokens"], example["maxValueTokenIndex"], example["values"]) == (["a", " b"], 1, [0.0, 2.5])
    assert len(rows(base / "activations" / "batch-1.jsonl.gz")) == 6
    assert rows(base / "explanations" / "batch-1.jsonl.gz")[0]["description"] == "about b"
    assert "near misses" in losses[0]
