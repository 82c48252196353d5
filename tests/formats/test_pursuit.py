"""SAELens' matching pursuits, beyond what they compute (test_fixtures.py): written again, scaled, behind a gain."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
import torch

from microtome.dictionaries import save_dictionary
from microtome.errors import FormatError
from microtome.formats import Foreign, convert, open_dictionary
from microtome.formats.placing import fold_gain
from tests.formats.conftest import FIXTURES, rows

ALL = sorted(path.name for path in (FIXTURES / "saelens").glob("*matching_pursuit*"))


def opened(path: Path) -> Foreign:
    found = open_dictionary(path)
    assert isinstance(found, Foreign)
    return found


@pytest.mark.parametrize("name", ALL)
def test_it_comes_back(name: str, tmp_path: Path) -> None:
    own = opened(FIXTURES / "saelens" / name)
    done = convert(FIXTURES / "saelens" / name, tmp_path / "native", to="microtome")
    again = convert(tmp_path / "native", tmp_path / "there", to="saelens")
    assert (done.losses, again.losses) == ((), ())
    back, config = opened(tmp_path / "there"), json.loads((tmp_path / "there" / "cfg.json").read_text())
    assert config["architecture"] == "matching_pursuit"
    assert (back.site_in, back.model) == ("2.resid_post", "openai-community/gpt2")
    torch.testing.assert_close(back.dictionary(rows()), own.dictionary(rows()), rtol=0, atol=0)
    assert torch.equal(back.dictionary.encode(rows()).dense(), own.dictionary.encode(rows()).dense())


def test_the_scale_of_training_activations_is_folded_with_the_length_it_stops_at(tmp_path: Path) -> None:
    folder = tmp_path / "scaled"
    shutil.copytree(FIXTURES / "saelens" / "training_matching_pursuit", folder)
    plain = opened(folder).dictionary
    config = json.loads((folder / "cfg.json").read_text())
    (folder / "cfg.json").write_text(json.dumps({**config, "normalize_activations": "expected_average_only_in"}))
    (folder / "activation_scaler.json").write_text(json.dumps({"scaling_factor": 0.5}))
    scaled, x = opened(folder).dictionary, rows()
    torch.testing.assert_close(scaled.encode(x).dense(), plain.encode(0.5 * x).dense(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(scaled(x), plain(0.5 * x) / 0.5, rtol=1e-5, atol=1e-5)
    save_dictionary(scaled, tmp_path / "native", facts={"site_in": "0.mlp_out", "site_out": "0.mlp_out"})
    with pytest.raises(FormatError) as error:
        convert(tmp_path / "native", tmp_path / "there", to="saelens")
    assert str(error.value) == (
        "SAELens cannot hold a matching_pursuit with an encoder of its own, it holds one matrix for both. "
        "Keep it in our format."
    )


def test_behind_a_gain_it_is_refused() -> None:
    own = dataclasses.replace(opened(FIXTURES / "saelens" / "matching_pursuit"), before_gain=True)
    with pytest.raises(FormatError) as error:
        fold_gain(own.dictionary, torch.ones(8), torch.zeros(8))
    assert str(error.value) == (
        "a matching_pursuit measures what it leaves over before the gain, which behind it is another length. "
        "Use it in its library."
    )
