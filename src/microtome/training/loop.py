"""The training loop: windows of activations in, dictionaries out, and a checkpoint to continue from at any moment.

Every number that reaches the disk is a pure function of the config. Batches come from (seed, window), windows from
(source, seed, index), and the state between two steps is in the checkpoint; so a run that was killed and resumed writes
the same bytes as one that never stopped.
"""

from __future__ import annotations

import hashlib
import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from microtome.activations import (
    NOT_FINITE_CURE,
    ActivationSource,
    ModelActivations,
    Normalisation,
    Window,
    WindowsAhead,
    batch_rows,
)
from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.errors import DivergenceError, ResumeError
from microtome.evaluation import ReconstructionMetrics
from microtome.kernels import Workspace
from microtome.training.checkpoint import Checkpoint, list_checkpoints, load_checkpoint, save_checkpoint
from microtome.training.config import TrainingConfig
from microtome.training.initialise import initialise
from microtome.training.loggers import Logger, make_loggers
from microtome.training.run import MetricsLog, Run
from microtome.training.step import LOOK_EVERY, DictionaryTrainer, StepResult

# Rows of the first window on which mean and scale are measured.
_NORMALISATION_ROWS = 2**16
# Of these, the first that initial weights are made from: many rows for each coefficient of a transcoder's linear map.
_INITIAL_ROWS = 2**14
# A loss this far above the one of always predicting the mean (which is 1) will not come back.
_EXPLODED = 100.0
# Lines per dictionary in metrics.jsonl, and measurements on held-out activations, over a whole run.
_LOGGED, _PROBED = 200, 20
# Pre-activations of the probe that are in memory at a time. What a choice asks of the weights it asks of each part.
_PROBE_ENTRIES, _PROBE_ROWS = 2**24, 512


@dataclass(frozen=True)
class Job:
    """One dictionary to train: its name, its columns in the source, its shape."""

    name: str
    column_in: str
    column_out: str
    shape: DictionaryConfig


@dataclass
class Progress:
    """What the bar shows. `waiting` is the share of time spent waiting for activations."""

    tokens: int
    total_tokens: int
    tokens_per_second: float
    waiting: float
    latest: Mapping[str, StepResult]


@dataclass
class _State:
    trainers: dict[str, DictionaryTrainer] = field(default_factory=dict)
    scales: dict[str, Normalisation] = field(default_factory=dict)
    step: int = 0
    tokens: int = 0
    window: int = 0
    batch: int = 0
    excluded: int = 0
    log_bytes: int = 0


class Interrupted(Exception):
    """Ctrl-C or SIGTERM arrived and a checkpoint was written."""


class _StopCollectingError(Exception):
    """A stop was asked for while a window of activations was being made."""


