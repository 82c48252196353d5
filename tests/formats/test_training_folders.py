"""Folders as sparsify and dictionary_learning leave them: what of it is a dictionary, and where it belongs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from microtome.dictionaries import save_dictionary
from microtome.errors import FormatError
from microtome.formats import Foreign, convert, is_dictionary, open_dictionary
from microtome.formats.hub import release_on_hub
from microtome.formats.recognise import members_of
from tests.formats.conftest import FIXTURES, random_dictionary
from tests.formats.test_hub import FolderClient


def opened(path: Path) -> Foreign:
    found = open_dictionary(path)
    assert isinstance(found, Foreign)
    return found


def sparse(folder: Path, **settings: object) -> Path:
    """A dictionary as sparsify writes it, in `folder`, with other settings."""
    shutil.copytree(FIXTURES / "sparsify" / "topk" / "layers.3", folder)
    config = json.loads((folder / "cfg.json").read_text())
    (folder / "cfg.json").write_text(json.dumps(config | settings))
    return folder


def test_states_of_sparsify_are_no_dictionaries(tmp_path: Path) -> None:
    sparse(tmp_path / "run" / "layers.3")
    for name in ("state.pt", "rank_0_state.pt", "optimizer_0.pt", "lr_scheduler_0.pt"):
        torch.save({"global_step": 3}, tmp_path / "run" / name)
    assert [member.path for member in members_of(tmp_path / "run")] == ["layers.3"]
    assert opened(tmp_path / "run").site_out == "3.resid_post"


def test_checkpoints_of_dictionary_learning_are_no_dictionaries(tmp_path: Path) -> None:
    run = tmp_path / "run" / "trainer_0"
    shutil.copytree(FIXTURES / "dictionary_learning" / "batchtopk" / "trainer_0", run)
    (run / "checkpoints").mkdir()
    for step in (0, 100):
        shutil.copy(run / "ae.pt", run / "checkpoints" / f"ae_{step}.pt")
    assert [member.path for member in members_of(tmp_path / "run")] == ["trainer_0"]
    assert opened(tmp_path / "run").site_out == "2.resid_post"


def test_a_checkpoint_of_dictionary_learning_is_read_when_it_is_named(tmp_path: Path) -> None:
    run = tmp_path / "hub" / "owner" / "run" / "trainer_0"
    shutil.copytree(FIXTURES / "dictionary_learning" / "batchtopk" / "trainer_0", run)
    (run / "checkpoints").mkdir()
    state = torch.load(run / "ae.pt", weights_only=True)
    torch.save(state | {"b_dec": state["b_dec"] + 1}, run / "checkpoints" / "ae_100.pt")
    last, early = opened(run), opened(run / "checkpoints" / "ae_100.pt")
    torch.testing.assert_close(early.dictionary.b_dec, last.dictionary.b_dec + 1)
    assert (early.site_in, early.model, early.facts) == (last.site_in, last.model, last.facts)
    assert torch.equal(opened(run / "ae.pt").dictionary.b_dec, last.dictionary.b_dec)
    assert is_dictionary(run / "checkpoints" / "ae_100.pt") and not is_dictionary(run / "checkpoints")
    convert(run / "checkpoints" / "ae_100.pt", tmp_path / "there", to="saelens")
    torch.testing.assert_close(opened(tmp_path / "there").dictionary.b_dec, early.dictionary.b_dec)
    client = FolderClient(tmp_path / "hub", tmp_path / "downloads")
    reference = "owner/run/trainer_0/checkpoints/ae_100.pt"
    found = open_dictionary(reference, release=release_on_hub(reference, client))
    assert isinstance(found, Foreign) and torch.equal(found.dictionary.b_dec, early.dictionary.b_dec)
    assert sorted(client.fetched) == ["trainer_0/checkpoints/ae_100.pt", "trainer_0/config.json"]


def test_a_checkpoint_without_its_settings_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    torch.save({}, tmp_path / "checkpoints" / "ae_0.pt")
    with pytest.raises(FormatError) as error:
        opened(tmp_path / "checkpoints" / "ae_0.pt")
    assert str(error.value) == f"'{tmp_path / 'config.json'}' is not there. Give a folder that has it."


def test_several_seeds_of_sparsify(tmp_path: Path) -> None:
    for seed in (1, 2):
        sparse(tmp_path / "run" / "layers.3" / f"seed{seed}")
    (tmp_path / "run" / "config.json").write_text(json.dumps({"model": "EleutherAI/pythia-70m"}))
    found = opened(tmp_path / "run" / "layers.3" / "seed2")
    assert (found.site_in, found.site_out, found.model) == ("3.resid_post", "3.resid_post", "EleutherAI/pythia-70m")


@pytest.mark.parametrize(
    ("name", "sites"),
    [
        ("layers.3", ("3.resid_pre", "3.resid_post")),
        ("layers.3.mlp", ("3.mlp_in", "3.mlp_out")),
        ("layers.3.self_attn", ("3.attn_in", "3.attn_out")),
        # Its input is what the MLP gives, before the norm, for which there is no name here.
        ("layers.3.post_feedforward_layernorm", (None, "3.mlp_out")),
    ],
)
def test_a_transcoder_of_sparsify_reads_its_module_s_input(
    tmp_path: Path, name: str, sites: tuple[str | None, str]
) -> None:
    found = opened(sparse(tmp_path / name, transcode=True))
    assert (found.site_in, found.site_out) == sites


@pytest.mark.parametrize(
    ("site_in", "site_out", "folder", "losses"),
    [
        ("1.mlp_in", "1.mlp_out", "layers.1.mlp", ()),
        ("1.resid_pre", "1.resid_post", "layers.1", ()),
        ("1.resid_mid", "1.mlp_out", "layers.1.mlp", ("(1.mlp_in), this one reads 1.resid_mid",)),
        ("0.mlp_in", "3.mlp_out", "layers.3.mlp", ("(3.mlp_in), this one reads 0.mlp_in",)),
    ],
)
def test_another_input_than_the_module_s_is_a_loss(
    tmp_path: Path, site_in: str, site_out: str, folder: str, losses: tuple[str, ...]
) -> None:
    facts = {"site_in": site_in, "site_out": site_out, "model": "EleutherAI/pythia-70m"}
    save_dictionary(random_dictionary("transcoder"), tmp_path / "own", facts=facts)
    found = convert(tmp_path / "own", tmp_path / folder, to="sparsify").losses
    assert found == tuple(f"sparsify gives a transcoder its own module's input {loss}" for loss in losses)
    assert (opened(tmp_path / folder).site_in, opened(tmp_path / folder).site_out) == (site_in, site_out)


@pytest.mark.parametrize(
    ("layer", "name", "site", "of_module"),
    [
        (2, "resid_mid_layer_2", "2.resid_mid", False),
        (2, "mlp_act_layer_2", "2.mlp_act", False),
        (2, "mlp_in_layer_2", "2.mlp_in", False),
        (2, "attn_z_layer_2", "2.attn_z", False),
        (2, "resid_post_layer_2", "2.resid_post", False),
        (2, "mlp_out_layer_2", "2.mlp_out", True),
        (2, "attention_out_layer2", "2.attn_out", True),
        (2, "resid", "2.resid_post", False),
        (2, "residual stream", "2.resid_post", False),
        (2, "mlp", "2.mlp_out", True),
        (2, "attn_layer_2", "2.attn_out", True),
        (2, "mlp_gate_layer_2", None, False),
        (2, None, "2.resid_post", False),
        (None, "resid_post", None, False),
    ],
)
def test_places_of_dictionary_learning(
    tmp_path: Path, layer: int | None, name: str | None, site: str | None, of_module: bool
) -> None:
    found = opened(placed(tmp_path, layer, name))
    assert (found.site_in, found.site_out, found.of_module) == (site, site, of_module)


def test_a_layer_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"config\.json' has True for layer, expected int"):
        opened(placed(tmp_path, True, "resid_post"))


def placed(tmp_path: Path, layer: object, name: str | None) -> Path:
    """A dictionary of dictionary_learning whose settings give this place."""
    shutil.copytree(FIXTURES / "dictionary_learning" / "batchtopk" / "trainer_0", tmp_path / "a")
    config = json.loads((tmp_path / "a" / "config.json").read_text())
    config["trainer"] |= {"layer": layer, "submodule_name": name}
    (tmp_path / "a" / "config.json").write_text(json.dumps(config))
    return tmp_path / "a"
