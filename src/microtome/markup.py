"""Text of tokens for HTML and terminals: always escaped, and what is invisible made visible.

A token can hold anything a text can: markup, line breaks, control characters, marks that turn the direction
of everything behind them. None of it may act on the page or the terminal. The web app's twin of this is
`ui/src/tokens.tsx`; a test holds them equal.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

from microtome.errors import ConfigError

_VISIBLE = {" ": "·", "\n": "↵", "\t": "⇥", "\r": "␍", "\u00a0": "⍽"}
# Unicode categories of characters that show nothing, or change how others are shown: control, format,
# surrogate, private, unassigned, line and paragraph separators, and spaces.
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
# Spaces of a name that nobody would see, or could count: at an end, beside another or beside a mark, or just inside
# quotation marks, where they belong to a token.
_UNSEEN = re.compile(r"(?<![^‘ \n\t\r\u00a0]) | (?![^’ \n\t\r\u00a0])")


def visible(text: str) -> Markup:
    """`text` as safe HTML. Spaces are `·`, line breaks `↵`, tabs `⇥`, other invisible characters their code,
    all of them in `<span class="ws">`; an empty text is `∅`."""
    if not text:
        return _mark("∅")
    # A combining mark with nothing to combine with would sit on the token before it.
    carrier = "◌" if unicodedata.category(text[0]).startswith("M") else ""
    return carrier + Markup("").join(_visible_character(character) for character in text)


def visible_text(text: str) -> str:
    """The same as plain text, for figures, which are no HTML."""
    return visible(text).striptags()


def readable(text: str) -> str:
    """Running text as a line of plain text for terminals: the invisible is shown as above, but spaces stay spaces."""
    return " ".join(visible_text(word) if word else "" for word in text.split(" "))


def named(text: str) -> str:
    """A name made by people or from tokens, as plain text for terminals, titles and cards: a space between two words
    stays a space; one that nobody would see or could count is `·`."""
    return readable(_UNSEEN.sub("·", text))


def whole(text: str, what: str) -> str:
    """`text`, if it can be written: half of a surrogate pair, which JSON and arguments that are not UTF-8 may hold, is
    no character. Raises `ConfigError` that says it of `what`."""
    if repaired(text) != text:
        raise ConfigError(
            f"{what} holds half of a surrogate pair or bytes that are not UTF-8, expected text", cure="Give it in UTF-8"
        )
    return text


def repaired(text: str) -> str:
    """`text` with U+FFFD in place of each half of a surrogate pair, as every UTF-8 decoder puts it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _visible_character(character: str) -> Markup:
    if character in _VISIBLE:
        return _mark(_VISIBLE[character])
    if unicodedata.category(character) in _INVISIBLE:
        return _mark(f"U+{ord(character):04X}")
    return escape(character)


def _mark(shown: str) -> Markup:
    return Markup('<span class="ws">{}</span>').format(shown)
