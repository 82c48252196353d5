"""Datasets: folders in the Hub's format are streamed through the same code as the Hub itself."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from microtome.errors import TextError
from microtome.text import PackingConfig, open_text, read_blocks

datasets = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def _folder(tmp_path: Path, name: str = "corpus") -> Path:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    folder = tmp_path / name
    folder.mkdir()
    for part, numbers in (("train-0", range(50)), ("train-1", range(50, 80)), ("test-0", range(80, 90))):
        rows = [f"text {n} of the lazy dog" for n in numbers]
        pq.write_table(pa.table({"n": list(numbers), "text": rows}), folder / f"{part}.parquet")
    return folder


def test_a_folder_of_parquet_files_is_streamed_by_split(tmp_path: Path, tokenizer: Any) -> None:
    folder = _folder(tmp_path)
    source = open_text(str(folder))
    documents = list(source.documents())
    assert [document.text for document in documents] == [f"text {n} of the lazy dog" for n in range(80)]
    assert documents[0].id == "corpus#1"
    assert [document.id for document in source.documents()] == [document.id for document in documents]
    test = open_text(str(folder), split="test")
    assert [document.text for document in test.documents()] == [f"text {n} of the lazy dog" for n in range(80, 90)]
    assert test.fingerprint != source.fingerprint
    assert read_blocks(source, tokenizer, PackingConfig(context=16), max_tokens=200).n_usable >= 200


def test_a_folder_of_compressed_json_lines(tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    data = "".join(json.dumps({"title": f"t{n}", "body": f"b{n}"}) + "\n" for n in range(3))
    (folder / "train.jsonl.gz").write_bytes(gzip.compress(data.encode()))
    texts = [document.text for document in open_text(str(folder), column="title+body").documents()]
    assert texts == ["t0\nb0", "t1\nb1", "t2\nb2"]
    with pytest.raises(TextError) as caught:
        list(open_text(str(folder)).documents())
    assert str(caught.value) == (
        "'rows' has no column 'text' or 'content' and several columns of strings: 'title', 'body'. "
        "Name one with --column, or join several: --column 'title+body'."
    )


def test_a_saved_dataset(tmp_path: Path) -> None:
    rows = datasets.Dataset.from_dict({"text": ["one", "two"]})
    rows.save_to_disk(str(tmp_path / "single"))
    assert [document.text for document in open_text(str(tmp_path / "single")).documents()] == ["one", "two"]
    datasets.DatasetDict({"test": rows}).save_to_disk(str(tmp_path / "several"))
    saved = open_text(str(tmp_path / "several"), split="test")
    assert [document.text for document in saved.documents()] == ["one", "two"]
    with pytest.raises(TextError) as caught:
        list(open_text(str(tmp_path / "several")).documents())
    assert str(caught.value) == "'several' has no split 'train', it has 'test'. Name one of these splits."


def test_what_cannot_be_opened_is_one_line(tmp_path: Path, one_line: Any) -> None:
    with pytest.raises(TextError) as caught:
        list(open_text(str(_folder(tmp_path)), split="validation").documents())
    message = one_line(caught.value)
    assert message.startswith("the dataset 'corpus' cannot be opened: ")
    assert "test" in message and "validation" in message
    with pytest.raises(TextError) as caught:
        list(open_text("no-such-organisation/no-such-dataset").documents())
    message = one_line(caught.value)
    assert message.startswith("the dataset 'no-such-organisation/no-such-dataset' cannot be opened: ")
    assert message.endswith("Check its name, split and configuration and the network, or give a local file.")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(TextError) as caught:
        open_text(str(tmp_path))
    assert str(caught.value).endswith("is empty. Name a folder that holds texts or a dataset.")


def test_the_fingerprint_of_a_folder_changes_with_its_files(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    before = open_text(str(folder)).fingerprint
    assert before == open_text(str(folder)).fingerprint
    (folder / "train-1.parquet").unlink()
    assert open_text(str(folder)).fingerprint != before


def test_without_the_package_the_error_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_line: Any
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(TextError) as caught:
        list(open_text(str(_folder(tmp_path))).documents())
    assert one_line(caught.value) == (
        "reading the dataset 'corpus' needs the package 'datasets'. "
        "Install it with `pip install 'microtome[hub]'`, or give a local file."
    )


def test_hub_ids_may_carry_a_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def load_dataset(dataset: str, config: str | None, **options: Any) -> Any:
        asked.append((dataset, config, options["split"], options["revision"], options["streaming"]))
        return datasets.Dataset.from_dict({"text": ["one"]}).to_iterable_dataset()

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    source = open_text("org/name@v2", split="validation", config_name="en")
    assert [document.id for document in source.documents()] == ["org/name@v2#1"]
    assert asked == [("org/name", "en", "validation", "v2", True)]
    assert source.fingerprint == "dataset:org/name@v2:v2:en:validation:"
