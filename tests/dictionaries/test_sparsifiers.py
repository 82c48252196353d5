"""Selection rules and straight-through gradients."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome.dictionaries.sparsifiers import SPARSIFIERS, BatchTopK, JumpReLU, make_sparsifier
from microtome.kernels import PreActivations


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**16), st.integers(1, 80), st.integers(1, 60), st.floats(0.1, 20.0))
def test_batchtopk_keeps_exactly_the_largest_of_the_batch(seed: int, tokens: int, latents: int, l0: float) -> None:
    z = torch.randn(tokens, latents, generator=torch.Generator().manual_seed(seed))
    sparsifier = BatchTopK(latents, l0)
    pairs, values = sparsifier.training_pairs(PreActivations.of(z))
    positive = z.flatten()[z.flatten() > 0]
    n_keep = round(l0 * tokens)
    expected = positive.sort(descending=True).values[:n_keep]
    assert torch.equal(z[pairs.token_N, pairs.latent_N], values)
    assert torch.equal(values.sort(descending=True).values, expected)


def test_batchtopk_finds_the_cut_of_a_large_batch_among_a_sample() -> None:
    z = torch.randn(2048, 4096, generator=torch.Generator().manual_seed(0))
    pairs, _ = BatchTopK(4096, 16.0).training_pairs(PreActivations.of(z))
    assert len(pairs) == 2048 * 16
    assert float(z[pairs.token_N, pairs.latent_N].min()) == float(z.flatten().topk(2048 * 16).values[-1])


def test_batchtopk_survives_a_few_tokens_that_hold_everything() -> None:
    z = torch.full((1000, 64), -1.0)
    z[:3] = torch.rand(3, 64) + 1
    pairs, _ = BatchTopK(64, 8.0).training_pairs(PreActivations.of(z))
    assert len(pairs) == 3 * 64


@pytest.mark.parametrize("dense", [False, True])
def test_jumprelu_gradients_follow_the_stated_rule(dense: bool) -> None:
    torch.manual_seed(0)
    sparsifier = JumpReLU(11, 3.0)
    sparsifier.width = 0.5
    with torch.no_grad():
        sparsifier.threshold.copy_(torch.rand(11) + 0.2)
    z_BF = (torch.randn(30, 11) + 0.5).requires_grad_()
    pairs = None if dense else sparsifier.training_pairs(PreActivations.of(z_BF.detach()))[0]
    z = z_BF if pairs is None else z_BF[pairs.token_N, pairs.latent_N]
    weight_BF = torch.randn(30, 11)
    weight = weight_BF if pairs is None else weight_BF[pairs.token_N, pairs.latent_N]
    (sparsifier.values(z, pairs) * weight).sum().backward()

    theta = sparsifier.threshold.detach()
    fires = z_BF.detach() > theta
    near = (z_BF.detach() - theta).abs() < 0.25
    torch.testing.assert_close(z_BF.grad, weight_BF * fires)
    torch.testing.assert_close(sparsifier.threshold.grad, -(theta / 0.5 * near * weight_BF).sum(0))


@pytest.mark.parametrize("dense", [False, True])
def test_step_counts_l0_and_pulls_thresholds_only(dense: bool) -> None:
    torch.manual_seed(1)
    sparsifier = JumpReLU(9, 3.0)
    with torch.no_grad():
        sparsifier.threshold.fill_(0.6)
    z_BF = torch.randn(40, 9).requires_grad_()
    pairs = None if dense else sparsifier.training_pairs(PreActivations.of(z_BF.detach()))[0]
    z = z_BF if pairs is None else z_BF[pairs.token_N, pairs.latent_N]
    steps = sparsifier.steps(z, pairs)
    assert float(steps.detach().sum()) == float((z_BF > 0.6).sum())
    steps.sum().backward()
    near = ((z_BF.detach() - 0.6).abs() < 0.5).float()
    torch.testing.assert_close(sparsifier.threshold.grad, -near.sum(0))
    assert z_BF.grad is None or float(z_BF.grad.abs().sum()) == 0.0


@pytest.mark.parametrize("name", SPARSIFIERS)
def test_dense_and_paired_values_agree(name: str) -> None:
    torch.manual_seed(2)
    sparsifier = make_sparsifier(name, latents=13, l0=3)
    b_gate = torch.nn.Parameter(torch.randn(13))
    if name == "gated":
        sparsifier.share_gate_bias(b_gate)  # type: ignore[operator]
    z = torch.randn(20, 13)
    pairs, _ = PreActivations.of(z).above(-10.0)
    paired = pairs.dense(sparsifier.values(z[pairs.token_N, pairs.latent_N], pairs))
    torch.testing.assert_close(paired, sparsifier.values(z, None))


@pytest.mark.parametrize("name", [*SPARSIFIERS, "abstopk", "groupmax"])
def test_what_fires_is_at_its_level_and_what_does_not_is_no_higher(name: str) -> None:
    z = torch.randn(40, 24, generator=torch.Generator().manual_seed(5))
    sparsifier = make_sparsifier(name, latents=24, l0=4.0)
    if name == "gated":
        sparsifier.share_gate_bias(torch.nn.Parameter(torch.zeros(24)))  # type: ignore[operator]
    pairs, values = sparsifier.deployed(PreActivations.of(z))
    assert torch.equal(values, z[pairs.token_N, pairs.latent_N])
    fires = pairs.dense(torch.ones(len(pairs))) > 0
    height = z.abs() if name == "abstopk" else z
    level = sparsifier.firing_level(z).expand_as(z)
    assert bool((height[fires] >= level[fires]).all()) and bool((height[~fires] <= level[~fires]).all())
    assert bool(sparsifier.may_fire(z)[fires].all())
