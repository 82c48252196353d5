"""Settings of every type in every place: a dictionary, or one line that names the file and the setting."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import save_file

from microtome.dictionaries import Dictionary
from microtome.dictionaries.storage import tensors_of
from microtome.errors import FormatError, MicrotomeError
from microtome.formats import Foreign, TranscoderSet, convert, open_dictionary
from microtome.formats.opening import Opened
from tests.formats.conftest import FIXTURES, random_dictionary
from tests.formats.test_bad_files import change_config, copied
from tests.formats.test_round_trips import native

D, F = 8, 16
ODD = (
    *(5, -1, 0, 1.5, 10**400, math.nan, math.inf, -math.inf, True, None),
    *("x", "", [], ["x"], [5], [[5]], [None], {}, {"a": 5}, {"k": "x"}, {"in": "x"}, {"in": 0}),
)
#: Keys that a loader knows and the files here do not have.
MORE = {
    "saelens": (
        *("k", "d_out", "hook_point", "hook_name", "hook_name_out", "hf_hook_name", "hook_head_index", "model_name"),
        *("activation_fn", "activation_fn_str", "activation_fn_kwargs", "finetuning_scaling_factor", "sae_diff_type"),
        *("rescale_acts_by_decoder_norm", "matryoshka_widths", "max_iterations", "residual_threshold", "kval_topk"),
        *("stop_on_duplicate_support", "n_heads", "n_attn_layers", "bottleneck_factor", "tied_weights", "metadata"),
        *("model_from_pretrained_kwargs", "activation_normalization_factor"),
    ),
    "sparsify": ("signed", "skip_connection", "transcode", "activation", "d_in", "num_latents"),
    "dictionary_learning": ("trainer.target_l0", "trainer.k", "trainer.group_sizes", "trainer.layer"),
    "circuit-tracer": ("activation_fn", "k", "model_name"),
    "gemma-scope-2": ("architecture", "affine_connection", "hf_hook_point_in", "hf_hook_point_out", "model_name"),
    "llama-scope": (
        *("use_glu_encoder", "model_name", "norm_activation", "dataset_average_activation_norm.in"),
        *("dataset_average_activation_norm.out", "top_k", "jump_relu_threshold"),
    ),
    "one-layer": ("act_name", "act_size", "dict_size", "model_name"),
    "openai": ("activation_state_dict.k", "activation_state_dict.postact_fn", "stats_last_nonzero"),
}


def fixture(name: str) -> Callable[[Path], None]:
    return lambda folder: shutil.copytree(FIXTURES / name, folder, dirs_exist_ok=True) and None


def written(to: str, kind: str, sparsifier: str) -> Callable[[Path], None]:
    """A file of ours in that format, with what is kept of it."""

    def make(folder: Path) -> None:
        folder.rmdir()
        convert(native(folder.parent, random_dictionary(kind, sparsifier, matryoshka=(4,))), folder, to=to)

    return make


def llama_scope(folder: Path) -> None:
    weights = {"encoder.weight": (F, D), "encoder.bias": (F,), "decoder.weight": (D, F), "decoder.bias": (D,)}
    (folder / "checkpoints").mkdir()
    save_file({name: torch.randn(shape) for name, shape in weights.items()}, folder / "checkpoints/final.safetensors")
    config = {
        "d_model": D,
        "d_sae": F,
        "act_fn": "topk",
        "top_k": 4,
        "jump_relu_threshold": 0.4,
        "dataset_average_activation_norm": {"in": 12.0, "out": 12.0},
        "norm_activation": "dataset-wise",
        "sparsity_include_decoder_norm": True,
        "apply_decoder_bias_to_pre_encoder": False,
        "hook_point_in": "blocks.3.hook_resid_post",
        "hook_point_out": "blocks.3.hook_resid_post",
    }
    (folder / "hyperparams.json").write_text(json.dumps(config))


def one_layer(folder: Path) -> None:
    shapes = {"W_enc": (D, F), "W_dec": (F, D), "b_enc": (F,), "b_dec": (D,)}
    torch.save({name: torch.randn(shape) for name, shape in shapes.items()}, folder / "1.pt")
    (folder / "1_cfg.json").write_text(json.dumps({"d_mlp": D, "dict_mult": 2}))


def openai(folder: Path) -> None:
    shapes = {"pre_bias": (D,), "encoder.weight": (F, D), "latent_bias": (F,), "decoder.weight": (D, F)}
    state = {name: torch.randn(shape) for name, shape in shapes.items()}
    torch.save(
        {**state, "activation": "TopK", "activation_state_dict": {"k": 3, "postact_fn": "ReLU"}}, folder / "6.pt"
    )


CASES: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "saelens topk": ("saelens", "cfg.json", fixture("saelens/topk_by_norm")),
    "saelens transcoder": ("saelens", "cfg.json", fixture("saelens/jumprelu_skip_transcoder")),
    "saelens version 3": ("saelens", "cfg.json", fixture("saelens_old/version_3/before_3_topk")),
    "saelens version 5": ("saelens", "cfg.json", fixture("saelens_old/version_5/topk")),
    "saelens pursuit": ("saelens", "cfg.json", fixture("saelens/matching_pursuit_limited")),
    "saelens temporal": ("saelens", "cfg.json", fixture("saelens/temporal")),
    "saelens matryoshka": ("saelens", "cfg.json", fixture("saelens/training_matryoshka_checkpoint")),
    "saelens of ours": ("saelens", "cfg.json", written("saelens", "sae", "batchtopk")),
    "sparsify": ("sparsify", "cfg.json", fixture("sparsify/topk/layers.3")),
    "sparsify of ours": ("sparsify", "cfg.json", written("sparsify", "transcoder", "topk")),
    "dictionary_learning": ("dictionary_learning", "config.json", fixture("dictionary_learning/standard/trainer_0")),
    "dictionary_learning of ours": (
        "dictionary_learning",
        "config.json",
        written("dictionary_learning", "sae", "batchtopk"),
    ),
    "circuit-tracer": ("circuit-tracer", "config.yaml", fixture("circuit_tracer/relu")),
    "circuit-tracer of ours": ("circuit-tracer", "config.yaml", written("circuit-tracer", "transcoder", "batchtopk")),
    "circuit-tracer clt": ("circuit-tracer", "config.yaml", fixture("circuit_tracer/clt")),
    "gemma-scope-2": (
        "gemma-scope-2",
        "config.json",
        fixture("gemma_scope/gemma-scope-2-270m-pt/transcoder_all/layer_1_width_16k_l0_small_affine"),
    ),
    "llama-scope": ("llama-scope", "hyperparams.json", llama_scope),
    "one-layer": ("one-layer", "1_cfg.json", one_layer),
    "openai": ("openai", "6.pt", openai),
}


def read(path: Path) -> dict[str, Any]:
    if path.suffix == ".pt":
        return torch.load(path, weights_only=True)  # type: ignore[no-any-return]
    return yaml.safe_load(path.read_text())  # type: ignore[no-any-return]


def write(path: Path, values: dict[str, Any]) -> None:
    if path.suffix == ".pt":
        torch.save(values, path)
    else:
        path.write_text(json.dumps(values) if path.suffix == ".json" else yaml.safe_dump(values))


def keys(values: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to every setting, those of settings too."""
    for key, value in values.items():
        if not isinstance(value, torch.Tensor):
            yield (*before, key)
        if isinstance(value, dict):
            yield from keys(value, (*before, key))


