"""Dictionaries are trained where the language model runs: there as here, to the byte."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import KINDS, SPARSIFIERS, Dictionary, DictionaryConfig
from microtome.errors import ConfigError
from microtome.kernels import SELECTIONS
from microtome.training import Interrupted, OptimiserConfig, Run, TrainingConfig, train
from microtome.training.assemble import Assembly, assemble
from microtome.training.initialise import initialise
from microtome.training.loop import Job
from microtome.training.pipeline import resolved_selection
from microtome.training.step import LOOK_EVERY, DictionaryTrainer, StepResult
from tests.elsewhere import PLACE, Elsewhere, There
from tests.training.stopping import StopAt

HERE = torch.device("cpu")
TRAINED = [name for name in SPARSIFIERS if name != "matching_pursuit"]


def test_two_places_are_told_apart() -> None:
    with Elsewhere():
        there, here = torch.ones(3).to(PLACE), torch.ones(3)
        assert there.device == PLACE and (there + there).cpu().tolist() == [2, 2, 2]
        with pytest.raises(RuntimeError, match="tensors on two devices"):
            there + here
        with pytest.raises(RuntimeError, match="tensors on two devices"):
            there[torch.tensor([0])]


def steps(kind: str, sparsifier: str, device: torch.device) -> tuple[list[StepResult], dict[str, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    x_ND = torch.randn(512, 16, generator=generator)
    y_ND = x_ND if kind == "sae" else torch.randn(512, 24, generator=generator)
    with Elsewhere():
        x_ND, y_ND = x_ND.to(device), y_ND.to(device)
        shape = DictionaryConfig(kind=kind, sparsifier=sparsifier, d_in=16, d_out=y_ND.shape[1], latents=64, l0=4.0)
        dictionary = Dictionary(shape).to(device)
        initialise(dictionary, x_ND, y_ND, seed=1)
        # So soon dead that losses for dead latents take part.
        optimiser = OptimiserConfig(dead_after_tokens=256)
        trainer = DictionaryTrainer(dictionary, optimiser, total_tokens=4096, variance=float(y_ND.shape[1]))
        results = []
        for number in range(16):
            part = slice(number % 4 * 128, number % 4 * 128 + 128)
            results.append(trainer.step(x_ND[part], y_ND[part]))
        assert all(tensor.device == device for tensor in trainer.state()[0].values())
        return results, {name: tensor.cpu() for name, tensor in trainer.state()[0].items()}


def plain(result: StepResult) -> tuple[Any, ...]:
    return (*result.measured.cpu().tolist()[:4], result.lr, result.sparsity)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sparsifier", TRAINED)
def test_steps_elsewhere_are_those_here(kind: str, sparsifier: str) -> None:
    (here, state_here), (there, state_there) = (steps(kind, sparsifier, device) for device in (HERE, PLACE))
    assert [plain(result) for result in here] == [plain(result) for result in there]
    assert {name: tensor.tolist() for name, tensor in state_here.items()} == {
        name: tensor.tolist() for name, tensor in state_there.items()
    }


@pytest.mark.parametrize("selection", SELECTIONS[:2])
@pytest.mark.parametrize(
    ("sparsifier", "kind", "matryoshka"),
    [
        *((sparsifier, "sae", ()) for sparsifier in TRAINED),
        *(("topk", kind, ()) for kind in KINDS[1:]),
        ("batchtopk", "skip_transcoder", (16,)),
        ("gated", "sae", (16,)),
    ],
)
def test_no_step_waits_for_a_gpu_between_looks(
    sparsifier: str, kind: str, matryoshka: tuple[int, ...], selection: str
) -> None:
    generator = torch.Generator().manual_seed(0)
    x_ND = torch.randn(256, 16, generator=generator)
    shape = DictionaryConfig(
        kind=kind, sparsifier=sparsifier, d_in=16, d_out=16, latents=64, l0=4.0, matryoshka=matryoshka
    )
    with Elsewhere() as place:
        x_ND, dictionary = x_ND.to(PLACE), Dictionary(shape).to(PLACE)
        initialise(dictionary, x_ND, x_ND, seed=1)
        optimiser = OptimiserConfig(dead_after_tokens=8)
        trainer = DictionaryTrainer(dictionary, optimiser, total_tokens=2**15, variance=16.0, selection=selection)
        waited, dead = [], []
        for _ in range(3 * LOOK_EVERY):
            place.waits.clear()
            result = trainer.step(x_ND[:8], x_ND[:8])
            waited.append(list(place.waits))
            dead.append(result.dead_fraction)
    assert place.waits == ["aten._to_copy.default"], "reading a result is what waits"
    assert max(dead) > 0, "losses for dead latents were among them"
    assert [bool(names) for names in waited] == [number % LOOK_EVERY == 0 for number in range(3 * LOOK_EVERY)]
    # Which latents are dead; how many pairs there are and which of a screen's remain; whether the places sufficed.
    expected = {"aten.nonzero.default", "aten._local_scalar_dense.default", "aten.index.Tensor"}
    assert {name for names in waited for name in names} <= expected
    if sparsifier in ("relu", "gated", "jumprelu"):
        assert trainer.room is not None


@pytest.mark.parametrize("sparsifier", ["relu", "gated", "jumprelu"])
def test_too_few_places_on_a_gpu_are_told(sparsifier: str) -> None:
    x_ND = torch.randn(64, 16, generator=torch.Generator().manual_seed(0))
    shape = DictionaryConfig(kind="sae", sparsifier=sparsifier, d_in=16, d_out=16, latents=64, l0=4.0)
    with Elsewhere():
        x_ND, dictionary = x_ND.to(PLACE), Dictionary(shape).to(PLACE)
        initialise(dictionary, x_ND, x_ND, seed=1)
        trainer = DictionaryTrainer(dictionary, OptimiserConfig(), total_tokens=2**15, variance=16.0)
        for _ in range(LOOK_EVERY):
            trainer.step(x_ND, x_ND)
            trainer.dense, trainer.room = False, 100
        with pytest.warns(
            UserWarning, match="all 100 places for active pairs were taken on the GPU: some may have been"
        ):
            trainer.step(x_ND, x_ND)
        assert trainer.room > 100


def test_a_processor_has_places_for_all_pairs() -> None:
    x_ND = torch.randn(64, 16, generator=torch.Generator().manual_seed(0))
    shape = DictionaryConfig(kind="sae", sparsifier="relu", d_in=16, d_out=16, latents=64, l0=4.0)
    dictionary = Dictionary(shape)
    initialise(dictionary, x_ND, x_ND, seed=1)
    trainer = DictionaryTrainer(dictionary, OptimiserConfig(), total_tokens=2**15, variance=16.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(LOOK_EVERY + 1):
            trainer.step(x_ND, x_ND)
            trainer.dense, trainer.room = False, 100


def config(**changed: Any) -> TrainingConfig:
    values: dict[str, Any] = {
        "model": "tiny",
        "text": ("builtin:python-docs",),
        "sites": ("2.mlp_out",),
        "sparsifiers": ("topk",),
        "latents": (128,),
        "l0s": (8.0,),
        "tokens": 6000,
        "batch_tokens": 512,
        "buffer_tokens": 2000,
        "eval_tokens": 2000,
        "eval_loss_tokens": 300,
    }
    return TrainingConfig(**{**values, **changed})


def on(device: torch.device, asked: TrainingConfig) -> Assembly:
    assembly = assemble(asked)
    assembly.device = device
    return assembly


def files(run: Run) -> dict[str, bytes]:
    return {str(p.relative_to(run.path)): p.read_bytes() for p in sorted(run.path.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(
    "changed",
    [
        {"sparsifiers": ("topk", "gated")},
        {"sites": ("2.mlp_in->2.mlp_out",), "kinds": ("skip_transcoder",), "sparsifiers": ("batchtopk", "jumprelu")},
    ],
)
def test_a_run_elsewhere_is_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    asked, places = config(**changed), set()
    step = DictionaryTrainer.step

    def spy(self: DictionaryTrainer, x_BD: Tensor, y_BD: Tensor) -> StepResult:
        places.update(type(tensor) for tensor in (x_BD, y_BD, self.dictionary.W_enc.data))
        return step(self, x_BD, y_BD)

    here = train(asked, tmp_path / "here", assembly=on(HERE, asked))
    monkeypatch.setattr(DictionaryTrainer, "step", spy)
    with Elsewhere():
        there = train(asked, tmp_path / "there", assembly=on(PLACE, asked))
    assert places == {There}
    assert files(here) == files(there)


def test_resumed_elsewhere_equals_uninterrupted(tmp_path: Path) -> None:
    asked = config(sparsifiers=("topk", "jumprelu"))

    with Elsewhere():
        whole = train(asked, tmp_path / "whole", assembly=on(PLACE, asked))
        with pytest.raises(Interrupted):
            train(asked, tmp_path / "cut", assembly=on(PLACE, asked), watcher=StopAt(3001))
        resumed = train(asked, tmp_path / "cut", assembly=on(PLACE, asked), resume=True)
    ours, theirs = files(whole), files(resumed)
    assert {n: b for n, b in ours.items() if "checkpoints" not in n} == {
        n: b for n, b in theirs.items() if "checkpoints" not in n
    }


def test_checkpoints_that_name_no_dead_latents_are_read() -> None:
    trainers = []
    for _ in range(2):
        shape = DictionaryConfig(kind="sae", sparsifier="topk", d_in=16, d_out=16, latents=64, l0=4.0)
        optimiser = OptimiserConfig(dead_after_tokens=8)
        trainers.append(DictionaryTrainer(Dictionary(shape), optimiser, total_tokens=4096, variance=16.0))
    first, second = trainers
    x_BD = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    initialise(first.dictionary, x_BD, x_BD, seed=1)
    for _ in range(LOOK_EVERY):
        first.step(x_BD, x_BD)
    tensors, numbers = first.state()
    del tensors["dead"]
    second.load_state(tensors, numbers, origin="old")
    assert 0 < len(second.dead) < 64
    assert plain(first.step(x_BD, x_BD)) == plain(second.step(x_BD, x_BD))


def test_integers_are_for_processors() -> None:
    job = Job("a", "x", "x", DictionaryConfig(kind="sae", sparsifier="topk", d_in=512, d_out=512, latents=2048, l0=8.0))
    with pytest.raises(ConfigError, match="got --selection int8 for dictionaries on meta, expected exact or bfloat16"):
        resolved_selection(config(selection="int8"), job, PLACE)
    assert resolved_selection(config(), job, PLACE) == "exact"
