"""Documents and the sources that yield them: the one shape every kind of text is turned into.

A source can be read any number of times and always yields the same documents in the same order, so that a
resumed run sees the text it saw before. Blank documents are left out here, once, so that no reader has to
think of them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microtome.errors import TextError
from microtome.markup import repaired


@dataclass(frozen=True)
class Document:
    """One text and the name it can be found again by, for example `news.csv#17` (row 17) or `book.txt#3`."""

    id: str
    text: str


class TextSource(ABC):
    """Where text comes from. `name` is for people; `fingerprint` tells whether two texts are the same. `mixed`: its
    documents come in random order, so that any beginning is a fair sample."""

    name: str
    mixed = False

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """A short string that is equal for equal texts and differs for different ones."""

    @abstractmethod
    def _read(self) -> Iterator[Document]:
        """Yields the documents from the first one on, blank ones too."""

    def documents(self) -> Iterator[Document]:
        """Yields every document that is not blank, from the first one on; may be called again.

        Raises TextError where the source cannot be read or holds no text.
        """
        empty = True
        for document in self._read():
            if document.text and not document.text.isspace():
                empty = False
                yield _encodable(document)
        if empty:
            raise TextError(f"{self.name!r} holds no text", cure="give a text with at least one word")


class MemorySource(TextSource):
    """Texts that are already in memory; their ids are `name#1`, `name#2`, ... unless documents are given."""

    def __init__(self, texts: Sequence[str | Document], *, name: str = "memory") -> None:
        self.name = name
        self._documents = [
            text if isinstance(text, Document) else Document(f"{name}#{number}", text)
            for number, text in enumerate(texts, start=1)
        ]

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for document in self._documents:
            data = document.text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little") + data)
        return f"memory:sha256:{digest.hexdigest()}"

    def _read(self) -> Iterator[Document]:
        yield from self._documents


class CombinedSource(TextSource):
    """Several sources read one after the other. Ids are kept; sources of the same name get their number in
    front.
    """

    def __init__(self, parts: Sequence[TextSource], *, name: str | None = None) -> None:
        self.parts = list(parts)
        self.name = name or ",".join(part.name for part in self.parts)
        names = [part.name for part in self.parts]
        self._prefixes = [f"{n}:" if names.count(name) > 1 else "" for n, name in enumerate(names, start=1)]

    @property
    def fingerprint(self) -> str:
        joined = "\n".join(part.fingerprint for part in self.parts)
        return f"combined:sha256:{hashlib.sha256(joined.encode()).hexdigest()}"

    def _read(self) -> Iterator[Document]:
        for prefix, part in zip(self._prefixes, self.parts, strict=True):
            for document in part.documents():
                yield Document(prefix + document.id, document.text) if prefix else document


def _encodable(document: Document) -> Document:
    # JSON may hold half of a surrogate pair, which no tokenizer takes.
    if document.text.isascii():
        return document
    text = repaired(document.text)
    return document if text is document.text else Document(document.id, text)
