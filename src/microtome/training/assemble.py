"""From a config to what a run needs: model, source of activations, held-out data, and the dictionaries to train."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from microtome.activations import (
    INPUT,
    SHARD_TOKENS,
    TARGET,
    ActivationSource,
    ArrayActivations,
    IteratorActivations,
    ModelActivations,
    Window,
    check_memory,
    open_array,
    part_fingerprints,
    shard_for,
)
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.errors import ConfigError, SiteError
from microtome.training.config import TrainingConfig
from microtome.training.loop import Job

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.sites import AnySite
    from microtome.text import Blocks

# Held-out tokens measured along the way; enough for a curve, small beside a batch's own work.
_PROBE_TOKENS = 2048

# Bytes of a weight.
_FLOAT = 4
_CPU = torch.device("cpu")

ARROW = "->"


@dataclass
class Assembly:
    """Everything a run needs. With arrays, `model`, `sites` and `blocks` are None and `held_out` has the rows.

    `device` is where dictionaries are trained and measured.
    """

    source: ActivationSource
    jobs: list[Job]
    probe: Window
    model: LanguageModel | None = None
    sites: dict[str, tuple[AnySite, AnySite]] | None = None
    blocks: Blocks | None = None
    held_out: ArrayActivations | None = None
    device: torch.device = _CPU

    def identity(self) -> dict[str, Any]:
        """What run.json says of the data."""
        facts: dict[str, Any] = {"source": self.source.identity()}
        if self.blocks is not None:
            facts["held_out"] = {
                "tokens": self.blocks.n_usable,
                "special_tokens_excluded": self.blocks.n_special,
                "sha256": hashlib.sha256(self.blocks.tokens.tobytes()).hexdigest(),
            }
        elif self.held_out is not None:
            facts["held_out"] = self.held_out.identity()
        return facts


def assemble(
    config: TrainingConfig,
    *,
    model: LanguageModel | None = None,
    begun: Mapping[str, Any] | None = None,
    note: Callable[[str], None] = lambda text: None,
) -> Assembly:
    """Load and open everything `config` names. `model` is used instead of loading one; `begun` are the facts of the run
    that is resumed, whose precision and shards are used again. `note` is told what a user should know."""
    if config.activations is not None:
        return _from_arrays(config)
    return _from_model(config, model, begun, note)


@dataclass(frozen=True)
class Place:
    """Where dictionaries go: what they read, what they predict, and the kinds among those asked for that fit."""

    site_in: AnySite
    site_out: AnySite
    kinds: tuple[str, ...]


def places(config: TrainingConfig, model: LanguageModel) -> list[Place]:
    """Every place the config names. Raises `SiteError` for what does not exist, or fits no kind that is asked for."""
    transcoders = tuple(kind for kind in config.kinds if kind != "sae")
    found: list[Place] = []
    for spec in config.sites:
        if ARROW in spec:
            if not transcoders:
                raise _two_sites(spec)
            found.append(Place(*_ends(spec, model), transcoders))
            continue
        for site in model.parse(spec):
            if "sae" in config.kinds:
                found.append(Place(site, site, ("sae",)))
            found.extend(_transcoder_places(site, transcoders, alone="sae" not in config.kinds))
    for kind in config.kinds:
        if not any(kind in place.kinds for place in found):
            spec = config.sites[0]
            raise _two_sites(spec) if kind == "sae" else _without_input(kind, spec)
    return list(dict.fromkeys(found))


def _two_sites(spec: str) -> SiteError:
    return SiteError(
        f"an sae got the site '{spec}', it reconstructs one site", cure="Give one site, or --kind transcoder"
    )


def _transcoder_places(site: AnySite, transcoders: tuple[str, ...], *, alone: bool) -> list[Place]:
    """The place of transcoders whose target is all that was named: for an MLP's output, its input is known."""
    from microtome.sites import Site

    if not transcoders:
        return []
    if isinstance(site, Site) and site.point == "mlp_out":
        return [Place(Site(site.layer, "mlp_in"), site, transcoders)]
    if alone:
        raise _without_input(transcoders[0], str(site))
    return []


def _without_input(kind: str, target: str) -> SiteError:
    return SiteError(
        f"a {kind} got the target '{target}' without an input site",
        cure=f"Name both: --site 'INPUT{ARROW}{target}' (for mlp_out the input is mlp_in)",
    )


