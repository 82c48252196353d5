"""Every operation on pairs equals dense PyTorch, in its outputs and in all its gradients."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from microtome.kernels import Pairs, PreActivations, decode_pairs, encode_pairs, squared_error

B, D, D_OUT, F = 17, 6, 5, 23


def problem(seed: int = 0) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_()

    return {
        "x": draw(B, D),
        "b_in": draw(D),
        "W_enc": draw(F, D),
        "b_enc": draw(F),
        "W_dec": draw(F, D_OUT),
        "out": draw(B, D_OUT),
    }


def masks() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    some = torch.rand(B, F, generator=generator) < 0.2
    some[3] = False
    return {"some": some, "none": torch.zeros(B, F, dtype=torch.bool), "all": torch.ones(B, F, dtype=torch.bool)}


def encode(x: Tensor, b_in: Tensor, W_enc: Tensor, b_enc: Tensor, pairs: Pairs) -> Tensor:
    z_BF = (x - b_in) @ W_enc.T + b_enc
    return encode_pairs(z_BF.detach()[pairs.token_N, pairs.latent_N], x, b_in, W_enc, b_enc, pairs)


@pytest.mark.parametrize("which", ["some", "none", "all"])
def test_encode_then_decode_equals_dense_autograd(which: str) -> None:
    mask = masks()[which]
    sparse, dense = problem(), problem()
    pairs = PreActivations.of(mask.float()).above(0.0)[0]

    z_N = encode(sparse["x"], sparse["b_in"], sparse["W_enc"], sparse["b_enc"], pairs)
    prediction = decode_pairs(torch.tanh(z_N), sparse["W_dec"], pairs)
    (prediction * sparse["out"]).sum().backward()

    codes = torch.tanh((dense["x"] - dense["b_in"]) @ dense["W_enc"].T + dense["b_enc"]) * mask
    (codes @ dense["W_dec"] * dense["out"]).sum().backward()

    torch.testing.assert_close(prediction, codes @ dense["W_dec"])
    for name in ("x", "b_in", "W_enc", "b_enc", "W_dec", "out"):
        torch.testing.assert_close(sparse[name].grad, dense[name].grad, msg=name)


def test_gradients_pass_gradcheck() -> None:
    pairs = PreActivations.of(masks()["some"].float()).above(0.0)[0]
    p = problem()

    def run(x: Tensor, b_in: Tensor, W_enc: Tensor, b_enc: Tensor, W_dec: Tensor) -> Tensor:
        return decode_pairs(encode(x, b_in, W_enc, b_enc, pairs), W_dec, pairs)

    assert torch.autograd.gradcheck(run, (p["x"], p["b_in"], p["W_enc"], p["b_enc"], p["W_dec"]))

    def error(x: Tensor, b_in: Tensor, W_enc: Tensor, b_enc: Tensor, W_dec: Tensor, target: Tensor) -> Tensor:
        total, _ = squared_error(encode(x, b_in, W_enc, b_enc, pairs), W_dec, target, pairs)
        return 0.3 * total

    target = torch.randn(B, p["W_dec"].shape[1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(error, (p["x"], p["b_in"], p["W_enc"], p["b_enc"], p["W_dec"], target))
    values = encode(p["x"], p["b_in"], p["W_enc"], p["b_enc"], pairs)
    total, found = squared_error(values, p["W_dec"], target, pairs)
    expected = decode_pairs(values, p["W_dec"], pairs) - target
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(total, expected.square().sum())


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**16), st.integers(1, F))
def test_topk_pairs_hold_the_largest_of_each_row(seed: int, k: int) -> None:
    z_BF = torch.randn(B, F, generator=torch.Generator().manual_seed(seed))
    pairs, values_N = PreActivations.of(z_BF).topk(k)
    assert torch.equal(values_N, z_BF[pairs.token_N, pairs.latent_N])
    assert len(pairs) == B * k
    kept = pairs.dense(torch.ones(len(pairs))).bool()
    assert bool((kept.sum(1) == k).all())
    # What is not positive is no code, whichever of it fills up.
    z_BF = z_BF.clamp(min=0.0)
    smallest_kept = z_BF.masked_fill(~kept, torch.inf).amin(1)
    largest_left = z_BF.masked_fill(kept, -torch.inf).amax(1)
    assert bool((smallest_kept >= largest_left).all())


def test_pairs_know_their_tokens_and_select_subsets() -> None:
    mask = masks()["some"]
    pairs = PreActivations.of(mask.float()).above(0.0)[0]
    rows, columns = mask.nonzero(as_tuple=True)
    assert torch.equal(pairs.token_N, rows)
    assert torch.equal(pairs.latent_N, columns)
    assert pairs.n_tokens == B
    even = pairs.select(pairs.latent_N % 2 == 0)
    expected = mask.clone()
    expected[:, 1::2] = False
    assert torch.equal(even.dense(torch.ones(len(even))).bool(), expected)


def test_pairs_above_is_strict_and_takes_a_threshold_per_latent() -> None:
    z_BF = torch.tensor([[0.0, 1.0, 2.0], [3.0, 1.0, -1.0]])
    z = PreActivations.of(z_BF)
    assert z.above(1.0)[0].latent_N.tolist() == [2, 0]
    assert z.above(torch.tensor([3.0, 0.5, -2.0]))[0].latent_N.tolist() == [1, 2, 1, 2]


def test_grouping_by_latent_is_stable_so_that_sums_repeat() -> None:
    pairs = Pairs(torch.tensor([2, 0, 2, 1, 0]), torch.tensor([0, 2, 4, 5]), 4)
    order, tokens, offsets = pairs.by_latent
    assert tokens.tolist() == [0, 2, 1, 0, 1]
    assert order.tolist() == [1, 4, 3, 0, 2]
    assert offsets.tolist() == [0, 2, 3, 5, 5]
