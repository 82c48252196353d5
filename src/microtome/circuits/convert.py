"""Graphs from one format to the other, and a line for everything that is not the same afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from microtome.circuits.circuit_tracer_json import NAME, load_circuit_tracer_json, save_circuit_tracer_json
from microtome.circuits.graph import Graph, is_circuit_tracer_json
from microtome.circuits.supernodes import Supernode
from microtome.errors import FormatError
from microtome.formats.convert import Converted

#: Formats of graphs.
WRITABLE = ("microtome", NAME)


def convert_graph(source: str | Path, target: str | Path, *, to: str, model: str | None = None) -> Converted:
    """Write the graph in `source` as `target`, both JSON: `to` is `circuit-tracer` or `microtome`.

    `model`: what viewers of circuit-tracer's files look latents up by. Groups and labels of such a file are kept in
    `facts["supernodes"]` and `facts["labels"]`, and written from there. Raises `FormatError` or `ArtifactError`: a bad
    file, an unknown format, or `target` exists.
    """
    source, target = Path(source), Path(target)
    if to not in WRITABLE:
        raise FormatError(
            f"got --to {to} for the graph '{source}', expected one of {', '.join(WRITABLE)}", cure="Choose one of these"
        )
    if not is_circuit_tracer_json(source):
        graph = Graph.load(source)
        if to == "microtome":
            raise FormatError(f"'{source}' is a graph of microtome already", cure=f"Choose --to {NAME}")
        known, said = set(graph.ids), graph.facts.get("labels", {})
        labels = {graph.number(name): label for name, label in said.items() if name in known}
        losses = save_circuit_tracer_json(graph, target, scan=model, supernodes=_groups(graph.facts), labels=labels)
        return Converted((target,), (), tuple(losses))
    if to == NAME:
        raise FormatError(f"'{source}' is a graph of {NAME} already", cure="Choose --to microtome")
    graph, notes = imported(source)
    if model is not None:
        graph = replace(graph, facts=graph.facts | {"model": model})
    graph.save(target)
    return Converted((target,), notes, ())


def imported(source: str | Path) -> tuple[Graph, tuple[str, ...]]:
    """A graph in circuit-tracer's JSON, its groups and labels in the facts, and what was lost. Raises `FormatError`."""
    read = load_circuit_tracer_json(source)
    facts: dict[str, Any] = {**read.graph.facts}
    if read.supernodes:
        facts["supernodes"] = [group.to_json() for group in read.supernodes]
    if read.labels:
        facts["labels"] = {read.graph.node_id(number): label for number, label in read.labels.items()}
    return replace(read.graph, facts=facts), read.notes


def open_graph(path: str | Path) -> Graph:
    """A graph in a file of ours or of circuit-tracer's. Raises `ArtifactError` or `FormatError`."""
    path = Path(path)
    return imported(path)[0] if is_circuit_tracer_json(path) else Graph.load(path)


def _groups(facts: dict[str, Any]) -> list[Supernode]:
    return [Supernode(group["name"], tuple(group["nodes"])) for group in facts.get("supernodes", [])]
