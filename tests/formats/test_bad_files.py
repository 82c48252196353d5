"""Bad files: one line each, word for word, and nothing of the file is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from microtome.errors import FormatError
from microtome.formats import Foreign, convert, open_dictionary
from microtome.formats.sets import TranscoderSet
from tests.formats.conftest import FIXTURES

SAELENS, TEMPORAL, SPARSIFY = "saelens/jumprelu", "saelens/temporal", "sparsify/topk/layers.3"
LEARNING, SCOPE = (
    "dictionary_learning/batchtopk/trainer_0",
    ("gemma_scope/gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7"),
)
OLD = "saelens_old/version_4/gated"
AFFINE = "gemma_scope/gemma-scope-2-270m-pt/transcoder_all/layer_1_width_16k_l0_small_affine"
PURSUIT, CLT_2 = "saelens/matching_pursuit", "gemma_scope/gemma-scope-2-270m-pt/clt/width_262k_l0_medium"
AGAIN = "Download it again, or ask whoever made it."
OTHERS = ", ".join(
    f"attn_layers.0.{name}"
    for name in (
        "c_proj.bias",
        "c_proj.weight",
        "k_ctx.bias",
        "k_ctx.weight",
        "q_target.bias",
        "v_ctx.bias",
        "v_ctx.weight",
    )
)
TOGETHER = "Check that its settings and its weights belong together."


def change_tensors(file: str, change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / file
        if path.suffix == ".npz":
            values: dict[str, Any] = dict(np.load(path))
            change(values)
            np.savez(path, **values)
        elif path.suffix == ".pt":
            values = torch.load(path, weights_only=True)
            change(values)
            torch.save(values, path)
        else:
            values = load_file(path)
            change(values)
            save_file(values, path)

    return apply


def change_config(file: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        config = json.loads((folder / file).read_text())
        change(config)
        (folder / file).write_text(json.dumps(config))

    return apply


def cut(file: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: len(data) // 2])

    return apply


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        values[name] = value

    return change


def spoil(name: str) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        values[name] = values[name].clone(memory_format=torch.contiguous_format)
        values[name].view(-1)[3] = float("nan")

    return change


BAD: list[tuple[str, Callable[[Path], None], str]] = [
    # shapes: both are named
    (
        SAELENS,
        change_tensors("sae_weights.safetensors", put("b_enc", torch.zeros(15))),
        f"'{{}}/sae_weights.safetensors' holds b_enc of shape (15,), the rest of it says (16,). {AGAIN}",
    ),
    (
        SPARSIFY,
        change_tensors("sae.safetensors", put("W_dec", torch.zeros(16, 9))),
        f"'{{}}/sae.safetensors' holds W_dec of shape (16, 9), the rest of it says (16, 8). {AGAIN}",
    ),
    (
        LEARNING,
        change_tensors("ae.pt", put("decoder.weight", torch.zeros(16, 8))),
        f"'{{}}/ae.pt' holds decoder.weight of shape (16, 8), the rest of it says (8, 16). {AGAIN}",
    ),
    (
        SCOPE,
        change_tensors("params.npz", put("threshold", np.zeros(3, np.float32))),
        f"'{{}}/params.npz' holds threshold of shape (3,), the rest of it says (16,). {AGAIN}",
    ),
    (
        SAELENS,
        change_tensors("sae_weights.safetensors", put("W_enc", torch.zeros(8))),
        f"'{{}}/sae_weights.safetensors' holds W_enc of shape (8,), expected 2 dimensions. {AGAIN}",
    ),
    (
        SAELENS,
        change_config("cfg.json", lambda c: c.update(d_sae=32)),
        f"'{{}}/cfg.json' says d_sae 32, its weights have 16. {TOGETHER}",
    ),
    (
        "circuit_tracer/clt",
        change_tensors("W_dec_1.safetensors", put("W_dec_1", torch.zeros(16, 3, 8))),
        f"'{{}}/W_dec_1.safetensors' holds W_dec_1 of shape (16, 3, 8), the rest of it says (16, 2, 8). {AGAIN}",
    ),
    # missing and unknown
    (
        SAELENS,
        change_tensors("sae_weights.safetensors", lambda t: t.pop("threshold")),
        f"'{{}}/sae_weights.safetensors' lacks threshold, it has nothing. {AGAIN}",
    ),
    (
        SPARSIFY,
        change_tensors("sae.safetensors", lambda t: t.pop("encoder.bias")),
        f"'{{}}/sae.safetensors' lacks encoder.bias, it has W_dec, b_dec. {AGAIN}",
    ),
    (
        SPARSIFY,
        change_config("cfg.json", lambda c: c.pop("k")),
        f"'{{}}/cfg.json' has nothing for k, expected float. {AGAIN}",
    ),
    (
        LEARNING,
        change_config("config.json", lambda c: c.pop("trainer")),
        f"'{{}}/config.json' lacks trainer, it has buffer. {AGAIN}",
    ),
    (
        SPARSIFY,
        change_tensors("sae.safetensors", put("W_more", torch.zeros(2))),
        f"'{{}}/sae.safetensors' holds tensors its architecture does not have: W_more. {TOGETHER}",
    ),
    # unknown architecture
    (
        SAELENS,
        change_config("cfg.json", lambda c: c.update(architecture="quantum")),
        "'{}/cfg.json' is of the architecture 'quantum', expected one of standard, gated, topk, abstopk, jumprelu, "
        "batchtopk, matryoshka_batchtopk, matching_pursuit, temporal, transcoder, skip_transcoder, "
        "jumprelu_transcoder, jumprelu_skip_transcoder. "
        "Update microtome, or ask whoever made it.",
    ),
    # before 6.0, a function that the architecture has elsewhere or nowhere
    (
        OLD,
        change_config("cfg.json", lambda c: c.update(activation_fn_str="topk", activation_fn_kwargs={"k": 3})),
        "'{}/cfg.json' has the activation function 'topk', expected relu for a gated sae. Use it in the version of "
        "SAELens that made it.",
    ),
    (
        OLD,
        change_config("cfg.json", lambda c: c.update(activation_fn_str="tanh-relu")),
        "'{}/cfg.json' has the activation function 'tanh-relu', expected relu for a gated sae. Use it in the version "
        "of SAELens that made it.",
    ),
    (
        "saelens_old/version_5/topk",
        change_config("cfg.json", lambda c: c.update(activation_fn_str="relu")),
        "'{}/cfg.json' has the activation function 'relu', expected topk for a topk sae. Use it in the version of "
        "SAELens that made it.",
    ),
    # attention over the tokens before
    (
        TEMPORAL,
        change_config("cfg.json", lambda c: c.update(n_heads=3)),
        "'{}/cfg.json' has 1 layers of 3 heads with a bottleneck of 4 for 16 latents, expected at least one of each, "
        "and latents that heads times bottleneck divides. Check that its settings are whole.",
    ),
    (
        TEMPORAL,
        change_config("cfg.json", lambda c: c.update(bottleneck_factor=2)),
        "'{}/sae_weights.safetensors' holds attn_layers.0.q_target.weight of shape (4, 16), the rest of it says "
        f"(8, 16). {AGAIN}",
    ),
    (
        TEMPORAL,
        change_config("cfg.json", lambda c: c.update(n_attn_layers=2)),
        f"'{{}}/sae_weights.safetensors' lacks attn_layers.1.q_target.weight, it has {OTHERS}. {AGAIN}",
    ),
    (
        TEMPORAL,
        change_config("cfg.json", lambda c: c.update(sae_diff_type="batchtopk")),
        "'{}/cfg.json' has 'batchtopk' for sae_diff_type, expected relu or topk. Use it in the version of SAELens that "
        "made it.",
    ),
    (
        TEMPORAL,
        change_config("cfg.json", lambda c: c.update(activation_normalization_factor=0)),
        f"'{{}}/cfg.json' has 0 for activation_normalization_factor, expected more than 0. {AGAIN}",
    ),
    (
        SAELENS,
        change_config("cfg.json", lambda c: c.update(normalize_activations="constant_scalar_rescale")),
        "'{}/cfg.json' normalises activations by 'constant_scalar_rescale', which is not known. Update microtome.",
    ),
    (
        LEARNING,
        change_config("config.json", lambda c: c["trainer"].update(dict_class="Mine")),
        "'{}/config.json' is of the class 'Mine', expected one of AutoEncoder, AutoEncoderNew, GatedAutoEncoder, "
        "JumpReluAutoEncoder, AutoEncoderTopK, BatchTopKSAE, MatryoshkaBatchTopKSAE. Update microtome.",
    ),
    (
        SPARSIFY,
        change_config("cfg.json", lambda c: c.update(activation="sinus")),
        "'{}/cfg.json' has the activation 'sinus', expected topk or groupmax. Update microtome.",
    ),
    # numbers that are none
    (
        SAELENS,
        change_tensors("sae_weights.safetensors", spoil("W_dec")),
        f"'{{}}/sae_weights.safetensors' holds NaN or infinity in W_dec. {AGAIN}",
    ),
    (
        LEARNING,
        change_tensors("ae.pt", spoil("encoder.weight")),
        f"'{{}}/ae.pt' holds NaN or infinity in encoder.weight. {AGAIN}",
    ),
    (
        SPARSIFY,
        change_tensors("sae.safetensors", put("b_dec", torch.zeros(8, dtype=torch.int32))),
        f"'{{}}/sae.safetensors' holds b_dec as int32, expected floating-point numbers. {AGAIN}",
    ),
    # settings and weights of two minds
    (
        SPARSIFY,
        change_config("cfg.json", lambda c: c.update(skip_connection=True)),
        f"'{{}}/cfg.json' says skip_connection True, its weights have no W_skip. {TOGETHER}",
    ),
    (
        "sparsify/skip/layers.1.mlp",
        change_config("cfg.json", lambda c: c.update(skip_connection=False)),
        f"'{{}}/cfg.json' says skip_connection False, its weights have a W_skip. {TOGETHER}",
    ),
    (
        "circuit_tracer/clt",
        change_tensors("W_enc_1.safetensors", put("W_more", torch.zeros(2))),
        f"'{{}}/W_enc_1.safetensors' holds tensors its architecture does not have: W_more. {TOGETHER}",
    ),
    (
        "circuit_tracer/clt_jumprelu",
        change_tensors("W_enc_1.safetensors", lambda t: t.pop("threshold_1")),
        f"'{{}}' has thresholds in 2 of 3 layers, expected all or none. {AGAIN}",
    ),
    (
        CLT_2,
        change_tensors("params_layer_1.safetensors", put("affine_skip_connection", torch.zeros(8, 8))),
        f"'{{}}' has skip connections in 1 of 3 layers, expected all or none. {AGAIN}",
    ),
    (
        AFFINE,
        change_tensors("params.safetensors", lambda t: t.pop("affine_skip_connection")),
        f"'{{}}/config.json' says affine_connection True, its weights have no affine_skip_connection. {TOGETHER}",
    ),
    (
        AFFINE,
        change_config("config.json", lambda c: c.update(affine_connection=False)),
        f"'{{}}/config.json' says affine_connection False, its weights have an affine_skip_connection. {TOGETHER}",
    ),
    # folded into NaN or infinity
    (
        "saelens/training_jumprelu",
        change_tensors("sae_weights.safetensors", lambda t: t.update(log_threshold=t.pop("threshold") + 200)),
        "'{}/cfg.json' gives NaN or infinity in threshold once its scales are folded into it. "
        "Check that its settings and its weights are whole.",
    ),
    (
        PURSUIT,
        change_config("cfg.json", lambda c: c.update(residual_threshold=float("nan"))),
        f"'{{}}/cfg.json' has nan for residual_threshold, expected float. {AGAIN}",
    ),
    (
        PURSUIT,
        change_config("cfg.json", lambda c: c.update(max_iterations=-1)),
        f"'{{}}/cfg.json' has -1 for max_iterations, expected at least 1. {AGAIN}",
    ),
    # not there
    (SPARSIFY, lambda folder: (folder / "sae.safetensors").unlink(), "'{}' holds no dictionary of a format that is "
     "known. See docs/formats.md, which lists the files of each."),
    ("circuit_tracer/relu", lambda folder: (folder / "layer_1.safetensors").unlink(), "'{}' has transcoders of the "
     f"layers 0, 2, expected all from 0 on. {AGAIN}"),
    ("circuit_tracer/relu", lambda folder: (folder / "config.yaml").write_text("model_kind: other"),
     f"'{{}}/config.yaml' is of the kind 'other', expected transcoder_set or cross_layer_transcoder. {AGAIN}"),
]  # fmt: skip


def copied(name: str, tmp_path: Path) -> Path:
    target = tmp_path / name
    shutil.copytree(FIXTURES / name, target)
    return target


@pytest.mark.parametrize(("name", "spoiled", "expected"), BAD)
def test_one_line(name: str, spoiled: Callable[[Path], None], expected: str, tmp_path: Path) -> None:
    folder = copied(name, tmp_path)
    spoiled(folder)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value) == expected.format(folder)


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        (SAELENS, "sae_weights.safetensors", "safetensors"),
        (SPARSIFY, "sae.safetensors", "safetensors"),
        (LEARNING, "ae.pt", "torch"),
        (SCOPE, "params.npz", "npz"),
        ("circuit_tracer/clt", "W_enc_1.safetensors", "safetensors"),
    ],
)
def test_truncated_weights(name: str, file: str, kind: str, tmp_path: Path) -> None:
    folder = copied(name, tmp_path)
    cut(file)(folder)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    text = str(error.value)
    assert text.startswith(f"'{folder}/{file}' is not a readable {kind} file, it was cut short or altered (")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "file"), [(SAELENS, "cfg.json"), (LEARNING, "config.json"), ("circuit_tracer/relu", "config.yaml")]
)
def test_truncated_settings(name: str, file: str, tmp_path: Path) -> None:
    folder = copied(name, tmp_path)
    (folder / file).write_bytes((folder / file).read_bytes()[:-7] + b'"{')
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value).startswith(f"'{folder}/{file}' is not readable, it was cut short or altered (")
    assert "\n" not in str(error.value)


class Evil:
    """Unpickling this makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("legacy", [False, True])
