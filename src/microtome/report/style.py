"""What all figures have in common: colours, layout, and text as Plotly reads it.

Colours of data are chosen to be read on white and on black; background and text take those of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BLUE, ORANGE, GREY, RED = "#4f7cf7", "#ee8a1d", "#8b93a3", "#e0524d"
LEGEND: dict[str, Any] = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}


def layout(title: str, *, height: int = 340) -> dict[str, Any]:
    return {
        "title": {"text": plain(title), "x": 0, "xref": "paper", "font": {"size": 15}},
        "height": height,
        "template": "plotly_white",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 60, "r": 16, "t": 56, "b": 52},
        "font": {"size": 12},
    }


def bar(colour: str) -> dict[str, Any]:
    return {"color": colour, "line": {"width": 0}}


def plain(text: str) -> str:
    # plotly reads a subset of HTML in its texts.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sign(colour: str, mark: str = "━") -> str:
    """A coloured sign that explains a trace in a title."""
    return f'<span style="color:{colour}">{mark}</span>'


def logarithmic(low: float, high: float) -> dict[str, Any]:
    """An axis from `low` to `high` (above 0) with few round ticks written out: Plotly's own drop all but a digit."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for digits in ([1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], range(1, 10), np.arange(1, 10, 0.5), np.arange(1, 10, 0.1)):
        ticks = np.outer(powers, list(digits)).ravel()
        ticks = ticks[(ticks >= low) & (ticks <= high)]
        if len(ticks) >= 3:
            break
    ticks = ticks[:: -(-len(ticks) // 7)]
    return {
        "type": "log",
        "range": [float(np.log10(low)), float(np.log10(high))],
        "tickvals": ticks.tolist(),
        "ticktext": [f"{tick:.3g}" if tick < 1000 else f"{tick:,.0f}" for tick in ticks],
    }


def note(
    figure: Figure, text: str, *, x: float, xref: str, y: float, yref: str, log: Literal["x", "y"], **more: Any
) -> None:
    """A word beside a line. On a logarithmic axis a note stands at the logarithm, a line at the value."""
    place = {"x": x, "y": y, "xref": xref, "yref": yref, "xanchor": "left", "yanchor": "bottom"}
    place[log] = float(np.log10(x if log == "x" else y))
    figure.add_annotation(text=plain(text), showarrow=False, **place | more)
