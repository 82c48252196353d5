"""Evaluation on a language model against plain PyTorch: own hooks, own log-softmax, float64.

The texts hold special tokens inside their blocks. Everything that treats them wrongly moves the numbers by far more
than the tolerance, and the tests check that it does.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from microtome.activations import INPUT, ArrayActivations
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.errors import ActivationError, ConfigError
from microtome.evaluation import (
    EvaluationConfig,
    Metrics,
    Placed,
    evaluate_on_arrays,
    evaluate_on_model,
    planned_contexts,
)
from microtome.evaluation.storage import METRIC_KEYS
from microtome.sites import Site
from microtome.text import Blocks
from tests.dictionaries.temporal import D, make, predicted
from tests.models.tiny_models import D_MODEL, VOCAB, count_calls, tiny_language_model

N_BLOCKS, CONTEXT, LATENTS = 6, 12, 24
MLP_IN, MLP_OUT = Site(1, "mlp_in"), Site(1, "mlp_out")
SPECIAL_IDS = (0, 1, 2)
CONFIG = EvaluationConfig(replicates=50, loss_tokens=10_000, batch_contexts=4, loss_batch_contexts=2)

# Where the families keep what the MLP adds to the residual stream: behind the post-norm where there is one.
OUTPUT_MODULE = {
    "llama": "model.layers.1.mlp",
    "gpt2": "transformer.h.1.mlp",
    "gemma3": "model.layers.1.post_feedforward_layernorm",
}
INPUT_MODULE = {"llama": "model.layers.1.mlp", "gpt2": "transformer.h.1.mlp", "gemma3": "model.layers.1.mlp"}


def blocks_of(tokens: np.ndarray) -> Blocks:
    special = np.isin(tokens, SPECIAL_IDS)
    zeros = np.zeros_like(tokens)
    return Blocks(tokens, special, np.where(special, -1, 0).astype(np.int32), zeros, zeros, ["d"])


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    """BOS in front, and inside: several documents share a block, and one has two separators in a row."""
    tokens = np.random.default_rng(0).integers(3, VOCAB, (N_BLOCKS, CONTEXT)).astype(np.int32)
    tokens[:, 0] = 1
    tokens[0, 5] = tokens[1, 3] = tokens[1, 9] = 1
    tokens[2, 6] = tokens[2, 7] = 2
    tokens[3, CONTEXT - 1] = 2
    return blocks_of(tokens)


def dictionary(
    kind: str = "sae", sparsifier: str = "relu", *, scale: float = 0.3, seed: int = 0, threshold: float = 0.5
) -> Dictionary:
    d = Dictionary(
        DictionaryConfig(kind=kind, sparsifier=sparsifier, d_in=D_MODEL, d_out=D_MODEL, latents=LATENTS, l0=4)
    )
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in (d.W_enc, d.W_dec, d.b_enc, d.b_dec):
            tensor.copy_(scale * torch.randn(tensor.shape, generator=generator))
        d.normalise_rows()
        if kind != "sae":
            d.get_buffer("mean_in").copy_(scale * torch.randn(D_MODEL, generator=generator))
        if d.W_skip is not None:
            d.W_skip.copy_(scale * torch.randn(D_MODEL, D_MODEL, generator=generator))
        if sparsifier == "batchtopk":
            d.sparsifier.threshold.fill_(threshold)  # type: ignore[operator,union-attr]
    return d.requires_grad_(False)


def identity_dictionary() -> Dictionary:
    """x̂ = Σ relu(x)·e − relu(−x)·e = x."""
    d = Dictionary(
        DictionaryConfig(kind="sae", sparsifier="relu", d_in=D_MODEL, d_out=D_MODEL, latents=2 * D_MODEL, l0=4)
    )
    both = torch.cat([torch.eye(D_MODEL), -torch.eye(D_MODEL)])
    with torch.no_grad():
        d.W_enc.copy_(both)
        d.W_dec.copy_(both)
    return d.requires_grad_(False)


def applied(d: Dictionary, x: Tensor) -> Tensor:
    """The dictionary from its formula, in float64: relu, topk or the threshold of batchtopk.

    `x` [C, T, D]: of each context, a temporal one takes away what it predicts, and adds it in the end.
    """
    if d.temporal is not None:
        foreseen = torch.stack([predicted(d, x_TD) for x_TD in x])
        return applied(single(d), x - foreseen) + foreseen
    weights = {name: tensor.double() for name, tensor in d.state_dict().items()}
    shift = weights["b_dec"] if d.config.kind == "sae" else weights["mean_in"]
    z = (x - shift) @ weights["W_enc"].T + weights["b_enc"]
    if d.config.sparsifier == "topk":
        smallest = z.topk(4, dim=-1).values[..., -1:]
        codes = torch.relu(z) * (z >= smallest)
    elif d.config.sparsifier == "batchtopk":
        codes = z * (z > weights["sparsifier.threshold"])
    else:
        codes = torch.relu(z)
    out = codes @ weights["W_dec"] + weights["b_dec"]
    return out + x @ weights["W_skip"].T if "W_skip" in weights else out


def single(d: Dictionary) -> Dictionary:
    """A temporal dictionary without its prediction."""
    made = Dictionary(replace(d.config, temporal=None))
    made.load_state_dict({key: value for key, value in d.state_dict().items() if not key.startswith("temporal.")})
    return made


@contextmanager
def hooked(module: torch.nn.Module, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    def hook(_module: Any, _args: Any, output: Any) -> Any:
        return (change(output[0]), *output[1:]) if isinstance(output, tuple) else change(output)

    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


class Plain:
    """The same measurement without any of the library's forward code."""

    def __init__(self, model: Any, family: str, place: Placed, blocks: Blocks) -> None:
        self.hf = copy.deepcopy(model.hf).double()
        self.out, self.into = (
            self.hf.get_submodule(OUTPUT_MODULE[family]),
            self.hf.get_submodule(INPUT_MODULE[family]),
        )
        self.place = place
        self.tokens = torch.from_numpy(blocks.tokens).long()
        self.keep = torch.from_numpy(~np.isin(blocks.tokens, SPECIAL_IDS))
        self.x, self.y = self._seen()

    @torch.no_grad()
    def _seen(self) -> tuple[Tensor, Tensor]:
        seen: dict[str, Tensor] = {}

        def store(_module: Any, args: Any) -> None:
            seen["x"] = args[0].clone()

        handle = self.into.register_forward_pre_hook(store)
        with hooked(self.out, lambda y: seen.setdefault("y", y.clone())):
            self.hf(input_ids=self.tokens)
        handle.remove()
        return (seen["y"] if self.place.site_in == self.place.site_out else seen["x"]), seen["y"]

    @torch.no_grad()
    def log_p(self, value: Tensor | None, *, also_special: bool = False) -> Tensor:
        """log p of the next token [C, T−1, V] with the site set to `value` on the usable tokens."""
        where = torch.ones_like(self.keep) if also_special else self.keep
        change = (lambda y: y) if value is None else (lambda y: torch.where(where[..., None], value, y))
        with hooked(self.out, change):
            logits = self.hf(input_ids=self.tokens).logits[:, :-1]
        return logits - torch.logsumexp(logits, -1, keepdim=True)

    def metrics(self, *, also_special: bool = False) -> dict[str, float]:
        counted = self.keep[:, :-1] & self.keep[:, 1:]
        prediction = applied(self.place.dictionary, self.x)
        x, y, p = self.x[self.keep], self.y[self.keep], prediction[self.keep]
        mean = y.mean(0)
        values = {"clean": None, "replaced": prediction, "ablated": torch.zeros_like(self.y), "mean_ablated": mean}
        log_p = {
            key: self.log_p(None if value is None else value.expand_as(self.y), also_special=also_special)
            for key, value in values.items()
        }
        target = self.tokens[:, 1:, None]
        ce = {key: float(-lp.gather(-1, target)[..., 0][counted].mean()) for key, lp in log_p.items()}
        clean = log_p["clean"]
        kl = {
            key: float((clean.exp() * (clean - log_p[key])).sum(-1)[counted].mean()) for key in ("replaced", "ablated")
        }
        del x
        return {
            **{f"ce_{key}": value for key, value in ce.items()},
            "ce_recovered": (ce["ablated"] - ce["replaced"]) / (ce["ablated"] - ce["clean"]),
            "ce_recovered_from_mean": (ce["mean_ablated"] - ce["replaced"]) / (ce["mean_ablated"] - ce["clean"]),
            "kl": kl["replaced"],
            "kl_recovered": (kl["ablated"] - kl["replaced"]) / kl["ablated"],
            "fvu": float((y - p).square().sum() / (y - mean).square().sum()),
            "cosine": float(torch.nn.functional.cosine_similarity(y, p, dim=1).mean()),
        }


