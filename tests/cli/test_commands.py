"""Commands end to end on `tiny`: train, Ctrl-C, resume, evaluate, sweeps, transcoders, arrays."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

import microtome as package
from microtome.activations import ModelActivations
from microtome.cli import app
from microtome.evaluation import Metrics
from microtome.evaluation.storage import load_evaluation
from microtome.training import Run
from tests.cli.conftest import Command, Result, in_a_process, train_arguments
from tests.formats.test_exports import check as check_saebench
from tests.models.tiny_models import char_tokenizer, tiny_hf

# The table of definitions, written out: `density` is per latent, and so in the file of arrays.
KEYS = [
    *("fvu", "explained_variance", "cosine", "l2_ratio", "relative_reconstruction_bias"),
    *("l0", "l1", "dead_fraction", "dense_fraction"),
    *("ce_clean", "ce_replaced", "ce_ablated", "ce_mean_ablated"),
    *("ce_recovered", "ce_recovered_from_mean", "kl", "kl_recovered"),
]


def comparable(run: Path) -> dict[str, bytes]:
    """Everything but the report and the older checkpoint, which depends on where a run was stopped."""
    older = [path.name for path in sorted((run / "checkpoints").iterdir())[:-1]]
    return {
        str(path.relative_to(run)): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name != "report.html" and not set(older) & set(path.parts)
    }


def test_version_and_help() -> None:
    runner = CliRunner()
    result = runner.invoke(app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"microtome {package.__version__}\n")
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]
    assert {"demo", "sites", "train", "evaluate", "report"} <= set(commands)
    for command in commands:
        result = runner.invoke(app, [command, "--help"])
        assert result.exit_code == 0
        assert re.search(rf"Examples?:.*microtome {command}", result.output, re.DOTALL), command


def test_a_process_prints_the_version(folder: Path) -> None:
    assert in_a_process("--version", folder=folder) == Result(0, f"microtome {package.__version__}\n", "")


def test_sites_lists_every_point(microtome: Command) -> None:
    result = microtome("sites", "tiny")
    assert result.code == 0
    for point in (
        "resid_pre",
        "attn_in",
        "attn_z",
        "attn_out",
        "resid_mid",
        "mlp_in",
        "mlp_act",
        "mlp_out",
        "resid_post",
    ):
        assert f"0-3.{point}" in result.out
    assert re.search(r"mlp_act\W+352\b", result.out)


def test_train_leaves_a_whole_run(finished: Path) -> None:
    run = Run.open(finished)
    assert run.finished
    assert run.names == ["2.mlp_out"]
    page = (finished / "report.html").read_text()
    assert "2.mlp_out" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']https?:", page)
    rows = run.metrics()
    assert 20_000 <= rows[-1]["tokens"] < 22_000  # batches are never cut short
    assert {"loss", "batch_fvu", "batch_l0", "dead", "held_out"} <= rows[-1].keys()
    assert rows[-1]["batch_fvu"] < rows[0]["batch_fvu"]
    metrics, examples = load_evaluation(finished, "2.mlp_out")
    assert metrics.values["fvu"] is not None and metrics.values["fvu"] < 0.8
    assert len(metrics.arrays["count"]) == 256
    assert examples["median"]
    assert not list(finished.rglob("*.partial"))
    assert run.facts["special_tokens_excluded"] > 0


def test_ctrl_c_says_how_to_go_on_and_resuming_gives_the_same_bytes(
    finished: Path, interrupted: tuple[Path, Result], folder: Path
) -> None:
    stopped, result = interrupted
    assert result.code == 1
    assert result.err == (
        "microtome: stopped, the state is saved. Continue with: microtome train --resume --out interrupted\n"
    )
    rows = Run.open(stopped).metrics()
    assert 0 < rows[-1]["tokens"] < 20_000
    run = shutil.copytree(stopped, folder / "resumed")
    resumed = in_a_process("train", "--resume", "--out", "resumed", folder=folder)
    assert resumed.code == 0, resumed.err
    assert comparable(run) == comparable(finished)
    assert (run / "report.html").is_file()


def check_json(path: Path, name: str) -> dict[str, object]:
    found = json.loads(path.read_text())
    assert list(found) == [name]
    for key in KEYS:
        assert math.isfinite(found[name][key]), key
        low, high = found[name]["intervals"][key]
        assert low <= found[name][key] <= high, key
    return found[name]  # type: ignore[no-any-return]


def test_evaluate_twice_gives_the_same_numbers(finished: Path, folder: Path, microtome: Command) -> None:
    run = shutil.copytree(finished, folder / "measured")
    before, _ = load_evaluation(run, "2.mlp_out")
    for name in ("a.json", "b.json"):
        options = ("--tokens", "3000", "--loss-tokens", "1000", "--json", name)
        result = microtome("evaluate", "measured", *options)
        assert result.code == 0, result.err
        assert "'t.jsonl' is what the run was trained on: reading its held-out part" in result.out
        assert f"metrics: {name}" in result.out
    found = check_json(folder / "a.json", "2.mlp_out")
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    # Neither seed nor batching of the evaluation at the end of training is another.
    assert {key: found[key] for key in KEYS} == {key: before.values[key] for key in KEYS}
    assert load_file(run / "evaluations" / "2.mlp_out.safetensors")["count"].shape == (256,)


def test_evaluate_writes_saebench_files(finished: Path, folder: Path, microtome: Command) -> None:
    shutil.copytree(finished, folder / "benched")
    options = ("--tokens", "1000", "--loss-tokens", "300", "--json", "benched.json", "--saebench", "results")
    result = microtome("evaluate", "benched", *options)
    assert result.code == 0, result.err
    file = folder / "results" / "benched_2.mlp_out_eval_results.json"
    assert f"saebench: {file.relative_to(folder)}" in result.out
    assert "lost: intervals have no place there" in result.out
    found, ours = json.loads(file.read_text()), json.loads((folder / "benched.json").read_text())["2.mlp_out"]
    check_saebench(found)
    assert (found["eval_config"]["model_name"], found["eval_config"]["dataset"]) == ("tiny", ours["text"]["name"])
    assert (found["sae_cfg_dict"]["d_sae"], found["sae_cfg_dict"]["hook_name"]) == (256, "blocks.2.hook_mlp_out")
    assert all(row["encoder_norm"] > 0 for row in found["eval_result_details"])
    groups = found["eval_result_metrics"]
    assert groups["sparsity"]["l0"] == ours["l0"]
    assert groups["model_performance_preservation"]["ce_loss_score"] == ours["ce_recovered"]
    assert [row["feature_density"] for row in found["eval_result_details"]] == ours["density"]
    assert (found["eval_config"]["llm_dtype"], ours["dtype"]) == ("float32", "float32")


def test_saebench_files_say_the_precision_that_was_measured_in(
    finished: Path, folder: Path, microtome: Command
) -> None:
    run = shutil.copytree(finished, folder / "in_half")
    options = ("--tokens", "1000", "--loss-tokens", "0", "--dtype", "bfloat16", "--saebench", "in_half_results")
    assert microtome("evaluate", "in_half", *options).code == 0
    found = json.loads((folder / "in_half_results" / "in_half_2.mlp_out_eval_results.json").read_text())
    assert found["eval_config"]["llm_dtype"] == "bfloat16"
    assert load_evaluation(run, "2.mlp_out")[0].facts["dtype"] == "bfloat16"


def test_evaluate_on_another_text(finished: Path, folder: Path, microtome: Command) -> None:
    shutil.copytree(finished, folder / "elsewhere")
    options = ("--tokens", "2000", "--loss-tokens", "500", "--json", "other.json")
    result = microtome("evaluate", "elsewhere", "--text", "other.jsonl", *options)
    assert result.code == 0, result.err
    found = check_json(folder / "other.json", "2.mlp_out")
    assert found["text"]["name"] == "other.jsonl"  # type: ignore[index]
    assert found["text"]["part"] == "all"  # type: ignore[index]
    assert 2000 <= found["tokens"] < 2200  # type: ignore[operator]


def test_evaluate_without_losses(finished: Path, folder: Path, microtome: Command) -> None:
    shutil.copytree(finished, folder / "lossless")
    assert microtome("evaluate", "lossless", "--tokens", "1000", "--loss-tokens", "0", "--json", "l.json").code == 0
    found = json.loads((folder / "l.json").read_text())["2.mlp_out"]
    assert set(KEYS) - set(found) == {key for key in KEYS if key.startswith(("ce_", "kl"))}


def test_report_can_be_written_again(finished: Path, folder: Path, microtome: Command) -> None:
    run = shutil.copytree(finished, folder / "again")
    before = (run / "report.html").read_text()
    (run / "report.html").unlink()
    result = microtome("report", "again")
    assert (result.code, result.out.strip()) == (0, "again/report.html")
    assert len((run / "report.html").read_text()) == pytest.approx(len(before), rel=0.01)


def counted_harvests(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    real = ModelActivations.harvest

    def harvest(self: ModelActivations, index: int, blocks: object) -> object:
        calls.append(index)
        return real(self, index, blocks)  # type: ignore[arg-type]

    monkeypatch.setattr(ModelActivations, "harvest", harvest)
    return calls


def test_a_sweep_reads_the_model_once(microtome: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted_harvests(monkeypatch)
    one = microtome(*train_arguments(tmp_path / "one"))
    assert one.code == 0, one.err
    alone, calls[:] = list(calls), []
    sweep = microtome(*train_arguments(tmp_path / "many", sparsifier="topk,jumprelu"), "--site", "1.resid_post")
    assert sweep.code == 0, sweep.err
    assert calls == alone == [0, 0, 1]  # the held-out probe, then two windows
    run = Run.open(tmp_path / "many")
    assert sorted(run.names) == sorted(
        f"{site}-{sparsifier}-l0_4-64" for site in ("2.mlp_out", "1.resid_post") for sparsifier in ("topk", "jumprelu")
    )
    found: dict[str, Metrics] = {name: load_evaluation(run.path, name)[0] for name in run.names}
    assert len({metrics.values["fvu"] for metrics in found.values()}) == 4
    assert len({metrics.values["ce_clean"] for metrics in found.values()}) == 1
    by_site = {run.entry(name)["site_out"]: metrics.values["ce_ablated"] for name, metrics in found.items()}
    assert set(by_site) == {"2.mlp_out", "1.resid_post"}
    assert by_site["2.mlp_out"] != by_site["1.resid_post"]


def test_a_transcoder_by_its_target_or_by_both_sites(microtome: Command, tmp_path: Path) -> None:
    for name, site in (("short", "2.mlp_out"), ("long", "2.mlp_in->2.mlp_out")):
        result = microtome(*train_arguments(tmp_path / name, kind="transcoder", site=site))
        assert result.code == 0, result.err
    short, long = Run.open(tmp_path / "short"), Run.open(tmp_path / "long")
    assert short.names == long.names == ["2.mlp_in-2.mlp_out"]
    entry = short.entry("2.mlp_in-2.mlp_out")
    assert (entry["site_in"], entry["site_out"], entry["kind"]) == ("2.mlp_in", "2.mlp_out", "transcoder")
    name = Path("dictionaries") / "2.mlp_in-2.mlp_out" / "weights.safetensors"
    assert (short.path / name).read_bytes() == (long.path / name).read_bytes()


def test_every_kind_in_one_pass(microtome: Command, tmp_path: Path) -> None:
    """Each site gets the kinds that fit it; what a dictionary becomes does not depend on its company."""
    kinds = "sae,transcoder,skip_transcoder"
    together = microtome(*train_arguments(tmp_path / "all", kind=kinds, site="2.mlp_out"), "--site", "1.resid_post")
    assert together.code == 0, together.err
    run = Run.open(tmp_path / "all")
    assert [(e["name"], e["kind"]) for e in map(run.entry, run.names)] == [
        ("2.mlp_out", "sae"),
        ("2.mlp_in-2.mlp_out-transcoder", "transcoder"),
        ("2.mlp_in-2.mlp_out-skip_transcoder", "skip_transcoder"),
        ("1.resid_post", "sae"),
    ]
    alone = microtome(*train_arguments(tmp_path / "one", kind="skip_transcoder", site="2.mlp_out"))
    assert alone.code == 0, alone.err
    one = Run.open(tmp_path / "one").dictionary("2.mlp_in-2.mlp_out").state_dict()
    for name, tensor in run.dictionary("2.mlp_in-2.mlp_out-skip_transcoder").state_dict().items():
        assert torch.equal(tensor, one[name]), name


def test_arrays_and_a_config_file(microtome: Command, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        'activations = "x.npy"\nlatents = 32\nl0s = 4\ntokens = 4e3\nbatch_tokens = 256\nbuffer_tokens = 1024\n'
        "[optimiser]\nlr = 0.01\n"
    )
    arguments = ("train", "--config", str(tmp_path / "c.toml"), "--sparsifier", "topk", "--l0", "3")
    result = microtome(*arguments, "--out", str(tmp_path / "run"))
    assert result.code == 0, result.err
    config = Run.open(tmp_path / "run").facts["config"]
    assert (config["l0s"], config["sparsifiers"], config["optimiser"]["lr"]) == ([3.0], ["topk"], 0.01)
    measured = microtome("evaluate", str(tmp_path / "run"), "--json", str(tmp_path / "m.json"))
    assert measured.code == 0, measured.err
    found = json.loads((tmp_path / "m.json").read_text())["activations"]
    assert found["l0"] == pytest.approx(3)
    assert "ce_clean" not in found
    result = microtome("evaluate", str(tmp_path / "run"), "--text", "t.jsonl")
    assert result.code == 2
    assert result.err == "microtome: the run was trained on arrays, it has no use for --text. Leave out --text.\n"


@pytest.fixture(scope="module")
def without_bos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    tiny_hf("llama").save_pretrained(folder)
    char_tokenizer(bos=False).save_pretrained(folder)
    return folder


def train_without_bos(microtome: Command, model: Path, out: Path) -> Result:
    return microtome(*train_arguments(out, model=str(model), context="32", site="1.mlp_out", latents="32"))


def test_a_tokenizer_without_bos_works(without_bos: Path, microtome: Command, tmp_path: Path) -> None:
    result = train_without_bos(microtome, without_bos, tmp_path / "run")
    assert result.code == 0, result.err
    metrics, _ = load_evaluation(tmp_path / "run", "1.mlp_out")
    assert metrics.values["ce_clean"] is not None
    assert metrics.facts["contexts"] * 32 == metrics.facts["tokens"] + metrics.facts["special_tokens_excluded"]


def test_a_tokenizer_without_bos_is_reported(without_bos: Path, microtome: Command, tmp_path: Path) -> None:
    result = train_without_bos(microtome, without_bos, tmp_path / "run")
    assert re.search(r"\bBOS\b", result.out + result.err)
