"""Which implementation of the operations runs: chosen by where the data is and how much of it there is.

`reference` (PyTorch) works everywhere. `cpu` (numba) takes over for float32 and bfloat16 on processors, once there is
enough work to be worth compiling for, `gpu` (Triton) on NVIDIA GPUs; without numba or Triton the reference stays, which
is said once. The environment variable `MICROTOME_KERNELS` (`auto`, `reference`, `cpu`, `gpu`) overrides the choice.
"""

from __future__ import annotations

import functools
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from microtome.errors import ConfigError
from microtome.kernels import reference

BACKENDS = ("auto", "reference", "cpu", "gpu")
VARIABLE = "MICROTOME_KERNELS"
# Multiplications below which an operation is so quick that compiling, once per machine, is not worth it: a batch of
# 2,048 tokens with 32 of 2,048 latents, 512 wide, lies just above.
_WORTH_COMPILING = 2**25
_CPU = torch.device("cpu")


def backend_for(operand: Tensor, work: int, *, compares: bool = False) -> Any:
    """The module that implements an operation on `operand`, for about `work` multiplications or comparisons.

    Operations that only compare (`compares`) are compiled for bfloat16 too.
    """
    asked = os.environ.get(VARIABLE, "auto")
    if asked not in BACKENDS:
        raise ConfigError(
            f"got {VARIABLE}={asked}, expected one of {', '.join(BACKENDS)}", cure=f"Unset {VARIABLE}, or use auto"
        )
    if operand.dtype != torch.float32 and not (compares and operand.dtype == torch.bfloat16):
        return reference
    place = operand.device.type
    if asked == "gpu" and place == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
        raise ConfigError(
            f"got {VARIABLE}=gpu and tensors on the CPU, expected an NVIDIA GPU",
            cure=f"Unset {VARIABLE}, or set TRITON_INTERPRET=1 to run the GPU's kernels slowly on the CPU",
        )
    if asked == "gpu" or (asked == "auto" and place == "cuda"):
        return _triton() or reference
    if asked == "reference" or place != "cpu" or (asked == "auto" and work < _WORTH_COMPILING):
        return reference
    return _numba() or reference


@functools.cache
def _triton() -> Any | None:
    try:
        from microtome.kernels import gpu
    except ImportError as error:
        warnings.warn(
            f"triton is not usable ({error}): training runs on PyTorch alone, slower. "
            "Install it with: pip install triton",
            stacklevel=2,
        )
        return None
    return gpu


@functools.cache
def _numba() -> Any | None:
    threads = torch.get_num_threads()
    try:
        cpu = _import_cpu()
    except ImportError as error:
        warnings.warn(
            f"numba is not usable ({error}): training runs on PyTorch alone, several times slower. "
            "Install it with: pip install numba",
            stacklevel=2,
        )
        return None
    import numba

    # Numba's threads begin now; where they share PyTorch's runtime, that resets the number PyTorch had, and every sum
    # before would be of another number than those after.
    numba.get_num_threads()
    torch.set_num_threads(threads)
    return cpu


def _import_cpu() -> Any:
    try:
        from microtome.kernels import cpu
    except RuntimeError:
        # No folder that may be written to for compiled code: one that lasts as long as temporary files do.
        import tempfile

        import numba

        setattr(numba.config, "CACHE_DIR", tempfile.mkdtemp(prefix="microtome-kernels-"))  # noqa: B010 - it has no types
        from microtome.kernels import cpu
    return cpu


def describe(device: torch.device = _CPU) -> dict[str, str]:
    """For run.json: what computes on `device`."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        gpu = None if os.environ.get(VARIABLE) == "reference" else _triton()
        return {"gpu": name, "kernels": "reference"} if gpu is None else {"gpu": name, "kernels": "gpu"}
    if os.environ.get(VARIABLE) == "reference" or _numba() is None:
        return {"kernels": "reference"}
    import numba

    return {"kernels": "cpu", "numba": numba.__version__}


@functools.cache
def multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for products in bfloat16, by its flags: the same in every process, where
    `bfloat16_speedup` measures."""
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in asked)


_FEWEST_TURNS, _TURNS = 4, 25


@functools.cache
def bfloat16_speedup(width: int, inner: int, margin: float) -> float:
    """How many times faster than float32 this CPU multiplies a batch of tokens by a [inner, width] matrix in bfloat16.

    bfloat16 halves the time on processors with instructions for it and multiplies it on those without, and no flag
    tells the two apart reliably. So it is measured, once per process and shape, for some milliseconds. Above `margin`
    the answer counts; a close one gets more time.
    """
    width, inner = min(width, 4096), min(inner, 4096)
    # Enough tokens to be limited by arithmetic, few enough to stay at some milliseconds for a wide model.
    tokens = max(64, min(512, int(4e8 / (width * inner))))
    return speedup(
        _product(tokens, width, inner, torch.float32), _product(tokens, width, inner, torch.bfloat16), margin
    )


@torch.no_grad()
def speedup(slow: Callable[[], object], fast: Callable[[], object], margin: float) -> float:
    """How many times faster `fast` is than `slow`: above `margin` counts, and a close answer gets more time."""
    begun, both = time.perf_counter(), (slow, fast)
    times = [float("inf")] * 2
    # In turns, so that another program that starts or stops meets both; the first turn also builds the kernels.
    for turn in range(_TURNS):
        for i, compute in enumerate(both):
            start = time.perf_counter()
            compute()
            if turn:
                times[i] = min(times[i], time.perf_counter() - start)
        # On a busy machine a turn can be late as a whole, so a close or a negative answer gets more of them.
        clear = times[0] >= 2 * margin * times[1]
        if turn >= _FEWEST_TURNS and time.perf_counter() - begun > (0.1 if clear else 0.6):
            break
    return times[0] / times[1]


def _product(tokens: int, width: int, inner: int, dtype: torch.dtype) -> Callable[[], Tensor]:
    batch, weight = torch.ones(tokens, width, dtype=dtype), torch.ones(inner, width, dtype=dtype)
    return lambda: torch.nn.functional.linear(batch, weight)
