"""How the cost of a training step grows with latents, L0 and width, beside what its arithmetic predicts.

    python benchmarks/growth.py --out benchmarks/results/growth

Each size runs in a process of its own, on random rows, from random weights: what a step costs does not depend on what
they are, as long as no latent is dead, and in so few steps none is. The prediction takes nothing from the
measurements: it is the time of the encoder's product alone, plus the bytes that everything else must move, over the
bandwidth of a plain copy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

# (D, F, K): one dial turned at a time.
SIZES = [
    *((640, latents, 32) for latents in (2048, 8192, 32768, 131072)),
    *((640, 8192, k) for k in (8, 64, 128, 256)),
    *((width, 8192, 32) for width in (256, 1024, 4096)),
]
# Rows read per pair and step: its candidate twice (both factors), decoding, the gradient of its code (both), and one
# row for each of two weight gradients. Half as many candidates again are looked at.
ROWS_PER_PAIR = 1.5 * 2 + 1 + 2 + 2
# Times that a matrix of weights is read or written: converting (2), its gradient made, its norm (2), Adam (7).
PASSES_OVER_WEIGHTS = 2 + 1 + 2 + 7
# Times that the [B, F] product is read or written, at two bytes: one write and one read at four are as many.
PASSES_OVER_PRODUCT = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--sizes", help="D:F:K,… in place of the whole table")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, help="folder for results.json, table.md and plot.html")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.one:
        print(json.dumps(measure(*map(int, args.one.split(":")), args)))
        return
    sizes = [tuple(map(int, size.split(":"))) for size in args.sizes.split(",")] if args.sizes else SIZES
    results = []
    for width, latents, k in sizes:
        command = [sys.executable, __file__, "--one", f"{width}:{latents}:{k}"]
        command += [f"--{key}={getattr(args, key)}" for key in ("batch", "steps", "threads")]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
        results.append(json.loads(ran.stdout))
        print(json.dumps(results[-1]), flush=True)
    text = table(results, args)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (args.out / "table.md").write_text(text)
        plot(results, args.out / "plot.html")


def measure(width: int, latents: int, k: int, args: argparse.Namespace) -> dict[str, Any]:
    from microtome.dictionaries import Dictionary, DictionaryConfig
    from microtome.kernels import fastest_selection
    from microtome.training.optimiser import OptimiserConfig
    from microtome.training.step import DictionaryTrainer

    torch.manual_seed(0)
    copied, product = bandwidth(), product_seconds(args.batch, width, latents)
    dictionary = Dictionary(
        DictionaryConfig(kind="sae", sparsifier="topk", d_in=width, d_out=width, latents=latents, l0=k)
    )
    with torch.no_grad():
        dictionary.W_dec.copy_(torch.nn.functional.normalize(torch.randn(latents, width), dim=1))
        dictionary.W_enc.copy_(dictionary.W_dec)
    selection = fastest_selection(width, latents, args.batch)
    trainer = DictionaryTrainer(
        dictionary, OptimiserConfig(auxk=0.0), total_tokens=2**40, variance=float(width), selection=selection
    )
    batches = torch.randn(2 * args.batch, width).split(args.batch)
    held, times = memory_now(), []
    for step in range(args.steps + 2):
        start = time.perf_counter()
        trainer.step(batches[step % 2], batches[step % 2])
        times.append(time.perf_counter() - start)
    moved = 4 * args.batch * k * ROWS_PER_PAIR * width + 2 * 4 * latents * width * PASSES_OVER_WEIGHTS
    moved += 2 * args.batch * latents * PASSES_OVER_PRODUCT
    return {
        "width": width,
        "latents": latents,
        "k": k,
        "selection": selection,
        "tokens_per_second": args.batch / float(np.median(times[2:])),
        "predicted_tokens_per_second": args.batch / (product["fastest"] + moved / copied),
        "bfloat16_product_tokens_per_second": args.batch / product["bfloat16"],
        "copy_gb_per_second": copied / 1e9,
        "parameters_gib": 2 * 4 * latents * width / 2**30,
        "peak_gib": memory_peak() / 2**30,
        "before_training_gib": held / 2**30,
        "torch": torch.__version__,
    }


def bandwidth() -> float:
    """Bytes per second that a plain copy reads and writes, the best of several."""
    source, target = torch.ones(2**26), torch.zeros(2**26)
    return 2 * 4 * source.numel() / best_of(lambda: target.copy_(source))


def product_seconds(batch: int, width: int, latents: int) -> dict[str, float]:
    """Seconds of the encoder's product alone, in bfloat16 and in what this machine is fastest with."""
    from microtome.kernels import fastest_selection
    from microtome.kernels.integers import IntegerProduct

    x, weight = torch.randn(batch, width), torch.randn(latents, width)
    out = torch.empty(batch, latents, dtype=torch.bfloat16)
    few_x, few_weight = x.bfloat16(), weight.bfloat16()
    seconds = {"bfloat16": best_of(lambda: torch.mm(few_x, few_weight.T, out=out))}
    selection = fastest_selection(width, latents, batch)
    if selection == "int8":
        bias, memory = torch.zeros(latents), torch.empty(min(batch, 512), latents, dtype=torch.int32)
        seconds["fastest"] = best_of(lambda: list(IntegerProduct(x, weight, bias).chunks(lambda n: memory[:n])))
    elif selection == "bfloat16":
        seconds["fastest"] = seconds["bfloat16"]
    else:
        seconds["fastest"] = best_of(lambda: torch.mm(x, weight.T))
    return seconds


