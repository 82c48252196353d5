"""The arithmetic of sparse codes: the one entry through which everything encodes and decodes.

With K of F latents active, only the encoder product `x · W_encᵀ` is dense work. Everything else touches the B·K
pairs (token, latent) that fired. Callers see one function per operation; which implementation runs underneath
(`reference` in PyTorch, `cpu` compiled by numba) is this package's business: see `backends`.
"""

from microtome.kernels.backends import bfloat16_speedup, describe
from microtome.kernels.operations import (
    Pairs,
    adam_rows,
    decode_pairs,
    dot_pairs,
    encode_pairs,
    group_by_latent,
    pre_activations,
    squared_error,
    squared_norms,
    sum_rows,
)
from microtome.kernels.reference import AdamStep
from microtome.kernels.selection import SELECTIONS, PreActivations, Workspace, exact_choice, fastest_selection

__all__ = [
    "SELECTIONS",
    "AdamStep",
    "Pairs",
    "PreActivations",
    "Workspace",
    "adam_rows",
    "bfloat16_speedup",
    "decode_pairs",
    "describe",
    "dot_pairs",
    "encode_pairs",
    "exact_choice",
    "fastest_selection",
    "group_by_latent",
    "pre_activations",
    "squared_error",
    "squared_norms",
    "sum_rows",
]
