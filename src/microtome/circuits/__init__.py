"""Circuits: which latents of which tokens led to a model's output, as a graph that is checked by intervention.

`transcoders` says what is asked of a set of dictionaries; `freezing`, `frozen_map` and `transport` make the linear map
that a model is on one prompt; `replacement` puts the two together; `targets`, `rows` and `attribution` trace a graph
through it; `graph` is what comes out; `intervene` and `faithfulness` measure it in the model.
"""

from microtome.circuits.attribution import TracingConfig, trace, trace_local
from microtome.circuits.faithfulness import Faithfulness, faithfulness
from microtome.circuits.graph import KINDS, Graph, Nodes, Target
from microtome.circuits.intervene import NodeChange, intervene, keeping_only
from microtome.circuits.replacement import Local, ReplacementModel
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
]
