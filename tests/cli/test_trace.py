"""`microtome trace`: a graph from nothing but a run, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from microtome.circuits import Graph
from microtome.models import LanguageModel
from tests.cli.conftest import Command
from tests.formats.test_crosslayer import write_clt
from tests.models.tiny_models import char_tokenizer, tiny_hf

PROMPT = "import numpy as"


@pytest.fixture(scope="session")
def transcoders(folder: Path) -> Path:
    """A run with a transcoder for every layer of `tiny`."""
    from microtome.models import LanguageModel
    from microtome.training import TrainingConfig, train

    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("*.mlp_out",),
        kinds=("transcoder",),
        latents=(128,),
        l0s=(8.0,),
        tokens=8_000,
        batch_tokens=1024,
        buffer_tokens=8_192,
        eval_tokens=1_000,
        eval_loss_tokens=0,
    )
    return train(config, folder / "transcoders", model=LanguageModel.load("tiny")).path


def test_a_graph_is_traced_checked_and_printed(transcoders: Path, microtome: Command, tmp_path: Path) -> None:
    out = tmp_path / "graphs" / "one.json"
    result = microtome("trace", str(transcoders), "--prompt", PROMPT, "--out", str(out), "--faithful")
    assert result.code == 0, result.err
    for expected in (
        "targets:",
        "rows add up to",
        "replacement score",
        "faithful, frozen, latents: correlation 1.000",
        "no latents are alike enough for a group",
        str(out),
    ):
        assert expected in result.out
    graph = Graph.load(out)
    assert "".join(graph.texts).endswith(PROMPT)
    assert float(graph.residual[graph.row].max()) < 1e-4
    assert {one["regime"] for one in graph.facts["faithfulness"]["agreements"]} == {
        "frozen",
        "frozen_attention",
        "free",
    }


@pytest.mark.parametrize(
    ("chosen", "label"),
    [
        (("--token", " a"), " a"),
        (("--difference", " a", " b"), " a −  b"),
        (("--latent", "1:-1:3"), "latent 3 of layer 1"),
        (("--latent", "0:1:3"), "latent 3 of layer 0"),
        (("--token", " a", "--position", "-2"), " a"),
        (("--direction", "{tmp_path}/truth.npy", "--at", "2:-1"), "truth"),
    ],
)
def test_what_to_trace(
    transcoders: Path, microtome: Command, tmp_path: Path, chosen: tuple[str, ...], label: str
) -> None:
    out = tmp_path / "one.json"
    np.save(tmp_path / "truth.npy", np.ones(LanguageModel.load("tiny").d_model))
    chosen = tuple(part.format(tmp_path=tmp_path) for part in chosen)
    result = microtome("trace", str(transcoders), "--prompt", PROMPT, "--out", str(out), "--max-nodes", "20", *chosen)
    assert result.code == 0, result.err
    assert [target.label for target in Graph.load(out).targets] == [label]


def test_a_graph_is_not_written_over(transcoders: Path, microtome: Command, tmp_path: Path) -> None:
    arguments = ["trace", str(transcoders), "--prompt", PROMPT, "--out", str(tmp_path / "one.json")]
    assert microtome(*arguments).code == 0
    before = (tmp_path / "one.json").read_bytes()
    (tmp_path / "two.safetensors").write_bytes(b"of another")
    refused = microtome(*arguments[:-1], str(tmp_path / "two.json"))
    assert refused.code == 1 and "two.safetensors' is there already" in refused.err
    assert "reading model" not in refused.out and not (tmp_path / "two.json").exists()
    refused = microtome(*arguments, "--token", " a")
    assert refused.code == 1 and "is there already" in refused.err and "--force" in refused.err
    assert (tmp_path / "one.json").read_bytes() == before
    assert microtome(*arguments, "--token", " a", "--force").code == 0
    assert [target.label for target in Graph.load(tmp_path / "one.json").targets] == [" a"]


@pytest.mark.parametrize("chosen", [("--difference", " a", " b"), ("--latent", "2:-1:3")])
def test_faithfulness_of_what_is_no_logit(
    transcoders: Path, microtome: Command, tmp_path: Path, chosen: tuple[str, ...]
) -> None:
    out = tmp_path / "one.json"
    result = microtome(
        "trace", str(transcoders), "--prompt", PROMPT, "--out", str(out), "--max-nodes", "20", "--faithful", *chosen
    )
    assert result.code == 0, result.err
    frozen = Graph.load(out).facts["faithfulness"]["agreements"][0]
    assert frozen["regime"] == "frozen" and frozen["target_error"] < 1e-3 and "nan" not in result.out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--out", "graph.txt"), "expected a file that ends in .json"),
        (("--token", "never one token"), "tokens ("),
        (("--token", " a", "--latent", "1:0:3"), "got several of --token, --difference, --latent and"),
        (("--latent", "1.0.3"), "got --latent 1.0.3, expected LAYER:POSITION:LATENT"),
        (("--latent", "1:99:3"), "got position 99, expected -"),
        (("--at", "1:0"), "got one of --direction and --at"),
        (("--direction", "nowhere.npy", "--at", "1:0"), "'nowhere.npy' could not be read as a vector of numbers"),
        (("--direction", "nowhere.npy", "--at", "1"), "got --at 1, expected LAYER:POSITION"),
        (("--latent", "1:0:3", "--position", "2"), "got --position, which --latent and --direction name themselves"),
        (("--position", "99"), "got position 99, expected -"),
        (("--latent", "9:0:3"), "got layer 9, expected 0 to 3"),
        (("--prompt", ""), "expected one prompt of at least 2 tokens"),
        (("--max-nodes", "0"), "got max_nodes=0"),
        (("--dictionary", "nothing"), "has no dictionary 'nothing'"),
    ],
)
def test_refusals(transcoders: Path, microtome: Command, tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
    given = {"--prompt": PROMPT, "--out": str(tmp_path / "one.json")} | dict(zip(arguments[::2], arguments[1::2]))
    result = microtome("trace", str(transcoders), *(part for pair in given.items() for part in pair))
    assert result.code in (1, 2)
    assert text in result.err and len(result.err.strip().splitlines()) == 1
    assert not (tmp_path / "one.json").exists()


def test_runs_that_hold_no_set(finished: Path, transcoders: Path, microtome: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "one.json")
    refused = microtome("trace", str(finished), "--prompt", PROMPT, "--out", out)
    assert refused.code == 2 and "has no transcoders" in refused.err
    shutil.copytree(transcoders / "dictionaries", tmp_path / "some")
    refused = microtome("trace", str(tmp_path / "some"), "--prompt", PROMPT, "--out", out)
    assert refused.code == 2 and "'some' does not say which model it is for" in refused.err.replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nowhere",), "got 'nowhere', which is no folder here and no release on the Hub. Check the path; "),
        (
            ("nowhere", "--model", "tiny"),
            "got 'nowhere', which is no folder here and no release on the Hub. Check the path; ",
        ),
        (("sets/nowhere",), "'sets/nowhere' is no folder here, and a release does not say which model it is for. "),
    ],
)
def test_transcoders_that_are_nowhere(
    microtome: Command, tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    refused = microtome("trace", *arguments, "--prompt", PROMPT, "--out", str(tmp_path / "one.json"))
    assert refused.code in (1, 2) and refused.err.startswith(f"microtome: {text}")
    assert len(refused.err.splitlines()) == 1


def test_transcoders_of_another_model_of_the_same_shape(transcoders: Path, microtome: Command, tmp_path: Path) -> None:
    lm = LanguageModel.load("tiny", dtype="float32")
    for parameter in lm.hf.parameters():
        parameter.data.mul_(1.01)
    lm.hf.save_pretrained(tmp_path / "other")
    lm.tokenizer.save_pretrained(tmp_path / "other")
    out = tmp_path / "one.json"
    refused = microtome(
        "trace", str(transcoders), "--prompt", PROMPT, "--out", str(out), "--model", str(tmp_path / "other")
    )
    assert refused.code == 2 and not out.exists()
    assert refused.err == (
        f"microtome: the run '{transcoders}' was trained on tiny, got {tmp_path / 'other'} with other weights. "
        "Give the model that the run was trained on.\n"
    )


def test_what_is_special_about_a_set_is_said(microtome: Command, tmp_path: Path) -> None:
    hf = tiny_hf("llama")
    hf.save_pretrained(tmp_path / "a-llama")
    char_tokenizer().save_pretrained(tmp_path / "a-llama")
    clt = write_clt(tmp_path / "clt", feature_input_hook="ln2.hook_normalized")
    arguments = ["--prompt", "abc", "--out", str(tmp_path / "one.json"), "--model", str(tmp_path / "a-llama")]
    result = microtome("trace", str(clt), *arguments)
    assert result.code == 0, result.err
    lines = " ".join(result.out.split())
    assert "note: it was made for google/gemma-2-2b and is used on" in lines
    assert "note: the gain of the norm before mlp_in is folded into its encoders" in lines
    assert "sources, up to" in lines and "MB of memory" in lines
    assert len(Graph.load(tmp_path / "one.json")) > 10
