"""Batches of a window, and the scales activations are brought to."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome.activations import Normalisation, batch_rows, n_batches
from microtome.errors import ActivationError

whole = st.integers(min_value=0, max_value=2**40)


@pytest.mark.parametrize("n_rows", [2, 1024, 2500])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_scales_are_those_of_all_rows_at_once(n_rows: int, dtype: torch.dtype) -> None:
    x = (torch.randn(n_rows, 7, generator=torch.Generator().manual_seed(n_rows)) * 3 + 40).to(dtype)
    found = Normalisation.measure(x, name="x")
    whole = x.double()
    mean = whole.mean(0)
    scale = (whole - mean).norm(dim=1).mean() / math.sqrt(7)
    torch.testing.assert_close(found.mean_D, mean.float())
    assert found.scale == pytest.approx(float(scale), rel=1e-9)
    assert found.variance == pytest.approx(float(((whole - mean) / scale).square().sum(1).mean()), rel=1e-9)


@given(
    n_rows=st.integers(min_value=1, max_value=3000),
    seed=whole,
    window=whole,
    batch_tokens=st.integers(min_value=1, max_value=700),
)
@settings(max_examples=80, deadline=None)
def test_batches_are_a_partition_of_the_window(n_rows: int, seed: int, window: int, batch_tokens: int) -> None:
    batches = batch_rows(n_rows, seed=seed, window=window, batch_tokens=batch_tokens)
    assert len(batches) == n_batches(n_rows, batch_tokens)
    assert sorted(torch.cat(batches).tolist()) == list(range(n_rows))
    sizes = [len(batch) for batch in batches]
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 1
    if n_rows >= batch_tokens:
        assert batch_tokens / 2 <= sizes[0] <= 1.5 * batch_tokens + 1
    again = batch_rows(n_rows, seed=seed, window=window, batch_tokens=batch_tokens)
    assert all(torch.equal(a, b) for a, b in zip(batches, again, strict=True))


def test_seed_and_window_decide_the_order() -> None:
    def order(seed: int, window: int) -> list[int]:
        return torch.cat(batch_rows(100, seed=seed, window=window, batch_tokens=10)).tolist()

    orders = {tuple(order(seed, window)) for seed in range(5) for window in range(5)}
    assert len(orders) == 25
    assert tuple(range(100)) not in orders


@pytest.mark.parametrize("mean", [0.0, 4.0, 1e5])
def test_normalised_activations_have_norm_root_d(mean: float) -> None:
    x = (torch.randn(2000, 12, generator=torch.Generator().manual_seed(0)).double() * 7 + mean).float()
    found = Normalisation.measure(x, name="x")
    exact = x.double()
    centred = exact - exact.mean(0)
    assert found.scale == pytest.approx(float(centred.norm(dim=1).mean()) / math.sqrt(12), rel=1e-9)
    torch.testing.assert_close(found.mean_D.double(), exact.mean(0), rtol=1e-6, atol=1e-6)
    applied = found.apply(x)
    assert applied.dtype == torch.float32
    assert float(applied.norm(dim=1).mean()) == pytest.approx(math.sqrt(12), rel=2e-3)
    assert float(applied.double().square().sum(1).mean()) == pytest.approx(found.variance, rel=5e-3)
    assert found.variance == pytest.approx(float(centred.square().sum(1).mean()) / found.scale**2, rel=1e-9)


def test_apply_leaves_its_input_alone_and_takes_bf16() -> None:
    x = torch.randn(500, 6)
    before = x.clone()
    scale = Normalisation.measure(x, name="x")
    scale.apply(x)
    assert torch.equal(x, before)
    rough = x.bfloat16()
    torch.testing.assert_close(Normalisation.measure(rough, name="x").apply(rough), scale.apply(x), rtol=0, atol=0.05)


def test_what_cannot_be_scaled_is_refused() -> None:
    bad = torch.ones(4, 3)
    bad[1, 1] = float("inf")
    for x, text in (
        (
            bad,
            "the activations at 2.mlp_out hold NaN or infinity, expected finite numbers. "
            "Load the model in float32 (--dtype float32); of arrays, drop the rows that are not finite.",
        ),
        (
            torch.full((5, 3), 0.1),
            "the activations at 2.mlp_out do not vary (all 5 rows are equal), nothing can be learnt from them. "
            "Choose another site, or look at how the activations were made.",
        ),
        (
            torch.zeros(5, 3),
            "the activations at 2.mlp_out do not vary (all 5 rows are equal), nothing can be learnt from them. "
            "Choose another site, or look at how the activations were made.",
        ),
    ):
        with pytest.raises(ActivationError) as caught:
            Normalisation.measure(x, name="2.mlp_out")
        assert str(caught.value) == text
