"""`builtin:python-docs`: a corpus that every Python carries, so that nothing has to be downloaded for a first
run.

It is made of the language reference that `help()` shows (English prose) and the sources of the standard
library (code and docstrings), read from the Python that is running. Tests, data tables and bundled
applications are left out. The order is that of a hash of the ids, so that any beginning of the corpus is a
fair sample of prose and code.
"""

from __future__ import annotations

import hashlib
import platform
import sysconfig
from collections.abc import Iterator
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

    name = NAME

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for document in self._read():
            digest.update(f"{document.id}\0{document.text}\0".encode())
        return f"{NAME}:{platform.python_version()}:{digest.hexdigest()}"

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


def _source_paths(library: Path) -> list[str]:
    found = (path.relative_to(library) for path in library.rglob("*.py"))
    return sorted(path.as_posix() for path in found if not _left_out(path))


def _left_out(path: Path) -> bool:
    return any(part in _LEFT_OUT_FOLDERS or part.startswith(_LEFT_OUT_PREFIXES) for part in path.parts)


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
