"""The built-in corpus: prose and code of the running Python, the same on every reading, without its tests."""

from __future__ import annotations

import itertools
import platform
from pathlib import Path

import pytest

from microtome.errors import TextError
from microtome.text import builtin, open_text


def test_it_holds_prose_and_code_and_no_tests() -> None:
    source = open_text("builtin:python-docs")
    documents = {document.id: document.text for document in source.documents()}
    assert "Decoder" in documents["python-docs/lib/json/decoder.py"]
    assert any(name.startswith("python-docs/topics/") for name in documents)
    parts = [Path(name).parts for name in documents]
    assert not any({"test", "tests", "site-packages", "idlelib"} & set(part) for part in parts)
    assert sum(map(len, documents.values())) > 5_000_000
    assert list(documents) == [document.id for document in source.documents()]


def test_what_is_left_out_is_left_out_anywhere(tmp_path: Path) -> None:
    left_out = ("test/a.py", "json/tests/a.py", "site-packages/x/a.py", "_sysconfigdata_x.py", "json/a.txt")
    for name in ("b.py", "json/test.py", "json/deep/a.py", "email/config/a.py", *left_out):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert builtin._source_paths(tmp_path) == ("b.py", "json/deep/a.py", "json/test.py")


def test_its_beginning_mixes_what_it_holds() -> None:
    first = [document.id for document in itertools.islice(open_text("builtin:python-docs").documents(), 60)]
    topics = [name for name in first if name.startswith("python-docs/topics/")]
    assert 0 < len(topics) < 60


def test_its_fingerprint_names_the_python() -> None:
    fingerprint = open_text("builtin:python-docs").fingerprint
    assert fingerprint.startswith(f"builtin:python-docs:{platform.python_version()}:")
    assert fingerprint == open_text("builtin:python-docs").fingerprint


def test_a_python_without_sources_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_topics", dict)
    monkeypatch.setattr(builtin.sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    with pytest.raises(TextError) as caught:
        list(open_text("builtin:python-docs").documents())
    assert str(caught.value) == (
        f"this Python ({platform.python_version()}) carries neither documentation nor sources. "
        "Give another text with --text, for example a .txt file."
    )
