"""`builtin:python-docs`: a corpus that every Python carries, so that nothing has to be downloaded for a first
run.

It is made of the language reference that `help()` shows (English prose) and the sources of the standard
library (code and docstrings), read from the Python that is running. Tests, data tables and bundled
applications are left out. The order is that of a hash of the ids, so that any beginning of the corpus is a
fair sample of prose and code.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from microtome.errors import TextError
from microtome.text.documents import Document, TextSource

NAME = "builtin:python-docs"
_LEFT_OUT_FOLDERS = frozenset(
    {
        "__phello__", "__pycache__", "_pyrepl", "config", "dist-packages", "distutils", "encodings",
        "ensurepip", "idlelib", "idle_test", "lib2to3", "msilib", "pydoc_data", "site-packages", "test",
        "tests", "turtledemo",
    }
)  # fmt: skip
_LEFT_OUT_PREFIXES = ("_sysconfigdata", "config-", "lib-dynload")


class PythonDocs(TextSource):
    """The running Python's own documentation and standard-library sources; ids `python-docs/topics/if` and
    `python-docs/lib/json/decoder.py`.
    """

    name, mixed = NAME, True
    _fingerprint: str | None = None

    @property
    def fingerprint(self) -> str:
        # Asked for several times in a run, while the library of a running Python stays as it is.
        if self._fingerprint is None:
            digest = hashlib.sha256()
            for document in self._read():
                digest.update(f"{document.id}\0{document.text}\0".encode())
            self._fingerprint = f"{NAME}:{platform.python_version()}:{digest.hexdigest()}"
        return self._fingerprint

    def _read(self) -> Iterator[Document]:
        topics = _topics()
        library = Path(sysconfig.get_paths()["stdlib"])
        files = {f"python-docs/lib/{path}": library / path for path in _source_paths(library)}
        if not topics and not files:
            raise TextError(
                f"this Python ({platform.python_version()}) carries neither documentation nor sources",
                cure="give another text with --text, for example a .txt file",
            )
        for name in sorted([*topics, *files], key=_order):
            yield Document(name, topics[name] if name in topics else _read_source(files[name]))


def _order(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()


def _topics() -> dict[str, str]:
    # Some distributions split the documentation off into a package that may not be installed.
    try:
        from pydoc_data.topics import topics
    except ImportError:
        return {}
    return {f"python-docs/topics/{name}": text for name, text in topics.items()}


@cache
def _source_paths(library: Path) -> tuple[str, ...]:
    found: list[str] = []
    for folder, folders, files in os.walk(library):
        # In place: what is left out is not entered. In site-packages alone there may be a hundred thousand files.
        folders[:] = [name for name in folders if not _left_out(name)]
        inside = Path(folder).relative_to(library)
        found += [(inside / name).as_posix() for name in files if name.endswith(".py") and not _left_out(name)]
    return tuple(sorted(found))


def _left_out(name: str) -> bool:
    return name in _LEFT_OUT_FOLDERS or name.startswith(_LEFT_OUT_PREFIXES)


def _read_source(path: Path) -> str:
    # A few sources declare another encoding or hold deliberate errors; none of them is worth refusing the
    # corpus.
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise TextError(
            f"{path.name!r} of this Python's library cannot be read: {error.strerror}",
            cure="check the installation, or give another text with --text",
        ) from error
