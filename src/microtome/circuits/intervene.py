"""Changing nodes of a graph in the model, and measuring what happens, in three regimes.

| regime | attention patterns | norms | other latents | errors |
|---|---|---|---|---|
| `frozen` | as on the prompt | as on the prompt | as on the prompt | as on the prompt |
| `frozen_attention` | as on the prompt | computed anew | computed anew by the transcoders | as on the prompt |
| `free` | computed anew | computed anew | the model's own MLPs | none |

`frozen` is the linear map: a measured change is the direct effect, and equals the edge. `frozen_attention` lets
latents answer each other, as the replacement model would. `free` is the model itself: a latent is set by adding
(target − what it is now)·W_dec to the MLP's output. Everything is done through the model's edits, and a forward on the
prompt; nothing is left behind.

Legend of suffixes: T position, D d_model, V vocabulary, N nodes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from microtome.circuits.freezing import Frozen
from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN, Graph
from microtome.circuits.replacement import Local
from microtome.errors import ConfigError
from microtome.models.generation import only_at

Regime: TypeAlias = Literal["frozen", "frozen_attention", "free"]
REGIMES: tuple[str, ...] = get_args(Regime)


@dataclass(frozen=True, kw_only=True)
class NodeChange:
    """What is done to a node: `factor` times its contribution, or, of a latent, `value` as its code.

    node: its id in the graph. Raises `ConfigError`: neither, both, or not finite.
    """

    node: str
    factor: float | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        given = self.factor if self.value is None else self.value
        if (self.factor is None) == (self.value is None) or given is None or not math.isfinite(given):
            raise ConfigError(
                f"the change of {self.node} has factor {self.factor} and value {self.value}, "
                "expected one of them, finite",
                cure="Give a factor (0 ablates) or, for a latent, a value",
            )


@dataclass(frozen=True, eq=False)
class Measured:
    """What a forward gave. `logits_V` of the last position before and after; `value_N` and `changed_N`: of the graph's
    latents the pre-activation, of its targets the value, before and after, NaN for other nodes and for targets other
    than logits of a graph from elsewhere."""

    before_V: Tensor
    after_V: Tensor
    value_N: Tensor
    changed_N: Tensor


def intervene(
    local: Local,
    graph: Graph,
    changes: Sequence[NodeChange],
    regime: Regime,
    *,
    before: Outcome | None = None,
) -> Measured:
    """Apply changes to nodes of a prompt's graph, run the model, and compare with what it does without them.

    `before`: what `unchanged` gave for the same graph and regime, so that many changes share that forward. In `free`
    only latents can be changed: errors, tokens and biases are no parts of the model. Raises `ConfigError`: an unknown
    node or regime, a target, a node that cannot be changed so.
    """
    _check_regime(regime)
    if not changes:
        raise ConfigError("got no change, expected at least one", cure="Name a node of the graph")
    check_same_prompt(local, graph)
    plan = _Plan(local, graph)
    for change in changes:
        plan.take(change, regime)
    after = _Forward(local, plan.clamps, plan.added, regime, at=_at_head(local, graph)).run()
    before = unchanged(local, graph, regime) if before is None else before
    return Measured(before.logits_V, after.logits_V, read(local, graph, before), read(local, graph, after))


def unchanged(local: Local, graph: Graph, regime: Regime) -> Outcome:
    """A forward of the graph's prompt under a regime in which nothing is changed. Raises `ConfigError`: another
    prompt, an unknown regime."""
    _check_regime(regime)
    check_same_prompt(local, graph)
    return _Forward(local, {}, {}, regime, at=_at_head(local, graph)).run()


def _check_regime(regime: str) -> None:
    if regime not in REGIMES:
        raise ConfigError(f"got the regime '{regime}', expected one of {', '.join(REGIMES)}", cure="Give one of these")


def _at_head(local: Local, graph: Graph) -> list[int]:
    """Positions whose logits are needed, in order: the last one's, and those that targets read."""
    first_target = len(graph) - len(graph.targets)
    return sorted({local.n_tokens - 1, *graph.nodes.position[first_target:].tolist()})