def measure(model: Any, place: Placed, blocks: Blocks, **changed: Any) -> Metrics:
    return evaluate_on_model(model, {"it": place}, blocks, replace(CONFIG, **changed))["it"]


@pytest.mark.parametrize(
    ("kind", "sparsifier"),
    [("sae", "relu"), ("sae", "batchtopk"), ("transcoder", "topk"), ("skip_transcoder", "relu")],
)
@pytest.mark.parametrize("family", sorted(OUTPUT_MODULE))
def test_every_loss_equals_a_plain_implementation(family: str, kind: str, sparsifier: str, blocks: Blocks) -> None:
    model = tiny_language_model(family)
    place = Placed(dictionary(kind, sparsifier), MLP_OUT if kind == "sae" else MLP_IN, MLP_OUT)
    found = measure(model, place, blocks)
    expected = Plain(model, family, place, blocks).metrics()
    for key, value in expected.items():
        assert found.values[key] == pytest.approx(value, rel=2e-4, abs=1e-5), key
    assert found.facts["special_tokens_excluded"] == int(blocks.special.sum())
    assert found.facts["tokens"] == blocks.n_usable
    counted = ~blocks.special[:, :-1] & ~blocks.special[:, 1:]
    assert found.facts["ce_tokens"] == int(counted.sum())


