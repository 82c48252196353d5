"""Changes of the latents of a dictionary that needs the tokens before: right on whole texts, refused in generation."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from microtome.errors import ConfigError
from microtome.evaluation import Placed
from microtome.interventions import Change, GenerationConfig, Intervention, ablate, add, clamp, generate_text, replace
from microtome.interventions.changes import Fires
from microtome.interventions.dose import read_back
from microtome.sites import Site
from tests.dictionaries.temporal import make
from tests.interventions.plain import model
from tests.models.tiny_models import D_MODEL, tiny_tokens

SITE = Site(1, "mlp_out")
LINE = (
    "the codes of d depend on all tokens before, which are not at hand while text is generated token by token. "
    "Change its latents with add or project_out, which need no codes, or use it on whole texts."
)


def placed() -> dict[str, Placed]:
    return {"d": Placed(make(width=D_MODEL), SITE, SITE)}


def everywhere(change: Change) -> Change:
    return dataclasses.replace(change, when=dataclasses.replace(change.when, specials=True))


def changed(*changes: Change) -> tuple[torch.Tensor, torch.Tensor]:
    lm, tokens = model(), tiny_tokens()
    before = lm.capture(tokens, [SITE])[SITE]
    with Intervention(lm, placed(), [everywhere(c) for c in changes]).open():
        after = lm.capture(tokens, [SITE])[SITE]
    return before, after


def test_a_change_moves_the_activation_by_decoder_rows() -> None:
    d = placed()["d"].dictionary
    before, _ = changed()
    codes = d.encode(d.rows(before)).dense()
    latent = int(codes.sum(0).argmax())
    for change, value in ((ablate(latent), 0.0), (clamp(latent, 2.5), 2.5)):
        _, after = changed(change)
        moved = (value - codes[:, latent])[:, None] * d.W_dec[latent]
        torch.testing.assert_close(after.flatten(0, 1), before.flatten(0, 1) + moved, rtol=1e-5, atol=1e-5)
        assert float(moved.abs().max()) > 0.01


def test_a_replacement_is_the_whole_reconstruction() -> None:
    d = placed()["d"].dictionary
    before, after = changed(replace())
    torch.testing.assert_close(after.flatten(0, 1), d(d.rows(before)), rtol=1e-5, atol=1e-5)


def test_where_a_latent_fires_is_seen_in_order() -> None:
    d = placed()["d"].dictionary
    before, _ = changed()
    codes = d.encode(d.rows(before)).dense()
    latent = int((codes > 0).float().mean(0).sub(0.5).abs().argmin())
    change = add(3, 2.0, unit="activation")
    change = dataclasses.replace(change, when=dataclasses.replace(change.when, fires=Fires(latent=latent)))
    _, after = changed(change)
    moved = (after - before).flatten(0, 1).norm(dim=1) > 1e-6
    assert torch.equal(moved, codes[:, latent] > 0) and bool(moved.any()) and not bool(moved.all())


@pytest.mark.parametrize("change", [ablate(3), replace()])
def test_generation_is_refused_where_codes_are_needed(change: Change) -> None:
    lm = model()
    intervention = Intervention(lm, placed(), [change])
    with pytest.raises(ConfigError) as error:
        generate_text(lm, tiny_tokens(1), intervention, GenerationConfig(tokens=2))
    assert str(error.value) == LINE
    with pytest.raises(ConfigError) as error, intervention.open():
        lm.generate(tiny_tokens(1), max_new_tokens=2)
    assert str(error.value) == LINE


def test_what_is_added_needs_no_codes() -> None:
    lm = model()
    plain, tokens = make(width=D_MODEL, temporal=None), tiny_tokens(1)
    settings = GenerationConfig(tokens=4)
    texts = [
        generate_text(
            lm, tokens, Intervention(lm, {"d": Placed(d, SITE, SITE)}, [add(3, 5.0, unit="activation")]), settings
        )[0].token_ids
        for d in (placed()["d"].dictionary, plain)
    ]
    assert texts[0] == texts[1]


def test_a_continuation_is_read_back_with_its_prompt_before_it() -> None:
    lm, place = model(), placed()
    prompt = tiny_tokens(1)
    found = read_back(lm, place, prompt, [5, 6, 7], {"d": [2]})["activation"]["d"][2]
    whole = torch.cat([prompt, torch.tensor([[5, 6, 7]])], 1)
    d, (x,) = place["d"].dictionary, lm.capture(whole, [SITE]).values()
    assert found == pytest.approx(float(d.encode(d.rows(x)).dense()[-3:, 2].mean()), rel=1e-5, abs=1e-6)
