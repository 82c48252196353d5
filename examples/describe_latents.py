"""Describe every latent of a run from one pass over text, and print what is known of one.

Runs offline on `tiny`: `python examples/describe_latents.py [RUN]`. A run that is there is described as it is; without
one, a small one is trained first.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from microtome import TrainingConfig, train
from microtome.console import print_latent, print_latents
from microtome.latents import StoreConfig, build_stores

SMALL = TrainingConfig(
    model="tiny",
    text="builtin:python-docs",
    sites=("2.mlp_out",),
    latents=(256,),
    l0s=(8.0,),
    tokens=20_000,
    eval_tokens=5_000,
    eval_loss_tokens=1_000,
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "run"
    if not (folder / "run.json").is_file():
        train(SMALL, folder)
    # One store for each dictionary of the run, all from the same pass of the language model.
    (store, *_) = build_stores(folder, tokens=20_000, config=StoreConfig(top=10))
    classes = ", ".join(f"{count} {name}" for name, count in store.overview()["classes"].items())
    print(f"{store.n_latents} latents over {store.tokens:,} tokens: {classes}")

    terminal = Console(width=120)
    found = store.table(sort="interesting", limit=5)
    print_latents(terminal, found)
    latent = found["rows"][0]["latent"]
    print_latent(terminal, store[latent], per_band=3)
    print(f"in a notebook, store[{latent}] is a card; in a browser: microtome serve {folder}")


if __name__ == "__main__":
    main()
