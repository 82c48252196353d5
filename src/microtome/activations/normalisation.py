"""Centring and scaling of activations, so that one learning rate fits every site of every model.

Legend of suffixes: N rows (tokens), D width of an activation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from microtome.errors import ActivationError

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
        x_ND = x_ND.float()
        if not bool(torch.isfinite(x_ND).all()):
            raise ActivationError(
                f"the activations at {name} hold NaN or infinity, expected finite numbers",
                cure=NOT_FINITE_CURE,
            )
        mean_D = x_ND.double().mean(0)
        centred_ND = x_ND.double() - mean_D
        mean_norm = float(centred_ND.norm(dim=1).mean())
        magnitude = float(x_ND.double().norm(dim=1).mean())
        if not mean_norm > 1e-6 * magnitude:
            raise ActivationError(
                f"the activations at {name} do not vary (all {len(x_ND)} rows are equal), "
                "nothing can be learnt from them",
                cure="Choose another site, or look at how the activations were made",
            )
        scale = mean_norm / math.sqrt(x_ND.shape[1])
        variance = float((centred_ND / scale).square().sum(1).mean())
        return cls(mean_D.float(), scale, variance)

    def apply(self, x_ND: Tensor) -> Tensor:
        """Normalised float32 copy of rows [N, D]."""
        return (x_ND.float() - self.mean_D).div_(self.scale)
