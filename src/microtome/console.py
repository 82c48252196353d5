"""What the command line shows while it works: progress bars on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from microtome.markup import named, readable, visible_text
from microtome.training.pipeline import Watcher

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from torch import Tensor

    from microtome.circuits import Graph
    from microtome.evaluation import Metrics
    from microtome.training import Progress

# Seconds between lines where there is no terminal to draw a bar on.
_LINE_EVERY = 15.0


class ConsoleWatcher(Watcher):
    """Draws what a run does. Use as a context manager, so that the terminal is left in order."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bar: Bar | None = None
        self._task: Any = None
        self._stage = ""
        self._last_line = 0.0
        self._tokens = (0, 1)
        self._figures = ""

    def __enter__(self) -> ConsoleWatcher:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def note(self, text: str) -> None:
        self._end()
        self.console.print(text, style="dim", highlight=False)

    def collecting(self, done: int, total: int) -> None:
        # Part of training: the same bar stands still meanwhile and says why.
        self._show("training", *self._tokens, f"collecting activations {done / total:.0%}  {self._figures}")

    def training(self, progress: Progress) -> None:
        self._tokens, self._figures = (progress.tokens, progress.total_tokens), describe(progress)
        self._show("training", *self._tokens, self._figures)

    def evaluating(self, done: int, total: int) -> None:
        self._show("measuring", done, total, "")

    def building(self, done: int, total: int) -> None:
        self._show("reading text", done, total, "")

    def tracing(self, done: int, total: int) -> None:
        self._show("tracing", done, total, "")

    def _show(self, stage: str, done: int, total: int, text: str) -> None:
        if stage != self._stage:
            self._end()
            self._begin(stage, total)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, figures=text)
        elif done >= total or time.monotonic() - self._last_line > _LINE_EVERY:
            self._last_line = time.monotonic()
            self.console.print(f"{stage} {done / total:4.0%}  {text}", highlight=False, soft_wrap=True)

    def _begin(self, stage: str, total: int) -> None:
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._stage, self._last_line = stage, time.monotonic()
        if not self.console.is_terminal:
            return
        columns = [
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        ]
        self._bar = Bar(*columns, TextColumn("{task.fields[figures]}"), console=self.console)
        self._task = self._bar.add_task(stage, total=total, figures="")
        self._bar.start()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._stage = None, ""


def describe(progress: Progress) -> str:
    """The figures beside the bar: speed, then those of the first dictionary, then who waits for whom."""
    name, result = next(iter(progress.latest.items()))
    others = f" (+{len(progress.latest) - 1})" if len(progress.latest) > 1 else ""
    return (
        f"{progress.tokens_per_second:,.0f} tok/s  {name}{others}: FVU {result.fvu:.3f}  L0 {result.l0:.1f}  "
        f"dead {result.dead_fraction:.1%}  waiting for activations {progress.waiting:.0%}"
    )


#: Metrics in the order tables show them, and how each number is written.
SHOWN = {
    "fvu": ".4f",
    "explained_variance": ".4f",
    "cosine": ".4f",
    "l2_ratio": ".4f",
    "relative_reconstruction_bias": ".4f",
    "l0": ".2f",
    "l1": ".2f",
    "dead_fraction": ".2%",
    "dense_fraction": ".2%",
    "ce_clean": ".4f",
    "ce_replaced": ".4f",
    "ce_ablated": ".4f",
    "ce_mean_ablated": ".4f",
    "ce_recovered": ".4f",
    "ce_recovered_from_mean": ".4f",
    "kl": ".4f",
    "kl_recovered": ".4f",
}


#: Of these, what a row per dictionary has room for, with headings that fit.
SHORT = {
    "fvu": "FVU",
    "cosine": "cosine",
    "l0": "L0",
    "dead_fraction": "dead",
    "ce_recovered": "CE recovered",
    "kl_recovered": "KL recovered",
}
# Columns of numbers that fit beside the names of metrics on a common terminal.
_COLUMNS = 3


