"""The page Steer in a real browser: choose, write, stop, close, two tabs, errors where they happen, presets, saving."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from microtome.interventions import Bench, Change, GenerationConfig, ablate, add, generate_text, load_preset
from microtome.markup import visible
from tests.app.conftest import DICTIONARY_LATENTS, Site, Watched, address, busiest, opened_offline, save_view
from tests.app.test_steer import PROMPT, counted, ended, strongest

pytestmark = pytest.mark.browser
DONE = re.compile(r"^\d+ tokens in ")


@pytest.fixture(scope="module")
def bench(site: Site) -> Bench:
    return Bench.open(site.runs[0])


def steer(site: Site, changes: list[Any], **params: str | int) -> str:
    plain = json.dumps([change.to_json() if isinstance(change, Change) else change for change in changes])
    return address(site, "steer", changes=plain, **{"prompt": PROMPT, "tokens": 12, **params})


def generate(page: Any) -> None:
    page.get_by_role("button", name="Generate").click()


def done(page: Any) -> None:
    page.locator("h1 + [role=status]").get_by_text(DONE).wait_for()


def columns(page: Any) -> dict[str, list[str]]:
    """The text of each sample, with the invisible as the page shows it."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => Object.fromEntries([...document.querySelectorAll('.beside > .panel')].map(panel => {
            const samples = [...panel.querySelectorAll('.continuation')];
            return [samples[0].dataset.condition, samples.map(one =>
                [...one.querySelectorAll('.tok')].map(token => token.textContent).join('').replaceAll('\\n', ''))];
        }))"""
    )


def as_shown(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", str(visible(text)))).replace("\n", "")


def written(bench: Bench, changes: list[Change], config: GenerationConfig) -> dict[str, list[str]]:
    true = bench.intervene(changes)
    conditions = {"default": None, "steered": true, "control": true.control(config.seed)}
    return {
        name: [as_shown(one.text) for one in generate_text(bench.lm, PROMPT, intervention, config)]
        for name, intervention in conditions.items()
    }


def test_choosing_and_writing(watched: Watched, site: Site, bench: Bench) -> None:
    page, name = watched.page, site.names[0]
    latent = strongest(bench, name)
    page.goto(address(site, "steer"))
    page.get_by_text("Nothing is changed yet").wait_for()
    page.get_by_label("Latent", exact=True).fill(str(latent))
    page.locator(".choices button").first.click()
    page.get_by_label(f"Strength of latent {latent}", exact=True).fill("6")
    page.get_by_label("Latent", exact=True).fill("9")
    page.locator(".choices button", has_text="9").first.wait_for()
    page.get_by_label("Latent", exact=True).press("Enter")
    page.get_by_label("What is done").nth(1).select_option("ablate")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_label("tokens", exact=True).fill("12")
    page.get_by_label("samples", exact=True).fill("2")
    assert page.get_by_label("temperature", exact=True).input_value() == "1"
    page.get_by_label("seed", exact=True).fill("3")
    generate(page)
    done(page)
    expected = written(
        bench,
        [add(latent, 6, name), ablate(9, name)],
        GenerationConfig(tokens=12, samples=2, temperature=1.0, seed=3),
    )
    assert columns(page) == expected
    # The address is the whole setting: a fresh page writes the same.
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    page.get_by_role("button", name="Generate").wait_for()
    assert columns(page) == {}
    generate(page)
    done(page)
    assert columns(page) == expected


def test_the_default_is_beside_it_and_what_is_the_same_says_so(watched: Watched, site: Site) -> None:
    page = watched.page
    change = {"kind": "scale", "latent": 3, "value": 1, "dictionary": site.names[0]}
    page.goto(steer(site, [change], control="0"))
    generate(page)
    done(page)
    found = columns(page)
    assert list(found) == ["default", "steered"] and found["default"] == found["steered"]
    page.get_by_text("the same as without the changes").wait_for()


def test_stop_frees_the_model_and_keeps_what_was_written(watched: Watched, site: Site) -> None:
    page = watched.page
    change = {"kind": "clamp", "latent": 3, "value": 2, "unit": "activation", "dictionary": site.names[0]}
    with counted(site) as passes:
        page.goto(steer(site, [change], tokens=80))
        generate(page)
        page.wait_for_function("() => document.querySelectorAll('.continuation .tok').length > 5")
        page.get_by_role("button", name="Stop").click()
        page.locator("h1 + [role=status]").get_by_text("stopped after").wait_for()
        ended(site)
        assert len(passes) < 200
        kept = columns(page)
        assert all(samples[0] for samples in kept.values())
    generate(page)
    done(page)
    assert all(text[0].startswith(kept[name][0]) for name, text in columns(page).items())


@pytest.mark.parametrize("how", ["tab", "page"])
def test_leaving_frees_the_model(watched: Watched, site: Site, how: str) -> None:
    with counted(site) as passes:
        tab = watched.page.context.new_page()
        tab.goto(steer(site, [], tokens=200))
        generate(tab)
        tab.wait_for_function("() => document.querySelectorAll('.continuation .tok').length > 5")
        if how == "tab":
            tab.close()
        else:
            tab.get_by_role("link", name="Overview").click()
        ended(site)
        assert len(passes) < 150


def test_two_tabs_at_once_both_finish(watched: Watched, site: Site, bench: Bench) -> None:
    name = site.names[0]
    given = [([add(strongest(bench, name), 9, name)], 5), ([ablate(3, name)], 6)]
    tabs = [watched.page, watched.page.context.new_page()]
    with counted(site, pause=0.004):
        for tab, (changes, seed) in zip(tabs, given):
            tab.goto(steer(site, changes, tokens=40, temperature=1, seed=seed))
            tab.get_by_role("button", name="Generate").wait_for()
        for tab in tabs:
            generate(tab)
        for tab in tabs:
            tab.wait_for_function("() => document.querySelectorAll('.continuation .tok').length > 1")
        assert site.app.state.steering.open_streams == 2
        for tab in tabs:
            done(tab)
    for tab, (changes, seed) in zip(tabs, given):
        assert columns(tab) == written(bench, changes, GenerationConfig(tokens=40, temperature=1.0, seed=seed))
    ended(site)


def test_errors_are_where_they_happen(watched: Watched, site: Site) -> None:
    page, name = watched.page, site.names[0]
    page.goto(steer(site, [{"kind": "ablate", "latent": DICTIONARY_LATENTS, "dictionary": name}]))
    generate(page)
    row = page.locator(".change + .problem, .change + div .problem")
    row.get_by_text(f"Got latent {DICTIONARY_LATENTS}, {name} has {DICTIONARY_LATENTS}").wait_for()
    page.get_by_label("Take ablate").click()
    page.get_by_label("Latent", exact=True).fill("3")
    page.locator(".choices button").first.click()
    page.get_by_label("Strength of latent 3", exact=True).fill("lots")
    generate(page)
    row.get_by_text("Got lots as the strength of add 3, expected a finite number").wait_for()
    page.get_by_label("Strength of latent 3", exact=True).fill("-0.5")
    page.get_by_label("Prompt", exact=True).fill("")
    generate(page)
    page.get_by_text("The prompt is empty, expected some text").wait_for()
    page.get_by_label("Prompt", exact=True).fill("word " * 400)
    generate(page)
    page.get_by_text("expected at most 256").wait_for()
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_label("tokens", exact=True).fill("many")
    generate(page)
    page.get_by_text("Got 'many' for tokens, expected a whole number").wait_for()
    page.get_by_label("tokens", exact=True).fill("12")
    page.get_by_label("Factors on the strengths").fill("1, x")
    page.get_by_role("button", name="Draw the curve").click()
    page.get_by_text("Got the strength x, expected a finite number").wait_for()
    assert page.locator(".problem").count() == 1
    page.get_by_label("Preset file").set_input_files({"name": "a.json", "mimeType": "text/plain", "buffer": b"{"})
    page.get_by_text("'a.json' is not JSON").wait_for()
    page.goto(address(site, "steer", changes="[", prompt="x"))
    page.get_by_text("The changes in the address cannot be read").wait_for()
    # The browser itself logs the status 400.
    watched.complaints[:] = [text for text in watched.complaints if "400" not in text]


def test_a_dose_curve_is_drawn(watched: Watched, site: Site, bench: Bench) -> None:
    page, name = watched.page, site.names[0]
    page.goto(steer(site, [add(strongest(bench, name), 4, name)], tokens=6, factors="0, 1, 2"))
    page.get_by_role("button", name="Draw the curve").click()
    page.wait_for_function("() => document.querySelectorAll('.doses tbody tr').length === 3")
    page.get_by_role("button", name="Draw the curve").wait_for()
    assert page.get_by_role("img", name="Perplexity by strength").locator("polyline").count() == 2
    rows = page.locator(".doses tbody tr").all()
    assert [row.locator("td").first.inner_text() for row in rows] == ["0", "1", "2"]
    plain = as_shown(generate_text(bench.lm, PROMPT, None, GenerationConfig(tokens=6))[0].text)
    assert rows[0].locator("td").nth(2).text_content() == plain


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("held", ["the row", "its number"])
def test_a_latent_is_dragged_from_a_heat_map(watched: Watched, site: Site, width: int, held: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address(site, "text", text="for line in open(path):"))
    page.wait_for_function("() => document.querySelectorAll('.heat tbody tr').length > 2")
    tab = page.get_by_role("link", name="Steer", exact=True)
    rows = page.locator(".heat tbody tr th")
    latents = [rows.nth(i).locator("a.num").inner_text() for i in (0, 2)]
    for row, latent in zip((0, 2), latents):
        (rows.nth(row) if held == "the row" else rows.nth(row).locator("a.num")).drag_to(tab)
        page.get_by_label(f"Strength of latent {latent}", exact=True).wait_for()
        assert page.get_by_label("Prompt", exact=True).input_value() == "for line in open(path):"
        assert page.evaluate("document.body.dataset.carrying") is None
        if latent == latents[0]:
            page.go_back()
            rows.nth(2).wait_for()
    assert page.locator(".change").count() == 2


def test_what_is_not_a_latent_is_not_taken(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(address(site, "text", text="for line in open(path):"))
    page.wait_for_function("() => document.querySelectorAll('.heat tbody tr').length > 2")
    before = page.url
    page.get_by_role("link", name="Latents", exact=True).drag_to(page.get_by_role("link", name="Steer", exact=True))
    assert page.url == before and page.locator(".heat").count() == 1


def test_latents_are_sent_from_their_page_and_from_a_text(watched: Watched, site: Site) -> None:
    page = watched.page
    latent = busiest(site)
    page.goto(address(site, "latent", latent=latent))
    page.get_by_text("When it fires").wait_for()
    page.get_by_role("link", name="Steer", exact=True).last.click()
    page.get_by_label(f"Strength of latent {latent}", exact=True).wait_for()
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_label("Your text").fill("for line in open(path):")
    page.wait_for_function("() => document.querySelectorAll('.heat tbody tr').length > 2")
    row = page.locator(".heat tbody tr", has_not_text=str(latent)).first
    row.hover()
    sent = {str(latent), row.locator("th a.num").inner_text()}
    row.locator(".send").click()
    # The one that was chosen before is still there, and the text has become the prompt.
    page.wait_for_function("() => document.querySelectorAll('.change').length === 2")
    page.get_by_label(f"Strength of latent {latent}", exact=True).wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() == "for line in open(path):"
    page.get_by_role("button", name="Which latents fire on it?").click()
    page.locator(".take").first.wait_for()
    other = next(one for one in page.locator(".take").all() if one.locator("b").inner_text() not in sent)
    other.click()
    page.wait_for_function("() => document.querySelectorAll('.change').length === 3")


def test_presets_are_saved_and_loaded(watched: Watched, site: Site, bench: Bench, tmp_path: Path) -> None:
    page, name = watched.page, site.names[0]
    changes = [add(strongest(bench, name), 4, name), ablate(3, name)]
    page.goto(steer(site, changes, temperature=0.5, seed=8, tokens=7))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save preset").click()
    file = tmp_path / "steer.json"
    download.value.save_as(file)
    preset = load_preset(file)
    preset.check(bench)
    assert list(preset.changes) == changes
    assert preset.generation == GenerationConfig(tokens=7, temperature=0.5, seed=8)
    page.goto(address(site, "overview"))
    page.goto(address(site, "steer", prompt="else"))
    page.get_by_label("Preset file").set_input_files(file)
    page.wait_for_function("() => document.querySelectorAll('.change').length === 2")
    assert page.get_by_label("Prompt", exact=True).input_value() == PROMPT
    assert [page.get_by_label(k, exact=True).input_value() for k in ("tokens", "temperature", "seed")] == [
        "7",
        "0.5",
        "8",
    ]


def test_what_was_written_is_saved_as_one_file(
    watched: Watched, browser: Any, site: Site, bench: Bench, tmp_path: Path
) -> None:
    page, name = watched.page, site.names[0]
    page.goto(steer(site, [add(strongest(bench, name), 4, name)], factors="0, 2"))
    generate(page)
    done(page)
    page.get_by_role("button", name="Draw the curve").click()
    page.wait_for_function("() => document.querySelectorAll('.doses tbody tr').length === 2")
    page.get_by_role("button", name="Draw the curve").wait_for()
    # It is still there after a look at another page.
    page.get_by_role("link", name="Overview").click()
    page.get_by_text("All metrics").wait_for()
    page.go_back()
    page.locator(".continuation").first.wait_for()
    here, doses = columns(page), page.locator(".doses").inner_text()
    with opened_offline(browser, save_view(page, tmp_path)) as opened:
        opened.page.locator(".doses").wait_for()
        assert columns(opened.page) == here and opened.page.locator(".doses").inner_text() == doses
        assert opened.page.locator(".problem").count() == 0
        assert opened.page.get_by_label("Prompt", exact=True).input_value() == PROMPT
