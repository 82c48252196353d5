"""`import microtome` is light and quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys

HEAVY = ("transformers", "numba", "triton", "datasets", "pyarrow", "plotly", "rich", "typer", "wandb", "torch")


def fresh(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_loads_nothing_heavy() -> None:
    loaded = json.loads(fresh("import sys, json, microtome; print(json.dumps(sorted(sys.modules)))"))
    assert not [name for name in HEAVY if name in loaded]


def test_every_public_name_resolves_without_transformers() -> None:
    code = """
import sys, microtome
for name in microtome.__all__: getattr(microtome, name)
print(microtome.LanguageModel.__module__, 'transformers' in sys.modules)
"""
    assert fresh(code).split() == ["microtome.models.language_model", "False"]


def test_unknown_names_are_attribute_errors() -> None:
    assert "has no attribute 'nothing'" in fresh(
        "import microtome\ntry: microtome.nothing\nexcept AttributeError as e: print(e)"
    )


def test_huge_pages_are_asked_for_unless_the_user_decided() -> None:
    code = "import os, microtome; print(os.environ['THP_MEM_ALLOC_ENABLE'])"
    for given, expected in ((None, "1"), ("0", "0")):
        environment = {key: value for key, value in os.environ.items() if key != "THP_MEM_ALLOC_ENABLE"}
        environment |= {"THP_MEM_ALLOC_ENABLE": given} if given else {}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
