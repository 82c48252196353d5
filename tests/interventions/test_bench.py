"""A run on the bench, presets, and changes written in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from microtome.errors import ArtifactError, ConfigError
from microtome.evaluation.storage import load_evaluation
from microtome.interventions import (
    ALWAYS,
    GENERATED,
    Bench,
    Change,
    Fires,
    GenerationConfig,
    When,
    ablate,
    add,
    change_from,
    clamp,
    load_preset,
    make_preset,
    measure_maxima,
    read_changes,
    read_condition,
    replace,
    save_preset,
)
from microtome.models import LanguageModel
from microtome.training import TrainingConfig, train
from tests.interventions.plain import model, placed_at

TOPK, RELU = "2.mlp_out-topk-l0_4-64", "2.mlp_out-relu-l0_4-64"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench") / "run"
    text = folder.parent / "text.txt"
    text.write_text("\n\n".join(f"def f{i}(x):\n    return x + {i}  # adds {i} to x, as asked" for i in range(600)))
    lm = LanguageModel.load("tiny")
    config = TrainingConfig(
        model="tiny",
        text=str(text),
        sites=("2.mlp_out",),
        sparsifiers=("topk", "relu"),
        latents=(64,),
        l0s=(4.0,),
        tokens=6000,
        batch_tokens=512,
        buffer_tokens=3000,
        eval_tokens=1500,
        eval_loss_tokens=300,
        held_out=0.3,
    )
    train(config, folder, model=lm)
    return Bench.open(folder, lm=lm)


def loud(bench: Bench, name: str = TOPK) -> int:
    arrays = bench.evaluated(name)
    assert arrays is not None
    return int(arrays["max"].argmax())


def test_a_maximum_is_that_of_the_evaluation_or_is_measured(bench: Bench) -> None:
    assert bench.run is not None
    latent = loud(bench)
    metrics, _ = load_evaluation(bench.run.path, TOPK)
    assert bench.maximum(TOPK, latent) == metrics.arrays["max"][latent] > 0
    measured = measure_maxima(bench.lm, bench.placed[TOPK], range(64), bench.text(10_000))
    assert float(measured[latent]) == pytest.approx(metrics.arrays["max"][latent], rel=0.3)
    other = Bench(bench.lm, bench.placed, run=bench.run)
    other.evaluated = lambda name: None  # type: ignore[method-assign]
    assert other.maximum(TOPK, latent) == pytest.approx(float(measured[latent]), rel=0.3)
    with pytest.raises(ConfigError) as caught:
        Bench(bench.lm, {"d": bench.placed[TOPK]}).maximum("d", 3)
    assert str(caught.value) == (
        "the maximum activation of latent 3 of d is not known. "
        "Open a run, or give the strength in units of activation or norm."
    )
    quiet = Bench(bench.lm, bench.placed, run=bench.run)
    arrays = {"max": torch.zeros(64).numpy()}
    quiet.evaluated = lambda name: arrays  # type: ignore[method-assign]
    with pytest.raises(ConfigError) as caught:
        quiet.intervene([add(3, 1.0, TOPK)])
    assert str(caught.value) == (
        f"latent 3 of {TOPK} never fired when it was evaluated, so it has no maximum activation. "
        "Give the strength in units of activation or norm, or choose another latent."
    )


def test_an_addition_is_in_units_of_the_maximum(bench: Bench) -> None:
    latent = loud(bench)
    tokens = bench.lm.encode("return x")
    (clean,) = bench.lm.capture(tokens, ["2.mlp_out"]).values()
    with bench.intervene([add(latent, 2.0, TOPK)]).open():
        (found,) = bench.lm.capture(tokens, ["2.mlp_out"]).values()
    expected = 2 * bench.maximum(TOPK, latent) * bench.placed[TOPK].dictionary.W_dec[latent]
    torch.testing.assert_close(
        (found - clean)[0, 1:].float(), expected.expand(tokens.shape[1] - 1, -1), rtol=0.05, atol=0.05
    )


def test_another_model_is_refused(bench: Bench) -> None:
    assert bench.run is not None
    with pytest.raises(ConfigError) as caught:
        Bench.open(bench.run.path, lm=model())
    assert str(caught.value) == (
        f"the run '{bench.run.path}' was trained on tiny, got tiny-llama with other weights. "
        "Give the model that the run was trained on."
    )
    with pytest.raises(ArtifactError, match="is not a run"):
        Bench.open("missing")


def test_words(bench: Bench) -> None:
    assert read_changes(bench, {"clamp": ["topk:7=5,relu:9=-2"], "ablate": ["relu:3"]}) == [
        clamp(7, 5.0, TOPK),
        clamp(9, -2.0, RELU),
        ablate(3, RELU),
    ]
    assert read_changes(bench, {"add": ["7=3"]}, replace=True, dictionaries=["relu"], units={"add": "norm"}) == [
        replace(RELU),
        add(7, 3.0, RELU, unit="norm"),
    ]
    assert [change.dictionary for change in read_changes(bench, {}, replace=True)] == [TOPK, RELU]
    assert read_condition(bench, "topk:9>0.5") == Fires(latent=9, dictionary=TOPK, above=0.5)
    assert read_condition(bench, "9", ["relu"]) == Fires(latent=9, dictionary=RELU)
    assert read_changes(bench, {"ablate": ["topk:1"]}, when=GENERATED)[0].when == GENERATED


BOTH = f"{TOPK}, {RELU}"
BAD = [
    ("clamp", "topk:7", "got --clamp topk:7, expected LATENT=VALUE, such as 7=5. Correct it."),
    ("ablate", "topk:7=3", "got --ablate topk:7=3, expected a latent, such as 7. Correct it."),
    ("clamp", "topk:7=nan", "got --clamp topk:7=nan, expected a finite number as its value. Give one, such as 3."),
    ("add", "topk:7=lots", "got --add topk:7=lots, expected a finite number as its value. Give one, such as 3."),
    ("min_clamp", "topk:x=1", "got --min-clamp topk:x=1, expected the number of a latent, such as 7. Correct it."),
    ("ablate", "-1", "got --ablate -1, expected the number of a latent, such as 7. Correct it."),
    (
        "ablate",
        "7",
        f"got --ablate 7 with 2 dictionaries, expected which one is meant. Write {TOPK}:7, or give --dictionary one of "
        f"{BOTH}.",
    ),
    (
        "ablate",
        "mlp:7",
        f"got 'mlp', which names several dictionaries, expected one of {BOTH}. Give --dictionary one of these.",
    ),
    (
        "ablate",
        "gated:7",
        f"got 'gated', which names no dictionary of the run, expected one of {BOTH}. Give --dictionary one of these.",
    ),
]


@pytest.mark.parametrize(("kind", "written", "text"), BAD)
def test_words_that_cannot_be_read(bench: Bench, kind: str, written: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_changes(bench, {kind: [written]})
    assert str(caught.value) == text


CHANGES = [
    replace(TOPK),
    clamp(7, 5.0, TOPK),
    add(3, 0.5, RELU, unit="norm", when=When(clock="generated", start=2, stop=9, scale=((0, 0.0), (4, 1.0)))),
    ablate(2, TOPK, when=When(fires=Fires(latent=4, dictionary=RELU, above=0.25), specials=True)),
]


def test_changes_and_presets_come_back_as_they_were(bench: Bench, tmp_path: Path) -> None:
    for change in CHANGES:
        assert change_from(json.loads(json.dumps(change.to_json()))) == change
    assert add(7, 3.0).to_json() == {"kind": "add", "latent": 7, "value": 3.0, "unit": "max"}
    generation = GenerationConfig(tokens=12, temperature=0.7, samples=3)
    preset = make_preset(bench, CHANGES, prompt="def", generation=generation)
    save_preset(tmp_path / "p.json", preset)
    loaded = load_preset(tmp_path / "p.json")
    assert loaded == preset and loaded.generation == generation and loaded.prompt == "def"
    loaded.check(bench)
    assert set(loaded.dictionaries) == {TOPK, RELU}
    one = Bench(bench.lm, {"d": bench.placed[RELU]})
    named = make_preset(one, [ablate(3, when=When(fires=Fires(latent=1)))])
    assert named.changes[0].dictionary == "d" and named.changes[0].when.fires == Fires(latent=1, dictionary="d")
    assert When() == ALWAYS


def test_a_preset_for_another_model_or_dictionary_is_refused(bench: Bench) -> None:
    preset = make_preset(bench, [ablate(3, RELU)])
    other = Bench(model(), {RELU: placed_at()})
    with pytest.raises(ConfigError) as caught:
        preset.check(other)
    assert str(caught.value) == "the preset is for the model tiny, got tiny-llama. Give a run of that model."
    for placed, got in (
        ({}, "no such dictionary"),
        ({RELU: placed_at()}, "24 latents, 16 wide, at 1.mlp_out"),
    ):
        with pytest.raises(ConfigError) as caught:
            preset.check(Bench(bench.lm, placed))
        assert str(caught.value) == (
            f"the preset is for the dictionary {RELU} (64 latents, 128 wide, at 2.mlp_out), got {got}. "
            "Give the run that the preset was made with."
        )


def damaged(**changed: Any) -> dict[str, Any]:
    return {"schema": "microtome.preset", "schema_version": 1, "changes": [], **changed}


KEYS = "kind, latent, value, unit, dictionary, when"
BAD_FILES: list[tuple[Any, type[Exception], str]] = [
    ("{", ArtifactError, "is not readable JSON"),
    ({"schema": "x"}, ArtifactError, "is not of schema microtome.preset. Give a file of --save-preset."),
    (damaged(schema_version=9, microtome="9.0"), ArtifactError, r"newer microtome \(9.0\). Upgrade microtome."),
    (damaged(changes=None), ConfigError, "cannot be read"),
    (
        damaged(changes=[{"kind": "ablate", "neuron": 1}]),
        ConfigError,
        rf"got \['neuron'\] in a change, expected the keys {KEYS}",
    ),
    (damaged(changes=["x"]), ConfigError, f"got x in a change, expected the keys {KEYS}. Correct it."),
    (damaged(changes=[{"latent": 1}]), ConfigError, "for a change, which does not fit"),
    (damaged(changes=[{"kind": "clamp", "latent": 1, "value": "5"}]), ConfigError, "got 5 as the strength of clamp 1"),
    (damaged(changes=[{"kind": "ablate", "latent": 1, "when": {"scale": [1]}}]), ConfigError, r"got the scale \[1\]"),
    (damaged(changes=[{"kind": "ablate", "latent": 1, "when": {"noon": 1}}]), ConfigError, r"got \['noon'\] in when"),
    (damaged(generation={"words": 3}), ConfigError, r"got \['words'\] in generation, expected the keys tokens, "),
    (damaged(generation={"tokens": 2.5}), ConfigError, "got 2.5 for tokens, expected a whole number. Correct it."),
    (damaged(generation={"chat": 1}), ConfigError, "got 1 for chat, expected true or false. Correct it."),
]


@pytest.mark.parametrize(("plain", "kind", "text"), BAD_FILES, ids=[text[:30] for _, _, text in BAD_FILES])
def test_damaged_presets(plain: Any, kind: type[Exception], text: str, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(plain if isinstance(plain, str) else json.dumps(plain))
    with pytest.raises(kind, match=text):
        load_preset(tmp_path / "p.json")
    assert issubclass(kind, (ArtifactError, ConfigError)) and Change(kind="ablate", latent=1).value == 0
