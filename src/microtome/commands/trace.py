"""`microtome trace`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from microtome.commands.options import DeviceOption, ModelOption, console, number
from microtome.errors import ArtifactError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from microtome.circuits import Aim, Local
    from microtome.models import LanguageModel


def trace(
    transcoders: Annotated[
        str, typer.Argument(help="A run with a transcoder for every layer, or a set of any format.")
    ],
    prompt: Annotated[str, typer.Option(help="The text whose next token is explained.")],
    out: Annotated[Path, typer.Option(help="File of the graph, .json; its numbers go beside it.")],
    model: ModelOption = None,
    token: Annotated[
        list[str] | None, typer.Option(help="Trace the logit of this token instead of the likeliest ones. Repeatable.")
    ] = None,
    difference: Annotated[
        tuple[str, str] | None, typer.Option(help="Trace the logit of one token less that of another.")
    ] = None,
    latent: Annotated[
        str | None, typer.Option(help="Trace a latent, as LAYER:POSITION:LATENT; position -1 is the last.")
    ] = None,
    dictionary: Annotated[
        list[str] | None, typer.Option(help="Which dictionary, where a run has several for a layer. Repeatable.")
    ] = None,
    max_nodes: Annotated[str, typer.Option(help="Latents that become nodes, the most influential.")] = "4096",
    batch: Annotated[int, typer.Option(help="Targets carried back at a time.", min=1)] = 256,
    memory: Annotated[float, typer.Option(help="Gigabytes that rows may take.", min=0.001)] = 4.0,
    node_share: Annotated[float, typer.Option(help="Share of influence whose nodes are shown.", min=0, max=1)] = 0.8,
    edge_share: Annotated[float, typer.Option(help="Share of influence whose edges are shown.", min=0, max=1)] = 0.98,
    faithful: Annotated[
        bool, typer.Option("--faithful", help="Ablate the strongest latents and compare what happens.")
    ] = False,
    chat: Annotated[
        bool, typer.Option("--chat", help="The prompt is a user's message in the model's template.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a graph that is there.")] = False,
    device: DeviceOption = "auto",
) -> None:
    """Trace the circuit behind a model's next token: which latents, of which tokens, led to it.

    Example: `microtome trace run --prompt "The capital of France is" --out graphs/france.json --faithful`

    Graphs in the folder `graphs` of a run are shown by `microtome serve`.
    """
    from microtome.circuits import ReplacementModel, TracingConfig, influence, open_transcoders, trace_local
    from microtome.console import ConsoleWatcher, print_graph

    if out.suffix != ".json":
        raise ConfigError(f"got --out {out}, expected a file that ends in .json", cure=f"Write --out {out}.json")
    for file in (out, out.with_suffix(".safetensors")):
        if file.exists() and not force:
            raise ArtifactError(f"'{file}' is there already", cure="Choose another --out, or add --force")
    if sum(choice is not None for choice in (token or None, difference, latent)) > 1:
        raise ConfigError(
            "got several of --token, --difference and --latent, expected one", cure="Trace them one by one"
        )
    terminal = console()
    config = TracingConfig(max_nodes=number(max_nodes, "max-nodes") or 0, batch=batch, memory=memory * 1e9)
    with ConsoleWatcher(terminal) as watcher:
        watcher.note("reading model and transcoders")
        lm = _model(transcoders, model, device)
        replacement = ReplacementModel(lm, open_transcoders(lm, transcoders, tuple(dictionary or ())))
        tokens = lm.encode_chat(prompt) if chat else lm.encode(prompt)
        local = replacement.on(tokens)
        graph = trace_local(local, aims=_aims(lm, token, difference, latent), config=config, watcher=watcher)
        found = influence(graph)
        if faithful:
            from microtome.circuits import faithfulness, strongest_groups

            watcher.note("ablating the strongest latents and groups")
            groups = strongest_groups(local, graph)
            if not groups:
                watcher.note("no latents are alike enough for a group")
            graph.facts["faithfulness"] = faithfulness(local, graph, found, groups=groups).to_json()
    out.parent.mkdir(parents=True, exist_ok=True)
    graph.save(out, overwrite=force)
    print_graph(terminal, graph, found, node_share=node_share, edge_share=edge_share)
    terminal.print(f"graph: {out}", markup=False, highlight=False, soft_wrap=True)


def _model(transcoders: str, model: str | None, device: str) -> LanguageModel:
    """The model a run was trained on, or the one named; in float32, without which rows do not add up."""
    from microtome.models import LanguageModel
    from microtome.runs import Run

    if model is None:
        if not (Path(transcoders) / "run.json").is_file():
            raise ConfigError(f"'{transcoders}' does not say which model it is for", cure="Give --model")
        model = Run.open(transcoders).facts["config"].get("model")
        if model is None:
            raise ConfigError(f"'{transcoders}' was trained on arrays, it names no model", cure="Give --model")
    return LanguageModel.load(model, dtype="float32", device=device)


def _aims(
    lm: LanguageModel, token: list[str] | None, difference: tuple[str, str] | None, latent: str | None
) -> Callable[[Local], Sequence[Aim]]:
    from microtome.circuits import targets

    if token:
        ids = [_token(lm, text) for text in token]
        return lambda local: targets.logits(local, ids)
    if difference is not None:
        more, less = (_token(lm, text) for text in difference)
        return lambda local: targets.logit_difference(local, more, less)
    if latent is not None:
        layer, position, index = _place(latent)
        return lambda local: targets.latent(local, layer, position % local.n_tokens, index)
    return targets.likely_logits


def _token(lm: LanguageModel, text: str) -> int:
    ids = lm.tokenizer(text, add_special_tokens=False)["input_ids"]
    if len(ids) != 1:
        pieces = ", ".join(repr(lm.tokenizer.decode([one])) for one in ids)
        raise ConfigError(
            f"'{text}' is {len(ids)} tokens ({pieces}), expected one", cure="Name one token, its leading space included"
        )
    return int(ids[0])


def _place(text: str) -> tuple[int, int, int]:
    try:
        layer, position, index = (int(part) for part in text.split(":"))
    except ValueError:
        raise ConfigError(
            f"got --latent {text}, expected LAYER:POSITION:LATENT", cure="Write for example --latent 9:-1:4071"
        ) from None
    return layer, position, index
