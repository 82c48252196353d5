"""A store is built where the language model runs: there as here, to the byte."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import Dictionary
from microtome.latents import LatentStore, build_stores, directions
from microtome.models import LanguageModel, precision
from tests.elsewhere import PLACE, Elsewhere, There
from tests.latents.conftest import SETTINGS, Maker
from tests.latents.test_building import Stop, StopAfter, same_files

TOKENS = 1500


def built_elsewhere(run: Any, lm: LanguageModel, monkeypatch: pytest.MonkeyPatch, watcher: Any) -> list[LatentStore]:
    monkeypatch.setattr(precision, "learning_device", lambda device: PLACE)
    with Elsewhere():
        return build_stores(run, tokens=TOKENS, config=SETTINGS, model=lm, watcher=watcher)


@pytest.mark.parametrize("site", ["1.mlp_out", "1.mlp_act"])
def test_a_store_built_elsewhere_is_the_one_built_here(
    site: str, lm: LanguageModel, make_run: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("topk", "batchtopk", "jumprelu", "relu", "gated")
    runs = [make_run(*names, site=site, latents=96) for _ in range(2)]
    here = build_stores(runs[0], tokens=TOKENS, config=SETTINGS, model=lm)
    # Everything that is more than a lookup took place there: encoding, near misses, cosines, logits.
    places: dict[str, set[type]] = {"encode": set(), "pre_activations": set(), "ends": set()}

    def spied(owner: Any, name: str, key: str) -> None:
        own = getattr(owner, name)

        def spy(*args: Any, **rest: Any) -> Any:
            places[key].update(type(a.data) for a in args if isinstance(a, Tensor))
            return own(*args, **rest)

        monkeypatch.setattr(owner, name, spy)

    spied(Dictionary, "encode", "encode")
    spied(Dictionary, "pre_activations", "pre_activations")
    spied(directions, "_ends", "ends")
    watcher = StopAfter(-1)
    there = built_elsewhere(runs[1], lm, monkeypatch, watcher)
    assert set.union(*places.values()) == {There} and all(places.values())
    for one, other in zip(here, there, strict=True):
        same_files(one.path, other.path)
    assert any(" MiB of memory and " in note and " MiB of meta memory beside" in note for note in watcher.notes)


def test_a_build_stopped_elsewhere_goes_on_there(
    lm: LanguageModel, make_run: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [make_run("topk", latents=96) for _ in range(2)]
    (here,) = build_stores(runs[0], tokens=TOKENS, config=SETTINGS, model=lm)
    with pytest.raises(Stop):
        built_elsewhere(runs[1], lm, monkeypatch, StopAfter(3))
    (there,) = built_elsewhere(runs[1], lm, monkeypatch, StopAfter(-1))
    same_files(here.path, there.path)


def test_dictionaries_are_put_where_a_gpu_is() -> None:
    asked = {name: str(precision.learning_device(torch.device(name))) for name in ("cuda:1", "cpu", "mps")}
    assert asked == {"cuda:1": "cuda:1", "cpu": "cpu", "mps": "cpu"}
