"""Of a long text a short run tokenises a part, and a resumed run the part it began with."""

from __future__ import annotations

from typing import Any

import pytest

from microtome.activations import SHARD_TOKENS, ModelActivations
from microtome.models import LanguageModel
from microtome.text.builtin import PythonDocs
from microtome.training import TrainingConfig
from microtome.training.assemble import assemble


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