def print_metrics(console: Console, results: Mapping[str, Metrics]) -> None:
    """A row per metric and a column per dictionary, intervals in brackets; of many dictionaries a row for each."""
    from rich.table import Table

    if len(results) > _COLUMNS:
        _print_rows(console, results)
        return
    with_intervals = len(results) <= 2
    title = "held-out metrics, 95 % intervals" if with_intervals else "held-out metrics (intervals: in the report)"
    table = Table(title=title, title_justify="left")
    table.add_column("metric", no_wrap=True)
    for name in results:
        table.add_column(name, justify="right")
    for key, form in SHOWN.items():
        cells = [_cell(metrics, key, form, with_intervals) for metrics in results.values()]
        if any(cells):
            table.add_row(key, *cells)
    console.print(table)


def _print_rows(console: Console, results: Mapping[str, Metrics]) -> None:
    from rich.table import Table

    table = Table(title="held-out metrics (the others: in the report)", title_justify="left")
    table.add_column("dictionary", no_wrap=True)
    keys = [key for key in SHORT if any(key in metrics.values for metrics in results.values())]
    for key in keys:
        table.add_column(SHORT[key], justify="right")
    for name, metrics in results.items():
        # A reason is long, and the report has it.
        cells = [
            "–" if metrics.values.get(key, 0.0) is None else _cell(metrics, key, SHOWN[key], False) for key in keys
        ]
        table.add_row(name, *cells)
    console.print(table)


def _cell(metrics: Metrics, key: str, form: str, with_interval: bool) -> str:
    if key not in metrics.values:
        return ""
    value = metrics.values[key]
    if value is None:
        return f"– ({metrics.undefined[key]})"
    if key not in metrics.intervals or not with_interval:
        return format(value, form)
    low, high = metrics.intervals[key]
    return f"{value:{form}}  \\[{low:{form}}, {high:{form}}]"


def print_examples(console: Console, examples: Mapping[int, Sequence[Any]]) -> None:
    """For each latent its strongest contexts, the firing tokens bold, the peak marked."""
    from rich.text import Text

    for latent, found in examples.items():
        console.print(f"latent {latent}", style="bold", highlight=False)
        for example in found:
            line = Text(f"  {example.values[example.peak]:8.2f}  ")
            for position, (token, value) in enumerate(zip(example.tokens, example.values)):
                style = "bold reverse" if position == example.peak else ("bold" if value > 0 else "")
                line.append(readable(token), style=style)
            console.print(line, soft_wrap=True, highlight=False)


# How labels were scored before all of them were on the same contexts.
_OLDER_SCORES = {"tokens": "over unseen tokens", "examples": "on unseen examples"}


def print_latents(console: Console, found: Mapping[str, Any]) -> None:
    """Rows of `LatentStore.table`."""
    from rich.table import Table
    from rich.text import Text

    from microtome.latents.records import EXAMPLES

    table = Table(title=f"{found['total']:,} latents", title_justify="left")
    for heading in ("latent", "density", "max", "mean"):
        table.add_column(heading, justify="right")
    for heading in ("top token", "label", "score"):
        table.add_column(heading)
    for row in found["rows"]:
        label, user = row["label"], row["user_label"]
        score = "" if label is None or label["score"] is None else f"{label['score']:.2f}"
        if score and label["scored"] == EXAMPLES:
            # It does not compare with the others, and by `label_score` it counts as 0.
            score += f" {_OLDER_SCORES[EXAMPLES]}"
        table.add_row(
            str(row["latent"]),
            f"{row['density']:.2e}",
            f"{row['max']:.2f}",
            f"{row['mean']:.2f}",
            Text("" if row["top_token"] is None else visible_text(row["top_token"])),
            Text(named(user["text"] if user else label["text"] if label else "")),
            score,
        )
    console.print(table)


