"""circuit-tracer's graph JSON, which its own viewer and Neuronpedia open: read, and written.

Facts from circuit-tracer 0.5.0 (https://github.com/safety-research/circuit-tracer): `frontend/graph_models.py` (keys;
`feature` of a latent is the Cantor pairing of layer and latent; ids `layer_latent_position`, `E_token_position`;
logits lie in layer n_layers + 1 and are called `Output "token" (p=0.123)`), `utils/create_graph_files.py` (only nodes
and edges that survive pruning; `influence` is the share of all influence a node reaches together with those above it),
and `frontend/assets/attribution_graph/util-cg.js` (what the viewer reads). Its error nodes have the id
`0_layer_position`, which may also be that of a latent of layer 0; Neuronpedia's own graphs say `layer_-1_position`, and
so is written here. Which keys Neuronpedia demands is in its `apps/webapp/app/api/graph/graph-schema.json`
(https://github.com/hijohnnylin/neuronpedia).

Neither has a place for biases. What is said of the graph beyond the layout is kept under `metadata.microtome`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from microtome.artifacts import read_json, write_bytes
from microtome.circuits.graph import BIAS, ERROR, KINDS, LATENT, TARGET, TOKEN, Graph, Nodes, Target
from microtome.circuits.pruning import prune
from microtome.circuits.scores import cumulative, influence
from microtome.circuits.supernodes import Supernode
from microtome.errors import ArtifactError, FormatError

NAME = "circuit-tracer"
_TYPES = {"cross layer transcoder": LATENT, "unexplored node": LATENT, "mlp reconstruction error": ERROR,
          "embedding": TOKEN, "logit": TARGET}  # fmt: skip
_WRITTEN = {LATENT: "cross layer transcoder", ERROR: "mlp reconstruction error", TOKEN: "embedding", TARGET: "logit"}
_AGAIN = "Download it again, or ask whoever made it"
_OWN = "microtome"

_Key = tuple[int, int, int, int]


@dataclass(frozen=True)
class ForeignGraph:
    """A graph of circuit-tracer's: `supernodes` as its viewer saved them, under our names of nodes; `labels`: number of
    a node -> what its file calls it; `notes`: everything that is not as in the file."""

    graph: Graph
    supernodes: tuple[Supernode, ...]
    labels: dict[int, str]
    notes: tuple[str, ...]


def save_circuit_tracer_json(
    graph: Graph,
    path: str | Path,
    *,
    scan: str | None = None,
    node_share: float = 0.8,
    edge_share: float = 0.98,
    supernodes: Sequence[Supernode] = (),
    labels: Mapping[int, str] | None = None,
) -> list[str]:
    """Write a graph, pruned as circuit-tracer prunes (1 and 1 keep everything), and return what is lost.

    `scan`: what viewers look latents up by, Neuronpedia's name of the model; by default the model's name. `labels`:
    number of a node -> its label. Raises `ArtifactError` when `path` exists or cannot be written, `ConfigError` for a
    share outside 0 to 1.
    """
    path = Path(path)
    if path.exists():
        raise ArtifactError(f"'{path}' exists already", cure="Choose another name, or remove it first")
    part = prune(graph, node_share, edge_share) if min(node_share, edge_share) < 1 else graph
    reached = dict(zip(graph.ids, cumulative(influence(graph)).tolist(), strict=True))
    titles = {graph.node_id(number): label for number, label in (labels or {}).items()}
    names = _names(part)
    nodes = [
        _node(part, number, name, reached[part.node_id(number)], titles.get(part.node_id(number), ""))
        for number, name in enumerate(names)
        if name is not None
    ]
    edges = zip(part.source_E.tolist(), part.target_E.tolist(), part.weight_E.tolist(), strict=True)
    links = [
        {"source": names[source], "target": names[target], "weight": weight}
        for source, target, weight in edges
        if names[source] is not None and names[target] is not None
    ]
    by_id = dict(zip(part.ids, names, strict=True))
    groups = [[group.name, *(by_id[i] for i in group.nodes if by_id.get(i))] for group in supernodes]
    groups = [group for group in groups if len(group) > 1]
    text = json.dumps(
        {
            "metadata": _metadata(graph, path.stem, scan, node_share, edge_share),
            "qParams": {
                "pinnedIds": [name for group in groups for name in group[1:]],
                "supernodes": groups,
                "linkType": "both",
                "clickedId": "",
                "sg_pos": "",
            },
            "nodes": nodes,
            "links": links,
        },
        allow_nan=False,
        ensure_ascii=False,
        indent=1,
    )
    write_bytes(path, (text + "\n").encode())
    return _losses(graph, part, len(supernodes) - len(groups))


def load_circuit_tracer_json(path: str | Path) -> ForeignGraph:
    """Read a graph of circuit-tracer's or Neuronpedia's.

    Weights of targets are their probabilities, normalised. Nodes of kinds that are not known here (attention latents,
    biases) are left out, with a note. Raises `FormatError`: unreadable, or not what its layout says.
    """
    path = Path(path)
    try:
        content = read_json(path)
    except ArtifactError as error:
        raise FormatError(error.problem, cure=_AGAIN) from None
    if not isinstance(content, dict) or not {"metadata", "nodes", "links"} <= content.keys():
        raise FormatError(
            f"'{path}' has no metadata, nodes and links, expected a graph of {NAME}", cure="Give a graph's JSON"
        )
    try:
        return _Reader(content).graph()
    except (FormatError, ArtifactError) as error:
        raise FormatError(f"'{path}': {error.problem}", cure=_AGAIN) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RuntimeError) as error:
        why = " ".join(str(error).split())[:120]
        raise FormatError(f"'{path}' is malformed ({type(error).__name__}: {why})", cure=_AGAIN) from None


def cantor(layer: int, latent: int) -> int:
    """One number for a layer and a latent: (a + b)(a + b + 1)/2 + b."""
    return (layer + latent) * (layer + latent + 1) // 2 + latent


def uncantor(number: int) -> tuple[int, int]:
    """The inverse of `cantor`."""
    total = (math.isqrt(8 * number + 1) - 1) // 2
    latent = number - total * (total + 1) // 2
    return total - latent, latent


def _names(graph: Graph) -> list[str | None]:
    """Ids of the nodes in the file; None for what it cannot hold."""
    nodes = graph.nodes
    names: list[str | None] = []
    first_target = len(graph) - len(graph.targets)
    numbers = zip(nodes.kind.tolist(), nodes.layer.tolist(), nodes.position.tolist(), nodes.index.tolist(), strict=True)
    for number, (kind, layer, position, index) in enumerate(numbers):
        match kind:
            case 0:
                names.append(f"{layer}_{index}_{position}")
            case 1:
                names.append(f"{layer}_-1_{position}")
            case 2:
                names.append(f"E_{graph.tokens[position]}_{position}")
            case 3:
                names.append(None)
            case _:
                names.append(f"{graph.n_layers + 1}_{_vocabulary_index(graph, number - first_target)}_{position}")
    return names


def _vocabulary_index(graph: Graph, place: int) -> int:
    """A target's token or, for what is none, a number beyond the vocabulary, as circuit-tracer gives it."""
    token = graph.targets[place].token
    if token is not None and [target.token for target in graph.targets].index(token) == place:
        return token
    known = [target.token or 0 for target in graph.targets]
    return max(int(graph.facts.get("vocabulary") or 0), max(known) + 1) + place


