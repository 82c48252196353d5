"""Bad input: the exit code and the one line a user gets, word for word, and never a traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from microtome.cli import app
from microtome.errors import ConfigError
from tests.cli.conftest import Command, Result, in_a_process, train_arguments


def line(result: Result) -> str:
    """The line on stderr, without the program's name."""
    assert result.err.startswith("microtome: "), result.err
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err + result.out
    return result.err.removeprefix("microtome: ").removesuffix("\n")


NOT_FOUND = (
    "got the model 'no/such', expected a Hub id, a folder, a .gguf file, tiny or gemma-3-270m; "
    "the Hub cannot be reached "
)
WHOLE = "expected a whole number such as 2000000 or 2e6. Correct it."
BAD: list[tuple[dict[str, str | None], int, str]] = [
    # sites
    (
        {"site": "2.mlp_outt"},
        2,
        "got the point 'mlp_outt', expected one of resid_pre, attn_in, attn_z, attn_out, resid_mid, mlp_in, mlp_act, "
        "mlp_out, resid_post. Did you mean 2.mlp_out? For any other place write module.path:output.",
    ),
    (
        {"site": "9.mlp_out"},
        2,
        "got '9.mlp_out' with layer 9, expected 0 to 3 (this model has 4 layers). "
        "Name one of those layers, or -1 for the last, which is 3.",
    ),
    (
        {"site": "2.mlp_in->2.mlp_out"},
        2,
        "an sae got the site '2.mlp_in->2.mlp_out', it reconstructs one site. Give one site, or --kind transcoder.",
    ),
    (
        {"site": "2.resid_post", "kind": "transcoder"},
        2,
        "a transcoder got the target '2.resid_post' without an input site. "
        "Name both: --site 'INPUT->2.resid_post' (for mlp_out the input is mlp_in).",
    ),
    (
        {"site": "2.resid_post", "kind": "sae,skip_transcoder"},
        2,
        "a skip_transcoder got the target '2.resid_post' without an input site. "
        "Name both: --site 'INPUT->2.resid_post' (for mlp_out the input is mlp_in).",
    ),
    (
        {"site": "2.mlp_in->2.mlp_out", "kind": "sae,transcoder"},
        2,
        "an sae got the site '2.mlp_in->2.mlp_out', it reconstructs one site. Give one site, or --kind transcoder.",
    ),
    (
        {"site": "2.mlp_in->*.mlp_out", "kind": "transcoder"},
        2,
        "got '2.mlp_in->*.mlp_out', expected one input site and one target site. "
        "Give for example '9.mlp_in->9.mlp_out'.",
    ),
    ({"site": None}, 2, "--site is missing. Give for example --site 3.mlp_out."),
    # text
    ({"text": "empty.txt"}, 1, "'empty.txt' holds no text. Give a text with at least one word."),
    ({"text": "blank.txt"}, 1, "'blank.txt' holds no text. Give a text with at least one word."),
    (
        {"eval_text": "short.txt"},
        1,
        "the text 'short.txt' has 4 tokens, too few for one block of 128. Give more text, or a smaller context.",
    ),
    (
        {"text": "short.txt"},
        1,
        "none of the 1 documents of 'short.txt' is in its held-out part (5% of the documents are held out). "
        "Give another text to evaluate on with --eval-text, or a text with more documents.",
    ),
    (
        {"text": "missing.txt"},
        1,
        "there is no file 'missing.txt'. Check the path, or give a dataset id such as org/name.",
    ),
    (
        {"text": "cut.jsonl.gz"},
        1,
        "'cut.jsonl.gz' is cut short: its compressed data ends before its end mark. Download it or compress it again.",
    ),
    (
        {"text": "binary.txt"},
        1,
        "'binary.txt' is binary, expected UTF-8 text. Give a text file, or convert it to UTF-8 if it is UTF-16.",
    ),
    (
        {"column": "title"},
        1,
        "'t.jsonl' has no column 'title', it has 'text'. Name one of these columns with --column.",
    ),
    ({"text": "builtin:novels"}, 1, "there is no built-in text 'builtin:novels'. Use builtin:python-docs."),
    (
        {"eval_text": "t.jsonl"},
        2,
        "--eval-text 't.jsonl' is what is trained on, metrics on it would flatter. "
        "Leave out --eval-text, then a part of --text is held out.",
    ),
    (
        {"held_out": "0"},
        2,
        "nothing is held out and there is no --eval-text, the result could not be measured. "
        "Give --held-out 0.05 or --eval-text.",
    ),
    # shapes
    (
        {"l0": "65"},
        2,
        "got an L0 of 65 with 64 latents, expected at most one activation per latent. Lower --l0 or raise --latents.",
    ),
    ({"l0": "0"}, 2, "got an L0 of 0, expected more than 0. Raise --l0."),
    ({"latents": "0"}, 2, "got 0 latents, expected at least 1. Raise --latents."),
    ({"latents": "-3"}, 2, "got -3 latents, expected at least 1. Raise --latents."),
    ({"latents": "many"}, 2, "got --latents many, expected numbers separated by commas. Correct it."),
    (
        {"sparsifier": "topp"},
        2,
        "got sparsifier 'topp', expected one of relu, topk, batchtopk, jumprelu, gated. "
        "Give --sparsifier one of these.",
    ),
    (
        {"kind": "vae"},
        2,
        "got kind 'vae', expected one of sae, transcoder, skip_transcoder. Give --kind one of these.",
    ),
    (
        {"matryoshka": "80"},
        2,
        "got matryoshka prefixes (80,) with 64 latents, expected ascending sizes below it. "
        "Give for example --matryoshka 512,2048 with --latents 8192.",
    ),
    # numbers
    ({"tokens": "many"}, 2, f"got --tokens many, {WHOLE}"),
    ({"tokens": "1.5"}, 2, f"got --tokens 1.5, {WHOLE}"),
    ({"tokens": "inf"}, 2, f"got --tokens inf, {WHOLE}"),
    ({"tokens": "nan"}, 2, f"got --tokens nan, {WHOLE}"),
    ({"eval_loss_tokens": "1e-3"}, 2, f"got --eval-loss-tokens 1e-3, {WHOLE}"),
    ({"tokens": "0"}, 2, "got tokens = 0, expected at least 1. Raise --tokens."),
    ({"tokens": "-1e6"}, 2, "got tokens = -1000000, expected at least 1. Raise --tokens."),
    (
        {"buffer_tokens": "400"},
        2,
        "a mixing buffer of 400 tokens holds less than two batches of 256, nothing would be mixed. "
        "Raise --buffer-tokens or lower --batch-tokens.",
    ),
    ({"context": "1000"}, 2, "got a context of 1000 tokens, the model takes at most 256. Lower --context."),
    ({"held_out": "2"}, 2, "got a held-out share of 2.0, expected 0 to 1. Give --held-out 0.05."),
    # sources of options
    (
        {"activations": "x.npy"},
        2,
        "got --model together with --activations, expected one or the other. "
        "Leave out --activations to train on a language model, or the other option.",
    ),
    (
        {"targets": "x.npy"},
        2,
        "--targets goes with --activations, which is missing. Give --activations too.",
    ),
    ({"config": "missing.toml"}, 2, "the config file 'missing.toml' is not there. Check the path."),
    (
        {"config": "broken.toml"},
        2,
        "the config file 'broken.toml' cannot be read (Invalid value (at line 1, column 11)). "
        "Give a .json or .toml file with the keys of docs/training.md.",
    ),
    (
        {"config": "list.json"},
        2,
        "the config file 'list.json' holds a list, expected an object. "
        "Give a .json or .toml file with the keys of docs/training.md.",
    ),
    ({"log": "mlflow"}, 2, "got log 'mlflow', expected one of wandb, tensorboard. Give --log one of these."),
    ({"device": "tpu"}, 2, "got device 'tpu', expected auto, cpu, cuda, cuda:1 or mps. Use auto."),
]


