"""The linear map that a model is on one prompt once patterns and scales are frozen and its MLPs are cut out.

`FrozenMap` records one forward and keeps its graph of gradients, layer by layer: what attention adds as a function of
the residual stream before it, what the MLP reads as a function of the stream before it, what the unembedding reads as
a function of the last stream. The three are affine, which is proved on the prompt at hand: their gradients are
compared with how they change when their input changes by a random step, and with their value itself.

Legend of suffixes: B targets, T position, D d_model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from microtome.circuits.freezing import AttentionCall, Frozen
from microtome.errors import ModelError
from microtome.models import LanguageModel

#: A random probe of a map may differ from its gradient by this share, in float32; float64 is held to its own.
TOLERANCE = 1e-3


class FrozenMap:
    """One prompt's forward under `Frozen`: values at all sites, and gradients between them.

    `reads`: the point that transcoders read, what the MLP reads or the stream before its norm (`resid_mid`); everything
    said of the MLP's input is of this.

    Lists are by layer, tensors [T, D]: `resid_pre`, `attn_out`, `mlp_in`, `mlp_out`; `resid_last` after the last layer;
    `hidden` as the unembedding reads it. `constants`: what was frozen. `attn_bias`, `norm_bias`, `hidden_bias` [T, D]:
    what comes out when a zero stream goes in; `position_bias` the stream of zero embeddings, `token` the rest of it.
    `deviation`: the worst that the proof found, relative.

    Raises `ModelError`: not float32 or float64, no unembedding, or a part that is not affine, by name.
    """

    def __init__(self, lm: LanguageModel, tokens_1T: Tensor, reads: str = "mlp_in") -> None:
        if lm.dtype not in (torch.float32, torch.float64):
            raise ModelError(
                f"{lm.name} is in {str(lm.dtype).removeprefix('torch.')}, expected float32: rows of a graph would "
                "not add up",
                cure='Load it with dtype="float32"',
            )
        self.lm, self.tokens_1T, self.reads = lm, tokens_1T, reads
        self.n_layers, self.n_tokens = lm.n_layers, tokens_1T.shape[1]
        self.head = head_site(lm)
        points = {site.point for site in lm.sites()}
        #: attention and MLP read the same stream
        self.parallel = "resid_mid" not in points
        self._stream = "resid_pre" if self.parallel else "resid_mid"
        self._record()
        streams, steps = self._steps()
        # A stream of zeros, and one a random step away, in one forward: weights are read once for both.
        found = self._replayed(
            2, lambda name, value: torch.cat([torch.zeros_like(value[:1]), streams[name] + steps[name]])
        )
        self._find_biases({name: value[0] for name, value in found.items()})
        self.deviation = self._prove(streams, steps, {name: value[1] for name, value in found.items()})

    # Gradients ---------------------------------------------------------------------------------------------------

    def attention_back(self, layer: int, grad_BTD: Tensor) -> Tensor:
        """From gradients [B, T, D] at what attention adds to gradients at the stream before it."""
        return self._back(self._sites[f"{layer}.attn_out"], self._sites[f"{layer}.resid_pre"], grad_BTD)

    def mlp_input_back(self, layer: int, grad_BTD: Tensor) -> Tensor:
        """From gradients at what the MLP reads to gradients at the stream before its norm."""
        return self._back(self._sites[f"{layer}.{self.reads}"], self._sites[f"{layer}.{self._stream}"], grad_BTD)

    def hidden_back(self, grad_BTD: Tensor) -> Tensor:
        """From gradients at what the unembedding reads to gradients at the last residual stream."""
        return self._back(self._sites[self.head], self._sites[self._last], grad_BTD)

    def _back(self, out: Tensor, into: Tensor, grad_BTD: Tensor) -> Tensor:
        if not len(grad_BTD):
            return grad_BTD
        found = _gradients(out, into, grad_BTD)
        return torch.zeros_like(grad_BTD) if found is None else found

    def attention_parts_back(self, layer: int, grad_BTD: Tensor) -> Tensor | None:
        """From gradients at what attention adds to gradients [B, H, T, d] at what its heads give; None where the
        attention function of PyTorch is not what the model calls."""
        call = self.call(layer)
        if call is None:
            return None
        return _gradients(self._sites[f"{layer}.attn_out"], call.out, grad_BTD)

    def values_back(self, layer: int, grad_BHTd: Tensor) -> Tensor | None:
        """From gradients [B, H, T, d] at the values of attention to gradients [B, T, D] at the stream before it."""
        call = self.call(layer)
        if call is None:
            return None
        return _gradients(call.value, self._sites[f"{layer}.resid_pre"], grad_BHTd)

    def call(self, layer: int) -> AttentionCall | None:
        """The call of the fused attention function in a layer, where there was exactly one in each."""
        return self._calls[layer] if len(self._calls) == self.n_layers else None

    # Recording ---------------------------------------------------------------------------------------------------

    def _names(self, point: str) -> list[str]:
        return [f"{layer}.{point}" for layer in range(self.n_layers)]

    def _forward(self, embeds_1TD: Tensor) -> None:
        self.lm.hf(inputs_embeds=embeds_1TD, use_cache=False)

    def _record(self) -> None:
        self._last = f"{self.n_layers - 1}.resid_post"
        points = list(dict.fromkeys(["resid_pre", "attn_out", self._stream, self.reads, "mlp_out"]))
        wanted = [*(name for point in points for name in self._names(point)), self._last, self.head]
        self.embeds_1TD = self.lm.hf.get_input_embeddings()(self.tokens_1T).detach()
        # The MLPs' insides are none of the map; without their graph a recording costs little more than a forward.
        cut: dict[str, Any] = {name: lambda value: value.detach() for name in self._names("mlp_out")}
        with torch.enable_grad(), Frozen() as frozen, self.lm.edit(cut), self.lm.record(wanted, stop=True) as found:
            self._forward(self.embeds_1TD.clone().requires_grad_())
        self._sites = {str(site): tensor for site, tensor in found.items()}
        self.constants, self._calls = frozen.constants, frozen.attention
        plain = {name: tensor.detach()[0] for name, tensor in self._sites.items()}
        self.resid_pre, self.attn_out, self.mlp_in, self.mlp_out = (
            [plain[name] for name in self._names(point)] for point in ("resid_pre", "attn_out", self.reads, "mlp_out")
        )
        self.stream = [plain[name] for name in self._names(self._stream)]
        self.resid_last, self.hidden = plain[self._last], plain[self.head]

    def _replayed(self, n: int, stream: Callable[[str, Tensor], Tensor]) -> dict[str, Tensor]:
        """What the three maps give, [n, T, D], when `stream(site, value)` goes into them instead of what did."""
        inputs = {*self._names("resid_pre"), *self._names(self._stream), self._last}
        edits: dict[str, Any] = {name: lambda value, name=name: stream(name, value) for name in inputs}
        outputs = [*self._names("attn_out"), *self._names(self.reads), self.head]
        with (
            torch.no_grad(),
            Frozen(self.constants),
            self.lm.edit(edits),
            self.lm.record(outputs, stop=True) as found,
        ):
            self._forward(self.embeds_1TD.expand(n, -1, -1))
        return {str(site): tensor for site, tensor in found.items()}

    def _find_biases(self, zero: dict[str, Tensor]) -> None:
        self.attn_bias = [zero[name] for name in self._names("attn_out")]
        self.norm_bias = [zero[name] for name in self._names(self.reads)]
        self.hidden_bias = zero[self.head]
        with torch.no_grad(), Frozen(self.constants), self.lm.record("0.resid_pre", stop=True) as found:
            self._forward(torch.zeros_like(self.embeds_1TD))
        self.position_bias = next(iter(found.values()))[0]
        self.token = self.resid_pre[0] - self.position_bias

    def _steps(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """(streams [1, T, D] as they are on the prompt, random steps of their size), by site."""
        generator = torch.Generator().manual_seed(0)
        names = (*self._names("resid_pre"), *self._names(self._stream), self._last)
        streams = {name: self._sites[name].detach() for name in names}
        return streams, {
            name: _noise(value, generator) * value.norm(dim=-1, keepdim=True) / value.shape[-1] ** 0.5
            for name, value in streams.items()
        }

    def _prove(self, streams: dict[str, Tensor], steps: dict[str, Tensor], moved: dict[str, Tensor]) -> float:
        """The worst relative difference between a map and its gradient; `moved`: what the maps give, [T, D], after the
        steps. Raises `ModelError` where it is not small."""
        generator = torch.Generator().manual_seed(1)
        maps: list[tuple[str, str, Callable[[Tensor], Tensor], Tensor]] = []
        for layer in range(self.n_layers):
            attn, mlp, stream = (f"{layer}.{point}" for point in ("attn_out", self.reads, self._stream))
            maps.append((attn, f"{layer}.resid_pre", partial(self.attention_back, layer), self.attn_bias[layer]))
            maps.append((mlp, stream, partial(self.mlp_input_back, layer), self.norm_bias[layer]))
        maps.append((self.head, self._last, self.hidden_back, self.hidden_bias))
        worst = 0.0
        for out, into, back, bias_TD in maps:
            before_TD = self._sites[out].detach()[0]
            probe_TD = _noise(before_TD, generator)
            grad_TD = back(probe_TD[None])[0]
            for change_TD, step_TD in (
                (moved[out] - before_TD, steps[into][0]),
                (before_TD - bias_TD, streams[into][0]),
            ):
                found, expected = (probe_TD * change_TD).sum(), (grad_TD * step_TD).sum()
                size = (probe_TD * change_TD).abs().sum() + (grad_TD * step_TD).abs().sum()
                off = float((found - expected).abs() / size.clamp(min=torch.finfo(size.dtype).tiny))
                if not off <= TOLERANCE:
                    raise ModelError(
                        f"with patterns and norms frozen, {out} of {self.lm.name} is not linear in {into} "
                        f"(relative difference {off:.1e}, expected at most {TOLERANCE:g})",
                        cure="Circuits can be traced through attention and norms of the kinds in docs/circuits.md",
                    )
                worst = max(worst, off)
        return worst


def _noise(like: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(like.shape, generator=generator).to(like)


def _gradients(out_1X: Tensor, into_1Y: Tensor, grad_BX: Tensor) -> Tensor | None:
    """Gradients [B, …] at `into` for gradients [B, …] at `out`, of one prompt; None where the one is not in the other.

    The graph of gradients stays. A batch of one goes without the batching, whose set-up costs more than the gradient.
    """
    if len(grad_BX) == 1:
        (one_1Y,) = torch.autograd.grad(out_1X, into_1Y, grad_BX, retain_graph=True, allow_unused=True)
        return one_1Y
    (found_B1Y,) = torch.autograd.grad(
        out_1X, into_1Y, grad_BX[:, None], retain_graph=True, is_grads_batched=True, allow_unused=True
    )
    return None if found_B1Y is None else found_B1Y[:, 0]


def head_site(lm: LanguageModel) -> str:
    """The site that the unembedding reads. Raises `ModelError`: the model has none."""
    head = lm.hf.get_output_embeddings()
    for path, module in lm.hf.named_modules():
        if module is head and head is not None:
            return f"{path}:input"
    raise ModelError(f"{lm.name} has no unembedding, expected a causal language model", cure="Give one with logits")
