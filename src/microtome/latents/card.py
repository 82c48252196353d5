"""What notebooks show of latents: a card for one, a heat map for a text, a text shaded by one. Static
HTML, so a saved notebook keeps it.

No script and no stylesheet: cells are sanitised by some viewers, and colours follow the notebook's own theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from microtome.markup import named, visible

if TYPE_CHECKING:
    from microtome.latents.records import Example, Histogram, Latent

# The colours of strength and of the negative sign, as in the web app.
_STRENGTH, _NEGATIVE = "232,133,31", "47,116,192"
_EXAMPLES, _LOGITS, _BAR = 8, 6, 120
_FRAME = (
    "font:13px/1.5 system-ui,sans-serif;max-width:980px;border:1px solid rgba(128,128,128,.3);border-radius:8px;"
    "padding:12px 16px"
)
_SOFT = "opacity:.65;font-size:12px"


class OnText(dict[str, Any]):
    """What `on_text` says of a text; in a notebook, its heat map."""

    def __init__(
        self, answer: Mapping[str, Any], names: Mapping[int, str], *, strongest: Mapping[int, float] | None = None
    ) -> None:
        super().__init__(answer)
        self.names = names
        self._strongest = strongest or {}

    def _repr_html_(self) -> str:
        return text_heat(self, names=self.names)

    def shaded(self, latent: int) -> Shaded:
        """The text as it reads, each token shaded by what one latent does on it; one that is silent shades nothing."""
        values = [0.0] * len(self["tokens"])
        if latent in self["latents"]:
            index = self["latents"].index(latent)
            for position, pairs in enumerate(self["codes"]):
                values[position] = dict(pairs).get(index, 0.0)
        # On the scale of the latent's own maximum, so that two texts can be compared.
        scale = max(self._strongest.get(latent, 0.0), *values)
        return Shaded(latent, self.names.get(latent, ""), self["tokens"], self["special"], values, scale)


@dataclass(frozen=True)
class Shaded:
    """A text and one latent's activation on each of its tokens; in a notebook, the text shaded by them.

    `scale` is the activation at which the shade is full; special tokens, which no latent is asked about, are pale.
    """

    latent: int
    name: str
    tokens: Sequence[str]
    special: Sequence[bool]
    values: Sequence[float]
    scale: float

    def _repr_html_(self) -> str:
        strongest = max(self.values, default=0.0)
        said = f"strongest here {strongest:.4g} of {self.scale:.4g}" if strongest > 0 else "silent on this text"
        lines = Markup("").join(
            _token(token, value, self.scale, "opacity:.45;" if special else "", breaks=True)
            for token, special, value in zip(self.tokens, self.special, self.values, strict=True)
        )
        return str(
            Markup(
                '<div class="microtome-shaded" style="{}"><div style="{}"><b>Latent {}</b> {} · {}</div>'
                '<div style="font:13.5px/1.9 ui-monospace,monospace;overflow-wrap:anywhere">{}</div></div>'
            ).format(_FRAME, _SOFT, self.latent, named(self.name), said, lines)
        )


def latent_card(latent: Latent) -> str:
    """One latent: label, numbers, histogram, logits and its strongest examples."""
    label = latent.user_label.text if latent.user_label else latent.label.text if latent.label else ""
    numbers = (
        f"density {latent.density:.3g} · {latent.count:,} tokens · strongest {latent.max:.4g} · mean {latent.mean:.4g}"
    )
    strongest = [example for example in latent.examples if example.band == "top"][:_EXAMPLES]
    lines = Markup("").join(_example(example, latent.max) for example in strongest)
    empty = Markup('<div style="{}">It did not fire on the text that was read.</div>').format(_SOFT)
    return str(
        Markup(
            '<div class="microtome-latent" style="{frame}">'
            '<div style="font-size:15px;font-weight:600">Latent {number} '
            '<span style="font-weight:400">{label}</span></div>'
            '<div style="{soft}">{numbers}</div>'
            '<div style="display:flex;gap:28px;flex-wrap:wrap;margin:10px 0">{histogram}{raises}{lowers}</div>'
            "{examples}</div>"
        ).format(
            frame=_FRAME,
            soft=_SOFT,
            number=latent.latent,
            label=named(label),
            numbers=numbers,
            histogram=_histogram(latent.histogram),
            raises=_logits("raises", [(one.token, one.value) for one in latent.top_logits]),
            lowers=_logits("lowers", [(one.token, one.value) for one in latent.bottom_logits]),
            examples=lines or empty,
        )
    )


def text_heat(answer: Mapping[str, Any], *, names: Mapping[int, str] | None = None, rows: int = 16) -> str:
    """What `on_text` says: the latents that fire most strongly, by token, each row on its own scale."""
    names = names or {}
    tokens = [(i, token) for i, token in enumerate(answer["tokens"]) if not answer["special"][i]]
    values: list[dict[int, float]] = [{} for _ in answer["latents"]]
    for position, pairs in enumerate(answer["codes"]):
        for index, value in pairs:
            values[int(index)][position] = value
    head = Markup("").join(
        Markup(
            '<th style="writing-mode:vertical-rl;transform:rotate(180deg);font:12px ui-monospace,monospace;'
            'padding:3px 0;text-align:left;vertical-align:bottom">{}</th>'
        ).format(visible(token))
        for _, token in tokens
    )
    body = Markup("").join(
        _heat_row(latent, names.get(latent, ""), [found.get(i, 0.0) for i, _ in tokens])
        for latent, found in list(zip(answer["latents"], values))[:rows]
    )
    if not body:
        return str(Markup('<div class="microtome-text" style="{}">No latent fires on this text.</div>').format(_FRAME))
    return str(
        Markup(
            '<div class="microtome-text" style="{};max-width:none;overflow-x:auto"><table style="border-collapse:'
            'collapse"><thead style="border:0"><tr><th></th>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(_FRAME, head, body)
    )


def _heat_row(latent: int, name: str, values: Sequence[float]) -> Markup:
    most = max(max(values, default=0.0), 1e-12)
    cells = Markup("").join(
        Markup('<td title="{}" style="padding:0;width:18px;min-width:18px;height:18px;{}"></td>').format(
            f"{value:.4g}", _shade(value / most)
        )
        for value in values
    )
    return Markup(
        '<tr style="background:none"><th style="text-align:left;font-weight:400;white-space:nowrap;padding:0 12px 0 0">'
        '<b>{}</b> <span style="{}">{}</span></th>{}</tr>'
    ).format(latent, _SOFT, named(name), cells)


def _example(example: Example, scale: float) -> Markup:
    shown = Markup("").join(
        _token(token, value, scale, "border-bottom:2px solid;" if position == example.peak else "")
        for position, (token, value) in enumerate(zip(example.tokens, example.activations, strict=True))
    )
    return Markup(
        '<div style="display:flex;gap:12px;padding:3px 0"><span style="min-width:48px;text-align:right;{}">{}</span>'
        '<span style="font:12.5px/1.6 ui-monospace,monospace;overflow-wrap:anywhere" title="{}">{}</span></div>'
    ).format(_SOFT, f"{example.activation:.4g}", f"{example.document_id}, from character {example.offset}", shown)


def _token(token: str, value: float, scale: float, style: str, *, breaks: bool = False) -> Markup:
    """A token, shaded by its activation, with the value under the pointer; with `breaks`, lines end where its do."""
    shown = visible(token)
    if breaks:
        # Where a line ends is this very mark: a ↵ that a text holds is in no span of its own.
        shown = shown.replace(visible("\n"), visible("\n") + Markup("<br>"))
    shade = _shade(value / scale if scale > 0 else 0.0)
    # Spaces are shown as signs, so nothing else says where a line may break.
    return Markup('<wbr><span title="{}" style="unicode-bidi:isolate;{}{}">{}</span>').format(
        f"{value:.4g}", shade, style, shown
    )


def _shade(share: float) -> str:
    if share <= 0:
        return ""
    return f"background:rgba({_STRENGTH},{min(1.0, 0.1 + 0.75 * share):.2f});"


def _logits(title: str, pairs: Sequence[tuple[str, float]]) -> Markup:
    if not pairs:
        return Markup("")
    most = max(abs(value) for _, value in pairs) or 1.0
    rows = Markup("").join(
        Markup(
            '<tr style="background:none">'
            '<td style="font:12px ui-monospace,monospace;text-align:left;padding:1px 8px 1px 0">{}</td>'
            '<td style="padding:0"><div title="{}" style="height:8px;border-radius:2px;width:{}px;background:rgb({})">'
            "</div>"
            "</td></tr>"
        ).format(
            visible(token),
            f"{value:.4g}",
            round(_BAR * abs(value) / most),
            _NEGATIVE if value < 0 else _STRENGTH,
        )
        for token, value in pairs[:_LOGITS]
    )
    return Markup('<div><div style="{}">{}</div><table style="border-collapse:collapse">{}</table></div>').format(
        _SOFT, title, rows
    )


def _histogram(histogram: Histogram) -> Markup:
    most = max(histogram.counts, default=0)
    if most == 0:
        return Markup("")
    step = 200 / len(histogram.counts)
    # Boxes and no drawing: notebooks that are not trusted keep styles, and take drawings away.
    bars = Markup("").join(
        Markup(
            '<div title="{}" style="width:{:.1f}px;margin-right:{}px;height:{:.1f}px;background:rgb({})"></div>'
        ).format(f"{count:,}", max(step - 1, 1), 1 if step > 2 else 0, 70 * count / most, _STRENGTH)
        for count in histogram.counts
    )
    caption = f"activation, {histogram.edges[0]:.3g} to {histogram.edges[-1]:.3g} (logarithmic)"
    return Markup(
        '<div><div style="{}">{}</div><div style="display:flex;align-items:flex-end;height:70px">{}</div></div>'
    ).format(_SOFT, caption, bars)
