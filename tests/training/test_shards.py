"""Of a long text in random order a short run tokenises a part, and a resumed run the part it began with."""

from __future__ import annotations

import inspect
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from microtome.activations import SHARD_TOKENS, ModelActivations, shard_for, sources
from microtome.models import LanguageModel
from microtome.text import TextSource, open_text
from microtome.text.builtin import PythonDocs
from microtome.training import Interrupted, TrainingConfig, train
from microtome.training.assemble import assemble
from tests.training.stopping import StopAt


@pytest.fixture(scope="module")
def tiny() -> LanguageModel:
    return LanguageModel.load("tiny", dtype="float32")


def source(tiny: LanguageModel, tokens: int, begun: dict[str, Any] | None = None) -> ModelActivations:
    asked = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("1.mlp_out",),
        latents=(64,),
        tokens=tokens,
        batch_tokens=256,
        buffer_tokens=1000,
        eval_tokens=300,
    )
    found = assemble(asked, model=tiny, begun=begun).source
    assert isinstance(found, ModelActivations)
    return found


def test_a_short_run_reads_a_part_of_a_long_text(tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    found, read = source(tiny, 2000), []
    documents = PythonDocs._read

    def counted(self: PythonDocs) -> Any:
        for document in documents(self):
            read.append(document)
            yield document

    monkeypatch.setattr(PythonDocs, "_read", counted)
    window = next(iter(found.windows(0)))
    assert window.n_rows >= 900
    in_all = sum(1 for _ in documents(PythonDocs()))
    assert 0 < len(read) < in_all / 2


@pytest.mark.parametrize(("tokens", "shard"), [(2000, 2**18), (100_000, 1_600_000), (10**7, SHARD_TOKENS)])
def test_a_run_keeps_its_shards(tiny: LanguageModel, tokens: int, shard: int) -> None:
    first = source(tiny, tokens)
    facts = {"dtype": "float32", "data": {"source": first.identity()}}
    assert first.shard_tokens == shard == source(tiny, tokens, facts).shard_tokens
    # Runs that were begun when all shards were of one size do not name it.
    assert ("shard_tokens" in first.identity()) == (shard != SHARD_TOKENS)
    before = {key: value for key, value in first.identity().items() if key != "shard_tokens"}
    older = source(tiny, tokens, {"dtype": "float32", "data": {"source": before}})
    assert older.shard_tokens == SHARD_TOKENS and older.identity() == before


def test_only_of_a_text_in_random_order_is_a_beginning_enough(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\nTwo.")
    for spec in (str(tmp_path / "a.txt"), f"{tmp_path / 'a.txt'},builtin:python-docs"):
        assert shard_for(open_text(spec), 2000) == SHARD_TOKENS
    assert shard_for(open_text("builtin:python-docs"), 2000) == 2**18


def test_a_run_begun_when_all_shards_were_of_one_size_goes_on_as_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: LanguageModel
) -> None:
    text = tmp_path / "text.jsonl"
    pieces = inspect.getsource(json.decoder) + inspect.getsource(signal) + inspect.getsource(inspect)[:60_000]
    lines = (json.dumps({"text": pieces[at : at + 500]}) for at in range(0, len(pieces), 500))
    text.write_text("\n".join(lines))
    asked = TrainingConfig(
        model="tiny",
        text=str(text),
        sites=("1.mlp_out",),
        latents=(64,),
        l0s=(8.0,),
        context=64,
        tokens=3000,
        batch_tokens=256,
        buffer_tokens=1000,
        eval_tokens=300,
        eval_loss_tokens=0,
    )

    with monkeypatch.context() as older:
        older.setattr(sys.modules[assemble.__module__], "shard_for", lambda text, tokens: SHARD_TOKENS)
        train(asked, tmp_path / "whole", model=tiny)
        with pytest.raises(Interrupted):
            train(asked, tmp_path / "cut", model=tiny, watcher=StopAt(1201))
    monkeypatch.setattr(TextSource, "mixed", True)
    monkeypatch.setattr(sources, "_LEAST_SHARD", 4096)
    monkeypatch.setattr(sources, "_READ_PER_TOKEN", 1)
    train(asked, tmp_path / "cut", model=tiny, resume=True)
    train(asked, tmp_path / "now", model=tiny)
    whole, cut, now = ((tmp_path / name / "metrics.jsonl").read_bytes() for name in ("whole", "cut", "now"))
    assert whole == cut != now
