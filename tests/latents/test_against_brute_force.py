"""Every number and every example of 200 random latents, against plain code that looks at everything at once."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest

from microtome.latents import Latent
from microtome.models import LanguageModel
from microtome.text import Blocks
from tests.latents.conftest import CONTEXT, LATENTS, SETTINGS, Built

CHOSEN = sorted(random.Random(1).sample(range(LATENTS), 200))
MASK = 2**64 - 1


def test_counts_and_histograms(built: Built) -> None:
    usable = ~built.dense.blocks.special
    assert built.store.tokens == usable.sum()
    for f in CHOSEN:
        values = built.dense.codes[:, :, f][usable]
        values = values[values > 0]
        latent = built.store[f]
        assert latent.count == len(values)
        assert latent.density == len(values) / usable.sum()
        assert latent.max == (values.max() if len(values) else 0)
        assert latent.mean == pytest.approx(values.astype(float).mean() if len(values) else 0, rel=1e-12)
        edges, counts = latent.histogram.edges, latent.histogram.counts
        assert sum(counts) == latent.count
        for low, high, count in zip(edges[:-1], edges[1:], counts):
            assert count == ((values >= low) & (values < high)).sum()
            assert high / low == pytest.approx(2 ** (1 / 8))


def test_examples(built: Built) -> None:
    blocks, shown = built.dense.blocks, 0
    for f in CHOSEN:
        latent = built.store[f]
        expected = brute_force_examples(blocks, built.dense.codes[:, :, f], f)
        found = [(e.band, where(blocks, e)) for e in latent.examples if e.band != "near_miss"]
        assert found == [(band, block * CONTEXT + peak) for band, block, peak, _ in expected], f
        for example, (_, block, peak, window) in zip(latent.examples, expected):
            assert example.token_ids == [int(t) for t in blocks.tokens[block, window]]
            assert example.activations == [float(v) for v in built.dense.codes[block, window, f]]
            assert example.activation == built.dense.codes[block, peak, f]
            assert example.peak == window.index(peak)
            assert example.document == blocks.document[block, peak]
            assert example.document_id == blocks.document_ids[example.document]
            assert example.offset == blocks.start[block, window[0]]
            mine = np.argwhere((blocks.document == example.document) & ~blocks.special)
            assert example.before_cut == ((block, window[0]) != tuple(mine[0]))
            assert example.after_cut == ((block, window[-1]) != tuple(mine[-1]))
            shown += 1
    assert shown > 2000


def where(blocks: Blocks, example: object) -> int:
    """The place of the peak of an example, found again from its document and offset alone."""
    rows = np.argwhere((blocks.document == example.document) & (blocks.start == example.offset) & ~blocks.special)
    # Tokens of one character in several bytes share their offset: the one whose window has these tokens.
    for block, position in rows:
        window = blocks.tokens[block, position : position + len(example.token_ids)]
        if list(window) == example.token_ids:
            return int(block * CONTEXT + position + example.peak)
    raise AssertionError("the example is not in the text")


def window_of(blocks: Blocks, block: int, peak: int) -> list[int]:
    window = [peak]
    for step, limit in ((-1, peak - SETTINGS.before), (1, peak + SETTINGS.after)):
        t = peak + step
        while 0 <= t < CONTEXT and (t - limit) * step <= 0:
            if blocks.special[block, t] or blocks.document[block, t] != blocks.document[block, peak]:
                break
            window.append(t)
            t += step
    return sorted(window)


def mix(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) & MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word ^ (word >> 31)


def key_of(tokens: tuple[int, ...]) -> int:
    word = len(tokens)
    for token in tokens:
        word = mix(word ^ token)
    return word


def brute_force_examples(blocks: Blocks, codes: np.ndarray, f: int) -> list[tuple[str, int, int, list[int]]]:
    """(band, block, peak, window) of all examples, from the codes [N, T] of one latent."""
    candidates = []
    for block in range(len(blocks)):
        peak = int(codes[block].argmax())
        if codes[block, peak] > 0:
            window = window_of(blocks, block, peak)
            key = tuple(int(t) for t in blocks.tokens[block, window])
            candidates.append((float(codes[block, peak]), block, peak, window, key))
    if not candidates:
        return []
    candidates.sort(key=lambda c: (-c[0], c[1]))
    top, seen = [], set()
    for c in candidates:
        if c[4] not in seen and len(top) < SETTINGS.top:
            top.append(c)
            seen.add(c[4])
    found = [("top", *c[1:4]) for c in top]
    octave = lambda value: math.frexp(value)[1]  # noqa: E731
    highest = octave(candidates[0][0])
    for band in range(SETTINGS.bands):
        best: dict[tuple[int, ...], tuple] = {}
        for c in candidates:
            if c[4] not in seen and min(highest - octave(c[0]), SETTINGS.bands - 1) == band:
                best.setdefault(c[4], c)
        drawn = sorted(best.values(), key=lambda c: mix((key_of(c[4]) + mix(f + SETTINGS.seed)) & MASK))
        drawn = sorted(drawn[: SETTINGS.per_band], key=lambda c: (-c[0], c[1] * CONTEXT + c[2]))
        found += [(str(band), *c[1:4]) for c in drawn]
    return found


def test_near_misses(built: Built) -> None:
    blocks, shown = built.dense.blocks, 0
    usable = ~blocks.special
    margins = np.where((built.dense.codes > 0) | ~usable[:, :, None], -np.inf, np.minimum(built.dense.margins, 0))
    nearest = np.sort(margins, axis=2)[:, :, -8]
    for f in CHOSEN:
        found = [e for e in built.store[f].examples if e.band == "near_miss"]
        # By how much it misses at the nearest place of each block, by the tokens of the window there.
        missed: dict[tuple[int, ...], list[tuple[float, int, int]]] = {}
        for block in range(0, len(blocks), SETTINGS.near_every):
            near = [t for t in range(CONTEXT) if usable[block, t] and margins[block, t, f] >= nearest[block, t]]
            if near and not (built.dense.codes[block, :, f] > 0).any():
                peak = max(near, key=lambda t: (margins[block, t, f], -t))
                key = tuple(int(t) for t in blocks.tokens[block, window_of(blocks, block, peak)])
                missed.setdefault(key, []).append((float(margins[block, peak, f]), block, peak))
        expected = sorted((max(places)[0] for places in missed.values()), reverse=True)
        assert len(found) == min(SETTINGS.near_misses, len(expected))
        assert len({tuple(example.token_ids) for example in found}) == len(found)
        for example, margin in zip(found, expected):
            # In order; those of equal margins may stand in any.
            assert example.margin is not None and example.margin <= 0
            assert example.margin == pytest.approx(margin, abs=1e-5)
            places = missed[tuple(example.token_ids)]
            nearest_place = max(places)[0]
            assert example.margin == pytest.approx(nearest_place, abs=1e-5)
            assert example.activation == 0 and example.activations == [0.0] * len(example.token_ids)
            assert example.tokens == [built.store.token_text(token) for token in example.token_ids]
            said = set()
            for missed_by, block, peak in places:
                if missed_by >= nearest_place - 1e-5:
                    begin = window_of(blocks, block, peak)[0]
                    said.add((blocks.document[block, peak], blocks.start[block, begin], peak - begin))
            assert (example.document, example.offset, example.peak) in said
            assert example.document_id == blocks.document_ids[example.document]
            shown += 1
    assert shown > 100


def test_token_statistics(built: Built) -> None:
    blocks = built.dense.blocks
    usable = ~blocks.special
    occurrences = Counter(blocks.tokens[usable].tolist())
    for f in CHOSEN:
        fired = Counter(blocks.tokens[(built.dense.codes[:, :, f] > 0) & usable].tolist())
        expected = sorted(fired.items(), key=lambda item: (-item[1], item[0]))[: SETTINGS.tokens]
        statistics = built.store[f].token_statistics
        assert [(s.token_id, s.count) for s in statistics] == expected
        for s in statistics:
            assert s.precision == fired[s.token_id] / occurrences[s.token_id]
            assert s.recall == fired[s.token_id] / fired.total()


def test_coactivation(built: Built) -> None:
    active = (built.dense.codes[~built.dense.blocks.special] > 0).astype(np.int64)
    both = active.T @ active
    for f in CHOSEN:
        union = both[f, f] + both.diagonal() - both[f]
        score = np.divide(both[f], union, out=np.zeros(LATENTS), where=union > 0)
        score[f] = -1
        order = np.lexsort((np.arange(LATENTS), -score))[: SETTINGS.coactive]
        expected = [(int(g), float(score[g]), int(both[f, g])) for g in order if both[f, g] > 0]
        assert [(c.latent, c.score, c.count) for c in built.store[f].coactive] == expected


def test_neighbours_and_decoder(built: Built) -> None:
    W_dec = built.store.dictionary.W_dec.double().numpy()
    cosine = W_dec @ W_dec.T / np.outer(*[np.linalg.norm(W_dec, axis=1)] * 2)
    np.fill_diagonal(cosine, -2)
    for f in CHOSEN:
        latent: Latent = built.store[f]
        found = [n.latent for n in latent.neighbours]
        assert len(found) == SETTINGS.neighbours
        assert found == list(np.argsort(-cosine[f])[: len(found)])
        assert [n.cosine for n in latent.neighbours] == pytest.approx(cosine[f, found], abs=1e-6)
        asked = built.store.nearest(f, 3)
        assert [n.latent for n in asked] == found[:3]
        assert [n.cosine for n in asked] == pytest.approx(cosine[f, found[:3]], abs=1e-6)
        by_size = np.argsort(np.abs(W_dec[f]))
        for shown, expected in ((latent.decoder.strongest, by_size[::-1]), (latent.decoder.weakest, by_size)):
            assert [c.index for c in shown] == list(expected[: SETTINGS.coordinates])
            assert [c.value for c in shown] == pytest.approx(W_dec[f, expected[: SETTINGS.coordinates]])
        edges = latent.decoder.histogram.edges
        assert (edges[0], edges[-1]) == pytest.approx((W_dec[f].min(), W_dec[f].max()))
        assert np.diff(edges) == pytest.approx((edges[-1] - edges[0]) / (len(edges) - 1))
        # By the bins' own float32: a coordinate on an edge may fall to either side in float64.
        own = W_dec[f].astype(np.float32)
        expected = np.histogram(own, bins=len(edges) - 1, range=(own.min(), own.max()))[0]
        assert np.abs(expected - latent.decoder.histogram.counts).sum() <= 2
        assert sum(latent.decoder.histogram.counts) == W_dec.shape[1]


def test_direct_logits(built: Built, lm: LanguageModel) -> None:
    """`tiny` adds what an MLP writes to the stream, so a norm's gain and the unembedding are all there is."""
    gain, unembedding = (lm.hf.get_parameter(name).double() for name in ("model.norm.weight", "lm_head.weight"))
    logits = (built.store.dictionary.W_dec.double() * gain) @ unembedding.T
    for f in CHOSEN:
        latent, order = built.store[f], logits[f].argsort(descending=True)
        for shown, expected in ((latent.top_logits, order), (latent.bottom_logits, order.flip(0))):
            assert [one.token_id for one in shown] == expected[: SETTINGS.logits].tolist()
            assert [one.value for one in shown] == pytest.approx(
                logits[f, expected[: SETTINGS.logits]].tolist(), abs=1e-5
            )
            assert [one.token for one in shown] == [built.store.token_text(one.token_id) for one in shown]
