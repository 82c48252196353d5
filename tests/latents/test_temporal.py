"""The store, live text and examples of a dictionary that needs the tokens before."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from microtome.dictionaries import Dictionary, DictionaryConfig, save_dictionary
from microtome.dictionaries.storage import tensors_of
from microtome.dictionaries.temporal import TemporalConfig
from microtome.evaluation import Placed
from microtome.latents import LatentStore, build_stores, on_text
from microtome.latents.builder import Job, needs
from microtome.latents.top_examples import top_examples
from microtome.models import LanguageModel
from microtome.text import Blocks
from tests.latents.conftest import CONTEXT, SETTINGS, TOKENS, Maker, random_dictionary

SITE, LATENTS = "1.mlp_out", 48


@torch.no_grad()
def temporal(lm: LanguageModel) -> Dictionary:
    width = lm.width(SITE)
    plain = random_dictionary(lm, "topk", SITE, LATENTS, seed=0)
    shape = DictionaryConfig(
        kind="sae",
        sparsifier="topk",
        d_in=width,
        d_out=width,
        latents=LATENTS,
        l0=8,
        temporal=TemporalConfig(layers=1, heads=2, width=8),
    )
    made = Dictionary(shape).requires_grad_(False)
    made.load_state_dict(plain.state_dict(), strict=False)
    generator = torch.Generator().manual_seed(1)
    for name, tensor in tensors_of(made).items():
        if name[:2] in ("W_", "b_") and name[2:] in ("Q", "K", "V", "O"):
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.4)
    return made


@dataclass(frozen=True)
class Described:
    run: Path
    dictionary: Dictionary
    store: LatentStore
    codes: np.ndarray


@pytest.fixture(scope="module")
def described(lm: LanguageModel, make_run: Maker, blocks: Blocks) -> Described:
    run = make_run("topk", latents=LATENTS)
    dictionary = temporal(lm)
    folder = run / "dictionaries" / "topk"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    save_dictionary(dictionary, folder)
    (store,) = build_stores(run, tokens=TOKENS, config=SETTINGS, model=lm)
    return Described(run, dictionary, store, dense(lm, dictionary, blocks))


@torch.no_grad()
def dense(lm: LanguageModel, d: Dictionary, blocks: Blocks) -> np.ndarray:
    """Codes [N, T, F], one block after the other, whole; 0 at special tokens."""
    found = []
    for tokens, special in zip(torch.from_numpy(blocks.tokens).long(), blocks.special):
        (x,) = lm.capture(tokens[None], SITE).values()
        codes = d.encode(d.rows(x)).dense()
        codes[torch.from_numpy(special)] = 0
        found.append(codes)
    return torch.stack(found).numpy()


def test_a_store_holds_the_codes_of_whole_blocks(lm: LanguageModel, described: Described, blocks: Blocks) -> None:
    codes, usable = described.codes, ~blocks.special
    assert described.store.tokens == usable.sum()
    shown = 0
    for f in range(LATENTS):
        values = codes[:, :, f][usable]
        latent = described.store[f]
        assert latent.count == (values > 0).sum()
        assert latent.max == pytest.approx(values.max(), rel=1e-5, abs=1e-6)
        for example in latent.examples:
            if example.band == "near_miss":
                continue
            at = np.argwhere((blocks.document == example.document) & (blocks.start == example.offset))
            block, first = (int(n) for n in at[0])
            window = codes[block, first : first + len(example.activations), f]
            assert example.activations == pytest.approx(window.tolist(), rel=1e-4, abs=1e-5)
            shown += 1
    assert shown > 100
    # Without what is predicted, other latents fire.
    (x,) = lm.capture(torch.from_numpy(blocks.tokens[:4]).long(), SITE).values()
    plain = random_dictionary(lm, "topk", SITE, LATENTS, seed=0).encode(x.flatten(0, 1)).dense().view(4, CONTEXT, -1)
    differ = (plain.numpy() > 0) != (codes[:4] > 0)
    assert differ[usable[:4]].mean() > 0.01


def test_live_text_is_the_dictionary_on_the_model(lm: LanguageModel, described: Described) -> None:
    d, text = described.dictionary, "def f(x):\n    return a list of values if none is given"
    found = described.store.on(text, lm)
    tokens = lm.encode(text)
    (x,) = lm.capture(tokens, SITE).values()
    expected = d.encode(d.rows(x)).dense()
    for t, (special, pairs) in enumerate(zip(found["special"], found["codes"])):
        assert bool(pairs) == (not special)
        got = {found["latents"][index]: value for index, value in pairs}
        assert got == ({} if special else pytest.approx({int(f): float(expected[t, f]) for f in got}, rel=1e-5))
    # What comes later changes nothing, what came before does.
    longer = on_text(lm, Placed(d, *lm.parse(SITE), *lm.parse(SITE)), text + " and more")
    last = len(found["tokens"]) - 2
    assert codes_at(longer, last) == pytest.approx(codes_at(found, last), rel=1e-4)


def codes_at(found: dict, t: int) -> dict[int, float]:
    return {found["latents"][index]: value for index, value in found["codes"][t]}


def test_examples_without_a_store_are_those_of_whole_blocks(
    lm: LanguageModel, described: Described, blocks: Blocks
) -> None:
    (site,) = lm.parse(SITE)
    found = top_examples(lm, Placed(described.dictionary, site, site), blocks, [5, 9], n=3)
    for latent, examples in found.items():
        best = np.sort(described.codes[:, :, latent].max(1))[::-1]
        peaks = [example.values[example.peak] for example in examples]
        assert peaks[0] == pytest.approx(best[0], rel=1e-5)
        assert peaks == sorted(peaks, reverse=True)


def test_its_attention_is_part_of_the_memory_that_is_asked_for(lm: LanguageModel, described: Described) -> None:
    (site,) = lm.parse(SITE)
    plain = random_dictionary(lm, "topk", SITE, LATENTS, seed=0)
    settings = dataclasses.replace(SETTINGS, batch_tokens=2**20)
    of = [
        needs([Job("", Placed(d, site, site), "")], CONTEXT, settings, unembedding=0)[0]
        for d in (plain, described.dictionary)
    ]
    assert of[0] < of[1]
