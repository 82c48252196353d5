"""Activations: harvested from a language model or given as arrays, normalised, mixed."""

from microtome.activations.ahead import WindowsAhead
from microtome.activations.mixing import batch_rows, n_batches
from microtome.activations.normalisation import NOT_FINITE_CURE, Normalisation
from microtome.activations.sources import (
    INPUT,
    SHARD_TOKENS,
    TARGET,
    ActivationSource,
    ArrayActivations,
    IteratorActivations,
    ModelActivations,
    Window,
    check_memory,
    open_array,
    part_fingerprints,
    shard_for,
)

__all__ = [
    "INPUT",
    "NOT_FINITE_CURE",
    "SHARD_TOKENS",
    "TARGET",
    "ActivationSource",
    "ArrayActivations",
    "IteratorActivations",
    "ModelActivations",
    "Normalisation",
    "Window",
    "WindowsAhead",
    "batch_rows",
    "check_memory",
    "n_batches",
    "open_array",
    "part_fingerprints",
    "shard_for",
]
