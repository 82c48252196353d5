"""The server answers its own pages and nobody else, and says in JSON what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from microtome.app.security import Guard
from tests.app.conftest import Site


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=60) as opened:
        yield opened


def problem(answer: httpx.Response) -> str:
    error = answer.json()["error"]
    assert error["cure"]
    return str(error["problem"])


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "user@127.0.0.1", ""])
def test_a_foreign_host_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/api/runs", headers={"host": host})
    assert answer.status_code == 421
    assert "does not answer for the host" in problem(answer)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:9999", "[::1]:80"])
def test_the_names_of_this_machine_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/api/runs", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "file://", "http://127.0.0.1:1", "https://localhost"]
)
def test_a_foreign_origin_is_refused(client: httpx.Client, origin: str) -> None:
    for answer in (
        client.get("/api/runs", headers={"origin": origin}),
        client.post("/api/runs/looked-at/latents/1/label", headers={"origin": origin}, json={"text": "x", "note": ""}),
    ):
        assert answer.status_code == 403
        assert "may not use this server" in problem(answer)


def test_a_foreign_page_without_an_origin_is_refused(client: httpx.Client) -> None:
    assert client.get("/api/runs", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/api/runs", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    # Following a link to the app is fine.
    assert client.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/..%2fserver.py",
        "/static/%2e%2e/server.py",
        "/static/....//server.py",
        "/static//etc/passwd",
        "/static/..%5cserver.py",
        "/api/runs/..%2f..%2fetc/curves",
        "/api/runs/%2e%2e",
        "/api/runs/looked-at/curves?dictionary=../../run.json",
        "/api/runs/looked-at/store?dictionary=..",
        "/%00",
    ],
)
def test_paths_lead_nowhere_else(site: Site, path: str) -> None:
    import http.client

    # A client that sends the path as it is written.
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 404, body[:200]
    assert json.loads(body)["error"]["problem"]
    assert b"root:" not in body and b"ASGI" not in body
    connection.close()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not a JSON object"),
        (b"{", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"\xff\xfe", "not a JSON object"),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"text": 3}', "no text under 'text'"),
        (b'{"note": "x"}', "no text under 'text'"),
        (b'{"text": "\\ud800", "note": ""}', "the body holds half of a surrogate pair"),
        (b'{"text": "x", "note": "\\udfff!"}', "the body holds half of a surrogate pair"),
        (b'{"text": "' + b"x" * 400 + b'", "note": ""}', "characters long"),
    ],
)
def test_malformed_bodies_are_refused(client: httpx.Client, body: bytes, said: str) -> None:
    answer = client.post(
        "/api/runs/looked-at/latents/1/label", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert said in problem(answer)


@pytest.mark.parametrize(("where", "key"), [("text", "text"), ("steer", "prompt"), ("steer", "unheard-of")])
def test_half_of_a_surrogate_pair_is_refused_everywhere(client: httpx.Client, where: str, key: str) -> None:
    answer = client.post(
        f"/api/runs/looked-at/{where}",
        content=json.dumps({key: ["\ud83d"] if key == "unheard-of" else "\ud83d", "changes": []}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400
    assert problem(answer).startswith("the body holds half of a surrogate pair or bytes that are not UTF-8")
    whole = client.post("/api/runs/looked-at/text", json={"text": "\U0001f9ec"})
    assert whole.status_code == 200


def test_a_form_of_another_site_is_refused(client: httpx.Client) -> None:
    answer = client.post("/api/runs/looked-at/text", content=b'{"text": "x"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 400
    assert "application/json" in problem(answer)


def test_long_bodies_are_refused_whether_they_say_so_or_not(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    declared = client.post("/api/runs/looked-at/text", content=b"x" * (1 << 21), headers=headers)
    streamed = client.post("/api/runs/looked-at/text", content=iter([b"x" * (1 << 19)] * 4), headers=headers)
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert "longer than 1,048,576 bytes" in problem(answer)


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "limit=100000", "density_from=nan", "descending=yes", "sort=evil"]
)
def test_parameters_are_read_strictly(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/runs/looked-at/latents?{query}")
    assert answer.status_code == 400
    assert problem(answer).startswith("got ")


def test_methods_are_those_of_the_api(client: httpx.Client) -> None:
    assert client.post("/api/runs", json={}).status_code == 405
    assert client.get("/api/runs/looked-at/text").status_code == 405
    assert client.delete("/api/runs").status_code == 405


def test_every_answer_carries_the_policy(client: httpx.Client) -> None:
    for path in ("/", "/static/app.js", "/api/runs", "/nowhere"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_two_hundred_requests_at_once(client: httpx.Client, site: Site) -> None:
    paths = [
        "/api/runs",
        "/api/runs/looked-at",
        "/api/runs/looked-at/latents?limit=50",
        "/api/runs/looked-at/latents/7",
    ]

    together = Barrier(200)
    limits = httpx.Limits(max_connections=200)

    def ask(i: int) -> int:
        together.wait()
        if i % 10 == 0:
            return many.post("/api/runs/looked-at/text", json={"text": f"def f{i}():"}).status_code
        return many.get(paths[i % len(paths)]).status_code

    with (
        httpx.Client(base_url=site.address, timeout=60, limits=limits) as many,
        ThreadPoolExecutor(200) as pool,
    ):
        assert set(pool.map(ask, range(200))) == {200}
    assert client.get("/api/runs").status_code == 200


def test_web_sockets_are_refused() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def never() -> Any:
        raise AssertionError

    guard = Guard(None, hosts=["localhost"], body_limit=10)
    # Driven by hand: a browser's session may own this thread's loop. It ends without waiting for anything.
    with pytest.raises(StopIteration):
        guard({"type": "websocket", "headers": []}, never, send).send(None)
    assert sent == [{"type": "websocket.close", "code": 1008}]
