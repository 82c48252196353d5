"""The part of a graph that carries most of the influence on its targets.

The rule is circuit-tracer's (https://github.com/safety-research/circuit-tracer, prune_graph of `graph.py`):
nodes by their influence in the whole graph, then edges by theirs in what is left, then whatever leads nowhere.

Legend of suffixes: N nodes, E edges.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN, Graph
from microtome.circuits.scores import edge_influence, influence
from microtome.errors import ConfigError

_EQUAL = 1e-9


def prune(graph: Graph, node_share: float = 0.8, edge_share: float = 0.98) -> Graph:
    """The graph with the nodes that have `node_share` of the influence and the edges with `edge_share` of what then is
    left; 1 keeps all of them. `facts["pruned"]` says both, and how many nodes and edges there were.

    Tokens and targets are always kept. Latents, errors and biases go when they are not among the first in influence or
    have no edge out, latents also when they have no edge in, until nothing changes. A bias is thus treated as an error
    is, though it is none for the scores; a latent whose row was not computed needs no edge in either.

    Rows of the result no longer sum to their pre-activations. Raises `ConfigError` for a share outside 0 to 1.
    """
    kept_N, kept_E = chosen(graph, node_share, edge_share)
    before = {"node_share": node_share, "edge_share": edge_share, "nodes": len(graph), "edges": graph.n_edges}
    part = graph.keep(kept_N, kept_E)
    return replace(part, facts={**graph.facts, "pruned": before})


def chosen(graph: Graph, node_share: float = 0.8, edge_share: float = 0.98) -> tuple[Tensor, Tensor]:
    """What `prune` keeps: masks of nodes [N] and edges [E]."""
    for name, share in (("node_share", node_share), ("edge_share", edge_share)):
        if not 0 <= share <= 1:
            raise ConfigError(f"got {name} {share}, expected 0 to 1", cure="Give a share of the influence")
    target_E, source_E = graph.target_E.long(), graph.source_E.long()
    ends_N = graph.of_kind(TOKEN, TARGET)
    kept_N = _first(influence(graph), node_share) | ends_N
    kept_E = kept_N[target_E] & kept_N[source_E]
    kept_E &= _first(edge_influence(graph, kept_E), edge_share)
    needs_out_N = graph.of_kind(LATENT, ERROR, BIAS)
    needs_in_N = graph.of_kind(LATENT) & graph.row
    while True:
        out_N, in_N = torch.zeros_like(kept_N), torch.zeros_like(kept_N)
        out_N[source_E[kept_E]] = True
        in_N[target_E[kept_E]] = True
        still_N = kept_N & (out_N | ~needs_out_N) & (in_N | ~needs_in_N)
        if torch.equal(still_N, kept_N):
            return kept_N, kept_E
        kept_N = still_N
        kept_E &= kept_N[target_E] & kept_N[source_E]


def _first(values: Tensor, share: float) -> Tensor:
    """Mask of the largest values that together reach `share` of their sum, and of all that equal the last of them."""
    if share >= 1 or not bool(values.any()):
        return torch.ones_like(values, dtype=torch.bool)
    ordered = values.sort(descending=True).values
    reached = ordered.cumsum(0) / ordered.sum()
    place = int(torch.searchsorted(reached, torch.tensor(share, dtype=reached.dtype)))
    # What flows through a node with one edge in and one out is the same on both: rounding must not part them.
    return values >= ordered[min(place, len(ordered) - 1)] * (1 - _EQUAL)
