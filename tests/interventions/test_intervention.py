"""Identities of interventions on every family, and every kind of change against arithmetic written out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.errors import ConfigError, SiteError
from microtome.evaluation import Placed
from microtome.interventions import (
    GENERATED,
    Change,
    Fires,
    Intervention,
    When,
    ablate,
    add,
    clamp,
    min_clamp,
    project_out,
    replace,
    scale,
)
from microtome.models import LanguageModel
from microtome.sites import Site
from tests.interventions.plain import LATENTS, SPARSIFIERS, dense_codes, dictionary, model, placed_at
from tests.models.tiny_models import D_MODEL, FAMILY_NAMES, tiny_tokens

KINDS = ("sae", "transcoder", "skip_transcoder")


def identity() -> Placed:
    """A dictionary that reconstructs whatever comes: relu(x) − relu(−x)."""
    site = Site(1, "mlp_out")
    config = DictionaryConfig(kind="sae", sparsifier="relu", d_in=D_MODEL, d_out=D_MODEL, latents=2 * D_MODEL, l0=4)
    made = Dictionary(config).requires_grad_(False)
    eye = torch.eye(D_MODEL)
    made.W_enc.copy_(torch.cat([eye, -eye]))
    made.W_dec.copy_(torch.cat([eye, -eye]))
    return Placed(made, site, site)


def bound(lm: LanguageModel, placed: Placed, *changes: Change, **options: Any) -> Intervention:
    return Intervention(lm, {"d": placed}, changes, maxima=lambda name, latent: 2.0 + latent, **options)


def logits(lm: LanguageModel, intervention: Intervention, tokens: Tensor, **options: Any) -> Tensor:
    with intervention.open(**options):
        return lm.logits(tokens)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_what_changes_nothing_changes_no_logit(family: str) -> None:
    lm, tokens = model(family), tiny_tokens()
    clean = lm.logits(tokens)
    place = placed_at()
    for changes in (
        [scale(7, 1.0)],  # clamped to its own value at every token
        [min_clamp(7, 0.0)],
        [add(7, 0.0), add(8, 0.0, unit="norm")],
        [add(7, 3.0, when=When(start=40))],
        [],
    ):
        assert torch.equal(logits(lm, bound(lm, place, *changes), tokens), clean), changes
    torch.testing.assert_close(logits(lm, bound(lm, identity(), replace()), tokens), clean, rtol=0, atol=0)
    assert not torch.equal(logits(lm, bound(lm, place, add(7, 1.0)), tokens), clean)
    assert torch.equal(lm.logits(tokens), clean)
    assert lm.open_contexts == 0


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_clamp_to_its_own_value_and_ablation_as_a_clamp(family: str) -> None:
    lm, tokens, place = model(family), tiny_tokens(1), placed_at()
    clean = lm.logits(tokens)
    (x,) = lm.capture(tokens, ["1.mlp_out"]).values()
    codes = place.dictionary.encode_latents(x[0], torch.arange(LATENTS))
    position = 5
    latent = int(codes[position].argmax())
    at = When(start=position, stop=position + 1)
    own = bound(lm, place, clamp(latent, float(codes[position, latent]), when=at))
    torch.testing.assert_close(logits(lm, own, tokens), clean, rtol=0, atol=1e-5)
    off = logits(lm, bound(lm, place, ablate(latent)), tokens)
    assert torch.equal(logits(lm, bound(lm, place, clamp(latent, 0.0)), tokens), off)
    assert torch.equal(logits(lm, bound(lm, place, scale(latent, 0.0)), tokens), off)
    assert not torch.equal(off, clean)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_cache_equals_recomputing_everything(family: str) -> None:
    """Each generated token is edited once: step by step with a KV cache, and in one forward over all tokens."""
    lm, prompt = model(family), tiny_tokens(2, 5)
    for changes, kind in (
        ([replace(), clamp(3, 2.0), add(4, 0.5)], "transcoder"),
        ([clamp(3, 2.0, when=GENERATED), add(5, 0.3, unit="norm")], "sae"),
        ([add(4, 1.0, when=When(clock="generated", start=1, scale=((0, 0.0), (6, 1.0))))], "sae"),
        ([ablate(2, when=When(start=3, fires=Fires(latent=9))), project_out(4)], "sae"),
    ):
        intervention = bound(lm, placed_at(1, kind), *changes)
        steps = list(lm.steps(prompt, max_new_tokens=6, top=61, stop_at_eos=False, around=intervention.open))
        new = torch.stack([step.token_B for step in steps], 1)
        whole = torch.cat([prompt, new], 1)
        recomputed = logits(lm, intervention, whole, prompt_tokens=5).softmax(-1)
        for t, step in enumerate(steps):
            cached = torch.zeros(2, 61).scatter(1, step.top_BK, step.top_p_BK)
            torch.testing.assert_close(cached, recomputed[:, 4 + t], rtol=0, atol=2e-5)
        # An edit that did nothing would pass all of the above.
        assert (lm.logits(whole).softmax(-1)[:, 4:-1] - recomputed[:, 4:-1]).abs().max() > 1e-3


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_one_context_with_two_sites_equals_nested_contexts(family: str) -> None:
    lm, tokens = model(family), tiny_tokens()
    placed = {"a": placed_at(0, seed=1), "b": placed_at(2, "transcoder", seed=2)}
    one = Intervention(lm, placed, [add(3, 1.0, "a", unit="activation"), replace("b"), clamp(5, 2.0, "b")])
    first = Intervention(lm, placed, [add(3, 1.0, "a", unit="activation")])
    second = Intervention(lm, placed, [replace("b"), clamp(5, 2.0, "b")])
    together = logits(lm, one, tokens)
    for outer, inner in ((first, second), (second, first)):
        with outer.open(), inner.open():
            assert lm.open_contexts == 2
            assert torch.equal(lm.logits(tokens), together)
    assert lm.open_contexts == 0


@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
@pytest.mark.parametrize("kind", KINDS)
def test_codes_of_a_few_latents_are_those_of_all(kind: str, sparsifier: str) -> None:
    d = dictionary(kind, sparsifier)
    x = torch.randn(50, D_MODEL, generator=torch.Generator().manual_seed(3))
    expected = dense_codes(d, x)
    assert 0 < float((expected > 0).float().mean()) < 1
    for latents in ([7], [9, 3, 3], list(range(LATENTS)), []):
        found = d.encode_latents(x, torch.tensor(latents, dtype=torch.long))
        torch.testing.assert_close(found, expected[:, latents], rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(found, d.encode(x).dense()[:, latents], rtol=1e-5, atol=1e-6)
    x[3, 2] = float("nan")
    assert bool(d.encode_latents(x, torch.arange(LATENTS))[3].isnan().any())


@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_change_is_the_arithmetic_it_says(kind: str, sparsifier: str) -> None:
    """At the site, in float64: the activation after a list of changes, some of which meet the same latent."""
    lm, tokens = model("gemma3"), tiny_tokens()
    tokens[0, 4] = 1  # a special token inside: left alone
    place = placed_at(1, kind, sparsifier)
    d = place.dictionary
    captured = lm.capture(tokens, ["1.mlp_in", "1.mlp_out", "1.resid_mid"])
    names = {str(site): value.double() for site, value in captured.items()}
    mlp_in, h, mid = names["1.mlp_in"], names["1.mlp_out"], names["1.resid_mid"]
    x = h if kind == "sae" else mlp_in
    d64 = type(d)(d.config)
    d64.load_state_dict(d.state_dict())
    d64 = d64.double()
    a = dense_codes(d64, x.flatten(0, 1)).view(*x.shape[:2], LATENTS)
    W = d.W_dec.double()
    keep = ~torch.isin(tokens, torch.tensor([0, 1, 2]))
    norm = mid.norm(dim=-1)
    new = a.clone()
    new[..., 1] = 0
    new[..., 2] = 1.5
    new[..., 3] = new[..., 3].clamp(min=0.4)
    new[..., 4] = new[..., 4] * 3
    new[..., 5] += 0.5 * (2.0 + 5)
    new[..., 6] = 1.0 + 0.25 * norm / W[6].norm()
    changes = [
        ablate(1),
        clamp(2, 1.5),
        min_clamp(3, 0.4),
        scale(4, 3.0),
        add(5, 0.5),
        clamp(6, 1.0),
        add(6, 0.25, unit="norm"),
    ]
    for replaced in (False, True):
        base = a @ W + d.b_dec.double() if replaced else h
        if replaced and d.W_skip is not None:
            base = base + x @ d.W_skip.double().T
        expected = base + (new - a) @ W
        span = W[[8, 9]]
        expected = expected - expected @ span.T @ torch.linalg.inv(span @ span.T) @ span
        expected = torch.where(keep[..., None], expected, h)
        own = [*([replace()] if replaced else []), *changes, project_out(8), project_out(9)]
        with bound(lm, place, *own).open():
            (found,) = lm.capture(tokens, ["1.mlp_out"]).values()
        torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-4)


def test_the_order_of_the_list_counts() -> None:
    lm, tokens, place = model(), tiny_tokens(), placed_at()
    clamped = logits(lm, bound(lm, place, clamp(7, 5.0)), tokens)
    added_first = logits(lm, bound(lm, place, add(7, 3.0), clamp(7, 5.0)), tokens)
    assert torch.equal(clamped, added_first)
    added_after = logits(lm, bound(lm, place, clamp(7, 5.0), add(7, 1.0)), tokens)
    both = logits(lm, bound(lm, place, clamp(7, 5.0 + 9.0)), tokens)
    torch.testing.assert_close(added_after, both)


def written(lm: LanguageModel, intervention: Intervention, tokens: Tensor, site: str = "1.mlp_out", **o: Any) -> Tensor:
    """What an intervention adds at a site."""
    (clean,) = lm.capture(tokens, [site]).values()
    with intervention.open(**o):
        (found,) = lm.capture(tokens, [site]).values()
    return found - clean


def test_when_says_where_and_how_much() -> None:
    lm, tokens, place = model(), tiny_tokens(2, 9), placed_at()
    row = place.dictionary.W_dec[7]

    def sizes(when: When, **options: Any) -> list[float]:
        change = add(7, 1.0, unit="activation", when=when)
        part = written(lm, bound(lm, place, change), tokens, **options)
        size = part @ row / (row @ row)
        torch.testing.assert_close(part, size[..., None] * row, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(size[0], size[1], rtol=1e-4, atol=1e-5)
        return [round(value, 3) for value in size[0].tolist()]

    assert sizes(When()) == [1.0] * 9
    assert sizes(When(start=3, stop=6)) == [0, 0, 0, 1, 1, 1, 0, 0, 0]
    assert sizes(When(scale=((2, 0.0), (4, 1.0)))) == [0, 0, 0, 0.5, 1, 1, 1, 1, 1]
    assert sizes(GENERATED) == [0.0] * 9
    assert sizes(GENERATED, prompt_tokens=6) == [0] * 6 + [1] * 3
    assert sizes(When(clock="generated", start=1, scale=((0, 1.0), (4, 0.0))), prompt_tokens=5) == [
        0, 0, 0, 0, 0, 0, 0.75, 0.5, 0.25,
    ]  # fmt: skip


def test_special_tokens_are_left_alone_unless_asked() -> None:
    lm, tokens, place = model(), tiny_tokens(1, 6), placed_at()
    tokens[0, 0], tokens[0, 3] = 1, 2
    changed = (written(lm, bound(lm, place, add(7, 1.0)), tokens) != 0).any(-1)[0].tolist()
    assert changed == [False, True, True, False, True, True]
    everywhere = add(7, 1.0, when=When(specials=True))
    assert bool((written(lm, bound(lm, place, everywhere), tokens) != 0).any(-1).all())


def test_a_condition_on_another_latent_of_another_site() -> None:
    lm, tokens = model(), tiny_tokens(2, 9)
    placed = {"early": placed_at(0, seed=4), "late": placed_at(2, "transcoder", seed=5)}
    (x,) = lm.capture(tokens, ["0.mlp_out"]).values()
    code = placed["early"].dictionary.encode_latents(x.flatten(0, 1), torch.tensor([3])).view(2, 9)
    above = float(code.median())
    fires = Fires(latent=3, dictionary="early", above=above)
    change = add(7, 1.0, "late", unit="activation", when=When(fires=fires))
    part = written(lm, Intervention(lm, placed, [change]), tokens, "2.mlp_out")
    assert torch.equal((part != 0).any(-1), code > above)
    assert 0 < int((code > above).sum()) < 18
    placed["same"] = placed_at(2, seed=6)
    (h,) = lm.capture(tokens, ["2.mlp_out"]).values()
    codes = placed["same"].dictionary.encode_latents(h.flatten(0, 1), torch.arange(LATENTS)).view(2, 9, LATENTS)
    often = int((codes > 0).sum((0, 1)).sub(9).abs().argmin())
    code = codes[..., often]
    changes = [add(7, 1.0, "late", unit="activation", when=When(fires=Fires(latent=often, dictionary="same")))]
    part = written(lm, Intervention(lm, placed, changes), tokens, "2.mlp_out")
    assert torch.equal((part != 0).any(-1), code > 0) and 0 < int((code > 0).sum()) < 18
    wrong = Intervention(
        lm, placed, [add(7, 1.0, "early", unit="activation", when=When(fires=Fires(latent=3, dictionary="late")))]
    )
    with pytest.raises(SiteError) as caught, wrong.open():
        lm.logits(tokens)
    assert str(caught.value) == (
        "late is read at 2.mlp_in, which comes after where it is needed. Use a dictionary of an earlier site."
    )
    assert lm.open_contexts == 0


@pytest.mark.parametrize("changes", [[add(7, 1.0)], [clamp(3, 2.0), ablate(5)], [project_out(4), project_out(5)]])
def test_the_control_writes_as_much_in_another_direction(changes: list[Change]) -> None:
    lm, tokens, place = model(), tiny_tokens(2, 9), placed_at()
    true = bound(lm, place, *changes)
    part = written(lm, true, tokens)
    controls = [written(lm, true.control(*how), tokens) for how in ((0,), (1,), (0, "latents"))]
    for control in controls:
        torch.testing.assert_close(control.norm(dim=-1), part.norm(dim=-1), rtol=1e-4, atol=1e-5)
        cosine = torch.cosine_similarity(control, part, dim=-1)[part.norm(dim=-1) > 1e-3]
        assert float(cosine.abs().mean()) < 0.9
    assert not torch.allclose(*controls[:2]) and not torch.allclose(*controls[1:])
    torch.testing.assert_close(written(lm, true.control(0), tokens), controls[0])


def test_nothing_is_left_behind_when_the_body_raises() -> None:
    lm, tokens, place = model(), tiny_tokens(), placed_at()
    clean = lm.logits(tokens)
    hooks = count_hooks(lm)
    for error in (ValueError, KeyboardInterrupt, GeneratorExit):
        with pytest.raises(error), bound(lm, place, add(7, 1.0)).open():
            lm.logits(tokens)
            raise error
        assert lm.open_contexts == 0 and count_hooks(lm) == hooks
    calls: list[int] = []

    def interrupt(value: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return value

    intervention = bound(lm, place, add(7, 1.0))
    with pytest.raises(KeyboardInterrupt), lm.edit({"2.mlp_out": interrupt}):
        for _ in lm.steps(tokens, max_new_tokens=9, stop_at_eos=False, around=intervention.open):
            pass
    assert lm.open_contexts == 0 and count_hooks(lm) == hooks
    assert torch.equal(lm.logits(tokens), clean)


def count_hooks(lm: LanguageModel) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in lm.hf.modules())


def test_threads_with_different_interventions_do_not_mix() -> None:
    """One model, one intervention object per pair of threads, a barrier before every forward."""
    lm, tokens = model(), tiny_tokens()
    places = [placed_at(1, kind) for kind in ("sae", "transcoder")]
    shared = [bound(lm, places[i], replace(), add(i + 3, 1.0)) for i in range(2)]
    expected = [logits(lm, intervention, tokens) for intervention in shared]
    barrier, wrong = threading.Barrier(4), list[str]()

    def work(number: int) -> None:
        try:
            for _ in range(25):
                barrier.wait(timeout=60)
                if not torch.equal(logits(lm, shared[number % 2], tokens), expected[number % 2]):
                    wrong.append(f"thread {number}")
        except BaseException as error:
            wrong.append(repr(error))
            barrier.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_only_rows_in_use_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    lm, tokens, place = model(), tiny_tokens(), placed_at(1, "sae", "jumprelu")
    calls = []
    whole: Callable[..., Any] = type(place.dictionary).encode
    monkeypatch.setattr(type(place.dictionary), "encode", lambda self, x: calls.append(len(x)) or whole(self, x))
    logits(lm, bound(lm, place, clamp(7, 5.0), add(3, 1.0), ablate(4)), tokens)
    assert calls == []
    logits(lm, bound(lm, place, replace()), tokens)
    assert calls == [tokens.numel()]
    topk = bound(lm, placed_at(1, "sae", "topk"), ablate(7))
    logits(lm, topk, tokens)
    assert len(calls) == 2 and calls[1] < tokens.numel()


BAD: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: bound(model(), placed_at(), ablate(24)),
        "got latent 24, d has 24, expected 0 to 23. Give one of these.",
    ),
    (
        lambda: clamp(7, float("nan")),
        "got nan as the strength of clamp 7, expected a finite number. Give one, such as 3.",
    ),
    (
        lambda: add(7, float("inf")),
        "got inf as the strength of add 7, expected a finite number. Give one, such as 3.",
    ),
    (lambda: ablate(-1), "got the latent '-1', expected a whole number from 0. Give its number."),
    (
        lambda: add(7, 1.0, unit="miles"),
        "got the unit 'miles' for add, expected max or norm or activation. Leave it out, or give one that is expected.",
    ),
    (
        lambda: Change(kind="boost", latent=1),
        "got the change 'boost', expected one of replace, ablate, clamp, min_clamp, scale, add, project_out. "
        "Give one of these.",
    ),
    (
        lambda: Change(kind="replace", latent=1),
        "got latent 1 to replace, but a whole site is replaced. Leave the latent out, or use clamp.",
    ),
    (
        lambda: bound(model(), placed_at(), ablate(1, "other")),
        "got the dictionary 'other', expected one of d. Name one of them.",
    ),
    (
        lambda: Intervention(model(), {"a": placed_at(), "b": placed_at()}, [ablate(1)]),
        "got a change that names no dictionary, expected one of a, b. Name one of them.",
    ),
    (
        lambda: Intervention(model(), {"a": placed_at(), "b": placed_at()}, [replace("a"), replace("b")]),
        "1.mlp_out is to be replaced by a and by b, expected one of them. Name one dictionary per site.",
    ),
    (
        lambda: bound(model(), placed_at(), replace(), replace()),
        "d is to replace its site twice. Name it once.",
    ),
    (
        lambda: bound(model(), placed_at(1, width=20), ablate(1)),
        "the dictionary d is 20 wide, 1.mlp_out of tiny-llama is 16. "
        "Give the model that the dictionary was trained on.",
    ),
    (
        lambda: Intervention(model(), {"d": placed_at()}, [add(7, 1.0)]),
        "the strength of add 7 is in units of its maximum activation, which is not known. "
        "Pass maxima=, or give the strength in another unit.",
    ),
    (
        lambda: bound(model(), placed_at(), ablate(1), control_from="noise"),
        "got controls from 'noise', expected random or latents. Give one of these.",
    ),
    (lambda: When(clock="noon"), "got the clock 'noon', expected position or generated. Give one of these."),
    (lambda: When(start=-1), "got start -1, expected 0 or more. Count tokens from 0."),
    (lambda: When(start=4, stop=4), "got stop 4 with start 4, expected a later token. Raise stop, or leave it."),
    (
        lambda: When(scale=((3, 1.0), (1, 0.0))),
        "got the scale ((3, 1.0), (1, 0.0)), expected points of finite numbers with ascending clock. "
        "Give for example ((0, 0.0), (20, 1.0)).",
    ),
    (
        lambda: Fires(latent=1, above=float("nan")),
        "got nan as the level of a condition, expected a finite number. Give one, such as 3.",
    ),
]


@pytest.mark.parametrize(("make", "text"), BAD, ids=[text[:40] for _, text in BAD])
def test_bad_changes_say_so(make: Callable[[], Any], text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert str(caught.value) == text


def test_a_site_the_model_lacks() -> None:
    with pytest.raises(SiteError, match=r"got '7.mlp_out' with layer 7, expected 0 to 2"):
        bound(model(), placed_at(7), ablate(1))
