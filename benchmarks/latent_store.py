"""Time, memory and size of a latent store: beside the language model's own pass, and how they grow.

    python benchmarks/latent_store.py run RUN --tokens 500000
    python benchmarks/latent_store.py growth --out benchmarks/results/latent_store

`run` builds the store of a run, and times the language model alone, to the site and no further, on the first tokens of
the same text in the same batches, before the build and after it. On a machine whose speed changes from minute to minute
these are two measurements of different minutes; so the time of the same calls within the build is given too, and the
build's ratio to that. `growth` builds stores of random topk dictionaries (L0 32) on `tiny`, each in a
process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

# (latents, tokens): one dial turned at a time.
SIZES = [(2048, 100_000), (8192, 100_000), (32768, 100_000), (65536, 100_000), (2048, 300_000), (2048, 1_000_000)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run")
    one.add_argument("run", type=Path)
    one.add_argument("--tokens", type=int, default=500_000)
    one.add_argument("--text")
    one.add_argument("--column")
    one.add_argument("--dictionary")
    one.add_argument("--lm-tokens", type=int, default=100_000, help="tokens on which the model alone is timed")
    growth = commands.add_parser("growth")
    growth.add_argument("--sizes", help="F:TOKENS,… in place of the whole table")
    growth.add_argument("--one", help=argparse.SUPPRESS)
    growth.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    if args.command == "run":
        print(json.dumps(measure_run(args), indent=1))
    elif args.one:
        print(json.dumps(measure_random(*map(int, args.one.split(":")))))
    else:
        measure_growth(args)


def measure_run(args: argparse.Namespace) -> dict[str, Any]:
    from microtome.latents import build_stores
    from microtome.models import LanguageModel
    from microtome.runs import Run

    run = Run.open(args.run)
    facts = run.facts
    model = LanguageModel.load(facts["config"]["model"], dtype=facts["dtype"])
    site = run.entry(args.dictionary or run.names[0])["site_in"]
    before = lm_seconds(model, facts, args, site)
    watcher = Stages()
    within = timed(model)
    start = time.perf_counter()
    names = [args.dictionary] if args.dictionary else None
    (store, *_) = build_stores(
        args.run, text=args.text, column=args.column, tokens=args.tokens, names=names, model=model, watcher=watcher
    )
    seconds = time.perf_counter() - start
    lm_within = sum(within)
    alone = (before + lm_seconds(model, facts, args, site)) / 2
    return {
        "tokens": store.tokens,
        "latents": store.n_latents,
        "dictionaries": len(names or facts["dictionaries"]),
        "seconds": seconds,
        "stages": watcher.seconds(start + seconds),
        "lm_alone_seconds": alone * store.tokens,
        "ratio": seconds / (alone * store.tokens),
        "lm_within_seconds": lm_within,
        "ratio_within": seconds / lm_within,
        **sizes(store),
    }


def timed(model: Any) -> list[float]:
    """Seconds of every pass of the language model from now on, as they are made."""
    found: list[float] = []
    capture = model.capture

    def timing(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        captured = capture(*args, **options)
        found.append(time.perf_counter() - start)
        return captured

    model.capture = timing
    return found


def lm_seconds(model: Any, facts: dict[str, Any], args: argparse.Namespace, site: str) -> float:
    """Seconds per token of the language model alone."""
    from microtome.latents import StoreConfig
    from microtome.text import PackingConfig, open_text, read_blocks

    config = facts["config"]
    source = open_text(args.text or config["text"], column=args.column or (None if args.text else config["column"]))
    packing = PackingConfig(context=config["context"], held_out_share=0.0)
    blocks = read_blocks(source, model.tokenizer, packing, max_tokens=min(args.tokens, args.lm_tokens))
    size = StoreConfig().batch_tokens // config["context"]
    tokens = torch.from_numpy(blocks.tokens).long()
    model.capture(tokens[:size], site)
    start = time.perf_counter()
    for first in range(0, len(tokens), size):
        model.capture(tokens[first : first + size], site)
    return (time.perf_counter() - start) / blocks.n_usable


class Stages:
    """When each stage of a build began."""

    def __init__(self) -> None:
        self.began: list[tuple[str, float]] = []
        self.last = 0.0

    def note(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
        self.began.append((text, time.perf_counter()))

    def building(self, done: int, total: int) -> None:
        self.last = time.perf_counter()

    def seconds(self, end: float) -> list[tuple[str, float]]:
        ends = [at for _, at in self.began[1:]] + [end]
        return [(text, after - at) for (text, at), after in zip(self.began, ends)]


def sizes(store: Any) -> dict[str, float]:
    files = list(store.path.iterdir())
    start = time.perf_counter()
    _ = store[store.n_latents // 2]
    first = time.perf_counter() - start
    start = time.perf_counter()
    for latent in range(0, store.n_latents, max(1, store.n_latents // 20)):
        _ = store[latent]
    return {
        "store_mib": sum(file.stat().st_size for file in files) / 2**20,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_read_ms": 1000 * first,
        "read_ms": 1000 * (time.perf_counter() - start) / 20,
    }


def random_run(folder: Path, latents: int, model: Any, site: str = "2.mlp_out") -> Any:
    """A finished run of a random topk dictionary (L0 32) on `model`, which is `tiny`."""
    from microtome.dictionaries import Dictionary, DictionaryConfig, save_dictionary
    from microtome.runs import Run

    width = model.width(site)
    torch.manual_seed(0)
    shape = {"kind": "sae", "sparsifier": "topk", "d_in": width, "d_out": width, "latents": latents, "l0": 32}
    dictionary = Dictionary(DictionaryConfig(**shape)).requires_grad_(False)
    dictionary.W_dec.copy_(torch.nn.functional.normalize(torch.randn(latents, width), dim=1))
    dictionary.W_enc.copy_(dictionary.W_dec)
    config = {"model": "tiny", "text": "builtin:python-docs", "eval_text": None, "column": None, "context": 128}
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(folder)
    run.write_facts(
        {
            "status": "finished",
            "config": config,
            "dictionaries": [{"name": "random", "site_in": site, "site_out": site, **shape}],
            "dtype": str(model.dtype).removeprefix("torch."),
            "data": {"source": {"model": model.identity}},
        }
    )
    save_dictionary(dictionary, run.dictionary_path("random"))
    return run


def measure_random(latents: int, tokens: int) -> dict[str, Any]:
    from microtome.latents import build_stores
    from microtome.models import LanguageModel

    model = LanguageModel.load("tiny")
    with tempfile.TemporaryDirectory() as folder:
        run = random_run(Path(folder), latents, model)
        watcher = Stages()
        start = time.perf_counter()
        (store,) = build_stores(run, tokens=tokens, model=model, watcher=watcher)
        end = time.perf_counter()
        reading = watcher.last - watcher.began[1][1]
        return {
            "latents": latents,
            "tokens": store.tokens,
            "seconds": end - start,
            "pass_seconds": reading,
            "describing_seconds": end - watcher.last,
            **sizes(store),
        }


def measure_growth(args: argparse.Namespace) -> None:
    chosen = [tuple(map(int, size.split(":"))) for size in args.sizes.split(",")] if args.sizes else SIZES
    results = []
    for latents, tokens in chosen:
        command = [sys.executable, __file__, "growth", "--one", f"{latents}:{tokens}"]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        results.append(json.loads(ran.stdout))
        print(json.dumps(results[-1]), flush=True)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (args.out / "table.md").write_text(table(results))


def table(results: list[dict[str, Any]]) -> str:
    lines = [
        f"Random topk dictionaries, L0 32, on `tiny`; {torch.get_num_threads()} threads, torch {torch.__version__}.",
        "",
        "| latents | tokens | pass | describing | peak memory | store | first read | read |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        lines.append(
            f"| {r['latents']:,} | {r['tokens']:,} | {r['pass_seconds']:.0f} s | {r['describing_seconds']:.1f} s | "
            f"{r['peak_memory_mib']:,.0f} MiB | {r['store_mib']:.1f} MiB | {r['first_read_ms']:.0f} ms | "
            f"{r['read_ms']:.1f} ms |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
