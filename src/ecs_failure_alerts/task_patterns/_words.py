"""Checks of fields whose values are all known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from .._texts import cut, echo
from ._checks import Found
from ._elements import affixes, excluded, texts
from ._subject import Field

#: Characters of an element that a finding quotes at most.
_ELEMENT_CHARACTERS: Final = 60


def wrong_cases(field: Field, words: Sequence[str]) -> Iterator[Found]:
    """Find the words that differ from a known one only in case."""
    spelled = {word.lower(): word for word in words}

    for text in literals(field):
        if text not in words and text.lower() in spelled:
            word = json.dumps(spelled[text.lower()])
            yield Found(
                field.path,
                f"case matters: {json.dumps(text)} is not {word}",
                f"write {word}",
            )


def unknown_words(
    field: Field, words: Sequence[str], meant: Callable[[str], str | None]
) -> Iterator[Found]:
    """Find words and parts of words that fit no known value; *meant* returns the fix."""
    lower = {word.lower() for word in words}
    for text in literals(field):
        if text and text.lower() not in lower and "*" not in text:
            message = f"{echo(text)} is none of the known values: {', '.join(words)}"
            yield Found(field.path, message, meant(text))

    for operator, element in field.operators:
        written = affixes(element, "prefix", "suffix", "wildcard", "equals-ignore-case")
        if written and excluded(element) is None and not any(map(operator.accepts, words)):
            yield Found(
                field.path,
                f"{cut(json.dumps(element), _ELEMENT_CHARACTERS)} accepts none of the known values",
                f"write one of {', '.join(words)}",
            )


def literals(field: Field) -> Iterator[str]:
    """Return the whole strings that a field list accepts or excludes."""
    for element in field.elements:
        yield from texts(element)
