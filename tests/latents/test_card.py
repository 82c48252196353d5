"""Cards and heat maps for notebooks: every number and token is there, and no text acts."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from microtome.latents.card import OnText, latent_card, text_heat
from microtome.latents.records import Decoder, Example, Histogram, Label, Latent, TokenValue, UserLabel

EVIL = "<script>alert(1)</script>"


class _Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def latent(*, count: int = 12, user: UserLabel | None = None) -> Latent:
    example = Example(
        band="top",
        activation=4.0,
        tokens=["a", EVIL, "\n", "\u202e", ' "onmouseover="x'],
        token_ids=[1, 2, 3, 4, 5],
        activations=[0.0, 4.0, 1.0, 0.0, 0.0],
        peak=1,
        document=0,
        document_id="<b>doc</b>",
        offset=17,
        before_cut=False,
        after_cut=True,
    )
    return Latent(
        latent=7,
        count=count,
        density=0.00123,
        max=4.0,
        mean=2.5,
        histogram=Histogram([1.0, 2.0, 4.0], [9, 3] if count else []),
        examples=[example] if count else [],
        top_logits=[TokenValue(1, EVIL, 3.25)],
        bottom_logits=[TokenValue(2, " no", -1.5)],
        neighbours=[],
        coactive=[],
        token_statistics=[],
        label=Label("fires on markup", 0.9, "tokens"),
        candidates=[],
        user_label=user,
        decoder=Decoder([], [], Histogram([0.0, 1.0], [1])),
    )


def shown(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def test_a_card_says_what_the_latent_is() -> None:
    text = latent()._repr_html_()
    for part in ("Latent 7", "fires on markup", "density 0.00123", "12 tokens", "strongest 4", "mean 2.5", "raises"):
        assert part in shown(text)
    assert 'title="3.25"' in text and 'title="-1.5"' in text
    assert "&lt;b&gt;doc&lt;/b&gt;, from character 17" in text
    assert "my own" in shown(latent_card(latent(user=UserLabel("my own", "", "2026-01-01"))))


def test_no_text_acts_on_the_notebook() -> None:
    answer = {"tokens": [EVIL, "x"], "special": [False, False], "latents": [3], "codes": [[[0, 2.0]], []]}
    for text in (latent_card(latent(user=UserLabel(EVIL, EVIL, ""))), text_heat(answer, names={3: EVIL})):
        elements = _Elements(text)
        assert "script" not in elements.names and "b" not in set(elements.names) - {"b"}
        assert not [name for name, _ in elements.attributes if name.startswith("on")]
        assert EVIL in shown(text)
        assert "http" not in text


def test_a_card_keeps_its_histogram_where_drawings_are_taken_away() -> None:
    """Notebooks that are not trusted keep `style` and drop `svg`."""
    text = latent_card(latent())
    assert "svg" not in _Elements(text).names
    bars = re.findall(r'<div title="(\d+)" style="width:99.0px;margin-right:1px;height:([\d.]+)px', text)
    assert bars == [("9", "70.0"), ("3", "23.3")]


def test_invisible_characters_are_shown() -> None:
    text = shown(latent_card(latent()))
    assert "↵" in text and "U+202E" in text


def test_a_dead_latent_says_so() -> None:
    assert "did not fire" in latent_card(latent(count=0))


def test_a_heat_map_leaves_special_tokens_out_and_scales_each_row() -> None:
    answer = {
        "tokens": ["<bos>", "a", "b"],
        "special": [True, False, False],
        "latents": [5, 9],
        "codes": [[], [[0, 8.0], [1, 0.5]], [[0, 4.0]]],
    }
    text = text_heat(answer, names={5: "five"})
    assert re.findall(r'<td title="([^"]+)"', text) == ["8", "4", "0.5", "0"]
    strengths = [float(s) for s in re.findall(r"<td title=\"[^\"]+\" style=\"[^\"]*rgba\(232,133,31,([\d.]+)\)", text)]
    assert strengths[0] == strengths[2] > strengths[1] > 0
    assert "five" in text and "bos" not in text
    assert "No latent fires" in text_heat({**answer, "latents": [], "codes": [[], [], []]})


ON_TEXT = {
    "tokens": ["<bos>", "a", EVIL, "\n", "b"],
    "special": [True, False, False, False, False],
    "latents": [5, 9],
    "codes": [[], [[0, 8.0], [1, 0.5]], [[0, 4.0]], [], [[1, 1.0]]],
}


def test_a_text_is_shaded_by_one_latent() -> None:
    shaded = OnText(ON_TEXT, {5: EVIL}, strongest={5: 16.0}).shaded(5)
    assert list(shaded.values) == [0.0, 8.0, 4.0, 0.0, 0.0] and shaded.scale == 16.0
    text = shaded._repr_html_()
    assert re.findall(r'<span title="([^"]+)"', text) == ["0", "8", "4", "0", "0"]
    strengths = [float(s) for s in re.findall(r"rgba\(232,133,31,([\d.]+)\)", text)]
    # Half and a quarter of the latent's own maximum, not of this text's.
    assert strengths == [pytest.approx(0.1 + 0.75 * share, abs=0.006) for share in (0.5, 0.25)]
    assert "script" not in _Elements(text).names and EVIL in shown(text)
    assert "↵" in shown(text) and "br" in _Elements(text).names
    # An indentation stands on the line it indents.
    indented = OnText({**ON_TEXT, "tokens": ["<bos>", "a", "\n  ", "↵", "b"]}, {}).shaded(5)._repr_html_()
    lines = [shown(line) for line in indented.split("<br>")]
    assert lines[0].endswith("<bos>a↵") and lines[1] == "··↵b"
    assert "strongest here 8 of 16" in shown(text)


def test_a_text_stronger_than_any_before_sets_the_scale() -> None:
    assert OnText(ON_TEXT, {}, strongest={5: 2.0}).shaded(5).scale == 8.0


def test_a_silent_latent_shades_nothing() -> None:
    text = OnText(ON_TEXT, {}).shaded(77)._repr_html_()
    assert "Latent 77" in shown(text) and "silent on this text" in shown(text) and "rgba(232" not in text
