"""How long the page of a latent takes to open, and how soon typed text shows activations.

    python benchmarks/latent_pages.py --out benchmarks/results/latent_pages

A store of a random topk dictionary (L0 32) of 65,536 latents on `tiny` is made (and kept, with --folder), and served by
`microtome serve` in a process of its own. The server is asked for latents drawn at random: the first, and then more.
Chromium opens pages by their address, goes from latent to latent inside the app, and types; times are read by the
page's own clock, from the navigation, the change of address, or the keystroke, to the frame after what was asked for is
on the page. They include the 110 ms for which the page waits whether more is typed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from latent_store import random_run

# Resolves at the first frame after `wanted()` is true, to the page's clock.
WAIT = """const until = wanted => new Promise((done, failed) => {
  const look = () => wanted() ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  setTimeout(() => failed(new Error('it was not shown within a minute')), 60000);
  look();
});
const shows = latent => document.querySelector('h1 .num')?.innerText === `Latent ${latent}`;
"""
OPEN = f"async latent => {{ {WAIT} return await until(() => shows(latent)); }}"
STEP = f"""async ([route, latent]) => {{ {WAIT}
  const start = performance.now();
  location.hash = route;
  return await until(() => shows(latent)) - start;
}}"""
# The heat map's heads are the tokens of the text it shows; white space is shown as signs.
TYPE = f"""async text => {{ {WAIT}
  const field = document.querySelector('textarea'), bare = s => s.replace(/[·↵\\s]/g, '');
  const heads = () => [...document.querySelectorAll('.heat thead button')].map(one => one.innerText).join('');
  const start = performance.now();
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, text);
  field.dispatchEvent(new Event('input', {{ bubbles: true }}));
  return await until(() => bare(heads()).endsWith(bare(text))) - start;
}}"""
TYPED = ["def", "parse(text,", "default=None):", "return", "text.split()", "if", "text", "else", "default"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latents", type=int, default=65_536)
    parser.add_argument("--tokens", type=int, default=100_000, help="of the store")
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--folder", type=Path, help="where the run is, or is made and kept")
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary) / "run"
        if not (folder / "run.json").is_file():
            build(folder, args.latents, args.tokens)
        with served(folder) as address:
            results = measure(address, args)
    keep(args.out, results, table(results, args))


def keep(out: Path | None, results: Mapping[str, Any], text: str) -> None:
    """Print a table and, where a folder is given, leave it there beside its numbers."""
    print(text)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (out / "table.md").write_text(text)


def spread(times: Iterable[float]) -> str:
    """Cells of a table: median, 95 of 100, longest, and how many there are."""
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))]
    return f"{middle:.0f} | {late:.0f} | {ordered[-1]:.0f} | {len(ordered)}"


def build(folder: Path, latents: int, tokens: int) -> None:
    from microtome.latents import build_stores
    from microtome.models import LanguageModel

    model = LanguageModel.load("tiny")
    build_stores(random_run(folder, latents, model), tokens=tokens, model=model)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "microtome.cli", "serve", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None, "the server did not say where it is"
        yield found[0]
    finally:
        process.terminate()
        process.wait()


def measure(address: str, args: argparse.Namespace) -> dict[str, list[float]]:
    """Milliseconds of each thing that was done, in order."""
    (run,) = ask(f"{address}/api/runs")["runs"]
    name, latents = run["dictionaries"][0]["name"], run["dictionaries"][0]["latents"]
    draw = random.Random(0)
    found: dict[str, list[float]] = {"server": []}
    for _ in range(args.pages):
        start = time.perf_counter()
        ask(f"{address}/api/runs/{run['id']}/latents/{draw.randrange(latents)}?dictionary={name}")
        found["server"].append(1000 * (time.perf_counter() - start))
    return found | in_browser(address, f"run={run['id']}&dictionary={name}", latents, args.pages, draw)


def in_browser(address: str, query: str, latents: int, pages: int, draw: random.Random) -> dict[str, list[float]]:
    from playwright.sync_api import sync_playwright

    opened, stepped, typed = [], [], []
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        for number in range(pages):
            latent = draw.randrange(latents)
            # The address differs before the '#', so that the page is loaded and not only told.
            page.goto(f"{address}/?{number}#/latent?{query}&latent={latent}", wait_until="commit")
            opened.append(page.evaluate(OPEN, latent))
        for _ in range(pages):
            latent = draw.randrange(latents)
            stepped.append(page.evaluate(STEP, [f"#/latent?{query}&latent={latent}", latent]))
        # Dense latents too: of a small dictionary all may be.
        page.goto(f"{address}/#/text?{query}&dense=show")
        page.locator("textarea").wait_for()
        for words in range(1, len(TYPED) + 1):
            typed.append(page.evaluate(TYPE, " ".join(TYPED[:words])))
        browser.close()
    return {"opened": opened, "stepped": stepped, "typed": typed}


def ask(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return json.loads(answer.read())


def table(results: dict[str, list[float]], args: argparse.Namespace) -> str:
    rows = {
        "server's answer about a latent": results["server"],
        "page of a latent, opened by its address": results["opened"],
        "from one latent to another inside the app": results["stepped"],
        "typed text to its heat map": results["typed"],
    }
    lines = [
        f"{args.latents:,} latents over {args.tokens:,} tokens, on `tiny`; {torch.get_num_threads()} threads, headless "
        "Chromium. Milliseconds; the first is measured after the server has started and is not in the other columns.",
        "",
        "| | first | median | 95 of 100 | longest | of |",
        "|---|---|---|---|---|---|",
    ]
    for name, (first, *more) in rows.items():
        lines.append(f"| {name} | {first:.0f} | {spread(more)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
