"""A small run of `tiny` for the benchmarks that look at one."""

from __future__ import annotations

from pathlib import Path

import pytest

from microtome.training import TrainingConfig, train


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("2.mlp_out",),
        latents=(128,),
        l0s=(8.0,),
        tokens=6000,
        batch_tokens=512,
        buffer_tokens=3000,
        eval_tokens=4000,
        eval_loss_tokens=300,
    )
    return train(config, tmp_path_factory.mktemp("benchmark") / "run").path
