"""The page of a latent as one HTML file, written without a browser: for scripts, and to send or keep.

It is the file that the app saves of that page (`ui/src/export.ts`): the bundle, the answers the page asks for under the
addresses it asks at, and a policy that allows this one script and nothing else. It opens with the network off.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from microtome.app.widget import Kernel
from microtome.artifacts import write_bytes


def save_latent_page(run: str | Path, latent: int, path: str | Path, *, dictionary: str | None = None) -> Path:
    """Write the page of a latent of a run's latent store to `path`.

    `dictionary` is the first of the run where it is left out. Raises `ConfigError` for a latent that does not exist,
    and `ArtifactError` for a run without a store and for a file that cannot be written.
    """
    kernel = Kernel(run)
    (identifier,) = kernel.answers.runs.identifiers
    _, entry = kernel.answers.runs.entry(identifier, dictionary)
    name = entry["name"]
    # As a browser writes them, because the page looks its answers up by address.
    place = quote(identifier, safe="!~*'()")
    address = f"/api/runs/{place}/latents/{latent}?{_query(dictionary=name)}"
    answers = {f"GET {asked}": kernel.ask("GET", asked) for asked in ("/api/runs", address)}
    route = f"#/latent?{_query(run=identifier, dictionary=name, latent=latent)}"
    title = f"Latent · {latent} · {name} · {identifier}"
    write_bytes(Path(path), _page(route, answers, title).encode())
    return Path(path)


def _page(route: str, answers: dict[str, Any], title: str) -> str:
    static = files("microtome.app") / "static"
    script, style = ((static / name).read_text(encoding="utf-8") for name in ("app.js", "app.css"))
    saved = {"route": route, "answers": _without_paths(answers), "when": datetime.now(UTC).isoformat()}
    # Inside a script element only "<" could end it.
    data = json.dumps(saved, ensure_ascii=True, allow_nan=False).replace("<", "\\u003c")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title><style>{style}</style></head><body>",
            '<div id="app"></div>',
            f'<script type="application/json" id="saved">{data}</script>',
            f"<script>{script}</script></body></html>",
        ]
    )


def _without_paths(value: Any) -> Any:
    """The value with every folder of this disk left out, which is nobody else's business."""
    if isinstance(value, dict):
        return {key: "" if key == "path" else _without_paths(one) for key, one in value.items()}
    return [_without_paths(one) for one in value] if isinstance(value, list) else value


def _query(**values: str | int) -> str:
    return urlencode(values, safe="*").replace("~", "%7E")