def check_same_prompt(local: Local, graph: Graph) -> None:
    """Refuse a graph of another prompt."""
    if tuple(local.frozen.tokens_1T[0].tolist()) != graph.tokens:
        raise ConfigError(
            f"the graph is of another prompt ({len(graph.tokens)} tokens, got {local.n_tokens})",
            cure="Run it on the graph's own tokens",
        )


@dataclass(frozen=True, eq=False)
class Outcome:
    """Values after a forward: what every MLP reads [T, D], what the unembedding reads [T, D] (NaN where no logits were
    asked for), and the logits of the last position."""

    mlp_in: list[Tensor]
    hidden: Tensor
    logits_V: Tensor


class _Plan:
    """Changes of nodes as clamped codes {layer: [(position, latent, change)]} and added vectors {site: [T, D]}."""

    def __init__(self, local: Local, graph: Graph) -> None:
        self.local, self.graph = local, graph
        self.clamps: dict[int, list[tuple[int, int, NodeChange]]] = {}
        self.added: dict[str, Tensor] = {}

    def take(self, change: NodeChange, regime: Regime) -> None:
        graph, local = self.graph, self.local
        number = graph.number(change.node)
        nodes = graph.nodes
        kind, layer = int(nodes.kind[number]), int(nodes.layer[number])
        position, index = int(nodes.position[number]), int(nodes.index[number])
        if kind == LATENT:
            self.clamps.setdefault(layer, []).append((position, index, change))
            return
        if kind == TARGET or regime == "free" or change.factor is None:
            raise ConfigError(
                f"{change.node} cannot be changed in the regime {regime}"
                + ("" if change.factor is not None else " to a value"),
                cure="Change latents, or give a factor in the regime frozen or frozen_attention",
            )
        by = change.factor - 1
        if kind == ERROR:
            self._add(f"{layer}.mlp_out", position, by * local.error[layer][position])
        elif kind == TOKEN:
            self._add("0.resid_pre", position, by * local.frozen.token[position])
        elif kind == BIAS:
            self._add_bias(change.node, graph.bias_names[index], by)

    def _add_bias(self, node: str, name: str, by: float) -> None:
        local = self.local
        what, _, layer = name.partition(".")
        every = slice(None)
        if what == "attn":
            self._add(f"{layer}.attn_out", every, by * local.frozen.attn_bias[int(layer)])
        elif what == "positions":
            self._add("0.resid_pre", every, by * local.frozen.position_bias)
        elif what == "first":
            self._add(f"{layer}.mlp_out", 0, by * local.frozen.mlp_out[int(layer)][0])
        elif what == "b_dec":
            vector_TD = local.bias[int(layer)].expand(local.n_tokens, -1).clone()
            W_skip = local.skip[int(layer)]
            if W_skip is not None:
                vector_TD += local.frozen.norm_bias[int(layer)] @ W_skip.T
            if local.constant_first:
                vector_TD[0] = 0.0
            self._add(f"{layer}.mlp_out", every, by * vector_TD)
        else:
            raise ConfigError(f"{node} stands for no one place in the model", cure="Change another node")

    def _add(self, site: str, where: int | slice, vector: Tensor) -> None:
        if site not in self.added:
            self.added[site] = torch.zeros_like(self.local.frozen.hidden)
        self.added[site][where] += vector


