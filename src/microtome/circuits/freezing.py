"""Attention patterns and the scales of norms, held at the values they have on one prompt.

A transformer whose patterns and scales are constants and whose MLPs are cut out is a linear map, and its gradient says
exactly what each part contributes to each other (https://transformer-circuits.pub/2025/attribution-graphs/methods.html).
Stock models are not rewritten for that. In a forward under `Frozen`, the few functions of PyTorch through which
patterns and scales come into being are answered differently:

| function | answered with |
|---|---|
| `softmax` | its result as a constant |
| `scaled_dot_product_attention` | the pattern it stands for, as a constant, times the values |
| `matmul` of such a constant and the values | itself; it is noted, as the fused function is |
| `rsqrt` | its result as a constant (this is what RMSNorms are made of) |
| `layer_norm`, `rms_norm` | centred and scaled by a constant |

What a model does beyond these is not frozen, and `replacement.py` finds out, by proof, whether the map is linear.
Constants are kept in the order of their calls, so that a later forward on the same tokens can be given them again
(`replay`): then the forward is that linear map, whatever it is given. The mode belongs to the thread that entered it.

Legend of suffixes: H heads, T position, S position looked at, d width of a head.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from microtome.errors import ModelError

_SOFTMAX = (functional.softmax, torch.softmax, Tensor.softmax)
_RSQRT = (torch.rsqrt, Tensor.rsqrt)


@dataclass
class Constants:
    """What one forward froze, in the order of the calls: attention patterns, and scales of norms."""

    patterns: list[Tensor] = field(default_factory=list)
    scales: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class AttentionCall:
    """Where a pattern is applied. `pattern_HTS`; `value` [1, H or fewer, S, d] and `out` [1, H, T, d] on the
    path of gradients."""

    pattern_HTS: Tensor
    value: Tensor
    out: Tensor


class Frozen(TorchFunctionMode):
    """A forward in this context has constant patterns and scales.

    `replay`: the constants of an earlier forward on the same tokens, used instead of new ones; with `scales=False` only
    its patterns are. What was frozen is in `constants`, and where patterns met values in `attention`.
    """

    def __init__(self, replay: Constants | None = None, *, scales: bool = True) -> None:
        super().__init__()
        self.constants = Constants()
        self.attention: list[AttentionCall] = []
        self._patterns = iter(replay.patterns) if replay else None
        self._scales = iter(replay.scales) if replay and scales else None
        self._freeze_scales = scales

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is functional.scaled_dot_product_attention:
            return self._attend(*args, **kwargs)
        if func is torch.matmul and self._is_last_pattern(args[0]):
            out = func(*args, **kwargs)
            self.attention.append(AttentionCall(args[0][0], args[1], out))
            return out
        # A pattern has heads; two axes, tokens and experts, are the router of an MLP, which is no part of the map.
        if func in _SOFTMAX and (args[0] if args else kwargs["input"]).dim() > 2:
            return self._pattern(partial(func, *args, **kwargs))
        if self._freeze_scales and func in _RSQRT:
            return self._scale(partial(func, *args, **kwargs))
        if self._freeze_scales and func is functional.layer_norm:
            return self._layer_norm(*args, **kwargs)
        if self._freeze_scales and func is functional.rms_norm:
            return self._rms_norm(*args, **kwargs)
        return func(*args, **kwargs)

    def _pattern(self, compute: Callable[[], Tensor]) -> Tensor:
        return self._constant(self._patterns, self.constants.patterns, compute, "attention patterns")

    def _is_last_pattern(self, value: Any) -> bool:
        # Casts, and dropouts that drop nothing, give another tensor of the same values.
        last = self.constants.patterns[-1] if self.constants.patterns else None
        return last is not None and value.shape == last.shape and torch.equal(value, last.to(value.dtype))

    def _scale(self, compute: Callable[[], Tensor]) -> Tensor:
        return self._constant(self._scales, self.constants.scales, compute, "scales of norms")

    def _constant(self, replay: Any, kept: list[Tensor], compute: Callable[[], Tensor], what: str) -> Tensor:
        if replay is None:
            with torch.no_grad():
                value = compute().detach()
        else:
            again: Tensor | None = next(replay, None)
            if again is None:
                raise ModelError(
                    f"the forward asked for more {what} than the one before it on the same tokens",
                    cure="Use a model whose forward does the same on every call",
                )
            value = again
        kept.append(value)
        return value

    def _attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        pattern = self._pattern(lambda: _pattern(query, key, attn_mask, is_causal, scale, enable_gqa))
        spread = value.repeat_interleave(query.shape[-3] // value.shape[-3], -3) if enable_gqa else value
        out = pattern @ spread
        self.attention.append(AttentionCall(pattern[0], value, out))
        return out

    def _layer_norm(
        self,
        x: Tensor,
        normalized_shape: Sequence[int],
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        eps: float = 1e-5,
    ) -> Tensor:
        axes = tuple(range(-len(normalized_shape), 0))
        centred = x - x.mean(axes, keepdim=True)
        scale = self._scale((centred.square().mean(axes, keepdim=True) + eps).rsqrt)
        return _affine(centred * scale, weight, bias)

    def _rms_norm(
        self, x: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
    ) -> Tensor:
        axes = tuple(range(-len(normalized_shape), 0))
        floor = torch.finfo(x.dtype).eps if eps is None else eps
        scale = self._scale((x.square().mean(axes, keepdim=True) + floor).rsqrt)
        return _affine(x * scale, weight, None)


def _affine(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def _pattern(
    query: Tensor, key: Tensor, mask: Tensor | None, is_causal: bool, scale: float | None, enable_gqa: bool
) -> Tensor:
    """The attention pattern of `scaled_dot_product_attention` (its reference in the documentation of PyTorch)."""
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scores = query @ key.transpose(-2, -1) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        allowed = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        scores = scores.masked_fill(~allowed, -torch.inf)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
    return torch.softmax(scores, dim=-1)
