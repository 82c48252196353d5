"""What a decoder direction does and where it lies: direct logits, nearest directions, the direction of rare latents.

Legend of suffixes: F latents, D width of the target site, M d_model, V vocabulary.

The direct path goes from the site through what stands between it and the residual stream, then through the final
norm's gain and the unembedding. Norms are taken at a fixed scale of 1: of what a norm does only its gain and, in a
LayerNorm, its centring act on a direction, whatever the scale is. So the values are the derivative of the logits along
the direction, times the scale the norms have on the prompt; their order is that of the logits when the direction is
all there is.

| site | path to the residual stream |
|---|---|
| `resid_*`, `attn_out`, `mlp_out` | is added to it |
| `mlp_act`, `attn_z` | the module's output weights, then the gain of the post-norm where there is one |
| `mlp_in`, `attn_in`, modules | none that is linear: no direct logits |
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from microtome.kernels import Pairs, PreActivations, fastest_selection
from microtome.latents.records import RARE

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.sites import AnySite

_ADDED = ("resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out")
_OUTPUT_OF = {"mlp_act": "mlp_out", "attn_z": "attn_out"}
# Entries of a product with a whole vocabulary or dictionary at a time: what it multiplies is converted once for each.
ENTRIES_AT_ONCE = 2**28
#: Rare latents whose encoders are at least this near to their mean direction are one latent many times.
SAME_DIRECTION = 0.9
_PROOF_TOKENS = 4
_TOLERANCE = 2e-2
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class _Norm:
    """Gain [M] of a norm, and whether it centres."""

    gain: Tensor
    centres: bool

    def to(self, device: torch.device) -> _Norm:
        return _Norm(self.gain.to(device), self.centres)

    def __call__(self, direction_FM: Tensor) -> Tensor:
        if self.centres:
            direction_FM = direction_FM - direction_FM.mean(1, keepdim=True)
        return direction_FM * self.gain


def _norm(module: nn.Module, width: int) -> _Norm:
    """What a norm does to directions, read from what it does to vectors of ±1: no family's parameters are named."""
    exact = copy.deepcopy(module).float().cpu()
    sign = torch.ones(width)
    sign[1::2] = -1
    with torch.no_grad():
        up, down, shifted = (exact(vector[None])[0] for vector in (sign, -sign, sign + 4))
    gain = (up - down) / 2 * sign
    # Four more on every coordinate change nothing where the mean is taken off.
    return _Norm(gain, bool((shifted - up).norm() < 0.1 * up.norm()))


