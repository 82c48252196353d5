"""The card of a dictionary on the Hub: what it is, what it was made from, how to use it, in words from its manifest;
and the page of a repository that holds several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from microtome.formats.recognise import Member

# In every page that is written here, so that nobody's own is written over.
_LISTING = "<!-- microtome: a list of dictionaries, written anew when one is published -->"
_CARD = "<!-- microtome: a card made from the manifest, written anew when the dictionary is published -->"
_TAGS = "library_name: microtome\ntags:\n- sparse-autoencoder\n- interpretability\n- microtome\n"


def model_card(manifest: Mapping[str, Any], repository: str, path: str) -> str:
    """Markdown with the front matter the Hub reads. `manifest`: of a dictionary of ours."""
    shape = manifest["dictionary"]
    model = _model(manifest)
    text = ((manifest.get("data") or {}).get("text") or {}).get("name")
    site_in, site_out = manifest.get("site_in"), manifest.get("site_out")
    site = site_out if site_in == site_out else f"{site_in} → {site_out}"
    reference = f"{repository}/{path}" if path else repository
    l0 = "–" if shape.get("l0") is None else f"{shape['l0']:g}"
    rows = {
        "kind": shape["kind"],
        "sparsifier": shape["sparsifier"],
        "latents": f"{shape['latents']:,}",
        "L0 aimed at": l0,
        "site": site or "–",
        "model": model or "–",
        "text": text or "–",
        "seed": manifest.get("seed", "–"),
        "microtome": manifest.get("microtome", "–"),
    }
    table = "\n".join(f"| {_cell(key)} | {_cell(value)} |" for key, value in rows.items())
    base = f"base_model: {json.dumps(model)}\n" if model and "/" in model else ""
    metrics = _metrics(manifest.get("metrics") or {})
    given = "dictionary.rows(activations)" if "temporal" in shape else "activations"
    return (
        f"---\n{_TAGS}{base}---\n\n{_CARD}\n\n"
        f"# {_cell(shape['kind'])} of {_cell(site or 'unknown site')}, {_cell(model or 'unknown model')}\n\n"
        f"A sparse dictionary in the format of microtome: safetensors and JSON, for raw activations.\n\n"
        f"| | |\n|---|---|\n{table}\n\n{metrics}"
        f"## Use\n\n```python\nfrom microtome.formats import open_dictionary\n\n"
        f"dictionary = open_dictionary({reference!r}).dictionary\ncodes = dictionary.encode({given})\n```\n"
    )


def listing_card(repository: str, members: Sequence[Member], models: Sequence[str]) -> str:
    """The page of a repository that holds several dictionaries, or one in a folder, with links to their cards."""
    rows = "\n".join(
        f"| {f'[{_cell(member.path)}](<{member.path}>)' if member.path else '(here)'} "
        f"| {_cell(' → '.join(member.sites) or '–')} | {member.format} |"
        for member in members
    )
    first = next((member.path for member in members if member.format == "microtome" and member.path), "")
    base = "base_model:\n" + "".join(f"- {json.dumps(model)}\n" for model in models) if models else ""
    return (
        f"---\n{_TAGS}{base}---\n\n{_LISTING}\n\n# {_cell(repository)}\n\n"
        f"Sparse dictionaries, each in a folder with a card of its own.\n\n"
        f"| folder | site | format |\n|---|---|---|\n{rows}\n\n"
        f"## Use\n\n```python\nfrom microtome.formats import open_dictionary\n\n"
        f"dictionary = open_dictionary({f'{repository}/{first}'.rstrip('/')!r}).dictionary\n```\n"
    )


def is_ours(page: str) -> bool:
    """Whether a page is one of `listing_card` or of `model_card`, and nobody's own."""
    return _LISTING in page or _CARD in page


def base_models(page: str, manifest: Mapping[str, Any]) -> list[str]:
    """The models that a page names in front, as far as that can be read, and the one of a dictionary that is new."""
    import yaml

    try:
        head = yaml.safe_load(page.split("---", 2)[1] if page.startswith("---") else "")
    except (yaml.YAMLError, ValueError, RecursionError):
        head = None
    said = head.get("base_model") if isinstance(head, dict) else None
    named = [name for name in (said if isinstance(said, list) else [said]) if isinstance(name, str)]
    model = _model(manifest)
    return list(dict.fromkeys([*named, *([model] if model and "/" in model else [])]))


def _model(manifest: Mapping[str, Any]) -> str | None:
    model = manifest.get("model") or ((manifest.get("data") or {}).get("model") or {}).get("id")
    return None if model is None else str(model)


def _metrics(metrics: Mapping[str, Any]) -> str:
    if not metrics:
        return ""
    rows = "\n".join(f"| {_cell(key)} | {value:.4g} |" for key, value in metrics.items() if isinstance(value, float))
    return f"## Measured on held-out text\n\n| metric | value |\n|---|---|\n{rows}\n\n"


def _cell(value: object) -> str:
    """Text that cannot break out of its cell."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
