"""What a build says of the room it takes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from microtome.evaluation import Placed
from microtome.latents.builder import Job, needs, state_needs
from microtome.latents.config import StoreConfig
from microtome.latents.describing import write_store
from microtome.latents.detection import HeldOut
from microtome.latents.rows import Rows
from microtome.latents.spill import Spill
from microtome.models import LanguageModel
from microtome.sites import Site
from microtome.text import Blocks
from tests.formats.conftest import random_dictionary
from tests.latents.conftest import random_dictionary as random_latents


@pytest.mark.parametrize(("l0", "room"), [(4.0, "about 0 MiB"), (float("nan"), "an unknown amount")])
def test_an_unknown_l0_is_said(l0: float, room: str, tmp_path: Path) -> None:
    site = Site(0, "mlp_out")
    job = Job("x", Placed(random_dictionary("sae", "relu", l0=l0), site, site), "")
    blocks: Any = SimpleNamespace(tokens=np.zeros((2, 8), np.int64), n_usable=14)
    model: Any = SimpleNamespace(vocab_size=61, d_model=8)
    said: list[str] = []
    watcher: Any = SimpleNamespace(note=said.append)
    state_needs([job], model, blocks, StoreConfig(), tmp_path, watcher)
    assert len(said) == 1 and said[0].endswith(f" of memory beside the models, {room} of disk while building")


def described(lm: LanguageModel, place: Placed, n_blocks: int, every: int, folder: Path) -> tuple[int, float]:
    """(peak, what is said) of bytes for the text and all that is counted over it, where hardly a latent fires."""
    draw, context, config = np.random.default_rng(0), 128, StoreConfig(memory_mib=64, near_every=every)
    job, latents = Job("x", place, ""), place.dictionary.config.latents
    tracemalloc.start()
    shape = (n_blocks, context)
    blocks = Blocks(
        tokens=draw.integers(1, lm.vocab_size, shape, dtype=np.int32),
        special=np.zeros(shape, dtype=bool),
        document=np.repeat(np.arange(n_blocks, dtype=np.int32), context).reshape(shape),
        start=np.broadcast_to(np.arange(context, dtype=np.int32), shape).copy(),
        end=np.broadcast_to(np.arange(1, context + 1, dtype=np.int32), shape).copy(),
        document_ids=[""] * n_blocks,
    )
    spill = Spill(folder / "spill", {})
    for first in range(0, n_blocks, 32):
        place_R = np.arange(first * context, min(first + 32, n_blocks) * context)
        near = np.repeat(place_R[place_R // context % config.near_every == 0], 8)
        spill.append(
            fired=place_R % 50 == 0,
            latents=place_R[place_R % 50 == 0] % latents,
            values=np.ones((place_R % 50 == 0).sum()),
            near_places=near,
            near_latents=np.arange(len(near)) % latents,
            near_margins=np.full(len(near), -1.0),
        )
    spill.sync()
    spill.close()
    (folder / "store").mkdir()
    text = Rows.of(blocks)
    parts = {"blocks": blocks, "text": text, "held_out": HeldOut.of(text, config)}
    write_store(folder / "store", job, folder / "spill", **parts, config=config, model=lm)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, needs([job], blocks.tokens.size, config, unembedding=0)[0]


@pytest.mark.parametrize("every", [8, 2])
def test_a_longer_text_takes_what_was_said_and_hardly_less(lm: LanguageModel, every: int, tmp_path: Path) -> None:
    (site,) = lm.parse("1.mlp_out")
    place = Placed(random_latents(lm, "topk", "1.mlp_out", 64, seed=0), site, site)
    # The first is so short that it only imports and compiles.
    sizes = (64, 1000, 3000)
    for size in sizes:
        (tmp_path / str(size)).mkdir()
    _, (low, said_low), (high, said_high) = (described(lm, place, size, every, tmp_path / str(size)) for size in sizes)
    assert 0.8 * (said_high - said_low) < high - low <= said_high - said_low
