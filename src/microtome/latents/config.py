"""What a latent store holds of every latent, as one frozen value; everything in it bounds memory or disk."""

from __future__ import annotations

from dataclasses import dataclass, fields

from microtome.errors import ConfigError
from microtome.latents.records import LEAST


@dataclass(frozen=True, kw_only=True)
class StoreConfig:
    """How much is kept of each latent.

    top: strongest examples. bands, per_band: octaves of activation below the strongest, and examples of each.
    near_misses: contexts in which the latent nearly fired. near_every: they are looked for in one block of so many.
    contexts: held-out contexts that labels are scored on, as many in which the latent fires as in which it is silent.
    before, after: tokens of an example around its peak.
    tokens, logits, neighbours, coactive, coordinates: lengths of those lists.
    row_group: latents in one row group of a file. batch_tokens: tokens of a forward pass.
    checkpoint_tokens: tokens between checkpoints. memory_mib: memory for turning codes by token into codes by latent.
    seed: of the reservoirs.
    """

    top: int = 20
    bands: int = 5
    per_band: int = 4
    near_misses: int = 4
    near_every: int = 8
    contexts: int = 10
    before: int = 24
    after: int = 12
    tokens: int = 16
    logits: int = 10
    neighbours: int = 10
    coactive: int = 10
    coordinates: int = 10
    row_group: int = 64
    batch_tokens: int = 4096
    checkpoint_tokens: int = 131_072
    memory_mib: int = 512
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"top": 1, "bands": 1, "near_every": 1, "row_group": 1, "batch_tokens": 1, "checkpoint_tokens": 1}
        least["contexts"] = LEAST
        for field in fields(self):
            value, lowest = getattr(self, field.name), least.get(field.name, 0)
            if value < lowest:
                raise ConfigError(f"got {field.name} = {value}, expected at least {lowest}", cure=f"Raise {field.name}")
        if self.memory_mib < 64:
            raise ConfigError(f"got memory_mib = {self.memory_mib}, expected at least 64", cure="Raise memory_mib")

    @property
    def slots(self) -> int:
        """Examples of a latent, near misses not counted, at most."""
        return self.top + self.bands * self.per_band

    @property
    def window(self) -> int:
        """Tokens of an example, at most."""
        return self.before + 1 + self.after
