"""Who may speak to the server, and how much they may say.

The server listens on this machine, where any web page the user has open can reach it too. So it answers only to names
it knows (a page that resolves its own name to 127.0.0.1 sends that name as Host), and only to pages of its own (a
foreign page sends its Origin, and its browser says `Sec-Fetch-Site`). Bodies are read here, up to a limit, before
anything looks at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

#: Names under which a browser on the same machine reaches it.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# How many times the limit is read of a body that is refused.
_DRAINED = 16
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Guard:
    """ASGI middleware: refuses strangers and oversized bodies, and adds the headers every answer carries."""

    def __init__(self, app: Any, *, hosts: Iterable[str], body_limit: int) -> None:
        self.app, self.hosts, self.body_limit = app, frozenset(host.lower() for host in hosts), body_limit

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            # There is no other protocol here; closing refuses the handshake of a web socket.
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *_HEADERS]
                if all(name != b"cache-control" for name, _ in headers):
                    # After an upgrade the browser asks whether its copy is still the right one.
                    headers.append((b"cache-control", b"no-cache"))
                message = {**message, "headers": headers}
            await send(message)

        if (refusal := self._refusal(scope)) is not None:
            await _refuse(send_guarded, *refusal)
            return
        if scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send_guarded)
            return
        body = await self._body(scope, receive)
        if body is None:
            limit = f"{self.body_limit:,} bytes"
            await _refuse(send_guarded, 413, f"the body is longer than {limit}", f"Send at most {limit}")
            return
        await self.app(scope, _replay(body, receive), send_guarded)

    def _refusal(self, scope: Any) -> tuple[int, str, str] | None:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        if len(hosts) != 1 or _name(hosts[0]) not in self.hosts:
            return (
                421,
                f"this server does not answer for the host '{', '.join(hosts)}'",
                "Open it as 127.0.0.1 or localhost, or start it with --allow-host NAME",
            )
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or parts.netloc.lower() != hosts[0].lower():
                return 403, f"pages of '{origin}' may not use this server", "Use the app's own pages"
        if scope["path"].startswith("/api") and set(_values(scope, b"sec-fetch-site")) - {"same-origin", "none"}:
            return 403, "pages of another site may not use this server", "Use the app's own pages"
        return None

    async def _body(self, scope: Any, receive: Any) -> bytes | None:
        """The whole body, or None when it is too long."""
        declared = _values(scope, b"content-length")
        fits = not declared or (declared[0].isdigit() and int(declared[0]) <= self.body_limit)
        parts: list[bytes] = []
        size, more = 0, True
        # What is too long is still read a while, and dropped: a client that is cut off does not hear the refusal.
        while more and size <= _DRAINED * self.body_limit:
            message = await receive()
            if message["type"] != "http.request":
                break
            part = message.get("body", b"")
            size, more = size + len(part), message.get("more_body", False)
            fits = fits and size <= self.body_limit
            parts = [*parts, part] if fits else []
        return b"".join(parts) if fits else None


def _values(scope: Any, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _name(host: str) -> str:
    """The name of a Host header, without its port."""
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.username or parts.path else (parts.hostname or "")
    except ValueError:
        return ""


def _replay(body: bytes, receive: Any) -> Any:
    given = False

    async def replayed() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


async def _refuse(send: Any, status: int, problem: str, cure: str) -> None:
    body = json.dumps({"error": {"problem": problem, "cure": cure}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
