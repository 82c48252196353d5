"""Files written by the libraries themselves: our codes and outputs are what the library computed on the same inputs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from microtome.dictionaries import CrosslayerTranscoder
from microtome.formats import Foreign, TranscoderSet, open_dictionary

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"
ALL = sorted(path.parent for path in FIXTURES.rglob("expected.safetensors"))


def name_of(folder: Path) -> str:
    return folder.relative_to(FIXTURES).as_posix()


@pytest.mark.parametrize("folder", ALL, ids=name_of)
def test_codes_and_outputs_are_the_library_s(folder: Path) -> None:
    expected = load_file(folder / "expected.safetensors")
    opened = open_dictionary(folder)
    x = expected["x"]
    if isinstance(opened, TranscoderSet):
        codes = torch.stack([opened[layer].dictionary.encode(x[layer]).dense() for layer in opened])
        out = torch.stack([opened[layer].dictionary(x[layer]) for layer in opened])
    elif isinstance(opened, CrosslayerTranscoder):
        found = opened.encode(x)
        codes, out = torch.stack([code.to_dense() for code in found]), opened.decode(found, x)
    else:
        dictionary, shape = opened.dictionary, (*x.shape[:-1], -1)
        rows = dictionary.rows(x)
        codes, out = dictionary.encode(rows).dense().view(shape), dictionary(rows).view(shape)
    assert bool((expected["codes"] != 0).any())
    torch.testing.assert_close(codes, expected["codes"], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(out, expected["out"], atol=1e-5, rtol=1e-5)


def foreign(name: str) -> Foreign:
    opened = open_dictionary(FIXTURES / name)
    assert isinstance(opened, Foreign)
    return opened


@pytest.mark.parametrize(
    ("name", "format", "kind", "sparsifier", "site_in", "site_out", "model"),
    [
        ("saelens/topk", "saelens", "sae", "topk", "2.resid_post", "2.resid_post", "openai-community/gpt2"),
        ("saelens_old/version_3/topk", "saelens", "sae", "topk", "2.resid_pre", "2.resid_pre", "openai-community/gpt2"),
        ("saelens_old/version_3/before_3_topk", "saelens", "sae", "topk", "2.resid_pre", "2.resid_pre",
         "openai-community/gpt2"),
        ("saelens_old/version_4/gated", "saelens", "sae", "gated", "2.resid_pre", "2.resid_pre",
         "openai-community/gpt2"),
        ("saelens_old/version_5/trained_jumprelu", "saelens", "sae", "jumprelu", "2.resid_pre", "2.resid_pre",
         "openai-community/gpt2"),
        ("saelens_old/version_5/standard_of_heads", "saelens", "sae", "relu", "2.attn_z", "2.attn_z",
         "openai-community/gpt2"),
        ("saelens/jumprelu_skip_transcoder", "saelens", "skip_transcoder", "jumprelu", "2.mlp_in", "2.mlp_out",
         "google/gemma-2-2b"),
        ("sparsify/topk/layers.3", "sparsify", "sae", "topk", "3.resid_post", "3.resid_post", None),
        ("sparsify/groupmax/layers.3", "sparsify", "sae", "groupmax", "3.resid_post", "3.resid_post", None),
        ("sparsify/skip/layers.1.mlp", "sparsify", "skip_transcoder", "topk", "1.mlp_in", "1.mlp_out", None),
        ("dictionary_learning/batchtopk/trainer_0", "dictionary_learning", "sae", "batchtopk", "2.resid_post",
         "2.resid_post", "EleutherAI/pythia-70m-deduped"),
        ("gemma_scope/gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7", "gemma-scope", "transcoder",
         "jumprelu", "1.mlp_in", "1.mlp_out", "google/gemma-2-2b"),
        ("gemma_scope/gemma-scope-2-270m-pt/transcoder_all/layer_1_width_16k_l0_small_affine", "gemma-scope",
         "skip_transcoder", "jumprelu", "1.mlp_in", "1.mlp_out", "google/gemma-3-270m"),
    ],
)  # fmt: skip
def test_what_a_file_says_of_itself(
    name: str, format: str, kind: str, sparsifier: str, site_in: str, site_out: str, model: str | None
) -> None:
    found = foreign(name)
    shape = found.dictionary.config
    assert (found.format, shape.kind, shape.sparsifier) == (format, kind, sparsifier)
    assert (found.site_in, found.site_out, found.model) == (site_in, site_out, model)


def test_prefixes_of_matryoshka_are_kept() -> None:
    assert foreign("dictionary_learning/matryoshka/trainer_0").dictionary.config.matryoshka == (4,)
    assert foreign("saelens/training_matryoshka_checkpoint").dictionary.config.matryoshka == (4,)


def test_gemma_scope_s_first_transcoders_read_before_the_gain() -> None:
    assert foreign("gemma_scope/gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7").before_gain
    assert not foreign("saelens/transcoder").before_gain
    config = foreign("gemma_scope/gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7").dictionary.config
    assert config.l0 == 7


def test_the_fixtures_are_small() -> None:
    assert sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()) < 400_000
