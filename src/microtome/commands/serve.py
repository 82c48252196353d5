"""`microtome serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from microtome.commands.options import DeviceOption, console


def serve(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, finished or still training, or graph files.")],
    port: Annotated[int, typer.Option(help="Port to listen on, 0 for any that is free.", min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further name under which browsers reach it; may be repeated.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    device: DeviceOption = "auto",
    dtype: Annotated[str | None, typer.Option(help="Of the language model.  [default: as in training]")] = None,
) -> None:
    """Look at runs in the browser: metrics, curves, every latent, your own text, graphs. Stop with Ctrl-C.

    Only this machine can reach it unless --host says otherwise; there is no password.

    Example: `microtome serve run another-run --port 8000`
    """
    from microtome.app import AppConfig
    from microtome.app import serve as serve_app

    terminal = console()

    def ready(address: str) -> None:
        terminal.print(f"microtome is at {address}  (Ctrl-C stops it)", highlight=False, soft_wrap=True)
        if open_browser:
            import webbrowser

            webbrowser.open(address)

    config = AppConfig(host=host, port=port, hosts=tuple(allow_host or ()), device=device, dtype=dtype)
    serve_app(runs, config, ready=ready)
