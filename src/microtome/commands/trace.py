"""`microtome trace`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from microtome.commands.options import DeviceOption, ModelOption, console, number, vector
from microtome.errors import ArtifactError, ConfigError
from microtome.markup import whole

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
    direction: Annotated[
        Path | None, typer.Option(help="Trace a direction: a vector in FILE.npy times what an MLP reads, --at a place.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Where --direction is read, as LAYER:POSITION; the number of layers is the output."),
    ] = None,
    position: Annotated[
        int | None,
        typer.Option(help="Trace what is predicted after this token instead of the last, whose number is -1."),
    ] = None,
    dictionary: Annotated[
        list[str] | None, typer.Option(help="Which dictionary, where a run has several for a layer. Repeatable.")
    ] = None,
    max_nodes: Annotated[str, typer.Option(help="Latents that become nodes, the most influential.")] = "4096",
    batch: Annotated[int, typer.Option(help="Targets carried back at a time.", min=1)] = 256,
    memory: Annotated[float, typer.Option(help="Gigabytes that tracing may take beside the model.", min=0.001)] = 6.0,
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
    wanted = _Wanted(tuple(token or ()), difference, latent, direction, at, position)
    terminal = console()
    config = TracingConfig(max_nodes=number(max_nodes, "max-nodes") or 0, batch=batch, memory=memory * 1e9)
    with ConsoleWatcher(terminal) as watcher:
        watcher.note("reading model and transcoders")
        lm = _model(transcoders, model, device)
        opened = open_transcoders(lm, transcoders, tuple(dictionary or ()))
        for remark in opened.remarks:
            watcher.note(f"note: {remark}")
        replacement = ReplacementModel(lm, opened)
        tokens = lm.encode_chat(prompt) if chat else lm.encode(prompt)
        local = replacement.on(tokens)
        graph = trace_local(local, aims=wanted.aims(lm), config=config, watcher=watcher)
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
    from microtome.formats.opening import refuse_nowhere
    from microtome.models import LanguageModel
    from microtome.runs import Run

    # Before a model is read, which takes longer.
    refuse_nowhere(transcoders)
    if model is None:
        if not (Path(transcoders) / "run.json").is_file():
            if Path(transcoders).exists():
                raise ConfigError(f"'{transcoders}' does not say which model it is for", cure="Give --model")
            raise ConfigError(
                f"'{transcoders}' is no folder here, and a release does not say which model it is for",
                cure="Check the path, or give --model for a release on the Hub",
            )
        model = Run.open(transcoders).facts["config"].get("model")
        if model is None:
            raise ConfigError(f"'{transcoders}' was trained on arrays, it names no model", cure="Give --model")
    return LanguageModel.load(model, dtype="float32", device=device)


class _Wanted:
    """What the options ask for, read before a model is."""

    def __init__(
        self,
        token: tuple[str, ...],
        difference: tuple[str, str] | None,
        latent: str | None,
        direction: Path | None,
        at: str | None,
        position: int | None,
    ) -> None:
        if sum(choice is not None for choice in (token or None, difference, latent, direction)) > 1:
            raise ConfigError(
                "got several of --token, --difference, --latent and --direction, expected one",
                cure="Trace them one by one",
            )
        if (direction is None) != (at is None):
            raise ConfigError(
                "got one of --direction and --at, expected both or none", cure="Write --direction FILE.npy --at 9:-1"
            )
        if position is not None and (latent, direction) != (None, None):
            raise ConfigError(
                "got --position, which --latent and --direction name themselves", cure="Leave out --position"
            )
        self.token, self.difference, self.position = token, difference, -1 if position is None else position
        self.latent = None if latent is None else _place(latent, "latent", "LAYER:POSITION:LATENT", "9:-1:4071")
        self.at = None if at is None else _place(at, "at", "LAYER:POSITION", "9:-1")
        self.label = "" if direction is None else direction.stem
        self.vector = None if direction is None else vector(direction)

    def aims(self, lm: LanguageModel) -> Callable[[Local], Sequence[Aim]]:
        from microtome.circuits import targets

        position = self.position
        if self.token:
            ids = [_token(lm, text) for text in self.token]
            return lambda local: targets.logits(local, ids, position=position)
        if self.difference is not None:
            more, less = (_token(lm, text) for text in self.difference)
            return lambda local: targets.logit_difference(local, more, less, position=position)
        if self.latent is not None:
            layer, place, index = self.latent
            return lambda local: targets.latent(local, layer, place, index)
        if self.at is not None:
            import torch

            (layer, place), direction = self.at, torch.from_numpy(self.vector)
            return lambda local: targets.direction(local, layer, place, direction, self.label)
        return lambda local: targets.likely_logits(local, position=position)


def _token(lm: LanguageModel, text: str) -> int:
    ids = lm.tokenizer(whole(text, "the token"), add_special_tokens=False)["input_ids"]
    if len(ids) != 1:
        from microtome.models.token_text import token_decoder

        decode = token_decoder(lm.tokenizer)
        pieces = ", ".join(repr(decode(one)) for one in ids)
        raise ConfigError(
            f"'{text}' is {len(ids)} tokens ({pieces}), expected one", cure="Name one token, its leading space included"
        )
    return int(ids[0])


def _place(text: str, option: str, form: str, example: str) -> tuple[int, ...]:
    parts = text.split(":")
    try:
        if len(parts) == form.count(":") + 1:
            return tuple(int(part) for part in parts)
    except ValueError:
        pass
    raise ConfigError(f"got --{option} {text}, expected {form}", cure=f"Write for example --{option} {example}")
