"""Conversations as text, through the template that comes with a model's tokenizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from microtome.errors import ModelError

__all__ = ["chat_text"]


def chat_text(tokenizer: Any, messages: str | Sequence[Mapping[str, str]], *, name: str) -> str:
    """A conversation up to where the model answers; a text is one message of the user.

    Raises ModelError: the model called `name` has no template, or one that refuses these messages.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise ModelError(
            f"{name} has no chat template, expected one for a conversation",
            cure="Give the prompt as plain text, or use a model that was trained on conversations",
        )
    given = [{"role": "user", "content": messages}] if isinstance(messages, str) else [dict(m) for m in messages]
    try:
        text: str = tokenizer.apply_chat_template(given, tokenize=False, add_generation_prompt=True)
    except Exception as error:
        raise ModelError(
            f"the chat template of {name} does not take these messages ({error})",
            cure="Give messages with a role and a content, the last one the user's",
        ) from error
    return text
