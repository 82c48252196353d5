"""`microtome generate`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from microtome.commands.options import DeviceOption, console, number, numbers
from microtome.errors import ConfigError

if TYPE_CHECKING:
    from microtome.interventions import Bench, Change, Continuation, GenerationConfig, When

_Latents = list[str] | None


def generate(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    prompt: Annotated[str | None, typer.Option(help="Text to continue.  [default: the preset's]")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put the reconstruction in the site's place.")] = False,
    clamp: Annotated[_Latents, typer.Option(help="Set a latent: `7=5`, `NAME:7=5`. Repeatable.")] = None,
    min_clamp: Annotated[_Latents, typer.Option(help="Raise a latent to at least this. Repeatable.")] = None,
    scale: Annotated[_Latents, typer.Option(help="Multiply a latent. Repeatable.")] = None,
    ablate: Annotated[_Latents, typer.Option(help="Take a latent out: `7`. Repeatable.")] = None,
    add: Annotated[_Latents, typer.Option(help="Add a latent, in units of its maximum: `7=3`. Repeatable.")] = None,
    project_out: Annotated[_Latents, typer.Option(help="Remove a latent's direction: `7`. Repeatable.")] = None,
    add_unit: Annotated[
        str | None, typer.Option(help="Of --add: max, norm (of the residual stream), activation.  [default: max]")
    ] = None,
    clamp_unit: Annotated[
        str | None, typer.Option(help="Of --clamp and --min-clamp: activation, max.  [default: activation]")
    ] = None,
    dictionary: Annotated[
        list[str] | None, typer.Option(help="Dictionary meant where none is named, or a part of its name. Repeatable.")
    ] = None,
    start: Annotated[int | None, typer.Option("--from", help="Change tokens from this position on.")] = None,
    generated_only: Annotated[bool, typer.Option("--generated-only", help="Leave the prompt as it is.")] = False,
    when: Annotated[str | None, typer.Option(help="Only where a latent fires: `9`, `9>0.5`.")] = None,
    tokens: Annotated[str | None, typer.Option(help="New tokens, at most.  [default: 50]")] = None,
    samples: Annotated[int | None, typer.Option(help="Continuations of each kind.  [default: 1]")] = None,
    temperature: Annotated[float | None, typer.Option(help="0 is greedy.  [default: 0, or 1 with --samples]")] = None,
    top_p: Annotated[float | None, typer.Option("--top-p", help="Share of the probability to draw from.")] = None,
    frequency_penalty: Annotated[float | None, typer.Option(help="Per earlier use of a token.  [default: 0]")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the draw; the same for every column.  [default: 0]")] = None,
    top: Annotated[int | None, typer.Option(help="Likeliest tokens of each step, kept in --json.")] = None,
    chat: Annotated[bool, typer.Option("--chat", help="Put the prompt into the model's chat template.")] = False,
    sweep: Annotated[str | None, typer.Option(help="Factors on the strengths: `0,1,2,4`. Tables what breaks.")] = None,
    control: Annotated[bool, typer.Option(help="Also a random direction of the same norm.")] = True,
    preset: Annotated[Path | None, typer.Option(help="Changes, prompt and settings from this file.")] = None,
    save_preset: Annotated[Path | None, typer.Option(help="Write them to this file.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write what came out to this file.")] = None,
    dtype: Annotated[str | None, typer.Option(help="Of the language model.  [default: as in training]")] = None,
    device: DeviceOption = "auto",
) -> None:
    """Continue a prompt with the model as it is, with its latents changed, and with a random change of the same size.

    Examples:

    `microtome generate run --prompt "The with statement" --add 7=3`

    `microtome generate run --prompt "The with statement" --replace --tokens 30`

    `microtome generate run --prompt "The with statement" --add 7=1 --sweep 0,1,2,4 --samples 3`
    """
    from microtome.artifacts import check_folder_of, write_json
    from microtome.interventions import Bench, load_preset, make_preset
    from microtome.interventions import save_preset as write_preset
    from microtome.interventions.changes import VARIED

    for out in (json, save_preset):
        if out is not None:
            check_folder_of(out)
    loaded = load_preset(preset) if preset else None
    given = {
        "tokens": number(tokens, "tokens"),
        "samples": samples,
        "temperature": temperature,
        "top_p": top_p,
        "frequency_penalty": frequency_penalty,
        "seed": seed,
        "top": top,
        "chat": chat or None,
    }
    settings = _settings(loaded, given)
    text = prompt if prompt is not None else (loaded.prompt if loaded else "")
    if not text:
        raise ConfigError("got an empty prompt, expected some text", cure="Give --prompt a text to continue")
    factors = numbers(sweep, "sweep")
    bench = Bench.open(run, dtype=dtype, device=device)
    if loaded is not None:
        loaded.check(bench)
    written = {
        "clamp": clamp or [],
        "min_clamp": min_clamp or [],
        "scale": scale or [],
        "ablate": ablate or [],
        "add": add or [],
        "project_out": project_out or [],
    }
    units = {"add": add_unit or "", "clamp": clamp_unit or "", "min_clamp": clamp_unit or ""}
    moment = _when(bench, start, generated_only, when, dictionary or [])
    changes = [*(loaded.changes if loaded else ()), *_read(bench, written, replace, dictionary or [], units, moment)]
    if factors is not None and not any(change.kind in VARIED for change in changes):
        raise ConfigError(
            "got --sweep without a strength to vary", cure="Give --add, --clamp or --min-clamp, such as --add 7=1"
        )
    if save_preset is not None:
        write_preset(save_preset, make_preset(bench, changes, prompt=text, generation=settings))
    show = _sweep if factors is not None else _side_by_side
    found = show(bench, changes, text, settings, control, factors or [])
    if json is not None:
        facts = {"prompt": text, "changes": [change.to_json() for change in changes], "model": bench.lm.identity}
        write_json(json, {**facts, "generation": dataclasses.asdict(settings), **found})


def _settings(loaded: Any, given: dict[str, Any]) -> GenerationConfig:
    from microtome.interventions import GenerationConfig

    base = loaded.generation if loaded else GenerationConfig()
    if given["temperature"] is None and base.temperature == 0 and (given["samples"] or 1) > 1:
        given = {**given, "temperature": 1.0}
    return dataclasses.replace(base, **{key: value for key, value in given.items() if value is not None})


def _when(bench: Bench, start: int | None, generated: bool, fires: str | None, names: Sequence[str]) -> When:
    from microtome.interventions import When, read_condition

    return When(
        clock="generated" if generated else "position",
        start=start or 0,
        fires=read_condition(bench, fires, names) if fires else None,
    )


def _read(
    bench: Bench,
    written: dict[str, list[str]],
    replace: bool,
    names: Sequence[str],
    units: dict[str, str],
    moment: When,
) -> list[Change]:
    from microtome.interventions import read_changes

    changes = read_changes(bench, written, replace=replace, dictionaries=names, units=units, when=moment)
    unused = [
        option
        for option, kinds, given in (
            ("--add-unit", ("add",), units["add"]),
            ("--clamp-unit", ("clamp", "min_clamp"), units["clamp"]),
            ("--from, --generated-only or --when", None, moment != type(moment)()),
            ("--dictionary", None, names),
        )
        if given and not any(kinds is None or change.kind in kinds for change in changes)
    ]
    if unused:
        raise ConfigError(
            f"got {unused[0]} without a change that it is for", cure="Leave it out, or give such a change"
        )
    return changes


def _side_by_side(
    bench: Bench, changes: list[Change], prompt: str, settings: GenerationConfig, control: bool, _: list[float]
) -> dict[str, Any]:
    from rich.table import Table
    from rich.text import Text

    from microtome.interventions import generate_text
    from microtome.markup import readable

    conditions = bench.conditions(changes, control=control, seed=settings.seed, control_name="random control")
    found: dict[str, list[Continuation]] = {
        name: generate_text(bench.lm, prompt, intervention, settings) for name, intervention in conditions.items()
    }
    table = Table(title="; ".join(str(change) for change in changes) or bench.lm.name, title_justify="left")
    for name in found:
        table.add_column(name, ratio=1, overflow="fold")
    for row in zip(*found.values()):
        table.add_row(*(Text(readable(continuation.text)) for continuation in row), end_section=True)
    terminal = console()
    terminal.print(Text(readable(prompt), style="bold"))
    terminal.print(table)
    return {"continuations": {name: [one.to_json() for one in samples] for name, samples in found.items()}}


def _sweep(
    bench: Bench, changes: list[Change], prompt: str, settings: GenerationConfig, control: bool, factors: list[float]
) -> dict[str, Any]:
    from rich.table import Table
    from rich.text import Text

    from microtome.interventions import dose_curve, summary
    from microtome.markup import readable

    rows = dose_curve(
        bench.lm,
        bench.placed,
        changes,
        prompt,
        factors,
        maxima=bench.maximum,
        config=settings,
        controls=(settings.seed,) if control else (),
    )
    table = Table(title="; ".join(str(change) for change in changes), title_justify="left")
    for heading in ("factor", "condition", "perplexity", "activation", "repeated 4-grams"):
        table.add_column(heading, justify="left" if heading == "condition" else "right")
    table.add_column("text", ratio=1, overflow="fold")
    means = summary(rows)
    for mean in means:
        first = next(
            row["text"] for row in rows if (row["strength"], row["condition"]) == (mean["strength"], mean["condition"])
        )
        figures = (f"{mean['perplexity']:.1f}", f"{mean['activation']:.3f}", f"{mean['repeated_4']:.0%}")
        table.add_row(f"{mean['strength']:g}", mean["condition"], *figures, Text(readable(first)))
    console().print(table)
    return {"rows": _plain(rows), "summary": means}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with latents as JSON's keys."""
    return [
        {**row, "activation": {n: {str(k): v for k, v in of.items()} for n, of in row["activation"].items()}}
        for row in rows
    ]
