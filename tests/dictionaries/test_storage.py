"""Saved equals loaded; damage is refused by name."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest
import torch

from microtome.artifacts import new_folder, write_tensors
from microtome.dictionaries import KINDS, SPARSIFIERS, load_dictionary, save_dictionary
from microtome.dictionaries.storage import SCHEMA, VERSION, WEIGHTS, tensors_of
from microtome.errors import ArtifactError
from tests.dictionaries.test_dictionary import D_IN, make


@pytest.mark.parametrize(("kind", "sparsifier"), list(itertools.product(KINDS, SPARSIFIERS)))
def test_saved_equals_loaded(kind: str, sparsifier: str, tmp_path: Path) -> None:
    d = make(kind, sparsifier)
    save_dictionary(d, tmp_path / "d", facts={"site_in": "3.mlp_in"})
    loaded, manifest = load_dictionary(tmp_path / "d")
    assert loaded.config == d.config
    assert manifest["site_in"] == "3.mlp_in"
    x = torch.randn(30, D_IN)
    assert torch.equal(loaded(x), d(x))
    assert torch.equal(loaded.encode(x).dense(), d.encode(x).dense())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    save_dictionary(make("sae", "topk"), tmp_path / "d")
    with pytest.raises(ArtifactError) as caught:
        save_dictionary(make("sae", "topk", seed=1), tmp_path / "d")
    assert str(caught.value) == f"'{tmp_path}/d' exists already. Choose another name, or remove it first."


def test_one_altered_bit_is_found(tmp_path: Path) -> None:
    save_dictionary(make("sae", "topk"), tmp_path / "d")
    weights = tmp_path / "d" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ArtifactError) as caught:
        load_dictionary(tmp_path / "d")
    assert str(caught.value).startswith(f"'{weights}' does not match its checksum: it was altered.")


def test_tensors_that_do_not_fit_are_named(tmp_path: Path) -> None:
    d = make("sae", "topk")
    shape = {**dataclasses.asdict(d.config), "latents": 30}
    with new_folder(tmp_path / "d", schema=SCHEMA, version=VERSION, facts={"dictionary": shape}) as folder:
        write_tensors(folder / WEIGHTS, tensors_of(d))
    with pytest.raises(ArtifactError, match=r"holds W_enc of shape \(29, 7\), expected \(30, 7\)"):
        load_dictionary(tmp_path / "d")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"has no manifest.json, expected a folder of schema microtome.dictionary"):
        load_dictionary(tmp_path)
