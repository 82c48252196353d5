"""Chooses the dtype a model runs in when the user leaves it open: the fastest one this machine has.

The machine is measured (`kernels.bfloat16_speedup`), and bfloat16 needs a clear margin, so that noise from other
programs does not decide; a resumed training passes the recorded dtype and never measures.
"""

from __future__ import annotations

import torch

from microtome.errors import ConfigError
from microtome.kernels import bfloat16_speedup

__all__ = ["DTYPES", "choose_device", "choose_dtype", "learning_device"]

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_MARGIN = 1.3
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


def learning_device(device: torch.device) -> torch.device:
    """Where dictionaries are trained, measured and described when a model runs on `device`: there, if it is an NVIDIA
    GPU.

    Apple's lacks float64, in which means and variances are summed.
    """
    return device if device.type == "cuda" else torch.device("cpu")


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
        return torch.bfloat16 if bfloat16_speedup(width, inner, _MARGIN) >= _MARGIN else torch.float32
    if name not in DTYPES:
        raise ConfigError(f"got dtype '{name}', expected auto, {', '.join(DTYPES)}", cure="Use auto")
    return DTYPES[name]
