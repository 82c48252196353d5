"""From text to trained dictionaries: microtome beside its own language model alone, and beside SAELens.

    python benchmarks/from_text.py --model FOLDER --text wiki.txt --out benchmarks/results/from_text

`--model` is a folder with a Hugging Face model, which both libraries can read; `--site` is microtome's name of the
place and `--module` the module whose output it is. One process each, one after the other; loading the model and
measuring the finished dictionaries are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import torch

from training import environment

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--site", default="9.mlp_out")
    parser.add_argument("--module", default="model.layers.9.post_feedforward_layernorm")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--tokens", type=int, default=131_072)
    parser.add_argument("--saelens-tokens", type=int, default=32_768)
    parser.add_argument("--latents", type=int, default=8192)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--libraries", default="microtome,saelens")
    parser.add_argument("--environments", type=Path, default=Path(".benchmark-environments"))
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    eight = ",".join(str(args.latents >> shift) for shift in (0, 1, 2, 3))
    own = ["text_microtome.py", "--site", args.site, "--tokens", str(args.tokens)]
    runs = {
        "the language model alone, to the same layer": [*own, "--latents", ""],
        "microtome, one dictionary": [*own, "--latents", str(args.latents)],
        "microtome, eight dictionaries": [*own, "--latents", eight, "--l0", "32,33"],
    }
    if "saelens" in args.libraries:
        runs["SAELens, one dictionary"] = [
            "text_saelens.py", "--module", args.module, "--width", str(args.width), "--latents", str(args.latents),
            "--tokens", str(args.saelens_tokens),
        ]  # fmt: skip
    results = {}
    for name, command in runs.items():
        python = environment(args.environments, "saelens" if name.startswith("SAELens") else "microtome")
        results[name] = run(python, command, args)
        print(name, json.dumps(results[name]), flush=True)
    text = table(results, args, eight)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (args.out / "table.md").write_text(text)


def run(python: str, command: list[str], args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        script, *rest = command
        full = [python, str(HERE / "trainers" / script), *rest, "--model", args.model, "--text", args.text]
        full += ["--batch", str(args.batch), "--threads", str(args.threads), "--out", str(out)]
        ran = subprocess.run(
            full, check=False, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"}
        )
        if ran.returncode:
            sys.exit(f"{command} failed:\n{ran.stderr[-3000:]}")
        return json.loads(out.read_text())  # type: ignore[no-any-return]


def table(results: dict[str, dict[str, Any]], args: argparse.Namespace, eight: str) -> str:
    speed = {name: result["tokens_per_second"] for name, result in results.items()}
    alone, one = speed["the language model alone, to the same layer"], speed["microtome, one dictionary"]
    lines = [
        f"{Path(args.model).name}, {args.site}, topk, F = {args.latents} (eight: {eight} with L0 32 and 33), "
        f"L0 32, batch {args.batch}, {args.threads} threads; {platform.processor() or platform.machine()}, "
        f"torch {torch.__version__}, {date.today()}.",
        "",
        "| | tokens/s | of the language model alone | time of one dictionary | language model in |",
        "|---|---|---|---|---|",
    ]
    for name, result in results.items():
        lines.append(
            f"| {name} | {speed[name]:,.0f} | {100 * speed[name] / alone:.0f} % | {one / speed[name]:.2f}× | "
            f"{result['dtype'].removeprefix('torch.')} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
