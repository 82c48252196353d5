"""Every kind of source gives the same documents it was made of, and says in one line what is wrong with a bad one."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome.errors import ConfigError, TextError
from microtome.text import Document, MemorySource, PackingConfig, open_text, read_blocks
from microtome.text import streams as streams_module
from microtome.text.files import SECTION_CHARACTERS, _sections

ROWS = ["The first text, with a comma.", 'A "quoted" one\nover two lines', "naïve café 東京 🙂", "the last"]
LONG = "".join(f"line {n} of a long text with näïve words\n" for n in range(2000))


def _compress(path: Path, data: bytes) -> None:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    elif path.suffix == ".zst":
        zstandard = pytest.importorskip("zstandard")
        # Two frames, as parallel compressors write.
        half = len(data) // 2
        compress = zstandard.ZstdCompressor().compress
        path.write_bytes(compress(data[:half]) + compress(data[half:]))
    else:
        path.write_bytes(data)


def _jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _texts(spec: str | list[str], **options: Any) -> list[str]:
    return [document.text for document in open_text(spec, **options).documents()]


def _error(spec: str | list[str], one_line: Any, **options: Any) -> str:
    with pytest.raises(TextError) as caught:
        list(open_text(spec, **options).documents())
    return str(one_line(caught.value))


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_tables_give_their_rows_in_order(tmp_path: Path, ending: str) -> None:
    table = {
        "rows.jsonl": _jsonl([{"text": row, "n": n} for n, row in enumerate(ROWS)]),
        "rows.csv": _csv([["n", "text"], *([str(n), row] for n, row in enumerate(ROWS))]),
    }
    for name, data in table.items():
        path = tmp_path / (name + ending)
        _compress(path, data)
        source = open_text(str(path))
        assert [document.text for document in source.documents()] == ROWS
        assert [document.id for document in source.documents()] == [f"{path.name}#{n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_a_plain_text_is_cut_at_line_ends_and_loses_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"book.txt{ending}"
    _compress(path, LONG.encode())
    documents = list(open_text(str(path)).documents())
    assert "".join(document.text for document in documents) == LONG
    assert all(len(document.text) <= SECTION_CHARACTERS and document.text.endswith("\n") for document in documents)
    assert documents[2].id == f"book.txt{ending}#3"


@settings(deadline=None)
@given(text=st.text(alphabet="ab\n", max_size=300), limit=st.integers(1, 20))
def test_sections_put_together_are_the_text(text: str, limit: int) -> None:
    sections = list(_sections(io.StringIO(text), limit))
    assert "".join(sections) == text
    assert all(0 < len(section) <= limit for section in sections)
    for section in sections[:-1]:
        # Only a line that is too long for a section is cut inside.
        assert section.endswith("\n") or "\n" not in section


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert _texts(str(tmp_path / "windows.txt")) == ["one\ntwo\n"]
    (tmp_path / "windows.csv").write_bytes(b"\xef\xbb\xbftext\r\none\r\n")
    assert _texts(str(tmp_path / "windows.csv")) == ["one"]


def test_parquet_gives_its_rows(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3, 4, 5], "content": [*ROWS, None]}), path, row_group_size=2)
    assert _texts(str(path)) == ROWS
    pq.write_table(pa.table({"title": ["a"], "body": pa.array(["b"]).dictionary_encode()}), path)
    assert _texts(str(path), column="title+body") == ["a\nb"]


def test_csv_without_a_header_row_is_read_by_position(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_bytes(b'"3","A title","Its text"\n"4","Another","More, text"\n')
    assert _texts(str(path), column="2+3") == ["A title\nIts text", "Another\nMore, text"]
    assert _texts(str(path), column="3") == ["Its text", "More, text"]


def test_the_one_column_of_strings_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"n,score,review\n1,0.5,good\n2,0.1,bad\n")
    assert _texts(str(tmp_path / "a.csv")) == ["good", "bad"]
    (tmp_path / "a.jsonl").write_bytes(_jsonl([{"n": 1, "review": "good"}, {"n": 2, "review": None}]))
    assert _texts(str(tmp_path / "a.jsonl")) == ["good"]


def test_a_first_row_without_text_does_not_hide_the_column(tmp_path: Path, one_line: Any) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(_jsonl([{"text": None, "url": "here"}, {"text": "good", "url": "there"}]))
    assert _texts(str(path)) == ["good"]
    path.write_bytes(_jsonl([{"body": None, "url": "here"}, {"body": "good", "url": "there"}]))
    assert "several columns of strings: 'body', 'url'" in _error(str(path), one_line)


def test_half_a_surrogate_pair_becomes_the_replacement_character(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "cut \\ud83d here"}\n{"text": "\\ud83d\\ude42"}\n')
    assert _texts(str(tmp_path / "a.jsonl")) == ["cut \ufffd here", "🙂"]


def test_several_sources_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    a, b, c = tmp_path / "a.txt", tmp_path / "b.csv", tmp_path / "sub" / "a.txt"
    for path, text in ((a, "one"), (b, "text\ntwo\n"), (c, "three")):
        path.write_text(text)
    for spec in (f"{a},{b},{c}", [str(a), str(b), str(c)], [f"{a}, {b}", str(c)]):
        documents = list(open_text(spec).documents())
        assert [document.text for document in documents] == ["one", "two", "three"]
        assert [document.id for document in documents] == ["1:a.txt#1", "b.csv#1", "3:a.txt#1"]
    comma = tmp_path / "with,comma.txt"
    comma.write_text("four")
    assert _texts(str(comma)) == ["four"]


def test_a_folder_of_plain_texts(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.txt").write_text("two")
    (folder / "a.txt").write_text("one\nstill one")
    (folder / "deep" / "a.txt").write_text("three")
    source = open_text(str(folder))
    assert source.name == "books"
    assert list(source.documents()) == [
        Document("books/a.txt#1", "one\nstill one"),
        Document("books/b.txt#1", "two"),
        Document("books/deep/a.txt#1", "three"),
    ]


def _stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_standard_input_can_be_read_twice_and_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    _stdin(monkeypatch, LONG.encode())
    first = open_text("-")
    begun = first.documents()
    assert next(begun).id == "-#1"
    second = open_text("-")
    assert "".join(document.text for document in second.documents()) == LONG
    assert "".join(document.text for document in first.documents()) == LONG
    assert first.fingerprint == second.fingerprint
    assert sum(1 for _ in begun) == sum(1 for _ in first.documents()) - 1


def test_standard_input_of_tables(monkeypatch: pytest.MonkeyPatch, one_line: Any) -> None:
    _stdin(monkeypatch, _jsonl([{"text": row} for row in ROWS]))
    assert _texts("jsonl:-") == ROWS
    _stdin(monkeypatch, b"text\none\n")
    assert _texts("csv:-") == ["one"]
    assert _error("parquet:-", one_line) == (
        "Parquet cannot be read from standard input. Save it to a .parquet file first."
    )


def test_standard_input_without_end_is_read_only_as_far_as_needed(
    monkeypatch: pytest.MonkeyPatch, tokenizer: Any
) -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            line = b"the lazy dog\n"
            buffer[: len(line)] = line
            return len(line)

    class Stdin:
        buffer = io.BufferedReader(Endless())

    monkeypatch.setattr(sys, "stdin", Stdin())
    blocks = read_blocks(open_text("-"), tokenizer, PackingConfig(context=16), max_tokens=500)
    assert blocks.n_usable >= 500


def test_a_process_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(TextError) as caught:
        open_text("-")
    assert str(caught.value) == "there is no standard input to read. Name a file instead of -."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(TextError, match=r"is not an ordinary file\. Give it on standard input and use --text -\."):
        open_text(str(tmp_path / "pipe.txt"))


def test_a_prefix_names_the_kind_of_a_file(tmp_path: Path, one_line: Any) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# hello")
    assert _texts(f"txt:{path}") == ["# hello"]
    assert _error(str(path), one_line) == (
        "cannot tell what kind of text 'notes.md' is, expected a name that ends in .txt, .jsonl, .csv, .parquet "
        "(also with .gz or .zst). Say the kind in front, for example txt:notes.md."
    )


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize("keep", [0, 5, 200, -9])
def test_a_truncated_compressed_file_is_never_read_as_a_shorter_text(
    tmp_path: Path, ending: str, keep: int, one_line: Any
) -> None:
    path = tmp_path / f"cut.txt{ending}"
    _compress(path, LONG.encode())
    path.write_bytes(path.read_bytes()[:keep])
    message = _error(str(path), one_line)
    if keep:
        assert message == (
            f"'cut.txt{ending}' is cut short: its compressed data ends before its end mark. "
            "Download it or compress it again."
        )
    else:
        assert "'cut.txt" in message


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_what_is_not_compressed_is_refused(tmp_path: Path, ending: str, one_line: Any) -> None:
    path = tmp_path / f"plain.txt{ending}"
    path.write_text("just some plain text, long enough for a header")
    message = _error(str(path), one_line)
    assert message.startswith(f"'plain.txt{ending}' cannot be decompressed: ")
    assert message.endswith("Download it or compress it again.")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "latin.txt",
            "naïve".encode("latin-1"),
            "'latin.txt' is not UTF-8 text: the byte 0xef cannot be decoded (invalid continuation byte). "
            "Convert it, for example with `iconv -f latin1 -t utf-8`, or give another file.",
        ),
        (
            "picture.txt",
            b"\x89PNG\x00\x01",
            "'picture.txt' is binary, expected UTF-8 text. Give a text file, or convert it to UTF-8 if it is UTF-16.",
        ),
        ("empty.txt", b"", "'empty.txt' holds no text. Give a text with at least one word."),
        ("blank.txt", b" \n\n\t", "'blank.txt' holds no text. Give a text with at least one word."),
        ("empty.csv", b"", "'empty.csv' holds no text. Give a text with at least one word."),
        (
            "two.csv",
            b"title,body\na,b\n",
            "'two.csv' has no column 'text' or 'content' and several columns of strings: 'title', 'body'. "
            "Name one with --column, or join several: --column 'title+body', "
            "or its position, such as --column 2+3, if the file has no header row.",
        ),
        (
            "numbers.csv",
            b"a,b\n1,2\n",
            "'numbers.csv' has no column of strings, its columns are 'a', 'b'. Give a table with a column of text, "
            "or its position, such as --column 2+3, if the file has no header row.",
        ),
        (
            "ragged.csv",
            b"text,n\na,1\nb\n",
            "row 2 of 'ragged.csv' has 1 columns, the first has 2. "
            "Quote cells that hold commas or line ends; the file may also be cut short.",
        ),
        (
            "cut.csv",
            b'text\n"a\n',
            "line 2 of 'cut.csv' is not CSV: unexpected end of data. "
            "Close and double quotes as CSV asks; the file may also be cut short.",
        ),
        (
            "cut.jsonl",
            b'{"text": "a"}\n{"text": "b',
            "line 2 of 'cut.jsonl' is not JSON (Unterminated string starting at at character 10). "
            "Give one JSON object on each line; the file may also be cut short.",
        ),
        (
            "list.jsonl",
            b'["a"]\n',
            "line 1 of 'list.jsonl' is a JSON list, expected an object. "
            'Give a file with one object on each line, such as {"text": "..."}.',
        ),
        (
            "lacking.jsonl",
            b'{"text": "a"}\n{"n": 1}\n',
            "row 2 of 'lacking.jsonl' has no column 'text', it has 'n'. "
            "Give every row the same columns, or name another with --column.",
        ),
        (
            "mixed.jsonl",
            b'{"text": "a"}\n{"text": 1}\n',
            "row 2 of 'mixed.jsonl' holds int in the column 'text', expected a string. "
            "Name a column of text with --column.",
        ),
    ],
)
def test_bad_files_are_refused_in_one_line(
    tmp_path: Path, name: str, data: bytes, said: str, one_line: Callable[[BaseException], str]
) -> None:
    (tmp_path / name).write_bytes(data)
    assert _error(str(tmp_path / name), one_line) == said


def test_a_truncated_parquet_file(tmp_path: Path, one_line: Any) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "cut.parquet"
    pq.write_table(pa.table({"text": ROWS}), path)
    path.write_bytes(path.read_bytes()[:-20])
    message = _error(str(path), one_line)
    assert message.startswith("'cut.parquet' is not a whole Parquet file: ")
    assert message.endswith("Download or write it again.")


def test_a_missing_column_names_those_there_are(tmp_path: Path, one_line: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"title,body\na,b\n")
    assert _error(str(path), one_line, column="title+boddy") == (
        "'a.csv' has no column 'boddy', it has 'title', 'body'. "
        "Name one of these columns with --column, or its position, such as --column 2+3, "
        "if the file has no header row."
    )
    assert _error(str(path), one_line, column="3") == (
        "'a.csv' has 2 columns, got position 3. Give positions from 1 to 2."
    )
    with pytest.raises(TextError, match="expected positions from 1"):
        open_text(str(path), column="0")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            "nothing.txt",
            "there is no file 'nothing.txt'. Check the path, or give a dataset id such as org/name.",
        ),
        ("  ", "got no text. Name one, for example builtin:python-docs or a .txt file."),
        ("./nothing", "there is no file './nothing'. Check the path, or give a dataset id such as org/name."),
        ("builtin:shakespeare", "there is no built-in text 'builtin:shakespeare'. Use builtin:python-docs."),
        ("", "got no text. Name one, for example builtin:python-docs or a .txt file."),
        (
            "what is this?",
            "there is no file 'what is this?', and it is no dataset id either. "
            "Give a path that exists, a dataset id such as org/name, or builtin:python-docs.",
        ),
    ],
)
def test_specs_that_name_nothing(spec: str, said: str, one_line: Any) -> None:
    assert _error(spec, one_line) == said


def test_options_that_nothing_uses_are_refused(tmp_path: Path) -> None:
    text, table = tmp_path / "a.txt", tmp_path / "a.jsonl"
    text.write_text("a")
    table.write_bytes(_jsonl([{"text": "a"}]))
    with pytest.raises(ConfigError, match="got column 'text', but this text has no columns"):
        open_text(str(text), column="text")
    with pytest.raises(ConfigError, match="positions are for CSV without a header row"):
        open_text(str(table), column="1")
    with pytest.raises(ConfigError, match="got split 'test', but only datasets have one"):
        open_text(str(table), split="test")
    with pytest.raises(ConfigError, match="got configuration 'en', but only datasets have one"):
        open_text(str(table), config_name="en")


def test_fingerprints_know_equal_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = tmp_path / "a.txt", tmp_path / "b.txt"
    a.write_text(LONG)
    b.write_text(LONG)
    assert open_text(str(a)).fingerprint == open_text(str(b)).fingerprint
    # Large files are known by samples: their first and last bytes are always among them.
    for limit in (streams_module.WHOLE_HASH_BYTES, 10):
        monkeypatch.setattr(streams_module, "WHOLE_HASH_BYTES", limit)
        monkeypatch.setattr(streams_module, "_SAMPLE_BYTES", 100)
        before = open_text(str(a)).fingerprint
        assert before == open_text(str(a)).fingerprint
        for changed in ("x" + LONG[1:], LONG[:-1] + "x", LONG + "x"):
            b.write_text(changed)
            assert open_text(str(b)).fingerprint != before
    assert open_text([str(a), str(b)]).fingerprint != open_text([str(b), str(a)]).fingerprint
    assert MemorySource(["a", "b"]).fingerprint != MemorySource(["ab"]).fingerprint
