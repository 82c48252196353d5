"""Dictionaries of every kind with random weights, and the places of the fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.dictionaries.storage import tensors_of

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"


@torch.no_grad()
def random_dictionary(
    kind: str = "sae",
    sparsifier: str = "topk",
    *,
    width: int = 8,
    d_out: int | None = None,
    latents: int = 16,
    seed: int = 0,
    l0: float = 4,
    matryoshka: tuple[int, ...] = (),
    normalise: str = "none",
) -> Dictionary:
    """Every tensor random, so that one at the wrong place shows."""
    config = DictionaryConfig(
        kind=kind,
        sparsifier=sparsifier,
        d_in=width,
        d_out=d_out or width,
        latents=latents,
        l0=l0,
        matryoshka=matryoshka,
        normalise=normalise,
    )
    dictionary = Dictionary(config)
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in tensors_of(dictionary).items():
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.5)
        if name == "threshold":
            tensor.abs_()
    return dictionary.requires_grad_(False)


def rows(width: int = 8, n: int = 11, seed: int = 1) -> torch.Tensor:
    return torch.randn(n, width, generator=torch.Generator().manual_seed(seed)) * 2 + 0.5


@pytest.fixture
def fixtures() -> Path:
    return FIXTURES
