"""What the page Graph shows: the attribution graphs of runs and of files, pruned, and interventions on their nodes.

A graph is `RUN/graphs/NAME.json` or a file of its own that the server was given; both are read again when they changed.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from microtome.app.runs import OpenRuns, Remembered, problem_of
from microtome.app.views import Views
from microtome.errors import ArtifactError, ConfigError, MicrotomeError
from microtome.models.token_text import token_decoder

if TYPE_CHECKING:
    from microtome.circuits.graph import Graph

#: What a page draws smoothly; the weakest are left out above it.
NODES, EDGES = 3_000, 60_000
#: Next tokens of which an intervention tells the probability, before and after it.
TOP = 10


class Unavailable(MicrotomeError):
    """This version of the library cannot do it."""


def is_graph_file(path: str | Path) -> bool:
    """Whether a path given to the server is a graph rather than a run."""
    return Path(path).suffix == ".json" and Path(path).is_file()


class Graphs:
    """The graphs of a server: of its runs, and `files`."""

    def __init__(self, runs: OpenRuns, views: Views, files: Sequence[Path] = ()) -> None:
        self._runs, self._views = runs, views
        self._files = {name: file.resolve() for name, file in zip(_distinct(files), files, strict=True)}
        self._loaded = Remembered(3)
        self._listed = Remembered(256)
        self._locals = Remembered(1)
        # What its changes are compared with: one for each regime.
        self._unchanged = Remembered(3)

    def listing(self, run: str | None) -> list[dict[str, Any]]:
        """Every graph of a run (of all, without one) and every file; one that cannot be read says why."""
        runs = self._runs.identifiers if run is None else [run]
        found: list[tuple[str | None, str, Path]] = [
            (one, name, path) for one in runs for name, path in self._of_run(one)
        ]
        found += [(None, name, path) for name, path in self._files.items()]
        return [self._list_one(one, name, path) for one, name, path in found]

    def _of_run(self, run: str) -> Iterator[tuple[str, Path]]:
        folder = self._runs.run(run).path / "graphs"
        yield from ((path.stem, path) for path in sorted(folder.glob("*.json")) if path.is_file())

    def _list_one(self, run: str | None, name: str, path: Path) -> dict[str, Any]:
        entry = {"run": run, "name": name}

        def summary() -> dict[str, Any]:
            graph = self._graph(path)
            return {
                **entry,
                "model": _model(graph),
                "prompt": "".join(graph.texts),
                "nodes": len(graph),
                "edges": graph.n_edges,
                "scores": _scores(graph),
            }

        try:
            return self._listed.get((run, name), _pair(path), summary)
        except MicrotomeError as error:
            nothing = {"replacement": None, "completeness": None}
            return {
                **entry,
                "model": "",
                "prompt": "",
                "nodes": 0,
                "edges": 0,
                "scores": nothing,
                "error": problem_of(error),
            }

    def _path(self, run: str | None, name: str) -> Path:
        known = self._files if run is None else dict(self._of_run(run))
        if name not in known:
            where = "this server was given no file" if run is None else f"the run '{run}' has no graph"
            raise ArtifactError(
                f"{where} '{name[:100]}', there is {', '.join(known) or 'none'}", cure="Choose one of the list"
            )
        return known[name]

    def _graph(self, path: Path) -> Graph:
        from microtome.circuits.convert import open_graph

        return self._loaded.get(path, _pair(path), lambda: open_graph(path))

    def graph(self, run: str | None, name: str, node_share: float, edge_share: float) -> dict[str, Any]:
        """A pruned graph as the page draws it. Raises `ArtifactError`: no such graph, or one that cannot be read."""
        graph = self._graph(self._path(run, name))
        part = _circuits("pruning").prune(graph, node_share, edge_share)
        influence = _circuits("scores").influence(graph)
        by_id = dict(zip(graph.ids, influence.tolist(), strict=True))
        kept_ids = set(part.ids)
        kept = torch.tensor([one in kept_ids for one in graph.ids])
        part, left_out = bounded(part, torch.tensor([by_id[one] for one in part.ids]))
        labels = self._labels(run, part)
        shown = describe(part, [by_id[one] for one in part.ids], labels)
        return {
            **shown,
            "name": name,
            "scores": _scores(graph),
            "kept_scores": _scores(graph, kept),
            "total": {"nodes": len(graph), "edges": graph.n_edges},
            "left_out": left_out,
            "supernodes": self._groups(run, part, labels),
        }

    def _groups(self, run: str | None, part: Graph, labels: Mapping[int, str]) -> list[dict[str, Any]]:
        """The groups that the graph's file names, of what is shown of them, or those that are found."""
        said = part.facts.get("supernodes")
        if said:
            known = set(part.ids)
            named = [{"name": one["name"], "nodes": [i for i in one["nodes"] if i in known]} for one in said]
            return [one for one in named if one["nodes"]]
        found = _circuits("supernodes").find_supernodes(part, labels=labels, decoder=self._decoder(run, part))
        return [{"name": one.name, "nodes": list(one.nodes)} for one in found]

    def _decoder(self, run: str | None, graph: Graph) -> dict[int, torch.Tensor]:
        """The directions that latents of a run's graph write, by node."""
        found: dict[int, torch.Tensor] = {}
        for name, nodes in _by_dictionary(graph).items() if run is not None else ():
            if name in self._runs.run(str(run)).names:
                rows_ND = self._runs.dictionary(str(run), name).W_dec.detach()[list(nodes.values())].cpu()
                found |= dict(zip(nodes, rows_ND, strict=True))
        return found

    def _labels(self, run: str | None, graph: Graph) -> dict[int, str]:
        """What the graph's file and, before it, the run's stores call the nodes of a graph."""
        said = graph.facts.get("labels", {})
        found = {number: str(said[one]) for number, one in enumerate(graph.ids) if one in said}
        if run is None:
            return found
        known = self._runs.run(run).names
        for name, nodes in _by_dictionary(graph).items():
            if name in known:
                names = self._views.labels(run, name, list(nodes.values()))
                found |= {node: names[latent] for node, latent in nodes.items() if latent in names}
        return found

    def intervene(self, run: str | None, name: str, changes: Sequence[Any], regime: str) -> dict[str, Any]:
        """What changes of nodes do to the next token and to the other latents, measured in the run's model."""
        from microtome.circuits import NodeChange, intervene, unchanged

        if run is None:
            raise ArtifactError(
                "this graph is no run's, there are no transcoders to run it with",
                cure="Put the graph into the run's folder 'graphs'",
            )
        wanted = [NodeChange(**_change(one)) for one in changes]
        path = self._path(run, name)
        graph = self._graph(path)
        with self._runs.forward:
            local = self._locals.get((run, name), _pair(path), lambda: self._local(run, graph))
            before = self._unchanged.get(
                (run, name, regime),
                _pair(path),
                lambda: unchanged(local, graph, regime),  # type: ignore[arg-type]
            )
            measured = intervene(local, graph, wanted, regime, before=before)  # type: ignore[arg-type]
        model = local.model.lm
        before_V, after_V = (logits.float().softmax(-1) for logits in (measured.before_V, measured.after_V))

        def text(token: int) -> str:
            return f"token {token}" if model.tokenizer is None else token_decoder(model.tokenizer)(token)

        tokens = dict.fromkeys([*after_V.topk(TOP).indices.tolist(), *before_V.topk(TOP).indices.tolist()])
        return {
            "logits": [
                {"token_id": one, "token": text(one), "before": float(before_V[one]), "after": float(after_V[one])}
                for one in tokens
            ],
            "nodes": [
                {"id": graph.node_id(i), "before": before, "after": after}
                for i, (before, after) in enumerate(
                    zip(measured.value_N.tolist(), measured.changed_N.tolist(), strict=True)
                )
                if math.isfinite(before) and math.isfinite(after) and before != after
            ],
        }

    def _local(self, run: str, graph: Graph) -> Any:
        from microtome.circuits import ReplacementModel, from_run

        # Rows add up in float32 only, whatever the run was trained in.
        model = self._runs.model(run, dtype="float32")
        names = tuple(str(one["name"]) for one in graph.facts.get("dictionaries", ()))
        return ReplacementModel(model, from_run(model, self._runs.run(run), names)).on(torch.tensor([graph.tokens]))


