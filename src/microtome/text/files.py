"""Text, CSV, JSON-lines and Parquet files as documents, read row by row and never whole.

A `.txt` file is one text. It is cut at line ends into sections, each a document of its own, so that a single
book can still be split by document and a token traced to a place in it. A row of a table is a document.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from microtome.errors import TextError
from microtome.text.columns import SAMPLE_ROWS, choose_columns, column_positions, columns_of, row_text
from microtome.text.documents import Document, TextSource
from microtome.text.streams import ByteSource, FileBytes, reading, text_stream

SECTION_CHARACTERS = 8_000
_READ_CHARACTERS = 2**18
# The csv module refuses longer cells by default; whole articles are longer.
_LONGEST_CELL = 2**31 - 1


class _BytesSource(TextSource):
    """What the readers of one file or of standard input share."""

    def __init__(self, data: ByteSource, column: str | None = None) -> None:
        self.data = data
        self.name = data.name
        self.column = column

    @property
    def fingerprint(self) -> str:
        return f"{type(self).__name__}:{self.column or ''}:{self.data.digest()}"


class TxtSource(_BytesSource):
    """A plain text, cut at line ends into sections of at most 8,000 characters with ids `name#1`, `name#2`,
    ...
    """

    def _read(self) -> Iterator[Document]:
        with text_stream(self.data) as stream:
            for number, section in enumerate(_sections(stream, SECTION_CHARACTERS), start=1):
                yield Document(f"{self.name}#{number}", section)


class JsonlSource(_BytesSource):
    """JSON lines: one object a line, ids `name#line`; blank lines are passed over."""

    def _read(self) -> Iterator[Document]:
        with text_stream(self.data, newline="\n") as stream:
            rows = (
                (number, self._row(line, number)) for number, line in enumerate(stream, start=1) if not line.isspace()
            )
            sample = list(islice(rows, SAMPLE_ROWS))
            names, strings = columns_of([row for _, row in sample])
            columns = choose_columns(self.column, names, strings, source=self.name) if sample else []
            for number, row in chain(sample, rows):
                text = row_text(row, columns, source=self.name, number=number)
                yield Document(f"{self.name}#{number}", text)

    def _row(self, line: str, number: int) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise TextError(
                f"line {number} of {self.name!r} is not JSON ({error.msg} at character {error.pos + 1})",
                cure="give one JSON object on each line; the file may also be cut short",
            ) from error
        if not isinstance(row, dict):
            raise TextError(
                f"line {number} of {self.name!r} is a JSON {type(row).__name__}, expected an object",
                cure='give a file with one object on each line, such as {"text": "..."}',
            )
        return row


class CsvSource(_BytesSource):
    """Comma-separated values with a header row, or without one where `column` is made of positions; ids
    `name#row`.
    """

    def _read(self) -> Iterator[Document]:
        csv.field_size_limit(_LONGEST_CELL)
        with text_stream(self.data, newline="") as stream:
            rows = self._rows(stream)
            positions = column_positions(self.column)
            if positions is None:
                header, columns, rows = self._header(rows)
                wanted = [header.index(name) for name in columns]
                width = len(header)
            else:
                first = next(rows, [])
                width, wanted = len(first), [position - 1 for position in positions]
                self._check_positions(positions, width)
                rows = chain([first], rows)
            for number, row in enumerate(rows, start=1):
                if len(row) != width:
                    raise TextError(
                        f"row {number} of {self.name!r} has {len(row)} columns, the first has {width}",
                        cure="quote cells that hold commas or line ends; the file may also be cut short",
                    )
                yield Document(f"{self.name}#{number}", "\n".join(row[at] for at in wanted if row[at]))

    def _rows(self, stream: IO[str]) -> Iterator[list[str]]:
        table = csv.reader(stream, strict=True)
        try:
            for row in table:
                if row:
                    yield row
        except csv.Error as error:
            raise TextError(
                f"line {table.line_num} of {self.name!r} is not CSV: {error}",
                cure="close and double quotes as CSV asks; the file may also be cut short",
            ) from error

    def _header(self, rows: Iterator[list[str]]) -> tuple[list[str], list[str], Iterator[list[str]]]:
        header = next(rows, None)
        if header is None:
            raise TextError(f"{self.name!r} holds no text", cure="give a text with at least one word")
        sample = list(islice(rows, SAMPLE_ROWS))
        # Every cell is a string to the csv module; a column of numbers is not one of text.
        strings = [
            name
            for at, name in enumerate(header)
            if not all(_is_number(row[at]) for row in sample if at < len(row) and row[at])
        ]
        hint = ", or its position, such as --column 2+3, if the file has no header row"
        columns = choose_columns(self.column, header, strings, source=self.name, hint=hint)
        return header, columns, chain(sample, rows)

    def _check_positions(self, positions: list[int], width: int) -> None:
        if width and max(positions) > width:
            raise TextError(
                f"{self.name!r} has {width} columns, got position {max(positions)}",
                cure=f"give positions from 1 to {width}",
            )


class ParquetSource(_BytesSource):
    """A Parquet file, read batch by batch; ids `name#row`."""

    def __init__(self, data: FileBytes, column: str | None = None) -> None:
        super().__init__(data, column)
        self.path: Path = data.path

    def _read(self) -> Iterator[Document]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with reading(self.name), pq.ParquetFile(self.path) as file:
                schema = file.schema_arrow
                strings = [field.name for field in schema if _is_string(field.type)]
                columns = choose_columns(self.column, schema.names, strings, source=self.name)
                number = 0
                for batch in file.iter_batches(batch_size=1024, columns=columns):
                    for row in batch.to_pylist():
                        number += 1
                        text = row_text(row, columns, source=self.name, number=number)
                        yield Document(f"{self.name}#{number}", text)
        except pa.ArrowException as error:
            reason = str(error).splitlines()[0]
            raise TextError(
                f"{self.name!r} is not a whole Parquet file: {reason}", cure="download or write it again"
            ) from error


def _sections(stream: IO[str], limit: int) -> Iterator[str]:
    pending = ""
    while chunk := stream.read(_READ_CHARACTERS):
        pending += chunk
        at = 0
        while len(pending) - at > limit:
            cut = pending.rfind("\n", at, at + limit) + 1 or at + limit
            yield pending[at:cut]
            at = cut
        pending = pending[at:]
    if pending:
        yield pending


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_string(kind: Any) -> bool:
    import pyarrow.types as types

    value = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(value) or types.is_large_string(value) or types.is_string_view(value))
