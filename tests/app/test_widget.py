"""The notebook's kernel answers as the server does, and a notebook without a kernel keeps something to see."""

from __future__ import annotations

import html
import json
from typing import Any

import httpx
import pytest

from microtome.app.widget import Kernel, live
from microtome.latents import LatentStore
from microtome.markup import named
from tests.app.conftest import Site, Watched


@pytest.mark.parametrize(
    "path", ["/api/runs/looked-at/latents?limit=3", "/api/runs/looked-at/latents/7", "/api/runs/looked-at"]
)
def test_the_kernel_answers_as_the_server(site: Site, path: str) -> None:
    kernel = Kernel(site.runs[0])
    assert json.loads(json.dumps(kernel.ask("GET", path))) == httpx.get(site.address + path, timeout=60).json()


def test_text_and_errors_go_through_messages(site: Site) -> None:
    kernel = Kernel(site.runs[0])
    done = kernel.reply({"id": 3, "method": "POST", "path": "/api/runs/looked-at/text", "body": {"text": "def f():"}})
    assert done["id"] == 3 and len(done["value"]["tokens"]) > 3
    for message in (
        {"id": 4, "method": "GET", "path": "/etc/passwd"},
        {"id": 4, "method": "POST", "path": "/api/runs"},
    ):
        assert "there is nothing at" in kernel.reply(message)["error"]["problem"]


def test_a_store_shows_a_text_as_a_heat_map(site: Site) -> None:
    store = LatentStore.open(site.runs[0], site.names[0])
    found = store.on("def f(text):")
    assert "def" in found["tokens"][1]
    text = found._repr_html_()
    assert all(f"<b>{latent}</b>" in text for latent in found["latents"][:16])


def test_a_widget_has_a_static_card_beside_it(site: Site) -> None:
    sent: list[Any] = []
    for widget, said in (
        (live(site.runs[0], latent=7), "Latent 7"),
        (live(site.runs[0], dictionary=site.names[1], text="def f():"), "microtome-text"),
    ):
        bundle = widget._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        assert said in data["text/html"] and "<script" not in data["text/html"]
        assert "application/vnd.jupyter.widget-view+json" in data
        widget.send = sent.append
        widget._handle_custom_msg({"id": 1, "method": "GET", "path": "/api/runs"}, [])
        assert sent.pop()["value"]["runs"][0]["id"] == "looked-at"
    assert "dictionary=" in live(site.runs[0]).route


def test_what_a_notebook_keeps_is_an_output_of_its_own(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab takes a widget before HTML of the same output, and waits for a kernel that may never come."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append(data))
    widget = live(site.runs[0], dictionary=site.names[0], text="def f():")
    widget._ipython_display_()
    static, mounted = shown
    assert f'<div data-microtome-static="{widget.static}">' in static["text/html"]
    assert "microtome-text" in static["text/html"] and "<script" not in static["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in mounted and "text/html" not in mounted
    assert mounted["text/plain"] == "a live view of looked-at, where a kernel runs"
    labels = [row["label"]["text"] for row in LatentStore.open(site.runs[0], site.names[0]).table(limit=999)["rows"]]
    assert any(html.escape(named(label)) in static["text/html"] for label in labels)
    shown.clear()
    live(site.runs[0], dictionary=site.names[0])._ipython_display_()
    assert len(shown) == 1


# What a notebook's front end does: the module is imported, and messages go to the kernel and back.
MOUNT = """async route => {
  const { default: widget } = await import('/static/widget.js');
  const element = document.createElement('div');
  const still = document.createElement('div');
  still.innerHTML = '<div data-microtome-static="of another">others</div><div data-microtome-static="mine">mine</div>';
  document.body.replaceChildren(element, still);
  const heard = [];
  const send = async ({ id, method, path, body }) => {
    const headers = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const value = await answer.json();
    heard.forEach(tell => tell(answer.ok ? { id, value } : { id, error: value.error }));
  };
  const get = name => name === 'static' ? 'mine' : route;
  widget.render({ model: { get, on: (_, tell) => heard.push(tell), off() {}, send }, el: element });
}"""


@pytest.mark.browser
def test_the_widget_s_module_runs_in_a_browser(browser: Any, site: Site) -> None:
    # A notebook has no such policy as the app's own pages, which keep styles of others out.
    context = browser.new_context(bypass_csp=True)
    found = Watched(context.new_page())
    found.watch()
    page = found.page
    page.goto(site.address)
    page.get_by_text("All metrics").wait_for()
    page.evaluate(MOUNT, f"#/text?run=looked-at&dictionary={site.names[0]}&text=def+f():")
    page.get_by_text("What stands out").wait_for()
    # Once it is drawn, what stands in for it is hidden, and nothing else is.
    assert page.get_by_text("mine", exact=True).is_hidden() and page.get_by_text("others", exact=True).is_visible()
    assert page.evaluate("() => getComputedStyle(document.body.firstChild.shadowRoot.querySelector('.panel')).padding")
    page.get_by_label("Your text").fill("import argparse")
    page.locator(".heat thead button", has_text="import").first.wait_for()
    page.locator(".heat tbody th a").first.click()
    page.get_by_text("When it fires").wait_for()
    assert found.complaints == []
    context.close()
