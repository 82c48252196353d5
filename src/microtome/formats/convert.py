"""From any format that is read to any that is written, and a line for everything that is not the same afterwards."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microtome.artifacts import partial_name
from microtome.dictionaries import CrosslayerTranscoder, Dictionary, save_dictionary
from microtome.errors import ArtifactError, FormatError
from microtome.formats.circuit_tracer import save_circuit_tracer, save_crosslayer
from microtome.formats.dictionary_learning import save_dictionary_learning
from microtome.formats.foreign import Foreign, plain
from microtome.formats.hub import Release
from microtome.formats.opening import Opened, found_in, open_dictionary, parse_reference
from microtome.formats.placing import sites_given
from microtome.formats.saelens import save_saelens
from microtome.formats.sets import TranscoderSet
from microtome.formats.sparsify import save_sparsify

_SAVERS: dict[str, Callable[..., list[str]]] = {
    "saelens": save_saelens,
    "sparsify": save_sparsify,
    "dictionary_learning": save_dictionary_learning,
}
# What holds something else than weights, and the command that writes it.
_OF_LATENTS = {
    "neuronpedia": ("latents with their examples, of a latent store", "microtome latents RUN --neuronpedia FOLDER"),
    "saebench": ("metrics", "microtome evaluate RUN --saebench FOLDER"),
}
#: Every format that can be written.
WRITABLE = ("microtome", *_SAVERS, "circuit-tracer")


@dataclass(frozen=True)
class Converted:
    """What a conversion wrote, and what is not as it was: `notes` from reading, `losses` from writing."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]
    losses: tuple[str, ...]


def convert(
    source: str | Path,
    target: str | Path,
    *,
    to: str,
    model: str | None = None,
    site: str | None = None,
    release: Release | None = None,
) -> Converted:
    """Write the dictionary, set or every dictionary of a run that `source` names into the new folder `target`.

    `model`, `site` (`9.mlp_out`, or `9.mlp_in->9.mlp_out`) are used where the source does not say. Several
    dictionaries get a folder each in `target`, except in circuit-tracer's format, which holds a layer per file.
    Raises `FormatError`: nothing there, a bad file, or a format that cannot hold it.
    """
    if to in _OF_LATENTS:
        raise FormatError(
            f"got --to {to}, which holds no dictionaries but {_OF_LATENTS[to][0]}",
            cure=f"Write it with '{_OF_LATENTS[to][1]}'",
        )
    if to not in WRITABLE:
        raise FormatError(f"got --to {to}, expected one of {', '.join(WRITABLE)}", cure="Choose one of these")
    target = Path(target)
    if target.exists():
        raise ArtifactError(f"'{target}' exists already", cure="Choose another folder, or remove it first")
    opened = _open(source, release)
    if isinstance(opened, CrosslayerTranscoder):
        return _crosslayer(opened, target, to, model, site)
    named = {name: _completed(own, model, site) for name, own in opened.items()}
    notes = tuple(dict.fromkeys(note for own in named.values() for note in own.notes))
    losses: list[str] = []
    with _whole(target) as folder:
        if to == "circuit-tracer":
            by_layer = {_layer(own, name): own for name, own in named.items()}
            if len(by_layer) != len(named):
                raise FormatError(
                    f"'{source}' has several dictionaries of one layer, circuit-tracer holds one for each",
                    cure="Choose by ?site=…&width=…&l0=…",
                )
            own_facts = {layer: facts_of(own) for layer, own in by_layer.items()}
            losses += save_circuit_tracer({k: own.dictionary for k, own in by_layer.items()}, folder, facts=own_facts)
        else:
            for name, own in named.items():
                inside = folder / name if len(named) > 1 else folder
                losses += _save(own, inside, to)
    return Converted((target,), notes, tuple(dict.fromkeys(losses)))


def facts_of(foreign: Foreign) -> dict[str, Any]:
    """What a manifest says of a dictionary's origin."""
    facts: dict[str, Any] = {**plain(foreign.facts), "site_in": foreign.site_in, "site_out": foreign.site_out}
    if foreign.model is not None:
        facts["model"] = foreign.model
    if foreign.before_gain:
        facts["before_gain"] = True
    if foreign.of_module:
        facts["of_module"] = True
    if foreign.format != "microtome":
        facts["format"] = foreign.format
    return facts


def _open(source: str | Path, release: Release | None) -> dict[str, Foreign] | CrosslayerTranscoder:
    wanted, path = parse_reference(str(source)), Path(str(source).partition("?")[0])
    found = found_in(path) if release is None and path.is_dir() else []
    if len(found) > 1 and (wanted.site, wanted.width, wanted.l0) == (None, None, None):
        opened: dict[str, Opened] = {member.path: open_dictionary(path / member.path) for member in found}
        if all(isinstance(one, Foreign) for one in opened.values()):
            names = [name.rpartition("/")[2] for name in opened]
            short = len(set(names)) == len(names)
            return {
                (name.rpartition("/")[2] if short else name): one
                for name, one in opened.items()
                if isinstance(one, Foreign)
            }
    one = open_dictionary(source, release=release)
    if isinstance(one, TranscoderSet):
        return {f"layer_{layer}": one[layer] for layer in one}
    return one if isinstance(one, CrosslayerTranscoder) else {"dictionary": one}


def _completed(foreign: Foreign, model: str | None, site: str | None) -> Foreign:
    first, last = sites_given(site, foreign.dictionary.config.kind)
    return dataclasses.replace(
        foreign,
        model=foreign.model or model,
        site_in=foreign.site_in or first,
        site_out=foreign.site_out or last,
    )


def _layer(foreign: Foreign, name: str) -> int:
    layer = (foreign.site_out or "").partition(".")[0]
    if not layer.isdigit():
        raise FormatError(
            f"the layer of '{name}' is not known, circuit-tracer needs it", cure="Give --site, such as 0.mlp_out"
        )
    return int(layer)


def _save(foreign: Foreign, folder: Path, to: str) -> list[str]:
    facts = facts_of(foreign)
    if to == "microtome":
        return _native(foreign.dictionary, folder, facts)
    folder.mkdir(parents=True, exist_ok=True)
    return _SAVERS[to](foreign.dictionary, folder, facts=facts)


def _native(dictionary: Dictionary, folder: Path, facts: Mapping[str, Any]) -> list[str]:
    if folder.exists():
        folder.rmdir()  # made for other formats; save_dictionary makes its own
    save_dictionary(dictionary, folder, facts=facts)
    return []


def _crosslayer(clt: CrosslayerTranscoder, target: Path, to: str, model: str | None, site: str | None) -> Converted:
    if to != "circuit-tracer":
        raise FormatError(
            f"{to} cannot hold a cross-layer transcoder, circuit-tracer can", cure="Choose --to circuit-tracer"
        )
    if site is not None:
        raise FormatError(
            f"got --site {site} for a cross-layer transcoder, which is at the same places of every layer",
            cure="Leave it out",
        )
    with _whole(target) as folder:
        losses = save_crosslayer(clt, folder, model=model)
    return Converted((target,), (), tuple(losses))


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A folder that appears at `target` when the block ends, and not at all if it fails."""
    folder = partial_name(target)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
        folder.replace(target)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ArtifactError(
            f"'{target}' could not be written ({error.strerror or error})", cure="Check the folder and its permissions"
        ) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
