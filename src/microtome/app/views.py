"""What the pages Latents, Latent and Text show: the latent store of a dictionary, and live activations on a text."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from microtome.app.runs import OpenRuns, Remembered
from microtome.errors import MicrotomeError
from microtome.evaluation import Placed
from microtome.latents import LatentStore, on_text
from microtome.latents.records import CONTEXTS
from microtome.latents.store import name_of, store_path

if TYPE_CHECKING:
    import numpy as np


#: How many latents a table of the nearest holds at most.
NEAREST = 200


class Views:
    """The stores of the runs, opened again when they were rebuilt."""

    def __init__(self, runs: OpenRuns) -> None:
        self._runs = runs
        self._stores = Remembered(16)
        # A Parquet file is read by one thread at a time; a read takes milliseconds.
        self._reading = threading.Lock()

    def store(self, identifier: str, name: str | None) -> LatentStore:
        """The store of a dictionary. Raises `ArtifactError` when there is none, or none that can be read."""
        run, entry = self._runs.entry(identifier, name)
        found = entry["name"]
        manifest = store_path(run.path, found) / "manifest.json"
        return self._stores.get((identifier, found), [manifest], lambda: LatentStore.open(run.path, found))

    def warm(self) -> None:
        """Open what a first page would wait for: the store of each run's first dictionary. What cannot be opened is
        left for the page that asks for it to say."""
        for identifier in self._runs.identifiers:
            with contextlib.suppress(MicrotomeError):
                store = self.store(identifier, None)
                with self._reading:
                    store.rows([0])

    def overview(self, identifier: str, name: str | None) -> dict[str, Any]:
        """Classes and histogram of density, and the common direction of rare latents."""
        store = self.store(identifier, name)
        with self._reading:
            return store.overview()

    def densities(self, identifier: str, name: str) -> tuple[np.ndarray, int, dict[str, float]] | None:
        """How often each latent fired [F], on how many tokens, and the common direction of the rare ones; None where
        there is no store, or none that can be read: the page that shows its latents says why."""
        if not store_path(self._runs.run(identifier).path, name).is_dir():
            return None
        try:
            store = self.store(identifier, name)
        except MicrotomeError:
            return None
        with self._reading:
            return store.column("count"), store.tokens, store.overview()["rare_direction"]

    def table(
        self,
        identifier: str,
        name: str | None,
        *,
        near: int | None,
        offset: int,
        limit: int,
        **chosen: Any,
    ) -> dict[str, Any]:
        """A part of the table of latents; with `near`, of those whose directions are nearest to that latent's: they
        have their `cosine`, `sort="cosine"` orders by it, and `nearest` says how many there are before any filter."""
        store = self.store(identifier, name)
        with self._reading:
            if near is None:
                return _named(store.table(offset=offset, limit=limit, **chosen))
            neighbours = {one.latent: one.cosine for one in store.nearest(near, n=min(NEAREST, store.n_latents - 1))}
            page = store.table(among=neighbours, offset=offset, limit=limit, **chosen)
        return _named({**page, "nearest": len(neighbours)})

    def latent(self, identifier: str, name: str | None, latent: int) -> dict[str, Any]:
        """Everything the store knows of one latent, and the labels of those it is compared with."""
        store = self.store(identifier, name)
        with self._reading:
            found = store[latent].to_json()
            names = store.names([one["latent"] for one in (*found["neighbours"], *found["coactive"])])
        for one in (*found["neighbours"], *found["coactive"]):
            one["label"] = names.get(one["latent"])
        for label in (*found["candidates"], *([found["label"]] if found["label"] else [])):
            if label["score"] is not None and label["scored"] != CONTEXTS:
                # The page shows the two beside the score.
                label["how"] += f"; scored over {label['scored']}, by an older version"
        return {**found, "tokens_seen": store.tokens}

    def labels(self, identifier: str, name: str, latents: Iterable[int]) -> dict[int, str]:
        """Labels of latents, of those that have one; none where there is no store."""
        run = self._runs.run(identifier)
        if not store_path(run.path, name).is_dir():
            return {}
        store = self.store(identifier, name)
        with self._reading:
            return store.names(latents)

    def rows(self, identifier: str, name: str, latents: Iterable[int]) -> list[dict[str, Any]]:
        """The rows of the table of given latents, with one name for each; none where there is no store."""
        if not store_path(self._runs.run(identifier).path, name).is_dir():
            return []
        store = self.store(identifier, name)
        with self._reading:
            return _named({"rows": store.rows(latents)})["rows"]  # type: ignore[no-any-return]

    def set_label(self, identifier: str, name: str | None, latent: int, text: str, note: str) -> dict[str, Any]:
        """Keep a user's label and note; empty ones take it away."""
        label = self.store(identifier, name).set_label(latent, text.strip(), note.strip())
        return {"user_label": None if label is None else {"text": label.text, "note": label.note, "when": label.when}}

    def codes_on(self, identifier: str, name: str | None, text: str, latent: int | None) -> dict[str, Any]:
        """What `microtome.latents.on_text` says of a text, with the run's own model."""
        _, entry = self._runs.entry(identifier, name)
        dictionary, model = self._runs.dictionary(identifier, entry["name"]), self._runs.model(identifier)
        (site_in,), (site_out,) = model.parse(entry["site_in"]), model.parse(entry["site_out"])
        wanted = None if latent is None else [latent]
        with self._runs.forward:
            return on_text(model, Placed(dictionary, site_in, site_out), text, latents=wanted)

    def on_text(self, identifier: str, name: str | None, text: str, latent: int | None) -> dict[str, Any]:
        """Which latents fire on a text: all of them, or one. `latents` has each with its tokens and values."""
        run, entry = self._runs.entry(identifier, name)
        found = entry["name"]
        answer = self.codes_on(identifier, found, text, latent)
        fired: list[dict[str, Any]] = [
            {"latent": one, "density": None, "label": None, "positions": [], "values": []} for one in answer["latents"]
        ]
        for position, pairs in enumerate(answer["codes"]):
            for index, value in pairs:
                fired[int(index)]["positions"].append(position)
                fired[int(index)]["values"].append(value)
        if store_path(run.path, found).is_dir():
            self._describe(self.store(identifier, found), fired)
        return {"tokens": answer["tokens"], "special": answer["special"], "latents": fired}

    def _describe(self, store: LatentStore, fired: list[dict[str, Any]]) -> None:
        """Density and label of latents that fired, from the store."""
        with self._reading:
            rows = store.rows([one["latent"] for one in fired])
        for one, row in zip(fired, rows, strict=True):
            one["density"], one["label"] = row["density"], name_of(row)


def _named(page: dict[str, Any]) -> dict[str, Any]:
    """A page of the table with one name for each latent."""
    rows = [{**row, "label": name_of(row), "by_user": row["user_label"] is not None} for row in page["rows"]]
    for row in rows:
        del row["user_label"]
    return {**page, "rows": rows}
