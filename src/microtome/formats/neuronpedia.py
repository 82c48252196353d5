"""Neuronpedia's bulk export of latents, to be written: a folder per source with JSON lines, batches compressed.

Layout after https://github.com/hijohnnylin/neuronpedia, `utils/neuronpedia-utils` (export-data.py and
convert-saedashboard-to-neuronpedia-export.py): `MODEL/SOURCE/{model,source,sourceset,release}.jsonl`, and
`features/`, `activations/`, `explanations/` with `batch-N.jsonl.gz` of 1,024 latents. A source is `LAYER-SET`.

What comes in is the plain values of latents as the latent store gives them (`Latent.to_json()`).
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microtome.artifacts import write_bytes

NAME = "neuronpedia"
_BATCH = 1024


@dataclass(frozen=True, kw_only=True)
class Source:
    """How the latents are to be called: `model` (`gemma-3-270m`), `layer`, `name` of the set (`microtome-mlp-8k`),
    `release`, `creator`, `created` (ISO 8601), `text` they were seen on, and the hook of the site."""

    model: str
    layer: int
    name: str
    release: str
    creator: str
    created: str
    text: str = ""
    hook: str | None = None

    @property
    def id(self) -> str:
        return f"{self.layer}-{self.name}"


def save_neuronpedia(latents: Iterable[Mapping[str, Any]], folder: Path, source: Source) -> list[str]:
    """Write `folder/MODEL/SOURCE/`, reading latents one after the other. Returns what has no place there."""
    base = folder / source.model / source.id
    for name in ("features", "activations", "explanations"):
        (base / name).mkdir(parents=True, exist_ok=True)
    for name, row in _headers(source).items():
        write_bytes(base / f"{name}.jsonl", _lines([row]))
    rows = iter(latents)
    for number in itertools.count():
        batch = list(itertools.islice(rows, _BATCH))
        if not batch:
            break
        parts = {
            "features": [_feature(latent, source) for latent in batch],
            "activations": [row for latent in batch for row in _activations(latent, source)],
            "explanations": [row for latent in batch for row in _explanations(latent, source)],
        }
        for name, found in parts.items():
            # No time in the header: the same latents give the same bytes.
            write_bytes(base / name / f"batch-{number}.jsonl.gz", gzip.compress(_lines(found), mtime=0))
    return [
        "token statistics, near misses and co-activation have no place in Neuronpedia's export",
        "whether a context was cut is not said there",
    ]


def _headers(source: Source) -> dict[str, dict[str, Any]]:
    when = {"creatorId": source.creator, "createdAt": source.created}
    return {
        "release": {
            "name": source.release,
            "description": source.release,
            "descriptionShort": source.release,
            "urls": [],
            "creatorNameShort": source.creator,
            "creatorName": source.creator,
            **when,
        },
        "model": {
            "id": source.model,
            "instruct": source.model.endswith("-it"),
            "displayNameShort": source.model,
            "displayName": source.model,
            "updatedAt": source.created,
            **when,
        },
        "sourceset": {
            "modelId": source.model,
            "name": source.name,
            "creatorName": source.creator,
            "releaseName": source.release,
            "description": source.name,
            "visibility": "PUBLIC",
            **when,
        },
        "source": {
            "modelId": source.model,
            "setName": source.name,
            "visibility": "PUBLIC",
            "dataset": source.text,
            "id": source.id,
            "creatorId": source.creator,
        },
    }


def _feature(latent: Mapping[str, Any], source: Source) -> dict[str, Any]:
    histogram = latent.get("histogram") or {"edges": [], "counts": []}
    edges = histogram["edges"]
    neighbours = latent.get("neighbours") or []
    coactive = latent.get("coactive") or []
    strongest = (latent.get("decoder") or {}).get("strongest") or []
    return {
        "modelId": source.model,
        "layer": source.id,
        "index": latent["latent"],
        "creatorId": source.creator,
        "createdAt": source.created,
        "maxActApprox": latent["max"],
        "frac_nonzero": latent["density"],
        "freq_hist_data_bar_heights": histogram["counts"],
        "freq_hist_data_bar_values": [(a + b) / 2 for a, b in itertools.pairwise(edges)],
        "logits_hist_data_bar_heights": [],
        "logits_hist_data_bar_values": [],
        "pos_str": [row["token"] for row in latent.get("top_logits") or []],
        "pos_values": [row["value"] for row in latent.get("top_logits") or []],
        "neg_str": [row["token"] for row in latent.get("bottom_logits") or []],
        "neg_values": [row["value"] for row in latent.get("bottom_logits") or []],
        "neuron_alignment_indices": [row["index"] for row in strongest],
        "neuron_alignment_values": [row["value"] for row in strongest],
        "neuron_alignment_l1": [],
        "correlated_neurons_indices": [],
        "correlated_neurons_pearson": [],
        "correlated_neurons_l1": [],
        "correlated_features_indices": [row["latent"] for row in coactive],
        "correlated_features_pearson": [row["score"] for row in coactive],
        "correlated_features_l1": [],
        "topkCosSimIndices": [row["latent"] for row in neighbours],
        "topkCosSimValues": [row["cosine"] for row in neighbours],
        "decoder_weights_dist": [],
        "vector": [],
        "hasVector": False,
        "vectorLabel": None,
        "hookName": source.hook,
    }


def _activations(latent: Mapping[str, Any], source: Source) -> Iterable[dict[str, Any]]:
    for number, example in enumerate(e for e in latent.get("examples") or [] if e["band"] != "near_miss"):
        values = example["activations"]
        band = [e["activation"] for e in latent["examples"] if e["band"] == example["band"]]
        yield {
            "id": f"{source.model}-{source.id}-{latent['latent']}-{number}",
            "tokens": example["tokens"],
            "modelId": source.model,
            "layer": source.id,
            "index": latent["latent"],
            "maxValue": max(values),
            "maxValueTokenIndex": values.index(max(values)),
            "minValue": min(values),
            "values": values,
            "dfaValues": [],
            "lossValues": [],
            "creatorId": source.creator,
            "createdAt": source.created,
            "binContains": 0.0,
            "binMin": min(band),
            "binMax": max(band),
            "qualifyingTokenIndex": example["peak"],
            "dataIndex": None,
            "dataSource": None,
        }


def _explanations(latent: Mapping[str, Any], source: Source) -> Iterable[dict[str, Any]]:
    label, own = latent.get("label"), latent.get("user_label")
    for kind, text, how in (
        ("label", (label or {}).get("text"), (label or {}).get("how")),
        ("user", (own or {}).get("text"), "user"),
    ):
        if text:
            yield {
                "id": f"{source.model}-{source.id}-{latent['latent']}-{kind}",
                "modelId": source.model,
                "layer": source.id,
                "index": latent["latent"],
                "authorId": source.creator,
                "description": text,
                "typeName": str(how),
                "explanationModelName": "microtome",
            }


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows).encode()
