"""The local replacement model of a prompt: what fires, what the transcoders miss, and what is constant.

Each MLP's output is the sum of what active latents write, its transcoder's bias and skip connection, and an error
vector that makes up the rest, so the forward pass is exact (Ameisen et al. 2025,
https://transformer-circuits.pub/2025/attribution-graphs/methods.html, "Local replacement model"). With the frozen map
between them everything is linear, and every pre-activation is the sum of contributions of:

| source | writes | where |
|---|---|---|
| latent | its code · its decoder rows | MLP output of its layer, and later ones of a cross-layer transcoder |
| error | what the prediction lacks | MLP output, at each position |
| token | its embedding | stream before layer 0 |
| bias | see `bias_names` | |

At the first position of a prompt that begins with a special token the MLPs give the same in every prompt, with norms
hundreds of times those elsewhere, and no dictionary was trained there. There the whole output is a bias,
`first.<layer>`: a constant of the model, neither explained nor an error.

Legend of suffixes: T position, D d_model, L layers, N latents that fired (all layers).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from microtome.circuits.frozen_map import FrozenMap
from microtome.circuits.transcoders import ActiveLatents, Transcoders
from microtome.circuits.transport import Fast, Matrices, Reference, Transport
from microtome.errors import ConfigError, ModelError
from microtome.models import LanguageModel
from microtome.models.proof import refuse_not_finite


class ReplacementModel:
    """A model and a transcoder for each of its MLPs. `on(tokens)` gives its local replacement model.

    Raises `ModelError` when the model's frozen map is not linear, naming the module, or a weight is not finite;
    `ConfigError` when the transcoders do not fit.
    """

    def __init__(self, lm: LanguageModel, transcoders: Transcoders) -> None:
        refuse_not_finite(lm.hf, lm.name)
        self.lm, self.transcoders = lm, transcoders
        self.matrices = Matrices.of(lm, transcoders.reads)
        head = lm.hf.get_output_embeddings()
        bias_V = getattr(head, "bias", None)
        self._W_U_VD = head.weight.detach()
        self._bias_V = self._W_U_VD.new_zeros(len(self._W_U_VD)) if bias_V is None else bias_V.detach()

    def logit_row(self, token: int, less: int | None = None) -> tuple[Tensor, float]:
        """(row [D], constant) of what the unembedding reads that give the logit of a token, less that of another, or
        less the mean of all."""
        mean_D, mean_bias = self._mean_logit if less is None else (self._W_U_VD[less], float(self._bias_V[less]))
        return self._W_U_VD[token] - mean_D, float(self._bias_V[token]) - mean_bias

    @cached_property
    def _mean_logit(self) -> tuple[Tensor, float]:
        return self._W_U_VD.mean(0), float(self._bias_V.mean())

    def on(self, tokens_1T: Tensor, *, reference: bool = False) -> Local:
        """The local replacement model of token ids [1, T]. `reference`: gradients by autograd alone.

        Raises `ConfigError`: more than one prompt, or one token; `ModelError`: longer than the context, or not linear.
        """
        tokens_1T = self.lm.tokens(tokens_1T)
        if tokens_1T.shape[0] != 1 or tokens_1T.shape[1] < 2:
            raise ConfigError(
                f"got tokens of shape {tuple(tokens_1T.shape)}, expected one prompt of at least 2 tokens (with BOS)",
                cure="Give a prompt that has something to attend to",
            )
        frozen = FrozenMap(self.lm, tokens_1T, self.transcoders.reads)
        transport: Transport = Reference(frozen) if reference else Fast(frozen, self.matrices)
        return _local(self, frozen, transport)


@dataclass(frozen=True, eq=False)
class Local:
    """A prompt's replacement model. Lists are by layer; tensors of the values before are in `frozen`.

    `active`: latents that fired. `error`: [T, D]. `bias`: the transcoders' biases [D]. `skip`: W_skip or None.
    `constant_first`: whether the MLP outputs at position 0 are biases.
    """

    model: ReplacementModel
    frozen: FrozenMap
    transport: Transport
    active: list[ActiveLatents]
    error: list[Tensor]
    bias: list[Tensor]
    skip: list[Tensor | None]
    constant_first: bool
    logits_V: Tensor

    @property
    def n_tokens(self) -> int:
        return self.frozen.n_tokens

    @property
    def n_active(self) -> int:
        return sum(len(active.value_N) for active in self.active)

    def prediction(self, layer: int) -> Tensor:
        """What the transcoders predict of a layer's MLP output, [T, D]."""
        return self.frozen.mlp_out[layer] - self.error[layer]


@torch.no_grad()
def _local(model: ReplacementModel, frozen: FrozenMap, transport: Transport) -> Local:
    lm, transcoders = model.lm, model.transcoders
    constant_first = int(frozen.tokens_1T[0, 0]) in lm.special_ids
    active, bias, skip = [], [], []
    missing = [out.clone() for out in frozen.mlp_out]
    for layer in range(lm.n_layers):
        found = transcoders.active(layer, frozen.mlp_in[layer])
        if constant_first:
            found = _without_first(found)
        active.append(found)
        bias.append(transcoders.bias(layer))
        skip.append(transcoders.skip(layer))
        for after in range(found.decoder_UOD.shape[1]):
            written = found.decoder_UOD[found.row_N, after] * found.value_N[:, None]
            missing[layer + after].index_add_(0, found.position_N, written, alpha=-1)
        missing[layer] -= bias[-1]
        W_skip = skip[-1]
        if W_skip is not None:
            missing[layer] -= frozen.mlp_in[layer] @ W_skip.T
    if constant_first:
        for error in missing:
            error[0] = 0.0
    if not all(bool(torch.isfinite(error).all()) for error in missing):
        layer = next(layer for layer, error in enumerate(missing) if not bool(torch.isfinite(error).all()))
        raise ModelError(f"layer {layer} gives values that are not finite on this prompt", cure="Check the weights")
    logits_V = lm.logits(frozen.tokens_1T, last=True)[0, -1]
    return Local(model, frozen, transport, active, missing, bias, skip, constant_first, logits_V)


def _without_first(found: ActiveLatents) -> ActiveLatents:
    later = found.position_N > 0
    return ActiveLatents(
        found.position_N[later],
        found.row_N[later],
        found.value_N[later],
        found.latent_U,
        found.encoder_UD,
        found.bias_U,
        found.decoder_UOD,
    )
