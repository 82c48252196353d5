"""Generation: reproducible from its seed, true to the probabilities, ended by the end token."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.errors import ConfigError, ModelError
from tests.models.tiny_models import char_tokenizer, tiny_language_model, tiny_tokens


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_language_model("gemma3", tokenizer=char_tokenizer())


def test_text_generation_is_reproducible_and_reads_only_its_seed(model: Any) -> None:
    options = {"max_new_tokens": 8, "temperature": 1.0, "stop_at_eos": False}
    first = model.generate("hello", seed=3, **options)
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert model.generate("hello", seed=3, **options) == first
    assert torch.equal(torch.get_rng_state(), state)
    assert model.generate("hello", seed=4, **options) != first
    assert isinstance(first, str)
    greedy = model.generate("hello", max_new_tokens=8, stop_at_eos=False)
    assert model.generate("hello", top_p=1e-6, seed=7, **options) == greedy
    ids = model.encode("hello")
    assert ids.tolist()[0][0] == model.bos_id and ids.shape == (1, 6)
    streamed = [int(token) for token in model.stream(ids, max_new_tokens=8, stop_at_eos=False)]
    assert model.generate(ids, max_new_tokens=8, stop_at_eos=False)[0].tolist() == streamed


def test_sampling_follows_the_probabilities(model: Any) -> None:
    prompt = tiny_tokens(1, 5)
    expected = model.logits(prompt)[0, -1].softmax(-1)
    draws = model.generate(prompt.expand(4000, -1), max_new_tokens=1, temperature=1.0, stop_at_eos=False)[:, 0]
    share = torch.bincount(draws, minlength=61) / len(draws)
    assert (share - expected).abs().max() < 0.04
    kept = model.generate(prompt.expand(500, -1), max_new_tokens=1, temperature=1.0, top_p=0.5, stop_at_eos=False)
    order = expected.argsort(descending=True)
    needed = int((expected[order].cumsum(0) < 0.5).sum()) + 1
    assert set(kept[:, 0].tolist()) <= set(order[:needed].tolist())


def test_generation_stops_at_the_end_token(model: Any) -> None:
    prompt = tiny_tokens(2, 5)
    with model.edit({"lm_head:output": lambda x: x.index_fill(-1, torch.tensor([2]), 1e4)}):
        assert model.generate(prompt, max_new_tokens=5).tolist() == [[2], [2]]
        assert model.generate(prompt, max_new_tokens=3, stop_at_eos=False).shape == (2, 3)

    def end_first(x: Tensor) -> Tensor:
        x[0, :, 2] = 1e4
        return x

    with model.edit({"lm_head:output": end_first}):
        new = model.generate(prompt, max_new_tokens=4)
    assert new[0].tolist() == [2, 2, 2, 2] and new.shape == (2, 4)
    assert model.generate(prompt, max_new_tokens=0).shape == (2, 0)


def test_wrong_generation_options_say_so(model: Any) -> None:
    for options, text in [
        ({"temperature": -1.0}, "got temperature -1.0, expected 0 or more. Use 0 for greedy decoding."),
        ({"top_p": 0.0}, "got top_p 0.0, expected above 0 and at most 1. Use 1 to keep every token."),
        ({"max_new_tokens": -1}, "got max_new_tokens -1, expected 0 or more. Ask for some tokens."),
    ]:
        with pytest.raises(ConfigError) as caught:
            model.generate("hello", **({"max_new_tokens": 2} | options))
        assert str(caught.value) == text
    with pytest.raises(ModelError, match="expected at most 64 together"):
        model.generate("hello", max_new_tokens=100)
    with pytest.raises(ModelError, match="has no tokenizer, expected one for text"):
        tiny_language_model("llama").generate("hello", max_new_tokens=2)
