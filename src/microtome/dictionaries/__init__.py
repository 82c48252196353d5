"""Sparse dictionaries: kinds, sparsifiers, and the native format."""

from microtome.dictionaries.crosslayer import CrosslayerTranscoder
from microtome.dictionaries.dictionary import KINDS, Codes, Dictionary, DictionaryConfig
from microtome.dictionaries.sparsifiers import SPARSIFIERS
from microtome.dictionaries.storage import load_dictionary, save_dictionary

__all__ = [
    "KINDS",
    "SPARSIFIERS",
    "Codes",
    "CrosslayerTranscoder",
    "Dictionary",
    "DictionaryConfig",
    "load_dictionary",
    "save_dictionary",
]
