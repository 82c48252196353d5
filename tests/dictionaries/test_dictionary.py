"""Dictionaries against a dense implementation written from the formulas, for every kind and sparsifier."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import KINDS, SPARSIFIERS, Dictionary, DictionaryConfig
from microtome.errors import ConfigError

D_IN, D_OUT, F, K = 7, 5, 29, 4
CASES = list(itertools.product(KINDS, SPARSIFIERS))


def make(kind: str, sparsifier: str, *, seed: int = 0) -> Dictionary:
    torch.manual_seed(seed)
    d_out = D_IN if kind == "sae" else D_OUT
    d = Dictionary(DictionaryConfig(kind=kind, sparsifier=sparsifier, d_in=D_IN, d_out=d_out, latents=F, l0=K))
    with torch.no_grad():
        for parameter in d.parameters():
            parameter.copy_(torch.randn_like(parameter))
        d.normalise_rows()
        if kind != "sae":
            d.get_buffer("mean_in").copy_(torch.randn(D_IN))
        if sparsifier == "jumprelu":
            d.sparsifier.threshold.copy_(torch.rand(F) + 0.3)
        if sparsifier == "batchtopk":
            d.sparsifier.threshold.fill_(0.7)
    return d


def dense_codes(d: Dictionary, x: Tensor) -> Tensor:
    """The design's formulas, with no sparse trick at all."""
    z = (x - d.b_dec_in) @ d.W_enc.T + d.b_enc
    match d.config.sparsifier:
        case "relu":
            return torch.relu(z)
        case "topk":
            kept = torch.zeros_like(z).scatter_(1, z.topk(K, dim=1).indices, 1.0)
            return torch.relu(z) * kept
        case "batchtopk":
            return z * (z > d.sparsifier.threshold)
        case "jumprelu":
            return z * (z > d.sparsifier.threshold)
        case "gated":
            magnitude = d.sparsifier.r_mag.exp() * (z - d.b_enc) + d.sparsifier.b_mag
            return (z > 0) * torch.relu(magnitude)
    raise AssertionError


def dense_prediction(d: Dictionary, x: Tensor) -> Tensor:
    out = dense_codes(d, x) @ d.W_dec + d.b_dec
    return out if d.W_skip is None else out + x @ d.W_skip.T


@pytest.mark.parametrize(("kind", "sparsifier"), CASES)
def test_codes_and_reconstruction_equal_the_formulas(kind: str, sparsifier: str) -> None:
    d = make(kind, sparsifier)
    x = torch.randn(50, D_IN)
    torch.testing.assert_close(d.encode(x).dense(), dense_codes(d, x))
    torch.testing.assert_close(d(x), dense_prediction(d, x))


@pytest.mark.parametrize(("kind", "sparsifier"), CASES)
def test_gradients_of_the_deployed_dictionary_equal_dense_autograd(kind: str, sparsifier: str) -> None:
    sparse, dense = make(kind, sparsifier), make(kind, sparsifier)
    x = torch.randn(40, D_IN)
    inputs = [x.clone().requires_grad_(), x.clone().requires_grad_()]
    weight = torch.randn(40, sparse.config.d_out)
    (sparse(inputs[0]) * weight).sum().backward()
    (dense_prediction(dense, inputs[1]) * weight).sum().backward()
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    for (name, a), (_, b) in zip(sparse.named_parameters(), dense.named_parameters(), strict=True):
        if "threshold" in name:
            continue  # straight-through by rule, see test_sparsifiers
        torch.testing.assert_close(a.grad, b.grad, msg=name)


@pytest.mark.parametrize(("kind", "sparsifier"), CASES)
def test_folded_equals_unfolded(kind: str, sparsifier: str) -> None:
    d = make(kind, sparsifier)
    raw = torch.randn(60, D_IN) * 3 + 40
    mean_in, scale_in = torch.randn(D_IN) + 40, 2.5
    mean_out, scale_out = (mean_in, scale_in) if kind == "sae" else (torch.randn(d.config.d_out), 0.3)
    before = d((raw - mean_in) / scale_in) * scale_out + mean_out
    codes = d.encode((raw - mean_in) / scale_in).dense() * scale_out
    d.fold(mean_in=mean_in, scale_in=scale_in, mean_out=mean_out, scale_out=scale_out)
    torch.testing.assert_close(d(raw), before, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(d.encode(raw).dense(), codes, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(d.W_dec.norm(dim=1), torch.ones(F))


def test_a_dictionary_in_which_nothing_fires_returns_its_bias() -> None:
    d = make("sae", "relu")
    with torch.no_grad():
        d.b_enc.fill_(-1e9)
    x = torch.randn(3, D_IN)
    assert len(d.encode(x).pairs) == 0
    torch.testing.assert_close(d(x), d.b_dec.expand(3, -1))


def test_skip_needs_its_input() -> None:
    d = make("skip_transcoder", "topk")
    codes = d.encode(torch.randn(2, D_IN))
    with pytest.raises(ConfigError, match=r"decoded without its input\. Pass decode\(codes, x\)\."):
        d.decode(codes)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"kind": "lookup"},
            "got kind 'lookup', expected one of sae, transcoder, skip_transcoder. Give --kind one of these.",
        ),
        ({"latents": 0}, "got 0 latents, expected at least 1. Raise --latents."),
        ({"l0": 0}, "got an L0 of 0, expected more than 0. Raise --l0."),
        (
            {"l0": 65},
            "got an L0 of 65 with 64 latents, expected at most one activation per latent. "
            "Lower --l0 or raise --latents.",
        ),
        (
            {"d_out": 3},
            "an sae got inputs 8 wide and targets 3 wide, expected the same activation for both. "
            "Use --kind transcoder to predict one site from another.",
        ),
        (
            {"matryoshka": (32, 16)},
            "got matryoshka prefixes (32, 16) with 64 latents, expected ascending sizes below it. "
            "Give for example --matryoshka 512,2048 with --latents 8192.",
        ),
    ],
)
def test_shapes_that_make_no_sense_are_refused(changed: dict[str, object], message: str) -> None:
    values = {"kind": "sae", "sparsifier": "topk", "d_in": 8, "d_out": 8, "latents": 64, "l0": 4.0, **changed}
    with pytest.raises(ConfigError) as caught:
        DictionaryConfig(**values)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_unknown_sparsifier_and_fractional_k() -> None:
    with pytest.raises(ConfigError) as caught:
        make("sae", "softmax")
    assert str(caught.value).startswith(
        "got sparsifier 'softmax', expected one of relu, topk, batchtopk, jumprelu, gated."
    )
    with pytest.raises(ConfigError) as caught:
        Dictionary(DictionaryConfig(kind="sae", sparsifier="topk", d_in=4, d_out=4, latents=8, l0=2.5))
    assert "topk got --l0 2.5, expected a whole number. " in str(caught.value)
