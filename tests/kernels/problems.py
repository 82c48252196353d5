"""Inputs that tests of kernels share, and how closely results must agree."""

from __future__ import annotations

import torch
from torch import Tensor


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5, equal_nan=True)


def problem(n_tokens: int = 50, width: int = 24, n_latents: int = 700) -> dict[str, Tensor]:
    return {
        "x": draw(n_tokens, width),
        "b_in": draw(width, seed=1) * 0.1,
        "W_enc": draw(n_latents, width, seed=2) / width**0.5,
        "b_enc": draw(n_latents, seed=3) * 0.1,
        "W_dec": draw(n_latents, width + 3, seed=4),
    }
