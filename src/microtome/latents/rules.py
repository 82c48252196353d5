"""Labels that need nobody's API: rules over tokens, each scored on text that was not used to make it.

A rule says from the text alone whether a latent fires on a token. Five kinds are made for every latent:

| how | predicts firing where |
|---|---|
| `tokens` | the token is one of a set |
| `preceding tokens` | the token before is one of a set |
| `following tokens` | the token after is one of a set |
| `direct logits` | the token after is one of those the latent raises most |
| `shared context` | a certain token is among the 16 before |

Blocks that are not held out make the rules and rank them; the score is that of every label, on held-out contexts (see
`detection`): of a context a rule says that the latent fires in it if it holds on some token, as far as the context
shows. What a rule promises is balanced accuracy over contexts, (TPR + TNR) / 2: TPR is the share of firings it finds,
and TNR the share of silent contexts without a false alarm, which is (1 - p)^W for contexts of W tokens of which a share
p is falsely said to fire. Tokens of the first three sets are judged one by one: each of those taken promises more than
0.5 as a rule of its own, and none that is left out promises more than one that is taken. As (1 - p)^W is convex, each
adds to a set at least what it does alone, but a token that adds to others and nothing alone is missed. What is near a
token is said of 16 tokens at once, so there are W / 16 chances for a false alarm of `shared context`.
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
from microtome.latents.detection import HeldOut
from microtome.latents.records import LEAST
from microtome.latents.rows import Rows

HOW = ("tokens", "preceding tokens", "following tokens", "direct logits", "shared context")
_PREFIX = ("", "after ", "before ", "promotes ", "near ")
# Tokens of a set at most, and tokens looked back for shared context.
SET, BACK = 5, 16


class Labeller:
    """Makes the candidates of ranges of latents of one text."""

    def __init__(self, text: Rows, held_out: HeldOut, config: StoreConfig, vocabulary: int) -> None:
        self.text, self.window, self.held_out_R = text, config.window, held_out.rows_R
        # One more token, for "there is none".
        self.none = vocabulary
        self.streams = _streams(text, self.none)
        made_R = ~self.held_out_R
        self.n = int(made_R.sum())
        self.base = np.stack([np.bincount(stream[made_R], minlength=vocabulary + 1) for stream in self.streams])
        self.around = np.zeros(vocabulary + 1, dtype=np.int64)
        compiled_rules.context_counts(
            text.flat_R, text.context, text.tokens, text.special, text.document, BACK, self.held_out_R, self.around
        )

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
        """(tokens [G, 5, SET], rest -1; balanced accuracy [G, 5, 2]: over the tokens that made them, and on held-out
        contexts)."""
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
                self.window,
                (text.flat_R, text.context, text.tokens, text.special, text.document, BACK),
                (counted.context_begin[a:b], counted.context_end[a:b]),
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
