"""How a dictionary is optimised: the settings, with defaults that are meant never to be touched, and the schedule."""

from __future__ import annotations

from dataclasses import dataclass

from microtome.errors import ConfigError

REVIVALS = ("auto", "auxk", "pull")


@dataclass(frozen=True, kw_only=True)
class OptimiserConfig:
    """Settings of one dictionary's optimisation, on activations of norm √D.

    lr: peak learning rate of Adam. warmup, decay: shares of all tokens over which the rate rises from zero, and falls
    to zero at the end. beta1, beta2: Adam's averages. clip: largest norm of the gradient.
    dead_after_tokens: a latent silent for this many tokens is dead; 0 picks 100 times the mean distance between two
    activations of one latent, F/L0. revive: how dead latents are brought back, `auxk` (topk, batchtopk), `pull`, or
    `auto`: AuxK for SAEs with topk and batchtopk, the pull for all others.
    revival_tokens: tokens of each batch from which dead latents learn; more cost time and find the same direction.
    k_aux: dead latents per token in AuxK; 0 picks D_out/2. auxk: weight of AuxK. dead_pull: weight of the pull.
    sparsity: starting weight λ of the L1 penalty (relu, gated), then moved to reach L0 at `sparsity_gain` per step.
    l0_pull: weight of (L0/target − 1)², l0_gain: how fast the multiplier of L0/target − 1 grows per step (jumprelu).
    """

    lr: float = 2e-3
    warmup: float = 0.05
    decay: float = 0.3
    beta1: float = 0.9
    beta2: float = 0.999
    clip: float = 1.0
    dead_after_tokens: int = 0
    revive: str = "auto"
    revival_tokens: int = 256
    k_aux: int = 0
    auxk: float = 1 / 32
    dead_pull: float = 3e-4
    sparsity: float = 0.1
    sparsity_gain: float = 0.1
    l0_pull: float = 1.0
    l0_gain: float = 0.01

    def __post_init__(self) -> None:
        if not self.lr > 0:
            raise ConfigError(f"got a learning rate of {self.lr:g}, expected more than 0", cure="Raise lr")
        if self.revive not in REVIVALS:
            raise ConfigError(
                f"got revive '{self.revive}', expected one of {', '.join(REVIVALS)}", cure="Give revive one of these"
            )
        if self.warmup < 0 or self.decay < 0 or self.warmup + self.decay > 1:
            raise ConfigError(
                f"got warmup {self.warmup:g} and decay {self.decay:g}, "
                "expected shares of the run that sum to at most 1",
                cure="Lower warmup or decay",
            )
        for name in ("dead_after_tokens", "k_aux", "auxk", "l0_pull", "l0_gain", "dead_pull", "sparsity_gain"):
            if getattr(self, name) < 0:
                raise ConfigError(f"got {name} = {getattr(self, name)}, expected 0 or more", cure=f"Raise {name}")
        if self.revival_tokens < 1:
            raise ConfigError(
                f"got revival_tokens = {self.revival_tokens}, expected 1 or more",
                cure="Raise it; to let latents die, set auxk and dead_pull to 0",
            )
        if not (self.clip > 0 and self.sparsity > 0):
            raise ConfigError(
                f"got clip {self.clip:g} and sparsity {self.sparsity:g}, expected more than 0", cure="Raise them"
            )

    def revives_by_auxk(self, sparsifier: str, kind: str) -> bool:
        """Whether AuxK brings back the dead latents of such a dictionary; otherwise the pull does.

        Raises `ConfigError` where AuxK could teach nothing: z of a dead latent is below 0 for the other sparsifiers.
        """
        if self.revive == "auto":
            return sparsifier in ("topk", "batchtopk") and kind == "sae"
        if self.revive == "auxk" and sparsifier not in ("topk", "batchtopk"):
            raise ConfigError(
                f"got revive 'auxk' with {sparsifier}, expected topk or batchtopk", cure="Use 'auto' or 'pull'"
            )
        return self.revive == "auxk"

    def learning_rate(self, tokens: int, total_tokens: int) -> float:
        """The rate for the step that begins after `tokens` of `total_tokens`: linear up, flat, linear down to zero."""
        done = tokens / total_tokens
        # The first step begins at 0 tokens and must not have a rate of 0.
        up = min(1.0, (done + 0.002) / self.warmup) if self.warmup else 1.0
        down = min(1.0, (1 - done) / self.decay) if self.decay else 1.0
        return self.lr * max(min(up, down), 0.0)
