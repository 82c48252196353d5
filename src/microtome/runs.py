"""A run: the folder that holds what one training produced.

RUN/run.json                 config, model, text, versions, dictionaries, status
RUN/metrics.jsonl            one line per dictionary and logged step; no clock times, so a resumed run writes the same
RUN/checkpoints/NNNNNNNNN/   the last two states, named by step
RUN/dictionaries/NAME/       the finished dictionaries, for raw activations
RUN/evaluations/NAME.json    their metrics on held-out text, NAME.safetensors the arrays per latent
RUN/latents/NAME/            what each of its latents means
RUN/report.html              all of it, to look at
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtome.artifacts import partial_name, read_json, remove_partial, write_json
from microtome.dictionaries import Dictionary, load_dictionary
from microtome.errors import ArtifactError, ResumeError
from microtome.locks import alone, is_busy

if TYPE_CHECKING:
    from microtome.report.plots import Plots

SCHEMA, VERSION = "microtome.run", 1


@dataclass(frozen=True)
class Run:
    """A run folder, for reading and writing."""

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """An existing run, or one made beside the working folder of a dictionary in any other format.

        Raises `ArtifactError` when there is neither, or a run of a newer layout.
        """
        run = cls(Path(path))
        if not (run.path / "run.json").is_file():
            from microtome.training.adopt import adopted_here

            if (adopted := adopted_here(path)) is not None:
                return adopted
            raise ArtifactError(
                f"'{path}' is not a run: it has no run.json",
                cure="Give the folder that 'microtome train --out' wrote",
            )
        facts = run.facts
        if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
            raise ArtifactError(f"'{path}/run.json' is not of schema {SCHEMA}", cure="Give a run folder")
        if facts.get("schema_version", 0) > VERSION:
            raise ArtifactError(
                f"'{path}' was written by a newer microtome ({facts.get('microtome')})", cure="Upgrade microtome"
            )
        return run

    @classmethod
    def create(cls, path: str | Path, facts: dict[str, Any]) -> Run:
        """A new run. Refuses a folder that holds anything already."""
        path = Path(path)
        refuse_occupied(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArtifactError(
                f"the run folder '{path}' cannot be made ({error.strerror})", cure="Choose another --out"
            ) from error
        run = cls(path)
        run.write_facts(facts)
        return run

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json says."""
        return read_json(self.path / "run.json")  # type: ignore[no-any-return]

    def write_facts(self, facts: dict[str, Any]) -> None:
        import microtome

        write_json(
            self.path / "run.json",
            {**facts, "schema": SCHEMA, "schema_version": VERSION, "microtome": microtome.__version__},
        )

    @property
    def finished(self) -> bool:
        return bool(self.facts.get("status") == "finished")

    @property
    def status(self) -> str:
        """`finished`; `training` while a process trains or measures it; `stopped` where none does any more."""
        # Looked at first: a process that ends in between has said so in run.json by then.
        busy = is_busy(self.path)
        if self.finished:
            return "finished"
        return "training" if busy else "stopped"

    def training_alone(self) -> AbstractContextManager[None]:
        """Within this no other process trains into the run. Raises `ResumeError` where one does."""
        busy = ResumeError(f"another process is training '{self.path}'", cure="Wait until it is done, or stop it first")
        return alone(self.path, busy)

    @property
    def names(self) -> list[str]:
        """Names of the run's dictionaries, in the order they were asked for."""
        return [entry["name"] for entry in self.facts["dictionaries"]]

    def entry(self, name: str) -> dict[str, Any]:
        """What run.json says of one dictionary: name, site_in, site_out, kind, sparsifier, l0, latents."""
        for entry in self.facts["dictionaries"]:
            if entry["name"] == name:
                return entry  # type: ignore[no-any-return]
        raise ArtifactError(
            f"'{self.path}' has no dictionary '{name}', it has {', '.join(self.names)}", cure="Give one of these"
        )

    def dictionary_path(self, name: str) -> Path:
        return self.path / "dictionaries" / name

    def dictionary(self, name: str) -> Dictionary:
        """A finished dictionary, checked against its manifest."""
        self.entry(name)
        if not self.dictionary_path(name).is_dir():
            raise ArtifactError(
                f"the run '{self.path}' has not finished: '{name}' is not there yet",
                cure="Let it finish with 'microtome train --resume'",
            )
        return load_dictionary(self.dictionary_path(name))[0]

    @property
    def plots(self) -> Plots:
        """Its figures: `run.plots.curves()`."""
        from microtome.report.plots import Plots

        return Plots(self)

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def metrics_file(self) -> Path:
        return self.path / "metrics.jsonl"

    def metrics(self) -> list[dict[str, Any]]:
        """Every complete line of metrics.jsonl."""
        if not self.metrics_file.is_file():
            return []
        lines = self.metrics_file.read_bytes().split(b"\n")[:-1]
        try:
            return [json.loads(line) for line in lines]
        except json.JSONDecodeError as error:
            raise ArtifactError(
                f"'{self.metrics_file}' is not readable ({error})", cure="Restore it from a copy"
            ) from None

    def clean(self) -> None:
        """Remove what an interrupted write left behind."""
        for folder in (self.path, self.checkpoints, self.path / "dictionaries", self.path / "evaluations"):
            if folder.is_dir():
                remove_partial(folder)


def refuse_occupied(path: Path) -> None:
    """Raise unless `path` is absent or an empty folder."""
    if (path / "run.json").is_file():
        facts = read_json(path / "run.json")
        if facts.get("status") == "finished":
            raise ResumeError(
                f"'{path}' holds a finished run, it is not overwritten", cure="Choose another --out, or delete it first"
            )
        raise ResumeError(
            f"'{path}' holds an unfinished run", cure="Add --resume to continue it, or choose another --out"
        )
    if path.is_dir() and [entry.name for entry in path.iterdir()] == [partial_name(path / "run.json").name]:
        # A run killed while its first file was written holds nothing but the beginning of it.
        remove_partial(path)
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise ResumeError(f"'{path}' exists and is not a run", cure="Choose another --out")
