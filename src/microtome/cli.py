"""The command line. Each command reads its options, calls one function of the library and prints what came out.

Exit codes: 0 done, 1 something failed on the way (files, data, training), 2 what was asked for makes no sense.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from microtome.errors import ConfigError, MicrotomeError, ResumeError, SiteError

app = typer.Typer(
    name="microtome",
    help="Slice a language model open: train, measure and explain sparse dictionaries.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Hub id, folder, .gguf file, `tiny`, or `gemma-3-270m`.", show_default=False),
]
TextOption = Annotated[
    str | None,
    typer.Option("--text", help="Files, a folder, a Hub dataset, `-`, or `builtin:python-docs`; several by commas."),
]
ColumnOption = Annotated[str | None, typer.Option(help="Column of a table that holds the text, `a+b` to join two.")]
DtypeOption = Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16, for the language model.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu or cuda, for the language model.")]


def main() -> None:
    """Entry point: runs a command and turns errors into one line and an exit code."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    # Progress bars of libraries would interleave with ours.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        app(standalone_mode=True)
    except MicrotomeError as error:
        if debug:
            raise
        print(f"microtome: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, (ConfigError, SiteError, ResumeError)) else 1)
    except BrokenPipeError:
        sys.exit(1)


def _console() -> Any:
    from rich.console import Console

    return Console()


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if version:
        import microtome

        print(f"microtome {microtome.__version__}")
        raise typer.Exit


@app.command()
def sites(
    model: Annotated[str, typer.Argument(help="Hub id, folder, .gguf file, `tiny`, or `gemma-3-270m`.")],
    dtype: DtypeOption = "auto",
    device: DeviceOption = "auto",
) -> None:
    """List the sites of a model, with their widths.

    Example: `microtome sites tiny`
    """
    from rich.table import Table

    from microtome.models import LanguageModel

    lm = LanguageModel.load(model, device=device, dtype=dtype)
    rows = lm.describe()
    table = Table(title=f"{lm.name}: {lm.n_layers} layers, d_model {lm.d_model}, {lm.dtype}, family {lm.family}")
    for column in rows[0]:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    _console().print(table)


@app.command()
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
        "kinds": _words(kind),
        "sparsifiers": _words(sparsifier),
        "l0s": _numbers(l0, "l0"),
        "latents": _numbers(latents, "latents"),
        "matryoshka": _numbers(matryoshka, "matryoshka"),
        "tokens": _number(tokens, "tokens"),
        "eval_text": eval_text,
        "eval_activations": eval_activations,
        "eval_targets": eval_targets,
        "eval_tokens": _number(eval_tokens, "eval-tokens"),
        "eval_loss_tokens": _number(eval_loss_tokens, "eval-loss-tokens"),
        "held_out": held_out,
        "batch_tokens": _number(batch_tokens, "batch-tokens"),
        "buffer_tokens": _number(buffer_tokens, "buffer-tokens"),
        "context": context,
        "checkpoint_every": _number(checkpoint_every, "checkpoint-every"),
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

    console = _console()
    try:
        with ConsoleWatcher(console) as watcher:
            run = run_training(config, out, resume=resume, watcher=watcher)
    except Interrupted:
        print(
            f"microtome: stopped, the state is saved. Continue with: microtome train --resume --out {out}",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None
    print_metrics(console, {name: load_evaluation(run.path, name)[0] for name in run.names})
    if excluded := run.facts["special_tokens_excluded"]:
        console.print(f"{excluded:,} special tokens were left out of training", highlight=False)
    console.print(f"report: {write_report(run)}", highlight=False, soft_wrap=True)


@app.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    text: TextOption = None,
    column: ColumnOption = None,
    tokens: Annotated[str, typer.Option(help="Tokens to measure on.")] = "1e5",
    loss_tokens: Annotated[str, typer.Option(help="Tokens for the model's losses, 0 for none.")] = "20000",
    json: Annotated[Path | None, typer.Option("--json", help="Write the metrics to this file.")] = None,
    dtype: Annotated[str | None, typer.Option(help="Of the language model.  [default: as in training]")] = None,
    device: DeviceOption = "auto",
) -> None:
    """Measure the dictionaries of a run on text: reconstruction, sparsity, and what replacing the site costs the model.

    Without --text, the run's own held-out text is read. Of a text the run was trained on, only the held-out part is.

    Example: `microtome evaluate run --text wiki.txt --json metrics.json`
    """
    from microtome.artifacts import write_json
    from microtome.console import ConsoleWatcher, print_metrics
    from microtome.evaluation import EvaluationConfig
    from microtome.training.reevaluate import reevaluate

    console = _console()
    settings = EvaluationConfig(loss_tokens=_number(loss_tokens, "loss-tokens") or 0)
    with ConsoleWatcher(console) as watcher:
        results = reevaluate(
            run,
            text=text,
            column=column,
            tokens=_number(tokens, "tokens") or 0,
            config=settings,
            dtype=dtype,
            device=device,
            watcher=watcher,
        )
    print_metrics(console, results)
    if json is not None:
        write_json(
            json, {name: {**metrics.to_json(), "density": metrics.density()} for name, metrics in results.items()}
        )
        console.print(f"metrics: {json}", highlight=False, soft_wrap=True)


@app.command()
def report(run: Annotated[Path, typer.Argument(help="Folder of a run.")]) -> None:
    """Write RUN/report.html again, also for a run that has not finished.

    Example: `microtome report run`
    """
    from microtome.report import write_report
    from microtome.training import Run

    print(write_report(Run.open(run)))


@app.command()
def demo(
    model: Annotated[str | None, typer.Option(help="`gemma-3-270m` if its package is installed, else `tiny`.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run; replaced if it is a demo's.")] = Path("microtome-demo"),
) -> None:
    """Train a transcoder on one middle layer of a real small model, measure it, and show what its latents mean.

    Example: `microtome demo --model tiny`
    """
    from microtome.demo import run_demo

    run_demo(model, out, _console())


def _words(value: str | None) -> list[str] | None:
    words = None if value is None else [word.strip() for word in value.split(",") if word.strip()]
    if words == []:
        raise ConfigError(f"got '{value}', expected values separated by commas", cure="Give at least one")
    return words


def _number(value: str | None, name: str) -> int | None:
    """A whole number written as 2000000, 2_000_000 or 2e6."""
    if value is None:
        return None
    try:
        number = float(value.replace("_", ""))
        whole = int(number)
    except (ValueError, OverflowError):
        whole, number = 0, 0.5
    if whole != number:
        raise ConfigError(f"got --{name} {value}, expected a whole number such as 2000000 or 2e6", cure="Correct it")
    return whole


def _numbers(value: str | None, name: str) -> list[float] | None:
    words = _words(value)
    if words is None:
        return None
    try:
        return [float(word.replace("_", "")) for word in words]
    except ValueError:
        raise ConfigError(f"got --{name} {value}, expected numbers separated by commas", cure="Correct it") from None


if __name__ == "__main__":
    main()
