"""`train`: one call from a config to a finished run, measured on held-out data."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from microtome.artifacts import remove_partial
from microtome.dictionaries import save_dictionary
from microtome.errors import ConfigError, ResumeError
from microtome.evaluation import (
    EvaluationConfig,
    Metrics,
    Placed,
    evaluate_on_arrays,
    evaluate_on_model,
    planned_contexts,
)
from microtome.evaluation.storage import save_evaluation
from microtome.kernels import describe, fastest_selection
from microtome.training.assemble import Assembly, assemble
from microtome.training.config import TrainingConfig, config_from
from microtome.training.loop import Job, Progress, TrainingLoop
from microtome.training.run import Run, refuse_occupied

if TYPE_CHECKING:
    from microtome.models import LanguageModel


_CPU = torch.device("cpu")
# Latents of each group (most frequent, median, least frequent) whose strongest contexts are stored.
_EXAMPLE_LATENTS = 12


class Watcher:
    """What a caller may want to see while a run goes on. This one shows nothing; the command line has bars."""

    def note(self, text: str) -> None:
        """One line about what happens now."""

    def collecting(self, done: int, total: int) -> None:
        """While training waits for a window of activations: contexts done, of those in the window. It may be called
        from another thread."""

    def training(self, progress: Progress) -> None:
        """After every step, on a GPU after every eighth."""

    def evaluating(self, done: int, total: int) -> None:
        """After every batch of contexts."""

    def building(self, done: int, total: int) -> None:
        """While latent stores are built: blocks of text read."""

    def tracing(self, done: int, total: int) -> None:
        """While a graph is traced: rows made, of those it will have."""


def train(
    config: TrainingConfig,
    out: str | Path,
    *,
    resume: bool = False,
    model: LanguageModel | None = None,
    assembly: Assembly | None = None,
    watcher: Watcher | None = None,
) -> Run:
    """Train every dictionary of `config` into the run folder `out` and measure them on held-out data.

    `resume` continues an unfinished run from its last checkpoint (and begins one that has none yet). `model` is a
    loaded model to use instead of loading `config.model`; `assembly` replaces the whole data side, for activations
    from a Python iterator (`assemble_arrays`).

    Raises `ResumeError` when `out` holds something else, the config differs or another process trains into it,
    `DivergenceError` for NaN or an exploding loss, `Interrupted` after Ctrl-C, and what reading the model and the text
    raises.
    """
    watcher = watcher or Watcher()
    # Compiled code is made ready first: what computes must not change in the course of a run.
    describe()
    path = Path(out)
    begun = resume and (path / "run.json").is_file()
    before = None
    with ExitStack() as held:
        if begun:
            run = Run.open(path)
            held.enter_context(run.training_alone())
            before = _resumable(run, config)
        else:
            refuse_occupied(path)
        watcher.note("reading model and text" if config.activations is None else "reading activations")
        assembly = assembly or assemble(config, model=model, begun=before, note=watcher.note)
        if before:
            selections = {entry["name"]: entry["selection"] for entry in before["dictionaries"]}
        else:
            selections = {job.name: resolved_selection(config, job, assembly.device) for job in assembly.jobs}
        facts = _facts(config, assembly, selections)
        if before is None:
            run = Run.create(path, facts)
            held.enter_context(run.training_alone())
        else:
            _check_same(before, facts, watcher)
        loop = TrainingLoop(
            run,
            config,
            assembly.source,
            assembly.jobs,
            assembly.probe,
            selections=selections,
            device=assembly.device,
            report=watcher.training,
            collecting=watcher.collecting,
            note=watcher.note,
        )
        dictionaries = loop.train()
        _save(run, dictionaries, facts)
        _evaluate(run, config, assembly, watcher)
        run.write_facts(
            {**facts, "status": "finished", "special_tokens_excluded": loop.state.excluded, "steps": loop.state.step}
        )
    return run


def _resumable(run: Run, config: TrainingConfig) -> dict[str, Any]:
    facts = run.facts
    if facts["status"] == "finished":
        raise ResumeError(f"'{run.path}' holds a finished run, there is nothing to resume", cure="Choose another --out")
    if different := config.differences(facts["config"]):
        raise ResumeError(
            f"'{run.path}' was begun with another config: {'; '.join(different)}",
            cure="Resume with the config the run was begun with, or choose another --out",
        )
    return facts


def _check_same(before: dict[str, Any], now: dict[str, Any], watcher: Watcher) -> None:
    """The data must be the same; the machine may differ, which is worth a word."""
    was, is_now = ({"held_out": facts["data"]["held_out"], **facts["data"]["source"]} for facts in (before, now))
    if was != is_now:
        keys = ", ".join(key for key in {**was, **is_now} if was.get(key) != is_now.get(key))
        raise ResumeError(
            f"the run was begun on other data: {keys} changed since",
            cure="Restore the model and text it was begun with",
        )
    if before["machine"] != now["machine"]:
        watcher.note(
            f"this run began on {before['machine']}, now it is {now['machine']}: results may differ in the last bits"
        )


def resolved_selection(config: TrainingConfig, job: Job, device: torch.device = _CPU) -> str:
    """One of `kernels.SELECTIONS`: what `auto` means for a dictionary that is trained on `device`.

    Raises `ConfigError` for integers on a GPU.
    """
    if config.selection == "int8" and device.type != "cpu":
        raise ConfigError(
            f"got --selection int8 for dictionaries on {device.type}, expected exact or bfloat16",
            cure="Leave out --selection, or give --device cpu",
        )
    if config.selection != "auto":
        return config.selection
    return fastest_selection(job.shape.d_in, job.shape.latents, config.batch_tokens, device)


def _facts(config: TrainingConfig, assembly: Assembly, selections: Mapping[str, str]) -> dict[str, Any]:
    import numpy

    model = assembly.model
    return {
        "status": "training",
        "config": config.to_json(),
        "dtype": None if model is None else str(model.dtype).removeprefix("torch."),
        "data": assembly.identity(),
        "dictionaries": [
            {
                "name": job.name,
                "site_in": job.column_in,
                "site_out": job.column_out,
                "kind": job.shape.kind,
                "sparsifier": job.shape.sparsifier,
                "l0": job.shape.l0,
                "latents": job.shape.latents,
                "d_in": job.shape.d_in,
                "d_out": job.shape.d_out,
                "selection": selections[job.name],
            }
            for job in assembly.jobs
        ],
        "machine": {
            "processor": platform.machine(),
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
            **describe(assembly.device),
        },
        "versions": {"torch": torch.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
    }


def _save(run: Run, dictionaries: dict[str, Any], facts: dict[str, Any]) -> None:
    import shutil

    (run.path / "dictionaries").mkdir(exist_ok=True)
    remove_partial(run.path / "dictionaries")
    for entry in facts["dictionaries"]:
        path = run.dictionary_path(entry["name"])
        # The run is unfinished, so one that is there was written by an attempt that died just after.
        shutil.rmtree(path, ignore_errors=True)
        origin = {
            "site_in": entry["site_in"],
            "site_out": entry["site_out"],
            "data": facts["data"]["source"],
            "seed": facts["config"]["seed"],
            "config": facts["config"],
        }
        save_dictionary(dictionaries[entry["name"]], path, facts=origin)


def _evaluate(run: Run, config: TrainingConfig, assembly: Assembly, watcher: Watcher) -> None:
    evaluation = EvaluationConfig(loss_tokens=config.eval_loss_tokens)
    dictionaries = {job.name: run.dictionary(job.name).to(assembly.device) for job in assembly.jobs}
    if assembly.model is None:
        assert assembly.held_out is not None
        for name, dictionary in dictionaries.items():
            save_evaluation(run.path, name, evaluate_on_arrays(dictionary, assembly.held_out, evaluation), None)
        return
    assert assembly.sites is not None and assembly.blocks is not None
    placed = {name: Placed(d, *assembly.sites[name]) for name, d in dictionaries.items()}
    evaluate_and_save(run, assembly.model, placed, assembly.blocks, evaluation, watcher.evaluating, _origin(config))


def _origin(config: TrainingConfig) -> dict[str, Any]:
    if config.eval_text is not None:
        return {"name": config.eval_text, "part": "all"}
    return {"name": config.text, "part": "held out"}


def evaluate_and_save(
    run: Run,
    model: LanguageModel,
    placed: dict[str, Placed],
    blocks: Any,
    config: EvaluationConfig,
    show: Callable[[int, int], None],
    origin: dict[str, Any],
) -> dict[str, Metrics]:
    """Evaluate dictionaries of a run, find examples for a few latents of each, and store both in the run."""
    from microtome.evaluation.examples import choose_latents
    from microtome.latents.top_examples import top_examples_of_all

    total, done = planned_contexts(blocks, placed, config) + len(blocks), 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        show(done, total)

    results = evaluate_on_model(model, placed, blocks, config, progress=advance)
    groups = {
        name: choose_latents(metrics.arrays["count"], metrics.facts["tokens"], _EXAMPLE_LATENTS)
        for name, metrics in results.items()
    }
    wanted = {
        name: sorted({latent for key, group in own.items() if key != "dead" for latent in group})
        for name, own in groups.items()
    }
    found = top_examples_of_all(model, placed, blocks, wanted, progress=advance)
    for name, metrics in results.items():
        metrics.facts["text"] = origin
        examples = {
            key: {latent: found[name].get(latent, []) for latent in group}
            for key, group in groups[name].items()
            if key != "dead"
        }
        save_evaluation(run.path, name, metrics, examples)
    return results


def resumed_config(path: str | Path) -> TrainingConfig:
    """The config an existing run was begun with."""
    return config_from(Run.open(path).facts["config"], origin=f"{path}/run.json")
