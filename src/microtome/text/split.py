"""Which documents are held out of training: decided by each document's own text, and by nothing else.

A hash of the text is compared with the share. So the decision is the same whether a text is streamed or not,
in any order, under any file name, and two copies of one document always fall on the same side: a held-out
document is never one that was trained on.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Part = Literal["all", "train", "held_out"]


def is_held_out(text: str, share: float) -> bool:
    """Whether a document of this text is in the held-out part, which is about `share` (0 to 1) of all
    documents.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"held_out").digest()
    return int.from_bytes(digest, "big") < share * 2.0**64


def in_part(text: str, part: Part, share: float) -> bool:
    """Whether a document of this text belongs to `part`; every document is in exactly one of train and
    held_out.
    """
    return part == "all" or is_held_out(text, share) == (part == "held_out")
