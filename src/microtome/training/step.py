"""Training of one dictionary: the step, and all state that a checkpoint must hold.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

Works on normalised activations (`activations.Normalisation`) and knows nothing of language models, files or epochs.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from microtome.dictionaries import Dictionary
from microtome.dictionaries.sparsifiers import BatchTopK, JumpReLU, TopK
from microtome.dictionaries.storage import put_tensors, tensors_of
from microtome.errors import ConfigError
from microtome.kernels import Workspace
from microtome.training import losses
from microtome.training.adam import Adam
from microtome.training.optimiser import OptimiserConfig

# Steps between two looks at what only the host can act on: which latents are dead, and what to show of steps on a GPU.
# In between nothing waits for the GPU.
LOOK_EVERY = 8
# Above this share of active pairs, dense products are faster than work per pair, below the second they are slower.
# Between the two the choice stays, so that it does not flip at every look.
_DENSE_ABOVE, _SPARSE_BELOW = 0.12, 0.08
# Places for pairs on a GPU, per pair of the last look. Their number changes by some percent until the next.
_ROOM = 2
# Sparsifiers whose pairs are as many as are above a level, and which are steered to the L0 that was asked for.
_STEERED = ("relu", "gated", "jumprelu")
# Weight of each step in the average of the smallest value kept (batchtopk). The value falls as training goes on, so a
# long memory would leave the threshold too high and L0 too low; within five steps it hardly moves.
_AVERAGING = 0.2
# Thresholds of jumprelu learn this much faster than weights: a step of Adam moves one number by about the rate, and a
# threshold is one number where a pre-activation is a sum of hundreds that all move. On 640 wide activations L0 doubled
# as training began with 3, and swung around its target for 300 steps; with 30 a sixth of 8,192 latents died.
_THRESHOLD_RATE = 10.0
# What jumprelu's multiplier learns from one step is bounded, or the first steps, which are far off, would wind it up.
_LARGEST_EXCESS = 0.25
# How strongly λ answers to L0's distance from its target at once, beside what it has learnt over the steps.
_PROPORTIONAL = 1.0


@dataclass(frozen=True, eq=False)
class StepResult:
    """What a step measured, on its own batch and before its update. `fvu` is against the run's fixed variance.

    `measured` (float64 [5]) holds the numbers that are properties here; it is where they were computed, and a GPU is
    waited for when one is first read.
    """

    measured: Tensor
    lr: float

    @cached_property
    def _numbers(self) -> list[float]:
        return self.measured.cpu().tolist()  # type: ignore[no-any-return]

    @property
    def loss(self) -> float:
        return self._numbers[0]

    @property
    def fvu(self) -> float:
        return self._numbers[1]

    @property
    def l0(self) -> float:
        return self._numbers[2]

    @property
    def dead_fraction(self) -> float:
        return self._numbers[3]

    @property
    def sparsity(self) -> float | None:
        """The λ or multiplier it used; None for sparsifiers that have none."""
        return None if math.isnan(self._numbers[4]) else self._numbers[4]


class DictionaryTrainer:
    """Optimises one dictionary, batch by batch.

    `total_tokens` sets the schedule; `variance` is E‖y − ȳ‖² of the normalised targets. The whole state is in
    `state()`; after `load_state()` the next steps are those that would have followed, bit for bit.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        config: OptimiserConfig,
        *,
        total_tokens: int,
        variance: float,
        selection: str = "exact",
        workspace: Workspace | None = None,
    ) -> None:
        shape = dictionary.config
        if shape.temporal is not None:
            raise ConfigError(
                "got a temporal dictionary to train, whose rows need an order that batches do not have, expected one "
                "that encodes each token on its own",
                cure="Train it in its library",
            )
        self.dictionary, self.config = dictionary, config
        self.total_tokens, self.variance = total_tokens, variance
        self.k_aux = config.k_aux or max(1, shape.d_out // 2)
        self.dead_after = config.dead_after_tokens or round(100 * shape.latents / shape.l0)
        self.selection, self.workspace = selection, workspace or Workspace()
        self.optimiser = Adam(
            dict(dictionary.named_parameters()),
            config,
            rates={"sparsifier.threshold": _THRESHOLD_RATE},
            unit_rows="W_dec",
        )
        device = dictionary.W_dec.device
        self.silent_F = torch.zeros(shape.latents, dtype=torch.int64, device=device)
        self.dead = torch.zeros(0, dtype=torch.int64, device=device)
        self.tokens = 0
        self.steps = 0
        self.steered = shape.sparsifier in _STEERED
        # λ of the L1 penalty (relu, gated), or the multiplier of L0/target − 1 (jumprelu): moved to reach L0.
        initial = 0.0 if shape.sparsifier == "jumprelu" else config.sparsity
        self.sparsity = self._sparsity_memory = torch.full((), initial, dtype=torch.float64, device=device)
        self.dense = False
        # Places for pairs between two looks, None where a look has yet to say; and the most that were taken since.
        self.room: int | None = None
        self._most = torch.zeros((), dtype=torch.int64, device=device)
        self._cut_average, self._cut_unseen = torch.zeros((), dtype=torch.float64, device=device), 1.0
        # AuxK teaches dead latents what is left over, which a transcoder's can read from its input only in part: there
        # it revives slowly. The pull alone, which Adam turns into full steps, is quick; beside AuxK it is drowned out.
        self.revives_by_auxk = config.revives_by_auxk(shape.sparsifier, shape.kind)

    def step(self, x_BD: Tensor, y_BD: Tensor) -> StepResult:
        """One update from normalised inputs and targets."""
        dictionary = self.dictionary
        looks = self.steps % LOOK_EVERY == 0
        out = losses.forward_training(
            dictionary,
            x_BD,
            dense=self.dense,
            selection=self.selection,
            workspace=self.workspace,
            room=None if looks else self.room,
        )
        is_dead_F = self.silent_F >= self.dead_after
        if looks:
            self.dead = is_dead_F.nonzero().squeeze(1)
        reconstruction, error_BD = losses.reconstruction_losses(dictionary, out, x_BD, y_BD, self.variance)
        loss = torch.stack(reconstruction).mean()
        loss = loss + self._sparsity_loss(x_BD, y_BD, out)
        loss.backward()  # type: ignore[no-untyped-call]
        total = loss.detach().double()
        if len(self.dead):
            total = total + self._revive(x_BD, error_BD, self.dead)
        lr = self.config.learning_rate(self.tokens, self.total_tokens)
        self.optimiser.step(self.steps + 1, lr)
        if isinstance(dictionary.sparsifier, JumpReLU):
            with torch.no_grad():
                dictionary.sparsifier.threshold.clamp_(min=0.0)
        sparsity = self.sparsity if self.steered else torch.full_like(self.sparsity, math.nan)
        if looks and self.steered:
            self._look_at_density(out, len(x_BD))
        l0 = self._count(out, len(x_BD))
        fvu, dead = reconstruction[-1].detach().double(), is_dead_F.double().mean()
        return StepResult(torch.stack([total, fvu, l0, dead, sparsity]), lr)

    def _revive(self, x_BD: Tensor, error_BD: Tensor, dead: Tensor) -> Tensor | float:
        """Add what brings dead latents back to the gradients, and return its share of the loss."""
        dictionary, config = self.dictionary, self.config
        weight = config.auxk if self.revives_by_auxk else config.dead_pull
        if weight == 0:
            return 0.0
        rows = losses.DeadLatents.of(dictionary, dead)
        # Batches are shuffled: the first tokens are as good as any.
        x_BD = x_BD[: config.revival_tokens]
        if self.revives_by_auxk:
            residual_BD = -error_BD[: config.revival_tokens]
            loss = weight * losses.auxk_loss(dictionary, rows, x_BD, residual_BD, self.k_aux)
        else:
            loss = weight * losses.dead_pre_activation_loss(dictionary, rows, x_BD, self._cut())
        loss.backward()  # type: ignore[no-untyped-call]
        rows.add_gradients_to(dictionary)
        return loss.detach()

    def _sparsity_loss(self, x_BD: Tensor, y_BD: Tensor, out: losses.Forward) -> Tensor | float:
        dictionary, config = self.dictionary, self.config
        name, sparsity = dictionary.config.sparsifier, self.sparsity.to(x_BD.dtype)
        if name == "relu":
            return sparsity * losses.sparsity_l1(dictionary, out.values, out.pairs)
        if name == "gated":
            gate = torch.relu(out.z)
            auxiliary = losses.gate_reconstruction_loss(dictionary, x_BD, y_BD, gate, out.pairs, self.variance)
            return sparsity * losses.sparsity_l1(dictionary, gate, out.pairs) + auxiliary
        if name == "jumprelu":
            excess = losses.l0_of_steps(dictionary, out.z, out.pairs) / dictionary.config.l0 - 1
            return config.l0_pull * excess.square() + sparsity * excess
        return 0.0

    @torch.no_grad()
    def _count(self, out: losses.Forward, n_tokens: int) -> Tensor:
        """Bookkeeping after a step: who fired, thresholds and controllers. Returns L0. Nothing waits for a GPU."""
        config = self.dictionary.config
        fired = out.values > 0
        if out.pairs is None:
            counts_F = fired.sum(0)
        else:
            counts_F = torch.zeros_like(self.silent_F).index_add_(0, out.pairs.latent_N, fired.long())
        self.silent_F = torch.where(counts_F > 0, 0, self.silent_F + n_tokens)
        self.tokens += n_tokens
        self.steps += 1
        l0 = counts_F.sum().double() / n_tokens
        if out.pairs is not None and out.pairs.spare:
            self._most = torch.maximum(self._most, out.pairs.offsets[-1])
        if config.sparsifier in ("relu", "gated"):
            self._steer_sparsity(l0)
        if config.sparsifier == "jumprelu":
            # The square alone balances where more L0 pays for itself; the multiplier takes over that force
            # (an augmented Lagrangian), so that L0 ends at the target whatever reconstruction would gain.
            excess = l0 / config.l0 - 1
            self.sparsity = self.sparsity + self.config.l0_gain * excess.clamp(-_LARGEST_EXCESS, _LARGEST_EXCESS)
        is_topk = isinstance(self.dictionary.sparsifier, TopK)
        # Of topk, only the pull asks where the cut is.
        if isinstance(self.dictionary.sparsifier, BatchTopK) or (is_topk and not self.revives_by_auxk):
            self._average_cut(self._smallest_kept(out.values, fired), n_tokens)
        return l0

    @torch.no_grad()
    def _look_at_density(self, out: losses.Forward, n_tokens: int) -> None:
        """Choose the arithmetic of the steps until the next look, and how many pairs a GPU has places for in them."""
        if self.room is not None and int(self._most) >= self.room:
            warnings.warn(
                f"all {self.room} places for active pairs were taken on the GPU: some may have been left out of the "
                f"last {LOOK_EVERY} steps of a {self.dictionary.config.sparsifier} dictionary",
                stacklevel=2,
            )
        # What the sparse path would look at, which for jumprelu is more than what fires.
        level = self.dictionary.sparsifier.training_level()
        looked_at = int((out.z > level).sum()) if out.pairs is None else len(out.pairs)
        density = looked_at / (n_tokens * self.dictionary.config.latents)
        self.dense = density > (_SPARSE_BELOW if self.dense else _DENSE_ABOVE)
        self.room = _ROOM * looked_at + n_tokens
        self._most = torch.zeros_like(self._most)

    def _steer_sparsity(self, l0: Tensor) -> None:
        """Move λ so that L0 comes to its target: an integral term that remembers, and a proportional one that damps."""
        error = (l0 / self.dictionary.config.l0).clamp(1 / 8, 8.0).log()
        self._sparsity_memory = self._sparsity_memory * (self.config.sparsity_gain * error).exp()
        self.sparsity = self._sparsity_memory * (_PROPORTIONAL * error).exp()

    def _smallest_kept(self, values_N: Tensor, fired_N: Tensor) -> Tensor:
        """The value that decides who fires: of the batch for batchtopk, per token and then their mean for topk."""
        if isinstance(self.dictionary.sparsifier, TopK):
            return values_N.view(-1, self.dictionary.sparsifier.k).min(1).values.mean().double()
        # Where none fired there is infinity alone, which stands for 0.
        kept_N = torch.cat([torch.where(fired_N, values_N, math.inf), values_N.new_full((1,), math.inf)])
        smallest = kept_N.min().double()
        return torch.where(torch.isinf(smallest), 0.0, smallest)

    def _cut(self) -> Tensor:
        """The level above which z fires lately; 0 for sparsifiers whose level is that, or before the first step."""
        return self._cut_average / (1 - self._cut_unseen) if self._cut_unseen < 1 else self._cut_average

    def _average_cut(self, smallest: Tensor, n_tokens: int) -> None:
        # A batch smaller than the others says less about where the cut is.
        weight = _AVERAGING * min(1.0, n_tokens * self.steps / self.tokens)
        self._cut_average = self._cut_average + weight * (smallest - self._cut_average)
        self._cut_unseen *= 1 - weight
        if isinstance(self.dictionary.sparsifier, BatchTopK):
            self.dictionary.sparsifier.threshold.fill_(self._cut())

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors, numbers): everything the next step depends on."""
        tensors = {f"weight.{name}": tensor for name, tensor in tensors_of(self.dictionary).items()}
        tensors["silent_F"], tensors["dead"] = self.silent_F, self.dead
        tensors.update({f"adam.{name}": average for name, average in self.optimiser.state().items()})
        numbers = {
            "tokens": self.tokens,
            "steps": self.steps,
            "sparsity": float(self.sparsity),
            "sparsity_memory": float(self._sparsity_memory),
            "dense": self.dense,
            "room": self.room,
            "cut_average": float(self._cut_average),
            "cut_unseen": self._cut_unseen,
            "width": getattr(self.dictionary.sparsifier, "width", 0.0),
            "variance": self.variance,
        }
        return tensors, numbers

    def load_state(self, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any], *, origin: str) -> None:
        """The inverse of `state()`."""
        weights = {n.removeprefix("weight."): t for n, t in tensors.items() if n.startswith("weight.")}
        put_tensors(self.dictionary, weights, origin=origin)
        device = self.dictionary.W_dec.device
        self.silent_F = tensors["silent_F"].to(device, copy=True)
        # Earlier checkpoints were of steps that all looked.
        dead = tensors.get("dead", (self.silent_F >= self.dead_after).nonzero().squeeze(1))
        self.dead = dead.to(device, copy=True)
        self.tokens, self.steps = numbers["tokens"], numbers["steps"]
        averages = {n.removeprefix("adam."): t for n, t in tensors.items() if n.startswith("adam.")}
        self.optimiser.load_state(averages)
        self.sparsity = torch.full_like(self.sparsity, numbers["sparsity"])
        self._sparsity_memory = torch.full_like(self.sparsity, numbers["sparsity_memory"])
        # Earlier checkpoints were of steps that all asked how many pairs there are.
        self.dense, self.room = numbers["dense"], numbers.get("room")
        self._cut_average = torch.full((), numbers["cut_average"], dtype=torch.float64, device=device)
        self._cut_unseen = numbers["cut_unseen"]
        self.variance = numbers["variance"]
        if isinstance(self.dictionary.sparsifier, JumpReLU):
            self.dictionary.sparsifier.width = numbers["width"]
