"""The server: which address answers with what. The answers themselves are made in the modules beside this one.

Every answer below `/api` is JSON, errors included: `{"error": {"problem", "cure"}}`. Work is done in threads, so that a
long forward pass keeps nobody else waiting.
"""

from __future__ import annotations

import contextlib
import json
import math
import threading
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import microtome
from microtome.app import compare, overview, views
from microtome.app.compare import Matchings, Place
from microtome.app.graphs import Graphs, Unavailable, is_graph_file
from microtome.app.runs import OpenRuns, problem_of
from microtome.app.security import LOOPBACK, Guard
from microtome.app.steering import Steering
from microtome.artifacts import read_json
from microtome.errors import ArtifactError, ConfigError, MicrotomeError
from microtome.markup import whole

if TYPE_CHECKING:
    from types import FrameType

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What one request may bring: more text than a model's context holds, many times over.
BODY_LIMIT = 1 << 20

# Connections that may wait to be taken.
_WAITING = 2048

#: Method, address, and the method of `Answers` that makes the answer.
ADDRESSES = (
    ("GET", "/api/runs", "listing"),
    ("GET", "/api/runs/{run}", "overview"),
    ("GET", "/api/runs/{run}/curves", "curves"),
    ("GET", "/api/runs/{run}/store", "store"),
    ("GET", "/api/runs/{run}/latents", "table"),
    ("GET", "/api/runs/{run}/latents/{latent}", "latent"),
    ("POST", "/api/runs/{run}/latents/{latent}/label", "label"),
    ("POST", "/api/runs/{run}/text", "text"),
    ("GET", "/api/runs/{run}/steer", "steer_state"),
    ("POST", "/api/runs/{run}/preset", "preset"),
    ("POST", "/api/runs/{run}/preset/open", "open_preset"),
    ("GET", "/api/compare", "compare"),
    ("GET", "/api/compare/pairs", "pairs"),
    ("GET", "/api/graphs", "graphs"),
    ("GET", "/api/graph", "graph"),
    ("POST", "/api/graph/intervene", "intervene"),
)

#: The same for answers that are streamed, as server-sent events. All are POST, and no notebook can ask for them.
STREAMED = (
    ("/api/runs/{run}/steer", "steer"),
    ("/api/runs/{run}/dose", "dose"),
)


@dataclass(frozen=True, kw_only=True)
class AppConfig:
    """How the server listens and computes. `hosts` are further names it answers to, beside those of this machine."""

    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    device: str = "auto"
    dtype: str | None = None
    body_limit: int = BODY_LIMIT


class Query:
    """The parameters of a request, read strictly: what is no number where one belongs is refused."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        return self._values.get(name) or None

    def whole(self, name: str, default: int | None = None, *, low: int = 0, high: int = 1 << 31) -> int | None:
        value = self.text(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or not low <= int(value[:12]) <= high:
            raise ConfigError(
                f"got {name}={value[:40]}, expected a whole number from {low} to {high}", cure="Correct it"
            )
        return int(value)

    def number(self, name: str) -> float | None:
        value = self.text(name)
        try:
            found = None if value is None else float(value)
        except ValueError:
            found = math.nan
        if found is not None and not math.isfinite(found):
            raise ConfigError(f"got {name}={str(value)[:40]}, expected a number", cure="Correct it")
        return found

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name)
        if value not in (None, "0", "1"):
            raise ConfigError(f"got {name}={str(value)[:40]}, expected 0 or 1", cure="Correct it")
        return default if value is None else value == "1"


def make_app(paths: Sequence[str | Path], config: AppConfig | None = None) -> Starlette:
    """The ASGI application for run folders and graph files. Raises `ArtifactError` for what is neither."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    config = config or AppConfig()
    graphs = [Path(path) for path in paths if is_graph_file(path)]
    runs = OpenRuns([path for path in paths if Path(path) not in graphs], device=config.device, dtype=config.dtype)
    answers = Answers(runs, graphs)
    routes = [
        Route(
            path, _get(getattr(answers, name)) if method == "GET" else _post(getattr(answers, name)), methods=[method]
        )
        for method, path, name in ADDRESSES
    ]
    routes += [Route(path, _stream(getattr(answers, name)), methods=["POST"]) for path, name in STREAMED]
    with as_file(files("microtome.app") / "static") as static:
        page = _first_page(static)
        mount = Mount("/static", _kept(StaticFiles(directory=static)))

    async def index(request: Request) -> Response:
        from starlette.responses import Response

        return Response(page, media_type="text/html; charset=utf-8", headers={"cache-control": "no-cache"})

    app = Starlette(
        routes=[Route("/", index), mount, *routes],
        middleware=[
            Middleware(Guard, hosts=(*LOOPBACK, config.host, *config.hosts), body_limit=config.body_limit),
            Middleware(GZipMiddleware, minimum_size=2000, compresslevel=5),
        ],
        exception_handlers={404: _missing, 405: _missing, Exception: _failed},
    )
    app.state.runs, app.state.warm = runs, answers.views.warm
    app.state.steering = answers.steering
    return app


