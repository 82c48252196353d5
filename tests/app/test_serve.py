"""`microtome serve` as a process: it says where it is, answers, and stops on Ctrl-C."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from microtome.app import AppConfig, serve
from microtome.errors import ArtifactError, ConfigError
from tests.app.conftest import Site
from tests.cli.conftest import ENVIRONMENT


def test_it_serves_until_interrupted(site: Site) -> None:
    command = [sys.executable, "-u", "-m", "microtome.cli", "serve", *map(str, site.runs), "--port", "0"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert found is not None
    answer = httpx.get(found[0] + "api/runs", timeout=60)
    assert [run["id"] for run in answer.json()["runs"]] == ["looked-at", "training"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors


def test_an_interrupt_ends_a_stream(site: Site) -> None:
    command = [sys.executable, "-u", "-m", "microtome.cli", "serve", str(site.runs[0]), "--port", "0"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert found is not None
    generation = {"tokens": 240, "samples": 16, "temperature": 1}
    body = {"prompt": "def", "changes": [{"kind": "replace", "dictionary": site.names[0]}], "generation": generation}
    with httpx.stream("POST", f"{found[0]}api/runs/looked-at/steer", json=body, timeout=120) as response:
        lines = (line for line in response.iter_lines() if line)
        assert '"start"' in next(lines) and '"token"' in next(lines)
        process.send_signal(signal.SIGINT)
        # It breaks off at a token: without that the server would write all there is to write first.
        assert all('"end"' not in line for line in lines)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors


def test_it_listens_when_it_says_where(site: Site) -> None:
    class Reached(Exception):
        pass

    def ready(address: str) -> None:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        raise Reached

    with pytest.raises(Reached):
        serve(site.runs, AppConfig(port=0), ready=ready)


def test_bodies_do_not_wait_behind_their_heads(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[socket.socket] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.extend(sockets))
    serve(site.runs[:1], AppConfig(port=0))
    # What asyncio goes by when it turns Nagle's algorithm off.
    assert [one.proto for one in served] == [socket.IPPROTO_TCP]


def test_a_port_that_is_taken_is_told(site: Site) -> None:
    port = int(site.address.rsplit(":", 1)[1])
    with pytest.raises(ConfigError) as caught:
        serve(site.runs, AppConfig(port=port))
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use). "
        "Give another --port, or --port 0 for any that is free."
    )


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="is not a run"):
        serve([tmp_path], AppConfig(port=0))
