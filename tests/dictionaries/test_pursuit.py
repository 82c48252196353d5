"""Matching pursuit against its definition, one token and one step at a time."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.dictionaries.storage import load_dictionary, save_dictionary

D, F = 7, 20
STOPS = list(itertools.product((0.0, 0.8), (0.0, 1.0), (1.0, 4.0, 12.0)))


def make(threshold: float = 0.8, duplicates: float = 1.0, most: float = 12.0) -> Dictionary:
    d = Dictionary(
        DictionaryConfig(kind="sae", sparsifier="matching_pursuit", d_in=D, d_out=D, latents=F, l0=float("nan"))
    )
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        rows = torch.randn(F, D, generator=generator)
        rows /= rows.norm(dim=1, keepdim=True)
        # The two are one matrix in the library; here they may differ by a factor, as where a scale was folded.
        d.W_enc.copy_(1.3 * rows)
        d.W_dec.copy_(rows / 1.3)
        d.b_dec.copy_(torch.randn(D, generator=generator))
    for name, value in zip(d.sparsifier.tensors, (threshold, most, duplicates), strict=True):
        d.sparsifier.get_buffer(name).fill_(value)
    return d


def inputs(n: int = 30) -> Tensor:
    return 2 * torch.randn(n, D, generator=torch.Generator().manual_seed(1)) + 0.3


def plain(d: Dictionary, x_BD: Tensor, threshold: float, duplicates: float, most: float) -> Tensor:
    codes = []
    for x_D in x_BD:
        rest, found = x_D - d.b_dec, [torch.zeros(()) for _ in range(F)]
        for _ in range(int(most)):
            heights = (d.W_enc @ rest).tolist()
            best = max(range(F), key=lambda latent: heights[latent])
            value = torch.relu(d.W_enc[best] @ rest)
            new = not bool(found[best]) and bool(value > 0)
            found[best] = found[best] + value
            rest = rest - value * d.W_dec[best]
            if (duplicates and not new) or bool(rest.norm() < threshold):
                break
        codes.append(torch.stack(found))
    return torch.stack(codes)


@pytest.mark.parametrize(("threshold", "duplicates", "most"), STOPS)
def test_codes_and_gradients_are_those_of_the_definition(threshold: float, duplicates: float, most: float) -> None:
    ours, theirs = make(threshold, duplicates, most), make(threshold, duplicates, most)
    x_ours, x_theirs = inputs().requires_grad_(), inputs().requires_grad_()
    weight = torch.randn(30, D, generator=torch.Generator().manual_seed(2))
    codes, expected = ours.encode(x_ours), plain(theirs, x_theirs, threshold, duplicates, most)
    torch.testing.assert_close(codes.dense(), expected, rtol=1e-4, atol=1e-5)
    assert bool((codes.values_N > 0).all()) and int(codes.active_per_token.max()) <= most
    (ours.decode(codes) * weight).sum().backward()
    ((expected @ theirs.W_dec + theirs.b_dec) * weight).sum().backward()
    torch.testing.assert_close(x_ours.grad, x_theirs.grad, rtol=1e-3, atol=1e-4)
    for name in ("W_enc", "W_dec", "b_dec"):
        torch.testing.assert_close(getattr(ours, name).grad, getattr(theirs, name).grad, rtol=1e-3, atol=1e-3, msg=name)


def test_what_looks_at_codes_sees_these() -> None:
    d, x = make(), inputs()
    dense = d.encode(x).dense()
    # A latent may fire that did not point towards the input at first.
    z = d.pre_activations(x)
    assert bool(((z <= 0) & (dense > 0)).any())
    torch.testing.assert_close(d.encode_latents(x, torch.tensor([3, 3, 11])), dense[:, [3, 3, 11]])
    assert bool((d.sparsifier.firing_level(z) == torch.inf).all())
    x[4, 2] = float("nan")
    seen = d.encode(x).dense()
    assert bool(seen[4].isnan().any()) and torch.equal(seen[5:], dense[5:])
    assert len(d.encode(x[:0]).values_N) == 0


def test_scaled_inputs_have_scaled_codes_once_it_is_folded() -> None:
    d, x = make(), inputs()
    mean = torch.randn(D)
    out, codes = 2.5 * d(x) + mean, 2.5 * d.encode(x).dense()
    d.fold(mean_in=mean, scale_in=2.5, mean_out=mean, scale_out=2.5)
    torch.testing.assert_close(d.encode(2.5 * x + mean).dense(), codes, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(d(2.5 * x + mean), out, rtol=1e-4, atol=1e-4)


def test_it_is_saved_with_its_rule(tmp_path) -> None:  # type: ignore[no-untyped-def]
    d, x = make(0.6, 0.0, 5.0), inputs()
    save_dictionary(d, tmp_path / "d")
    assert torch.equal(load_dictionary(tmp_path / "d")[0](x), d(x))
