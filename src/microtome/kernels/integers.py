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
from microtome.kernels.reference import ScaledProduct

# Tokens multiplied at a time, and numbers of the result at most: they stay in the cache until they are looked at.
_TOKENS, _NUMBERS = 512, 2**23
# Comparisons per entry that a choice makes, about.
_PASSES = 8
# Rows that tell how large each dimension is.
_SIZE_ROWS = 512


class IntegerProduct:
    """`x · Wᵀ + b`, right to about 1 % of its typical size, made some tokens at a time.

    `finite` is False where an input is not finite; the product then means nothing, since integers would hide it.
    """

    def __init__(self, x_BD: Tensor, W_FD: Tensor, b_F: Tensor) -> None:
        factor_D = _factors(x_BD, W_FD)
        self._W_int, self._W_scale_F = quantise_rows(W_FD, factor_D)
        self._x_int, self._x_scale_B = quantise_rows(x_BD, 1 / factor_D)
        self.finite = bool(torch.isfinite(self._W_scale_F.sum() + self._x_scale_B.sum() + b_F.sum()))
        self._b_F = b_F.float()
        self._first: tuple[slice, ScaledProduct] | None = None

    @property
    def first(self) -> ScaledProduct:
        """The product for the first tokens; kept, so that it is made once."""
        if self._first is None:
            n_tokens, n_latents = len(self._x_int), len(self._W_int)
            rows = slice(0, min(n_tokens, max(_TOKENS // 4, min(_TOKENS, _NUMBERS // max(1, n_latents)))))
            self._first = rows, self._multiply(rows, torch.empty(rows.stop, n_latents, dtype=torch.int32))
        return self._first[1]

    def chunks(self, take: Callable[[int], Tensor]) -> Iterator[tuple[slice, ScaledProduct]]:
        """(tokens, their part of the product), in order; `take` gives memory for the int32 results of some tokens,
        which the next part overwrites."""
        step = len(self.first.integers_BF)
        for start in range(0, len(self._x_int), max(1, step)):
            rows = slice(start, min(start + step, len(self._x_int)))
            yield rows, self._multiply(rows, take(rows.stop - start)) if start else self.first

    def _multiply(self, rows: slice, out: Tensor) -> ScaledProduct:
        x_int, W_int = self._x_int[rows], self._W_int
        if exact_integers():
            torch._int_mm(x_int, W_int.T, out=out)
        else:
            out.copy_(x_int.float() @ W_int.float().T)
        return ScaledProduct(out, self._x_scale_B[rows], self._W_scale_F, self._b_F)


def topk_scaled(product: ScaledProduct, k: int) -> Tensor:
    """Where the k largest entries of each row are, ascending: int64 [B, k]; of equal ones any."""
    return backend_for(product.scale_B, _PASSES * product.integers_BF.numel()).topk_scaled(product, k)  # type: ignore[no-any-return]


def above_scaled(product: ScaledProduct, level: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(latent_N, offsets [B + 1], value_N): where entries are above `level`, a number or one per latent [F], or NaN."""
    return backend_for(product.scale_B, _PASSES * product.integers_BF.numel()).above_scaled(product, level)  # type: ignore[no-any-return]


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


@functools.cache
def exact_integers() -> bool:
    """Whether this build of PyTorch multiplies integers, without overflowing on the way as some older processors do."""
    levels = torch.full((16, 64), 127, dtype=torch.int8)
    levels[8:] = -127
    try:
        found = torch._int_mm(levels, levels.abs().T[:, :16])
    except (AttributeError, RuntimeError, NotImplementedError):
        return False
    return bool((found == 64 * 127 * levels[:, :16].int()).all())


@functools.cache
def integer_speedup(width: int, latents: int, tokens: int, margin: float) -> float:
    """How many times faster than bfloat16 this CPU makes the product of a batch in integers, with all that it takes."""
    if not exact_integers():
        return 0.0
    width, latents, tokens = min(width, 4096), min(latents, 4096), min(tokens, 2048)
    x_BD, W_FD, b_F = torch.ones(tokens, width), torch.ones(latents, width), torch.zeros(latents)
    out = torch.empty(tokens, latents, dtype=torch.bfloat16)
    memory = torch.empty(min(tokens, _TOKENS), latents, dtype=torch.int32)

    def in_bfloat16() -> None:
        torch.addmm(b_F.bfloat16(), x_BD.bfloat16(), W_FD.bfloat16().T, out=out)

    def in_integers() -> None:
        for _ in IntegerProduct(x_BD, W_FD, b_F).chunks(lambda n: memory[:n]):
            pass

    return speedup(in_bfloat16, in_integers, margin)
