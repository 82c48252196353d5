"""Circuits: which latents of which tokens led to a model's output, as a graph that is checked by intervention.

`transcoders` says what is asked of a set of dictionaries; `freezing`, `frozen_map` and `transport` make the linear map
that a model is on one prompt; `replacement` puts the two together; `targets`, `rows` and `attribution` trace a graph
through it; `graph` is what comes out; `scores`, `pruning`, `supernodes` and `difference` read it; `intervene` and
`faithfulness` measure it in the model.
"""

from microtome.circuits.attribution import TracingConfig, trace, trace_local
from microtome.circuits.circuit_tracer_json import ForeignGraph, load_circuit_tracer_json, save_circuit_tracer_json
from microtome.circuits.convert import convert_graph
from microtome.circuits.difference import Difference, compare
from microtome.circuits.faithfulness import Faithfulness, faithfulness, strongest_groups
from microtome.circuits.graph import KINDS, Graph, Nodes, Target
from microtome.circuits.intervene import NodeChange, intervene, keeping_only, unchanged
from microtome.circuits.pruning import prune
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.scores import Scores, completeness_score, influence, replacement_score, score
from microtome.circuits.supernodes import Supernode, find_supernodes
from microtome.circuits.targets import Aim, direction, latent, likely_logits, logit_difference, logits
from microtome.circuits.transcoders import (
    Transcoders,
    from_crosslayer,
    from_placed,
    from_run,
    from_set,
    open_transcoders,
)

__all__ = [
    "Difference",
    "ForeignGraph",
    "Scores",
    "Supernode",
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
    "strongest_groups",
    "KINDS",
    "Aim",
    "Faithfulness",
    "Graph",
    "Local",
    "NodeChange",
    "Nodes",
    "ReplacementModel",
    "Target",
    "TracingConfig",
    "Transcoders",
    "direction",
    "faithfulness",
    "from_crosslayer",
    "from_placed",
    "from_run",
    "from_set",
    "intervene",
    "keeping_only",
    "latent",
    "likely_logits",
    "logit_difference",
    "logits",
    "open_transcoders",
    "trace",
    "trace_local",
    "unchanged",
]
