"""Options that several commands share, and how numbers and lists are written on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from microtome.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Hub id, folder, .gguf file, `tiny`, or `gemma-3-270m`.", show_default=False),
]
TextOption = Annotated[
    str | None,
    typer.Option("--text", help="Files, a folder, a Hub dataset, `-`, or `builtin:python-docs`; several by commas."),
]
ColumnOption = Annotated[str | None, typer.Option(help="Column of a table that holds the text, `a+b` to join two.")]
DtypeOption = Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16, for the language model.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu or cuda, for the language model.")]


def console() -> Any:
    from rich.console import Console

    return Console()


def words(value: str | None) -> list[str] | None:
    found = None if value is None else [word.strip() for word in value.split(",") if word.strip()]
    if found == []:
        raise ConfigError(f"got '{value}', expected values separated by commas", cure="Give at least one")
    return found


def number(value: str | None, name: str) -> int | None:
    """A whole number written as 2000000, 2_000_000 or 2e6."""
    if value is None:
        return None
    try:
        exact = float(value.replace("_", ""))
        whole = int(exact)
    except (ValueError, OverflowError):
        whole, exact = 0, 0.5
    if whole != exact:
        raise ConfigError(f"got --{name} {value}, expected a whole number such as 2000000 or 2e6", cure="Correct it")
    return whole


def numbers(value: str | None, name: str) -> list[float] | None:
    found = words(value)
    if found is None:
        return None
    try:
        return [float(word.replace("_", "")) for word in found]
    except ValueError:
        raise ConfigError(f"got --{name} {value}, expected numbers separated by commas", cure="Correct it") from None


def print_json(value: Mapping[str, Any]) -> None:
    """`value` on standard output, as people and programs read it."""
    import json

    print(json.dumps(value, indent=1, ensure_ascii=False))


def vector(path: str | Path) -> np.ndarray:
    """The numbers that numpy.save wrote to a file, in float32."""
    import numpy as np

    try:
        return np.asarray(np.load(path), dtype=np.float32)
    except (OSError, EOFError, ValueError, TypeError):
        raise ConfigError(
            f"'{path}' could not be read as a vector of numbers", cure="Write it with numpy.save"
        ) from None
