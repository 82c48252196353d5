"""Temporal dictionaries with random weights, and what they predict by the definition, one token at a time."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.dictionaries.storage import tensors_of
from microtome.dictionaries.temporal import TemporalConfig

D, F = 6, 12
LAYERS, HEADS, WIDTH = 2, 3, 6
ATTENTION = TemporalConfig(layers=LAYERS, heads=HEADS, width=WIDTH)


def make(
    sparsifier: str = "topk", normalise: str = "none", *, width: int = D, temporal: TemporalConfig | None = ATTENTION
) -> Dictionary:
    d = Dictionary(
        DictionaryConfig(
            kind="sae",
            sparsifier=sparsifier,
            d_in=width,
            d_out=width,
            latents=F,
            l0=4,
            normalise=normalise,
            temporal=temporal,
        )
    )
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in tensors_of(d).items():
            if name != "epsilon":
                tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.6)
    return d.requires_grad_(False)


def predicted(d: Dictionary, x_TD: Tensor) -> Tensor:
    """What is predicted of each token of one sequence, from the definition, in float64."""
    part = {name: tensor.double() for name, tensor in tensors_of(d).items()}
    rest_TD, size = x_TD.double() - part["b_in"], F // HEADS
    for layer in range(LAYERS):
        z_TF = (rest_TD @ part["W_enc"].T).clamp(min=0)
        w = {name: (part[f"W_{name}"][layer], part[f"b_{name}"][layer]) for name in "QKVO"}
        before_TF = torch.stack([torch.zeros(F).double(), *z_TF[:-1]])
        after = []
        for t in range(len(z_TF)):
            seen_tF, mixed = before_TF[: t + 1], []
            for head in range(HEADS):
                few, many = (slice(head * n, (head + 1) * n) for n in (WIDTH // HEADS, size))
                q = (w["Q"][0] @ z_TF[t] + w["Q"][1])[few]
                k = (seen_tF @ w["K"][0].T + w["K"][1])[:, few]
                v = (seen_tF @ w["V"][0].T + w["V"][1])[:, many]
                mixed.append((k @ q / math.sqrt(WIDTH // HEADS)).softmax(0) @ v)
            direction_D = (w["O"][0] @ torch.cat(mixed) + w["O"][1]).clamp(min=0) @ part["W_dec"]
            along = direction_D @ rest_TD[t] / (direction_D.norm() + part["epsilon"]) ** 2
            after.append(rest_TD[t] - along * direction_D)
        rest_TD = torch.stack(after)
    return x_TD.double() - part["b_in"] - rest_TD