class TrainingLoop:
    """Trains all jobs of a run from one source, from the last checkpoint if there is one."""

    def __init__(
        self,
        run: Run,
        config: TrainingConfig,
        source: ActivationSource,
        jobs: list[Job],
        probe: Window,
        *,
        selections: Mapping[str, str],
        device: torch.device = torch.device("cpu"),
        report: Callable[[Progress], None] = lambda progress: None,
        collecting: Callable[[int, int], None] = lambda done, total: None,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.run, self.config, self.source, self.jobs, self.probe = run, config, source, jobs, probe
        self.selections, self.device, self.workspace = selections, device, Workspace()
        self.report, self.collecting, self.note = report, collecting, note
        self.loggers: list[Logger] = []
        self.state = _State()
        self.stop_requested = False
        self._waits = self._left = False
        self._waiting = 0.0
        self._tokens_at_start = 0

    def train(self) -> dict[str, Dictionary]:
        """Run to the end. Returns the finished dictionaries by name, for raw activations.

        Raises `Interrupted` after Ctrl-C (a checkpoint was written), `DivergenceError` for NaN or an exploding loss
        (the last checkpoint stays as it was).
        """
        self.run.clean()
        self._restore()
        log = MetricsLog(self.run.metrics_file, keep_bytes=self.state.log_bytes)
        self._tokens_at_start = self.state.tokens
        self.loggers = make_loggers(self.config.loggers, self.run.path, self.config.to_json(), tokens=self.state.tokens)
        started = time.perf_counter()
        latest: dict[str, StepResult] = {}
        every = self.config.checkpoint_every or max(1, self.config.tokens // 10)
        try:
            windows = self.source.windows(self.state.window)
            with _interrupts(self._request_stop), WindowsAhead(windows) as ahead, self._leaving():
                for rows in self._batches(ahead):
                    latest = self._step(rows, log)
                    if self.state.tokens // every > (self.state.tokens - len(rows[0])) // every:
                        self._checkpoint(log)
                    if self._looks() or self.state.tokens >= self.config.tokens:
                        self._show(latest, started)
            if self.state.trainers:
                self._checkpoint(log)
            if self.state.tokens < self.config.tokens:
                raise Interrupted
        finally:
            log.close()
            for logger in self.loggers:
                logger.close()
        return {job.name: self._folded(job) for job in self.jobs}

    def _request_stop(self) -> None:
        self.stop_requested = True

    @contextmanager
    def _leaving(self) -> Iterator[None]:
        """Whatever ends training also ends the making of a window that nobody will look at."""
        try:
            yield
        finally:
            self._left = True

    def _batches(self, windows: WindowsAhead) -> Iterator[tuple[Tensor, Window]]:
        """(row numbers, their window) for every step that is left; keeps the data cursor in the state.

        Ends early when a stop was asked for, after a step or while a window is made.
        """
        state, total = self.state, self.config.tokens
        if state.tokens >= total:
            return
        if isinstance(self.source, ModelActivations):
            self.source.on_progress = self._collect
        while True:
            started, self._waits = time.perf_counter(), True
            try:
                window = windows.next()
            except _StopCollectingError:
                return
            finally:
                self._waits = False
            self._waiting += time.perf_counter() - started
            if not state.trainers:
                self._begin(window)
            if state.batch == 0:
                state.excluded += window.excluded
            batches = batch_rows(
                window.n_rows, seed=self.config.seed, window=window.index, batch_tokens=self.config.batch_tokens
            )
            if self._makes_ahead() and state.tokens + sum(map(len, batches[state.batch :])) < total:
                windows.begin()
            for number in range(state.batch, len(batches)):
                # Never cut short to hit the total exactly: a batch of a few rows would be a step unlike all others.
                rows = batches[number]
                state.tokens += len(rows)
                is_last = number + 1 == len(batches)
                state.window, state.batch = (window.index + 1, 0) if is_last else (window.index, number + 1)
                yield rows, window
                if state.tokens >= total or self.stop_requested:
                    return

    def _makes_ahead(self) -> bool:
        # Arrays are read in no time, and a caller's own iterator may not like another thread. A single processor can
        # only do one thing or the other.
        several = self.device.type == "cuda" or torch.get_num_threads() > 1
        return isinstance(self.source, ModelActivations) and several

    def _collect(self, done: int, total: int) -> None:
        if self.stop_requested or self._left:
            raise _StopCollectingError
        if self._waits:
            self.collecting(done, total)

    def _begin(self, window: Window) -> None:
        """Measure the scales and set the initial weights, from the first window."""
        self.state.scales = {
            name: Normalisation.measure(value[:_NORMALISATION_ROWS], name=name).to(self.device)
            for name, value in window.columns.items()
        }
        self._make_trainers()
        for job in self.jobs:
            x, y = (self._normalised(window, c, slice(_INITIAL_ROWS)) for c in (job.column_in, job.column_out))
            # From what it is, so that a dictionary trained in a sweep is the one trained alone.
            what = f"{self.config.seed} {job.column_in} {job.column_out} {job.shape}"
            seed = int.from_bytes(hashlib.sha256(what.encode()).digest()[:7])
            initialise(self.state.trainers[job.name].dictionary, x, y, seed=seed)

    def _normalised(self, window: Window, column: str, rows: Tensor | slice) -> Tensor:
        raw_ND = window.columns[column]
        if isinstance(rows, Tensor):
            rows = rows.to(raw_ND.device, non_blocking=True)
        return self.state.scales[column].apply(raw_ND[rows].to(self.device, non_blocking=True))

    def _make_trainers(self) -> None:
        for job in self.jobs:
            self.state.trainers[job.name] = DictionaryTrainer(
                Dictionary(job.shape).to(self.device),
                self.config.optimiser,
                total_tokens=self.config.tokens,
                variance=self.state.scales[job.column_out].variance,
                selection=self.selections[job.name],
                workspace=self.workspace,
            )

    def _step(self, batch: tuple[Tensor, Window], log: MetricsLog) -> dict[str, StepResult]:
        rows, window = batch
        state, total = self.state, self.config.tokens
        normalised = {name: self._normalised(window, name, rows) for name in window.columns}
        state.step += 1
        results = {}
        for job in self.jobs:
            result = state.trainers[job.name].step(normalised[job.column_in], normalised[job.column_out])
            results[job.name] = result
        if self._looks():
            for job in self.jobs:
                self._refuse_divergence(job, results[job.name], window)
        before = state.tokens - len(rows)
        if _crossed(before, state.tokens, total, _LOGGED):
            for job in self.jobs:
                result = results[job.name]
                row: dict[str, Any] = {
                    "dictionary": job.name,
                    "step": state.step,
                    "tokens": state.tokens,
                    "loss": result.loss,
                    "batch_fvu": result.fvu,
                    "batch_l0": result.l0,
                    "dead": result.dead_fraction,
                    "lr": result.lr,
                }
                if result.sparsity is not None:
                    row["sparsity"] = result.sparsity
                if _crossed(before, state.tokens, total, _PROBED):
                    row["held_out"] = self._probe(job)
                log.write(row)
                for logger in self.loggers:
                    logger.log(row)
        return results

    def _probe(self, job: Job) -> dict[str, float | None]:
        """Metrics on the held-out probe with the deployed rule, by the code that evaluates finished dictionaries."""
        dictionary, scales = self.state.trainers[job.name].dictionary, self.state.scales
        x_ND, y_ND = self.probe.columns[job.column_in], self.probe.columns[job.column_out].float()
        meter = ReconstructionMetrics(job.shape.latents)
        out = scales[job.column_out]
        rows = max(_PROBE_ROWS, _PROBE_ENTRIES // job.shape.latents)
        for raw_nD, y_nD in zip(x_ND.split(rows), y_ND.split(rows), strict=True):
            with torch.no_grad():
                x_nD = scales[job.column_in].apply(raw_nD.to(self.device))
                codes = dictionary.encode(x_nD)
                meter.update(y_nD, dictionary.decode(codes, x_nD) * out.scale + out.mean_D, codes)
        values = meter.result().values
        return {key: values[key] for key in ("fvu", "cosine", "l0", "dense_fraction")}

    def _looks(self) -> bool:
        """Whether results of this step are looked at, for which a GPU would be waited for."""
        return self.device.type == "cpu" or self.state.step % LOOK_EVERY == 0

    def _refuse_divergence(self, job: Job, result: StepResult, window: Window) -> None:
        if math.isfinite(result.loss) and result.fvu < _EXPLODED:
            return
        bad = [c for c in (job.column_in, job.column_out) if not bool(torch.isfinite(window.columns[c]).all())]
        raise self._divergence(job, f"loss {result.loss:g}", bad)

    def _divergence(self, job: Job, what: str, bad: list[str]) -> DivergenceError:
        kept = list_checkpoints(self.run.checkpoints)
        last = f"the checkpoint of step {int(kept[-1].name)} is kept" if kept else "no checkpoint had been written"
        if bad:
            cause, cure = f"the activations at {bad[0]} hold NaN or infinity", NOT_FINITE_CURE
        else:
            cause = f"the learning rate {self.config.optimiser.lr:g} is likely too high"
            cure = "Begin again with a lower --lr"
        return DivergenceError(
            f"training {job.name} diverged at step {self.state.step} ({what}): {cause}; {last}", cure=cure
        )

    def _show(self, latest: dict[str, StepResult], started: float) -> None:
        elapsed = max(time.perf_counter() - started, 1e-9)
        speed = (self.state.tokens - self._tokens_at_start) / elapsed
        self.report(Progress(self.state.tokens, self.config.tokens, speed, self._waiting / elapsed, latest))

    def _checkpoint(self, log: MetricsLog) -> None:
        state = self.state
        for job in self.jobs:
            # The loss is looked at before its own update, which may be what broke the weights.
            if not all(bool(torch.isfinite(p).all()) for p in state.trainers[job.name].dictionary.parameters()):
                raise self._divergence(job, "its weights are no longer finite", [])
        state.log_bytes = log.sync()
        tensors: dict[str, Tensor] = {}
        numbers: dict[str, Any] = {
            "cursor": {k: getattr(state, k) for k in ("step", "tokens", "window", "batch", "excluded", "log_bytes")},
            "scales": {n: {"scale": s.scale, "variance": s.variance} for n, s in state.scales.items()},
            "trainers": {},
        }
        for name, scale in state.scales.items():
            tensors[f"mean|{name}"] = scale.mean_D
        for name, trainer in state.trainers.items():
            own_tensors, numbers["trainers"][name] = trainer.state()
            tensors.update({f"trainer|{name}|{key}": value for key, value in own_tensors.items()})
        save_checkpoint(self.run.checkpoints, Checkpoint(state.step, tensors, numbers))

    def _restore(self) -> None:
        """Continue from the last checkpoint, if there is one."""
        kept = list_checkpoints(self.run.checkpoints)
        if not kept:
            if self.run.metrics_file.is_file():
                self.note("there is no checkpoint to continue from: the run begins anew")
            return
        checkpoint = load_checkpoint(kept[-1])
        self.note(f"continuing after step {checkpoint.step}")
        numbers, tensors = checkpoint.numbers, checkpoint.tensors
        if set(numbers["trainers"]) != {job.name for job in self.jobs}:
            raise ResumeError(
                f"'{kept[-1]}' holds {', '.join(numbers['trainers'])}, "
                f"the run asks for {', '.join(j.name for j in self.jobs)}",
                cure="Resume with the config the run was begun with",
            )
        self.state = _State(**numbers["cursor"])
        self.state.scales = {
            name: Normalisation(tensors[f"mean|{name}"], s["scale"], s["variance"]).to(self.device)
            for name, s in numbers["scales"].items()
        }
        self._make_trainers()
        for name, trainer in self.state.trainers.items():
            prefix = f"trainer|{name}|"
            own = {key.removeprefix(prefix): t for key, t in tensors.items() if key.startswith(prefix)}
            trainer.load_state(own, numbers["trainers"][name], origin=str(kept[-1]))

    def _folded(self, job: Job) -> Dictionary:
        import copy

        dictionary = copy.deepcopy(self.state.trainers[job.name].dictionary).requires_grad_(False)
        scale_in, scale_out = self.state.scales[job.column_in], self.state.scales[job.column_out]
        dictionary.fold(
            mean_in=scale_in.mean_D, scale_in=scale_in.scale, mean_out=scale_out.mean_D, scale_out=scale_out.scale
        )
        return dictionary.cpu()


def _crossed(before: int, now: int, total: int, parts: int) -> bool:
    """Whether one of `parts` equal divisions of the run lies in (before, now]; the end always does."""
    return now * parts // total > before * parts // total


@contextmanager
def _interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM calls `stop`; a second one acts as usual. Outside the main thread: nothing."""
    previous: dict[signal.Signals, Any] = {}

    def handle(number: int, frame: Any) -> None:
        stop()
        signal.signal(number, previous[signal.Signals(number)])

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            previous[number] = signal.signal(number, handle)
    except ValueError:  # not the main thread: the caller's signals are not ours to take
        previous = {}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
