"""The names of places in a model, and the one grammar that reads them.

A site is a layer and a point of it, written `9.mlp_out`. People arrive with other spellings (globs, ranges, lists,
TransformerLens hook names, module paths), so every option of the library that takes a site reads it here, and a
wrong name is refused here with the nearest right one, before a model has spent a second on it.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from microtome.errors import SiteError

__all__ = ["POINTS", "AnySite", "ModuleSite", "Site", "parse_site", "parse_sites"]

# In the order in which a sequential decoder layer computes them.
POINTS = (
    "resid_pre",
    "attn_in",
    "attn_z",
    "attn_out",
    "resid_mid",
    "mlp_in",
    "mlp_act",
    "mlp_out",
    "resid_post",
)
_RANK = {point: rank for rank, point in enumerate(POINTS)}

_FROM_TRANSFORMER_LENS = {
    "hook_resid_pre": "resid_pre",
    "hook_resid_mid": "resid_mid",
    "hook_resid_post": "resid_post",
    "hook_attn_out": "attn_out",
    "hook_mlp_out": "mlp_out",
    "ln1.hook_normalized": "attn_in",
    "ln2.hook_normalized": "mlp_in",
    "attn.hook_z": "attn_z",
    "mlp.hook_post": "mlp_act",
}
# Names that exist there but would be misread here: silently mapping them would change the numbers.
_REFUSED_TRANSFORMER_LENS = {
    "hook_mlp_in": ("the residual stream before the MLP's norm", "resid_mid", "mlp_in"),
    "hook_attn_in": (
        "the residual stream before the attention's norm, once per head",
        "resid_pre",
        "attn_in",
    ),
}


@functools.total_ordering
@dataclass(frozen=True)
class Site:
    """A point of a decoder layer; `str(site)` is `9.mlp_out`. Sorts by layer, then in the order of computation."""

    layer: int
    point: str

    def __post_init__(self) -> None:
        if self.point not in _RANK:
            raise _unknown_point(str(self.layer), self.point, POINTS)
        if self.layer < 0:
            raise SiteError(
                f"got layer {self.layer} in a Site, expected a layer counted from 0",
                cure=f"Read negative layers with parse_site('{self.layer}.{self.point}', n_layers=...)",
            )

    def __str__(self) -> str:
        return f"{self.layer}.{self.point}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Site):
            return NotImplemented
        return (self.layer, _RANK[self.point]) < (other.layer, _RANK[other.point])


@dataclass(frozen=True, order=True)
class ModuleSite:
    """The first tensor that goes into, or comes out of, any module; `str(site)` is `model.layers.3.mlp:output`."""

    path: str
    side: Literal["input", "output"]

    def __str__(self) -> str:
        return f"{self.path}:{self.side}"


AnySite: TypeAlias = Site | ModuleSite


def parse_sites(spec: str | Sequence[str], *, n_layers: int, points: Iterable[str] = POINTS) -> list[AnySite]:
    """Every site that `spec` names in a model of `n_layers` layers, without duplicates.

    Items are separated by commas (or given as a sequence): `9.mlp_out`, `-1.resid_post` (counted from the last
    layer), `0-11.resid_post`, `*.mlp_out`, `3.*`, `3.resid_*`, a TransformerLens name (`blocks.9.hook_mlp_out`), or
    `module.path:input` / `module.path:output` for anything else. `points` are those the model has: globs are
    limited to them. Sites come back in the order of computation, module sites after them in the order given.

    Raises SiteError: a name that cannot be read, a layer the model lacks, a point it lacks, or nothing named.
    """
    available = tuple(point for point in POINTS if point in set(points))
    texts = [spec] if isinstance(spec, str) else list(spec)
    items = [item.strip() for text in texts for item in str(text).split(",")]
    items = [item for item in items if item]
    if not items:
        raise SiteError("got no site, expected at least one", cure="Name one, like 0.mlp_out or *.resid_post")
    sites: set[Site] = set()
    modules: dict[ModuleSite, None] = {}
    for item in items:
        if ":" in item:
            modules[_module_site(item)] = None
        else:
            sites.update(_layer_sites(item, n_layers, available))
    return [*sorted(sites), *modules]


def parse_site(spec: str, *, n_layers: int, points: Iterable[str] = POINTS) -> AnySite:
    """The one site that `spec` names; see `parse_sites` for the grammar.

    Raises SiteError: as `parse_sites`, and when `spec` names several.
    """
    sites = parse_sites(spec, n_layers=n_layers, points=points)
    if len(sites) != 1:
        shown = ", ".join(str(site) for site in sites[:3]) + (", ..." if len(sites) > 3 else "")
        raise SiteError(
            f"got '{spec}', which names {len(sites)} sites ({shown}), expected one",
            cure=f"Name one of them, like {sites[0]}",
        )
    return sites[0]


def _module_site(item: str) -> ModuleSite:
    path, _, side = item.rpartition(":")
    if side not in ("input", "output") or not path:
        raise SiteError(
            f"got '{item}', expected a module path with the side input or output",
            cure=f"Write {path or 'model.layers.0.mlp'}:input or {path or 'model.layers.0.mlp'}:output",
        )
    if not re.fullmatch(r"\w+(\.\w+)*", path):
        raise SiteError(
            f"got '{item}', expected a plain module path (globs work for points only, like *.mlp_out)",
            cure=f"Name each module, like model.layers.0.mlp:{side}",
        )
    return ModuleSite(path, "input" if side == "input" else "output")


def _layer_sites(item: str, n_layers: int, available: tuple[str, ...]) -> list[Site]:
    if item.startswith("blocks."):
        layers_text, point_text = _read_transformer_lens(item)
    else:
        layers_text, dot, point_text = item.partition(".")
        if not dot or not re.fullmatch(r"\*|-?\d+(--?\d+|-\d+)?", layers_text):
            raise _unreadable(item, available)
    layers = _layers(layers_text, item, n_layers)
    if any(mark in point_text for mark in "*?["):
        chosen = [point for point in available if fnmatch.fnmatchcase(point, point_text)]
        if not chosen:
            raise SiteError(
                f"got '{item}', which matches no point, expected a glob over {', '.join(available)}",
                cure=f"Write {layers_text}.* for all of them",
            )
    elif point_text in available:
        chosen = [point_text]
    elif point_text in _RANK:
        raise SiteError(
            f"got '{item}', but this model has no {point_text} (its attention and MLP read the same residual "
            f"stream), expected one of {', '.join(available)}",
            cure=f"Use {layers_text}.resid_pre, {layers_text}.mlp_in or another of them",
        )
    else:
        raise _unknown_point(layers_text, point_text, available)
    return [Site(layer, point) for layer in layers for point in chosen]


def _layers(text: str, item: str, n_layers: int) -> range:
    if text == "*":
        return range(n_layers)
    single = re.fullmatch(r"-?\d+", text)
    match = re.fullmatch(r"(-?\d+)-(-?\d+)", text)
    if single:
        first = last = _layer(int(text), item, n_layers)
    elif match:
        first, last = (_layer(int(end), item, n_layers) for end in match.groups())
    else:
        raise _unreadable(item, POINTS)
    if first > last:
        raise SiteError(
            f"got '{item}', a range that runs backwards, expected the lower layer first",
            cure=f"Write {last}-{first}",
        )
    return range(first, last + 1)


def _layer(number: int, item: str, n_layers: int) -> int:
    layer = number + n_layers if number < 0 else number
    if not 0 <= layer < n_layers:
        raise SiteError(
            f"got '{item}' with layer {number}, expected 0 to {n_layers - 1} (this model has {n_layers} layers)",
            cure=f"Name one of those layers, or -1 for the last, which is {n_layers - 1}",
        )
    return layer


def _read_transformer_lens(item: str) -> tuple[str, str]:
    match = re.fullmatch(r"blocks\.(\*|-?\d+(?:--?\d+|-\d+)?)\.(.+)", item)
    if not match:
        raise SiteError(
            f"got '{item}', expected a TransformerLens name with a layer",
            cure="Write blocks.9.hook_mlp_out or 9.mlp_out",
        )
    layers_text, name = match.groups()
    if name in _FROM_TRANSFORMER_LENS:
        return layers_text, _FROM_TRANSFORMER_LENS[name]
    if name in _REFUSED_TRANSFORMER_LENS:
        meaning, before, after = _REFUSED_TRANSFORMER_LENS[name]
        raise SiteError(
            f"got '{item}', which in TransformerLens is {meaning}, expected a name that cannot be misread",
            cure=f"Write {layers_text}.{before} for that, or {layers_text}.{after} for what enters the module "
            "after its norm",
        )
    nearest = difflib.get_close_matches(name, _FROM_TRANSFORMER_LENS, n=1, cutoff=0.0)[0]
    raise SiteError(
        f"got '{item}', expected a TransformerLens name out of {', '.join(_FROM_TRANSFORMER_LENS)}",
        cure=f"Write blocks.{layers_text}.{nearest}, or module.path:output for any other place",
    )


def _unknown_point(layers_text: str, point_text: str, available: Sequence[str]) -> SiteError:
    nearest = difflib.get_close_matches(point_text, available, n=1, cutoff=0.0)[0]
    return SiteError(
        f"got the point '{point_text}', expected one of {', '.join(available)}",
        cure=f"Did you mean {layers_text}.{nearest}? For any other place write module.path:output",
    )


def _unreadable(item: str, available: Sequence[str]) -> SiteError:
    if item in available:
        return SiteError(
            f"got '{item}' without a layer, expected layer.point",
            cure=f"Write 0.{item}, or *.{item} for every layer",
        )
    return SiteError(
        f"got '{item}', expected layer.point",
        cure="Write it like 9.mlp_out, *.mlp_out, 0-11.resid_post, -1.resid_post, blocks.9.hook_mlp_out or "
        "module.path:output",
    )
