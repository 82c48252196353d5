"""Effects, scores and dose curves against plain computations; and evaluation's own numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from microtome.errors import ConfigError
from microtome.evaluation import EvaluationConfig, Placed, evaluate_on_model
from microtome.interventions import (
    GenerationConfig,
    Intervention,
    ablate,
    add,
    clamp,
    direct_logits,
    direct_tokens,
    dose_curve,
    effect_on_text,
    generate_text,
    output_scores,
    project_out,
    read_back,
    repetition,
    replace,
    scaled,
    summary,
)
from microtome.interventions.effects import rank_p
from microtome.sites import Site
from microtome.text import Blocks
from tests.interventions.plain import SPARSIFIERS, dictionary, model, placed_at
from tests.models.tiny_models import FAMILY_NAMES, VOCAB, tiny_tokens

CONFIG = EvaluationConfig(replicates=60, loss_batch_contexts=2)


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    """Special tokens in front and inside."""
    tokens = np.random.default_rng(0).integers(4, VOCAB, (6, 12)).astype(np.int32)
    tokens[:, 0] = 1
    tokens[0, 5] = tokens[1, 3] = tokens[2, 7] = 2
    special, zeros = np.isin(tokens, (0, 1, 2)), np.zeros_like(tokens)
    return Blocks(tokens, special, np.where(special, -1, 0).astype(np.int32), zeros, zeros, ["d"])


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_replace_gives_exactly_the_ce_of_evaluation(family: str, blocks: Blocks) -> None:
    lm = model(family)
    for kind in ("sae", "transcoder", "skip_transcoder"):
        check_against_evaluation(lm, placed_at(1, kind), blocks)


@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
def test_replace_gives_exactly_the_ce_of_evaluation_for_every_sparsifier(sparsifier: str, blocks: Blocks) -> None:
    check_against_evaluation(model(), placed_at(1, "sae", sparsifier), blocks)


def check_against_evaluation(lm: Any, place: Placed, blocks: Blocks) -> None:
    expected = evaluate_on_model(lm, {"d": place}, blocks, CONFIG)["d"]
    found = effect_on_text(Intervention(lm, {"d": place}, [replace()]), blocks, config=CONFIG)
    assert found["edited"]["ce"] == expected.values["ce_replaced"]
    assert found["edited"]["kl"] == expected.values["kl"]
    assert found["ce_clean"] == expected.values["ce_clean"]
    assert found["tokens"] == expected.facts["ce_tokens"]


def test_effects_beside_controls(blocks: Blocks) -> None:
    lm = model()
    intervention = Intervention(lm, {"d": placed_at()}, [add(7, 2.0, unit="activation")])
    found = effect_on_text(intervention, blocks, controls=4, config=CONFIG)
    assert found["edited"]["ce_change"] == pytest.approx(found["edited"]["ce"] - found["ce_clean"])
    for row in (found["edited"], *found["controls"]):
        assert row["kl"] > 0
        for key in ("ce", "ce_change", "kl"):
            low, high = row["intervals"][key]
            assert low < row[key] < high
    assert len({row["kl"] for row in found["controls"]}) == 4
    assert found["p"] == rank_p(found["edited"]["kl"], [row["kl"] for row in found["controls"]])
    # Written out: the KL of the first contexts.
    tokens = torch.from_numpy(blocks.tokens).long()
    clean = lm.logits(tokens).double().log_softmax(-1)
    with intervention.open():
        edited = lm.logits(tokens).double().log_softmax(-1)
    keep = ~torch.from_numpy(blocks.special)
    counted = torch.zeros_like(keep)
    counted[:, :-1] = keep[:, :-1] & keep[:, 1:]
    kl = (clean.exp() * (clean - edited)).sum(-1)[counted].mean()
    assert found["edited"]["kl"] == pytest.approx(float(kl), rel=1e-4)
    nothing = effect_on_text(Intervention(lm, {"d": placed_at()}, [add(7, 0.0, unit="activation")]), blocks)
    assert nothing["edited"]["ce_change"] == 0 and nothing["edited"]["kl"] == 0


def test_the_rank_of_a_value_among_controls() -> None:
    assert rank_p(1.0, [0.0] * 19) == 0.05
    assert rank_p(0.0, [0.0] * 19) == 1.0
    assert rank_p(0.5, [0.0, 1.0, 0.2]) == 0.5


@pytest.mark.parametrize(("family", "norm"), [("llama", "model.norm"), ("gpt2", "transformer.ln_f")])
def test_the_direct_path_is_final_norm_and_unembedding(family: str, norm: str) -> None:
    lm = model(family)
    rows = torch.randn(5, 16, generator=torch.Generator().manual_seed(1))
    scaled_rows = rows / rows.norm(dim=1, keepdim=True) * 4
    weight = lm.hf.get_submodule(norm).weight
    centred = scaled_rows - scaled_rows.mean(1, keepdim=True) if family == "gpt2" else scaled_rows
    size = centred.pow(2).mean(1, keepdim=True).sqrt()
    expected = (centred / size * weight) @ lm.hf.get_output_embeddings().weight.T
    torch.testing.assert_close(direct_logits(lm, rows), expected, rtol=1e-3, atol=1e-3)
    assert torch.equal(direct_tokens(lm, rows, 3), expected.topk(3).indices)


def test_the_output_score_is_the_rise_of_the_latents_own_tokens() -> None:
    lm, place, contexts = model(), placed_at(2), tiny_tokens(5, 8)
    maxima = {7: 3.0, 9: 2.0}
    (row, other) = output_scores(
        lm, {"d": place}, [7, 9], contexts, maxima=lambda name, latent: maxima[latent], controls=19, n_tokens=4
    )
    assert (row["latent"], other["latent"]) == (7, 9)
    assert row["tokens"] == direct_tokens(lm, place.dictionary.W_dec[[7]], 4)[0].tolist()

    def p(direction: torch.Tensor | None) -> torch.Tensor:
        push = None if direction is None else {"2.mlp_out": lambda x: x + 3.0 * direction}
        if push is None:
            return lm.logits(contexts)[:, -1].softmax(-1)
        with lm.edit(push):
            return lm.logits(contexts)[:, -1].softmax(-1)

    tokens = row["tokens"]
    expected = (p(place.dictionary.W_dec[7])[:, tokens].sum(-1).log() - p(None)[:, tokens].sum(-1).log()).mean()
    assert row["score"] == pytest.approx(float(expected), rel=1e-3)
    control = Intervention(lm, {"d": place}, [add(7, 1.0)], maxima=lambda name, latent: 3.0).control(0)
    (direction,) = control.written_rows()
    assert float(direction.norm()) == pytest.approx(float(place.dictionary.W_dec[7].norm()), rel=1e-5)
    own = direct_tokens(lm, direction[None], 4)[0].tolist()
    for key, ids in (("same_tokens", tokens), ("own_tokens", own)):
        expected = (p(direction)[:, ids].sum(-1).log() - p(None)[:, ids].sum(-1).log()).mean()
        assert row["controls"][key][0] == pytest.approx(float(expected), rel=1e-3)
    for key, values in row["controls"].items():
        assert len(values) == 19 and row["p"][key] == rank_p(row["score"], values)
        assert row["beats"][key] == (row["score"] > max(values))
    unit = place.dictionary.W_dec / place.dictionary.W_dec.norm(dim=1, keepdim=True)
    rises = []
    for other in unit[[i for i in range(24) if i != 7]] * place.dictionary.W_dec[7].norm():
        rises.append(float((p(other)[:, tokens].sum(-1).log() - p(None)[:, tokens].sum(-1).log()).mean()))
    for value in row["controls"]["other_latents"]:
        assert min(abs(value - rise) for rise in rises) < 1e-3
    assert len({round(value, 4) for value in row["controls"]["other_latents"]}) > 5


def test_scores_need_a_path_to_the_logits() -> None:
    place = Placed(dictionary(), Site(1, "mlp_in"), Site(1, "mlp_in"))
    with pytest.raises(ConfigError) as caught:
        output_scores(model(), {"d": place}, [1], tiny_tokens(), maxima=lambda name, latent: 1.0)
    assert str(caught.value) == (
        "the latents at 1.mlp_in write to no residual stream, so they have no direct path to the logits. "
        "Use a dictionary of one of resid_pre, resid_mid, resid_post, attn_out, mlp_out."
    )


def test_a_dose_curve_reads_back_what_was_written() -> None:
    lm, placed = model(), {"d": placed_at()}
    changes = [add(7, 1.0, unit="activation"), ablate(3)]
    config = GenerationConfig(tokens=6, samples=2, temperature=1.0, stop_at_eos=False)
    rows = dose_curve(lm, placed, changes, "hello", [0.0, 5.0], config=config, controls=(0, 1))
    keys = [(row["strength"], row["condition"], row["seed"], row["sample"]) for row in rows]
    assert keys == [
        (strength, *condition, sample)
        for strength in (0.0, 5.0)
        for condition in (("steered", None), ("control", 0), ("control", 1))
        for sample in (0, 1)
    ]
    steered = Intervention(lm, placed, scaled(changes, 5.0))
    assert [row["text"] for row in rows if row["strength"] == 5 and row["seed"] is None] == [
        one.text for one in generate_text(lm, "hello", steered, config)
    ]
    ids = lm.encode("hello")
    for row in rows:
        whole = torch.cat([ids, torch.tensor([row["token_ids"]])], 1)
        log_p = lm.logits(whole)[0].log_softmax(-1)
        ce = -sum(float(log_p[ids.shape[1] - 1 + i, token]) for i, token in enumerate(row["token_ids"])) / 6
        assert row["ce"] == pytest.approx(ce, rel=1e-4) and row["perplexity"] == pytest.approx(math.exp(ce), rel=1e-3)
        (x,) = lm.capture(whole, ["1.mlp_out"]).values()
        codes = placed["d"].dictionary.encode(x[0, ids.shape[1] :]).dense()[:, [7, 3]].mean(0)
        assert list(row["activation"]["d"].values()) == pytest.approx(codes.tolist(), abs=1e-5)
    means = summary(rows)
    assert [(mean["strength"], mean["condition"], mean["n"]) for mean in means] == [
        (0.0, "steered", 2), (0.0, "control", 4), (5.0, "steered", 2), (5.0, "control", 4),
    ]  # fmt: skip
    assert means[0]["ce"] == pytest.approx((rows[0]["ce"] + rows[1]["ce"]) / 2)


def test_strengths_are_scaled_and_nothing_else() -> None:
    changes = [add(1, 2.0), clamp(2, 3.0), ablate(3), project_out(4), replace()]
    assert [change.value for change in scaled(changes, 1.5)] == [3.0, 4.5, 0.0, 0.0, 0.0]
    for strengths in ([], [1.0, float("nan")]):
        with pytest.raises(ConfigError, match=r"got the strengths \[.*\], expected finite numbers. Give some"):
            dose_curve(model(), {"d": placed_at()}, changes, "hello", strengths)


def test_repetition() -> None:
    assert repetition([1, 2, 3, 4, 5]) == {
        "distinct_1": 1.0, "distinct_2": 1.0, "distinct_3": 1.0, "repeated_4": 0.0, "longest_run": 1.0,
    }  # fmt: skip
    found = repetition([7] * 6)
    assert found["distinct_1"] == pytest.approx(1 / 6) and found["repeated_4"] == pytest.approx(2 / 3)
    assert found["longest_run"] == 6
    assert repetition([1, 2, 2, 2, 1])["longest_run"] == 3
    assert repetition([])["longest_run"] == 0 and repetition([])["distinct_1"] == 1.0
    empty = read_back(model(), {}, tiny_tokens(1, 3), [])
    assert empty["ce"] is None