def changed(values: dict[str, Any], way: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = way
    inside = values.get(first)
    inside = inside if isinstance(inside, dict) else {}
    return {**values, first: changed(inside, tuple(rest), value) if rest else value}


def whole(opened: Opened) -> None:
    """Everything is read, and every number is one."""
    parts = [opened] if isinstance(opened, Foreign) else [*opened.values()] if isinstance(opened, TranscoderSet) else []
    for part in parts:
        assert isinstance(part.dictionary, Dictionary)
        for name, tensor in tensors_of(part.dictionary).items():
            assert bool(torch.isfinite(tensor).all()), name


@pytest.mark.parametrize("case", CASES)
def test_a_setting_of_any_type_is_read_or_refused_in_one_line(case: str, tmp_path: Path) -> None:
    name, file, make = CASES[case]
    folder = tmp_path / "dictionary"
    folder.mkdir()
    make(folder)
    good = read(folder / file)
    ways = [*keys(good), *(tuple(key.split(".")) for key in MORE.get(name, ()))]
    assert len(ways) >= 4
    refused = 0
    for way, value in itertools.product(dict.fromkeys(ways), ODD):
        write(folder / file, changed(good, way, value))
        try:
            whole(open_dictionary(folder))
        except MicrotomeError as error:
            refused += 1
            line = str(error)
            assert "\n" not in line and len(line) < 600, line
            # The guard around all loaders has nothing to do: a check of the loader names the setting.
            assert "cannot be read as" not in line, (way, value, line)
            assert str(folder) in line or "layer" in line, line
    assert refused > len(ways)


LEARNING, SAELENS = "dictionary_learning/batchtopk/trainer_0", "saelens/topk_by_norm"
AGAIN = "Download it again, or ask whoever made it."


@pytest.mark.parametrize(
    ("name", "file", "change", "line"),
    [
        (SAELENS, "cfg.json", {"architecture": []}, "has [] for architecture, expected str"),
        (SAELENS, "cfg.json", {"k": math.nan}, "has nan for k, expected float"),
        (SAELENS, "cfg.json", {"d_sae": "x"}, "says d_sae x, its weights have 16"),
        (SAELENS, "cfg.json", {"hook_name": 5, "metadata": {}}, "has 5 for hook_name, expected str"),
        ("saelens/temporal", "cfg.json", {"kval_topk": math.inf}, "has inf for kval_topk, expected int"),
        ("saelens/matching_pursuit", "cfg.json", {"max_iterations": math.inf}, "has inf for max_iterations, expected "),
        (LEARNING, "config.json", {"trainer": {"dict_class": []}}, "has [] for dict_class, expected str"),
    ],
)
def test_the_line_names_the_file_the_setting_and_what_was_expected(
    name: str, file: str, change: dict[str, Any], line: str, tmp_path: Path
) -> None:
    folder = copied(name, tmp_path)
    change_config(file, lambda config: config.update(change))(folder)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value).startswith(f"'{folder / file}' {line}")


