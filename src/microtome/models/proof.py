"""Proves on the loaded model that its family reads the right tensors, before anyone trusts a number made from them.

One forward of a few tokens runs with every residual point and everything that is added to the residual stream
changed at random by edits. The laws

    resid_pre + attn_out = resid_mid        resid_mid + mlp_out = resid_post
    resid_pre + attn_out + mlp_out = resid_post   (parallel attention and MLP)
    resid_post of a layer = resid_pre of the next

must hold between the changed values and what the model then computes. That checks more than a plain forward could:
a tensor that merely has a plausible value fails, because the model does not go on with it, and an edit that does not
reach the residual stream fails too. The random changes are as large as the stream itself, so that a wrong term is far
above rounding even in bfloat16.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from microtome.errors import ModelError
from microtome.models.families import Family, place_in, point_address
from microtome.models.hooks import Place, Tap, Taps
from microtome.sites import POINTS, Site

__all__ = ["prove", "refuse_not_finite", "rounding_excess"]

_CHANGED = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")
# What reaches the next point of its own branch, in the order in which a layer must compute it.
_ORDER = (
    ("resid_pre", "attn_in", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_act", "mlp_out", "resid_post"),
    ("resid_pre", "attn_in", "attn_z", "attn_out", "resid_post"),
    ("resid_pre", "mlp_in", "mlp_act", "mlp_out", "resid_post"),
)


@dataclass
class _Trace:
    """What the forward computed at each site before the random change, and what it was given to go on with."""

    before: dict[Site, Tensor] = field(default_factory=dict)
    after: dict[Site, Tensor] = field(default_factory=dict)
    fired: list[Site] = field(default_factory=list)


def prove(
    family: Family, layers: Sequence[nn.Module], taps: Taps, forward: Callable[[], object]
) -> tuple[dict[Site, Place], dict[str, int]]:
    """The place of every site and the width of every point of a model that obeys the residual laws.

    `forward` runs the model on a few tokens. Raises ModelError: a module the family names is missing or is not
    reached, or a law fails; the message names the law, the layer and the module.
    """
    places = {
        Site(index, point): place_in(layer, family, point)
        for index, layer in enumerate(layers)
        for point in POINTS
        if point in family.points
    }
    trace = _Trace()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad(), taps.open([_tap(site, place, trace, generator) for site, place in places.items()]):
        forward()
    for index in range(len(layers)):
        _check_reached(family, index, trace)
        _check_laws(family, index, trace)
    for index in range(len(layers) - 1):
        total = trace.after[Site(index, "resid_post")]
        found = trace.before[Site(index + 1, "resid_pre")]
        excess = rounding_excess(found, (total,))
        if excess > 1:
            raise _broken(family, index, "resid_post = resid_pre of the next layer", ("resid_post",), excess)
    widths = {point: trace.before[Site(0, point)].shape[-1] for point in POINTS if point in family.points}
    return places, widths


def refuse_not_finite(hf: nn.Module, name: str) -> None:
    """Refuse a model with a weight that is NaN or infinite (`ModelError`). A sum is not finite then, and is quick."""
    for path, parameter in hf.named_parameters():
        if not bool(parameter.detach().sum(dtype=torch.float32).isfinite()) and not bool(parameter.isfinite().all()):
            raise ModelError(
                f"'{path}' of {name} holds values that are not finite", cure="Restore the model from a copy"
            )


def _tap(site: Site, place: Place, trace: _Trace, generator: torch.Generator) -> Tap:
    def change(value: Tensor) -> Tensor:
        if site in trace.before:
            trace.fired.append(site)
            return value
        trace.fired.append(site)
        trace.before[site] = value.clone()
        if site.point.startswith("resid"):
            # Reversing the order of the features changes everything and keeps the size, so nothing can overflow.
            value = value.flip(-1)
        elif site.point in _CHANGED:
            stream = trace.after.get(Site(site.layer, "resid_pre"), value)
            noise = torch.randn(value.shape, generator=generator).to(value)
            value = value + 0.25 * stream.float().square().mean().sqrt().to(value.dtype) * noise
        trace.after[site] = value.clone()
        return value

    return Tap(place=place, name=str(site), edit=change)


def _check_reached(family: Family, layer: int, trace: _Trace) -> None:
    order = {
        point: trace.fired.index(Site(layer, point)) for point in family.points if Site(layer, point) in trace.before
    }
    for point in (point for point in POINTS if point in family.points):
        address = point_address(family, layer, point)
        if point not in order:
            raise ModelError(
                f"{point} of layer {layer} is read from {address}, which a forward never reaches",
                cure=f"Pass families=[Family(...)] that names the module which gives {point}",
            )
        if trace.fired.count(Site(layer, point)) > 1:
            raise ModelError(
                f"{point} of layer {layer} is read from {address}, which runs more than once in a forward",
                cure=f"Pass families=[Family(...)] that names a module of one layer for {point}",
            )
    for chain in _ORDER[1:] if family.parallel else _ORDER[:1]:
        present = [point for point in chain if point in order]
        for earlier, later in itertools.pairwise(present):
            if order[earlier] > order[later]:
                raise ModelError(
                    f"{earlier} ({point_address(family, layer, earlier)}) is computed after {later} "
                    f"({point_address(family, layer, later)}) in layer {layer}, expected before",
                    cure=f"Pass families=[Family(...)] that names the modules which give {earlier} and {later}",
                )


def _check_laws(family: Family, layer: int, trace: _Trace) -> None:
    laws: tuple[tuple[tuple[str, ...], str], ...] = (
        ((("resid_pre", "attn_out", "mlp_out"), "resid_post"),)
        if family.parallel
        else ((("resid_pre", "attn_out"), "resid_mid"), (("resid_mid", "mlp_out"), "resid_post"))
    )
    for terms, total in laws:
        law = f"{' + '.join(terms)} = {total}"
        found = trace.before[Site(layer, total)]
        parts = tuple(trace.after[Site(layer, term)] for term in terms)
        if any(part.shape != found.shape for part in parts):
            shapes = ", ".join(f"{term} {tuple(part.shape)}" for term, part in zip(terms, parts, strict=True))
            raise _broken(family, layer, law, (*terms, total), None, f"shapes {shapes}, {total} {tuple(found.shape)}")
        excess = rounding_excess(found, parts)
        if not excess <= 1:
            raise _broken(family, layer, law, (*terms, total), excess)


def rounding_excess(found: Tensor, parts: Sequence[Tensor]) -> float:
    """The largest error of `found` against the sum of `parts`, in units of what rounding explains."""
    # On the CPU, because not every accelerator has float64.
    terms = torch.stack([part.cpu().double() for part in parts])
    size = terms.abs().sum(0)
    # One rounding per addition, at half an eps each; twice that leaves room for another order of adding.
    allowed = 2 * len(parts) * torch.finfo(found.dtype).eps * size + torch.finfo(found.dtype).tiny
    return float(((found.cpu().double() - terms.sum(0)).abs() / allowed).max())


def _broken(
    family: Family, layer: int, law: str, points: Sequence[str], excess: float | None, detail: str = ""
) -> ModelError:
    read: Mapping[str, str] = {point: point_address(family, layer, point) for point in points}
    shown = ", ".join(f"{point} from {address}" for point, address in read.items())
    why = detail or f"by {excess:.0f} times what rounding allows"
    suspects = " or ".join(point for point in points if point in ("attn_out", "mlp_out")) or "resid_post"
    return ModelError(
        f"family '{family.name}' breaks the law {law} at layer {layer} {why}; it reads {shown}",
        cure=f"Pass families=[Family(...)] in which {suspects} names the module whose output the layer adds to the "
        "residual stream, and the residual points the tensors before and after it",
    )
