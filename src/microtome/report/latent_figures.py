"""Figures of latents as plotly Figures: when they fire, how strongly, what they write, what fires on a text.

Legend of suffixes: F latents, N tokens, D width of the target.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from microtome.latents.directions import SAME_DIRECTION
from microtome.latents.records import DENSE, RARE
from microtome.markup import named, visible_text
from microtome.report.style import BLUE, GREY, LEGEND, ORANGE, RED, bar, layout, logarithmic, note, plain, sign

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from torch import Tensor

    from microtome.latents.records import Latent

_FAINT = "rgba(139,147,163,0.10)"  # where a heat map has nothing: to be seen on white and on black
_COLUMNS = 3  # small figures in a row
_TOKENS = 300  # columns of a heat map; nobody reads more
_BINS = 80
_SMALLEST = 1e-6  # error of a token: none has no logarithm


def activation_histograms(latents: Sequence[Latent], names: Mapping[int, str] | None = None) -> Figure:
    """For each latent the tokens it fires on by activation (a trace called by its number), its density above it.

    Bars are the store's eighths of octaves on a logarithmic axis. Latents that never fired have no bars.
    """
    from plotly.subplots import make_subplots

    names = names or {}
    rows = max(1, -(-len(latents) // _COLUMNS))
    titles = [
        f"<b>{one.latent}</b> · density {100 * one.density:.3g} %<br>{plain(_name(names, one.latent, 38))}"
        for one in latents
    ]
    height = 90 + 190 * rows
    figure = make_subplots(
        rows=rows, cols=_COLUMNS, subplot_titles=titles, horizontal_spacing=0.07, vertical_spacing=70 / height
    )
    for index, one in enumerate(latents):
        place = {"row": index // _COLUMNS + 1, "col": index % _COLUMNS + 1}
        edges = np.array(one.histogram.edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2 if len(edges) else [],
            y=one.histogram.counts,
            width=np.diff(edges),
            name=str(one.latent),
            marker=bar(BLUE),
            hovertemplate="activation %{x:.3g}<br>%{y} tokens<extra></extra>",
            **place,
        )
        if len(edges):
            figure.update_xaxes(logarithmic(edges[0], edges[-1]), showgrid=False, **place)
    figure.update_yaxes(rangemode="tozero", nticks=4)
    figure.update_layout(**layout("Tokens by activation", height=height), showlegend=False, bargap=0)
    figure.update_layout(margin={"l": 44, "r": 16, "t": 92, "b": 36})
    figure.update_annotations(font_size=12)
    return figure


def decoder_weights(decoder_FD: Tensor, latents: Sequence[int], names: Mapping[int, str] | None = None) -> Figure:
    """What the decoder writes: a row of coordinates for each of `latents`, and below them the histogram of the
    coordinates of all latents. `decoder_FD` is the whole decoder."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    names = names or {}
    rows_SD = decoder_FD[list(latents)].detach().float().cpu().numpy()
    every = decoder_FD.detach().float().cpu().numpy()
    height = 330 + 16 * len(latents)
    figure = make_subplots(
        rows=2,
        cols=1,
        row_heights=[0.62, 0.38],
        vertical_spacing=90 / height,
        subplot_titles=[
            f"{len(latents)} latents, coordinate by coordinate",
            f"the coordinates of all {len(every):,} latents",
        ],
    )
    # One coordinate may be ten times the others, and would leave the rest without colour.
    most = float(np.quantile(np.abs(rows_SD), 0.998)) if rows_SD.size else 1.0
    figure.add_trace(
        go.Heatmap(
            z=rows_SD[::-1],
            y=[_named(latent, names, 26) for latent in reversed(latents)],
            zmin=-most,
            zmax=most,
            colorscale=[[0.0, BLUE], [0.5, _FAINT], [1.0, ORANGE]],
            colorbar={"thickness": 10, "len": 0.5, "y": 1, "yanchor": "top", "outlinewidth": 0},
            name="rows",
            hovertemplate="latent %{y}<br>coordinate %{x}<br>%{z:.4f}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    counts, edges = np.histogram(every, bins=_BINS)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges),
        name="coordinates",
        marker=bar(BLUE),
        hovertemplate="%{x:.3f}<br>%{y:,} coordinates<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(type="category", row=1, col=1, tickfont={"size": 10}, showgrid=False)
    figure.update_xaxes(title_text="coordinate of the site", showgrid=False, zeroline=False, row=1, col=1)
    figure.update_xaxes(title_text="value of a coordinate", row=2, col=1)
    figure.update_yaxes(type="log", title_text="how many", dtick=1, row=2, col=1)
    figure.update_layout(**layout("Decoder weights", height=height), showlegend=False, bargap=0)
    figure.update_layout(margin={"l": 60, "r": 16, "t": 76, "b": 52})
    figure.update_annotations(font_size=13)
    return figure


def reconstruction_histogram(target_ND: Tensor, prediction_ND: Tensor) -> Figure:
    """Activations beside their reconstructions: how their coordinates are distributed (traces `activation`,
    `reconstruction`), and the error of single tokens (`tokens`), ‖x − x̂‖² over the mean ‖x − x̄‖², whose mean is FVU."""
    from plotly.subplots import make_subplots

    target, prediction = (value.detach().double().cpu().numpy() for value in (target_ND, prediction_ND))
    figure = make_subplots(
        rows=1,
        cols=2,
        horizontal_spacing=0.11,
        subplot_titles=[f"coordinates: {sign(GREY)} activation, {sign(ORANGE)} reconstruction", "error of a token"],
    )
    _add_coordinates(figure, target, prediction)
    variance = ((target - target.mean(0)) ** 2).sum(1).mean()
    _add_errors(figure, ((target - prediction) ** 2).sum(1) / (variance or 1.0))
    figure.update_layout(**layout(f"Reconstruction of {len(target):,} tokens", height=360), showlegend=False, bargap=0)
    figure.update_layout(margin={"l": 60, "r": 16, "t": 76, "b": 52})
    figure.update_annotations(font_size=13)
    return figure


def _add_coordinates(figure: Figure, target: np.ndarray, prediction: np.ndarray) -> None:
    # All but the two in a thousand that are farthest out, which would leave the others a single bar.
    low, high = np.quantile(target, [0.001, 0.999])
    edges = np.linspace(low, high, _BINS + 1)
    for name, values, colour in (("activation", target, GREY), ("reconstruction", prediction, ORANGE)):
        figure.add_scatter(
            x=(edges[:-1] + edges[1:]) / 2,
            y=np.histogram(values, bins=edges)[0],
            name=name,
            mode="lines",
            line={"color": colour, "width": 2, "shape": "hvh"},
            hovertemplate="%{x:.3g}<br>%{y:,} coordinates",
            row=1,
            col=1,
        )
    figure.update_xaxes(title_text="value of a coordinate", row=1, col=1)
    figure.update_yaxes(title_text="coordinates", type="log", dtick=1, row=1, col=1)


def _add_errors(figure: Figure, error_N: np.ndarray) -> None:
    error_N = np.maximum(error_N, _SMALLEST)
    powers, fvu = np.log10(error_N), float(error_N.mean())
    edges = 10 ** np.histogram_bin_edges(powers, bins=_BINS // 2)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        # Counted by the same numbers that the edges are made of: rounding must not lose the outermost.
        y=np.histogram(powers, bins=_BINS // 2)[0],
        width=0.92 * np.diff(edges),
        name="tokens",
        marker=bar(BLUE),
        hovertemplate="error %{x:.3g}<br>%{y} tokens",
        row=1,
        col=2,
    )
    figure.add_vline(x=fvu, line_dash="dash", line_color=ORANGE, line_width=2, row=1, col=2)
    note(figure, f"mean: FVU {fvu:.3f}", x=fvu, xref="x2", y=1.0, yref="y2 domain", log="x", yanchor="bottom")
    figure.update_xaxes(logarithmic(edges[0], edges[-1]), title_text="squared error / variance", row=1, col=2)
    figure.update_yaxes(title_text="tokens", row=1, col=2)


def usage(density_F: np.ndarray) -> Figure:
    """How the work is shared: latents from the most used to the least (trace `latents`), with the lines above which
    one is dense and below which it is rare. Latents that never fired have no place on a logarithm; the title counts
    them."""
    import plotly.graph_objects as go

    used = np.sort(density_F[density_F > 0])[::-1]
    figure = go.Figure()
    figure.add_scatter(
        x=np.arange(1, len(used) + 1),
        y=used,
        mode="lines",
        name="latents",
        line={"color": BLUE, "width": 2.5},
        fill="tozeroy",
        fillcolor="rgba(79,124,247,0.12)",
        hovertemplate="rank %{x}<br>fires on %{y:.3%} of tokens<extra></extra>",
    )
    low = float(used[-1]) if len(used) else RARE
    for level, name, colour in ((DENSE, "dense above", RED), (RARE, "rare below", GREY)):
        if level >= low / 2:
            figure.add_hline(y=level, line_dash="dash", line_color=colour, line_width=1.5)
            note(figure, name, x=1.0, xref="x domain", y=level, yref="y", log="y", xanchor="right")
    figure.update_xaxes(title_text="latents, the most used first", rangemode="tozero")
    figure.update_yaxes(
        title_text="share of tokens it fires on",
        type="log",
        range=[float(np.log10(low)) - 0.2, 0.1],
        dtick=1,
        tickformat="~p",
    )
    dead = int((density_F == 0).sum())
    title = f"Usage: {len(used):,} of {len(density_F):,} latents fire, {dead:,} never did"
    figure.update_layout(**layout(title), showlegend=False)
    return figure


def rare_direction(cosine_F: np.ndarray, rare_F: np.ndarray) -> Figure:
    """Whether rare latents are one latent many times: the cosine of encoders with the mean direction of the rare ones,
    of those (trace `rare`) and of all others (`others`), each as a share of its own."""
    import plotly.graph_objects as go

    edges = np.linspace(-1, 1, 81)
    figure = go.Figure()
    for name, chosen, colour in (("others", ~rare_F, GREY), ("rare", rare_F, ORANGE)):
        if chosen.any():
            figure.add_bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=np.histogram(np.clip(cosine_F[chosen], -1, 1), bins=edges)[0] / chosen.sum(),
                width=np.diff(edges),
                name=name,
                opacity=0.75,
                marker=bar(colour),
                hovertemplate="cosine %{x:.2f}<br>%{y:.1%} of them",
            )
    figure.add_vline(x=SAME_DIRECTION, line_dash="dash", line_color=GREY, line_width=1.5)
    near = float((cosine_F[rare_F] >= SAME_DIRECTION).mean()) if rare_F.any() else 0.0
    figure.update_xaxes(title_text="cosine of the encoder with the mean direction of rare latents", range=[-1, 1])
    figure.update_yaxes(title_text="share of the latents", tickformat=".0%")
    title = f"{int(rare_F.sum()):,} rare latents, {near:.0%} of them within cosine {SAME_DIRECTION} of their mean"
    figure.update_layout(**layout(title), barmode="overlay", legend=LEGEND, bargap=0)
    return figure


def latents_on_text(
    answer: Mapping[str, Any],
    names: Mapping[int, str] | None = None,
    *,
    hidden: Collection[int] = (),
    rows: int = 20,
) -> Figure:
    """What `on_text` says: the latents that fire most strongly, by token, each row on its own scale (trace `heat`), and
    beside each row its strongest activation (trace `strongest`) with the line at mean + σ over all that fire.

    `hidden` are left out, of the line too, as the app leaves out dense ones. The first 300 tokens are columns.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    names = names or {}
    fired = [one for one in answer["pooled"] if one["max"] > 0 and one["latent"] not in hidden]
    shown = fired[:rows]
    tokens = [i for i, special in enumerate(answer["special"]) if not special][:_TOKENS]
    values = _by_token(answer, [one["latent"] for one in shown], tokens)
    strongest = np.array([one["max"] for one in shown])
    labels = [_named(one["latent"], names, 34) for one in shown]
    figure = make_subplots(rows=1, cols=2, column_widths=[0.76, 0.24], horizontal_spacing=0.015, shared_yaxes=True)
    figure.add_trace(
        go.Heatmap(
            z=(values / np.maximum(strongest, 1e-12)[:, None])[::-1],
            y=labels[::-1],
            customdata=values[::-1],
            zmin=0,
            zmax=1,
            colorscale=[[0.0, _FAINT], [1.0, ORANGE]],
            showscale=False,
            xgap=1,
            ygap=1,
            name="heat",
            hovertemplate="latent %{y}<br>%{customdata:.4g}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    everything = np.array([one["max"] for one in fired])
    line = float(everything.mean() + everything.std()) if len(fired) else 0.0
    figure.add_bar(
        x=strongest[::-1],
        y=labels[::-1],
        orientation="h",
        name="strongest",
        marker={"color": [ORANGE if value > line else "rgba(238,138,29,0.4)" for value in strongest[::-1]]},
        hovertemplate="latent %{y}<br>strongest %{x:.4g}<extra></extra>",
        row=1,
        col=2,
    )
    if len(fired):
        figure.add_vline(x=line, line_dash="dash", line_color=GREY, line_width=1.5, row=1, col=2)
    above = int((everything > line).sum())
    texts = [plain(_cut(visible_text(answer["tokens"][i]), 14)) for i in tokens]
    figure.update_xaxes(
        tickvals=list(range(len(tokens))), ticktext=texts, tickangle=-90, side="bottom", showgrid=False, zeroline=False,
        tickfont={"size": 10 if len(tokens) <= 90 else 7}, row=1, col=1,
    )  # fmt: skip
    figure.update_yaxes(type="category", tickfont={"size": 11}, showgrid=False)
    figure.update_xaxes(title_text=f"strongest<br>line: mean + σ = {line:.3g}", row=1, col=2)
    title = f"{len(fired):,} latents fire on {len(tokens):,} tokens, {above} of them above mean + σ"
    figure.update_layout(**layout(title, height=190 + 20 * len(shown)), showlegend=False, bargap=0.25)
    figure.update_layout(margin={"l": 60, "r": 16, "t": 48, "b": 90})
    return figure


def _by_token(answer: Mapping[str, Any], latents: Sequence[int], positions: Sequence[int]) -> np.ndarray:
    """Activations of `latents` at `positions` of an answer of `on_text`, [latents, positions]."""
    column = {position: at for at, position in enumerate(positions)}
    row = {answer["latents"].index(latent): at for at, latent in enumerate(latents)}
    values = np.zeros((len(latents), len(positions)))
    for position, pairs in enumerate(answer["codes"]):
        for index, value in pairs:
            if int(index) in row and position in column:
                values[row[int(index)], column[position]] = value
    return values


def _named(latent: int, names: Mapping[int, str], length: int) -> str:
    """A latent's number and what it is called, as one line. The number keeps rows of one name apart."""
    return plain(f"{latent} {_name(names, latent, length)}".strip())


def _name(names: Mapping[int, str], latent: int, length: int) -> str:
    return _cut(named(names.get(latent, "")), length)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
