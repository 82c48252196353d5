"""Examples for a report against a search that looks at everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.errors import ConfigError, TextError
from microtome.evaluation import Placed
from microtome.latents.top_examples import top_examples, top_examples_of_all
from microtome.sites import Site
from microtome.text.packing import Blocks

VOCAB, D_MODEL, LATENTS, CONTEXT = 12, 6, 10, 16
SITE, OTHER = Site(0, "resid_post"), Site(1, "resid_post")


class _Tokenizer:
    def decode(self, ids: Sequence[int], **_: Any) -> str:
        return f"t{ids[0]}"

    def convert_ids_to_tokens(self, token: int) -> str:
        # As SentencePiece does it: the space is in the piece and lost on decoding.
        return f"▁t{token}" if token % 2 else f"t{token}"


class _Model:
    """Activations depend on the token and on the one before it, so that equal windows occur with unequal
    values.
    """

    tokenizer: Any = _Tokenizer()

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        # Small whole numbers: sums are exact whatever the batch, and equal activations occur.
        self.here = torch.randint(-4, 5, (VOCAB, D_MODEL), generator=generator).float()
        self.before = torch.randint(-4, 5, (VOCAB, D_MODEL), generator=generator).float()
        self.calls = 0

    def capture(self, tokens_BT: Tensor, sites: Sequence[Site]) -> dict[Site, Tensor]:
        self.calls += 1
        value = self.here[tokens_BT] + 0.5 * self.before[tokens_BT.roll(1, dims=1)]
        return {site: value * (1 + site.layer) for site in sites}


def _blocks(n: int = 60, *, seed: int = 0, repeat: int = 1) -> Blocks:
    generator = np.random.default_rng(seed)
    tokens = np.tile(generator.integers(1, VOCAB, (n, CONTEXT)), (repeat, 1)).astype(np.int32)
    tokens[:, 0] = 0
    tokens[generator.random(tokens.shape) < 0.05] = 0
    special = tokens == 0
    flat = np.repeat(np.arange(tokens.size // 40 + 1), 40)[: tokens.size].reshape(tokens.shape)
    document = np.where(special, -1, flat).astype(np.int32)
    start = np.where(special, -1, np.arange(tokens.size).reshape(tokens.shape) * 3).astype(np.int32)
    return Blocks(tokens, special, document, start, start + 3, [f"doc{i}" for i in range(flat.max() + 1)])


def _dictionary(sparsifier: str = "topk") -> Dictionary:
    generator = torch.Generator().manual_seed(1)
    made = Dictionary(
        DictionaryConfig(kind="sae", sparsifier=sparsifier, d_in=D_MODEL, d_out=D_MODEL, latents=LATENTS, l0=3)
    ).requires_grad_(False)
    made.W_enc.copy_(torch.randint(-3, 4, (LATENTS, D_MODEL), generator=generator))
    made.b_enc.copy_(torch.arange(LATENTS) / 32)  # no two latents are ever equal
    made.b_enc[7] = -1e6  # never fires
    return made


def _brute_force(model: _Model, place: Placed, blocks: Blocks, latent: int, n: int, before: int, after: int) -> list:
    """(value, block, peak, window of positions) of the n best, from the dense codes of the whole text."""
    tokens = torch.from_numpy(blocks.tokens).long()
    x = model.capture(tokens, [place.site_in])[place.site_in]
    dense = place.dictionary.encode(x.reshape(-1, D_MODEL)).dense()[:, latent].view(len(blocks), CONTEXT).numpy()
    found = []
    for block in range(len(blocks)):
        usable = [t for t in range(CONTEXT) if not blocks.special[block, t]]
        peak = max(usable, key=lambda t: (dense[block, t], -t))
        if dense[block, peak] <= 0:
            continue
        window = [peak]
        for step, limit in ((-1, peak - before), (1, peak + after)):
            t = peak + step
            while 0 <= t < CONTEXT and (t - limit) * step <= 0:
                if blocks.special[block, t] or blocks.document[block, t] != blocks.document[block, peak]:
                    break
                window.append(t)
                t += step
        found.append((float(dense[block, peak]), block, peak, sorted(window), dense[block]))
    chosen, seen = [], set()
    for entry in sorted(found, key=lambda e: (-e[0], e[1])):
        key = tuple(blocks.tokens[entry[1], entry[3]])
        if key not in seen:
            seen.add(key)
            chosen.append(entry)
    return chosen[:n]


@pytest.mark.parametrize("sparsifier", ["topk", "relu"])
@pytest.mark.parametrize(
    ("before", "after", "n", "batch"), [(3, 2, 5, 7), (0, 0, 3, 1), (1, 0, 4, 16), (20, 20, 2, 100)]
)
def test_equals_brute_force(sparsifier: str, before: int, after: int, n: int, batch: int) -> None:
    model, blocks = _Model(), _blocks()
    place = Placed(_dictionary(sparsifier), SITE, SITE)
    found = top_examples(model, place, blocks, range(LATENTS), n=n, before=before, after=after, batch_contexts=batch)
    assert list(found) == list(range(LATENTS))
    for latent, examples in found.items():
        expected = _brute_force(model, place, blocks, latent, n, before, after)
        assert len(examples) == len(expected)
        for example, (value, block, peak, window, values) in zip(examples, expected):
            assert example.value == value
            assert example.peak == window.index(peak)
            tokens = blocks.tokens[block, window]
            assert example.tokens == tuple(f" t{t}" if t % 2 else f"t{t}" for t in tokens)
            assert example.values == tuple(values[window])
            assert example.document == f"doc{blocks.document[block, peak]}"
            assert example.start == blocks.start[block, window[0]]
    assert found[7] == []
    assert any(found.values())


def test_a_repeated_text_adds_no_examples() -> None:
    model, place = _Model(), Placed(_dictionary(), SITE, SITE)
    once = _blocks(20)
    twice = once.take(np.tile(np.arange(20), 3))
    a = top_examples(model, place, once, range(LATENTS), n=30, batch_contexts=20)
    b = top_examples(model, place, twice, range(LATENTS), n=30, batch_contexts=20)
    assert a == b
    for examples in b.values():
        assert len({example.tokens for example in examples}) == len(examples)


def test_the_deployed_rule_decides() -> None:
    place = Placed(_dictionary("batchtopk"), SITE, SITE)
    place.dictionary.sparsifier.threshold.fill_(20.0)
    found = top_examples(_Model(), place, _blocks(), range(LATENTS), n=100)
    values = [value for examples in found.values() for example in examples for value in example.values]
    assert min(value for value in values if value > 0) > 20
    assert 0.0 in values


def test_max_tokens_stops() -> None:
    model, blocks = _Model(), _blocks()
    place = Placed(_dictionary(), SITE, SITE)
    done: list[int] = []
    few = top_examples(model, place, blocks, [1], max_tokens=20, batch_contexts=4, progress=done.append)
    assert sum(done) == 2
    assert few == top_examples(model, place, blocks.take(slice(0, 2)), [1])


def test_several_dictionaries_share_one_pass() -> None:
    model, blocks = _Model(), _blocks()
    placed = {"a": Placed(_dictionary(), SITE, SITE), "b": Placed(_dictionary("relu"), OTHER, OTHER)}
    found = top_examples_of_all(model, placed, blocks, {"a": [1, 2], "b": [0, 2]}, batch_contexts=20)
    assert model.calls == 3
    assert found["a"] == top_examples(model, placed["a"], blocks, [1, 2], batch_contexts=20)
    assert found["b"] == top_examples(model, placed["b"], blocks, [0, 2], batch_contexts=20)


def test_wrong_requests_are_refused() -> None:
    model, blocks, place = _Model(), _blocks(), Placed(_dictionary(), SITE, SITE)
    with pytest.raises(ConfigError, match=r"got latent 10, the dictionary has 10\. Give 0 to 9\."):
        top_examples(model, place, blocks, [10])
    with pytest.raises(ConfigError, match=r"got n = 0, expected at least 1\. Raise n\."):
        top_examples(model, place, blocks, [1], n=0)
    with pytest.raises(ConfigError, match="got before = -1, expected at least 0"):
        top_examples(model, place, blocks, [1], before=-1)
    model.tokenizer = None
    with pytest.raises(TextError, match="this model has no tokenizer to show text with"):
        top_examples(model, place, blocks, [1])
