"""A page as one HTML file: styles, scripts and figures inlined, nothing loaded.

A policy in its head tells the browser to refuse every load, and to run no script but those whose hashes it
lists, so that a text which got into the page unescaped could still do nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup
    from plotly.graph_objects import Figure


def document(template: str, **values: Any) -> str:
    """The page that `template` makes of `values`, with the style and scripts that draw `embedded` figures."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    from microtome.markup import visible

    environment = Environment(
        loader=PackageLoader("microtome.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    scripts = {"plotly": get_plotlyjs(), "page": _template("report.js")}
    return environment.get_template(template).render(
        css=_safe(_template("report.css")),
        scripts={name: _safe(text) for name, text in scripts.items()},
        policy=_policy(scripts),
        **values,
    )


def embedded(figure: Figure, identifier: str) -> Markup:
    """A place for a figure and its data, which the page's script draws."""
    from markupsafe import Markup

    # Inside a script element only "<" could end it; plotly escapes it too, but does not promise to.
    data = str(figure.to_json()).replace("<", "\\u003c")
    return Markup(
        '<div class="plot" id="{}" style="min-height:{}px"></div>'
        '<script type="application/json" data-for="{}">{}</script>'
    ).format(identifier, int(figure.layout.height), identifier, Markup(data))


def number(value: float | None) -> str:
    """Four significant digits, from 10,000 on whole; "–" for None."""
    if value is None:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:#.4g}".rstrip(".")
    return text.replace("-", "−")


def _template(name: str) -> str:
    return (files("microtome.report") / "templates" / name).read_text(encoding="utf-8")


def _safe(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


def _policy(scripts: Mapping[str, str]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts.values()]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
