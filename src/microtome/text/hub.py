"""Datasets of the Hugging Face Hub, and folders in the same format, streamed: nothing is downloaded as a
whole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from microtome.errors import TextError
from microtome.text.columns import SAMPLE_ROWS, choose_columns, columns_of, row_text
from microtome.text.documents import Document, TextSource
from microtome.text.streams import reading

_HEAD_BYTES = 2**20


class DatasetSource(TextSource):
    """Rows of a dataset as documents, ids `dataset#row`.

    `dataset` is a Hub id (`org/name`, or `org/name@revision`) or a local folder; `split` and `config_name`
    are those of `datasets.load_dataset`.
    """

    def __init__(
        self, dataset: str | Path, *, column: str | None, split: str = "train", config_name: str | None = None
    ) -> None:
        self.folder = dataset if isinstance(dataset, Path) else None
        self.dataset, _, revision = (str(dataset), "", "") if self.folder else str(dataset).partition("@")
        self.revision = revision or None
        self.name = self.folder.resolve().name if self.folder else str(dataset)
        self.column, self.split, self.config_name = column, split, config_name

    @property
    def fingerprint(self) -> str:
        state = self._folder_digest() if self.folder else self._hub_revision()
        parts = [self.name, state, self.config_name or "", self.split, self.column or ""]
        return "dataset:" + ":".join(parts)

    def _read(self) -> Iterator[Document]:
        rows = self._load()
        with self._failures("read"):
            remaining = iter(rows)
            sample = list(islice(remaining, SAMPLE_ROWS))
            columns = self._columns(rows, sample) if sample else []
            for number, row in enumerate(chain(sample, remaining), start=1):
                text = row_text(row, columns, source=self.name, number=number)
                yield Document(f"{self.name}#{number}", text)

    def _columns(self, rows: Any, sample: list[Mapping[str, Any]]) -> list[str]:
        names, strings = columns_of(sample)
        if rows.features:
            names = list(rows.features)
            kinds = {name: getattr(kind, "dtype", None) for name, kind in rows.features.items()}
            strings = [name for name in names if kinds[name] in ("string", "large_string")]
        return choose_columns(self.column, names, strings, source=self.name)

    def _load(self) -> Any:
        try:
            from datasets import load_dataset
        except ImportError as error:
            raise TextError(
                f"reading the dataset {self.name!r} needs the package 'datasets'",
                cure="install it with `pip install 'microtome[hub]'`, or give a local file",
            ) from error
        with self._failures("opened"):
            if self.folder is not None and _is_saved_to_disk(self.folder):
                return self._load_saved(self.folder)
            # The token and the address of the Hub are those of `huggingface_hub`: environment and login.
            return load_dataset(
                self.dataset, self.config_name, split=self.split, revision=self.revision, streaming=True
            )

    def _load_saved(self, folder: Path) -> Any:
        from datasets import DatasetDict, load_from_disk

        if self.config_name is not None:
            raise TextError(
                f"got the configuration {self.config_name!r}, but {self.name!r} has none",
                cure="leave the configuration out",
            )
        saved = load_from_disk(str(folder))
        if not isinstance(saved, DatasetDict):
            return saved
        if self.split not in saved:
            raise TextError(
                f"{self.name!r} has no split {self.split!r}, it has {', '.join(map(repr, saved))}",
                cure="name one of these splits",
            )
        return saved[self.split]

    def _failures(self, verb: str) -> _Failures:
        return _Failures(self.name, verb)

    def _hub_revision(self) -> str:
        from huggingface_hub import HfApi

        try:
            return str(HfApi().dataset_info(self.dataset, revision=self.revision).sha)
        # Offline, or a private mirror without this call: what was asked for is then the best that is known.
        except Exception:
            return self.revision or "main"

    def _folder_digest(self) -> str:
        assert self.folder is not None
        digest = hashlib.sha256()
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            with reading(str(path.name)), path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                digest.update(f"{path.relative_to(self.folder).as_posix()}\0{size}\0".encode())
                digest.update(file.read(_HEAD_BYTES))
        return digest.hexdigest()


class _Failures:
    """Turns whatever `datasets` raises into a TextError: its loaders pass on the errors of every library
    below.
    """

    def __init__(self, name: str, verb: str) -> None:
        self.name, self.verb = name, verb

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if error is None or not isinstance(error, Exception) or isinstance(error, TextError):
            return
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = " ".join(lines)[:300] or type(error).__name__
        raise TextError(
            f"the dataset {self.name!r} cannot be {self.verb}: {reason}",
            cure="check its name, split and configuration and the network, or give a local file",
        ) from error


def _is_saved_to_disk(folder: Path) -> bool:
    return (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file()