def describe(graph: Graph, influence: Sequence[float], labels: Mapping[int, str]) -> dict[str, Any]:
    """A graph as JSON: nodes with names and numbers, edges by the places of their nodes."""
    from microtome.circuits.graph import KINDS

    nodes, named = graph.nodes, {one: name for name, found in _by_dictionary(graph).items() for one in found}
    columns = zip(
        graph.ids,
        nodes.kind.tolist(),
        nodes.layer.tolist(),
        nodes.position.tolist(),
        nodes.index.tolist(),
        nodes.activation.tolist(),
        influence,
        graph.residual.tolist(),
        strict=True,
    )
    first_target = len(graph) - len(graph.targets)
    return {
        "prompt": "".join(graph.texts),
        "tokens": list(graph.texts),
        "model": _model(graph),
        "n_layers": graph.n_layers,
        "targets": [
            {"id": graph.ids[first_target + i], "label": one.label, "probability": _finite(one.probability)}
            for i, one in enumerate(graph.targets)
        ],
        "nodes": [
            {
                "id": identifier,
                "kind": KINDS[kind],
                "layer": layer,
                "position": position,
                "index": index,
                "activation": _finite(activation),
                "influence": _finite(through),
                "residual": _finite(residual),
                "label": labels.get(i),
                "dictionary": named.get(i),
            }
            for i, (identifier, kind, layer, position, index, activation, through, residual) in enumerate(columns)
        ],
        "edges": [
            list(edge)
            for edge in zip(graph.source_E.tolist(), graph.target_E.tolist(), graph.weight_E.tolist(), strict=True)
        ],
    }


