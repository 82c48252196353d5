"""Windows of activations: functions of (source, seed, index) alone; every usable token once per epoch, none special."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from microtome.activations import (
    INPUT,
    TARGET,
    ActivationSource,
    ArrayActivations,
    IteratorActivations,
    ModelActivations,
    Window,
)
from microtome.errors import ActivationError, ConfigError, MemoryRequestError, TextError
from microtome.text import Blocks, PackingConfig, iter_shards
from microtome.text.documents import MemorySource
from tests.models.tiny_models import char_tokenizer, count_calls, tiny_language_model

CONTEXT = 16
PACKING = PackingConfig(context=CONTEXT)
SITES = ("0.resid_pre", "0.mlp_out")


def text(n_documents: int = 40, *, seed: int = 0) -> MemorySource:
    """Documents of random letters; some hold a special token spelled out."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz ."))
    documents = ["".join(rng.choice(letters, size=rng.integers(5, 60))) for _ in range(n_documents)]
    documents[3] = documents[3][:4] + "</s>" + documents[3][4:]
    documents[7] += "<s>abc"
    return MemorySource(documents)


@pytest.fixture(scope="module")
def model() -> Any:
    # GPT-2 adds position embeddings, so that resid_pre tells (token, position) apart.
    return tiny_language_model("gpt2", tokenizer=char_tokenizer())


def from_model(model: Any, **changed: Any) -> ModelActivations:
    settings: dict[str, Any] = {"seed": 0, "window_tokens": 200, "batch_contexts": 3}
    sites = [model.parse(site)[0] for site in SITES]
    return ModelActivations(model, text(), PACKING, sites, **{**settings, **changed})


def from_arrays(n_rows: int = 1000, **changed: Any) -> ArrayActivations:
    settings: dict[str, Any] = {"name": "x", "seed": 0, "window_tokens": 192}
    rows = np.arange(n_rows, dtype=np.float32)
    return ArrayActivations({INPUT: np.stack([rows, -rows], 1), TARGET: rows[:, None] * 10}, **{**settings, **changed})


def from_iterator(**changed: Any) -> IteratorActivations:
    rows = np.arange(700, dtype=np.float32)[:, None]

    def make() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return ((part, part + 0.5) for part in np.array_split(rows, 9))

    return IteratorActivations(make, **{"name": "it", "window_tokens": 200, **changed})


MAKERS: dict[str, Callable[[Any], ActivationSource]] = {
    "model": from_model,
    "model in shards": lambda model: from_model(model, shard_tokens=150, window_tokens=70),
    "arrays": lambda _: from_arrays(),
    "iterator": lambda _: from_iterator(),
}
every_source = pytest.mark.parametrize("maker", list(MAKERS.values()), ids=list(MAKERS))


def equal(a: Window, b: Window) -> bool:
    return (
        a.index == b.index
        and a.excluded == b.excluded
        and list(a.columns) == list(b.columns)
        and all(torch.equal(a.columns[key], b.columns[key]) for key in a.columns)
    )


def rows_of(windows: list[Window], column: str) -> Counter[bytes]:
    return Counter(row.numpy().tobytes() for window in windows for row in window.columns[column])


def epoch(source: ActivationSource, n_rows: int, *, skip: int = 0) -> list[Window]:
    """The windows from number `skip` on that hold `n_rows` together."""
    windows: list[Window] = []
    for window in source.windows(skip):
        windows.append(window)
        if sum(w.n_rows for w in windows) >= n_rows:
            break
    assert sum(w.n_rows for w in windows) == n_rows  # epochs end with a window
    return windows


@every_source
def test_a_window_depends_on_its_number_alone(maker: Callable[[Any], ActivationSource], model: Any) -> None:
    first = list(islice(maker(model).windows(0), 14))  # past the end of the first epoch in every source
    assert [window.index for window in first] == list(range(14))
    source = maker(model)
    for start in (3, 13, 0, 7):  # also out of order, and twice from the same object
        assert equal(next(source.windows(start)), first[start])
    for index, window in enumerate(islice(source.windows(5), 4), start=5):
        assert equal(window, first[index])
    assert maker(model).identity() == source.identity()


@every_source
def test_columns_are_of_the_same_tokens(maker: Callable[[Any], ActivationSource], model: Any) -> None:
    source = maker(model)
    for window in islice(source.windows(0), 5):
        assert {key: value.shape[1] for key, value in window.columns.items()} == dict(source.widths)
        assert {len(value) for value in window.columns.values()} == {window.n_rows}
        if TARGET in window.columns and isinstance(source, ArrayActivations):
            assert torch.equal(window.columns[TARGET][:, 0], 10 * window.columns[INPUT][:, 0])
            assert torch.equal(window.columns[INPUT][:, 1], -window.columns[INPUT][:, 0])


