"""Which format a folder holds, by the names of its files: the same on a disk and in a listing of the Hub."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from microtome.formats.paths import sites_in

#: Files that must all be in one folder, as patterns -> format. The first that matches counts.
_RULES: tuple[tuple[tuple[str, ...], str], ...] = (
    ((r"manifest\.json", r"weights\.safetensors"), "microtome"),
    ((r"cfg\.json", r"sae_weights\.safetensors"), "saelens"),
    ((r"cfg\.json", r"sae\.safetensors"), "sparsify"),
    ((r"config\.json", r"ae\.pt"), "dictionary_learning"),
    ((r"params\.npz",), "gemma-scope"),
    ((r"params\.safetensors",), "gemma-scope-2"),
    ((r"params_layer_\d+\.safetensors",), "gemma-scope-2-clt"),
    ((r"config\.yaml", r"layer_0\.safetensors"), "circuit-tracer"),
    ((r"config\.yaml", r"W_enc_0\.safetensors"), "circuit-tracer"),
    ((r"hyperparams\.json", r"checkpoints/final\.safetensors"), "llama-scope"),
    ((r"config\.json", r"sae_weights\.safetensors"), "llama-scope"),
)

#: What of a member's folder its loader reads, by format; of a release nothing else is fetched.
_FILES = {
    "microtome": r"manifest\.json|weights\.safetensors",
    "saelens": r"cfg\.json|sae_weights\.safetensors|activation_scaler\.json|activation_whitening\.safetensors",
    "sparsify": r"cfg\.json|sae\.safetensors",
    "dictionary_learning": r"config\.json|ae\.pt",
    "gemma-scope": r"params\.npz",
    "gemma-scope-2": r"config\.json|params\.safetensors",
    "gemma-scope-2-clt": r"config\.json|params_layer_\d+\.safetensors",
    "circuit-tracer": r"config\.yaml|layer_\d+\.safetensors|W_(enc|dec)_\d+\.safetensors",
    "llama-scope": r"hyperparams\.json|checkpoints/final\.safetensors|config\.json|sae_weights\.safetensors",
}

CONFIG = "config.yaml"
# dictionary_learning's dictionaries, and those along the way.
_LEARNT = r"(^|/)(ae|checkpoints/ae_\d+)\.pt$"


@dataclass(frozen=True)
class Member:
    """One dictionary (or set) of a release: its folder (or its file) in it, and what the path says of it.

    `where`: the release's name, or the folder's, which is a part of what some formats say by paths.
    """

    path: str
    format: str
    where: str = ""

    @property
    def sites(self) -> tuple[str, ...]:
        """`12.resid_post`, two for a transcoder, where layer and place stand in the path; the layer alone as `12.`."""
        return sites_in(f"{self.where}/{self.path}".strip("/"), self.format)

    @property
    def width(self) -> int | None:
        """Number of latents as the path writes it: `width_16k` is 16,384."""
        found = re.search(r"width_(\d+)(k|m)?(?![a-z0-9])", self.path)
        return None if not found else int(found[1]) * {"k": 1024, "m": 1024**2, None: 1}[found[2]]

    @property
    def l0(self) -> float | None:
        """`average_l0_82`."""
        found = re.search(r"l0_(\d+(?:\.\d+)?)", self.path)
        return float(found[1]) if found else None

    @property
    def l0_word(self) -> str | None:
        """`l0_medium`, as Gemma Scope 2 writes it."""
        found = re.search(r"l0_(small|medium|big)(?![a-z])", self.path)
        return found[1] if found else None


def members(files: Iterable[str], where: str = "") -> list[Member]:
    """Every dictionary and set among files named relative to one folder, in order. `where`: that folder's name."""
    names = sorted(files)
    folders: dict[str, set[str]] = {}
    for name in names:
        parent = PurePosixPath(name).parent
        folders.setdefault("" if str(parent) == "." else str(parent), set()).add(PurePosixPath(name).name)
        if parent.name == "checkpoints":
            folders.setdefault("" if str(parent.parent) == "." else str(parent.parent), set()).add(
                f"checkpoints/{PurePosixPath(name).name}"
            )
    found: list[Member] = []
    for folder, inside in sorted(folders.items()):
        rule = next((rule for rule in _RULES if all(_has(inside, pattern) for pattern in rule[0])), None)
        if rule is not None:
            found.append(Member(folder, rule[1], where))
            continue
        for name in sorted(inside):
            if (
                name.endswith(".pt")
                and "/" not in name
                and (_is_alone(name, inside) or not _is_training_state(f"{where}/{folder}".rstrip("/"), name))
            ):
                paired = f"{name.removesuffix('.pt')}_cfg.json" in inside
                found.append(Member(f"{folder}/{name}".lstrip("/"), "one-layer" if paired else "openai", where))
    # Settings of circuit-tracer that name files of other releases stand alone.
    return found or [
        Member(folder, "circuit-tracer", where) for folder, inside in sorted(folders.items()) if CONFIG in inside
    ]


def files_of(member: Member, files: Iterable[str]) -> list[str]:
    """Those of a release's files that a member is read from: its own, and the settings of the folders above it."""
    folder = f"{member.path}/" if member.path else ""
    own = {member.path, f"{member.path.removesuffix('.pt')}_cfg.json"} if member.path.endswith(".pt") else set()
    above = {(parent / "config.json").as_posix() for parent in PurePosixPath(member.path).parents}
    return [
        name
        for name in files
        if name in own | above
        or (name.startswith(folder) and re.fullmatch(_FILES.get(member.format, "(?!)"), name.removeprefix(folder)))
    ]


def named(path: str, beside: Iterable[str], where: str = "") -> Member | None:
    """A file of dictionary_learning that is named itself: its dictionary, or one along the way, which is no member.

    `beside`: the names of the files in its folder.
    """
    if not re.search(_LEARNT, path):
        return None
    alone = _is_alone(PurePosixPath(path).name, set(beside))
    return Member(path, "openai" if alone else "dictionary_learning", where)


def _is_alone(name: str, inside: set[str]) -> bool:
    """Without settings, a file that is called ae.pt can only be one that needs none."""
    return name == "ae.pt" and "config.json" not in inside


def _is_training_state(folder: str, name: str) -> bool:
    """Files of a training beside its dictionaries: dictionary_learning's checkpoints/ae_N.pt, sparsify's states."""
    if re.search(_LEARNT, f"{folder}/{name}"):
        return True
    return re.fullmatch(r"(rank_\d+_)?state\.pt|(optimizer|lr_scheduler)(_\d+)?\.pt", name) is not None


def members_of(folder: Path) -> list[Member]:
    """The same for a folder or a file on the disk."""
    if folder.is_file():
        if own := named(folder.absolute().as_posix(), (path.name for path in folder.parent.iterdir())):
            return [Member("", own.format, own.path)]
        return [
            Member("", member.format, folder.absolute().as_posix())
            for member in members(p.name for p in folder.parent.iterdir())
            if member.path == folder.name
        ]
    if not folder.is_dir():
        return []
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found = members(names, folder.absolute().as_posix())
    return [member for member in found if member.format != "circuit-tracer" or _is_set(folder / member.path)]


def _is_set(folder: Path) -> bool:
    """Whether settings that could be anything's name transcoders, or have them beside them."""
    if any((folder / name).is_file() for name in ("layer_0.safetensors", "W_enc_0.safetensors")):
        return True
    try:
        return re.search(r"(?m)^transcoders\s*:", (folder / CONFIG).read_text(errors="replace")) is not None
    except OSError:
        return False


def _has(inside: set[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, name) for name in inside)
