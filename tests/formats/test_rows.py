"""Single rows of a decoder are those of the whole dictionary, whatever the format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
import yaml

from microtome.errors import FormatError
from microtome.formats import Foreign, TranscoderSet, decoder_rows, open_dictionary
from tests.formats.conftest import FIXTURES
from tests.formats.test_fixtures import ALL, name_of

ONE_LAYER = [folder for folder in ALL if not (folder / "W_enc_0.safetensors").is_file() and "clt" not in str(folder)]


@pytest.mark.parametrize("folder", ONE_LAYER, ids=name_of)
def test_rows_are_the_dictionary_s(folder: Path) -> None:
    opened = open_dictionary(folder)
    own = opened[1].dictionary if isinstance(opened, TranscoderSet) else opened.dictionary  # type: ignore[union-attr]
    torch.testing.assert_close(decoder_rows(folder, [3, 0, 3], layer=1), own.W_dec[[3, 0, 3]])


def test_a_latent_that_is_not_there() -> None:
    with pytest.raises(FormatError, match=r"has the latents 0 to 15, got 16\. Give one of these"):
        decoder_rows(FIXTURES / "saelens" / "topk", [16])
    assert isinstance(open_dictionary(FIXTURES / "saelens" / "topk"), Foreign)


def test_rows_of_a_layer_are_of_the_file_that_the_settings_list(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(FIXTURES / "circuit_tracer" / "skip", folder)
    settings = yaml.safe_load((folder / "config.yaml").read_text())
    names = [f"layer_{layer}.safetensors" for layer in (2, 0, 1)]
    (folder / "config.yaml").write_text(yaml.safe_dump(settings | {"transcoders": names}))
    opened = open_dictionary(folder)
    assert isinstance(opened, TranscoderSet)
    for layer, file in enumerate((2, 0, 1)):
        found = decoder_rows(folder, [3, 0], layer=layer)
        assert torch.equal(found, opened[layer].dictionary.W_dec[[3, 0]])
        assert torch.equal(found, decoder_rows(FIXTURES / "circuit_tracer" / "skip", [3, 0], layer=file))
