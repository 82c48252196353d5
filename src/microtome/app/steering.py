"""What the page Steer asks for: continuations beside each other, a dose curve, presets.

Both are streamed. A stream takes the model for one forward pass at a time and holds nothing of it in between, so two
tabs write in turn, and one that is closed frees the model with the pass that is running. What a page sends is read
strictly; an error says with `where` which part of it is meant, so that the page can show it there.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from microtome.app.runs import OpenRuns, Remembered, problem_of
from microtome.app.views import Views
from microtome.errors import ConfigError, MicrotomeError, ModelError, SiteError

if TYPE_CHECKING:
    from microtome.interventions import Bench, Change, GenerationConfig, Token

#: What one request may ask for. A machine has one model, and others wait for it.
MOST_TOKENS, MOST_SAMPLES, MOST_CHANGES, MOST_STRENGTHS = 1000, 16, 100, 25
#: Likeliest tokens told with each token.
_TOP = 4
# Benches kept: a bench holds the dictionaries that were used.
_KEPT = 2

Event = dict[str, Any]


class MisplacedError(ConfigError):
    """An error in one part of what a page sent; `where` is `changes.0`, `prompt`, `generation` or `strengths`."""

    def __init__(self, error: MicrotomeError, where: str) -> None:
        super().__init__(error.problem, cure=error.cure)
        self.where = where


@contextmanager
def _at(where: str) -> Iterator[None]:
    try:
        yield
    except (ConfigError, ModelError, SiteError) as error:
        raise MisplacedError(error, where) from None


@dataclasses.dataclass(frozen=True)
class _Asked:
    """A request that was read and fits its run."""

    bench: Bench
    changes: list[Change]
    prompt: str
    config: GenerationConfig


class Steering:
    """Generation with changed latents, for the runs of a server."""

    def __init__(self, runs: OpenRuns, views: Views) -> None:
        self._runs, self._views = runs, views
        self._benches = Remembered(_KEPT)
        self._maxima = Remembered(8)
        self._loaded: set[str] = set()
        self._stopping = threading.Event()
        self._counting = threading.Lock()
        #: Streams that have begun and not ended.
        self.open_streams = 0

    def stop(self) -> None:
        """End every stream at its next token; the server is going down."""
        self._stopping.set()

    def bench(self, identifier: str) -> Bench:
        """A run with its model, loaded on first use."""
        from microtome.interventions import Bench

        run = self._runs.run(identifier)
        if not run.finished:
            raise ConfigError(f"the run '{identifier}' is not finished", cure="Wait until it is trained")
        bench = self._benches.get(
            identifier, [run.path / "run.json"], lambda: Bench.open(run.path, lm=self._runs.model(identifier))
        )
        self._loaded.add(identifier)
        return bench

    def state(self, identifier: str, chosen: str) -> dict[str, Any]:
        """Whether the model is in memory, and what is known of latents, given as `NAME:7,NAME:9`."""
        run = self._runs.run(identifier)
        wanted: dict[str, list[int]] = {}
        for item in filter(None, chosen.split(",")):
            name, _, number = item.rpartition(":")
            known = name in run.names and number.isascii() and number.isdigit()
            if known and int(number[:12]) < run.entry(name)["latents"]:
                wanted.setdefault(name, []).append(int(number))
        rows = [row for name, latents in wanted.items() for row in self._known(identifier, name, latents)]
        model = (run.facts.get("config") or {}).get("model")
        return {"loaded": identifier in self._loaded, "model": model, "latents": rows}

    def _known(self, identifier: str, name: str, latents: Sequence[int]) -> list[dict[str, Any]]:
        """Label and maximum activation of latents; the maximum is the one that strengths are measured in."""
        from microtome.evaluation.storage import has_evaluation, load_evaluation

        run = self._runs.run(identifier)
        rows = {row["latent"]: row for row in self._views.rows(identifier, name, latents)}
        maxima = {latent: row["max"] for latent, row in rows.items()}
        if has_evaluation(run.path, name):
            files = [run.path / "evaluations" / f"{name}.safetensors"]
            measured = self._maxima.get(
                (identifier, name), files, lambda: load_evaluation(run.path, name)[0].arrays["max"]
            )
            maxima = {latent: float(measured[latent]) for latent in latents}
        return [
            {
                "dictionary": name,
                "latent": latent,
                "label": rows.get(latent, {}).get("label"),
                "max": maxima.get(latent),
            }
            for latent in latents
        ]

    def write(self, identifier: str, body: Mapping[str, Any]) -> Generator[Event, None, None]:
        """Stream `default`, `steered` and `control` side by side. Raises before the first event what does not fit."""
        from microtome.interventions import stream_side_by_side

        asked = self._read(identifier, body)
        with _at("generation"), self._runs.forward:
            control = _flag(body, "control", True)
            conditions = asked.bench.conditions(asked.changes, control=control, seed=asked.config.seed)
            config = dataclasses.replace(asked.config, top=_TOP)
            tokens = stream_side_by_side(asked.bench.lm, asked.prompt, conditions, config)
        return self._turns(_writing(asked, list(conditions), tokens))

    def dose(self, identifier: str, body: Mapping[str, Any]) -> Generator[Event, None, None]:
        """Stream a dose curve: what is written at each of `strengths`, as the clean model reads it back."""
        from microtome.interventions import stream_dose_curve
        from microtome.interventions.changes import VARIED

        asked = self._read(identifier, body)
        strengths = _strengths(body.get("strengths"))
        if not any(change.kind in VARIED for change in asked.changes):
            problem = ConfigError("there is no strength to vary", cure="Add a latent with add, clamp or min_clamp")
            raise MisplacedError(problem, "strengths")
        with _at("generation"):
            controls = (asked.config.seed,) if _flag(body, "control", True) else ()
        with _at("strengths"), self._runs.forward:
            rows = stream_dose_curve(
                asked.bench.lm,
                asked.bench.placed,
                asked.changes,
                asked.prompt,
                strengths,
                maxima=asked.bench.maximum,
                config=asked.config,
                controls=controls,
            )
        return self._turns(_curve(rows, len(strengths) * (1 + len(controls)) * asked.config.samples))

    def preset(self, identifier: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the command line reads with `--preset`."""
        from microtome.interventions import make_preset

        asked = self._read(identifier, body)
        return make_preset(asked.bench, asked.changes, prompt=asked.prompt, generation=asked.config).to_json()

    def open_preset(self, identifier: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The changes, prompt and settings of a preset file, once it is known to be for this run."""
        from microtome.interventions import preset_from

        preset = preset_from(body.get("preset"), origin=str(body.get("name", "the file"))[:100])
        preset.check(self.bench(identifier))
        plain = preset.to_json()
        return {key: plain[key] for key in ("changes", "prompt", "generation")}

    def _read(self, identifier: str, body: Mapping[str, Any]) -> _Asked:
        from microtome.interventions import change_from, generation_from
        from microtome.interventions.writing import prompt_ids

        prompt, plain = body.get("prompt"), body.get("changes", [])
        with _at("prompt"):
            if not isinstance(prompt, str) or not prompt:
                raise ConfigError("the prompt is empty, expected some text", cure="Write what is to be continued")
        with _at("generation"):
            config = generation_from(body.get("generation", {}))
            for name, value, most in (
                ("tokens", config.tokens, MOST_TOKENS),
                ("samples", config.samples, MOST_SAMPLES),
            ):
                if value > most:
                    raise ConfigError(f"got {value} {name}, expected at most {most}", cure="Ask for fewer")
        with _at("changes"):
            if not isinstance(plain, list) or len(plain) > MOST_CHANGES:
                got = f"{len(plain)} changes" if isinstance(plain, list) else f"'{str(plain)[:40]}' as changes"
                raise ConfigError(f"got {got}, expected a list of at most {MOST_CHANGES}", cure="Take some away")
        changes = []
        for i, one in enumerate(plain):
            with _at(f"changes.{i}"):
                changes.append(change_from(one))
        bench = self.bench(identifier)
        # A maximum that no evaluation knows is measured, which is a forward pass.
        with self._runs.forward:
            for i, change in enumerate(changes):
                with _at(f"changes.{i}"):
                    bench.intervene([change])
            with _at("changes"):
                bench.intervene(changes)
            with _at("prompt"):
                prompt_ids(bench.lm, prompt, chat=config.chat)
        return _Asked(bench, changes, prompt, config)

    def _turns(self, events: Iterator[Event]) -> Generator[Event, None, None]:
        """Each event under the lock of the model, so that others come in between."""
        with self._counting:
            self.open_streams += 1
        try:
            while not self._stopping.is_set():
                with self._runs.forward:
                    event = next(events, None)
                if event is None:
                    return
                yield event
        except MicrotomeError as error:
            yield {"event": "error", "error": problem_of(error)}
        finally:
            with self._counting:
                self.open_streams -= 1


def _writing(asked: _Asked, names: Sequence[str], stream: Iterator[tuple[str, Token]]) -> Iterator[Event]:
    from microtome.interventions.writing import continuation

    started = time.monotonic()
    found: dict[str, list[list[Token]]] = {name: [[] for _ in range(asked.config.samples)] for name in names}
    yield {"event": "start", "conditions": list(names), "samples": asked.config.samples, "tokens": asked.config.tokens}
    for name, token in stream:
        before = found[name][token.sample]
        shown = before[-1].text if before else ""
        before.append(token)
        # What this token adds to the text; a tokenizer that changes what was written before sends it all.
        added = {"piece": token.text[len(shown) :]} if token.text.startswith(shown) else {"whole": token.text}
        top = [[text, round(p, 4)] for _, text, p in token.top]
        place = {"condition": name, "sample": token.sample, "ended": token.ended}
        yield {"event": "token", **place, **added, "token": token.token, "log_p": round(token.log_p, 4), "top": top}
    texts = {name: [continuation(asked.bench.lm, one).text for one in samples] for name, samples in found.items()}
    written = sum(len(one) for samples in found.values() for one in samples)
    yield {"event": "end", "texts": texts, "written": written, "seconds": round(time.monotonic() - started, 2)}


def _curve(rows: Iterator[Mapping[str, Any] | None], total: int) -> Iterator[Event]:
    from microtome.interventions import summary

    found: list[Mapping[str, Any]] = []
    yield {"event": "start", "rows": total}
    for row in rows:
        if row is None:
            yield {"event": "token"}
            continue
        found.append(row)
        shown = {key: row[key] for key in ("strength", "condition", "sample", "text", "perplexity", "repetition")}
        yield {"event": "row", **shown, "summary": summary(found)}
    yield {"event": "end", "summary": summary(found)}


def _flag(body: Mapping[str, Any], key: str, default: bool) -> bool:
    value = body.get(key, default)
    if not isinstance(value, bool):
        raise ConfigError(f"got {json.dumps(value)[:40]} for {key}, expected true or false", cure="Correct it")
    return value


def _strengths(plain: Any) -> list[float]:
    with _at("strengths"):
        numbers = plain if isinstance(plain, list) else []
        if not 1 <= len(numbers) <= MOST_STRENGTHS:
            raise ConfigError(
                f"got {len(numbers)} strengths, expected 1 to {MOST_STRENGTHS}", cure="Give some, such as 0, 1, 2, 4"
            )
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, (int, float)) or abs(number) > 1e30:
                raise ConfigError(
                    f"got the strength {str(number)[:40]}, expected a finite number",
                    cure="Give some, such as 0, 1, 2, 4",
                )
        return [float(number) for number in numbers]
