"""Gradients carried backwards through the frozen map, for many targets at once.

`Reference` asks autograd, layer by layer. `Fast` rests on a fact about transformers: what the frozen attention of a
layer does is, for each head, a matrix applied at each position, the pattern between positions, and a matrix at each
position again; the scales of the norms around it only multiply positions. The matrices are taken from the model by
autograd, once, whatever its modules are called; the scales are found on each prompt; and that they reproduce
autograd's gradient is checked on each prompt, layer by layer, before they are used. So a batch of targets costs two
matrix products per head and layer, on the positions up to the last target only.

Legend of suffixes: B targets, T position, D d_model, H heads, G heads of values, d width of a head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from microtome.circuits.frozen_map import FrozenMap
from microtome.models import LanguageModel

#: A layer is taken for matrices and scales when random gradients agree to this.
_AGREES = 1e-4


@dataclass(frozen=True, eq=False)
class Fresh:
    """Targets that begin at a layer. Their gradients `rows_BD` are at one place each, `place_B` of those carried."""

    place_B: Tensor
    rows_BD: Tensor

    def beside(self, grad_TBD: Tensor) -> Tensor:
        """The gradients of earlier targets, and of these after them."""
        n = len(self.rows_BD)
        if not n:
            return grad_TBD
        own_TBD = grad_TBD.new_zeros(len(grad_TBD), n, grad_TBD.shape[2])
        own_TBD[self.place_B, torch.arange(n)] = self.rows_BD
        return torch.cat([grad_TBD, own_TBD], 1)


class Transport(Protocol):
    """Positions of `grad_TBD` are T of the prompt's from `first` (0 or 1) on; later ones have no gradient, and where
    `first` is 1, position 0 is left to `values`. What is carried forwards may begin at any position."""

    @property
    def forwards(self) -> bool:
        """Whether parts of the stream can be carried forwards: `values`, `size`, `attention`, `skip_forwards`."""

    def values(self, layer: int) -> Tensor:
        """Matrices [G, d, D] from what `add_attention` gives for the values of position 0 to gradients at the stream
        there."""

    def size(self, layer: int) -> int:
        """How many multiplications it takes to carry one position through the attention of a layer."""

    def attention(self, rows_TXD: Tensor, layer: int, *, first: int) -> Tensor:
        """What attention adds for parts of the stream, at positions from `first` on, to these positions, [T, X, D]."""

    def skip_forwards(self, layer: int, rows_TXD: Tensor, W_skip_DD: Tensor, *, first: int) -> Tensor:
        """What a skip connection adds for parts of the stream before the MLP's norm, positions from `first` on."""

    def add_attention(
        self, into_TBD: Tensor, layer: int, grad_TBD: Tensor, fresh: Fresh, *, first: int = 0
    ) -> tuple[Tensor, Tensor | None]:
        """`into_TBD`, gradients at the stream before attention, and what comes to them from gradients at what it adds:
        `grad_TBD` and then those of `fresh`. With `first`, also the gradients at the values of position 0, [G, B, d].

        May use `into_TBD` for the result; `grad_TBD` may be the same tensor.
        """

    def mlp_input(self, layer: int, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        """From gradients at what the MLP reads, one position each, to gradients [B, D] at the stream there."""

    def skip(self, layer: int, grad_TBD: Tensor, W_skip_DD: Tensor, *, first: int = 0) -> Tensor:
        """From gradients at what the MLP adds, through a skip connection, to gradients at the stream before it."""

    def hidden(self, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        """From gradients at what the unembedding reads, one position each, to gradients [B, D] at the stream there."""


class Reference:
    """Autograd through the recorded graph."""

    def __init__(self, frozen: FrozenMap) -> None:
        self._frozen = frozen

    forwards = False

    def values(self, layer: int) -> Tensor:
        raise NotImplementedError("autograd only carries backwards")

    def size(self, layer: int) -> int:
        raise NotImplementedError("autograd only carries backwards")

    def attention(self, rows_TXD: Tensor, layer: int, *, first: int) -> Tensor:
        raise NotImplementedError("autograd only carries backwards")

    def skip_forwards(self, layer: int, rows_TXD: Tensor, W_skip_DD: Tensor, *, first: int) -> Tensor:
        raise NotImplementedError("autograd only carries backwards")

    def add_attention(
        self, into_TBD: Tensor, layer: int, grad_TBD: Tensor, fresh: Fresh, *, first: int = 0
    ) -> tuple[Tensor, Tensor | None]:
        assert not first
        n_tokens, whole_BTD = len(grad_TBD), self._whole(fresh.beside(grad_TBD))
        return into_TBD + self._frozen.attention_back(layer, whole_BTD).transpose(0, 1)[:n_tokens], None

    def mlp_input(self, layer: int, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        each_B = torch.arange(len(rows_BD), device=rows_BD.device)
        return self._frozen.mlp_input_back(layer, self._placed(rows_BD, position_B))[each_B, position_B]

    def skip(self, layer: int, grad_TBD: Tensor, W_skip_DD: Tensor, *, first: int = 0) -> Tensor:
        assert not first
        n_tokens = len(grad_TBD)
        return self._frozen.mlp_input_back(layer, self._whole(grad_TBD @ W_skip_DD)).transpose(0, 1)[:n_tokens]

    def hidden(self, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        each_B = torch.arange(len(rows_BD), device=rows_BD.device)
        return self._frozen.hidden_back(self._placed(rows_BD, position_B))[each_B, position_B]

    def _whole(self, grad_TBD: Tensor) -> Tensor:
        later = self._frozen.n_tokens - len(grad_TBD)
        return torch.nn.functional.pad(grad_TBD, (0, 0, 0, 0, 0, later)).transpose(0, 1)

    def _placed(self, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        grad_BTD = rows_BD.new_zeros(len(rows_BD), self._frozen.n_tokens, rows_BD.shape[1])
        grad_BTD[torch.arange(len(rows_BD)), position_B] = rows_BD
        return grad_BTD


@dataclass(frozen=True, eq=False)
class _Matrix:
    """A map of one position's gradient, up to a scale: a full matrix, or one number for each coordinate."""

    full_DD: Tensor | None
    diagonal_D: Tensor | None

    @classmethod
    def of(cls, matrix_DD: Tensor) -> _Matrix:
        if matrix_DD.shape[0] == matrix_DD.shape[1] and not bool((matrix_DD - matrix_DD.diagonal().diag()).any()):
            return cls(None, matrix_DD.diagonal().clone())
        return cls(matrix_DD, None)

    def __call__(self, rows: Tensor) -> Tensor:
        if self.diagonal_D is not None:
            return rows * self.diagonal_D
        assert self.full_DD is not None
        return rows @ self.full_DD


@dataclass(frozen=True, eq=False)
class Matrices:
    """What gradients are multiplied by, up to the scales of a prompt; taken once from a model.

    For each layer: `heads` [H, D, d] from what attention adds to what a head gives, `values` [G, d, D] from values to
    the stream, `norms`; `final` for the norm before the unembedding. A layer that does not have this form is None.
    """

    heads: list[Tensor | None]
    values: list[Tensor | None]
    norms: list[_Matrix]
    final: _Matrix

    @classmethod
    def of(cls, lm: LanguageModel, reads: str = "mlp_in") -> Matrices:
        """From gradients at the first position, which nothing but that position acts on."""
        first = torch.tensor([[lm.bos_id if lm.bos_id is not None else 0]], device=lm.device)
        frozen = FrozenMap(lm, first, reads)
        if any(call is not None and call.out.shape[2] != 1 for call in map(frozen.call, range(frozen.n_layers))):
            # For a single token some models give the attention function heads in the place of positions.
            frozen = FrozenMap(lm, first.expand(1, 2), reads)
        n_tokens, width = frozen.resid_last.shape
        unit_DTD = frozen.resid_last.new_zeros(width, n_tokens, width)
        unit_DTD[:, 0] = torch.eye(width)
        heads: list[Tensor | None] = []
        values: list[Tensor | None] = []
        norms: list[_Matrix] = []
        for layer in range(frozen.n_layers):
            norms.append(_Matrix.of(frozen.mlp_input_back(layer, unit_DTD)[:, 0]))
            found_DHTd = frozen.attention_parts_back(layer, unit_DTD)
            call = frozen.call(layer)
            values_back = None
            if call is not None:
                n_heads, _, d_head = call.value.shape[1:]
                unit_XHTd = unit_DTD.new_zeros(n_heads * d_head, n_heads, n_tokens, d_head)
                unit_XHTd[:, :, 0] = torch.eye(n_heads * d_head).view(-1, n_heads, d_head)
                values_back = frozen.values_back(layer, unit_XHTd)
            if found_DHTd is None or values_back is None:
                heads.append(None)
                values.append(None)
                continue
            heads.append(found_DHTd[:, :, 0].transpose(0, 1).contiguous())
            values.append(_shared(values_back[:, 0].reshape(n_heads, d_head, width)))
        return cls(heads, values, norms, _Matrix.of(frozen.hidden_back(unit_DTD)[:, 0]))


def _shared(values_HdD: Tensor) -> Tensor:
    """Matrices of the heads of values, without the copies that are made of them for groups of query heads."""
    n_heads = len(values_HdD)
    for groups in range(1, n_heads):
        if n_heads % groups == 0:
            kept = values_HdD[:: n_heads // groups]
            if torch.equal(kept.repeat_interleave(n_heads // groups, 0), values_HdD):
                return kept.contiguous()
    return values_HdD


class Fast:
    """Matrices and scales where a layer has that form, autograd where it has not. `exact_layers` says which."""

    def __init__(self, frozen: FrozenMap, matrices: Matrices) -> None:
        self._reference, self._frozen, self._matrices = Reference(frozen), frozen, matrices
        generator = torch.Generator().manual_seed(1)
        self._patterns: list[Tensor | None] = []
        self._norm_scales: list[Tensor | None] = []
        for layer in range(frozen.n_layers):
            probe_TD = torch.randn(frozen.resid_last.shape, generator=generator).to(frozen.resid_last)
            self._patterns.append(self._scaled_pattern(layer, probe_TD, generator))
            self._norm_scales.append(
                _scales(matrices.norms[layer](probe_TD), frozen.mlp_input_back(layer, probe_TD[None])[0])
            )
        probe_TD = torch.randn(frozen.resid_last.shape, generator=generator).to(frozen.resid_last)
        self._final_scale = _scales(matrices.final(probe_TD), frozen.hidden_back(probe_TD[None])[0])

    @property
    def exact_layers(self) -> list[int]:
        """Layers whose attention goes through autograd, because it has no other form that agrees with it."""
        return [layer for layer, pattern in enumerate(self._patterns) if pattern is None]

    def _scaled_pattern(self, layer: int, probe_TD: Tensor, generator: torch.Generator) -> Tensor | None:
        """The pattern [H, T, T] with the scales of both sides in it; None where the layer is not of the form."""
        heads_HDd, values_GdD = self._matrices.heads[layer], self._matrices.values[layer]
        call = self._frozen.call(layer)
        if heads_HDd is None or values_GdD is None or call is None:
            return None
        found_1HTd = self._frozen.attention_parts_back(layer, probe_TD[None])
        probe_1HTd = torch.randn(call.value.shape, generator=generator).to(probe_TD)
        into_1TD = self._frozen.values_back(layer, probe_1HTd)
        if found_1HTd is None or into_1TD is None:
            return None
        out_T = _scales(
            torch.einsum("td,hde->the", probe_TD, heads_HDd).flatten(1), found_1HTd[0].transpose(0, 1).flatten(1)
        )
        groups = len(values_GdD)
        probe_GTd = probe_1HTd[0].unflatten(0, (groups, -1)).sum(1)
        in_T = _scales(torch.einsum("gtd,gde->te", probe_GTd, values_GdD), into_1TD[0])
        if out_T is None or in_T is None:
            return None
        return call.pattern_HTS * out_T[:, None] * in_T

    @property
    def forwards(self) -> bool:
        return not self.exact_layers and all(scale_T is not None for scale_T in self._norm_scales)

    def values(self, layer: int) -> Tensor:
        return self._parts(layer)[2]

    def size(self, layer: int) -> int:
        _, heads_HDd, values_GdD = self._parts(layer)
        return heads_HDd.numel() + values_GdD.numel()

    def attention(self, rows_TXD: Tensor, layer: int, *, first: int) -> Tensor:
        pattern_HTS, heads_HDd, values_GdD = self._parts(layer)
        n_tokens, n_rows, width = rows_TXD.shape
        per_group, places = len(heads_HDd) // len(values_GdD), slice(first, first + n_tokens)
        flat, added = rows_TXD.reshape(-1, width), rows_TXD.new_zeros(n_tokens * n_rows, width)
        for group, value_dD in enumerate(values_GdD):
            value_SXd = (flat @ value_dD.T).view(n_tokens, -1)
            for head in range(group * per_group, (group + 1) * per_group):
                seen_TXd = (pattern_HTS[head, places, places] @ value_SXd).view(n_tokens * n_rows, -1)
                added.addmm_(seen_TXd, heads_HDd[head].T)
        return added.view(rows_TXD.shape)

    def skip_forwards(self, layer: int, rows_TXD: Tensor, W_skip_DD: Tensor, *, first: int) -> Tensor:
        scale_T = self._norm_scales[layer]
        assert scale_T is not None
        through = self._matrices.norms[layer](W_skip_DD)
        return (rows_TXD @ through.T).mul_(scale_T[first : first + len(rows_TXD), None, None])

    def _parts(self, layer: int) -> tuple[Tensor, Tensor, Tensor]:
        pattern_HTS = self._patterns[layer]
        heads_HDd, values_GdD = self._matrices.heads[layer], self._matrices.values[layer]
        assert pattern_HTS is not None and heads_HDd is not None and values_GdD is not None
        return pattern_HTS, heads_HDd, values_GdD

    def add_attention(
        self, into_TBD: Tensor, layer: int, grad_TBD: Tensor, fresh: Fresh, *, first: int = 0
    ) -> tuple[Tensor, Tensor | None]:
        pattern_HTS = self._patterns[layer]
        heads_HDd, values_GdD = self._matrices.heads[layer], self._matrices.values[layer]
        if pattern_HTS is None or heads_HDd is None or values_GdD is None:
            return self._reference.add_attention(into_TBD, layer, grad_TBD, fresh, first=first)
        n_tokens, n_targets, _ = grad_TBD.shape
        n_groups, d_head, _ = values_GdD.shape
        per_group, end = len(heads_HDd) // n_groups, first + n_tokens
        flat = grad_TBD.flatten(0, 1)
        at_heads = flat.new_empty(per_group, len(flat), d_head)
        pattern_GHTS = pattern_HTS[:, first:end, :end].unflatten(0, (n_groups, per_group))
        back_GSX = pattern_GHTS.permute(0, 3, 1, 2).flatten(2)
        fresh_GBSH = pattern_GHTS[:, :, fresh.place_B].permute(0, 2, 3, 1)
        values = []
        for group in range(n_groups):
            heads = heads_HDd[group * per_group : (group + 1) * per_group]
            for head_Dd, at_head in zip(heads, at_heads, strict=True):
                torch.mm(flat, head_Dd, out=at_head)
            value_SBd = (back_GSX[group] @ at_heads.view(per_group * n_tokens, -1)).view(end, n_targets, d_head)
            if len(fresh.rows_BD):
                # At one place each: that place alone goes through the heads.
                fresh_BSd = fresh_GBSH[group] @ (fresh.rows_BD @ heads).transpose(0, 1)
                value_SBd = torch.cat([value_SBd, fresh_BSd.transpose(0, 1)], 1)
            values.append(value_SBd)
        # Only now: the two may be the same tensor.
        into_TBD = into_TBD.contiguous()
        for value_SBd, value_dD in zip(values, values_GdD, strict=True):
            into_TBD.view(-1, into_TBD.shape[2]).addmm_(value_SBd[first:].flatten(0, 1), value_dD)
        return into_TBD, torch.stack([value_SBd[0] for value_SBd in values]) if first else None

    def mlp_input(self, layer: int, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        scale_T = self._norm_scales[layer]
        if scale_T is None:
            return self._reference.mlp_input(layer, rows_BD, position_B)
        return self._matrices.norms[layer](rows_BD) * scale_T[position_B, None]

    def skip(self, layer: int, grad_TBD: Tensor, W_skip_DD: Tensor, *, first: int = 0) -> Tensor:
        scale_T = self._norm_scales[layer]
        if scale_T is None:
            return self._reference.skip(layer, grad_TBD, W_skip_DD, first=first)
        through = self._matrices.norms[layer](W_skip_DD)
        return (grad_TBD @ through).mul_(scale_T[first : first + len(grad_TBD), None, None])

    def hidden(self, rows_BD: Tensor, position_B: Tensor) -> Tensor:
        if self._final_scale is None:
            return self._reference.hidden(rows_BD, position_B)
        return self._matrices.final(rows_BD) * self._final_scale[position_B, None]


def _scales(unscaled_TX: Tensor, found_TX: Tensor) -> Tensor | None:
    """The number for each position that makes the first the second; None when there is none."""
    size_T = unscaled_TX.square().sum(1)
    scale_T = (unscaled_TX * found_TX).sum(1) / size_T.clamp(min=torch.finfo(size_T.dtype).tiny)
    off = (unscaled_TX * scale_T[:, None] - found_TX).norm(dim=1)
    return scale_T if bool((off <= _AGREES * found_TX.norm(dim=1)).all()) else None
