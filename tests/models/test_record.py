"""Recording activations: after which edits, and how a record ends a forward that nobody reads further."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from microtome.sites import Site
from tests.models.tiny_models import N_LAYERS, char_tokenizer, tiny_language_model, tiny_tokens


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_language_model("gemma3", tokenizer=char_tokenizer())


def test_outer_edits_come_first_and_records_last(model: Any) -> None:
    tokens = tiny_tokens()
    site = Site(1, "mlp_out")
    plain = model.capture(tokens, [site])[site]
    with (
        model.record([site]) as outer,
        model.edit({site: lambda x: x + 1}),
        model.edit({site: lambda x: 3 * x}),
    ):
        inside = model.capture(tokens, [site])[site]
        model.logits(tokens)
    expected = 3 * (plain + 1)
    assert torch.equal(inside, expected)
    assert torch.equal(outer[site], expected)
    with model.edit({"1.mlp_out": lambda x: x + 1, site: lambda x: 3 * x}):
        assert torch.equal(model.capture(tokens, [site])[site], expected)
    with model.edit({"*.mlp_out": torch.zeros_like}):
        found = model.capture(tokens, "*.mlp_out")
    assert len(found) == N_LAYERS and not any(value.any() for value in found.values())


def test_a_record_may_end_the_forward_and_the_body_with_it(model: Any) -> None:
    tokens = tiny_tokens()
    reached: list[str] = []
    sites = [Site(0, "mlp_out"), Site(1, "attn_out")]
    with model.edit({"1.mlp_out": lambda x: reached.append("later")}), model.record(sites, stop=True) as found:
        model.logits(tokens)
        reached.append("body")
    assert reached == []
    assert list(found) == sites
    expected = model.capture(tokens, sites)
    assert all(torch.equal(found[site], expected[site]) for site in sites)
    # An outer record's stop is not an inner one's to swallow.
    with model.record("0.mlp_out", stop=True) as outer, model.record("1.attn_out", stop=True) as inner:
        model.logits(tokens)
    assert outer and not inner
    # Gradients reach what was recorded, from what was recorded.
    embeds = model.hf.get_input_embeddings()(tokens).detach().requires_grad_()
    with torch.enable_grad(), model.record(sites, stop=True) as found:
        model.hf(inputs_embeds=embeds)
    (gradient,) = torch.autograd.grad(found[sites[1]].sum(), found[sites[0]])
    assert bool(gradient.any())
