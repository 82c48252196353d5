"""Which token ids mean something to a model: special ones, those that end a text, and how many it takes in a row.

Configs and tokenizers of different ages say these things under different names.
"""

from __future__ import annotations

from typing import Any

__all__ = ["context_of", "special_ids_of", "stop_ids_of"]


def context_of(config: Any) -> int | None:
    """How many tokens a model of this config takes in a row, None where it does not say."""
    for key in ("max_position_embeddings", "n_positions"):
        value = getattr(config, key, None)
        if isinstance(value, int) and value > 0:
            return value
    return None


def special_ids_of(tokenizer: Any) -> frozenset[int]:
    """Tokens that stand for no text, such as BOS."""
    if tokenizer is None:
        return frozenset()
    added = getattr(tokenizer, "added_tokens_decoder", {})
    return frozenset(tokenizer.all_special_ids) | {index for index, token in added.items() if token.special}


def stop_ids_of(hf: Any, tokenizer: Any) -> frozenset[int]:
    """Tokens that end a generation, by the model's own settings or the tokenizer's."""
    settings = getattr(hf, "generation_config", None)
    ends = [getattr(settings, "eos_token_id", None), getattr(tokenizer, "eos_token_id", None)]
    flat = [end for item in ends for end in (item if isinstance(item, list) else [item])]
    return frozenset(int(end) for end in flat if end is not None)
