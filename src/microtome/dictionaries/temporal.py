"""What the tokens before say of an activation: the part of a temporal sae that needs whole sequences in order.

Legend of suffixes: B sequences, T token position, D width, F latents, L layers, E width of queries and keys, H heads.

Lubana et al. 2025 (https://arxiv.org/abs/2511.01836), as SAELens deploys it (`saes/temporal_sae.py` of sae_lens
6.54.12). Begin with r = x − b_in. Each layer makes dense codes z = max(W_enc·r, 0), attends from z of a token to z of
those before it (the first one to zeros), takes the ReLU of what that gives, decodes it to d = W_decᵀ·ẑ, and removes
from r its part along d: r ← r − ⟨d, r⟩/(‖d‖ + ε)²·d. What all layers removed is the prediction; a dictionary of single
tokens encodes the rest. Nothing of a token or of a later one goes into the keys and values it sees, so what is
predicted changes with the tokens up to it alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

from microtome.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TemporalConfig:
    """layers: of attention, one after another. heads: of each. width: of the queries of all heads together."""

    layers: int
    heads: int
    width: int

    def __post_init__(self) -> None:
        if min(self.layers, self.heads, self.width) < 1 or self.width % self.heads:
            raise ConfigError(
                f"got {self.layers} layers of {self.heads} heads with queries {self.width} wide together, "
                "expected at least 1 of each and as much for every head",
                cure="Check the settings of its attention",
            )


class Temporal(nn.Module):
    """Frozen weights of the prediction, stacked over layers. `W_Q`, `W_K` [L, E, F], `W_V`, `W_O` [L, F, F]."""

    tensors = ("b_in", "epsilon", "W_Q", "b_Q", "W_K", "b_K", "W_V", "b_V", "W_O", "b_O")

    def __init__(self, config: TemporalConfig, *, d_in: int, latents: int) -> None:
        super().__init__()
        if latents % config.heads:
            raise ConfigError(
                f"got {latents} latents for {config.heads} heads, expected as many for every head",
                cure="Check the settings of its attention",
            )
        self.heads = config.heads
        self.register_buffer("b_in", torch.zeros(d_in))
        self.register_buffer("epsilon", torch.tensor(1e-6))
        for name, out in (("Q", config.width), ("K", config.width), ("V", latents), ("O", latents)):
            self.register_buffer(f"W_{name}", torch.zeros(config.layers, out, latents))
            self.register_buffer(f"b_{name}", torch.zeros(config.layers, out))

    def predict(self, x_BTD: Tensor, W_enc_FD: Tensor, W_dec_FD: Tensor) -> Tensor:
        """What of each activation is predicted, [B, T, D]."""
        rest_BTD = x_BTD - self.get_buffer("b_in")
        predicted_BTD = torch.zeros_like(rest_BTD)
        for layer in range(len(self.get_buffer("W_Q"))):
            z_BTF = torch.relu(linear(rest_BTD, W_enc_FD))
            before_BTF = torch.cat([torch.zeros_like(z_BTF[:, :1]), z_BTF[:, :-1]], 1)
            direction_BTD = torch.relu(self._attend(z_BTF, before_BTF, layer)) @ W_dec_FD
            size_BT1 = direction_BTD.norm(dim=-1, keepdim=True) + self.get_buffer("epsilon")
            along_BT1 = (direction_BTD * rest_BTD).sum(-1, keepdim=True) / size_BT1.square()
            predicted_BTD = predicted_BTD + along_BT1 * direction_BTD
            rest_BTD = rest_BTD - along_BT1 * direction_BTD
        return predicted_BTD

    def _attend(self, z_BTF: Tensor, before_BTF: Tensor, layer: int) -> Tensor:
        q, k, v = (
            self._linear(name, layer, given).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for name, given in (("Q", z_BTF), ("K", before_BTF), ("V", before_BTF))
        )
        mixed_BTF = scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        return self._linear("O", layer, mixed_BTF)

    def _linear(self, name: str, layer: int, given_BTF: Tensor) -> Tensor:
        return linear(given_BTF, self.get_buffer(f"W_{name}")[layer], self.get_buffer(f"b_{name}")[layer])
