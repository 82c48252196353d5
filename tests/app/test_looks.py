"""How pages look: what stays on one line, where things stand, what can be read, and what is said of what is shown."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from microtome.latents import LatentStore
from tests.app.conftest import Site, Watched, address, busiest

pytestmark = pytest.mark.browser


def test_a_token_of_line_breaks_and_spaces_is_a_chip_of_one_line(watched: Watched, site: Site) -> None:
    """The server is replaced: rows keep their height whatever a token holds, and the next row is not covered."""
    page, tokens = watched.page, ["x", "\n" + 60 * " ", "\n\n\n", 60 * "\u200b"]
    row = {"count": 5, "density": 0.001, "max": 2.5, "mean": 1.5, "label": None}
    rows = [{"latent": i, "top_token": token, **row} for i, token in enumerate(tokens)]
    answer = {"total": len(rows), "rows": rows}
    page.route(
        "**/api/runs/*/latents?*",
        lambda route: route.fulfill(body=json.dumps(answer), content_type="application/json"),
    )
    page.goto(address(site, "latents"))
    page.locator(".chip").nth(len(tokens) - 1).wait_for()
    chips = [one.bounding_box() for one in page.locator(".chip").all()]
    assert len({round(box["height"]) for box in chips}) == 1 and len(chips) == len(tokens)
    for chip, line in zip(chips, page.locator(".v-row").all()):
        box = line.bounding_box()
        assert box["y"] <= chip["y"] and chip["y"] + chip["height"] <= box["y"] + box["height"]

    shown = LatentStore.open(site.runs[0], site.names[0])[busiest(site)].to_json()
    for list_ in (shown["top_logits"], shown["bottom_logits"], shown["token_statistics"]):
        for one, token in zip(list_, tokens):
            one["token"] = token
    page.route(
        "**/api/runs/*/latents/*",
        lambda route: route.fulfill(body=json.dumps(shown), content_type="application/json"),
    )
    page.goto(address(site, "latent", latent=busiest(site)))
    page.get_by_text("What it does to the output").wait_for()
    chips = [one.bounding_box() for one in page.locator(".chip").all()]
    assert len({round(box["height"]) for box in chips}) == 1 and len(chips) > 20


#: The colours that are drawn of a token and of a mark in it, on a ground: what a canvas makes of the computed styles.
_DRAWN = """([theme, ground, sign, shade]) => {
  document.body.dataset.theme = theme;
  const box = document.createElement('div');
  box.style.background = `var(${ground})`;
  box.innerHTML = '<span class="tok">x<span class="ws">·</span></span>';
  box.firstChild.style.setProperty('--s', shade);
  box.firstChild.classList.add(...[shade > 0 ? 'lit' : '', sign].filter(Boolean));
  document.querySelector('main').append(box);
  const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const drawn = (...layers) => {
    for (const [colour, alpha] of layers) { pen.globalAlpha = alpha; pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const of = (element) => getComputedStyle(element);
  const token = box.firstChild, mark = token.querySelector('.ws');
  const under = [[of(box).backgroundColor, 1], [of(token).backgroundColor, 1]];
  const found = {
    ground: drawn(...under),
    text: drawn(...under, [of(token).color, 1]),
    mark: drawn(...under, [of(mark).color, Number(of(mark).opacity)]),
  };
  box.remove();
  return found;
}"""


def contrast(one: list[int], other: list[int]) -> float:
    """The ratio of WCAG 2.1 of two sRGB colours."""

    def luminance(colour: list[int]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tokens_can_be_read_at_every_shade(watched: Watched, site: Site, theme: str) -> None:
    page = watched.page
    page.goto(address(site, "latent", latent=busiest(site)))
    page.locator(".example .tok.lit").first.wait_for()
    seen = set()
    for ground in ("--panel", "--bg"):
        for sign in ("", "neg"):
            for shade in np.linspace(0, 1, 41).round(3).tolist():
                drawn = page.evaluate(_DRAWN, [theme, ground, sign, shade])
                seen.add(tuple(drawn["ground"]))
                assert contrast(drawn["text"], drawn["ground"]) >= 4.5, (ground, sign, shade, drawn)
                assert contrast(drawn["mark"], drawn["ground"]) >= 3, (ground, sign, shade, drawn)
    # They are shades: each sign goes through its own colours.
    assert len(seen) > 150


def boxes(watched: Watched, *titles: str) -> dict[str, dict[str, float]]:
    """Where panels are, by their titles."""
    found = {}
    for title in titles:
        heading = watched.page.get_by_role("heading", name=title, exact=True)
        found[title] = watched.page.locator("section.panel").filter(has=heading).bounding_box()
    return found


@pytest.mark.parametrize("width", [1280, 800])
def test_the_numbers_of_a_latent_are_met_before_a_long_list(watched: Watched, site: Site, width: int) -> None:
    page, numbers = watched.page, ("How strongly it fires", "What it does to the output")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address(site, "latent", latent=busiest(site)))
    page.get_by_text("When it fires").wait_for()
    found = boxes(watched, *numbers, "When it fires", "Which tokens it fires on")
    examples = found["When it fires"]
    for one in numbers:
        assert found[one]["y"] < examples["y"] + (0 if width == 800 else 200)
    # No panel is stretched over blank ground: what is in it fills it.
    for panel in page.locator("section.panel").all():
        ends = "[panel, panel.lastElementChild].map(one => one.getBoundingClientRect().bottom)"
        outer, inner = panel.evaluate(f"panel => {ends}")
        assert outer - inner < 70
    # Nothing runs over its column.
    for value in page.locator(".example .a").all():
        assert value.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_labels_tried_leave_what_is_above_them_where_it_is(watched: Watched, site: Site) -> None:
    page, store = watched.page, LatentStore.open(site.runs[0], site.names[0])
    latent = next(one for one in store if len(one.candidates) > 1 and one.label)
    page.goto(address(site, "latent", latent=latent.latent))
    automatic = page.get_by_text("Automatic:")
    automatic.wait_for()
    before = automatic.bounding_box()
    page.get_by_role("button", name=f"{len(latent.candidates)} labels tried").click()
    page.locator(".tried tr").nth(len(latent.candidates) - 1).wait_for()
    assert page.locator(".tried tr").count() == len(latent.candidates)
    assert automatic.bounding_box() == before


def test_a_dictionary_is_not_compared_with_itself(watched: Watched, site: Site) -> None:
    page = watched.page

    def one_dictionary(checkpoints: list[int]) -> Any:
        def answer(route: Any) -> None:
            body = json.loads(route.fetch().text())
            body["runs"] = body["runs"][:1]
            body["runs"][0]["dictionaries"] = [{**body["runs"][0]["dictionaries"][0], "checkpoints": checkpoints}]
            route.fulfill(body=json.dumps(body), content_type="application/json")

        return answer

    page.route("**/api/runs", one_dictionary([]))
    page.goto(address(site, "compare"))
    page.get_by_text("There is nothing to compare with").wait_for()
    assert page.get_by_text("Metrics side by side").count() == 0
    page.unroute("**/api/runs")
    step = max(int(one.name) for one in (site.runs[0] / "checkpoints").iterdir())
    page.route("**/api/runs", one_dictionary([step]))
    page.reload()
    page.get_by_text("each other's nearest", exact=True).wait_for()
    assert [one.input_value() for one in page.get_by_label("Checkpoint").all()] == ["finished", str(step)]
    page.get_by_label("Checkpoint").nth(1).select_option("finished")
    page.get_by_text("Both sides are the same").wait_for()


def test_how_often_latents_fire_is_told_by_the_store(watched: Watched, site: Site) -> None:
    page, store = watched.page, LatentStore.open(site.runs[0], site.names[0])
    page.goto(address(site, "overview"))
    panel = page.locator("section.panel", has_text="How often latents fire")
    panel.get_by_text(f"256 latents on {store.tokens / 1000:.3g} k tokens read for the latent store").wait_for()
    shown = " ".join(panel.inner_text().split())
    assert all(f"{name} {count}" in shown for name, count in store.overview()["classes"].items())
    rare = store.overview()["rare_direction"]["rare"]
    said = "No latent is rare" if rare == 0 else f"of {rare} rare latents have an encoder within cosine 0.9"
    assert said in shown
    page.get_by_text("tokens of text.jsonl, held out.").wait_for()


def test_the_nearest_to_a_latent_say_how_they_are_ordered(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(address(site, "latents", near=7))
    page.get_by_text("the 200 nearest to latent 7, of 256").wait_for()
    page.get_by_role("button", name="cosine ↓").wait_for()
    assert page.get_by_label("Order").input_value() == "cosine"

    def column(place: int) -> list[float]:
        rows = page.locator(".v-row").all()[:12]
        return [float(row.locator("span[role=gridcell]").nth(place).inner_text().replace("−", "-")) for row in rows]

    assert column(3) == sorted(column(3), reverse=True)
    page.get_by_role("button", name="strongest").click()
    page.get_by_role("button", name="strongest ↓").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.v-row b').length > 11")
    assert page.get_by_label("Order").input_value() == "max"
    assert column(7) == sorted(column(7), reverse=True) and column(3) != sorted(column(3), reverse=True)
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("256 of 256").wait_for()
    assert page.get_by_label("Order").input_value() == "interesting"


@pytest.mark.parametrize("pool", ["max", "mean", "sum"])
@pytest.mark.parametrize("chosen", [[], [2, 5]])
@pytest.mark.parametrize("dense", ["hide", "show"])
def test_the_line_of_the_bars_is_at_mean_and_sigma(
    watched: Watched, site: Site, pool: str, chosen: list[int], dense: str
) -> None:
    """Against plain code: over all latents that fire there, not over those that the page has room for."""
    page, text = watched.page, "def parse(text):\n    return text"
    store = LatentStore.open(site.runs[0], site.names[0])
    found, density = store.on(text), store.column("density")
    read = [position for position, special in enumerate(found["special"]) if not special]
    pooled = []
    for index, latent in enumerate(found["latents"]):
        by_position = [dict(pairs).get(index, 0.0) for pairs in found["codes"]]
        values = [by_position[position] for position in (chosen or read)]
        value = {"max": max(values), "sum": sum(values), "mean": sum(values) / len(values)}[pool]
        if value > 0 and (dense == "show" or density[latent] <= 0.1):
            pooled.append(value)
    mean = sum(pooled) / len(pooled)
    line = mean + (sum((value - mean) ** 2 for value in pooled) / len(pooled)) ** 0.5
    above = sum(value > line for value in pooled)
    page.goto(address(site, "text", text=text, pool=pool, dense=dense, n=12, tokens=",".join(map(str, chosen))))
    note = page.locator("section.panel", has_text="What stands out").locator("header .small")
    note.get_by_text(f"{above} of {len(pooled)} above mean + σ").wait_for()
    assert float(note.locator(".num").inner_text()) == pytest.approx(line, rel=6e-4)
    # The line is drawn where the number says, on the scale of the bars.
    bar, dashes = (page.locator(".bars .track").first.locator("i").nth(i).bounding_box() for i in (0, 1))
    share = (dashes["x"] - bar["x"]) / bar["width"]
    assert share == pytest.approx(line / max(pooled), abs=0.01) or line > max(pooled)
