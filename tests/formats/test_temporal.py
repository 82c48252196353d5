"""SAELens' temporal saes, beyond what they compute (test_fixtures.py): written again, and where they have no place."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from microtome.dictionaries import Dictionary, DictionaryConfig, save_dictionary
from microtome.dictionaries.temporal import TemporalConfig
from microtome.errors import ConfigError, FormatError
from microtome.formats import Foreign, convert, open_dictionary
from microtome.formats.card import model_card
from microtome.formats.placing import fold_gain
from microtome.training.optimiser import OptimiserConfig
from microtome.training.step import DictionaryTrainer
from tests.formats.conftest import FIXTURES, rows

ALL = sorted(path.name for path in (FIXTURES / "saelens").glob("temporal*"))


def opened(path: Path) -> Foreign:
    found = open_dictionary(path)
    assert isinstance(found, Foreign)
    return found


def test_what_they_are() -> None:
    shapes = {name: opened(FIXTURES / "saelens" / name).dictionary.config for name in ALL}
    one = TemporalConfig(layers=1, heads=2, width=4)
    assert {name: (shape.sparsifier, shape.normalise, shape.temporal) for name, shape in shapes.items()} == {
        "temporal": ("topk", "none", one),
        "temporal_untied_without_b_dec": ("relu", "none", dataclasses.replace(one, layers=2)),
        "temporal_without_b_dec": ("relu", "layer_norm", one),
    }
    assert shapes["temporal"].l0 == 3


@pytest.mark.parametrize("name", ALL)
def test_it_comes_back(name: str, tmp_path: Path) -> None:
    own = opened(FIXTURES / "saelens" / name)
    done = convert(FIXTURES / "saelens" / name, tmp_path / "native", to="microtome")
    again = convert(tmp_path / "native", tmp_path / "there", to="saelens")
    assert (done.losses, again.losses) == ((), ())
    back, config = opened(tmp_path / "there"), json.loads((tmp_path / "there" / "cfg.json").read_text())
    assert config["architecture"] == "temporal"
    assert (back.site_in, back.model) == ("2.resid_post", "openai-community/gpt2")
    assert back.dictionary.config.to_json() == own.dictionary.config.to_json()
    x = rows(n=12).view(2, 6, 8)
    ours, theirs = own.dictionary.rows(x), back.dictionary.rows(x)
    torch.testing.assert_close(theirs, ours, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(back.dictionary(theirs), own.dictionary(ours), rtol=1e-5, atol=1e-5)
    codes = (own.dictionary.encode(ours).dense(), back.dictionary.encode(theirs).dense())
    torch.testing.assert_close(*codes, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("to", "line"),
    [
        *(
            (
                to,
                f"{to} cannot hold a temporal sae, it holds dictionaries that encode each token on its own. "
                "Choose --to saelens.",
            )
            for to in ("sparsify", "dictionary_learning")
        ),
        (
            "circuit-tracer",
            "circuit-tracer cannot hold a sae with topk (layer 0), it holds transcoders with relu or a threshold. "
            "Train with --kind transcoder --sparsifier batchtopk, jumprelu or relu.",
        ),
    ],
)
def test_formats_of_single_tokens_cannot_hold_it(to: str, line: str, tmp_path: Path) -> None:
    dictionary = opened(FIXTURES / "saelens" / "temporal").dictionary
    save_dictionary(dictionary, tmp_path / "native", facts={"site_in": "0.mlp_out", "site_out": "0.mlp_out"})
    with pytest.raises(FormatError) as error:
        convert(tmp_path / "native", tmp_path / "there", to=to)
    assert str(error.value) == line
    assert not (tmp_path / "there").exists()


@torch.no_grad()
def test_saelens_holds_those_that_it_makes(tmp_path: Path) -> None:
    dictionary = opened(FIXTURES / "saelens" / "temporal").dictionary
    dictionary.b_enc.fill_(0.5)
    save_dictionary(dictionary, tmp_path / "native", facts={"site_in": "0.mlp_out", "site_out": "0.mlp_out"})
    with pytest.raises(FormatError) as error:
        convert(tmp_path / "native", tmp_path / "there", to="saelens")
    assert str(error.value) == (
        "SAELens cannot hold a temporal sae with biases of its own on both sides of the prediction, it holds one "
        "b_dec, subtracted from every input or from none. Keep it in our format."
    )
    shape = DictionaryConfig(
        kind="sae",
        sparsifier="gated",
        d_in=8,
        d_out=8,
        latents=16,
        l0=3,
        temporal=TemporalConfig(layers=1, heads=2, width=4),
    )
    save_dictionary(Dictionary(shape), tmp_path / "gated")
    with pytest.raises(FormatError) as error:
        convert(tmp_path / "gated", tmp_path / "there", to="saelens")
    assert str(error.value) == (
        "SAELens cannot hold a temporal sae with gated, it holds those with relu and topk. Keep it in our format."
    )


def test_behind_a_gain_it_is_refused() -> None:
    with pytest.raises(FormatError) as error:
        fold_gain(opened(FIXTURES / "saelens" / "temporal").dictionary, torch.ones(8), torch.zeros(8))
    assert str(error.value) == (
        "a temporal sae takes parts along directions away before the gain, behind which they have other angles. "
        "Use it in its library."
    )


def test_training_is_refused() -> None:
    dictionary = opened(FIXTURES / "saelens" / "temporal").dictionary
    with pytest.raises(ConfigError) as error:
        DictionaryTrainer(dictionary, OptimiserConfig(), total_tokens=100, variance=1.0)
    assert str(error.value) == (
        "got a temporal dictionary to train, whose rows need an order that batches do not have, expected one that "
        "encodes each token on its own. Train it in its library."
    )


def test_its_card_says_how_it_is_used() -> None:
    shape = opened(FIXTURES / "saelens" / "temporal").dictionary.config.to_json()
    assert "codes = dictionary.encode(dictionary.rows(activations))" in model_card({"dictionary": shape}, "me/it", "")
