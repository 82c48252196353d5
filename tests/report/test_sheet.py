"""A sheet holds what it was given, loads nothing, and lets no text act."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from microtome.latents.card import OnText
from microtome.report import Part, figures, write_sheet
from tests.report.synthetic import EVIL, make_metrics
from tests.report.test_page import _Page

ANSWER = {"tokens": ["<bos>", EVIL], "special": [True, False], "latents": [5], "codes": [[], [[0, 8.0]]]}


def sheet(folder: Path) -> tuple[str, _Page]:
    found = OnText(ANSWER, {5: EVIL})
    parts = [
        Part(title=f"A figure {EVIL}", note=f"a note {EVIL}", shown=figures.density_histogram(make_metrics())),
        Part(title="Cards", shown=[found, found.shaded(5)]),
        Part(shown=found),
        Part(
            title="A table",
            shown=[
                {"name": EVIL, "value": 0.12345, "count": 12345, "many": ["one", EVIL], "none": None},
                {"name": "b", "value": 2.0, "count": 1, "many": [], "none": True},
            ],
        ),
        Part(title="A text", shown=f"line\n{EVIL}"),
        Part(title="Nothing", shown=[]),
    ]
    path = write_sheet(folder / "sheet.html", f"Sheet {EVIL}", parts, note="for all")
    source = path.read_text(encoding="utf-8")
    return source, _Page(source)


def test_a_sheet_shows_its_parts(tmp_path: Path) -> None:
    source, page = sheet(tmp_path)
    for said in ("A figure", "a note", "Cards", "A table", "for all", "0.1235", "12,345", "one\n", "–", "Latent 5"):
        assert said in page.text
    assert page.text.count(EVIL) >= 8
    (data,) = re.findall(r'<script type="application/json" data-for="part-0">(.*?)</script>', source, flags=re.DOTALL)
    assert json.loads(data)["data"][0]["name"] == "dead"
    assert source.count('class="microtome-text"') == 2 and source.count('class="microtome-shaded"') == 1
    # A column of numbers is set as numbers, its heading too.
    assert '<th class="number">value</th>' in source and "<th>name</th>" in source


def test_what_is_invisible_is_shown(tmp_path: Path) -> None:
    hidden = "turned \u202e and\u200b\nbroken \ufffd"
    parts = [Part(shown=[{"a": hidden, "b": [hidden, "x"]}]), Part(shown=hidden)]
    text = _Page(write_sheet(tmp_path / "sheet.html", "s", parts).read_text(encoding="utf-8")).text
    assert text.count("turned U+202E andU+200B↵broken \ufffd") == 2
    # A text keeps its lines.
    assert text.count("turned U+202E andU+200B\nbroken \ufffd") == 1
    assert "\u202e" not in text and "\u200b" not in text


def test_a_sheet_loads_nothing_and_no_text_acts(tmp_path: Path) -> None:
    source, page = sheet(tmp_path)
    for tag, attributes in page.elements:
        assert not {"src", "href", "onclick", "onmouseover"} & set(attributes), tag
    assert len([1 for attributes, _ in page.scripts if attributes.get("type") != "application/json"]) == 2
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', source)
    assert html.unescape(policy).startswith("default-src 'none'; script-src 'sha256-")