def all_blocks(model: Any) -> list[Blocks]:
    return list(iter_shards(text(), model.tokenizer, PACKING, shard_tokens=10**6))


def expected_rows(model: Any, site: str) -> tuple[Counter[bytes], Counter[bytes], int, int]:
    """Rows of usable tokens and of special ones, block by block; how many there are of each."""
    (parsed,) = model.parse(site)
    usable: list[Tensor] = []
    special: list[Tensor] = []
    for blocks in all_blocks(model):
        mask = torch.from_numpy(blocks.special)
        for tokens, is_special in zip(blocks.tokens, mask, strict=True):
            value = model.capture(torch.from_numpy(tokens).long()[None], [parsed])[parsed][0]
            usable += list(value[~is_special])
            special += list(value[is_special])
    return (
        Counter(row.numpy().tobytes() for row in usable),
        Counter(row.numpy().tobytes() for row in special),
        len(usable),
        len(special),
    )


@pytest.mark.parametrize("shard_tokens", [150, 10**6])
def test_every_usable_token_once_per_epoch_and_no_special_one(shard_tokens: int, model: Any) -> None:
    usable, special, n_usable, n_special = expected_rows(model, "0.resid_pre")
    source = from_model(model, shard_tokens=shard_tokens, window_tokens=130)
    first = epoch(source, n_usable)
    second = epoch(source, n_usable, skip=len(first))
    for windows in (first, second):
        found = rows_of(windows, "0.resid_pre")
        assert found == usable
        assert not found.keys() & special.keys()
        assert sum(window.excluded for window in windows) == n_special
    # BOS of every block, and the special tokens inside: the check above was not of an empty set.
    assert n_special > len(all_blocks(model)[0])
    assert not all(equal_rows(a, b) for a, b in zip(first, second))


def equal_rows(a: Window, b: Window) -> bool:
    return a.n_rows == b.n_rows and all(torch.equal(a.columns[key], b.columns[key]) for key in a.columns)


def test_windows_do_not_depend_on_how_contexts_are_batched(model: Any) -> None:
    for one, many in zip(
        islice(from_model(model, batch_contexts=1).windows(0), 4),
        islice(from_model(model, batch_contexts=50).windows(0), 4),
    ):
        assert torch.equal(one.columns["0.resid_pre"], many.columns["0.resid_pre"])
        torch.testing.assert_close(one.columns["0.mlp_out"], many.columns["0.mlp_out"])


def test_another_seed_gives_another_order(model: Any) -> None:
    a, b = next(from_model(model).windows(0)), next(from_model(model, seed=1).windows(0))
    assert not equal_rows(a, b)
    assert not equal_rows(next(from_arrays().windows(0)), next(from_arrays(seed=1).windows(0)))