@pytest.mark.parametrize(("changed", "code", "text"), BAD, ids=[str(list(bad[0].items())) for bad in BAD])
def test_bad_input_to_train(
    changed: dict[str, str | None], code: int, text: str, microtome: Command, tmp_path: Path
) -> None:
    result = microtome(*train_arguments(tmp_path / "never", **changed))
    assert line(result) == text
    assert result.code == code
    assert not (tmp_path / "never").exists()


def test_topk_takes_whole_numbers(microtome: Command, tmp_path: Path) -> None:
    result = microtome(*train_arguments(tmp_path / "never", l0="2.5", sparsifier="topk"))
    assert line(result) == (
        "topk got --l0 2.5, expected a whole number. "
        "Give a whole number, or use --sparsifier batchtopk, which takes any mean."
    )
    assert result.code == 2


def test_more_latents_than_memory(microtome: Command, tmp_path: Path) -> None:
    result = microtome(*train_arguments(tmp_path / "never", latents="1e12"))
    assert re.fullmatch(
        r"training 1 dictionary of 1,000,000,000,000 latents needs \d+\.\d GiB, \d+\.\d GiB of memory are free. "
        r"Lower --latents, or train fewer dictionaries at a time.",
        line(result),
    )
    assert not (tmp_path / "never").exists()


