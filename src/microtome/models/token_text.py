"""The text of single tokens: with the space they begin with, and faithful where a token is only a part of a character.

Vocabularies of bytes cut characters that they have no token for, and what a decoder makes of a part is U+FFFD, whatever
the part was. Here the bytes themselves are shown, `⟨E2⟩⟨82⟩`. Text that is valid UTF-8 stays as it is, U+FFFD too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["token_decoder"]

# What SentencePiece vocabularies write for a space; decoding such a token alone drops it.
_SENTENCEPIECE_SPACE = "▁"
_REPLACEMENT = "\ufffd"
# The token of one byte in vocabularies that fall back on bytes.
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
# With `surrogateescape`, Python decodes a byte that is not part of valid UTF-8 to 0xDC00 plus the byte.
_ESCAPED = re.compile("[\udc80-\udcff]")


def token_decoder(tokenizer: Any) -> Callable[[int], str]:
    """A function from one token id to its text, the space it begins with included.

    Bytes that are not valid UTF-8 by themselves become `⟨E2⟩`, in hexadecimal.
    """

    @cache
    def decode(token: int) -> str:
        text = str(tokenizer.decode([token], clean_up_tokenization_spaces=False))
        piece = tokenizer.convert_ids_to_tokens(token)
        if not isinstance(piece, str):
            return text
        if piece.startswith(_SENTENCEPIECE_SPACE):
            spaces = len(piece) - len(piece.lstrip(_SENTENCEPIECE_SPACE))
            text = " " * spaces + text.lstrip(" ")
        if _REPLACEMENT in text and (data := _bytes_of(piece)) is not None:
            text = _ESCAPED.sub(
                lambda found: f"⟨{ord(found[0]) - 0xDC00:02X}⟩", data.decode("utf-8", "surrogateescape")
            )
        return text

    return decode


def _bytes_of(piece: str) -> bytes | None:
    """The bytes a vocabulary writes as `piece`; None where its pieces are text."""
    if one := _BYTE.fullmatch(piece):
        return bytes([int(one[1], 16)])
    table = _byte_level()
    # U+FFFD is in no such alphabet: pieces that are text with it are not taken for bytes.
    return bytes(table[character] for character in piece) if all(character in table for character in piece) else None


@cache
def _byte_level() -> dict[str, int]:
    """What byte-level vocabularies write for each byte: printable ones stand for themselves, the others follow from
    U+0100 on (Radford et al. 2019, https://github.com/openai/gpt-2, encoder.py)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(0x100 + n): byte for n, byte in enumerate(others)}
