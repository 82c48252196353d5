"""Two dictionaries side by side: which latent of one is which of the other, by the cosine of their decoders.

Legend of suffixes: D width of a target, F latents of the left dictionary, G of the right one.

Checkpoints take part too: rows of W_dec have unit norm before and after normalisation is folded in, and folding scales
all of them by one number, so their cosines are those of the finished dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from microtome.app.runs import OpenRuns, Remembered
from microtome.errors import ArtifactError, ConfigError
from microtome.training.checkpoint import list_checkpoints, load_checkpoint

# Rows of the left dictionary compared at a time: 65,536 latents on the other side are 128 MB of cosines.
_ROWS = 512
_EDGES = np.round(np.linspace(0.0, 1.0, 51), 2)


@dataclass(frozen=True)
class Place:
    """A dictionary of a run, finished (`step` None) or as it was in a checkpoint."""

    run: str
    dictionary: str
    step: int | None = None


@dataclass(frozen=True)
class Matching:
    """For each latent of the left dictionary its nearest on the right, and the other way round."""

    right_F: np.ndarray
    cosine_F: np.ndarray
    left_G: np.ndarray
    cosine_G: np.ndarray

    @property
    def mutual_F(self) -> np.ndarray:
        """Whether a latent and its match are each other's nearest."""
        return self.left_G[self.right_F] == np.arange(len(self.right_F))


class Matchings:
    """Matchings of the pairs of dictionaries asked for lately."""

    def __init__(self, runs: OpenRuns) -> None:
        self._runs = runs
        self._kept = Remembered(4)

    def get(self, left: Place, right: Place) -> Matching:
        files = [self._runs.run(p.run).dictionary_path(p.dictionary) / "manifest.json" for p in (left, right)]
        return self._kept.get(
            (left, right), files, lambda: match(decoder(self._runs, left), decoder(self._runs, right))
        )


def decoder(runs: OpenRuns, place: Place) -> Tensor:
    """W_dec [F, D_out] of a dictionary or of a checkpoint of it."""
    if place.step is None:
        return runs.dictionary(place.run, place.dictionary).W_dec
    run, entry = runs.entry(place.run, place.dictionary)
    for folder in list_checkpoints(run.checkpoints):
        if int(folder.name) == place.step:
            tensors = load_checkpoint(folder).tensors
            return tensors[f"trainer|{entry['name']}|weight.W_dec"]
    kept = ", ".join(str(int(folder.name)) for folder in list_checkpoints(run.checkpoints)) or "none"
    raise ArtifactError(
        f"the run '{place.run}' has no checkpoint of step {place.step}, it has {kept}", cure="Choose one of these"
    )


@torch.no_grad()
def match(left_FD: Tensor, right_GD: Tensor) -> Matching:
    """Nearest latents by decoder cosine, in both directions, without ever holding all F·G cosines."""
    if left_FD.shape[1] != right_GD.shape[1]:
        raise ConfigError(
            f"the decoders write to {left_FD.shape[1]} and {right_GD.shape[1]} dimensions, expected the same space",
            cure="Compare dictionaries of the same site",
        )
    left_FD, right_GD = (torch.nn.functional.normalize(w.detach().float(), dim=1) for w in (left_FD, right_GD))
    right_F, cosine_F = torch.empty(len(left_FD), dtype=torch.long), torch.empty(len(left_FD))
    left_G = torch.zeros(len(right_GD), dtype=torch.long)
    cosine_G = torch.full((len(right_GD),), -torch.inf)
    for first in range(0, len(left_FD), _ROWS):
        cosines = left_FD[first : first + _ROWS] @ right_GD.T
        cosine_F[first : first + _ROWS], right_F[first : first + _ROWS] = cosines.max(dim=1)
        best, row = cosines.max(dim=0)
        better = best > cosine_G
        cosine_G = torch.where(better, best, cosine_G)
        left_G = torch.where(better, row + first, left_G)
    return Matching(right_F.numpy(), cosine_F.numpy(), left_G.numpy(), cosine_G.numpy())


def summary(matching: Matching) -> dict[str, Any]:
    """Histograms of the best cosines in both directions, and shares above the usual levels."""

    def side(cosine: np.ndarray) -> dict[str, Any]:
        counts, _ = np.histogram(np.clip(cosine, 0.0, 1.0), bins=_EDGES)
        return {
            "latents": len(cosine),
            "counts": counts.tolist(),
            "median": float(np.median(cosine)),
            "above": {str(level): float((cosine >= level).mean()) for level in (0.5, 0.7, 0.9)},
        }

    return {
        "edges": _EDGES.tolist(),
        "left": side(matching.cosine_F),
        "right": side(matching.cosine_G),
        "mutual": int(matching.mutual_F.sum()),
    }


def pairs(matching: Matching, *, descending: bool, mutual_only: bool, offset: int, limit: int) -> dict[str, Any]:
    """A page of the left dictionary's latents with their matches, by cosine."""
    order = np.argsort(matching.cosine_F, kind="stable")
    order = order[::-1] if descending else order
    mutual_F = matching.mutual_F
    if mutual_only:
        order = order[mutual_F[order]]
    rows = [
        {
            "left": int(i),
            "right": int(matching.right_F[i]),
            "cosine": float(matching.cosine_F[i]),
            "mutual": bool(mutual_F[i]),
        }
        for i in order[offset : offset + limit]
    ]
    return {"total": len(order), "rows": rows}
