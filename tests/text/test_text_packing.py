"""Packing: nothing is lost, nothing is doubled, and every token leads back to the characters it came from."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microtome.errors import ConfigError, TextError
from microtome.models.token_ids import special_ids_of
from microtome.text import (
    Blocks,
    Document,
    MemorySource,
    PackingConfig,
    iter_shards,
    read_blocks,
)
from microtome.text import tokens as tokens_module

TEXTS = st.lists(
    st.text(alphabet=st.sampled_from("the dog\n\tÄé東🙂 a.b"), min_size=0, max_size=60),
    min_size=1,
    max_size=12,
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _blocks(texts: list[str], tokenizer: Any, context: int, **options: Any) -> Blocks | None:
    try:
        return read_blocks(MemorySource(texts), tokenizer, PackingConfig(context=context), **options)
    except TextError:
        return None


def _stream(texts: list[str], tokenizer: Any) -> list[int]:
    """The ids that blocks must hold, in order, without anything added."""
    kept = [text for text in texts if text and not text.isspace()]
    return list(itertools.chain.from_iterable(tokenizer(kept, add_special_tokens=False)["input_ids"])) if kept else []


@QUICK
@given(texts=TEXTS, context=st.integers(2, 17), case=st.sampled_from(["bos", "eos", "none"]))
def test_blocks_hold_the_text_in_order_and_drop_only_the_tail(
    texts: list[str], context: int, case: str, tokenizers: dict[str, Any]
) -> None:
    tokenizer = tokenizers[case]
    expected = _stream(texts, tokenizer)
    blocks = _blocks(texts, tokenizer, context)
    if blocks is None:
        # At most the separators of this many documents could have filled the block up.
        assert len(expected) < context
        return
    own = blocks.tokens[blocks.document >= 0].tolist()
    assert own == expected[: len(own)]
    assert len(own) + blocks.n_dropped == len(expected)
    assert blocks.n_dropped < context
    assert blocks.tokens.shape == (len(blocks), context)


@QUICK
@given(texts=TEXTS, context=st.integers(2, 17), case=st.sampled_from(["bos", "eos", "none"]))
def test_every_token_leads_back_to_its_characters(
    texts: list[str], context: int, case: str, tokenizers: dict[str, Any]
) -> None:
    tokenizer = tokenizers[case]
    blocks = _blocks(texts, tokenizer, context)
    if blocks is None:
        return
    by_id = {document.id: document.text for document in MemorySource(texts).documents()}
    for token, document, start, end in zip(
        blocks.tokens.flat, blocks.document.flat, blocks.start.flat, blocks.end.flat, strict=True
    ):
        if document < 0:
            assert (start, end) == (-1, -1)
            assert tokenizer.convert_ids_to_tokens(int(token)) == {"bos": "<s>", "eos": "</s>"}[case]
            continue
        piece = by_id[blocks.document_ids[document]][start:end]
        decoded = tokenizer.decode([int(token)])
        # A token may be a part of a character's bytes: it then decodes to the replacement character.
        assert decoded == piece or "\ufffd" in decoded
        assert piece
    used = blocks.document[blocks.document >= 0]
    assert set(used.tolist()) == set(range(len(blocks.document_ids)))


@QUICK
@given(texts=TEXTS, context=st.integers(3, 9), shard=st.integers(1, 60), batch=st.integers(1, 80))
def test_shards_put_together_are_the_whole_whatever_the_sizes(
    texts: list[str], context: int, shard: int, batch: int, tokenizer: Any
) -> None:
    whole = _blocks(texts, tokenizer, context)
    if whole is None:
        return
    config = PackingConfig(context=context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens_module, "_FIRST_BATCH_CHARACTERS", batch)
        shards = list(iter_shards(MemorySource(texts), tokenizer, config, shard_tokens=shard))
    assert np.array_equal(np.concatenate([one.tokens for one in shards]), whole.tokens)
    assert np.array_equal(np.concatenate([one.start for one in shards]), whole.start)
    names = [[one.document_ids[at] for at in one.document[one.document >= 0]] for one in shards]
    expected = [whole.document_ids[at] for at in whole.document[whole.document >= 0]]
    assert list(itertools.chain.from_iterable(names)) == expected
    assert [one.n_dropped for one in shards[:-1]] == [0] * (len(shards) - 1)
    assert shards[-1].n_dropped == whole.n_dropped
    assert len({len(one) for one in shards[:-1]}) <= 1


def test_blocks_begin_with_bos_and_documents_are_parted_by_one_bos(tokenizer: Any) -> None:
    bos = tokenizer.bos_token_id
    blocks = read_blocks(MemorySource(["a b c"] * 30), tokenizer, PackingConfig(context=6))
    assert (blocks.tokens[:, 0] == bos).all()
    assert not ((blocks.tokens[:, :-1] == bos) & (blocks.tokens[:, 1:] == bos)).any()
    assert np.array_equal(blocks.special, blocks.tokens == bos)
    changes = (blocks.document[:, 1:] != blocks.document[:, :-1]) & (blocks.document[:, 1:] >= 0)
    assert (blocks.tokens[:, :-1][changes] == bos).all()


def test_without_bos_eos_parts_the_documents(tokenizers: dict[str, Any]) -> None:
    tokenizer = tokenizers["eos"]
    blocks = read_blocks(MemorySource(["dog", "dog", "dog"]), tokenizer, PackingConfig(context=5))
    ids = tokenizer("dog", add_special_tokens=False)["input_ids"]
    eos = tokenizer.eos_token_id
    assert blocks.tokens[0].tolist() == [*ids, eos, *ids, eos, *ids][:5]


def test_without_either_nothing_is_added(tokenizers: dict[str, Any]) -> None:
    blocks = read_blocks(MemorySource(["dog"] * 9), tokenizers["none"], PackingConfig(context=4))
    assert (blocks.document >= 0).all()
    assert blocks.n_special == 0


def test_special_tokens_written_in_the_text_are_marked_and_traced(tokenizer: Any) -> None:
    blocks = read_blocks(MemorySource(["dog<mark>dog</s>dog dog dog dog"]), tokenizer, PackingConfig(context=8))
    marked = {tokenizer.convert_ids_to_tokens(int(one)) for one in blocks.tokens[blocks.special]}
    assert marked == {"<s>", "<mark>", "</s>"}
    mark = tokenizer.convert_tokens_to_ids("<mark>")
    row, column = np.argwhere(blocks.tokens == mark)[0]
    assert (blocks.start[row, column], blocks.end[row, column]) == (3, 9)
    assert blocks.n_usable == blocks.tokens.size - blocks.n_special
    assert mark in special_ids_of(tokenizer)


def test_read_blocks_stops_at_the_fewest_blocks_with_enough_tokens(tokenizer: Any) -> None:
    source = MemorySource(["the lazy dog"] * 400)
    blocks = read_blocks(source, tokenizer, PackingConfig(context=16), max_tokens=100)
    assert blocks.n_usable >= 100
    assert blocks.take(slice(0, len(blocks) - 1)).n_usable < 100
    everything = read_blocks(source, tokenizer, PackingConfig(context=16))
    assert len(read_blocks(source, tokenizer, PackingConfig(context=16), max_tokens=10**9)) == len(everything)
    assert np.array_equal(blocks.tokens, everything.tokens[: len(blocks)])


def test_shards_are_read_no_further_than_asked(tokenizer: Any) -> None:
    read: list[int] = []

    class Endless(MemorySource):
        def _read(self) -> Any:
            for number in itertools.count():
                read.append(number)
                yield Document(f"endless#{number}", "the lazy dog " * 50)

    shard = next(iter_shards(Endless([]), tokenizer, PackingConfig(context=32), shard_tokens=1000))
    assert 1000 <= shard.n_usable <= 1100
    assert len(read) * 650 < 2 * 2**16


def test_take_keeps_rows_and_names(tokenizer: Any) -> None:
    blocks = read_blocks(MemorySource(["the lazy dog"] * 40), tokenizer, PackingConfig(context=8))
    taken = blocks.take([3, 1])
    assert np.array_equal(taken.tokens, blocks.tokens[[3, 1]])
    assert np.array_equal(taken.document, blocks.document[[3, 1]])
    assert taken.document_ids == blocks.document_ids
    assert len(blocks.take(np.arange(len(blocks)) % 2 == 0)) == -(-len(blocks) // 2)


def test_too_short_a_text_says_how_short_and_what_to_do(tokenizer: Any, one_line: Any) -> None:
    with pytest.raises(TextError) as caught:
        read_blocks(MemorySource(["dog"]), tokenizer, PackingConfig(context=64))
    n_tokens = len(tokenizer("dog", add_special_tokens=False)["input_ids"])
    assert one_line(caught.value) == (
        f"the text 'memory' has {n_tokens} tokens, too few for one block of 64. Give more text, or a smaller context."
    )


def test_too_few_documents_to_hold_any_out(tokenizer: Any, one_line: Any) -> None:
    with pytest.raises(TextError) as caught:
        read_blocks(MemorySource(["the dog " * 99]), tokenizer, PackingConfig(context=8, part="held_out"))
    assert one_line(caught.value) == (
        "none of the 1 documents of 'memory' is in its held-out part (5% of the documents are held out). "
        "Give another text to evaluate on with --eval-text, or a text with more documents."
    )


def test_a_held_out_part_shorter_than_a_block(tokenizer: Any, one_line: Any) -> None:
    config = PackingConfig(context=512, part="held_out", held_out_share=0.5)
    with pytest.raises(TextError) as caught:
        read_blocks(MemorySource([f"dog {n}" for n in range(20)]), tokenizer, config)
    message = one_line(caught.value)
    assert message.startswith("the held-out part of 'memory' has ")
    assert "--eval-text" in message


def test_a_model_without_a_fast_tokenizer_is_refused(one_line: Any) -> None:
    class SlowTokenizer:
        is_fast = False

    for tokenizer, said in (
        (None, "this model has no tokenizer"),
        (SlowTokenizer(), "SlowTokenizer cannot trace"),
    ):
        with pytest.raises(TextError) as caught:
            read_blocks(MemorySource(["dog"]), tokenizer, PackingConfig())
        assert one_line(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"context": 1}, "got a context of 1 tokens, expected at least 2"),
        ({"held_out_share": 1.0}, "got a held-out share of 1.0, expected 0 or more and less than 1"),
        ({"held_out_share": -0.1}, "got a held-out share of -0.1, expected 0 or more and less than 1"),
        ({"part": "test"}, "got the part 'test'"),
        ({"part": "held_out", "held_out_share": 0.0}, "the held-out part has a share of 0"),
    ],
)
def test_impossible_settings_are_refused(options: dict[str, Any], said: str, one_line: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        PackingConfig(**options)
    assert one_line(caught.value).startswith(said + ". ")


def test_counts_of_tokens_below_one_are_refused(tokenizer: Any) -> None:
    source = MemorySource(["dog"])
    with pytest.raises(ConfigError, match="got 0 tokens to read"):
        read_blocks(source, tokenizer, PackingConfig(), max_tokens=0)
    with pytest.raises(ConfigError, match="got shards of 0 tokens"):
        next(iter_shards(source, tokenizer, PackingConfig(), shard_tokens=0))
