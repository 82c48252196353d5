"""How much memory a trace takes beside the model and its transcoders, told before the first row is made.

Counted is what is there at the same time at the worst moment: the local replacement model, the rows, what is kept
between batches, and then either the gradients of a batch or, once rows are made, the edges. How many edges there will
be depends on which latents are chosen, so that the most there can be is taken: every source lies in a layer before its
target and at a position up to it. What a layer or a batch works with beside its largest tensors was measured. Influence
and scores of the finished graph hold less than its rows did.

Legend of suffixes: N latents that fired, L layers, T position.
"""

from __future__ import annotations

from dataclasses import fields

import torch
from torch import Tensor

from microtome.circuits.early import carried_numbers
from microtome.circuits.replacement import Local
from microtome.circuits.rows import Columns, kept_numbers

# Tensors [T, D] that a layer of a recorded forward holds on to.
_PER_LAYER = 16
# Tensors as large as a batch's gradients that carrying them through a layer holds at a time.
_GRADIENTS = 3
# Bytes of an edge: target, source and weight, and what checking a graph takes beside them.
_EDGE = 12 + 5
# Bytes for each number of rows that are turned into edges at a time.
_ASSEMBLED = 16
# Bytes of a latent that fired: where it is, its value, and its influence.
_LATENT = 64
# What allocators keep, whatever is traced, and for each byte.
_OVERHEAD, _SPARE = 16e6, 1.04


def bytes_needed(
    local: Local, columns: Columns, seen_N: Tensor, *, rows: int, aims: int, depth: int, batch: int, assembled: int
) -> float:
    """The bytes that tracing takes at its worst moment.

    `seen_N`: the latents that may be chosen, `rows` of them are; `depth`: layers that are carried forwards; `batch`:
    targets carried at a time; `assembled`: numbers of rows turned into edges at a time.
    """
    frozen = local.frozen
    number, width = frozen.hidden.element_size(), frozen.hidden.shape[1]
    kept = number * (carried_numbers(local, columns, depth) + kept_numbers(local))
    gradients = _GRADIENTS * number * min(batch, max(rows, aims)) * frozen.n_tokens * width
    if frozen.hidden.dtype != torch.float32 or frozen.hidden.device.type != "cpu":
        gradients += number * batch * columns.n
    all_rows = 4.0 * (rows + aims) * columns.n
    edges = _EDGE * most_edges(columns, seen_N, rows=rows, aims=aims)
    edges += _ASSEMBLED * min(max(assembled, columns.n), (rows + aims) * columns.n)
    return _OVERHEAD + _SPARE * (local_bytes(local) + all_rows + kept + max(gradients, edges))


def local_bytes(local: Local) -> float:
    """What a local replacement model holds: rows of latents that fired, patterns twice, and values of each layer."""
    frozen = local.frozen
    active = sum(getattr(one, field.name).nbytes for one in local.active for field in fields(one))
    patterns = sum(pattern.nbytes for pattern in frozen.constants.patterns)
    return active + _LATENT * local.n_active + 2 * patterns + _PER_LAYER * frozen.n_layers * frozen.hidden.nbytes


def most_edges(columns: Columns, seen_N: Tensor, *, rows: int, aims: int) -> float:
    """The most edges there can be between `rows` latents of these, targets, and all errors, tokens and biases."""
    layer_N, position_N = columns.layer_N[seen_N], columns.position_N[seen_N]
    n_layers = int(columns.layer_N.max()) + 1
    n_biases = columns.n - columns.biases
    # Errors of layers before and tokens, up to the latent's position.
    others_N = (layer_N + 1) * (position_N + 1) + n_biases
    fired_LT = torch.zeros(n_layers + 1, columns.n_tokens, dtype=torch.long)
    fired_LT.index_put_((layer_N + 1, position_N), torch.ones_like(layer_N), accumulate=True)
    before_LT = fired_LT.cumsum(0).cumsum(1)
    latents_N = before_LT[layer_N, position_N]
    between = min(float(_largest(latents_N, rows)), rows**2 / 2 * (1 - 1 / n_layers))
    return between + float(_largest(others_N, rows)) + float(aims * (rows + columns.n - columns.n_latents))


def _largest(count_N: Tensor, rows: int) -> Tensor:
    return count_N.topk(min(rows, len(count_N))).values.sum()
