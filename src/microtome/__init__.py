"""microtome slices a language model open: sparse dictionaries trained, measured and explained.

Everything a user needs is reachable from here; heavy imports happen where they are used, so
`import microtome` is quick.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# On Linux, torch takes huge pages for large tensors if this is set before its first one: new memory then costs a page
# fault every 2 MiB instead of every 4 KiB, and a training step on a CPU is a quarter faster.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

__version__ = "0.1.0"

# Where each public name lives. Resolved on first use (PEP 562), so that nothing heavy is imported before it is needed.
_EXPORTS = {
    "LanguageModel": "microtome.models",
    "Site": "microtome.sites",
    "parse_sites": "microtome.sites",
    "Dictionary": "microtome.dictionaries",
    "DictionaryConfig": "microtome.dictionaries",
    "load_dictionary": "microtome.dictionaries",
    "save_dictionary": "microtome.dictionaries",
    "open_text": "microtome.text",
    "train": "microtome.training",
    "TrainingConfig": "microtome.training",
    "EvaluationConfig": "microtome.evaluation",
    "Placed": "microtome.evaluation",
    "evaluate_on_arrays": "microtome.evaluation",
    "evaluate_on_model": "microtome.evaluation",
    "Run": "microtome.training",
    "plots": "microtome.report.plots",
}

__all__ = [
    "__version__",
    "LanguageModel",
    "Site",
    "parse_sites",
    "Dictionary",
    "DictionaryConfig",
    "load_dictionary",
    "save_dictionary",
    "open_text",
    "train",
    "TrainingConfig",
    "EvaluationConfig",
    "Placed",
    "evaluate_on_arrays",
    "evaluate_on_model",
    "Run",
    "plots",
]

if TYPE_CHECKING:
    from microtome.dictionaries import Dictionary, DictionaryConfig, load_dictionary, save_dictionary
    from microtome.evaluation import EvaluationConfig, Placed, evaluate_on_arrays, evaluate_on_model
    from microtome.models import LanguageModel
    from microtome.report.plots import plots
    from microtome.sites import Site, parse_sites
    from microtome.text import open_text
    from microtome.training import Run, TrainingConfig, train


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'microtome' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
