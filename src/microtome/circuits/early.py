"""What is written in the first layers, carried forwards once instead of meeting every target on its way down.

Near the bottom of a model few sources are left and thousands of targets still to be carried, so below some depth it
costs less to carry the sources of those layers up to it. There they meet the targets' gradients in one product for each
position. Which depth is best is a matter of counts (`best_depth`); the edges are the same.

Legend of suffixes: B targets of a batch, T position, D d_model, X sources carried, L layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from microtome.circuits.replacement import Local

if TYPE_CHECKING:
    from microtome.circuits.rows import Columns

# Numbers that carried sources may take: 32 MiB in float32.
_CARRIED_NUMBERS = 1 << 23


@dataclass
class _Group:
    """Sources whose effect begins at one position: their columns, and what they are by now from there on, [T, X, D]."""

    start: int
    rows_TXD: Tensor
    columns: list[Tensor] = field(default_factory=list)
    #: of a layer's latents: the first of them among the sources, and one past the last
    latents: dict[int, slice] = field(default_factory=dict)

    def take(self, column: int | range, rows: Tensor) -> None:
        """Take in sources. `rows` [T, X, D] from `start` on, or [X, D]: written at `start` only."""
        if rows.dim() == 2:
            at_start, rows = rows, rows.new_zeros(len(self.rows_TXD), *rows.shape)
            rows[0] = at_start
        columns = range(column, column + 1) if isinstance(column, int) else column
        self.columns.append(torch.arange(columns.start, columns.stop))
        self.rows_TXD = torch.cat([self.rows_TXD, rows], 1)


class Early:
    """The sources written below layer `depth`, as they are in the stream that this layer begins with."""

    def __init__(self, depth: int, columns_X: Tensor, written: list[Tensor]) -> None:
        self.depth = depth
        self._columns_X, self._written = columns_X, written

    @classmethod
    @torch.no_grad()
    def of(cls, local: Local, columns: Columns, depth: int) -> Early:
        """Carry the sources of the layers below `depth` forwards. The transport must be able to (`forwards`)."""
        frozen, transport = local.frozen, local.transport
        empty = frozen.hidden.new_zeros(0, frozen.hidden.shape[1])
        groups = [_Group(at, empty.expand(frozen.n_tokens - at, 0, -1)) for at in range(frozen.n_tokens)]
        for group in groups:
            group.take(columns.tokens + group.start, frozen.token[group.start][None])
        groups[0].take(columns.bias("positions"), frozen.position_bias[:, None])
        for layer in range(depth):
            for group in groups:
                before = group.rows_TXD
                group.rows_TXD = before + transport.attention(before, layer, first=group.start)
                if not frozen.parallel:
                    _take_attention(group, local, columns, layer)
                    before = group.rows_TXD
                W_skip = local.skip[layer]
                if W_skip is not None:
                    through = transport.skip_forwards(layer, before, W_skip, first=group.start)
                    if local.constant_first and not group.start:
                        through[0] = 0.0
                    group.rows_TXD = group.rows_TXD + through
                if frozen.parallel:
                    _take_attention(group, local, columns, layer)
                _take_mlp(group, local, columns, layer)
        columns_X = torch.cat([part for group in groups for part in group.columns])
        written = [
            torch.cat([group.rows_TXD[at - group.start] for group in groups[: at + 1]]) for at in range(len(groups))
        ]
        return cls(depth, columns_X.to(empty.device), written)

    def meet(self, out_BS: Tensor, grad_TBD: Tensor, first: int) -> None:
        """Add what the sources contribute to targets with gradients `grad_TBD` at the stream, positions `first` on."""
        found_BX = grad_TBD.new_zeros(grad_TBD.shape[1], len(self._written[first + len(grad_TBD) - 1]))
        for grad_BD, written_XD in zip(grad_TBD, self._written[first:], strict=False):
            found_BX[:, : len(written_XD)].addmm_(grad_BD, written_XD.T)
        out_BS.index_add_(1, self._columns_X[: found_BX.shape[1]], found_BX)


def _take_attention(group: _Group, local: Local, columns: Columns, layer: int) -> None:
    if not group.start:
        group.take(columns.bias(f"attn.{layer}"), local.frozen.attn_bias[layer][:, None])


def _take_mlp(group: _Group, local: Local, columns: Columns, layer: int) -> None:
    """The sources at the MLP output of a layer: latents, also of earlier layers, the error, and biases."""
    frozen, at = local.frozen, group.start
    if not at:
        bias_TD = local.bias[layer].expand(frozen.n_tokens, -1)
        W_skip = local.skip[layer]
        if W_skip is not None:
            # The norm's own bias goes through the skip connection too.
            bias_TD = bias_TD + frozen.norm_bias[layer] @ W_skip.T
        if local.constant_first:
            bias_TD = bias_TD.clone()
            bias_TD[0] = 0.0
            group.take(columns.bias(f"first.{layer}"), frozen.mlp_out[layer][:1])
        group.take(columns.bias(f"b_dec.{layer}"), bias_TD[:, None])
    group.take(columns.error(layer) + at, local.error[layer][at][None])
    for source in range(layer + 1):
        active, after = local.active[source], layer - source
        here = slice(*columns.offsets[source][at : at + 2])
        if here.start == here.stop or after >= active.decoder_UOD.shape[1]:
            continue
        rows_nD = active.decoder_UOD[active.row_N[here], after] * active.value_N[here, None]
        if after:
            group.rows_TXD[0, group.latents[source]] += rows_nD
            continue
        n_before, start = group.rows_TXD.shape[1], columns.latent_starts[source]
        group.latents[source] = slice(n_before, n_before + len(rows_nD))
        group.take(range(start + here.start, start + here.stop), rows_nD)


def _sources(columns: Columns) -> tuple[Tensor, Tensor]:
    """How many latents fired [L, T], and how many sources each layer writes at each position."""
    offsets_LT = torch.tensor(columns.offsets)
    fired_LT = offsets_LT.diff(dim=1)
    # Beside latents a layer has an error at each position, and three biases.
    source_LT = fired_LT.double() + 1
    source_LT[:, 0] += 3
    return fired_LT, source_LT


def carried_numbers(local: Local, columns: Columns, depth: int) -> int:
    """Numbers that the sources below `depth` take when they are carried forwards."""
    if not depth:
        return 0
    until_T = (1 + _sources(columns)[1][:depth].sum(0)).cumsum(0)
    return int(until_T.sum()) * local.frozen.hidden.shape[1]


def best_depth(local: Local, columns: Columns, n_targets: int) -> int:
    """How many layers' sources to carry forwards so that `n_targets` latents take the least work; 0 for none.

    Counts multiplications. Which latents will be targets is not known yet: they are taken to be spread as all that
    fired.
    """
    frozen, transport = local.frozen, local.transport
    if not transport.forwards:
        return 0
    first = 1 if local.constant_first else 0
    n_layers, n_tokens, width = frozen.n_layers, frozen.n_tokens, frozen.hidden.shape[1]
    size_L = [transport.size(layer) + (0 if local.skip[layer] is None else width**2) for layer in range(n_layers)]
    below_L = list(accumulate(size_L, initial=0))
    fired_LT, source_LT = _sources(columns)
    target_LT = fired_LT.double() * n_targets / max(1, int(fired_LT.sum()))
    carried_T = torch.arange(n_tokens).add(1 - first).clamp(min=0).double()
    after_T = n_tokens - torch.arange(n_tokens).double()
    best, least = 0, 0.0
    here_T = torch.ones(n_tokens, dtype=torch.float64)
    forwards = 0.0
    for depth in range(1, n_layers):
        forwards += float(here_T @ after_T) * size_L[depth - 1]
        here_T = here_T + source_LT[depth - 1]
        until_T = here_T.cumsum(0)
        if float(until_T.sum()) * width > _CARRIED_NUMBERS:
            break
        above_T = target_LT[depth:].sum(0)
        there_T = until_T.clone()
        there_T[:first] = 0.0
        backwards = float(above_T @ carried_T) * below_L[depth]
        meetings = width * float(above_T @ (there_T.cumsum(0) - fired_LT[:depth].sum(0).cumsum(0)))
        if forwards + meetings - backwards < least:
            best, least = depth, forwards + meetings - backwards
    return best
