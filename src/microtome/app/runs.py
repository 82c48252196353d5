"""The runs a server shows, and what it keeps of them in memory: dictionaries, stores, the language model.

A run may be training or being evaluated while it is shown, so everything read from its folder is read again when the
file it comes from has changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from microtome.errors import ArtifactError, MicrotomeError
from microtome.runs import Run

if TYPE_CHECKING:
    from microtome.dictionaries import Dictionary
    from microtome.models import LanguageModel

Value = TypeVar("Value")
# Dictionaries held in memory: two for a comparison, one for live text, and one to spare.
_KEPT = 4


class Remembered:
    """Values by key, each valid while the files it came from are unchanged; the least recently used are dropped."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Any, tuple[Any, Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Any, threading.Lock] = {}

    def get(self, key: Any, files: Sequence[Path], make: Callable[[], Value]) -> Value:
        """The value of `key`, made again when one of `files` changed; made once when many ask at the same time."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            stamp = tuple(stamp_of(file) for file in files)
            with self._lock:
                found = self._values.get(key)
                if found is not None and found[0] == stamp:
                    self._values.move_to_end(key)
                    return found[1]  # type: ignore[no-any-return]
            value = make()
            with self._lock:
                self._values[key] = (stamp, value)
                self._values.move_to_end(key)
                while len(self._values) > self._size:
                    self._making.pop(self._values.popitem(last=False)[0], None)
            return value


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What tells whether a file is another than it was: None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


class OpenRuns:
    """The runs of a server, by an identifier that goes into URLs."""

    def __init__(self, paths: Sequence[str | Path], *, device: str = "auto", dtype: str | None = None) -> None:
        self._runs: dict[str, Run] = {}
        for path in paths:
            # A dictionary of another format is opened by the name it was given by, as every command does.
            run = Run(Run.open(path).path.resolve())
            if run not in self._runs.values():
                self._runs[self._identifier(run.path)] = run
        self._device, self._dtype = device, dtype
        self._dictionaries = Remembered(_KEPT)
        self._models = Remembered(1)
        # Beside it, so that interventions on a graph and the text page do not take turns in loading.
        self._exact_models = Remembered(1)
        self._metrics = Remembered(8)
        #: One forward pass at a time: PyTorch uses all cores for each.
        self.forward = threading.Lock()

    def _identifier(self, path: Path) -> str:
        # Two runs may have the same name in different folders.
        number, wanted = 1, path.name or "run"
        while (name := wanted if number == 1 else f"{wanted}-{number}") in self._runs:
            number += 1
        return name

    @property
    def identifiers(self) -> list[str]:
        return list(self._runs)

    def run(self, identifier: str) -> Run:
        """A run by its identifier. Raises `ArtifactError` naming those there are."""
        if identifier not in self._runs:
            raise ArtifactError(
                f"there is no run '{identifier}', this server shows {', '.join(self._runs)}",
                cure="Choose one of these, or start the server with that run too",
            )
        return self._runs[identifier]

    def entry(self, identifier: str, name: str | None) -> tuple[Run, dict[str, Any]]:
        """A run and what it says of its dictionary `name`, of the first without a name."""
        run = self.run(identifier)
        return run, run.entry(name or run.names[0])

    def dictionary(self, identifier: str, name: str) -> Dictionary:
        """A finished dictionary."""
        run = self.run(identifier)
        run.entry(name)
        folder = run.dictionary_path(name)
        return self._dictionaries.get((identifier, name), [folder / "manifest.json"], lambda: run.dictionary(name))

    def metrics(self, identifier: str) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl so far."""
        run = self.run(identifier)
        return self._metrics.get(identifier, [run.metrics_file], run.metrics)

    def model(self, identifier: str, *, dtype: str | None = None) -> LanguageModel:
        """The language model of a run, loaded on first use, in the run's dtype or in `dtype`. Raises `ArtifactError`
        for a run made from arrays."""
        facts = self.run(identifier).facts
        name = (facts.get("config") or {}).get("model")
        if not name:
            raise ArtifactError(
                f"the run '{identifier}' was trained on arrays, there is no language model to read text with",
                cure="Look at a run that was trained on a model",
            )
        usual = self._dtype or facts.get("dtype") or "auto"
        dtype = dtype or usual

        def load() -> LanguageModel:
            from microtome.models import LanguageModel

            return LanguageModel.load(name, device=self._device, dtype=dtype)

        models = self._models if dtype == usual else self._exact_models
        return models.get((name, dtype), [], load)


def problem_of(error: MicrotomeError) -> dict[str, str]:
    """An error as the API says it."""
    where = getattr(error, "where", None)
    return {"problem": error.problem, "cure": error.cure, **({} if where is None else {"where": where})}
