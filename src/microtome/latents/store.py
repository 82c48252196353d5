"""Reading a latent store: one latent, a table of many, the nearest to a direction, and the labels users give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from microtome.artifacts import read_folder
from microtome.errors import ArtifactError, ConfigError
from microtome.latents import histograms, tables, user_labels
from microtome.latents.made_labels import MadeLabels
from microtome.latents.records import (
    CONTEXTS,
    DENSE,
    RARE,
    TOKENS,
    Coactive,
    Context,
    Coordinate,
    Decoder,
    Example,
    Histogram,
    Label,
    Latent,
    Neighbour,
    TokenStatistic,
    TokenValue,
    UserLabel,
)

if TYPE_CHECKING:
    from torch import Tensor

    from microtome.dictionaries import Dictionary
    from microtome.latents.card import OnText
    from microtome.models import LanguageModel

# Version 2 says how many bins of a histogram an octave has; what reads version 1 would take them for two. Version 3 has
# the held-out contexts that labels are scored on; rules were scored over tokens before.
SCHEMA, VERSION = "microtome.latents", 3
#: Orders of `LatentStore.table`.
SORTS = ("latent", "count", "density", "max", "mean", "interesting", "label_score")
_SCALARS = ["count", "density", "max", "mean"]


def store_path(run_path: str | Path, name: str) -> Path:
    """Where the tables of dictionary `name` are; users' labels lie beside them and survive a rebuild."""
    return Path(run_path) / "latents" / name / "store"


def store_names(run_path: str | Path) -> list[str]:
    """Names of the dictionaries of a run that have a store."""
    folder = Path(run_path) / "latents"
    return sorted(path.parent.name for path in folder.glob("*/store") if path.is_dir()) if folder.is_dir() else []


