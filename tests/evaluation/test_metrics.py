"""Metrics against an independent plain implementation, on random and on adversarial inputs."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.evaluation import LossMetrics, Metrics, ReconstructionMetrics

D, F = 6, 20


def dictionary(*, bias: float = 0.0, shift: float = 0.0) -> Dictionary:
    torch.manual_seed(0)
    d = Dictionary(DictionaryConfig(kind="sae", sparsifier="relu", d_in=D, d_out=D, latents=F, l0=4)).double()
    with torch.no_grad():
        d.W_enc.copy_(torch.randn(F, D))
        d.W_dec.copy_(torch.randn(F, D))
        d.normalise_rows()
        d.b_enc.fill_(bias)
        d.b_dec.copy_(torch.randn(D) * 0.1 + shift)
    return d.requires_grad_(False)


def measured(d: Dictionary, x: Tensor, *, chunk: int = 7, replicates: int = 0) -> Metrics:
    meter = ReconstructionMetrics(F, replicates=replicates)
    for first in range(0, len(x), chunk):
        part = x[first : first + chunk]
        codes = d.encode(part)
        meter.update(part, d.decode(codes), codes, torch.arange(len(part)) // 2)
    return meter.result()


def plain(d: Dictionary, x: Tensor) -> dict[str, float]:
    """Straight from the definitions, all tokens at once, in float64."""
    codes = torch.relu((x - d.b_dec) @ d.W_enc.T + d.b_enc)
    predicted = codes @ d.W_dec + d.b_dec
    fires = codes > 0
    return {
        "fvu": float((x - predicted).square().sum() / (x - x.mean(0)).square().sum()),
        "explained_variance": 1 - float((x - predicted).square().sum() / (x - x.mean(0)).square().sum()),
        "cosine": float(torch.nn.functional.cosine_similarity(x, predicted, dim=1).mean()),
        "l2_ratio": float((predicted.norm(dim=1) / x.norm(dim=1)).mean()),
        "relative_reconstruction_bias": float(predicted.square().sum(1).mean() / (x * predicted).sum(1).mean()),
        "l0": float(fires.sum(1).double().mean()),
        "l1": float(codes.sum(1).mean()),
        "dead_fraction": float((fires.sum(0) == 0).double().mean()),
        "dense_fraction": float((fires.double().mean(0) > 0.1).double().mean()),
    }


@pytest.mark.parametrize("n_tokens", [1, 2, 50, 333])
@pytest.mark.parametrize("mean", [0.0, 5.0, 1e4])
def test_every_metric_equals_its_definition(n_tokens: int, mean: float) -> None:
    d = dictionary(bias=-1.0, shift=mean)
    x = torch.randn(n_tokens, D, dtype=torch.float64) + mean
    found, expected = measured(d, x).values, plain(d, x)
    for key, value in expected.items():
        if n_tokens == 1 and key in ("fvu", "explained_variance"):
            assert found[key] is None
            continue
        assert found[key] == pytest.approx(value, rel=1e-6, abs=1e-9), key


def test_huge_mean_does_not_cancel_the_variance() -> None:
    """E‖x‖² − ‖E x‖² would be noise here: the variance is 1e-14 of E‖x‖²."""
    x = torch.randn(400, D, dtype=torch.float64) + 1e7
    meter = ReconstructionMetrics(F)
    codes = dictionary(bias=-1e12).encode(x)
    meter.update(x, x + torch.ones(D) * 0.5, codes)
    expected = 400 * D * 0.25 / float((x - x.mean(0)).square().sum())
    assert meter.result().values["fvu"] == pytest.approx(expected, rel=1e-6)


def test_variance_below_the_line_is_not_the_second_moment() -> None:
    x = torch.randn(500, D, dtype=torch.float64) + 30
    d = dictionary(bias=-1e9, shift=30.0)
    fvu = measured(d, x).values["fvu"]
    assert fvu is not None and 0.9 < fvu < 1.2  # with E‖x‖² below the line it would be about 0.001


def test_constant_activations_have_no_fvu_and_say_why() -> None:
    metrics = measured(dictionary(), torch.ones(40, D, dtype=torch.float64) * 3)
    assert metrics.values["fvu"] is None
    assert metrics.undefined["fvu"] == "the evaluated activations do not vary, so there is no variance to explain"
    assert metrics.values["cosine"] is not None


def test_all_dead_dictionary_is_finite_or_says_why() -> None:
    d = dictionary(bias=-1e9)
    with torch.no_grad():
        d.b_dec.zero_()
    metrics = measured(d, torch.randn(60, D, dtype=torch.float64))
    assert metrics.values["l0"] == 0
    assert metrics.values["dead_fraction"] == 1.0
    assert metrics.values["cosine"] == 0.0
    assert metrics.values["l2_ratio"] == 0.0
    assert metrics.values["relative_reconstruction_bias"] is None
    assert "no component along" in metrics.undefined["relative_reconstruction_bias"]


def test_zero_activations_are_left_out_of_the_ratios() -> None:
    d = dictionary()
    x = torch.randn(30, D, dtype=torch.float64)
    x[10:20] = 0
    kept = torch.cat([x[:10], x[20:]])
    assert measured(d, x).values["l2_ratio"] == pytest.approx(plain(d, kept)["l2_ratio"])
    assert measured(d, torch.zeros(5, D, dtype=torch.float64)).values["l2_ratio"] is None


def test_chunks_do_not_matter_and_json_is_valid() -> None:
    d, x = dictionary(bias=-0.5), torch.randn(120, D, dtype=torch.float64)
    one, many = measured(d, x, chunk=120), measured(d, x, chunk=11)
    for key, value in one.values.items():
        assert many.values[key] == pytest.approx(value, rel=1e-12), key
    for key in ("count", "max", "mean", "cosine_histogram"):
        np.testing.assert_allclose(one.arrays[key], many.arrays[key])
    json.dumps(measured(dictionary(bias=-1e9), x).to_json(), allow_nan=False)


def test_per_latent_arrays() -> None:
    d, x = dictionary(bias=-0.5), torch.randn(200, D, dtype=torch.float64)
    codes = torch.relu((x - d.b_dec) @ d.W_enc.T + d.b_enc)
    arrays = measured(d, x).arrays
    np.testing.assert_array_equal(arrays["count"], (codes > 0).sum(0).numpy())
    np.testing.assert_allclose(arrays["max"], codes.amax(0).numpy())
    np.testing.assert_allclose(arrays["mean"], (codes.sum(0) / (codes > 0).sum(0).clamp(min=1)).numpy())
    assert arrays["cosine_histogram"].sum() == 200


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """Over many texts of dependent tokens, a 95 % interval holds the value of the whole population."""
    d = dictionary(bias=-0.5)
    generator = torch.Generator().manual_seed(3)

    def text(n_contexts: int) -> Tensor:
        shared = torch.randn(n_contexts, 1, D, generator=generator, dtype=torch.float64)
        return (shared + torch.randn(n_contexts, 8, D, generator=generator, dtype=torch.float64)).flatten(0, 1)

    truth = plain(d, text(20_000))
    hits = dict.fromkeys(("fvu", "cosine", "l0"), 0)
    for seed in range(100):
        meter = ReconstructionMetrics(F, replicates=200, seed=seed)
        x = text(60)
        codes = d.encode(x)
        meter.update(x, d.decode(codes), codes, torch.arange(len(x)) // 8)
        intervals = meter.result().intervals
        for key in hits:
            low, high = intervals[key]
            hits[key] += low <= truth[key] <= high
    for key, count in hits.items():
        assert count >= 86, (key, count)


def test_interval_of_dead_fraction_is_around_the_estimate() -> None:
    d, x = dictionary(bias=-2.0), torch.randn(300, D, dtype=torch.float64)
    metrics = measured(d, x, replicates=200)
    low, high = metrics.intervals["dead_fraction"]
    value = metrics.values["dead_fraction"]
    assert value is not None and 0 <= low <= value <= high <= 1


def loss_sums(
    clean: float, replaced: float, ablated: float, mean: float, kl: float, kl_ablated: float
) -> dict[str, np.ndarray]:
    n = np.array([10.0, 30.0])
    values = {"clean": clean, "replaced": replaced, "ablated": ablated, "mean_ablated": mean}
    sums = {"n": n, **{f"ce_{key}": n * value for key, value in values.items()}}
    return {**sums, "kl_replaced": n * kl, "kl_ablated": n * kl_ablated}


def test_recovered_losses() -> None:
    meter = LossMetrics()
    meter.update(loss_sums(2.0, 2.5, 6.0, 4.0, 0.4, 3.2))
    values = meter.result().values
    assert values["ce_recovered"] == pytest.approx((6.0 - 2.5) / (6.0 - 2.0))
    assert values["kl_recovered"] == pytest.approx(1 - 0.4 / 3.2)
    assert values["ce_mean_ablated"] == pytest.approx(4.0)
    assert values["ce_recovered_from_mean"] == pytest.approx((4.0 - 2.5) / (4.0 - 2.0))
    assert meter.result().facts["ce_tokens"] == 40


def test_a_site_that_does_not_matter_has_no_recovery() -> None:
    meter = LossMetrics()
    meter.update(loss_sums(2.0, 2.0, 2.0, 2.0, 0.0, 0.0))
    metrics = meter.result()
    assert metrics.values["ce_recovered"] is None
    assert metrics.undefined["ce_recovered"] == "ablating the site does not change the model's loss"
    assert metrics.values["ce_recovered_from_mean"] is None
    why = "setting the site to its mean does not change the model's loss"
    assert metrics.undefined["ce_recovered_from_mean"] == why
    assert not any(math.isnan(v) for v in metrics.values.values() if v is not None)
