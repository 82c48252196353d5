"""SAELens: its trainer on an iterator of rows, with its defaults."""

from __future__ import annotations

import sae_lens
from common import Task
from sae_lens import SAETrainer
from sae_lens.config import SAETrainerConfig
from sae_lens.saes.batchtopk_sae import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.saes.jumprelu_sae import JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
from torch import Tensor

task = Task()
args, width = task.args, task.rows.shape[1]
common = {"d_in": width, "d_sae": args.latents, "device": "cpu"}
if args.sparsifier == "topk":
    sae = TopKTrainingSAE(TopKTrainingSAEConfig(**common, k=args.l0))
elif args.sparsifier == "batchtopk":
    sae = BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(**common, k=args.l0))
else:
    quadratic = {"jumprelu_sparsity_loss_mode": "quadratic", "target_l0": float(args.l0)}
    sae = JumpReLUTrainingSAE(JumpReLUTrainingSAEConfig(**common, **quadratic))
config = SAETrainerConfig(
    total_training_samples=task.steps * args.batch,
    train_batch_size_samples=args.batch,
    lr_end=3e-5,  # required; its constant schedule never uses it
    device="cpu",
)
sae = SAETrainer(config, sae, task.batches(extra=1)).fit().eval()


def apply(x: Tensor) -> tuple[Tensor, Tensor]:
    codes = sae.encode(x)
    codes = codes.to_dense() if codes.is_sparse else codes
    return sae.decode(codes), codes


task.finish(sae_lens.__version__, apply)
