"""Temporal dictionaries against their definition, one token at a time, and against a change of what comes later."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import DictionaryConfig
from microtome.dictionaries.storage import load_dictionary, save_dictionary, tensors_of
from microtome.dictionaries.temporal import TemporalConfig
from microtome.errors import ActivationError, ConfigError
from tests.dictionaries.temporal import ATTENTION, HEADS, LAYERS, WIDTH, D, F, make, predicted

C, T = 3, 7


def inputs(seed: int = 1) -> Tensor:
    return 2 * torch.randn(C, T, D, generator=torch.Generator().manual_seed(seed)) + 0.3


@pytest.mark.parametrize("sparsifier", ["topk", "relu"])
def test_rows_codes_and_reconstructions_are_those_of_the_definition(sparsifier: str) -> None:
    d, x = make(sparsifier), inputs()
    wanted = torch.stack([predicted(d, x_TD) for x_TD in x]).float()
    assert float(wanted.abs().mean()) > 0.1
    rows = d.rows(x)
    torch.testing.assert_close(rows, torch.cat([x, wanted], -1).flatten(0, 1), rtol=1e-5, atol=1e-5)
    plain = make(sparsifier, temporal=None)
    left = (x - wanted).flatten(0, 1)
    torch.testing.assert_close(d.encode(rows).dense(), plain.encode(left).dense(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(d(rows), plain(left) + wanted.flatten(0, 1), rtol=1e-5, atol=1e-5)
    latents = torch.tensor([3, 0, 7])
    assert torch.equal(d.encode_latents(rows, latents) != 0, d.encode(rows).dense()[:, latents] != 0)
    assert torch.equal(d.row_scale(rows), torch.ones(C * T, 1))


def test_kept_rows_are_predicted_from_all_tokens_before() -> None:
    d, x = make(), inputs()
    keep = torch.rand(C, T, generator=torch.Generator().manual_seed(3)) > 0.5
    assert torch.equal(d.rows(x, keep), d.rows(x)[keep.flatten()])
    assert torch.equal(d.rows(x.double()), d.rows(x))


@pytest.mark.parametrize("normalise", ["none", "layer_norm", "unit_norm"])
def test_nothing_of_a_token_changes_with_those_after_it(normalise: str) -> None:
    d, x = make(normalise=normalise), inputs()
    for t in range(1, T):
        later = x.clone()
        later[:, t:] = inputs(seed=t + 2)[:, t:]
        before, after = (d.rows(value).view(C, T, -1)[:, :t].flatten(0, 1) for value in (x, later))
        torch.testing.assert_close(before, after, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(d.encode(before).dense(), d.encode(after).dense(), rtol=1e-5, atol=1e-5)
        # And with those before it, it does.
        assert not torch.allclose(d.rows(x).view(C, T, -1)[:, -1], d.rows(later).view(C, T, -1)[:, -1])
        earlier = x.clone()
        earlier[:, t - 1] += inputs(seed=9)[:, 0]
        assert not torch.allclose(d.rows(earlier).view(C, T, -1)[:, t, D:], d.rows(x).view(C, T, -1)[:, t, D:])


def test_sequences_do_not_see_each_other() -> None:
    d, x = make(), inputs()
    torch.testing.assert_close(d.rows(x)[T : 2 * T], d.rows(x[1:2]), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("normalise", ["layer_norm", "unit_norm"])
def test_what_is_normalised_is_predicted_in_that_scale(normalise: str) -> None:
    d, x = make(normalise=normalise), inputs()
    plain, rows = make(), d.rows(x)
    given = d._normalised(x)
    torch.testing.assert_close(rows[:, D:], plain.rows(given)[:, D:], rtol=1e-5, atol=1e-5)
    assert torch.equal(d.encode(rows).dense() != 0, plain.encode(plain.rows(given)).dense() != 0)
    shift, scale = d._token_norm(x.flatten(0, 1))
    torch.testing.assert_close(d(rows), plain(plain.rows(given)) * scale + shift, rtol=1e-4, atol=1e-4)
    assert torch.equal(d.row_scale(rows), scale)


def test_a_dictionary_of_single_tokens_takes_its_rows_as_they_are() -> None:
    d, x = make(temporal=None), inputs()
    keep = torch.rand(C, T) > 0.5
    assert torch.equal(d.rows(x), x.flatten(0, 1))
    assert torch.equal(d.rows(x, keep), x[keep])
    assert torch.equal(d.rows(x[0]), x[0])


def test_it_is_kept_on_disk(tmp_path: Path) -> None:
    d = make("relu", "layer_norm")
    save_dictionary(d, tmp_path / "d", facts={"site_in": "1.mlp_out"})
    back, manifest = load_dictionary(tmp_path / "d")
    assert back.config == d.config
    assert manifest["dictionary"]["temporal"] == {"layers": LAYERS, "heads": HEADS, "width": WIDTH}
    assert {name: tensor.tolist() for name, tensor in tensors_of(back).items()} == {
        name: tensor.tolist() for name, tensor in tensors_of(d).items()
    }
    assert torch.equal(back(back.rows(inputs())), d(d.rows(inputs())))
    # Other dictionaries are written as before, without a word of it.
    save_dictionary(make(temporal=None), tmp_path / "plain")
    assert "temporal" not in load_dictionary(tmp_path / "plain")[1]["dictionary"]


def test_rows_without_the_tokens_before_are_refused() -> None:
    d, x = make(), inputs()
    line = (
        "got rows of 6 numbers, expected 12: behind each lies what a temporal dictionary predicts of it from the "
        "tokens before. Use it on a model and a text, or make rows of whole sequences with dictionary.rows."
    )
    row = x.flatten(0, 1)
    codes = d.encode(d.rows(x))
    for refused in (
        lambda: d.encode(row),
        lambda: d(row),
        lambda: d.pre_activations(row),
        lambda: d.encode_latents(row, torch.tensor([0])),
        lambda: d.decode(codes, row),
    ):
        with pytest.raises(ActivationError) as error:
            refused()
        assert str(error.value) == line
    with pytest.raises(ConfigError) as config_error:
        d.decode(codes)
    assert str(config_error.value) == "a temporal dictionary was decoded without its rows. Pass decode(codes, rows)."


def test_what_is_no_sequence_is_refused() -> None:
    with pytest.raises(ActivationError) as error:
        make().rows(inputs()[0])
    assert str(error.value) == (
        "got activations of shape (7, 6), a temporal dictionary takes those of whole sequences, "
        "[sequences, tokens, 6]. Give them in order, as the model computed them."
    )


def test_shapes_that_cannot_be() -> None:
    with pytest.raises(ConfigError) as error:
        TemporalConfig(layers=1, heads=3, width=4)
    assert str(error.value) == (
        "got 1 layers of 3 heads with queries 4 wide together, expected at least 1 of each and as much for every head. "
        "Check the settings of its attention."
    )
    with pytest.raises(ConfigError) as error:
        make(temporal=TemporalConfig(layers=1, heads=5, width=5))
    assert str(error.value) == (
        "got 12 latents for 5 heads, expected as many for every head. Check the settings of its attention."
    )
    with pytest.raises(ConfigError) as error:
        DictionaryConfig(kind="transcoder", sparsifier="relu", d_in=D, d_out=D, latents=F, l0=4, temporal=ATTENTION)
    assert str(error.value) == "got a temporal transcoder, expected an sae. Give it as an sae."
