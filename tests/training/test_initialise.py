"""Initial weights: what a dictionary reads and how much it fires before the first step."""

from __future__ import annotations

import pytest
import torch

from microtome.dictionaries import KINDS, SPARSIFIERS, Dictionary, DictionaryConfig
from microtome.training.initialise import initialise, linear_map

N, D_IN, D_OUT, F, L0 = 2048, 12, 8, 128, 6.0


def data() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Inputs, the linear map, and targets that are nothing but the map of the inputs."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(N, D_IN, generator=generator)
    A = torch.randn(D_OUT, D_IN, generator=generator) / D_IN**0.5
    return x, A, x @ A.T


def make(kind: str, sparsifier: str, d_in: int) -> Dictionary:
    shape = DictionaryConfig(kind=kind, sparsifier=sparsifier, d_in=d_in, d_out=D_OUT, latents=F, l0=L0)
    return Dictionary(shape)


def test_the_linear_map_is_the_least_squares_one() -> None:
    x, A, y = data()
    torch.testing.assert_close(linear_map(x, y), A, rtol=0.05, atol=0.02)
    # Directions without any input must not break it.
    dull = torch.cat([x, torch.zeros(N, 2)], dim=1)
    assert bool(torch.isfinite(linear_map(dull, y)).all())
    assert bool((linear_map(torch.zeros(N, 3), y) == 0).all())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
def test_latents_read_what_predicts_their_direction(kind: str, sparsifier: str) -> None:
    x, A, y = data()
    dictionary = make(kind, sparsifier, D_OUT if kind == "sae" else D_IN)
    initialise(dictionary, y if kind == "sae" else x, y, seed=0)
    torch.testing.assert_close(dictionary.W_dec.norm(dim=1), torch.ones(F))
    reads = dictionary.W_dec if kind == "sae" else dictionary.W_dec @ A
    assert float(torch.cosine_similarity(dictionary.W_enc, reads, dim=1).detach().min()) > 0.99


@pytest.mark.parametrize("sparsifier", ["relu", "batchtopk", "jumprelu", "gated"])
def test_as_many_latents_fire_as_asked(sparsifier: str) -> None:
    x, _, y = data()
    dictionary = make("transcoder", sparsifier, D_IN)
    initialise(dictionary, x, y, seed=0)
    assert len(dictionary.encode(x).pairs) / N == pytest.approx(L0, rel=0.02)


def test_the_seed_decides() -> None:
    x, _, y = data()
    first, same, other = (make("transcoder", "topk", D_IN) for _ in range(3))
    for dictionary, seed in ((first, 0), (same, 0), (other, 1)):
        initialise(dictionary, x, y, seed=seed)
    assert torch.equal(first.W_enc, same.W_enc)
    assert not torch.equal(first.W_dec, other.W_dec)
