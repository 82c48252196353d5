"""Random transcoders for tiny models, for tests of circuits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from microtome.circuits.transcoders import Transcoders, from_placed
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.evaluation import Placed
from microtome.models import LanguageModel
from tests.models.tiny_models import D_MODEL, tiny_hf

LATENTS = 24
TOKENS = torch.tensor([[3, 5, 7, 9, 11, 13, 4]])


def model(name: str = "llama", *, dtype: torch.dtype = torch.float64, tokenizer: Any = None) -> LanguageModel:
    """A tiny random model, in float64 unless it is said otherwise."""
    return LanguageModel.wrap(tiny_hf(name).to(dtype), tokenizer)


def dictionaries(
    lm: LanguageModel,
    *,
    kind: str = "skip_transcoder",
    sparsifier: str = "topk",
    l0: float = 5.0,
    reads: str = "mlp_in",
    **changes: Any,
) -> dict[int, Placed]:
    """A random dictionary for every layer, of the point that it reads."""
    found = {}
    for layer in range(lm.n_layers):
        generator = torch.Generator().manual_seed(layer)
        settings = {"d_in": D_MODEL, "d_out": D_MODEL, "latents": LATENTS} | changes
        dictionary = Dictionary(DictionaryConfig(kind=kind, sparsifier=sparsifier, l0=l0, **settings))
        for tensor in (*dictionary.parameters(), dictionary.get_buffer("mean_in")):
            tensor.data.copy_(0.3 * torch.randn(tensor.shape, generator=generator))
        if sparsifier == "jumprelu":
            dictionary.sparsifier.threshold.data.abs_()
        (site_in,), (site_out,) = lm.parse(f"{layer}.{reads}"), lm.parse(f"{layer}.mlp_out")
        found[layer] = Placed(dictionary.to(lm.dtype), site_in, site_out)
    return found


def transcoders(lm: LanguageModel, **changes: Any) -> Transcoders:
    """The same as circuits take them."""
    placed: Mapping[int, Placed] = dictionaries(lm, **changes)
    return from_placed(lm, placed)