def _ends(spec: str, model: LanguageModel) -> tuple[AnySite, AnySite]:
    from microtome.sites import Site

    ends = [model.parse(part.strip()) for part in spec.split(ARROW)]
    if len(ends) != 2 or any(len(end) != 1 for end in ends):
        raise SiteError(
            f"got '{spec}', expected one input site and one target site",
            cure="Give for example '9.mlp_in->9.mlp_out'",
        )
    source, target = ends[0][0], ends[1][0]
    if source == target:
        raise SiteError(f"got '{spec}', which is one site twice", cure="Name two sites, or use --kind sae")
    if isinstance(source, Site) and isinstance(target, Site) and not source < target:
        raise SiteError(
            f"got '{spec}', but {target} is computed before {source}, expected the input first",
            cure=f"Give '{target}{ARROW}{source}', or other sites",
        )
    return source, target


def _from_model(
    config: TrainingConfig,
    model: LanguageModel | None,
    begun: Mapping[str, Any] | None,
    note: Callable[[str], None],
) -> Assembly:
    from microtome.models import LanguageModel
    from microtome.text import PackingConfig, open_text, read_blocks

    assert config.model is not None and config.text is not None
    # Text and shapes are checked before the model is loaded: a typo should not cost a minute.
    text = open_text(config.text, column=config.column)
    eval_text = open_text(config.eval_text, column=config.column) if config.eval_text else None
    if eval_text is None and config.held_out == 0:
        raise ConfigError(
            "nothing is held out and there is no --eval-text, the result could not be measured",
            cure="Give --held-out 0.05 or --eval-text",
        )
    if eval_text is not None and set(part_fingerprints(eval_text)) & set(part_fingerprints(text)):
        raise ConfigError(
            f"--eval-text '{config.eval_text}' is what is trained on, metrics on it would flatter",
            cure="Leave out --eval-text, then a part of --text is held out",
        )
    _check_shapes(config)
    if model is None:
        dtype = config.dtype if begun is None else begun["dtype"]
        model = LanguageModel.load(config.model, device=config.device, dtype=dtype)
    if model.tokenizer is None:
        raise ConfigError(f"the model '{config.model}' has no tokenizer", cure="Save a tokenizer beside it")
    if model.bos_id is None:
        note(f"the tokenizer of '{config.model}' has no BOS token: blocks of text begin without one")
    if model.max_context is not None and config.context > model.max_context:
        raise ConfigError(
            f"got a context of {config.context} tokens, the model takes at most {model.max_context}",
            cure="Lower --context",
        )
    where = places(config, model)
    share = config.held_out if eval_text is None else 0.0
    source = ModelActivations(
        model,
        text,
        PackingConfig(context=config.context, held_out_share=share, part="train" if eval_text is None else "all"),
        list(dict.fromkeys(site for place in where for site in (place.site_in, place.site_out))),
        seed=config.seed,
        window_tokens=min(config.buffer_tokens, config.tokens),
        shard_tokens=shard_for(text, config.tokens) if begun is None else _begun_with(begun),
    )
    if eval_text is None:
        held_out = PackingConfig(context=config.context, held_out_share=share, part="held_out")
        blocks = read_blocks(text, model.tokenizer, held_out, max_tokens=config.eval_tokens)
    else:
        blocks = read_blocks(
            eval_text, model.tokenizer, PackingConfig(context=config.context), max_tokens=config.eval_tokens
        )
    jobs: list[Job] = []
    sites: dict[str, tuple[AnySite, AnySite]] = {}
    for place in where:
        site_in, site_out = place.site_in, place.site_out
        stem = str(site_out) if site_in == site_out else f"{site_in}-{site_out}"
        widths = model.width(site_in), model.width(site_out)
        for job in _jobs(config, place.kinds, stem, str(site_in), str(site_out), *widths):
            jobs.append(job)
            sites[job.name] = (site_in, site_out)
    from microtome.models.precision import learning_device

    device = learning_device(model.device)
    _check_memory(config, jobs, device)
    probe = source.harvest(0, _first(blocks, _PROBE_TOKENS))
    return Assembly(source, jobs, probe, model, sites, blocks, device=device)


def _begun_with(begun: Mapping[str, Any]) -> int:
    """Tokens of a shard in a run that is resumed."""
    return int(begun["data"]["source"].get("shard_tokens", SHARD_TOKENS))


def _first(blocks: Blocks, tokens: int) -> Blocks:
    n_blocks = max(1, round(len(blocks) * min(1.0, tokens / max(blocks.n_usable, 1))))
    return blocks.take(slice(0, n_blocks))


