"""Dictionaries on the Hugging Face Hub: listing a release without downloading it, fetching one member, and publishing
our own with a model card that says what it is and how it was measured.

All of it goes through a client with `list_repo_files`, `snapshot_download`, `create_repo` and `upload_folder`, the
methods of `huggingface_hub.HfApi`; tests give one that works on a folder.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from microtome.errors import FormatError
from microtome.formats.recognise import Member, members

_ID = r"(?:hf://)?([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([^/]+))?(?:/(.+))?"


class Client(Protocol):
    """What is used of `huggingface_hub.HfApi`."""

    def list_repo_files(self, repo_id: str, *, revision: str | None = None) -> list[str]: ...

    def snapshot_download(
        self, repo_id: str, *, revision: str | None = None, allow_patterns: list[str] | None = None
    ) -> str: ...

    def create_repo(self, repo_id: str, *, private: bool = False, exist_ok: bool = False) -> Any: ...

    def upload_folder(self, *, repo_id: str, folder_path: str, path_in_repo: str, commit_message: str) -> Any: ...


@dataclass(frozen=True)
class Release:
    """A repository of the Hub; `inside`: the path within it that a reference named."""

    repository: str
    revision: str | None
    inside: str
    client: Client

    def members(self) -> list[Member]:
        """Every dictionary in it, by the names of its files. Raises `FormatError` when it cannot be listed."""
        try:
            files = self.client.list_repo_files(self.repository, revision=self.revision)
        except Exception as error:
            raise _unreachable(self.repository, error) from None
        return members(files)


def release_on_hub(reference: str, client: Client | None = None) -> Release | None:
    """The release that `owner/name[@revision][/path]` names, or None for what is no such name."""
    match = re.fullmatch(_ID, reference)
    if not match:
        return None
    if client is None:
        from huggingface_hub import HfApi

        client = HfApi()
    return Release(match[1], match[2], match[3] or "", client)


def fetch(release: Release, member: Member) -> Path:
    """Download one member and the settings above it; returns where it is on the disk."""
    parents = [str(parent) for parent in PurePosixPath(member.path).parents if str(parent) != "."]
    patterns = [f"{member.path}*" if member.path.endswith(".pt") else f"{member.path}/*" if member.path else "*"]
    patterns += [f"{parent}/config.json" for parent in parents] + ["config.json", "config.yaml"]
    if member.path.endswith(".pt"):
        patterns.append(f"{member.path.removesuffix('.pt')}_cfg.json")
    try:
        root = release.client.snapshot_download(release.repository, revision=release.revision, allow_patterns=patterns)
    except Exception as error:
        raise _unreachable(release.repository, error) from None
    return Path(root) / member.path if member.path else Path(root)


def push(
    folder: Path, repository: str, *, client: Client | None = None, path_in_repo: str = "", private: bool = False
) -> str:
    """Publish a dictionary of ours (a folder with its manifest) with its card. Returns where it is.

    Raises `ArtifactError` for a folder that is damaged, `FormatError` when the Hub refuses.
    """
    from microtome.dictionaries import load_dictionary
    from microtome.formats.card import model_card

    if not re.fullmatch(_ID, repository) or "@" in repository:
        raise FormatError(f"got the repository '{repository}', expected owner/name", cure="Name it like you/gpt2-saes")
    _, manifest = load_dictionary(folder)
    if metrics := measured(folder):
        manifest = {**manifest, "metrics": metrics}
    if client is None:
        from huggingface_hub import HfApi

        client = HfApi()
    try:
        client.create_repo(repository, private=private, exist_ok=True)
        client.upload_folder(
            repo_id=repository,
            folder_path=str(folder),
            path_in_repo=path_in_repo or ".",
            commit_message=f"Add {path_in_repo or folder.name}",
        )
        with tempfile.TemporaryDirectory() as extra:
            card = model_card(manifest, repository, path_in_repo)
            (Path(extra) / "README.md").write_text(card, encoding="utf-8")
            client.upload_folder(
                repo_id=repository, folder_path=extra, path_in_repo=path_in_repo or ".", commit_message="Add the card"
            )
    except Exception as error:
        raise _unreachable(repository, error) from None
    return f"https://huggingface.co/{repository}"


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
