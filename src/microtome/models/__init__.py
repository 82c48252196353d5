"""Language models: any causal LM of transformers, unmodified, with named sites to read and change.

`LanguageModel` is the door. Behind it: which module gives which site (`families`, `structure`), the proof that this
is true (`proof`), the hooks (`hooks`), and getting a model from wherever it is (`loading`, `gguf`, `precision`).
"""

from __future__ import annotations

from microtome.models.families import FAMILIES, Family
from microtome.models.generation import Step
from microtome.models.hooks import Passing
from microtome.models.language_model import LanguageModel

__all__ = ["FAMILIES", "Family", "LanguageModel", "Passing", "Step"]
