"""Bad weights in the formats that no library here writes, and in Gemma Scope: one line each, whichever tensor it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from microtome.errors import FormatError
from microtome.formats import Foreign, open_dictionary
from tests.formats.test_bad_files import Evil

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
    config = {"d_model": D, "act_fn": "relu", "norm_activation": "inference", "use_decoder_bias": True}
    (folder / "hyperparams.json").write_text(json.dumps(config))
    return folder / "checkpoints" / "final.safetensors"


def llamascopium(folder: Path) -> Path:
    tensors = {"W_E": random(D, F), "W_D": random(F, D), "b_E": random(F), "b_D": random(D)}
    save_file(tensors, folder / "sae_weights.safetensors")
    config = {
        "sae_type": "sae",
        "d_model": D,
        "act_fn": "relu",
        "norm_activation": "inference",
        "use_decoder_bias": True,
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder / "sae_weights.safetensors"


def gemma_scope(folder: Path) -> Path:
    tensors = {"W_enc": random(D, F), "W_dec": random(F, D), "b_enc": random(F), "b_dec": random(D)}
    tensors["threshold"] = random(F).abs()
    np.savez(folder / "params.npz", **{name: tensor.numpy() for name, tensor in tensors.items()})
    return folder / "params.npz"


def read(path: Path) -> dict[str, Any]:
    if path.suffix == ".npz":
        return dict(np.load(path))
    return dict(torch.load(path, weights_only=True) if path.suffix == ".pt" else load_file(path))


def write(path: Path, held: dict[str, Any]) -> None:
    if path.suffix == ".npz":
        np.savez(path, **held)
    else:
        (torch.save if path.suffix == ".pt" else save_file)(held, path)


def spoil(path: Path, name: str, value: float) -> None:
    """The file with one number of one tensor replaced."""
    held = read(path)
    held[name].reshape(-1)[3] = value
    write(path, held)


MAKERS = {
    one_layer: ("torch", ("W_enc", "W_dec", "b_enc", "b_dec")),
    openai: ("torch", ("pre_bias", "latent_bias", "encoder.weight", "decoder.weight")),
    llama_scope: ("safetensors", ("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias")),
    llamascopium: ("safetensors", ("W_E", "W_D", "b_E", "b_D")),
    gemma_scope: ("npz", ("W_enc", "W_dec", "b_enc", "b_dec", "threshold")),
}


EVERY = pytest.mark.parametrize(
    ("make", "name"),
    [(make, name) for make, (_, names) in MAKERS.items() for name in names],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@EVERY
def test_what_is_no_number_is_named(tmp_path: Path, make: Callable[[Path], Path], name: str, value: float) -> None:
    path = make(tmp_path)
    open_dictionary(tmp_path)
    spoil(path, name, value)
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    assert str(error.value) == f"'{path}' holds NaN or infinity in {name}. {AGAIN}"


@EVERY
def test_what_is_missing_is_named(tmp_path: Path, make: Callable[[Path], Path], name: str) -> None:
    path = make(tmp_path)
    held = read(path)
    del held[name]
    write(path, held)
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    text = str(error.value)
    # OpenAI's files are known by the first.
    nobody = f"'{path}' is of no format that is known: expected OpenAI's {name}, it has "
    assert text.startswith((f"'{path}' lacks {name}, it has ", nobody)) and "\n" not in text


@EVERY
def test_of_a_wrong_shape_both_are_named(tmp_path: Path, make: Callable[[Path], Path], name: str) -> None:
    """The tensors that decide the sizes are right by definition; then another's shape is the wrong one."""
    path = make(tmp_path)
    held = read(path)
    shape = tuple(size + 1 for size in held[name].shape)
    write(path, {**held, name: np.ones(shape, np.float32) if path.suffix == ".npz" else torch.ones(shape)})
    with pytest.raises(FormatError) as error:
        open_dictionary(tmp_path)
    text = str(error.value)
    shapes = re.fullmatch(r"'(.*)' holds \S+ of shape \((.*)\), the rest of it says \((.*)\)\. " + AGAIN, text)
    sizes = re.fullmatch(r"'.*' says [\w ]+ (\d+), its weights have (\d+)\. Check that .* belong together\.", text)
    assert shapes or sizes, text


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("make", [one_layer, openai], ids=lambda make: make.__name__)
def test_a_pt_with_code_is_refused(tmp_path: Path, make: Callable[[Path], Path], legacy: bool) -> None:
    path, trap = make(tmp_path), tmp_path / "executed"
    torch.save({**read(path), "x": Evil(trap)}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(FormatError, match="holds more than tensors: loading it would run code"):
        open_dictionary(tmp_path)
    assert not trap.exists()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_mixed_dtypes_are_read_and_said(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    held, name = read(path), MAKERS[make][1][0]
    write(path, {**held, name: held[name].astype(np.float16) if path.suffix == ".npz" else held[name].half()})
    found = open_dictionary(tmp_path)
    assert isinstance(found, Foreign)
    assert "mixed dtypes (float16, float32): all are read as float32" in found.notes


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
