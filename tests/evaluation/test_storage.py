"""What a run keeps of an evaluation comes back as it was, and what is damaged is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from microtome.errors import ArtifactError
from microtome.evaluation import Metrics
from microtome.evaluation.storage import has_evaluation, load_evaluation, save_evaluation
from tests.report.synthetic import make_examples, make_metrics

NAME = "3.mlp_in->3.mlp_out.topk.l0-32"


def test_everything_comes_back(tmp_path: Path) -> None:
    metrics = make_metrics()
    examples = make_examples(metrics)
    assert not has_evaluation(tmp_path, NAME)
    save_evaluation(tmp_path, NAME, metrics, examples)
    assert has_evaluation(tmp_path, NAME)
    loaded, loaded_examples = load_evaluation(tmp_path, NAME)
    assert loaded.values == metrics.values
    assert loaded.intervals == metrics.intervals
    assert loaded.undefined == metrics.undefined
    assert loaded.facts == metrics.facts
    assert loaded.arrays.keys() == metrics.arrays.keys()
    for key, array in metrics.arrays.items():
        assert loaded.arrays[key].dtype == array.dtype
        np.testing.assert_array_equal(loaded.arrays[key], array)
    assert loaded_examples == examples
    files = sorted(path.name for path in (tmp_path / "evaluations").iterdir())
    assert files == [f"{NAME}.examples.json", f"{NAME}.json", f"{NAME}.safetensors"]
    assert json.loads((tmp_path / "evaluations" / f"{NAME}.json").read_text()) == json.loads(
        json.dumps(metrics.to_json())
    )


def test_a_second_evaluation_replaces_the_first(tmp_path: Path) -> None:
    save_evaluation(tmp_path, NAME, make_metrics(), make_examples(make_metrics()))
    save_evaluation(tmp_path, NAME, make_metrics(seed=3), None)
    loaded, examples = load_evaluation(tmp_path, NAME)
    assert loaded.values == make_metrics(seed=3).values
    assert examples == {}


@pytest.mark.parametrize("ending", [".json", ".safetensors", ".examples.json"])
@pytest.mark.parametrize("damage", ["missing", "short", "other"])
def test_damage_is_refused_by_name(tmp_path: Path, ending: str, damage: str) -> None:
    save_evaluation(tmp_path, NAME, make_metrics(), make_examples(make_metrics()))
    path = tmp_path / "evaluations" / f"{NAME}{ending}"
    if damage == "missing":
        path.unlink()
    elif damage == "short":
        path.write_bytes(path.read_bytes()[:-200])
    else:
        path.write_bytes(b'{"intervals": {"fvu": 3}, "undefined": {}}')
    with pytest.raises(ArtifactError) as caught:
        load_evaluation(tmp_path, NAME)
    assert f"'{path}'" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"fvu": "much"}, "ValueError"),
        ({"undefined": None}, "AttributeError"),
        ({"intervals": {"fvu": [1, 2, 3]}}, "ValueError"),
    ],
)
def test_wrong_values_are_refused(tmp_path: Path, change: dict[str, object], expected: str) -> None:
    save_evaluation(tmp_path, NAME, make_metrics(), None)
    path = tmp_path / "evaluations" / f"{NAME}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ArtifactError, match=expected):
        load_evaluation(tmp_path, NAME)


def test_arrays_of_different_lengths_are_refused(tmp_path: Path) -> None:
    metrics = make_metrics()
    metrics.arrays["mean"] = metrics.arrays["mean"][:-1]
    save_evaluation(tmp_path, NAME, metrics, None)
    with pytest.raises(ArtifactError, match=r"shapes \[\(511,\), \(512,\)\] for the same latents"):
        load_evaluation(tmp_path, NAME)


def test_a_missing_array_is_refused(tmp_path: Path) -> None:
    save_evaluation(tmp_path, NAME, Metrics(arrays={"count": np.zeros(3)}), None)
    with pytest.raises(ArtifactError, match="mean, max, cosine_histogram missing"):
        load_evaluation(tmp_path, NAME)
