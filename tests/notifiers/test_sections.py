"""Foreign text steers no chat, and is still read as it was written."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.notifiers._sections import disarmed
from rows import each

#: Letters of which calls and links are made.
_LETTERS = st.text("@<>*_![]()/.a1 \n")


@given(_LETTERS)
def test_no_text_calls_anybody_or_makes_a_link(text: str) -> None:
    shown = disarmed(text)
    assert not re.search(r"@_?\*|(?<!\w)@\w|<\S|\]\(", shown.replace("\N{ZERO WIDTH SPACE}", " "))


@given(_LETTERS)
def test_a_text_looks_as_it_was(text: str) -> None:
    assert disarmed(text).replace("\N{ZERO WIDTH SPACE}", "") == text


@each("text", ["ops@example.com", "image@sha256:4f53", "1 < 2", "a -> b", "[a] (b)", "@ 5"])
def test_what_steers_nothing_stays_as_it_is(text: str) -> None:
    assert disarmed(text) == text
