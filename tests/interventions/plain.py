"""Plain references for interventions: dense codes, own hooks, one change at a time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.evaluation import Placed
from microtome.sites import Site
from tests.models.tiny_models import D_MODEL, char_tokenizer, tiny_language_model

LATENTS = 24
SPARSIFIERS = ("relu", "topk", "batchtopk", "jumprelu", "gated")


def dictionary(kind: str = "sae", sparsifier: str = "relu", *, seed: int = 0, width: int = D_MODEL) -> Dictionary:
    """A random dictionary whose latents fire on about half of the tokens; rows are not of unit norm."""
    config = DictionaryConfig(kind=kind, sparsifier=sparsifier, d_in=width, d_out=width, latents=LATENTS, l0=4)
    made = Dictionary(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in (*made.parameters(), *made.buffers()):
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
        if sparsifier == "batchtopk":
            made.sparsifier.get_buffer("threshold").fill_(0.2)
        if sparsifier == "jumprelu":
            made.sparsifier.get_parameter("threshold").abs_()
    return made.requires_grad_(False)


def model(family: str = "llama") -> Any:
    return tiny_language_model(family, tokenizer=char_tokenizer())


def placed_at(layer: int = 1, kind: str = "sae", sparsifier: str = "relu", **options: Any) -> Placed:
    site_out = Site(layer, "mlp_out")
    site_in = site_out if kind == "sae" else Site(layer, "mlp_in")
    return Placed(dictionary(kind, sparsifier, **options), site_in, site_out)


def dense_codes(d: Dictionary, x_ND: Tensor) -> Tensor:
    """Codes [N, F] written out, without the kernels."""
    z = (x_ND - d.b_dec_in) @ d.W_enc.T + d.b_enc
    rule = d.sparsifier
    if rule.name == "topk":
        kept = torch.zeros_like(z).scatter(1, z.topk(4, dim=1).indices, 1.0)
        return kept * z.relu()
    if rule.name == "batchtopk":
        return z * (z > rule.get_buffer("threshold").clamp(min=0))
    if rule.name == "jumprelu":
        return z * (z > rule.get_parameter("threshold"))
    if rule.name == "gated":
        magnitude = rule.get_parameter("r_mag").exp() * (z - d.b_enc) + rule.get_parameter("b_mag")
        return (z > 0) * magnitude.relu()
    return z.relu()
