"""The command line: every command of `commands/`, and how an error becomes one line and an exit code.

Exit codes: 0 done, 1 something failed on the way (files, data, training), 2 what was asked for makes no sense.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from microtome.commands.convert import convert
from microtome.commands.demo import demo
from microtome.commands.evaluate import evaluate
from microtome.commands.generate import generate
from microtome.commands.latents import latents
from microtome.commands.report import report
from microtome.commands.serve import serve
from microtome.commands.show import show
from microtome.commands.sites import sites
from microtome.commands.trace import trace
from microtome.commands.train import train
from microtome.errors import ConfigError, MicrotomeError, ResumeError, SiteError

app = typer.Typer(
    name="microtome",
    help="Slice a language model open: train, measure and explain sparse dictionaries.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _command in (sites, train, evaluate, latents, show, generate, trace, serve, report, convert, demo):
    app.command()(_command)


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


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if version:
        import microtome

        print(f"microtome {microtome.__version__}")
        raise typer.Exit


if __name__ == "__main__":
    main()
