"""Bytes from files and standard input: decompressed while they are read, with every failure as a one-line
error.

Compressed files that end too early must be noticed, not read as a shorter text; the zstandard package's own
file reader does not notice, so frames are decompressed here. Standard input can be read only once, yet a
source must be readable again: what was read is kept in a spool, and a stream without end is read only as far
as it is needed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

from microtome.errors import TextError

COMPRESSIONS = (".gz", ".zst")
WHOLE_HASH_BYTES = 64 * 2**20
_SAMPLES = 64
_SAMPLE_BYTES = 256 * 2**10
_CHUNK_BYTES = 2**18
_SPOOL_MEMORY_BYTES = 16 * 2**20
_STDIN_HASH_BYTES = 16 * 2**20


class ByteSource(Protocol):
    """Something that can be opened for its (decompressed) bytes any number of times."""

    name: str

    def open(self) -> BinaryIO: ...

    def digest(self) -> str: ...


class FileBytes:
    """A file, decompressed while it is read where its name ends in `.gz` or `.zst`."""

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self.path = path
        self.name = name or path.name

    def open(self) -> BinaryIO:
        if self.path.suffix == ".gz":
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        raw = self.path.open("rb")
        if self.path.suffix == ".zst":
            return io.BufferedReader(_ZstdReader(raw), _CHUNK_BYTES)
        return raw

    def digest(self) -> str:
        """sha256 of the file as it lies on disk; of evenly spread samples where the file is large."""
        with reading(self.name), self.path.open("rb") as file:
            return digest_of(file, os.fstat(file.fileno()).st_size)


class StdinBytes:
    """Standard input, kept as it is read so that it can be read again."""

    name = "-"

    def __init__(self) -> None:
        self._spool = _spool_of_stdin()

    def open(self) -> BinaryIO:
        return io.BufferedReader(_SpoolReader(self._spool), _CHUNK_BYTES)

    def digest(self) -> str:
        """sha256 of the first 16 MiB: more would mean waiting for the end of a stream that may have none."""
        with self.open() as file:
            return f"head:{hashlib.sha256(file.read(_STDIN_HASH_BYTES)).hexdigest()}"


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns what can go wrong while `name` is read into a TextError that says what to do."""
    try:
        yield
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise TextError(
            f"{name!r} is not UTF-8 text: the byte 0x{byte:02x} cannot be decoded ({error.reason})",
            cure="convert it, for example with `iconv -f latin1 -t utf-8`, or give another file",
        ) from error
    except EOFError as error:
        raise TextError(
            f"{name!r} is cut short: its compressed data ends before its end mark",
            cure="download it or compress it again",
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _not_decompressed(name, error) from error
    except OSError as error:
        raise TextError(
            f"{name!r} cannot be read: {error.strerror or error}", cure="check the path and its permissions"
        ) from error
    except Exception as error:
        if isinstance(error, _zstd_errors()):
            raise _not_decompressed(name, error) from error
        raise


@contextmanager
def text_stream(source: ByteSource, *, newline: str | None = None) -> Iterator[IO[str]]:
    """Opens `source` as UTF-8 text (a byte order mark is dropped); raises TextError for binary or unreadable
    data.

    `newline` is that of `io.TextIOWrapper`: None turns every kind of line end into `\\n`.
    """
    with reading(source.name), io.BufferedReader(cast(Any, source.open()), _CHUNK_BYTES) as data:
        if b"\0" in data.peek(4096):
            raise TextError(
                f"{source.name!r} is binary, expected UTF-8 text",
                cure="give a text file, or convert it to UTF-8 if it is UTF-16",
            )
        with io.TextIOWrapper(data, encoding="utf-8-sig", newline=newline) as stream:
            yield stream


def digest_of(file: io.BufferedReader, size: int) -> str:
    """sha256 of an open file of `size` bytes; over 64 MiB, of its size and 64 samples spread evenly over
    it.
    """
    if size <= WHOLE_HASH_BYTES:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    digest = hashlib.sha256(str(size).encode())
    for sample in range(_SAMPLES):
        file.seek((size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
        digest.update(file.read(_SAMPLE_BYTES))
    return f"sampled:{digest.hexdigest()}"


def _not_decompressed(name: str, error: Exception) -> TextError:
    return TextError(f"{name!r} cannot be decompressed: {error}", cure="download it or compress it again")


def _zstd_errors() -> tuple[type[Exception], ...]:
    # Only a module that is already loaded can have raised its error.
    loaded = [sys.modules.get("zstandard"), sys.modules.get("compression.zstd")]
    return tuple(module.ZstdError for module in loaded if module is not None)


def _zstd_decompressor() -> Any:
    try:
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj()
    except ImportError:
        pass
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found,unused-ignore]

        return ZstdDecompressor()
    except ImportError as error:
        raise TextError(
            "reading .zst files needs the package 'zstandard'", cure="install it: pip install zstandard"
        ) from error


class _ZstdReader(io.RawIOBase):
    """The bytes of one or more zstd frames; EOFError where the last frame is not complete."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._frame = _zstd_decompressor()
        self._in_frame = False
        self._started = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            if not self._decompress_more():
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _decompress_more(self) -> bool:
        data = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame, self._in_frame = _zstd_decompressor(), False
        data = data or self._raw.read(_CHUNK_BYTES)
        if not data:
            if self._in_frame or not self._started:
                raise EOFError
            return False
        self._in_frame = self._started = True
        self._ready = memoryview(self._frame.decompress(data))
        if self._frame.eof and not self._frame.unused_data:
            self._in_frame = False
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Spool:
    """What was read of a stream so far, on disk once it is large."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.length = 0
        self._kept = tempfile.SpooledTemporaryFile(max_size=_SPOOL_MEMORY_BYTES)  # noqa: SIM115 - lives on
        self._ended = False

    def read(self, position: int, size: int) -> bytes:
        if position >= self.length and not self._ended:
            read = getattr(self.stream, "read1", self.stream.read)
            data: bytes = read(_CHUNK_BYTES)
            self._ended = not data
            self._kept.seek(self.length)
            self._kept.write(data)
            self.length += len(data)
        self._kept.seek(position)
        return self._kept.read(size)


class _SpoolReader(io.RawIOBase):
    def __init__(self, spool: _Spool) -> None:
        self._spool = spool
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._spool.read(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


_stdin_spool: _Spool | None = None


def _spool_of_stdin() -> _Spool:
    # One spool for the process: a second reader of standard input must get what the first one has already
    # taken.
    global _stdin_spool
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise TextError("there is no standard input to read", cure="name a file instead of -")
    if _stdin_spool is None or _stdin_spool.stream is not stream:
        _stdin_spool = _Spool(stream)
    return _stdin_spool
