"""NaN and truncated files in the formats that no library here writes, and in all of Gemma Scope's: one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from microtome.errors import FormatError
from microtome.formats import open_dictionary

D, F = 8, 16
AGAIN = "Download it again, or ask whoever made it."


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def one_layer(folder: Path) -> Path:
    tensors = {"W_enc": random(D, F), "W_dec": random(F, D), "b_enc": random(F), "b_dec": random(D)}
    torch.save(tensors, folder / "25.pt")
    (folder / "25_cfg.json").write_text(json.dumps({"d_mlp": D, "dict_mult": 2}))
    return folder / "25.pt"


def openai(folder: Path) -> Path:
    tensors: dict[str, Any] = {"pre_bias": random(D), "latent_bias": random(F)}
    tensors |= {"encoder.weight": random(F, D), "decoder.weight": random(D, F)}
    settings = {"activation": "TopK", "activation_state_dict": {"k": 3, "postact_fn": "ReLU"}}
    torch.save(tensors | settings, folder / "6.pt")
    return folder / "6.pt"


def llama_scope(folder: Path) -> Path:
    tensors = {"encoder.weight": random(F, D), "encoder.bias": random(F), "decoder.weight": random(D, F)}
    (folder / "checkpoints").mkdir()
    save_file(tensors | {"decoder.bias": random(D)}, folder / "checkpoints" / "final.safetensors")
    config = {"d_model": D, "act_fn": "relu", "norm_activation": "inference"}
    (folder / "hyperparams.json").write_text(json.dumps(config))
    return folder / "checkpoints" / "final.safetensors"


def llamascopium(folder: Path) -> Path:
    tensors = {"W_E": random(D, F), "W_D": random(F, D), "b_E": random(F), "b_D": random(D)}
    save_file(tensors, folder / "sae_weights.safetensors")
    config = {"sae_type": "sae", "d_model": D, "act_fn": "relu", "norm_activation": "inference"}
    (folder / "config.json").write_text(json.dumps(config))
    return folder / "sae_weights.safetensors"


def gemma_scope(folder: Path) -> Path:
    tensors = {"W_enc": random(D, F), "W_dec": random(F, D), "b_enc": random(F), "b_dec": random(D)}
    tensors["threshold"] = random(F).abs()
    np.savez(folder / "params.npz", **{name: tensor.numpy() for name, tensor in tensors.items()})
    return folder / "params.npz"


def spoil(path: Path, name: str, value: float) -> None:
    """The file with one number of one tensor replaced."""
    if path.suffix == ".npz":
        arrays = dict(np.load(path))
        arrays[name].reshape(-1)[3] = value
        np.savez(path, **arrays)
        return
    tensors = torch.load(path, weights_only=True) if path.suffix == ".pt" else load_file(path)
    tensors[name].view(-1)[3] = value
    (torch.save if path.suffix == ".pt" else save_file)(tensors, path)


MAKERS = {
    one_layer: ("torch", ("W_enc", "W_dec", "b_enc", "b_dec")),
    openai: ("torch", ("pre_bias", "latent_bias", "encoder.weight", "decoder.weight")),
    llama_scope: ("safetensors", ("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias")),
    llamascopium: ("safetensors", ("W_E", "W_D", "b_E", "b_D")),
    gemma_scope: ("npz", ("W_enc", "W_dec", "b_enc", "b_dec", "threshold")),
}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("make", "name"),
    [(make, name) for make, (_, names) in MAKERS.items() for name in names],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_what_is_no_number_is_named(tmp_path: Path, make: Callable[[Path], Path], name: str, value: float) -> None:
    path = make(tmp_path)
    open_dictionary(tmp_path)
    spoil(path, name, value)
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    assert str(error.value) == f"'{path}' holds NaN or infinity in {name}. {AGAIN}"


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98])
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_truncated_file_is_named(tmp_path: Path, make: Callable[[Path], Path], share: float) -> None:
    path = make(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    text = str(error.value)
    assert text.startswith(f"'{path}' is not a readable {MAKERS[make][0]} file, it was cut short or altered (")
    assert text.endswith(f"). {AGAIN}") and "\n" not in text
