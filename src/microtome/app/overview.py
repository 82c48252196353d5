"""What the pages Overview and Compare show of a run: its facts, metrics, histograms and training curves, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from microtome.app.runs import OpenRuns, problem_of
from microtome.app.views import Views
from microtome.errors import MicrotomeError
from microtome.evaluation.metrics import COSINE_EDGES, DENSE_ABOVE, Metrics
from microtome.evaluation.storage import has_evaluation, load_evaluation
from microtome.latents.directions import SAME_DIRECTION
from microtome.latents.records import RARE
from microtome.latents.store import store_path
from microtome.runs import Run

#: Points of a curve that are sent; more cannot be told apart on a screen.
POINTS = 800
CLASSES = ("dead", "rare", "normal", "dense")
_CURVES = ("loss", "batch_fvu", "batch_l0", "dead", "lr", "sparsity")
_HELD_OUT = ("fvu", "l0", "cosine", "dense_fraction")


def listing(runs: OpenRuns) -> list[dict[str, Any]]:
    """Every run with its dictionaries; one that cannot be read says why instead."""
    return [_listed(runs, identifier) for identifier in runs.identifiers]


def _listed(runs: OpenRuns, identifier: str) -> dict[str, Any]:
    run = runs.run(identifier)
    try:
        facts = run.facts
        return {
            "id": identifier,
            "path": str(run.path),
            "status": run.status,
            "model": _config(facts).get("model"),
            "dictionaries": [{**entry, **_state(run, entry["name"])} for entry in facts["dictionaries"]],
        }
    except MicrotomeError as error:
        return {"id": identifier, "path": str(run.path), "dictionaries": [], "error": problem_of(error)}


def _state(run: Run, name: str) -> dict[str, Any]:
    return {
        "saved": (run.dictionary_path(name) / "manifest.json").is_file(),
        "evaluated": has_evaluation(run.path, name),
        "store": (store_path(run.path, name) / "manifest.json").is_file(),
        "checkpoints": [int(p.name) for p in sorted(run.checkpoints.glob("[0-9]*")) if p.name.isdigit()],
    }


def overview(runs: OpenRuns, identifier: str, views: Views) -> dict[str, Any]:
    """A run: facts, and for each dictionary its metrics and histograms. How often latents fire is
    told by the latent store where there is one, as on every other page, and by the evaluation where there is none."""
    run = runs.run(identifier)
    facts = run.facts
    rows = runs.metrics(identifier)
    return {
        "id": identifier,
        "status": run.status,
        "tokens_done": rows[-1]["tokens"] if rows else 0,
        "facts": {**{key: value for key, value in facts.items() if key != "dictionaries"}, "config": _config(facts)},
        "dictionaries": [
            {
                **entry,
                **_state(run, entry["name"]),
                **_evaluation(run, entry["name"]),
                **_densities(views, identifier, entry["name"]),
            }
            for entry in facts["dictionaries"]
        ],
    }


def _evaluation(run: Run, name: str) -> dict[str, Any]:
    if not has_evaluation(run.path, name):
        return {"evaluation": None}
    try:
        metrics, _ = load_evaluation(run.path, name)
    except MicrotomeError as error:
        return {"evaluation": None, "error": problem_of(error)}
    return {
        "evaluation": {
            "values": metrics.values,
            "intervals": metrics.intervals,
            "undefined": metrics.undefined,
            "facts": _public(metrics.facts),
        },
        "density": {
            **density_histogram(metrics.arrays["count"], int(metrics.facts.get("tokens", 0))),
            "source": "evaluation",
        },
        "cosine": _cosines(metrics),
    }


def _densities(views: Views, identifier: str, name: str) -> dict[str, Any]:
    found = views.densities(identifier, name)
    if found is None:
        return {}
    count_F, tokens, rare_direction = found
    return {
        "density": {
            **density_histogram(count_F, tokens),
            "source": "store",
            "rare_direction": {**rare_direction, "within": SAME_DIRECTION},
        }
    }


def _public(facts: Mapping[str, Any]) -> dict[str, Any]:
    text = facts.get("text")
    if not isinstance(text, Mapping) or "name" not in text:
        return dict(facts)
    return {**facts, "text": {**text, "name": _without_folders(str(text["name"]))}}


def _config(facts: Mapping[str, Any]) -> dict[str, Any]:
    config = dict(facts.get("config") or {})
    for key in ("model", "text", "eval_text", "activations", "targets", "eval_activations", "eval_targets"):
        if isinstance(config.get(key), str):
            config[key] = _without_folders(config[key])
    return config


def _without_folders(names: str) -> str:
    # A page that is passed on need not tell where files lie on the disk. Names on the Hub have a slash as well.
    return ", ".join(Path(name).name if name.startswith(("/", "~")) else name for name in names.split(","))


def density_histogram(count_F: np.ndarray, tokens: int) -> dict[str, Any]:
    """Latents by the logarithm of their density, and how many are dead, rare, normal and dense."""
    density = count_F / max(tokens, 1)
    fires = density[density > 0]
    edges = np.round(np.arange(-6.0, 0.001, 0.1), 1)
    counts, _ = np.histogram(np.log10(np.maximum(fires, 1e-6)), bins=edges)
    rare, dense = int((fires < RARE).sum()), int((fires > DENSE_ABOVE).sum())
    sizes = (int((density == 0).sum()), rare, len(fires) - rare - dense, dense)
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "classes": dict(zip(CLASSES, sizes)),
        "rare_below": RARE,
        "dense_above": DENSE_ABOVE,
        "tokens": tokens,
        "latents": len(count_F),
    }


def _cosines(metrics: Metrics) -> dict[str, Any]:
    return {"edges": COSINE_EDGES.tolist(), "counts": metrics.arrays["cosine_histogram"].tolist()}


def curves(runs: OpenRuns, identifier: str, name: str | None, step: int | None = None) -> dict[str, Any]:
    """Training curves of a dictionary up to `step`: columns by key, each with its tokens, thinned to `POINTS`."""
    run, entry = runs.entry(identifier, name)
    rows = [row for row in runs.metrics(identifier) if row["dictionary"] == entry["name"]]
    rows = [row for row in rows if step is None or row["step"] <= step]
    measured = [row for row in rows if "held_out" in row]
    facts = run.facts
    return {
        "dictionary": entry["name"],
        "status": run.status,
        "tokens": (facts.get("config") or {}).get("tokens"),
        "target_l0": entry["l0"],
        "lines": len(rows),
        "series": {
            **{key: _series([(row["tokens"], row.get(key)) for row in rows]) for key in _CURVES},
            **{
                f"held_out.{key}": _series([(row["tokens"], row["held_out"].get(key)) for row in measured])
                for key in _HELD_OUT
            },
        },
    }


def _series(points: list[tuple[int, float | None]]) -> dict[str, list[float]]:
    known = [(x, y) for x, y in points if y is not None]
    if len(known) > POINTS:
        chosen = np.unique(np.linspace(0, len(known) - 1, POINTS).round().astype(int))
        known = [known[i] for i in chosen]
    return {"x": [x for x, _ in known], "y": [float(y) for _, y in known]}
