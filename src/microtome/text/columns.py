"""Which column of a table holds the text: asked for by the user, or obvious, or an error that lists the
choices.

The rules are the same for CSV, JSON lines, Parquet and datasets. Without `column`, the column is `text` or
`content`, else the only column of strings. `a+b` joins the columns `a` and `b` with a newline. Numbers
(`2+3`) are positions in a CSV file that has no header row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from microtome.errors import TextError

USUAL_NAMES = ("text", "content")
# How many rows are looked at to tell which columns hold strings.
SAMPLE_ROWS = 100
_SHOWN_CHARACTERS = 40


def column_positions(column: str | None) -> list[int] | None:
    """The 1-based positions of `"2+3"`; None where `column` is not made of numbers.

    Raises TextError for position 0: positions count from 1.
    """
    parts = [] if column is None else [part.strip() for part in column.split("+")]
    if not parts or not all(part.isdecimal() for part in parts):
        return None
    positions = [int(part) for part in parts]
    if 0 in positions:
        raise TextError(f"got column {column!r}, expected positions from 1", cure="count columns from 1")
    return positions


def choose_columns(
    column: str | None, names: Sequence[str], strings: Sequence[str], *, source: str, hint: str = ""
) -> list[str]:
    """The names of the columns whose text is read.

    `names` are all columns of the table, `strings` those that hold strings, `source` the table's name for
    errors and `hint` one more cure. Raises TextError where a column is missing, or none or several could be
    meant.
    """
    if column is not None:
        wanted = [column] if column in names else [part.strip() for part in column.split("+")]
        missing = [name for name in wanted if name not in names]
        if missing:
            raise TextError(
                f"{source!r} has no column {_shown(missing[0])}, it has {_list(names)}",
                cure="name one of these columns with --column" + hint,
            )
        return wanted
    for name in USUAL_NAMES:
        if name in names:
            return [name]
    if len(strings) == 1:
        return [strings[0]]
    if not strings:
        raise TextError(
            f"{source!r} has no column of strings, its columns are {_list(names)}",
            cure="give a table with a column of text" + hint,
        )
    raise TextError(
        f"{source!r} has no column 'text' or 'content' and several columns of strings: {_list(strings)}",
        cure=f"name one with --column, or join several: --column {'+'.join(strings[:2])!r:.60}" + hint,
    )


def columns_of(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """All columns of some rows, and those of them that hold strings: at least one, and nothing else but nulls."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = {name: [row[name] for row in rows if row.get(name) is not None] for name in names}
    strings = [name for name in names if values[name] and all(isinstance(one, str) for one in values[name])]
    return names, strings


def row_text(row: Mapping[str, Any], columns: Sequence[str], *, source: str, number: int) -> str:
    """The text of one row: the values of `columns` joined by newlines, empty where all of them are null.

    Raises TextError where the row lacks a column or its value is not a string. `number` counts rows from 1.
    """
    values = []
    for column in columns:
        if column not in row:
            raise TextError(
                f"row {number} of {source!r} has no column {_shown(column)}, it has {_list(list(row))}",
                cure="give every row the same columns, or name another with --column",
            )
        value = row[column]
        if value is not None and not isinstance(value, str):
            raise TextError(
                f"row {number} of {source!r} holds {type(value).__name__} in the column {_shown(column)}, "
                "expected a string",
                cure="name a column of text with --column",
            )
        if value:
            values.append(value)
    return "\n".join(values)


def _shown(name: str) -> str:
    return repr(name if len(name) <= _SHOWN_CHARACTERS else name[: _SHOWN_CHARACTERS - 3] + "...")


def _list(names: Sequence[str]) -> str:
    return ", ".join(_shown(name) for name in names) or "no columns"
