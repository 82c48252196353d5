"""Building: stopped and begun again, one pass for all dictionaries, replaced stores, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from microtome.artifacts import read_json
from microtome.errors import ArtifactError, ConfigError
from microtome.latents import LatentStore, build_stores
from microtome.latents.store import store_path
from microtome.models import LanguageModel
from tests.cli.conftest import ENVIRONMENT
from tests.latents.conftest import SETTINGS, TOKENS, Built, Maker

BUILD = """
import sys, time
from microtome.latents import build_stores
from tests.latents.conftest import SETTINGS, TOKENS
class Slow:
    def note(self, text): pass
    def building(self, done, total): time.sleep(0.05)
build_stores(sys.argv[1], tokens=TOKENS, config=SETTINGS, watcher=Slow())
"""


class Stop(BaseException):
    pass


class StopAfter:
    """A watcher that ends the build after some batches, as a kill would: nothing is closed or cleaned up."""

    def __init__(self, batches: int) -> None:
        self.left, self.notes = batches, []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def building(self, done: int, total: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stop


def same_files(a: Path, b: Path) -> None:
    names = sorted(path.name for path in a.iterdir())
    assert names == sorted(path.name for path in b.iterdir())
    for name in names:
        if name != "manifest.json":
            assert (a / name).read_bytes() == (b / name).read_bytes(), name
    one, other = (json.loads((path / "manifest.json").read_bytes()) for path in (a, b))
    for changing in ("created", "manifest_sha256"):
        one.pop(changing), other.pop(changing)
    assert one == other


def test_stopped_and_resumed_equals_uninterrupted(lm: LanguageModel, make_run: Maker) -> None:
    whole = make_run("topk", "jumprelu")
    stopped = Path(shutil.copytree(whole, whole.with_name("stopped")))
    build_stores(whole, tokens=TOKENS, config=SETTINGS, model=lm)
    for batches in (3, 1, 4):
        with pytest.raises(Stop):
            build_stores(stopped, tokens=TOKENS, config=SETTINGS, model=lm, watcher=StopAfter(batches))
    watcher = StopAfter(-1)
    build_stores(stopped, tokens=TOKENS, config=SETTINGS, model=lm, watcher=watcher)
    assert any("going on with a build that was stopped after" in note for note in watcher.notes)
    for name in ("topk", "jumprelu"):
        same_files(store_path(whole, name), store_path(stopped, name))
    assert not (stopped / "latents" / ".building").exists()


def test_a_pass_goes_on_with_another_number_of_contexts(lm: LanguageModel, make_run: Maker, built: Built) -> None:
    run = make_run(built.store.name)
    with pytest.raises(Stop):
        build_stores(
            run, tokens=TOKENS, config=dataclasses.replace(SETTINGS, contexts=7), model=lm, watcher=StopAfter(4)
        )
    # As a version without contexts wrote it.
    assert "contexts" not in read_json(run / "latents" / ".building" / "progress.json")["identity"]["settings"]
    watcher = StopAfter(-1)
    build_stores(run, tokens=TOKENS, config=SETTINGS, model=lm, watcher=watcher)
    assert any("going on with a build that was stopped after" in note for note in watcher.notes)
    same_files(store_path(built.run, built.store.name), store_path(run, built.store.name))


def test_killed_and_resumed_equals_uninterrupted(make_run: Maker, built: Built) -> None:
    run = make_run(built.store.name)
    progress = run / "latents" / ".building" / "progress.json"
    command = [sys.executable, "-c", BUILD, str(run)]
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(Path.cwd())])}
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None and not progress.is_file():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = json.loads(progress.read_bytes())["blocks"]
    assert done > 0
    # What a crash leaves behind the last checkpoint is cut off.
    with open(progress.parent / built.store.name / "values", "ab") as file:
        file.write(b"abc")
    subprocess.run(command, env=environment, check=True)
    same_files(store_path(built.run, built.store.name), store_path(run, built.store.name))


def test_one_pass_serves_all_dictionaries(lm: LanguageModel, make_run: Maker, built: Built, monkeypatch: Any) -> None:
    calls = []
    capture = LanguageModel.capture
    monkeypatch.setattr(LanguageModel, "capture", lambda self, *a: calls.append(a[1]) or capture(self, *a))
    run = make_run("topk", "jumprelu", "relu", "gated", "batchtopk")
    stores = build_stores(run, tokens=TOKENS, config=SETTINGS, model=lm)
    n_blocks = len(built.dense.blocks)
    size = SETTINGS.batch_tokens // built.dense.blocks.tokens.shape[1]
    # Some more are for the proof of the direct path, one of each dictionary.
    assert len(calls) == -(-n_blocks // size) + len(stores)
    assert [store.name for store in stores] == ["topk", "jumprelu", "relu", "gated", "batchtopk"]
    same = next(store for store in stores if store.name == built.store.name)
    if built.store.name == "topk":
        same_files(built.store.path, same.path)


def test_a_rebuild_replaces_the_store_and_keeps_labels(lm: LanguageModel, make_run: Maker) -> None:
    run = make_run("topk")
    (store,) = build_stores(run, tokens=1000, config=SETTINGS, model=lm)
    store.set_label(5, "mine", "why")
    (again,) = build_stores(run, tokens=2000, config=SETTINGS, model=lm)
    assert again.tokens > store.tokens
    assert again[5].user_label is not None and again[5].user_label.text == "mine"
    assert store[5].latent == 5  # the replaced store can still be read by who has it open
    again.set_label(5, "")
    assert again[5].user_label is None


def test_labels_of_two_processes_are_all_kept(built: Built) -> None:
    code = (
        "import sys; from microtome.latents import LatentStore; store = LatentStore.open(sys.argv[1])\n"
        "for latent in range(int(sys.argv[2]), 40, 2): store.set_label(latent, f'name {latent}')"
    )
    commands = [[sys.executable, "-c", code, str(built.run), str(start)] for start in (0, 1)]
    for process in [subprocess.Popen(command, env=ENVIRONMENT) for command in commands]:
        assert process.wait() == 0
    assert {latent: label.text for latent, label in built.store.user_labels().items()} == {
        latent: f"name {latent}" for latent in range(40)
    }


def test_two_builds_do_not_mix(lm: LanguageModel, make_run: Maker) -> None:
    run = make_run("topk")

    class Second(StopAfter):
        def building(self, done: int, total: int) -> None:
            with pytest.raises(ArtifactError, match="another process is building the latent stores in"):
                build_stores(run, tokens=1000, config=SETTINGS, model=lm)

    build_stores(run, tokens=1000, config=SETTINGS, model=lm, watcher=Second(-1))


def test_what_is_refused(lm: LanguageModel, make_run: Maker, built: Built, monkeypatch: Any) -> None:
    run = make_run("topk", "relu")
    with pytest.raises(ArtifactError, match=r"has no latent store yet. Build it with 'microtome latents"):
        LatentStore.open(run)
    build_stores(run, tokens=1000, config=SETTINGS, model=lm)
    with pytest.raises(ConfigError, match=r"has the latents of 2 dictionaries \(relu, topk\), expected a name"):
        LatentStore.open(run)
    with pytest.raises(ConfigError, match=r"got latent 240, the dictionary has 240\. Give 0 to 239\."):
        _ = built.store[240]
    with pytest.raises(ConfigError, match="got a direction of 3 numbers, expected"):
        built.store.nearest([1.0, 2.0, 3.0])
    with pytest.raises(ConfigError, match="got sort 'size', expected one of latent, count, density"):
        built.store.table(sort="size")
    path = store_path(run, "topk") / "examples.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ArtifactError, match=r"examples\.parquet' has \d+ bytes, its manifest says \d+: it was cut"):
        LatentStore.open(run, "topk")
    facts = json.loads((run / "run.json").read_bytes())
    facts["data"]["source"]["model"] = {"fingerprint": "other"}
    (run / "run.json").write_text(json.dumps(facts))
    with pytest.raises(ArtifactError, match="the model 'tiny' is not the one the run was trained on"):
        build_stores(run, tokens=1000, model=lm)
    facts["config"]["model"] = None
    (run / "run.json").write_text(json.dumps(facts))
    with pytest.raises(ConfigError, match="was trained on arrays, there is no text to show its latents on"):
        build_stores(run, tokens=1000, model=lm)
