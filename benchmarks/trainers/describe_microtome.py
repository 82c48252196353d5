"""microtome: the latent store of one dictionary of a run, and pages of some latents."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from common import peak_bytes

from microtome.app.saved import save_latent_page
from microtome.latents import build_stores
from microtome.models import LanguageModel
from microtome.runs import Run

parser = argparse.ArgumentParser()
parser.add_argument("--run", type=Path, required=True)
parser.add_argument("--dictionary", required=True)
parser.add_argument("--text", required=True)
parser.add_argument("--column")
parser.add_argument("--tokens", type=int, required=True)
parser.add_argument("--latents", type=int, required=True, help="how many are reported on: the first ones")
parser.add_argument("--page", type=Path, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--out", type=Path, required=True)
args = parser.parse_args()
torch.set_num_threads(args.threads)
model = LanguageModel.load(Run.open(args.run).facts["config"]["model"], dtype="float32")

start = time.perf_counter()
(store,) = build_stores(
    args.run, text=args.text, column=args.column, tokens=args.tokens, names=[args.dictionary], model=model
)
built = time.perf_counter()
save_latent_page(args.run, 0, args.page, dictionary=args.dictionary)
written, peak = time.perf_counter(), peak_bytes()


def shown(latent: int) -> dict[str, object]:
    one = store[latent]
    fired = [example for example in one.examples if example.band != "near_miss"]
    return {
        "count": one.count,
        "max": one.max,
        "top": [example.token_ids for example in fired if example.band == "top"],
        "most": max((max(example.activations) for example in fired), default=0.0),
        "examples": len(fired),
        "silent": sum(max(example.activations) == 0 for example in fired),
    }


result = {
    "described": store.n_latents,
    "seconds": built - start,
    "page_seconds": written - built,
    "peak_gib": peak / 2**30,
    "mib": sum(file.stat().st_size for file in store.path.iterdir()) / 2**20,
    "page_mib": args.page.stat().st_size / 2**20,
    "page_latents": 1,
    "latents": [shown(latent) for latent in range(args.latents)],
}
args.out.write_text(json.dumps(result))
