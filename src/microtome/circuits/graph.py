"""An attribution graph: nodes, sparse edges, what was attributed to, and the pair of files that holds them.

A graph is what tracing makes and everything else reads. Its edges are the linear effects `A[target, source]` of the
prompt's replacement model; where a row was computed, the edges into its node sum to the node's pre-activation, and
`residual` says how well they do. Two files hold it: `NAME.json` (what it is of) and `NAME.safetensors` (the numbers).

Legend of suffixes: N nodes, E edges.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.artifacts import read_json, read_pair, write_pair
from microtome.errors import ArtifactError, ConfigError

SCHEMA, VERSION = "microtome.graph", 1
#: `Nodes.kind` counts these. A target is a logit, a difference of logits, a latent or a direction.
KINDS = ("latent", "error", "token", "bias", "target")
LATENT, ERROR, TOKEN, BIAS, TARGET = range(len(KINDS))

_NODE_TYPES = {
    "kind": torch.int8,
    "layer": torch.int16,
    "position": torch.int32,
    "index": torch.int32,
    "activation": torch.float32,
}
_GRAPH_TYPES = {
    "target_E": torch.int32,
    "source_E": torch.int32,
    "weight_E": torch.float32,
    "row": torch.bool,
    "pre_activation": torch.float32,
    "residual": torch.float32,
}
_READING_TYPES = {"layer_K": torch.int16, "row_KD": torch.float32, "constant_K": torch.float32}
_AGAIN = "Restore it from a copy, or trace it again"


@dataclass(frozen=True, eq=False)
class Nodes:
    """What each node is; every tensor is [N].

    `kind`: int8, a place in `KINDS`. `layer`: int16, −1 of tokens and of what lies before layer 0; of a target the
    layer of the MLP that reads it, the number of layers for the unembedding. `position`: int32, the token's place in
    the prompt, −1 of a bias summed over positions. `index`: int32, the latent; the token's id (tokens, logits as
    targets); the bias's place in `Graph.bias_names`; −1 otherwise.
    `activation`: float32, of a latent its code, of an error the norm of its vector, 1 for tokens and biases, of a
    target its value.
    """

    kind: Tensor
    layer: Tensor
    position: Tensor
    index: Tensor
    activation: Tensor

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, chosen_N: Tensor) -> Nodes:
        """Some of the nodes, by a mask or by numbers."""
        return Nodes(**{field.name: getattr(self, field.name)[chosen_N] for field in fields(self)})


@dataclass(frozen=True)
class Target:
    """What was attributed to. `weight`: its share in the influence; the shares of a graph sum to 1."""

    label: str
    token: int | None = None
    probability: float = math.nan
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Readings:
    """How the values of K targets come about, so that they can be measured again: `row_KD` float32 times what the MLP
    of `layer_K` (int16; the number of layers: the unembedding) reads at the target's position, and `constant_K`."""

    layer_K: Tensor
    row_KD: Tensor
    constant_K: Tensor