def _node(graph: Graph, number: int, name: str, reached: float, label: str) -> dict[str, Any]:
    nodes = graph.nodes
    kind, layer, position = int(nodes.kind[number]), int(nodes.layer[number]), int(nodes.position[number])
    index = int(nodes.index[number])
    node: dict[str, Any] = {
        "node_id": name,
        "feature": -1,
        "layer": str(layer),
        "ctx_idx": position,
        "feature_type": _WRITTEN[kind],
        "token_prob": 0.0,
        "is_target_logit": False,
        "run_idx": 0,
        "reverse_ctx_idx": 0,
        "jsNodeId": f"{name.rpartition('_')[0]}-{position}",
        "clerp": label,
        "influence": reached,
        "activation": None,
    }
    if kind == LATENT:
        node |= {"feature": cantor(layer, index), "activation": float(nodes.activation[number])}
        node["jsNodeId"] = f"{layer}_{index}-0"
    elif kind == TOKEN:
        node |= {"feature": position, "layer": "E"}
    elif kind == TARGET:
        place = number - (len(graph) - len(graph.targets))
        target, word = graph.targets[place], _vocabulary_index(graph, place)
        # A direction has no probability; the viewer reads one from every logit's title.
        probability = target.weight if math.isnan(target.probability) else target.probability
        node |= {
            "feature": word,
            "layer": str(graph.n_layers + 1),
            "token_prob": probability,
            "is_target_logit": place == 0,
            "jsNodeId": f"L_{word}-{position}",
            "clerp": f'Output "{target.label}" (p={probability:.3f})',
            "influence": None,
        }
    return node


