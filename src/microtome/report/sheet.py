"""Figures, tables and notebook cards of one's own choice as one HTML file, which opens with the network off.

The report shows every run alike; a sheet is for what one analysis found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from microtome.artifacts import write_bytes
from microtome.markup import readable
from microtome.report.document import document, embedded, number

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class Card(Protocol):
    """What shows itself in a notebook: a `Latent`, what fires on a text, a text shaded by a latent."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a sheet. `shown` is a figure (it has a title of its own), a card or several, a table as rows of equal
    keys, or a text. In tables and texts, what is invisible is shown as tokens show it."""

    shown: Figure | Card | Sequence[Card] | Sequence[Mapping[str, object]] | str
    title: str = ""
    note: str = ""


def write_sheet(path: str | Path, title: str, parts: Sequence[Part], *, note: str = "") -> Path:
    """Write the parts, one below the other. Raises `ArtifactError` where the file cannot be written."""
    shown = [
        {"title": part.title, "note": part.note, **_content(part.shown, f"part-{index}")}
        for index, part in enumerate(parts)
    ]
    write_bytes(Path(path), document("sheet.html.j2", title=title, note=note, parts=shown).encode())
    return Path(path)


def _content(shown: object, identifier: str) -> dict[str, object]:
    from markupsafe import Markup

    if isinstance(shown, str):
        return {"kind": "text", "content": "\n".join(readable(line) for line in shown.split("\n"))}
    if hasattr(shown, "to_plotly_json"):
        return {"kind": "figure", "content": embedded(shown, identifier)}  # type: ignore[arg-type]
    if hasattr(shown, "_repr_html_"):
        # Cards escape what they show, and the page's policy runs no script of theirs.
        return {"kind": "cards", "content": [Markup(shown._repr_html_())]}
    rows = list(shown)  # type: ignore[call-overload]
    if rows and hasattr(rows[0], "_repr_html_"):
        return {"kind": "cards", "content": [Markup(card._repr_html_()) for card in rows]}
    return {
        "kind": "table",
        "head": list(rows[0]) if rows else [],
        "content": [[_cell(value) for value in row.values()] for row in rows],
    }


def _cell(value: object) -> tuple[str, bool]:
    """A cell's text, a line for each part of a list, and whether it is a number."""
    if isinstance(value, (list, tuple)):
        return "\n".join(readable(str(part)) for part in value), False
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ("–" if value is None else readable(str(value))), False
    return (number(value) if isinstance(value, float) else f"{value:,}"), True
