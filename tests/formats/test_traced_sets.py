"""Folders in circuit-tracer's layout, traced: from the files to a graph whose rows add up."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from microtome.circuits import ReplacementModel, open_transcoders, trace_local
from microtome.circuits.graph import LATENT
from microtome.errors import ConfigError, FormatError
from microtome.formats import TranscoderSet, open_dictionary
from tests.formats.conftest import rows
from tests.formats.test_placing import LAYERS, WIDTH, model_of, write_set

TOKENS = torch.tensor([[3, 5, 7, 9, 11, 13, 4]])


def setting(folder: Path, **changes: object) -> None:
    settings = yaml.safe_load((folder / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump(settings | changes))


def without_thresholds(folder: Path) -> None:
    for layer in range(LAYERS):
        path = folder / f"layer_{layer}.safetensors"
        tensors = load_file(path)
        del tensors["activation_function.threshold"]
        save_file(tensors, path)


@pytest.mark.parametrize(
    ("family", "topk", "point"),
    [
        ("llama", False, "mlp_in"),
        ("llama", True, "mlp_in"),
        ("gemma2", False, "mlp_in"),
        ("gemma2", True, "mlp_in"),
        ("gemma2", False, "resid_mid"),
    ],
)
def test_a_folder_becomes_a_graph(tmp_path: Path, family: str, topk: bool, point: str) -> None:
    folder = tmp_path / "set"
    write_set(folder)
    if point == "resid_mid":
        setting(folder, feature_input_hook="hook_resid_mid")
    if topk:
        without_thresholds(folder)
        setting(folder, activation_fn="topk", k=5)
    lm = model_of(family)
    transcoders = open_transcoders(lm, str(folder))
    assert transcoders.remarks == (f"it was made for google/gemma-2-2b and is used on {family}",)
    local = ReplacementModel(lm, transcoders).on(TOKENS)
    graph = trace_local(local)
    assert float(graph.residual[graph.row].max()) < 1e-4
    sums = torch.zeros(len(graph), dtype=torch.float64)
    sums.index_add_(0, graph.target_E.long(), graph.weight_E.double())
    torch.testing.assert_close(sums[graph.row], graph.pre_activation[graph.row].double(), rtol=1e-3, atol=1e-3)
    for layer in range(LAYERS):
        w = load_file(folder / f"layer_{layer}.safetensors")
        (x,) = (found[0] for found in lm.capture(TOKENS, f"{layer}.{point}").values())
        z = x @ w["W_enc"].T + w["b_enc"]
        level = z.topk(5).values[:, -1:].clamp(min=1e-9) if topk else w["activation_function.threshold"] + 1e-9
        wanted = z * (z >= level)
        torch.testing.assert_close(transcoders.codes(layer, x), wanted, atol=1e-4, rtol=1e-4)
        here = (graph.nodes.kind == LATENT) & (graph.nodes.layer == layer)
        codes = wanted[graph.nodes.position[here].long(), graph.nodes.index[here].long()]
        torch.testing.assert_close(graph.nodes.activation[here], codes, atol=1e-4, rtol=1e-4)
        assert bool((wanted != 0).any())


def test_a_topk_set_has_its_codes(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write_set(folder, skip=False)
    without_thresholds(folder)
    setting(folder, activation_fn="topk", k=3)
    found = open_dictionary(folder)
    assert isinstance(found, TranscoderSet)
    w, x = load_file(folder / "layer_1.safetensors"), rows(WIDTH)
    top = (x @ w["W_enc"].T + w["b_enc"]).topk(3)
    codes = torch.zeros(len(x), len(w["b_enc"])).scatter_(1, top.indices, top.values.relu())
    dictionary = found[1].dictionary
    assert (dictionary.config.sparsifier, dictionary.config.l0) == ("topk", 3)
    torch.testing.assert_close(dictionary.encode(x).dense(), codes)
    torch.testing.assert_close(dictionary(x), codes @ w["W_dec"] + w["b_dec"])
    setting(folder, k=None)
    with pytest.raises(FormatError, match=r"config\.yaml' has nothing for k, expected int"):
        open_dictionary(folder)[1]  # type: ignore[index]


def test_a_set_that_does_not_read_the_mlp_is_not_traced(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    setting(tmp_path / "set", feature_input_hook="hook_resid_pre")
    lm = model_of("llama")
    with pytest.raises(ConfigError, match=r"maps 0\.resid_pre to 0\.mlp_out, expected 0\.mlp_in to 0\.mlp_out"):
        ReplacementModel(lm, open_transcoders(lm, str(tmp_path / "set"))).on(TOKENS)


def test_a_stream_that_the_model_does_not_have_is_not_traced(tmp_path: Path) -> None:
    """Attention and MLP read the same stream: there is none between them."""
    write_set(tmp_path / "set")
    setting(tmp_path / "set", feature_input_hook="hook_resid_mid")
    lm = model_of("gpt_neox_parallel")
    with pytest.raises(FormatError, match=r"the dictionary is for 0\.resid_mid of .*, got the model gpt_neox_parallel"):
        ReplacementModel(lm, open_transcoders(lm, str(tmp_path / "set"))).on(TOKENS)
