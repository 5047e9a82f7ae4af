"""Foreign text as the commands show it: on one line, and without secrets."""

from __future__ import annotations

from .._texts import clean
from ..redaction import redact_and_cut

#: Characters of a text at most by default.
MOST_CHARACTERS = 20_000


def presented(text: str, limit: int = MOST_CHARACTERS, *, raw: bool = False) -> str:
    """
    Return *text* as it is safe for a terminal or a script.

    Args:
        text: A text of the event, or one that quotes it.
        limit: Characters at most.
        raw: Whether secrets stay in it. Control characters never do.
    """
    return clean(text, limit) if raw else redact_and_cut(text, limit)
