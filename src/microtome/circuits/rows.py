"""Rows of the adjacency: what every source of a prompt contributes to given targets.

A batch of targets begins as gradients at the places they read from and is carried backwards layer by layer; at each
layer it meets what was written there, and each meeting is a column: `A[t, s] = g_t(place of s) · (what s writes)`
(the row of circuit-tracer, without the target's activation). Targets of different layers share a batch: they join as
their layer is reached. Nothing of shape (batch, latents, D) is made: columns of a position are one matrix product with
the decoder rows of the latents that fired there.

Where position 0 is constant, no gradient is carried there: nothing but its own attention acts on it, so each of its few
sources is carried forwards once, and meets a batch where attention first looks at it.

Legend of suffixes: B targets of a batch, T position, D d_model, N latents that fired (all layers), S all sources,
U latents that fired in a layer, O layers written.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor

from microtome.circuits.early import Early
from microtome.circuits.replacement import Local
from microtome.circuits.transport import Fresh

# Numbers that are kept between batches of what latents write.
_KEPT_NUMBERS = 1 << 24


@dataclass(frozen=True, eq=False)
class Starts:
    """Targets of a batch, deepest layer first: `layer_B` (number of layers: the unembedding), `position_B`,
    `stream_BD` gradients at the stream that the target reads through its norm, `own_B` what is constant in it."""

    layer_B: Tensor
    position_B: Tensor
    stream_BD: Tensor
    own_B: Tensor

    def __len__(self) -> int:
        return len(self.layer_B)

    def at(self, layer: int, first: int) -> Fresh:
        """The targets of a layer, where positions from `first` on are carried."""
        here = self.layer_B == layer
        return Fresh(self.position_B[here] - first, self.stream_BD[here])


class Columns:
    """Where each source is among the columns: latents by (layer, position, latent), errors by (layer, position),
    tokens, biases."""

    def __init__(self, local: Local) -> None:
        frozen = local.frozen
        n_layers, self.n_tokens = frozen.n_layers, frozen.n_tokens
        per_layer = [len(active.value_N) for active in local.active]
        self.latent_starts = list(accumulate(per_layer, initial=0))
        self.n_latents = self.latent_starts[-1]
        self.errors = self.n_latents
        self.tokens = self.errors + n_layers * self.n_tokens
        self.biases = self.tokens + self.n_tokens
        names = [f"attn.{layer}" for layer in range(n_layers)] + [f"b_dec.{layer}" for layer in range(n_layers)]
        names += [f"first.{layer}" for layer in range(n_layers)] if local.constant_first else []
        self.bias_names = (*names, "positions", "own")
        self._bias = {name: self.biases + number for number, name in enumerate(self.bias_names)}
        self.n = self.biases + len(self.bias_names)
        #: of each latent
        self.layer_N = torch.repeat_interleave(torch.arange(n_layers), torch.tensor(per_layer))
        self.position_N = torch.cat([active.position_N.cpu() for active in local.active])
        self.latent_N = torch.cat([active.latent_N.cpu() for active in local.active])
        self.value_N = torch.cat([active.value_N.cpu() for active in local.active])
        #: for each layer, where the latents of position t begin among those of the layer; one more at the end
        self.offsets = [
            torch.searchsorted(active.position_N.cpu().contiguous(), torch.arange(self.n_tokens + 1)).tolist()
            for active in local.active
        ]

    def error(self, layer: int) -> int:
        """The column of the error of a layer at position 0; the others follow."""
        return self.errors + layer * self.n_tokens

    def bias(self, name: str) -> int:
        return self._bias[name]


class _FirstPosition:
    """The constant sources at position 0 and what attention of later positions can see of each.

    `columns_X`: where they are among all sources, in the order in which they are written, so that `seen[layer]`,
    [G, d, x], has the first x of them: the products of the values' gradients with these are their contributions.
    """

    def __init__(self, columns_X: Tensor, seen: list[Tensor]) -> None:
        self.columns_X, self.seen = columns_X, seen

    @classmethod
    def of(cls, local: Local, columns: Columns) -> _FirstPosition | None:
        """None where gradients must be carried to position 0 as to any other."""
        frozen, transport = local.frozen, local.transport
        if not local.constant_first or not transport.forwards:
            return None
        places = [columns.tokens, columns.bias("positions")]
        rows_XD = torch.stack([frozen.token[0], frozen.position_bias[0]])
        seen = []
        for layer in range(frozen.n_layers):
            seen.append(transport.values(layer) @ rows_XD.T)
            added = torch.stack([frozen.attn_bias[layer][0], frozen.mlp_out[layer][0]])
            rows_XD = torch.cat([rows_XD + transport.attention(rows_XD[None], layer, first=0)[0], added])
            places += [columns.bias(f"attn.{layer}"), columns.bias(f"first.{layer}")]
        return cls(torch.tensor(places, device=frozen.hidden.device), seen)

    def meet(self, out_BX: Tensor, layer: int, values_GBd: Tensor) -> None:
        seen_Gdx = self.seen[layer]
        out_BX[: values_GBd.shape[1], : seen_Gdx.shape[2]] += (values_GBd @ seen_Gdx).sum(0)


def kept_numbers(local: Local) -> int:
    """Numbers that are kept between batches of what latents write; none where these would be too many."""
    width = local.frozen.hidden.shape[1]
    n = sum(len(active.value_N) * active.decoder_UOD.shape[1] for active in local.active) * width
    return n if n <= _KEPT_NUMBERS else 0


class RowMaker:
    """Makes rows [B, S] for batches of targets.

    `depth`: the sources of so many layers are carried forwards; batches whose targets are all at or above it (those of
    lower layers must be in others) are carried no further down.
    """

    def __init__(self, local: Local, columns: Columns, *, depth: int = 0) -> None:
        self.local, self.columns = local, columns
        frozen = local.frozen
        self._dtype, self._device = frozen.hidden.dtype, frozen.hidden.device
        # Of what is constant, most is zero in most models: nothing is spent on it.
        self._attn_bias = [bias if bool(bias.any()) else None for bias in frozen.attn_bias]
        self._norm_bias = [bias if bool(bias.any()) else None for bias in frozen.norm_bias]
        self._positions = frozen.position_bias if bool(frozen.position_bias.any()) else None
        self._first = _FirstPosition.of(local, self.columns)
        self._keeps = kept_numbers(local) > 0
        self._kept: dict[tuple[int, int, int], Tensor] = {}
        self._early = Early.of(local, self.columns, depth) if depth else None

    def of_latents(self, number_B: Tensor) -> Starts:
        """Latents that fired, by their columns."""
        local, columns = self.local, self.columns
        layer_B, position_B = columns.layer_N[number_B], columns.position_N[number_B]
        order = layer_B.argsort(descending=True, stable=True)
        assert bool((order.diff() == 1).all()), "targets come deepest layer first"
        streams, owns = [], []
        for layer in layer_B.unique().flip(0).tolist():
            here = layer_B == layer
            active = local.active[layer]
            row_B = active.row_N[number_B[here] - columns.latent_starts[layer]]
            rows_BD = active.encoder_UD[row_B]
            streams.append(local.transport.mlp_input(layer, rows_BD, position_B[here]))
            owns.append(self._own(self._norm_bias[layer], rows_BD, active.bias_U[row_B], position_B[here]))
        return Starts(layer_B, position_B, torch.cat(streams), torch.cat(owns))

    def of(self, layer: int, position_B: Tensor, rows_BD: Tensor, constant_B: Tensor) -> Starts:
        """Any linear functions of what the MLP of `layer` reads; `layer` = number of layers: of the unembedding's."""
        frozen, transport = self.local.frozen, self.local.transport
        if layer == frozen.n_layers:
            stream_BD = transport.hidden(rows_BD, position_B)
            bias_TD = frozen.hidden_bias if bool(frozen.hidden_bias.any()) else None
        else:
            stream_BD = transport.mlp_input(layer, rows_BD, position_B)
            bias_TD = self._norm_bias[layer]
        own_B = self._own(bias_TD, rows_BD, constant_B, position_B)
        return Starts(torch.full_like(position_B, layer), position_B, stream_BD, own_B)

    @staticmethod
    def _own(bias_TD: Tensor | None, rows_BD: Tensor, constant_B: Tensor, position_B: Tensor) -> Tensor:
        return constant_B if bias_TD is None else constant_B + (rows_BD * bias_TD[position_B]).sum(1)

    def makes(self, out_BS: Tensor) -> bool:
        """Whether rows can be made in this tensor."""
        return out_BS.dtype == self._dtype and out_BS.device == self._device

    @torch.no_grad()
    def rows(self, starts: Starts, *, out: Tensor | None = None) -> Tensor:
        """The contributions of every source to each target, [B, S]; made in `out`, which may hold anything."""
        frozen, transport, columns = self.local.frozen, self.local.transport, self.columns
        shape = (len(starts), columns.n)
        out_BS = torch.empty(shape, dtype=self._dtype, device=self._device) if out is None else out
        out_BS.zero_()
        out_BS[:, columns.bias("own")] = starts.own_B
        n_tokens = int(starts.position_B.max()) + 1
        constant = None if bool((starts.position_B == 0).any()) else self._first
        first = 0 if constant is None else 1
        constant_BX = None if constant is None else out_BS.new_zeros(len(starts), len(constant.columns_X))
        grad_TBD = starts.stream_BD.new_zeros(n_tokens - first, 0, starts.stream_BD.shape[1])
        early = self._early if self._early and int(starts.layer_B.min()) >= self._early.depth else None
        depth = early.depth if early else 0
        for layer in reversed(range(depth - 1, frozen.n_layers)):
            # Targets of the layer above read the stream that this layer leaves, through their own norm: in a
            # sequential block after attention has been added to it, so that they join in the middle of their layer.
            carried_TBD, fresh = grad_TBD, starts.at(layer + 1, first)
            if frozen.parallel or layer == frozen.n_layers - 1:
                grad_TBD = fresh.beside(grad_TBD)
            if layer < depth:
                break
            into_TBD = grad_TBD
            if grad_TBD.shape[1]:
                self._meet(out_BS, layer, grad_TBD, first)
                W_skip = self.local.skip[layer]
                if W_skip is not None:
                    into_TBD = grad_TBD + self._skip(layer, grad_TBD, W_skip, first)
            if not frozen.parallel:
                carried_TBD, fresh = into_TBD, starts.at(layer, first)
                into_TBD = grad_TBD = fresh.beside(into_TBD)
            joined = grad_TBD.shape[1]
            if joined:
                attn_bias = self._attn_bias[layer]
                if attn_bias is not None:
                    out_BS[:joined, columns.bias(f"attn.{layer}")] = torch.einsum(
                        "tbd,td->b", grad_TBD, attn_bias[first:n_tokens]
                    )
                grad_TBD, values_GBd = transport.add_attention(into_TBD, layer, carried_TBD, fresh, first=first)
                if constant is not None and constant_BX is not None and values_GBd is not None:
                    constant.meet(constant_BX, layer, values_GBd)
        if early is not None:
            early.meet(out_BS, grad_TBD, first)
        else:
            self._meet_tokens(out_BS, grad_TBD, first)
        if constant is not None and constant_BX is not None:
            out_BS.index_add_(1, constant.columns_X, constant_BX)
        return out_BS

    def _skip(self, layer: int, grad_TBD: Tensor, W_skip: Tensor, first: int) -> Tensor:
        through = self.local.transport.skip(layer, grad_TBD, W_skip, first=first)
        if self.local.constant_first and not first:
            through[0] = 0.0
        return through

    def _meet_tokens(self, out_BS: Tensor, grad_TBD: Tensor, first: int) -> None:
        """The columns of what is in the stream before layer 0."""
        columns, n_tokens = self.columns, first + len(grad_TBD)
        out_BS[:, columns.tokens + first : columns.tokens + n_tokens] = torch.einsum(
            "tbd,td->bt", grad_TBD, self.local.frozen.token[first:n_tokens]
        )
        if self._positions is not None:
            out_BS[:, columns.bias("positions")] = torch.einsum("tbd,td->b", grad_TBD, self._positions[first:n_tokens])

    def _meet(self, out_BS: Tensor, layer: int, grad_TBD: Tensor, first: int) -> None:
        """The columns of what is written to a layer's MLP output, for gradients [T, B, D] there from `first` on."""
        local, columns = self.local, self.columns
        n_tokens, n = first + len(grad_TBD), grad_TBD.shape[1]
        out_BS = out_BS[:n]
        norm_bias = self._norm_bias[layer]
        W_skip = local.skip[layer]
        at = columns.error(layer)
        out_BS[:, at + first : at + n_tokens] = torch.einsum("tbd,td->bt", grad_TBD, local.error[layer][first:n_tokens])
        if local.constant_first and not first:
            out_BS[:, columns.bias(f"first.{layer}")] = grad_TBD[0] @ local.frozen.mlp_out[layer][0]
        # What is left out at a constant position 0 is what follows.
        begin = 1 if local.constant_first else 0
        later_TBD = grad_TBD[begin - first :]
        out_BS[:, columns.bias(f"b_dec.{layer}")] = later_TBD.sum(0) @ local.bias[layer]
        if W_skip is not None and norm_bias is not None:
            # The norm's own bias goes through the skip connection too.
            out_BS[:, columns.bias(f"b_dec.{layer}")] += torch.einsum(
                "tbd,td->b", later_TBD, norm_bias[begin:n_tokens] @ W_skip.T
            )
        for source in range(layer + 1):
            active, after = local.active[source], layer - source
            if after >= active.decoder_UOD.shape[1]:
                continue
            offsets, start = columns.offsets[source], columns.latent_starts[source]
            for position in range(first, n_tokens):
                here = slice(offsets[position], offsets[position + 1])
                if here.start == here.stop:
                    continue
                rows_nD = self._written(source, after, position, here)
                out = out_BS[:, start + here.start : start + here.stop]
                # Added, for a cross-layer latent meets gradients in every layer it writes to.
                out.addmm_(grad_TBD[position - first], rows_nD.T)

    def _written(self, source: int, after: int, position: int, here: slice) -> Tensor:
        """What the latents of a layer that fired at a position write to the layer `after` it, [n, D]."""
        kept = self._kept.get((source, after, position))
        if kept is None:
            active = self.local.active[source]
            kept = active.decoder_UOD[active.row_N[here], after] * active.value_N[here, None]
            if self._keeps:
                self._kept[source, after, position] = kept
        return kept
