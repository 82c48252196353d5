"""Formats that no library at hand writes: files made by their published layout, compared with their formulas."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from microtome.errors import FormatError
from microtome.formats import Foreign, decoder_rows, open_dictionary
from microtome.formats.hub import release_on_hub
from tests.formats.conftest import rows
from tests.formats.test_hub import FolderClient

D, F = 8, 16


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def opened(path: str | Path) -> Foreign:
    found = open_dictionary(path)
    assert isinstance(found, Foreign)
    return found


def same(found: Foreign, codes: torch.Tensor, out: torch.Tensor, x: torch.Tensor) -> None:
    torch.testing.assert_close(found.dictionary.encode(x).dense(), codes, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.dictionary(x), out, atol=1e-5, rtol=1e-5)


def test_one_layer(tmp_path: Path) -> None:
    W_enc, W_dec, b_enc, b_dec, x = random(D, F), random(F, D), random(F), random(D), rows(D)
    torch.save({"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec}, tmp_path / "25.pt")
    (tmp_path / "25_cfg.json").write_text(
        json.dumps({"d_mlp": D, "dict_mult": 2, "l1_coeff": 3e-4, "enc_dtype": "fp32"})
    )
    codes = torch.relu((x - b_dec) @ W_enc + b_enc)
    found = opened(tmp_path)
    same(found, codes, codes @ W_dec + b_dec, x)
    same(opened(tmp_path / "25.pt"), codes, codes @ W_dec + b_dec, x)
    assert (found.site_in, found.model) == ("0.mlp_act", "gelu-1l")


def test_one_layer_with_its_hook_point(tmp_path: Path) -> None:
    torch.save(
        {"W_enc": random(D, F), "W_dec": random(F, D), "b_enc": random(F), "b_dec": random(D)}, tmp_path / "a.pt"
    )
    settings = {"act_name": "blocks.3.attn.hook_z", "act_size": D, "dict_size": F}
    (tmp_path / "a_cfg.json").write_text(json.dumps(settings))
    assert opened(tmp_path).site_in == "3.attn_z"


@pytest.mark.parametrize(
    ("settings", "site", "model"),
    [
        ({"site": "mlp_out", "layer": 1}, "1.mlp_out", None),
        ({"site": "hook_resid_pre", "layer": 2}, "2.resid_pre", None),
        ({"hook_point": "blocks.3.hook_mlp_out", "layer": 3}, "3.mlp_out", None),
        ({"site": "nowhere", "layer": 1}, None, None),
        ({"layer": 1, "model_name": "gelu-2l"}, None, "gelu-2l"),
        ({"layer": 0, "model_name": "gelu-2l"}, "0.mlp_act", "gelu-2l"),
    ],
)
def test_one_layer_names_its_place_in_other_ways(
    tmp_path: Path, settings: dict[str, object], site: str | None, model: str | None
) -> None:
    torch.save(
        {"W_enc": random(D, F), "W_dec": random(F, D), "b_enc": random(F), "b_dec": random(D)}, tmp_path / "a.pt"
    )
    (tmp_path / "a_cfg.json").write_text(json.dumps(settings))
    found = opened(tmp_path)
    assert (found.site_in, found.site_out, found.model) == (site, site, model)
    assert bool(found.notes) == (site is None)


@pytest.mark.parametrize("activation", ["TopK", "ReLU"])
def test_openai(tmp_path: Path, activation: str) -> None:
    folder = tmp_path / "gpt2-small" / "resid_delta_mlp_v5_32k" / "autoencoders"
    folder.mkdir(parents=True)
    encoder, decoder, pre, bias, x = random(F, D), random(D, F), random(D), random(F), rows(D)
    state = {
        "pre_bias": pre,
        "encoder.weight": encoder,
        "latent_bias": bias,
        "decoder.weight": decoder,
        "stats_last_nonzero": torch.zeros(F, dtype=torch.long),
        "latents_activation_frequency": torch.ones(F),
        "latents_mean_square": torch.zeros(F),
        "activation": activation,
        "activation_state_dict": {"k": 3, "postact_fn": "ReLU"} if activation == "TopK" else {},
    }
    torch.save(state, folder / "6.pt")
    if activation == "TopK":
        mu = x.mean(-1, keepdim=True)
        std = (x - mu).std(-1, keepdim=True)
        z = ((x - mu) / (std + 1e-5) - pre) @ encoder.T + bias
        top = z.topk(3)
        codes = torch.zeros_like(z).scatter_(1, top.indices, top.values.relu())
        out = (codes @ decoder.T + pre) * std + mu
    else:
        codes = torch.relu((x - pre) @ encoder.T + bias)
        out = codes @ decoder.T + pre
    found = opened(folder / "6.pt")
    same(found, codes, out, x)
    assert (found.site_in, found.site_out, found.model) == ("6.mlp_out", "6.mlp_out", "openai-community/gpt2")
    # A name that dictionary_learning uses too, where there are no settings.
    (folder / "6.pt").rename(tmp_path / "ae.pt")
    same(opened(tmp_path / "ae.pt"), codes, out, x)


def openai_state(**more: Any) -> dict[str, Any]:
    shapes = {"pre_bias": (D,), "encoder.weight": (F, D), "latent_bias": (F,), "decoder.weight": (D, F)}
    return {name: random(*shape) for name, shape in shapes.items()} | {"activation": "ReLU", **more}


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", ["ae.pt", "6.pt", "autoencoder.pt"])
def test_the_one_pt_of_openai_in_a_folder_is_opened(tmp_path: Path, name: str, legacy: bool) -> None:
    """Whatever lies beside it: states of a training, tensors of others, a file with code, one that is cut short."""
    folder = tmp_path / "hub" / "owner" / "run"
    folder.mkdir(parents=True)
    torch.save(openai_state(), folder / name, _use_new_zipfile_serialization=not legacy)
    assert opened(folder).format == "openai"
    client = FolderClient(tmp_path / "hub", tmp_path / "downloads")
    for reference in ("owner/run", f"owner/run/{name}"):
        assert isinstance(open_dictionary(reference, release=release_on_hub(reference, client)), Foreign)
    assert set(client.fetched) == {name}
    torch.save({"global_step": 3}, folder / "trainer.pt")
    torch.save({"encoder.weight": random(F, D)}, folder / "other.pt", _use_new_zipfile_serialization=not legacy)
    torch.save(Path("/"), folder / "code.pt")
    (folder / "short.pt").write_bytes((folder / name).read_bytes()[:200])
    assert torch.equal(opened(folder).dictionary.b_dec, torch.load(folder / name, weights_only=True)["pre_bias"])
    assert decoder_rows(folder, [0]).shape == (1, D)


def test_a_tied_decoder_of_openai_is_the_encoder(tmp_path: Path) -> None:
    state = openai_state()
    del state["decoder.weight"]
    torch.save({**state, "decoder.linear.weight": state["encoder.weight"]}, tmp_path / "6.pt")
    assert torch.equal(opened(tmp_path).dictionary.W_dec, state["encoder.weight"])


def test_several_of_openai_in_a_folder_need_a_choice(tmp_path: Path) -> None:
    for name in ("5.pt", "ae.pt"):
        torch.save(openai_state(), tmp_path / name)
    torch.save({"global_step": 3}, tmp_path / "trainer.pt")
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    assert str(error.value) == (
        f"'{tmp_path}' holds 2 dictionaries that fit: 5.pt, ae.pt. "
        "Name one (its path behind the release's), or choose by ?site=…&width=…&l0=…."
    )
    assert opened(tmp_path / "ae.pt").format == "openai"


def test_a_pt_of_nobody_is_refused(tmp_path: Path) -> None:
    torch.save({"weights": random(2, 2)}, tmp_path / "x.pt")
    with pytest.raises(Exception, match="is of no format that is known: expected OpenAI's pre_bias, it has weights"):
        open_dictionary(tmp_path)


@pytest.mark.parametrize("transcoder", [False, True])
def test_llama_scope(tmp_path: Path, transcoder: bool) -> None:
    (tmp_path / "checkpoints").mkdir()
    encoder, decoder, b_enc, b_dec, x = random(F, D), random(D, F, seed=1), random(F), random(D), rows(D)
    norms = {"in": 12.0, "out": 5.0 if transcoder else 12.0}
    weights = {"encoder.weight": encoder, "encoder.bias": b_enc, "decoder.weight": decoder, "decoder.bias": b_dec}
    save_file(weights, tmp_path / "checkpoints" / "final.safetensors")
    config = {
        "d_model": D,
        "d_sae": F,
        "act_fn": "topk",
        "top_k": 4,
        "jump_relu_threshold": 0.4,
        "dataset_average_activation_norm": norms,
        "norm_activation": "dataset-wise",
        "sparsity_include_decoder_norm": True,
        "apply_decoder_bias_to_pre_encoder": False,
        "hook_point_in": "blocks.3.hook_resid_mid" if transcoder else "blocks.3.hook_resid_post",
        "hook_point_out": "blocks.3.hook_mlp_out" if transcoder else "blocks.3.hook_resid_post",
    }
    (tmp_path / "hyperparams.json").write_text(json.dumps(config))
    # For use: biases and decoder are rescaled, rows brought to norm 1, and a code above the threshold is kept.
    s_in, s_out = (math.sqrt(D) / norms[key] for key in ("in", "out"))
    scaled = decoder * s_in / s_out
    norm = scaled.norm(dim=0)
    z = (x @ encoder.T + b_enc / s_in) * norm
    codes = z * (z > 0.4)
    found = opened(tmp_path)
    same(found, codes, codes @ (scaled / norm).T + b_dec / s_out, x)
    assert found.site_in == ("3.resid_mid" if transcoder else "3.resid_post")
    assert found.dictionary.config.kind == ("transcoder" if transcoder else "sae")


def test_llama_scope_of_later_versions(tmp_path: Path) -> None:
    folder = tmp_path / "L15R"
    folder.mkdir()
    encoder, decoder, b_enc, b_dec, x = random(F, D), random(D, F, seed=1), random(F), random(D), rows(D)
    level = random(F, seed=9) - 1
    weights = {"encoder.weight": encoder, "encoder.bias": b_enc, "decoder.weight": decoder, "decoder.bias": b_dec}
    save_file({**weights, "log_jumprelu_threshold": level}, folder / "sae_weights.safetensors")
    config = {"d_model": D, "expansion_factor": 2, "act_fn": "jumprelu", "norm_activation": "inference",
              "sparsity_include_decoder_norm": False, "hook_point_in": "blocks.15.hook_resid_post",
              "hook_point_out": "blocks.15.hook_resid_post", "use_decoder_bias": True}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    z = x @ encoder.T + b_enc
    codes = z * (z > level.exp())
    same(opened(folder), codes, codes @ decoder.T + b_dec, x)


def test_llama_scope_s_topk_of_version_2_chooses_by_the_length_of_rows(tmp_path: Path) -> None:
    """SparseAutoEncoder.encode of llamascopium as plain code; norms that were not measured hold what was in memory."""
    W_E, W_D, b_E, b_D, x = random(D, F), random(F, D, seed=1), random(F), random(D), rows(D)
    norms = {f"dataset_average_activation_norm.{key}": torch.tensor(math.nan) for key in ("in", "out")}
    save_file({"W_E": W_E, "W_D": W_D, "b_E": b_E, "b_D": b_D, **norms}, tmp_path / "sae_weights.safetensors")
    config = {"sae_type": "sae", "d_model": D, "act_fn": "topk", "top_k": 3, "norm_activation": "inference",
              "hook_point_in": "blocks.3.hook_resid_post", "hook_point_out": "blocks.3.hook_resid_post"}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    length = W_D.norm(dim=1)
    z = torch.relu((x @ W_E + b_E) * length)
    top = z.topk(3)
    codes = torch.zeros_like(z).scatter_(1, top.indices, top.values)
    found = opened(tmp_path)
    same(found, codes, codes / length @ W_D + b_D, x)
    assert found.notes == (
        "its rows are brought to unit norm, in whose units it chooses the k largest, and its codes to match",
    )


@pytest.mark.parametrize("subtracted", [False, True])
def test_llama_scope_normalised_token_by_token(tmp_path: Path, subtracted: bool) -> None:
    """compute_norm_factor, encode, decode and denormalize_activations of the library, as plain code."""
    encoder, decoder, b_enc, b_dec, x = random(F, D), random(D, F, seed=1), random(F), random(D), rows(D)
    weights = {"encoder.weight": encoder, "encoder.bias": b_enc, "decoder.weight": decoder, "decoder.bias": b_dec}
    save_file(weights, tmp_path / "sae_weights.safetensors")
    config = {"d_model": D, "act_fn": "relu", "norm_activation": "token-wise", "sparsity_include_decoder_norm": False,
              "apply_decoder_bias_to_pre_encoder": subtracted, "hook_point_in": "blocks.3.hook_resid_post",
              "hook_point_out": "blocks.3.hook_resid_post"}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    factor = math.sqrt(D) / x.norm(dim=-1, keepdim=True)
    codes = torch.relu((x * factor - b_dec * subtracted) @ encoder.T + b_enc)
    found = opened(tmp_path)
    same(found, codes, (codes @ decoder.T + b_dec) / factor, x)
    assert (found.dictionary.config.normalise, found.notes) == ("unit_norm", ())
    (tmp_path / "config.json").write_text(json.dumps(config | {"hook_point_out": "blocks.3.hook_mlp_out"}))
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    assert str(error.value) == (
        f"'{tmp_path / 'config.json'}' has token-wise for norm_activation of a transcoder, expected dataset-wise or "
        "inference: it predicts activations up to a size of each token that only they say. "
        "Use it in the library that made it."
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"norm_activation": "batch-wise"},
            "has 'batch-wise' for norm_activation, expected dataset-wise, token-wise or inference: its codes depend on "
            "the other tokens that it is given at once. Use it in the library that made it.",
        ),
        (
            {"norm_activation": "layer"},
            "has 'layer' for norm_activation, expected dataset-wise, token-wise or inference. "
            "Use it in the library that made it.",
        ),
        (
            {},
            "has dataset-wise for norm_activation and no dataset_average_activation_norm of its activations, which it "
            "was normalised by. Download it again, or ask whoever made it.",
        ),
        (
            {"dataset_average_activation_norm": {"in": 3.0}, "hook_point_out": "blocks.3.hook_mlp_out"},
            "has dataset-wise for norm_activation and no dataset_average_activation_norm of what it predicts, which it "
            "was normalised by. Download it again, or ask whoever made it.",
        ),
    ],
)
def test_llama_scope_without_what_it_is_normalised_by(tmp_path: Path, changes: dict[str, object], line: str) -> None:
    weights = {"encoder.weight": random(F, D), "encoder.bias": random(F), "decoder.weight": random(D, F)}
    save_file(weights | {"decoder.bias": random(D)}, tmp_path / "sae_weights.safetensors")
    hook = "blocks.3.hook_resid_post"
    config = {"d_model": D, "act_fn": "relu", "norm_activation": "inference", "hook_point_in": hook,
              "hook_point_out": hook}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert opened(tmp_path).notes == ()
    (tmp_path / "config.json").write_text(json.dumps(config | {"norm_activation": "dataset-wise"} | changes))
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    assert str(error.value) == f"'{tmp_path / 'config.json'}' {line}"


@pytest.mark.parametrize(
    ("release", "site", "model"),
    [
        ("gemma-scope-2b-pt-res", "12.resid_post", "google/gemma-2-2b"),
        ("gemma-scope-9b-it-res", "12.resid_post", "google/gemma-2-9b-it"),
        ("gemma-scope-2b-pt-mlp", "12.mlp_out", "google/gemma-2-2b"),
        ("gemma-scope-2b-pt-att", "12.attn_z", "google/gemma-2-2b"),
    ],
)
def test_gemma_scope(tmp_path: Path, release: str, site: str, model: str) -> None:
    folder = tmp_path / release / "layer_12" / "width_16k" / "average_l0_8"
    folder.mkdir(parents=True)
    W_enc, W_dec, b_enc, b_dec, x = random(D, F), random(F, D), random(F), random(D), rows(D)
    threshold = random(F, seed=4).abs()
    arrays = {"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec, "threshold": threshold}
    np.savez(folder / "params.npz", **{key: value.numpy() for key, value in arrays.items()})
    z = x @ W_enc + b_enc
    codes = torch.relu(z) * (z > threshold)
    found = opened(f"{tmp_path / release}?site={site}&width=16k&l0=9")
    same(found, codes, codes @ W_dec + b_dec, x)
    assert (found.site_in, found.site_out, found.model, found.before_gain) == (site, site, model, False)


@pytest.mark.parametrize("name", ["scaling_factor", "finetuning_scaling_factor"])
def test_saelens_s_factor_of_fine_tuning_multiplies_the_decoder(tmp_path: Path, name: str) -> None:
    """Codes stay as they are, and are multiplied on their way into the decoder."""
    W_enc, W_dec, b_enc, b_dec, x = random(D, F), random(F, D), random(F), random(D), rows(D)
    factor = random(F, seed=3).abs() + 0.5
    tensors = {"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec, name: factor}
    save_file(tensors, tmp_path / "sae_weights.safetensors")
    config = {"architecture": "standard", "d_in": D, "d_sae": F, "activation_fn_str": "relu", "dtype": "torch.float32",
              "apply_b_dec_to_input": True, "finetuning_scaling_factor": True, "normalize_activations": "none",
              "model_name": "gpt2-small", "hook_name": "blocks.1.hook_resid_pre"}  # fmt: skip
    (tmp_path / "cfg.json").write_text(json.dumps(config))
    codes = torch.relu((x - b_dec) @ W_enc + b_enc)
    same(opened(tmp_path), codes, (codes * factor) @ W_dec + b_dec, x)
    (tmp_path / "cfg.json").write_text(json.dumps({**config, "finetuning_scaling_factor": False}))
    with pytest.raises(Exception, match=rf"holds {name}, but .* says finetuning_scaling_factor is off"):
        open_dictionary(tmp_path)


def test_saelens_s_scale_of_activations_is_folded(tmp_path: Path) -> None:
    W_enc, W_dec, b_enc, b_dec, x = random(D, F), random(F, D), random(F), random(D), rows(D)
    save_file({"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec}, tmp_path / "sae_weights.safetensors")
    config = {"d_in": D, "d_sae": F, "normalize_activations": "expected_average_only_in", "hook_point": "blocks.1.x"}
    (tmp_path / "cfg.json").write_text(json.dumps(config))
    assert "it is used as it is, as SAELens does" in opened(tmp_path).notes[0]
    (tmp_path / "activation_scaler.json").write_text('{"scaling_factor": 0.25}')
    codes = torch.relu((x * 0.25 - b_dec) @ W_enc + b_enc)
    same(opened(tmp_path), codes, (codes @ W_dec + b_dec) / 0.25, x)


def test_a_checkpoint_of_saelens_s_jumprelu(tmp_path: Path) -> None:
    """While it trains, the library keeps the logarithms of the thresholds (`JumpReLUTrainingSAE.log_threshold`)."""
    W_enc, W_dec, b_enc, b_dec, x = random(D, F), random(F, D), random(F), random(D), rows(D)
    level = random(F, seed=5) / 4 + 0.5
    tensors = {"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec, "log_threshold": level}
    save_file(tensors, tmp_path / "sae_weights.safetensors")
    config = {"architecture": "jumprelu", "d_in": D, "d_sae": F, "apply_b_dec_to_input": True,
              "metadata": {"hook_name": "blocks.1.hook_resid_pre"}}  # fmt: skip
    (tmp_path / "cfg.json").write_text(json.dumps(config))
    z = (x - b_dec) @ W_enc + b_enc
    codes = z * (z > level.exp())
    assert bool(((z > 0) & (codes == 0)).any())
    same(opened(tmp_path), codes, codes @ W_dec + b_dec, x)