def _metadata(graph: Graph, slug: str, scan: str | None, node_share: float, edge_share: float) -> dict[str, Any]:
    import microtome

    model = graph.facts.get("model")
    named = model.get("id") if isinstance(model, dict) else model
    return {
        "slug": slug,
        "scan": scan or str(named or "unknown").rpartition("/")[2],
        "transcoder_list": [],
        "prompt_tokens": list(graph.texts),
        "prompt": "".join(graph.texts),
        "node_threshold": node_share,
        "schema_version": 1,
        "info": {"generator": {"name": "microtome", "version": microtome.__version__}},
        "pruning_settings": {"node_threshold": node_share, "edge_threshold": edge_share},
        _OWN: {
            "facts": graph.facts,
            "tokens": list(graph.tokens),
            "targets": [
                {
                    "id": name,
                    "label": target.label,
                    "token": target.token,
                    "probability": None if math.isnan(target.probability) else target.probability,
                    "weight": target.weight,
                    "value": value,
                    "layer": layer,
                }
                for name, target, layer, value in zip(
                    _names(graph)[-len(graph.targets) :],
                    graph.targets,
                    graph.nodes.layer[-len(graph.targets) :].tolist(),
                    graph.nodes.activation[-len(graph.targets) :].tolist(),
                    strict=True,
                )
            ],
        },
    }


def _losses(graph: Graph, part: Graph, groups: int) -> list[str]:
    losses = []
    if len(part) < len(graph) or part.n_edges < graph.n_edges:
        losses.append(
            f"{len(graph) - len(part):,} of {len(graph):,} nodes and {graph.n_edges - part.n_edges:,} of "
            f"{graph.n_edges:,} edges, which pruning leaves out"
        )
    bias_N = part.of_kind(BIAS)
    if bool(bias_N.any()):
        edges = int(bias_N[part.source_E.long()].sum())
        losses.append(f"{int(bias_N.sum()):,} biases and the {edges:,} edges from them: {NAME} has none")
    if bool(part.of_kind(ERROR).any()):
        losses.append("the sizes of the errors")
    losses.append("pre-activations, residuals, and which rows were computed")
    if bool((part.of_kind(TARGET) & (part.nodes.index < 0)).any()):
        losses.append(f"targets that are no logits are shown as logits beyond the vocabulary: {NAME} has only logits")
    if groups:
        losses.append(f"{groups} groups whose nodes pruning leaves out")
    return losses


