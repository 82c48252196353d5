"""The functions that make codes sparse. Each says which latents fire and what value they take, once for all uses.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

A sparsifier answers three questions about pre-activations z = W_enc·(x − b_dec_in) + b_enc:

- `deployed(z)`: which pairs fire under the rule a saved dictionary uses, and their z. Metrics use this one only.
- `training_pairs(z, room)`: which pairs a training step must look at (those that fire, and those that only a
  straight-through gradient sees), and their z; on a GPU in `room` places, if their number is not known.
- `values(z_N, pairs)`: their codes, differentiable. Elementwise, so it serves pairs [N] and dense [B, F] alike
  (`pairs=None`).

All are positively homogeneous: scaling z and the sparsifier's own tensors by s > 0 scales the codes by s. Folding a
normalisation into the weights (`rescale`) rests on that.

One, `MatchingPursuit`, has no function of z: it is asked for codes as a whole (`pursue`), and is not trained.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from microtome.errors import ConfigError
from microtome.kernels import Pairs, PreActivations

SPARSIFIERS = ("relu", "topk", "batchtopk", "jumprelu", "gated")


class Sparsifier(nn.Module):
    """Base: `relu`. Codes max(z, 0)."""

    name = "relu"
    #: names of the tensors a saved dictionary holds for this sparsifier
    tensors: tuple[str, ...] = ()

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__()
        self.latents = latents
        self.l0 = l0

    def deployed_level(self) -> float | Tensor | None:
        """The level of z above which a latent fires under the deployed rule, one number or one per latent [F]; None
        where that depends on the other latents."""
        return 0.0

    def deployed(self, z: PreActivations) -> tuple[Pairs, Tensor]:
        level = self.deployed_level()
        assert level is not None
        return z.above(level)

    def may_fire(self, z: Tensor) -> Tensor:
        """Where a latent with this z could fire, whatever the others have; NaN could."""
        return torch.le(z, 0.0).logical_not_()

    def firing_level(self, z_BF: Tensor) -> Tensor:
        """What z must exceed for a latent to fire when deployed, in a shape that goes with [B, F]."""
        return z_BF.new_zeros(())

    def training_level(self) -> float | Tensor:
        """The level above which z matters to a training step, one number or one per latent [F]."""
        return 0.0

    def training_pairs(self, z: PreActivations, room: int | None = None) -> tuple[Pairs, Tensor]:
        return z.above(self.training_level(), room=room)

    def values(self, z: Tensor, pairs: Pairs | None) -> Tensor:
        return torch.relu(z)

    def rescale(self, factor: float) -> None:
        """Multiply every tensor in units of z by `factor`, as z itself is about to be."""

    def spread(self, per_latent_F: Tensor, pairs: Pairs | None) -> Tensor:
        """A per-latent parameter laid out like z: gathered at the pairs, or as it is for dense z."""
        return per_latent_F if pairs is None else per_latent_F.index_select(0, pairs.latent_N)


class TopK(Sparsifier):
    """The k largest of max(z, 0) per token (Gao et al. 2024, https://arxiv.org/abs/2406.04093)."""

    name = "topk"

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        if l0 != int(l0):
            raise ConfigError(
                f"topk got --l0 {l0:g}, expected a whole number",
                cure="Give a whole number, or use --sparsifier batchtopk, which takes any mean",
            )
        self.k = int(l0)

    def deployed_level(self) -> None:
        return None

    def deployed(self, z: PreActivations) -> tuple[Pairs, Tensor]:
        pairs, z_N = self.training_pairs(z)
        fires_N = torch.le(z_N, 0.0).logical_not_()
        return (pairs, z_N) if bool(fires_N.all()) else (pairs.select(fires_N), z_N[fires_N])

    def firing_level(self, z_BF: Tensor) -> Tensor:
        return z_BF.topk(self.k, dim=1).values[:, -1:].clamp(min=0.0)

    def training_pairs(self, z: PreActivations, room: int | None = None) -> tuple[Pairs, Tensor]:
        return z.topk(self.k)


class BatchTopK(Sparsifier):
    """k·B largest of max(z, 0) over the batch; deployed with one learnt threshold for all latents.

    Bussmann et al. 2024, https://arxiv.org/abs/2412.06410. The threshold is a bias-corrected exponential average of
    the smallest value each training batch kept.
    """

    name = "batchtopk"
    tensors = ("threshold",)
    threshold: Tensor

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        self.register_buffer("threshold", torch.zeros(()))

    def deployed_level(self) -> Tensor:
        return self.threshold.clamp(min=0.0)

    def firing_level(self, z_BF: Tensor) -> Tensor:
        return self.threshold.clamp(min=0.0)

    def training_pairs(self, z: PreActivations, room: int | None = None) -> tuple[Pairs, Tensor]:
        return z.largest(round(self.l0 * z.shape[0]))

    def rescale(self, factor: float) -> None:
        self.threshold.mul_(factor)


class _JumpReLU(torch.autograd.Function):
    """z·1[z>θ]; dz = 1[z>θ], dθ = −(θ/ε)·1[|z−θ|<ε/2] (Rajamanoharan et al. 2024, https://arxiv.org/abs/2407.14435)."""

    @staticmethod
    def forward(ctx, z: Tensor, threshold: Tensor, width: float) -> Tensor:  # type: ignore[no-untyped-def,override]
        ctx.save_for_backward(z, threshold)
        ctx.width = width
        return z * (z > threshold)

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[no-untyped-def,override]
        z, threshold = ctx.saved_tensors
        in_window = (z - threshold).abs() < ctx.width / 2
        grad_threshold = -(threshold / ctx.width) * in_window * grad
        return grad * (z > threshold), grad_threshold.sum_to_size(threshold.shape), None


class _Step(torch.autograd.Function):
    """1[z>θ]; dθ = −(1/ε)·1[|z−θ|<ε/2], dz = 0 (same source, equation of the L0 penalty)."""

    @staticmethod
    def forward(ctx, z: Tensor, threshold: Tensor, width: float) -> Tensor:  # type: ignore[no-untyped-def,override]
        ctx.save_for_backward(z, threshold)
        ctx.width = width
        return (z > threshold).to(z.dtype)

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[no-untyped-def,override]
        z, threshold = ctx.saved_tensors
        in_window = (z - threshold).abs() < ctx.width / 2
        return None, (-(in_window / ctx.width) * grad).sum_to_size(threshold.shape), None


class JumpReLU(Sparsifier):
    """z·1[z>θ] with a threshold per latent, learnt through straight-through gradients.

    `threshold` [F] is kept at 0 or above by the trainer. `width` is the bandwidth ε of the rectangle kernel, in units
    of z; only training uses it.
    """

    name = "jumprelu"
    tensors = ("threshold",)

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        self.threshold = nn.Parameter(torch.zeros(latents))
        self.width = 1.0

    def deployed_level(self) -> Tensor:
        return self.threshold.detach()

    def firing_level(self, z_BF: Tensor) -> Tensor:
        return self.threshold.detach()

    def training_level(self) -> Tensor:
        return self.threshold.detach() - self.width / 2

    def training_pairs(self, z: PreActivations, room: int | None = None) -> tuple[Pairs, Tensor]:
        # Of what lies below its threshold only whether it is in the window counts, not the value.
        return z.above(self.training_level(), exact_above=self.threshold.detach(), room=room)

    def values(self, z: Tensor, pairs: Pairs | None) -> Tensor:
        return _JumpReLU.apply(z, self.spread(self.threshold, pairs), self.width)  # type: ignore[no-any-return]

    def steps(self, z: Tensor, pairs: Pairs | None) -> Tensor:
        """1[z>θ] with the straight-through gradient: the terms of L0."""
        return _Step.apply(z, self.spread(self.threshold, pairs), self.width)  # type: ignore[no-any-return]

    def rescale(self, factor: float) -> None:
        with torch.no_grad():
            self.threshold.mul_(factor)
        self.width *= factor


class Gated(Sparsifier):
    """1[z>0]·max(exp(r_mag)·(z − b_gate) + b_mag, 0), z the gate path and b_gate its bias (the dictionary's b_enc).

    Rajamanoharan et al. 2024, https://arxiv.org/abs/2404.16014; both paths share one encoder product.
    """

    name = "gated"
    tensors = ("r_mag", "b_mag")

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        self.r_mag = nn.Parameter(torch.zeros(latents))
        self.b_mag = nn.Parameter(torch.zeros(latents))
        self._b_gate: list[nn.Parameter] = []

    def share_gate_bias(self, b_enc: nn.Parameter) -> None:
        # In a list so that the module does not register the dictionary's parameter a second time.
        self._b_gate = [b_enc]

    def values(self, z: Tensor, pairs: Pairs | None) -> Tensor:
        b_gate, r_mag, b_mag = (self.spread(p, pairs) for p in (self._b_gate[0], self.r_mag, self.b_mag))
        return (z > 0) * torch.relu(r_mag.exp() * (z - b_gate) + b_mag)

    def deployed(self, z: PreActivations) -> tuple[Pairs, Tensor]:
        open_gates, z_N = z.above(0.0)
        with torch.no_grad():
            fires_N = torch.le(self.values(z_N, open_gates), 0.0).logical_not_()
        return open_gates.select(fires_N), z_N[fires_N]

    def rescale(self, factor: float) -> None:
        with torch.no_grad():
            self.b_mag.mul_(factor)


class AbsTopK(TopK):
    """The k largest of |z| per token, with their sign (https://arxiv.org/abs/2510.00404)."""

    name = "abstopk"

    def deployed(self, z: PreActivations) -> tuple[Pairs, Tensor]:
        pairs, _ = PreActivations.of(z.z_BF.abs()).topk(self.k)
        z_N = z.z_BF[pairs.token_N, pairs.latent_N]
        fires_N = z_N != 0.0
        return pairs.select(fires_N), z_N[fires_N]

    def may_fire(self, z: Tensor) -> Tensor:
        return z != 0.0

    def firing_level(self, z_BF: Tensor) -> Tensor:
        return super().firing_level(z_BF.abs())

    def values(self, z: Tensor, pairs: Pairs | None) -> Tensor:
        return z


class GroupMax(TopK):
    """Of k groups of F/k neighbouring latents, the largest of max(z, 0) in each."""

    name = "groupmax"

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        if latents % self.k:
            raise ConfigError(
                f"groupmax got {latents} latents for {self.k} groups, expected a multiple",
                cure="Give a file whose number of latents is a multiple of its k",
            )

    def firing_level(self, z_BF: Tensor) -> Tensor:
        groups_BKG = z_BF.unflatten(1, (self.k, -1))
        return groups_BKG.amax(2, keepdim=True).clamp(min=0.0).expand_as(groups_BKG).flatten(1)

    def deployed(self, z: PreActivations) -> tuple[Pairs, Tensor]:
        n_tokens, n_latents = z.shape
        largest_BK = z.z_BF.unflatten(1, (self.k, -1)).argmax(2)
        latent_N = (largest_BK + torch.arange(0, n_latents, n_latents // self.k, device=largest_BK.device)).flatten()
        offsets = torch.arange(0, n_tokens * self.k + 1, self.k, device=latent_N.device)
        pairs = Pairs(latent_N, offsets, n_latents)
        z_N = z.z_BF[pairs.token_N, latent_N]
        fires_N = torch.le(z_N, 0.0).logical_not_()
        return pairs.select(fires_N), z_N[fires_N]


class MatchingPursuit(Sparsifier):
    """Latents found one after another, each in what the ones before left over (https://arxiv.org/abs/2506.03093).

    At each step the latent with the largest W_enc·r is chosen, r what is left of the input (at first x − b_dec_in), its
    code grows by max(W_enc·r, 0), and that much of its row of W_dec is taken from r. A token is done when ‖r‖ is below
    `residual_threshold` (0: never), with `stop_on_duplicates` when a step chose no new latent, and after
    `max_iterations`. So a code is no function of its own z: the dictionary asks `pursue` in place of `deployed` and
    `values`, b_enc is not used, and there is no level that a latent must exceed.
    """

    name = "matching_pursuit"
    tensors = ("residual_threshold", "max_iterations", "stop_on_duplicates")
    residual_threshold: Tensor
    max_iterations: Tensor
    stop_on_duplicates: Tensor

    def __init__(self, latents: int, l0: float) -> None:
        super().__init__(latents, l0)
        for name in self.tensors:
            self.register_buffer(name, torch.zeros(()))

    def deployed_level(self) -> None:
        return None

    def may_fire(self, z: Tensor) -> Tensor:
        # What is taken out on the way may turn what is left towards any latent.
        return torch.ones_like(z, dtype=torch.bool)

    def firing_level(self, z_BF: Tensor) -> Tensor:
        # None is known, so none is nearly reached.
        return z_BF.new_full((), torch.inf)

    def rescale(self, factor: float) -> None:
        self.residual_threshold.mul_(factor)

    def pursue(self, rest_BD: Tensor, W_enc_FD: Tensor, W_dec_FD: Tensor) -> tuple[Tensor, Pairs]:
        """(codes [N], their pairs) of centred inputs; differentiable in all three."""
        n_tokens, n_latents = len(rest_BD), len(W_enc_FD)
        token_A = torch.arange(n_tokens, device=rest_BD.device)
        fired_BF = torch.zeros(n_tokens, n_latents, dtype=torch.bool, device=rest_BD.device)
        places, values = [token_A[:0]], [rest_BD[:0, 0]]
        rest_AD = rest_BD
        for _ in range(int(self.max_iterations)):
            with torch.no_grad():
                latent_A = (rest_AD @ W_enc_FD.T).relu().argmax(1)
            value_A = (rest_AD * W_enc_FD[latent_A]).sum(1).relu()
            rest_AD = rest_AD - value_A[:, None] * W_dec_FD[latent_A]
            counts_A = value_A.detach() != 0.0  # NaN counts, so that it is seen
            places.append((token_A * n_latents + latent_A)[counts_A])
            values.append(value_A[counts_A])
            on_A = torch.ones_like(counts_A)
            if self.stop_on_duplicates:
                on_A &= counts_A & ~fired_BF[token_A, latent_A]
            if self.residual_threshold > 0:
                on_A &= ~(rest_AD.detach().norm(dim=1) < self.residual_threshold)
            fired_BF[token_A[counts_A], latent_A[counts_A]] = True
            token_A, rest_AD = token_A[on_A], rest_AD[on_A]
            if not len(token_A):
                break
        place_N, index = torch.cat(places).unique(return_inverse=True)
        values_N = rest_BD.new_zeros(len(place_N)).index_add(0, index, torch.cat(values))
        offsets = torch.zeros(n_tokens + 1, dtype=torch.int64, device=rest_BD.device)
        torch.cumsum(torch.bincount(place_N // n_latents, minlength=n_tokens), 0, out=offsets[1:])
        return values_N, Pairs(place_N % n_latents, offsets, n_latents)


# The last three are those of other libraries' dictionaries, which are used and not trained here.
_ALL = (Sparsifier, TopK, BatchTopK, JumpReLU, Gated, AbsTopK, GroupMax, MatchingPursuit)
_KINDS: dict[str, type[Sparsifier]] = {c.name: c for c in _ALL}


def make_sparsifier(name: str, *, latents: int, l0: float) -> Sparsifier:
    """The sparsifier called `name`, for `latents` latents and a mean of `l0` active ones per token."""
    if name not in _KINDS:
        raise ConfigError(
            f"got sparsifier '{name}', expected one of {', '.join(SPARSIFIERS)}",
            cure="Give --sparsifier one of these names",
        )
    return _KINDS[name](latents, l0)
