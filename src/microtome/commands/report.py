"""`microtome report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(run: Annotated[Path, typer.Argument(help="Folder of a run.")]) -> None:
    """Write RUN/report.html again, also for a run that has not finished.

    Example: `microtome report run`
    """
    from microtome.report import write_report
    from microtome.training import Run

    print(write_report(Run.open(run)))
