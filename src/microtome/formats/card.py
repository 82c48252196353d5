"""The card of a dictionary on the Hub: what it is, what it was made from, how to use it, in words from its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def model_card(manifest: Mapping[str, Any], repository: str, path: str) -> str:
    """Markdown with the front matter the Hub reads. `manifest`: of a dictionary of ours."""
    shape = manifest["dictionary"]
    data = manifest.get("data") or {}
    model = manifest.get("model") or (data.get("model") or {}).get("id")
    text = (data.get("text") or {}).get("name")
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
        f"---\nlibrary_name: microtome\ntags:\n- sparse-autoencoder\n- interpretability\n- microtome\n{base}---\n\n"
        f"# {_cell(shape['kind'])} of {_cell(site or 'unknown site')}, {_cell(model or 'unknown model')}\n\n"
        f"A sparse dictionary in the format of microtome: safetensors and JSON, for raw activations.\n\n"
        f"| | |\n|---|---|\n{table}\n\n{metrics}"
        f"## Use\n\n```python\nfrom microtome.formats import open_dictionary\n\n"
        f"dictionary = open_dictionary({reference!r}).dictionary\ncodes = dictionary.encode({given})\n```\n"
    )


def _metrics(metrics: Mapping[str, Any]) -> str:
    if not metrics:
        return ""
    rows = "\n".join(f"| {_cell(key)} | {value:.4g} |" for key, value in metrics.items() if isinstance(value, float))
    return f"## Measured on held-out text\n\n| metric | value |\n|---|---|\n{rows}\n\n"


def _cell(value: object) -> str:
    """Text that cannot break out of its cell."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
