"""L0 comes to its target and stays there, also where coordinates of activations are of very unequal size."""

from __future__ import annotations

import torch

from microtome.activations import Normalisation
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.training.initialise import initialise
from microtome.training.optimiser import OptimiserConfig
from microtome.training.step import DictionaryTrainer

D, TRUE_LATENTS, L0, BATCH, STEPS = 256, 2000, 16, 512, 120


def uneven(n_rows: int, generator: torch.Generator) -> torch.Tensor:
    """Sparse sums of directions of which few are common, off centre, with coordinates of very unequal size."""
    directions = torch.nn.functional.normalize(torch.randn(TRUE_LATENTS, D, generator=generator), dim=1)
    share = 1 / (torch.arange(TRUE_LATENTS) + 5.0)
    fires = torch.rand(n_rows, TRUE_LATENTS, generator=generator) < (24 * share / share.sum()).clamp(max=0.5)
    sums = (fires * (torch.rand(n_rows, TRUE_LATENTS, generator=generator) + 0.5)) @ directions
    noise = 0.02 * torch.randn(n_rows, D, generator=generator)
    return (sums + noise) * torch.exp(1.5 * torch.randn(D, generator=generator)) + torch.randn(D, generator=generator)


def test_l0_of_jumprelu_neither_leaps_nor_sags() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = uneven(8000, generator)
    scale = Normalisation.measure(rows, name="rows")
    rows = scale.apply(rows)
    dictionary = Dictionary(DictionaryConfig(kind="sae", sparsifier="jumprelu", d_in=D, d_out=D, latents=512, l0=L0))
    initialise(dictionary, rows, rows, seed=0)
    trainer = DictionaryTrainer(dictionary, OptimiserConfig(), total_tokens=BATCH * STEPS, variance=scale.variance)
    l0s = []
    for _ in range(STEPS):
        batch = rows[torch.randint(len(rows), (BATCH,), generator=generator)]
        l0s.append(trainer.step(batch, batch).l0)
    # With thresholds that learn three times as fast as weights L0 reached 31.
    assert max(l0s) < 1.65 * L0
    assert abs(sum(l0s[-30:]) / 30 / L0 - 1) < 0.06
