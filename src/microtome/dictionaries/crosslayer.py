"""A cross-layer transcoder: latents of a layer read its MLP's input and write to the MLP outputs of it and all after.

Legend of suffixes: L layers, B tokens, D width, F latents of a layer.

    a_l = sparsify(W_enc_l·x_l + b_enc_l),   ŷ_m = Σ_{l ≤ m} a_lᵀ·W_dec_l[:, m − l] + b_dec_m (+ W_skip_m·x_m)

(https://transformer-circuits.pub/2025/attribution-graphs/methods.html, "Building an interpretable replacement model".)
Decoders are the bulk, F·L²/2·D numbers, and only the rows of latents that fired are needed. So layers are asked for one
at a time through a function, which may read them from a file, and what is read is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from microtome.errors import ConfigError


@dataclass(frozen=True, eq=False)
class EncoderLayer:
    """One layer's encoder: `W_enc` [F, D], `b_enc` [F], `threshold` [F] for jumprelu or None for relu."""

    W_enc: Tensor
    b_enc: Tensor
    threshold: Tensor | None


class CrosslayerTranscoder:
    """Encoders, decoders and biases of all layers.

    `encoder(l)` gives a layer's `EncoderLayer`; `decoder(l, latents)` the rows [n, L − l, D] of its decoder for an
    index [n], or all of them for None. `b_dec_LD`; `W_skip_LDD` [L, D_out, D_in] or None.

    `point_in`, `point_out`: what it reads and predicts in every layer, None for a place that has no name here;
    `before_gain`: what it reads is before the norm's gain; `model`: what it was made for; `facts`: what its file says.
    """

    kind = "crosslayer_transcoder"

    def __init__(
        self,
        *,
        latents: int,
        encoder: Callable[[int], EncoderLayer],
        decoder: Callable[[int, Tensor | None], Tensor],
        b_dec_LD: Tensor,
        W_skip_LDD: Tensor | None = None,
        point_in: str | None = "mlp_in",
        point_out: str | None = "mlp_out",
        before_gain: bool = False,
        model: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.n_layers, self.width = b_dec_LD.shape
        self.latents = latents
        self.encoder = encoder
        self.decoder = decoder
        self.b_dec_LD = b_dec_LD
        self.W_skip_LDD = W_skip_LDD
        self.point_in, self.point_out, self.before_gain = point_in, point_out, before_gain
        self.model, self.facts = model, dict(facts or {})

    def encode_layer(self, x_BD: Tensor, layer: int) -> Tensor:
        """Codes of one layer's latents, dense [B, F], of that layer's inputs [B, D]."""
        part = self.encoder(layer)
        z_BF = torch.addmm(part.b_enc, x_BD, part.W_enc.T)
        level = torch.zeros_like(part.b_enc) if part.threshold is None else part.threshold.clamp(min=0.0)
        return z_BF * (z_BF > level)

    def encode(self, x_LBD: Tensor) -> list[Tensor]:
        """Codes of every layer, sparse CSR [B, F] each, of the inputs of all layers [L, B, D]."""
        if x_LBD.ndim != 3 or x_LBD.shape[0] != self.n_layers or x_LBD.shape[2] != self.width:
            raise ConfigError(
                f"a cross-layer transcoder got inputs of shape {tuple(x_LBD.shape)}, expected "
                f"({self.n_layers}, tokens, {self.width})",
                cure="Give the inputs of every layer, in order",
            )
        return [self.encode_layer(x_LBD[layer], layer).to_sparse_coo() for layer in range(self.n_layers)]

    def decode(self, codes: Sequence[Tensor], x_LBD: Tensor | None = None) -> Tensor:
        """Outputs of every layer's MLP [L, B, D]. `x_LBD`: the inputs, which only a skip connection needs."""
        n_tokens = codes[0].shape[0]
        out_LBD = self.b_dec_LD[:, None].expand(-1, n_tokens, -1).clone()
        for layer, code_BF in enumerate(codes):
            (token_N, latent_N), value_N = code_BF.coalesce().indices(), code_BF.coalesce().values()
            fired, row_N = latent_N.unique(return_inverse=True)
            if len(fired):
                rows_nLD = self.decoder(layer, fired)
                for after in range(rows_nLD.shape[1]):
                    out_LBD[layer + after].index_add_(0, token_N, rows_nLD[row_N, after] * value_N[:, None])
        if self.W_skip_LDD is not None:
            if x_LBD is None:
                raise ConfigError("a skip connection was decoded without its input", cure="Pass decode(codes, x)")
            out_LBD += x_LBD @ self.W_skip_LDD.mT
        return out_LBD
