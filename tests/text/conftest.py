"""Small tokenizers made in the test itself, so that nothing is read from a network or from the package's model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SAMPLE = [
    "The quick brown fox jumps over the lazy dog. Äpfel, naïve café, 東京 and 🙂 smileys.\n" * 4,
    "def add(a, b):\n    return a + b\n\n" * 6,
    "One paragraph a line, and one line a paragraph: the word the, again the word the.\n" * 4,
]


def make_tokenizer(*, bos: bool, eos: bool = True) -> Any:
    """A byte-level BPE of about 330 tokens with or without BOS and EOS; `<mark>` is always a special token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    specials = ["<s>"] * bos + ["</s>"] * eos + ["<mark>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SAMPLE, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>" if bos else None,
        eos_token="</s>" if eos else None,
        additional_special_tokens=["<mark>"],
    )


@pytest.fixture(scope="session")
def tokenizers() -> dict[str, Any]:
    """The three cases of separators: BOS, only EOS, neither."""
    return {
        "bos": make_tokenizer(bos=True),
        "eos": make_tokenizer(bos=False),
        "none": make_tokenizer(bos=False, eos=False),
    }


@pytest.fixture(scope="session")
def tokenizer(tokenizers: dict[str, Any]) -> Any:
    """The usual case: a tokenizer with BOS and EOS."""
    return tokenizers["bos"]


@pytest.fixture
def one_line() -> Callable[[BaseException], str]:
    """Checks that an error is one line that ends in its cure, and gives its text."""

    def text(error: BaseException) -> str:
        message = str(error)
        assert "\n" not in message
        assert message.endswith(".")
        assert message.lower().endswith(error.cure.lower() + ".")  # type: ignore[attr-defined]
        return message

    return text
