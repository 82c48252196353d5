"""A preset: changes, and what they are for, in one JSON file that the command line and a page share.

    {"schema": "microtome.preset", "schema_version": 1, "model": {...}, "dictionaries": {...},
     "changes": [{"kind": "add", "latent": 7, "value": 3.0}], "prompt": "...", "generation": {...}}

It holds the model's identity and the shape of the dictionaries, so that it is not applied to others by mistake: latent
7 of another dictionary is another latent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import microtome
from microtome.artifacts import read_json, write_json
from microtome.errors import ArtifactError, ConfigError
from microtome.interventions.bench import Bench
from microtome.interventions.changes import Change, change_from
from microtome.interventions.writing import GenerationConfig, generation_from

SCHEMA, VERSION = "microtome.preset", 1


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Changes with every dictionary named, the model and dictionaries they are for, and how to generate with them."""

    changes: tuple[Change, ...]
    model: Mapping[str, Any] = field(default_factory=dict)
    dictionaries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    prompt: str = ""
    generation: GenerationConfig = field(default_factory=GenerationConfig)

    def to_json(self) -> dict[str, Any]:
        """What is written to the file."""
        return {
            "schema": SCHEMA,
            "schema_version": VERSION,
            "microtome": microtome.__version__,
            "model": dict(self.model),
            "dictionaries": {name: dict(facts) for name, facts in self.dictionaries.items()},
            "changes": [change.to_json() for change in self.changes],
            "prompt": self.prompt,
            "generation": dataclasses.asdict(self.generation),
        }

    def check(self, bench: Bench) -> None:
        """Raise ConfigError unless the preset is for this model and these dictionaries."""
        if self.model and self.model.get("id") != bench.lm.identity["id"]:
            raise ConfigError(
                f"the preset is for the model {self.model.get('id')}, got {bench.lm.identity['id']}",
                cure="Give a run of that model",
            )
        for name, facts in self.dictionaries.items():
            own = _facts(bench, name) if name in bench.placed else "no such dictionary"
            if own != facts:
                raise ConfigError(
                    f"the preset is for the dictionary {name} ({_short(facts)}), got {_short(own)}",
                    cure="Give the run that the preset was made with",
                )


def make_preset(
    bench: Bench, changes: Sequence[Change], *, prompt: str = "", generation: GenerationConfig | None = None
) -> Preset:
    """A preset of changes on this bench. Raises ConfigError for changes that do not fit it."""
    only = next(iter(bench.placed)) if len(bench.placed) == 1 else ""
    named = [_named(change, only) for change in changes]
    bench.intervene(named)
    used = {change.dictionary for change in named}
    used |= {change.when.fires.dictionary for change in named if change.when.fires is not None}
    return Preset(
        changes=tuple(named),
        model=bench.lm.identity,
        dictionaries={name: _facts(bench, name) for name in sorted(used)},
        prompt=prompt,
        generation=generation or GenerationConfig(),
    )


def _named(change: Change, only: str) -> Change:
    fires = change.when.fires
    if fires is not None and not fires.dictionary:
        when = dataclasses.replace(change.when, fires=dataclasses.replace(fires, dictionary=only))
        change = dataclasses.replace(change, when=when)
    return change if change.dictionary else dataclasses.replace(change, dictionary=only)


def save_preset(path: str | Path, preset: Preset) -> None:
    """Write a preset, atomically. Raises ArtifactError when it cannot be written."""
    write_json(Path(path), preset.to_json())


def load_preset(path: str | Path) -> Preset:
    """A preset from its file. Raises ArtifactError: missing, unreadable, of another schema; ConfigError: its values."""
    return preset_from(read_json(Path(path)), origin=str(path))


def preset_from(plain: Any, *, origin: str) -> Preset:
    """A preset from the JSON values of its file, such as a page sends; raises as `load_preset`."""
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        raise ArtifactError(f"'{origin}' is not of schema {SCHEMA}", cure="Give a file of --save-preset")
    try:
        if int(plain.get("schema_version", 0)) > VERSION:
            raise ArtifactError(
                f"'{origin}' was written by a newer microtome ({plain.get('microtome')})", cure="Upgrade microtome"
            )
        changes = tuple(change_from(change) for change in plain["changes"])
        generation = generation_from(plain.get("generation", {}))
        dictionaries = {str(name): dict(facts) for name, facts in plain.get("dictionaries", {}).items()}
        model, prompt = dict(plain.get("model", {})), str(plain.get("prompt", ""))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"the preset '{origin}' cannot be read ({type(error).__name__}: {error})", cure="Save it again"
        ) from None
    return Preset(changes=changes, model=model, dictionaries=dictionaries, prompt=prompt, generation=generation)


def _facts(bench: Bench, name: str) -> dict[str, Any]:
    placed = bench.placed[name]
    config = placed.dictionary.config
    return {
        "kind": config.kind,
        "sparsifier": config.sparsifier,
        "latents": config.latents,
        "d_in": config.d_in,
        "d_out": config.d_out,
        "site_in": str(placed.site_in),
        "site_out": str(placed.site_out),
    }


def _short(facts: Any) -> str:
    if not isinstance(facts, Mapping):
        return str(facts)
    return f"{facts.get('latents')} latents, {facts.get('d_in')} wide, at {facts.get('site_out')}"
