"""Names on one line: nothing that tells two tokens apart is lost between words."""

from __future__ import annotations

import pytest

from microtome.markup import named, readable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("‘\n  ’, ‘\n ’, ‘ #’", "‘↵··’, ‘↵·’, ‘·#’"),
        ("after ‘ the’, ‘the ’", "after ‘·the’, ‘the·’"),
        ("promotes ‘ New York’", "promotes ‘·New York’"),
        ("  two  spaces ", "··two··spaces·"),
        ("a \t b", "a·⇥·b"),
        ("plain words, and more", "plain words, and more"),
        ("‘ ’", "‘·’"),
        ("", ""),
    ],
)
def test_a_space_of_a_name_that_nobody_would_see_is_a_mark(name: str, shown: str) -> None:
    assert named(name) == shown


def test_spaces_of_running_text_stay_spaces() -> None:
    assert readable("  if x:\n") == "  if x:↵"
