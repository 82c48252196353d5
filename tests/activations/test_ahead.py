"""Windows made ahead are those made when they are asked for, and nothing is made for nobody."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from microtome.activations import ModelActivations, Window, WindowsAhead
from microtome.models import LanguageModel
from microtome.sites import parse_sites
from microtome.text import PackingConfig, open_text
from microtome.training import TrainingConfig, Watcher, train
from microtome.training.loop import TrainingLoop


class Source:
    """Windows that remember which thread made them."""

    def __init__(self, last: int = 100) -> None:
        self.made: list[tuple[int, bool]] = []
        self.last = last

    def windows(self) -> Iterator[Window]:
        for index in range(self.last):
            self.made.append((index, threading.current_thread() is threading.main_thread()))
            yield Window(index, {"x": torch.full((2, 1), float(index))})
        raise OSError("the disk is gone")


def test_what_was_begun_comes_next_and_the_rest_is_made_when_asked_for() -> None:
    source = Source()
    with WindowsAhead(source.windows()) as ahead:
        assert ahead.next().index == 0
        ahead.begin()
        ahead.begin()
        assert [ahead.next().index for _ in range(2)] == [1, 2]
        ahead.begin()
    # What was begun is finished or given up before anybody leaves.
    assert source.made[:3] == [(0, True), (1, False), (2, True)]
    assert not any(thread.name.startswith("windows") for thread in threading.enumerate())


def test_what_goes_wrong_is_raised_where_the_window_is_asked_for() -> None:
    with WindowsAhead(Source(last=1).windows()) as ahead:
        ahead.next()
        ahead.begin()
        with pytest.raises(OSError, match="the disk is gone"):
            ahead.next()


def test_activations_made_in_another_thread_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(inspect.getsource(inspect))
    tiny, text = LanguageModel.load("tiny"), open_text(str(tmp_path / "text.txt"))
    sites = parse_sites("2.mlp_out,1.resid_post", n_layers=4)
    source = ModelActivations(tiny, text, PackingConfig(context=64), sites, seed=3, window_tokens=2000)
    plain = source.windows(0)
    with WindowsAhead(source.windows(0)) as ahead:
        for _ in range(3):
            here = next(plain)
            ahead.begin()
            there = ahead.next()
            assert all(torch.equal(here.columns[name], there.columns[name]) for name in here.columns)


def test_training_makes_no_window_that_it_does_not_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, harvest = [], ModelActivations.harvest
    for ahead in (True, False):
        monkeypatch.setattr(TrainingLoop, "_makes_ahead", lambda self, ahead=ahead: ahead)
        made: list[tuple[int, str]] = []

        def spy(self: ModelActivations, index: int, blocks: object, made: list[tuple[int, str]] = made) -> Window:
            made.append((index, threading.current_thread().name))
            return harvest(self, index, blocks)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(ModelActivations, "harvest", spy)
            run = train(config(), tmp_path / str(ahead), watcher=Watcher())
        # The first of all is the probe.
        assert [index for index, _ in made] == [0, 0, 1, 2]
        assert [name.startswith("windows") for _, name in made] == [False, False, ahead, ahead]
        results.append((run.path / "dictionaries" / run.names[0] / "weights.safetensors").read_bytes())
    assert results[0] == results[1]


def config() -> TrainingConfig:
    return TrainingConfig(
        model="tiny",
        text=("builtin:python-docs",),
        sites=("2.mlp_out",),
        latents=(64,),
        l0s=(4.0,),
        tokens=6000,
        batch_tokens=500,
        buffer_tokens=2000,
        eval_tokens=2000,
        eval_loss_tokens=0,
    )
