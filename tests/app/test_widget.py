"""The notebook's kernel answers as the server does, and a notebook without a kernel keeps something to see."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from microtome.app.widget import Kernel, live
from tests.app.conftest import Site


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
