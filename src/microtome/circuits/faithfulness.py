"""How far a graph says what the model does: predicted against measured effects, and what is left when it is cut down.

A latent (or a group of them) is ablated, and what that does to every other node of the graph and to the targets is
measured in each regime of `intervene.py`. The graph predicts it in two ways:

- direct: minus the edge. In the regime `frozen` this is exact, by construction of the edges; it is measured all the
  same.
- total: along all paths, Δ_t = Σ_s A[t, s]·Δ_s/a_s with Δ_s the change of the latent's pre-activation, in order of
  layers. The other two regimes are compared with this.

Reported for each regime over all pairs (ablated, answering): Pearson's correlation, and ‖measured − predicted‖ /
‖measured‖. A model whose latents fall silent or wake up, or whose patterns move, does not follow a linear prediction;
these numbers say how much that matters on this prompt.

Legend of suffixes: N nodes, G ablated groups, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from microtome.circuits.graph import LATENT, TARGET, Graph
from microtome.circuits.intervene import REGIMES, NodeChange, Regime, intervene, keeping_only, unchanged
from microtome.circuits.pruning import prune
from microtome.circuits.replacement import Local
from microtome.circuits.supernodes import find_supernodes
from microtome.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Of one regime, and of what was `ablated`: "latents", one by one, or "groups". `correlation`, `error`: over all
    answering nodes; `target_correlation`, `target_error`: over the targets alone; NaN where nothing was measured.
    `pairs`: how many pairs."""

    regime: str
    ablated: str
    correlation: float
    error: float
    target_correlation: float
    target_error: float
    pairs: int


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The replacement model with only some latents: how many, KL(prompt‖kept) in nats and the probability of the
    likeliest token, for the most influential and for as many drawn at random."""

    latents: int
    kl: float
    top_probability: float
    random_kl: float
    random_top_probability: float


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """Of one graph. `ablated`: ids of what was ablated, each a group."""

    ablated: tuple[tuple[str, ...], ...]
    agreements: tuple[Agreement, ...]
    curve: tuple[Kept, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, null where nothing was measured: JSON has no NaN."""
        found = asdict(self)
        for row in (*found["agreements"], *found["curve"]):
            row |= {key: None for key, value in row.items() if isinstance(value, float) and not math.isfinite(value)}
        return found


def faithfulness(
    local: Local,
    graph: Graph,
    influence_N: Tensor,
    *,
    sources: int = 16,
    groups: Sequence[Sequence[str]] = (),
    regimes: Sequence[str] = REGIMES,
    shares: Sequence[float] = (0.0, 0.1, 0.25, 0.5, 1.0),
    factor: float = 0.0,
) -> Faithfulness:
    """Ablate the `sources` most influential latents one by one, and each of `groups` (ids of latents) at once.

    `influence_N`: of every node (`scores.influence`). `shares`: parts of the graph's latents, most influential first,
    that are kept for the curve. `factor`: what is left of a latent's code. 0 ablates; just below 1, with effects in
    proportion, is where a prediction fails only for latents that cross their threshold. Takes a forward of the prompt
    for each source and regime. Raises `ConfigError`: the graph has no latents with rows, a group holds others, or
    nothing is changed.
    """
    if not math.isfinite(factor) or factor == 1.0:
        raise ConfigError(f"got the factor {factor}, expected a finite one other than 1", cure="Give 0 to ablate")
    latent = graph.nodes.kind == LATENT
    ranked = torch.where(latent & graph.row, influence_N.double(), -1.0).argsort(descending=True)
    ranked = ranked[: int((latent & graph.row).sum())]
    if not len(ranked):
        raise ConfigError("the graph has no latents with rows, expected some to ablate", cure="Trace more nodes")
    ablated = [[graph.node_id(number)] for number in ranked[:sources].tolist()] + [list(group) for group in groups]
    direct_NG, total_NG = predicted(graph, ablated)
    singles = len(ablated) - len(groups)
    agreements = []
    for regime in regimes:
        measured_NG = _measured(local, graph, ablated, regime, factor)
        prediction_NG = (1.0 - factor) * (direct_NG if regime == "frozen" else total_NG)
        for what, part in (("latents", slice(singles)), ("groups", slice(singles, None))):
            if ablated[part]:
                found = _agreement(graph, regime, what, measured_NG[:, part], prediction_NG[:, part], ablated[part])
                agreements.append(found)
    return Faithfulness(
        ablated=tuple(tuple(group) for group in ablated),
        agreements=tuple(agreements),
        curve=tuple(_kept(local, graph, ranked, max(0, round(share * len(ranked)))) for share in shares),
    )


def strongest_groups(local: Local, graph: Graph, *, at_most: int = 8) -> list[tuple[str, ...]]:
    """Ids of the latents of the most influential groups that `find_supernodes` makes of the pruned graph."""
    pruned = prune(graph)
    nodes = pruned.nodes
    decoder: dict[int, Tensor] = {}
    for layer, active in enumerate(local.active):
        here = ((nodes.kind == LATENT) & (nodes.layer == layer)).nonzero()[:, 0]
        row_N = torch.searchsorted(active.latent_U, nodes.index[here].long().to(active.latent_U.device))
        rows_ND = active.decoder_UOD[row_N].flatten(1)
        decoder |= dict(zip(here.tolist(), rows_ND, strict=True))
    if len({len(row) for row in decoder.values()}) > 1:
        # Those of a cross-layer transcoder write to as many layers as follow them.
        decoder = {}
    return [group.nodes for group in find_supernodes(pruned, decoder=decoder)[:at_most]]


