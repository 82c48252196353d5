"""Trains the same dictionary with microtome and with other libraries, one after the other, and tables the results.

    python benchmarks/training.py --activations X.npy --tokens 200000
    python benchmarks/training.py --activations X.npy --tokens 1000000 --quality

Each library gets an environment of its own (made once, under `--environments`), the same rows scaled to norm √D, the
same batches in the same order, and its own defaults. Speeds are medians over steps, so that a moment in which the
machine did something else does not count; the table gives them as ratios too, which carry over between machines.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).parent
TORCH = "torch==2.13.0"
REQUIREMENTS = {
    "sparsify": ["eai-sparsify==1.3.3"],
    "saelens": ["sae-lens==6.54.12"],
    "dictionary_learning": ["dictionary-learning==0.1.0"],
    "sae_dashboard": ["sae-dashboard==0.8.0", "pyarrow<21"],
}
SPARSIFIERS = {
    "microtome": ("topk", "batchtopk", "jumprelu"),
    "sparsify": ("topk",),
    "saelens": ("topk", "batchtopk", "jumprelu"),
    "dictionary_learning": ("topk", "batchtopk", "jumprelu"),
}
HELD_OUT = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--activations", type=Path, required=True, help="rows as .npy [N, D]")
    parser.add_argument("--tokens", type=int, default=200_000)
    parser.add_argument("--latents", type=int, default=8192)
    parser.add_argument("--l0", type=int, default=32)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--libraries", default=",".join(SPARSIFIERS))
    parser.add_argument("--sparsifiers", default="topk,batchtopk,jumprelu")
    parser.add_argument("--quality", action="store_true", help="show FVU and alive share, which need long runs")
    parser.add_argument("--environments", type=Path, default=Path(".benchmark-environments"))
    parser.add_argument("--out", type=Path, help="folder for results.json, table.md and plot.html")
    args = parser.parse_args()
    libraries, sparsifiers = args.libraries.split(","), args.sparsifiers.split(",")
    pythons = {name: environment(args.environments, name) for name in libraries}
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = split(args.activations, Path(folder))
        for sparsifier in sparsifiers:
            for name in libraries:
                if sparsifier in SPARSIFIERS[name]:
                    found = train(pythons[name], name, sparsifier, data, args)
                    results.append({"library": name, "sparsifier": sparsifier, **found})
                    print(json.dumps(results[-1]), flush=True)
        peak = gemm_peak(torch.bfloat16, args), gemm_peak(torch.float32, args)
    text = table(results, args, *peak)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (args.out / "table.md").write_text(text)
        plot(results, peak[0] / operations(args), args.out / "plot.html")


def environment(folder: Path, name: str) -> str:
    """The Python of a library's environment, made and filled if it is not there. microtome runs in this one."""
    if name == "microtome":
        return sys.executable
    path = folder / name
    python = str(path.absolute() / "bin" / "python")
    if not (path / ".ready").exists():
        print(f"installing {name} into {path}", flush=True)
        venv.create(path, with_pip=True)
        # torch by itself first, and named again: asked for together with others, pip may pick another build of it.
        for wanted in ([TORCH], [TORCH, *REQUIREMENTS[name]]):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        (path / ".ready").touch()
    return python


