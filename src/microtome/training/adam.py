"""Adam over the parameters of one dictionary: clipping, the decoder's unit rows, and the two averages that are state.

A matrix is updated row by row, everything about a row while it is at hand (`kernels.adam_rows`).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from microtome.kernels import AdamStep, adam_rows, squared_norms
from microtome.training.optimiser import OptimiserConfig

# Added to the norm before dividing by it, as `torch.nn.utils.clip_grad_norm_` does.
_CLIP_EPSILON = 1e-6


class Adam:
    """Adam for named parameters. `rates` multiplies the learning rate of some of them; `unit_rows` names one matrix
    whose rows keep unit norm: the part of its gradient along a row would only be undone, so it is taken out first."""

    def __init__(
        self, parameters: dict[str, nn.Parameter], config: OptimiserConfig, *, rates: dict[str, float], unit_rows: str
    ) -> None:
        self.parameters, self.config = parameters, config
        self.rates, self.unit_rows = rates, unit_rows
        self.averages = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in parameters.items()}

    @torch.no_grad()
    def step(self, number: int, rate: float) -> None:
        """Update `number`, counted from 1, from the gradients; they are clipped to the config's norm over all
        parameters, and dropped."""
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        squares = [
            squared_norms(_rows(grad), self.parameters[name] if name == self.unit_rows else None).sum()
            for name, grad in gradients.items()
        ]
        total = torch.stack(squares).sum()
        # NaN must reach the weights, where it is noticed.
        clipped = (self.config.clip / (total.sqrt() + _CLIP_EPSILON)).clamp(max=1.0)
        scale: Tensor | float = torch.where(torch.isfinite(total), clipped, math.nan)
        if total.device.type == "cpu":
            # Compiled code takes numbers. A GPU's stays there, where nobody has to wait for it.
            scale = float(scale)
        for name, gradient in gradients.items():
            own_rate = rate * self.rates.get(name, 1.0)
            step = AdamStep(number, own_rate, self.config.beta1, self.config.beta2, scale)
            weight, grad, mean, square = map(_rows, (self.parameters[name], gradient, *self.averages[name]))
            adam_rows(weight, grad, mean, square, step, unit_rows=name == self.unit_rows)
            self.parameters[name].grad = None

    def state(self) -> dict[str, Tensor]:
        """Both averages of every parameter, as `NAME.mean` and `NAME.square`."""
        return {
            f"{name}.{key}": average
            for name, both in self.averages.items()
            for key, average in zip(("mean", "square"), both, strict=True)
        }

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """The inverse of `state()`."""
        self.averages = {
            name: (
                tensors[f"{name}.mean"].to(parameter.device, copy=True),
                tensors[f"{name}.square"].to(parameter.device, copy=True),
            )
            for name, parameter in self.parameters.items()
        }


def _rows(tensor: Tensor) -> Tensor:
    return tensor if tensor.dim() == 2 else tensor.view(1, -1)