def test_a_pt_with_code_is_refused_and_nothing_is_executed(tmp_path: Path, legacy: bool) -> None:
    folder = copied(LEARNING, tmp_path)
    trap = tmp_path / "executed"
    torch.save({"encoder.weight": Evil(trap)}, folder / "ae.pt", _use_new_zipfile_serialization=not legacy)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert not trap.exists()
    assert str(error.value) == (
        f"'{folder}/ae.pt' holds more than tensors: loading it would run code from the file, so nothing was loaded. "
        "Ask its author for safetensors, or save its tensors alone where you trust it."
    )


def test_an_npz_with_objects_is_refused_and_nothing_is_executed(tmp_path: Path) -> None:
    folder = copied(SCOPE, tmp_path)
    trap = tmp_path / "executed"
    np.savez(folder / "params.npz", W_enc=np.array([Evil(trap)], dtype=object))
    trap_again = pickle.dumps(Evil(trap))
    assert b"mkdir" in trap_again
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert not trap.exists()
    assert str(error.value) == (
        f"'{folder}/params.npz' holds Python objects: loading them would run code from the file, so nothing was "
        "loaded. Ask its author for plain arrays."
    )


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    folder = copied("circuit_tracer/relu", tmp_path)
    trap = tmp_path / "executed"
    (folder / "config.yaml").write_text(f"model_kind: !!python/object/apply:os.mkdir ['{trap}']")
    with pytest.raises(FormatError, match="is not readable, it was cut short or altered"):
        open_dictionary(folder)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (spoil("W_dec_1"), "holds NaN or infinity in W_dec_1"),
        (lambda t: t.update(W_dec_1=t["W_dec_1"].int()), "holds W_dec_1 as int32, expected floating-point numbers"),
    ],
)
def test_decoder_rows_that_are_no_numbers_are_not_written_on(
    change: Callable[[dict[str, Any]], None], line: str, tmp_path: Path
) -> None:
    """They are read row by row, so they show when they are."""
    folder = copied("circuit_tracer/clt", tmp_path)
    change_tensors("W_dec_1.safetensors", change)(folder)
    with pytest.raises(FormatError) as error:
        convert(folder, tmp_path / "there", to="circuit-tracer")
    assert str(error.value) == f"'{folder}/W_dec_1.safetensors' {line}. {AGAIN}"
    assert not (tmp_path / "there").exists()