@dataclass(frozen=True, eq=False)
class Graph:
    """An attribution graph.

    `nodes` are ordered: latents by (layer, position, index), errors by (layer, position), tokens by position, biases,
    and last the targets, as `targets` lists them. Edges are `A[target_E, source_E] = weight_E`, sorted by (target,
    source), each pair once. `row`: whether the inputs of a node were computed (always of targets). `pre_activation`:
    what such a row must sum to. `residual`: |sum of the row − pre-activation| / sum of |row|; both are nan elsewhere.
    `tokens` and `texts`: the prompt. `facts`: JSON: the model, `n_layers`, dictionaries, settings, versions, times.
    `readings`: of the targets; None of a graph from elsewhere.

    Raises `ArtifactError` when these do not fit together.
    """

    nodes: Nodes
    target_E: Tensor
    source_E: Tensor
    weight_E: Tensor
    row: Tensor
    pre_activation: Tensor
    residual: Tensor
    targets: tuple[Target, ...]
    tokens: tuple[int, ...]
    texts: tuple[str, ...]
    bias_names: tuple[str, ...]
    facts: dict[str, Any]
    readings: Readings | None = None

    def __post_init__(self) -> None:
        if problem := _problem(self):
            raise ArtifactError(f"the graph is malformed: {problem}", cure="Make it again from its source")

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def n_edges(self) -> int:
        return len(self.weight_E)

    @property
    def n_layers(self) -> int:
        """Layers of the model; latents of layer i are `layer == i`."""
        return int(self.facts["n_layers"])

    @property
    def weights(self) -> Tensor:
        """The shares of the nodes as starting points of influence: float64 [N], zero but of targets."""
        weight_N = torch.zeros(len(self), dtype=torch.float64)
        weight_N[len(self) - len(self.targets) :] = torch.tensor(
            [target.weight for target in self.targets], dtype=torch.float64
        )
        return weight_N

    def of_kind(self, *kinds: int) -> Tensor:
        """Mask [N] of the nodes of these kinds."""
        return torch.isin(self.nodes.kind, torch.tensor(kinds, dtype=torch.int8))

    def dense(self) -> Tensor:
        """A [N, N], row = target, column = source. For small graphs: a sparse one of 10,000 nodes takes 400 MB."""
        matrix = torch.zeros(len(self), len(self))
        matrix[self.target_E.long(), self.source_E.long()] = self.weight_E
        return matrix

    def node_id(self, number: int) -> str:
        """The name of a node: `L9_P3_4071` a latent, `E9_P3` an error, `T3` a token, `B_name_P3` or, summed over
        positions, `B_name` a bias, `Y0` a target. It is the same in another graph of the same prompt."""
        nodes = self.nodes
        layer, position, index = int(nodes.layer[number]), int(nodes.position[number]), int(nodes.index[number])
        match int(nodes.kind[number]):
            case 0:
                return f"L{layer}_P{position}_{index}"
            case 1:
                return f"E{layer}_P{position}"
            case 2:
                return f"T{position}"
            case 3:
                return f"B_{self.bias_names[index]}" + (f"_P{position}" if position >= 0 else "")
            case _:
                return f"Y{number - (len(self) - len(self.targets))}"

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The names of all nodes, in order."""
        return tuple(self.node_id(number) for number in range(len(self)))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.ids)}

    def number(self, node_id: str) -> int:
        """The inverse of `node_id`. Raises `ConfigError` for a node the graph does not have."""
        if node_id not in self._numbers:
            raise ConfigError(
                f"the graph has no node '{node_id}'",
                cure=f"Give a node of it, such as {', '.join(self._some())}",
            )
        return self._numbers[node_id]

    def _some(self) -> list[str]:
        return [self.node_id(number) for number in dict.fromkeys((0, len(self) - 1))]

    def keep(self, kept_N: Tensor, kept_E: Tensor | None = None) -> Graph:
        """The part with these nodes and, of the edges between them, these (all, without `kept_E`).

        Nothing is put in the place of what is left out: rows no longer sum to their pre-activation. Targets cannot be
        left out (`ConfigError`).
        """
        first_target = len(self) - len(self.targets)
        if not bool(kept_N[first_target:].all()):
            raise ConfigError("a part of a graph without its targets was asked for", cure="Keep the targets")
        target_E, source_E = self.target_E.long(), self.source_E.long()
        edges_E = kept_N[target_E] & kept_N[source_E]
        if kept_E is not None:
            edges_E &= kept_E
        new_N = kept_N.cumsum(0, dtype=torch.int32) - 1
        return replace(
            self,
            nodes=self.nodes[kept_N],
            target_E=new_N[target_E[edges_E]],
            source_E=new_N[source_E[edges_E]],
            weight_E=self.weight_E[edges_E],
            row=self.row[kept_N],
            pre_activation=self.pre_activation[kept_N],
            residual=self.residual[kept_N],
        )

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write `path` (`….json`) and, beside it, `….safetensors`. Raises `ArtifactError`: one is there already, and
        is not to be overwritten."""
        tensors = {name: getattr(self, name) for name in _GRAPH_TYPES}
        tensors |= {f"nodes.{name}": getattr(self.nodes, name) for name in _NODE_TYPES}
        if self.readings is not None:
            tensors |= {f"readings.{name}": getattr(self.readings, name) for name in _READING_TYPES}
        targets = [
            {
                "label": target.label,
                "token": target.token,
                # JSON has no NaN: a direction has no probability.
                "probability": None if math.isnan(target.probability) else target.probability,
                "weight": target.weight,
            }
            for target in self.targets
        ]
        facts = {
            "targets": targets,
            "tokens": list(self.tokens),
            "texts": list(self.texts),
            "bias_names": list(self.bias_names),
            "facts": self.facts,
        }
        write_pair(Path(path), tensors, schema=SCHEMA, version=VERSION, facts=facts, overwrite=overwrite)

    @staticmethod
    def load(path: str | Path) -> Graph:
        """Read what `save` wrote.

        Raises `ArtifactError`, naming the file: missing, cut short, altered, of another kind, newer, or malformed.
        """
        path = Path(path)
        if is_circuit_tracer_json(path):
            raise ArtifactError(
                f"'{path}' is a graph of circuit-tracer, expected one of microtome",
                cure="Convert it with microtome convert, --to microtome",
            )
        said, tensors = read_pair(path, schema=SCHEMA, version=VERSION)
        try:
            return _assemble(said, tensors)
        except ArtifactError as error:
            raise ArtifactError(f"'{path}': {error.problem}", cure=_AGAIN) from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(f"'{path}' is malformed ({type(error).__name__}: {error})", cure=_AGAIN) from None


