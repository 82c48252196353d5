"""Train a dictionary on activations of your own, given by a Python iterator: no language model, no text.

The activations here are sparse sums of known directions, so the example can also say how many of the true directions
the dictionary found: `python examples/train_on_arrays.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from microtome import TrainingConfig, train
from microtome.activations import INPUT, ArrayActivations, IteratorActivations
from microtome.evaluation.storage import load_evaluation
from microtome.training import assemble_arrays

D, TRUE = 32, 48
DIRECTIONS = np.random.default_rng(0).normal(size=(TRUE, D))
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=1, keepdims=True)


def rows(seed: int, n: int = 4_096) -> np.ndarray:
    rng = np.random.default_rng(seed)
    codes = (rng.random((n, TRUE)) < 3 / TRUE) * (0.5 + rng.random((n, TRUE)))
    return (codes @ DIRECTIONS + 2.0).astype(np.float32)


def batches() -> Iterator[np.ndarray]:
    """Called again for every epoch and on resuming, so it has to give the same rows each time."""
    for seed in range(1, 9):
        yield rows(seed)


def main() -> None:
    config = TrainingConfig(
        activations="sums of known directions",  # with an iterator only a name, no file
        sparsifiers=("topk",),
        latents=(96,),
        l0s=(3.0,),
        tokens=250_000,
        batch_tokens=512,
        buffer_tokens=16_384,
    )
    source = IteratorActivations(batches, name="sums of known directions", window_tokens=config.buffer_tokens)
    held_out = ArrayActivations({INPUT: rows(100)}, name="held out", seed=0, window_tokens=config.buffer_tokens)
    run = train(config, Path(tempfile.mkdtemp()) / "run", assembly=assemble_arrays(config, source, held_out))

    metrics, _ = load_evaluation(run.path, "activations")
    print({key: round(metrics.values[key], 4) for key in ("fvu", "l0", "dead_fraction")})
    cosines = torch.from_numpy(DIRECTIONS).float() @ run.dictionary("activations").W_dec.T
    print(f"true directions found (cosine above 0.9): {int((cosines.max(1).values > 0.9).sum())} of {TRUE}")


if __name__ == "__main__":
    main()
