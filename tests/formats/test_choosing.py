"""A member of a release by its site and L0: by each format's own names, and no place that is not said."""

from __future__ import annotations

import pytest

from microtome.errors import FormatError, SiteError
from microtome.formats.opening import choose, parse_reference
from microtome.formats.recognise import members

SCOPE_2 = [
    f"{folder}/layer_{layer}_width_16k_l0_{l0}/params.safetensors"
    for folder in ("resid_post", "attn_out", "mlp_out", "transcoder")
    for layer in (5, 17)
    for l0 in ("small", "medium", "big")
]
SCOPE = [f"layer_{layer}/width_16k/average_l0_{l0}/params.npz" for layer in (5, 15) for l0 in (5, 80)]
SPARSIFY = [
    f"{name}/{file}"
    for name in ("layers.1", "layers.1.mlp", "layers.1.self_attn", "layers.10", "layers.3/seed1")
    for file in ("cfg.json", "sae.safetensors")
]
SAELENS = [
    f"blocks.5.{hook}/{file}"
    for hook in ("hook_resid_pre", "hook_resid_mid", "hook_mlp_out", "attn.hook_z", "hook_resid_post_24576")
    for file in ("cfg.json", "sae_weights.safetensors")
]
LLAMA = [
    f"Llama3_1-8B-Base-L{layer}{kind}-8x/{file}"
    for layer in (5, 15)
    for kind in ("R", "M", "A", "TC")
    for file in ("hyperparams.json", "checkpoints/final.safetensors")
]
LEARNING = [
    f"{name}/trainer_0/{file}" for name in ("resid_post_layer_8", "mlp_out_layer3") for file in ("ae.pt", "config.json")
]
OPENAI = [f"{place}_v5_32k/autoencoders/{n}.pt" for place in ("resid_post_mlp", "resid_delta_mlp") for n in (0, 6)]
OURS = [f"{name}/{file}" for name in ("9.mlp_out", "9.mlp_in-9.mlp_out", "10.resid_mid")
        for file in ("manifest.json", "weights.safetensors")]  # fmt: skip


def chosen(files: list[str], query: str, release: str = "owner/name") -> str:
    return choose(members(files, release), parse_reference(f"{release}?{query}"), release).path


@pytest.mark.parametrize(
    ("files", "query", "path"),
    [
        (SCOPE_2, "site=5.resid_post&l0=small", "resid_post/layer_5_width_16k_l0_small"),
        (SCOPE_2, "site=17.attn_z&width=16k&l0=medium", "attn_out/layer_17_width_16k_l0_medium"),
        (SCOPE_2, "site=17.mlp_in&l0=big", "transcoder/layer_17_width_16k_l0_big"),
        (SPARSIFY, "site=1.mlp_out", "layers.1.mlp"),
        (SPARSIFY, "site=1.resid_post", "layers.1"),
        (SPARSIFY, "site=1.attn_out", "layers.1.self_attn"),
        (SPARSIFY, "site=10", "layers.10"),
        (SPARSIFY, "site=3.resid_post", "layers.3/seed1"),
        (SAELENS, "site=5.resid_mid", "blocks.5.hook_resid_mid"),
        (SAELENS, "site=5.attn_z", "blocks.5.attn.hook_z"),
        (SAELENS, "site=blocks.5.hook_resid_pre", "blocks.5.hook_resid_pre"),
        (SAELENS, "site=5.resid_post", "blocks.5.hook_resid_post_24576"),
        (LLAMA, "site=15.resid_post", "Llama3_1-8B-Base-L15R-8x"),
        (LLAMA, "site=5.attn_out", "Llama3_1-8B-Base-L5A-8x"),
        (LEARNING, "site=8.resid_post", "resid_post_layer_8/trainer_0"),
        (LEARNING, "site=3.mlp_out", "mlp_out_layer3/trainer_0"),
        (OPENAI, "site=6.mlp_out", "resid_delta_mlp_v5_32k/autoencoders/6.pt"),
        (OURS, "site=10.resid_mid", "10.resid_mid"),
        (OURS, "site=9.mlp_in", "9.mlp_in-9.mlp_out"),
    ],
)
def test_by_each_format_s_own_names(files: list[str], query: str, path: str) -> None:
    assert chosen(files, query) == path


@pytest.mark.parametrize(
    ("kind", "site"),
    [("res", "5.resid_post"), ("mlp", "5.mlp_out"), ("att", "5.attn_z"), ("transcoders", "5.mlp_in")],
)
def test_gemma_scope_s_place_is_the_release_s_name(kind: str, site: str) -> None:
    release = f"google/gemma-scope-2b-pt-{kind}"
    assert chosen(SCOPE, f"site={site}&l0=7", release) == "layer_5/width_16k/average_l0_5"
    with pytest.raises(FormatError, match=rf"holds none that fits, .*; its sites are {site}, "):
        chosen(SCOPE, "site=5.resid_mid&l0=7", release)


@pytest.mark.parametrize(
    ("files", "query", "line"),
    [
        (SCOPE, "site=5.resid_mid&l0=7", "; no place is said by its paths. "),
        (SPARSIFY, "site=1.resid_mid", "; its sites are 1.attn_out, 1.mlp_out, 1.resid_post, 3.resid_post, "),
        (LLAMA, "site=5.mlp_in", "; its sites are 5.attn_out, 5.mlp_out, 5.resid_post, 15.attn_out, "),
        (SCOPE_2, "site=5.resid_post&l0=50", "; its L0 is small or medium or big. "),
        (SCOPE, "l0=small", "holds none that fits"),
    ],
)
def test_what_there_is_is_named(files: list[str], query: str, line: str) -> None:
    with pytest.raises(FormatError) as error:
        chosen(files, query)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("site", ["5.resid_foo", "5.mlp", "*.mlp_out", "five"])
def test_what_is_no_site_is_refused(site: str) -> None:
    with pytest.raises(SiteError):
        chosen(SCOPE, f"site={site}")


def test_several_of_one_site_are_not_guessed() -> None:
    with pytest.raises(FormatError, match=r"holds 2 dictionaries that fit: 9\.mlp_in-9\.mlp_out, 9\.mlp_out"):
        chosen(OURS, "site=9.mlp_out")
