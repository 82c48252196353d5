"""Takes the pictures of the web app in docs/images: a small run on `tiny`, its latents described, each page in headless
Chromium at 1,280 and at 800 pixels, light and dark.

    python scripts/app_pictures.py              # makes the run (some minutes), then the pictures
    python scripts/app_pictures.py --run RUN    # of a run whose latents are described

Pictures of the page Graph, and those named after Gemma, are of another model and are not taken here. Chromium writes
them with all their colours; making them smaller with a palette has turned violet into grey.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TEXT = (
    "def parse(text, default=None):\n    try:\n        return text.split()\n"
    "    except ValueError:\n        return default"
)
#: Each picture: page, width, height, theme.
PICTURES = (
    ("overview", 1280, 900, "light"),
    ("overview", 800, 900, "dark"),
    ("latents", 1280, 900, "light"),
    ("latents", 800, 900, "dark"),
    ("latent", 1280, 900, "light"),
    ("latent", 800, 900, "dark"),
    ("text", 1280, 900, "dark"),
    ("text", 800, 900, "light"),
    ("steer", 1280, 1050, "light"),
    ("steer", 800, 1375, "dark"),
    ("compare", 1280, 900, "dark"),
    ("compare", 800, 900, "light"),
)


def name_of(page: str, width: int, theme: str) -> str:
    return f"app-{page}-{width}-{theme}.png"


def make_run(folder: Path) -> Path:
    """Two dictionaries on `tiny`, large enough that their latents mean something."""
    import microtome
    from microtome.latents import build_stores

    config = microtome.TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("2.mlp_out",),
        sparsifiers=("topk", "batchtopk"),
        latents=(1024,),
        l0s=(12.0,),
        tokens=400_000,
        eval_tokens=50_000,
        eval_loss_tokens=10_000,
    )
    run = microtome.train(config, folder / "python-docs")
    build_stores(run, text="builtin:python-docs", tokens=200_000)
    return run.path


@contextmanager
def served(run: Path) -> Iterator[str]:
    import uvicorn

    from microtome.app import make_app

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app([run]), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def addresses(run: Path) -> dict[str, str]:
    """What each page shows: the most interesting latent that fires on words and whose label holds on unseen text."""
    from microtome.latents import LatentStore
    from microtome.runs import Run

    name = Run.open(run).names[0]
    rows = LatentStore.open(run, name).table(sort="interesting", limit=40)["rows"]
    words = [row for row in rows if row["label"] and (row["top_token"] or "").strip().isalpha()]
    latent = min(words, key=lambda row: (row["label"]["score"] or 0.0) < 0.8)["latent"]
    changes = json.dumps([{"kind": "add", "latent": latent, "value": 4, "unit": "max", "dictionary": name}])
    given: dict[str, dict[str, Any]] = {
        "latent": {"latent": latent},
        "text": {"text": TEXT},
        "steer": {"prompt": "def parse(text):\n    ", "changes": changes, "seed": 1, "temperature": 0.7},
    }
    pages = {page for page, *_ in PICTURES}
    return {page: urlencode({"run": run.name, "dictionary": name, **given.get(page, {})}) for page in pages}


def take(run: Path, out: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("there is no Chromium, expected 'chromium' or 'google-chrome'. Install the package 'chromium'")
    asked = addresses(run)
    with served(run) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for page_name, width, height, theme in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            # The first page that reads text loads the model.
            context.set_default_timeout(180_000)
            page = context.new_page()
            page.goto(f"{site}/#/{page_name}?{asked[page_name]}")
            page.wait_for_load_state("networkidle")
            if page_name == "steer":
                page.get_by_role("button", name="Which latents fire on it?").click()
                page.locator(".firing .take").first.wait_for()
                page.get_by_role("button", name="Generate").click()
                page.get_by_text("tokens in").wait_for()
                page.get_by_role("button", name="Draw the curve").click()
                page.get_by_role("button", name="Stop").wait_for(state="detached")
                page.locator("svg[aria-label^='Repetition']").wait_for()
            # What moves has come to rest, and the pointer shows nothing.
            page.wait_for_timeout(500)
            file = out / name_of(page_name, width, theme)
            page.screenshot(path=file)
            print(f"{file} {file.stat().st_size / 1024:.0f} KiB")
            context.close()
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--run", type=Path, help="a run whose latents are described")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        take(given.run or make_run(Path(folder)), given.out)


if __name__ == "__main__":
    main()
