"""The proof at load refuses what is wrong, and unknown architectures are read from their structure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from microtome.errors import ModelError
from microtome.models import FAMILIES, Family, LanguageModel
from microtome.models.families import choose
from microtome.models.structure import guess
from microtome.sites import Site
from tests.models.tiny_models import (
    FAMILY_NAMES,
    N_LAYERS,
    UNKNOWN,
    tiny_hf,
    tiny_language_model,
    tiny_tokens,
)

BY_NAME = {family.name: family for family in FAMILIES}


def wrong(name: str, **points: str) -> Family:
    family = BY_NAME[name]
    return replace(family, name=f"wrong {name}", points={**family.points, **points})


def refusal(name: str, family: Family, **changes: Any) -> str:
    hf = tiny_hf(name, **changes)
    with pytest.raises(ModelError) as caught:
        LanguageModel.wrap(hf, families=[family])
    assert "\n" not in str(caught.value)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in hf.modules())
    return str(caught.value)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_every_family_is_in_the_table_and_proved(name: str, dtype: torch.dtype) -> None:
    model = LanguageModel.wrap(tiny_hf(name).to(dtype))
    assert model.family == name and model.n_layers == N_LAYERS and model.d_model == 16


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("gemma2", {"mlp_out": "mlp:output"}),
        ("gemma2", {"attn_out": "self_attn:output"}),
        ("gemma3", {"resid_mid": "pre_feedforward_layernorm:output"}),
        ("olmo2", {"mlp_out": "mlp:output"}),
        ("llama", {"resid_mid": "input_layernorm:input"}),
        ("llama", {"resid_mid": "mlp:input"}),
        ("llama", {"attn_out": "mlp:output"}),
        ("llama", {"mlp_out": "self_attn:output"}),
        ("llama", {"resid_post": "mlp:output"}),
        ("llama", {"resid_pre": "self_attn:input"}),
        ("llama", {"attn_z": "mlp.down_proj:input"}),
        ("llama", {"mlp_in": "self_attn:input"}),
        ("gpt2", {"attn_out": "ln_2:output"}),
        ("gpt_neox_parallel", {"mlp_out": "attention:output"}),
        ("phi3", {"mlp_out": "mlp.gate_up_proj:output"}),
    ],
)
def test_a_wrong_table_is_refused(name: str, points: dict[str, str], dtype: torch.dtype) -> None:
    hf = tiny_hf(name).to(dtype)
    with pytest.raises(ModelError, match=f"wrong {name}|in layer 0|of layer 0"):
        LanguageModel.wrap(hf, families=[wrong(name, **points)])


def test_a_broken_law_names_the_law_the_layer_and_the_module() -> None:
    text = refusal("gemma2", wrong("gemma2", mlp_out="mlp:output"))
    assert text.startswith("family 'wrong gemma2' breaks the law resid_mid + mlp_out = resid_post at layer 0 by ")
    assert text.endswith(
        " times what rounding allows; it reads resid_mid from model.layers.0.pre_feedforward_layernorm:input, mlp_out "
        "from model.layers.0.mlp:output, resid_post from model.layers.0:output. Pass families=[Family(...)] in which "
        "mlp_out names the module whose output the layer adds to the residual stream, and the residual points the "
        "tensors before and after it."
    )


def test_a_law_that_fails_in_one_late_layer_is_found() -> None:
    hf = tiny_hf("llama")
    hf.model.layers[2].register_forward_hook(lambda module, args, output: output * 1.01)
    with pytest.raises(ModelError, match=r"resid_mid \+ mlp_out = resid_post at layer 2"):
        LanguageModel.wrap(hf)
    hf = tiny_hf("llama")
    hf.model.layers[1].register_forward_pre_hook(lambda module, args: (args[0] * 1.01, *args[1:]))
    with pytest.raises(ModelError, match="resid_post = resid_pre of the next layer at layer 0"):
        LanguageModel.wrap(hf)


def test_a_sequential_table_on_a_parallel_model_is_refused() -> None:
    family = replace(BY_NAME["gpt_neox"], name="wrong", when={})
    text = refusal("gpt_neox_parallel", family)
    assert "resid_pre + attn_out = resid_mid at layer 0" in text or "resid_mid" in text
    family = replace(BY_NAME["gpt_neox_parallel"], when={})
    model = LanguageModel.wrap(tiny_hf("gpt_neox"), families=[family])
    # Without naming resid_mid a sequential layer obeys the parallel law too: true, only less is known.
    assert Site(0, "resid_mid") not in model.sites()


def test_modules_that_are_missing_or_unused_are_named() -> None:
    assert refusal("llama", wrong("llama", mlp_act="mlp.c_proj:input")) == (
        "family 'wrong llama' reads mlp_act at 'mlp.c_proj:input', but LlamaDecoderLayer has no module 'mlp.c_proj' "
        "(it has self_attn, mlp, input_layernorm, post_attention_layernorm). "
        "Pass families=[Family(...)] that names the module which gives mlp_act."
    )
    hf = tiny_hf("llama")
    hf.model.layers[1].add_module("spare", torch.nn.Identity())
    hf.model.layers[0].add_module("spare", torch.nn.Identity())
    hf.model.layers[2].add_module("spare", torch.nn.Identity())
    with pytest.raises(ModelError) as caught:
        LanguageModel.wrap(hf, families=[wrong("llama", attn_z="spare:input")])
    assert str(caught.value) == (
        "attn_z of layer 0 is read from model.layers.0.spare:input, which a forward never reaches. "
        "Pass families=[Family(...)] that names the module which gives attn_z."
    )
    assert refusal("llama", replace(BY_NAME["llama"], layers="model.h")) == (
        "family 'llama' has its decoder layers at 'model.h', which is not a list of modules in LlamaForCausalLM. "
        "Pass families=[Family(layers=...)] with the path of the list of decoder layers."
    )


def test_families_that_cannot_be_are_refused_when_written() -> None:
    points = dict(BY_NAME["llama"].points)
    make = {"name": "mine", "model_types": ("mine",), "layers": "model.layers"}
    cases: list[tuple[dict[str, Any], str]] = [
        (
            {"points": points | {"mlp_uot": "mlp:output"}},
            "family 'mine' names the point 'mlp_uot', expected points",
        ),
        (
            {"points": points | {"mlp_out": "mlp"}},
            "family 'mine' gives 'mlp' for mlp_out, expected path:input or",
        ),
        (
            {"points": {"resid_pre": ":input"}},
            "family 'mine' lacks attn_out, resid_mid, mlp_out, resid_post, expected",
        ),
        (
            {"points": points, "parallel": True},
            "family 'mine' is parallel but names resid_mid, expected none.",
        ),
    ]
    for arguments, text in cases:
        with pytest.raises(ModelError) as caught:
            Family(**make, **arguments)
        assert str(caught.value).startswith(text)


def test_a_family_of_the_user_comes_first() -> None:
    mine = replace(BY_NAME["llama"], name="mine")
    model = LanguageModel.wrap(tiny_hf("llama"), families=[mine])
    assert model.family == "mine"
    assert choose(model.hf.config, None) is BY_NAME["llama"]


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_structure_finds_what_the_table_says(name: str) -> None:
    model = tiny_language_model(name)
    guessed = guess(model.hf, model._taps, model._proof_forward)[0]
    assert guessed.layers == BY_NAME[name].layers
    assert guessed.parallel == BY_NAME[name].parallel
    found = LanguageModel.wrap(model.hf, families=[guessed])
    tokens = tiny_tokens()
    expected = model.capture(tokens, "*.*")
    captured = found.capture(tokens, "*.*")
    assert captured.keys() == expected.keys()
    assert all(torch.equal(captured[site], expected[site]) for site in expected)


@pytest.mark.parametrize("name", [name for name in UNKNOWN if name not in ("granite", "opt")])
def test_unknown_architectures_are_read_from_their_structure(name: str) -> None:
    model = tiny_language_model(name)
    assert choose(model.hf.config, None) is None
    assert model.family == f"structure of {type(model.hf).__name__}"
    parallel = name in ("cohere", "gptj", "phi")
    points = {site.point for site in model.sites()}
    assert ("resid_mid" in points) == (not parallel)
    assert {"resid_pre", "attn_in", "attn_z", "attn_out", "mlp_in", "mlp_out", "resid_post"} <= points
    tokens = tiny_tokens()
    found = model.capture(tokens, "*.*")
    hidden = model.hf(input_ids=tokens, output_hidden_states=True).hidden_states
    for layer in range(N_LAYERS):
        assert torch.equal(found[Site(layer, "resid_pre")], hidden[layer])
        total = sum(found[Site(layer, point)] for point in ("resid_pre", "attn_out", "mlp_out"))
        torch.testing.assert_close(total, found[Site(layer, "resid_post")], rtol=0, atol=1e-5)


def test_what_no_law_describes_is_refused() -> None:
    with pytest.raises(ModelError) as caught:
        tiny_language_model("granite")
    assert str(caught.value) == (
        "cannot read GraniteForCausalLM: in model.layers.0 no outputs of self_attn, mlp, input_layernorm, "
        "post_attention_layernorm obey resid_pre + attn_out = resid_mid and resid_mid + mlp_out = resid_post (or, in "
        "parallel, resid_pre + attn_out + mlp_out = resid_post). Pass families=[Family(...)] that names the module "
        "for attn_out, resid_mid and mlp_out of a decoder layer (see microtome.models.families)."
    )
    with pytest.raises(ModelError, match="has no module that looks like its MLP"):
        tiny_language_model("opt")


def test_a_model_that_cannot_run_is_refused() -> None:
    hf = tiny_hf("llama")
    hf.model.norm.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ModelError, match=r"a forward of LlamaForCausalLM on 5 tokens fails \(ZeroDivisionError"):
        LanguageModel.wrap(hf)
