"""What the documentation says is true: settings, metric keys, commands, snippets, links, examples."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from microtome.cli import app
from microtome.errors import MicrotomeError
from microtome.evaluation.storage import METRIC_KEYS
from microtome.report import GLOSSARY
from microtome.training import OptimiserConfig, TrainingConfig, config_from
from tests.scripts import run_script

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src"), "HF_HUB_OFFLINE": "1"}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fenced(text: str, language: str) -> list[str]:
    """The bodies of all fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def outside_fences(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def tables(text: str) -> Iterator[list[list[str]]]:
    """Every table as rows of cells, the header first."""
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        yield [rows[0], *rows[2:]]


def column(name: str, heading: str) -> list[str]:
    """The first cells of every table of a page whose first heading is `heading`, without backticks."""
    return [row[0].strip("`") for rows in tables(page(name)) if rows[0][0] == heading for row in rows[1:]]


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_settings_are_those_of_the_config() -> None:
    general, optimiser = [rows for rows in tables(page("docs/training.md")) if rows[0][0] == "key"]
    for rows, config in ((general, TrainingConfig), (optimiser, OptimiserConfig)):
        default = rows[0].index("default")
        written = {row[0].strip("`"): json.loads(row[default].strip("`").replace("none", "null")) for row in rows[1:]}
        actual = {field.name: plain(field.default) for field in dataclasses.fields(config) if field.name != "optimiser"}
        assert written == actual
        assert list(written) == list(actual)


def test_settings_of_a_latent_store_are_those_of_its_config() -> None:
    from microtome.latents import StoreConfig

    (rows,) = [rows for rows in tables(page("docs/latents.md")) if rows[0][0] == "setting of `StoreConfig`"]
    written = {row[0].strip("`"): json.loads(row[1].strip("`")) for row in rows[1:]}
    assert written == {field.name: field.default for field in dataclasses.fields(StoreConfig)}


def test_every_option_of_train_is_in_the_table_and_the_other_way_round() -> None:
    (general,) = [rows for rows in tables(page("docs/training.md")) if rows[0][:2] == ["key", "option"]]
    written = {row[1].strip("`") for row in general[1:]} | {"--out", "--config", "--resume", "--lr"}
    assert written == options_of("train") - {"--help"}


def test_metric_keys_are_explained_everywhere() -> None:
    assert column("docs/formulas.md", "key") == list(METRIC_KEYS)
    assert set(GLOSSARY) == set(METRIC_KEYS)


@pytest.mark.parametrize("block", fenced(page("docs/training.md"), "toml"))
def test_config_files_are_valid(block: str) -> None:
    import tomllib

    config_from(tomllib.loads(block), origin="docs/training.md")


def test_errors_and_exit_codes_are_listed() -> None:
    import microtome.errors as errors

    classes = {
        name for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, MicrotomeError)
    } - {"MicrotomeError"}
    (rows,) = [rows for rows in tables(page("docs/errors.md")) if rows[0][0] == "class"]
    assert {row[0].strip("`") for row in rows[1:]} == classes
    source = page("src/microtome/cli.py")
    twos = re.search(r"sys\.exit\(2 if isinstance\(error, \((.*?)\)\)", source)
    assert twos is not None
    assert {row[0].strip("`") for row in rows[1:] if row[2] == "2"} == set(twos[1].split(", "))


