"""Chooses the dtype a model runs in when the user leaves it open: the fastest one this machine has.

bfloat16 halves the time on processors with instructions for it and multiplies it on those without, and no flag tells
the two apart reliably (emulated kernels report support). So the machine is measured, once per process and shape, for
a few milliseconds. The answer needs a clear margin and the best of several runs, so that noise from other programs
does not change it; a resumed training passes the recorded dtype and never measures.
"""

from __future__ import annotations

import functools
import time

import torch

from microtome.errors import ConfigError

__all__ = ["DTYPES", "choose_device", "choose_dtype"]

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_MARGIN = 1.3
_FEWEST_TURNS, _TURNS = 4, 25
# Below this width the products are too small to matter, and a small model is worth its full precision.
_SMALL_WIDTH = 256


def choose_device(device: str | torch.device) -> torch.device:
    """The device for "auto": CUDA, else Apple's GPU, else CPU.

    Raises ConfigError: an unknown device, or one this machine lacks.
    """
    if str(device) == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError:
        raise ConfigError(f"got device '{device}', expected auto, cpu, cuda, cuda:1 or mps", cure="Use auto") from None
    if chosen.type == "cuda" and not (
        torch.cuda.is_available() and (chosen.index is None or chosen.index < torch.cuda.device_count())
    ):
        raise ConfigError(
            f"got device '{device}', expected one this machine has ({torch.cuda.device_count()} CUDA devices seen)",
            cure="Use device='cpu' or device='auto'",
        )
    if chosen.type == "mps" and not torch.backends.mps.is_available():
        raise ConfigError("got device 'mps', which this machine lacks", cure="Use device='cpu' or device='auto'")
    return chosen


def choose_dtype(dtype: str | torch.dtype, *, device: torch.device, width: int, inner: int) -> torch.dtype:
    """The dtype for "auto" on a model whose MLP multiplies `width` by `inner`; any other value as a torch dtype.

    Raises ConfigError: an unknown dtype.
    """
    if isinstance(dtype, torch.dtype):
        name = str(dtype).removeprefix("torch.")
    else:
        name = dtype
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
        if device.type != "cpu" or width < _SMALL_WIDTH:
            return torch.float32
        return torch.bfloat16 if _bfloat16_speedup(width, inner) >= _MARGIN else torch.float32
    if name not in DTYPES:
        raise ConfigError(f"got dtype '{name}', expected auto, {', '.join(DTYPES)}", cure="Use auto")
    return DTYPES[name]


@functools.cache
def _bfloat16_speedup(width: int, inner: int) -> float:
    """How many times faster than float32 this CPU multiplies a batch of tokens by an MLP matrix in bfloat16."""
    width, inner = min(width, 4096), min(inner, 4096)
    # Enough tokens to be limited by arithmetic, few enough to stay at some milliseconds for a wide model.
    tokens = max(64, min(512, int(4e8 / (width * inner))))
    best = {torch.float32: float("inf"), torch.bfloat16: float("inf")}
    operands = {
        dtype: (torch.ones(tokens, width, dtype=dtype), torch.ones(inner, width, dtype=dtype)) for dtype in best
    }
    begun = time.perf_counter()
    with torch.no_grad():
        # In turns, so that another program that starts or stops meets both; the first turn also builds the kernels.
        for turn in range(_TURNS):
            for dtype, (batch, weight) in operands.items():
                start = time.perf_counter()
                torch.nn.functional.linear(batch, weight)
                if turn:
                    best[dtype] = min(best[dtype], time.perf_counter() - start)
            # On a busy machine a turn can be late as a whole, so a close or a negative answer gets more of them.
            clear = best[torch.float32] >= 2 * _MARGIN * best[torch.bfloat16]
            if turn >= _FEWEST_TURNS and time.perf_counter() - begun > (0.1 if clear else 0.6):
                break
    return best[torch.float32] / best[torch.bfloat16]
