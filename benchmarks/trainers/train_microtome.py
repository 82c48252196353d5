"""microtome: its own training step on normalised rows, with its defaults."""

from __future__ import annotations

from common import Task
from torch import Tensor

import microtome
from microtome.activations import Normalisation
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.kernels import fastest_selection
from microtome.training.initialise import initialise
from microtome.training.optimiser import OptimiserConfig
from microtome.training.step import DictionaryTrainer

task = Task()
args, width = task.args, task.rows.shape[1]
scale = Normalisation.measure(task.rows[:65536], name="rows")
shape = DictionaryConfig(
    kind="sae", sparsifier=args.sparsifier, d_in=width, d_out=width, latents=args.latents, l0=args.l0
)
dictionary = Dictionary(shape)
first = scale.apply(task.rows[:65536])
initialise(dictionary, first, first, seed=0)
trainer = DictionaryTrainer(
    dictionary,
    OptimiserConfig(),
    total_tokens=task.steps * args.batch,
    variance=scale.variance,
    selection=fastest_selection(width, args.latents, args.batch),
)
for batch in task.batches():
    x = scale.apply(batch)
    trainer.step(x, x)


def apply(x: Tensor) -> tuple[Tensor, Tensor]:
    codes = dictionary.encode(scale.apply(x))
    return dictionary.decode(codes) * scale.scale + scale.mean_D, codes.dense()


task.finish(microtome.__version__, apply)
