"""The text of single tokens, in both kinds of vocabulary that cut characters into bytes."""

from __future__ import annotations

from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from microtome.markup import readable, visible, visible_text
from microtome.models import LanguageModel
from microtome.models.token_text import token_decoder


def byte_level(*pieces: str) -> Any:
    made = Tokenizer(models.WordLevel({piece: i for i, piece in enumerate(("<unk>", *pieces))}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=made)


def sentencepiece(*pieces: str) -> Any:
    made = Tokenizer(models.WordLevel({piece: i for i, piece in enumerate(("<unk>", *pieces))}, unk_token="<unk>"))
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(tokenizer_object=made)


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        ("âĤ", "⟨E2⟩⟨82⟩"),
        ("¬", "⟨AC⟩"),
        ("âĤ¬", "€"),
        ("ĠâĤ", " ⟨E2⟩⟨82⟩"),
        ("¬Ġso", "⟨AC⟩ so"),
        ("Ã©Ã", "é⟨C3⟩"),
        ("ï¿½", "\ufffd"),
        ("ï¿½Ã", "\ufffd⟨C3⟩"),
        ("íłĢ", "⟨ED⟩⟨A0⟩⟨80⟩"),
        ("cat", "cat"),
    ],
)
def test_parts_of_characters_in_a_vocabulary_of_bytes(piece: str, shown: str) -> None:
    assert token_decoder(byte_level(piece))(1) == shown


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        ("<0xE2>", "⟨E2⟩"),
        ("<0x0A>", "\n"),
        ("<0x41>", "A"),
        ("▁the", " the"),
        ("é", "é"),
        # A vocabulary of text may have the sign itself, and signs that others write for bytes.
        ("\ufffd", "\ufffd"),
        ("â\ufffd", "â\ufffd"),
    ],
)
def test_parts_of_characters_in_a_vocabulary_that_falls_back_on_bytes(piece: str, shown: str) -> None:
    assert token_decoder(sentencepiece(piece))(1) == shown


def test_nothing_of_a_text_is_lost_or_looks_alike() -> None:
    """All 256 bytes of `tiny`: what is ASCII is itself, each other byte is told from all others."""
    lm = LanguageModel.load("tiny", device="cpu")
    decode = token_decoder(lm.tokenizer)
    ids = [int(lm.tokenizer.convert_tokens_to_ids(piece)) for piece in pre_tokenizers.ByteLevel.alphabet()]
    shown = {decode(token) for token in ids}
    assert shown == {chr(byte) for byte in range(128)} | {f"⟨{byte:02X}⟩" for byte in range(128, 256)}
    text = "naïve 🧬\u202eשלום\ufffd"
    pieces = "".join(decode(token) for token in lm.encode(text)[0, 1:].tolist())
    for character in "ï🧬\u202eש\ufffd":
        assert character in pieces or "".join(f"⟨{byte:02X}⟩" for byte in character.encode()) in pieces


def test_marks_are_shown_as_they_are_everywhere() -> None:
    for show in (visible, visible_text, readable):
        assert str(show("⟨E2⟩⟨82⟩")) == "⟨E2⟩⟨82⟩"