def test_rooms_are_those_import_linter_knows() -> None:
    import tomllib

    contract = tomllib.loads(page("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    layers = [name.removeprefix("microtome.") for line in contract["layers"] for name in line.split(" : ")]
    written = [
        part.strip(" `").rstrip("/").removesuffix(".py")
        for cell in column("docs/architecture.md", "room")
        for part in cell.split(",")
    ]
    assert written == layers
    package = ROOT / "src" / "microtome"
    assert all((package / room).is_dir() or (package / f"{room}.py").is_file() for room in written)


def test_extras_are_those_of_the_package() -> None:
    import tomllib

    extras = tomllib.loads(page("pyproject.toml"))["project"]["optional-dependencies"]
    assert set(re.findall(r"microtome\[(\w+)\]", " ".join(column("README.md", "extra")))) == set(extras)


# The command line -----------------------------------------------------------------------------------------------------


def commands_of() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def options_of(command: str) -> set[str]:
    shown = {"--help"}
    for parameter in commands_of()[command].params:
        shown |= {option for option in parameter.opts if option.startswith("-")}
    return shown


def command_lines() -> list[tuple[str, str]]:
    """(page, command) of every `microtome ...` line in a shell block, continued lines joined."""
    found = []
    for path in PAGES:
        for block in fenced(path.read_text(encoding="utf-8"), "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip().startswith("microtome "):
                    found.append((path.name, " ".join(line.split())))
    return found


@pytest.mark.parametrize(("origin", "line"), command_lines())
def test_commands_in_code_blocks_exist(origin: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    assert words[1] in commands_of(), f"{origin}: no such command"
    # Parsed by the command itself: unknown options, missing values and wrong types are all found, nothing runs.
    context = commands_of()[words[1]].make_context(words[1], words[2:], resilient_parsing=False)
    assert context.params


def test_options_named_in_prose_exist() -> None:
    known = {option for command in commands_of() for option in options_of(command)} | {"--debug", "--version"}
    for path in PAGES:
        text = outside_fences(path.read_text(encoding="utf-8"))
        named = set()
        for span in re.findall(r"`([^`\n]+)`", text):
            if not span.startswith(("pip ", ".venv")):
                named |= set(re.findall(r"(?<![\w-])--[a-z][\w-]*", span))
        assert named <= known, f"{path.name} names {named - known}"


def test_every_command_is_in_the_readme() -> None:
    shown = {shlex.split(line)[1] for origin, line in command_lines() if origin == "README.md"}
    assert shown | {"demo"} == set(commands_of())
    assert "`microtome demo --model tiny`" in page("README.md")


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", page("Makefile"), flags=re.MULTILINE))
    for path in PAGES:
        assert set(re.findall(r"(?:^|`)make ([\w-]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)) <= targets


# Links ----------------------------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_internal_links_resolve(path: Path) -> None:
    text = outside_fences(path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        where, _, fragment = target.partition("#")
        file = (path.parent / where).resolve() if where else path
        assert file.exists(), f"{path.name} links to {target}"
        if fragment:
            headings = re.findall(r"^#+ (.*)$", outside_fences(file.read_text(encoding="utf-8")), flags=re.MULTILINE)
            assert fragment in {anchor(heading) for heading in headings}, f"{path.name} links to {target}"


def test_files_named_in_the_pages_exist() -> None:
    for path in PAGES:
        named = re.findall(r"`((?:tests|docs|examples|scripts|benchmarks)/[\w./]*)`", path.read_text(encoding="utf-8"))
        assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_picture_is_small() -> None:
    assert (ROOT / "docs/images/report.png").stat().st_size < 300_000


def test_pictures_of_the_app_have_all_their_colours() -> None:
    """Those that the script takes: there, small, and without a palette, which has turned violet into grey."""
    script = runpy.run_path(str(ROOT / "scripts/app_pictures.py"))
    named = {script["name_of"](page, width, theme): width for page, width, _, theme in script["PICTURES"]}
    assert len(named) == 12
    for name, width in named.items():
        data = (ROOT / "docs/images" / name).read_bytes()
        assert int.from_bytes(data[16:20], "big") == width and len(data) < 300_000
        # The header of a PNG: 8 bits for each of red, green and blue (and alpha).
        assert data[24] == 8 and data[25] in (2, 6), name


# Snippets and examples ------------------------------------------------------------------------------------------------


def run_python(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# docs/training.md begins with a snippet that trains for long; its last one runs too.
RUN_WHOLE = (
    "README.md",
    "docs/text.md",
    "docs/models.md",
    "docs/latents.md",
    "docs/interventions.md",
    "docs/app.md",
)


def test_python_snippets_run(tmp_path: Path) -> None:
    """Those of a page one after the other, as a reader would; the pages in one process, to import once."""
    parts = [f"scope_{i} = {{}}" for i, _ in enumerate(RUN_WHOLE)]
    for i, name in enumerate(RUN_WHOLE):
        blocks = fenced(page(name), "python")
        assert blocks, name
        parts += [f"exec(compile({block!r}, {name!r}, 'exec'), scope_{i})" for block in blocks]
    iterator = fenced(page("docs/training.md"), "python")[-1]
    parts.append(f"exec(compile({iterator!r}, 'docs/training.md', 'exec'), {{}})")
    printed = run_python(["-c", "\n".join(parts)], tmp_path)
    assert "2.resid_post (1, " in printed
    assert "my llama" in printed
    assert (tmp_path / "python-run" / "report.html").is_file()
    assert "control" in printed and (tmp_path / "steer.json").is_file()
    assert (tmp_path / "iterator-run" / "dictionaries" / "activations").is_dir()


def test_other_snippets_are_valid_python() -> None:
    for path in PAGES:
        for block in fenced(path.read_text(encoding="utf-8"), "python"):
            compile(block, path.name, "exec")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that the first of the examples about latents makes, which the others begin with."""
    folder = tmp_path_factory.mktemp("described")
    (folder / "printed").write_text(
        run_python([str(ROOT / "examples/describe_latents.py"), str(folder / "run")], folder)
    )
    return folder


# Its defaults are worth looking at, and take longer.
SMALLER = {"neurons_of_one_layer": ("--tokens", "4000", "--latents", "64")}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(path: Path, tmp_path: Path, described: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    if path.stem == "describe_latents":
        printed = (described / "printed").read_text()
    elif "describe_latents" in text or path.stem == "walk_through_news":
        # A run that is there is looked at as it is.
        printed = run_script(path, [str(described / "run")], tmp_path, monkeypatch)
    else:
        arguments = [str(tmp_path / "run")] if "sys.argv" in text or "argparse" in text else []
        printed = run_script(path, [*arguments, *SMALLER.get(path.stem, ())], tmp_path, monkeypatch)
    expected = {
        "train_on_a_model": "ce_recovered",
        "train_on_arrays": "true directions found",
        "capture_and_edit": "ablated: ",
        "replace_and_generate": "with the transcoder: ",
        "steer_two_latents": "unsteered",
        "trace_a_circuit": "free             without",
        "describe_latents": "on unseen contexts)",
        "latents_on_text": "(left out: a special token)",
        "label_with_a_model": "as judged, with the label of latent",
        "share_latents": "opens with the network off",
        "walk_through_news": "opens with the network off: ",
        "neurons_of_one_layer": "ce_recovered_from_mean",
        "histograms_of_latents": "opens with the network off: ",
        "shade_a_notebook": "shown without a kernel: ",
    }
    assert expected[path.stem] in printed
    if path.stem == "shade_a_notebook":
        the_notebook_is_shaded(json.loads((described / "run" / "shaded.ipynb").read_text(encoding="utf-8")))


def the_notebook_is_shaded(notebook: dict[str, Any]) -> None:
    """What it shows without a kernel: a heat map, the text shaded by one latent, and its card."""
    shown = [cell["outputs"][0]["data"]["text/html"] for cell in notebook["cells"]]
    for html, kind in zip(shown, ("microtome-text", "microtome-shaded", "microtome-latent"), strict=True):
        assert kind in html and "<script" not in html and "http" not in html
    assert "background:rgba" in shown[1] and "strongest here" in shown[1]