class _Forward:
    """One forward of the model under a regime, with clamped latents and added vectors."""

    def __init__(
        self,
        local: Local,
        clamps: Mapping[int, Sequence[tuple[int, int, NodeChange]]],
        added: Mapping[str, Tensor],
        regime: Regime,
        *,
        at: list[int],
        keep: Sequence[Tensor] | None = None,
    ) -> None:
        self.local, self.clamps, self.added, self.regime, self.keep = local, clamps, added, regime, keep
        #: positions whose logits are computed: over a large vocabulary they take as long as all layers
        self.at = at
        #: what latents of layers before write to the MLP outputs of layers to come
        self._pending: dict[int, Tensor] = {}
        self._mlp_in: dict[int, Tensor] = {}

    @torch.no_grad()
    def run(self) -> Outcome:
        local = self.local
        frozen = local.frozen
        lm = local.model.lm
        edits: dict[str, Any] = {}
        for layer in range(frozen.n_layers):
            edits[f"{layer}.{frozen.reads}"] = lambda value, layer=layer: self._read(layer, value)
            edits[f"{layer}.mlp_out"] = lambda value, layer=layer: self._write(layer, value)
        for site, vector_TD in self.added.items():
            if not site.endswith("mlp_out"):
                edits[site] = lambda value, vector_TD=vector_TD: value + vector_TD
        with ExitStack() as stack:
            if self.regime != "free":
                stack.enter_context(Frozen(frozen.constants, scales=self.regime == "frozen"))
            stack.enter_context(lm.edit(edits))
            found = stack.enter_context(lm.record(frozen.head))
            kept = only_at(lm.hf, self.at)
            logits_V = lm.hf(inputs_embeds=frozen.embeds_1TD, use_cache=False, **kept).logits[0, -1]
        inputs = [self._mlp_in[layer] for layer in range(frozen.n_layers)]
        (read_1TD,) = found.values()
        if not kept:
            return Outcome(inputs, read_1TD[0], logits_V)
        hidden_TD = torch.full_like(frozen.hidden, math.nan)
        hidden_TD[self.at] = read_1TD[0]
        return Outcome(inputs, hidden_TD, logits_V)

    def _read(self, layer: int, value: Tensor) -> Tensor:
        self._mlp_in[layer] = value[0].clone()
        return value

    def _write(self, layer: int, value: Tensor) -> Tensor:
        local = self.local
        x_TD = self._mlp_in[layer]
        if self.regime == "frozen":
            out_TD = local.frozen.mlp_out[layer].clone()
            W_skip = local.skip[layer]
            if W_skip is not None:
                # A skip connection is a part of the linear map; only latents stand still.
                first = 1 if local.constant_first else 0
                out_TD[first:] += (x_TD - local.frozen.mlp_in[layer])[first:] @ W_skip.T
            self._clamp(layer, local.frozen.mlp_in[layer])
        elif self.regime == "free":
            out_TD = value[0].clone()
            self._clamp(layer, x_TD)
        else:
            out_TD = self._predicted(layer, x_TD)
            self._clamp(layer, x_TD)
        if layer in self._pending:
            out_TD += self._pending.pop(layer)
        added = self.added.get(f"{layer}.mlp_out")
        if added is not None:
            out_TD += added
        return out_TD[None]

    def _predicted(self, layer: int, x_TD: Tensor) -> Tensor:
        """The transcoders' answer to what the MLP reads now, with the prompt's error; a constant first stays."""
        local = self.local
        found = local.model.transcoders.active(layer, x_TD)
        first = 1 if local.constant_first else 0
        value_N = found.value_N * (found.position_N >= first)
        if self.keep is not None:
            value_N = value_N * self.keep[layer][found.position_N, found.latent_N]
        for after in range(found.decoder_UOD.shape[1]):
            self._to(layer + after).index_add_(
                0, found.position_N, found.decoder_UOD[found.row_N, after] * value_N[:, None]
            )
        out_TD = local.error[layer] + local.bias[layer]
        W_skip = local.skip[layer]
        if W_skip is not None:
            out_TD = out_TD + x_TD @ W_skip.T
        if local.constant_first:
            out_TD[0] = local.frozen.mlp_out[layer][0]
        return out_TD

    def _to(self, layer: int) -> Tensor:
        if layer not in self._pending:
            self._pending[layer] = torch.zeros_like(self.local.frozen.hidden)
        return self._pending[layer]

    def _clamp(self, layer: int, x_TD: Tensor) -> None:
        """Add what clamped latents write beyond what they do on `x_TD` now."""
        clamps = self.clamps.get(layer, ())
        if not clamps:
            return
        local = self.local
        codes_TF = local.model.transcoders.codes(layer, x_TD)
        for position, latent, change in clamps:
            was = float(codes_TF[position, latent])
            graph_value = self._value_on_prompt(layer, position, latent)
            value = change.value if change.value is not None else (change.factor or 0.0) * graph_value
            decoder_OD = local.active[layer].decoder_UOD[self._row(layer, position, latent)]
            for after, row_D in enumerate(decoder_OD):
                self._to(layer + after)[position] += (value - was) * row_D

    def _row(self, layer: int, position: int, latent: int) -> int:
        active = self.local.active[layer]
        return int((active.latent_U == latent).nonzero()[0, 0])

    def _value_on_prompt(self, layer: int, position: int, latent: int) -> float:
        active = self.local.active[layer]
        here = (active.position_N == position) & (active.latent_N == latent)
        return float(active.value_N[here].sum())


