"""A model with the dictionaries of a run, ready to be intervened on.

Dictionaries are read from the run when they are first used. What a latent's strength is measured in, its maximum
activation, is looked up by `maximum_activation`, the one place that knows where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from microtome.errors import ConfigError
from microtome.evaluation import Placed
from microtome.evaluation.on_model import batch_of
from microtome.evaluation.storage import has_evaluation, load_evaluation
from microtome.interventions.changes import Change
from microtome.interventions.intervention import Intervention

if TYPE_CHECKING:
    from microtome.latents import LatentStore
    from microtome.models import LanguageModel
    from microtome.text import Blocks
    from microtome.training import Run

#: Tokens on which a maximum is measured where the run has no evaluation.
_TOKENS_FOR_MAXIMA = 4096


class Bench:
    """`Bench.open("run")`, then `bench.intervene([add(7, 3)])`. `lm`, `placed` by name, and the `run` they are from."""

    def __init__(self, lm: LanguageModel, placed: Mapping[str, Placed], *, run: Run | None = None) -> None:
        self.lm, self.placed, self.run = lm, placed, run
        self._maxima: dict[tuple[str, int], float] = {}
        self._arrays: dict[str, Any] = {}
        self._blocks: Blocks | None = None

    @classmethod
    def open(
        cls, run: str | Path, *, lm: LanguageModel | None = None, dtype: str | None = None, device: str = "auto"
    ) -> Bench:
        """A finished run and its model; `lm` if it is in memory already.

        Raises ArtifactError: no run, unfinished, damaged, or its model has changed; ConfigError: `lm` is another model
        than the run's, or the run was trained on arrays.
        """
        from microtome.training import Run
        from microtome.training.reevaluate import check_trained_on, model_of

        opened = Run.open(run)
        if lm is None:
            lm = model_of(opened, dtype=dtype, device=device)
        else:
            check_trained_on(opened, lm)
        return cls(lm, _RunDictionaries(opened, lm), run=opened)

    def intervene(self, changes: Sequence[Change], *, control: int | None = None) -> Intervention:
        """The changes, bound to the model; see `Intervention`."""
        return Intervention(self.lm, self.placed, changes, maxima=self.maximum, control=control)

    def conditions(
        self, changes: Sequence[Change], *, control: bool, seed: int, control_name: str = "control"
    ) -> dict[str, Intervention | None]:
        """What is shown side by side: `default`, `steered` if there are changes, and their matched-norm control."""
        found: dict[str, Intervention | None] = {"default": None}
        if changes:
            found["steered"] = true = self.intervene(changes)
            # A reconstruction is not a direction; a random one of its size says nothing.
            if control and any(change.kind != "replace" for change in changes):
                found[control_name] = true.control(seed)
        return found

    def maximum(self, name: str, latent: int) -> float:
        """The maximum activation of a latent; see `maximum_activation`."""
        key = (name, latent)
        if key not in self._maxima:
            self._maxima[key] = maximum_activation(self, name, latent)
        return self._maxima[key]

    def name_of(self, text: str) -> str:
        """The dictionary that `text` means: its name, or a part of it that only one has. Raises ConfigError."""
        names = list(self.placed)
        if text in names:
            return text
        found = [name for name in names if text in name]
        if len(found) != 1:
            kind = "names several dictionaries" if found else "names no dictionary of the run"
            raise ConfigError(
                f"got '{text}', which {kind}, expected one of {', '.join(found or names)}",
                cure="Give --dictionary one of these" if len(names) > 1 else "Leave the name out",
            )
        return found[0]

    def evaluated(self, name: str) -> dict[str, Any] | None:
        """The arrays per latent of a dictionary's evaluation, None where it has none."""
        if self.run is None or not has_evaluation(self.run.path, name):
            return None
        if name not in self._arrays:
            self._arrays[name] = load_evaluation(self.run.path, name)[0].arrays
        return self._arrays[name]

    def stored(self, name: str) -> LatentStore:
        """The latent store of a dictionary. Raises ArtifactError when there is none."""
        from microtome.latents import LatentStore

        assert self.run is not None
        return LatentStore.open(self.run.path, name)

    def text(self, tokens: int, *, text: str | None = None, column: str | None = None) -> Blocks:
        """Text the run was not trained on: `text`, or the run's own held-out part. Raises ConfigError without a run."""
        from microtome.text import read_blocks
        from microtome.training.reevaluate import text_to_measure_on

        if self.run is None:
            raise ConfigError("there is no run whose text could be read", cure="Read blocks with microtome.text")
        source, part, _ = text_to_measure_on(self.run, text=text, column=column)
        return read_blocks(source, self.lm.tokenizer, part, max_tokens=tokens)

    def text_for_maxima(self) -> Blocks:
        if self._blocks is None:
            self._blocks = self.text(_TOKENS_FOR_MAXIMA)
        return self._blocks


class _RunDictionaries(Mapping[str, Placed]):
    """The dictionaries of a run by name, read when they are asked for."""

    def __init__(self, run: Run, lm: LanguageModel) -> None:
        self._run, self._lm, self._names = run, lm, list(run.names)
        self._read: dict[str, Placed] = {}

    def __getitem__(self, name: str) -> Placed:
        from microtome.training.reevaluate import place

        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            dictionary = self._run.dictionary(name).to(self._lm.device)
            self._read[name] = place(self._run, self._lm, name, dictionary)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def maximum_activation(bench: Bench, name: str, latent: int) -> float:
    """The largest activation of a latent: as evaluation found it, or the latent store, or measured on held-out text.

    Raises ConfigError: it never fired, or there is nothing to measure it on.
    """
    from microtome.latents.store import store_path

    arrays = bench.evaluated(name)
    if arrays is not None:
        found, where = float(arrays["max"][latent]), "when it was evaluated"
    elif bench.run is not None and store_path(bench.run.path, name).is_dir():
        found, where = bench.stored(name).rows([latent])[0]["max"], "on the text of its store"
    elif bench.run is not None:
        found = float(measure_maxima(bench.lm, bench.placed[name], [latent], bench.text_for_maxima())[0])
        where = f"on {_TOKENS_FOR_MAXIMA} tokens"
    else:
        raise ConfigError(
            f"the maximum activation of latent {latent} of {name} is not known",
            cure="Open a run, or give the strength in units of activation or norm",
        )
    if not found > 0:
        raise ConfigError(
            f"latent {latent} of {name} never fired {where}, so it has no maximum activation",
            cure="Give the strength in units of activation or norm, or choose another latent",
        )
    return found


def measure_maxima(lm: LanguageModel, placed: Placed, latents: Sequence[int], blocks: Blocks) -> Tensor:
    """The largest code of each of `latents` on `blocks`, float32 [S]; special tokens excluded."""
    latent_S = torch.tensor(list(latents), dtype=torch.long, device=placed.dictionary.W_enc.device)
    found_S = torch.zeros(len(latent_S), device=latent_S.device)
    for first in range(0, len(blocks), 16):
        tokens_CT, keep_CT = batch_of(blocks, first, 16)
        (x_CTD,) = lm.capture(tokens_CT, [placed.site_in]).values()
        with torch.no_grad():
            x_ND = placed.dictionary.rows(x_CTD, keep_CT)
            if len(x_ND):
                found_S = torch.maximum(found_S, placed.dictionary.encode_latents(x_ND, latent_S).amax(0))
    return found_S.cpu()
