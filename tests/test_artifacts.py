"""Files appear whole or not at all, and damage is refused by name."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome import artifacts
from microtome.errors import ArtifactError


def write(path: Path) -> None:
    with artifacts.new_folder(path, schema="test.thing", version=2, facts={"seed": 3}) as folder:
        artifacts.write_tensors(folder / "a.safetensors", {"w": torch.arange(50.0)})
        artifacts.write_json(folder / "b.json", {"x": 1})


def test_a_folder_comes_back_with_its_facts(tmp_path: Path) -> None:
    write(tmp_path / "thing")
    manifest = artifacts.read_folder(tmp_path / "thing", schema="test.thing", version=2)
    assert manifest["seed"] == 3
    assert set(manifest["files"]) == {"a.safetensors", "b.json"}
    assert artifacts.read_tensors(tmp_path / "thing" / "a.safetensors")["w"].tolist() == list(range(50))
    assert [p.name for p in tmp_path.iterdir()] == ["thing"]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_change_of_any_file_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("t") / "thing"
    write(path)
    victim = path / data.draw(st.sampled_from(["a.safetensors", "b.json"]))
    content = bytearray(victim.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
        expected = f"'{victim}' does not match its checksum: it was altered"
    else:
        expected = f"'{victim}' has {at} bytes, its manifest says {len(content)}: it was cut short"
        del content[at:]
    victim.write_bytes(content)
    with pytest.raises(ArtifactError) as caught:
        artifacts.read_folder(path, schema="test.thing", version=2)
    assert str(caught.value) == expected + ". Restore it from a copy, or make the run again."


def test_missing_file_other_schema_and_newer_version(tmp_path: Path) -> None:
    write(tmp_path / "thing")
    with pytest.raises(ArtifactError, match=r"is of schema test.thing, expected test.other"):
        artifacts.read_folder(tmp_path / "thing", schema="test.other", version=2)
    with pytest.raises(ArtifactError, match=r"is of version 2 of test.thing, this microtome reads up to 1"):
        artifacts.read_folder(tmp_path / "thing", schema="test.thing", version=1)
    (tmp_path / "thing" / "b.json").unlink()
    with pytest.raises(ArtifactError, match=r"b.json' is missing, its manifest lists it"):
        artifacts.read_folder(tmp_path / "thing", schema="test.thing", version=2)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "value.json"
    artifacts.write_json(file, {"old": True})
    real = os.fsync

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArtifactError) as caught:
        artifacts.write_json(file, {"new": True})
    with pytest.raises(ArtifactError):
        write(tmp_path / "thing")
    monkeypatch.setattr(os, "fsync", real)
    assert str(caught.value) == (
        f"the disk is full: '{file}' could not be written, what was there before is unchanged. "
        "Free some space, then continue with --resume."
    )
    assert artifacts.read_json(file) == {"old": True}
    assert [p.name for p in tmp_path.iterdir()] == ["value.json"]


def test_an_error_while_filling_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), artifacts.new_folder(tmp_path / "t", schema="s", version=1, facts={}):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_nan_is_not_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        artifacts.write_json(tmp_path / "x.json", {"fvu": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_unreadable_tensors_are_named(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"not tensors")
    with pytest.raises(ArtifactError, match=r"w.safetensors' is not a readable safetensors file"):
        artifacts.read_tensors(path)


def test_an_altered_manifest_is_found(tmp_path: Path) -> None:
    write(tmp_path / "thing")
    manifest = tmp_path / "thing" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"seed": 3', '"seed": 4'))
    with pytest.raises(ArtifactError, match=r"manifest.json' does not match its own checksum: it was altered"):
        artifacts.read_folder(tmp_path / "thing", schema="test.thing", version=2)