def test_a_decoder_row_of_zeros_stays_one(tmp_path: Path) -> None:
    folder = copied("saelens/topk_by_norm", tmp_path)

    def change(tensors: dict[str, Any]) -> None:
        tensors["W_dec"] = tensors["W_dec"].clone()
        tensors["W_dec"][3] = 0

    change_tensors("sae_weights.safetensors", change)(folder)
    found = open_dictionary(folder)
    assert isinstance(found, Foreign)
    assert not found.dictionary.W_dec[3].any() and bool(torch.isfinite(found.dictionary.W_enc).all())


def test_mixed_dtypes_are_read_and_said(tmp_path: Path) -> None:
    folder = copied(SAELENS, tmp_path)
    change_tensors("sae_weights.safetensors", lambda t: t.update(W_enc=t["W_enc"].bfloat16(), b_enc=t["b_enc"].half()))(
        folder
    )
    found = open_dictionary(folder)
    assert isinstance(found, Foreign)
    assert found.notes == ("mixed dtypes (bfloat16, float16, float32): all are read as float32",)
    assert found.dictionary.W_enc.dtype == torch.float32


def test_several_dictionaries_need_a_choice() -> None:
    with pytest.raises(FormatError) as error:
        open_dictionary(FIXTURES / "sparsify")
    assert str(error.value) == (
        f"'{FIXTURES / 'sparsify'}' holds 6 dictionaries that fit: expansion/layers.2.mlp, groupmax/layers.3, "
        "skip/layers.1.mlp, skip_autoencoder/layers.1 and 2 more. "
        "Name one (its path behind the release's), or choose by ?site=…&width=…&l0=…."
    )


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("?layer=3", "which chooses by layer, expected site, width or l0"),
        ("?width=many", "expected numbers for width and l0"),
        ("?site=7.resid_post", "holds none that fits, it has expansion/layers.2.mlp"),
    ],
)
def test_bad_choices(query: str, line: str) -> None:
    with pytest.raises(FormatError) as error:
        open_dictionary(f"{FIXTURES / 'sparsify'}{query}")
    assert line in str(error.value)


def test_a_crosscoder_of_gemma_scope_2_is_no_crosslayer_transcoder(tmp_path: Path) -> None:
    folder = tmp_path / "gemma-scope-2-270m-pt" / "crosscoder" / "layer_5_9_12_width_65k_l0_medium"
    shutil.copytree(FIXTURES / "gemma_scope" / "gemma-scope-2-270m-pt" / "clt" / "width_262k_l0_medium", folder)
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    assert str(error.value) == (
        f"'{folder}' is a crosscoder, which encodes several layers as one, and for which there is no place here. "
        "Use it in its library."
    )


def test_negative_thresholds_of_circuit_tracer_are_refused(tmp_path: Path) -> None:
    folder = copied("circuit_tracer/jumprelu", tmp_path)
    change_tensors("layer_0.safetensors", lambda t: t["activation_function.threshold"].fill_(-0.5))(folder)
    found = open_dictionary(folder)
    assert isinstance(found, TranscoderSet)
    with pytest.raises(FormatError, match=r"layer_0\.safetensors' has a threshold of -0\.5, expected 0 or more"):
        found[0]