class DirectPath:
    """The linear path from a site to the logits of a model; `of` gives None where there is none."""

    def __init__(self, norm: _Norm, unembedding_VM: Tensor, weight_MD: Tensor | None, post_norm: _Norm | None) -> None:
        self._norm, self._unembedding, self._weight, self._post_norm = norm, unembedding_VM, weight_MD, post_norm

    @classmethod
    def of(cls, model: LanguageModel, site: AnySite, device: torch.device = _CPU) -> DirectPath | None:
        """The path from `site`, its weights on `device`."""
        from microtome.sites import Site

        unembedding = model.hf.get_output_embeddings()
        final = _final_norm(model)
        if not isinstance(site, Site) or unembedding is None or final is None:
            return None
        weight_MD = post_norm = None
        if site.point in _OUTPUT_OF:
            weight_MD = _output_weight(model.place(site).module)
            if weight_MD is None:
                return None
            after = model.place(Site(site.layer, _OUTPUT_OF[site.point]))
            if _is_norm(after.module):
                post_norm = _norm(after.module, model.d_model).to(device)
            weight_MD = weight_MD.to(device)
        elif site.point not in _ADDED:
            return None
        unembedding_VM = unembedding.weight.detach().to(device).float()
        return cls(_norm(final, model.d_model).to(device), unembedding_VM, weight_MD, post_norm)

    def directions(self, decoder_FD: Tensor) -> Tensor:
        """The directions as the unembedding sees them, [F, M]."""
        out_FM = decoder_FD if self._weight is None else decoder_FD @ self._weight.T
        return self._norm(out_FM if self._post_norm is None else self._post_norm(out_FM))

    def logits(self, decoder_FD: Tensor) -> Tensor:
        """Direct logits [F, V]."""
        return self.directions(decoder_FD) @ self._unembedding.T

    def extremes(self, decoder_FD: Tensor, n: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """(tokens, values) [F, n] of the largest logits, largest first, and of the smallest, smallest first."""
        top, bottom = _ends(self.directions(decoder_FD), self._unembedding, n)
        return top, bottom


def _ends(left: Tensor, right: Tensor, n: int, *, both: bool = True) -> tuple[tuple[Tensor, Tensor], ...]:
    """For each row of `left` the n rows of `right` with the largest products, and those, in float32, the largest first;
    then, with `both`, the same of the smallest, the smallest first, from the same product."""
    n = min(n, len(right))
    zeros = torch.zeros(len(right), device=right.device)
    rows = max(1, min(ENTRIES_AT_ONCE // len(right), len(left)))
    selection = fastest_selection(right.shape[1], len(right), rows, right.device)
    if selection == "int8":
        # Its product is chosen from in parts, and is never there as a whole.
        rows *= 4
    found: list[list[tuple[Tensor, Tensor]]] = []
    for part in left.split(rows):
        product = PreActivations(part, right, zeros, selection=selection)
        ends = product.ends(n)[: 2 if both else 1]
        found.append([_sorted(*end, n, descending=number == 0) for number, end in enumerate(ends)])
    return tuple((torch.cat([f[0] for f in end]), torch.cat([f[1] for f in end])) for end in zip(*found))


def _sorted(pairs: Pairs, found_N: Tensor, n: int, *, descending: bool) -> tuple[Tensor, Tensor]:
    """(index, value) [rows, n] in order."""
    order = found_N.view(-1, n).sort(dim=1, descending=descending, stable=True)
    return pairs.latent_N.view(-1, n).gather(1, order.indices), order.values


def nearest(query_QD: Tensor, decoder_FD: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The n latents with the largest cosine to each query, and the cosines, [Q, n], the nearest first."""
    unit = torch.nn.functional.normalize
    (found,) = _ends(unit(query_QD.float(), dim=1), unit(decoder_FD.float(), dim=1), n, both=False)
    return found


def nearest_others(low: int, high: int, decoder_FD: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """`nearest` of latents [low, high) among all the others."""
    n = min(n, len(decoder_FD) - 1)
    index, cosine = nearest(decoder_FD[low:high], decoder_FD, n + 1)
    own = index == torch.arange(low, high, device=index.device)[:, None]
    # A twin of the latent may stand before it, and may even have pushed it out: then the last goes.
    own[~own.any(1), -1] = True
    shape = (high - low, n)
    return index[~own].view(shape), cosine[~own].view(shape)


def rare_direction(encoder_FD: Tensor, count_F: Tensor, tokens: int) -> dict[str, float | int]:
    """How many latents are rare, and the share of them whose encoder lies within cosine 0.9 of their mean direction.

    A cluster of rare latents with one encoder direction is a known pathology: they are one latent many times.
    """
    cosine_F, rare_F = rare_cosines(encoder_FD, count_F, tokens)
    cosine = cosine_F[rare_F]
    if not len(cosine):
        return {"rare": 0, "share": 0.0, "mean_cosine": 0.0}
    return {
        "rare": len(cosine),
        "share": float((cosine >= SAME_DIRECTION).float().mean()),
        "mean_cosine": float(cosine.mean()),
    }


def rare_cosines(encoder_FD: Tensor, count_F: Tensor, tokens: int) -> tuple[Tensor, Tensor]:
    """The cosine of every latent's encoder with the mean direction of the rare ones [F], and which are rare, bool [F],
    both where the encoder is.

    Without rare latents there is no such direction, and every cosine is 0.
    """
    count_F = count_F.to(encoder_FD.device)
    rare_F = (count_F > 0) & (count_F < RARE * tokens)
    unit_FD = torch.nn.functional.normalize(encoder_FD.float(), dim=1)
    if not rare_F.any():
        return unit_FD.new_zeros(len(unit_FD)), rare_F
    return unit_FD @ torch.nn.functional.normalize(unit_FD[rare_F].mean(0), dim=0), rare_F


def _is_norm(module: nn.Module) -> bool:
    parameters = list(module.parameters())
    return bool(parameters) and all(parameter.dim() == 1 for parameter in parameters)


def _final_norm(model: LanguageModel) -> nn.Module | None:
    """The last norm of the base model, if what it makes of the last layer's output gives the model's logits."""
    from microtome.sites import Site

    base = model.hf.base_model
    norms = [module for _, module in base.named_children() if _is_norm(module)]
    unembedding: Any = model.hf.get_output_embeddings()
    if not norms or unembedding is None:
        return None
    tokens = torch.arange(_PROOF_TOKENS, device=model.device)[None] * 11 % model.vocab_size
    last = model.capture(tokens, [Site(model.n_layers - 1, "resid_post")])
    with torch.no_grad():
        made = unembedding(norms[-1](next(iter(last.values())))).float()
        cap = getattr(model.hf.config.get_text_config(), "final_logit_softcapping", None)
        if cap:
            made = cap * torch.tanh(made / cap)
        real = model.logits(tokens).float()
    # Some models scale their logits: the order is the same.
    cosine = torch.nn.functional.cosine_similarity(made.flatten(), real.flatten(), dim=0)
    return norms[-1] if float(cosine) > 1 - _TOLERANCE else None


def _output_weight(module: nn.Module) -> Tensor | None:
    """Weight [M, D] of a linear module; GPT-2 keeps it transposed."""
    weight = getattr(module, "weight", None)
    if not isinstance(weight, Tensor) or weight.dim() != 2:
        return None
    weight = weight.detach().float().cpu()
    return weight.T.contiguous() if type(module).__name__ == "Conv1D" else weight