def print_latent(console: Console, latent: Any, per_band: int) -> None:
    """One latent of a store: figures, labels, tokens, logits, relatives and examples."""

    def line(text: str) -> None:
        console.print(readable(text), markup=False, highlight=False, soft_wrap=True)

    line(f"latent {latent.latent}: density {latent.density:.2e}, max {latent.max:.3f}, mean {latent.mean:.3f}")
    if latent.user_label is not None:
        line(f"named: {named(latent.user_label.text)} {latent.user_label.note}")
    scored = {"contexts": "on unseen contexts", **_OLDER_SCORES}
    for label in latent.candidates:
        score = "not measured" if label.score is None else f"{label.score:.2f} {scored[label.scored]}"
        line(f"label: {named(label.text)}  ({label.how}; balanced accuracy {score})")
    for one in latent.token_statistics[:per_band]:
        line(f"fires on {one.token!r}: {one.count:,} times, precision {one.precision:.2f}, recall {one.recall:.2f}")
    for name, values in (("raises", latent.top_logits), ("lowers", latent.bottom_logits)):
        line(f"{name}: " + ", ".join(f"{one.token!r} {one.value:.2f}" for one in values))
    line("decoder near: " + ", ".join(f"{one.latent} {one.cosine:.2f}" for one in latent.neighbours))
    line("fires with: " + ", ".join(f"{one.latent} {one.score:.2f}" for one in latent.coactive))
    for name, coordinates in (("strongest", latent.decoder.strongest), ("weakest", latent.decoder.weakest)):
        line(f"{name} decoder coordinates: " + ", ".join(f"{one.index} {one.value:+.3g}" for one in coordinates))
    for name, histogram in (("decoder coordinates", latent.decoder.histogram), ("activations", latent.histogram)):
        if histogram.counts:
            low, high = histogram.edges[0], histogram.edges[-1]
            line(f"{name} from {low:.3g} to {high:.3g}: {_bars(histogram.counts)}")
    for band in dict.fromkeys(example.band for example in latent.examples):
        line(f"band {band}")
        _print_windows(console, [example for example in latent.examples if example.band == band][:per_band])


def _bars(counts: Sequence[int]) -> str:
    """A histogram in one line: a bar for each bin, a space where it is empty."""
    most = max(counts)
    return "".join(" ▁▂▃▄▅▆▇█"[-(-8 * count // most) if most else 0] for count in counts)


def _print_windows(console: Console, examples: Sequence[Any]) -> None:
    from rich.text import Text

    for example in examples:
        value = example.activation if example.margin is None else example.margin
        line = Text(f"  {value:8.2f}  ")
        for position, (token, activation) in enumerate(zip(example.tokens, example.activations)):
            style = "bold reverse" if position == example.peak else ("bold" if activation > 0 else "")
            line.append(readable(token), style=style)
        console.print(line, soft_wrap=True, highlight=False)


def print_graph(
    console: Console, graph: Graph, influence_N: Tensor, *, node_share: float = 0.8, edge_share: float = 0.98
) -> None:
    """What a trace found: targets, size, scores, faithfulness if it was measured, and the most influential latents."""
    from microtome.circuits import completeness_score, prune, replacement_score
    from microtome.circuits.graph import LATENT

    def line(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    facts = graph.facts
    line(
        "targets: "
        + ", ".join(
            visible_text(one.label) + ("" if math.isnan(one.probability) else f" {one.probability:.1%}")
            for one in graph.targets
        )
    )
    line(
        f"nodes: {len(graph):,} ({facts['active']:,} latents fired), edges: {graph.n_edges:,}; "
        f"rows add up to {facts['residual']['worst']:.0e}; {sum(facts['seconds'].values()):.1f} s"
    )
    line(f"replacement score {replacement_score(graph):.3f}, completeness score {completeness_score(graph):.3f}")
    pruned = prune(graph, node_share=node_share, edge_share=edge_share)
    line(
        f"at {node_share:.0%} of nodes' and {edge_share:.0%} of edges' influence: "
        f"{len(pruned):,} nodes, {pruned.n_edges:,} edges"
    )
    for agreement in facts.get("faithfulness", {}).get("agreements", ()):
        correlation, error, target_correlation, target_error = (
            "none" if agreement[key] is None else f"{agreement[key]:.3f}"
            for key in ("correlation", "error", "target_correlation", "target_error")
        )
        line(
            f"faithful, {agreement['regime']}, {agreement['ablated']}: correlation {correlation}, "
            f"error {error}; of targets {target_correlation}, {target_error}"
        )
    line("most influential latents:")
    nodes = graph.nodes
    latents = (nodes.kind == LATENT).nonzero()[:, 0]
    for which in latents[influence_N[latents].argsort(descending=True)[:8]].tolist():
        position = int(nodes.position[which])
        line(
            f"  {graph.node_id(which):<16} on {visible_text(graph.texts[position]):<14} "
            f"activation {float(nodes.activation[which]):8.2f}  influence {float(influence_N[which]):.4f}"
        )
