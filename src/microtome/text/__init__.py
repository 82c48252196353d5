"""Corpora: any source of text becomes blocks of token ids in which every token can be traced to its text."""

from __future__ import annotations

from microtome.text.documents import CombinedSource, Document, MemorySource, TextSource
from microtome.text.opening import open_text
from microtome.text.packing import Blocks, PackingConfig, iter_shards, read_blocks
from microtome.text.split import Part, in_part, is_held_out

__all__ = [
    "Blocks",
    "CombinedSource",
    "Document",
    "MemorySource",
    "PackingConfig",
    "Part",
    "TextSource",
    "in_part",
    "is_held_out",
    "iter_shards",
    "open_text",
    "read_blocks",
]
