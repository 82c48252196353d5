"""`microtome train`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from microtome.commands.options import ColumnOption, ModelOption, TextOption, console, number, numbers, words
from microtome.errors import ResumeError


def train(
    out: Annotated[Path, typer.Option("--out", help="Folder of the run.")],
    model: ModelOption = None,
    text: TextOption = None,
    column: ColumnOption = None,
    site: Annotated[
        list[str] | None,
        typer.Option(
            help="`9.mlp_out`, `0-5.resid_post`, `*.mlp_out`; `9.mlp_in->9.mlp_out` for transcoders. Repeatable."
        ),
    ] = None,
    activations: Annotated[
        str | None, typer.Option(help="Inputs as .npy or .safetensors, instead of model and text.")
    ] = None,
    targets: Annotated[str | None, typer.Option(help="Targets of a transcoder, row by row with --activations.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="sae, transcoder, skip_transcoder; several by commas.  [default: sae]")
    ] = None,
    sparsifier: Annotated[
        str | None,
        typer.Option(help="relu, topk, batchtopk, jumprelu, gated; several by commas.  [default: batchtopk]"),
    ] = None,
    l0: Annotated[
        str | None,
        typer.Option("--l0", help="Mean number of active latents per token; several by commas.  [default: 32]"),
    ] = None,
    latents: Annotated[str | None, typer.Option(help="Number of latents; several by commas.  [default: 8192]")] = None,
    matryoshka: Annotated[str | None, typer.Option(help="Sizes of nested prefixes, such as 512,2048.")] = None,
    tokens: Annotated[str | None, typer.Option(help="Tokens to train on, such as 2e6.  [default: 2000000]")] = None,
    eval_text: Annotated[
        str | None, typer.Option(help="Held-out text; otherwise a part of --text is kept out.")
    ] = None,
    eval_activations: Annotated[str | None, typer.Option(help="Held-out inputs for --activations.")] = None,
    eval_targets: Annotated[str | None, typer.Option(help="Held-out targets for --targets.")] = None,
    eval_tokens: Annotated[str | None, typer.Option(help="Held-out tokens to measure on.  [default: 50000]")] = None,
    eval_loss_tokens: Annotated[
        str | None, typer.Option(help="Held-out tokens for the model's losses, 0 for none.  [default: 20000]")
    ] = None,
    held_out: Annotated[float | None, typer.Option(help="Share of the text kept out.  [default: 0.05]")] = None,
    batch_tokens: Annotated[str | None, typer.Option(help="Tokens per step.  [default: 2048]")] = None,
    buffer_tokens: Annotated[
        str | None, typer.Option(help="Tokens held and mixed at a time.  [default: 131072]")
    ] = None,
    context: Annotated[int | None, typer.Option(help="Tokens per block of text.  [default: 128]")] = None,
    checkpoint_every: Annotated[
        str | None, typer.Option(help="Tokens between checkpoints.  [default: a tenth]")
    ] = None,
    lr: Annotated[float | None, typer.Option(help="Peak learning rate.  [default: 0.002]")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.  [default: 0]")] = None,
    selection: Annotated[
        str | None, typer.Option(help="How active latents are found: auto, exact, bfloat16, int8.  [default: auto]")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Of the language model: auto, float32, bfloat16.  [default: auto]")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Of the language model: auto, cpu, cuda.  [default: auto]")] = None,
    log: Annotated[
        list[str] | None, typer.Option(help="wandb or tensorboard, beside metrics.jsonl. Repeatable.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A .toml or .json file with the keys of docs/training.md; options win over it.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --out from its last checkpoint.")
    ] = False,
) -> None:
    """Train dictionaries on a model's activations, and measure them on held-out text.

    Examples:

    `microtome train --model tiny --text builtin:python-docs --site 2.mlp_out --latents 2048 --out run`

    `microtome train --model gemma-3-270m --text wiki.txt --site 9.mlp_out --l0 32 --tokens 1e6 --out run`

    `microtome train --activations X.npy --latents 4096 --out run`

    `microtome train --resume --out run`
    """
    from microtome.training import config_from, read_config_file
    from microtome.training.pipeline import resumed_config

    given: dict[str, Any] = {
        "model": model,
        "text": text,
        "column": column,
        "sites": site,
        "activations": activations,
        "targets": targets,
        "kinds": words(kind),
        "sparsifiers": words(sparsifier),
        "l0s": numbers(l0, "l0"),
        "latents": numbers(latents, "latents"),
        "matryoshka": numbers(matryoshka, "matryoshka"),
        "tokens": number(tokens, "tokens"),
        "eval_text": eval_text,
        "eval_activations": eval_activations,
        "eval_targets": eval_targets,
        "eval_tokens": number(eval_tokens, "eval-tokens"),
        "eval_loss_tokens": number(eval_loss_tokens, "eval-loss-tokens"),
        "held_out": held_out,
        "batch_tokens": number(batch_tokens, "batch-tokens"),
        "buffer_tokens": number(buffer_tokens, "buffer-tokens"),
        "context": context,
        "checkpoint_every": number(checkpoint_every, "checkpoint-every"),
        "seed": seed,
        "selection": selection,
        "dtype": dtype,
        "device": device,
        "loggers": log,
    }
    options = {key: value for key, value in given.items() if value not in (None, [])}
    values = read_config_file(config) if config else {}
    if resume and not (out / "run.json").is_file() and not (model or activations or config):
        raise ResumeError(
            f"there is no run in '{out}' to resume", cure="Give the folder of a run, or leave out --resume"
        )
    if resume and not config and (out / "run.json").is_file():
        # Continuing needs no option repeated; those that are given must agree.
        values = resumed_config(out).to_json()
    values = {**values, **options}
    if lr is not None:
        values["optimiser"] = {**values.get("optimiser", {}), "lr": lr}
    _train(config_from(values, origin=str(config) if config else "the command line"), out, resume=resume)


def _train(config: Any, out: Path, *, resume: bool) -> None:
    from microtome.console import ConsoleWatcher, print_metrics
    from microtome.evaluation.storage import load_evaluation
    from microtome.report import write_report
    from microtome.training import Interrupted
    from microtome.training import train as run_training

    terminal = console()
    try:
        with ConsoleWatcher(terminal) as watcher:
            run = run_training(config, out, resume=resume, watcher=watcher)
    except Interrupted:
        print(
            f"microtome: stopped, the state is saved. Continue with: microtome train --resume --out {out}",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None
    print_metrics(terminal, {name: load_evaluation(run.path, name)[0] for name in run.names})
    if excluded := run.facts["special_tokens_excluded"]:
        terminal.print(f"{excluded:,} special tokens were left out of training", highlight=False)
    terminal.print(f"report: {write_report(run)}", highlight=False, soft_wrap=True)