@pytest.mark.parametrize("facts", [{"l0": "x"}, {"l0": []}, {"matryoshka": 5}, {"matryoshka": ["x"]}])
def test_what_we_kept_is_checked_like_the_rest(facts: dict[str, Any], tmp_path: Path) -> None:
    convert(native(tmp_path, random_dictionary("sae", "batchtopk")), tmp_path / "there", to="saelens")
    path = tmp_path / "there" / "cfg.json"
    config = json.loads(path.read_text())
    config["metadata"]["microtome"]["dictionary"].update(facts)
    path.write_text(json.dumps(config))
    (key,) = facts
    with pytest.raises(FormatError, match=rf"cfg.json' has .* \w+ microtome.dictionary.{key}, expected"):
        open_dictionary(tmp_path / "there")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"k": torch.tensor(math.nan)}, f"holds k = nan, expected a whole number. {AGAIN}"),
        ({5: torch.zeros(2)}, f"holds a tensor 5, expected names. {AGAIN}"),
        ({"b_dec": torch.zeros(8).to_sparse()}, f"holds b_dec as sparse_coo, expected dense numbers. {AGAIN}"),
        ({"b_dec": torch.zeros(8, device="meta")}, f"holds b_dec without numbers, expected dense numbers. {AGAIN}"),
    ],
)
def test_tensors_of_other_kinds(change: dict[Any, torch.Tensor], line: str, tmp_path: Path) -> None:
    folder = copied(LEARNING, tmp_path)
    state = torch.load(folder / "ae.pt", weights_only=True)
    torch.save({**state, **change}, folder / "ae.pt")
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value) == f"'{folder / 'ae.pt'}' {line}"


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [(SAELENS, "cfg.json", '{"a":' * 100_000), ("circuit_tracer/relu", "config.yaml", "a: " + "[" * 3_000)],
)
def test_settings_nested_too_deeply(name: str, file: str, text: str, tmp_path: Path) -> None:
    folder = copied(name, tmp_path)
    (folder / file).write_text(text)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value) == f"'{folder / file}' is nested too deeply, expected settings by name. {AGAIN}"


def test_what_no_check_foresaw_is_one_line_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loader(folder: Path) -> Opened:
        raise TypeError("unhashable\ntype")

    monkeypatch.setitem(open_dictionary.__globals__["_LOADERS"], "saelens", loader)
    with pytest.raises(FormatError) as error:
        open_dictionary(FIXTURES / SAELENS)
    assert str(error.value) == (
        f"'{FIXTURES / SAELENS}' cannot be read as saelens (TypeError: unhashable type). "
        "Check that its settings and its weights are whole."
    )


@pytest.mark.parametrize("sort", ["lorsa", "crosscoder", "clt"])
def test_other_kinds_of_llama_scope_are_refused_by_name(tmp_path: Path, sort: str) -> None:
    weights = {"encoder.weight": torch.zeros(16, 8), "encoder.bias": torch.zeros(16)}
    weights |= {"decoder.weight": torch.ones(8, 16), "decoder.bias": torch.zeros(8)}
    save_file(weights, tmp_path / "sae_weights.safetensors")
    config = {"d_model": 8, "act_fn": "relu", "norm_activation": "inference", "sae_type": sort}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(FormatError, match=f"is of the type '{sort}', expected sae or transcoder"):
        open_dictionary(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config | {"sae_type": "sae"}))
    assert isinstance(open_dictionary(tmp_path), Foreign)
