"""EleutherAI sparsify: its sparse coder and its optimiser, in the order of steps of its trainer."""

from __future__ import annotations

from importlib.metadata import version

import torch
from common import Task
from schedulefree import ScheduleFreeWrapper
from sparsify import SparseCoder, SparseCoderConfig
from sparsify.sign_sgd import SignSGD
from torch import Tensor

task = Task()
args, width = task.args, task.rows.shape[1]
assert args.sparsifier == "topk"
sae = SparseCoder(width, SparseCoderConfig(num_latents=args.latents, k=args.l0), "cpu", dtype=torch.float32)
sae.b_dec.data.copy_(task.rows[:65536].mean(0))
optimiser = ScheduleFreeWrapper(
    SignSGD([{"params": list(sae.parameters()), "lr": 5e-3 / (args.latents / 2**14) ** 0.5}]), momentum=0.95
)
optimiser.train()
for batch in task.batches():
    sae.set_decoder_norm_to_unit_norm()
    out = sae(batch)
    out.fvu.backward()
    sae.remove_gradient_parallel_to_decoder_directions()
    optimiser.step()
    optimiser.zero_grad()
optimiser.eval()


def apply(x: Tensor) -> tuple[Tensor, Tensor]:
    codes = sae.encode(x)
    dense = torch.zeros(len(x), args.latents).scatter_(1, codes.top_indices, codes.top_acts)
    return sae.decode(codes.top_acts, codes.top_indices), dense


task.finish(version("eai-sparsify"), apply)
