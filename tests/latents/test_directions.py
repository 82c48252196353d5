"""Direct logits against what adding the direction does to the model's own logits, site by site."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from microtome.latents.directions import DirectPath, _ends, nearest_others, rare_cosines, rare_direction
from microtome.models import LanguageModel
from microtome.sites import ModuleSite, Site
from tests.models.tiny_models import tiny_hf

LAYER_NORM = ("gpt2", "gpt_neox")
PROMPT = torch.tensor([[1, 5, 3, 7, 2, 9]])


def wrapped(family: str) -> LanguageModel:
    return LanguageModel.wrap(tiny_hf(family))


@pytest.mark.parametrize("family", ["gpt2", "llama", "gemma2", "gemma3", "olmo2", "gpt_neox"])
@pytest.mark.parametrize("point", ["resid_post", "mlp_out", "mlp_act"])
def test_logits_are_the_limit_of_adding_the_direction(family: str, point: str) -> None:
    """In the last layer nothing else stands between: with more and more of the direction, what a norm in the way keeps
    is the direction alone, and the logits, at one scale of the final norm, change by the direct ones times one factor.
    """
    model = wrapped(family)
    site = Site(model.n_layers - 1, point)
    path = DirectPath.of(model, site)
    assert path is not None
    direction_D = torch.nn.functional.normalize(torch.randn(model.width(site)), dim=0)

    def pushed(sign: float) -> torch.Tensor:
        with (
            model.record(f"{model.n_layers - 1}.resid_post") as seen,
            model.edit({site: lambda value: value + sign * 1e5 * direction_D}),
        ):
            logits_V = uncapped(model, model.logits(PROMPT)[0, -1].double())
        (stream,) = (value[0, -1].double() for value in seen.values())
        # At one scale of the final norm: a post-norm bounds how far the stream can be pushed.
        return logits_V * (stream - stream.mean() * (family in LAYER_NORM)).pow(2).mean().sqrt()

    # Half the difference of both signs: biases cancel.
    effect_V = (pushed(1) - pushed(-1)) / 2
    direct_V = path.logits(direction_D[None])[0].double()
    assert torch.nn.functional.cosine_similarity(effect_V, direct_V, dim=0) > 1 - 1e-5
    factor = (effect_V @ direct_V) / (direct_V @ direct_V)
    assert torch.allclose(effect_V, factor * direct_V, atol=2e-3 * float(effect_V.abs().max()))


def uncapped(model: LanguageModel, logits: torch.Tensor) -> torch.Tensor:
    cap = getattr(model.hf.config, "final_logit_softcapping", None)
    return cap * torch.atanh(logits / cap) if cap else logits


@pytest.mark.parametrize("family", ["llama", "gemma3"])
def test_a_small_step_along_the_direction_moves_the_logits_by_them(family: str) -> None:
    """The derivative at the last layer's output, with the final norm's scale held."""
    model = wrapped(family)
    site = Site(model.n_layers - 1, "resid_post")
    path = DirectPath.of(model, site)
    assert path is not None
    direction_D = torch.nn.functional.normalize(torch.randn(model.d_model), dim=0)

    def scaled(step: float) -> torch.Tensor:
        with model.record(site) as seen, model.edit({site: lambda value: value + step * direction_D}):
            logits = uncapped(model, model.logits(PROMPT)[0, -1].double())
        stream = seen[site][0, -1].double()
        return logits * stream.pow(2).mean().sqrt()

    effect_V = (scaled(0.05) - scaled(-0.05)) / 0.1
    assert torch.allclose(effect_V, path.logits(direction_D[None])[0].double(), atol=2e-3)


def test_there_is_no_linear_path_from_the_input_of_a_module() -> None:
    model = wrapped("llama")
    for site in (Site(0, "mlp_in"), Site(0, "attn_in"), ModuleSite("model.layers.0.mlp", "output")):
        assert DirectPath.of(model, site) is None


def test_extremes_are_those_of_all_logits() -> None:
    model = wrapped("gemma3")
    path = DirectPath.of(model, Site(0, "mlp_act"))
    assert path is not None
    decoder_FD = torch.randn(300, model.width("0.mlp_act"))
    logits_FV = path.logits(decoder_FD).numpy()
    (top, top_values), (bottom, bottom_values) = path.extremes(decoder_FD, 5)
    order = np.argsort(-logits_FV, axis=1)
    assert (top.numpy() == order[:, :5]).all()
    assert (bottom.numpy() == order[:, ::-1][:, :5]).all()
    np.testing.assert_allclose(top_values, np.take_along_axis(logits_FV, order[:, :5], 1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(bottom_values, np.sort(logits_FV, axis=1)[:, :5], rtol=1e-4, atol=1e-5)


def test_screened_products_choose_what_exact_ones_do() -> None:
    left, right = torch.randn(40, 320), torch.randn(3000, 320)
    exact = left.double() @ right.double().T
    for (index, values), sign in zip(_ends(left, right, 4), (1, -1)):
        expected = (sign * exact).topk(4, dim=1)
        assert (index == expected.indices).all()
        assert torch.allclose(values.double(), sign * expected.values, atol=1e-3)


def test_a_latent_is_not_its_own_neighbour_even_among_twins() -> None:
    decoder_FD = torch.randn(6, 4)
    decoder_FD[:4] = decoder_FD[0]
    index, cosine = nearest_others(0, 6, decoder_FD, 2)
    for latent in range(6):
        assert latent not in index[latent]
        assert len(set(index[latent].tolist())) == 2
    assert torch.allclose(cosine[:4], torch.ones(4, 2), atol=1e-5)


def test_rare_direction() -> None:
    encoder_FD = torch.randn(100, 64)
    encoder_FD[:30] = encoder_FD[0] + 0.05 * torch.randn(30, 64)
    count_F = torch.full((100,), 1000)
    count_F[:30], count_F[99] = 3, 0
    found = rare_direction(encoder_FD, count_F, 100_000)
    assert found["rare"] == 30 and found["share"] == 1.0 and found["mean_cosine"] > 0.95
    cosine_F, rare_F = rare_cosines(encoder_FD, count_F, 100_000)
    assert rare_F.nonzero()[:, 0].tolist() == list(range(30))
    mean_D = torch.nn.functional.normalize(encoder_FD[:30], dim=1).mean(0)
    expected_F = torch.nn.functional.cosine_similarity(encoder_FD, mean_D[None], dim=1)
    assert torch.allclose(cosine_F, expected_F, atol=1e-6) and cosine_F[30:].abs().max() < 0.6
    count_F[:] = 3
    assert rare_direction(encoder_FD, count_F, 100_000)["share"] < 0.5
    assert rare_direction(encoder_FD, torch.zeros(100), 10) == {"rare": 0, "share": 0.0, "mean_cosine": 0.0}
