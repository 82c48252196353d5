"""Sets of circuit-tracer that are nothing but settings: files of other releases, by address."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
import yaml

from microtome.dictionaries import CrosslayerTranscoder
from microtome.errors import FormatError
from microtome.formats import Foreign, TranscoderSet, is_dictionary, open_dictionary
from microtome.formats.hub import release_on_hub
from tests.formats.conftest import FIXTURES, rows
from tests.formats.test_hub import FolderClient

SCOPE = FIXTURES / "gemma_scope"
FIRST = "gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_7"
SECOND = "gemma-scope-2-270m-pt/transcoder_all/layer_1_width_16k_l0_small_affine"
CLT = "gemma-scope-2-270m-pt/clt/width_262k_l0_medium"
SETTINGS = {
    "model_name": "google/gemma-2-2b",
    "model_kind": "transcoder_set",
    "feature_input_hook": "ln2.hook_normalized",
    "feature_output_hook": "hook_mlp_out",
}
NPZ = "hf://google/scope/layer_1/width_16k/average_l0_7/params.npz"
TENSORS = "hf://google/scope-2/small/params.safetensors?revision=v1"


@pytest.fixture
def client(tmp_path: Path) -> FolderClient:
    hub = tmp_path / "hub"
    shutil.copytree(SCOPE / FIRST, hub / "google" / "scope" / "layer_1" / "width_16k" / "average_l0_7")
    shutil.copytree(SCOPE / SECOND, hub / "google" / "scope-2" / "small")
    shutil.copytree(SCOPE / CLT, hub / "google" / "scope-2" / "clt")
    shutil.copytree(FIXTURES / "circuit_tracer" / "skip", hub / "owner" / "own")
    return FolderClient(hub, tmp_path / "downloads")


def settings(folder: Path, transcoders: object, **changes: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(SETTINGS | {"transcoders": transcoders} | changes))
    return folder


def opened(reference: Path | str, client: FolderClient) -> TranscoderSet:
    release = None if isinstance(reference, Path) else release_on_hub(reference, client)
    found = open_dictionary(reference, release=release, client=client)
    assert isinstance(found, TranscoderSet)
    return found


def same(one: Foreign, other: Path) -> None:
    wanted = open_dictionary(other)
    assert isinstance(wanted, Foreign)
    x = rows(wanted.dictionary.config.d_in)
    torch.testing.assert_close(one.dictionary.encode(x).dense(), wanted.dictionary.encode(x).dense())
    torch.testing.assert_close(one.dictionary(x), wanted.dictionary(x))


def test_a_folder_with_settings_alone(client: FolderClient, tmp_path: Path) -> None:
    folder = settings(tmp_path / "set", [NPZ, TENSORS, "hf://owner/own/layer_2.safetensors"])
    assert is_dictionary(folder)
    found = opened(folder, client)
    assert client.fetched == []
    assert (list(found), found.model) == ([0, 1, 2], "google/gemma-2-2b")
    same(found[0], SCOPE / FIRST)
    assert client.fetched == ["layer_1/width_16k/average_l0_7/params.npz"]
    same(found[1], SCOPE / SECOND)
    for layer in (0, 1):
        one = found[layer]
        assert (one.site_in, one.site_out, one.before_gain) == (f"{layer}.mlp_in", f"{layer}.mlp_out", True)
    assert found[1].dictionary.config.kind == "skip_transcoder"
    own = open_dictionary(FIXTURES / "circuit_tracer" / "skip")
    assert isinstance(own, TranscoderSet)
    torch.testing.assert_close(found[2].dictionary.W_dec, own[2].dictionary.W_dec)


def test_files_on_the_disk_by_name(client: FolderClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder of the settings, from the working folder (as circuit-tracer takes them), and by a whole path."""
    own = FIXTURES / "circuit_tracer" / "skip"
    folder = settings(
        tmp_path / "set", ["weights/0.safetensors", "here.safetensors", str(SCOPE / FIRST / "params.npz")]
    )
    (folder / "weights").mkdir()
    (tmp_path / "work").mkdir()
    shutil.copy(own / "layer_0.safetensors", folder / "weights" / "0.safetensors")
    shutil.copy(own / "layer_1.safetensors", tmp_path / "work" / "here.safetensors")
    monkeypatch.chdir(tmp_path / "work")
    found, wanted = opened(folder, client), open_dictionary(own)
    assert isinstance(wanted, TranscoderSet)
    for layer in (0, 1):
        torch.testing.assert_close(found[layer].dictionary.W_dec, wanted[layer].dictionary.W_dec)
    same(found[2], SCOPE / FIRST)
    assert client.fetched == []


def test_a_release_with_settings_alone(client: FolderClient, tmp_path: Path) -> None:
    settings(tmp_path / "hub" / "owner" / "sets" / "small", [NPZ, NPZ])
    settings(tmp_path / "hub" / "owner" / "sets" / "large", [NPZ])
    assert len(opened("owner/sets/small", client)) == 2
    assert client.fetched == ["small/config.yaml"]
    same(opened("owner/sets/large", client)[0], SCOPE / FIRST)


