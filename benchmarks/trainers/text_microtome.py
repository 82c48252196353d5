"""microtome from text: the language model alone, or with dictionaries trained beside it, by the code of `train`."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import torch

from microtome.models import LanguageModel
from microtome.text import iter_shards
from microtome.training import TrainingConfig, Watcher, train
from microtome.training.assemble import assemble

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--text", required=True)
parser.add_argument("--tokens", type=int, required=True)
parser.add_argument("--site", required=True)
parser.add_argument("--latents", required=True, help="one width or several; none: the language model alone")
parser.add_argument("--l0", default="32")
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--out", type=Path, required=True)
args = parser.parse_args()
torch.set_num_threads(args.threads)
config = TrainingConfig(
    model=args.model,
    text=(args.text,),
    sites=(args.site,),
    tokens=args.tokens,
    batch_tokens=args.batch,
    buffer_tokens=32_768,
    latents=tuple(map(int, args.latents.split(","))) if args.latents else (8192,),
    l0s=tuple(map(float, args.l0.split(","))),
    checkpoint_every=2**40,
    eval_tokens=4096,
    eval_loss_tokens=256,
)
model = LanguageModel.load(args.model)


class Clock(Watcher):
    """Seconds from the first activation of training to the last step."""

    first = last = 0.0

    def collecting(self, done: int, total: int) -> None:
        self.first = self.first or time.perf_counter()

    def training(self, progress: object) -> None:
        self.last = time.perf_counter()


def language_model_alone() -> float:
    source = assemble(config, model=model).source
    blocks = next(iter(iter_shards(source.text, model.tokenizer, source.packing, shard_tokens=args.tokens)))
    start, done = 0.0, 0
    for first in range(0, len(blocks), source.batch_contexts):
        part = blocks.tokens[first : first + source.batch_contexts]
        model.capture(torch.from_numpy(part).long(), source.sites)
        if first == 0:  # asks for memory and chooses kernels
            start = time.perf_counter()
        else:
            done += int((~blocks.special[first : first + source.batch_contexts]).sum())
    return done / (time.perf_counter() - start)


if args.latents:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        # `collecting` is first called when one batch of contexts is done, which is not counted.
        train(config, Path(folder) / "run", model=model, watcher=clock)
    speed = (args.tokens - 32 * 128) / (clock.last - clock.first)
else:
    speed = language_model_alone()
args.out.write_text(json.dumps({"tokens_per_second": speed, "dtype": str(model.dtype)}))
