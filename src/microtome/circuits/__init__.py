"""Attribution graphs: how a prompt's latents make each other and the output."""

from microtome.circuits.graph import KINDS, Graph, Nodes, Target

__all__ = ["KINDS", "Graph", "Nodes", "Target"]
