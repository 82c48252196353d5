"""dictionary_learning: its training loop on an iterator of rows, with its defaults."""

from __future__ import annotations

from importlib.metadata import version

import torch
from common import Task
from dictionary_learning.trainers.batch_top_k import BatchTopKTrainer
from dictionary_learning.trainers.jumprelu import JumpReluTrainer
from dictionary_learning.trainers.top_k import TopKTrainer
from dictionary_learning.training import trainSAE
from torch import Tensor

task = Task()
args, width = task.args, task.rows.shape[1]
trainer_class = {"topk": TopKTrainer, "batchtopk": BatchTopKTrainer, "jumprelu": JumpReluTrainer}[args.sparsifier]
config = {
    "trainer": trainer_class,
    "steps": task.steps,
    "activation_dim": width,
    "dict_size": args.latents,
    "layer": 0,
    "lm_name": "none",
    "device": "cpu",
    "seed": 0,
    # Its own default of 1,000 steps may be longer than the whole run.
    "warmup_steps": max(1, task.steps // 20),
}
config["target_l0" if args.sparsifier == "jumprelu" else "k"] = args.l0
if args.sparsifier == "jumprelu":
    config["sparsity_warmup_steps"] = max(1, task.steps // 20)
if args.sparsifier != "jumprelu":
    config["threshold_start_step"] = min(1000, task.steps // 2)
made = []


class Keep(trainer_class):  # type: ignore[misc, valid-type]
    """The loop returns nothing: this keeps the trainer it makes."""

    def __init__(self, *positional: object, **named: object) -> None:
        super().__init__(*positional, **named)
        made.append(self)


config["trainer"] = Keep
trainSAE(task.batches(), [config], task.steps, device="cpu", autocast_dtype=torch.float32)
sae = made[0].ae


def apply(x: Tensor) -> tuple[Tensor, Tensor]:
    codes = sae.encode(x)
    return sae.decode(codes), codes


task.finish(version("dictionary-learning"), apply)
