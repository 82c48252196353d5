"""`microtome demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from microtome.commands.options import console


def demo(
    model: Annotated[str | None, typer.Option(help="`gemma-3-270m` if its package is installed, else `tiny`.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run; replaced if it is a demo's.")] = Path("microtome-demo"),
    circuits: Annotated[
        bool, typer.Option("--circuits", help="A transcoder for every layer, and the circuit behind one next token.")
    ] = False,
    prompt: Annotated[str | None, typer.Option(help="With --circuits: the text whose next token is explained.")] = None,
) -> None:
    """Train a transcoder on one middle layer of a real small model, measure it, and show what its latents mean.

    With --circuits: train one for every layer in one pass, and trace how the model continues a prompt.

    Examples:

    `microtome demo --model tiny`

    `microtome demo --circuits --model tiny --prompt "import numpy as"`
    """
    from microtome.demo import CIRCUIT_PROMPT, run_circuits_demo, run_demo
    from microtome.errors import ConfigError

    if circuits:
        run_circuits_demo(model, out, console(), prompt=CIRCUIT_PROMPT if prompt is None else prompt)
        return
    if prompt is not None:
        raise ConfigError("got --prompt without --circuits, the demo traces nothing", cure="Add --circuits")
    run_demo(model, out, console())
