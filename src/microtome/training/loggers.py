"""Metrics to Weights & Biases or TensorBoard, when asked; metrics.jsonl is written in any case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from microtome.errors import ConfigError


class Logger(Protocol):
    """Takes the rows of metrics.jsonl as they are written."""

    def log(self, row: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


def make_loggers(names: tuple[str, ...], run_path: Path, config: Mapping[str, Any], *, tokens: int) -> list[Logger]:
    """The loggers called `names`, for a run trained on `tokens` so far.

    Raises `ConfigError` for one whose package is not installed.
    """
    made: list[Logger] = []
    for name in names:
        try:
            made.append(
                WandbLogger(run_path, config) if name == "wandb" else TensorBoardLogger(run_path, tokens=tokens)
            )
        except ImportError:
            raise ConfigError(
                f"--log {name} needs the package '{name}', which is not installed",
                cure=f"Run: pip install 'microtome[{name}]'",
            ) from None
    return made


def _flat(row: Mapping[str, Any]) -> dict[str, float]:
    """Numbers of a row under `dictionary/key`, nested ones under `dictionary/part/key`."""
    flat = {}
    for key, value in row.items():
        nested = value.items() if isinstance(value, Mapping) else [(None, value)]
        for inner, number in nested:
            if isinstance(number, (int, float)):
                flat["/".join(str(p) for p in (row["dictionary"], key, inner) if p is not None)] = float(number)
    return flat


class WandbLogger:
    """One wandb run; WANDB_MODE=offline works as usual. Files go below the run folder."""

    def __init__(self, run_path: Path, config: Mapping[str, Any]) -> None:
        import wandb

        folder = run_path / "wandb"
        folder.mkdir(exist_ok=True)
        # The same id for the same folder, so that a resumed run goes on in the same place.
        identity = hashlib.sha256(str(run_path.resolve()).encode()).hexdigest()[:16]
        self._run = wandb.init(
            project="microtome", name=run_path.name, id=identity, dir=str(folder), config=dict(config), resume="allow"
        )

    def log(self, row: Mapping[str, Any]) -> None:
        self._run.log({**_flat(row), "tokens": row["tokens"]})

    def close(self) -> None:
        self._run.finish()


class TensorBoardLogger:
    """TensorBoard scalars below `RUN/tensorboard`, by number of tokens."""

    def __init__(self, run_path: Path, *, tokens: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        # What an interrupted attempt wrote after its last checkpoint is about to be written again.
        self._writer = SummaryWriter(str(run_path / "tensorboard"), purge_step=tokens + 1 if tokens else None)

    def log(self, row: Mapping[str, Any]) -> None:
        for key, value in _flat(row).items():
            self._writer.add_scalar(key, value, global_step=row["tokens"])

    def close(self) -> None:
        self._writer.close()
