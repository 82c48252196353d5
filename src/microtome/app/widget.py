"""The app's pages inside a notebook: questions that a browser asks a server are answered by the kernel.

Needs the extra `notebook`. A notebook that is opened without a kernel shows the static heat map or card instead: it is
an output of its own, because JupyterLab takes a widget before any HTML that is offered with it and waits for the
kernel. The widget hides it once it is drawn.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from markupsafe import Markup

from microtome.app.runs import OpenRuns, problem_of
from microtome.app.server import ADDRESSES, Answers, Query
from microtome.errors import ArtifactError, ConfigError, MicrotomeError
from microtome.latents.card import latent_card, text_heat


class Kernel:
    """Answers the questions of the pages in this process."""

    def __init__(self, path: str | Path) -> None:
        self.answers = Answers(OpenRuns([path]))

    def ask(self, method: str, address: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the server would answer. Raises `ArtifactError` for an address that does not exist."""
        from starlette.routing import compile_path

        parts = urlsplit(address)
        query = Query(dict(parse_qsl(parts.query)))
        for known, pattern, name in ADDRESSES:
            found = compile_path(pattern)[0].match(parts.path)
            if found is not None and known == method:
                more = () if method == "GET" else (body or {},)
                return getattr(self.answers, name)(found.groupdict(), query, *more)
        raise ArtifactError(f"there is nothing at '{address[:200]}'", cure="Install widget and library of one version")

    def reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The message that answers one of the page's."""
        try:
            value = self.ask(str(message.get("method")), str(message.get("path")), message.get("body"))
            return {"id": message.get("id"), "value": value}
        except MicrotomeError as error:
            return {"id": message.get("id"), "error": problem_of(error)}


def live(run: str | Path, *, dictionary: str | None = None, latent: int | None = None, text: str = "") -> Any:
    """A widget: the page Text of a run, or the page of one latent, with text that can be typed.

    Raises `ConfigError` when the extra `notebook` is not installed.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise ConfigError(
            "live widgets need the package 'anywidget', which is not installed",
            cure="Run: pip install 'microtome[notebook]'",
        ) from None
    kernel = Kernel(run)
    (identifier,) = kernel.answers.runs.identifiers
    _, entry = kernel.answers.runs.entry(identifier, dictionary)
    fallback = _fallback(kernel, identifier, entry["name"], latent, text)
    parameters = {"run": identifier, "dictionary": entry["name"], "text": text}
    page = "text" if latent is None else "latent"
    route = f"#/{page}?{urlencode(parameters if latent is None else {**parameters, 'latent': latent})}"

    class Live(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = (files("microtome.app") / "static" / "widget.js").read_text(encoding="utf-8")
        route = traitlets.Unicode().tag(sync=True)
        static = traitlets.Unicode().tag(sync=True)

        def _ipython_display_(self) -> None:
            from IPython.display import display

            bundle = super()._repr_mimebundle_()
            data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
            if fallback:
                shown = Markup('<div data-microtome-static="{}">{}</div>').format(self.static, Markup(fallback))
                display({"text/html": str(shown), "text/plain": "what the widget below shows"}, raw=True)
            said = f"a live view of {identifier}, where a kernel runs"
            display({**(data or {}), "text/plain": said}, raw=True, metadata=rest[0] if rest else None)

        def _repr_mimebundle_(self, **options: Any) -> Any:
            bundle = super()._repr_mimebundle_(**options)
            data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
            shown = {**(data or {}), "text/html": fallback}
            return (shown, *rest) if rest else shown

    widget = Live(route=route, static=uuid.uuid4().hex)
    widget.on_msg(lambda source, message, buffers: source.send(kernel.reply(message)))
    return widget


def _fallback(kernel: Kernel, identifier: str, name: str, latent: int | None, text: str) -> str:
    views = kernel.answers.views
    if latent is not None:
        return latent_card(views.store(identifier, name)[latent])
    if not text:
        return ""
    found = views.codes_on(identifier, name, text, None)
    return text_heat(found, names=views.labels(identifier, name, found["latents"]))
