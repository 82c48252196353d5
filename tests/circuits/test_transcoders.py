"""What a set of transcoders must be."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from microtome.circuits.replacement import ReplacementModel
from microtome.circuits.transcoders import from_crosslayer, from_placed, from_run
from microtome.dictionaries.crosslayer import CrosslayerTranscoder, EncoderLayer
from microtome.errors import ConfigError, FormatError
from microtome.evaluation import Placed
from microtome.models import LanguageModel
from microtome.training import TrainingConfig, train
from tests.circuits.sets import TOKENS, dictionaries, model, transcoders


def test_active_latents_are_what_encode_gives() -> None:
    lm = model()
    placed = dictionaries(lm, kind="transcoder", sparsifier="jumprelu")
    x = lm.capture(TOKENS, "1.mlp_in")[lm.parse("1.mlp_in")[0]][0]
    found = from_placed(lm, placed).active(1, x)
    dense = placed[1].dictionary.encode(x).dense().detach()
    rebuilt = torch.zeros_like(dense)
    rebuilt[found.position_N, found.latent_N] = found.value_N
    torch.testing.assert_close(rebuilt, dense)
    z = (x[found.position_N] * found.encoder_UD[found.row_N]).sum(1) + found.bias_U[found.row_N]
    torch.testing.assert_close(z, found.value_N)
    assert found.position_N.tolist() == sorted(found.position_N.tolist())


def test_a_missing_layer() -> None:
    lm = model()
    placed = dictionaries(lm)
    del placed[1]
    with pytest.raises(ConfigError, match=r"got transcoders for 2 of the 3 layers of .*, layer 1 has none"):
        from_placed(lm, placed)


def test_what_is_no_transcoder_of_its_layer() -> None:
    lm = model()
    placed = dictionaries(lm)
    x = torch.zeros(2, 16).double()
    wrong = Placed(placed[0].dictionary, placed[1].site_in, placed[1].site_out)
    with pytest.raises(ConfigError, match=r"0\.mlp_out maps 1\.mlp_in to 1\.mlp_out, expected 0\.mlp_in to 0\.mlp_out"):
        from_placed(lm, placed | {0: wrong}).active(0, x)
    narrow = dictionaries(lm, d_in=8, d_out=8)
    with pytest.raises(ConfigError, match=r"0\.mlp_out is 8 wide, .* is 16"):
        from_placed(lm, narrow).active(0, x)
    with pytest.raises(ConfigError, match=r"has gated, whose codes are not linear in its input"):
        transcoders(lm, sparsifier="gated").active(0, x)
    with pytest.raises(ConfigError, match=r"has layer_norm of each token, whose codes are not linear"):
        transcoders(lm, normalise="layer_norm").active(0, x)
    placed[2].dictionary.W_dec.data[3, 4] = math.nan
    with pytest.raises(FormatError, match=r"2\.mlp_out holds values in W_dec that are not finite"):
        from_placed(lm, placed).active(2, x)


def test_layers_that_read_different_points() -> None:
    lm = model()
    mixed = dictionaries(lm) | {2: dictionaries(lm, reads="resid_mid")[2]}
    with pytest.raises(
        ConfigError, match=r"0\.mlp_out maps 0\.mlp_in to 0\.mlp_out, expected 0\.resid_mid to 0\.mlp_out"
    ):
        ReplacementModel(lm, from_placed(lm, mixed)).on(TOKENS)


def test_a_run_that_reads_the_stream_before_the_norm(tmp_path: Path) -> None:
    lm = LanguageModel.load("tiny", dtype="float32")
    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=tuple(f"{layer}.resid_mid->{layer}.mlp_out" for layer in range(lm.n_layers)),
        kinds=("transcoder",),
        latents=(64,),
        l0s=(8.0,),
        tokens=1_024,
        batch_tokens=512,
        buffer_tokens=1_024,
        eval_tokens=512,
        eval_loss_tokens=0,
    )
    local = ReplacementModel(lm, from_run(lm, train(config, tmp_path / "run", model=lm))).on(TOKENS)
    (stream,) = lm.capture(TOKENS, "1.resid_mid").values()
    torch.testing.assert_close(local.frozen.mlp_in[1], stream[0])


def test_a_crosslayer_transcoder_of_another_model() -> None:
    clt = CrosslayerTranscoder(
        latents=2,
        encoder=lambda layer: EncoderLayer(torch.zeros(2, 8), torch.zeros(2), None),
        decoder=lambda layer, latents: torch.zeros(2, 1, 8),
        b_dec_LD=torch.zeros(5, 8),
    )
    with pytest.raises(ConfigError, match=r"has 5 layers of width 8, .* has 3 of width 16"):
        from_crosslayer(model(), clt)
