"""Kill a training run with SIGKILL at random moments, resume it each time, and compare it with one that never stopped.

    python scripts/kill_and_resume.py --kills 20
    MICROTOME_KERNELS=cpu python scripts/kill_and_resume.py --selection int8      # with compiled kernels

Trains a dictionary on the `tiny` model twice: once without a stop, once killed at moments drawn uniformly over the run
(from the first line on the disk to the last), with a share aimed at the writing of a checkpoint. Weights, optimiser
state, metrics.jsonl, the evaluation and run.json must then be the same bytes. Prints every kill and the verdict; exits
with 1 on a difference.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

# Python modules whose source is the text: there on every machine, and read in a moment.
_TEXTS = ("argparse", "inspect", "typing", "ast", "subprocess", "tarfile", "zipfile", "doctest", "pydoc", "pickle")
_POLL_SECONDS = 0.005
# Where a moment is near that is over in a hundredth of a second.
_CLOSE_SECONDS = 0.0005
_ATTEMPT_SECONDS = 300.0
# How long after the first sign of a checkpoint being written a kill may come, at most.
_WRITING_SECONDS = 0.012
_SHARE_WRITING = 0.3


@dataclass(frozen=True)
class Moment:
    """A point in a run: `delay` seconds after event number `after`, or the next checkpoint's writing after it."""

    after: int
    delay: float
    writing: bool = False


@dataclass(frozen=True)
class Event:
    """Something that shows on the disk how far a run is: its folder, a checkpoint of `step`, the dictionaries."""

    name: str
    step: int
    seconds: float


@dataclass(frozen=True)
class Kill:
    """What a kill met: the last whole checkpoint's step, and what the run was doing."""

    aimed_at: str
    step: int
    during: str


@dataclass
class Watch:
    """A training process and what it has left on the disk so far."""

    process: subprocess.Popen[bytes]
    run: Path
    started: float = field(default_factory=time.perf_counter)

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.started

    def ended(self) -> bool:
        if self.elapsed > _ATTEMPT_SECONDS:
            self.process.kill()
            raise SystemExit(f"an attempt took more than {_ATTEMPT_SECONDS:.0f} s")
        return self.process.poll() is not None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def last_step(run: Path) -> int:
    """The step of the last whole checkpoint, 0 for none."""
    folder = run / "checkpoints"
    paths = list(folder.iterdir()) if folder.is_dir() else []
    return max((int(path.name) for path in paths if path.name.isdigit()), default=0)


def is_writing(run: Path) -> bool:
    """Whether a checkpoint is half written."""
    folder = run / "checkpoints"
    return folder.is_dir() and any(path.name.endswith(".partial") for path in folder.iterdir())


def status(run: Path) -> str:
    """What run.json says, or nothing when there is none."""
    path = run / "run.json"
    return str(json.loads(path.read_text())["status"]) if path.is_file() else ""


def doing(run: Path) -> str:
    """What a run was doing when it stopped, as its folder shows."""
    if not (run / "run.json").is_file():
        return "starting"
    if is_writing(run):
        return "writing a checkpoint"
    if (run / "dictionaries").is_dir():
        return "evaluating"
    return "training"


