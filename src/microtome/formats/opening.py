"""One way to open a dictionary, whoever wrote it: a folder, a file, or a release on the Hub.

path/to/folder                                  what is in it decides the format
owner/release/layer_12/width_16k/average_l0_82  a member of a release, on the disk or on the Hub
owner/release?site=12.resid_post&width=16k&l0=80   the one that fits; of several the nearest in L0 (or l0=small)
owner/release@revision/…                        a revision of the Hub's
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl

from microtome.dictionaries import CrosslayerTranscoder, load_dictionary
from microtome.errors import FormatError
from microtome.formats.circuit_tracer import load_circuit_tracer
from microtome.formats.dictionary_learning import load_dictionary_learning
from microtome.formats.foreign import Foreign
from microtome.formats.gemma_scope import load_gemma_scope, load_gemma_scope_2, load_gemma_scope_crosslayer
from microtome.formats.hub import Client, Release, fetch, fetch_inside, release_on_hub
from microtome.formats.llama_scope import load_llama_scope
from microtome.formats.one_layer import load_one_layer
from microtome.formats.openai import is_openai, load_openai
from microtome.formats.reading import one_line
from microtome.formats.recognise import Member, members_of, named
from microtome.formats.saelens import load_saelens
from microtome.formats.sets import TranscoderSet
from microtome.formats.sparsify import load_sparsify
from microtome.sites import parse_site

Opened: TypeAlias = Foreign | TranscoderSet | CrosslayerTranscoder


def load_native(folder: Path) -> Foreign:
    """Our own format, as the others are given."""
    dictionary, manifest = load_dictionary(folder)
    data = manifest.get("data") or {}
    model = manifest.get("model") or (data.get("model") or {}).get("id")
    own = ("dictionary", "files", "schema", "schema_version", "microtome")
    return Foreign(
        dictionary=dictionary,
        format="microtome",
        site_in=manifest.get("site_in"),
        site_out=manifest.get("site_out"),
        model=model,
        facts={key: value for key, value in manifest.items() if key not in own},
        before_gain=bool(manifest.get("before_gain")),
        of_module=bool(manifest.get("of_module")),
    )


_LOADERS: dict[str, Callable[[Path], Opened]] = {
    "microtome": load_native,
    "saelens": load_saelens,
    "sparsify": load_sparsify,
    "dictionary_learning": load_dictionary_learning,
    "gemma-scope": load_gemma_scope,
    "gemma-scope-2": load_gemma_scope_2,
    "gemma-scope-2-clt": load_gemma_scope_crosslayer,
    "circuit-tracer": load_circuit_tracer,
    "llama-scope": load_llama_scope,
    "one-layer": load_one_layer,
    "openai": load_openai,
}
_L0_WORDS = ("small", "medium", "big")
# Layers of more than any model, so that only the layer's form is checked.
_MANY = 10_000
#: Every format that can be read.
READABLE = tuple(_LOADERS)


@dataclass(frozen=True)
class Wanted:
    """What a reference says behind the folder or the release."""

    base: str
    member: str = ""
    site: str | None = None
    width: int | None = None
    l0: float | str | None = None


def parse_reference(reference: str) -> Wanted:
    """Split `BASE?site=…&width=…&l0=…`.

    Raises `FormatError` for a key that does not exist or a value of no use, `SiteError` for a site that is none.
    """
    base, mark, query = reference.partition("?")
    chosen = dict(parse_qsl(query, keep_blank_values=True)) if mark else {}
    if unknown := sorted(chosen.keys() - {"site", "width", "l0"}):
        raise FormatError(
            f"got '{reference}', which chooses by {', '.join(unknown)}, expected site, width or l0",
            cure="Write for example RELEASE?site=12.resid_post&width=16k&l0=80",
        )
    try:
        width = _width(chosen["width"]) if "width" in chosen else None
        said = chosen.get("l0")
        l0 = said if said in (None, *_L0_WORDS) else float(str(said))
    except ValueError:
        raise FormatError(
            f"got '{reference}', expected numbers for width and l0", cure="Write for example width=16k&l0=80"
        ) from None
    return Wanted(base, site=_site(chosen["site"]) if "site" in chosen else None, width=width, l0=l0)


def _site(text: str) -> str:
    """A site, or `12.` for whatever is of a layer. Raises `SiteError` for what is neither."""
    layer = re.fullmatch(r"(\d+)\.?", text)
    return f"{layer[1]}." if layer else str(parse_site(text, n_layers=_MANY))


def _width(text: str) -> int:
    unit = {"k": 1024, "m": 1024**2}.get(text[-1:].lower())
    return int(text[:-1]) * unit if unit else int(text)


def is_dictionary(reference: str | Path) -> bool:
    """Whether a folder, file or reference on this disk holds a dictionary of any format; nothing is opened."""
    path = Path(str(reference).partition("?")[0])
    return path.exists() and bool(members_of(path))


def refuse_nowhere(reference: str | Path) -> None:
    """Refuse what is no path on this disk and no name of a release either (`FormatError`); nothing is opened."""
    base = parse_reference(str(reference)).base
    if not Path(base).exists():
        _release(base)


def _release(base: str) -> Release:
    release = release_on_hub(base)
    if release is None:
        raise FormatError(
            f"got '{base}', which is no folder here and no release on the Hub",
            cure="Check the path; a release is written owner/name",
        )
    return release


def open_dictionary(reference: str | Path, *, release: Release | None = None, client: Client | None = None) -> Opened:
    """What a reference names. `release`: where it is, if not on the disk or on the Hub; `client`: what fetches files
    that a folder's settings name, if not the Hub's own.

    Raises `FormatError`: nothing there, several where one must be chosen, or a file that is bad.
    """
    wanted = parse_reference(str(reference))
    path = Path(wanted.base)
    if release is None and path.exists():
        chosen = choose(found_in(path), wanted, wanted.base)
        return _load(chosen, path / chosen.path if chosen.path else path, client)
    release = release or _release(wanted.base)
    inside = release.inside.rstrip("/")
    own = named(inside, _beside(release, inside) if inside.endswith(".pt") else (), release.repository)
    found = [own] if own else [m for m in release.members() if _lies_in(m.path, inside)]
    chosen = choose(found, wanted, wanted.base)
    own_file = partial(fetch_inside, release, chosen)
    return _load(chosen, fetch(release, chosen), client or release.client, own_file)


def found_in(path: Path) -> list[Member]:
    """The dictionaries of a folder on the disk.

    Where there are several, only those `.pt` files count that hold OpenAI's names: what a file is called says nothing.
    """
    found = members_of(path)
    if len(found) < 2:
        return found
    kept = [member for member in found if member.format != "openai" or is_openai(path / member.path)]
    return kept or found


def _beside(release: Release, path: str) -> list[str]:
    """Names of the files in the folder of one."""
    folder, _, _ = path.rpartition("/")
    return [name for where, _, name in (file.rpartition("/") for file in release.files) if where == folder]


def _lies_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _load(member: Member, path: Path, client: Client | None, own_file: Callable[[str], Path] | None = None) -> Opened:
    with one_line(path, member.format):
        if member.format == "circuit-tracer":
            return load_circuit_tracer(path, client, own_file)
        return _LOADERS[member.format](path)


def choose(found: Sequence[Member], wanted: Wanted, where: str) -> Member:
    """The member that is wanted. Raises `FormatError` listing those there are, when none or several fit."""
    if not found:
        raise FormatError(
            f"'{where}' holds no dictionary of a format that is known",
            cure="See docs/formats.md, which lists the files of each",
        )
    fits = [
        member
        for member in found
        if (wanted.site is None or _same_site(member, wanted.site))
        and (wanted.width is None or member.width == wanted.width)
    ]
    if isinstance(wanted.l0, str):
        fits = [member for member in fits if member.l0_word == wanted.l0]
    elif wanted.l0 is not None and fits:
        target = wanted.l0
        known = [member for member in fits if member.l0 is not None]
        fits = sorted(known, key=lambda member: abs((member.l0 or 0.0) - target))[:1]
    if len(fits) == 1:
        return fits[0]
    shown = ", ".join(member.path or "." for member in (fits or found)[:4])
    more = f" and {len(fits or found) - 4} more" if len(fits or found) > 4 else ""
    how = "Name one (its path behind the release's), or choose by ?site=…&width=…&l0=…"
    if fits:
        raise FormatError(f"'{where}' holds {len(fits)} dictionaries that fit: {shown}{more}", cure=how)
    raise FormatError(f"'{where}' holds none that fits, it has {shown}{more}{_choices(found, wanted)}", cure=how)


def _choices(found: Sequence[Member], wanted: Wanted) -> str:
    """What there is to choose from, of what was asked for."""
    said = ""
    if wanted.site is not None:
        sites = sorted({site for member in found for site in member.sites if not site.endswith(".")}, key=_in_order)
        shown = ", ".join(sites[:8]) + (f" and {len(sites) - 8} more" if len(sites) > 8 else "")
        said += f"; its sites are {shown}" if sites else "; no place is said by its paths"
    if wanted.l0 is not None:
        words = [word for word in _L0_WORDS if any(member.l0_word == word for member in found)]
        said += f"; its L0 is {' or '.join(words)}" if words else ""
    return said


def _in_order(site: str) -> tuple[int, str]:
    layer, _, point = site.partition(".")
    return int(layer), point


def _same_site(member: Member, site: str) -> bool:
    if site.endswith("."):
        return any(own.startswith(site) for own in member.sites)
    return site in member.sites