class LatentStore:
    """The latents of one dictionary; `store[7]` is one of them. Open with `LatentStore.open`."""

    def __init__(self, run_path: Path, name: str, facts: Mapping[str, Any]) -> None:
        import pyarrow.parquet as pq

        self.run_path, self.name, self.facts = run_path, name, dict(facts)
        self.path = store_path(run_path, name)
        self.n_latents, self.tokens = int(facts["latents"]), int(facts["tokens"])
        self._row_group = int(facts["settings"]["row_group"])
        self._per_octave = int(facts.get("bins_per_octave", histograms.OLDER))
        #: how labels made by rule are scored: `contexts`, or `tokens` in a store of an older version, to be built again
        self.scored = str(facts.get("label_scores", TOKENS))
        held_out = [tables.CONTEXTS] if self.scored == CONTEXTS else []
        # Memory-mapped, so that a store that is replaced while it is read stays whole.
        self._files = {
            table: pq.ParquetFile(self.path / table, memory_map=True)
            for table in (tables.LATENTS, tables.EXAMPLES, tables.LABELS, *held_out)
        }

    @classmethod
    def open(cls, run_path: str | Path, name: str | None = None) -> LatentStore:
        """The store of dictionary `name`; the name may be left out where a run has one store.

        Raises `ArtifactError` for a run without stores, a store that is being built, damaged or of a newer version,
        and `ConfigError` where the name is needed.
        """
        names = store_names(run_path)
        if name is None:
            if len(names) > 1:
                raise ConfigError(
                    f"'{run_path}' has the latents of {len(names)} dictionaries ({', '.join(names)}), expected a name",
                    cure="Name one of them with --dictionary",
                )
            name = names[0] if names else None
        if name is None or name not in names:
            what = f"of '{name}'" if name else "yet"
            building = (Path(run_path) / "latents" / ".building").is_dir()
            raise ArtifactError(
                f"'{run_path}' has no latent store {what}{', one is being built' if building else ''}",
                cure=f"Build it with 'microtome latents {run_path}'",
            )
        facts = read_folder(store_path(run_path, name), schema=SCHEMA, version=VERSION)
        return cls(Path(run_path), name, facts)

    def __len__(self) -> int:
        return self.n_latents

    def __repr__(self) -> str:
        return f"LatentStore({str(self.run_path)!r}, {self.name!r}, {self.n_latents:,} latents, {self.tokens:,} tokens)"

    def __iter__(self) -> Iterator[Latent]:
        return (self[latent] for latent in range(self.n_latents))

    def __getitem__(self, latent: int) -> Latent:
        """One latent. Raises `ConfigError` for one that does not exist (also IndexError would be misleading: -1)."""
        self._check(latent)
        row = self._rows(tables.LATENTS, latent)[0]
        explained = user_labels.read_explanations(self.path.parent).get(latent)
        rules = self._rows(tables.LABELS, latent)
        labels = [Label(found["text"], found["score"], found["how"], self.scored) for found in rules]
        if explained is not None:
            labels.insert(0, explained)
        return Latent(
            latent=latent,
            **{key: row[key] for key in _SCALARS},
            histogram=histograms.histogram(row["histogram_first"], row["histogram"], self._per_octave),
            examples=[Example(**self._said(example)) for example in self._rows(tables.EXAMPLES, latent)],
            top_logits=self._token_values(row["top_logit_ids"], row["top_logit_values"]),
            bottom_logits=self._token_values(row["bottom_logit_ids"], row["bottom_logit_values"]),
            neighbours=[Neighbour(*pair) for pair in zip(row["neighbour_latents"], row["neighbour_cosines"])],
            coactive=[
                Coactive(*found)
                for found in zip(row["coactive_latents"], row["coactive_scores"], row["coactive_counts"])
            ],
            token_statistics=[
                TokenStatistic(token, self.token_text(token), count, precision, recall)
                for token, count, precision, recall in zip(
                    row["token_ids"], row["token_counts"], row["token_precision"], row["token_recall"]
                )
            ],
            label=labels[0] if labels else None,
            candidates=labels,
            user_label=self.user_labels().get(latent),
            decoder=_decoder(row),
        )

    def contexts(self, latent: int) -> list[Context]:
        """The held-out contexts that labels of a latent are scored on, the firing ones first; none in a store of an
        older version. Raises `ConfigError` for a latent that does not exist."""
        self._check(latent)
        rows = self._rows(tables.CONTEXTS, latent) if tables.CONTEXTS in self._files else []
        return [Context(**self._said(row)) for row in rows]

    # Many latents ------------------------------------------------------------------------------------------------

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        found = self._files[tables.LATENTS].read(columns=[*_SCALARS, "token_ids"])
        columns = {name: found[name].to_numpy() for name in _SCALARS}
        lists = found["token_ids"].combine_chunks()
        offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
        columns["top_token"] = np.full(self.n_latents, -1)
        some = np.diff(offsets) > 0
        columns["top_token"][some] = values[offsets[:-1][some]]
        columns["token_offsets"], columns["token_ids"] = offsets, values
        return columns

    @cached_property
    def _made(self) -> MadeLabels:
        return MadeLabels(self._files[tables.LABELS], self.n_latents, self.scored)

    def _explained(self) -> dict[int, Label]:
        """What explainers called latents that the store has."""
        found = user_labels.read_explanations(self.path.parent)
        return {latent: label for latent, label in found.items() if latent < self.n_latents}

    def table(
        self,
        sort: str = "density",
        descending: bool = True,
        density: tuple[float | None, float | None] = (None, None),
        strength: tuple[float | None, float | None] = (None, None),
        token: str | int | None = None,
        label: str | None = None,
        search: str | None = None,
        among: Iterable[int] | Mapping[int, float] | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> dict[str, Any]:
        """`{"total": n, "rows": [...]}`: of the latents that pass every filter, those from `offset` on.

        `density` and `strength` (of the maximum) are inclusive ranges, None for open ends. `token`: its text (without
        a leading space, that with one too) or its id is among the tokens the latent fires on most. `label`: a part of
        its label's or its user label's text or note, upper and lower case alike. `search`: either of the two, as
        `LatentStore.search` does. `among`: these latents alone; with a cosine each, as `nearest` finds them, rows have
        theirs. `sort` is one of `SORTS`, or `cosine` where there are any; `interesting` puts latents of medium density
        and high maximum first, and by `label_score` a label that was not scored as `self.scored` says counts as 0.
        Raises `ConfigError` for another.
        """
        cosines = among if isinstance(among, Mapping) else None
        sorts = SORTS if cosines is None else (*SORTS, "cosine")
        if sort not in sorts:
            raise ConfigError(f"got sort '{sort}', expected one of {', '.join(sorts)}", cure="Give one of these")
        if offset < 0 or limit < 0:
            raise ConfigError(f"got offset {offset} and limit {limit}, expected 0 or more", cure="Correct them")
        keep = np.ones(self.n_latents, dtype=bool)
        for name, ends in (("density", density), ("max", strength)):
            low, high = ends
            keep &= np.ones_like(keep) if low is None else self._columns[name] >= low
            keep &= np.ones_like(keep) if high is None else self._columns[name] <= high
        if among is not None:
            keep &= np.isin(np.arange(self.n_latents), list(among))
        if token is not None:
            keep &= self._firing_on(token)
        users = self.user_labels()
        if label is not None:
            keep &= self._labelled(label, users)
        if search is not None:
            keep &= self._labelled(search, users) | self._firing_on(search)
        found = np.nonzero(keep)[0]
        if cosines is not None and sort == "cosine":
            key = np.array([cosines[latent] for latent in found.tolist()])
        else:
            key = self._sort_key(sort)[found]
        order = np.lexsort((found, -key if descending else key))
        rows = self._table_rows(found[order[offset : offset + limit]], users)
        if cosines is not None:
            rows = [{**row, "cosine": cosines[row["latent"]]} for row in rows]
        return {"total": len(found), "rows": rows}

    def rows(self, latents: Iterable[int]) -> list[dict[str, Any]]:
        """The rows of `table` for given latents, in their order."""
        return self._table_rows(np.array(list(latents), dtype=np.int64), self.user_labels())

    def names(self, latents: Iterable[int]) -> dict[int, str]:
        """What those of `latents` that have a name are called: by the user, or else by their best label."""
        return _names(self.rows(sorted(set(latents))))

    def column(self, name: str) -> np.ndarray:
        """`count`, `density`, `max` or `mean` of every latent, [F]. Raises `ConfigError` for another."""
        if name not in _SCALARS:
            raise ConfigError(f"got column '{name}', expected one of {', '.join(_SCALARS)}", cure="Give one of these")
        return self._columns[name].copy()

    def on(self, text: str, lm: LanguageModel | None = None) -> OnText:
        """Which latents fire on a text: what `on_text` gives, shown as a heat map by a notebook.

        The run's language model is loaded unless `lm` is given. Raises as `on_text`.
        """
        from microtome.latents.card import OnText
        from microtome.latents.live import on_text, placed
        from microtome.models import LanguageModel
        from microtome.runs import Run

        run = Run.open(self.run_path)
        if lm is None:
            lm = LanguageModel.load(run.facts["config"]["model"], dtype=run.facts["dtype"])
        answer = on_text(lm, placed(run, self.name, lm), text)
        rows = self.rows(answer["latents"])
        return OnText(answer, _names(rows), strongest={row["latent"]: row["max"] for row in rows})

    def search(self, words: str, *, limit: int = 100) -> dict[str, Any]:
        """Latents whose label, user label or note holds `words`, or that fire on a token of that text: the better
        labelled first."""
        return self.table(sort="label_score", search=words, limit=limit)

    def nearest(self, query: int | Tensor | np.ndarray, n: int = 10) -> list[Neighbour]:
        """The latents whose decoder directions have the largest cosine with a direction [D], or with a latent's own
        (which is left out). Raises `ConfigError` for a direction of another width."""
        import torch

        from microtome.latents.directions import nearest, nearest_others

        decoder = self.dictionary.W_dec.detach()
        if isinstance(query, (int, np.integer)):
            self._check(int(query))
            index, cosine = nearest_others(int(query), int(query) + 1, decoder, n)
        else:
            direction = torch.as_tensor(np.asarray(query), dtype=torch.float32).reshape(1, -1)
            if direction.shape[1] != decoder.shape[1]:
                raise ConfigError(
                    f"got a direction of {direction.shape[1]} numbers, expected {decoder.shape[1]}",
                    cure="Give a vector of the width of the dictionary's target site",
                )
            index, cosine = nearest(direction, decoder, n)
        return [Neighbour(int(latent), float(value)) for latent, value in zip(index[0], cosine[0])]

    def overview(self) -> dict[str, Any]:
        """`{"classes": {dead, rare, normal, dense}, "density": histogram over log10, "rare_direction": {...}}`."""
        density = self._columns["density"]
        fired = density > 0
        logs = np.log10(density[fired])
        edges = np.arange(np.floor(logs.min() * 4) / 4, 0.26, 0.25) if len(logs) else np.array([-1.0, 0.0])
        counts, _ = np.histogram(logs, bins=edges)
        return {
            "classes": {
                "dead": int((~fired).sum()),
                "rare": int((fired & (density < RARE)).sum()),
                "normal": int(((density >= RARE) & (density <= DENSE)).sum()),
                "dense": int((density > DENSE).sum()),
            },
            "density": {"log10_edges": [float(edge) for edge in edges], "counts": [int(count) for count in counts]},
            "rare_direction": self.facts["rare_direction"],
            "latents": self.n_latents,
            "tokens": self.tokens,
        }

    # Labels of users ---------------------------------------------------------------------------------------------

    def set_label(self, latent: int, text: str, note: str = "") -> UserLabel | None:
        """Name a latent; empty text and note take the name away. Atomic, and safe between processes."""
        self._check(latent)
        return user_labels.put(self.path.parent, latent, text, note)

    def keep_explanation(self, latent: int, label: Label) -> None:
        """Keep a label that an explainer made; it comes before those made by rule."""
        self._check(latent)
        user_labels.put_explanation(self.path.parent, latent, label)

    def user_labels(self) -> dict[int, UserLabel]:
        """What users called latents."""
        return user_labels.read(self.path.parent)

    # Inside ------------------------------------------------------------------------------------------------------

    @cached_property
    def dictionary(self) -> Dictionary:
        """The dictionary the store describes. Raises `ArtifactError` when it is another by now."""
        from microtome.dictionaries import load_dictionary

        dictionary, manifest = load_dictionary(self.run_path / "dictionaries" / self.name)
        if manifest["files"]["weights.safetensors"]["sha256"] != self.facts["weights_sha256"]:
            raise ArtifactError(
                f"the dictionary '{self.name}' has changed since its latents were described",
                cure=f"Build the store again with 'microtome latents {self.run_path}'",
            )
        return dictionary

    def token_text(self, token: int) -> str:
        """The text of a token that the store names."""
        return self._vocabulary[token]

    @cached_property
    def _vocabulary(self) -> dict[int, str]:
        import pyarrow.parquet as pq

        found = pq.read_table(self.path / tables.VOCABULARY)
        return dict(zip(found["token_id"].to_pylist(), found["token"].to_pylist(), strict=True))

    @cached_property
    def _documents(self) -> list[str]:
        import pyarrow.parquet as pq

        return pq.read_table(self.path / tables.DOCUMENTS)["name"].to_pylist()  # type: ignore[no-any-return]

    def _check(self, latent: int) -> None:
        if not 0 <= latent < self.n_latents:
            raise ConfigError(
                f"got latent {latent}, the dictionary has {self.n_latents}", cure=f"Give 0 to {self.n_latents - 1}"
            )

    def _rows(self, table: str, latent: int) -> list[dict[str, Any]]:
        """The rows of one latent: its row group is read, nothing else."""
        group = self._files[table].read_row_group(latent // self._row_group)
        a, b = np.searchsorted(group["latent"].to_numpy(), [latent, latent + 1])
        return group.slice(a, b - a).to_pylist()  # type: ignore[no-any-return]

    def _said(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of examples or contexts without its latent, with the tokens' texts and the document's name."""
        document = row["document"]
        more = {
            "tokens": [self.token_text(token) for token in row["token_ids"]],
            "document_id": self._documents[document] if document >= 0 else "",
        }
        return {**{key: value for key, value in row.items() if key != "latent"}, **more}

    def _token_values(self, ids: list[int], values: list[float]) -> list[TokenValue]:
        return [TokenValue(token, self.token_text(token), value) for token, value in zip(ids, values)]

    def _firing_on(self, token: str | int) -> np.ndarray:
        ids = [token] if isinstance(token, int) else self._ids_of(token)
        offsets = self._columns["token_offsets"]
        hits = np.concatenate([[0], np.cumsum(np.isin(self._columns["token_ids"], ids))])
        return hits[offsets[1:]] > hits[offsets[:-1]]

    def _ids_of(self, text: str) -> list[int]:
        exact = [token for token, own in self._vocabulary.items() if own in (text, f" {text}")]
        return exact or [token for token, own in self._vocabulary.items() if own.strip() == text.strip() != ""]

    def _labelled(self, words: str, users: Mapping[int, UserLabel]) -> np.ndarray:
        words = words.lower()
        found = self._made.holding(words)
        for latent, label in self._explained().items():
            found[latent] = words in label.text.lower()
        for latent, user in users.items():
            if latent < len(found):
                found[latent] |= words in user.text.lower() or words in user.note.lower()
        return found

    def _sort_key(self, sort: str) -> np.ndarray:
        if sort == "latent":
            return np.arange(self.n_latents)
        if sort == "label_score":
            scores = self._made.scores()
            for latent, label in self._explained().items():
                # A score of another kind does not compare with the others.
                scores[latent] = (label.score or 0.0) if label.scored == self.scored else 0.0
            return scores
        return self._interesting if sort == "interesting" else self._columns[sort]

    @cached_property
    def _interesting(self) -> np.ndarray:
        """The product of two ranks in [0, 1]: how near log density is to its middle between rare and dense, and how
        strong the maximum is. Dead latents have 0."""
        density, largest = self._columns["density"], self._columns["max"]
        fired = density > 0
        middle, half = (np.log10(RARE) + np.log10(DENSE)) / 2, (np.log10(DENSE) - np.log10(RARE)) / 2
        with np.errstate(divide="ignore"):
            medium = np.clip(1 - np.abs(np.log10(density) - middle) / half, 0.0, 1.0)
        rank = np.zeros(self.n_latents)
        rank[np.argsort(largest, kind="stable")] = np.arange(1, self.n_latents + 1) / self.n_latents
        return np.where(fired, medium * rank, 0.0)

    def _table_rows(self, latents: np.ndarray, users: Mapping[int, UserLabel]) -> list[dict[str, Any]]:
        explained, columns = self._explained(), self._columns
        rows = []
        for latent in latents.tolist():
            own = explained.get(latent) or self._made[latent]
            user, token = users.get(latent), int(columns["top_token"][latent])
            rows.append(
                {
                    "latent": latent,
                    "count": int(columns["count"][latent]),
                    **{name: float(columns[name][latent]) for name in ("density", "max", "mean")},
                    "label": None if own is None else asdict(own),
                    "user_label": None if user is None else asdict(user),
                    "top_token": None if token < 0 else self.token_text(token),
                }
            )
        return rows


def name_of(row: Mapping[str, Any]) -> str | None:
    """What the latent of a row of `LatentStore.table` is called: by the user, or else by its best label."""
    for label in (row["user_label"], row["label"]):
        if label is not None and label["text"]:
            return str(label["text"])
    return None


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    return {row["latent"]: name for row in rows if (name := name_of(row)) is not None}


def _decoder(row: Mapping[str, Any]) -> Decoder:
    counts = row["decoder_histogram"]
    edges = np.linspace(row["decoder_lowest"], row["decoder_highest"], len(counts) + 1)
    return Decoder(
        strongest=[Coordinate(*pair) for pair in zip(row["strongest_index"], row["strongest_values"])],
        weakest=[Coordinate(*pair) for pair in zip(row["weakest_index"], row["weakest_values"])],
        histogram=Histogram([float(edge) for edge in edges], counts),
    )
