"""Guesses how an unknown architecture is built, so that most models work without anyone describing them.

Names and shapes give the stack of decoder layers, the attention, the MLP, their output projections and the norms.
Which of the norms' tensors are added to the residual stream is then found by arithmetic: one forward of a few tokens
reads them all, and only combinations that obey a residual law become candidates. A candidate is still only a guess;
`microtome.models.proof` decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from microtome.errors import ModelError
from microtome.models.families import Family
from microtome.models.hooks import Place, Side, Tap, Taps, snapshot
from microtome.models.proof import rounding_excess

__all__ = ["guess"]

_CURE = (
    "Pass families=[Family(...)] that names the module for attn_out, resid_mid and mlp_out of a decoder layer "
    "(see microtome.models.families)"
)
_PROJECTIONS = (
    r"o_proj|out_proj|c_proj|wo|dense|resid_proj|out_lin|attn_out|proj",
    r"down_proj|c_proj|fc2|fc_out|dense_4h_to_h|w2|wo|out_proj|proj_2|proj_down|lin2|output_linear",
)


def guess(hf: nn.Module, taps: Taps, forward: Callable[[], object]) -> list[Family]:
    """Families that might describe `hf`, likeliest first.

    Raises ModelError: no stack of decoder layers with attention and MLP, or no law holds between their tensors.
    """
    path, layer = _find_layers(hf)
    attention, mlp = _child(layer, r"attn|attention"), _child(layer, r"mlp|ffn|feed_?forward|moe")
    if attention is None or mlp is None:
        lacking = "attention" if attention is None else "MLP"
        names = ", ".join(name for name, _ in layer.named_children())
        raise ModelError(
            f"cannot read {type(hf).__name__}: {path}.0 ({type(layer).__name__}) has no module that looks like its "
            f"{lacking} (it has {names}), expected one",
            cure=_CURE,
        )
    inside = {"attn_in": f"{attention}:input", "mlp_in": f"{mlp}:input"}
    for point, owner, pattern in zip(("attn_z", "mlp_act"), (attention, mlp), _PROJECTIONS, strict=True):
        projection = _projection(layer.get_submodule(owner), pattern)
        if projection is not None:
            inside[point] = f"{owner}.{projection}:input"
    norms = [name for name, module in layer.named_children() if _is_norm(module)]
    found = _read(layer, [attention, mlp, *norms], taps, forward)
    families = [
        Family(
            name=f"structure of {type(hf).__name__}",
            model_types=(str(getattr(getattr(hf, "config", None), "model_type", "")),),
            layers=path,
            points={"resid_pre": ":input", "resid_post": ":output", **inside, **points},
            parallel="resid_mid" not in points,
        )
        for points in _lawful(found, attention, mlp, norms)
    ]
    if not families:
        raise ModelError(
            f"cannot read {type(hf).__name__}: in {path}.0 no outputs of {', '.join([attention, mlp, *norms])} obey "
            "resid_pre + attn_out = resid_mid and resid_mid + mlp_out = resid_post (or, in parallel, "
            "resid_pre + attn_out + mlp_out = resid_post)",
            cure=_CURE,
        )
    return families


def _find_layers(hf: nn.Module) -> tuple[str, nn.Module]:
    stacks = [
        (path, module)
        for path, module in hf.named_modules()
        if isinstance(module, nn.ModuleList) and len(module) and any(True for _ in module[0].children())
    ]
    if not stacks:
        raise ModelError(f"cannot read {type(hf).__name__}: it has no list of decoder layers, expected one", cure=_CURE)
    likely = [stack for stack in stacks if _child(stack[1][0], r"attn|attention") is not None]
    path, stack = max(likely or stacks, key=lambda item: len(item[1]))
    return path, stack[0]


def _child(layer: nn.Module, pattern: str) -> str | None:
    for name, module in layer.named_children():
        if re.search(pattern, name, re.IGNORECASE) and not _is_norm(module) and _weights(module):
            return name
    return None


def _is_norm(module: nn.Module) -> bool:
    parameters = list(module.parameters())
    named = "norm" in type(module).__name__.lower()
    return named or (bool(parameters) and all(parameter.dim() == 1 for parameter in parameters))


def _weights(module: nn.Module) -> list[str]:
    """Paths of the modules inside that multiply by a matrix."""
    return [
        path
        for path, inner in module.named_modules()
        if isinstance(getattr(inner, "weight", None), Tensor) and inner.weight.dim() == 2
    ]


def _projection(module: nn.Module, pattern: str) -> str | None:
    candidates = [path for path in _weights(module) if path and re.fullmatch(pattern, path.rsplit(".", 1)[-1])]
    return candidates[-1] if len(candidates) == 1 else None


def _read(layer: nn.Module, children: list[str], taps: Taps, forward: Callable[[], object]) -> dict[str, Tensor]:
    """The first value that passes each side of the layer and of the named children."""
    values: dict[str, Tensor] = {}

    def reader(address: str) -> Callable[[Tensor], None]:
        def read(value: Tensor) -> None:
            values.setdefault(address, snapshot(value))

        return read

    sides: tuple[Side, Side] = ("input", "output")
    wanted = [
        Tap(place=Place(layer.get_submodule(path), side), name=f"{path}:{side}", read=reader(f"{path}:{side}"))
        for path, side in itertools.product(["", *children], sides)
    ]
    with torch.no_grad(), taps.open(wanted):
        forward()
    return values


def _lawful(found: dict[str, Tensor], attention: str, mlp: str, norms: list[str]) -> Iterator[dict[str, str]]:
    """Every choice of attn_out, resid_mid and mlp_out that obeys the laws on the values read."""
    start, end = found[":input"], found[":output"]
    outputs = [f"{name}:output" for name in norms]
    added_first = [address for address in (f"{attention}:output", *outputs) if address in found]
    added_second = [address for address in (f"{mlp}:output", *outputs) if address in found]
    middles = [address for address in (*(f"{name}:input" for name in norms), f"{mlp}:input") if address in found]
    for first, middle, second in itertools.product(added_first, middles, added_second):
        if (
            first != second
            and _adds_up(found[middle], start, found[first])
            and _adds_up(end, found[middle], found[second])
        ):
            yield {"attn_out": first, "resid_mid": middle, "mlp_out": second}
    for first, second in itertools.product(added_first, added_second):
        if first != second and _adds_up(end, start, found[first], found[second]):
            yield {"attn_out": first, "mlp_out": second}


def _adds_up(total: Tensor, *parts: Tensor) -> bool:
    return all(part.shape == total.shape for part in parts) and rounding_excess(total, parts) <= 1
