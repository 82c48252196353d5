"""Capture, edits and generation on a tiny random model of every family."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.errors import ModelError, SiteError
from microtome.models import LanguageModel
from microtome.sites import ModuleSite, Site
from tests.models.tiny_models import (
    FAMILY_NAMES,
    N_LAYERS,
    char_tokenizer,
    count_calls,
    tiny_hf,
    tiny_language_model,
    tiny_tokens,
)

every_family = pytest.mark.parametrize("name", FAMILY_NAMES)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_language_model("gemma3", tokenizer=char_tokenizer())


def no_hooks(model: Any) -> bool:
    return not any(module._forward_hooks or module._forward_pre_hooks for module in model.hf.modules())


def noise(shape: torch.Size, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@every_family
def test_hooks_change_nothing(name: str) -> None:
    model = tiny_language_model(name)
    tokens = tiny_tokens()
    plain = model.hf(input_ids=tokens).logits
    assert torch.equal(model.logits(tokens), plain)
    with model.record(model.sites()) as found:
        assert torch.equal(model.logits(tokens), plain)
    assert set(found) == set(model.sites())
    identities = (lambda x: x, lambda x: None, lambda x: x.clone(), lambda x: x.mul_(1.0))
    for identity in identities:
        with model.edit(dict.fromkeys(model.sites(), identity)):
            assert torch.equal(model.logits(tokens), plain)
    assert no_hooks(model)


@every_family
def test_residual_laws_and_hidden_states(name: str) -> None:
    model = tiny_language_model(name)
    tokens = tiny_tokens()
    found = model.capture(tokens, "*.*")
    assert list(found) == model.sites()
    hidden = model.hf(input_ids=tokens, output_hidden_states=True).hidden_states
    for layer in range(N_LAYERS):
        at = {site.point: value for site, value in found.items() if site.layer == layer}
        if "resid_mid" in at:
            torch.testing.assert_close(at["resid_pre"] + at["attn_out"], at["resid_mid"], rtol=0, atol=1e-6)
            torch.testing.assert_close(at["resid_mid"] + at["mlp_out"], at["resid_post"], rtol=0, atol=1e-6)
        else:
            total = at["resid_pre"] + at["attn_out"] + at["mlp_out"]
            torch.testing.assert_close(total, at["resid_post"], rtol=0, atol=1e-6)
        assert torch.equal(at["resid_pre"], hidden[layer])
        if layer + 1 < N_LAYERS:
            assert torch.equal(at["resid_post"], hidden[layer + 1])
        for point, value in at.items():
            assert value.shape == (*tokens.shape, model.width(Site(layer, point)))
            assert not value.requires_grad
    # The last hidden state that transformers gives is behind the final norm.
    norm = getattr(model.hf.base_model, "norm", None) or getattr(model.hf.base_model, "ln_f", None)
    norm = norm or model.hf.base_model.final_layer_norm
    assert torch.equal(norm(found[Site(N_LAYERS - 1, "resid_post")]), hidden[-1])


@every_family
def test_modules_compute_what_the_points_say(name: str) -> None:
    model = tiny_language_model(name)
    found = model.capture(tiny_tokens(), "1.*")
    layer = model.hf.get_submodule(model._family.layers)[1]
    mlp = layer.mlp
    added = mlp(found[Site(1, "mlp_in")])
    if name in ("gemma2", "gemma3", "olmo2"):
        added = layer.post_feedforward_layernorm(added)
    assert torch.equal(added, found[Site(1, "mlp_out")])
    down = [m for m in mlp.modules() if isinstance(getattr(m, "weight", None), Tensor) and m.weight.dim() == 2][-1]
    if name not in ("gpt2", "gpt_neo", "gpt_neox", "gpt_neox_parallel"):
        down = mlp.down_proj
    added = down(found[Site(1, "mlp_act")])
    if name in ("gemma2", "gemma3", "olmo2"):
        added = layer.post_feedforward_layernorm(added)
    assert torch.equal(added, found[Site(1, "mlp_out")])
    names = {"gpt2": "attn.c_proj", "gpt_neo": "attn.attention.out_proj"}
    names |= {"gpt_neox": "attention.dense", "gpt_neox_parallel": "attention.dense"}
    added = layer.get_submodule(names.get(name, "self_attn.o_proj"))(found[Site(1, "attn_z")])
    if name in ("gemma2", "gemma3", "olmo2"):
        added = layer.post_attention_layernorm(added)
    assert torch.equal(added, found[Site(1, "attn_out")])
    norms = {"gpt2": "ln_1", "gpt_neo": "ln_1"}
    start = found[Site(1, "resid_pre")]
    normed = start if name == "olmo2" else layer.get_submodule(norms.get(name, "input_layernorm"))(start)
    assert torch.equal(normed, found[Site(1, "attn_in")])


@pytest.mark.parametrize("name", [name for name in FAMILY_NAMES if name != "gpt_neox_parallel"])
def test_editing_resid_mid_changes_the_stream_and_what_the_mlp_reads(name: str) -> None:
    model = tiny_language_model(name)
    tokens = tiny_tokens()
    mid, post = Site(1, "resid_mid"), Site(1, "resid_post")
    clean = model.capture(tokens, "1.*")
    delta = noise(clean[mid].shape)
    with model.edit({mid: lambda x: x + delta}):
        edited = model.capture(tokens, [mid, "1.mlp_in", "1.mlp_out", post])
    layer = model.hf.get_submodule(model._family.layers)[1]
    before_mlp = {"gpt2": "ln_2", "gpt_neo": "ln_2", "gpt_neox": "post_attention_layernorm"}
    before_mlp |= {"gemma2": "pre_feedforward_layernorm", "gemma3": "pre_feedforward_layernorm"}

    def branch(x: Tensor) -> Tensor:
        normed = x if name == "olmo2" else layer.get_submodule(before_mlp.get(name, "post_attention_layernorm"))(x)
        out = layer.mlp(normed)
        return layer.post_feedforward_layernorm(out) if name in ("gemma2", "gemma3", "olmo2") else out

    expected = delta + branch(clean[mid] + delta) - branch(clean[mid])
    torch.testing.assert_close(edited[post] - clean[post], expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(edited[mid], clean[mid] + delta)
    assert not torch.allclose(edited[Site(1, "mlp_in")], clean[Site(1, "mlp_in")])


@every_family
def test_every_edit_reaches_the_logits_and_only_what_follows(name: str) -> None:
    model = tiny_language_model(name)
    tokens = tiny_tokens()
    clean_logits = model.logits(tokens)
    clean = model.capture(tokens, "*.*")
    for site in model.sites():
        if site.layer != 1:
            continue
        with model.edit({site: lambda x: x + noise(x.shape)}), model.record("*.*") as found:
            changed = model.logits(tokens)
        assert not torch.allclose(changed, clean_logits, atol=1e-3), site
        torch.testing.assert_close(found[site], clean[site] + noise(clean[site].shape))
        for earlier in (Site(0, "resid_post"), Site(1, "resid_pre")):
            if earlier < site:
                assert torch.equal(found[earlier], clean[earlier])
        if site.point in ("mlp_in", "mlp_act", "mlp_out") and "resid_mid" in model._widths:
            assert torch.equal(found[Site(1, "resid_mid")], clean[Site(1, "resid_mid")])
        if site.point == "attn_in":
            assert torch.equal(found[Site(1, "resid_pre")], clean[Site(1, "resid_pre")])


@every_family
def test_replacing_added_outputs_moves_the_stream_by_exactly_that(name: str) -> None:
    model = tiny_language_model(name)
    tokens = tiny_tokens()
    clean = model.capture(tokens, "2.*")
    delta = noise(clean[Site(2, "mlp_out")].shape)
    with model.edit({"2.mlp_out": lambda x: x + delta}):
        post = model.capture(tokens, "2.resid_post")[Site(2, "resid_post")]
    torch.testing.assert_close(post, clean[Site(2, "resid_post")] + delta)
    with model.edit({"1.resid_post": torch.zeros_like}):
        start = model.capture(tokens, "2.resid_pre")[Site(2, "resid_pre")]
    assert torch.equal(start, torch.zeros_like(start))


@every_family
def test_no_layer_past_the_deepest_site_runs(name: str) -> None:
    model = tiny_language_model(name)
    layers = model.hf.get_submodule(model._family.layers)
    counts, stop = count_calls([*layers, layers[1].mlp, model.hf.get_output_embeddings()])
    model.capture(tiny_tokens(), "1.attn_z")
    assert counts == [1, 1, 0, 0, 0]
    model.capture(tiny_tokens(), ["1.mlp_out", "0.resid_pre"])
    assert counts == [2, 2, 0, 1, 0]
    model.capture(tiny_tokens(), "0.mlp_act,2.resid_post")
    assert counts == [3, 3, 1, 2, 0]
    stop()
    assert no_hooks(model)


@every_family
def test_generation_with_a_cache_equals_full_recomputation_under_an_edit(name: str) -> None:
    model = tiny_language_model(name)
    prompt = tiny_tokens(2, 5)
    direction = 3 * noise(torch.Size([16]))
    seen: list[int] = []

    def push(x: Tensor) -> Tensor:
        seen.append(x.shape[1])
        return x + direction

    edits = {"1.resid_post": push, "0.mlp_out": lambda x: 0.5 * x}
    if "resid_mid" in model._widths:
        edits["2.resid_mid"] = lambda x: x + direction.flip(0)
    with model.edit(edits):
        new = model.generate(prompt, max_new_tokens=6, stop_at_eos=False)
        stock = model.hf.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=6,
            do_sample=False,
            eos_token_id=None,
        )
        assert seen[:6] == [5, 1, 1, 1, 1, 1]
        full = prompt
        for _ in range(6):
            full = torch.cat([full, model.logits(full)[:, -1].argmax(-1, keepdim=True)], 1)
    assert torch.equal(torch.cat([prompt, new], 1), full)
    assert torch.equal(stock, full)
    unedited = model.generate(prompt, max_new_tokens=6, stop_at_eos=False)
    assert not torch.equal(unedited, new)


def test_module_sites(model: Any) -> None:
    tokens = tiny_tokens()
    found = model.capture(
        tokens, ["model.layers.1.mlp.act_fn:output", "1.mlp_act", "model.layers.1.mlp.up_proj:output"]
    )
    gate = found[ModuleSite("model.layers.1.mlp.act_fn", "output")]
    up = found[ModuleSite("model.layers.1.mlp.up_proj", "output")]
    assert torch.equal(gate * up, found[Site(1, "mlp_act")])
    head = ModuleSite("lm_head", "output")
    assert torch.equal(model.capture(tokens, "lm_head:output")[head], model.logits(tokens))
    with model.edit({"model.layers.1.mlp.up_proj:output": torch.zeros_like}):
        assert not model.capture(tokens, "1.mlp_act")[Site(1, "mlp_act")].any()
    # The name of the module and the name of the site are one place: they compose, and both read the result.
    with model.edit({"model.layers.1.mlp:input": lambda x: x + 1}), model.edit({"1.mlp_in": lambda x: 2 * x}):
        both = model.capture(tokens, ["model.layers.1.mlp:input", "1.mlp_in"])
    plain = model.capture(tokens, "1.mlp_in")[Site(1, "mlp_in")]
    assert all(torch.equal(value, 2 * (plain + 1)) for value in both.values())
    assert model.width("model.layers.0.mlp.gate_proj:output") == 40


def test_captured_tensors_are_not_changed_by_later_edits(model: Any) -> None:
    tokens = tiny_tokens()
    clean = model.capture(tokens, "*.*")
    with model.edit({"1.resid_mid": lambda x: x.zero_()}):
        found = model.capture(tokens, "*.*")
    for site in (Site(0, "resid_post"), Site(1, "resid_pre"), Site(1, "attn_out")):
        assert torch.equal(found[site], clean[site])
    assert not found[Site(1, "resid_mid")].any()
    assert torch.equal(model.capture(tokens, "*.*")[Site(1, "resid_mid")], clean[Site(1, "resid_mid")])


def test_captured_tensors_are_the_callers_own(model: Any) -> None:
    found = model.capture(tiny_tokens(), ["0.resid_post", "1.resid_pre"])
    found[Site(0, "resid_post")].zero_()
    assert found[Site(1, "resid_pre")].any()


@pytest.mark.parametrize(("site", "stream"), [("1.mlp_in", "1.resid_mid"), ("1.attn_in", "1.resid_pre")])
def test_an_edit_may_work_in_place_without_touching_the_stream(site: str, stream: str) -> None:
    # OLMo-2 has no norm before its modules, so what they are given is the residual stream itself.
    model = tiny_language_model("olmo2")
    clean = model.capture(tiny_tokens(), "1.*")
    for edit in (lambda x: x.zero_(), lambda x: None if x.zero_() is x else x):
        with model.edit({site: edit}), model.record("1.*") as found:
            model.logits(tiny_tokens())
        added = Site(1, "mlp_out" if site == "1.mlp_in" else "attn_out")
        after = Site(1, "resid_post" if site == "1.mlp_in" else "resid_mid")
        (before,) = model.parse(stream)
        torch.testing.assert_close(found[after], clean[before] + found[added])
        assert not torch.equal(found[added], clean[added])


def test_gradients_reach_edits_that_read_what_they_change(model: Any) -> None:
    scale = torch.ones(16, requires_grad=True)
    with model.edit({"1.resid_mid": lambda x: x * x.tanh() * scale}), model.edit({"1.resid_mid": lambda x: x.exp()}):
        loss = model.hf(input_ids=tiny_tokens()).logits.square().mean()
    (gradient,) = torch.autograd.grad(loss, scale)
    assert gradient.isfinite().all() and gradient.any()


@pytest.mark.parametrize("raised", [RuntimeError, KeyboardInterrupt, StopIteration])
def test_hooks_are_removed_whatever_happens(model: Any, raised: type[BaseException]) -> None:
    def fail(x: Tensor) -> Tensor:
        raise raised

    plain = model.logits(tiny_tokens())
    with pytest.raises(raised), ExitStack() as stack:
        stack.enter_context(model.edit({"1.resid_mid": lambda x: x + 1}))
        stack.enter_context(model.record("*.*"))
        stack.enter_context(model.edit({"2.mlp_out": fail}))
        model.logits(tiny_tokens())
    assert no_hooks(model)
    with pytest.raises(raised), model.edit({"2.mlp_out": fail}):
        model.capture(tiny_tokens(), "2.resid_post")
    assert no_hooks(model)
    with pytest.raises((raised, RuntimeError)), model.edit({"1.mlp_out": lambda x: x + 1}):
        raise raised
    assert no_hooks(model)
    assert torch.equal(model.logits(tiny_tokens()), plain)


def test_threads_with_different_edits_do_not_mix(model: Any) -> None:
    tokens = tiny_tokens()
    expected = {}
    for number in range(4):
        with model.edit({"1.mlp_out": lambda x, n=number: x + n, "0.resid_mid": lambda x, n=number: x * (1 + n)}):
            expected[number] = model.logits(tokens)
    wrong: list[object] = []
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        try:
            for round_number in range(25):
                barrier.wait()
                edits = {"1.mlp_out": lambda x: x + number, "0.resid_mid": lambda x: x * (1 + number)}
                with model.edit(edits):
                    if round_number % 2:
                        barrier.wait()
                    if not torch.equal(model.logits(tokens), expected[number]):
                        wrong.append((number, round_number))
                    with model.record("1.resid_post") as found:
                        model.logits(tokens)
                    captured = model.capture(tokens, "1.resid_post")
                    if not torch.equal(found[Site(1, "resid_post")], captured[Site(1, "resid_post")]):
                        wrong.append((number, round_number, "record"))
        except BaseException as error:  # a thread must not fail silently
            wrong.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert no_hooks(model)


def test_gradients_flow_through_edits(model: Any) -> None:
    tokens = tiny_tokens(1, 6)
    for site in ("1.resid_mid", "1.mlp_out", "0.resid_pre", "1.attn_z", "1.mlp_in"):
        width = model.width(site)
        delta = torch.zeros(width, requires_grad=True)
        with model.edit({site: lambda x, d=delta: x + d}), model.record([site, "2.resid_post"]) as found:
            loss = model.hf(input_ids=tokens).logits.square().mean()
        (gradient,) = torch.autograd.grad(loss, delta, retain_graph=True)
        step = 1e-3 * noise(delta.shape)
        losses = []
        for sign in (1, -1):
            with model.edit({site: lambda x, s=sign * step: x + s}):
                losses.append(model.logits(tokens).double().square().mean())
        torch.testing.assert_close(gradient.double() @ step.double(), (losses[0] - losses[1]) / 2, rtol=2e-2, atol=1e-6)
        # Recorded tensors lie on the path from the edit to the loss.
        (through,) = torch.autograd.grad(loss, next(iter(found.values())))
        assert torch.allclose(through.sum((0, 1)), gradient, atol=1e-5)


def test_bfloat16_edits_take_float32_results() -> None:
    model = LanguageModel.wrap(tiny_hf("llama").to(torch.bfloat16))
    with model.edit({"1.resid_mid": lambda x: x.float() + 1, "0.mlp_out": lambda x: x.float()}):
        found = model.capture(tiny_tokens(), "1.resid_mid")[Site(1, "resid_mid")]
    assert found.dtype == torch.bfloat16 == model.dtype


def test_wrong_edits_and_sites_say_so(model: Any) -> None:
    tokens = tiny_tokens(2, 4)
    with pytest.raises(SiteError) as caught, model.edit({"1.mlp_out": lambda x: x[..., :3]}):
        model.logits(tokens)
    assert str(caught.value) == (
        "the edit at 1.mlp_out returned shape (2, 4, 3), expected (2, 4, 16). "
        "Return a tensor of the shape that the edit was given."
    )
    with pytest.raises(SiteError) as caught, model.edit({"1.mlp_out": lambda x: 3}):
        model.logits(tokens)
    assert str(caught.value).startswith("the edit at 1.mlp_out returned int, expected a tensor (2, 4, 16).")
    with pytest.raises(SiteError) as caught:
        model.capture(tokens, "model.layers.1.mlp.actfn:output")
    assert str(caught.value) == (
        "got 'model.layers.1.mlp.actfn:output', but Gemma3ForCausalLM has no module 'model.layers.1.mlp.actfn'. "
        "Write model.layers.1.mlp.act_fn:output if that is meant."
    )
    with pytest.raises(SiteError, match=r"this model has 3 layers"), model.edit({"3.mlp_out": lambda x: x}):
        pass
    assert no_hooks(model)


def test_wrong_tokens_say_so(model: Any) -> None:
    for tokens, text in [
        (
            torch.tensor([1, 2]),
            "got tokens of shape (2,) and type int64, expected integer ids [batch, position].",
        ),
        (torch.zeros(1, 3), "got tokens of shape (1, 3) and type float32, expected integer ids"),
        (torch.zeros(1, 0, dtype=torch.long), "got tokens of shape (1, 0)"),
        (torch.full((1, 65), 5), "got 65 tokens in a row, expected at most 64 (the context of tiny-gemma3)."),
        (torch.tensor([[61]]), "got token ids from 61 to 61, expected 0 to 60. Tokenize with"),
    ]:
        with pytest.raises(ModelError) as caught:
            model.capture(tokens, "0.mlp_out")
        assert str(caught.value).startswith(text)
    expected = model.capture(torch.tensor([[4, 5]]), "0.mlp_out")[Site(0, "mlp_out")]
    for same in (
        [[4, 5]],
        torch.tensor([[4, 5]]).numpy().astype("int32"),
        torch.tensor([[4, 5]], dtype=torch.int32),
    ):
        assert torch.equal(model.capture(same, "0.mlp_out")[Site(0, "mlp_out")], expected)


def test_parallel_models_have_no_resid_mid() -> None:
    model = tiny_language_model("gpt_neox_parallel")
    assert Site(0, "resid_mid") not in model.sites()
    with pytest.raises(SiteError, match="this model has no resid_mid"):
        model.capture(tiny_tokens(), "0.resid_mid")


def test_attributes(model: Any) -> None:
    assert (model.n_layers, model.d_model, model.vocab_size, model.max_context) == (N_LAYERS, 16, 61, 64)
    assert model.bos_id == 1 and model.special_ids == {0, 1, 2, 3}
    assert tiny_language_model("llama", tokenizer=char_tokenizer(bos=False)).bos_id is None
    assert tiny_language_model("llama").special_ids == frozenset()
    assert model.family == "gemma3" and model.name == "tiny-gemma3"
    assert not model.hf.training and not any(parameter.requires_grad for parameter in model.hf.parameters())
    rows = {row["point"]: row for row in model.describe()}
    assert rows["mlp_out"] == {
        "point": "mlp_out",
        "width": 16,
        "sites": "0-2.mlp_out",
        "module": "model.layers.0.post_feedforward_layernorm:output",
    }
    assert model.width("0.mlp_act") == 40 and model.width("2.attn_z") == 24
    assert repr(model) == "LanguageModel('tiny-gemma3', 3 layers, d_model 16, float32, cpu)"


def test_fingerprints_tell_models_apart_but_not_dtypes() -> None:
    one = tiny_language_model("llama").identity
    assert tiny_language_model("llama").identity == one
    other = tiny_language_model("llama", seed=1).identity
    assert other["fingerprint"] != one["fingerprint"] and other["id"] == one["id"]
    half = LanguageModel.wrap(tiny_hf("llama").to(torch.bfloat16), name="tiny-llama").identity
    assert half == one
    scaled = LanguageModel.wrap(tiny_hf("llama", rms_norm_eps=1e-3), name="tiny-llama").identity
    assert scaled["fingerprint"] != one["fingerprint"]


def test_an_edit_can_be_told_of_each_forward_and_how_far_its_cache_reaches() -> None:
    for family in ("gpt2", "gemma3"):
        model = tiny_language_model(family)
        told: list[tuple[list[int] | None, int]] = []

        def note(passing: Any, told: list[tuple[list[int] | None, int]] = told) -> None:
            told.append((None if passing.tokens_BT is None else list(passing.tokens_BT.shape), passing.past))

        with model.edit({}, told=note):
            list(model.stream(tiny_tokens(2, 5), max_new_tokens=3, stop_at_eos=False))
            model.capture(tiny_tokens(1, 4), ["0.mlp_out"])
            model.hf(inputs_embeds=torch.zeros(1, 2, 16))
            assert model.open_contexts == 1
        assert told == [([2, 5], 0), ([2, 1], 5), ([2, 1], 6), ([1, 4], 0), (None, 0)]
        model.logits(tiny_tokens())
        assert len(told) == 5 and model.open_contexts == 0


def test_the_last_logits_alone_are_those_of_all() -> None:
    for family in ("gpt2", "gemma3", "phi3"):
        model = tiny_language_model(family)
        torch.testing.assert_close(model.logits(tiny_tokens(), last=True), model.logits(tiny_tokens())[:, -1:])
