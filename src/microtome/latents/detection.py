"""What labels are scored on: contexts of held-out text, for each latent some in which it fires and some in which not.

One block of five is held out, by a hash of its number. From those blocks alone, and from no others, each latent has

- *firing* contexts: windows around its strongest token of a block, drawn by a hash. A window that some other block, one
  that is not held out, has around its strongest token too is no unseen text, and is left out;
- *silent* contexts: windows in which it fires nowhere, from a pool that is the same for all latents. The pool has
  windows around tokens that a hash chose: in each block the first is less than a window's length from its beginning,
  and every next one to two lengths after the one before, so none overlap. They are taken in the order of a hash, from
  a place that another hash gives the latent; of a very long text the pool has the first in that order. A window whose
  tokens stand, in a row, anywhere in a block that is not held out is no unseen text either.

Rules are made from the other blocks, explainers are shown examples of the others. A label of either kind says of each
context, from the tokens of its window alone, whether the latent fires in it; its score is the balanced accuracy. All of
it follows from the codes and the text, so it is the same after a build that was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microtome.latents import compiled_held_out
from microtome.latents.config import StoreConfig
from microtome.latents.rows import Rows

# One block of so many is held out.
_OF = 5
# Windows of the pool at most: a latent that is silent in none of so many has no use for more.
_POOL = 2**16


@dataclass(frozen=True)
class HeldOut:
    """The held-out blocks of a text (`blocks_N`, and whether each row is in one) and the pool of silent windows: their
    places and their ranges of rows."""

    blocks_N: np.ndarray
    rows_R: np.ndarray
    place_P: np.ndarray
    first_P: np.ndarray
    last_P: np.ndarray

    @classmethod
    def of(cls, text: Rows, config: StoreConfig) -> HeldOut:
        n_blocks = len(text.tokens) // text.context
        blocks_N = compiled_held_out.held_out(np.arange(n_blocks), config.seed, _OF)
        where = (text.flat_R, text.context, text.tokens, text.special, text.document)
        *windows, keys, priorities = compiled_held_out.pool(
            blocks_N, *where, (config.before, config.after, config.seed)
        )
        # In the order of a hash, no two of the same tokens. Sorted here: numba compiles a sort for seconds.
        order = np.argsort(priorities, kind="stable")
        chosen = order[np.append(True, keys[order][1:] != keys[order][:-1])[: len(order)]]
        place_P, first_P, last_P = (column[chosen] for column in windows)
        ends = (text.flat_R[first_P], text.flat_R[last_P - 1] + 1)
        seen_P = compiled_held_out.seen(*ends, blocks_N, text.context, text.tokens, text.special, text.document)
        new = np.nonzero(~seen_P)[0][:_POOL]
        return cls(blocks_N, blocks_N[text.flat_R // text.context], place_P[new], first_P[new], last_P[new])
