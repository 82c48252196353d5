"""The committed web app is the one its sources make, and loads nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.test_docs import ROOT

SCRIPT = ROOT / "scripts" / "ui_bundle.py"
STATIC = ROOT / "src" / "microtome" / "app" / "static"


def test_the_bundle_belongs_to_its_sources() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_change_on_either_side_is_noticed(tmp_path: Path) -> None:
    for folder in ("ui/src", "ui/public", "src/microtome/app/static", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in (ROOT / "ui").glob("*.*"):
        if file.is_file():
            shutil.copy(file, tmp_path / "ui" / file.name)

    def said() -> str:
        command = [sys.executable, str(tmp_path / "scripts" / "ui_bundle.py")]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert said() == ""
    source = tmp_path / "ui" / "src" / "main.tsx"
    before = source.read_text()
    source.write_text(before + "\n")
    assert "built from other sources" in said()
    source.write_text(before)
    with open(tmp_path / "src" / "microtome" / "app" / "static" / "app.js", "a") as file:
        file.write("//")
    assert "changed by hand" in said()
    (tmp_path / "src" / "microtome" / "app" / "static" / "manifest.json").unlink()
    assert "is missing" in said()


def test_nothing_is_loaded_from_elsewhere() -> None:
    for name in ("app.js", "app.css", "index.html", "widget.js"):
        text = (STATIC / name).read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
        # Names of XML languages are not addresses that anything is loaded from.
        assert {a for a in addresses if not a.startswith("http://www.w3.org/")} == set()
