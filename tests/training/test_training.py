"""Runs end to end on arrays: what they learn, resuming, refusing, and the traps others fell into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from microtome.activations import INPUT, ArrayActivations, IteratorActivations
from microtome.dictionaries import KINDS, SPARSIFIERS
from microtome.errors import ArtifactError, ConfigError, DivergenceError, MicrotomeError, ResumeError
from microtome.evaluation.storage import load_evaluation
from microtome.training import (
    Interrupted,
    OptimiserConfig,
    Progress,
    Run,
    TrainingConfig,
    assemble_arrays,
    config_from,
    train,
)
from tests.training.stopping import StopAt

D, TRUE_LATENTS = 16, 40


def synthetic(n_rows: int = 20_000, *, seed: int = 0, mean: float = 3.0) -> np.ndarray:
    """Sparse sums of fixed directions, off centre: what a dictionary should find."""
    directions = np.random.default_rng(7).normal(size=(TRUE_LATENTS, D))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rng = np.random.default_rng(seed)
    codes = (rng.random((n_rows, TRUE_LATENTS)) < 0.08) * (0.5 + rng.random((n_rows, TRUE_LATENTS)))
    return (codes @ directions + mean).astype(np.float32)


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("arrays")
    x = synthetic()
    np.save(folder / "x.npy", x)
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(D, D)))[0].astype(np.float32)
    np.save(folder / "y.npy", (np.maximum(x - 3.2, 0) @ rotation)[:, :12])
    return {"x": str(folder / "x.npy"), "y": str(folder / "y.npy")}


def config(arrays: dict[str, str], **changed: object) -> TrainingConfig:
    values: dict[str, object] = {
        "activations": arrays["x"],
        "sparsifiers": ("topk",),
        "l0s": (4.0,),
        "latents": (64,),
        "tokens": 20_000,
        "batch_tokens": 256,
        "buffer_tokens": 4096,
    }
    if changed.get("kinds", ("sae",)) != ("sae",):
        values["targets"] = arrays["y"]
    return TrainingConfig(**{**values, **changed})  # type: ignore[arg-type]


def contents(run: Path) -> dict[str, bytes]:
    """Everything a run holds that must not depend on when it was interrupted."""
    kept = ("metrics.jsonl", "weights.safetensors", "state.safetensors", "state.json", "activations.json")
    return {str(p.relative_to(run)): p.read_bytes() for p in sorted(run.rglob("*")) if p.name in kept}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
def test_every_dictionary_learns(kind: str, sparsifier: str, arrays: dict[str, str], tmp_path: Path) -> None:
    run = train(config(arrays, kinds=(kind,), sparsifiers=(sparsifier,), tokens=60_000), tmp_path / "run")
    metrics, _ = load_evaluation(run.path, "activations")
    # L1 shrinks every code, most of all at so few active latents: what the other sparsifiers were invented against.
    bound = 0.85 if sparsifier == "relu" else 0.35
    assert metrics.values["fvu"] is not None and metrics.values["fvu"] < bound
    assert metrics.values["l0"] == pytest.approx(4.0, rel=0.15)
    assert metrics.facts["tokens"] == 960  # every twentieth run of 64 rows
    rows = run.metrics()
    assert 60_000 <= rows[-1]["tokens"] < 60_000 + 256
    assert rows[-1]["held_out"]["fvu"] < rows[0]["batch_fvu"]


@pytest.mark.parametrize(("kernels", "selection"), [("reference", "exact"), ("cpu", "bfloat16"), ("cpu", "int8")])
@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
def test_resumed_equals_uninterrupted_byte_for_byte(
    sparsifier: str,
    kernels: str,
    selection: str,
    arrays: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MICROTOME_KERNELS", kernels)
    asked = config(arrays, sparsifiers=(sparsifier,), matryoshka=(16,), kinds=("skip_transcoder",), selection=selection)
    train(asked, tmp_path / "whole")
    for stop in (1, 7_000, 13_333):
        with pytest.raises(Interrupted):
            train(asked, tmp_path / "parts", resume=stop > 1, watcher=StopAt(stop))
    train(asked, tmp_path / "parts", resume=True)
    whole, parts = contents(tmp_path / "whole"), contents(tmp_path / "parts")
    assert len(whole) >= 5
    last = sorted(name for name in whole if name.startswith("checkpoints"))[-1].rsplit("/", 1)[0]
    for name in whole:
        if name.startswith("checkpoints") and not name.startswith(last):
            continue  # an interruption writes checkpoints of its own; the last one is of the same step
        assert whole[name] == parts[name], name


def test_a_sweep_trains_each_dictionary_as_if_alone(arrays: dict[str, str], tmp_path: Path) -> None:
    many = train(config(arrays, sparsifiers=("topk", "relu"), l0s=(3.0, 5.0)), tmp_path / "many")
    assert many.names == [f"activations-{s}-l0_{k}-64" for s in ("topk", "relu") for k in (3, 5)]
    losses = {name: [r["loss"] for r in many.metrics() if r["dictionary"] == name] for name in many.names}
    assert len({tuple(values) for values in losses.values()}) == 4
    pair = train(config(arrays, sparsifiers=("topk", "relu"), l0s=(5.0,)), tmp_path / "pair")
    for name in pair.names:
        assert losses[name] == [r["loss"] for r in pair.metrics() if r["dictionary"] == name]


def test_a_python_iterator_trains_like_the_array_it_yields(tmp_path: Path) -> None:
    x = synthetic(8_000)

    def make() -> Iterator[np.ndarray]:
        return iter(np.array_split(x, 13))

    asked = TrainingConfig(
        activations="from python",
        sparsifiers=("topk",),
        l0s=(4.0,),
        latents=(64,),
        tokens=12_000,
        batch_tokens=256,
        buffer_tokens=2048,
    )
    held_out = ArrayActivations({INPUT: synthetic(500, seed=2)}, name="held", seed=0, window_tokens=2048)
    source = IteratorActivations(make, name="from python", window_tokens=2048)
    run = train(asked, tmp_path / "run", assembly=assemble_arrays(asked, source, held_out))
    metrics, _ = load_evaluation(run.path, "activations")
    assert metrics.facts["tokens"] == 500
    assert metrics.values["fvu"] is not None and metrics.values["fvu"] < 0.6
    with pytest.raises(ConfigError, match="expected a function that returns an iterator"):
        IteratorActivations(iter([x]), name="x", window_tokens=10)  # type: ignore[arg-type]


def test_metrics_are_of_held_out_rows_in_raw_units(arrays: dict[str, str], tmp_path: Path) -> None:
    """What evaluation says is what a user gets who loads the dictionary and applies it to raw held-out rows."""
    run = train(config(arrays, kinds=("transcoder",), sparsifiers=("batchtopk",)), tmp_path / "run")
    metrics, _ = load_evaluation(run.path, "activations")
    dictionary = run.dictionary("activations")
    x, y = (torch.from_numpy(np.load(arrays[key])) for key in ("x", "y"))
    runs = [i for i in range(-(-len(x) // 64)) if int((i + 1) * 0.05) > int(i * 0.05)]
    rows = torch.cat([torch.arange(i * 64, min((i + 1) * 64, len(x))) for i in runs])
    predicted = dictionary(x[rows])
    y = y[rows]
    fvu = float((y - predicted).square().sum() / (y - y.mean(0)).square().sum())
    assert metrics.values["fvu"] == pytest.approx(fvu, rel=1e-4)
    # Scored against its target, not its input; under the learnt threshold, not the batch's own top-k.
    codes = dictionary.encode(x[rows])
    assert metrics.values["l0"] == pytest.approx(len(codes.pairs) / len(rows))
    assert float(codes.values_N.min()) > float(dictionary.sparsifier.threshold)  # type: ignore[arg-type]


def test_nothing_is_overwritten_silently(arrays: dict[str, str], tmp_path: Path) -> None:
    asked = config(arrays)
    run = train(asked, tmp_path / "run")
    for resume, text in (
        (False, f"'{run.path}' holds a finished run, it is not overwritten. Choose another --out, or delete it first."),
        (True, f"'{run.path}' holds a finished run, there is nothing to resume. Choose another --out."),
    ):
        with pytest.raises(ResumeError) as caught:
            train(asked, run.path, resume=resume)
        assert str(caught.value) == text
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    with pytest.raises(ResumeError, match=r"exists and is not a run\. Choose another --out\."):
        train(asked, tmp_path / "other")
    assert (tmp_path / "other" / "thesis.txt").read_text() == "precious"


def interrupted(asked: TrainingConfig, path: Path) -> None:
    with pytest.raises(Interrupted):
        train(asked, path, watcher=StopAt(9_000))


def test_two_processes_do_not_train_one_run(arrays: dict[str, str], tmp_path: Path) -> None:
    states: list[str] = []

    class Second(StopAt):
        def training(self, progress: Progress) -> None:
            states.append(Run(tmp_path / "run").status)
            with pytest.raises(ResumeError) as caught:
                train(config(arrays), tmp_path / "run", resume=True)
            assert str(caught.value) == (
                f"another process is training '{tmp_path}/run'. Wait until it is done, or stop it first."
            )
            super().training(progress)

    with pytest.raises(Interrupted):
        train(config(arrays), tmp_path / "run", watcher=Second(9_000))
    assert states and set(states) == {"training"}
    assert Run(tmp_path / "run").status == "stopped"
    assert train(config(arrays), tmp_path / "run", resume=True).status == "finished"


def test_resuming_with_another_config_names_the_keys(arrays: dict[str, str], tmp_path: Path) -> None:
    interrupted(config(arrays), tmp_path / "run")
    with pytest.raises(
        ResumeError, match=r"holds an unfinished run\. Add --resume to continue it, or choose another --out\."
    ):
        train(config(arrays), tmp_path / "run")
    other = config(arrays, seed=5, optimiser=OptimiserConfig(lr=1e-4))
    with pytest.raises(ResumeError) as caught:
        train(other, tmp_path / "run", resume=True)
    default = OptimiserConfig().lr
    assert str(caught.value) == (
        f"'{tmp_path}/run' was begun with another config: optimiser.lr: {default!r} -> 0.0001; seed: 0 -> 5. "
        "Resume with the config the run was begun with, or choose another --out."
    )


def test_resuming_on_other_data_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", synthetic())
    asked = config({"x": str(tmp_path / "x.npy"), "y": ""})
    interrupted(asked, tmp_path / "run")
    np.save(tmp_path / "x.npy", synthetic(seed=9))
    with pytest.raises(ResumeError, match=r"the run was begun on other data: held_out, probe changed since\."):
        train(asked, tmp_path / "run", resume=True)


@pytest.mark.parametrize("damage", ["cut", "bit"])
def test_a_damaged_checkpoint_is_refused_by_name(damage: str, arrays: dict[str, str], tmp_path: Path) -> None:
    interrupted(config(arrays), tmp_path / "run")
    victim = sorted((tmp_path / "run" / "checkpoints").iterdir())[-1] / "state.safetensors"
    data = bytearray(victim.read_bytes())
    if damage == "cut":
        del data[-100:]
    else:
        data[len(data) // 3] ^= 4
    victim.write_bytes(data)
    with pytest.raises(ArtifactError) as caught:
        train(config(arrays), tmp_path / "run", resume=True)
    assert str(victim) in str(caught.value)
    assert ("it was cut short" if damage == "cut" else "it was altered") in str(caught.value)


def test_metrics_cut_short_are_noticed(arrays: dict[str, str], tmp_path: Path) -> None:
    interrupted(config(arrays), tmp_path / "run")
    (tmp_path / "run" / "metrics.jsonl").write_bytes(b"")
    with pytest.raises(
        ResumeError, match=r"metrics.jsonl' has 0 bytes, the checkpoint was written after \d+: it was cut short"
    ):
        train(config(arrays), tmp_path / "run", resume=True)


def test_divergence_names_site_step_and_cause_and_keeps_the_checkpoint(arrays: dict[str, str], tmp_path: Path) -> None:
    asked = config(
        arrays, sparsifiers=("relu",), checkpoint_every=256, optimiser=OptimiserConfig(lr=1e4, clip=1e9, warmup=0)
    )
    with pytest.raises(DivergenceError) as caught:
        train(asked, tmp_path / "run")
    assert str(caught.value).startswith("training activations diverged at step ")
    assert "the learning rate 10000 is likely too high" in str(caught.value)
    assert str(caught.value).endswith("Begin again with a lower --lr.")
    assert Run.open(tmp_path / "run").facts["status"] == "training"


def test_nan_in_the_data_is_told_apart_from_a_high_rate(tmp_path: Path) -> None:
    x = synthetic()
    x[::256] = np.nan
    np.save(tmp_path / "x.npy", x)
    with pytest.raises(MicrotomeError) as caught:
        train(config({"x": str(tmp_path / "x.npy"), "y": ""}), tmp_path / "run")
    assert str(caught.value) == (
        "the activations at input hold NaN or infinity, expected finite numbers. "
        "Load the model in float32 (--dtype float32); of arrays, drop the rows that are not finite."
    )


def test_constant_activations_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.full((2000, 4), 7.0, dtype=np.float32))
    with pytest.raises(MicrotomeError, match=r"do not vary \(all \d+ rows are equal\)"):
        train(config({"x": str(tmp_path / "x.npy"), "y": ""}), tmp_path / "run")


def test_a_full_disk_keeps_the_last_checkpoint(
    arrays: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = config(arrays)
    interrupted(asked, tmp_path / "run")
    before = contents(tmp_path / "run")
    real = Path.replace

    def full(source: Path, target: Path) -> Path:
        if "checkpoints" in str(target):
            raise OSError(28, "No space left on device")
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArtifactError, match="the disk is full"):
            train(asked, tmp_path / "run", resume=True)
    checkpoints = {k: v for k, v in contents(tmp_path / "run").items() if k.startswith("checkpoints")}
    assert checkpoints == {k: v for k, v in before.items() if k.startswith("checkpoints")}
    train(asked, tmp_path / "run", resume=True)


def test_config_files_reject_what_they_do_not_know() -> None:
    good = {"activations": "x.npy", "latents": [64], "l0s": 4, "tokens": 2e5, "optimiser": {"lr": 1}}
    read = config_from(good, origin="c.toml")
    assert (read.latents, read.l0s, read.tokens, read.optimiser.lr) == ((64,), (4.0,), 200_000, 1.0)
    assert config_from(read.to_json(), origin="again") == read
    for bad, text in (
        ({"latent": 3}, "c.toml has the key 'latent', which does not exist. Did you mean 'latents'?"),
        ({"tokens": "many"}, "c.toml: tokens is 'many', expected int. Correct the value."),
        ({"tokens": 1.5}, "c.toml: tokens is 1.5, expected int. Correct the value."),
        ({"optimiser": {"momentum": 1}}, "c.toml, optimiser has the key 'momentum', which does not exist."),
    ):
        with pytest.raises(ConfigError) as caught:
            config_from({**good, **bad}, origin="c.toml")
        assert str(caught.value).startswith(text), str(caught.value)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"buffer_tokens": 300},
            "a mixing buffer of 300 tokens holds less than two batches of 256, nothing would be mixed.",
        ),
        ({"tokens": 0}, "got tokens = 0, expected at least 1. Raise --tokens."),
        ({"kinds": ("transcoder",), "targets": None}, "a transcoder got --activations without --targets."),
        (
            {"kinds": ("lookup",), "targets": None},
            "got kind 'lookup', expected one of sae, transcoder, skip_transcoder.",
        ),
        ({"kinds": ("sae", "sae"), "targets": None}, "got --kind with a value twice. Give each value once."),
        ({"latents": ()}, "got no --latents to train. Give --latents at least one value."),
        (
            {"optimiser": OptimiserConfig(revive="auxk"), "sparsifiers": ("topk", "relu")},
            "got revive 'auxk' with relu, expected topk or batchtopk. Use 'auto' or 'pull'.",
        ),
        ({"targets": "y.npy"}, "an sae got --targets, it predicts its own input. Use --kind transcoder."),
        ({"model": "tiny"}, "got --model together with --activations, expected one or the other."),
        ({"loggers": ("mlflow",)}, "got log 'mlflow', expected one of wandb, tensorboard. Give --log one of these."),
        ({"activations": None}, "--model is missing. Give for example --model tiny."),
    ],
)
def test_options_that_contradict_each_other(changed: dict[str, object], text: str, arrays: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        config(arrays, **changed)
    assert str(caught.value).startswith(text)


def test_loggers_write_what_metrics_jsonl_holds(
    arrays: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    run = train(config(arrays, loggers=("tensorboard", "wandb"), tokens=5_000), tmp_path / "run")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.path / "tensorboard"))
    events.Reload()
    written = [(e.step, e.value) for e in events.Scalars("activations/batch_fvu")]
    expected = [(row["tokens"], pytest.approx(row["batch_fvu"], rel=1e-5)) for row in run.metrics()]
    assert written == expected
    assert list((run.path / "wandb").rglob("*.wandb"))
    assert json.loads((run.path / "run.json").read_text())["status"] == "finished"


@pytest.mark.parametrize("tail", [1, 2, 130])
def test_an_odd_number_of_rows_changes_neither_l0_nor_the_end(tail: int, tmp_path: Path) -> None:
    """A last batch of one row once decided a fifth of batchtopk's threshold, and AuxK divided by its variance."""
    np.save(tmp_path / "x.npy", synthetic(8_000))
    asked = config({"x": str(tmp_path / "x.npy"), "y": ""}, sparsifiers=("batchtopk",), tokens=12_000 + tail)
    run = train(asked, tmp_path / "run")
    metrics, _ = load_evaluation(run.path, "activations")
    assert metrics.values["l0"] == pytest.approx(4.0, rel=0.12)


