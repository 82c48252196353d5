"""Held-out contexts and the scores of labels on them, against plain code that looks at everything at once."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow.parquet as pq
import pytest

from microtome.errors import ConfigError
from microtome.latents import StoreConfig, build_stores, detection, tables
from microtome.latents.detection import HeldOut
from microtome.latents.explainers import detection_score
from microtome.latents.records import Context, Label
from microtome.latents.rows import Rows
from microtome.models import LanguageModel
from microtome.text import Blocks
from tests.latents.conftest import CONTEXT, LATENTS, SETTINGS, Built, Maker
from tests.latents.test_against_brute_force import MASK, key_of, mix, window_of

CHOSEN = sorted(random.Random(1).sample(range(LATENTS), 200))
LEAST = 5


def held_out_blocks(blocks: Blocks) -> list[int]:
    return [block for block in range(len(blocks)) if mix((block + mix(SETTINGS.seed)) & MASK) % 5 == 0]


def tokens_of(blocks: Blocks, block: int, peak: int) -> tuple[int, ...]:
    return tuple(int(token) for token in blocks.tokens[block, window_of(blocks, block, peak)])


def firing_contexts(blocks: Blocks, codes: np.ndarray, f: int) -> list[tuple[int, int]]:
    """(block, peak) from the codes [N, T] of one latent."""
    held = set(held_out_blocks(blocks))
    peaks = [(block, int(codes[block].argmax())) for block in range(len(blocks)) if codes[block].max() > 0]
    others = {tokens_of(blocks, *place) for place in peaks if place[0] not in held}
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    for place in peaks:
        window = tokens_of(blocks, *place)
        if place[0] in held and window not in others:
            found.setdefault(window, place)
    order = sorted(found, key=lambda window: mix((key_of(window) + mix(f + SETTINGS.seed)) & MASK))
    return [found[window] for window in order[: SETTINGS.contexts]]


def drawn(blocks: Blocks) -> list[tuple[int, int]]:
    """The windows that the pool is made of, those of seen text too."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    for block in held_out_blocks(blocks):
        usable = np.nonzero(~blocks.special[block])[0]
        word = mix(mix((block + mix(SETTINGS.seed)) & MASK))
        at = word % min(SETTINGS.window, len(usable))
        while at < len(usable):
            peak = int(usable[at])
            found.setdefault(tokens_of(blocks, block, peak), (block, peak))
            word = mix(word)
            at += SETTINGS.window + word % SETTINGS.window
    return [found[w] for w in sorted(found, key=lambda w: mix((key_of(w) + mix(SETTINGS.seed)) & MASK))]


def pool(blocks: Blocks) -> list[tuple[int, int]]:
    seen = seen_text(blocks)
    texts = {place: "".join(f" {token}" for token in tokens_of(blocks, *place)) + " " for place in drawn(blocks)}
    return [place for place, text in texts.items() if not any(text in run for run in seen)]


def seen_text(blocks: Blocks) -> list[str]:
    """The ids of each block that is not held out, a space around each; cut at special tokens and ends of documents."""
    runs = []
    for block in sorted(set(range(len(blocks))) - set(held_out_blocks(blocks))):
        run, document = " ", None
        for t in range(CONTEXT):
            if blocks.special[block, t] or blocks.document[block, t] != document:
                runs.append(run)
                run, document = " ", blocks.document[block, t]
            if not blocks.special[block, t]:
                run += f"{blocks.tokens[block, t]} "
        runs.append(run)
    return runs


def silent_contexts(blocks: Blocks, codes: np.ndarray, f: int) -> list[tuple[int, int]]:
    windows = pool(blocks)
    begin = mix(mix(f + SETTINGS.seed)) % len(windows)
    silent = [
        (block, peak)
        for block, peak in windows[begin:] + windows[:begin]
        if not (codes[block, window_of(blocks, block, peak)] > 0).any()
    ]
    return silent[: SETTINGS.contexts] if (codes > 0).any() else []


def test_contexts_are_unseen_firing_ones_and_silent_ones(built: Built) -> None:
    blocks, shown = built.dense.blocks, Counter[bool]()
    for f in CHOSEN:
        codes = built.dense.codes[:, :, f]
        expected = [
            *((True, place) for place in firing_contexts(blocks, codes, f)),
            *((False, place) for place in silent_contexts(blocks, codes, f)),
        ]
        found = built.store.contexts(f)
        assert len(found) == len(expected)
        for context, (fires, (block, peak)) in zip(found, expected):
            window = window_of(blocks, block, peak)
            assert context.fires is fires
            assert context.activation == codes[block, window].max() and (context.activation > 0) is fires
            assert context.token_ids == [int(token) for token in blocks.tokens[block, window]]
            assert context.tokens == [built.store.token_text(token) for token in context.token_ids]
            assert context.document == blocks.document[block, peak]
            assert context.document_id == blocks.document_ids[context.document]
            assert context.offset == blocks.start[block, window[0]]
            shown[fires] += 1
    assert min(shown.values()) > 1000