def test_a_wrong_l0_leaves_no_folder(microtome: Command, tmp_path: Path) -> None:
    microtome(*train_arguments(tmp_path / "never", l0="2.5", sparsifier="topk"))
    assert not (tmp_path / "never").exists()


def test_an_unknown_model(microtome: Command) -> None:
    for result in (microtome(*train_arguments("never", model="no/such")), microtome("sites", "no/such")):
        assert line(result).startswith(NOT_FOUND)
        assert line(result).endswith(
            "Check the spelling and the network, download the model on a machine that has one, or use tiny."
        )
        assert result.code == 1


def test_a_config_with_an_unknown_key_names_the_right_one(microtome: Command) -> None:
    result = microtome(*train_arguments("never", config="unknown.toml"))
    assert line(result).startswith("unknown.toml has the key 'latent', which does not exist. Did you mean 'latents'?")
    assert result.code == 2


def test_text_in_another_encoding(microtome: Command) -> None:
    result = microtome(*train_arguments("never", text="latin.txt"))
    assert line(result) == (
        "'latin.txt' is not UTF-8 text: the byte 0xfc cannot be decoded (invalid start byte). "
        "Convert it, for example with `iconv -f latin1 -t utf-8`, or give another file."
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"latents": "inf"}, id="latents inf"),
        pytest.param({"latents": "nan"}, id="latents nan"),
        pytest.param({"seed": "-1"}, id="negative seed"),
        pytest.param({"config": "."}, id="config is a folder"),
        pytest.param({"checkpoint_every": "-5"}, id="negative interval"),
    ],
)
def test_numbers_and_files_that_make_no_sense(changed: dict[str, str], microtome: Command, tmp_path: Path) -> None:
    result = microtome(*train_arguments(tmp_path / "never", **changed))
    assert line(result)
    assert result.code == 2


def test_an_unknown_dtype(microtome: Command) -> None:
    result = microtome(*train_arguments("never", dtype="int8"))
    assert line(result) == "got dtype 'int8', expected auto, float32, bfloat16, float16. Use auto."
    assert result.code == 2


def test_commands_that_need_a_run(microtome: Command) -> None:
    for command in ("evaluate", "report"):
        result = microtome(command, "nowhere")
        assert line(result) == (
            "'nowhere' is not a run: it has no run.json. Give the folder that 'microtome train --out' wrote."
        )
        assert result.code == 1


def test_a_finished_run_is_never_overwritten(finished: Path, microtome: Command) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*")}
    for arguments, text in (
        (train_arguments("finished"), "it is not overwritten. Choose another --out, or delete it first."),
        (["train", "--resume", "--out", "finished"], "there is nothing to resume. Choose another --out."),
    ):
        result = microtome(*arguments)
        assert line(result) == f"'finished' holds a finished run, {text}"
        assert result.code == 2
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*")} == before


def test_an_unfinished_run(interrupted: tuple[Path, Result], microtome: Command) -> None:
    run, _ = interrupted
    result = microtome("evaluate", "interrupted")
    assert line(result) == (
        "the run 'interrupted' has not finished: '2.mlp_out' is not there yet. "
        "Let it finish with 'microtome train --resume'."
    )
    assert result.code == 1
    result = microtome(*train_arguments("interrupted"))
    assert line(result) == (
        "'interrupted' holds an unfinished run. Add --resume to continue it, or choose another --out."
    )
    assert result.code == 2
    assert not (run / "dictionaries").exists()


def test_resuming_with_other_options_names_them(interrupted: tuple[Path, Result], microtome: Command) -> None:
    result = microtome(
        *("train", "--resume", "--out", "interrupted", "--latents", "512", "--seed", "4", "--lr", "0.001")
    )
    assert line(result) == (
        "'interrupted' was begun with another config: latents: [256] -> [512]; optimiser.lr: 0.002 -> 0.001; "
        "seed: 0 -> 4. Resume with the config the run was begun with, or choose another --out."
    )
    assert result.code == 2


def test_resuming_on_a_text_that_changed(interrupted: tuple[Path, Result], folder: Path, microtome: Command) -> None:
    run = shutil.copytree(interrupted[0], folder / "changed")
    text = folder / "t.jsonl"
    before = text.read_bytes()
    try:
        text.write_bytes(before + b'{"text": "one more"}\n')
        result = microtome("train", "--resume", "--out", "changed")
    finally:
        text.write_bytes(before)
        shutil.rmtree(run)
    assert line(result) == (
        "the run was begun on other data: text changed since. Restore the model and text it was begun with."
    )
    assert result.code == 2


