"""Attribution graphs: how a prompt's latents make each other and the output."""

from microtome.circuits.circuit_tracer_json import ForeignGraph, load_circuit_tracer_json, save_circuit_tracer_json
from microtome.circuits.convert import convert_graph
from microtome.circuits.difference import Difference, compare
from microtome.circuits.graph import KINDS, Graph, Nodes, Target
from microtome.circuits.pruning import prune
from microtome.circuits.scores import Scores, completeness_score, influence, replacement_score, score
from microtome.circuits.supernodes import Supernode, find_supernodes

__all__ = [
    "KINDS",
    "Difference",
    "ForeignGraph",
    "Graph",
    "Nodes",
    "Scores",
    "Supernode",
    "Target",
    "compare",
    "completeness_score",
    "convert_graph",
    "find_supernodes",
    "influence",
    "load_circuit_tracer_json",
    "prune",
    "replacement_score",
    "save_circuit_tracer_json",
    "score",
]
