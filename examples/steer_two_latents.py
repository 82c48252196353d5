"""Train a jumprelu SAE on streamed text, look at what random latents do, and steer two of them.

Runs offline on `tiny`: `python examples/steer_two_latents.py [RUN]`. If it is stopped, it goes on from its checkpoint.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from microtome import LanguageModel, TrainingConfig, train
from microtome.interventions import Bench, GenerationConfig, add, generate_text

BARS = " ▁▂▃▄▅▆▇█"


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "steer-run")
    lm = LanguageModel.load("tiny", dtype="bfloat16")
    config = TrainingConfig(
        model="tiny",
        dtype="bfloat16",
        text="builtin:python-docs",
        sites=("2.resid_post",),
        sparsifiers=("jumprelu",),
        latents=(512,),
        l0s=(16.0,),
        tokens=30_000,
        batch_tokens=512,
        checkpoint_every=10_000,
        eval_tokens=5_000,
        eval_loss_tokens=1_000,
    )
    bench = Bench.open(train(config, folder, model=lm, resume=(folder / "run.json").is_file()).path, lm=lm)
    ((name, place),) = bench.placed.items()

    alive = np.nonzero(bench.evaluated(name)["count"])[0]
    chosen = np.random.default_rng(0).choice(alive, size=6, replace=False)
    tokens = torch.from_numpy(bench.text(4_000).tokens).long()
    x_ND = lm.capture(tokens, [place.site_in])[place.site_in][:, 1:].flatten(0, 1).float()
    codes_NS = place.dictionary.encode_latents(x_ND, torch.from_numpy(chosen))
    for latent, code_N in zip(chosen, codes_NS.T.numpy()):
        counts = np.histogram(code_N[code_N > 0], bins=20)[0]
        bars = "".join(BARS[-(-int(count) * 8 // max(1, counts.max()))] for count in counts)
        print(f"latent {latent:3d} fires on {(code_N > 0).mean():6.2%}  |{bars}| up to {code_N.max():.2f}")
    settings = GenerationConfig(tokens=12, samples=5, temperature=1.0)
    columns = {"unsteered": None} | {f"latent {i}": bench.intervene([add(int(i), 3.0)]) for i in chosen[:2]}
    table = Table(*columns, title="five continuations of 'The function'", show_lines=True)
    for row in zip(*(generate_text(lm, "The function", steered, settings) for steered in columns.values())):
        table.add_row(*(repr(one.text) for one in row))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
