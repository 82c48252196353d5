"""Single rows of a decoder are those of the whole dictionary, whatever the format."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

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
