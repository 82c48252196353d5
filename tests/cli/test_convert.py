"""`microtome convert`, and a foreign dictionary where a run is expected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from microtome.circuits import Graph
from microtome.dictionaries import Dictionary, DictionaryConfig, save_dictionary
from microtome.dictionaries.storage import tensors_of
from microtome.formats import Foreign, convert, open_dictionary
from tests.circuits.graphs import graph_of
from tests.cli.conftest import Command
from tests.formats.test_hub import FolderClient

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"


@pytest.fixture(scope="session")
def foreign(folder: Path) -> Path:
    """A transcoder for `tiny` as SAELens writes it, in the working folder of the commands."""
    from microtome.models import LanguageModel

    width = LanguageModel.load("tiny").width("2.mlp_in")
    shape = DictionaryConfig(kind="transcoder", sparsifier="jumprelu", d_in=width, d_out=width, latents=32, l0=4)
    dictionary = Dictionary(shape)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in tensors_of(dictionary).values():
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.1)
        tensors_of(dictionary)["threshold"].abs_()
    facts = {"site_in": "2.mlp_in", "site_out": "2.mlp_out", "model": "tiny"}
    save_dictionary(dictionary, folder / "own", facts=facts)
    convert(folder / "own", folder / "sae", to="saelens")
    return folder / "sae"


def test_convert_prints_losses_and_what_was_written(microtome: Command, foreign: Path) -> None:
    result = microtome("convert", "sae", "learning", "--to", "circuit-tracer", "--site", "2.mlp_out")
    assert result.code == 1
    assert result.err == (
        "microtome: circuit-tracer cannot hold a set of the layers 2, it holds all from 0 on. "
        "Give a transcoder for every layer.\n"
    )
    result = microtome(
        "convert", str(FIXTURES / "saelens" / "training_batchtopk_checkpoint"), "other", "--to", "saelens"
    )
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0].startswith("note: a checkpoint of training: its average threshold is used")
    assert lines[1] == "note: mixed dtypes (float32, float64): all are read as float32"
    assert lines[2] == "lost: batchtopk becomes jumprelu with one threshold for all latents; SAELens does the same"
    assert lines[3] == "written: other"
    result = microtome("convert", "sae", "back", "--to", "microtome")
    assert result.out.splitlines() == ["nothing is lost", "written: back"]


def test_convert_to_the_hub(
    microtome: Command, foreign: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Published and read again through the command, with a Hub that is a folder."""
    client = FolderClient(tmp_path / "hub", tmp_path / "downloads")
    monkeypatch.setattr("microtome.formats.hub._hub", lambda: client)
    result = microtome("convert", "own", "me/slices/2.mlp", "--to", "hub")
    assert (result.code, result.out) == (0, "published: https://huggingface.co/me/slices\n"), result.err
    assert sorted(client.list_repo_files("me/slices")) == [
        "2.mlp/README.md",
        "2.mlp/manifest.json",
        "2.mlp/weights.safetensors",
        "README.md",
    ]
    result = microtome("convert", "me/slices/2.mlp", str(tmp_path / "back"), "--to", "saelens")
    assert result.code == 0, result.err
    found, own = open_dictionary(tmp_path / "back"), open_dictionary(folder / "own")
    assert isinstance(found, Foreign) and isinstance(own, Foreign)
    assert torch.equal(found.dictionary.W_dec, own.dictionary.W_dec)
    for arguments, line in (
        (("own", "slices"), "got the repository 'slices', expected owner/name. Name it like you/gpt2-saes."),
        (("sae", "me/x"), "'sae' holds a dictionary in the format saelens, expected one of microtome. "
         "Convert it --to microtome."),
        (("own", "me/x", "--site", "2.mlp_out"), "got --site 2.mlp_out, but --to hub publishes a dictionary as it is. "
         "Leave out --site."),
    ):  # fmt: skip
        result = microtome("convert", *arguments, "--to", "hub")
        assert (result.code, result.err) == (2 if "--site" in arguments else 1, f"microtome: {line}\n")


