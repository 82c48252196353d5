"""`open_text`: one word from the user names any source of text.

| spec | source |
|---|---|
| `builtin:python-docs` | the running Python's documentation and library sources |
| `book.txt`, `rows.jsonl`, `rows.csv`, `rows.parquet` | a file; all but Parquet also as `.gz` and `.zst` |
| `txt:notes.md`, `jsonl:data.json` | a file of that kind, whatever its name ends in |
| `-`, `jsonl:-`, `csv:-` | standard input: plain text, JSON lines, CSV |
| `folder/` | a folder that `datasets.load_dataset` reads, or one of `.txt` files |
| `org/name`, `org/name@revision` | a dataset of the Hugging Face Hub, streamed |
| `a.txt,b.csv` | several, one after the other |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from microtome.errors import ConfigError, TextError
from microtome.text import builtin
from microtome.text.columns import column_positions
from microtome.text.documents import CombinedSource, TextSource
from microtome.text.files import CsvSource, JsonlSource, ParquetSource, TxtSource
from microtome.text.hub import DatasetSource
from microtome.text.streams import COMPRESSIONS, ByteSource, FileBytes, StdinBytes

KINDS = ("txt", "jsonl", "csv", "parquet")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?(@[\w./-]+)?")
_READERS: dict[str, Callable[[ByteSource, str | None], TextSource]] = {
    "txt": TxtSource,
    "jsonl": JsonlSource,
    "csv": CsvSource,
}


def open_text(
    spec: str | Sequence[str],
    *,
    column: str | None = None,
    split: str = "train",
    config_name: str | None = None,
) -> TextSource:
    """Opens the text that `spec` names (see the table above); several, by commas or as a list, are read in
    order.

    `column` names the column of tables (`title+body` joins two; positions such as `2+3` are for CSV without a
    header row); `split` and `config_name` are those of datasets. Nothing is read yet, but a path that does
    not exist is found out. Raises TextError for a source that cannot be found and ConfigError for an option
    no source uses.
    """
    specs = [one for item in ([spec] if isinstance(spec, str) else spec) for one in _split_list(item)]
    if not specs:
        raise TextError("got no text", cure="name one, for example builtin:python-docs or a .txt file")
    parts = [_open_one(one, column, split, config_name) for one in specs]
    _check_options(parts, column, split, config_name)
    return parts[0] if len(parts) == 1 else CombinedSource(parts)


def _split_list(spec: str) -> list[str]:
    # The empty path is the current folder, which nobody means.
    if spec.strip() and Path(spec).expanduser().exists():
        return [spec]
    return [part.strip() for part in spec.split(",") if part.strip()]


def _open_one(spec: str, column: str | None, split: str, config_name: str | None) -> TextSource:
    if spec.startswith("builtin:"):
        if spec != builtin.NAME:
            raise TextError(f"there is no built-in text {spec!r}", cure=f"use {builtin.NAME}")
        return builtin.PythonDocs()
    kind, colon, rest = spec.partition(":")
    if colon and kind in KINDS and not Path(spec).exists():
        return _open_data(kind, rest, column)
    if spec == "-":
        return _open_data("txt", spec, column)
    path = Path(spec).expanduser()
    if path.is_dir():
        return _open_folder(path, column, split, config_name)
    kind = _kind_of(path)
    if path.exists() or kind in KINDS or _looks_like_path(spec):
        _existing(spec)
        if kind not in KINDS:
            raise TextError(
                f"cannot tell what kind of text {path.name!r} is, expected a name that ends in "
                f"{', '.join('.' + known for known in KINDS)} (also with .gz or .zst)",
                cure=f"say the kind in front, for example txt:{path.name}",
            )
        return _open_data(kind, spec, column)
    if not _HUB_ID.fullmatch(spec):
        raise TextError(
            f"there is no file {spec!r}, and it is no dataset id either",
            cure="give a path that exists, a dataset id such as org/name, or builtin:python-docs",
        )
    return DatasetSource(spec, column=column, split=split, config_name=config_name)


def _open_data(kind: str, where: str, column: str | None) -> TextSource:
    if kind == "parquet":
        if where == "-":
            raise TextError("Parquet cannot be read from standard input", cure="save it to a .parquet file first")
        return ParquetSource(_existing(where), column)
    return _READERS[kind](StdinBytes() if where == "-" else _existing(where), column)


def _existing(where: str) -> FileBytes:
    path = Path(where).expanduser()
    if not path.exists():
        raise TextError(f"there is no file {where!r}", cure="check the path, or give a dataset id such as org/name")
    if path.is_dir():
        raise TextError(f"{where!r} is a folder, expected a file", cure="name a file in it")
    # A pipe can be read only once; standard input is kept, so that it can be read again.
    if not path.is_file():
        raise TextError(f"{where!r} is not an ordinary file", cure="give it on standard input and use --text -")
    return FileBytes(path)


def _open_folder(path: Path, column: str | None, split: str, config_name: str | None) -> TextSource:
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    texts = [file for file in files if _kind_of(file) == "txt"]
    if not files:
        raise TextError(f"the folder {path.name!r} is empty", cure="name a folder that holds texts or a dataset")
    # `datasets` would make every line of a .txt file a document.
    if texts and len(texts) == len(files):
        folder = path.resolve()
        names = [f"{folder.name}/{file.relative_to(path).as_posix()}" for file in texts]
        parts = [TxtSource(FileBytes(file, name=name)) for file, name in zip(texts, names, strict=True)]
        return CombinedSource(parts, name=folder.name)
    return DatasetSource(path, column=column, split=split, config_name=config_name)


def _kind_of(path: Path) -> str:
    inner = path.with_suffix("") if path.suffix in COMPRESSIONS else path
    return inner.suffix.lower().lstrip(".")


def _looks_like_path(spec: str) -> bool:
    return spec.startswith(("/", "./", "../", "~")) or spec.endswith(COMPRESSIONS) or spec.count("/") > 1


def _check_options(parts: Sequence[TextSource], column: str | None, split: str, config_name: str | None) -> None:
    tables = (JsonlSource, CsvSource, ParquetSource, DatasetSource)
    if column is not None and not any(isinstance(part, tables) for part in parts):
        raise ConfigError(f"got column {column!r}, but this text has no columns", cure="leave --column out")
    if column_positions(column) and not any(isinstance(part, CsvSource) for part in parts):
        raise ConfigError(
            f"got column {column!r}: positions are for CSV without a header row",
            cure="name the column instead",
        )
    if any(isinstance(part, DatasetSource) for part in parts):
        return
    for option, value, usual in (("split", split, "train"), ("configuration", config_name, None)):
        if value != usual:
            raise ConfigError(
                f"got {option} {value!r}, but only datasets have one", cure="leave it out, or give a dataset"
            )
