"""A store in the layout that Neuronpedia exports and imports in bulk.

    OUT/MODEL/SOURCE/{model,release,sourceset,source}.jsonl
    OUT/MODEL/SOURCE/{features,activations,explanations}/batch-N.jsonl.gz    1,024 latents each

SOURCE is `layer-set`, like `9-microtome-mlp_out`. Names of files and keys are those of its own export and import tools
(https://github.com/hijohnnylin/neuronpedia, utils/neuronpedia-utils). A key of theirs that a store does not know (the
neuron basis, the histogram of all logits) is left empty. Lists of correlated latents hold co-activation, with the
Jaccard index where they have Pearson's correlation, which is what a key's name promises elsewhere: so
`correlated_features_pearson` is left empty, and only the indices are given.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtome.artifacts import write_bytes
from microtome.errors import ArtifactError

if TYPE_CHECKING:
    from microtome.latents.records import Example, Latent
    from microtome.latents.store import LatentStore

_BATCH = 1024
# TransformerLens' names, which theirs are.
_HOOKS = {
    "resid_pre": "hook_resid_pre",
    "resid_mid": "hook_resid_mid",
    "resid_post": "hook_resid_post",
    "attn_out": "hook_attn_out",
    "attn_z": "attn.hook_z",
    "mlp_in": "ln2.hook_normalized",
    "mlp_out": "hook_mlp_out",
    "mlp_act": "mlp.hook_post",
}


def export_neuronpedia(store: LatentStore, out: str | Path, *, creator: str = "microtome") -> Path:
    """Write the store below `out`; returns the folder of the source.

    `creator` is the id that their import replaces by its own. Raises `ArtifactError` when the folder is there already
    or cannot be written.
    """
    facts = store.facts
    site = facts["site_out"]
    layer, _, point = site.partition(".")
    model = str(facts["model"]["id"]).rsplit("/", 1)[-1]
    source_set = f"microtome-{point}"
    source = f"{layer}-{source_set}"
    folder = Path(out) / model / source
    if folder.exists():
        raise ArtifactError(f"'{folder}' exists already", cure="Choose another folder, or remove it first")
    for part in ("features", "activations", "explanations"):
        (folder / part).mkdir(parents=True)
    when = facts["created"]
    common = {"modelId": model, "creatorId": creator, "createdAt": when}
    heads = {
        "model": {
            "id": model,
            "displayName": model,
            "displayNameShort": model,
            "instruct": model.endswith("-it"),
            "creatorId": creator,
            "createdAt": when,
            "updatedAt": when,
        },
        "release": {
            "name": source_set,
            "description": store.name,
            "descriptionShort": store.name,
            "urls": [],
            "creatorName": creator,
            "creatorNameShort": creator,
            "creatorId": creator,
            "createdAt": when,
        },
        "sourceset": {
            **common,
            "name": source_set,
            "creatorName": creator,
            "releaseName": source_set,
            "description": f"{store.n_latents} latents at {site}",
            "visibility": "PUBLIC",
        },
        "source": {
            "modelId": model,
            "creatorId": creator,
            "setName": source_set,
            "id": source,
            "visibility": "PUBLIC",
            "dataset": facts["text"]["name"],
            "num_prompts": -(-store.tokens // facts["context"]),
            "num_tokens_in_prompt": facts["context"],
            "hfRepoId": None,
            "hfFolderId": None,
        },
    }
    for name, value in heads.items():
        write_bytes(folder / f"{name}.jsonl", _lines([value]))
    hook = f"blocks.{layer}.{_HOOKS[point]}" if point in _HOOKS else None
    own = {"modelId": model, "layer": source}
    for number, first in enumerate(range(0, store.n_latents, _BATCH)):
        latents = [store[latent] for latent in range(first, min(first + _BATCH, store.n_latents))]
        features = [_feature(latent, {**own, "creatorId": creator, "createdAt": when}, hook) for latent in latents]
        activations = [
            _activation(latent, example, order, {**own, "creatorId": creator, "createdAt": when})
            for latent in latents
            for order, example in enumerate(latent.examples)
        ]
        parts: tuple[tuple[str, Iterable[dict[str, Any]]], ...] = (
            ("features", features),
            ("activations", activations),
            ("explanations", _explanations(latents, {**own, "authorId": creator})),
        )
        for name, rows in parts:
            # Without a time in it, so that the same store gives the same bytes.
            write_bytes(folder / name / f"batch-{number}.jsonl.gz", gzip.compress(_lines(rows), mtime=0))
    return folder


def _feature(latent: Latent, common: dict[str, Any], hook: str | None) -> dict[str, Any]:
    edges = latent.histogram.edges
    return {
        **common,
        "index": str(latent.latent),
        "maxActApprox": latent.max,
        "hasVector": False,
        "vector": [],
        "vectorLabel": None,
        "hookName": hook,
        "topkCosSimIndices": [one.latent for one in latent.neighbours],
        "topkCosSimValues": [one.cosine for one in latent.neighbours],
        "neuron_alignment_indices": [],
        "neuron_alignment_values": [],
        "neuron_alignment_l1": [],
        "correlated_neurons_indices": [],
        "correlated_neurons_pearson": [],
        "correlated_neurons_l1": [],
        "correlated_features_indices": [one.latent for one in latent.coactive],
        "correlated_features_pearson": [],
        "correlated_features_l1": [],
        "pos_str": [one.token for one in latent.top_logits],
        "pos_values": [one.value for one in latent.top_logits],
        "neg_str": [one.token for one in latent.bottom_logits],
        "neg_values": [one.value for one in latent.bottom_logits],
        "frac_nonzero": latent.density,
        "freq_hist_data_bar_heights": latent.histogram.counts,
        "freq_hist_data_bar_values": [(low + high) / 2 for low, high in itertools.pairwise(edges)],
        "logits_hist_data_bar_heights": [],
        "logits_hist_data_bar_values": [],
        "decoder_weights_dist": [],
    }


def _activation(latent: Latent, example: Example, order: int, common: dict[str, Any]) -> dict[str, Any]:
    edges = _band_edges(latent, example)
    return {
        **common,
        "id": hashlib.sha256(f"{common['layer']}/{latent.latent}/{order}".encode()).hexdigest()[:25],
        "index": str(latent.latent),
        "tokens": example.tokens,
        "values": example.activations,
        "maxValue": example.activation,
        "maxValueTokenIndex": example.peak,
        "minValue": min(example.activations),
        "dataSource": example.document_id,
        "dataIndex": str(example.offset),
        "binMin": edges[0],
        "binMax": edges[1],
        "binContains": None,
        "qualifyingTokenIndex": example.peak,
        "dfaValues": [],
        "dfaTargetIndex": None,
        "dfaMaxValue": None,
        "lossValues": [],
        "logitContributions": None,
    }


def _band_edges(latent: Latent, example: Example) -> tuple[float, float]:
    """Lowest and highest value of what is shown in the example's band."""
    values = [other.activation for other in latent.examples if other.band == example.band]
    return min(values), max(values)


def _explanations(latents: Iterable[Latent], common: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for latent in latents:
        for text, how in [
            *([(latent.user_label.text, "user")] if latent.user_label else []),
            *([(latent.label.text, latent.label.how)] if latent.label else []),
        ]:
            yield {
                **common,
                "id": hashlib.sha256(f"{common['layer']}/{latent.latent}/{how}".encode()).hexdigest()[:25],
                "index": str(latent.latent),
                "description": text,
                "typeName": how,
                "explanationModelName": None,
            }


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows).encode()
