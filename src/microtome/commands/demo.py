"""`microtome demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from microtome.commands.options import console


def demo(
    model: Annotated[str | None, typer.Option(help="`gemma-3-270m` if its package is installed, else `tiny`.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run; replaced if it is a demo's.")] = Path("microtome-demo"),
) -> None:
    """Train a transcoder on one middle layer of a real small model, measure it, and show what its latents mean.

    Example: `microtome demo --model tiny`
    """
    from microtome.demo import run_demo

    run_demo(model, out, console())
