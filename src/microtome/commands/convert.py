"""`microtome convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from microtome.commands.options import console
from microtome.errors import ConfigError


def convert(
    source: Annotated[
        str,
        typer.Argument(help="Folder, file, run, graph, or Hub release: `owner/name/path`, `owner/name?site=…&l0=…`."),
    ],
    target: Annotated[Path, typer.Argument(help="Folder, or for a graph file, to write; it must not exist.")],
    to: Annotated[
        str,
        typer.Option(help="microtome, saelens, sparsify, dictionary_learning, circuit-tracer, run, or hub."),
    ],
    model: Annotated[
        str | None, typer.Option(help="The language model, where the file does not say.", show_default=False)
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="`9.mlp_out` or `9.mlp_in->9.mlp_out`, where the file does not say.")
    ] = None,
) -> None:
    """Write a dictionary or a graph in another format, and say everything that is not the same afterwards.

    `--to run` makes a run of it, which every other command takes. `--to hub` publishes a dictionary of ours with a
    card; TARGET is then `owner/name` with a path behind it.

    Examples:

    `microtome convert run/dictionaries/2.mlp_out sae --to saelens`

    `microtome convert sae imported --to run --model tiny`

    `microtome convert graph.json viewed.json --to circuit-tracer`
    """
    terminal = console()
    if to == "hub":
        from microtome.formats import push

        for option, value in (("model", model), ("site", site)):
            if value is not None:
                raise ConfigError(
                    f"got --{option} {value}, but --to hub publishes a dictionary as it is",
                    cure=f"Leave out --{option}",
                )
        where = push(Path(source), "/".join(target.parts[:2]), path_in_repo="/".join(target.parts[2:]))
        terminal.print(f"published: {where}", highlight=False, soft_wrap=True, markup=False)
        return
    if to == "run":
        from microtome.training.adopt import adopt

        adopted = adopt(source, target, model=model, site=site)
        written, lines = adopted.run.path, [("note", note) for note in adopted.notes]
    elif source.endswith(".json") and Path(source).is_file():
        from microtome.circuits import convert_graph

        if site is not None:
            raise ConfigError(f"got --site {site} for a graph, which has sites of its own", cure="Leave it out")
        converted = convert_graph(source, target, to=to, model=model)
        written, lines = (
            target,
            [*(("note", note) for note in converted.notes), *(("lost", x) for x in converted.losses)],
        )
    else:
        from microtome.formats import convert as convert_dictionary

        done = convert_dictionary(source, target, to=to, model=model, site=site)
        written = done.paths[0]
        lines = [*(("note", note) for note in done.notes), *(("lost", loss) for loss in done.losses)]
    for word, line in lines:
        terminal.print(f"{word}: {line}", highlight=False, soft_wrap=True, markup=False)
    if not any(word == "lost" for word, _ in lines):
        terminal.print("nothing is lost", highlight=False)
    terminal.print(f"written: {written}", highlight=False, soft_wrap=True, markup=False)
