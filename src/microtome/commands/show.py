"""`microtome show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from microtome.commands.options import DeviceOption, console, print_json
from microtome.errors import ConfigError


def show(
    run: Annotated[Path, typer.Argument(help="Folder of a run whose latents were described.")],
    latent: Annotated[int | None, typer.Option(help="The latent to show.")] = None,
    prompt: Annotated[str | None, typer.Option(help="Show which latents fire on this text.")] = None,
    dictionary: Annotated[str | None, typer.Option(help="Name of the dictionary, where a run has several.")] = None,
    top: Annotated[int, typer.Option(help="Latents of the prompt, or examples of each band.")] = 8,
    label: Annotated[str | None, typer.Option(help="Name the latent, an empty text takes the name away.")] = None,
    note: Annotated[str, typer.Option(help="A note to go with --label.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print everything known as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the latent's page to this file, which opens with the network off.")
    ] = None,
    device: DeviceOption = "auto",
) -> None:
    """Show one latent, or the latents that fire on a prompt.

    Example: `microtome show run --latent 7`, `microtome show run --prompt "the court ruled"`
    """
    if (latent is None) == (prompt is None):
        raise ConfigError("expected one of --latent and --prompt", cure="Give for example --latent 7")
    if label is not None and latent is None:
        raise ConfigError("got --label without a latent to name", cure="Add for example --latent 7")
    if html is not None and latent is None:
        raise ConfigError("got --html without a latent to show", cure="Add for example --latent 7")
    if prompt is not None:
        found = _on_prompt(run, dictionary, prompt, device)
        print_json(found) if json else _print_prompt(found, run, dictionary, top)
        return
    from microtome.console import print_latent
    from microtome.latents import LatentStore

    store = LatentStore.open(run, dictionary)
    assert latent is not None
    if label is not None:
        store.set_label(latent, label, note)
    if html is not None:
        from microtome.app.saved import save_latent_page

        written = save_latent_page(run, latent, html, dictionary=store.name)
        console().print(f"page: {written}", highlight=False, soft_wrap=True, markup=False)
        return
    one = store[latent]
    print_json(one.to_json()) if json else print_latent(console(), one, top)


def _on_prompt(run: Path, dictionary: str | None, prompt: str, device: str) -> dict[str, Any]:
    from microtome.latents import on_text, placed
    from microtome.models import LanguageModel
    from microtome.runs import Run

    facts = Run.open(run).facts
    if facts["config"].get("model") is None:
        raise ConfigError(f"'{run}' was trained on arrays, it has no model to read a prompt", cure="Use --latent")
    model = LanguageModel.load(facts["config"]["model"], dtype=facts["dtype"], device=device)
    return on_text(model, placed(run, dictionary, model), prompt)


def _print_prompt(found: dict[str, Any], run: Path, dictionary: str | None, top: int) -> None:
    from microtome.errors import ArtifactError
    from microtome.latents import LatentStore
    from microtome.markup import named, visible_text

    try:
        store: LatentStore | None = LatentStore.open(run, dictionary)
    except ArtifactError:
        store = None
    terminal, strongest = console(), found["pooled"][:top]
    names = store.names(one["latent"] for one in strongest) if store is not None else {}
    for one in strongest:
        head = f"latent {one['latent']:>6}  max {one['max']:8.3f}  on {one['tokens']} tokens"
        name = named(names.get(one["latent"], ""))
        terminal.print(f"{head}  {name}", markup=False, highlight=False, soft_wrap=True)
    for token, codes in zip(found["tokens"], found["codes"]):
        best = sorted(codes, key=lambda pair: -pair[1])[:4]
        shown = "  ".join(f"{found['latents'][index]}={value:.2f}" for index, value in best)
        terminal.print(f"{visible_text(token):>16}  {shown}", markup=False, highlight=False, soft_wrap=True)
