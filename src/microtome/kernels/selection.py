"""Pre-activations of a batch, and the ways to choose which of them count.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

The product x · W_encᵀ is nearly all the arithmetic of a sparse dictionary, and of its B·F results a few per token
matter. *Screened*, it is made in bfloat16 or in eight-bit integers, which many processors do several times faster, and
only finds candidates, some more than are wanted; their values are then computed again in full precision, and the choice
is made by those. What is chosen can differ from the exact choice only where a value lies so close to the cut that the
screen put it below all candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from microtome.kernels import reference
from microtome.kernels.backends import backend_for, bfloat16_speedup, multiplies_bfloat16
from microtome.kernels.integers import IntegerProduct, above_scaled, integer_speedup, topk_scaled
from microtome.kernels.operations import NEVER, Pairs, dot_pairs, pre_activations

# Values looked at to estimate where the cut of a batch is, before it is found exactly.
_SAMPLE = 400_000
# Comparisons per entry that a choice makes, about.
_PASSES = 8
# Rows on which the size of z is measured.
_SIZE_ROWS = 64
# A number is within this of its bfloat16, relative to either; the sum and the bias after it are rounded once each.
_BFLOAT16 = 2.0**-8
# Sums in float32 are right to this, relative to the product of the norms, as far as rounding errors average out: those
# of the float32 choice that this stands for are as large.
_FLOAT32 = 1e-5
# Share of the entries above which the whole product costs less than looking at candidates again.
_MOST_CANDIDATES = 0.03
# How many times the usual norm a token may have above it, where one level serves all.
_ALIKE = 8.0
# Tokens done in full precision at a time.
_FULL_ROWS = 256
# Tokens from which it pays to prove a choice: the weights are converted, and bounded, for each batch.
_WORTH_PROOF = 512


@dataclass(frozen=True)
class _Screen:
    """How far a screen may be wrong: `margin`, relative to the size of z, and candidates beyond the k of a row."""

    margin: float
    spare: Callable[[int], int]


# Products in bfloat16 are right to 2⁻⁹ each, those of integers to about 2⁻⁷, and errors average out.
_SCREENS = {
    "bfloat16": _Screen(2.0**-6, lambda k: max(8, k // 4)),
    "int8": _Screen(2.0**-5, lambda k: max(16, k // 2)),
}
SELECTIONS = ("exact", *_SCREENS)
_CPU = torch.device("cpu")
# Screening pays from this size on, where it is faster by these factors: candidates must be looked at again.
_WORTH_WIDTH, _WORTH_LATENTS, _WORTH_BFLOAT16, _WORTH_INT8 = 256, 1024, 1.5, 1.15


class Workspace:
    """Memory for one [B, F] matrix that is used again step after step: asking the system anew costs more than filling.

    What was made in it is overwritten by the next use.
    """

    def __init__(self) -> None:
        self._bytes = torch.empty(0, dtype=torch.uint8)

    def take(self, rows: int, columns: int, dtype: torch.dtype, device: torch.device) -> Tensor:
        size = rows * columns * dtype.itemsize
        if self._bytes.numel() < size or self._bytes.device != device:
            self._bytes = torch.empty(size, dtype=torch.uint8, device=device)
        return self._bytes[:size].view(dtype).view(rows, columns)


class PreActivations:
    """z = W_enc·(x − b_in) + b_enc of a batch, without gradients: choose pairs, and get their values in full precision.

    `centred_BD` is x − b_in. `selection`, one of `SELECTIONS`, says in what the product is made. The choices return
    (pairs, values [N]); NaN is always chosen, so that it is seen.
    """

    @torch.no_grad()
    def __init__(
        self,
        centred_BD: Tensor,
        W_enc_FD: Tensor,
        b_enc_F: Tensor,
        *,
        selection: str = "exact",
        workspace: Workspace | None = None,
    ) -> None:
        self._parts: tuple[Tensor, ...] = (centred_BD, W_enc_FD, b_enc_F)
        #: (tokens, latents)
        self.shape = (len(centred_BD), len(W_enc_FD))
        self._workspace = workspace or Workspace()
        self._screen = _SCREENS.get(selection)
        self._integers: IntegerProduct | None = None
        if selection == "int8" and centred_BD.device.type == "cpu":
            integers = IntegerProduct(*self._parts)
            self._integers = integers if integers.finite else None

    @cached_property
    @torch.no_grad()
    def z_BF(self) -> Tensor:
        """The matrix, as the screen made it."""
        x_BD, W_enc_FD, _ = self._parts
        if self._integers is not None:
            return torch.cat([product.values() for _, product in self._integers.chunks(self._memory)])
        dtype = torch.bfloat16 if self._screen else x_BD.dtype
        out = self._workspace.take(len(x_BD), len(W_enc_FD), dtype, x_BD.device)
        return pre_activations(*(part.to(dtype) for part in self._parts), out=out)

    @cached_property
    @torch.no_grad()
    def _first_BF(self) -> Tensor:
        """The first rows of the matrix, for looking at what its values are like."""
        return self.z_BF if self._integers is None else self._integers.first.values()

    @property
    def _device(self) -> torch.device:
        return self._parts[0].device if self._parts else self.z_BF.device

    def _memory(self, n_tokens: int) -> Tensor:
        return self._workspace.take(n_tokens, self.shape[1], torch.int32, torch.device("cpu"))

    @classmethod
    def of(cls, z_BF: Tensor) -> PreActivations:
        """From the matrix itself."""
        own = cls.__new__(cls)
        own.shape = (z_BF.shape[0], z_BF.shape[1])
        own._screen = own._integers = None
        own._parts = ()
        own.z_BF = z_BF
        return own

    @torch.no_grad()
    def topk(self, k: int) -> tuple[Pairs, Tensor]:
        """The k largest of each row. Where fewer are above 0, others fill up."""
        return self._chosen(self._screened_topk(self._candidates(k)), k)

    @torch.no_grad()
    def ends(self, k: int) -> tuple[tuple[Pairs, Tensor], tuple[Pairs, Tensor]]:
        """The k largest of each row and the k smallest, whatever their signs, from one product."""
        n = self._candidates(k)
        if self._integers is None:
            high_BK = self._topk(self.z_BF, n)
            # In place and back again: a second matrix of this size may not fit.
            low_BK = self._topk(self.z_BF.neg_(), n)
            self.z_BF.neg_()
        else:
            high_BK, low_BK = (torch.empty(self.shape[0], n, dtype=torch.int64) for _ in range(2))
            for rows, product in self._integers.chunks(self._memory):
                high_BK[rows] = topk_scaled(product, n)
                negative = product._replace(scale_B=-product.scale_B, bias_F=-product.bias_F)
                low_BK[rows] = topk_scaled(negative, n)
        return self._signed(high_BK, k, largest=True), self._signed(low_BK, k, largest=False)

    def _signed(self, latent_BK: Tensor, k: int, *, largest: bool) -> tuple[Pairs, Tensor]:
        """`_chosen`; rows that have not k values of the end's own sign, which a choice may take for equal, in full."""
        pairs, values_N = self._chosen(latent_BK, k, largest=largest)
        values_BK, latent_BK = values_N.view(self.shape[0], -1), pairs.latent_N.view(self.shape[0], -1)
        sure_B = (values_BK > 0).all(1) if largest else (values_BK < 0).all(1)
        unsure = sure_B.logical_not().nonzero().squeeze(1)
        for rows in unsure.split(_FULL_ROWS):
            z_RF = self._rows(rows).z_BF
            values_BK[rows], latent_BK[rows] = z_RF.to(values_BK.dtype).topk(values_BK.shape[1], dim=1, largest=largest)
        return _fixed(latent_BK, self.shape[1]), values_BK.reshape(-1)

    def _rows(self, row_R: Tensor) -> PreActivations:
        """Some tokens alone, in full precision."""
        if not self._parts:
            return PreActivations.of(self.z_BF[row_R])
        centred_BD, W_enc_FD, b_enc_F = self._parts
        return PreActivations(centred_BD[row_R], W_enc_FD, b_enc_F)

    def _candidates(self, k: int) -> int:
        return min(self.shape[1], k + (self._screen.spare(k) if self._screen else 0))

    def _chosen(self, latent_BK: Tensor, k: int, *, largest: bool = True) -> tuple[Pairs, Tensor]:
        """Of candidates in each row, the k largest or smallest, and their values."""
        n_tokens, n_latents = self.shape
        candidates = _fixed(latent_BK, n_latents)
        values_N = self._values(candidates)
        if latent_BK.shape[1] <= k:
            return candidates, values_N
        values_BM = values_N.view(n_tokens, -1)
        chosen_BK = self._topk(values_BM if largest else -values_BM, k)
        return _fixed(latent_BK.gather(1, chosen_BK), n_latents), values_BM.gather(1, chosen_BK).reshape(-1)

    @torch.no_grad()
    def above(
        self, level: float | Tensor, *, exact_above: float | Tensor | None = None, room: int | None = None
    ) -> tuple[Pairs, Tensor]:
        """All strictly above `level`, one number or one per latent [F].

        With `exact_above`, a higher level, a screen may leave values between the two as it found them. `room` is for
        GPUs, where the number of pairs is not known beforehand: as many places are filled without waiting for it, and
        the pairs may have places to spare. What found none is left out; all were needed if the last offset is `room`.
        """
        if room is not None and self._device.type != "cpu":
            return self._above_in(level, room)
        if self._screen is None:
            return self._rows_above(level)
        if exact_above is None:
            pairs, _ = self._rows_above(self._lowered(level))
            values_N = self._values(pairs)
            return _keep(pairs, values_N, torch.le(values_N, _spread(level, pairs)).logical_not_())
        pairs, values_N = self._rows_above(level)
        values_N = values_N.float()
        unsure = torch.le(values_N, _spread(self._lowered(exact_above), pairs)).logical_not_().nonzero().squeeze(1)
        values_N[unsure] = self._dots(pairs.token_N[unsure], pairs.latent_N[unsure])
        return pairs, values_N

    def _above_in(self, level: float | Tensor, room: int) -> tuple[Pairs, Tensor]:
        """`above`, on a GPU, into `room` places. What a screen found and is not above the level stays as `NEVER`."""
        backend = backend_for(self.z_BF, _PASSES * self.z_BF.numel(), compares=True)
        asked = level if self._screen is None else self._lowered(level)
        latent_N, offsets = backend.rows_above(self.z_BF, asked, room)
        pairs = Pairs(latent_N, offsets, self.shape[1], spare=True)
        values_N = self._values(pairs)
        is_pair_N = torch.arange(room, device=offsets.device) < offsets[-1]
        if self._screen is not None:
            is_pair_N &= torch.le(values_N, _spread(level, pairs)).logical_not_()
        return pairs, torch.where(is_pair_N, values_N, NEVER)

    @torch.no_grad()
    def largest(self, n_keep: int) -> tuple[Pairs, Tensor]:
        """The `n_keep` largest of the batch, as far as they are above 0 and not equal to the first one left out.

        On a GPU there are `n_keep` pairs, without waiting for their number; what does not count is `NEVER`.
        """
        n_all = self.shape[0] * self.shape[1]
        if n_keep >= n_all:
            return self.above(0.0, room=n_all)
        if self._device.type != "cpu":
            return self._largest_in(n_keep)
        # Sorting B·F values would cost as much as the encoder product. A sample gives a level that surely has enough
        # entries above it; the exact cut is then found among those few.
        flat = self._first_BF.reshape(-1)
        sample = flat[:: max(1, flat.numel() // _SAMPLE)].float()
        rank = min(sample.numel(), int(1.5 * n_keep * sample.numel() / n_all) + 16)
        level = float(sample.kthvalue(sample.numel() - rank + 1).values.clamp(min=0.0)) if sample.numel() else 0.0
        for lowest in (level, 0.0):
            pairs, values_N = self.above(lowest)
            if len(pairs) > n_keep:
                cut = values_N.kthvalue(len(pairs) - n_keep).values
                return _keep(pairs, values_N, torch.le(values_N, cut).logical_not_())
        return pairs, values_N

    def _largest_in(self, n_keep: int) -> tuple[Pairs, Tensor]:
        """`largest`, on a GPU: of the whole matrix as one row."""
        n_tokens, n_latents = self.shape
        n_more = self._screen.spare(n_keep) if self._screen else 1
        flat_N = self.z_BF.reshape(-1).topk(min(n_tokens * n_latents, n_keep + n_more), sorted=False).indices
        flat_N = flat_N.sort().values
        token_N, latent_N = flat_N // n_latents, flat_N % n_latents
        values_N = self.z_BF.reshape(-1)[flat_N] if self._screen is None else self._dots(token_N, latent_N)
        cut = values_N.kthvalue(len(values_N) - n_keep).values.clamp(min=0.0)
        counts_N = torch.le(values_N, cut).logical_not_()
        kept_N = torch.where(counts_N, values_N, NEVER).topk(n_keep, sorted=False).indices.sort().values
        tokens_B = torch.arange(n_tokens + 1, device=token_N.device)
        offsets = torch.searchsorted(token_N[kept_N], tokens_B)
        pairs = Pairs(latent_N[kept_N], offsets, n_latents)
        return pairs, torch.where(counts_N, values_N, NEVER)[kept_N]

    def _screened_topk(self, k: int) -> Tensor:
        if self._integers is None:
            return self._topk(self.z_BF, k)
        # Each part of the product is chosen from while it is in the cache, and then forgotten.
        latent_BK = torch.empty(self.shape[0], k, dtype=torch.int64)
        for rows, product in self._integers.chunks(self._memory):
            latent_BK[rows] = topk_scaled(product, k)
        return latent_BK

    def _topk(self, matrix: Tensor, k: int) -> Tensor:
        # By the size of the whole: a part of it must not be left to other code.
        work = _PASSES * self.shape[0] * self.shape[1]
        return backend_for(matrix, work, compares=True).topk_rows(matrix, k)  # type: ignore[no-any-return]

    def _rows_above(self, level: float | Tensor) -> tuple[Pairs, Tensor]:
        """What the screen has above `level`, and the values it has there."""
        if self._integers is not None:
            parts = [above_scaled(product, level) for _, product in self._integers.chunks(self._memory)]
            ends = torch.cat([torch.zeros(1, dtype=torch.int64), *(offsets.diff() for _, offsets, _ in parts)])
            latent_N, values_N = torch.cat([part[0] for part in parts]), torch.cat([part[2] for part in parts])
            return Pairs(latent_N, ends.cumsum(0), self.shape[1]), values_N
        backend = backend_for(self.z_BF, _PASSES * self.z_BF.numel(), compares=True)
        latent_N, offsets = backend.rows_above(self.z_BF, level)
        pairs = Pairs(latent_N, offsets, self.shape[1])
        return pairs, self._found(pairs)

    def _lowered(self, level: float | Tensor) -> Tensor:
        """What surely lies above `level` lies above this in the screen."""
        assert self._screen is not None
        size = self._first_BF[:_SIZE_ROWS].float().std(correction=0).nan_to_num(0.0, 0.0, 0.0)
        if not isinstance(level, Tensor):
            # Filled in where it is needed: copying a number to a GPU waits for it.
            level = torch.full((), level, device=size.device)
        return level - self._screen.margin * (size + level.abs())

    def _values(self, pairs: Pairs) -> Tensor:
        return self._found(pairs) if self._screen is None else self._dots(pairs.token_N, pairs.latent_N)

    def _found(self, pairs: Pairs) -> Tensor:
        return self.z_BF.reshape(-1)[pairs.token_N * pairs.n_latents + pairs.latent_N]

    def _dots(self, token_N: Tensor, latent_N: Tensor) -> Tensor:
        centred_BD, W_enc_FD, b_enc_F = self._parts
        return dot_pairs(centred_BD, token_N, W_enc_FD, latent_N) + b_enc_F[latent_N]


class ProvenPreActivations(PreActivations):
    """The exact choices, by way of a screen in bfloat16 that is proved to have missed nothing.

    With x̂, ŵ in bfloat16, x·w − x̂·ŵ = (x − x̂)·w + x̂·(w − ŵ), each at most the product of its two norms. That bound, for
    tokens of nearly the largest norm, is added to the bias, so the screen has what each entry is at most.
    """

    @torch.no_grad()
    def __init__(self, centred_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor) -> None:
        super().__init__(centred_BD, W_enc_FD, b_enc_F)
        x_B, x_off_B = _norms(centred_BD)
        w_F, w_off_F = _norms(W_enc_FD)
        x_off_B = x_off_B + _FLOAT32 * x_B
        usual = [_most(part_B) for part_B in (x_off_B, x_B)]
        off_F = usual[0] * w_F + usual[1] * w_off_F + 4 * _BFLOAT16 * b_enc_F.abs().amax()
        # The bound itself is rounded as part of the bias.
        bias_F = b_enc_F + off_F * (1 + 2 * _BFLOAT16)
        self._at_most = PreActivations(centred_BD, W_enc_FD, bias_F, selection="bfloat16")
        self._bias_finite = bool(torch.isfinite(bias_F).all())
        # What is missing for tokens beyond.
        self._usual_2 = torch.stack(usual)
        self._more_2B = torch.stack([x_off_B - usual[0], x_B - usual[1]]).clamp(min=0.0)
        self._more_2F = torch.stack([w_F, w_off_F])

    @torch.no_grad()
    def topk(self, k: int) -> tuple[Pairs, Tensor]:
        n_tokens, n_latents = self.shape
        n_candidates = k + max(16, k)
        if 4 * n_candidates > n_latents:
            return super().topk(k)
        latent_BM = self._at_most._screened_topk(n_candidates)
        lowest_B = self._at_most.z_BF.gather(1, latent_BM).amin(1).float()
        candidates = _fixed(latent_BM, n_latents)
        values_BM = self._dots(candidates.token_N, candidates.latent_N).view(n_tokens, -1)
        chosen_BK = self._topk(values_BM, k)
        latent_BK, values_BK = latent_BM.gather(1, chosen_BK), values_BM.gather(1, chosen_BK)
        more_B = self._more_2F.amax(1) @ self._more_2B
        others_B = lowest_B + 2 * _BFLOAT16 * lowest_B.abs() + more_B
        # Asked this way round, NaN is not proved.
        unsure = torch.le(others_B, values_BK.amin(1).clamp(min=0.0)).logical_not_().nonzero().squeeze(1)
        if len(unsure):
            pairs, values_N = self._rows(unsure).topk(k)
            latent_BK[unsure], values_BK[unsure] = pairs.latent_N.view(-1, k), values_N.view(-1, k)
        return _fixed(latent_BK, n_latents), values_BK.reshape(-1)

    @torch.no_grad()
    def above(
        self, level: float | Tensor, *, exact_above: float | Tensor | None = None, room: int | None = None
    ) -> tuple[Pairs, Tensor]:
        more_F = self._more_2B.amax(1) @ self._more_2F
        # One level serves all tokens: beside a token far larger than the others it would let nearly everything in.
        alike = bool((self._more_2B.amax(1) <= _ALIKE * self._usual_2).all())
        if not alike or not bool(torch.isfinite(more_F).all()) or not self._bias_finite:
            return super().above(level, exact_above=exact_above)
        level = torch.as_tensor(level, dtype=torch.float32, device=more_F.device)
        pairs, _ = self._at_most._rows_above(level - more_F - 2 * _BFLOAT16 * (level.abs() + more_F))
        if len(pairs) > _MOST_CANDIDATES * self.shape[0] * self.shape[1]:
            return super().above(level, exact_above=exact_above)
        values_N = self._dots(pairs.token_N, pairs.latent_N)
        return _keep(pairs, values_N, torch.le(values_N, _spread(level, pairs)).logical_not_())


def _most(size_B: Tensor) -> Tensor:
    """What nine of ten sizes do not exceed."""
    return size_B.kthvalue(max(1, round(0.9 * len(size_B)))).values


def _norms(rows: Tensor) -> tuple[Tensor, Tensor]:
    """The norm of each row, and that of what it loses in bfloat16."""
    return rows.norm(dim=1), (rows - rows.bfloat16()).norm(dim=1)


def exact_choice(centred_BD: Tensor, W_enc_FD: Tensor, b_enc_F: Tensor) -> PreActivations:
    """Pre-activations whose choices are those of full precision, in the fastest way there is to be sure of them.

    The way depends on shapes and processor alone, so the same batch gives the same bytes in every process.
    """
    n_tokens, width, n_latents = len(centred_BD), W_enc_FD.shape[1], len(W_enc_FD)
    large = n_tokens >= _WORTH_PROOF and width >= _WORTH_WIDTH and n_latents >= _WORTH_LATENTS
    on_cpu = large and centred_BD.device.type == "cpu" and multiplies_bfloat16()
    compiled = on_cpu and backend_for(centred_BD, n_tokens * width * n_latents) is not reference
    kind = ProvenPreActivations if compiled else PreActivations
    return kind(centred_BD, W_enc_FD, b_enc_F)


def _fixed(latent_BK: Tensor, n_latents: int) -> Pairs:
    n_tokens, k = latent_BK.shape
    offsets = torch.arange(0, n_tokens * k + 1, k, device=latent_BK.device)
    return Pairs(latent_BK.reshape(-1), offsets, n_latents)


def _spread(level: float | Tensor, pairs: Pairs) -> float | Tensor:
    return level.index_select(0, pairs.latent_N) if isinstance(level, Tensor) and level.dim() else level


def _keep(pairs: Pairs, values_N: Tensor, keep_N: Tensor) -> tuple[Pairs, Tensor]:
    return pairs.select(keep_N), values_N[keep_N]


def fastest_selection(width: int, latents: int, tokens: int, device: torch.device = _CPU) -> str:
    """Which of `SELECTIONS` `device` is fastest with, for batches of `tokens`; on a processor measured, for moments."""
    if width < _WORTH_WIDTH or latents < _WORTH_LATENTS:
        return "exact"
    if device.type != "cpu":
        return "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "exact"
    if bfloat16_speedup(width, latents, _WORTH_BFLOAT16) < _WORTH_BFLOAT16:
        return "exact"
    return "int8" if integer_speedup(width, latents, tokens, _WORTH_INT8) >= _WORTH_INT8 else "bfloat16"