def best_of(compute: Any, turns: int = 4) -> float:
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        compute()
        times.append(time.perf_counter() - start)
    return min(times)


def memory_now() -> int:
    return _status("VmRSS")


def memory_peak() -> int:
    return _status("VmHWM")


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


def table(results: list[dict[str, Any]], args: argparse.Namespace) -> str:
    lines = [
        f"topk, batch {args.batch}, {args.threads} threads; {platform.processor() or platform.machine()}, "
        f"torch {results[0]['torch']}, {date.today()}. A plain copy moves {results[0]['copy_gb_per_second']:.0f} GB/s.",
        "",
        "| D | F | K | product in | tokens/s | predicted | share of the bf16 product | peak memory | W_enc and W_dec |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        share = r["tokens_per_second"] / r["bfloat16_product_tokens_per_second"]
        lines.append(
            f"| {r['width']:,} | {r['latents']:,} | {r['k']} | {r['selection']} | {r['tokens_per_second']:,.0f} | "
            f"{r['predicted_tokens_per_second']:,.0f} | {100 * share:.0f} % | {r['peak_gib']:.2f} GiB | "
            f"{r['parameters_gib']:.2f} GiB |"
        )
    return "\n".join(lines) + "\n"


def plot(results: list[dict[str, Any]], path: Path) -> None:
    from plotly import graph_objects as go
    from plotly.subplots import make_subplots

    dials = {"latents": (640, None, 32), "k": (640, 8192, None), "width": (None, 8192, 32)}
    titles = ["latents F (D 640, K 32)", "active K (D 640, F 8,192)", "width D (F 8,192, K 32)"]
    figure = make_subplots(cols=3, subplot_titles=titles, shared_yaxes=True)
    for column, (dial, fixed) in enumerate(dials.items(), start=1):
        keys = ("width", "latents", "k")
        chosen = [r for r in results if all(v is None or r[key] == v for key, v in zip(keys, fixed, strict=True))]
        chosen.sort(key=lambda r: r[dial])
        for key, name, dash in (
            ("tokens_per_second", "measured", "solid"),
            ("predicted_tokens_per_second", "predicted", "dash"),
            ("bfloat16_product_tokens_per_second", "bf16 product alone", "dot"),
        ):
            line = {"dash": dash, "color": {"solid": "#1f77b4", "dash": "#ff7f0e", "dot": "#888888"}[dash]}
            points = {"x": [r[dial] for r in chosen], "y": [r[key] for r in chosen]}
            figure.add_trace(go.Scatter(**points, name=name, line=line, showlegend=column == 1), row=1, col=column)
    figure.update_xaxes(type="log")
    figure.update_yaxes(type="log")
    figure.update_yaxes(title="tokens/s", col=1)
    figure.update_layout(template="plotly_white", title="One training step of a topk dictionary", height=380)
    figure.write_html(path, include_plotlyjs=True)


if __name__ == "__main__":
    main()
