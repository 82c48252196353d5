"""Trace a circuit: a transcoder for every MLP, the graph of a prompt, and what ablating its strongest latent does.

python examples/trace_a_circuit.py [FOLDER]
"""

import sys

import torch

from microtome import LanguageModel, TrainingConfig, train
from microtome.circuits import (
    NodeChange,
    ReplacementModel,
    TracingConfig,
    from_run,
    influence,
    intervene,
    prune,
    score,
    trace_local,
)

folder = sys.argv[1] if len(sys.argv) > 1 else "circuit-run"
lm = LanguageModel.load("tiny", dtype="float32")
config = TrainingConfig(
    model="tiny",
    text="builtin:python-docs",
    sites=("*.mlp_out",),
    kinds=("transcoder",),
    latents=(256,),
    l0s=(12.0,),
    tokens=30_000,
    eval_tokens=2_000,
    eval_loss_tokens=0,
)
run = train(config, folder, model=lm)

# The model with its MLPs replaced by transcoders and error vectors: the same logits, and a linear map between them.
local = ReplacementModel(lm, from_run(lm, run)).on(lm.encode("import numpy as"))
print(f"{local.n_active} latents fire; linear to {local.frozen.deviation:.0e}")

# Gradients flow through attention's values and norms only: from position 2 nothing reaches a later position.
grad = torch.zeros(1, local.n_tokens, lm.d_model)
grad[0, 2] = 1.0
back = local.frozen.attention_back(1, grad)[0]
print("gradient by position:", [round(float(row.norm()), 3) for row in back])

graph = trace_local(local, config=TracingConfig(max_nodes=200))
small = prune(graph, node_share=0.8, edge_share=0.98)
print(f"{len(graph)} nodes, {len(small)} after pruning; {score(graph)}")

strength = influence(graph) * (graph.nodes.kind == 0)
strongest = graph.node_id(int(strength.argmax()))
for regime in ("frozen", "frozen_attention", "free"):
    found = intervene(local, graph, [NodeChange(node=strongest, factor=0.0)], regime)
    change = found.after_V.softmax(0) - found.before_V.softmax(0)
    print(f"{regime:<16} without {strongest}: largest change of a probability {float(change.abs().max()):.4f}")
(run.path / "graphs").mkdir()
graph.save(run.path / "graphs" / "numpy.json")
