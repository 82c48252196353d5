"""Freezing leaves a forward's values as they are, makes the rest linear, and says so when it cannot."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from microtome.circuits.freezing import Constants, Frozen
from microtome.circuits.frozen_map import FrozenMap
from microtome.errors import ModelError
from microtome.models import LanguageModel
from tests.circuits.sets import TOKENS, model
from tests.models.tiny_models import SPECS, tiny_hf


@pytest.mark.parametrize("name", SPECS)
def test_the_frozen_forward_is_the_forward(name: str) -> None:
    lm = model(name)
    with torch.no_grad(), Frozen():
        logits = lm.hf(input_ids=TOKENS, use_cache=False).logits
    torch.testing.assert_close(logits, lm.logits(TOKENS), rtol=1e-6, atol=1e-6)
    assert lm.open_contexts == 0


@pytest.mark.parametrize(("dtype", "relative"), [(torch.float64, 1e-6), (torch.float32, 1e-4)])
@pytest.mark.parametrize("name", SPECS)
def test_gradients_do_not_depend_on_the_input_and_second_derivatives_vanish(
    name: str, dtype: torch.dtype, relative: float
) -> None:
    lm = model(name, dtype=dtype)
    frozen = FrozenMap(lm, TOKENS)
    probe = torch.randn(7, 16, generator=torch.Generator().manual_seed(0)).to(dtype)

    def read(embeds: torch.Tensor) -> torch.Tensor:
        cut = {f"{layer}.mlp_out": lambda value: value.detach() for layer in range(lm.n_layers)}
        with Frozen(frozen.constants), lm.edit(cut), lm.record(frozen.head) as found:
            lm.hf(inputs_embeds=embeds, use_cache=False)
        return (next(iter(found.values()))[0] * probe).sum()

    gradients = []
    for scale in (1.0, -3.0):
        embeds = (scale * frozen.embeds_1TD).requires_grad_()
        (gradient,) = torch.autograd.grad(read(embeds), embeds)
        gradients.append(gradient)
    smallest = 1e-3 * relative * float(gradients[0].abs().max())
    torch.testing.assert_close(gradients[0], gradients[1], rtol=relative, atol=smallest)
    second = torch.autograd.functional.vhp(read, frozen.embeds_1TD, torch.ones_like(frozen.embeds_1TD))[1]
    # An affine function has no graph behind its gradient at all: autograd gives zeros.
    assert float(second.abs().max()) == 0.0


@pytest.mark.parametrize("name", ["gpt2", "gemma2", "olmo2"])
def test_without_freezing_the_proof_would_fail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof can fail: with scales left alone the map is not linear, and the first module is named."""
    monkeypatch.setattr(Frozen, "_scale", lambda self, compute: compute())
    with pytest.raises(ModelError, match=r"with patterns and norms frozen, 0\.\w+ of .* is not linear in 0\.resid"):
        FrozenMap(model(name), TOKENS)


def test_bfloat16_is_refused() -> None:
    lm = LanguageModel.wrap(tiny_hf("llama").to(torch.bfloat16))
    with pytest.raises(ModelError, match=r"is in bfloat16, expected float32.*dtype=\"float32\""):
        FrozenMap(lm, TOKENS)


def test_a_replay_that_asks_for_more_is_refused() -> None:
    with pytest.raises(ModelError, match="asked for more attention patterns"), Frozen(Constants()):
        torch.softmax(torch.ones(1, 2, 2), -1)


def test_a_router_is_not_frozen() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 3, generator=generator).requires_grad_()
    with Frozen() as frozen:
        for chances in (torch.softmax(logits, -1), functional.softmax(input=logits, dim=-1)):
            assert chances.requires_grad
    assert not frozen.constants.patterns


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("grouped", [True, False])
def test_the_attention_function_is_the_same(causal: bool, grouped: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    query = torch.randn(1, 4, 5, 6, generator=generator)
    key, value = (torch.randn(1, 2 if grouped else 4, 5, 6, generator=generator) for _ in range(2))
    expected = functional.scaled_dot_product_attention(query, key, value, is_causal=causal, enable_gqa=grouped)
    with Frozen() as frozen:
        found = functional.scaled_dot_product_attention(query, key, value, is_causal=causal, enable_gqa=grouped)
    torch.testing.assert_close(found, expected)
    assert len(frozen.attention) == len(frozen.constants.patterns) == 1


def test_norms_of_pytorch_are_the_same() -> None:
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(shape, generator=generator) for shape in ((2, 3, 8), (8,), (8,)))
    with Frozen() as frozen:
        layer = functional.layer_norm(x, (8,), weight, bias)
        rms = functional.rms_norm(x, (8,), weight)
    torch.testing.assert_close(layer, functional.layer_norm(x, (8,), weight, bias))
    torch.testing.assert_close(rms, functional.rms_norm(x, (8,), weight))
    assert len(frozen.constants.scales) == 2