def test_a_foreign_dictionary_is_evaluated_as_a_run_is(microtome: Command, foreign: Path, folder: Path) -> None:
    """Auto-detected, placed on the model its file names, and the same metrics as our own file of it gives."""
    result = microtome(
        "evaluate", "sae", "--text", "other.jsonl", "--tokens", "2000", "--loss-tokens", "500", "--json", "a"
    )
    assert result.code == 0, result.err
    run = json.loads((folder / "sae.run" / "run.json").read_text())
    assert (run["status"], run["config"]["model"], run["adopted"]["source"]) == ("finished", "tiny", "sae")
    assert (folder / "sae.run" / "evaluations" / "2.mlp_in-2.mlp_out.json").is_file()
    again = microtome("convert", "own", "imported", "--to", "run")
    assert again.code == 0, again.err
    result = microtome(
        "evaluate", "imported", "--text", "other.jsonl", "--tokens", "2000", "--loss-tokens", "500", "--json", "b"
    )
    assert result.code == 0, result.err
    first, second = (json.loads((folder / name).read_text())["2.mlp_in-2.mlp_out"] for name in ("a", "b"))
    for key in ("fvu", "l0", "ce_replaced", "ce_recovered"):
        assert first[key] == pytest.approx(second[key], rel=1e-4)
    assert microtome("report", "sae").code == 0
    assert (folder / "sae.run" / "report.html").is_file()


@pytest.mark.parametrize("served_first", [True, False])
def test_serving_and_other_commands_share_the_run_of_a_foreign_dictionary(
    microtome: Command, foreign: Path, folder: Path, served_first: bool
) -> None:
    """However its path is written, and whichever of them makes the run."""
    from microtome.app import make_app

    name = f"shared-{served_first}"
    shutil.copytree(foreign, folder / name)

    def serve() -> None:
        for path in (Path(name), folder / name, f"./{name}/"):
            make_app([path])

    def report() -> None:
        for path in (name, f"{name}/", str(folder / name)):
            result = microtome("report", path)
            assert result.code == 0, result.err

    for use in (serve, report) if served_first else (report, serve):
        use()
    assert sorted(path.name for path in folder.glob(f"{name}*")) == [name, f"{name}.run"]
    # Another dictionary of the same name elsewhere is something else still.
    shutil.copytree(folder / name, folder / "elsewhere" / name)
    assert microtome("report", f"elsewhere/{name}").err == (
        f"microtome: '{name}.run' was made of something else than 'elsewhere/{name}' is now. "
        f"Remove '{name}.run', or use it by its name.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("evaluate", "sae"), "the dictionaries were trained elsewhere, on a text nobody named here. Give --text."),
        (
            ("evaluate", "nameless", "--text", "other.jsonl"),
            "'nameless' does not say its model. Make a run of it with what is missing: "
            "microtome convert nameless nameless.run --to run --model NAME.",
        ),
        (
            ("convert", "nameless", "x.run", "--to", "run", "--model", "tiny"),
            "the dictionary is 8 wide at 3.resid_post, the model tiny is 128 wide there. "
            "Give the model it was made for.",
        ),
        (
            ("convert", "sae", "own", "--to", "saelens"),
            "'own' exists already. Choose another folder, or remove it first.",
        ),
        (
            ("convert", "sae", "x", "--to", "zip"),
            "got --to zip, expected one of microtome, saelens, sparsify, dictionary_learning, circuit-tracer. "
            "Choose one of these.",
        ),
        (
            ("convert", "t.jsonl", "x", "--to", "saelens"),
            "'t.jsonl' holds no dictionary of a format that is known. "
            "See docs/formats.md, which lists the files of each.",
        ),
    ],
)
def test_errors_are_one_line(
    microtome: Command, foreign: Path, folder: Path, arguments: tuple[str, ...], line: str
) -> None:
    if not (folder / "nameless").exists():
        shutil.copytree(FIXTURES / "sparsify" / "topk" / "layers.3", folder / "nameless" / "layers.3")
        (folder / "nameless" / "layers.3" / "expected.safetensors").unlink()
    result = microtome(*arguments)
    assert result.code in (1, 2)
    assert result.err == f"microtome: {line}\n"


