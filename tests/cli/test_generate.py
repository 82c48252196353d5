"""`microtome generate`: what it prints and writes, and the one line for each thing it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microtome.evaluation.storage import load_evaluation
from microtome.interventions import Bench, GenerationConfig, add, generate_text
from microtome.training import Run
from tests.cli.conftest import Command, in_a_process
from tests.cli.test_errors import line

NAME = "2.mlp_out"
PROMPT = ("--prompt", "import os", "--tokens", "6")


@pytest.fixture
def loud(finished: Path) -> str:
    """The latent with the largest maximum."""
    return str(int(np.argmax(load_evaluation(finished, NAME)[0].arrays["max"])))


def test_side_by_side(microtome: Command, finished: Path, loud: str, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = microtome("generate", "finished", *PROMPT, "--add", f"{loud}=4", "--top", "2", "--json", str(out))
    assert result.code == 0, result.err
    assert f"add {NAME}:{loud}=4 of its maximum" in result.out
    for heading in ("import os", "default", "steered", "random control"):
        assert heading in result.out
    found = json.loads(out.read_text())
    assert list(found["continuations"]) == ["default", "random control", "steered"]
    bench = Bench.open(finished)
    steered = bench.intervene([add(int(loud), 4.0)])
    for name, intervention in (("default", None), ("steered", steered), ("random control", steered.control(0))):
        (one,) = generate_text(bench.lm, "import os", intervention, GenerationConfig(tokens=6, top=2))
        assert found["continuations"][name] == [json.loads(json.dumps(one.to_json()))]
    assert found["changes"] == [{"kind": "add", "latent": int(loud), "value": 4.0, "unit": "max", "dictionary": NAME}]


def test_no_change_and_replacement(microtome: Command, finished: Path) -> None:
    plain = microtome("generate", "finished", *PROMPT)
    assert plain.code == 0 and "steered" not in plain.out and "default" in plain.out
    replaced = microtome("generate", "finished", *PROMPT, "--replace")
    assert "steered" in replaced.out and "random control" not in replaced.out
    both = microtome("generate", "finished", *PROMPT, "--replace", "--ablate", "3", "--no-control", "--generated-only")
    assert both.code == 0 and "random control" not in both.out and f"ablate {NAME}:3" in both.out


def test_a_sweep_with_samples(microtome: Command, finished: Path, loud: str, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = microtome(
        "generate", "finished", *PROMPT, "--add", f"{loud}=1", "--sweep", "0,2", "--samples", "2", "--json", str(out)
    )
    assert result.code == 0, result.err
    for heading in ("factor", "condition", "perplexity", "activation"):
        assert heading in result.out
    found = json.loads(out.read_text())
    keys = [(row["strength"], row["condition"], row["sample"]) for row in found["rows"]]
    assert keys == [(s, c, i) for s in (0.0, 2.0) for c in ("steered", "control") for i in (0, 1)]
    assert found["generation"]["temperature"] == 1.0
    assert [row["n"] for row in found["summary"]] == [2, 2, 2, 2]
    assert found["rows"][0]["text"] == found["rows"][2]["text"]  # at 0 the control is nothing too


def test_a_preset_is_saved_and_taken(microtome: Command, finished: Path, loud: str, tmp_path: Path) -> None:
    preset = str(tmp_path / "p.json")
    first = microtome(
        "generate", "finished", *PROMPT, "--clamp", f"{loud}=9", "--when", f"{loud}>0.1", "--save-preset", preset
    )
    assert first.code == 0, first.err
    again = microtome("generate", "finished", "--preset", preset)
    assert again.out == first.out
    assert len(microtome("generate", "finished", "--preset", preset, "--tokens", "2").out) < len(first.out)
    plain: dict[str, Any] = json.loads(Path(preset).read_text())
    plain["model"]["id"] = "other"
    Path(preset).write_text(json.dumps(plain))
    refused = microtome("generate", "finished", "--preset", preset)
    assert line(refused) == "the preset is for the model other, got tiny. Give a run of that model."
    assert refused.code == 2


BAD: list[tuple[tuple[str, ...], int, str]] = [
    ((), 2, "got an empty prompt, expected some text. Give --prompt a text to continue."),
    (("--prompt", ""), 2, "got an empty prompt, expected some text. Give --prompt a text to continue."),
    (
        ("--prompt", "a b " * 300),
        1,
        "got 602 tokens in a row, expected at most 256 (the context of tiny). Cut the text to 256 tokens.",
    ),
    ((*PROMPT, "--ablate", "256"), 2, f"got latent 256, {NAME} has 256, expected 0 to 255. Give one of these."),
    (
        (*PROMPT, "--clamp", "7=nan"),
        2,
        "got --clamp 7=nan, expected a finite number as its value. Give one, such as 3.",
    ),
    ((*PROMPT, "--add", "7"), 2, "got --add 7, expected LATENT=VALUE, such as 7=5. Correct it."),
    (
        (*PROMPT, "--ablate", "5.mlp_out:7"),
        2,
        f"got '5.mlp_out', which names no dictionary of the run, expected one of {NAME}. Leave the name out.",
    ),
    (
        (*PROMPT, "--clamp", "7=1", "--clamp-unit", "norm"),
        2,
        "got the unit 'norm' for clamp, expected activation or max. Leave it out, or give one that is expected.",
    ),
    ((*PROMPT, "--sweep", "1,2"), 2, "got --sweep without a strength to vary. "
     "Give --add, --clamp or --min-clamp, such as --add 7=1."),
    ((*PROMPT, "--sweep", "1,x", "--add", "7=1"), 2,
     "got --sweep 1,x, expected numbers separated by commas. Correct it."),
    (
        (*PROMPT, "--sweep", "1,nan", "--clamp", "7=1"),
        2,
        "got the strengths [1.0, nan], expected finite numbers. Give some, such as 0,1,2,4.",
    ),
    ((*PROMPT, "--from", "3"), 2, "got --from, --generated-only or --when without a change that it is for. "
     "Leave it out, or give such a change."),
    (
        (*PROMPT, "--replace", "--add-unit", "norm"),
        2,
        "got --add-unit without a change that it is for. Leave it out, or give such a change.",
    ),
    ((*PROMPT, "--temperature", "-1"), 2, "got temperature -1.0, expected 0 or more. Use 0 for greedy decoding."),
    ((*PROMPT, "--samples", "0"), 2, "got 0 samples, expected at least 1. Raise --samples."),
    (("--prompt", "x", "--tokens", "0"), 2, "got 0 tokens to generate, expected at least 1. Raise --tokens."),
    ((*PROMPT, "--chat"), 1, "tiny has no chat template, expected one for a conversation. "
     "Give the prompt as plain text, or use a model that was trained on conversations."),
    ((*PROMPT, "--preset", "none.json"), 1, "'none.json' is not there. Check the path."),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "text"), BAD, ids=[" ".join(bad[0][-2:])[:40] for bad in BAD])
def test_bad_input(arguments: tuple[str, ...], code: int, text: str, microtome: Command, finished: Path) -> None:
    result = microtome("generate", "finished", *arguments)
    assert line(result) == text
    assert result.code == code


def test_a_run_that_cannot_be_steered(microtome: Command, folder: Path, finished: Path) -> None:
    assert line(microtome("generate", "missing", *PROMPT)).startswith("'missing' is not a run")
    copy = folder / "wider"
    shutil.copytree(finished, copy)
    facts = Run.open(copy).facts
    facts["dictionaries"][0]["site_in"] = facts["dictionaries"][0]["site_out"] = "2.mlp_act"
    Run.open(copy).write_facts(facts)
    assert line(microtome("generate", "wider", *PROMPT, "--ablate", "3")) == (
        f"the dictionary {NAME} is 128 wide, 2.mlp_act of tiny is 352. "
        "Give the model that the dictionary was trained on."
    )
    facts["dictionaries"][0]["site_out"] = "9.mlp_out"
    Run.open(copy).write_facts(facts)
    assert line(microtome("generate", "wider", *PROMPT, "--ablate", "3")).startswith("got '9.mlp_out' with layer 9")
    facts["data"]["source"]["model"]["fingerprint"] = "0"
    Run.open(copy).write_facts(facts)
    assert "is not the one the run was trained on" in line(microtome("generate", "wider", *PROMPT))


def test_ctrl_c_ends_it_quietly(folder: Path, finished: Path) -> None:
    marker = folder / "begun.json"
    result = in_a_process(
        "generate", "finished", "--prompt", "x", "--ablate", "3", "--tokens", "250", "--temperature", "1",
        "--samples", "200", "--save-preset", str(marker), folder=folder, stop_when=marker.is_file,
    )  # fmt: skip
    # Ended by the signal, as a shell expects, or with its number.
    assert result.code in (-2, 1, 130)
    assert "Traceback" not in result.err and "continuations" not in result.out
    assert json.loads(marker.read_text())["changes"] == [{"kind": "ablate", "latent": 3, "dictionary": NAME}]