def test_a_later_window_costs_no_forward_pass_of_the_earlier_ones(model: Any) -> None:
    counts, stop = count_calls(model.hf.transformer.h)
    window = next(from_model(model).windows(6))
    stop()
    n_blocks = -(-(window.n_rows + window.excluded) // CONTEXT)
    assert counts == [-(-n_blocks // 3), 0, 0]  # nor any layer past the sites


def test_windows_are_about_as_large_as_asked(model: Any) -> None:
    for size in (100, 200, 10_000):
        source = from_model(model, window_tokens=size)
        *_, n_usable, _ = expected_rows(model, "0.resid_pre")
        for window in islice(source.windows(0), 3):
            assert 0.5 * min(size, n_usable) <= window.n_rows <= 1.5 * size


def test_no_window_is_empty(model: Any) -> None:
    source = from_model(model, window_tokens=4)
    n_blocks = sum(len(blocks) for blocks in all_blocks(model))
    assert min(window.n_rows for window in islice(source.windows(0), n_blocks + 5)) > 0


def test_a_text_without_training_part_says_so(model: Any) -> None:
    source = ModelActivations(
        model,
        MemorySource(["ab"]),
        PACKING,
        [model.parse("0.mlp_out")[0]],
        seed=0,
        window_tokens=64,
    )
    with pytest.raises(TextError) as caught:
        next(source.windows(0))
    assert str(caught.value) == (
        "the text 'memory' has 2 tokens, too few for one block of 16. Give more text, or a smaller context."
    )


def test_a_buffer_that_does_not_fit_says_what_to_lower(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    class Memory:
        available = 3 * 2**30

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    tokens = 2**25  # × 2 sites × 16 × 4 bytes = 4 GiB
    with pytest.raises(MemoryRequestError) as caught:
        from_model(model, window_tokens=tokens)
    assert str(caught.value) == (
        "a mixing buffer of 33,554,432 tokens at 2 sites needs 10.0 GiB, 3.0 GiB of memory are free. "
        "Lower --buffer-tokens, or train fewer sites at once."
    )
    from_model(model, window_tokens=tokens // 8)


# Arrays ----------------------------------------------------------------------------------------------------------


def numbers(windows: list[Window]) -> list[float]:
    return [float(value) for window in windows for value in window.columns[INPUT][:, 0]]


def test_arrays_give_every_row_once_per_epoch_in_another_order() -> None:
    source = from_arrays()
    first = epoch(source, 1000)
    second = epoch(source, 1000, skip=len(first))
    assert sorted(numbers(first)) == sorted(numbers(second)) == list(range(1000))
    assert numbers(first) != numbers(second)
    assert numbers(list(source.in_order())) == list(range(1000))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
@pytest.mark.parametrize("n_rows", [1300, 6400, 10_001])
def test_parts_of_an_array_share_no_row(share: float, n_rows: int) -> None:
    part = {
        name: set(numbers(list(from_arrays(n_rows, part=name, held_out_share=share).in_order())))
        for name in ("train", "held_out")
    }
    assert not part["train"] & part["held_out"]
    assert part["train"] | part["held_out"] == set(range(n_rows))
    assert len(part["held_out"]) == pytest.approx(share * n_rows, abs=64)
    drawn = epoch(from_arrays(n_rows, part="train", held_out_share=share), len(part["train"]))
    assert set(numbers(drawn)) == part["train"]


def test_arrays_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ActivationError) as caught:
        ArrayActivations({INPUT: np.zeros((10, 2)), TARGET: np.zeros((9, 2))}, name="x.npy", seed=0, window_tokens=64)
    assert str(caught.value) == (
        "inputs have 10 rows and targets 9, expected a target for every input. "
        "Save both from the same tokens, in the same order."
    )
    with pytest.raises(ActivationError) as caught:
        from_arrays(200, name="x.npy", part="held_out")
    assert str(caught.value) == (
        "'x.npy' has 200 rows, too few to keep some for evaluation. "
        "Give more rows, or a second array with --eval-activations."
    )


def test_an_array_on_disk_is_mapped_not_read(tmp_path: Path) -> None:
    from microtome.activations import open_array

    np.save(tmp_path / "x.npy", np.zeros((100, 3), dtype=np.float16))
    array = open_array(str(tmp_path / "x.npy"))
    assert isinstance(array, np.memmap)
    source = ArrayActivations({INPUT: array}, name="x", seed=0, window_tokens=64)
    assert next(source.windows(0)).columns[INPUT].dtype == torch.float16


# Iterators -------------------------------------------------------------------------------------------------------


def test_an_iterator_gives_every_row_once_per_epoch() -> None:
    windows = epoch(from_iterator(), 700)
    assert numbers(windows) == list(range(700))
    assert [window.n_rows for window in windows][:-1] == [234, 234]  # whole parts, until 200 rows are there
    targets = torch.cat([window.columns[TARGET] for window in windows])
    assert torch.equal(targets[:, 0], torch.arange(700) + 0.5)


def test_iterators_of_something_else_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        IteratorActivations([np.zeros((2, 2))], name="it", window_tokens=64)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "got a list as activations, expected a function that returns an iterator. "
        "Pass for example lambda: my_batches(), so that every epoch can start anew."
    )
    for item, shapes in (
        (np.zeros(3), "[(3,)]"),
        ((np.zeros((3, 2)), np.zeros((4, 2))), "[(3, 2), (4, 2)]"),
        ((np.zeros((3, 2)),) * 3, "[(3, 2), (3, 2), (3, 2)]"),
    ):
        with pytest.raises(ActivationError) as wrong:
            IteratorActivations(lambda item=item: iter([item]), name="it", window_tokens=64)
        assert str(wrong.value) == (
            f"'it' gave shapes {shapes}, expected [n, D] or a pair of such with equal n. "
            "Yield one array, or (inputs, targets)."
        )
    with pytest.raises(ActivationError, match=r"'it' gave no activations\. Return an iterator over arrays"):
        IteratorActivations(lambda: iter([]), name="it", window_tokens=64)