@pytest.mark.parametrize("family", sorted(OUTPUT_MODULE))
def test_a_temporal_dictionary_sees_every_token_before_and_is_measured_on_the_usable_ones(
    family: str, blocks: Blocks
) -> None:
    model = tiny_language_model(family)
    place = Placed(make("topk", width=D_MODEL), MLP_OUT, MLP_OUT)
    found = measure(model, place, blocks)
    plain = Plain(model, family, place, blocks)
    for key, value in plain.metrics().items():
        assert found.values[key] == pytest.approx(value, rel=2e-4, abs=1e-5), key
    # Without the prediction, or with the special tokens left out of what it sees, it would be another one.
    y = plain.y[plain.keep]
    for other in (applied(single(place.dictionary), plain.x)[plain.keep], applied(place.dictionary, plain.x[:, 1:])):
        wrong = other if other.dim() == 2 else other[plain.keep[:, 1:]]
        fvu = float((y - wrong).square().sum() / (y - y.mean(0)).square().sum())
        assert found.values["fvu"] != pytest.approx(fvu, rel=1e-3)
    one = measure(model, place, blocks, batch_contexts=1, loss_batch_contexts=1)
    assert one.values["fvu"] == pytest.approx(found.values["fvu"], rel=1e-5)


def test_arrays_have_no_order_for_a_temporal_dictionary() -> None:
    rows = np.random.default_rng(0).standard_normal((256, D)).astype(np.float32)
    source = ArrayActivations({INPUT: rows}, name="rows", seed=0, window_tokens=128)
    with pytest.raises(ActivationError) as error:
        evaluate_on_arrays(make(), source, CONFIG)
    assert str(error.value) == (
        "got rows of 6 numbers, expected 12: behind each lies what a temporal dictionary predicts of it from the "
        "tokens before. Use it on a model and a text, or make rows of whole sequences with dictionary.rows."
    )


@pytest.mark.parametrize("kind", ["sae", "transcoder"])
def test_special_tokens_are_bypassed_by_the_ablation_as_by_the_dictionary(kind: str, blocks: Blocks) -> None:
    """A baseline that also ablates BOS is far worse, and makes every dictionary look better than it is."""
    model = tiny_language_model("llama")
    place = Placed(dictionary(kind), MLP_OUT if kind == "sae" else MLP_IN, MLP_OUT)
    found, plain = measure(model, place, blocks).values, Plain(model, "llama", place, blocks)
    right, wrong = plain.metrics(), plain.metrics(also_special=True)
    for key in ("ce_replaced", "ce_ablated", "ce_mean_ablated", "ce_recovered", "kl"):
        assert found[key] == pytest.approx(right[key], rel=2e-4, abs=1e-5), key
        assert abs(wrong[key] - right[key]) > 2e-3, key  # so that the line above could have failed


