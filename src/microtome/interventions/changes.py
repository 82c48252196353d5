"""What is to be changed, as plain data: which latent of which dictionary, how, by how much, and when.

A `Change` knows nothing of a model; it is what a preset file holds, what the command line reads and what a page sends.
`Intervention` puts a list of them into a model. The codes of a dictionary are changed in the order of the list: `clamp`
after `add` clamps, `add` after `clamp` adds to the clamped value.

| kind | the code a of the latent becomes | unit of `value` |
|---|---|---|
| ablate | 0 | – |
| clamp | value | activation, or max: the latent's maximum activation |
| min_clamp | max(a, value) | the same |
| scale | value · a | – |
| add | a + value | max, norm: the norm of the residual stream at the token, or activation |
| replace | (no latent) the site becomes the dictionary's reconstruction | – |
| project_out | (no code) the activation loses its component along the latent's decoder row | – |
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from microtome.errors import ConfigError

KINDS = ("replace", "ablate", "clamp", "min_clamp", "scale", "add", "project_out")
UNITS = ("activation", "max", "norm")
CLOCKS = ("position", "generated")

WITH_VALUE = ("clamp", "min_clamp", "scale", "add")
#: Kinds whose value is a strength, which a sweep varies.
VARIED = ("add", "clamp", "min_clamp")
_UNITS_OF = {"clamp": ("activation", "max"), "min_clamp": ("activation", "max"), "add": ("max", "norm", "activation")}


@dataclass(frozen=True, kw_only=True)
class Fires:
    """The condition that a latent fires on the same token: its code is more than `above`."""

    latent: int
    dictionary: str = ""
    above: float = 0.0

    def __post_init__(self) -> None:
        _check_latent(self.latent)
        _check_finite("the level of a condition", self.above)


@dataclass(frozen=True, kw_only=True)
class When:
    """At which tokens a change applies, and how much of it.

    clock: what `start`, `stop` and `scale` count. `position` is the place in the context, from 0; `generated` counts
    generated tokens from 0, so that the prompt is left alone. start, stop: first token, and the first one after the
    last (None: no end). scale: points (clock, factor) joined by straight lines; the change is applied in that
    proportion, and beyond the points as at the nearest. fires: only where this latent fires. specials: at special
    tokens (BOS and the like) too; dictionaries are not trained on these.
    """

    clock: str = "position"
    start: int = 0
    stop: int | None = None
    scale: tuple[tuple[float, float], ...] = ()
    fires: Fires | None = None
    specials: bool = False

    def __post_init__(self) -> None:
        if self.clock not in CLOCKS:
            raise ConfigError(f"got the clock '{self.clock}', expected position or generated", cure="Give one of these")
        if self.start < 0:
            raise ConfigError(f"got start {self.start}, expected 0 or more", cure="Count tokens from 0")
        if self.stop is not None and self.stop <= self.start:
            raise ConfigError(
                f"got stop {self.stop} with start {self.start}, expected a later token", cure="Raise stop, or leave it"
            )
        times = [time for time, _ in self.scale]
        if not all(math.isfinite(number) for point in self.scale for number in point) or sorted(set(times)) != times:
            raise ConfigError(
                f"got the scale {self.scale}, expected points of finite numbers with ascending clock",
                cure="Give for example ((0, 0.0), (20, 1.0))",
            )

    def factors(self, time_T: np.ndarray) -> np.ndarray:
        """How much of the change applies at each clock time, float64 [T]; 0 where it does not."""
        inside_T = (time_T >= self.start) & (time_T < (math.inf if self.stop is None else self.stop))
        if not self.scale:
            return inside_T.astype(np.float64)
        points = np.array(self.scale, dtype=np.float64)
        return np.where(inside_T, np.interp(time_T, points[:, 0], points[:, 1]), 0.0)


ALWAYS = When()
#: Generated tokens alone; the prompt is left as it is.
GENERATED = When(clock="generated")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change; see the table above. `dictionary` may stay empty where there is only one."""

    kind: str
    latent: int | None = None
    value: float = 0.0
    unit: str = ""
    dictionary: str = ""
    when: When = field(default=ALWAYS)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(
                f"got the change '{self.kind}', expected one of {', '.join(KINDS)}", cure="Give one of these"
            )
        if self.kind == "replace" and self.latent is not None:
            raise ConfigError(
                f"got latent {self.latent} to replace, but a whole site is replaced",
                cure="Leave the latent out, or use clamp",
            )
        if self.kind != "replace":
            _check_latent(self.latent)
        if self.kind in WITH_VALUE:
            _check_finite(f"the strength of {self.kind} {self.latent}", self.value)
        allowed = _UNITS_OF.get(self.kind, ("",))
        if not self.unit:
            object.__setattr__(self, "unit", allowed[0])
        elif self.unit not in allowed:
            raise ConfigError(
                f"got the unit '{self.unit}' for {self.kind}, expected {' or '.join(allowed) or 'none'}",
                cure="Leave it out, or give one that is expected",
            )

    def __str__(self) -> str:
        where = f"{self.dictionary}:" if self.dictionary else ""
        if self.kind == "replace":
            return f"replace {self.dictionary}".strip()
        value = f"={self.value:g}" if self.kind in WITH_VALUE else ""
        unit = {"max": " of its maximum", "norm": " of the residual's norm"}.get(self.unit, "")
        return f"{self.kind} {where}{self.latent}{value}{unit}"

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, without what is at its default; the inverse of `change_from`."""
        return {"kind": self.kind, **_without_defaults(self)}


def _without_defaults(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in dataclasses.fields(value):
        own = getattr(value, item.name)
        if own == item.default:
            continue
        found[item.name] = _without_defaults(own) if dataclasses.is_dataclass(own) else own
    if "scale" in found:
        found["scale"] = [list(point) for point in found["scale"]]
    return found


def change_from(plain: Any) -> Change:
    """A change from its JSON values. Raises ConfigError for an unknown key or a value it cannot have."""
    values = _known(plain, Change, "a change")
    if "when" in values:
        when = _known(values["when"], When, "when")
        if "fires" in when and when["fires"] is not None:
            when["fires"] = _made(Fires, _known(when["fires"], Fires, "fires"), "fires")
        try:
            when["scale"] = tuple((float(time), float(factor)) for time, factor in when.get("scale", ()))
        except (TypeError, ValueError):
            raise ConfigError(
                f"got the scale {when['scale']}, expected pairs of numbers", cure="Give for example [[0, 0], [20, 1]]"
            ) from None
        values["when"] = _made(When, when, "when")
    return _made(Change, values, "a change")


def _made(kind: type, values: dict[str, Any], name: str) -> Any:
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"got {values} for {name}, which does not fit ({error})", cure="Correct it") from None


def _known(plain: Any, kind: type, name: str) -> dict[str, Any]:
    names = [item.name for item in dataclasses.fields(kind)]
    if not isinstance(plain, Mapping) or not set(plain) <= set(names):
        got = sorted(set(plain) - set(names)) if isinstance(plain, Mapping) else plain
        raise ConfigError(f"got {got} in {name}, expected the keys {', '.join(names)}", cure="Correct it")
    return dict(plain)


def _check_latent(latent: Any) -> None:
    if not isinstance(latent, int) or isinstance(latent, bool) or latent < 0:
        raise ConfigError(f"got the latent '{latent}', expected a whole number from 0", cure="Give its number")


def _check_finite(what: str, value: Any) -> None:
    # Far below what float32 holds, because it is multiplied by maxima and norms.
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= 1e30:
        raise ConfigError(f"got {value} as {what}, expected a finite number", cure="Give one, such as 3")


# The names people say -------------------------------------------------------------------------------------------------


def replace(dictionary: str = "", *, when: When = ALWAYS) -> Change:
    """The site becomes the dictionary's reconstruction; a transcoder takes the MLP's place."""
    return Change(kind="replace", dictionary=dictionary, when=when)


def ablate(latent: int, dictionary: str = "", *, when: When = ALWAYS) -> Change:
    """The latent's part is taken out: `h ← h − a·W_dec[latent]`."""
    return Change(kind="ablate", latent=latent, dictionary=dictionary, when=when)


