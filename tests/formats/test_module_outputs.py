"""Dictionaries of what a module gives: where a norm follows, they are used in front of it, not behind."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from microtome.dictionaries import save_dictionary
from microtome.formats import Foreign, TranscoderSet, convert, open_dictionary, placed_on
from microtome.formats.places import from_module_path
from microtome.formats.placing import remarks
from microtome.models import LanguageModel
from tests.formats.conftest import FIXTURES, random_dictionary
from tests.formats.test_placing import WIDTH, model_of, write_set

TOKENS = torch.arange(1, 13).view(1, 12)
POST_NORM = ("gemma2", "gemma3", "olmo2")


def given_by(lm: LanguageModel, path: str) -> torch.Tensor:
    """What a module of the stock model returns, by a plain hook."""
    found: list[torch.Tensor] = []

    def see(module: object, given: object, output: object) -> None:
        found.append(output[0] if isinstance(output, tuple) else output)  # type: ignore[arg-type]

    handle = lm.hf.get_submodule(path).register_forward_hook(see)
    with torch.no_grad():
        lm.hf(TOKENS)
    handle.remove()
    return found[0]


def sparse(folder: Path, name: str, **facts: object) -> Foreign:
    """A dictionary in sparsify's layout, without what we keep of our own."""
    shutil.copytree(FIXTURES / "sparsify" / "topk" / "layers.3", folder / name)
    found = open_dictionary(folder / name)
    assert isinstance(found, Foreign)
    return dataclasses.replace(found, dictionary=random_dictionary(width=WIDTH), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", [*POST_NORM, "llama"])
@pytest.mark.parametrize(("name", "module"), [("layers.1.mlp", "mlp"), ("layers.1.self_attn", "self_attn")])
def test_what_is_read_is_what_the_module_gives(tmp_path: Path, family: str, name: str, module: str) -> None:
    lm = model_of(family)
    found = sparse(tmp_path, name)
    placed = placed_on(lm, found)
    seen = lm.capture(TOKENS, placed.site_in)[placed.site_in]
    torch.testing.assert_close(seen, given_by(lm, f"model.layers.1.{module}"))
    assert placed.site_in == placed.site_out
    exact = f"model.layers.1.{module}:output"
    point = "mlp_out" if module == "mlp" else "attn_out"
    post_norm = family in POST_NORM
    assert str(placed.site_in) == (exact if post_norm else f"1.{point}")
    said = [f"its 1.{point} is what the module gives, before the norm that follows: {exact}"]
    assert remarks(lm, found) == (said if post_norm else [])


def test_dictionary_learning_s_places_are_modules_too() -> None:
    found = open_dictionary(FIXTURES / "dictionary_learning" / "batchtopk" / "trainer_0")
    assert isinstance(found, Foreign)
    assert not found.of_module  # a residual stream


@pytest.mark.parametrize(
    ("path", "model", "site", "of_module"),
    [
        ("layers.1.mlp", None, "1.mlp_out", True),
        ("layers.1.post_feedforward_layernorm", "google/gemma-2-2b", "1.mlp_out", False),
        ("layers.1.post_attention_layernorm.output", "google/gemma-3-270m", "1.attn_out", False),
        ("layers.1.post_attention_layernorm.output", "meta-llama/Llama-3.1-8B", "1.mlp_in", False),
        ("layers.1.post_attention_layernorm.output", "google/gemma-2b", "1.mlp_in", False),
        ("layers.1.post_attention_layernorm.output", None, None, False),
    ],
)
def test_module_paths(path: str, model: str | None, site: str | None, of_module: bool) -> None:
    where = from_module_path(path, model)
    assert (where.site, where.of_module) == (site, of_module)
    assert (where.note is None) == (site is not None)


def test_it_is_still_the_module_s_after_a_detour(tmp_path: Path) -> None:
    sparse(tmp_path, "layers.1.mlp")
    convert(tmp_path / "layers.1.mlp", tmp_path / "own", to="microtome", model="google/gemma-2-2b")
    done = convert(tmp_path / "own", tmp_path / "lens", to="saelens")
    assert done.losses == (
        "1.mlp_out is what the module gives, there it is behind the norm that follows in some models",
    )
    for name in ("own", "lens"):
        found = open_dictionary(tmp_path / name)
        assert isinstance(found, Foreign)
        assert (found.site_out, found.of_module) == ("1.mlp_out", True)


def test_our_own_mlp_out_is_named_by_the_norm(tmp_path: Path) -> None:
    facts = {"site_in": "1.mlp_out", "site_out": "1.mlp_out", "model": "google/gemma-2-2b"}
    save_dictionary(random_dictionary(), tmp_path / "own", facts=facts)
    name = "layers.1.post_feedforward_layernorm"
    assert convert(tmp_path / "own", tmp_path / name, to="sparsify").losses == ()
    facts["site_in"] = "1.mlp_in"
    save_dictionary(random_dictionary("transcoder"), tmp_path / "pair", facts=facts)
    assert convert(tmp_path / "pair", tmp_path / "layers.1.mlp", to="sparsify").losses == (
        "sparsify takes what 'layers.1.mlp' gives, 1.mlp_out is behind the norm that follows",
    )


@pytest.mark.parametrize("family", ["gemma2", "llama"])
def test_a_set_that_predicts_modules_writes_there(tmp_path: Path, family: str) -> None:
    write_set(tmp_path / "set")
    settings = yaml.safe_load((tmp_path / "set" / "config.yaml").read_text())
    settings["feature_output_hook"] = "mlp.hook_out"
    (tmp_path / "set" / "config.yaml").write_text(yaml.safe_dump(settings))
    found = open_dictionary(tmp_path / "set")
    assert isinstance(found, TranscoderSet)
    written = [str(site) for site in found.edits(model_of(family)) if "out" in str(site)]
    module = family == "gemma2"
    assert written == [f"model.layers.{layer}.mlp:output" if module else f"{layer}.mlp_out" for layer in range(3)]
