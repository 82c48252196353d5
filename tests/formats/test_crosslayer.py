"""Cross-layer transcoders in circuit-tracer's layout: what they read, and of which model, comes along."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save_file

from microtome.circuits import ReplacementModel, from_crosslayer, open_transcoders, trace_local
from microtome.circuits.graph import LATENT
from microtome.dictionaries import CrosslayerTranscoder
from microtome.errors import FormatError
from microtome.formats import convert, open_dictionary
from microtome.formats.placing import gain_of
from microtome.models import LanguageModel
from microtome.sites import Site
from tests.formats.conftest import FIXTURES
from tests.models.tiny_models import D_MODEL, N_LAYERS, tiny_hf

HOOKS = {"feature_input_hook": "mlp.hook_in", "feature_output_hook": "hook_mlp_out"}
TOKENS = torch.tensor([[3, 5, 7, 9, 11, 13, 4]])


def write_clt(folder: Path, **settings: object) -> Path:
    """A random cross-layer transcoder for the tiny models."""
    folder.mkdir()
    config = {"model_name": "google/gemma-2-2b", "model_kind": "cross_layer_transcoder", "scan": "x", **HOOKS}
    (folder / "config.yaml").write_text(yaml.safe_dump(config | settings))
    for layer in range(N_LAYERS):
        generator = torch.Generator().manual_seed(layer)
        encoder = {
            f"W_enc_{layer}": torch.randn(24, D_MODEL, generator=generator) * 0.3,
            f"b_enc_{layer}": torch.randn(24, generator=generator) * 0.3,
            f"b_dec_{layer}": torch.randn(D_MODEL, generator=generator) * 0.3,
        }
        save_file(encoder, folder / f"W_enc_{layer}.safetensors")
        rows = torch.randn(24, N_LAYERS - layer, D_MODEL, generator=generator) * 0.3
        save_file({f"W_dec_{layer}": rows}, folder / f"W_dec_{layer}.safetensors")
    return folder


def opened(folder: Path) -> CrosslayerTranscoder:
    found = open_dictionary(folder)
    assert isinstance(found, CrosslayerTranscoder)
    return found


def model(family: str = "llama") -> LanguageModel:
    return LanguageModel.wrap(tiny_hf(family), name=family)


@pytest.mark.parametrize(
    ("hook", "point", "before_gain"),
    [
        ("mlp.hook_in", "mlp_in", False),
        ("hook_resid_mid", "resid_mid", False),
        ("ln2.hook_normalized", "mlp_in", True),
        ("hook_mlp_in", None, False),
    ],
)
def test_places_and_model_survive_a_conversion(tmp_path: Path, hook: str, point: str | None, before_gain: bool) -> None:
    source = write_clt(tmp_path / "clt", feature_input_hook=hook)
    done = convert(source, tmp_path / "again", to="circuit-tracer", model="other/model")
    assert done.losses == ()
    assert yaml.safe_load((tmp_path / "again" / "config.yaml").read_text()) == yaml.safe_load(
        (source / "config.yaml").read_text()
    )
    for found in (opened(source), opened(tmp_path / "again")):
        assert (found.point_in, found.point_out, found.before_gain) == (point, "mlp_out", before_gain)
        assert found.model == "google/gemma-2-2b"


def test_a_model_that_nobody_names_is_a_loss(tmp_path: Path) -> None:
    source = write_clt(tmp_path / "clt", model_name=None)
    assert convert(source, tmp_path / "a", to="circuit-tracer").losses == (
        "the model is not known, and not named there",
    )
    assert convert(source, tmp_path / "b", to="circuit-tracer", model="tiny").losses == ()
    assert opened(tmp_path / "b").model == "tiny"


def test_a_site_cannot_be_given(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"got --site 0\.mlp_out for a cross-layer transcoder"):
        convert(write_clt(tmp_path / "clt"), tmp_path / "a", to="circuit-tracer", site="0.mlp_out")


def test_gemma_scope_2_names_the_model_by_the_release(tmp_path: Path) -> None:
    inside = "gemma-scope-2-270m-pt/clt/width_262k_l0_medium"
    shutil.copytree(FIXTURES / "gemma_scope" / inside, tmp_path / inside)
    found = opened(tmp_path / inside)
    assert (found.model, found.point_in, found.point_out) == ("google/gemma-3-270m", "mlp_in", "mlp_out")


def test_a_folder_is_traced_and_another_model_is_said(tmp_path: Path) -> None:
    lm = model()
    transcoders = open_transcoders(lm, str(write_clt(tmp_path / "clt")))
    assert transcoders.remarks == ("it was made for google/gemma-2-2b and is used on llama",)
    graph = trace_local(ReplacementModel(lm, transcoders).on(TOKENS))
    assert len(graph) > 10
    assert float(graph.residual[graph.row].max()) < 1e-4
    assert open_transcoders(lm, str(write_clt(tmp_path / "own", model_name="meta/llama"))).remarks == ()


@pytest.mark.parametrize(
    ("hook", "family", "stream"),
    [
        ("hook_mlp_in", "llama", ", or resid_mid (hook_resid_mid)"),
        # Attention and MLP read the same stream: there is none between them.
        ("hook_resid_mid", "gpt_neox_parallel", ""),
    ],
)
def test_what_does_not_read_the_mlp_is_not_traced(tmp_path: Path, hook: str, family: str, stream: str) -> None:
    folder = write_clt(tmp_path / "clt", feature_input_hook=hook)
    with pytest.raises(FormatError) as error:
        open_transcoders(model(family), str(folder))
    assert str(error.value) == (
        f"the cross-layer transcoder reads {hook} and predicts hook_mlp_out, expected of {family} mlp_in "
        f"(mlp.hook_in or ln2.hook_normalized){stream}, and mlp_out (hook_mlp_out). "
        "Give one that reads the input of the MLPs."
    )


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_what_reads_the_stream_before_the_norm_is_traced(tmp_path: Path, family: str) -> None:
    lm = model(family)
    local = ReplacementModel(
        lm, open_transcoders(lm, str(write_clt(tmp_path / "clt", feature_input_hook="hook_resid_mid")))
    ).on(TOKENS)
    graph = trace_local(local)
    assert float(graph.residual[graph.row].max()) < 1e-5
    (stream,) = lm.capture(TOKENS, "1.resid_mid").values()
    dense = opened(tmp_path / "clt").encode_layer(stream[0], 1)
    here = (graph.nodes.kind == LATENT) & (graph.nodes.layer == 1)
    codes = dense[graph.nodes.position[here].long(), graph.nodes.index[here].long()]
    torch.testing.assert_close(graph.nodes.activation[here], codes)
    assert int(here.sum()) == int(dense.count_nonzero())


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2"])
def test_the_gain_is_folded_into_every_encoder(tmp_path: Path, family: str) -> None:
    """Codes of what the MLP is given are those of the same vectors before gain and bias."""
    lm = model(family)
    clt = opened(write_clt(tmp_path / "clt", feature_input_hook="ln2.hook_normalized"))
    clt.W_skip_LDD = torch.randn(N_LAYERS, D_MODEL, D_MODEL, generator=torch.Generator().manual_seed(7))
    placed = from_crosslayer(lm, clt)
    assert placed.remarks[-1] == "the gain of the norm before mlp_in is folded into its encoders"
    for layer in range(N_LAYERS):
        gain, bias = gain_of(lm, Site(layer, "mlp_in"))
        site = Site(layer, "mlp_in")
        x = lm.capture(TOKENS, site)[site][0].float()
        unit = (x - bias) / gain
        torch.testing.assert_close(placed.codes(layer, x), clt.encode_layer(unit, layer), atol=1e-4, rtol=1e-4)
        skip = placed.skip(layer)
        assert skip is not None
        wanted = clt.b_dec_LD[layer] + unit @ clt.W_skip_LDD[layer].T
        torch.testing.assert_close(placed.bias(layer) + x @ skip.T, wanted, atol=1e-4, rtol=1e-4)
