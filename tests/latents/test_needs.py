"""What a build says of the room it takes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from microtome.evaluation import Placed
from microtome.latents.builder import Job, state_needs
from microtome.latents.config import StoreConfig
from microtome.sites import Site
from tests.formats.conftest import random_dictionary


@pytest.mark.parametrize(("l0", "room"), [(4.0, "about 0 MiB"), (float("nan"), "an unknown amount")])
def test_an_unknown_l0_is_said(l0: float, room: str, tmp_path: Path) -> None:
    site = Site(0, "mlp_out")
    job = Job("x", Placed(random_dictionary("sae", "relu", l0=l0), site, site), "")
    blocks: Any = SimpleNamespace(tokens=np.zeros((2, 8), np.int64), n_usable=14)
    model: Any = SimpleNamespace(vocab_size=61, d_model=8)
    said: list[str] = []
    watcher: Any = SimpleNamespace(note=said.append)
    state_needs([job], model, blocks, StoreConfig(), tmp_path, watcher)
    assert len(said) == 1 and said[0].endswith(f" of memory beside the models, {room} of disk while building")