def _from_arrays(config: TrainingConfig) -> Assembly:
    assert config.activations is not None
    _check_shapes(config)
    columns = {INPUT: open_array(config.activations)}
    if config.targets is not None:
        columns[TARGET] = open_array(config.targets)
    own_eval = config.eval_activations is not None
    if not own_eval and config.held_out == 0:
        raise ConfigError(
            "nothing is held out and there is no --eval-activations, the result could not be measured",
            cure="Give --held-out 0.05 or --eval-activations",
        )
    window = min(config.buffer_tokens, config.tokens)
    source = ArrayActivations(
        columns,
        name=config.activations,
        seed=config.seed,
        window_tokens=window,
        part="all" if own_eval else "train",
        held_out_share=config.held_out,
    )
    held_out = held_out_arrays(config, columns)
    return _array_assembly(config, source, held_out, "activations")


def held_out_arrays(config: TrainingConfig, columns: dict[str, Any]) -> ArrayActivations:
    """The rows a run on arrays is measured on."""
    if config.eval_activations is None:
        return ArrayActivations(
            columns,
            name=str(config.activations),
            seed=config.seed,
            window_tokens=config.buffer_tokens,
            part="held_out",
            held_out_share=config.held_out,
        )
    own = {INPUT: open_array(config.eval_activations)}
    if config.eval_targets is not None:
        own[TARGET] = open_array(config.eval_targets)
    return ArrayActivations(own, name=config.eval_activations, seed=config.seed, window_tokens=config.buffer_tokens)


def assemble_arrays(
    config: TrainingConfig, source: ArrayActivations | IteratorActivations, held_out: ArrayActivations
) -> Assembly:
    """For Python callers: a source of their own, and held-out rows to measure on."""
    return _array_assembly(config, source, held_out, "activations")


def _array_assembly(
    config: TrainingConfig, source: ArrayActivations | IteratorActivations, held_out: ArrayActivations, stem: str
) -> Assembly:
    for kind in config.kinds:
        if (TARGET in source.widths) != (kind != "sae"):
            got = "inputs and targets" if TARGET in source.widths else "inputs without targets"
            raise ConfigError(f"a {kind} got {got}", cure="Give targets to transcoders, and to them alone")
    target = TARGET if TARGET in source.widths else INPUT
    if dict(held_out.widths) != dict(source.widths):
        raise ConfigError(
            f"held-out activations are {held_out.widths} wide, those trained on {source.widths}",
            cure="Give held-out activations of the same site",
        )
    jobs = _jobs(config, config.kinds, stem, INPUT, target, source.widths[INPUT], source.widths[target])
    from microtome.models.precision import choose_device, learning_device

    device = learning_device(choose_device(config.device))
    _check_memory(config, jobs, device)
    first = next(held_out.in_order())
    probe = Window(0, {key: value[:_PROBE_TOKENS] for key, value in first.columns.items()})
    return Assembly(source, jobs, probe, held_out=held_out, device=device)


def _check_shapes(config: TrainingConfig) -> None:
    for shape in _shapes(config, config.kinds, 1, 1):
        # Takes no memory and is thrown away: what a shape or a sparsifier refuses is refused before loading.
        with torch.device("meta"):
            Dictionary(shape)


def _check_memory(config: TrainingConfig, jobs: Sequence[Job], device: torch.device) -> None:
    """Refuse dictionaries that will not fit: weights, gradients, two moments; a batch's z and what is made of it."""
    shapes = [job.shape for job in jobs]
    weights = sum(shape.latents * (shape.d_in + shape.d_out) * _FLOAT for shape in shapes)
    batch = max(config.batch_tokens * shape.latents * _FLOAT for shape in shapes)
    what = f"training {len(jobs)} dictionar{'y' if len(jobs) == 1 else 'ies'} of {max(config.latents):,} latents"
    check_memory(
        4 * weights + 4 * batch, what=what, cure="Lower --latents, or train fewer dictionaries at a time", device=device
    )


def _shapes(config: TrainingConfig, kinds: Sequence[str], d_in: int, d_out: int) -> list[DictionaryConfig]:
    return [
        DictionaryConfig(
            kind=kind,
            sparsifier=sparsifier,
            d_in=d_in,
            d_out=d_out,
            latents=latents,
            l0=l0,
            matryoshka=config.matryoshka,
        )
        for kind in kinds
        for sparsifier, l0, latents in config.combinations()
    ]


def _jobs(
    config: TrainingConfig, kinds: Sequence[str], stem: str, column_in: str, column_out: str, d_in: int, d_out: int
) -> list[Job]:
    stem = stem.replace(":", ".").replace("/", "_")
    several_kinds, several = len(kinds) > 1, len(config.combinations()) > 1
    jobs = []
    for shape in _shapes(config, kinds, d_in, d_out):
        name = f"{stem}-{shape.kind}" if several_kinds else stem
        if several:
            name += f"-{shape.sparsifier}-l0_{shape.l0:g}-{shape.latents}"
        jobs.append(Job(name, column_in, column_out, shape))
    return jobs