def serve(paths: Sequence[str | Path], config: AppConfig, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve runs until interrupted; `ready` is told the address once it listens. Port 0 takes a free one.

    Raises `ConfigError` when the address cannot be listened on.
    """
    import socket

    import uvicorn

    app = make_app(paths, config)
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's algorithm on and every answer's body waits 40 ms behind its head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
        # Whoever is told the address may ask at once: requests wait until the application is up.
        listener.listen(_WAITING)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {config.host}:{config.port} ({error.strerror or error})",
            cure="Give another --port, or --port 0 for any that is free",
        ) from None
    with listener:
        port = listener.getsockname()[1]
        if ready is not None:
            name = f"[{config.host}]" if ":" in config.host else config.host
            ready(f"http://{name}:{port}/")
        threading.Thread(target=app.state.warm, daemon=True).start()
        settings = uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False, ws="none")

        class Server(uvicorn.Server):
            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                # It waits for the last answer, and a stream is long.
                app.state.steering.stop()
                super().handle_exit(sig, frame)

        # Ctrl-C is how it is meant to end; uvicorn passes it on after the last answer.
        with contextlib.suppress(KeyboardInterrupt):
            Server(settings).run(sockets=[listener])


class Answers:
    """What each address says. Methods take the path's parameters, the query and, for POST, the body."""

    def __init__(self, runs: OpenRuns, graph_files: Sequence[Path] = ()) -> None:
        self.runs = runs
        self.views = views.Views(runs)
        self.graph_files = Graphs(runs, self.views, graph_files)
        self.matchings = Matchings(runs)
        self.steering = Steering(runs, self.views)

    def listing(self, path: Mapping[str, str], query: Query) -> Any:
        from microtome.report.glossary import GLOSSARY

        return {"version": microtome.__version__, "runs": overview.listing(self.runs), "glossary": GLOSSARY}

    def overview(self, path: Mapping[str, str], query: Query) -> Any:
        return overview.overview(self.runs, path["run"], self.views)

    def curves(self, path: Mapping[str, str], query: Query) -> Any:
        return overview.curves(self.runs, path["run"], query.text("dictionary"), query.whole("step"))

    def store(self, path: Mapping[str, str], query: Query) -> Any:
        return self.views.overview(path["run"], query.text("dictionary"))

    def table(self, path: Mapping[str, str], query: Query) -> Any:
        bounds = {name: (query.number(f"{name}_from"), query.number(f"{name}_to")) for name in ("density", "strength")}
        near = query.whole("near")
        return self.views.table(
            path["run"],
            query.text("dictionary"),
            sort=query.text("sort") or ("density" if near is None else "cosine"),
            descending=query.flag("descending", True),
            token=query.text("token"),
            label=query.text("label"),
            near=near,
            offset=query.whole("offset", 0) or 0,
            limit=query.whole("limit", 100, high=1000) or 0,
            **bounds,
        )

    def latent(self, path: Mapping[str, str], query: Query) -> Any:
        return self.views.latent(path["run"], query.text("dictionary"), _index(path))

    def label(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Any:
        text, note = (_string(body, key, longest) for key, longest in (("text", 300), ("note", 10_000)))
        return self.views.set_label(path["run"], query.text("dictionary"), _index(path), text, note)

    def text(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Any:
        latent = body.get("latent")
        if latent is not None and (not isinstance(latent, int) or isinstance(latent, bool) or latent < 0):
            raise ConfigError("'latent' is not the number of a latent", cure="Send a whole number, or leave it out")
        return self.views.on_text(path["run"], query.text("dictionary"), _string(body, "text", 200_000), latent)

    def steer_state(self, path: Mapping[str, str], query: Query) -> Any:
        return self.steering.state(path["run"], query.text("latents") or "")

    def steer(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Generator[Any, None, None]:
        return self.steering.write(path["run"], body)

    def dose(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Generator[Any, None, None]:
        return self.steering.dose(path["run"], body)

    def preset(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Any:
        return self.steering.preset(path["run"], body)

    def open_preset(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Any:
        return self.steering.open_preset(path["run"], body)

    def compare(self, path: Mapping[str, str], query: Query) -> Any:
        left, right = _place(query, "left"), _place(query, "right")
        return compare.summary(self.matchings.get(left, right))

    def pairs(self, path: Mapping[str, str], query: Query) -> Any:
        left, right = _place(query, "left"), _place(query, "right")
        page = compare.pairs(
            self.matchings.get(left, right),
            descending=query.flag("descending", True),
            mutual_only=query.flag("mutual", False),
            offset=query.whole("offset", 0) or 0,
            limit=query.whole("limit", 100, high=1000) or 0,
        )
        for side, place in (("left", left), ("right", right)):
            labels = self.views.labels(place.run, place.dictionary, [row[side] for row in page["rows"]])
            for row in page["rows"]:
                row[f"{side}_label"] = labels.get(row[side])
        return page

    def graphs(self, path: Mapping[str, str], query: Query) -> Any:
        return self.graph_files.listing(query.text("run"))

    def graph(self, path: Mapping[str, str], query: Query) -> Any:
        shares = [query.number(f"{name}_share") for name in ("node", "edge")]
        node_share, edge_share = (usual if share is None else share for share, usual in zip(shares, (0.8, 0.98)))
        return self.graph_files.graph(query.text("run"), query.text("name") or "", node_share, edge_share)

    def intervene(self, path: Mapping[str, str], query: Query, body: Mapping[str, Any]) -> Any:
        changes, run = body.get("changes"), body.get("run")
        if not isinstance(changes, list) or (run is not None and not isinstance(run, str)):
            raise ConfigError("the body has no list of changes", cure='Send {"changes": [{"id": "…", "factor": 0}]}')
        name, regime = _string(body, "name", 300), _string(body, "regime", 40)
        return self.graph_files.intervene(run, name, changes, regime)


def _place(query: Query, side: str) -> Place:
    run, dictionary = query.text(f"{side}_run"), query.text(f"{side}_dictionary")
    if run is None or dictionary is None:
        raise ConfigError(f"{side}_run or {side}_dictionary is missing", cure="Give both sides of the comparison")
    return Place(run, dictionary, query.whole(f"{side}_step"))


def _index(path: Mapping[str, str]) -> int:
    found = Query(path).whole("latent")
    assert found is not None
    return found


def _string(body: Mapping[str, Any], key: str, longest: int) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise ConfigError(f"the body has no text under '{key}'", cure=f'Send {{"{key}": "…"}}')
    if len(value) > longest:
        raise ConfigError(f"'{key}' is {len(value):,} characters long, expected at most {longest:,}", cure="Shorten it")
    return value


def _get(answer: Callable[..., Any]) -> Any:
    async def endpoint(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            return _json(await run_in_threadpool(answer, request.path_params, Query(request.query_params)))
        except MicrotomeError as error:
            return _error(error)

    return endpoint


def _post(answer: Callable[..., Any]) -> Any:
    async def endpoint(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            return _json(
                await run_in_threadpool(
                    answer, request.path_params, Query(request.query_params), await _body_of(request)
                )
            )
        except MicrotomeError as error:
            return _error(error)

    return endpoint


def _stream(answer: Callable[..., Generator[Any, None, None]]) -> Any:
    async def endpoint(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            body = await _body_of(request)
            return _events(await run_in_threadpool(answer, request.path_params, Query(request.query_params), body))
        except MicrotomeError as error:
            return _error(error)

    return endpoint


def _events(events: Generator[Any, None, None]) -> Response:
    """Server-sent events, each made in a thread when the one before was sent. Whoever goes away ends them."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import StreamingResponse

    async def lines() -> AsyncIterator[str]:
        while (event := await run_in_threadpool(next, events, None)) is not None:
            yield f"data: {json.dumps(event, ensure_ascii=True, separators=(',', ':'), allow_nan=False)}\n\n"

    class Events(StreamingResponse):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            try:
                await super().__call__(scope, receive, send)
            finally:
                # Nothing runs in a thread any more: what was under way when the reader left has been waited for.
                events.close()

    return Events(lines(), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _body_of(request: Request) -> dict[str, Any]:
    # A form of another site can send text, but not JSON without asking first.
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise ConfigError("the body is not declared as application/json", cure="Send JSON")
    return _object(await request.body())


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ConfigError("the body is not a JSON object", cure='Send an object such as {"text": "…"}')
    # Wherever it is: no text of a body ends in a tokenizer, a file or an answer before it is looked at here.
    whole(text, "the body")
    return value


def _json(value: Any, status: int = 200) -> Response:
    from starlette.responses import Response

    body = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Response(body, status, media_type="application/json", headers={"cache-control": "no-store"})


def _error(error: MicrotomeError) -> Response:
    status = 404 if isinstance(error, ArtifactError) else 501 if isinstance(error, Unavailable) else 400
    return _json({"error": problem_of(error)}, status)


def _first_page(static: Path) -> str:
    """The page that loads the others; what it names carries a part of its hash, so that a browser may keep it."""
    page = (static / "index.html").read_text(encoding="utf-8")
    for name, digest in read_json(static / "manifest.json")["files"].items():
        page = page.replace(f'"/static/{name}"', f'"/static/{name}?{digest[:16]}"')
    return page


def _kept(static: ASGIApp) -> ASGIApp:
    """Files asked for by their hash are not asked for again: others would have another address."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200 and scope["query_string"]:
                message["headers"] = [*message["headers"], (b"cache-control", b"max-age=31536000, immutable")]
            await send(message)

        await static(scope, receive, tell)

    return app


async def _missing(request: Request, error: Any) -> Response:
    path, method = request.url.path[:200], request.method
    what = f"'{path}' does not take {method}" if error.status_code == 405 else f"there is nothing at '{path}'"
    problem = {"problem": what, "cure": "Begin at the page '/'"}
    return _json({"error": problem}, error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    # The traceback goes to the terminal; a page need not show it.
    problem = {
        "problem": f"the server failed on this request ({type(error).__name__})",
        "cure": "See the terminal it was started from",
    }
    return _json({"error": problem}, 500)
