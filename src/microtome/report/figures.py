"""The figures of a report as plotly Figures, for the report and for notebooks alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from microtome.evaluation.metrics import COSINE_EDGES, DENSE_ABOVE, Metrics
from microtome.report.style import BLUE, GREY, LEGEND, ORANGE, RED, bar, layout, sign
from microtome.training.run import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_BIN = 0.1  # width of a bar of the density histogram, in powers of ten


# Panels of the training curves, row by row: title, key of a row, key of its `held_out`, logarithmic.
_PANELS: tuple[tuple[str, str, str | None, bool], ...] = (
    (f"FVU: {sign(BLUE, '━')} batch, {sign(ORANGE, '●')} held-out", "batch_fvu", "fvu", True),
    ("Loss", "loss", None, True),
    (
        f"L0: {sign(BLUE, '━')} batch, {sign(ORANGE, '●')} held-out, {sign(GREY, '╌')} target",
        "batch_l0",
        "l0",
        False,
    ),
    ("Share of dead latents", "dead", None, False),
    ("Learning rate", "lr", None, False),
    ("Weight of the sparsity loss", "sparsity", None, False),
)


def training_curves(run: Run, name: str) -> Figure:
    """Training curves of dictionary `name` over tokens, one panel each: FVU (batch and held-out), loss, L0
    with its target, dead share, learning rate, and the weight of the sparsity loss where there is one.

    Traces carry the key of metrics.jsonl as their name, those of held-out measurements `held_out.fvu` and
    `held_out.l0`, the target `target`. Raises `ArtifactError` when the run has no such dictionary.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    target = float(run.entry(name)["l0"])
    rows = [row for row in run.metrics() if row["dictionary"] == name]
    # topk and batchtopk have no such weight.
    panels = [panel for panel in _PANELS if panel[1] != "sparsity" or any("sparsity" in row for row in rows)]
    figure = make_subplots(
        rows=3,
        cols=2,
        subplot_titles=[panel[0] for panel in panels],
        specs=[[{}, {}], [{}, {}], [{}, {} if len(panels) == len(_PANELS) else None]],
        horizontal_spacing=0.11,
        vertical_spacing=0.13,
    )
    for index, (_, key, held_out, logarithmic) in enumerate(panels):
        place = {"row": index // 2 + 1, "col": index % 2 + 1}
        x, y = _series(rows, key)
        figure.add_trace(go.Scatter(x=x, y=y, name=key, mode="lines", line={"color": BLUE, "width": 2}), **place)
        shown = list(y)
        if held_out is not None:
            measured = [{"tokens": row["tokens"], **row["held_out"]} for row in rows if row.get("held_out")]
            x, y = _series(measured, held_out)
            marker = {"color": ORANGE, "size": 7}
            figure.add_trace(go.Scatter(x=x, y=y, name=f"held_out.{held_out}", mode="markers", marker=marker), **place)
            shown += y
        if key == "batch_l0" and rows:
            ends = [min(row["tokens"] for row in rows), max(row["tokens"] for row in rows)]
            line = {"color": GREY, "width": 1.5, "dash": "dash"}
            figure.add_trace(go.Scatter(x=ends, y=[target, target], name="target", mode="lines", line=line), **place)
        _scale(figure, place, shown, logarithmic)
    # One zoom moves all panels; the first axis cannot be told to follow itself.
    figure.update_xaxes(matches="x")
    figure.layout.xaxis.matches = None
    figure.update_xaxes(title_text="tokens", row=3)
    figure.update_layout(**layout(f"Training of {name}", height=760), showlegend=False, hovermode="x")
    figure.update_layout(margin={"l": 60, "r": 16, "t": 84, "b": 52})
    figure.update_annotations(font_size=13)
    return figure


def density_histogram(metrics: Metrics) -> Figure:
    """How often latents fire: a histogram of log10(density), bars of a tenth of a power of ten.

    Latents that never fired have no logarithm; they are a bar of their own at the left (trace `dead`). Those
    that fire on more than 10 % of tokens are trace `dense`, the others `fires`.
    """
    import plotly.graph_objects as go

    count_F = metrics.arrays["count"]
    tokens = max(int(metrics.facts.get("tokens", 0)), 1)
    density_F = count_F / tokens
    lowest = np.floor(np.log10(1 / tokens))
    edges = np.round(np.arange(lowest / _BIN, 1.5) * _BIN, 6)
    centres = (edges[:-1] + edges[1:]) / 2
    # Ten per cent itself is not dense, but would fall into the bin above it.
    place_F = np.maximum(np.log10(np.where(count_F > 0, density_F, 1.0)) - 1e-9, edges[0])
    dense_F = density_F > DENSE_ABOVE
    ordinary = np.histogram(place_F[(count_F > 0) & ~dense_F], bins=edges)[0]
    dense = np.histogram(place_F[dense_F], bins=edges)[0]
    dead_at = lowest - 0.6
    hover = "density 10^%{x:.2f}<br>%{y} latents"
    figure = go.Figure()
    figure.add_bar(
        x=[dead_at],
        y=[int((count_F == 0).sum())],
        width=0.4,
        name="dead",
        marker=bar(GREY),
        hovertemplate="never fired<br>%{y} latents",
    )
    for name, heights, colour in (("fires", ordinary, BLUE), ("dense", dense, RED)):
        figure.add_bar(x=centres, y=heights, width=0.92 * _BIN, name=name, marker=bar(colour), hovertemplate=hover)
    figure.add_vline(x=float(np.log10(DENSE_ABOVE)), line_dash="dash", line_color=GREY, line_width=1.5)
    powers = list(range(int(lowest), 1))
    figure.update_xaxes(
        tickvals=[dead_at, *powers],
        ticktext=["dead", *(f"10<sup>{power}</sup>".replace("-", "−") if power else "1" for power in powers)],
        title_text="share of tokens a latent fires on",
        range=[dead_at - 0.3, 0.05],
        tickangle=0,
    )
    figure.update_yaxes(title_text="latents")
    figure.update_layout(**layout("Density of latents"), barmode="overlay", legend=LEGEND)
    return figure


def cosine_histogram(metrics: Metrics) -> Figure:
    """How well single tokens are reconstructed: the histogram of cos(x, x̂) over tokens, shown where there
    are any.
    """
    import plotly.graph_objects as go

    counts = metrics.arrays["cosine_histogram"]
    centres, width = (COSINE_EDGES[:-1] + COSINE_EDGES[1:]) / 2, float(COSINE_EDGES[1] - COSINE_EDGES[0])
    figure = go.Figure()
    hover = "cosine %{x:.2f}<br>%{y} tokens"
    figure.add_bar(x=centres, y=counts, width=0.92 * width, name="tokens", marker=bar(BLUE), hovertemplate=hover)
    filled = np.nonzero(counts)[0]
    low = float(COSINE_EDGES[filled[0]]) - width if len(filled) else -1.0
    figure.update_xaxes(title_text="cosine of activation and reconstruction", range=[max(low, -1.0), 1.0])
    figure.update_yaxes(title_text="tokens")
    mean = metrics.values.get("cosine")
    if mean is not None:
        figure.add_vline(
            x=mean,
            line_dash="dash",
            line_color=GREY,
            line_width=1.5,
            annotation_text=f"mean {mean:.3f}",
            annotation_position="top left",
        )
    figure.update_layout(**layout("Reconstruction of tokens"), bargap=0)
    return figure


def frontier(evaluations: Mapping[str, Metrics]) -> Figure:
    """Dictionaries by L0 and FVU: nearer to the lower left is better. Those without both are left out."""
    import plotly.graph_objects as go

    defined = {
        name: (m.values["l0"], m.values["fvu"])
        for name, m in evaluations.items()
        if m.values.get("l0") is not None and m.values.get("fvu") is not None
    }
    figure = go.Figure()
    figure.add_scatter(
        x=[l0 for l0, _ in defined.values()],
        y=[fvu for _, fvu in defined.values()],
        text=list(defined),
        mode="markers",
        name="dictionaries",
        marker={"color": BLUE, "size": 10},
        hovertemplate="%{text}<br>L0 %{x:.4g}<br>FVU %{y:.4g}<extra></extra>",
    )
    figure.update_xaxes(title_text="L0: latents active per token", rangemode="tozero")
    figure.update_yaxes(title_text="FVU", rangemode="tozero")
    figure.update_layout(**layout("Sparsity against reconstruction"))
    return figure


def _series(rows: list[dict[str, Any]], key: str) -> tuple[list[int], list[float]]:
    """(tokens, values) of the rows in which `key` is defined."""
    kept = [row for row in rows if row.get(key) is not None]
    return [row["tokens"] for row in kept], [row[key] for row in kept]


def _scale(figure: Figure, place: dict[str, int], shown: list[float], logarithmic: bool) -> None:
    # Where values stay within a factor of ten, a logarithmic axis hides more than it shows.
    if logarithmic and shown and min(shown) > 0 and max(shown) > 10 * min(shown):
        figure.update_yaxes(type="log", dtick="D2", **place)
    else:
        figure.update_yaxes(rangemode="tozero", **place)