class _Reader:
    """Turns the content of a file into a graph; whatever does not fit is a `FormatError` or a plain error."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.metadata: Mapping[str, Any] = content["metadata"]
        self.texts = tuple(str(text) for text in self.metadata["prompt_tokens"])
        self.raw: list[Mapping[str, Any]] = content["nodes"]
        self.links: list[Mapping[str, Any]] = content["links"]
        self.groups = (content.get("qParams") or {}).get("supernodes") or []
        own = self.metadata.get(_OWN)
        self.own: Mapping[str, Any] = own if isinstance(own, dict) else {}
        self.notes: list[str] = []

    def graph(self) -> ForeignGraph:
        known = [node for node in self.raw if node["feature_type"] in _TYPES]
        left_out = Counter(str(node["feature_type"]) for node in self.raw if node["feature_type"] not in _TYPES)
        logits = [node for node in known if node["feature_type"] == "logit"]
        if not logits:
            raise FormatError("it has no logit, expected one at least", cure=_AGAIN)
        inner = [int(node["layer"]) for node in known if _TYPES[node["feature_type"]] in (LATENT, ERROR)]
        top = int(logits[0]["layer"])
        if max(inner, default=0) >= top:
            raise FormatError(f"a latent or an error is in layer {max(inner)}, its logits are in {top}", cure=_AGAIN)
        facts = dict(self.own.get("facts") or {})
        n_layers = facts.get("n_layers")
        if not isinstance(n_layers, int):
            n_layers = max(top - 1, max(inner, default=0) + 1)
            facts = {"n_layers": n_layers, "model": self.metadata.get("scan"), "format": NAME, "said": self._said()}
        keyed = [(self._key(node, n_layers), node) for node in known]
        # Targets stay in the file's order.
        order = sorted(range(len(keyed)), key=lambda i: (TARGET, i) if keyed[i][0][0] == TARGET else keyed[i][0])
        keyed = [keyed[i] for i in order]
        target_E, source_E, weight_E = self._edges([node for _, node in keyed], left_out)
        targets, values = self._targets([node for key, node in keyed if key[0] == TARGET])
        activations = [self._activation(key, node) for key, node in keyed]
        activations[len(keyed) - len(targets) :] = values
        n = len(keyed)
        kind = torch.tensor([key[0] for key, _ in keyed], dtype=torch.int8)
        row = kind == TARGET
        row[target_E.long()] = True
        graph = Graph(
            nodes=Nodes(
                kind=kind,
                layer=torch.tensor([key[1] for key, _ in keyed], dtype=torch.int16),
                position=torch.tensor([key[2] for key, _ in keyed], dtype=torch.int32),
                index=torch.tensor([key[3] for key, _ in keyed], dtype=torch.int32),
                activation=torch.tensor(activations, dtype=torch.float32),
            ),
            target_E=target_E,
            source_E=source_E,
            weight_E=weight_E,
            row=row,
            pre_activation=torch.full((n,), math.nan),
            residual=torch.full((n,), math.nan),
            targets=targets,
            tokens=self._tokens(keyed),
            texts=self.texts,
            bias_names=(),
            facts=facts,
        )
        for kind_name, count in left_out.items():
            self.notes.append(f"{count:,} nodes of the kind '{kind_name}' are left out, {KINDS[0]}s of MLPs are read")
        self.notes.append("rows are as pruned: they do not sum to pre-activations, which the file does not say")
        place = {str(node["node_id"]): number for number, (_, node) in reversed(list(enumerate(keyed)))}
        labels = {
            number: str(node["clerp"])
            for number, (key, node) in enumerate(keyed)
            if node.get("clerp") and key[0] in (LATENT, ERROR)
        }
        return ForeignGraph(graph, self._supernodes(graph, place), labels, tuple(self.notes))

    def _said(self) -> dict[str, Any]:
        """What the file says of its making."""
        return {key: self.metadata[key] for key in ("slug", "info", "pruning_settings") if key in self.metadata}

    def _key(self, node: Mapping[str, Any], n_layers: int) -> _Key:
        kind, position = _TYPES[node["feature_type"]], int(node["ctx_idx"])
        if kind == TOKEN:
            return kind, -1, position, self._token(node)
        if kind == TARGET:
            own = {target["id"]: target for target in self.own.get("targets") or []}.get(node["node_id"], {})
            return kind, int(own.get("layer", n_layers)), position, int(node["feature"])
        layer = int(node["layer"])
        return kind, layer, position, -1 if kind == ERROR else self._latent(node, layer)

    def _latent(self, node: Mapping[str, Any], layer: int) -> int:
        """A latent's number: from its id where that agrees with its layer, else from `feature`, paired or plain."""
        named = re.fullmatch(rf"{layer}_(\d+)_(\d+)", str(node["node_id"]))
        if named and int(named[2]) == int(node["ctx_idx"]):
            return int(named[1])
        number = int(node["feature"])
        if number < 0:
            raise FormatError(f"the latent '{node['node_id']}' has no number", cure=_AGAIN)
        paired_layer, latent = uncantor(number)
        return latent if paired_layer == layer else number

    @staticmethod
    def _token(node: Mapping[str, Any]) -> int:
        named = re.fullmatch(r"E_(\d+)_\d+", str(node["node_id"]))
        return int(named[1]) if named else -1

    @staticmethod
    def _activation(key: _Key, node: Mapping[str, Any]) -> float:
        said = node.get("activation")
        if said is not None:
            return float(said)
        # Errors' sizes and, in old files, activations are not said.
        return 0.0 if key[0] in (LATENT, ERROR) else 1.0

    def _tokens(self, keyed: Sequence[tuple[_Key, Mapping[str, Any]]]) -> tuple[int, ...]:
        if isinstance(self.own.get("tokens"), list):
            return tuple(int(token) for token in self.own["tokens"])
        found = {key[2]: key[3] for key, _ in keyed if key[0] == TOKEN}
        if len(found) < len(self.texts):
            self.notes.append(f"{len(self.texts) - len(found)} tokens have no number in the file, they are −1")
        return tuple(found.get(position, -1) for position in range(len(self.texts)))

    def _targets(self, logits: Sequence[Mapping[str, Any]]) -> tuple[tuple[Target, ...], list[float]]:
        """The targets and their values: as we wrote them, or from the logits' probabilities and titles."""
        own = {target["id"]: target for target in self.own.get("targets") or []}
        if own.keys() >= {node["node_id"] for node in logits}:
            said = [own[node["node_id"]] for node in logits]
            targets = [
                Target(
                    label=target["label"],
                    token=target["token"],
                    probability=math.nan if target["probability"] is None else float(target["probability"]),
                    weight=float(target["weight"]),
                )
                for target in said
            ]
            return tuple(targets), [float(target["value"]) for target in said]
        probabilities = [float(node.get("token_prob") or 0.0) for node in logits]
        total = sum(probabilities)
        self.notes.append("logits' values are not in the file, they are 0")
        titles = [re.fullmatch(r'Output "(.*)" \(p=[^)]*\)', str(node.get("clerp")), re.DOTALL) for node in logits]
        return tuple(
            Target(
                label=title[1] if title else str(node.get("clerp") or node["node_id"]),
                token=int(node["feature"]),
                probability=probability,
                weight=probability / total if total > 0 else 1 / len(logits),
            )
            for node, probability, title in zip(logits, probabilities, titles, strict=True)
        ), [0.0] * len(logits)

    def _edges(
        self, nodes: Sequence[Mapping[str, Any]], left_out: Mapping[str, int]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The links by number, sorted. An id may stand for a latent of layer 0 and for an error, as older files have
        it: the first of two equal links is then the latent's, since such files list latents first."""
        places: dict[str, list[int]] = {}
        for number, node in enumerate(nodes):
            places.setdefault(str(node["node_id"]), []).append(number)
        gone = {str(node["node_id"]) for node in self.raw if node["feature_type"] in left_out} - places.keys()
        edges: dict[tuple[int, int], float] = {}
        dropped, doubtful = 0, 0
        for link in self.links:
            ends = [str(link["source"]), str(link["target"])]
            if unknown := [end for end in ends if end not in places and end not in gone]:
                raise FormatError(f"a link names the node '{unknown[0]}', which is not there", cure=_AGAIN)
            if gone.intersection(ends):
                dropped += 1
                continue
            source, target = places[ends[0]], places[ends[1]][0]
            free = [number for number in source if (target, number) not in edges]
            if not free:
                raise FormatError(f"the link from '{ends[0]}' to '{ends[1]}' is there twice", cure=_AGAIN)
            doubtful += len(source) > 1 and free == source
            doubtful -= len(source) > 1 and free != source
            edges[target, free[0]] = float(link["weight"])
        if dropped:
            self.notes.append(f"{dropped:,} edges of nodes that are left out are left out")
        if doubtful:
            self.notes.append(
                f"{doubtful:,} edges come from an id that a latent of layer 0 and an error share, they are taken to be "
                "the latent's"
            )
        found = sorted(edges)
        return (
            torch.tensor([target for target, _ in found], dtype=torch.int32),
            torch.tensor([source for _, source in found], dtype=torch.int32),
            torch.tensor([edges[pair] for pair in found], dtype=torch.float32),
        )

    def _supernodes(self, graph: Graph, place: Mapping[str, int]) -> tuple[Supernode, ...]:
        groups = []
        for name, *members in self.groups:
            own = tuple(graph.node_id(place[str(member)]) for member in members if str(member) in place)
            if own:
                groups.append(Supernode(str(name), own))
        return tuple(groups)
