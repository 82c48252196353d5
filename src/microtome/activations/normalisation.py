"""Centring and scaling of activations, so that one learning rate fits every site of every model.

Legend of suffixes: N rows (tokens), D width of an activation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from microtome.errors import ActivationError

# Rows in double precision at a time, so that they stay in the caches.
_ROWS = 1024

NOT_FINITE_CURE = "Load the model in float32 (--dtype float32); of arrays, drop the rows that are not finite"


@dataclass(frozen=True, eq=False)
class Normalisation:
    """x ↦ (x − mean)/scale with E‖x‖ = √D afterwards. `variance` is E‖x − mean‖² in the normalised units."""

    mean_D: Tensor
    scale: float
    variance: float

    @classmethod
    def measure(cls, x_ND: Tensor, *, name: str) -> Normalisation:
        """From rows [N, D]. Raises `ActivationError` for values that are not finite or that do not vary."""
        if not all(bool(torch.isfinite(x_nD).all()) for x_nD in x_ND.split(_ROWS)):
            raise ActivationError(
                f"the activations at {name} hold NaN or infinity, expected finite numbers",
                cure=NOT_FINITE_CURE,
            )
        n_rows, width = x_ND.shape
        mean_D = torch.stack([x_nD.double().sum(0) for x_nD in x_ND.split(_ROWS)]).sum(0) / n_rows
        norms = centred_norms = squares = 0.0
        for x_nD in x_ND.split(_ROWS):
            row_nD = x_nD.double()
            norms += float(row_nD.norm(dim=1).sum())
            centred_n = row_nD.sub_(mean_D).norm(dim=1)
            centred_norms += float(centred_n.sum())
            squares += float(centred_n.square().sum())
        mean_norm, magnitude = centred_norms / n_rows, norms / n_rows
        if not mean_norm > 1e-6 * magnitude:
            raise ActivationError(
                f"the activations at {name} do not vary (all {n_rows} rows are equal), nothing can be learnt from them",
                cure="Choose another site, or look at how the activations were made",
            )
        scale = mean_norm / math.sqrt(width)
        return cls(mean_D.float(), scale, squares / n_rows / scale**2)

    def to(self, device: torch.device) -> Normalisation:
        """The same for rows on `device`."""
        return Normalisation(self.mean_D.to(device), self.scale, self.variance)

    def apply(self, x_ND: Tensor) -> Tensor:
        """Normalised float32 copy of rows [N, D]."""
        return (x_ND.float() - self.mean_D).div_(self.scale)
