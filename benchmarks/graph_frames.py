"""How smooth the page Graph is: frames while a graph of 2,000 nodes and 50,000 edges is dragged and zoomed.

    python benchmarks/graph_frames.py --out benchmarks/results/graph_frames

A random graph of that size is served by `microtome serve`. Headless Chromium without a graphics card, which is the
slowest way there is to draw, drags it for two seconds and zooms it for two, one event a frame; the page's own clock
says how long each frame took. Then the time until the edges are drawn anew for the view at rest is taken.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from latent_pages import keep, served, spread

# One event a frame, as a pointer gives them, and the times between frames.
DRIVE = """async ([kind, milliseconds]) => {
  const box = document.querySelector('.g-box'), rect = box.getBoundingClientRect(), times = [];
  const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
  const at = i => ({ clientX: x + 120 * Math.sin(i / 9), clientY: y + 60 * Math.cos(i / 9), bubbles: true });
  const send = (name, i) => box.dispatchEvent(new PointerEvent(name, { ...at(i), pointerId: 1, button: 0 }));
  const wheel = deltaY => box.dispatchEvent(new WheelEvent('wheel', { ...at(0), deltaY, cancelable: true }));
  box.setPointerCapture = () => {};
  const frame = () => new Promise(done => requestAnimationFrame(done));
  if (kind === 'drag') send('pointerdown', 0);
  let last = await frame();
  const start = last;
  for (let i = 1; last - start < milliseconds; i += 1) {
    if (kind === 'drag') send('pointermove', i);
    else wheel(i % 60 < 30 ? -40 : 40);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  if (kind === 'drag') send('pointerup', 0);
  return times;
}"""
# `data-ready` is there once the edges lie as the view does; it goes when a move has come to rest.
REST = """async () => {
  const top = document.querySelector('.g-top'), start = performance.now();
  const frame = () => new Promise(done => requestAnimationFrame(done));
  while (performance.now() - start < 160) await frame();
  while (top.dataset.ready !== 'yes') await frame();
  return performance.now() - start;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--edges", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of dragging, and of zooming")
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.json"
        make_graph(args.nodes, args.edges).save(path)
        with served(path) as address:
            results = measure(address, args)
    keep(args.out, results, table(results, args))


def make_graph(n_nodes: int, n_edges: int, *, n_layers: int = 18, n_tokens: int = 16) -> Any:
    """Tokens, latents spread over layers and tokens, and one target; random edges from below and before."""
    from microtome.circuits import Graph, Nodes, Target
    from microtome.circuits.graph import LATENT, TARGET, TOKEN

    generator = torch.Generator().manual_seed(0)
    n_latents = n_nodes - n_tokens - 1
    place_N = torch.arange(n_latents) * n_layers * n_tokens // n_latents
    number_N = torch.arange(n_latents)
    kind = torch.tensor([LATENT] * n_latents + [TOKEN] * n_tokens + [TARGET])
    layer = torch.cat([place_N // n_tokens, torch.full((n_tokens,), -1), torch.tensor([n_layers])])
    position = torch.cat([place_N % n_tokens, torch.arange(n_tokens), torch.tensor([n_tokens - 1])])
    index = torch.cat([number_N, torch.arange(n_tokens), torch.tensor([5])])
    pairs = torch.randint(n_nodes, (40 * n_edges, 2), generator=generator)
    target, source = pairs.T
    allowed = (layer[source] < layer[target]) & (position[source] <= position[target]) & (kind[target] != TOKEN)
    pairs = torch.unique(pairs[allowed], dim=0)
    # Each leads to the target and each latent comes from its token, or pruning would leave some out.
    to_target = torch.stack([torch.full((n_nodes - 1,), n_nodes - 1), torch.arange(n_nodes - 1)], dim=1)
    from_token = torch.stack([number_N, n_latents + place_N % n_tokens], dim=1)
    always = torch.cat([to_target, from_token])
    pairs = pairs[(pairs[:, 0] != n_nodes - 1) & (kind[pairs[:, 1]] != TOKEN)]
    pairs = pairs[torch.randperm(len(pairs), generator=generator)[: n_edges - len(always)]]
    pairs = torch.cat([pairs, always]).unique(dim=0)
    weight_E = torch.randn(len(pairs), generator=generator) * torch.rand(len(pairs), generator=generator) ** 3
    row = kind != TOKEN
    sums = torch.zeros(n_nodes).index_add_(0, pairs[:, 0], weight_E)
    return Graph(
        nodes=Nodes(
            kind=kind.to(torch.int8),
            layer=layer.to(torch.int16),
            position=position.to(torch.int32),
            index=index.to(torch.int32),
            activation=torch.rand(n_nodes, generator=generator) + 0.1,
        ),
        target_E=pairs[:, 0].to(torch.int32),
        source_E=pairs[:, 1].to(torch.int32),
        weight_E=weight_E,
        row=row,
        pre_activation=torch.where(row, sums, torch.nan),
        residual=torch.where(row, 0.0, torch.nan),
        targets=(Target(" next", 5, 0.9, 1.0),),
        tokens=tuple(range(n_tokens)),
        texts=tuple(f" t{i}" for i in range(n_tokens)),
        bias_names=(),
        facts={"n_layers": n_layers, "model": {"name": "random"}},
    )


def measure(address: str, args: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds of each frame, and until the edges of the view at rest are drawn."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(300_000)
        page.goto(f"{address}/#/graph?file=1&graph=graph&nodes=1&edges=1")
        page.locator(".g-top[data-ready]").wait_for()
        shown = page.get_by_text(" nodes · ").first.inner_text()
        found: dict[str, Any] = {"shown": shown}
        for kind in ("drag", "zoom"):
            found[kind] = page.evaluate(DRIVE, [kind, 1000 * args.seconds])
            found[f"{kind} rest"] = page.evaluate(REST)
        browser.close()
    return found


def table(results: dict[str, Any], args: argparse.Namespace) -> str:
    lines = [
        f"{args.nodes:,} nodes and {args.edges:,} edges asked for, shown: {results['shown']}. Headless Chromium at "
        "1,280 by 900 without a graphics card, on the two cores that serve it. Milliseconds.",
        "",
        "| | median frame | 95 of 100 | longest | frames | edges drawn anew after |",
        "|---|---|---|---|---|---|",
    ]
    for kind in ("drag", "zoom"):
        lines.append(f"| {kind} | {spread(results[kind])} | {results[f'{kind} rest']:,.0f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
