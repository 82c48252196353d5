"""SAEDashboard: its own runner (`SaeVisRunner`) and its page (`save_feature_centric_vis`), with its defaults.

The model is opened by TransformerLens, unprocessed, as SAELens does. It only takes names of repositories that it knows,
and where a folder of that name is in the working folder, reads that: so the model's folder is put there, and no network
is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from common import peak_bytes
from sae_dashboard.data_writing_fns import save_feature_centric_vis
from sae_dashboard.sae_vis_data import SaeVisConfig
from sae_dashboard.sae_vis_runner import SaeVisRunner
from sae_lens import SAE, HookedSAETransformer
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

parser = argparse.ArgumentParser()
parser.add_argument("--model", type=Path, required=True, help="folder of a Hugging Face model")
parser.add_argument("--known-as", required=True, help="a name that TransformerLens knows, of its architecture")
parser.add_argument("--sae", type=Path, required=True)
parser.add_argument("--blocks", type=Path, required=True, help=".npy of token ids [N, T]")
parser.add_argument("--special", required=True, help="ids that are left out, by commas")
parser.add_argument("--latents", type=int, required=True, help="how many are described: the first ones")
parser.add_argument("--page", type=Path, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--out", type=Path, required=True)
args = parser.parse_args()
torch.set_num_threads(args.threads)
tokens = torch.from_numpy(np.load(args.blocks)).long()
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / args.known_as).parent.mkdir(parents=True)
    (Path(folder) / args.known_as).symlink_to(args.model)
    os.chdir(folder)
    model = HookedSAETransformer.from_pretrained_no_processing(
        args.known_as,
        hf_model=AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32),
        # Any tokenizer.json, also of a newer transformers; told to begin with BOS, it is not looked for again.
        tokenizer=PreTrainedTokenizerFast.from_pretrained(args.model, add_bos_token=True),
        device="cpu",
    )
    os.chdir(args.model)
sae = SAE.load_from_disk(args.sae)
hook = sae.cfg.metadata.hook_name

start = time.perf_counter()
config = SaeVisConfig(
    hook_point=hook,
    features=list(range(args.latents)),
    ignore_tokens={int(token) for token in args.special.split(",") if token},
)
data = SaeVisRunner(config).run(encoder=sae, model=model, tokens=tokens)
built = time.perf_counter()
save_feature_centric_vis(data, args.page)
written, peak = time.perf_counter(), peak_bytes()


def shown(latent: int) -> dict[str, object]:
    one = data.feature_data_dict[latent]
    top, *bands = one.sequence_data.seq_group_data
    examples = [example for group in (top, *bands) for example in group.seq_data]
    largest = re.search(r"MAX = ([\d.]+)", str(top.title))
    return {
        "count": int(sum(one.acts_histogram_data.bar_heights)),
        "max": float(largest[1]) if largest else 0.0,
        "top": [example.token_ids for example in top.seq_data],
        "most": max((max(example.feat_acts) for example in examples), default=0.0),
        "examples": len(examples),
        "silent": sum(max(example.feat_acts) == 0 for example in examples),
    }


json_file = args.out.with_suffix(".data.json")
data.save_json(json_file)
result = {
    "version": version("sae-dashboard"),
    "described": args.latents,
    "seconds": built - start,
    "page_seconds": written - built,
    "peak_gib": peak / 2**30,
    "mib": json_file.stat().st_size / 2**20,
    "page_mib": args.page.stat().st_size / 2**20,
    "page_latents": args.latents,
    "latents": [shown(latent) for latent in range(args.latents)],
}
args.out.write_text(json.dumps(result))
