"""Foreign dictionaries in a model: widths and models that do not fit, the norm's gain, a set in place of all MLPs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from microtome.errors import FormatError
from microtome.formats import Foreign, TranscoderSet, open_dictionary, placed_on
from microtome.formats.placing import gain_of, remarks
from microtome.models import LanguageModel
from microtome.sites import Site
from tests.formats.conftest import random_dictionary
from tests.models.tiny_models import tiny_hf

WIDTH, LAYERS = 16, 3


def model_of(family: str) -> LanguageModel:
    return LanguageModel.wrap(tiny_hf(family), name=family)


def foreign(kind: str = "sae", width: int = WIDTH, **facts: object) -> Foreign:
    own = random_dictionary(kind, "jumprelu", width=width)
    return dataclasses.replace(Foreign(dictionary=own, format="x", site_in="1.mlp_in", site_out="1.mlp_out"), **facts)  # type: ignore[arg-type]


def test_both_widths_are_named() -> None:
    lm = model_of("llama")
    with pytest.raises(FormatError) as error:
        placed_on(lm, foreign("transcoder", width=8, model="google/gemma-2-2b"))
    assert str(error.value) == (
        "the dictionary is 8 wide at 1.mlp_in, the model llama is 16 wide there, it was made for google/gemma-2-2b. "
        "Give the model it was made for."
    )


def test_a_model_with_too_few_layers() -> None:
    with pytest.raises(FormatError) as error:
        placed_on(
            model_of("llama"), foreign(site_in="9.resid_post", site_out="9.resid_post", model="google/gemma-2-2b")
        )
    assert str(error.value) == (
        "the dictionary is for 9.resid_post of google/gemma-2-2b, got the model llama (got '9.resid_post' with "
        "layer 9, expected 0 to 2 (this model has 3 layers)). Give the model it was made for."
    )


def test_a_site_must_be_known() -> None:
    nowhere = foreign(site_in=None, site_out=None)
    with pytest.raises(FormatError, match="the file does not say where it belongs"):
        placed_on(model_of("llama"), nowhere)
    assert str(placed_on(model_of("llama"), nowhere, site_in="1.mlp_out", site_out="1.mlp_out").site_in) == "1.mlp_out"


def test_another_model_of_the_same_width_is_said() -> None:
    assert remarks(model_of("llama"), foreign(model="google/gemma-2-2b")) == [
        "it was made for google/gemma-2-2b and is used on llama"
    ]


@pytest.mark.parametrize("family", ["gemma2", "llama", "gpt2"])
@pytest.mark.parametrize("kind", ["sae", "transcoder", "skip_transcoder"])
def test_the_norm_s_gain_is_folded(family: str, kind: str) -> None:
    """Codes of what the MLP is given equal the codes of the same vectors before gain and bias."""
    lm = model_of(family)
    site = Site(1, "mlp_in")
    gain, bias = gain_of(lm, site)
    assert float((gain - 1).abs().max()) > 0.05
    before = foreign(kind, before_gain=True, site_out="1.mlp_in" if kind == "sae" else "1.mlp_out")
    placed = placed_on(lm, before)
    x = lm.capture(torch.arange(1, 21).view(2, 10), [site])[site].flatten(0, 1).float()
    unit = (x - bias) / gain
    torch.testing.assert_close(
        placed.dictionary.encode(x).dense(), before.dictionary.encode(unit).dense(), atol=1e-4, rtol=1e-4
    )
    out = before.dictionary(unit)
    wanted = out * gain + bias if kind == "sae" else out
    torch.testing.assert_close(placed.dictionary(x), wanted, atol=1e-4, rtol=1e-4)


def write_set(folder: Path, *, width: int = WIDTH, latents: int = 32, layers: int = LAYERS, skip: bool = True) -> None:
    folder.mkdir()
    (folder / "config.yaml").write_text(
        "model_name: google/gemma-2-2b\nmodel_kind: transcoder_set\nfeature_input_hook: mlp.hook_in\n"
        "feature_output_hook: hook_mlp_out\nscan: x\n"
    )
    for layer in range(layers):
        generator = torch.Generator().manual_seed(layer)
        tensors = {
            "W_enc": torch.randn(latents, width, generator=generator),
            "W_dec": torch.randn(latents, width, generator=generator) * 0.1,
            "b_enc": torch.randn(latents, generator=generator),
            "b_dec": torch.randn(width, generator=generator) * 0.1,
            "activation_function.threshold": torch.rand(latents, generator=generator),
        }
        if skip:
            tensors["W_skip"] = torch.randn(width, width, generator=generator) * 0.1
        save_file(tensors, folder / f"layer_{layer}.safetensors")


@pytest.mark.parametrize("skip", [False, True])
def test_a_set_in_place_of_every_mlp(tmp_path: Path, skip: bool) -> None:
    """Against a model whose MLPs are replaced by hooks written out here, with the formula of the format."""
    write_set(tmp_path / "set", skip=skip)
    lm = model_of("gemma2")
    opened = open_dictionary(tmp_path / "set")
    assert isinstance(opened, TranscoderSet)
    tokens = torch.arange(1, 25).view(2, 12)
    clean = lm.logits(tokens)
    with lm.edit(opened.edits(lm)):
        replaced = lm.logits(tokens)
    hooks = []
    from safetensors.torch import load_file

    for layer, block in enumerate(lm.hf.model.layers):
        w = load_file(tmp_path / "set" / f"layer_{layer}.safetensors")

        def predict(
            module: object, given: object, output: object, w: dict[str, torch.Tensor] = w, block: object = block
        ) -> torch.Tensor:
            x = block.seen  # type: ignore[attr-defined]
            z = x @ w["W_enc"].T + w["b_enc"]
            out = (z * (z > w["activation_function.threshold"])) @ w["W_dec"] + w["b_dec"]
            return out + x @ w["W_skip"].T if "W_skip" in w else out

        def see(module: object, given: tuple[torch.Tensor, ...], block: object = block) -> None:
            block.seen = given[0]  # type: ignore[attr-defined]

        hooks.append(block.mlp.register_forward_pre_hook(see))
        hooks.append(block.post_feedforward_layernorm.register_forward_hook(predict))
    with torch.no_grad():
        wanted = lm.hf(tokens).logits
    for hook in hooks:
        hook.remove()
    torch.testing.assert_close(replaced, wanted, atol=1e-4, rtol=1e-4)
    assert float((replaced - clean).abs().max()) > 0.01
    torch.testing.assert_close(lm.logits(tokens), clean)


def test_a_set_holds_one_transcoder_at_a_time(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    opened = open_dictionary(tmp_path / "set")
    assert isinstance(opened, TranscoderSet)
    for layer in opened:
        assert opened[layer].site_in == f"{layer}.mlp_in"
        assert list(opened._held) == [layer]
    with pytest.raises(FormatError, match="the set has no layer 7, it has 0, 1, 2"):
        opened[7]


def test_rows_of_a_decoder_are_read_alone(tmp_path: Path) -> None:
    from microtome.formats.lazy import TensorFile

    wanted = torch.randn(1000, 7)
    save_file({"W_dec": wanted.bfloat16()}, tmp_path / "w.safetensors")
    file = TensorFile(tmp_path / "w.safetensors")
    index = torch.tensor([3, 999, 3])
    torch.testing.assert_close(file.rows("W_dec", index), wanted.bfloat16().float()[index])
    with pytest.raises(FormatError, match=r"holds W_dec of shape \(1000, 7\), the rest of it says \(1000, 8\)"):
        file.must_have("W_dec", (1000, 8))
