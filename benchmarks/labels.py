"""Are labels written by a local model worth anything? Beside the labels made by rule, and beside a control.

    python benchmarks/labels.py RUN --explainer gemma-3-270m --latents 20 --out benchmarks/results/labels

RUN has a latent store. The latents are drawn at random from those that are neither dead nor dense and have enough
examples to be asked about. Each gets three labels, and the explainer says of each in which contexts it fits: its own,
the one made by rule, and, as the control, the explainer's label of another latent. Contexts, questions and score are
those of `microtome latents RUN --explain`, and the rule is also scored on them by counting, as its store does. The
run's store is copied first: nothing in RUN changes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from microtome.latents import LatentStore
from microtome.latents.explainers import Local, detection_score, explain
from microtome.latents.records import DENSE, LEAST
from microtome.latents.store import store_path
from microtome.markup import readable
from microtome.models import LanguageModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--dictionary", help="its name, where the run has several stores")
    parser.add_argument("--explainer", required=True, help="a local model")
    parser.add_argument("--latents", type=int, default=20)
    parser.add_argument("--shown", type=int, default=8)
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    name = LatentStore.open(args.run, args.dictionary).name
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(store_path(args.run, name), store_path(folder, name))
        results = measure(LatentStore.open(folder, name), Local(LanguageModel.load(args.explainer)), args)
    text = table(results, args)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        (args.out / "table.md").write_text(text)


def measure(store: LatentStore, explainer: Local, args: argparse.Namespace) -> list[dict[str, Any]]:
    chosen = drawn(store, args.latents)
    if not chosen:
        raise SystemExit("No latent of this store has examples enough to be asked about. Build it over more tokens.")
    start = time.perf_counter()
    made = explain(store, chosen, explainer, shown=args.shown)
    seconds = (time.perf_counter() - start) / len(chosen)
    results = []
    for latent, other in zip(chosen, [*chosen[1:], chosen[0]]):
        # The first candidate is the explainer's own.
        rule = store[latent].candidates[1] if len(store[latent].candidates) > 1 else None
        results.append(
            {
                "latent": latent,
                "rule": rule and rule.text,
                "rule_counted": rule and rule.score,
                "rule_judged": rule and detection_score(store, latent, rule.text, explainer),
                "own": made[latent].text,
                "own_judged": made[latent].score,
                "control_judged": detection_score(store, latent, made[other].text, explainer),
                "seconds": seconds,
            }
        )
    return results


def drawn(store: LatentStore, count: int) -> list[int]:
    """Latents at random, of those with enough held-out contexts of both kinds for a score."""
    order = list(range(store.n_latents))
    random.Random(0).shuffle(order)
    chosen: list[int] = []
    for number in order:
        fires = [context.fires for context in store.contexts(number)]
        if store[number].density < DENSE and min(sum(fires), len(fires) - sum(fires)) >= LEAST:
            chosen.append(number)
        if len(chosen) == count:
            break
    return chosen


def table(results: list[dict[str, Any]], args: argparse.Namespace) -> str:
    def mean(key: str) -> str:
        values = [one[key] for one in results if one[key] is not None]
        return f"{sum(values) / len(values):.2f} over {len(values)}" if values else "none"

    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    both = [one for one in results if None not in (one["own_judged"], one["control_judged"])]
    better = sum(one["own_judged"] > one["control_judged"] for one in both)
    worse = sum(one["own_judged"] < one["control_judged"] for one in both)
    lines = [
        f"Explainer and judge: {args.explainer}, {args.shown} examples shown at most, "
        f"{results[0]['seconds']:.1f} s for each latent. Balanced accuracy, 0.5 is chance.",
        "",
        f"Mean as judged: own label {mean('own_judged')}, label by rule {mean('rule_judged')}, control (own label of "
        f"another latent) {mean('control_judged')}. Own above control for {better}, below for {worse}, of {len(both)}. "
        f"Label by rule on the same contexts, by counting: {mean('rule_counted')}.",
        "",
        "| latent | by rule | counted | judged | by the explainer | judged | control |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        rule, own = (readable(one[key] or "–").replace("|", "\\|") for key in ("rule", "own"))
        lines.append(
            f"| {one['latent']} | {rule} | {shown(one['rule_counted'])} | {shown(one['rule_judged'])} | {own} | "
            f"{shown(one['own_judged'])} | {shown(one['control_judged'])} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