def predicted(graph: Graph, ablated: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
    """(direct, total) changes of every node [N, G] when groups of latents are ablated, as the graph has them.

    Changes are of pre-activations and targets' values. Raises `ConfigError`: a group that holds other nodes.
    """
    nodes = graph.nodes
    source_NG = torch.zeros(len(graph), len(ablated), dtype=torch.float64)
    for column, group in enumerate(ablated):
        for node in group:
            number = graph.number(node)
            if int(nodes.kind[number]) != LATENT:
                raise ConfigError(f"{node} is not a latent, expected latents to ablate", cure="Leave it out")
            source_NG[number, column] = -1.0
    held_NG = source_NG != 0
    n = len(graph)
    target_E, source_E, weight_E = graph.target_E.long(), graph.source_E.long(), graph.weight_E.double()
    ends = torch.searchsorted(target_E, torch.arange(n + 1))
    direct_NG = torch.zeros_like(source_NG)
    total_NG = torch.zeros_like(source_NG)
    # Shares of a latent's contribution that are there more than on the prompt: −1 of what is ablated.
    share_NG = source_NG.clone()
    activation_N = nodes.activation.double()
    latent = nodes.kind == LATENT
    blocks = [(latent & (nodes.layer == layer)).nonzero()[:, 0] for layer in nodes.layer[latent].unique().tolist()]
    # Nothing reads a target, whatever its layer.
    for here in (*blocks, (nodes.kind == TARGET).nonzero()[:, 0]):
        first, last = int(here[0]), int(here[-1]) + 1
        edges = slice(int(ends[first]), int(ends[last]))
        block = torch.sparse_coo_tensor(
            torch.stack([target_E[edges] - first, source_E[edges]]),
            weight_E[edges],
            (last - first, n),
            check_invariants=False,
        )
        direct_NG[first:last] = torch.sparse.mm(block, source_NG)
        total_NG[first:last] = torch.sparse.mm(block, share_NG)
        change = total_NG[first:last] / activation_N[first:last, None].clamp(min=1e-12)
        is_latent = (nodes.kind[first:last] == LATENT)[:, None]
        share_NG[first:last] = torch.where(held_NG[first:last] | ~is_latent, share_NG[first:last], change)
    return direct_NG, total_NG


def _measured(local: Local, graph: Graph, ablated: Sequence[Sequence[str]], regime: str, factor: float) -> Tensor:
    """What ablating each group changes of every node, [N, G]."""
    known: Regime = regime  # type: ignore[assignment]
    before = unchanged(local, graph, known)
    changed = []
    for group in ablated:
        found = intervene(local, graph, [NodeChange(node=node, factor=factor) for node in group], known, before=before)
        changed.append(found.changed_N - found.value_N)
    return torch.stack(changed, 1)


def _agreement(
    graph: Graph,
    regime: str,
    what: str,
    measured_NG: Tensor,
    predicted_NG: Tensor,
    ablated: Sequence[Sequence[str]],
) -> Agreement:
    nodes = graph.nodes
    answers_NG = graph.row[:, None] & ~measured_NG.isnan()
    for column, group in enumerate(ablated):
        numbers = [graph.number(node) for node in group]
        # Only what comes after an ablated latent can answer.
        first_layer = int(nodes.layer[numbers].min())
        answers_NG[:, column] &= nodes.layer > first_layer
        answers_NG[numbers, column] = False
    target_NG = answers_NG & (nodes.kind == TARGET)[:, None]
    return Agreement(
        regime=regime,
        ablated=what,
        correlation=_correlation(measured_NG[answers_NG], predicted_NG[answers_NG]),
        error=_error(measured_NG[answers_NG], predicted_NG[answers_NG]),
        target_correlation=_correlation(measured_NG[target_NG], predicted_NG[target_NG]),
        target_error=_error(measured_NG[target_NG], predicted_NG[target_NG]),
        pairs=int(answers_NG.sum()),
    )


def _correlation(a: Tensor, b: Tensor) -> float:
    if len(a) < 2 or not float(a.std()) or not float(b.std()):
        return float("nan")
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])


def _error(measured: Tensor, predicted: Tensor) -> float:
    size = float(measured.norm())
    return float((measured - predicted).norm()) / size if size else float("nan")


def _kept(local: Local, graph: Graph, ranked: Tensor, count: int) -> Kept:
    generator = torch.Generator().manual_seed(count)
    drawn = ranked[torch.randperm(len(ranked), generator=generator)[:count]]
    clean_V = local.logits_V.double().log_softmax(0)
    found = []
    for chosen in (ranked[:count], drawn):
        mask = torch.zeros(len(graph), dtype=torch.bool)
        mask[chosen] = True
        kept_V = keeping_only(local, graph, mask).double().log_softmax(0)
        found.append((float((clean_V.exp() * (clean_V - kept_V)).sum()), float(kept_V[clean_V.argmax()].exp())))
    (kl, top), (random_kl, random_top) = found
    return Kept(latents=count, kl=kl, top_probability=top, random_kl=random_kl, random_top_probability=random_top)
