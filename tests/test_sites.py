"""The grammar of sites: what every spelling means, and what a wrong one is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microtome.errors import SiteError
from microtome.sites import POINTS, ModuleSite, Site, parse_site, parse_sites

LAYERS = 12


def names(spec: str | list[str], n_layers: int = LAYERS) -> list[str]:
    return [str(site) for site in parse_sites(spec, n_layers=n_layers)]


def error(spec: str, **options: object) -> str:
    with pytest.raises(SiteError) as caught:
        parse_sites(spec, n_layers=LAYERS, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("9.mlp_out", ["9.mlp_out"]),
        (" 9.mlp_out , 2.resid_pre ", ["2.resid_pre", "9.mlp_out"]),
        ("-1.resid_post", ["11.resid_post"]),
        ("0-2.resid_post", ["0.resid_post", "1.resid_post", "2.resid_post"]),
        ("9--1.mlp_in", ["9.mlp_in", "10.mlp_in", "11.mlp_in"]),
        ("-2--1.mlp_in", ["10.mlp_in", "11.mlp_in"]),
        ("3.resid_*", ["3.resid_pre", "3.resid_mid", "3.resid_post"]),
        (
            "3.mlp_out,3.mlp_out,0-3.mlp_out,3.*_out",
            ["0.mlp_out", "1.mlp_out", "2.mlp_out", "3.attn_out", "3.mlp_out"],
        ),
        ("model.layers.3.mlp.act_fn:output", ["model.layers.3.mlp.act_fn:output"]),
        ("lm_head:input,1.mlp_out", ["1.mlp_out", "lm_head:input"]),
        ("blocks.9.hook_mlp_out", ["9.mlp_out"]),
        ("blocks.9.ln2.hook_normalized", ["9.mlp_in"]),
        ("blocks.9.ln1.hook_normalized", ["9.attn_in"]),
        ("blocks.9.mlp.hook_post", ["9.mlp_act"]),
        ("blocks.9.hook_resid_pre", ["9.resid_pre"]),
        ("blocks.9.hook_resid_mid", ["9.resid_mid"]),
        ("blocks.9.hook_resid_post", ["9.resid_post"]),
        ("blocks.9.hook_attn_out", ["9.attn_out"]),
        ("blocks.9.attn.hook_z", ["9.attn_z"]),
        ("blocks.0-1.hook_mlp_out", ["0.mlp_out", "1.mlp_out"]),
    ],
)
def test_spellings(spec: str, expected: list[str]) -> None:
    assert names(spec) == expected


def test_globs_name_every_layer_and_point() -> None:
    assert names("*.mlp_out") == [f"{layer}.mlp_out" for layer in range(LAYERS)]
    assert names("3.*") == [f"3.{point}" for point in POINTS]
    assert names("*.*", n_layers=2) == [f"{layer}.{point}" for layer in range(2) for point in POINTS]
    assert names("blocks.*.hook_mlp_out") == names("*.mlp_out")
    assert names(["*.mlp_out", "0.resid_pre"], n_layers=2) == ["0.resid_pre", "0.mlp_out", "1.mlp_out"]


def test_globs_keep_to_the_points_the_model_has() -> None:
    parallel = [point for point in POINTS if point != "resid_mid"]
    found = parse_sites("3.resid_*", n_layers=LAYERS, points=parallel)
    assert found == [Site(3, "resid_pre"), Site(3, "resid_post")]
    assert error("3.resid_mid", points=parallel) == (
        "got '3.resid_mid', but this model has no resid_mid (its attention and MLP read the same residual stream), "
        "expected one of resid_pre, attn_in, attn_z, attn_out, mlp_in, mlp_act, mlp_out, resid_post. "
        "Use 3.resid_pre, 3.mlp_in or another of them."
    )


@given(st.integers(1, 200), st.data())
def test_every_site_reads_back_from_its_name(n_layers: int, data: st.DataObject) -> None:
    site = Site(data.draw(st.integers(0, n_layers - 1)), data.draw(st.sampled_from(POINTS)))
    assert parse_site(str(site), n_layers=n_layers) == site
    assert parse_site(f"{site.layer - n_layers}.{site.point}", n_layers=n_layers) == site


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(POINTS)), min_size=1))
def test_lists_are_sorted_and_without_duplicates(pairs: list[tuple[int, str]]) -> None:
    sites = [Site(*pair) for pair in pairs]
    found = parse_sites(",".join(map(str, sites)), n_layers=31)
    assert found == sorted(set(sites))
    assert [(site.layer, POINTS.index(site.point)) for site in found if isinstance(site, Site)] == sorted(
        {(layer, POINTS.index(point)) for layer, point in pairs}
    )


@given(st.text(alphabet="0123456789-*.,:abklmnoprstuiy_ ", max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        sites = parse_sites(text, n_layers=4)
    except SiteError as caught:
        assert "\n" not in str(caught) and "got" in str(caught) and "expected" in str(caught)
    else:
        assert sites
        assert parse_sites([str(site) for site in sites], n_layers=4) == sites


def test_unknown_point_suggests_the_nearest() -> None:
    assert error("9.mlp_ou") == (
        "got the point 'mlp_ou', expected one of resid_pre, attn_in, attn_z, attn_out, resid_mid, mlp_in, mlp_act, "
        "mlp_out, resid_post. Did you mean 9.mlp_out? For any other place write module.path:output."
    )


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            "12.mlp_out",
            "got '12.mlp_out' with layer 12, expected 0 to 11 (this model has 12 layers). "
            "Name one of those layers, or -1 for the last, which is 11.",
        ),
        (
            "-13.mlp_out",
            "got '-13.mlp_out' with layer -13, expected 0 to 11 (this model has 12 layers). "
            "Name one of those layers, or -1 for the last, which is 11.",
        ),
        (
            "5-2.mlp_out",
            "got '5-2.mlp_out', a range that runs backwards, expected the lower layer first. Write 2-5.",
        ),
        ("", "got no site, expected at least one. Name one, like 0.mlp_out or *.resid_post."),
        (" , ", "got no site, expected at least one. Name one, like 0.mlp_out or *.resid_post."),
        (
            "3.foo*",
            "got '3.foo*', which matches no point, expected a glob over resid_pre, attn_in, attn_z, attn_out, "
            "resid_mid, mlp_in, mlp_act, mlp_out, resid_post. Write 3.* for all of them.",
        ),
        (
            "mlp_out",
            "got 'mlp_out' without a layer, expected layer.point. Write 0.mlp_out, or *.mlp_out for every layer.",
        ),
        (
            "nine.mlp_out",
            "got 'nine.mlp_out', expected layer.point. Write it like 9.mlp_out, *.mlp_out, 0-11.resid_post, "
            "-1.resid_post, blocks.9.hook_mlp_out or module.path:output.",
        ),
        (
            "model.layers.0.mlp:both",
            "got 'model.layers.0.mlp:both', expected a module path with the side input or output. "
            "Write model.layers.0.mlp:input or model.layers.0.mlp:output.",
        ),
        (
            "model.layers.*.mlp:output",
            "got 'model.layers.*.mlp:output', expected a plain module path (globs work for points only, like "
            "*.mlp_out). Name each module, like model.layers.0.mlp:output.",
        ),
        (
            "blocks.9.hook_mlp_in",
            "got 'blocks.9.hook_mlp_in', which in TransformerLens is the residual stream before the MLP's norm, "
            "expected a name that cannot be misread. Write 9.resid_mid for that, or 9.mlp_in for what enters the "
            "module after its norm.",
        ),
        (
            "blocks.9.mlp.hook_pos",
            "got 'blocks.9.mlp.hook_pos', expected a TransformerLens name out of hook_resid_pre, hook_resid_mid, "
            "hook_resid_post, hook_attn_out, hook_mlp_out, ln1.hook_normalized, ln2.hook_normalized, attn.hook_z, "
            "mlp.hook_post. Write blocks.9.mlp.hook_post, or module.path:output for any other place.",
        ),
        (
            "blocks.hook_mlp_out",
            "got 'blocks.hook_mlp_out', expected a TransformerLens name with a layer. "
            "Write blocks.9.hook_mlp_out or 9.mlp_out.",
        ),
    ],
)
def test_wrong_names_say_what_to_write(spec: str, expected: str) -> None:
    assert error(spec) == expected


def test_one_site_is_asked_for() -> None:
    assert parse_site("model.norm:output", n_layers=LAYERS) == ModuleSite("model.norm", "output")
    with pytest.raises(SiteError) as caught:
        parse_site("*.mlp_out", n_layers=LAYERS)
    assert str(caught.value) == (
        "got '*.mlp_out', which names 12 sites (0.mlp_out, 1.mlp_out, 2.mlp_out, ...), expected one. "
        "Name one of them, like 0.mlp_out."
    )


def test_sites_sort_in_the_order_of_computation() -> None:
    assert sorted([Site(1, "resid_pre"), Site(0, "resid_post"), Site(0, "mlp_in"), Site(0, "attn_z")]) == [
        Site(0, "attn_z"),
        Site(0, "mlp_in"),
        Site(0, "resid_post"),
        Site(1, "resid_pre"),
    ]
    with pytest.raises(SiteError, match=r"Did you mean 0\.mlp_out"):
        Site(0, "mlp_uot")
    with pytest.raises(SiteError, match="got layer -1"):
        Site(-1, "mlp_out")
