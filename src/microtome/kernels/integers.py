"""The encoder product in eight-bit integers: only good enough to find candidates, and the fastest way there.

Legend of suffixes: B tokens, D width of an activation, F latents.

A few dimensions of a language model's activations are much larger than the others and would take up the whole range of
an integer. So each dimension is divided by a factor that its column of W_enc is multiplied by (SmoothQuant, Xiao et al.
2022, https://arxiv.org/abs/2211.10438), which leaves the product as it is. Each token and each latent then has a scale
of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from microtome.kernels.backends import backend_for, speedup

# Tokens multiplied at a time: their results stay in the cache until they are put in place.
_TOKENS = 512
# Rows that tell how large each dimension is.
_SIZE_ROWS = 512
# PyTorch's product takes activations as unsigned bytes with a shift.
_SHIFT = 128


class IntegerProduct:
    """`x · Wᵀ + b` in bfloat16, right to about 1 % of its typical size, made some tokens at a time.

    `finite` is False where an input is not finite; the product then means nothing, since integers would hide it.
    """

    def __init__(self, x_BD: Tensor, W_FD: Tensor, b_F: Tensor) -> None:
        factor_D = _factors(x_BD, W_FD)
        W_int, W_scale_F = quantise_rows(W_FD, factor_D)
        self._x_int, x_scale_B = quantise_rows(x_BD, 1 / factor_D)
        self.finite = bool(torch.isfinite(W_scale_F.sum() + x_scale_B.sum()))
        if self.finite:
            self._multiply = _multiplier(W_int, W_scale_F)
        self._b_F, self._x_scale_B1 = b_F.bfloat16(), x_scale_B.bfloat16()[:, None]

    def chunks(self, take: Callable[[slice], Tensor]) -> Iterator[tuple[slice, Tensor]]:
        """(tokens, their rows of the product), in order; `take` gives the memory for the rows of some tokens."""
        n_tokens = len(self._x_int)
        for start in range(0, n_tokens, _TOKENS):
            rows = slice(start, min(start + _TOKENS, n_tokens))
            product = self._multiply(self._x_int[rows])
            yield rows, torch.addcmul(self._b_F, product, self._x_scale_B1[rows], out=take(rows))


def quantise_rows(rows: Tensor, factor_D: Tensor) -> tuple[Tensor, Tensor]:
    """(int8 [N, D], scale fp32 [N]): row n times `factor_D` is about scale[n] times its integers, the largest is ±127.

    The scale of a row with a value that is not finite is not finite.
    """
    return backend_for(rows, 64 * rows.numel()).quantise_rows(rows, factor_D)  # type: ignore[no-any-return]


def _factors(x_BD: Tensor, W_FD: Tensor) -> Tensor:
    """What W's columns are multiplied by, and x's divided by: both are then about equally large in every dimension."""
    x_D, W_D = (_sizes(rows) for rows in (x_BD, W_FD))
    return (x_D / W_D).sqrt().nan_to_num(1.0)


def _sizes(rows: Tensor) -> Tensor:
    sizes_D = rows[:: max(1, len(rows) // _SIZE_ROWS)].float().square().mean(0).sqrt()
    # A dimension that is nearly always 0 must not be blown up.
    return sizes_D.clamp(min=max(1e-20, 1e-2 * float(sizes_D.mean().nan_to_num(0.0))))


def _multiplier(W_int: Tensor, scale_F: Tensor) -> Callable[[Tensor], Tensor]:
    """int8 [B, D] → bfloat16 [B, F]: the product with W's integers, each latent times its scale."""
    if not exact_integers():
        weight_DF = (W_int.float() * scale_F[:, None]).T
        return lambda x_int: (x_int.float() @ weight_DF).bfloat16()
    packed, zeros_F = torch.ops.onednn.qlinear_prepack(W_int, None), torch.zeros(len(W_int), dtype=torch.int64)

    def multiply(x_int: Tensor) -> Tensor:
        # Unsigned bytes with a shift are what is fast; turning the upper bit round adds it.
        levels = x_int.view(torch.uint8) ^ _SHIFT
        return torch.ops.onednn.qlinear_pointwise(  # type: ignore[no-any-return]
            levels, 1.0, _SHIFT, packed, scale_F, zeros_F, None, 1.0, 0, torch.bfloat16, "none", [], ""
        )

    return multiply


@functools.cache
def exact_integers() -> bool:
    """Whether this build of PyTorch multiplies integers, without overflowing on the way as some older processors do."""
    levels, weight = torch.full((16, 64), 255, dtype=torch.uint8), torch.full((16, 64), 127, dtype=torch.int8)
    try:
        packed = torch.ops.onednn.qlinear_prepack(weight, None)
        found = torch.ops.onednn.qlinear_pointwise(
            levels, 1.0, _SHIFT, packed, torch.ones(16), torch.zeros(16, dtype=torch.int64), torch.zeros(16), 1.0, 0,
            torch.float32, "none", [], "",
        )  # fmt: skip
    except (AttributeError, RuntimeError, NotImplementedError):
        return False
    return bool((found == 64 * 127 * (255 - _SHIFT)).all())


@functools.cache
def integer_speedup(width: int, latents: int, tokens: int, margin: float) -> float:
    """How many times faster than bfloat16 this CPU makes the product of a batch in integers, with all that it takes."""
    if not exact_integers():
        return 0.0
    width, latents, tokens = min(width, 4096), min(latents, 4096), min(tokens, 2048)
    x_BD, W_FD, b_F = torch.ones(tokens, width), torch.ones(latents, width), torch.zeros(latents)
    out = torch.empty(tokens, latents, dtype=torch.bfloat16)

    def in_bfloat16() -> None:
        torch.addmm(b_F.bfloat16(), x_BD.bfloat16(), W_FD.bfloat16().T, out=out)

    def in_integers() -> None:
        for _ in IntegerProduct(x_BD, W_FD, b_F).chunks(out.__getitem__):
            pass

    return speedup(in_bfloat16, in_integers, margin)
