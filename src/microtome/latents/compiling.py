"""Compiles the loops of this room. Where numba is not usable they run as plain Python: the same results, said once."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

compiled: Callable[[Callable[..., Any]], Any]
try:
    from numba import njit
except ImportError as error:
    warnings.warn(
        f"numba is not usable ({error}): latents are counted in plain Python, hundreds of times slower. "
        "Install it with: pip install numba",
        stacklevel=2,
    )
    # Hashes are meant to overflow; compiled code does so silently.
    compiled = np.errstate(over="ignore")
else:
    compiled = njit(cache=True, nogil=True)