def clamp(latent: int, value: float, dictionary: str = "", *, unit: str = "", when: When = ALWAYS) -> Change:
    """The latent is set, and the dictionary's error kept: `h ← h + (value − a)·W_dec[latent]`."""
    return Change(kind="clamp", latent=latent, value=value, unit=unit, dictionary=dictionary, when=when)


def min_clamp(latent: int, value: float, dictionary: str = "", *, unit: str = "", when: When = ALWAYS) -> Change:
    """Like `clamp`, where the latent is lower: `h ← h + (max(a, value) − a)·W_dec[latent]`."""
    return Change(kind="min_clamp", latent=latent, value=value, unit=unit, dictionary=dictionary, when=when)


def scale(latent: int, value: float, dictionary: str = "", *, when: When = ALWAYS) -> Change:
    """The latent is multiplied: `h ← h + (value − 1)·a·W_dec[latent]`; 1 changes nothing, 0 ablates."""
    return Change(kind="scale", latent=latent, value=value, dictionary=dictionary, when=when)


def add(latent: int, value: float, dictionary: str = "", *, unit: str = "", when: When = ALWAYS) -> Change:
    """The latent's decoder row is added: `h ← h + value·a_max·W_dec[latent]`, or in the unit given."""
    return Change(kind="add", latent=latent, value=value, unit=unit, dictionary=dictionary, when=when)


def project_out(latent: int, dictionary: str = "", *, when: When = ALWAYS) -> Change:
    """The activation loses its component along the decoder row w: `h ← h − (h·w)·w/‖w‖²`. Of several, their span."""
    return Change(kind="project_out", latent=latent, dictionary=dictionary, when=when)


def scaled(changes: Sequence[Change], factor: float) -> list[Change]:
    """The same changes with every strength of `add`, `clamp`, `min_clamp` times `factor`; the points of a sweep."""
    return [
        dataclasses.replace(change, value=change.value * factor) if change.kind in VARIED else change
        for change in changes
    ]
