"""Every file microtome writes goes through here: whole or not at all, checksummed, and recognised when it comes back.

A file is written under a temporary name, flushed to the disk and renamed. A folder is filled under a temporary name,
gets a `manifest.json` that lists its files with size and SHA-256, and is renamed as one. Reading a folder checks
the manifest, so a file that was cut short or altered is refused by name before anything is built from it.

Tensors are safetensors and the rest is JSON: nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

import microtome
from microtome.errors import ArtifactError

MANIFEST = "manifest.json"
_TEMPORARY = ".partial"


def partial_name(path: Path) -> Path:
    """The temporary name of `path`: what carries such a name is unfinished, and `remove_partial` deletes it."""
    return path.with_name(f"{path.name}{_TEMPORARY}")


def write_bytes(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, atomically: after a crash there is the old file or the new one, never a part."""
    temporary = partial_name(path)
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def write_json(path: Path, value: Any) -> None:
    """`value` as indented JSON with sorted keys, atomically. NaN and infinity are refused: they are not JSON."""
    write_bytes(path, to_json(value))


def to_json(value: Any) -> bytes:
    """The bytes `write_json` writes."""
    return (json.dumps(value, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """The value in a JSON file of ours. Raises `ArtifactError` for a file that is missing or not JSON."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ArtifactError(f"'{path}' is not there", cure="Check the path") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(
            f"'{path}' is not readable JSON ({error}), it was cut short or altered",
            cure="Restore it from a copy, or make the run again",
        ) from None


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Tensors as one safetensors file, atomically. Byte-identical for identical tensors."""
    from safetensors.torch import save

    write_bytes(path, save({name: tensors[name].detach().contiguous().cpu() for name in sorted(tensors)}))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file. Raises `ArtifactError` naming the file when it cannot be read."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except FileNotFoundError:
        raise ArtifactError(f"'{path}' is not there", cure="Check the path") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise ArtifactError(
            f"'{path}' is not a readable safetensors file ({error}), it was cut short or altered",
            cure="Restore it from a copy, or make the run again",
        ) from None


@contextlib.contextmanager
def new_folder(path: Path, *, schema: str, version: int, facts: Mapping[str, Any]) -> Iterator[Path]:
    """Fill a folder that appears at `path` whole, with its manifest, when the block ends; and not at all if it fails.

    `schema` and `version` name the layout, `facts` are further entries of the manifest. An existing folder at `path`
    is refused: nothing of ours is overwritten silently.
    """
    if path.exists():
        raise ArtifactError(f"'{path}' exists already", cure="Choose another name, or remove it first")
    temporary = partial_name(path)
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        manifest = {
            **facts,
            "schema": schema,
            "schema_version": version,
            "microtome": microtome.__version__,
            "files": {file.name: _describe(file) for file in sorted(temporary.iterdir())},
        }
        manifest["manifest_sha256"] = _digest(manifest)
        write_json(temporary / MANIFEST, manifest)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise cannot_write(path, error) from error
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def read_folder(path: Path, *, schema: str, version: int) -> dict[str, Any]:
    """The manifest of a folder written by `new_folder`, after every file in it was checked against it.

    Raises `ArtifactError`, naming the file, when one is missing, cut short or altered, or when the folder is of
    another schema or of a newer version than this library knows.
    """
    manifest = read_json(path / MANIFEST) if (path / MANIFEST).is_file() else None
    if not isinstance(manifest, dict) or "schema" not in manifest:
        raise ArtifactError(f"'{path}' has no {MANIFEST}, expected a folder of schema {schema}", cure="Check the path")
    _check_manifest(manifest, path, path / MANIFEST, schema=schema, version=version)
    for name, expected in manifest["files"].items():
        _check(path / name, expected)
    return manifest


def write_pair(
    path: Path,
    tensors: Mapping[str, Tensor],
    *,
    schema: str,
    version: int,
    facts: Mapping[str, Any],
    overwrite: bool = False,
) -> None:
    """A JSON file at `path` (`….json`) and its tensors beside it (`….safetensors`), whose checksum the JSON holds.

    Raises `ArtifactError` when either is there already (and not to be overwritten), or cannot be written. Both are
    complete before either gets its name, so that whatever fails leaves what was there.
    """
    beside = _beside(path)
    if not overwrite:
        check_free(path, beside)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    made = {partial_name(beside): beside, partial_name(path): path}
    new_tensors, new_json = made
    try:
        write_tensors(new_tensors, tensors)
        manifest = {
            **facts,
            "schema": schema,
            "schema_version": version,
            "microtome": microtome.__version__,
            "tensors": _describe(new_tensors),
        }
        manifest["manifest_sha256"] = _digest(manifest)
        write_json(new_json, manifest)
        for temporary, final in made.items():
            temporary.replace(final)
        _sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        for temporary in made:
            temporary.unlink(missing_ok=True)


def check_free(*paths: Path) -> None:
    """Raises `ArtifactError` naming the first of the files that is there already."""
    for path in paths:
        if path.exists():
            raise ArtifactError(f"'{path}' exists already", cure="Choose another name, or remove it first")


def read_pair(path: Path, *, schema: str, version: int) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The JSON and the tensors of `write_pair`, both checked. They may be moved and renamed together.

    Raises `ArtifactError`, naming the file: missing, cut short, altered, of another schema, or of a newer version.
    """
    manifest = read_json(path)
    if not isinstance(manifest, dict) or "schema" not in manifest:
        raise ArtifactError(f"'{path}' names no schema, expected {schema}", cure="Give a file of that schema")
    _check_manifest(manifest, path, path, schema=schema, version=version)
    beside = _beside(path)
    _check(beside, manifest["tensors"])
    return manifest, read_tensors(beside)


def checkpointable(path: Path) -> bool:
    """Whether `path` is a finished folder (its manifest is there), as opposed to one a crash left half written."""
    return (path / MANIFEST).is_file() and not path.name.endswith(_TEMPORARY)


def remove_partial(folder: Path) -> None:
    """Delete what an interrupted write left in `folder`."""
    for leftover in folder.glob(f"*{_TEMPORARY}"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(path: Path) -> Path:
    if path.suffix != ".json":
        raise ArtifactError(f"'{path}' does not end in .json", cure="Give a name that does")
    return path.with_suffix(".safetensors")


def _check_manifest(manifest: dict[str, Any], whole: Path, file: Path, *, schema: str, version: int) -> None:
    """Raise unless the manifest in `file` is of this schema, not newer, and as it was written; drops its digest."""
    if manifest["schema"] != schema:
        kind = "folder" if whole != file else "file"
        raise ArtifactError(
            f"'{whole}' is of schema {manifest['schema']}, expected {schema}", cure=f"Give a {kind} of that schema"
        )
    if manifest.get("schema_version", 0) > version:
        raise ArtifactError(
            f"'{whole}' is of version {manifest['schema_version']} of {schema}, this microtome reads up to {version}",
            cure=f"Install microtome {manifest.get('microtome', '')} or newer",
        )
    if manifest.pop("manifest_sha256", None) != _digest(manifest):
        raise ArtifactError(
            f"'{file}' does not match its own checksum: it was altered",
            cure="Restore it from a copy, or make the run again",
        )


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(to_json(manifest)).hexdigest()


def _describe(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _check(path: Path, expected: Mapping[str, Any]) -> None:
    cure = "Restore it from a copy, or make the run again"
    if not path.is_file():
        raise ArtifactError(f"'{path}' is missing, its manifest lists it", cure=cure)
    if path.stat().st_size != expected["bytes"]:
        raise ArtifactError(
            f"'{path}' has {path.stat().st_size} bytes, its manifest says {expected['bytes']}: it was cut short",
            cure=cure,
        )
    if sha256_of(path) != expected["sha256"]:
        raise ArtifactError(f"'{path}' does not match its checksum: it was altered", cure=cure)


def check_folder_of(path: str | Path) -> None:
    """Raises the `ArtifactError` that writing `path` would end in for want of its folder, before any work is done."""
    path = Path(path)
    if not path.parent.is_dir():
        raise cannot_write(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))


def cannot_write(path: Path, error: OSError) -> ArtifactError:
    """What a user is told when the system refuses a write."""
    if error.errno == errno.ENOSPC:
        return ArtifactError(
            f"the disk is full: '{path}' could not be written, what was there before is unchanged",
            cure="Free some space, then continue with --resume",
        )
    return ArtifactError(
        f"'{path}' could not be written ({error.strerror or error})", cure="Check the folder and its permissions"
    )


def _sync_folder(folder: Path) -> None:
    # A rename is only on the disk once the folder that holds the name is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
