"""A server over runs trained on `tiny`, with real latent stores, and a browser that may speak to nobody else."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from tests.cli.conftest import train_arguments, write_text

#: Text that would act on a page, and characters nobody sees.
NASTY = '<script>alert(1)</script> </td>\n\tzero\u200bwidth \u202eturned\u202c שלום é\u0301 🧬 \u00a0&amp; "quoted"\r\n'
DICTIONARY_LATENTS = 256
TIMEOUT_MS = 20_000

Value = TypeVar("Value")


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """A run of two dictionaries with their latent stores, and one that has not been looked at, still training."""
    import argparse
    import inspect
    import sys

    from microtome import cli
    from microtome.latents import StoreConfig, build_stores
    from microtome.runs import Run

    folder = tmp_path_factory.mktemp("app")
    text = folder / "text.jsonl"
    write_text(text, (argparse, inspect))
    # First, so that a store made of the first tokens has seen it.
    nasty = "".join(json.dumps({"text": f"{i} {NASTY * 4}"}) + "\n" for i in range(8))
    text.write_text(nasty + text.read_text())
    out = folder / "looked-at"
    arguments = train_arguments(
        out, text=str(text), latents=str(DICTIONARY_LATENTS), l0="8", tokens="12000", sparsifier="topk,batchtopk"
    )
    before, sys.argv = sys.argv, ["microtome", *arguments]
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code
    finally:
        sys.argv = before
    build_stores(Run.open(out), text=str(text), tokens=12_000, config=StoreConfig())
    training = folder / "training"
    shutil.copytree(
        out, training, ignore=shutil.ignore_patterns("latents", "evaluations", "dictionaries", "report.html")
    )
    facts = json.loads((training / "run.json").read_text())
    (training / "run.json").write_text(json.dumps({**facts, "status": "training"}))
    with Run(training).training_alone():
        yield [out, training]


@dataclass
class Site:
    """A server that runs in a thread of this process."""

    runs: list[Path]
    address: str
    names: list[str]
    app: Any


@pytest.fixture(scope="session")
def site(runs: list[Path]) -> Iterator[Site]:
    with serving(runs) as found:
        yield found


@contextmanager
def serving(runs: list[Path]) -> Iterator[Site]:
    import uvicorn

    from microtome.app import make_app
    from microtome.runs import Run

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = make_app(runs)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(runs, f"http://127.0.0.1:{listener.getsockname()[1]}", Run.open(runs[0]).names, app)
    server.should_exit = True
    thread.join()
    listener.close()


@dataclass
class Watched:
    """A page with everything that went wrong on it and every address it asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))


def address(site: Site, page: str, **params: str | int) -> str:
    given = {"run": "looked-at", "dictionary": site.names[0], **params}
    return f"{site.address}/#/{page}?" + "&".join(f"{key}={quote(str(value))}" for key, value in given.items())


def busiest(site: Site) -> int:
    from microtome.latents import LatentStore

    rows = LatentStore.open(site.runs[0], site.names[0]).table(sort="interesting", limit=1)["rows"]
    return int(rows[0]["latent"])


def eventually(page: Any, read: Callable[[], Value], expected: Value) -> None:
    """What a page shows is `expected`, if not at once then in time: a page settles in steps."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while (found := read()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert found == expected


def settled(page: Any, read: Callable[[], Value]) -> Value:
    """What a page shows once it has stopped to change for 400 ms."""
    shown, since = read(), time.monotonic()
    deadline = since + TIMEOUT_MS / 1000
    while time.monotonic() < min(since + 0.4, deadline):
        page.wait_for_timeout(40)
        if (now := read()) != shown:
            shown, since = now, time.monotonic()
    return shown


def save_view(page: Any, folder: Path) -> Path:
    """The file that a page saves of itself."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this view as one HTML file").click()
    file = folder / "saved.html"
    download.value.save_as(file)
    return file


@contextmanager
def opened_offline(browser: Any, file: Path) -> Iterator[Watched]:
    """A saved page with the network off; it must not complain, and ask nobody for anything."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    found = Watched(context.new_page())
    found.watch()
    found.page.goto(file.as_uri())
    yield found
    assert found.complaints == []
    assert [url for url in found.asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "the browser tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def watched(browser: Any, site: Site) -> Iterator[Watched]:
    with watching(browser, site) as found:
        yield found


@contextmanager
def watching(browser: Any, site: Site) -> Iterator[Watched]:
    """A page that fails the test when it complained or asked anyone but the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(TIMEOUT_MS)
    found = Watched(context.new_page())
    found.watch()
    yield found
    context.close()
    assert found.complaints == []
    strangers = [url for url in found.asked if not url.startswith((site.address, "data:", "blob:", "file:"))]
    assert strangers == []