def is_circuit_tracer_json(path: Path) -> bool:
    """Whether a file is a graph in circuit-tracer's JSON (and no graph of ours)."""
    if path.suffix != ".json" or not path.is_file():
        return False
    try:
        found = read_json(path)
    except ArtifactError:
        return False
    return isinstance(found, dict) and "schema" not in found and {"nodes", "links"} <= found.keys()


def _assemble(said: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Graph:
    targets = tuple(
        Target(
            label=target["label"],
            token=target["token"],
            probability=math.nan if target["probability"] is None else float(target["probability"]),
            weight=float(target["weight"]),
        )
        for target in said["targets"]
    )
    return Graph(
        nodes=Nodes(**{name: tensors[f"nodes.{name}"] for name in _NODE_TYPES}),
        **{name: tensors[name] for name in _GRAPH_TYPES},
        targets=targets,
        tokens=tuple(said["tokens"]),
        texts=tuple(said["texts"]),
        bias_names=tuple(said["bias_names"]),
        facts=said["facts"],
        readings=Readings(**{name: tensors[f"readings.{name}"] for name in _READING_TYPES})
        if "readings.layer_K" in tensors
        else None,
    )


def _problem(graph: Graph) -> str | None:
    """Why the parts of a graph do not fit together, in words, or None."""
    return _shape_problem(graph) or _node_problem(graph) or _edge_problem(graph) or _word_problem(graph)


def _shape_problem(graph: Graph) -> str | None:
    n = len(graph.nodes.kind)
    sizes = dict.fromkeys(("row", "pre_activation", "residual"), n)
    for name, dtype in _GRAPH_TYPES.items():
        tensor, size = getattr(graph, name), sizes.get(name, len(graph.weight_E))
        if tensor.shape != (size,) or tensor.dtype != dtype:
            return f"{name} is {tensor.dtype} of shape {tuple(tensor.shape)}, expected {dtype} of ({size},)"
    for name, dtype in _NODE_TYPES.items():
        tensor = getattr(graph.nodes, name)
        if tensor.shape != (n,) or tensor.dtype != dtype:
            return f"nodes.{name} is {tensor.dtype} of shape {tuple(tensor.shape)}, expected {dtype} of ({n},)"
    for name, dtype in _READING_TYPES.items() if graph.readings is not None else ():
        tensor = getattr(graph.readings, name)
        if len(tensor) != len(graph.targets) or tensor.dim() != 1 + (name == "row_KD") or tensor.dtype != dtype:
            return (
                f"readings.{name} is {tensor.dtype} of shape {tuple(tensor.shape)}, expected {dtype} for "
                f"{len(graph.targets)} targets"
            )
    if not isinstance(graph.facts, dict) or not isinstance(graph.facts.get("n_layers"), int):
        return "its facts do not say n_layers"
    return None


def _node_problem(graph: Graph) -> str | None:
    nodes, n_targets = graph.nodes, len(graph.targets)
    kind = nodes.kind.long()
    if n_targets == 0 or int((kind == TARGET).sum()) != n_targets:
        return f"it has {int((kind == TARGET).sum())} target nodes and {n_targets} targets, expected as many and one"
    if bool((kind < 0).any()) or bool((kind > TARGET).any()) or bool((kind.diff() < 0).any()):
        return "its nodes are not ordered latents, errors, tokens, biases, targets"
    if not bool(graph.row[kind == TARGET].all()):
        return "the row of a target is missing"
    inner = (kind == LATENT) | (kind == ERROR)
    if bool(((nodes.layer < 0) | (nodes.layer >= graph.n_layers))[inner].any()):
        return f"a latent or an error is in a layer that is none of {graph.n_layers}"
    placed = inner | (kind == TOKEN)
    if bool((nodes.position[placed] < 0).any()) or bool((nodes.position >= len(graph.tokens)).any()):
        return f"a node is at a position that is none of {len(graph.tokens)}"
    bias = nodes.index[kind == BIAS]
    if bool((bias < 0).any()) or bool((bias >= len(graph.bias_names)).any()):
        return "a bias has no name"
    ordered = kind <= TOKEN
    if not _ascending([key[ordered] for key in (kind, nodes.layer, nodes.position, nodes.index)]):
        return "its latents, errors or tokens are not in ascending order, or one of them is there twice"
    both = torch.stack([nodes.index.long(), nodes.position.long()], dim=1)[kind == BIAS]
    if len(torch.unique(both, dim=0)) != len(both):
        return "a bias is there twice"
    if not bool(torch.isfinite(nodes.activation).all()):
        return "an activation is not a finite number"
    return None


def _ascending(keys: Sequence[Tensor]) -> bool:
    """Whether tuples of `keys`, each [N], ascend strictly, the first key deciding first."""
    larger = torch.zeros(len(keys[0]) - 1, dtype=torch.bool)
    for key in reversed(keys):
        before, after = key[:-1], key[1:]
        larger = (after > before) | ((after == before) & larger)
    return bool(larger.all())


def _edge_problem(graph: Graph) -> str | None:
    n = len(graph.nodes)
    if graph.n_edges == 0:
        return None
    # In 32 bits, as they are: there may be tens of millions.
    edges = graph.target_E, graph.source_E
    if min(int(end.min()) for end in edges) < 0 or max(int(end.max()) for end in edges) >= n:
        return f"an edge is between nodes that are none of {n}"
    if not _ascending(edges):
        return "its edges are not in ascending order of (target, source), or one of them is there twice"
    if not bool(torch.isfinite(graph.weight_E).all()):
        return "the weight of an edge is not a finite number"
    if not bool(graph.row[graph.target_E.unique_consecutive().long()].all()):
        return "an edge leads into a node whose row was not computed"
    # Targets are the last nodes.
    if int(graph.source_E.max()) >= n - len(graph.targets):
        return "an edge comes from a target"
    return None


def _word_problem(graph: Graph) -> str | None:
    if len(graph.tokens) != len(graph.texts):
        return f"it has {len(graph.tokens)} tokens and {len(graph.texts)} texts of tokens"
    if not all(isinstance(token, int) for token in graph.tokens) or not all(isinstance(t, str) for t in graph.texts):
        return "its tokens are not numbers, or their texts no text"
    if len(set(graph.bias_names)) != len(graph.bias_names):
        return "two biases have one name"
    if odd := [name for name in graph.bias_names if not isinstance(name, str) or re.search(r"_P\d+$", name)]:
        return f"a bias is called '{odd[0]}', which reads as a bias at a position"
    weights = [target.weight for target in graph.targets]
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or abs(sum(weights) - 1) > 1e-3:
        return f"the shares of its targets sum to {sum(weights):.6g}, expected 1"
    return None