@pytest.mark.parametrize("site", ["0.mlp_out", "1.resid_post", "2.attn_out", "1.resid_mid"])
def test_a_perfect_dictionary_costs_nothing(site: str, blocks: Blocks) -> None:
    model = tiny_language_model("llama")
    (place,) = model.parse(site)
    found = measure(model, Placed(identity_dictionary(), place, place), blocks).values
    assert found["fvu"] == pytest.approx(0, abs=1e-10)
    assert found["cosine"] == pytest.approx(1, abs=1e-6)
    assert found["ce_recovered"] == pytest.approx(1, abs=1e-4)
    assert found["ce_replaced"] == pytest.approx(found["ce_clean"], abs=1e-5)
    assert found["kl"] == pytest.approx(0, abs=1e-6)
    assert found["kl_recovered"] == pytest.approx(1, abs=1e-4)
    assert found["l0"] == pytest.approx(D_MODEL)


def test_a_transcoder_is_scored_against_its_target(blocks: Blocks) -> None:
    """One that copies its input is perfect at the input's site and poor at its target's."""
    model = tiny_language_model("llama")
    copying = identity_dictionary()
    right = Dictionary(replace(copying.config, kind="transcoder"))
    right.load_state_dict({**copying.state_dict(), "mean_in": torch.zeros(D_MODEL)})
    right.requires_grad_(False)
    found = measure(model, Placed(right, MLP_IN, MLP_OUT), blocks)
    plain = Plain(model, "llama", Placed(right, MLP_IN, MLP_OUT), blocks)
    x, y = plain.x[plain.keep], plain.y[plain.keep]
    fvu = float((y - x).square().sum() / (y - y.mean(0)).square().sum())
    assert fvu > 0.5
    assert found.values["fvu"] == pytest.approx(fvu, rel=1e-4)
    assert measure(model, Placed(right, MLP_IN, MLP_IN), blocks).values["fvu"] == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("sparsifier", ["batchtopk", "topk"])
def test_how_contexts_are_batched_does_not_matter(sparsifier: str, blocks: Blocks) -> None:
    """Batch-level top-k would pick other latents in every batch; the deployed rule looks at one token at a time."""
    model = tiny_language_model("llama")
    place = Placed(dictionary("sae", sparsifier), MLP_OUT, MLP_OUT)
    one = measure(model, place, blocks, batch_contexts=1, loss_batch_contexts=1)
    many = measure(model, place, blocks, batch_contexts=16, loss_batch_contexts=16)
    assert set(one.values) == set(many.values) == set(METRIC_KEYS)
    for key, value in one.values.items():
        assert many.values[key] == pytest.approx(value, rel=1e-4, abs=1e-6), key
        for a, b in zip(one.intervals[key], many.intervals[key], strict=True):
            assert a == pytest.approx(b, rel=1e-3, abs=1e-5), key
    np.testing.assert_array_equal(one.arrays["count"], many.arrays["count"])


def test_batchtopk_fires_by_its_threshold(blocks: Blocks) -> None:
    model = tiny_language_model("llama")
    found = {}
    for threshold in (0.2, 0.8):
        d = dictionary("sae", "batchtopk", threshold=threshold)
        place = Placed(d, MLP_OUT, MLP_OUT)
        plain = Plain(model, "llama", place, blocks)
        z = (plain.x[plain.keep] - d.b_dec.double()) @ d.W_enc.double().T + d.b_enc.double()
        found[threshold] = measure(model, place, blocks, loss_tokens=0).values["l0"]
        assert found[threshold] == pytest.approx(float((z > threshold).sum(1).double().mean()))
    assert found[0.2] != found[0.8]  # a rule that always keeps l0 per token could not tell them apart


def test_the_mean_is_that_of_all_evaluated_tokens_without_specials(blocks: Blocks) -> None:
    """Losses are measured on a few contexts, the mean that replaces the site comes from all of them."""
    model = tiny_language_model("llama")
    place = Placed(dictionary(), MLP_OUT, MLP_OUT)
    found = measure(model, place, blocks, loss_tokens=15)  # two contexts
    plain = Plain(model, "llama", place, blocks)
    counted = (plain.keep[:, :-1] & plain.keep[:, 1:])[:2]
    losses = {}
    for name, mean in (
        ("right", plain.y[plain.keep].mean(0)),
        ("with specials", plain.y.flatten(0, 1).mean(0)),
        ("of the first contexts", plain.y[:2][plain.keep[:2]].mean(0)),
    ):
        log_p = plain.log_p(mean.expand_as(plain.y))[:2]
        losses[name] = float(-log_p.gather(-1, plain.tokens[:2, 1:, None])[..., 0][counted].mean())
    assert found.facts["ce_tokens"] == int(counted.sum())
    assert found.values["ce_mean_ablated"] == pytest.approx(losses["right"], rel=1e-5)
    assert abs(losses["with specials"] - losses["right"]) > 1e-3
    assert abs(losses["of the first contexts"] - losses["right"]) > 1e-3


