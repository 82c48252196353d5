"""`microtome latents`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from microtome.commands.options import (
    ColumnOption,
    DeviceOption,
    TextOption,
    console,
    number,
    print_json,
    vector,
    words,
)
from microtome.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from microtome.latents import LatentStore

SortOption = Annotated[
    str | None,
    typer.Option(
        help="latent, count, density, max, mean, interesting or label_score.  [default: interesting, label_score with "
        "--search, the cosine with --nearest]"
    ),
]


def latents(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    text: TextOption = None,
    column: ColumnOption = None,
    tokens: Annotated[str, typer.Option(help="Tokens to read.")] = "1e6",
    dictionary: Annotated[
        str | None, typer.Option(help="Names of dictionaries, by commas.  [default: all of the run]")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show a table of latents of a store that is there.")] = False,
    sort: SortOption = None,
    ascending: Annotated[bool, typer.Option("--ascending", help="The smallest first.")] = False,
    limit: Annotated[int, typer.Option(help="Rows of the table.")] = 20,
    search: Annotated[str | None, typer.Option(help="Latents whose label or tokens hold this.")] = None,
    density: Annotated[str | None, typer.Option(help="LOW,HIGH: latents that fire on such a share of tokens.")] = None,
    strength: Annotated[str | None, typer.Option(help="LOW,HIGH: latents with such a maximum.")] = None,
    token: Annotated[str | None, typer.Option(help="Latents that fire on this token.")] = None,
    nearest: Annotated[
        str | None, typer.Option(help="Latents whose decoder is nearest to this one's, or to a direction in FILE.npy.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
    neuronpedia: Annotated[Path | None, typer.Option(help="Write the store in Neuronpedia's layout here.")] = None,
    explain: Annotated[
        str | None, typer.Option(help="Ask an explainer for labels of these latents, by commas.")
    ] = None,
    explainer: Annotated[
        str | None, typer.Option(help="http://…/v1 of an OpenAI-compatible endpoint, or a local model.")
    ] = None,
    explainer_model: Annotated[str | None, typer.Option(help="Model that the endpoint serves.")] = None,
    device: DeviceOption = "auto",
) -> None:
    """Find out what every latent of a run means, in one pass over text; or look for latents in what was found.

    Without --text, the text the run was trained on is read. A build that was stopped goes on.

    Example: `microtome latents run --text wiki.txt --tokens 5e5`, then `microtome latents run --search court`
    """
    if explain is not None or explainer is not None or explainer_model is not None:
        _explain(run, dictionary, explain, explainer, explainer_model, device)
        return
    queries = {"search": search, "density": density, "strength": strength, "token": token, "sort": sort}
    if neuronpedia is not None:
        _export(run, dictionary, neuronpedia, {"nearest": nearest, **queries, "list": list_ or ascending or json})
        return
    if list_ or ascending or json or nearest is not None or any(value is not None for value in queries.values()):
        _query(run, dictionary, queries, ascending=ascending, limit=limit, nearest=nearest, json=json)
        return
    from microtome.console import ConsoleWatcher
    from microtome.latents import build_stores

    terminal = console()
    with ConsoleWatcher(terminal) as watcher:
        stores = build_stores(
            run,
            text=text,
            column=column,
            tokens=number(tokens, "tokens") or 0,
            names=words(dictionary),
            device=device,
            watcher=watcher,
        )
    for store in stores:
        overview = store.overview()
        figures = ", ".join(f"{count:,} {name}" for name, count in overview["classes"].items())
        terminal.print(f"{store.name}: {figures}; {store.path.parent}", highlight=False, soft_wrap=True)
        terminal.print(_rare_direction(overview["rare_direction"]), highlight=False, soft_wrap=True)


def _rare_direction(found: dict[str, Any]) -> str:
    from microtome.latents.directions import SAME_DIRECTION

    if not found["rare"]:
        return "  no latent is rare"
    return (
        f"  {found['share']:.1%} of {found['rare']:,} rare latents within cosine {SAME_DIRECTION} "
        f"of their common encoder direction, mean cosine {found['mean_cosine']:.2f}"
    )


def _explain(
    run: Path, dictionary: str | None, latents: str | None, where: str | None, model: str | None, device: str
) -> None:
    from microtome.latents import LatentStore
    from microtome.latents.explainers import explain, open_explainer
    from microtome.markup import named

    if latents is None or where is None:
        raise ConfigError(
            "expected both --explain and --explainer", cure="Give for example --explain 7,8 --explainer tiny"
        )
    store = LatentStore.open(run, dictionary)
    _say_how_scored(store)
    chosen = [number(word, "explain") or 0 for word in words(latents) or []]
    terminal = console()
    for latent, label in explain(store, chosen, open_explainer(where, model, device)).items():
        score = "not measured" if label.score is None else f"{label.score:.2f}"
        terminal.print(f"{latent:>7}  {score}  {named(label.text)}", markup=False, highlight=False, soft_wrap=True)


def _export(run: Path, dictionary: str | None, where: Path, given: dict[str, Any]) -> None:
    from microtome.latents import LatentStore, export_neuronpedia

    for name, value in given.items():
        if value:
            raise ConfigError(f"got --neuronpedia with --{name}, it writes every latent", cure=f"Leave out --{name}")
    print(export_neuronpedia(LatentStore.open(run, dictionary), where))


def _query(
    run: Path,
    dictionary: str | None,
    queries: dict[str, str | None],
    *,
    ascending: bool,
    limit: int,
    nearest: str | None,
    json: bool,
) -> None:
    """Every filter that was given, together; --nearest adds a cosine to each row, and sorts by it unless told how."""
    from microtome.console import print_latents
    from microtome.latents import LatentStore

    store = LatentStore.open(run, dictionary)
    cosines, usual = None, "interesting" if queries["search"] is None else "label_score"
    if nearest is not None:
        cosines, usual = {o.latent: o.cosine for o in store.nearest(_direction(nearest), store.n_latents)}, "cosine"
    found = store.table(
        sort=queries["sort"] or usual,
        descending=not ascending,
        density=_ends(queries["density"], "density"),
        strength=_ends(queries["strength"], "strength"),
        token=queries["token"],
        search=queries["search"],
        among=cosines,
        limit=limit,
    )
    if json:
        print_json(found)
    elif nearest is None:
        print_latents(console(), found)
        _say_how_scored(store)
    else:
        _print_near(found["rows"])


def _say_how_scored(store: LatentStore) -> None:
    from microtome.latents.records import CONTEXTS

    if store.scored != CONTEXTS:
        console().print(
            f"This store is of an older version: labels are scored over {store.scored}, not on held-out contexts. "
            f"Build it again with 'microtome latents {store.run_path}'.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _print_near(rows: list[dict[str, Any]]) -> None:
    from microtome.latents.store import name_of
    from microtome.markup import named

    for row in rows:
        console().print(
            f"{row['latent']:>7}  {row['cosine']:6.3f}  {named(name_of(row) or '')}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def _direction(asked: str) -> int | np.ndarray:
    """The number of a latent, or the vector that a file holds."""
    if not asked.endswith(".npy"):
        return number(asked, "nearest") or 0
    return vector(asked)


def _ends(value: str | None, name: str) -> tuple[float | None, float | None]:
    """`0.001,0.1`, `0.001,` or `,0.1`."""
    if value is None:
        return None, None
    low, comma, high = value.partition(",")
    try:
        ends = (float(low) if low.strip() else None, float(high) if high.strip() else None)
    except ValueError:
        comma = ""
    if not comma:
        raise ConfigError(f"got --{name} {value}, expected LOW,HIGH", cure=f"Write for example --{name} 0.001,0.1")
    return ends
