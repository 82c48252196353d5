"""The report of a run as one HTML file: everything inlined, nothing loaded, readable where there is no
network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from microtome.artifacts import write_bytes
from microtome.evaluation.examples import Example
from microtome.evaluation.metrics import DENSE_ABOVE, Metrics
from microtome.evaluation.storage import Examples, has_evaluation, load_evaluation
from microtome.report import figures
from microtome.report.document import document, embedded, number
from microtome.report.glossary import GLOSSARY, GROUPS
from microtome.training.run import Run

if TYPE_CHECKING:
    from markupsafe import Markup
    from plotly.graph_objects import Figure

REPORT = "report.html"
# Columns of the comparison, in order.
_COMPARED = ("l0", "fvu", "cosine", "ce_recovered", "kl", "dead_fraction", "dense_fraction")
# Facts that stand above the folded rest, where a run has them.
_ESSENTIAL = (
    "config.model",
    "config.text",
    "config.activations",
    "config.tokens",
    "config.seed",
    "microtome",
    "status",
)


@dataclass(frozen=True)
class MetricRow:
    """A line of the metrics table, ready to show."""

    key: str
    value: str
    interval: str
    meaning: str
    reason: str


@dataclass(frozen=True)
class LatentRow:
    """A line of the table of latents. An example is a list of tokens: text, value, value relative to the
    strongest example, whether it is the peak.
    """

    index: int
    density: str
    mean: str
    maximum: str
    examples: list[list[tuple[str, str, float, bool]]]
    sources: list[str]


@dataclass(frozen=True)
class Section:
    """What the page says of one dictionary. `metrics` is None before it was evaluated."""

    anchor: str
    name: str
    facts: dict[str, str]
    measured: str
    metrics: list[MetricRow] | None
    figures: list[tuple[str, Markup]]
    groups: list[tuple[str, list[LatentRow]]]
    dead: list[int]
    n_latents: int
    compared: list[tuple[str, str]]


def write_report(run: Run) -> Path:
    """Write RUN/report.html and return its path. A run without evaluations gets its training curves alone.

    Raises `ArtifactError` for a damaged evaluation, naming the file, and when the report cannot be written.
    """
    path = run.path / REPORT
    write_bytes(path, render_report(run).encode())
    return path


def render_report(run: Run) -> str:
    """The page as a string."""
    evaluations = {name: load_evaluation(run.path, name) for name in run.names if has_evaluation(run.path, name)}
    sections = [_section(run, i, name, evaluations.get(name)) for i, name in enumerate(run.names)]
    several = len(sections) > 1
    frontier = figures.frontier({name: metrics for name, (metrics, _) in evaluations.items()})
    facts = dict(_flat({k: v for k, v in run.facts.items() if k not in ("dictionaries", "schema", "schema_version")}))
    return document(
        "report.html.j2",
        title=run.path.resolve().name,
        finished=run.finished,
        sections=sections,
        compared=_COMPARED,
        frontier=embedded(frontier, "frontier") if several and evaluations else None,
        essential={key.removeprefix("config."): facts[key] for key in _ESSENTIAL if facts.get(key, "–") != "–"},
        facts=facts,
    )


def _section(run: Run, index: int, name: str, evaluation: tuple[Metrics, Examples] | None) -> Section:
    anchor = f"dictionary-{index}"
    shown = [("curves", figures.training_curves(run, name))] if run.metrics() else []
    entry = run.entry(name)
    facts = dict(_flat({key: value for key, value in entry.items() if key != "name"}))
    if evaluation is None:
        return Section(
            anchor=anchor,
            name=name,
            facts=facts,
            measured="",
            metrics=None,
            figures=_embed_all(anchor, shown),
            groups=[],
            dead=[],
            n_latents=0,
            compared=[("–", "it has not been evaluated yet")] * len(_COMPARED),
        )
    metrics, examples = evaluation
    shown += [("density", figures.density_histogram(metrics)), ("cosine", figures.cosine_histogram(metrics))]
    rows = {row.key: row for row in _metric_rows(metrics)}
    absent = ("–", "it was not measured")
    return Section(
        anchor=anchor,
        name=name,
        facts=facts,
        measured=_measured(metrics),
        metrics=list(rows.values()),
        figures=_embed_all(anchor, shown),
        groups=_groups(metrics, examples),
        dead=[int(latent) for latent in np.nonzero(metrics.arrays["count"] == 0)[0]],
        n_latents=len(metrics.arrays["count"]),
        compared=[(rows[k].value, rows[k].reason or rows[k].interval) if k in rows else absent for k in _COMPARED],
    )


def _metric_rows(metrics: Metrics) -> Iterator[MetricRow]:
    order = [key for key in GLOSSARY if key in metrics.values]
    for key in [*order, *(key for key in metrics.values if key not in GLOSSARY)]:
        ends = metrics.intervals.get(key)
        value = metrics.values[key]
        yield MetricRow(
            key=key,
            value=number(value),
            interval="" if ends is None else f"{number(ends[0])} to {number(ends[1])}",
            meaning=GLOSSARY.get(key, ""),
            reason=f"Undefined: {metrics.undefined.get(key, 'no reason was given')}" if value is None else "",
        )


def _measured(metrics: Metrics) -> str:
    """One sentence: on how much text the metrics were measured, and what was left out."""
    facts = metrics.facts
    text = facts["text"] if isinstance(facts.get("text"), Mapping) else {}
    held_out = "" if text.get("part") == "all" else "held-out "
    parts = [f"{facts.get('tokens', 0):,} {held_out}tokens"]
    if text.get("name"):
        parts.append(f"of {text['name']}")
    if "contexts" in facts:
        parts.append(f"in {facts['contexts']:,} contexts")
    sentence = "Measured with the deployed rule on " + " ".join(parts)
    if "ce_tokens" in facts:
        sentence += f"; the model's losses on {facts['ce_tokens']:,} of them"
    if "special_tokens_excluded" in facts:
        sentence += f"; {facts['special_tokens_excluded']:,} special tokens left out"
    return sentence + ". Intervals are 95 %, by a bootstrap over contexts."


def _groups(metrics: Metrics, examples: Examples) -> list[tuple[str, list[LatentRow]]]:
    tokens = max(int(metrics.facts.get("tokens", 0)), 1)
    found = []
    for group, latents in examples.items():
        if group != "dead" and latents:
            # JSON keeps no order; the rule by which they were chosen does.
            sign = -1 if group == "most_frequent" else 1
            ordered = sorted(latents, key=lambda latent: (sign * int(metrics.arrays["count"][latent]), latent))
            rows = [_latent_row(metrics, tokens, latent, latents[latent]) for latent in ordered]
            found.append((GROUPS.get(group, group), rows))
    order = list(GROUPS.values())
    return sorted(found, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _latent_row(metrics: Metrics, tokens: int, latent: int, examples: list[Example]) -> LatentRow:
    density = int(metrics.arrays["count"][latent]) / tokens
    strongest = max((example.value for example in examples), default=0.0) or 1.0
    shaded = [
        [
            (token, number(value), round(max(value, 0.0) / strongest, 3), position == example.peak)
            for position, (token, value) in enumerate(zip(example.tokens, example.values))
        ]
        for example in examples
    ]
    return LatentRow(
        index=latent,
        density=f"{100 * density:.3g} %" + (" (dense)" if density > DENSE_ABOVE else ""),
        mean=number(float(metrics.arrays["mean"][latent])),
        maximum=number(float(metrics.arrays["max"][latent])),
        examples=shaded,
        sources=[f"{example.document}, from character {example.start}" for example in examples],
    )


def _embed_all(anchor: str, shown: list[tuple[str, Figure]]) -> list[tuple[str, Markup]]:
    return [(kind, embedded(figure, f"{anchor}-{kind}")) for kind, figure in shown]


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested facts as `a.b` and text."""
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            yield from _flat(item, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _text(item)


def _text(item: Any) -> str:
    if item is None or item == [] or item == {}:
        return "–"
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float):
        return f"{item:g}"
    if isinstance(item, int):
        # Seeds and layers are short; from five digits on it is an amount.
        return f"{item:,}" if abs(item) >= 10_000 else str(item)
    if isinstance(item, list) and not any(isinstance(part, (list, dict)) for part in item):
        return ", ".join(_text(part) for part in item)
    return item if isinstance(item, str) else json.dumps(item)
