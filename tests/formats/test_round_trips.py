"""What is written and read back is the same dictionary; what a format cannot hold is said or refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microtome.dictionaries import CrosslayerTranscoder, Dictionary, save_dictionary
from microtome.dictionaries.crosslayer import EncoderLayer
from microtome.dictionaries.storage import tensors_of
from microtome.errors import FormatError
from microtome.formats import Foreign, TranscoderSet, convert, open_dictionary
from microtome.formats.circuit_tracer import save_crosslayer
from tests.formats.conftest import random_dictionary, rows

HOLDS = {
    "saelens": [
        *(("sae", name) for name in ("relu", "topk", "batchtopk", "jumprelu", "gated", "abstopk")),
        *((kind, name) for kind in ("transcoder", "skip_transcoder") for name in ("relu", "jumprelu", "batchtopk")),
    ],
    "sparsify": [(k, s) for k in ("sae", "transcoder", "skip_transcoder") for s in ("topk", "groupmax")],
    "dictionary_learning": [("sae", name) for name in ("relu", "topk", "batchtopk", "jumprelu", "gated")],
    "circuit-tracer": [(k, s) for k in ("transcoder", "skip_transcoder") for s in ("relu", "jumprelu", "batchtopk")],
}
CASES = [(to, *pair) for to, pairs in HOLDS.items() for pair in pairs]


def native(folder: Path, dictionary: Dictionary, **facts: str) -> Path:
    site_in = "0.mlp_out" if dictionary.config.kind == "sae" else "0.mlp_in"
    given_facts = {"site_in": site_in, "site_out": "0.mlp_out", "model": "google/gemma-2-2b", **facts}
    save_dictionary(dictionary, folder / "native", facts=given_facts)
    return folder / "native"


def reopened(path: Path) -> Foreign:
    opened = open_dictionary(path)
    if isinstance(opened, TranscoderSet):
        opened = opened[0]
    assert isinstance(opened, Foreign)
    return opened


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(CASES),
    width=st.integers(2, 9),
    groups=st.integers(1, 6),
    k=st.integers(1, 4),
    seed=st.integers(0, 2**16),
    prefix=st.booleans(),
)
def test_a_dictionary_comes_back_with_its_config_codes_and_outputs(
    case: tuple[str, str, str], width: int, groups: int, k: int, seed: int, prefix: bool
) -> None:
    to, kind, sparsifier = case
    latents = groups * k
    own = random_dictionary(
        kind,
        sparsifier,
        width=width,
        latents=latents,
        l0=k,
        seed=seed,
        matryoshka=(1,) if prefix and latents > 1 else (),
    )
    with torch.no_grad():
        own.normalise_rows()
    x = rows(width, seed=seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        source = native(Path(folder), own)
        convert(source, Path(folder) / "there", to=to)
        there = reopened(Path(folder) / "there")
        convert(Path(folder) / "there", Path(folder) / "back", to="microtome")
        back = open_dictionary(next((Path(folder) / "back").rglob("manifest.json")).parent)
    assert isinstance(back, Foreign)
    for found in (there, back):
        assert found.dictionary.config == own.config
        assert (found.site_out, found.model) == ("0.mlp_out", "google/gemma-2-2b")
        torch.testing.assert_close(found.dictionary.encode(x).dense(), own.encode(x).dense(), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(found.dictionary(x), own(x), atol=1e-5, rtol=1e-5)


TWO_WIDTHS = [
    *(("saelens", k, s) for k in ("transcoder", "skip_transcoder") for s in ("relu", "jumprelu", "batchtopk")),
    *(("microtome", k, s) for k in ("transcoder", "skip_transcoder") for s in ("topk", "jumprelu", "groupmax")),
]


@settings(max_examples=30, deadline=None)
@given(
    case=st.sampled_from(TWO_WIDTHS),
    widths=st.tuples(st.integers(2, 9), st.integers(2, 9)).filter(lambda pair: pair[0] != pair[1]),
    groups=st.integers(1, 6),
    k=st.integers(1, 4),
    seed=st.integers(0, 2**16),
)
def test_a_transcoder_between_two_widths_comes_back(
    case: tuple[str, str, str], widths: tuple[int, int], groups: int, k: int, seed: int
) -> None:
    to, kind, sparsifier = case
    own = random_dictionary(kind, sparsifier, width=widths[0], d_out=widths[1], latents=groups * k, l0=k, seed=seed)
    x = rows(widths[0], seed=seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        convert(native(Path(folder), own, site_in="0.attn_z"), Path(folder) / "there", to=to)
        found = reopened(Path(folder) / "there")
    assert found.dictionary.config == own.config
    assert (found.site_in, found.site_out) == ("0.attn_z", "0.mlp_out")
    torch.testing.assert_close(found.dictionary.encode(x).dense(), own.encode(x).dense(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.dictionary(x), own(x), atol=1e-5, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    sparsifier=st.sampled_from(["relu", "topk", "batchtopk", "jumprelu", "gated", "abstopk"]),
    normalise=st.sampled_from(["layer_norm", "unit_norm"]),
    width=st.integers(2, 9),
    groups=st.integers(1, 6),
    k=st.integers(1, 4),
    seed=st.integers(0, 2**16),
)
def test_an_sae_on_normalised_inputs_comes_back(
    sparsifier: str, normalise: str, width: int, groups: int, k: int, seed: int
) -> None:
    own = random_dictionary("sae", sparsifier, width=width, latents=groups * k, l0=k, seed=seed, normalise=normalise)
    x = rows(width, seed=seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        convert(native(Path(folder), own), Path(folder) / "there", to="saelens")
        found = reopened(Path(folder) / "there").dictionary
    assert found.config == own.config
    torch.testing.assert_close(found.encode(x).dense(), own.encode(x).dense(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found(x), own(x), atol=1e-5, rtol=1e-5)


def random_crosslayer(layers: int, width: int, latents: int, seed: int, *, jumprelu: bool) -> CrosslayerTranscoder:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * 0.5

    encoders = [
        EncoderLayer(draw(latents, width), draw(latents), draw(latents).abs() if jumprelu else None)
        for _ in range(layers)
    ]
    decoders = [draw(latents, layers - layer, width) for layer in range(layers)]
    return CrosslayerTranscoder(
        latents=latents,
        encoder=lambda layer: encoders[layer],
        decoder=lambda layer, chosen: decoders[layer] if chosen is None else decoders[layer][chosen],
        b_dec_LD=draw(layers, width),
        point_in="mlp_in",
        point_out="mlp_out",
        model="google/gemma-2-2b",
    )


@settings(max_examples=20, deadline=None)
@given(
    layers=st.integers(1, 4),
    width=st.integers(1, 9),
    latents=st.integers(1, 12),
    seed=st.integers(0, 2**16),
    jumprelu=st.booleans(),
)
def test_a_crosslayer_transcoder_comes_back(layers: int, width: int, latents: int, seed: int, jumprelu: bool) -> None:
    own = random_crosslayer(layers, width, latents, seed, jumprelu=jumprelu)
    x = torch.randn(layers, 7, width, generator=torch.Generator().manual_seed(seed + 1)) * 2 + 0.5
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "there").mkdir()
        assert save_crosslayer(own, Path(folder) / "there") == []
        convert(Path(folder) / "there", Path(folder) / "again", to="circuit-tracer")
        for name in ("there", "again"):
            found = open_dictionary(Path(folder) / name)
            assert isinstance(found, CrosslayerTranscoder)
            assert (found.n_layers, found.width, found.latents) == (layers, width, latents)
            assert (found.point_in, found.point_out, found.model) == ("mlp_in", "mlp_out", "google/gemma-2-2b")
            codes, wanted = found.encode(x), own.encode(x)
            for one, other in zip(codes, wanted, strict=True):
                assert torch.equal(one.to_dense(), other.to_dense())
            torch.testing.assert_close(found.decode(codes), own.decode(wanted), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("to", "sparsifier", "line"),
    [
        ("circuit-tracer", "jumprelu", "circuit-tracer cannot hold a transcoder from 8 to 12 wide (layer 0)"),
        ("sparsify", "topk", "sparsify cannot hold a transcoder with topk, 8 to 12 wide"),
    ],
)
def test_two_widths_are_refused_where_there_is_one(tmp_path: Path, to: str, sparsifier: str, line: str) -> None:
    source = native(tmp_path, random_dictionary("transcoder", sparsifier, d_out=12))
    with pytest.raises(FormatError, match=__import__("re").escape(line)):
        convert(source, tmp_path / "there", to=to)


@pytest.mark.parametrize(
    ("to", "kind", "sparsifier"), [case for case in CASES if case[1] == "sae" and case[2] != "relu"]
)
def test_an_autoencoder_comes_back_to_the_last_bit(tmp_path: Path, to: str, kind: str, sparsifier: str) -> None:
    own = random_dictionary(kind, sparsifier)
    convert(native(tmp_path, own), tmp_path / "there", to=to)
    found = tensors_of(reopened(tmp_path / "there").dictionary)
    for name, tensor in tensors_of(own).items():
        if (to, sparsifier, name) == ("dictionary_learning", "jumprelu", "b_enc"):
            continue  # its encoder subtracts nothing from the input
        assert torch.equal(found[name], tensor), name


ONE_THRESHOLD = "batchtopk becomes jumprelu with one threshold for all latents; SAELens does the same"
UNIT = "rows of the decoder are not of unit norm: dictionary_learning rescales the codes when it loads"
LOSSES: list[tuple[str, dict[str, object], str]] = [
    ("saelens", {"sparsifier": "batchtopk"}, ONE_THRESHOLD),
    ("saelens", {"matryoshka": (4, 8)}, "the matryoshka prefixes (4, 8) are not used by SAELens after training"),
    ("dictionary_learning", {"sparsifier": "relu"}, UNIT),
    (
        "dictionary_learning",
        {"sparsifier": "batchtopk", "l0": 3.5},
        "k must be a whole number there: 3.5 is written as 4",
    ),
    (
        "sparsify",
        {},
        "sparsify knows the site by the folder's name: 0.mlp_out is not said ('layers.0.post_feedforward_layernorm')",
    ),
    ("microtome", {"sparsifier": "gated"}, ""),
]


@pytest.mark.parametrize(("to", "options", "loss"), LOSSES)
def test_losses_are_said(tmp_path: Path, to: str, options: dict[str, object], loss: str) -> None:
    own = random_dictionary(**options)  # type: ignore[arg-type]
    assert list(convert(native(tmp_path, own), tmp_path / "there", to=to).losses) == ([loss] if loss else [])


@pytest.mark.parametrize(
    ("to", "options", "line"),
    [
        ("saelens", {"sparsifier": "groupmax"}, "a sae with groupmax, it holds standard, gated, topk"),
        ("saelens", {"kind": "transcoder"}, "SAELens cannot hold a transcoder with topk, it holds standard, gated"),
        (
            "sparsify",
            {"sparsifier": "relu"},
            "sparsify cannot hold a sae with relu, it holds topk and groupmax on inputs",
        ),
        ("sparsify", {"normalise": "layer_norm"}, "a sae with topk on inputs normalised by layer_norm"),
        ("dictionary_learning", {"kind": "transcoder"}, "dictionary_learning cannot hold a transcoder with topk"),
        ("circuit-tracer", {}, "circuit-tracer cannot hold a sae with topk (layer 0)"),
        # It would load its file as one with relu.
        (
            "circuit-tracer",
            {"kind": "transcoder"},
            "cannot hold a transcoder with topk (layer 0), it holds transcoders with relu or a threshold",
        ),
        (
            "gguf",
            {},
            "got --to gguf, expected one of microtome, saelens, sparsify, dictionary_learning, circuit-tracer",
        ),
        (
            "neuronpedia",
            {},
            "got --to neuronpedia, which holds no dictionaries but latents with their examples, of a latent store. "
            "Write it with 'microtome latents RUN --neuronpedia FOLDER'.",
        ),
        (
            "saebench",
            {},
            "got --to saebench, which holds no dictionaries but metrics. "
            "Write it with 'microtome evaluate RUN --saebench FOLDER'.",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_refused(tmp_path: Path, to: str, options: dict[str, object], line: str) -> None:
    source = native(tmp_path, random_dictionary(**options))  # type: ignore[arg-type]
    with pytest.raises(FormatError, match=__import__("re").escape(line)):
        convert(source, tmp_path / "there", to=to)
    assert not (tmp_path / "there").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["native"]


def test_normalisations_survive_saelens(tmp_path: Path) -> None:
    for normalise in ("layer_norm", "unit_norm"):
        own = random_dictionary(normalise=normalise)
        folder = tmp_path / normalise
        folder.mkdir()
        convert(native(folder, own), folder / "there", to="saelens")
        assert reopened(folder / "there").dictionary.config.normalise == normalise


def test_every_dictionary_of_a_folder_is_converted(tmp_path: Path) -> None:
    for layer in (0, 1):
        own = random_dictionary("transcoder", "jumprelu", seed=layer)
        facts = {"site_in": f"{layer}.mlp_in", "site_out": f"{layer}.mlp_out", "model": "tiny"}
        save_dictionary(own, tmp_path / "run" / "dictionaries" / f"{layer}", facts=facts)
    convert(tmp_path / "run", tmp_path / "set", to="circuit-tracer")
    opened = open_dictionary(tmp_path / "set")
    assert isinstance(opened, TranscoderSet)
    assert [opened[layer].site_in for layer in opened] == ["0.mlp_in", "1.mlp_in"]
    convert(tmp_path / "run", tmp_path / "both", to="saelens")
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == ["0", "1"]


def test_without_what_we_kept_a_file_says_what_its_library_says(tmp_path: Path) -> None:
    import json

    convert(native(tmp_path, random_dictionary("sae", "batchtopk")), tmp_path / "there", to="saelens")
    config = json.loads((tmp_path / "there" / "cfg.json").read_text())
    del config["metadata"]["microtome"]
    (tmp_path / "there" / "cfg.json").write_text(json.dumps(config))
    assert reopened(tmp_path / "there").dictionary.config.sparsifier == "jumprelu"


def hooks(folder: Path) -> tuple[str | None, str | None]:
    import yaml

    config = yaml.safe_load((folder / "config.yaml").read_text())
    return config["feature_input_hook"], config["feature_output_hook"]


@pytest.mark.parametrize(
    ("facts", "found", "losses"),
    [
        ({"site_in": "0.mlp_in"}, "mlp.hook_in", ()),
        ({"site_in": "0.attn_in"}, None, ("the place attn_in has no name there",)),
        ({"site_in": None}, None, ("the place is not known",)),
    ],
)
def test_a_set_whose_place_circuit_tracer_does_not_name(
    tmp_path: Path, facts: dict[str, str], found: str | None, losses: tuple[str, ...]
) -> None:
    own = random_dictionary("transcoder", "relu")
    done = convert(native(tmp_path, own, **facts), tmp_path / "there", to="circuit-tracer")
    assert hooks(tmp_path / "there") == (found, "hook_mlp_out")
    assert done.losses == tuple(
        f"feature_input_hook is left empty, {line}: circuit-tracer cannot use it before it is filled in"
        for line in losses
    )


def test_a_set_keeps_its_own_names_of_places_and_lacks_a_model_aloud(tmp_path: Path) -> None:
    import shutil

    from tests.formats.conftest import FIXTURES

    shutil.copytree(FIXTURES / "circuit_tracer" / "relu", tmp_path / "set")
    (tmp_path / "set" / "config.yaml").write_text(
        "model_kind: transcoder_set\nfeature_input_hook: hook_mlp_in\nfeature_output_hook: mlp.hook_out\n"
    )
    done = convert(tmp_path / "set", tmp_path / "there", to="circuit-tracer")
    assert hooks(tmp_path / "there") == ("hook_mlp_in", "mlp.hook_out")
    assert done.losses == ("the model is not known, and not named there",)
    convert(tmp_path / "there", tmp_path / "again", to="circuit-tracer", model="tiny")
    assert hooks(tmp_path / "again") == ("hook_mlp_in", "mlp.hook_out")


def test_a_set_keeps_what_its_settings_said(tmp_path: Path) -> None:
    import shutil

    import yaml

    from tests.formats.conftest import FIXTURES

    def settings_of(folder: Path) -> dict[str, object]:
        found = yaml.safe_load((folder / "config.yaml").read_text())
        assert isinstance(found, dict)
        return {key: value for key, value in found.items() if key != "microtome"}

    for name in ("set", "other"):
        shutil.copytree(FIXTURES / "circuit_tracer" / "relu", tmp_path / name)
    said = settings_of(tmp_path / "set") | {
        "model_name": "gemma-2-2b",
        "scan": "owner/set",
        "features": {"bucket": "x", "layers": [0, 1]},
    }
    (tmp_path / "set" / "config.yaml").write_text(yaml.safe_dump(said))
    source = tmp_path / "set"
    for step in ("a", "b"):
        assert convert(source, tmp_path / step, to="circuit-tracer").losses == ()
        source = tmp_path / step
        assert settings_of(source) == said
    # Layers of two sets share what both say.
    (tmp_path / "other" / "config.yaml").write_text(yaml.safe_dump(said | {"scan": "owner/other"}))
    for name in ("set", "other"):
        convert(tmp_path / name, tmp_path / "own" / name, to="microtome")
    both = tmp_path / "both"
    shutil.copytree(tmp_path / "own" / "set" / "layer_0", both / "0")
    shutil.copytree(tmp_path / "own" / "other" / "layer_1", both / "1")
    done = convert(both, tmp_path / "there", to="circuit-tracer")
    assert done.losses == ("settings that its layers do not share are left out: scan",)
    assert settings_of(tmp_path / "there") == said | {"scan": "there"}
