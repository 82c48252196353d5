"""What SAELens' files say of model, text and places goes through reading and writing as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from microtome.dictionaries import save_dictionary
from microtome.errors import FormatError
from microtome.formats import Foreign, convert, open_dictionary
from tests.formats.conftest import FIXTURES, random_dictionary
from tests.formats.test_bad_files import change_config, put

MORE: dict[str, Any] = {
    "prepend_bos": False,
    "context_size": 1024,
    "dataset_path": "owner/text",
    "neuronpedia_id": "gpt2-small/2-res",
    "model_from_pretrained_kwargs": {"fold_ln": False, "n_devices": 1},
    "model_class_name": "HookedTransformer",
    "exclude_special_tokens": [0],
    "seqpos_slice": [1, None],
    "anything": {"else": [1.5, "x"]},
}


def copied(name: str, tmp_path: Path, **more: Any) -> Path:
    folder = tmp_path / "from"
    shutil.copytree(FIXTURES / name if "/" in name else FIXTURES / "saelens" / name, folder)
    change_config("cfg.json", lambda config: config.get("metadata", config).update(more))(folder)
    return folder


def metadata(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "cfg.json").read_text())["metadata"]
    return {key: value for key, value in found.items() if key != "microtome"}


@pytest.mark.parametrize("name", ["standard", "transcoder", "gated", "matching_pursuit", "temporal"])
@pytest.mark.parametrize("through", [(), ("microtome",), ("saelens", "microtome")])
def test_the_settings_of_the_model_come_through(tmp_path: Path, name: str, through: tuple[str, ...]) -> None:
    source = copied(name, tmp_path, **MORE)
    before = metadata(source)
    for step, to in enumerate(through):
        convert(source, tmp_path / str(step), to=to)
        source = tmp_path / str(step)
    done = convert(source, tmp_path / "there", to="saelens")
    assert metadata(tmp_path / "there") == before
    assert done.losses == ()


def test_they_come_through_another_format_that_keeps_what_it_has_no_words_for(tmp_path: Path) -> None:
    source = copied("topk", tmp_path, **MORE)
    convert(source, tmp_path / "layers.2", to="sparsify")
    convert(tmp_path / "layers.2", tmp_path / "there", to="saelens")
    assert metadata(tmp_path / "there") == metadata(source)


@pytest.mark.parametrize("name", ["version_3/before_3_topk", "version_3/topk", "version_4/gated", "version_5/standard"])
def test_flat_settings_of_versions_before_6_become_metadata(tmp_path: Path, name: str) -> None:
    source = copied(f"saelens_old/{name}", tmp_path, **{key: MORE[key] for key in MORE if key != "anything"})
    convert(source, tmp_path / "there", to="saelens")
    own = {key: value for key, value in MORE.items() if key != "anything"}
    assert metadata(tmp_path / "there") == {
        **own,
        "model_name": "gpt2-small",
        "hook_name": "blocks.2.hook_resid_pre",
        "hook_head_index": None,
        "sae_lens_version": "6.54.12",
        "sae_lens_training_version": json.loads((source / "cfg.json").read_text())["sae_lens_training_version"],
    }


@pytest.mark.parametrize(
    "places",
    [
        {"hook_name": "blocks.2.hook_attn_pattern"},
        {"hook_name": "blocks.2.attn.hook_z", "hook_head_index": 3},
        {"hook_name": "hook_embed"},
    ],
)
def test_a_place_without_a_name_here_keeps_its_own(tmp_path: Path, places: dict[str, Any]) -> None:
    convert(copied("standard", tmp_path, **places), tmp_path / "there", to="saelens")
    found = metadata(tmp_path / "there")
    assert {key: found[key] for key in places} == places
    assert json.loads((tmp_path / "there" / "cfg.json").read_text())["reshape_activations"] == "none"


def test_a_place_that_was_given_is_written_instead(tmp_path: Path) -> None:
    more = {"hook_head_index": 3, "hf_hook_name": "odd", "neuronpedia_id": "gpt2-small/2-odd"}
    source = copied("standard", tmp_path, hook_name="blocks.2.hook_odd", model_class_name="HookedTransformer", **more)
    done = convert(source, tmp_path / "there", to="saelens", site="5.mlp_out")
    found = metadata(tmp_path / "there")
    assert found["hook_name"] == "blocks.5.hook_mlp_out"
    assert (found["model_name"], found["model_class_name"]) == ("gpt2-small", "HookedTransformer")
    assert not more.keys() & found.keys()
    (line,) = done.losses
    before, _, names = line.partition(": ")
    assert before == "said of another place, and left out"
    assert set(names.split(", ")) == more.keys()


@pytest.mark.parametrize("site", [None, "5.mlp_out"])
def test_a_model_that_was_given_is_written_instead(tmp_path: Path, site: str | None) -> None:
    more = {"model_class_name": "Other", "model_from_pretrained_kwargs": {"x": 1}, "neuronpedia_id": "other/2-res"}
    hook = {"hook_name": "blocks.2.hook_odd"} if site else {}
    source = copied("standard", tmp_path, model_name=None, dataset_path="owner/text", **more, **hook)
    done = convert(source, tmp_path / "there", to="saelens", model="google/gemma-2-2b", site=site)
    found = metadata(tmp_path / "there")
    assert (found["model_name"], found["dataset_path"]) == ("gemma-2-2b", "owner/text")
    assert not more.keys() & found.keys()
    lost = [name for line in done.losses for name in line.partition(": ")[2].split(", ")]
    assert sorted(lost) == sorted(more)
    assert "said of another model, and left out: " in "\n".join(done.losses)


def test_settings_of_a_manifest_that_are_none_are_not_said_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    said = {"metadata": {"model_name": "gpt2-small", "hook_name": 5}}
    save_dictionary(random_dictionary(), tmp_path / "own", facts={"saelens": said})
    with pytest.raises(FormatError) as error:
        convert(tmp_path / "own", tmp_path / "there", to="saelens")
    assert str(error.value) == (
        "'what is kept of its cfg.json' has 5 for hook_name, expected str. Download it again, or ask whoever made it."
    )


def test_settings_that_are_no_numbers_are_written_as_nothing(tmp_path: Path) -> None:
    """A training that never stepped left NaN in its settings."""
    source = copied("standard", tmp_path)
    change_config("cfg.json", put("metadata", {"model_name": "gpt2-small", "l0": float("nan")}))(source)
    for to in ("saelens", "microtome", "dictionary_learning"):
        convert(source, tmp_path / to, to=to)
        found, own = open_dictionary(tmp_path / to), open_dictionary(source)
        assert isinstance(found, Foreign) and isinstance(own, Foreign)
        assert found.facts["saelens"]["metadata"]["l0"] is None
        torch.testing.assert_close(found.dictionary.b_dec, own.dictionary.b_dec)
