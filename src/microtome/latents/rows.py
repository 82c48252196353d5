"""The text a store was made from, token by token, and the text of its tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from microtome.text import Blocks

# What SentencePiece vocabularies write for a space; decoding such a token alone drops it.
_SENTENCEPIECE_SPACE = "▁"


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


def token_decoder(tokenizer: Any) -> Callable[[int], str]:
    """A function from one token id to its text, the space it begins with included."""

    @cache
    def decode(token: int) -> str:
        text = str(tokenizer.decode([token], clean_up_tokenization_spaces=False))
        piece = tokenizer.convert_ids_to_tokens(token)
        if isinstance(piece, str) and piece.startswith(_SENTENCEPIECE_SPACE):
            spaces = len(piece) - len(piece.lstrip(_SENTENCEPIECE_SPACE))
            text = " " * spaces + text.lstrip(" ")
        return text

    return decode