def test_an_odd_setting_is_one_line(microtome: Command, folder: Path) -> None:
    shutil.copytree(FIXTURES / "saelens" / "topk", folder / "odd")
    config = json.loads((folder / "odd" / "cfg.json").read_text())
    (folder / "odd" / "cfg.json").write_text(json.dumps({**config, "architecture": []}))
    result = microtome("convert", "odd", "there", "--to", "microtome")
    assert (result.code, result.err) == (
        1,
        "microtome: 'odd/cfg.json' has [] for architecture, expected str. Download it again, or ask whoever made it.\n",
    )


def test_a_foreign_dictionary_has_a_store_pages_and_interventions(
    microtome: Command, foreign: Path, folder: Path
) -> None:
    """Everything that reads a run reads an adopted one, and what it reads is the foreign dictionary."""
    from starlette.testclient import TestClient

    from microtome.app import make_app

    name, latent = "2.mlp_in-2.mlp_out", 3
    assert microtome("convert", "sae", "adopted", "--to", "run").code == 0
    built = microtome("latents", "adopted", "--text", "other.jsonl", "--tokens", "3000")
    assert built.code == 0, built.err
    shown = microtome("show", "adopted", "--latent", str(latent), "--json")
    assert shown.code == 0, shown.err
    card = json.loads(shown.out)
    opened = open_dictionary(foreign)
    assert isinstance(opened, Foreign)
    dictionary = opened.dictionary
    largest = int(dictionary.W_dec[latent].abs().argmax())
    assert card["latent"] == latent and card["decoder"]["strongest"][0]["index"] == largest
    prompt = microtome("show", "adopted", "--prompt", "import os")
    assert prompt.code == 0, prompt.err

    out = folder / "adopted.json"
    told = ("--prompt", "import os", "--tokens", "4", "--no-control", "--json", str(out))
    ablated = microtome("generate", "adopted", "--ablate", str(latent), *told)
    assert ablated.code == 0, ablated.err
    assert json.loads(out.read_text())["changes"][0] == {"kind": "ablate", "latent": latent, "dictionary": name}
    replaced = microtome("generate", "adopted", "--replace", *told)
    assert replaced.code == 0, replaced.err

    client = TestClient(make_app([folder / "adopted"]), base_url="http://127.0.0.1:8000")
    (entry,) = client.get("/api/runs").json()["runs"][0]["dictionaries"]
    assert (entry["name"], entry["saved"], entry["store"]) == (name, True, True)
    for path, query in (
        ("/api/runs/adopted", {}),
        ("/api/runs/adopted/store", {"dictionary": name}),
        ("/api/runs/adopted/latents", {"dictionary": name}),
    ):
        answer = client.get(path, params=query)
        assert answer.status_code == 200, (path, answer.text)
    page = client.get(f"/api/runs/adopted/latents/{latent}", params={"dictionary": name})
    assert page.status_code == 200 and page.json()["latent"] == latent, page.text


def test_a_graph_is_converted_there_and_back(microtome: Command, folder: Path) -> None:
    graph_of(["L0_P0_1", "T0", "B_0.b", "Y0"], {("Y0", "L0_P0_1"): 1.0, ("L0_P0_1", "T0"): 1.0}).save(
        folder / "graph.json"
    )
    result = microtome("convert", "graph.json", "viewed.json", "--to", "circuit-tracer", "--model", "tiny")
    assert result.code == 0, result.err
    assert result.out.splitlines() == [
        "lost: 1 of 4 nodes and 0 of 2 edges, which pruning leaves out",
        "lost: pre-activations, residuals, and which rows were computed",
        "written: viewed.json",
    ]
    result = microtome("convert", "viewed.json", "ours.json", "--to", "microtome")
    assert result.code == 0, result.err
    assert result.out.splitlines()[-2:] == ["nothing is lost", "written: ours.json"]
    assert Graph.load(folder / "ours.json").ids == ("L0_P0_1", "T0", "Y0")
    result = microtome("convert", "graph.json", "x.json", "--to", "circuit-tracer", "--site", "1.mlp_out")
    assert (result.code, result.err) == (
        2,
        "microtome: got --site 1.mlp_out for a graph, which has sites of its own. Leave it out.\n",
    )
