"""A run of a small untrained dictionary on `tiny`, and the dense codes of its text, made without the store."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from microtome.dictionaries import Dictionary, DictionaryConfig, save_dictionary
from microtome.latents import LatentStore, StoreConfig, build_stores
from microtome.models import LanguageModel
from microtome.runs import Run
from microtome.text import Blocks, PackingConfig, open_text, read_blocks

CONTEXT, TOKENS, LATENTS = 32, 4000, 240
SETTINGS = StoreConfig(
    top=6, bands=4, per_band=3, near_misses=3, near_every=3, before=5, after=3, batch_tokens=320, row_group=16,
    checkpoint_tokens=640, tokens=7, coactive=6,
)  # fmt: skip


@pytest.fixture(scope="session")
def lm() -> LanguageModel:
    return LanguageModel.load("tiny", device="cpu", dtype="float32")


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents with many repetitions, so that equal windows occur."""
    draw = random.Random(0)
    words = "the model returns a list of values if none is given def f(x): raise error import os path\n\t".split(" ")  # noqa: SIM905 - read more easily
    path = tmp_path_factory.mktemp("text") / "words.jsonl"
    lines = []
    for _ in range(90):
        phrases = [" ".join(draw.choice(words) for _ in range(6)) for _ in range(4)]
        lines.append(json.dumps({"text": " ".join(draw.choice(phrases) for _ in range(14))}))
    path.write_text("\n".join(lines))
    return path


Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def make_run(lm: LanguageModel, text: Path, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """A finished run with one dictionary for each of `sparsifiers`."""

    def make(*sparsifiers: str, site: str = "1.mlp_out", latents: int = LATENTS) -> Path:
        path = tmp_path_factory.mktemp("run")
        entries = []
        for number, sparsifier in enumerate(sparsifiers):
            dictionary = random_dictionary(lm, sparsifier, site, latents, seed=number)
            entries.append({"name": sparsifier, "site_in": site, "site_out": site})
            save_dictionary(dictionary, path / "dictionaries" / sparsifier)
        Run(path).write_facts(
            {
                "status": "finished",
                "config": {"model": "tiny", "text": str(text), "eval_text": None, "column": None, "context": CONTEXT},
                "dictionaries": entries,
                "dtype": "float32",
                "data": {"source": {"model": lm.identity}},
            }
        )
        return path

    return make


def random_dictionary(lm: LanguageModel, sparsifier: str, site: str, latents: int, seed: int) -> Dictionary:
    width = lm.width(site)
    generator = torch.Generator().manual_seed(seed)
    made = Dictionary(
        DictionaryConfig(kind="sae", sparsifier=sparsifier, d_in=width, d_out=width, latents=latents, l0=8)
    ).requires_grad_(False)
    made.W_dec.copy_(torch.nn.functional.normalize(torch.randn(latents, width, generator=generator), dim=1))
    made.W_enc.copy_(made.W_dec)
    made.b_enc.copy_(-torch.rand(latents, generator=generator) * 0.5)
    made.b_enc[3] = -1e6  # never fires
    if sparsifier == "batchtopk":
        made.sparsifier.threshold.fill_(1.0)
    if sparsifier == "jumprelu":
        made.sparsifier.threshold.copy_(0.5 + torch.rand(latents, generator=generator))
    return made


@dataclass(frozen=True)
class Dense:
    """What the store is compared with: blocks and the dense codes [N, T, F], 0 at special tokens."""

    blocks: Blocks
    codes: np.ndarray
    margins: np.ndarray


@dataclass(frozen=True)
class Built:
    run: Path
    store: LatentStore
    dense: Dense


@pytest.fixture(scope="session")
def blocks(lm: LanguageModel, text: Path) -> Blocks:
    source = open_text(str(text))
    return read_blocks(source, lm.tokenizer, PackingConfig(context=CONTEXT, held_out_share=0.0), max_tokens=TOKENS)


def dense_of(lm: LanguageModel, dictionary: Dictionary, blocks: Blocks, site: str) -> Dense:
    """In the batches of a build, since a product may differ in its last bit with the size of the batch."""
    tokens = torch.from_numpy(blocks.tokens).long()
    found, margins = [], []
    size = SETTINGS.batch_tokens // CONTEXT
    for first in range(0, len(tokens), size):
        x = next(iter(lm.capture(tokens[first : first + size], site).values())).float()
        keep = ~torch.from_numpy(blocks.special[first : first + size])
        codes = torch.zeros(*keep.shape, dictionary.config.latents)
        codes[keep] = dictionary.encode(x[keep]).dense()
        z_BF = dictionary.pre_activations(x.flatten(0, 1))
        margins.append((z_BF - dictionary.sparsifier.firing_level(z_BF)).view_as(codes))
        found.append(codes)
    return Dense(blocks, torch.cat(found).numpy(), torch.cat(margins).numpy())


@pytest.fixture(scope="session", params=["topk", "jumprelu"])
def built(request: pytest.FixtureRequest, lm: LanguageModel, make_run: Maker, blocks: Blocks) -> Built:
    run = make_run(request.param)
    (store,) = build_stores(run, tokens=TOKENS, config=SETTINGS, model=lm)
    return Built(run, store, dense_of(lm, store.dictionary, blocks, "1.mlp_out"))
