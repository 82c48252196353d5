"""What an edit costs while text is generated: time per token with it, as a ratio to time per token without.

    python benchmarks/edit_cost.py RUN [--dictionary NAME] [--tokens 30] [--rounds 5] [--out FOLDER]

All conditions run in turn in every round of one process, so that what else the machine does falls on all of them. The
time of a token is the median over rounds and tokens; the first tokens of a generation, the prompt's, are left out.
Beside clamps on 1, 10 and 100 latents: `hooks only` opens the same hooks with an edit that returns what it is given,
and `replace` encodes and decodes the whole dictionary.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch

from microtome.interventions import Bench, Change, add, clamp, replace

COUNTS = (1, 10, 100)
PROMPT = "The history of the city begins with"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--dictionary", default="")
    parser.add_argument("--tokens", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    bench = Bench.open(given.run)
    name = bench.name_of(given.dictionary) if given.dictionary else next(iter(bench.placed))
    found = measure(bench, conditions(bench, name), given.tokens, given.rounds)
    base = found["unedited"]
    rows = [{"condition": key, "ms": 1000 * value, "ratio": value / base} for key, value in found.items()]
    place = bench.placed[name]
    facts = {"model": bench.lm.name, "dictionary": name, "latents": place.dictionary.config.latents}
    facts |= {"dtype": str(bench.lm.dtype), "threads": torch.get_num_threads(), "tokens": given.tokens * given.rounds}
    lines = [f"{facts}", "", "| condition | ms per token | ratio |", "|---|---|---|"]
    lines += [f"| {row['condition']} | {row['ms']:.2f} | {row['ratio']:.3f} |" for row in rows]
    print("\n".join(lines))
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "edit_cost.json").write_text(json.dumps({**facts, "rows": rows}, indent=2) + "\n")
        (given.out / "edit_cost.md").write_text("\n".join(lines) + "\n")


def conditions(bench: Bench, name: str) -> dict[str, Callable[[int], AbstractContextManager[Any]]]:
    """What is opened around each forward, by name."""
    site = str(bench.placed[name].site_out)
    found: dict[str, Callable[[int], AbstractContextManager[Any]]] = {
        "unedited": lambda n: nullcontext(),
        "hooks only": lambda n: bench.lm.edit({site: lambda value: value}),
    }

    def edited(changes: list[Change]) -> Callable[[int], AbstractContextManager[Any]]:
        return bench.intervene(changes).open

    latents = bench.placed[name].dictionary.config.latents
    for n in (n for n in COUNTS if n <= latents):
        # Spread over the dictionary, so that no two rows are neighbours in memory.
        chosen = [i * (latents // n) for i in range(n)]
        found[f"clamp {n}"] = edited([clamp(latent, 1.0, name) for latent in chosen])
        found[f"add {n}"] = edited([add(latent, 1.0, name, unit="activation") for latent in chosen])
    found["replace"] = edited([replace(name)])
    return found


def measure(
    bench: Bench, around: dict[str, Callable[[int], AbstractContextManager[Any]]], tokens: int, rounds: int
) -> dict[str, float]:
    """Seconds per token of each condition."""
    times: dict[str, list[float]] = {name: [] for name in around}
    ids = bench.lm.encode(PROMPT)
    for number in range(rounds + 1):
        names = list(around)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            steps = bench.lm.steps(ids, max_new_tokens=tokens + 1, stop_at_eos=False, around=around[name])
            next(steps)
            for _ in range(tokens):
                begun = time.perf_counter()
                next(steps)
                if number:  # the first round warms everything up
                    times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    main()