def start(arguments: list[str], run: Path, *, resume: bool) -> Watch:
    """`microtome train` in a process of its own."""
    command = [sys.executable, "-m", "microtome.cli", "train", *arguments, "--out", str(run)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    with open(run.with_suffix(".log"), "ab") as log:
        process = subprocess.Popen(
            [*command, *(["--resume"] if resume else [])], stdout=log, stderr=log, env=environment
        )
    return Watch(process, run)


def check_success(watch: Watch) -> None:
    if watch.process.returncode != 0:
        log = watch.run.with_suffix(".log").read_text(errors="replace")
        raise SystemExit(f"microtome train ended with {watch.process.returncode} by itself:\n{log[-3000:]}")


def uninterrupted(arguments: list[str], run: Path) -> list[Event]:
    """Run to the end, watching. Returns the events; the last is that run.json says finished."""
    watch, events = start(arguments, run, resume=False), []
    while not watch.ended():
        step = last_step(run)
        if not events and (run / "run.json").is_file():
            events.append(Event("begin", 0, watch.elapsed))
        elif events and step > events[-1].step:
            events.append(Event("checkpoint", step, watch.elapsed))
        elif events and events[-1].name == "checkpoint" and (run / "dictionaries").is_dir():
            events.append(Event("dictionaries", step, watch.elapsed))
        elif events and events[-1].name == "dictionaries" and status(run) == "finished":
            events.append(Event("end", step, watch.elapsed))
        time.sleep(_POLL_SECONDS)
    check_success(watch)
    return events


def draw_moments(events: list[Event], kills: int, generator: random.Random) -> list[Moment]:
    """`kills` moments in the order of the run: uniform over its time, a share at the writing of a checkpoint."""
    n_writing = round(_SHARE_WRITING * kills)
    checkpoints = [index for index, event in enumerate(events) if event.name == "checkpoint"]
    moments = [
        Moment(index - 1, generator.uniform(0, _WRITING_SECONDS), writing=True)
        for index in (generator.choice(checkpoints) for _ in range(n_writing))
    ]
    for _ in range(kills - n_writing):
        seconds = generator.uniform(events[0].seconds, events[-1].seconds)
        after = max(index for index, event in enumerate(events) if event.seconds <= seconds)
        moments.append(Moment(after, seconds - events[after].seconds))
    return sorted(moments, key=lambda m: (m.after, m.writing, m.delay))


def reached(run: Path, event: Event) -> bool:
    """Whether an event has happened in a run."""
    if event.name == "begin":
        return (run / "run.json").is_file()
    if event.name == "dictionaries":
        return (run / "dictionaries").is_dir()
    return last_step(run) >= event.step


def log_opened(run: Path) -> int:
    """When metrics.jsonl was last opened for writing: an attempt cuts it to its checkpoint's length as it begins."""
    path = run / "metrics.jsonl"
    return path.stat().st_mtime_ns if path.is_file() else 0


def kill_at(watch: Watch, moment: Moment, events: list[Event]) -> bool:
    """Wait for the moment and kill. False when the process ended first."""
    event = events[moment.after]
    stale, opened = is_writing(watch.run), log_opened(watch.run)
    # An event that happened in an earlier attempt is followed by the rest of the run when this one begins to train.
    again = reached(watch.run, event)
    while not (log_opened(watch.run) != opened if again else reached(watch.run, event)):
        if watch.ended():
            return False
        time.sleep(_POLL_SECONDS)
    due = watch.elapsed + moment.delay
    if moment.writing:
        while stale and is_writing(watch.run) and not watch.ended():
            time.sleep(_POLL_SECONDS)
        while not is_writing(watch.run):
            if watch.ended():
                return False
        due = watch.elapsed + moment.delay
    while watch.elapsed < due:
        if watch.ended():
            return False
        time.sleep(_CLOSE_SECONDS if moment.writing else _POLL_SECONDS)
    if watch.ended():
        return False
    watch.kill()
    return True


def killed_run(arguments: list[str], run: Path, moments: list[Moment], events: list[Event]) -> list[Kill]:
    """Train into `run`, killed at each of `moments` and resumed, until it finishes. Returns the kills that met it.

    A kill that comes while the report is written is none: the run has finished.
    """
    kills: list[Kill] = []
    for number, moment in enumerate(moments):
        watch = start(arguments, run, resume=number > 0)
        if not kill_at(watch, moment, events):
            check_success(watch)
            break
        if status(run) == "finished":
            break
        at = f"{'the checkpoint' if moment.writing else f'{moment.delay:.2f} s'} after {events[moment.after].name}"
        kills.append(Kill(f"{at} {events[moment.after].step}", last_step(run), doing(run)))
    if status(run) != "finished":
        watch = start(arguments, run, resume=bool(kills))
        while not watch.ended():
            time.sleep(0.02)
        check_success(watch)
    return kills


def comparable(run: Path) -> dict[str, bytes]:
    """Everything a finished run holds that must not depend on where it was stopped: all but the older checkpoint."""
    older = [f"checkpoints/{path.name}/" for path in sorted((run / "checkpoints").iterdir())[:-1]]
    files = {str(path.relative_to(run)): path for path in sorted(run.rglob("*")) if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name != "report.html" and not any(name.startswith(folder) for folder in older)
    }


def differences(whole: Path, killed: Path) -> list[str]:
    """Names of the files that one of the runs lacks or that differ in a byte."""
    a, b = comparable(whole), comparable(killed)
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


def write_text(path: Path) -> None:
    """A small text for `tiny`, in many documents."""
    with open(path, "w") as file:
        for name in _TEXTS:
            spec = importlib.util.find_spec(name)
            assert spec is not None and spec.origin is not None
            source = Path(spec.origin).read_text()
            for first in range(0, len(source), 2000):
                file.write(json.dumps({"text": source[first : first + 2000]}) + "\n")


def default_arguments(text: Path, *, tokens: int = 40_000, selection: str = "auto") -> list[str]:
    """Options of a run with learnt thresholds, AuxK and several windows, small enough to repeat often."""
    return [
        *("--model", "tiny", "--text", str(text), "--site", "2.mlp_out", "--latents", "1024", "--l0", "8"),
        *("--sparsifier", "batchtopk,jumprelu", "--tokens", str(tokens), "--batch-tokens", "256"),
        *("--buffer-tokens", "6000", "--checkpoint-every", str(tokens // 20)),
        *("--eval-tokens", "2000", "--eval-loss-tokens", "500", "--selection", selection),
    ]


def compare(
    folder: Path, kills: int, seed: int, *, tokens: int = 40_000, selection: str = "auto"
) -> tuple[list[Kill], list[str]]:
    """Make both runs below `folder`. Returns the kills and the names of differing files.

    Where a killed run finishes before its last moments came (machines are not equally fast all the time), another one
    is killed at the moments that are left.
    """
    text = folder / "text.jsonl"
    write_text(text)
    arguments = default_arguments(text, tokens=tokens, selection=selection)
    events = uninterrupted(arguments, folder / "whole")
    moments = draw_moments(events, kills, random.Random(seed))
    made: list[Kill] = []
    differing: list[str] = []
    for attempt in range(5):
        if len(made) == kills:
            break
        run = folder / f"killed-{attempt}"
        made += killed_run(arguments, run, moments[len(made) :], events)
        differing += differences(folder / "whole", run)
    return made, differing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--selection", default="auto", help="of `microtome train`")
    parser.add_argument("--keep", type=Path, help="keep the runs in this new folder")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="kill-and-resume-"))
    folder.mkdir(exist_ok=True, parents=True)
    started = time.perf_counter()
    kills, differing = compare(folder, options.kills, options.seed, selection=options.selection)
    print(f"{'kill':>4}  {'last checkpoint':>15}  {'during':<22} aimed at")
    for number, kill in enumerate(kills, start=1):
        print(f"{number:4}  {kill.step:15}  {kill.during:<22} {kill.aimed_at}")
    files = comparable(folder / "whole")
    print(
        f"{len(kills)} kills, {len(files)} files of {sum(map(len, files.values())):,} bytes compared, "
        f"{time.perf_counter() - started:.0f} s"
    )
    print("DIFFERENT: " + ", ".join(differing) if differing else "identical, byte for byte")
    if options.keep is None:
        shutil.rmtree(folder)
    return 1 if differing or len(kills) < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
