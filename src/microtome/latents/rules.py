"""Labels that need nobody's API: rules over tokens, each scored on text that was not used to make it.

A rule predicts from the text alone whether a latent fires on a token. Five kinds are made for every latent:

| how | predicts firing where |
|---|---|
| `tokens` | the token is one of a set |
| `preceding tokens` | the token before is one of a set |
| `following tokens` | the token after is one of a set |
| `direct logits` | the token after is one of those the latent raises most |
| `shared context` | a certain token is among the 16 before |

The first three sets are those that maximise balanced accuracy, (TPR + TNR) / 2: both rates are sums over tokens, so a
token belongs to the set if it adds more to TPR than to the false positive rate. Blocks are split by a hash: four of
five make the rules and rank them, the fifth gives the score, over all of its tokens and not over a sample.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from microtome.latents import compiled_rules
from microtome.latents.config import StoreConfig
from microtome.latents.counting import Counted
from microtome.latents.rows import Rows

HOW = ("tokens", "preceding tokens", "following tokens", "direct logits", "shared context")
_PREFIX = ("", "after ", "before ", "promotes ", "near ")
# Tokens of a set at most, and tokens looked back for shared context.
SET, BACK = 5, 16
# Firings on unseen text below which no score is given.
LEAST = 5
_HELD_OUT_OF = 5


class Labeller:
    """Makes the candidates of ranges of latents of one text."""

    def __init__(self, text: Rows, config: StoreConfig, occurrences: np.ndarray) -> None:
        self.text = text
        vocabulary = len(occurrences)
        # One more token, for "there is none".
        self.none = vocabulary
        self.streams = _streams(text, self.none)
        block = text.flat_R // text.context
        self.held_out_R = compiled_rules.held_out(block, config.seed, _HELD_OUT_OF)
        n = np.array([(~self.held_out_R).sum(), self.held_out_R.sum()])
        self.base = np.zeros((2, 3, vocabulary + 1), dtype=np.int64)
        for part, mask in enumerate((~self.held_out_R, self.held_out_R)):
            for kind in range(3):
                self.base[part, kind] = np.bincount(self.streams[kind][mask], minlength=vocabulary + 1)
        self.around = np.zeros((2, vocabulary + 1), dtype=np.int64)
        compiled_rules.context_counts(
            text.flat_R, text.context, text.tokens, text.special, text.document, BACK, self.held_out_R, self.around
        )
        self.n = n

    def table(self, counted: Counted, promoted: np.ndarray, decode: Callable[[int], str]) -> Any:
        """Rows of labels.parquet for a range; `promoted` [G, n] are its top direct logits."""
        import pyarrow as pa

        sets, scores = self.candidates(counted, promoted)
        rows: dict[str, list[Any]] = {"latent": [], "text": [], "score": [], "how": [], "made_score": []}
        order = np.argsort(-scores[:, :, 0], axis=1, kind="stable")
        for i in np.nonzero(counted.count)[0]:
            for kind in order[i]:
                tokens = sets[i, kind][sets[i, kind] >= 0]
                if len(tokens):
                    held_out = scores[i, kind, 1]
                    rows["latent"].append(counted.low + i)
                    rows["text"].append(_PREFIX[kind] + ", ".join(f"‘{decode(int(token))}’" for token in tokens))
                    rows["score"].append(None if np.isnan(held_out) else float(held_out))
                    rows["how"].append(HOW[kind])
                    rows["made_score"].append(float(scores[i, kind, 0]))
        types = {"latent": pa.int32(), "text": pa.string(), "score": pa.float64(), "how": pa.string()}
        return pa.table({name: pa.array(found, type=types.get(name, pa.float64())) for name, found in rows.items()})

    def candidates(self, counted: Counted, promoted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(tokens [G, 5, SET], rest -1; balanced accuracy [G, 5, 2] on the text that made them and on unseen text)."""
        n = len(counted.count)
        sets = np.full((n, len(HOW), SET), -1, dtype=np.int64)
        scores = np.full((n, len(HOW), 2), np.nan)
        sets[:, 3, : promoted.shape[1]] = promoted[:, :SET]

        def work(part: tuple[int, int]) -> None:
            a, b = part
            text = self.text
            compiled_rules.candidates(
                counted.starts[a : b + 1],
                counted.rows,
                self.streams,
                self.held_out_R,
                self.base,
                self.around,
                self.n,
                (text.flat_R, text.context, text.tokens, text.special, text.document, BACK),
                LEAST,
                sets[a:b],
                scores[a:b],
            )

        threads = torch.get_num_threads()
        edges = np.linspace(0, n, min(n, 8 * threads) + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, itertools.pairwise(edges.tolist())))
        return sets, scores


def _streams(text: Rows, none: int) -> np.ndarray:
    """[3, R]: the token of each row, the one before it and the one after it in its document; `none` where there is
    none."""
    found = np.full((3, len(text)), none, dtype=np.int64)
    found[0] = text.token_R
    n = len(text.tokens)
    for kind, step in ((1, -1), (2, 1)):
        other = text.flat_R + step
        inside = (other >= 0) & (other < n) & (other // text.context == text.flat_R // text.context)
        safe = np.where(inside, other, text.flat_R)
        inside &= ~text.special[safe] & (text.document[safe] == text.document[text.flat_R])
        found[kind, inside] = text.tokens[safe[inside]]
    return found