def bounded(graph: Graph, influence_N: torch.Tensor) -> tuple[Graph, dict[str, int]]:
    """At most `NODES` nodes and `EDGES` edges of a graph, the strongest, and how many that leaves out."""
    from microtome.circuits.graph import BIAS, ERROR, LATENT

    nodes, edges = len(graph), graph.n_edges
    if nodes > NODES:
        kept_N = ~graph.of_kind(LATENT, ERROR, BIAS)
        influence_N = influence_N.masked_fill(kept_N, math.inf)
        kept_N[influence_N.topk(max(NODES, int(kept_N.sum()))).indices] = True
        graph = graph.keep(kept_N)
    if graph.n_edges > EDGES:
        kept_E = torch.zeros(graph.n_edges, dtype=torch.bool)
        kept_E[graph.weight_E.abs().topk(EDGES).indices] = True
        graph = graph.keep(torch.ones(len(graph), dtype=torch.bool), kept_E)
    return graph, {"nodes": nodes - len(graph), "edges": edges - graph.n_edges}


def _by_dictionary(graph: Graph) -> dict[str, dict[int, int]]:
    """For each dictionary of a graph its nodes, with their latents. The facts list dictionaries by layer."""
    from microtome.circuits.graph import LATENT

    names = {
        int(one.get("layer", i)): str(one["name"])
        for i, one in enumerate(graph.facts.get("dictionaries", ()))
        if "name" in one
    }
    found: dict[str, dict[int, int]] = {}
    for node in graph.of_kind(LATENT).nonzero().flatten().tolist():
        if (name := names.get(int(graph.nodes.layer[node]))) is not None:
            found.setdefault(name, {})[node] = int(graph.nodes.index[node])
    return found


def _scores(graph: Graph, kept_N: torch.Tensor | None = None) -> dict[str, float | None]:
    """Scores of a graph, or of the part of it that is kept, the rest counting as errors."""
    found = _circuits("scores").score(graph, kept_N)
    return {"replacement": _finite(found.replacement), "completeness": _finite(found.completeness)}


def _model(graph: Graph) -> str:
    said = graph.facts.get("model", "")
    return str(said.get("name", "") if isinstance(said, dict) else said)


def _circuits(module: str) -> Any:
    """A module of circuits. Pruning and scores may not be in this version."""
    try:
        return importlib.import_module(f"microtome.circuits.{module}")
    except ModuleNotFoundError:
        raise Unavailable(f"this version has no {module} of graphs", cure="Install a newer microtome") from None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _pair(path: Path) -> list[Path]:
    return [path, path.with_suffix(".safetensors")]


def _distinct(files: Sequence[Path]) -> list[str]:
    names: list[str] = []
    for file in files:
        number, wanted = 1, file.stem
        while (name := wanted if number == 1 else f"{wanted}-{number}") in names:
            number += 1
        names.append(name)
    return names


def _change(value: Any) -> dict[str, Any]:
    """A change of a request as the arguments of `NodeChange`, read strictly."""

    def is_number(found: object) -> bool:
        return isinstance(found, int | float) and not isinstance(found, bool)

    given = value if isinstance(value, dict) else {}
    numbers = {key: given[key] for key in ("factor", "value") if key in given}
    if not isinstance(given.get("id"), str) or len(numbers) != 1 or not all(map(is_number, numbers.values())):
        raise ConfigError(
            "a change is not readable, expected a node's id and a factor or a value",
            cure='Send {"id": "L9_P3_4071", "factor": 0}',
        )
    return {"node": given["id"], **{key: float(number) for key, number in numbers.items()}}
