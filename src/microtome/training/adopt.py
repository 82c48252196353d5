"""Making a run of dictionaries that were trained elsewhere, so that whatever takes a run takes them unchanged.

Such a run is finished, has its dictionaries in our format with the norm's gain folded in, and says of its data that it
is foreign: nobody here knows what text they were trained on, so none of a text is held out.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from microtome.dictionaries import CrosslayerTranscoder, save_dictionary
from microtome.errors import FormatError
from microtome.evaluation import Placed
from microtome.formats import Foreign, TranscoderSet, is_dictionary, open_dictionary, placed_on
from microtome.formats.convert import facts_of
from microtome.formats.placing import remarks, sites_given
from microtome.runs import Run
from microtome.training.config import TrainingConfig

#: What the data of an adopted run is called, where a trained one names its text.
FOREIGN = "foreign"


@dataclass(frozen=True)
class Adopted:
    """The run, and what is worth saying of it."""

    run: Run
    notes: tuple[str, ...]


def adopt(source: str | Path, path: str | Path, *, model: str | None = None, site: str | None = None) -> Adopted:
    """A finished run at `path` of the dictionary or the set that `source` names.

    `model`: the language model to use it on, by default the one the file names; `site` where the file has none.
    Raises `FormatError` for a bad file, a model it does not fit, or a model or site that nobody named.
    """
    from microtome.models import LanguageModel

    opened = open_dictionary(source)
    how = f"Make a run of it with what is missing: microtome convert {source} {path} --to run"
    if isinstance(opened, CrosslayerTranscoder):
        raise FormatError(
            f"'{source}' is a cross-layer transcoder, a run holds dictionaries of one layer each",
            cure="Open it in Python with microtome.formats.open_dictionary",
        )
    name = model or opened.model
    if name is None:
        raise FormatError(f"'{source}' does not say its model", cure=f"{how} --model NAME")
    lm = LanguageModel.load(name, dtype="float32")
    parts: Mapping[int, Foreign] = opened if isinstance(opened, TranscoderSet) else {0: opened}
    run: Run | None = None
    entries: list[dict[str, Any]] = []
    notes: dict[str, None] = {}
    # A set holds one transcoder at a time: each is placed, written and let go.
    for own in parts.values():
        placed = _placed(lm, own, site)
        entries.append(entry_of(placed))
        notes |= dict.fromkeys((*own.notes, *remarks(lm, own)))
        if run is None:
            run = Run.create(path, {**run_facts(lm, name, entries, source), "status": "training"})
            (run.path / "dictionaries").mkdir()
        origin = {
            **facts_of(own),
            "site_in": str(placed.site_in),
            "site_out": str(placed.site_out),
            "before_gain": False,
            "of_module": False,
        }
        save_dictionary(placed.dictionary, run.dictionary_path(entries[-1]["name"]), facts=origin)
    assert run is not None
    facts = run_facts(lm, name, entries, source)
    facts["adopted"]["notes"] = list(notes)
    run.write_facts({**facts, "status": "finished"})
    return Adopted(run, tuple(notes))


def adopted_here(source: str | Path) -> Run | None:
    """The run `NAME.run` in the working folder that was made of a foreign dictionary, made now if it is not there.

    None where `source` names no dictionary. Raises `FormatError` when the run there is of something else.
    """
    if not is_dictionary(source) and not names_release(str(source)):
        return None
    base = str(source).partition("?")[0].rstrip("/")
    path = Path(f"{Path(base).resolve().name if Path(base).exists() else Path(base).name}.run")
    if (path / "run.json").is_file():
        run = Run(path)
        was = run.facts.get("adopted")
        if run.finished and was and _same_source(was["source"], str(source)) and was["state"] == state_of(source):
            return run
        raise FormatError(
            f"'{path}' was made of something else than '{source}' is now",
            cure=f"Remove '{path}', or use it by its name",
        )
    return adopt(source, path).run


def _same_source(first: str, second: str) -> bool:
    """Whether two references name the same: what is on the disk by where it is, a release by its name."""
    return first == second or _resolved(first) == _resolved(second)


def _resolved(source: str) -> str:
    base, mark, query = source.partition("?")
    return f"{Path(base).resolve()}{mark}{query}" if Path(base).exists() else source


def names_release(source: str) -> bool:
    """Whether something that is not on the disk is written like a release on the Hub (`owner/name…`)."""
    owner, slash, name = source.partition("/")
    return bool(slash and owner and name) and not Path(owner).exists() and owner not in (".", "..", "~")


def state_of(source: str | Path) -> str:
    """Changes when a local file does: names, sizes and times. Empty for a release, whose revision it is kept under."""
    path = Path(str(source).partition("?")[0])
    files = sorted(path.rglob("*")) if path.is_dir() else [path] if path.is_file() else []
    lines = [
        f"{file.relative_to(path)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.is_file()
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""


def _placed(lm: Any, own: Foreign, site: str | None) -> Placed:
    first, last = sites_given(site, own.dictionary.config.kind)
    return placed_on(lm, own, site_in=first, site_out=last)


def entry_of(placed: Placed) -> dict[str, Any]:
    """What run.json says of a dictionary."""
    shape = placed.dictionary.config
    site_in, site_out = str(placed.site_in), str(placed.site_out)
    return {
        "name": (site_out if site_in == site_out else f"{site_in}-{site_out}").replace(":", "_"),
        "site_in": site_in,
        "site_out": site_out,
        "kind": shape.kind,
        "sparsifier": shape.sparsifier,
        # JSON has no NaN: where nobody knows what L0 was aimed at, there is none.
        "l0": shape.l0 if shape.l0 == shape.l0 else None,
        "latents": shape.latents,
        "d_in": shape.d_in,
        "d_out": shape.d_out,
        "selection": "exact",
    }


def run_facts(lm: Any, name: str, entries: list[dict[str, Any]], source: str | Path) -> dict[str, Any]:
    """run.json of an adopted run: the keys of a trained one."""
    sites = tuple(entry["site_out"] for entry in entries)
    config = TrainingConfig(model=name, text=FOREIGN, sites=sites, held_out=0.0)
    import numpy

    return {
        "config": config.to_json(),
        "dtype": "float32",
        "data": {
            "source": {
                "model": lm.identity,
                "dtype": "float32",
                "packing": {"context": config.context, "held_out_share": 0.0, "part": "all"},
                "text": {"fingerprint": FOREIGN, "name": FOREIGN, "parts": []},
            },
            "held_out": None,
        },
        "adopted": {"source": str(source), "state": state_of(source), "notes": []},
        "dictionaries": entries,
        "machine": {"processor": platform.machine(), "threads": torch.get_num_threads(), "torch": torch.__version__},
        "versions": {"torch": torch.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "special_tokens_excluded": 0,
        "steps": 0,
    }