def test_a_site_that_does_not_matter_has_no_recovery(blocks: Blocks) -> None:
    model = tiny_language_model("llama")
    down = model.hf.model.layers[1].mlp.down_proj
    with torch.no_grad():
        down.weight.zero_()
        down.bias.zero_()
    found = measure(model, Placed(identity_dictionary(), MLP_OUT, MLP_OUT), blocks)
    for key in ("ce_recovered", "kl_recovered"):
        assert found.values[key] is None
        assert found.undefined[key] == "ablating the site does not change the model's loss"
    assert found.values["fvu"] is None
    assert not any(math.isnan(value) for value in found.values.values() if value is not None)


def test_no_loss_tokens_no_losses(blocks: Blocks) -> None:
    model = tiny_language_model("llama")
    counts, stop = count_calls([model.hf.lm_head])
    found = measure(model, Placed(dictionary(), MLP_OUT, MLP_OUT), blocks, loss_tokens=0)
    stop()
    assert set(found.values) == {key for key in METRIC_KEYS if not key.startswith(("ce_", "kl"))}
    assert "ce_tokens" not in found.facts
    assert counts == [0]


def test_intervals_hold_their_estimates(blocks: Blocks) -> None:
    found = measure(tiny_language_model("llama"), Placed(dictionary(), MLP_OUT, MLP_OUT), blocks, replicates=200)
    assert set(found.intervals) == set(METRIC_KEYS)
    for key, (low, high) in found.intervals.items():
        value = found.values[key]
        assert value is not None and low <= value <= high, key
        assert low < high or key in ("dead_fraction", "dense_fraction"), key


def test_reconstruction_runs_no_layer_past_the_site(blocks: Blocks) -> None:
    model = tiny_language_model("llama")
    site = Site(0, "mlp_out")
    counts, stop = count_calls([*model.hf.model.layers, model.hf.lm_head])
    measure(model, Placed(dictionary(), site, site), blocks, loss_tokens=0, batch_contexts=2)
    stop()
    assert counts == [N_BLOCKS // 2, 0, 0, 0]


def test_several_dictionaries_share_passes_and_keep_their_numbers(blocks: Blocks) -> None:
    """One clean pass for all, two ablated ones per site, one with each dictionary; nothing leaks between them."""
    model = tiny_language_model("llama")
    placed = {
        "a": Placed(dictionary(seed=1), MLP_OUT, MLP_OUT),
        "b": Placed(dictionary("transcoder", "topk", seed=2), MLP_IN, MLP_OUT),
        "c": Placed(dictionary(seed=3), Site(0, "resid_post"), Site(0, "resid_post")),
    }
    done: list[int] = []
    counts, stop = count_calls([model.hf.model.layers[0], model.hf.lm_head])
    together = evaluate_on_model(model, placed, blocks, CONFIG, progress=done.append)
    stop()
    batches = N_BLOCKS // CONFIG.loss_batch_contexts
    losses = batches * (1 + 2 * 2 + 3)
    assert counts == [-(-N_BLOCKS // CONFIG.batch_contexts) + losses, losses]
    assert sum(done) == planned_contexts(blocks, placed, CONFIG)
    for name, place in placed.items():
        alone = measure(model, place, blocks).to_json()
        assert together[name].to_json() == alone, name


def test_progress_adds_up_without_losses(blocks: Blocks) -> None:
    placed = {"a": Placed(dictionary(), MLP_OUT, MLP_OUT)}
    done: list[int] = []
    config = replace(CONFIG, loss_tokens=0)
    evaluate_on_model(tiny_language_model("llama"), placed, blocks, config, progress=done.append)
    assert sum(done) == planned_contexts(blocks, placed, config) == N_BLOCKS


def test_a_batch_of_no_contexts_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        EvaluationConfig(batch_contexts=-1)
    assert str(caught.value) == "got a batch of less than no contexts, expected 0 or more. Raise batch_contexts."
