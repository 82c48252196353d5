"""How changes are written in words, on the command line and in a page's text field.

| written | means |
|---|---|
| `7` | latent 7 (ablate, project_out) |
| `7=5` | latent 7 with value 5 |
| `jumprelu:7=5` | of the dictionary that has `jumprelu` in its name |
| `7=5,9=2` | both |
| `9>0.5` | where latent 9 is above 0.5 (a condition); `9` alone: where it fires |
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from microtome.errors import ConfigError
from microtome.interventions.bench import Bench
from microtome.interventions.changes import ALWAYS, WITH_VALUE, Change, Fires, When

#: In this order, whatever the order of the options; a preset keeps any other.
ORDER = ("clamp", "min_clamp", "scale", "ablate", "add", "project_out")


def read_changes(
    bench: Bench,
    written: Mapping[str, Sequence[str]],
    *,
    replace: bool = False,
    dictionaries: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    when: When = ALWAYS,
) -> list[Change]:
    """Changes from words by kind: `{"clamp": ["7=5"], "ablate": ["NAME:9"]}`.

    `dictionaries` are meant where no name is written: those to be replaced (all of the run's, if none are given) and,
    if it is one, that of every latent. `units` by kind. Raises ConfigError for what cannot be read.
    """
    names = [bench.name_of(text) for text in dictionaries]
    changes = []
    if replace:
        changes = [Change(kind="replace", dictionary=name, when=when) for name in names or list(bench.placed)]
    for kind in ORDER:
        for text in (part for item in written.get(kind, ()) for part in item.split(",")):
            name, latent, value = _read(bench, kind, text.strip(), names)
            unit = (units or {}).get(kind, "")
            changes.append(Change(kind=kind, latent=latent, value=value, unit=unit, dictionary=name, when=when))
    return changes


def read_condition(bench: Bench, text: str, dictionaries: Sequence[str] = ()) -> Fires:
    """`NAME:9>0.5` as a condition. Raises ConfigError for what cannot be read."""
    where, sign, level = text.partition(">")
    name, latent = _address(bench, "when", where.strip(), [bench.name_of(part) for part in dictionaries], text)
    above = _number("when", level, text) if sign else 0.0
    return Fires(latent=latent, dictionary=name, above=above)


def _read(bench: Bench, kind: str, text: str, names: Sequence[str]) -> tuple[str, int, float]:
    where, sign, value = text.partition("=")
    if bool(sign) != (kind in WITH_VALUE):
        form = "LATENT=VALUE, such as 7=5" if kind in WITH_VALUE else "a latent, such as 7"
        raise ConfigError(f"got {_option(kind)} {text}, expected {form}", cure="Correct it")
    name, latent = _address(bench, kind, where.strip(), names, text)
    return name, latent, _number(kind, value, text) if sign else 0.0


def _address(bench: Bench, kind: str, where: str, names: Sequence[str], text: str) -> tuple[str, int]:
    named, _, number = where.rpartition(":")
    if not number.isdecimal():
        raise ConfigError(f"got {_option(kind)} {text}, expected the number of a latent, such as 7", cure="Correct it")
    if named:
        return bench.name_of(named), int(number)
    known = list(names) or list(bench.placed)
    if len(known) != 1:
        raise ConfigError(
            f"got {_option(kind)} {text} with {len(known)} dictionaries, expected which one is meant",
            cure=f"Write {known[0]}:{text}, or give --dictionary one of {', '.join(known)}",
        )
    return known[0], int(number)


def _number(kind: str, value: str, text: str) -> float:
    try:
        number = float(value.replace("_", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(
            f"got {_option(kind)} {text}, expected a finite number as its value", cure="Give one, such as 3"
        )
    return number


def _option(kind: str) -> str:
    return f"--{kind.replace('_', '-')}"
