"""Ties the built web app to its source: writes the bundle's manifest, or checks it. Needs no Node.

`python scripts/ui_bundle.py --write` is the last step of `make ui`; `check()` is what `scripts/check_wheel.py` asks.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, BUNDLE = ROOT / "ui", ROOT / "src" / "microtome" / "app" / "static"
MANIFEST = "manifest.json"


def sources_digest(folder: Path = SOURCE) -> str:
    """SHA-256 over the names and contents of everything the bundle is built from."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "node_modules" not in p.parts):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def bundle_digests(folder: Path = BUNDLE) -> dict[str, str]:
    """SHA-256 of every built file."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }


def expected() -> dict[str, object]:
    return {"files": bundle_digests(), "sources_sha256": sources_digest()}


def check() -> str:
    """What is wrong with the bundle, empty when nothing is."""
    path = BUNDLE / MANIFEST
    if not path.is_file():
        return f"{path.relative_to(ROOT)} is missing: run 'make ui'"
    written, now = json.loads(path.read_text()), expected()
    if written.get("sources_sha256") != now["sources_sha256"]:
        return "the web app was built from other sources than those in ui/: run 'make ui' and commit the result"
    if written.get("files") != now["files"]:
        return "the built web app was changed by hand: run 'make ui'"
    return ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        (BUNDLE / MANIFEST).write_text(json.dumps(expected(), indent=2, sort_keys=True) + "\n")
    elif problem := check():
        sys.exit(problem)
