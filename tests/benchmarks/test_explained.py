"""The benchmark of explained prompts: what it ablates, what it calls a control, and when it says yes."""

from __future__ import annotations

import dataclasses
import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from microtome.circuits import ReplacementModel, from_run, trace
from microtome.models import LanguageModel
from microtome.training import TrainingConfig, train

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def explained() -> ModuleType:
    spec = importlib.util.spec_from_file_location("explained", FOLDER / "explained.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["explained"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ReplacementModel:
    lm = LanguageModel.load("tiny", dtype="float32")
    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("*.mlp_out",),
        kinds=("skip_transcoder",),
        latents=(128,),
        l0s=(12.0,),
        tokens=6_000,
        batch_tokens=512,
        buffer_tokens=3_000,
        eval_tokens=1_000,
        eval_loss_tokens=0,
    )
    return ReplacementModel(lm, from_run(lm, train(config, tmp_path_factory.mktemp("set") / "run", model=lm)))


def test_a_prompt_is_measured(explained: ModuleType, model: ReplacementModel) -> None:
    logits = model.lm.logits(model.lm.encode("import numpy as"))[0, -1]
    top = model.lm.tokenizer.decode([int(logits.argmax())])
    row = explained.explain(model, "code", "import numpy as", top, 500, set())
    assert row.top == row.token == top
    assert row.clean == pytest.approx(float(logits.double().softmax(0).max()), rel=1e-4)
    assert len(row.latents) == explained.LATENTS
    assert 0 < row.ablated < 1 and 0 < row.controls < 1 and row.measured != 0
    assert top in explained.line(row) and explained.line(row).count("|") == explained.HEAD.splitlines()[0].count("|")


def test_controls_are_others_of_the_same_layers(explained: ModuleType, model: ReplacementModel) -> None:
    graph = trace(model, "import numpy as")
    latents = (graph.nodes.kind == 0).nonzero()[:, 0].tolist()
    chosen, others = latents[: explained.LATENTS], latents[explained.LATENTS :]
    drawn = explained.control(graph, chosen, others, random.Random(0))
    assert len(set(drawn)) == len(chosen) and not set(drawn) & set(chosen)
    layers = [int(graph.nodes.layer[n]) for n in chosen]
    assert [int(graph.nodes.layer[n]) for n in drawn] == layers


def test_what_counts_as_explained(explained: ModuleType) -> None:
    yes = explained.Explained(
        about="", prompt="", token=" x", top=" x", clean=0.8, ablated=0.1, controls=0.7, becomes=" y", predicted=-1.0,
        measured=-1.0, replacement=0.5, completeness=0.5, seconds=1.0, latents=[],
    )  # fmt: skip
    assert yes.explains
    for other in ({"top": " y"}, {"ablated": 0.5}, {"controls": 0.3}):
        assert not dataclasses.replace(yes, **other).explains
