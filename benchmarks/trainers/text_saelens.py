"""SAELens from text: its own pipeline (`LanguageModelSAETrainingRunner`) with its defaults, on a local model."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from datasets import Dataset
from sae_lens import LanguageModelSAERunnerConfig, LanguageModelSAETrainingRunner, LoggingConfig
from sae_lens.saes.topk_sae import TopKTrainingSAEConfig

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--text", type=Path, required=True)
parser.add_argument("--tokens", type=int, required=True)
parser.add_argument("--module", required=True)
parser.add_argument("--width", type=int, required=True)
parser.add_argument("--latents", type=int, required=True)
parser.add_argument("--l0", type=int, default=32)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--out", type=Path, required=True)
args = parser.parse_args()
torch.set_num_threads(args.threads)
documents = [line for line in args.text.read_text().splitlines() if line.strip()]
config = LanguageModelSAERunnerConfig(
    sae=TopKTrainingSAEConfig(d_in=args.width, d_sae=args.latents, k=args.l0, device="cpu"),
    model_name=args.model,
    model_class_name="AutoModelForCausalLM",
    hook_name=args.module,
    is_dataset_tokenized=False,
    streaming=False,
    training_tokens=args.tokens,
    train_batch_size_tokens=args.batch,
    context_size=128,
    n_batches_in_buffer=64,  # of contexts; its default of 20 is refused with batches of 4,096
    device="cpu",
    logger=LoggingConfig(log_to_wandb=False),
    checkpoint_path=None,
    output_path=None,
)
runner = LanguageModelSAETrainingRunner(config, override_dataset=Dataset.from_dict({"text": documents}))
start = time.perf_counter()
runner.run()
args.out.write_text(json.dumps({"tokens_per_second": args.tokens / (time.perf_counter() - start), "dtype": "float32"}))