def test_a_run_killed_while_its_folder_was_made_can_be_resumed(microtome: Command, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "run.json.partial").write_text("{")
    assert microtome(*train_arguments(out), "--resume").code == 0


def test_a_folder_of_something_else(microtome: Command, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    result = microtome(*train_arguments(tmp_path))
    assert line(result) == f"'{tmp_path}' exists and is not a run. Choose another --out."
    assert microtome("demo", "--model", "tiny", "--out", str(tmp_path)).code == 2
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_activations(microtome: Command, folder: Path, tmp_path: Path) -> None:
    whole = (folder / "x.npy").read_bytes()
    (tmp_path / "cut.npy").write_bytes(whole[: len(whole) // 2])
    np.save(tmp_path / "two.npy", np.zeros((100, 8), dtype=np.float32))
    arguments = ("train", "--latents", "32", "--l0", "4", "--out", "never", "--activations")
    cases = {
        (str(tmp_path / "no.npy"),): "is not there, expected a file of activations. Check the path.",
        (str(tmp_path / "cut.npy"),): "it may be cut short. Give a .npy file, or a .safetensors file with one tensor, "
        "of shape [rows, width].",
        ("x.npy", "--kind", "transcoder"): "a transcoder got --activations without --targets. Give --targets Y.npy.",
        ("x.npy", "--kind", "transcoder", "--targets", str(tmp_path / "two.npy")): "inputs have 3000 rows and targets "
        "100, expected a target for every input. Save both from the same tokens, in the same order.",
        ("x.npy", "--site", "2.mlp_out"): "got --site together with --activations, expected one or the other. "
        "Leave out --activations to train on a language model, or the other option.",
    }
    for extra, text in cases.items():
        assert line(microtome(*arguments, *extra)).endswith(text)


def test_evaluate_options(finished: Path, microtome: Command) -> None:
    result = microtome("evaluate", "finished", "--tokens", "few")
    assert line(result) == f"got --tokens few, {WHOLE}"
    assert result.code == 2
    result = microtome("evaluate", "finished", "--text", "empty.txt")
    assert line(result) == "'empty.txt' holds no text. Give a text with at least one word."
    assert result.code == 1
    # Said before anything is measured: the fixture sees to it that the run's own metrics are still there.
    result = microtome("evaluate", "finished", "--tokens", "300", "--loss-tokens", "0", "--json", "no/such/m.json")
    assert line(result).startswith("'no/such/m.json' could not be written (No such file or directory).")


def test_a_damaged_dictionary_is_refused_by_name(finished: Path, folder: Path, microtome: Command) -> None:
    run = shutil.copytree(finished, folder / "damaged")
    weights = run / "dictionaries" / "2.mlp_out" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    result = microtome("evaluate", "damaged")
    assert "weights.safetensors' does not match its checksum: it was altered." in line(result)
    assert result.code == 1
    shutil.rmtree(run)


def test_the_library_raises_what_the_entry_point_prints(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, train_arguments("never", latents="0"))
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception) == "got 0 latents, expected at least 1. Raise --latents."


def test_unknown_options_and_commands_exit_with_2() -> None:
    runner = CliRunner()
    for arguments in (["train", "--nosuch", "1"], ["train"], ["nosuch"], ["train", "--out", "x", "--context", "many"]):
        assert runner.invoke(app, arguments).exit_code == 2


def test_a_process_prints_one_line_and_debug_shows_the_traceback(folder: Path) -> None:
    arguments = train_arguments("never", text="missing.txt")
    plain = in_a_process(*arguments, folder=folder)
    assert plain == Result(
        1,
        "reading model and text\n",
        "microtome: there is no file 'missing.txt'. Check the path, or give a dataset id such as org/name.\n",
    )
    debug = in_a_process("--debug", *arguments, folder=folder)
    assert debug.code == 1
    assert debug.err.startswith("Traceback (most recent call last):")
    assert re.search(r"^microtome\.errors\.TextError: there is no file 'missing\.txt'\.", debug.err, re.MULTILINE)


def test_debug_may_stand_anywhere(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    import sys

    from microtome import cli

    monkeypatch.chdir(folder)
    for arguments in (
        ["--debug", *train_arguments("never", latents="0")],
        [*train_arguments("never", latents="0"), "--debug"],
    ):
        monkeypatch.setattr(sys, "argv", ["microtome", *arguments])
        with pytest.raises(ConfigError, match="got 0 latents"):
            cli.main()
