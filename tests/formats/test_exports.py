"""SAEBench's result file: every field its class asks for, our numbers where they are measured, and -1 elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from microtome.dictionaries import Dictionary
from microtome.evaluation import Metrics
from microtome.formats.saebench import save_saebench
from tests.formats.conftest import random_dictionary

#: The fields of CoreEvalOutput, written by SAEBench's own class (tests/fixtures/make/saebench.py).
FIELDS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "saebench_core.json").read_text()
)
_TYPES = {"boolean": bool, "integer": int, "number": (int, float), "string": str, "null": type(None), "object": dict,
          "array": list}  # fmt: skip


def every(value: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything in a result, as the class names it."""
    for key, inner in value.items():
        yield f"{before}{key}", inner
        if isinstance(inner, dict) and key != "sae_cfg_dict":
            yield from every(inner, f"{before}{key}.")
        for row in inner if isinstance(inner, list) else ():
            yield from every(row, f"{before}{key}[].")


def check(result: dict[str, Any]) -> None:
    found: dict[str, list[Any]] = {}
    for path, value in every(result):
        found.setdefault(path, []).append(value)
    assert set(found) <= set(FIELDS)
    # A field that is left out, required or not, would say what SAEBench's defaults are.
    assert {path for path in FIELDS if "[]" not in path or result["eval_result_details"]} == set(found)
    for path, values in found.items():
        # Whatever is allowed to be anything has no types.
        kinds = FIELDS[path]["types"]
        wanted = tuple(kind for one in kinds for kind in np.atleast_1d(np.array(_TYPES[one], dtype=object)))
        for value in values:
            assert not kinds or isinstance(value, wanted), (path, value)
            assert not isinstance(value, bool) or "boolean" in kinds, (path, value)
    rows = len(result["eval_result_details"])
    assert all(len(values) == rows for path, values in found.items() if "[]" in path)


MEASURED = {"explained_variance": 0.8, "cosine": 0.9, "l0": 31.5, "l1": 40.0, "ce_recovered": 0.95, "kl": 0.1,
            "ce_clean": 3.0, "ce_replaced": 3.1, "ce_ablated": 5.0, "kl_recovered": 0.6, "l2_ratio": 0.7,
            "relative_reconstruction_bias": 0.9}  # fmt: skip


def metrics(latents: int = 16, **values: float | None) -> Metrics:
    return Metrics(
        values={**MEASURED, **values},
        facts={"tokens": 1000, "ce_tokens": 200, "contexts": 8, "text": {"name": "wiki.txt"}},
        arrays={"count": np.arange(latents) * 30},
    )


def written(tmp_path: Path, metrics: Metrics, **more: Any) -> tuple[dict[str, Any], list[str]]:
    losses = save_saebench(metrics, tmp_path / "r.json", release="me/x", name="9.mlp_out", milliseconds=5, **more)
    return json.loads((tmp_path / "r.json").read_text()), losses


@pytest.mark.parametrize(
    "dictionary",
    [None, random_dictionary("sae", "gated"), random_dictionary("transcoder", "jumprelu", d_out=12)],
    ids=["none", "sae", "transcoder"],
)
@pytest.mark.parametrize("measured", [metrics(), Metrics(values={"l0": None})], ids=["all", "nothing"])
def test_every_field_of_saebench_s_class_is_there(
    tmp_path: Path, dictionary: Dictionary | None, measured: Metrics
) -> None:
    check(written(tmp_path, measured, dictionary=dictionary)[0])


def test_what_is_not_measured_is_minus_one_and_said(tmp_path: Path) -> None:
    found, losses = written(tmp_path, metrics(kl_recovered=None))
    groups = found["eval_result_metrics"]
    assert groups["model_behavior_preservation"] == {
        "kl_div_score": -1, "kl_div_with_ablation": -1, "kl_div_with_sae": 0.1,
    }  # fmt: skip
    assert {groups["reconstruction_quality"][key] for key in ("mse", "explained_variance_legacy")} == {-1}
    assert {groups["shrinkage"][key] for key in ("l2_norm_in", "l2_norm_out")} == {-1}
    assert {groups["misc_metrics"][f"average_max_{side}_cosine_sim"] for side in ("encoder", "decoder")} == {-1}
    assert {row["consistent_activation_heuristic"] for row in found["eval_result_details"]} == {-1}
    assert losses == [
        "mse, explained_variance_legacy, l2_norm_in, l2_norm_out and consistent_activation_heuristic are not measured "
        "here, and written as -1",
        "intervals have no place there",
        "kl_div_score is undefined or was not measured, and written as -1",
        "kl_div_with_ablation is undefined or was not measured, and written as -1",
        "encoder_bias, encoder_norm, encoder_decoder_cosine_sim, max_encoder_cosine_sim, max_decoder_cosine_sim need "
        "the dictionary, and are written as -1",
    ]


