"""What every trainer of the comparison shares: the arguments, the clock, and one measurement on held-out rows.

Needs nothing but torch and numpy, so that it runs inside each library's own environment.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

# Steps at the start that are not timed: memory is asked for, kernels are compiled or chosen.
WARM_UP = 3


def peak_bytes() -> int:
    """Most memory this process ever held. `ru_maxrss` would count the parent's, which a child inherits."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


class Task:
    """One training: its arguments, its batches, its clock."""

    def __init__(self) -> None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--train", type=Path, required=True)
        parser.add_argument("--held-out", type=Path, required=True)
        parser.add_argument("--sparsifier", required=True)
        parser.add_argument("--latents", type=int, required=True)
        parser.add_argument("--l0", type=int, required=True)
        parser.add_argument("--batch", type=int, required=True)
        parser.add_argument("--tokens", type=int, required=True)
        parser.add_argument("--threads", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True)
        self.args = parser.parse_args()
        torch.manual_seed(0)
        torch.set_num_threads(self.args.threads)
        self.rows = torch.from_numpy(np.load(self.args.train))
        self.held_out = torch.from_numpy(np.load(self.args.held_out))
        self.steps = self.args.tokens // self.args.batch
        self.marks: list[float] = []

    def batches(self, extra: int = 0) -> Iterator[Tensor]:
        """Batches in a random order fixed by the seed, epoch after epoch; the clock is read as each is asked for."""
        generator = torch.Generator().manual_seed(0)
        given = 0
        while given < self.steps + extra:
            order = torch.randperm(len(self.rows), generator=generator)
            for rows in order.split(self.args.batch):
                if len(rows) == self.args.batch and given < self.steps + extra:
                    batch = self.rows[rows]
                    self.mark()
                    yield batch
                    given += 1

    def mark(self) -> None:
        self.marks.append(time.perf_counter())

    def finish(self, version: str, apply: Callable[[Tensor], tuple[Tensor, Tensor]]) -> None:
        """Measure and write the result. `apply` maps rows to (reconstruction, codes as a dense matrix)."""
        self.mark()
        spans = np.diff(self.marks[WARM_UP:])
        x_ND = self.held_out
        error, l0, fired = 0.0, 0.0, torch.zeros(self.args.latents, dtype=torch.bool)
        with torch.no_grad():
            for x in x_ND.split(1024):
                prediction, codes = apply(x)
                error += float((x - prediction).double().square().sum())
                l0 += float((codes != 0).sum())
                fired |= (codes != 0).any(0)
        variance = float((x_ND - x_ND.mean(0)).double().square().sum())
        result = {
            "version": version,
            "torch": torch.__version__,
            "tokens_per_second": self.args.batch / float(np.median(spans)),
            "tokens_per_second_mean": self.args.batch / float(spans.mean()),
            "seconds": self.marks[-1] - self.marks[0],
            "peak_gib": peak_bytes() / 2**30,
            "fvu": error / variance,
            "l0": l0 / len(x_ND),
            "alive": float(fired.float().mean()),
        }
        self.args.out.write_text(json.dumps(result))