def test_a_users_partial_files_are_not_ours_to_delete(arrays: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.partial").write_text("precious")
    with pytest.raises(ResumeError, match="exists and is not a run"):
        train(config(arrays), tmp_path / "out")
    assert (tmp_path / "out" / "thesis.partial").read_text() == "precious"


def test_jumprelu_with_many_active_latents(arrays: dict[str, str], tmp_path: Path) -> None:
    """More than half of the latents may fire: the threshold starts at 0 and its kernel still has a width."""
    run = train(config(arrays, sparsifiers=("jumprelu",), l0s=(40.0,), latents=(64,)), tmp_path / "run")
    assert load_evaluation(run.path, "activations")[0].values["fvu"] is not None


def test_broken_weights_are_never_checkpointed(
    arrays: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from microtome.training.adam import Adam

    real = Adam.step

    def breaks(self: Adam, number: int, rate: float) -> None:
        real(self, number, rate)
        with torch.no_grad():
            self.parameters["b_dec"][0] = torch.nan

    monkeypatch.setattr(Adam, "step", breaks)
    with pytest.raises(DivergenceError, match=r"step 1 \(its weights are no longer finite\).*no checkpoint had been"):
        train(config(arrays, checkpoint_every=1), tmp_path / "run")
    assert not list((tmp_path / "run").glob("checkpoints/*"))


def test_targets_go_with_transcoders_alone(arrays: dict[str, str]) -> None:
    x = np.load(arrays["x"])
    pairs = ArrayActivations({"input": x, "target": x}, name="pairs", seed=0, window_tokens=1000)
    single = ArrayActivations({"input": x}, name="single", seed=0, window_tokens=1000)
    with pytest.raises(ConfigError, match="a sae got inputs and targets"):
        assemble_arrays(config(arrays), pairs, pairs)
    with pytest.raises(ConfigError, match="a transcoder got inputs without targets"):
        assemble_arrays(config(arrays, kinds=("transcoder",)), single, single)
