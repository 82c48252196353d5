"""Builds the wheel and checks that what the package needs at run time is inside it, the current web app included."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import ui_bundle

ROOT = Path(__file__).resolve().parent.parent


def expected_files() -> set[str]:
    """Every file git tracks below src/microtome, as it is named in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "src/microtome"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    return {name.removeprefix("src/") for name in listed}


def main() -> int:
    if problem := ui_bundle.check():
        print(problem, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            packed = {name: archive.read(name) for name in names if name.startswith("microtome/app/static/")}
        manifest = f"microtome/app/static/{ui_bundle.MANIFEST}"
        if packed.get(manifest) != (ui_bundle.BUNDLE / ui_bundle.MANIFEST).read_bytes():
            print("the wheel does not hold this web app", file=sys.stderr)
            return 1
        missing = sorted(expected_files() - names)
        if missing:
            print(f"the wheel lacks {len(missing)} files: {', '.join(missing[:10])}", file=sys.stderr)
            return 1
        print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size / 1e6:.1f} MB, nothing missing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