def read(local: Local, graph: Graph, outcome: Outcome) -> Tensor:
    """Pre-activations of the graph's latents and values of its targets after a forward, [N] float64, NaN elsewhere."""
    nodes = graph.nodes
    value_N = torch.full((len(graph),), math.nan, dtype=torch.float64)
    latent = nodes.kind == LATENT
    for layer in nodes.layer[latent].unique().tolist():
        here = (latent & (nodes.layer == layer)).nonzero()[:, 0]
        rows_ND, bias_N = local.model.transcoders.rows(layer, nodes.index[here].long())
        inputs_ND = outcome.mlp_in[layer][nodes.position[here].long()]
        value_N[here] = ((inputs_ND * rows_ND).sum(1) + bias_N).double().cpu()
    first_target = len(graph) - len(graph.targets)
    for place in range(len(graph.targets)):
        found = _reading(local, graph, place)
        if found is not None:
            layer, row_D, constant = found
            read_TD = outcome.hidden if layer == local.frozen.n_layers else outcome.mlp_in[layer]
            position = int(nodes.position[first_target + place])
            value_N[first_target + place] = float(read_TD[position] @ row_D) + constant
    return value_N


def _reading(local: Local, graph: Graph, place: int) -> tuple[int, Tensor, float] | None:
    """(layer, row [D], constant) of a target; of a graph from elsewhere only a logit's are known."""
    if graph.readings is not None:
        row_D = graph.readings.row_KD[place].to(local.frozen.hidden)
        return int(graph.readings.layer_K[place]), row_D, float(graph.readings.constant_K[place])
    token = graph.targets[place].token
    return None if token is None else (local.frozen.n_layers, *local.model.logit_row(token))


def keeping_only(local: Local, graph: Graph, kept: Tensor) -> Tensor:
    """Logits [V] of the replacement model in which only the latents of `kept` (mask [N] of the graph) may write.

    Patterns and errors stay as on the prompt; latents are computed anew.
    """
    check_same_prompt(local, graph)
    transcoders = local.model.transcoders
    masks = []
    for layer in range(local.frozen.n_layers):
        mask_TF = torch.zeros(local.n_tokens, transcoders.latents(layer))
        here = kept & (graph.nodes.kind == LATENT) & (graph.nodes.layer == layer)
        mask_TF[graph.nodes.position[here].long(), graph.nodes.index[here].long()] = 1.0
        masks.append(mask_TF.to(local.frozen.hidden))
    at = [local.n_tokens - 1]
    return _Forward(local, {}, {}, "frozen_attention", at=at, keep=masks).run().logits_V