def test_the_divergence_of_an_ablated_site_follows_from_the_score(tmp_path: Path) -> None:
    group = written(tmp_path, metrics())[0]["eval_result_metrics"]["model_behavior_preservation"]
    with_ablation = group["kl_div_with_ablation"]
    # The library's own definition of the score.
    assert (with_ablation - group["kl_div_with_sae"]) / with_ablation == pytest.approx(group["kl_div_score"])
    perfect = written(tmp_path, metrics(kl=0.0, kl_recovered=1.0))[0]
    assert perfect["eval_result_metrics"]["model_behavior_preservation"]["kl_div_with_ablation"] == -1


@pytest.mark.parametrize(("kind", "sparsifier"), [("sae", "gated"), ("sae", "jumprelu"), ("transcoder", "relu")])
def test_what_is_per_latent_and_follows_from_the_weights(tmp_path: Path, kind: str, sparsifier: str) -> None:
    own = random_dictionary(kind, sparsifier)
    found, losses = written(tmp_path, metrics(), dictionary=own, about={"site": "2.mlp_out", "model_name": "tiny"})
    rows = {key: torch.tensor([row[key] for row in found["eval_result_details"]]) for key in (
        "encoder_bias", "encoder_norm", "encoder_decoder_cosine_sim", "max_encoder_cosine_sim", "max_decoder_cosine_sim"
    )}  # fmt: skip
    encoder, decoder = own.W_enc / own.W_enc.norm(dim=1)[:, None], own.W_dec / own.W_dec.norm(dim=1)[:, None]
    bias = own.sparsifier.b_mag if sparsifier == "gated" else own.b_enc
    torch.testing.assert_close(rows["encoder_bias"], bias - (0 if kind == "sae" else own.W_enc @ own.b_dec_in))
    torch.testing.assert_close(rows["encoder_norm"], own.W_enc.norm(dim=1))
    torch.testing.assert_close(rows["encoder_decoder_cosine_sim"], (encoder * decoder).sum(1))
    for side, unit in (("encoder", encoder), ("decoder", decoder)):
        largest = ((unit @ unit.T) - 3 * torch.eye(16)).amax(1)
        torch.testing.assert_close(rows[f"max_{side}_cosine_sim"], largest)
        mean = found["eval_result_metrics"]["misc_metrics"][f"average_max_{side}_cosine_sim"]
        assert mean == pytest.approx(float(largest.mean()), rel=1e-6)
    assert found["sae_cfg_dict"]["d_sae"] == 16
    assert found["sae_cfg_dict"]["hook_name"] == "blocks.2.hook_mlp_out"
    names = {("sae", "gated"): "gated", ("sae", "jumprelu"): "jumprelu", ("transcoder", "relu"): "transcoder"}
    assert found["sae_cfg_dict"]["architecture"] == names[kind, sparsifier]
    assert len(losses) == 2


def test_how_it_was_measured_is_no_default_of_saebench(tmp_path: Path) -> None:
    about = {"model_name": "tiny", "llm_dtype": "bfloat16", "context_size": 256}
    config = written(tmp_path, metrics(), about=about)[0]["eval_config"]
    assert (config["model_name"], config["llm_dtype"], config["dataset"]) == ("tiny", "bfloat16", "wiki.txt")
    assert (config["context_size"], config["n_eval_sparsity_variance_batches"]) == (256, 8)
    assert config["compute_kl"] and config["compute_ce_loss"] and not config["compute_l2_norms"]
    bare = written(tmp_path, Metrics(values={}))[0]["eval_config"]
    assert (bare["dataset"], bare["context_size"], bare["n_eval_sparsity_variance_batches"]) == ("", -1, -1)
    assert not bare["compute_kl"] and not bare["compute_sparsity_metrics"]


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
    assert groups["reconstruction_quality"] == {
        "explained_variance": 0.8, "explained_variance_legacy": -1, "mse": -1, "cossim": 0.9,
    }  # fmt: skip
    assert [row["feature_density"] for row in found["eval_result_details"]] == [0.01, 0.0, 0.5]
    assert (found["eval_type_id"], found["sae_lens_release_id"], found["sae_lens_id"]) == ("core", "me/x", "9.mlp_out")
    shares = {key: value for key, value in groups["misc_metrics"].items() if not key.startswith("average")}
    assert shares == {
        "frac_alive": pytest.approx(2 / 3),
        "freq_over_1_percent": pytest.approx(1 / 3),  # 10 of 1,000 tokens are not over 1 %
        "normalized_freq_over_1_percent": pytest.approx(500 / 510),
        "freq_over_10_percent": pytest.approx(1 / 3),
        "normalized_freq_over_10_percent": pytest.approx(500 / 510),
    }
    assert "kl_div_score is undefined or was not measured, and written as -1" in losses


def test_saebench_of_nothing_that_fired(tmp_path: Path) -> None:
    metrics = Metrics(
        values={"l0": 0.0}, intervals={}, undefined={}, facts={"tokens": 9}, arrays={"count": np.zeros(2)}
    )
    save_saebench(metrics, tmp_path / "r.json", release="x", name="y", milliseconds=5)
    shares = json.loads((tmp_path / "r.json").read_text())["eval_result_metrics"]["misc_metrics"]
    assert {value for key, value in shares.items() if not key.startswith("average")} == {0.0}
