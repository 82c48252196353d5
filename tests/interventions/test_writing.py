"""Text under an intervention: streamed, aborted, interleaved, in threads; and the draw of tokens itself."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
import torch

from microtome.errors import ConfigError, ModelError
from microtome.interventions import (
    GenerationConfig,
    Intervention,
    add,
    generate_text,
    replace,
    stream_side_by_side,
    stream_text,
)
from tests.interventions.plain import model, placed_at
from tests.models.tiny_models import tiny_language_model, tiny_tokens

CONFIG = GenerationConfig(tokens=8, temperature=1.0, samples=2, top=3, stop_at_eos=False)


@pytest.fixture(scope="module")
def lm() -> Any:
    return model("gemma3")


@pytest.fixture(scope="module")
def steered(lm: Any) -> Intervention:
    placed = {"a": placed_at(0, seed=1), "b": placed_at(1, "transcoder", seed=2)}
    return Intervention(lm, placed, [add(3, 4.0, "a", unit="activation"), replace("b")])


def hooks(lm: Any) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in lm.hf.modules())


def test_the_stream_is_the_generation(lm: Any, steered: Intervention) -> None:
    whole = generate_text(lm, "hello", steered, CONFIG)
    assert len(whole) == 2 and whole[0].text != whole[1].text
    tokens = list(stream_text(lm, "hello", steered, CONFIG))
    assert [(token.index, token.sample) for token in tokens] == [(i, s) for i in range(8) for s in range(2)]
    for sample, continuation in enumerate(whole):
        own = [token for token in tokens if token.sample == sample]
        assert [token.token_id for token in own] == continuation.token_ids
        assert own[-1].text == continuation.text
        assert all(later.text.startswith(token.text) for token, later in itertools.pairwise(own))
    # The outer context of a plain generation gives the same ids.
    ids = lm.encode("hello")
    with steered.open(ids.shape[1]):
        plain = lm.generate(ids.expand(2, -1), max_new_tokens=8, temperature=1.0, stop_at_eos=False)
    assert plain.tolist() == [continuation.token_ids for continuation in whole]
    assert generate_text(lm, "hello", None, CONFIG)[0].text != whole[0].text


def test_probabilities_are_those_of_the_edited_model(lm: Any, steered: Intervention) -> None:
    ids = lm.encode("hello")
    (one,) = generate_text(lm, ids, steered, GenerationConfig(tokens=5, top=4, stop_at_eos=False))
    whole = torch.cat([ids, torch.tensor([one.token_ids])], 1)
    with steered.open(ids.shape[1]):
        p = lm.logits(whole)[0].softmax(-1)
    for i, token in enumerate(one.tokens):
        here = p[ids.shape[1] - 1 + i]
        assert token.log_p == pytest.approx(float(here[token.token_id].log()), abs=1e-4)
        assert token.top[0][0] == token.token_id  # greedy
        assert [entry[0] for entry in token.top] == here.topk(4).indices.tolist()
        assert [entry[2] for entry in token.top] == pytest.approx(here.topk(4).values.tolist(), abs=1e-5)
        assert token.to_json()["top"][0] == [token.token_id, token.top[0][1], token.top[0][2]]


def test_a_stream_can_be_abandoned_at_any_token(lm: Any, steered: Intervention) -> None:
    clean, before = lm.logits(tiny_tokens()), hooks(lm)
    for n in range(4):
        stream = stream_text(lm, "hello", steered, CONFIG)
        for _ in range(n):
            next(stream)
            # Between two tokens nothing is open: the model is free, in this thread too.
            assert lm.open_contexts == 0 and hooks(lm) == before
            assert torch.equal(lm.logits(tiny_tokens()), clean)
        stream.close()  # type: ignore[attr-defined]
        assert hooks(lm) == before


def test_interleaved_streams_do_not_mix(lm: Any, steered: Intervention) -> None:
    conditions = {"default": None, "steered": steered, "control": steered.control(1)}
    found: dict[str, list[int]] = {name: [] for name in conditions}
    order = []
    config = GenerationConfig(tokens=6, stop_at_eos=False)
    for name, token in stream_side_by_side(lm, "hello", conditions, config):
        found[name].append(token.token_id)
        order.append(name)
    assert order == ["default", "steered", "control"] * 6
    for name, intervention in conditions.items():
        assert generate_text(lm, "hello", intervention, config)[0].token_ids == found[name]
    assert len({tuple(ids) for ids in found.values()}) == 3


def test_a_stream_may_wander_between_threads_and_two_may_run_at_once(lm: Any, steered: Intervention) -> None:
    """As a web server does it: each next() in whichever thread is free, other generations beside it."""
    expected = {name: generate_text(lm, "hello", i, CONFIG)[0].token_ids for name, i in (("d", None), ("s", steered))}
    wrong: list[str] = []

    def work(number: int) -> None:
        name, intervention = ("s", steered) if number % 2 else ("d", None)
        try:
            for _ in range(6):
                if generate_text(lm, "hello", intervention, CONFIG)[0].token_ids != expected[name]:
                    wrong.append(name)
        except BaseException as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    stream, ids = stream_text(lm, "hello", steered, CONFIG), list[int]()

    def step() -> None:
        token = next(stream)
        if token.sample == 0:
            ids.append(token.token_id)

    for _ in range(16):
        walker = threading.Thread(target=step)
        walker.start()
        walker.join()
    for thread in threads:
        thread.join()
    assert wrong == [] and ids == expected["s"]


def test_the_frequency_penalty_counts_generated_tokens(lm: Any) -> None:
    ids = tiny_tokens(2, 5)
    greedy = lm.generate(ids, max_new_tokens=10, stop_at_eos=False)
    steps = lm.steps(ids, max_new_tokens=10, stop_at_eos=False, frequency_penalty=100.0)
    new = torch.stack([step.token_B for step in steps], 1)
    assert all(len(set(row)) == 10 for row in new.tolist())
    # By hand: logits of the stock model less the penalty times the count so far.
    counts, whole = torch.zeros(2, 61), ids
    for _ in range(6):
        logits = lm.logits(whole)[:, -1] - 0.8 * counts
        token = logits.argmax(-1)
        counts.scatter_add_(1, token[:, None], torch.ones(2, 1))
        whole = torch.cat([whole, token[:, None]], 1)
    steps = lm.steps(ids, max_new_tokens=6, stop_at_eos=False, frequency_penalty=0.8)
    assert torch.stack([step.token_B for step in steps], 1).tolist() == whole[:, 5:].tolist()
    assert new.tolist() != greedy.tolist()


def test_a_sample_that_ends_stops_and_the_others_go_on(lm: Any) -> None:
    def end_first(x: torch.Tensor) -> torch.Tensor:
        x[0, :, 2] = 1e4
        x[1:, :, 2] = -1e4
        return x

    with lm.edit({"lm_head:output": end_first}):
        one, two = generate_text(lm, "hello", None, GenerationConfig(tokens=5, samples=2, temperature=1.0))
    assert one.token_ids == [2] and one.text == "" and one.tokens[0].ended
    assert len(two.token_ids) == 5 and not two.tokens[-1].ended


def test_chat_templates() -> None:
    lm = model()
    with pytest.raises(ModelError) as caught:
        generate_text(lm, "hello", None, GenerationConfig(chat=True))
    assert str(caught.value) == (
        "tiny-llama has no chat template, expected one for a conversation. "
        "Give the prompt as plain text, or use a model that was trained on conversations."
    )
    lm.tokenizer.chat_template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ m.role }}: {{ m.content }}, {% endfor %}{% if add_generation_prompt %}model.{% endif %}"
    )
    expected = lm.encode("user: hello, model.")
    assert torch.equal(lm.encode_chat("hello"), expected)
    assert torch.equal(lm.encode_chat([{"role": "user", "content": "hello"}]), expected)
    (one,) = generate_text(lm, "hello", None, GenerationConfig(tokens=3, chat=True))
    assert one.token_ids == lm.generate(expected, max_new_tokens=3)[0].tolist()
    with pytest.raises(ModelError, match=r"does not take these messages \(no system\)"):
        lm.encode_chat([{"role": "system", "content": "x"}])


def test_a_model_without_a_tokenizer_takes_ids() -> None:
    lm = tiny_language_model("llama")
    (one,) = generate_text(lm, tiny_tokens(1, 4), None, GenerationConfig(tokens=3, stop_at_eos=False))
    assert one.text == " ".join(str(token) for token in one.token_ids)


BAD: list[tuple[Any, type[Exception], str]] = [
    (
        lambda lm: GenerationConfig(tokens=0),
        ConfigError,
        "got 0 tokens to generate, expected at least 1. Raise --tokens.",
    ),
    (lambda lm: GenerationConfig(samples=0), ConfigError, "got 0 samples, expected at least 1. Raise --samples."),
    (
        lambda lm: GenerationConfig(samples=3),
        ConfigError,
        "got 3 samples at temperature 0, which would all be the same. Give --temperature 1, or one sample.",
    ),
    (
        lambda lm: stream_text(lm, ""),
        ConfigError,
        "got an empty prompt, expected some text. Give --prompt a text to continue.",
    ),
    (
        lambda lm: stream_text(lm, "a" * 100),
        ModelError,
        "got 101 tokens in a row, expected at most 64 (the context of tiny-gemma3). Cut the text to 64 tokens.",
    ),
    (
        lambda lm: stream_text(lm, "a" * 40),
        ModelError,
        "got 41 tokens of prompt and max_new_tokens=50, expected at most 64 together (the context of tiny-gemma3). "
        "Set max_new_tokens to 23 or shorten the prompt.",
    ),
    (
        lambda lm: stream_text(lm, "hello", None, GenerationConfig(frequency_penalty=float("nan"))),
        ConfigError,
        "got frequency_penalty nan, expected a finite number. Use 0 for none.",
    ),
    (
        lambda lm: stream_text(lm, "hello", None, GenerationConfig(top=-1)),
        ConfigError,
        "got top -1, expected 0 or more. Use 0 to leave them out.",
    ),
    (
        lambda lm: stream_text(lm, "hello", None, GenerationConfig(temperature=float("inf"))),
        ConfigError,
        "got temperature inf, expected 0 or more. Use 0 for greedy decoding.",
    ),
]


@pytest.mark.parametrize(("make", "kind", "text"), BAD, ids=[text[:30] for _, _, text in BAD])
def test_bad_options_say_so_before_the_first_token(lm: Any, make: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind) as caught:
        make(lm)
    assert str(caught.value) == text
