"""`microtome evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from microtome.commands.options import ColumnOption, DeviceOption, TextOption, console, number


def evaluate(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, or a dictionary of any format.")],
    text: TextOption = None,
    column: ColumnOption = None,
    tokens: Annotated[str, typer.Option(help="Tokens to measure on.")] = "1e5",
    loss_tokens: Annotated[str, typer.Option(help="Tokens for the model's losses, 0 for none.")] = "20000",
    json: Annotated[Path | None, typer.Option("--json", help="Write the metrics to this file.")] = None,
    saebench: Annotated[
        Path | None, typer.Option(help="Write them as result files of SAEBench's core evaluation into this folder.")
    ] = None,
    dtype: Annotated[str | None, typer.Option(help="Of the language model.  [default: as in training]")] = None,
    device: DeviceOption = "auto",
) -> None:
    """Measure the dictionaries of a run on text: reconstruction, sparsity, and what replacing the site costs the model.

    Without --text, the run's own held-out text is read. Of a text the run was trained on, only the held-out part is.

    Example: `microtome evaluate run --text wiki.txt --json metrics.json`
    """
    import time

    from microtome.artifacts import check_folder_of, write_json
    from microtome.console import ConsoleWatcher, print_metrics
    from microtome.evaluation import EvaluationConfig
    from microtome.training.reevaluate import reevaluate

    terminal = console()
    if json is not None:
        check_folder_of(json)
    settings = EvaluationConfig(loss_tokens=number(loss_tokens, "loss-tokens") or 0)
    with ConsoleWatcher(terminal) as watcher:
        results = reevaluate(
            run,
            text=text,
            column=column,
            tokens=number(tokens, "tokens") or 0,
            config=settings,
            dtype=dtype,
            device=device,
            watcher=watcher,
        )
    print_metrics(terminal, results)
    if json is not None:
        write_json(
            json, {name: {**metrics.to_json(), "density": metrics.density()} for name, metrics in results.items()}
        )
        terminal.print(f"metrics: {json}", highlight=False, soft_wrap=True)
    if saebench is not None:
        from microtome.formats.saebench import save_saebench_folder
        from microtome.runs import Run

        written, losses = save_saebench_folder(
            results, saebench, release=run.resolve().name, milliseconds=int(time.time() * 1000), run=Run.open(run)
        )
        for line in (*(f"lost: {loss}" for loss in losses), *(f"saebench: {path}" for path in written)):
            terminal.print(line, highlight=False, soft_wrap=True, markup=False)
