"""A run folder made without a language model: every file a report reads, filled with plausible numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from microtome.evaluation import Metrics
from microtome.evaluation.examples import Example, choose_latents
from microtome.evaluation.storage import METRIC_KEYS, save_evaluation
from microtome.training.run import Run

TOKENS = 50_000
LATENTS = 512
EVIL = "<script>alert(1)</script>"
_WORDS = [
    "def",
    " parse",
    "(",
    "self",
    ",",
    " text",
    ":",
    " str",
    ")",
    ":",
    "\n",
    "    ",
    "return",
    "\t",
    " json",
    ".",
    "loads",
]


def make_run(path: Path, names: tuple[str, ...] = ("3.mlp_out.batchtopk.l0-32",), *, evaluated: bool = True) -> Run:
    """A run with these dictionaries, evaluated or still in training."""
    entries = [
        {
            "name": name,
            "site_in": "3.mlp_in",
            "site_out": "3.mlp_out",
            "kind": "transcoder",
            "sparsifier": "batchtopk",
            "l0": 16.0 * 2**i,
            "latents": LATENTS,
        }
        for i, name in enumerate(names)
    ]
    facts: dict[str, Any] = {
        "status": "finished" if evaluated else "training",
        "config": {
            "model": "tiny",
            "text": "builtin:python-docs",
            "tokens": 2_000_000,
            "seed": 7,
            "optimiser": {"lr": 3e-4},
        },
        "model": {"id": "tiny", "revision": None},
        "text": {"name": "builtin:python-docs", "fingerprint": "0123456789abcdef"},
        "special_tokens_excluded": 15_625,
        "versions": {"torch": "2.13.0", "python": "3.12.1"},
        "dictionaries": entries,
    }
    run = Run.create(path, facts)
    rows = [row for entry in entries for row in _rows(entry)]
    run.metrics_file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for i, name in enumerate(names if evaluated else ()):
        metrics = make_metrics(seed=i)
        save_evaluation(path, name, metrics, make_examples(metrics))
    return run


def make_metrics(*, seed: int = 0) -> Metrics:
    """All metrics with intervals; `ce_recovered` and `kl_recovered` are undefined."""
    generator = np.random.default_rng(seed)
    metrics = Metrics()
    for i, key in enumerate(METRIC_KEYS):
        metrics.values[key] = 0.11 + 0.031 * i + 0.01 * seed
        metrics.intervals[key] = (0.10 + 0.031 * i, 0.13 + 0.031 * i)
    metrics.values |= {"fvu": 0.118 + 0.03 * seed, "l0": 16.2 * 1.5**seed, "cosine": 0.636}
    for key in ("ce_recovered", "kl_recovered"):
        metrics.values[key] = None
        del metrics.intervals[key]
        metrics.undefined[key] = "ablating the site does not change the model's loss"
    count = np.minimum(np.exp(generator.normal(5, 2, LATENTS)), 0.4 * TOKENS).astype(np.int64)
    count[:20] = 0
    count[20] = TOKENS // 10
    mean = np.where(count > 0, generator.gamma(2, 1.5, LATENTS), 0.0)
    metrics.arrays = {
        "count": count,
        "mean": mean,
        "max": mean * 3.7,
        "cosine_histogram": np.histogram(generator.beta(9, 2, TOKENS), bins=np.linspace(-1, 1, 101))[0],
    }
    metrics.facts = {"tokens": TOKENS, "contexts": 394, "special_tokens_excluded": 394, "ce_tokens": 20_000}
    return metrics


def make_examples(metrics: Metrics) -> dict[str, dict[int, list[Example]]]:
    """Examples of the chosen latents; the first of the first holds markup and invisible characters."""
    generator = np.random.default_rng(1)
    groups = choose_latents(metrics.arrays["count"], TOKENS, 4)
    made = {
        group: {latent: [_example(generator, metrics.arrays["max"][latent]) for _ in range(4)] for latent in latents}
        for group, latents in groups.items()
    }
    first = next(iter(made["most_frequent"]))
    tokens = (" before", EVIL, "\n", "\t", "\u202e", '"onmouseover="alert(2)', "")
    made["most_frequent"][first][0] = Example(tokens, (0.0, 3.5, 1.75, 0.0, 0.0, 0.0, 0.0), 1, "a<b>.py", 12)
    return made


def _example(generator: np.random.Generator, highest: float) -> Example:
    tokens = tuple(generator.choice(_WORDS) for _ in range(13))
    values = [0.0] * 13
    values[8] = float(highest * generator.uniform(0.6, 1.0))
    values[7] = values[8] * float(generator.uniform(0, 0.7))
    return Example(tuple(str(t) for t in tokens), tuple(values), 8, "json/decoder.py", int(generator.integers(0, 9000)))


def _rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    generator = np.random.default_rng(len(entry["name"]))
    rows = []
    for i in range(1, 201):
        fvu = 0.12 + 0.9 * float(np.exp(-i / 20)) + float(generator.normal(0, 0.006))
        row: dict[str, Any] = {
            "dictionary": entry["name"],
            "step": i * 5,
            "tokens": i * 10_000,
            "loss": fvu + 0.01,
            "batch_fvu": fvu,
            "batch_l0": entry["l0"] * (1 + 0.4 * float(np.exp(-i / 15))),
            "dead": 0.04 * (1 - float(np.exp(-i / 60))),
            "lr": 3e-4 * min(1, i / 10, (201 - i) / 40),
            "sparsity": 0.0,
        }
        if i % 10 == 0:
            row["held_out"] = {
                "fvu": fvu * 1.05,
                "cosine": 0.9,
                "l0": entry["l0"] * 1.02,
                "dense_fraction": 0.01,
            }
        rows.append(row)
    return rows
