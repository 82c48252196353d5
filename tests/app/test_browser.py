"""Every page in a real browser: what it shows, what the URL restores, what a saved file holds; no text acts."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import microtome
from microtome.app.saved import save_latent_page
from microtome.formats import convert
from microtome.latents import LatentStore, StoreConfig, build_stores
from microtome.markup import named, visible
from microtome.report import Part, write_sheet
from microtome.runs import Run
from microtome.training.adopt import adopt
from tests.app.conftest import (
    DICTIONARY_LATENTS,
    NASTY,
    Site,
    Watched,
    address,
    busiest,
    eventually,
    opened_offline,
    save_view,
    serving,
    settled,
    watching,
)

pytestmark = pytest.mark.browser
PAGES = {
    "overview": "All metrics",
    "latents": "of 256",
    "latent": "When it fires",
    "text": "What stands out",
    "steer": "Dose and response",
    "compare": "each other's nearest",
}


def firing_on_markup(site: Site) -> int:
    """A latent with an example that holds the script element."""
    store = LatentStore.open(site.runs[0], site.names[0])
    for latent in store:
        for example in latent.examples:
            if "<script>alert" in "".join(example.tokens):
                return latent.latent
    raise AssertionError("no example holds markup")


def params(site: Site, page: str) -> dict[str, str | int]:
    change = {"kind": "add", "latent": 3, "value": 2, "dictionary": site.names[0]}
    given: dict[str, dict[str, str | int]] = {
        "latent": {"latent": busiest(site)},
        "text": {"text": NASTY},
        "steer": {"prompt": NASTY, "changes": json.dumps([change])},
    }
    return given.get(page, {})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [1280, 800])
def test_every_page_opens_at_both_widths(watched: Watched, site: Site, page: str, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 900})
    watched.page.goto(address(site, page, **params(site, page)))
    watched.page.get_by_text(PAGES[page]).first.wait_for()
    wider = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"the page is {wider} pixels wider than the window"


def test_clicking_through(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(site.address)
    page.get_by_text("All metrics").wait_for()
    page.get_by_role("link", name="Latents", exact=True).click()
    page.get_by_text("of 256").wait_for()
    first = page.locator(".v-row").first
    number = first.locator("span").first.inner_text()
    first.click()
    page.get_by_text(f"Latent {number}").wait_for()
    page.get_by_text("What it does to the output").wait_for()
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_text("No text yet").wait_for()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_text("each other's nearest", exact=True).wait_for()
    page.go_back()
    page.get_by_text("No text yet").wait_for()
    page.get_by_label("Run", exact=True).select_option("training")
    page.get_by_role("link", name="Overview").click()
    page.get_by_text("live", exact=True).wait_for()
    page.get_by_role("link", name="Latents", exact=True).click()
    page.get_by_text("The latents have not been looked at yet").wait_for()


def test_a_latent_opened_by_its_address_is_asked_for_at_once_and_only_once(watched: Watched, site: Site) -> None:
    page, waiting, asked = watched.page, list[Any](), list[str]()
    latent = busiest(site)
    page.on("request", lambda request: asked.append(request.url))

    def keep_waiting(route: Any) -> None:
        waiting.append(route)

    page.route("**/api/runs", keep_waiting)
    with page.expect_request(f"**/latents/{latent}?*"):
        page.goto(address(site, "latent", latent=latent))
    # The list of runs has not been answered yet.
    while not waiting:
        page.wait_for_timeout(20)
    for one in waiting:
        one.continue_()
    page.unroute("**/api/runs")
    page.get_by_text("When it fires").wait_for()
    assert sum(f"/latents/{latent}?" in url for url in asked) == 1


def test_the_keyboard_goes_everywhere(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(address(site, "overview"))
    page.get_by_text("All metrics").wait_for()
    page.keyboard.press("2")
    page.get_by_text("of 256").wait_for()
    page.locator(".v-body").focus()
    for key in ("ArrowDown", "ArrowDown", "End"):
        page.keyboard.press(key)
    page.locator(f".v-row.on[aria-rowindex='{DICTIONARY_LATENTS + 1}']").wait_for()
    page.keyboard.press("Home")
    page.locator(".v-row.on[aria-rowindex='2']").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("When it fires").wait_for()
    heading = page.locator("h1 .num").inner_text()
    page.keyboard.press("e")
    page.wait_for_function("() => document.activeElement.classList.contains('label-edit')")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight" if heading != f"Latent {DICTIONARY_LATENTS - 1}" else "ArrowLeft")
    page.wait_for_function("was => document.querySelector('h1 .num').innerText !== was", arg=heading)
    theme = page.evaluate("document.body.dataset.theme")
    page.keyboard.press("t")
    page.wait_for_function("was => document.body.dataset.theme !== was", arg=theme)
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keys").wait_for()


def test_the_table_sorts_filters_and_restores(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(address(site, "latents"))
    page.get_by_text("of 256").wait_for()
    page.get_by_role("button", name="strongest").click()
    page.get_by_role("button", name="strongest ↓").wait_for()
    page.get_by_role("button", name="normal").click()
    store = LatentStore.open(site.runs[0], site.names[0])
    expected = store.table(sort="max", density=(1e-4, 0.1), limit=5)
    page.get_by_text(f"{expected['total']} of 256").wait_for()

    def shown() -> list[str]:
        page.wait_for_function("() => document.querySelectorAll('.v-row b').length > 4")
        return [row.inner_text() for row in page.locator(".v-row b").all()[:5]]

    numbers = [str(row["latent"]) for row in expected["rows"]]
    eventually(page, shown, numbers)
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    page.get_by_text(f"{expected['total']} of 256").wait_for()
    eventually(page, shown, numbers)


def test_a_hundred_thousand_rows_are_scrolled_by_a_few(watched: Watched, site: Site) -> None:
    """The server is replaced for the table only: the store of a test has not so many latents."""
    page, asked = watched.page, []

    def answer(route: Any) -> None:
        query = dict(part.split("=") for part in route.request.url.split("?")[1].split("&"))
        first, limit = int(query["offset"]), int(query["limit"])
        asked.append(first)
        row = {"count": 5, "density": 0.001, "max": 2.5, "mean": 1.5, "label": None, "top_token": " x"}
        rows = [{"latent": i, **row} for i in range(first, min(first + limit, 100_000))]
        route.fulfill(body=json.dumps({"total": 100_000, "rows": rows}), content_type="application/json")

    page.route("**/api/runs/*/latents?*", answer)
    page.goto(address(site, "latents"))
    page.get_by_text("100,000 of").wait_for()
    page.evaluate("document.querySelector('.v-body').scrollTop = 50_000 * 34")
    page.locator("#row-50000").get_by_text("50000").wait_for()
    page.locator(".v-body").focus()
    page.keyboard.press("End")
    page.locator("#row-99999").get_by_text("99999").wait_for()
    assert page.locator(".v-row").count() < 60
    assert len(set(asked)) < 10
    page.wait_for_function("() => location.hash.includes('row=')")


def test_markup_in_tokens_and_labels_is_text(watched: Watched, site: Site) -> None:
    page, latent = watched.page, firing_on_markup(site)
    page.goto(address(site, "latent", latent=latent))
    page.get_by_text("When it fires").wait_for()
    page.get_by_label("Your label").fill("<img src=x onerror=alert(2)>")
    page.keyboard.press("Enter")
    page.get_by_text("labelled by you").wait_for()
    assert page.locator("main script, main img").count() == 0
    shown = page.locator(".example .text").all_inner_texts()
    assert any("<script>" in text.replace("\n", "") for text in shown)
    assert page.locator(".ws", has_text="↵").count() > 0
    page.reload()
    page.wait_for_function("() => document.querySelector('.label-edit')?.value.startsWith('<img')")
    page.get_by_label("Your label").fill("")
    page.get_by_role("button", name="Save label").click()
    page.get_by_text("labelled by you").wait_for(state="detached")


def test_both_sides_show_characters_alike(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(site.address)
    page.wait_for_function("() => !!window.microtomePlain")
    texts = [
        NASTY,
        "",
        " ",
        "\u0301x",
        "\ufffd",
        "\u2028",
        "\ue000",
        "\x00\x1b",
        "a\u0301",
        "\u00a0",
        "\u3000",
        "😀\u200d",
    ]
    for text in texts:
        expected = re.sub(r"<[^>]+>", "", str(visible(text)))
        assert page.evaluate("text => window.microtomePlain(text)", text) == html.unescape(expected)
    names = [
        "‘\n  ’, ‘ #’",
        "after ‘ the’, ‘x ’",
        "  two  spaces ",
        "a \t b",
        "it is ’ so",
        "‘ ’",
        "x \u0301y",
        "<b> \u200b",
    ]
    for name in [*texts, *names]:
        assert page.evaluate("text => window.microtomeName(text)", name) == named(name)


def test_typing_shows_activations(watched: Watched, site: Site) -> None:
    page, text = watched.page, "def parse(text):"
    special = LatentStore.open(site.runs[0], site.names[0]).on(text)["special"]
    page.goto(address(site, "text"))
    page.get_by_label("Your text").press_sequentially(text, delay=15)
    # Pauses in typing are answered too: the last of the answers is the one of the whole text.
    page.wait_for_function(
        "text => new URLSearchParams(location.hash.split('?')[1]).get('text') === text",
        arg=text,
    )
    page.get_by_text("What stands out").wait_for()
    eventually(page, page.locator(".heat thead button").count, special.count(False))
    rows = page.locator(".heat tbody th a")
    before = rows.all_inner_texts()
    assert len(before) > 3
    page.locator(".heat thead button").nth(2).click()
    page.get_by_text("1 token chosen").wait_for()
    page.wait_for_function(
        "was => [...document.querySelectorAll('.heat tbody th a')].map(a => a.innerText).join() !== was",
        arg=",".join(before),
    )
    url, chosen = page.url, rows.all_inner_texts()
    page.goto("about:blank")
    page.goto(url)
    page.get_by_text("1 token chosen").wait_for()
    eventually(page, rows.all_inner_texts, chosen)


def test_typing_on_the_page_of_a_latent(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(address(site, "latent", latent=busiest(site)))
    page.get_by_label("Your text").fill(NASTY)
    page.locator("[aria-live] .tok").first.wait_for()
    shown = page.locator("[aria-live]").inner_text().replace("\n", "")
    assert "<script>alert(1)</script>" in shown
    # `tiny` reads these byte by byte: each is shown as the bytes it is, and turns nothing round.
    for character in "\u202e\u200b":
        assert "".join(f"⟨{byte:02X}⟩" for byte in character.encode()) in shown
    assert not set("�\u202e\u200b") & set(shown)


def test_bands_say_what_is_in_them(watched: Watched, site: Site) -> None:
    page, store = watched.page, LatentStore.open(site.runs[0], site.names[0])
    bands = {latent.latent: {one.band for one in latent.examples} - {"top", "near_miss"} for latent in store}
    latent = store[max(bands, key=lambda latent: len(bands[latent]))]
    assert len(bands[latent.latent]) > 2
    page.goto(address(site, "latent", latent=latent.latent))
    page.get_by_text("When it fires").wait_for()
    shown = [text for text in page.locator(".band h3").all_inner_texts() if text not in ("Strongest", "Nearly fired")]
    for number, said in enumerate(shown):
        low, high = (0.0, said[6:]) if said.startswith("below ") else said.split(" – ")
        values = [one.activation for one in latent.examples if one.band == sorted(bands[latent.latent])[number]]
        # Ends are rounded to three digits.
        assert all(float(low) * 0.995 <= value <= float(high) * 1.005 for value in values), (said, values)
    assert len(shown) == len(bands[latent.latent])


def test_curves_move_while_training_runs(watched: Watched, site: Site) -> None:
    """Nothing is clicked: a step that is logged appears by itself."""
    page, log = watched.page, site.runs[1] / "metrics.jsonl"
    before = log.read_text()
    page.goto(address(site, "overview", run="training"))
    page.get_by_text("live", exact=True).wait_for()
    row = {"dictionary": site.names[0], "step": 9999, "tokens": 11_999_000, "loss": 0.5, "batch_fvu": 0.4}
    try:
        with open(log, "a") as file:
            file.write(json.dumps(row) + "\n")
        page.get_by_text("11,999,000 of").wait_for()
        page.locator("main svg text", has_text=" M").first.wait_for()
    finally:
        log.write_text(before)


def test_a_run_that_no_process_trains_says_how_to_go_on(browser: Any, runs: list[Path], tmp_path: Path) -> None:
    stopped = tmp_path / "killed"
    shutil.copytree(runs[1], stopped)
    with serving([stopped]) as there, watching(browser, there) as watched:
        page = watched.page
        page.goto(address(there, "overview", run="killed"))
        page.get_by_text("no process trains it. Go on with microtome train --resume --out killed").wait_for()
        assert page.get_by_text("stopped", exact=True).is_visible()
        assert page.get_by_text("live", exact=True).count() == 0
        # Somebody does, and the page says so once it is opened again.
        with Run(stopped).training_alone():
            page.reload()
            page.get_by_text("live", exact=True).wait_for()


def test_dense_latents_are_hidden_unless_asked_for(watched: Watched, site: Site) -> None:
    page, text = watched.page, "def f(text):"
    store = LatentStore.open(site.runs[0], site.names[0])
    density = store.column("density")
    found = store.on(text)["latents"]
    dense = {latent for latent in found if density[latent] > 0.1}
    assert dense and len(dense) < len(found)
    page.goto(address(site, "text", text=text, n=96))

    def dense_rows() -> bool:
        return bool({int(text) for text in page.locator(".heat tbody th a.num").all_inner_texts()} & dense)

    page.locator(".heat tbody th a.num").first.wait_for()
    assert not dense_rows()
    page.get_by_label("hide dense latents").uncheck()
    page.wait_for_function("() => location.hash.includes('dense=show')")
    eventually(page, dense_rows, True)


CHANGED: dict[str, dict[str, str | int]] = {
    "overview": {},
    "latents": {"sort": "max", "order": "up", "show": "normal", "strength_from": "0.5"},
    "latent": {"band": "top", "lines": "one", "text": "def f():"},
    "text": {"pool": "sum", "n": 12, "dense": "show", "tokens": "2,3"},
    "steer": {"temperature": "0.5", "factors": "0, 3"},
    "compare": {"order": "least", "mutual": 1},
}


@pytest.mark.parametrize("page_name", PAGES)
def test_every_view_is_restored_by_its_address(watched: Watched, site: Site, page_name: str) -> None:
    """Another tab at the same address shows the same, and the address is what was asked for."""
    page = watched.page
    given = {**params(site, page_name), **CHANGED[page_name], "dictionary": site.names[1]}
    if page_name == "compare":
        given |= {"left_run": "looked-at", "left_dictionary": site.names[1], "right_dictionary": site.names[0]}

    def shown() -> str:
        page.get_by_text(PAGES[page_name]).first.wait_for()
        page.wait_for_load_state("networkidle")
        values = page.locator("main").evaluate(
            "main => [...main.querySelectorAll('input, select, textarea')].map(one => one.value + one.checked).join()"
        )
        return str(page.locator("main").inner_text() + values)

    page.goto(address(site, page_name, **given))
    first, url = settled(page, shown), page.url
    page.goto("about:blank")
    page.goto(address(site, page_name, **params(site, page_name)))
    plain = settled(page, shown)
    page.goto("about:blank")
    page.goto(url)
    eventually(page, shown, first)
    # The settings are seen at all, or nothing would be restored.
    assert plain != first


#: What a saved page does not say, because nothing can be typed or asked there, and what it says in its place.
SAVED_OTHERWISE = {
    "latent": ("Add a note\nSteer\n←\n→\nTry your own text", "NAME"),
    "text": ("each row on its own scale; drag a latent onto Steer to write with it", "each row on its own scale"),
    "steer": (
        "in this order, at the same time\nclamp to\nat least\nmultiply by\nablate\nproject out\n×\n× residual norm\n"
        "activation\nleave the prompt alone\nReplace the site\nas a chat message\nWhich latents fire on it?\n"
        "Generate\nwith a random control\nLoad preset\nSave preset\nfactors on the strengths\nDraw the curve",
        "2\n40\n0\n1\n0\n1\n0",
    ),
}


@pytest.mark.parametrize("page_name", PAGES)
def test_every_view_is_saved_as_one_file(
    watched: Watched, browser: Any, site: Site, tmp_path: Path, page_name: str
) -> None:
    page = watched.page
    page.goto(address(site, page_name, **params(site, page_name)))
    page.get_by_text(PAGES[page_name]).first.wait_for()
    page.wait_for_load_state("networkidle")
    settled(page, page.locator("main").inner_text)
    file = save_view(page, tmp_path)
    assert "<script>alert(1)" not in file.read_text()
    assert str(site.runs[0].parent) not in file.read_text()

    with opened_offline(browser, file) as opened:
        opened.page.get_by_text(PAGES[page_name]).first.wait_for()
        opened.page.get_by_text("Saved from microtome").wait_for()
        assert opened.page.locator(".problem").count() == 0
        here, there = (one.locator("main").inner_text().split("\n") for one in (page, opened.page))
        gone, come = SAVED_OTHERWISE.get(page_name, ("", ""))
        name = page.locator(".label-edit").get_attribute("placeholder") if page_name == "latent" else ""
        for left, texts in ((gone, here), (come.replace("NAME", name), there)):
            for line in filter(None, left.split("\n")):
                assert line in texts, line
                texts.remove(line)
        assert there == here and len(here) > 10


def test_a_page_written_without_a_browser_is_the_one_the_app_shows(
    watched: Watched, browser: Any, site: Site, tmp_path: Path
) -> None:
    latent = firing_on_markup(site)
    watched.page.goto(address(site, "latent", latent=latent))
    watched.page.get_by_text("When it fires").wait_for()
    file = save_latent_page(site.runs[0], latent, tmp_path / "latent.html", dictionary=site.names[0])
    assert str(site.runs[0].parent) not in file.read_text() and "<script>alert(1)" not in file.read_text()
    with opened_offline(browser, file) as opened:
        opened.page.get_by_text("When it fires").wait_for()
        assert opened.page.locator(".problem").count() == 0
        here, there = (one.locator(".example .text").all_inner_texts() for one in (watched.page, opened.page))
        assert here == there and len(there) > 3


def test_a_sheet_of_figures_and_cards_opens_without_a_network(browser: Any, site: Site, tmp_path: Path) -> None:
    run, latent = site.runs[0], firing_on_markup(site)
    plots, store = microtome.plots(run), LatentStore.open(run, site.names[0])
    found = store.on(NASTY)
    figures = (plots.activations([latent, 3]), plots.usage(), plots.decoder(), plots.rare_direction())
    parts = [Part(shown=figure) for figure in (*figures, plots.on_text(NASTY, dense=True))]
    parts.append(Part(title="Cards", shown=[store[latent], found, found.shaded(latent)]))
    with opened_offline(browser, write_sheet(tmp_path / "sheet.html", NASTY, parts)) as shown:
        page = shown.page
        page.wait_for_function("() => document.querySelectorAll('.plot .main-svg').length >= 5")
        assert page.locator(".plot").count() == 5
        assert page.locator("main script:not([type]), main img").count() == 0
        assert "<script>" in page.locator(".microtome-shaded").inner_text().replace("\n", "")
        # The text of tokens is text in a figure too.
        assert "script" in "".join(page.locator(".plot .xtick text").all_text_contents())


def test_a_dictionary_of_another_library_has_the_same_pages(browser: Any, site: Site, tmp_path: Path) -> None:
    """Written as SAELens writes it, made a run of, looked at and opened."""
    trained = site.runs[0]
    convert(trained / "dictionaries" / site.names[0], tmp_path / "sae", to="saelens")
    assert not (tmp_path / "sae" / "manifest.json").exists()
    run = adopt(tmp_path / "sae", tmp_path / "looked-at", model="tiny").run
    build_stores(run, text=str(trained.parent / "text.jsonl"), tokens=3000, config=StoreConfig())
    with serving([run.path]) as there, watching(browser, there) as watched:
        page, latent = watched.page, busiest(there)
        page.goto(address(there, "latents"))
        page.get_by_text("of 256").wait_for()
        assert page.locator(".v-row").count() > 0
        page.goto(address(there, "latent", latent=latent))
        page.get_by_text(f"Latent {latent}").first.wait_for()
        for part in ("When it fires", "What it does to the output"):
            page.get_by_text(part).first.wait_for()
        page.goto(address(there, "text", text="def f(x): return x"))
        page.get_by_text("What stands out").first.wait_for()


def test_problems_are_shown_where_they_happen(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(f"{site.address}/#/overview?run=nope")
    page.get_by_text("This server does not show a run “nope”").wait_for()
    page.goto(f"{site.address}/#/nowhere")
    page.get_by_text("There is no page “nowhere”").wait_for()
    page.goto(address(site, "latent", latent=DICTIONARY_LATENTS))
    page.get_by_text(f"the dictionary has {DICTIONARY_LATENTS}").wait_for()
    # The browser itself logs the status 400.
    watched.complaints[:] = [text for text in watched.complaints if "400" not in text]
