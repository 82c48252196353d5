"""Dictionaries on the Hugging Face Hub: listing a release without downloading it, fetching one member, and publishing
our own with a model card that says what it is and how it was measured.

All of it goes through a client with `list_repo_files`, `snapshot_download`, `create_repo` and `upload_folder`, the
methods of `huggingface_hub.HfApi`; tests give one that works on a folder.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from microtome.errors import FormatError
from microtome.formats.reading import short
from microtome.formats.recognise import Member, files_of, members, members_of

_ID = r"(?:hf://)?([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([^/]+))?(?:/(.+))?"
CARD = "README.md"


class Client(Protocol):
    """What is used of `huggingface_hub.HfApi`."""

    def list_repo_files(self, repo_id: str, *, revision: str | None = None) -> list[str]: ...

    def snapshot_download(
        self, repo_id: str, *, revision: str | None = None, allow_patterns: list[str] | None = None
    ) -> str: ...

    def create_repo(self, repo_id: str, *, private: bool = False, exist_ok: bool = False) -> Any: ...

    def upload_folder(
        self,
        *,
        repo_id: str,
        folder_path: str,
        path_in_repo: str,
        commit_message: str,
        ignore_patterns: list[str] | None = None,
    ) -> Any: ...


@dataclass(frozen=True)
class Release:
    """A repository of the Hub; `inside`: the path within it that a reference named."""

    repository: str
    revision: str | None
    inside: str
    client: Client

    @cached_property
    def files(self) -> list[str]:
        """Every file in it, asked for once. Raises `FormatError` when it cannot be listed."""
        try:
            return self.client.list_repo_files(self.repository, revision=self.revision)
        except Exception as error:
            raise _unreachable(self.repository, error) from None

    def members(self) -> list[Member]:
        """Every dictionary in it, by the names of its files. Raises `FormatError` when it cannot be listed."""
        return members(self.files, self.repository)


def release_on_hub(reference: str, client: Client | None = None) -> Release | None:
    """The release that `owner/name[@revision][/path]` names, or None for what is no such name."""
    match = re.fullmatch(_ID, reference)
    if not match:
        return None
    return Release(match[1], match[2], match[3] or "", client or _hub())


def fetch(release: Release, member: Member) -> Path:
    """Download one member and the settings above it, and nothing else; returns where it is on the disk."""
    wanted = files_of(member, release.files)
    if not wanted:
        raise FormatError(f"the release '{release.repository}' has no '{member.path}'", cure="Check its path")
    # Files are named one by one: a pattern's * goes into folders too.
    return _download(release.client, release.repository, release.revision, _literal(wanted)) / member.path


def _literal(names: Iterable[str]) -> list[str]:
    """Patterns that fit these names alone."""
    return [re.sub(r"([*?[])", r"[\1]", name) for name in names]


def fetch_inside(release: Release, member: Member, name: str) -> Path:
    """Download the file that a member's settings name by a path from their folder; returns where it is.

    Raises `FormatError`: it has no such file, or the path leads out of it.
    """
    path = posixpath.normpath(f"{member.path}/{name}".lstrip("/"))
    if name.startswith("/") or path not in release.files:
        raise FormatError(
            f"the release '{release.repository}' has no file '{short(name, 200)}'",
            cure="Check the settings that name it",
        )
    return _download(release.client, release.repository, release.revision, _literal([path])) / path


def fetch_file(uri: str, client: Client | None = None) -> Path:
    """Download one file, named `hf://owner/name/path` with `?revision=…` behind it or not; returns where it is.

    Raises `FormatError`: no such address, or it cannot be reached.
    """
    match = re.fullmatch(r"hf://([^/?@]+/[^/?@]+)/([^?]+?)(?:\?revision=([^&]+))?", uri)
    # A path must stay inside the repository.
    if not match or ".." in PurePosixPath(match[2]).parts:
        raise FormatError(
            f"got the file '{uri}', expected hf://owner/name/path", cure="Check the settings that name it"
        )
    path = _download(client or _hub(), match[1], match[3], [match[2]]) / match[2]
    if not path.is_file():
        raise FormatError(f"the release '{match[1]}' has no file '{match[2]}'", cure="Check the settings that name it")
    return path


def _hub() -> Client:
    from huggingface_hub import HfApi

    return HfApi()


def _download(client: Client, repository: str, revision: str | None, patterns: list[str]) -> Path:
    try:
        return Path(client.snapshot_download(repository, revision=revision, allow_patterns=patterns))
    except Exception as error:
        raise _unreachable(repository, error) from None


def push(
    folder: Path, repository: str, *, client: Client | None = None, path_in_repo: str = "", private: bool = False
) -> str:
    """Publish a dictionary of ours (a folder with its manifest) with its card, or with the README.md that somebody
    wrote into the folder. Returns where it is.

    The Hub shows the README.md of a repository's root: where it holds several dictionaries, or one in a folder, that
    is a page that lists them. A page on the Hub that somebody wrote stays as it is, in the root and in a folder.

    Raises `ArtifactError` for a folder that is damaged, `FormatError` for one that is no dictionary of ours, and when
    the Hub refuses.
    """
    from microtome.dictionaries import load_dictionary
    from microtome.formats.card import is_ours, model_card

    path_in_repo = path_in_repo.strip("/")
    if not re.fullmatch(_ID, repository) or "@" in repository or ".." in PurePosixPath(path_in_repo).parts:
        raise FormatError(f"got the repository '{repository}', expected owner/name", cure="Name it like you/gpt2-saes")
    _one_of_ours(folder)
    _, manifest = load_dictionary(folder)
    if metrics := measured(folder):
        manifest = {**manifest, "metrics": metrics}
    by_hand = (folder / CARD).is_file() and not is_ours(_text(folder / CARD))
    card = model_card(manifest, repository, path_in_repo)
    client, inside = client or _hub(), path_in_repo or "."
    try:
        client.create_repo(repository, private=private, exist_ok=True)
        before = None if by_hand else _page(client, repository, path_in_repo)
        client.upload_folder(
            repo_id=repository,
            folder_path=str(folder),
            path_in_repo=inside,
            commit_message=f"Add {path_in_repo or folder.name}",
            # A card of ours that lies in the folder must not go over what somebody wrote on the Hub.
            ignore_patterns=None if by_hand else [CARD],
        )
        listed = bool(path_in_repo) or len(members(client.list_repo_files(repository))) > 1
        if not by_hand and (before is None or is_ours(before)) and (path_in_repo or not listed):
            _upload_card(client, repository, inside, card)
        if listed and (path_in_repo or not by_hand):
            _list_in_root(client, repository, manifest)
    except Exception as error:
        raise _unreachable(repository, error) from None
    return f"https://huggingface.co/{repository}"


def _one_of_ours(folder: Path) -> None:
    """Raise `FormatError` for a folder of another format, and for one that holds several dictionaries."""
    found = members_of(folder)
    if len(found) > 1:
        shown = ", ".join(member.path or "." for member in found[:4]) + (" …" if len(found) > 4 else "")
        raise FormatError(
            f"'{folder}' holds {len(found)} dictionaries ({shown}), expected one", cure="Name one of them"
        )
    if found and (found[0].format != "microtome" or found[0].path):
        what = f"in '{found[0].path}' " if found[0].path else ""
        raise FormatError(
            f"'{folder}' holds a dictionary {what}in the format {found[0].format}, expected one of microtome",
            cure=f"Give '{folder / found[0].path}'" if found[0].format == "microtome" else "Convert it --to microtome",
        )


def _list_in_root(client: Client, repository: str, manifest: Mapping[str, Any]) -> None:
    from microtome.formats.card import base_models, is_ours, listing_card

    before = _page(client, repository, "")
    if before is not None and not is_ours(before):
        return
    found = members(client.list_repo_files(repository), repository)
    _upload_card(client, repository, ".", listing_card(repository, found, base_models(before or "", manifest)))


def _page(client: Client, repository: str, path_in_repo: str) -> str | None:
    """The README.md that a folder of the repository, or its root, has on the Hub."""
    name = f"{path_in_repo}/{CARD}".lstrip("/")
    if name not in client.list_repo_files(repository):
        return None
    return _text(Path(client.snapshot_download(repository, allow_patterns=_literal([name]))) / name)


def _text(path: Path) -> str:
    """What people wrote, in whatever encoding."""
    return path.read_text(encoding="utf-8", errors="replace")


def _upload_card(client: Client, repository: str, inside: str, card: str) -> None:
    with tempfile.TemporaryDirectory() as extra:
        (Path(extra) / CARD).write_text(card, encoding="utf-8")
        client.upload_folder(repo_id=repository, folder_path=extra, path_in_repo=inside, commit_message="Add the card")


def measured(folder: Path) -> dict[str, float]:
    """The metrics of a run's dictionary (`RUN/dictionaries/NAME`), if it was evaluated."""
    from microtome.evaluation.storage import has_evaluation, load_evaluation

    run, name = folder.absolute().parent.parent, folder.absolute().name
    if not (run / "run.json").is_file() or not has_evaluation(run, name):
        return {}
    metrics, _ = load_evaluation(run, name)
    return {key: value for key, value in metrics.values.items() if value is not None}


def _unreachable(repository: str, error: Exception) -> FormatError:
    why = " ".join(str(error).split())[:160]
    return FormatError(
        f"the release '{repository}' cannot be reached on the Hub ({type(error).__name__}: {why})",
        cure="Check its name and the network, or give a folder",
    )
