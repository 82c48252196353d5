"""The text a store was made from, token by token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from microtome.text import Blocks


@dataclass(frozen=True)
class Rows:
    """Blocks laid end to end (arrays of N·T) and the rows, the tokens of them that are not special.

    `flat_R` is the place of each row, `token_R` its token; `context` is T.
    """

    context: int
    tokens: np.ndarray
    special: np.ndarray
    document: np.ndarray
    start: np.ndarray
    flat_R: np.ndarray
    token_R: np.ndarray
    document_ids: list[str]

    @classmethod
    def of(cls, blocks: Blocks) -> Rows:
        tokens, special = blocks.tokens.reshape(-1), blocks.special.reshape(-1)
        flat_R = np.nonzero(~special)[0]
        return cls(
            context=blocks.tokens.shape[1],
            tokens=tokens,
            special=special,
            document=blocks.document.reshape(-1),
            start=blocks.start.reshape(-1),
            flat_R=flat_R,
            token_R=tokens[flat_R],
            document_ids=blocks.document_ids,
        )

    def __len__(self) -> int:
        return len(self.flat_R)
