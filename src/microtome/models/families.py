"""Which module of a decoder layer gives each point, for every family of models.

A `Family` is plain data, so that a model this library has never seen can be described in a few lines and passed as
`families=`. What a family says is never believed: `microtome.models.proof` checks it on the loaded model.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from microtome.errors import ModelError
from microtome.models.hooks import Place, Side
from microtome.sites import POINTS

__all__ = ["FAMILIES", "Family", "choose", "layer_stack", "place_in", "point_address"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """How to read the points of one family of models.

    `layers` is the path of the module list of decoder layers. `points` maps a point to `path:side`, the path
    relative to a decoder layer (`:input` alone is the layer's own input). `parallel`: attention and MLP read the
    same residual stream, so there is no `resid_mid`. The family applies to a model whose `config.model_type` is in
    `model_types` and whose config has the values in `when`.
    """

    name: str
    model_types: tuple[str, ...]
    layers: str
    points: Mapping[str, str]
    parallel: bool = False
    when: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for point, address in self.points.items():
            if point not in POINTS:
                nearest = difflib.get_close_matches(point, POINTS, n=1, cutoff=0.0)[0]
                raise ModelError(
                    f"family '{self.name}' names the point '{point}', expected points out of {', '.join(POINTS)}",
                    cure=f"Write {nearest} if that is meant",
                )
            if address.rpartition(":")[2] not in ("input", "output") or ":" not in address:
                raise ModelError(
                    f"family '{self.name}' gives '{address}' for {point}, expected path:input or path:output",
                    cure="Write the path relative to a decoder layer, like mlp.down_proj:input",
                )
        needed = {"resid_pre", "attn_out", "mlp_out", "resid_post"} | (set() if self.parallel else {"resid_mid"})
        missing = [point for point in POINTS if point in needed and point not in self.points]
        if missing:
            raise ModelError(
                f"family '{self.name}' lacks {', '.join(missing)}, expected every point of the residual laws",
                cure="Name their modules, or set parallel=True where attention and MLP read the same residual stream",
            )
        if self.parallel and "resid_mid" in self.points:
            raise ModelError(
                f"family '{self.name}' is parallel but names resid_mid, expected none",
                cure="Leave resid_mid out, or set parallel=False",
            )

    def matches(self, config: Any) -> bool:
        """Whether the family applies to a model with this config."""
        return config.model_type in self.model_types and all(
            getattr(config, key, None) == value for key, value in self.when.items()
        )


def _points(**addresses: str) -> dict[str, str]:
    return {"resid_pre": ":input", "resid_post": ":output", **addresses}


_GPT2 = _points(
    attn_in="attn:input",
    attn_z="attn.c_proj:input",
    attn_out="attn:output",
    resid_mid="ln_2:input",
    mlp_in="mlp:input",
    mlp_act="mlp.c_proj:input",
    mlp_out="mlp:output",
)
_GPT_NEO = _GPT2 | {"attn_in": "attn:input", "attn_z": "attn.attention.out_proj:input"}
_GPT_NEOX_PARALLEL = _points(
    attn_in="attention:input",
    attn_z="attention.dense:input",
    attn_out="attention:output",
    mlp_in="mlp:input",
    mlp_act="mlp.dense_4h_to_h:input",
    mlp_out="mlp:output",
)
_GPT_NEOX = _GPT_NEOX_PARALLEL | {"resid_mid": "post_attention_layernorm:input"}
_LLAMA = _points(
    attn_in="self_attn:input",
    attn_z="self_attn.o_proj:input",
    attn_out="self_attn:output",
    resid_mid="post_attention_layernorm:input",
    mlp_in="mlp:input",
    mlp_act="mlp.down_proj:input",
    mlp_out="mlp:output",
)
# Post-norms: what is added to the residual stream is the norm's output, not the module's.
_GEMMA2 = _LLAMA | {
    "attn_out": "post_attention_layernorm:output",
    "resid_mid": "pre_feedforward_layernorm:input",
    "mlp_out": "post_feedforward_layernorm:output",
}
# No norm before the MLP: resid_mid and mlp_in are the same tensor, but an edit of mlp_in reaches only the MLP.
_OLMO2 = _GEMMA2 | {"resid_mid": "mlp:input"}

FAMILIES: tuple[Family, ...] = (
    Family(name="gpt2", model_types=("gpt2",), layers="transformer.h", points=_GPT2),
    Family(name="gpt_neo", model_types=("gpt_neo",), layers="transformer.h", points=_GPT_NEO),
    Family(
        name="gpt_neox_parallel",
        model_types=("gpt_neox",),
        layers="gpt_neox.layers",
        points=_GPT_NEOX_PARALLEL,
        parallel=True,
        when={"use_parallel_residual": True},
    ),
    Family(
        name="gpt_neox",
        model_types=("gpt_neox",),
        layers="gpt_neox.layers",
        points=_GPT_NEOX,
        when={"use_parallel_residual": False},
    ),
    *(
        Family(name=model_type, model_types=(model_type,), layers="model.layers", points=_LLAMA)
        for model_type in ("llama", "mistral", "qwen2", "qwen3", "gemma", "phi3")
    ),
    Family(name="gemma2", model_types=("gemma2",), layers="model.layers", points=_GEMMA2),
    Family(name="gemma3", model_types=("gemma3_text",), layers="model.layers", points=_GEMMA2),
    Family(name="olmo2", model_types=("olmo2",), layers="model.layers", points=_OLMO2),
)


def choose(config: Any, families: Iterable[Family] | None) -> Family | None:
    """The first family that applies, the user's own first; None when the model has to be read from its structure."""
    return next((family for family in (*(families or ()), *FAMILIES) if family.matches(config)), None)


def layer_stack(hf: nn.Module, family: Family) -> nn.ModuleList:
    """The decoder layers.

    Raises ModelError: the family's `layers` is not a list of modules in this model.
    """
    try:
        layers = hf.get_submodule(family.layers)
    except AttributeError:
        layers = None
    if not isinstance(layers, nn.ModuleList) or not len(layers):
        raise ModelError(
            f"family '{family.name}' has its decoder layers at '{family.layers}', which is not a list of modules in "
            f"{type(hf).__name__}",
            cure="Pass families=[Family(layers=...)] with the path of the list of decoder layers",
        )
    return layers


def place_in(layer: nn.Module, family: Family, point: str) -> Place:
    """Where `point` passes in a decoder layer.

    Raises ModelError: the layer has no such module.
    """
    path, _, side = family.points[point].rpartition(":")
    try:
        module = layer.get_submodule(path)
    except AttributeError:
        raise ModelError(
            f"family '{family.name}' reads {point} at '{family.points[point]}', but {type(layer).__name__} has no "
            f"module '{path}' (it has {', '.join(name for name, _ in layer.named_children())})",
            cure=f"Pass families=[Family(...)] that names the module which gives {point}",
        ) from None
    typed_side: Side = "input" if side == "input" else "output"
    return Place(module=module, side=typed_side, carried=point == "resid_mid")


def point_address(family: Family, layer: int, point: str) -> str:
    """Where a point is read, as a full module path for messages: `model.layers.3.mlp:output`."""
    path, _, side = family.points[point].rpartition(":")
    return f"{family.layers}.{layer}{'.' if path else ''}{path}:{side}"
