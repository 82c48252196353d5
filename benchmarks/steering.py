"""Do the latents of a dictionary steer? 20 latents chosen by rule, measured beside matched-norm random directions.

    python benchmarks/steering.py RUN --out FOLDER [--dictionary NAME] [--latents 20] [--only scores]

The rule: of the latents that fired on at least 20 tokens of the evaluation and on at most 1 % of them, in order of how
often they fired (equals by index), as many as asked for at even distances. Then, for each: its output score and those
of 19 directions of the same norm for each control (see `output_scores`), and the dose curve of `--samples`
continuations at every strength, with one random direction as control.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from microtome.interventions import Bench, GenerationConfig, add, dose_curve, output_scores, summary

STRENGTHS = (0.5, 1.0, 2.0, 4.0)
PROMPT = "I think that"
CONTEXTS, CONTEXT = 16, 24
CONTROLS = ("same_tokens", "other_latents", "own_tokens")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dictionary", default="")
    parser.add_argument("--latents", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=20)
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--max-density", type=float, default=0.01, help="of the rule; more for small dictionaries")
    parser.add_argument("--only", choices=("scores", "curves"), help="measure one of the two")
    given = parser.parse_args()
    bench = Bench.open(given.run)
    name = bench.name_of(given.dictionary) if given.dictionary else next(iter(bench.placed))
    given.out.mkdir(parents=True, exist_ok=True)
    latents = choose(bench, name, given.latents, given.max_density)
    facts = {"model": bench.lm.name, "dictionary": name, "latents": latents}
    if given.only != "curves":
        write(given.out / "scores", facts, scores(bench, name, latents), score_lines)
    if given.only != "scores":
        write(given.out / "curves", facts, curves(bench, name, latents, given.tokens, given.samples), curve_lines)


def choose(bench: Bench, name: str, n: int, max_density: float) -> list[int]:
    """The rule of the module's docstring."""
    arrays = bench.evaluated(name)
    assert arrays is not None, "the run has no evaluation to choose from"
    assert bench.run is not None
    from microtome.evaluation.storage import load_evaluation

    tokens = load_evaluation(bench.run.path, name)[0].facts["tokens"]
    count_F = arrays["count"]
    fit = np.nonzero((count_F >= min(20, tokens // 200)) & (count_F <= tokens * max_density))[0]
    assert len(fit) >= n, f"{len(fit)} latents fired often enough and seldom enough, expected {n}"
    ordered = fit[np.lexsort((fit, count_F[fit]))]
    return [int(ordered[i]) for i in np.linspace(0, len(ordered) - 1, n).round().astype(int)]


def scores(bench: Bench, name: str, latents: list[int]) -> list[dict[str, Any]]:
    blocks = bench.text(CONTEXTS * 128)
    contexts = torch.from_numpy(blocks.tokens[:CONTEXTS, :CONTEXT]).long()
    rows = output_scores(bench.lm, bench.placed, latents, contexts, maxima=bench.maximum, dictionary=name, strength=1.0)
    for row in rows:
        row["words"] = [bench.lm.tokenizer.decode([token]) for token in row["tokens"]]
        strongest = {key: round(max(row["controls"][key]), 2) for key in CONTROLS}
        print(row["latent"], round(row["score"], 2), strongest, row["words"][:5], flush=True)
    return rows


def curves(bench: Bench, name: str, latents: list[int], tokens: int, samples: int) -> list[dict[str, Any]]:
    config = GenerationConfig(tokens=tokens, samples=samples, temperature=1.0 if samples > 1 else 0.0)
    options = {"maxima": bench.maximum, "config": config}
    rows = []
    for latent in latents:
        found = dose_curve(bench.lm, bench.placed, [add(latent, 1.0, name)], PROMPT, STRENGTHS, **options)
        maximum = bench.maximum(name, latent)
        rows.append({"latent": latent, "maximum": maximum, "rows": found, "summary": summary(found)})
        print(
            latent, [f"{row['condition'][0]}{row['strength']:g}: {row['ce']:.2f}" for row in summary(found)], flush=True
        )
    return rows


def write(
    path: Path, facts: dict[str, Any], rows: list[dict[str, Any]], lines: Callable[[list[dict[str, Any]]], list[str]]
) -> None:
    path.with_suffix(".json").write_text(json.dumps({**facts, "rows": rows}, indent=1) + "\n")
    head = [f"{facts['model']}, {facts['dictionary']}, {len(facts['latents'])} latents chosen by rule", ""]
    text = "\n".join([*head, *lines(rows)])
    path.with_suffix(".md").write_text(text + "\n")
    print(text)


def score_lines(rows: list[dict[str, Any]]) -> list[str]:
    shares = {key: sum(row["beats"][key] for row in rows) / len(rows) for key in CONTROLS}
    means = {key: float(np.mean([row["controls"][key] for row in rows])) for key in CONTROLS}
    lines = ["| control | share of latents that beat it at the 95 % level | its mean score |", "|---|---|---|"]
    lines += [f"| {key} | {shares[key]:.0%} | {means[key]:+.2f} |" for key in CONTROLS]
    lines += ["", f"mean score of the latents: {np.mean([row['score'] for row in rows]):+.2f} nats", ""]
    lines += [
        "| latent | tokens of its direct path | score | strongest of 19: same tokens | other latents | own tokens |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    for row in rows:
        words = " ".join(repr(word) for word in row["words"][:5]).replace("|", "\\|")
        strongest = " | ".join(f"{max(row['controls'][key]):+.2f}" for key in CONTROLS)
        lines.append(f"| {row['latent']} | {words} | {row['score']:+.2f} | {strongest} |")
    return lines


def curve_lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "Mean over the latents (`activation` of a latent in units of its maximum, as the clean model reads the text):",
        "",
        "| strength | condition | nats per token | activation | repeated 4-grams |",
        "|---|---|---|---|---|",
    ]
    groups: dict[tuple[float, str], list[dict[str, Any]]] = {}
    for curve in rows:
        for mean in curve["summary"]:
            groups.setdefault((mean["strength"], mean["condition"]), []).append({**mean, "maximum": curve["maximum"]})
    for (strength, condition), group in sorted(groups.items()):
        ce, repeated = (float(np.mean([mean[key] for mean in group])) for key in ("ce", "repeated_4"))
        activation = float(np.mean([mean["activation"] / mean["maximum"] for mean in group]))
        lines.append(f"| {strength:g} | {condition} | {ce:.2f} | {activation:.3f} | {repeated:.1%} |")
    for curve in rows:
        lines += ["", f"latent {curve['latent']}", ""]
        for mean in curve["summary"]:
            key = (mean["strength"], mean["condition"])
            first = next(r["text"] for r in curve["rows"] if (r["strength"], r["condition"]) == key)
            lines.append(f"- {mean['strength']:g} {mean['condition']}, {mean['ce']:.2f} nats: {first!r}")
    return lines


if __name__ == "__main__":
    main()
