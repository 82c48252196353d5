"""From the codes on disk to the files of one store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from microtome.dictionaries import Dictionary
from microtome.latents import compiled, histograms, tables
from microtome.latents.config import StoreConfig
from microtome.latents.counting import Counter
from microtome.latents.detection import HeldOut
from microtome.latents.directions import DirectPath, nearest_others, rare_direction
from microtome.latents.records import CONTEXTS
from microtome.latents.rows import Rows
from microtome.latents.rules import Labeller
from microtome.latents.spill import Codes
from microtome.models.token_text import token_decoder

if TYPE_CHECKING:
    from microtome.latents.builder import Job
    from microtome.models import LanguageModel
    from microtome.text import Blocks

_DECODER_BINS = 24


def write_store(
    folder: Path,
    job: Job,
    spilled: Path,
    *,
    blocks: Blocks,
    text: Rows,
    held_out: HeldOut,
    config: StoreConfig,
    model: LanguageModel,
) -> dict[str, Any]:
    """Write every file of the store of one dictionary into `folder`; returns facts for its manifest.

    `text` and `held_out` are of `blocks`, the same for every dictionary of a build.
    """
    dictionary = job.place.dictionary
    codes = Codes.open(spilled)
    counter = Counter(codes, text, held_out, dictionary.config.latents, config)
    occurrences = np.bincount(text.token_R, minlength=model.vocab_size)
    path = DirectPath.of(model, job.place.site_out, dictionary.W_dec.device)
    labeller = Labeller(text, held_out, config, len(occurrences))
    named = [text.tokens]
    with (
        tables.Writer(folder / tables.LATENTS) as latents,
        tables.Writer(folder / tables.EXAMPLES) as examples,
        tables.Writer(folder / tables.CONTEXTS) as contexts,
        tables.Writer(folder / tables.LABELS) as labels,
    ):
        for low, high in counter.ranges():
            counted = counter.count(low, high)
            more, top_tokens, ids = _from_weights(dictionary, path, low, high, config)
            named.append(ids)
            _write_groups(
                latents, tables.latents_table(counted, more, len(text), occurrences), low, high, config.row_group
            )
            _write_groups(examples, tables.examples_table(counted, text, held_out, config), low, high, config.row_group)
            _write_groups(contexts, tables.contexts_table(counted, text), low, high, config.row_group)
            _write_groups(
                labels, labeller.table(counted, top_tokens, token_decoder(model.tokenizer)), low, high, config.row_group
            )
    _write_names(folder, tables.used_tokens(named), occurrences, blocks, model)
    return {
        "label_scores": CONTEXTS,
        "direct_logits": path is not None,
        "bins_per_octave": compiled.PER_OCTAVE,
        "coactivation_every": counter.every,
        "firings": int(counter.count_F.sum()),
        "rare_direction": rare_direction(dictionary.W_enc, torch.from_numpy(counter.count_F), len(text)),
    }


def _from_weights(
    dictionary: Dictionary, path: DirectPath | None, low: int, high: int, config: StoreConfig
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Columns made from the weights of latents [low, high), their top tokens [G, n], and all tokens they name."""
    own = dictionary.W_dec[low:high].detach()
    columns: dict[str, Any] = {}
    top = np.empty((high - low, 0), dtype=np.int64)
    bottom = top
    if path is not None and config.logits:
        (top_ids, top_values), (bottom_ids, bottom_values) = path.extremes(own, config.logits)
        top, bottom = top_ids.cpu().numpy(), bottom_ids.cpu().numpy()
        columns |= _two("top_logit", top, top_values) | _two("bottom_logit", bottom, bottom_values)
    else:
        columns |= _two("top_logit", top, torch.empty(top.shape)) | _two("bottom_logit", top, torch.empty(top.shape))
    index, cosine = nearest_others(low, high, dictionary.W_dec.detach(), config.neighbours)
    columns |= _two("neighbour", index.cpu().numpy(), cosine, key="latents", value="cosines")
    n = min(config.coordinates, own.shape[1])
    for name, largest in (("strongest", True), ("weakest", False)):
        found = own.abs().topk(n, dim=1, largest=largest).indices
        columns |= _two(name, found.cpu().numpy(), own.gather(1, found), key="index")
    lowest, highest, counts = histograms.linear(own.cpu().numpy(), _DECODER_BINS)
    columns |= {
        "decoder_lowest": lowest,
        "decoder_highest": highest,
        "decoder_histogram": tables.lists(counts, np.ones_like(counts, dtype=bool), np.int32),
    }
    return columns, top, np.concatenate([top, bottom], axis=1)


def _two(
    name: str, ids: np.ndarray, values: torch.Tensor, *, key: str = "ids", value: str = "values"
) -> dict[str, Any]:
    every = np.ones(ids.shape, dtype=bool)
    return {
        f"{name}_{key}": tables.lists(ids, every, np.int32),
        f"{name}_{value}": tables.lists(values.cpu().numpy(), every, np.float32),
    }


def _write_groups(writer: tables.Writer, table: Any, low: int, high: int, row_group: int) -> None:
    latent = table["latent"].to_numpy()
    for first in range(low, high, row_group):
        a, b = np.searchsorted(latent, [first, first + row_group])
        writer.write(table.slice(a, b - a))


def _write_names(folder: Path, used: np.ndarray, occurrences: np.ndarray, blocks: Blocks, model: LanguageModel) -> None:
    decode = token_decoder(model.tokenizer)
    tables.write_table(
        folder / tables.VOCABULARY,
        {"token_id": used, "token": [decode(int(token)) for token in used], "count": occurrences[used]},
        {"token_id": "int32", "token": "string", "count": "int64"},
    )
    tables.write_table(
        folder / tables.DOCUMENTS,
        {"document": np.arange(len(blocks.document_ids)), "name": blocks.document_ids},
        {"document": "int32", "name": "string"},
    )
