"""How much each node of a graph matters to its targets, and how much of the model the graph explains.

Definitions after "Circuit Tracing: Revealing Computational Graphs in Language Models" (Ameisen et al. 2025,
https://transformer-circuits.pub/2025/attribution-graphs/methods.html, on graph pruning and scores), in the form
circuit-tracer computes them (https://github.com/safety-research/circuit-tracer, `circuit_tracer/graph.py`,
compute_influence and compute_graph_scores), so that numbers can be compared.

Legend of suffixes: N nodes, E edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from microtome.circuits.graph import BIAS, ERROR, LATENT, TOKEN, Graph
from microtome.errors import ArtifactError, ConfigError

# Edges looked at together: of all of them only the shares are held, which is less than tracing them took.
_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Scores:
    """`replacement`: the share of the influence that ends in tokens and biases, of all that ends in these or in errors.
    `completeness`: the mean share of a node's inputs that are no errors, nodes weighted by their influence. Both are 1
    without errors; nan where nothing has influence."""

    replacement: float
    completeness: float


def influence(graph: Graph) -> Tensor:
    """w·((I − Â)⁻¹ − I): float64 [N], the influence of each node on the targets over paths of every length.

    w are the shares of the targets, Â is |A| with each row divided by its sum; a row that was not computed is zero, so
    what flows into such a node stays there. Targets have no influence. Raises `ArtifactError` for a graph with a cycle.
    """
    return flow(graph, shares(graph))


def shares(graph: Graph, edges_E: Tensor | None = None) -> Tensor:
    """Â on the edges: float64 [E], |weight| / sum of |weights| into the same target; 0 for edges not in `edges_E`."""
    share_E = torch.empty(graph.n_edges, dtype=torch.float64)
    total_N = torch.zeros(len(graph), dtype=torch.float64)
    for part in _parts(graph):
        torch.abs(graph.weight_E[part].double(), out=share_E[part])
        if edges_E is not None:
            share_E[part] *= edges_E[part]
        total_N.index_add_(0, graph.target_E[part], share_E[part])
    total_N.clamp_(min=torch.finfo(torch.float64).tiny)
    for part in _parts(graph):
        share_E[part] /= total_N.index_select(0, graph.target_E[part])
    return share_E


def flow(graph: Graph, share_E: Tensor) -> Tensor:
    """w·(Â + Â² + …) [N]. The series ends by itself: no path in a graph without cycles is longer than its nodes."""
    step_N, total_N = graph.weights, torch.zeros(len(graph), dtype=torch.float64)
    for _ in range(len(graph)):
        before_N, step_N = step_N, torch.zeros_like(total_N)
        for part in _parts(graph):
            share = share_E[part] * before_N.index_select(0, graph.target_E[part])
            step_N.index_add_(0, graph.source_E[part], share)
        if not bool(step_N.any()):
            return total_N
        total_N += step_N
    raise ArtifactError("the graph has a cycle, its influence has no end", cure="Make it again from its source")


def _parts(graph: Graph) -> Iterator[slice]:
    """Edges a part at a time."""
    return (slice(first, first + _AT_ONCE) for first in range(0, graph.n_edges, _AT_ONCE))


def edge_influence(graph: Graph, edges_E: Tensor | None = None) -> Tensor:
    """Â[t, s] · (influence of t + its share as a target): float64 [E], how much flows over each edge."""
    share_E = shares(graph, edges_E)
    return share_E * (flow(graph, share_E) + graph.weights)[graph.target_E.long()]


def cumulative(influence_N: Tensor) -> Tensor:
    """The share of all influence that a node and those with more of it have together: [N], from above 0 to 1."""
    order = torch.argsort(influence_N, descending=True, stable=True)
    result = torch.zeros_like(influence_N)
    result[order] = influence_N[order].cumsum(0) / influence_N.sum()
    return result


def score(graph: Graph, kept_N: Tensor | None = None, *, biases: bool = True) -> Scores:
    """Both scores of a graph or, with `kept_N` [N], of a part of it: whatever is not kept counts as an error, so a
    latent left out is an end, and its own inputs are not looked at.

    A bias is no error: it is a known constant, and influence may end there. `biases=False` leaves biases out before
    rows are normalised, which is circuit-tracer's graph and gives its numbers. As there, completeness goes over all
    nodes, and those without inputs (tokens, errors) have no inputs that are errors. A latent whose row was not
    computed is no end and not in completeness: nothing is known of its inputs.

    Raises `ConfigError` when a target is not kept.
    """
    n_targets = len(graph.targets)
    kept_N = torch.ones(len(graph), dtype=torch.bool) if kept_N is None else kept_N
    if not bool(kept_N[len(graph) - n_targets :].all()):
        raise ConfigError("scores of a part without its targets were asked for", cure="Keep the targets")
    error_N = graph.of_kind(ERROR) | ~kept_N
    # What is left out has no inputs any more, as an error has none.
    used_E = kept_N.index_select(0, graph.target_E)
    if not biases:
        used_E &= ~graph.of_kind(BIAS).index_select(0, graph.source_E)
    share_E = shares(graph, used_E)
    influence_N = flow(graph, share_E)
    explained = float(influence_N[graph.of_kind(TOKEN, BIAS) & ~error_N].sum())
    unexplained = float(influence_N[error_N].sum())
    from_errors_N = torch.zeros(len(graph), dtype=torch.float64)
    for part in _parts(graph):
        errors = share_E[part] * error_N.index_select(0, graph.source_E[part])
        from_errors_N.index_add_(0, graph.target_E[part], errors)
    unknown_N = graph.of_kind(LATENT) & ~graph.row & kept_N
    weight_N = (influence_N + graph.weights) * ~unknown_N
    return Scores(
        replacement=explained / (explained + unexplained) if explained + unexplained > 0 else float("nan"),
        completeness=float(((1 - from_errors_N) * weight_N).sum() / weight_N.sum()),
    )


def replacement_score(graph: Graph, kept_N: Tensor | None = None) -> float:
    """`score(…).replacement`."""
    return score(graph, kept_N).replacement


def completeness_score(graph: Graph, kept_N: Tensor | None = None) -> float:
    """`score(…).completeness`."""
    return score(graph, kept_N).completeness
