"""Dictionaries of others that normalise each token, or fire by other rules: changes of their latents, at the site."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from microtome.dictionaries import Codes, Dictionary
from microtome.evaluation import Placed
from microtome.interventions import Change, Intervention, ablate, add, clamp
from microtome.sites import Site
from tests.formats.conftest import random_dictionary
from tests.interventions.plain import SPARSIFIERS, model
from tests.models.tiny_models import D_MODEL, tiny_tokens

SITE = Site(1, "mlp_out")
RULES = (*SPARSIFIERS, "abstopk", "groupmax")
NORMALISATIONS = ("none", "layer_norm", "unit_norm")


@pytest.mark.parametrize("sparsifier", RULES)
@pytest.mark.parametrize("normalise", NORMALISATIONS)
@pytest.mark.parametrize("kind", ["sae", "transcoder"])
def test_codes_of_a_few_latents_are_those_of_all(kind: str, sparsifier: str, normalise: str) -> None:
    d = random_dictionary(kind, sparsifier, normalise=normalise)
    x = 3 * torch.randn(50, 8, generator=torch.Generator().manual_seed(3)) + 0.5
    expected = d.encode(x).dense()
    assert 0 < float((expected != 0).float().mean()) < 1
    for latents in ([7], [9, 3, 3], list(range(16))):
        found = d.encode_latents(x, torch.tensor(latents))
        torch.testing.assert_close(found, expected[:, latents], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("sparsifier", ["topk", "jumprelu", "abstopk"])
@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_a_change_is_the_difference_of_two_reconstructions(sparsifier: str, normalise: str) -> None:
    d = random_dictionary("sae", sparsifier, width=D_MODEL, normalise=normalise)
    before, _ = changed(d)
    codes = d.encode(before)
    latent = int(codes.dense().abs().sum(0).argmax())
    for change, value in ((ablate(latent), 0.0), (clamp(latent, 2.5), 2.5)):
        _, after = changed(d, change)
        wanted = before + reconstructed(d, codes, before, {latent: value}) - reconstructed(d, codes, before, {})
        torch.testing.assert_close(after, wanted, rtol=1e-4, atol=1e-4)
        assert float((after - before).abs().max()) > 0.01


@pytest.mark.parametrize("normalise", NORMALISATIONS)
def test_a_strength_in_units_of_the_norm_is_that_share_of_it(normalise: str) -> None:
    d = random_dictionary("sae", "topk", width=D_MODEL, normalise=normalise)
    lm, tokens = model(), tiny_tokens()
    stream = lm.capture(tokens, [Site(1, "resid_mid")])[Site(1, "resid_mid")].flatten(0, 1)
    before, after = changed(d, add(3, 0.5, unit="norm"))
    keep = ~torch.isin(tokens.flatten(), torch.tensor(sorted(lm.special_ids)))
    moved = (after - before).norm(dim=1)
    torch.testing.assert_close(moved[keep], 0.5 * stream.norm(dim=1)[keep], rtol=1e-4, atol=1e-5)


def changed(d: Dictionary, *changes: Change) -> tuple[torch.Tensor, torch.Tensor]:
    """The activations at the site as they are and as changed, of all tokens, special ones too."""
    lm, tokens = model(), tiny_tokens()
    everywhere = [dataclasses.replace(c, when=dataclasses.replace(c.when, specials=True)) for c in changes]
    before = lm.capture(tokens, [SITE])[SITE].flatten(0, 1)
    with Intervention(lm, {"d": Placed(d, SITE, SITE)}, everywhere).open():
        after = lm.capture(tokens, [SITE])[SITE].flatten(0, 1)
    return before, after


def reconstructed(d: Dictionary, codes: Codes, x: torch.Tensor, other: dict[int, float]) -> torch.Tensor:
    """What the dictionary makes of its codes with some of them exchanged, written out."""
    dense = codes.dense().clone()
    for latent, value in other.items():
        dense[:, latent] = value
    out = dense @ d.W_dec + d.b_dec
    if d.config.normalise == "layer_norm":
        return out * x.std(1, keepdim=True) + x.mean(1, keepdim=True)
    return out * x.norm(dim=1, keepdim=True) / D_MODEL**0.5 if d.config.normalise == "unit_norm" else out
