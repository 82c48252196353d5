"""Training: losses, the step, the loop, checkpoints, runs."""

from microtome.training.assemble import Assembly, assemble, assemble_arrays
from microtome.training.config import TrainingConfig, config_from, read_config_file
from microtome.training.loop import Interrupted, Progress
from microtome.training.optimiser import OptimiserConfig
from microtome.training.pipeline import Watcher, train
from microtome.training.run import Run

__all__ = [
    "Assembly",
    "Interrupted",
    "OptimiserConfig",
    "Progress",
    "Run",
    "TrainingConfig",
    "Watcher",
    "assemble",
    "assemble_arrays",
    "config_from",
    "read_config_file",
    "train",
]