@pytest.mark.parametrize("inside", ["", "small/set"])
def test_files_of_a_release_by_name(
    client: FolderClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """From the folder of the settings, and never from the working folder or elsewhere on the disk."""
    own = FIXTURES / "circuit_tracer" / "skip"
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for folder in (Path(), tmp_path):
        shutil.copy(own / "layer_1.safetensors", folder / "here.safetensors")
    whole = str(tmp_path / "here.safetensors")
    names = ["weights[1]/0.safetensors", "../x/1.safetensors", "here.safetensors", whole, "../../../../x", "x" * 300]
    base = tmp_path / "hub" / "owner" / "named"
    folder = settings(base / inside, names)
    (folder / "weights[1]").mkdir()
    shutil.copy(own / "layer_0.safetensors", folder / "weights[1]" / "0.safetensors")
    if inside:
        (folder.parent / "x").mkdir()
        shutil.copy(own / "layer_2.safetensors", folder.parent / "x" / "1.safetensors")
    found, wanted = opened("owner/named", client), open_dictionary(own)
    assert isinstance(wanted, TranscoderSet)
    assert client.fetched == [f"{inside}/config.yaml".lstrip("/")]
    torch.testing.assert_close(found[0].dictionary.W_dec, wanted[0].dictionary.W_dec)
    if inside:
        torch.testing.assert_close(found[1].dictionary.W_dec, wanted[2].dictionary.W_dec)
    shown = [*names[:-1], "x" * 200 + "…"]
    for layer in range(2 if inside else 1, len(names)):
        with pytest.raises(FormatError) as error:
            found[layer]
        assert str(error.value) == (
            f"the release 'owner/named' has no file '{shown[layer]}'. Check the settings that name it."
        )


def test_a_crosslayer_transcoder_by_address(client: FolderClient, tmp_path: Path) -> None:
    names = [f"hf://google/scope-2/clt/params_layer_{layer}.safetensors" for layer in range(3)]
    hook = {"feature_input_hook": "mlp.hook_in"}
    folder = settings(tmp_path / "set", names, model_kind="cross_layer_transcoder", **hook)
    found, wanted = open_dictionary(folder, client=client), open_dictionary(SCOPE / CLT)
    assert isinstance(found, CrosslayerTranscoder)
    assert isinstance(wanted, CrosslayerTranscoder)
    assert (found.model, found.point_in, found.n_layers) == ("google/gemma-2-2b", "mlp_in", 3)
    torch.testing.assert_close(found.decoder(1, None), wanted.decoder(1, None))


@pytest.mark.parametrize(
    ("transcoders", "line"),
    [
        ("x", "does not name its transcoders, expected a list of files or of hf://owner/name/path"),
        ([], "does not name its transcoders, expected a list of files or of hf://owner/name/path"),
        ([5], "does not name its transcoders, expected a list of files or of hf://owner/name/path"),
        ([""], "does not name its transcoders, expected a list of files or of hf://owner/name/path"),
        (
            ["layer_0.safetensors"],
            "names the file 'layer_0.safetensors', which is neither in its folder nor in the working folder. "
            "Put it there, or name it by hf://owner/name/path.",
        ),
        (
            ["x" * 300],
            f"names the file '{'x' * 200}…', which is neither in its folder nor in the working folder. Put it",
        ),
        (["x\0"], "names the file 'x\0', which is neither in its folder nor in the working folder. Put it there"),
        (["hf://owner"], "got the file 'hf://owner', expected hf://owner/name/path"),
        (["hf://owner/own/../../x.npz"], "expected hf://owner/name/path"),
        (["hf://owner/none/x.npz"], "the release 'owner/none' cannot be reached on the Hub"),
        (["hf://owner/own/x.npz"], "the release 'owner/own' has no file 'x.npz'"),
    ],
)
def test_addresses_that_lead_nowhere(client: FolderClient, tmp_path: Path, transcoders: object, line: str) -> None:
    folder = settings(tmp_path / "set", transcoders)
    with pytest.raises(FormatError) as error:
        opened(folder, client)[0]
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_other_settings_are_no_dictionary(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("model: tiny\n")
    assert not is_dictionary(tmp_path)


def test_of_a_set_only_weights_and_settings_are_fetched(client: FolderClient, tmp_path: Path) -> None:
    (tmp_path / "hub" / "owner" / "own" / "features").mkdir()
    (tmp_path / "hub" / "owner" / "own" / "features" / "0.bin").write_bytes(b"large")
    assert len(opened("owner/own", client)) == 3
    assert sorted(client.fetched) == ["config.yaml", *(f"layer_{layer}.safetensors" for layer in range(3))]
