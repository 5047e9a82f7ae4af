"""A foreign text as the desk shows it: on one line, and without secrets."""

from __future__ import annotations

from .._texts import clean
from ..redaction import redact_and_cut

#: Characters of a text at most, where no limit is named.
LONGEST = 20_000


def presented(text: str, limit: int = LONGEST, *, raw: bool = False) -> str:
    """
    Return *text* as a terminal or a script may have it.

    Args:
        text: A text of the event, or one that quotes it.
        limit: Characters at most.
        raw: Whether secrets stay in it; what steers a screen never does.
    """
    return clean(text, limit) if raw else redact_and_cut(text, limit)
