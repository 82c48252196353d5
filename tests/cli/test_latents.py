"""`microtome latents` and `microtome show` as a user meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from microtome.latents import LatentStore
from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def described(folder: Path, trained: tuple[Path, object]) -> Path:
    """A run with a store, made by the command itself in one test of this module."""
    return Path(shutil.copytree(trained[0], folder / "described", dirs_exist_ok=True))


def test_from_run_to_store_to_queries(microtome: Command, described: Path, folder: Path) -> None:
    built = microtome("latents", "described", "--tokens", "8000")
    assert built.code == 0, built.err
    assert "MiB of memory beside the models" in built.out and "dead" in built.out
    rare = LatentStore.open(described).overview()["rare_direction"]
    told = f"{rare['share']:.1%} of {rare['rare']:,} rare latents within cosine 0.9 of their common encoder direction"
    assert (told if rare["rare"] else "no latent is rare") in built.out
    table = microtome("latents", "described", "--list", "--sort", "density", "--limit", "3")
    assert table.code == 0 and "256 latents" in table.out
    one = json.loads(microtome("show", "described", "--latent", "7", "--json").out)
    assert one["latent"] == 7
    named = microtome("show", "described", "--latent", "7", "--label", "seven of nine", "--note", "checked")
    assert "named: seven of nine checked" in named.out
    assert "raises: " in named.out
    shown = dict(line.split(": ", 1) for line in named.out.splitlines() if "decoder coordinates" in line)
    decoder = one["decoder"]
    for which in ("strongest", "weakest"):
        expected = ", ".join(f"{c['index']} {c['value']:+.3g}" for c in decoder[which])
        assert shown.pop(f"{which} decoder coordinates") == expected
    ((where, bars),) = shown.items()
    edges, counts = decoder["histogram"]["edges"], decoder["histogram"]["counts"]
    assert where == f"decoder coordinates from {edges[0]:.3g} to {edges[-1]:.3g}"
    assert [bar == " " for bar in bars] == [count == 0 for count in counts] and bars[counts.index(max(counts))] == "█"
    assert "seven of nine" in microtome("latents", "described", "--search", "seven OF").out
    nearest = microtome("latents", "described", "--nearest", "7", "--limit", "4")
    assert len(nearest.out.splitlines()) == 4
    direction = LatentStore.open(described).dictionary.W_dec[7].detach().numpy()
    np.save(folder / "seven.npy", direction)
    nearest_to_file = microtome("latents", "described", "--nearest", "seven.npy", "--limit", "5").out.splitlines()
    assert nearest_to_file[0].split() == ["7", "1.000", "seven", "of", "nine"]
    assert nearest_to_file[1:] == nearest.out.splitlines()
    # Filters are taken together, whatever else is asked.
    store = LatentStore.open(described)
    ranged = microtome("latents", "described", "--search", "’", "--density", "0.001,0.02", "--sort", "max", "--json")
    rows = json.loads(ranged.out)["rows"]
    expected = store.table(sort="max", density=(0.001, 0.02), search="’", limit=20)["rows"]
    assert rows == expected and len(rows) > 3 and rows != store.search("’", limit=20)["rows"]
    ends = ("--density", "0.001,0.02", "--limit", "5", "--json")
    near = json.loads(microtome("latents", "described", "--nearest", "7", *ends).out)
    far = json.loads(microtome("latents", "described", "--nearest", "7", *ends, "--ascending").out)
    within = [one for one in store.nearest(7, 255) if 0.001 <= store.column("density")[one.latent] <= 0.02]
    for answer, side in ((near, within[:5]), (far, within[:-6:-1])):
        assert [row["latent"] for row in answer["rows"]] == [one.latent for one in side]
        assert answer["total"] == len(within) and all(0.001 <= row["density"] <= 0.02 for row in answer["rows"])
    weakest = json.loads(microtome("latents", "described", "--sort", "max", "--ascending", "--json").out)["rows"]
    assert weakest == store.table(sort="max", descending=False, limit=20)["rows"]
    mixed = microtome("latents", "described", "--neuronpedia", "export", "--density", "0.1,")
    assert mixed.code == 2 and "got --neuronpedia with --density, it writes every latent" in mixed.err
    (folder / "text.npy").write_text("1, 2, 3")
    for asked, said in (
        ("text.npy", "'text.npy' could not be read as a vector of numbers. Write it with numpy.save"),
        ("no.npy", "'no.npy' could not be read as a vector of numbers"),
        ("x", "got --nearest x, expected a whole number"),
    ):
        refused = microtome("latents", "described", "--nearest", asked)
        assert refused.code == 2 and said in refused.err and len(refused.err.splitlines()) == 1
    # An argument that is not UTF-8 arrives as halves of surrogate pairs.
    before = LatentStore.open(described).user_labels()
    for option in (
        ("--prompt", "\udcff"),
        ("--latent", "7", "--label", "\udcff"),
        ("--latent", "7", "--label", "a", "--note", "\ud800"),
    ):
        refused = microtome("show", "described", *option)
        assert refused.code == 2 and len(refused.err.splitlines()) == 1
        assert " holds half of a surrogate pair or bytes that are not UTF-8, expected text" in refused.err
    assert LatentStore.open(described).user_labels() == before
    # Control characters would act on the terminal, and marks of direction on the line.
    hostile = ("\x1b[2Jgone \u202edenrut", "U+001B[2Jgone U+202Edenrut")
    renamed = microtome("show", "described", "--latent", "7", "--label", hostile[0]).out
    listed = microtome("latents", "described", "--search", "gone", "--limit", "1").out
    assert hostile[1] in renamed and "U+001B" in listed
    assert not {"\x1b", "\u202e"} & {*renamed, *listed}
    prompt = microtome("show", "described", "--prompt", "def main(self):\n    return")
    assert prompt.code == 0 and "latent" in prompt.out and "↵" in prompt.out
    exported = microtome("latents", "described", "--neuronpedia", "export")
    assert exported.code == 0 and (folder / exported.out.strip() / "source.jsonl").is_file()


def test_tokens_that_differ_in_spaces_look_different_on_a_terminal() -> None:
    import io

    from rich.console import Console

    from microtome.console import print_latents

    row = {"density": 0.1, "max": 2.0, "mean": 1.0, "user_label": None}
    labels = ["‘\n  ’, ‘ an’", "‘\n ’, ‘an’"]
    rows = [
        {**row, "latent": i, "top_token": token, "label": {"text": label, "score": 0.5, "scored": "contexts"}}
        for i, (token, label) in enumerate(zip((" an", "an"), labels))
    ]
    out = io.StringIO()
    print_latents(Console(file=out, width=120), {"total": 2, "rows": rows})
    for shown in ("│ ·an       │ ‘↵··’, ‘·an’ ", "│ an        │ ‘↵·’, ‘an’ "):
        assert shown in out.getvalue()


def test_errors_are_one_line(microtome: Command, finished: Path) -> None:
    for arguments, code, text in (
        (
            ("show", "finished", "--latent", "7"),
            1,
            "has no latent store yet. Build it with 'microtome latents finished'",
        ),
        (("show", "finished"), 2, "expected one of --latent and --prompt"),
        (("show", "finished", "--prompt", "x", "--label", "y"), 2, "got --label without a latent to name"),
        (("latents", "nowhere"), 1, "'nowhere' is not a run: it has no run.json"),
        (("latents", "finished", "--dictionary", "no"), 1, "has no dictionary 'no'"),
    ):
        result = microtome(*arguments)
        assert result.code == code, result.err
        assert text in result.err and len(result.err.splitlines()) == 1
