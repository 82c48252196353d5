"""Building latent stores: one pass of the language model over text for all latents of all dictionaries of a run.

The pass appends codes to files (`spill`), then every store is counted from its own (`counting`), a range of latents
after the other, so memory is bounded by the settings. A build that was stopped goes on where it was: what decides the
codes is in RUN/latents/.building/progress.json, and a build of something else begins anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from microtome.activations import check_memory
from microtome.artifacts import MANIFEST, new_folder, partial_name, read_json, remove_partial, to_json, write_json
from microtome.errors import ActivationError, ArtifactError, ConfigError
from microtome.evaluation.on_model import Placed, batch_of
from microtome.latents.config import StoreConfig
from microtome.latents.directions import ENTRIES_AT_ONCE
from microtome.latents.store import SCHEMA, VERSION, LatentStore, store_path
from microtome.locks import alone
from microtome.runs import Run

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.text import Blocks

# Latents looked at as near misses on a token.
_NEAR_PER_TOKEN = 8
# Bytes held for a token of the text: ids, place in the text, where its firings begin, what is before and after it. Then
# those that are there for a moment, while the rules are made ready, or for each near miss, while they are grouped.
_BYTES_PER_TOKEN, _BYTES_PASSING, _BYTES_PER_NEAR_MISS = 66, 32, 36
# Bytes of the window of an example, for each of its tokens.
_BYTES_PER_WINDOW_TOKEN = 16
_BYTES_PER_FIRING = 8


class BuildWatcher(Protocol):
    """Who is told what a build does; a `training.Watcher` is one."""

    def note(self, text: str) -> None: ...

    def building(self, done: int, total: int) -> None: ...


class _Nobody:
    def note(self, text: str) -> None:
        pass

    def building(self, done: int, total: int) -> None:
        pass


@dataclass(frozen=True)
class Job:
    """One dictionary to describe: where it is in the run, and where in the model."""

    name: str
    place: Placed
    weights_sha256: str


def build_stores(
    run: Run | str | Path,
    *,
    text: str | None = None,
    column: str | None = None,
    tokens: int = 1_000_000,
    config: StoreConfig | None = None,
    names: Sequence[str] | None = None,
    model: LanguageModel | None = None,
    dtype: str | None = None,
    device: str = "auto",
    watcher: BuildWatcher | None = None,
) -> list[LatentStore]:
    """The latent stores of a run's dictionaries (`names`, or all), from one pass over `tokens` tokens of `text`.

    Without `text`, what the run was trained on is read, all of it. A store that is there is replaced when the new one
    is whole; its labels by users stay. A build that was stopped goes on when it is asked for again with the same
    settings. Memory and disk are told to the watcher first, and refused if they are not there.

    Raises `ConfigError` for a run on arrays, `ArtifactError` for a run that is unfinished or damaged or a full disk,
    `MemoryRequestError` for too much memory, `ActivationError` for codes that are not finite, and what reading model
    and text raises.
    """
    from microtome.text import PackingConfig, open_text, read_blocks

    config, watcher = config or StoreConfig(), watcher or _Nobody()
    run = run if isinstance(run, Run) else Run.open(run)
    facts = run.facts
    trained = facts["config"]
    if trained.get("model") is None:
        raise ConfigError(
            f"'{run.path}' was trained on arrays, there is no text to show its latents on",
            cure="Train it on a model and a text",
        )
    own_text = text is None or text in (trained["text"], trained["eval_text"])
    source = open_text(text or trained["text"], column=column or (trained["column"] if own_text else None))
    jobs, model = _jobs(run, names, model, dtype, device)
    packing = PackingConfig(context=trained["context"], held_out_share=0.0)
    watcher.note("reading text")
    blocks = read_blocks(source, model.tokenizer, packing, max_tokens=tokens)
    says = {
        "model": model.identity,
        "dtype": str(model.dtype).removeprefix("torch."),
        "text": {"name": source.name, "fingerprint": source.fingerprint},
        "tokens": blocks.n_usable,
        "special_tokens_excluded": blocks.n_special,
        "context": trained["context"],
        "settings": dataclasses.asdict(config),
        "blocks_sha256": hashlib.sha256(blocks.tokens.tobytes()).hexdigest(),
    }
    state_needs(jobs, model, blocks, config, run.path, watcher)
    building = run.path / "latents" / ".building"
    busy = ArtifactError(
        f"another process is building the latent stores in '{building.parent}'", cure="Wait until it is done"
    )
    with alone(building.parent, busy):
        _read(model, jobs, blocks, config, building, says, watcher)
        from microtome.latents.describing import write_store
        from microtome.latents.detection import HeldOut
        from microtome.latents.rows import Rows

        rows = Rows.of(blocks)
        held_out = HeldOut.of(rows, config)
        write = partial(write_store, blocks=blocks, text=rows, held_out=held_out, config=config, model=model)
        stores = []
        for job in jobs:
            watcher.note(f"describing the latents of {job.name}")
            _replace(run, job, building, says, write)
            stores.append(LatentStore.open(run.path, job.name))
        shutil.rmtree(building)
    return stores


def _jobs(
    run: Run, names: Sequence[str] | None, model: LanguageModel | None, dtype: str | None, device: str
) -> tuple[list[Job], LanguageModel]:
    from microtome.models import LanguageModel
    from microtome.models.precision import learning_device

    for name in names or ():
        run.entry(name)
    facts = run.facts
    loaded = {}
    for name in names or run.names:
        dictionary = run.dictionary(name)
        loaded[name] = (dictionary, read_json(run.dictionary_path(name) / MANIFEST))
    if model is None:
        model = LanguageModel.load(facts["config"]["model"], device=device, dtype=dtype or facts["dtype"])
    expected = facts["data"]["source"]["model"]
    if model.identity["fingerprint"] != expected["fingerprint"]:
        raise ArtifactError(
            f"the model '{model.name}' is not the one the run was trained on, its weights changed",
            cure="Restore the model, or train again",
        )
    jobs, where = [], learning_device(model.device)
    for name, (dictionary, manifest) in loaded.items():
        entry = run.entry(name)
        (site_in,), (site_out,) = model.parse(entry["site_in"]), model.parse(entry["site_out"])
        sha256 = manifest["files"]["weights.safetensors"]["sha256"]
        jobs.append(Job(name, Placed(dictionary.to(where), site_in, site_out), sha256))
    return jobs, model


def state_needs(
    jobs: Sequence[Job],
    model: LanguageModel,
    blocks: Blocks,
    config: StoreConfig,
    where: Path,
    watcher: BuildWatcher,
) -> None:
    """Tell how much memory and disk a build takes beside the models, and refuse it where they are not there."""
    memory, disk, there = needs(jobs, blocks.tokens.size, config, unembedding=model.vocab_size * model.d_model)
    device = jobs[0].place.dictionary.W_dec.device
    elsewhere = f" and {there / 2**20:,.0f} MiB of {device.type} memory" if there else ""
    # Where nobody knows a dictionary's L0, nobody knows how many codes it writes.
    room = "an unknown amount" if math.isnan(disk) else f"about {disk / 2**20:,.0f} MiB"
    watcher.note(
        f"{len(jobs)} dictionar{'y' if len(jobs) == 1 else 'ies'}, {blocks.n_usable:,} tokens: at most "
        f"{memory / 2**20:,.0f} MiB of memory{elsewhere} beside the models, {room} of disk while building"
    )
    check_memory(memory, what="building the latent store", cure="Lower --tokens, or memory_mib and batch_tokens")
    check_memory(
        there, what="building the latent store", cure="Lower batch_tokens, or give --device cpu", device=device
    )
    free = shutil.disk_usage(where).free
    if disk > free:
        raise ArtifactError(
            f"building the latent store needs about {disk / 2**30:.1f} GiB of disk, {free / 2**30:.1f} GiB are free",
            cure="Free some space, or lower --tokens",
        )


def needs(jobs: Sequence[Job], tokens: int, config: StoreConfig, *, unembedding: int) -> tuple[float, float, float]:
    """(memory, disk, memory of the device the dictionaries are on, if it is not the processor's) in bytes that a build
    takes beside the models, memory at most, disk about; `unembedding` numbers."""
    from microtome.latents.compiled import BINS

    shapes = [job.place.dictionary.config for job in jobs]
    latents = max(shape.latents for shape in shapes)
    # Attention over dense codes holds as many again, twice.
    products = 9 if any(shape.temporal is not None for shape in shapes) else 3
    product = products * 4 * config.batch_tokens * latents
    windows = (config.slots + config.near_misses + 2 * config.contexts) * config.window * _BYTES_PER_WINDOW_TOKEN
    at_once = min(latents, 4096) * (windows + 8 * BINS)
    # In float32, as the screen has it, and a part of the product with it.
    logits = 6 * unembedding + 2 * ENTRIES_AT_ONCE if config.logits else 0
    counting = 2 * config.memory_mib * 2**20 + at_once
    if jobs[0].place.dictionary.W_dec.device.type == "cpu":
        memory, there = max(product, counting + logits), 0.0
    else:
        memory, there = counting, max(product, logits)
    per_token = sum(shape.l0 * _BYTES_PER_FIRING + 16 * _NEAR_PER_TOKEN / config.near_every for shape in shapes)
    passing = max(_BYTES_PASSING, _BYTES_PER_NEAR_MISS * _NEAR_PER_TOKEN / config.near_every)
    return tokens * (_BYTES_PER_TOKEN + passing) + memory, tokens * per_token, there


def _read(
    model: LanguageModel,
    jobs: Sequence[Job],
    blocks: Blocks,
    config: StoreConfig,
    building: Path,
    says: Mapping[str, Any],
    watcher: BuildWatcher,
) -> None:
    """The pass: codes of every usable token to disk, checkpoints on the way."""
    from microtome.latents.spill import Spill

    progress = building / "progress.json"
    # The contexts are chosen after the pass, and older versions do not name them.
    settings = {name: value for name, value in says["settings"].items() if name != "contexts"}
    identity = {**says, "settings": settings, "dictionaries": {job.name: job.weights_sha256 for job in jobs}}
    done, sizes = _resumed(progress, identity, watcher)
    size = max(1, config.batch_tokens // blocks.tokens.shape[1])
    every = max(1, config.checkpoint_tokens // (size * blocks.tokens.shape[1]))
    sites = list(dict.fromkeys(job.place.site_in for job in jobs))
    with contextlib.ExitStack() as stack:
        spills = {}
        for job in jobs:
            spills[job.name] = Spill(building / job.name, sizes.get(job.name, {}))
            # Also when it is interrupted: what is still in a buffer must not be written into a later build.
            stack.callback(spills[job.name].close)
        for number, first in enumerate(range(done, len(blocks), size), start=1):
            tokens_CT, keep_CT = batch_of(blocks, first, size)
            captured = model.capture(tokens_CT, sites)
            for job in jobs:
                with torch.no_grad():
                    x_ND = job.place.dictionary.rows(captured[job.place.site_in], keep_CT)
                spills[job.name].append(**codes_of(job, x_ND, keep_CT.numpy(), first, config))
            last = min(first + size, len(blocks))
            if number % every == 0 or last == len(blocks):
                lengths = {name: spill.sync() for name, spill in spills.items()}
                write_json(progress, {"identity": identity, "blocks": last, "sizes": lengths})
            watcher.building(last, len(blocks))


def _resumed(progress: Path, identity: Mapping[str, Any], watcher: BuildWatcher) -> tuple[int, dict[str, Any]]:
    """(blocks done, sizes of the files) of a build of the same that was stopped; otherwise what is left is removed."""
    if progress.is_file():
        state = read_json(progress)
        if to_json(state["identity"]) == to_json(identity):
            watcher.note(f"going on with a build that was stopped after {state['blocks']} blocks of text")
            return int(state["blocks"]), state["sizes"]
        watcher.note("a build of something else was stopped here, it is removed")
    shutil.rmtree(progress.parent, ignore_errors=True)
    progress.parent.mkdir(parents=True)
    return 0, {}


@torch.no_grad()
def codes_of(job: Job, x_ND: torch.Tensor, keep_CT: np.ndarray, first: int, config: StoreConfig) -> dict[str, Any]:
    """What goes to disk of one batch, brought to the host: the codes of its usable tokens under the deployed rule,
    exactly, and of every `near_every`-th block the latents that were nearest to firing."""
    dictionary = job.place.dictionary
    codes = dictionary.encode(x_ND)
    if not bool(codes.values_N.isfinite().all()):
        raise ActivationError(
            f"'{job.name}' gives codes that are not finite on block {first} or one after it",
            cure="Check the dictionary's weights, and the model's dtype",
        )
    context, position = np.nonzero(keep_CT)
    found = {
        "fired": codes.active_per_token.cpu().numpy(),
        "latents": codes.pairs.latent_N.cpu().numpy(),
        "values": codes.values_N.cpu().numpy(),
    }
    chosen = np.nonzero((context + first) % config.near_every == 0)[0]
    if not len(chosen) or not config.near_misses:
        return found
    where = x_ND.device
    rows = torch.from_numpy(chosen).to(where)
    z_BF = dictionary.pre_activations(x_ND[rows])
    margin_BF = z_BF - dictionary.sparsifier.firing_level(z_BF)
    start, end = codes.pairs.offsets[rows], codes.pairs.offsets[rows + 1]
    length = end - start
    at = torch.arange(int(length.sum()), device=where) - torch.repeat_interleave(length.cumsum(0) - length, length)
    entry = torch.repeat_interleave(start, length) + at
    own = torch.repeat_interleave(torch.arange(len(rows), device=where), length)
    margin_BF[own, codes.pairs.latent_N[entry]] = -torch.inf
    best = margin_BF.topk(min(_NEAR_PER_TOKEN, margin_BF.shape[1]), dim=1)
    # What did not fire lies at or below its level; rounding of the exact values may say otherwise by a hair.
    margin = best.values.clamp(max=0.0).cpu().numpy()
    real = np.isfinite(margin)
    place = ((context + first) * keep_CT.shape[1] + position)[chosen]
    return {
        **found,
        "near_places": np.broadcast_to(place[:, None], margin.shape)[real],
        "near_latents": best.indices.cpu().numpy()[real],
        "near_margins": margin[real],
    }


def _replace(
    run: Run, job: Job, building: Path, says: Mapping[str, Any], write: Callable[[Path, Job, Path], dict[str, Any]]
) -> None:
    """`write` the store of one dictionary beside the one that is there, then put it in its place."""
    path = store_path(run.path, job.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_partial(path.parent)
    fresh = path.with_name("fresh")
    if fresh.is_dir():
        shutil.rmtree(fresh)
    facts = {
        **says,
        "dictionary": job.name,
        "weights_sha256": job.weights_sha256,
        "site": str(job.place.site_in),
        "site_out": str(job.place.site_out),
        "latents": job.place.dictionary.config.latents,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": _versions(),
    }
    with new_folder(fresh, schema=SCHEMA, version=VERSION, facts=facts) as folder:
        # The manifest is written last: what is found out while writing still gets into it.
        facts.update(write(folder, job, building / job.name))
    # Taken apart once the new one is there: who reads in between finds one of them.
    old = path.rename(partial_name(path)) if path.is_dir() else None
    fresh.rename(path)
    if old is not None:
        shutil.rmtree(old)


def _versions() -> dict[str, str]:
    import pyarrow

    import microtome

    return {"microtome": microtome.__version__, "torch": torch.__version__, "pyarrow": pyarrow.__version__}