def split(source: Path, folder: Path) -> tuple[Path, Path]:
    """(training rows, held-out rows), scaled to norm √D and nothing else. Held out: the last rows."""
    rows = np.load(source, mmap_mode="r")
    n_held_out = min(HELD_OUT, len(rows) // 10)
    scale = np.float32(rows.shape[1] ** 0.5 / np.linalg.norm(rows[:65536].astype(np.float32), axis=1).mean())
    paths = folder / "train.npy", folder / "held_out.npy"
    np.save(paths[0], rows[:-n_held_out].astype(np.float32) * scale)
    np.save(paths[1], rows[-n_held_out:].astype(np.float32) * scale)
    return paths


def train(python: str, name: str, sparsifier: str, data: tuple[Path, Path], args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [python, str(HERE / "trainers" / f"train_{name}.py"), "--sparsifier", sparsifier, "--out", out.name]
        command += ["--train", str(data[0]), "--held-out", str(data[1])]
        for key in ("latents", "l0", "batch", "tokens", "threads"):
            command += [f"--{key}", str(getattr(args, key))]
        environ = {**os.environ, "WANDB_MODE": "disabled"}
        ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environ)
        if ran.returncode:
            sys.exit(f"{name} {sparsifier} failed:\n{ran.stderr[-3000:]}")
        return json.loads(Path(out.name).read_text())  # type: ignore[no-any-return]


def gemm_peak(dtype: torch.dtype, args: argparse.Namespace) -> float:
    """Operations per second of the encoder's product alone, the best of several."""
    torch.set_num_threads(args.threads)
    width = np.load(args.activations, mmap_mode="r").shape[1]
    x, weight = torch.randn(args.batch, width, dtype=dtype), torch.randn(args.latents, width, dtype=dtype)
    out = torch.empty(args.batch, args.latents, dtype=dtype)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(x, weight.T, out=out)
        times.append(time.perf_counter() - start)
    return 2 * args.batch * args.latents * width / min(times)


def operations(args: argparse.Namespace) -> int:
    """Of the encoder's product, for one token."""
    return 2 * int(np.load(args.activations, mmap_mode="r").shape[1]) * args.latents


def table(results: list[dict[str, Any]], args: argparse.Namespace, bf16_peak: float, fp32_peak: float) -> str:
    width = np.load(args.activations, mmap_mode="r").shape[1]
    product = operations(args)
    lines = [
        f"D = {width}, F = {args.latents}, L0 {args.l0}, batch {args.batch}, {args.tokens:,} tokens, "
        f"{args.threads} threads; {platform.processor() or platform.machine()}, {date.today()}.",
        f"The product alone: {bf16_peak / 1e9:.0f} GFLOP/s in bfloat16 ({bf16_peak / product:,.0f} tokens/s), "
        f"{fp32_peak / 1e9:.0f} in float32 ({fp32_peak / product:,.0f} tokens/s).",
        "",
        "| sparsifier | library | tokens/s | microtome is | share of the bf16 product | peak memory |"
        + (" FVU | L0 | alive |" if args.quality else ""),
        "|---|---|---|---|---|---|" + ("---|---|---|" if args.quality else ""),
    ]
    own = {r["sparsifier"]: r["tokens_per_second"] for r in results if r["library"] == "microtome"}
    for r in results:
        speed = r["tokens_per_second"]
        ratio = f"{own[r['sparsifier']] / speed:.1f}×" if r["sparsifier"] in own and r["library"] != "microtome" else ""
        line = f"| {r['sparsifier']} | {r['library']} {r['version']} (torch {r['torch']}) | {speed:,.0f} | {ratio} | "
        line += f"{100 * speed * product / bf16_peak:.0f} % | {r['peak_gib']:.1f} GiB |"
        if args.quality:
            line += f" {r['fvu']:.4f} | {r['l0']:.1f} | {100 * r['alive']:.1f} % |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def plot(results: list[dict[str, Any]], product_tokens_per_second: float, path: Path) -> None:
    from plotly import graph_objects as go

    figure = go.Figure()
    for library in dict.fromkeys(r["library"] for r in results):
        own = [r for r in results if r["library"] == library]
        figure.add_trace(
            go.Bar(
                name=library,
                x=[r["sparsifier"] for r in own],
                y=[r["tokens_per_second"] for r in own],
                text=[f"{r['tokens_per_second']:,.0f}" for r in own],
                textposition="outside",
            )
        )
    figure.add_hline(
        product_tokens_per_second, line_dash="dot", line_color="#888888", annotation_text="the product in bf16, alone"
    )
    figure.update_layout(template="plotly_white", title="Training one dictionary", yaxis_title="tokens/s", height=420)
    figure.write_html(path, include_plotlyjs=True)


if __name__ == "__main__":
    main()