def places_of(found: HeldOut) -> list[tuple[int, int]]:
    return [divmod(int(place), CONTEXT) for place in found.place_P]


def test_silent_windows_are_apart_unseen_and_bounded(blocks: Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    places = places_of(HeldOut.of(Rows.of(blocks), SETTINGS))
    every = drawn(blocks)
    assert places == pool(blocks) and 10 < len(places) < len(every) - 10
    covered = Counter((block, t) for block, peak in every for t in window_of(blocks, block, peak))
    assert set(covered.values()) == {1} and len(every) > 1.5 * len(held_out_blocks(blocks))
    monkeypatch.setattr(detection, "_POOL", 7)
    assert places_of(HeldOut.of(Rows.of(blocks), SETTINGS)) == places[:7]


def test_blocks_as_long_as_the_text_have_as_many_silent_windows_as_short_ones() -> None:
    draw = np.random.default_rng(0)
    sizes = []
    for context in (128, 4096):
        shape = (100 * 4096 // context, context)
        zero = np.zeros(shape, np.int32)
        tokens = draw.integers(0, 50_000, shape, dtype=np.int32)
        text = Rows.of(Blocks(tokens, zero.astype(bool), zero, zero, zero, [""]))
        found = HeldOut.of(text, StoreConfig())
        sizes.append(len(found.place_P) / found.rows_R.sum())
    assert sizes == pytest.approx([1 / (1.5 * StoreConfig().window)] * 2, rel=0.2)


def test_examples_say_whether_their_block_is_held_out(built: Built) -> None:
    blocks, said = built.dense.blocks, Counter[bool]()
    held = set(held_out_blocks(blocks))
    places: dict[tuple[int, int, tuple[int, ...]], set[bool]] = {}
    for block in range(len(blocks)):
        for peak in np.nonzero(~blocks.special[block])[0]:
            window = window_of(blocks, block, int(peak))
            key = (
                int(blocks.document[block, peak]),
                int(blocks.start[block, window[0]]),
                tokens_of(blocks, block, peak),
            )
            places.setdefault(key, set()).add(block in held)
    for f in CHOSEN:
        for example in built.store[f].examples:
            assert {example.held_out} == places[example.document, example.offset, tuple(example.token_ids)]
            said[example.held_out] += 1
    assert min(said.values()) > 500


def fires_by(how: str, ids: list[int], context: Context) -> bool:
    """Whether a rule holds on any token of a context, as far as that shows."""
    text = context.token_ids
    for t in range(len(text)):
        looked_at = {
            "tokens": text[t : t + 1],
            "preceding tokens": text[max(0, t - 1) : t],
            "following tokens": text[t + 1 : t + 2],
            "direct logits": text[t + 1 : t + 2],
            "shared context": text[max(0, t - 16) : t],
        }[how]
        if set(looked_at) & set(ids):
            return True
    return False


def made_by_rule(built: Built, f: int) -> list[Label]:
    return [label for label in built.store[f].candidates if not label.how.startswith("explained")]


def rules(built: Built) -> Iterator[tuple[int, Label, list[int]]]:
    """(latent, label, its tokens) of every candidate whose tokens can be told from its text."""
    names: dict[str, list[int]] = {}
    for token in np.unique(built.dense.blocks.tokens):
        names.setdefault(built.store.token_text(int(token)), []).append(int(token))
    for f in CHOSEN:
        for label in made_by_rule(built, f):
            words = label.text.partition("‘")[2].removesuffix("’").split("’, ‘")
            ids = [token for word in words for token in names.get(word, [])]
            if len(ids) == len([word for word in words if word in names]):
                yield f, label, ids


def test_rules_are_scored_on_exactly_those_contexts(built: Built) -> None:
    checked, unscored = Counter[str](), 0
    for f, label, ids in rules(built):
        contexts = built.store.contexts(f)
        fires = [fires_by(label.how, ids, context) for context in contexts if context.fires]
        silent = [fires_by(label.how, ids, context) for context in contexts if not context.fires]
        assert label.scored == "contexts"
        if min(len(fires), len(silent)) < LEAST:
            assert label.score is None
            unscored += 1
            continue
        score = (sum(fires) / len(fires) + 1 - sum(silent) / len(silent)) / 2
        assert label.score == pytest.approx(score), (f, label)
        checked[label.how] += 1
    assert len(checked) == 5 and min(checked.values()) > 10 and unscored > 5


def test_rules_are_ranked_by_what_the_text_that_made_them_promises(built: Built) -> None:
    """Every rule applied to every token that is not held out, by hand."""
    blocks, checked = built.dense.blocks, Counter[str]()
    usable = ~blocks.special
    usable[held_out_blocks(blocks)] = False
    places = [(int(block), int(t)) for block, t in np.argwhere(usable)]
    promised: dict[tuple[int, str], float] = {}
    for row in pq.read_table(built.store.path / tables.LABELS).to_pylist():
        promised[row["latent"], row["how"]] = row["made_score"]
    for f, label, ids in rules(built):
        if f % 5:
            continue
        fires = built.dense.codes[usable, f] > 0
        said = np.array([predicts(blocks, block, t, label.how, ids) for block, t in places])
        chances = SETTINGS.window / 16 if label.how == "shared context" else SETTINGS.window
        quiet = (1 - (said & ~fires).sum() / (~fires).sum()) ** chances
        assert promised[f, label.how] == pytest.approx((said[fires].mean() + quiet) / 2), (f, label)
        checked[label.how] += 1
    assert len(checked) == 5 and min(checked.values()) > 10
    for f in CHOSEN:
        ranks = [promised[f, label.how] for label in made_by_rule(built, f)]
        assert ranks == sorted(ranks, reverse=True)


def test_the_tokens_of_a_rule_promise_most_each_alone(built: Built) -> None:
    blocks, sizes = built.dense.blocks, Counter[bool]()
    usable = ~blocks.special
    usable[held_out_blocks(blocks)] = False
    tokens = blocks.tokens[usable]
    for f, label, ids in rules(built):
        if label.how == "tokens":
            fires, alone = built.dense.codes[usable, f] > 0, {}
            for token in np.unique(tokens).tolist():
                said = tokens == token
                quiet = (1 - (said & ~fires).sum() / (~fires).sum()) ** SETTINGS.window
                alone[token] = (said[fires].mean() + quiet) / 2
            taken, full = [alone.pop(token) for token in ids], len(ids) == 5
            assert min(taken) > 0.5
            assert max(alone.values()) <= (min(taken) if full else 0.5) + 1e-12
            sizes[full] += 1
    assert len(sizes) == 2 and min(sizes.values()) > 5


def predicts(blocks: Blocks, block: int, t: int, how: str, ids: list[int]) -> bool:
    def same(other: int) -> bool:
        inside = 0 <= other < CONTEXT and not blocks.special[block, other]
        return inside and blocks.document[block, other] == blocks.document[block, t]

    if how == "tokens":
        return blocks.tokens[block, t] in ids
    if how == "shared context":
        back = t - 1
        while same(back) and t - back <= 16:
            if blocks.tokens[block, back] in ids:
                return True
            back -= 1
        return False
    other = t - 1 if how == "preceding tokens" else t + 1
    return same(other) and blocks.tokens[block, other] in ids


@dataclasses.dataclass(frozen=True)
class ByRule:
    """An explainer that says of a context whether a rule holds in it."""

    how: str
    ids: list[int]
    by_text: dict[str, Context]
    name: str = "by rule"

    def fits(self, prompt: str, max_tokens: int) -> bool:
        return True

    def complete(self, prompt: str, max_tokens: int) -> str:
        context = self.by_text[prompt.partition("Text: ")[2].removesuffix("\nAnswer:")]
        return "yes" if fires_by(self.how, self.ids, context) else "no"


def test_an_explainer_that_answers_by_a_rule_gets_the_score_of_the_rule(built: Built) -> None:
    compared = 0
    for f, label, ids in rules(built):
        contexts = built.store.contexts(f)
        by_text = {"".join(context.tokens): context for context in contexts}
        # Different tokens may make the same text.
        if len(by_text) == len(contexts) and f % 4 == 0:
            assert detection_score(built.store, f, label.text, ByRule(label.how, ids, by_text)) == label.score
            compared += label.score is not None
    assert compared > 20


def test_a_text_without_held_out_blocks_has_labels_without_scores(lm: LanguageModel, make_run: Maker) -> None:
    seed = next(n for n in range(99) if all(mix((block + mix(n)) & MASK) % 5 for block in range(3)))
    config = dataclasses.replace(SETTINGS, seed=seed)
    (store,) = build_stores(make_run("topk"), tokens=3 * CONTEXT - 5, config=config, model=lm)
    labels = [label for latent in store for label in latent.candidates]
    assert len(labels) > 100 and {label.score for label in labels} == {None}
    assert not any(store.contexts(latent) for latent in range(LATENTS))


def test_fewer_contexts_than_a_score_needs_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"got contexts = 4, expected at least 5\. Raise contexts\."):
        StoreConfig(contexts=4)
