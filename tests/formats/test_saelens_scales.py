"""What SAELens' training does to activations: folded as the library folds it (its own numbers are in the fixtures), or
refused in one line where it does not fold either."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from microtome.errors import FormatError
from microtome.formats import Foreign, decoder_rows, open_dictionary
from tests.formats.conftest import FIXTURES, rows
from tests.formats.test_bad_files import change_config, change_tensors, put

WHITENING = "activation_whitening.safetensors"


def opened(folder: Path) -> Foreign:
    found = open_dictionary(folder)
    assert isinstance(found, Foreign)
    return found


def copied(name: str, tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES / "saelens" / name, tmp_path / name)
    return tmp_path / name


def whitened(name: str, tmp_path: Path) -> Path:
    """Another dictionary, with settings that say it was trained on whitened activations."""
    folder = copied(name, tmp_path)
    change_config("cfg.json", put("normalize_activations", "covariance_whitening"))(folder)
    for file in ("activation_scaler.json", WHITENING):
        shutil.copy(FIXTURES / "saelens" / "whitened_standard" / file, folder)
    return folder


def line(folder: Path) -> str:
    with pytest.raises(FormatError) as error:
        open_dictionary(folder)
    return str(error.value).replace(str(folder), "F")


@pytest.mark.parametrize("name", ["scaled_topk", "scaled_batchtopk"])
def test_a_factor_is_folded_before_the_norms_of_rows(name: str) -> None:
    """Codes in units of raw activations need rows of unit norm behind both."""
    found = opened(FIXTURES / "saelens" / name)
    norms = found.dictionary.W_dec.norm(dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms))
    assert (
        "the scale of its training activations (0.4, activation_scaler.json) is folded into the weights" in found.notes
    )


def test_the_threshold_goes_with_the_factor_only_where_codes_are_in_units_of_rows(tmp_path: Path) -> None:
    folder = copied("scaled_batchtopk", tmp_path)
    assert float(opened(folder).dictionary.sparsifier.threshold) == pytest.approx(0.8 / 0.4)
    change_config("cfg.json", put("rescale_acts_by_decoder_norm", False))(folder)
    assert float(opened(folder).dictionary.sparsifier.threshold) == pytest.approx(0.8)


def test_a_whitening_is_said_and_comes_with_decoder_rows(tmp_path: Path) -> None:
    folder = FIXTURES / "saelens" / "whitened_standard"
    found = opened(folder)
    assert found.notes == (
        "the whitening of its training activations (activation_whitening.safetensors) is folded into the weights",
    )
    assert torch.equal(decoder_rows(folder, [3, 5]), found.dictionary.W_dec[[3, 5]])
    # Its parts come back out of it: codes of whitened rows, and what they decode to, mapped back.
    own, raw = load_file(folder / WHITENING), load_file(folder / "sae_weights.safetensors")
    x = rows(4).double()
    z = (x - own["mean"]) @ own["matrix"]
    codes = torch.relu((z - raw["b_dec"]) @ raw["W_enc"].double() + raw["b_enc"])
    out = (codes @ raw["W_dec"].double() + raw["b_dec"]) @ own["inverse_matrix"] + own["mean"]
    torch.testing.assert_close(found.dictionary.encode(x.float()).dense(), codes.float(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found.dictionary(x.float()), out.float(), rtol=1e-5, atol=1e-5)


def test_a_whitening_without_its_settings_counts_and_one_that_is_denied_does_not(tmp_path: Path) -> None:
    folder = copied("whitened_standard", tmp_path)
    whole = opened(folder).dictionary
    (folder / "activation_scaler.json").unlink()
    assert torch.equal(opened(folder).dictionary.W_enc, whole.W_enc)
    (folder / "activation_scaler.json").write_text(json.dumps({"scaling_factor": None, "has_whitening": False}))
    assert "and not by what; it is used as it is" in opened(folder).notes[0]


@pytest.mark.parametrize(
    ("name", "what"),
    [("training_matching_pursuit", "matching_pursuit"), ("temporal", "temporal"), ("transcoder", "transcoder")],
)
def test_a_whitening_that_the_library_does_not_fold_is_refused(name: str, what: str, tmp_path: Path) -> None:
    assert line(whitened(name, tmp_path)) == (
        f"'F' whitens the input of a {what}, expected another sae: SAELens folds it into no {what} either. "
        "Train it with another normalize_activations."
    )


def test_bad_whitenings_are_one_line(tmp_path: Path) -> None:
    folder = copied("whitened_standard", tmp_path)
    change_tensors(WHITENING, put("mean", torch.zeros(7)))(folder)
    assert line(folder) == (
        f"'F/{WHITENING}' holds mean of shape (7,), the rest of it says (4,). "
        "Download it again, or ask whoever made it."
    )
    save_file({"mean": torch.zeros(4), "matrix": torch.eye(4)}, folder / WHITENING)
    assert line(folder).startswith(f"'F/{WHITENING}' lacks inverse_matrix, it has nothing.")
    (folder / WHITENING).unlink()
    assert line(folder) == f"'F/{WHITENING}' is not there. Give a folder that has it."


def test_a_factor_that_is_none_is_one_line(tmp_path: Path) -> None:
    folder = copied("scaled_topk", tmp_path)
    (folder / "activation_scaler.json").write_text('{"scaling_factor": 0.0}')
    assert line(folder) == (
        "'F/activation_scaler.json' has 0 for scaling_factor, expected more than 0. "
        "Download it again, or ask whoever made it."
    )
