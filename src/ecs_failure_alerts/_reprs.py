"""How a text of AWS shows in a ``repr``: as in an alert, without what looks like a secret."""

from __future__ import annotations


def redacted(text: object) -> str:
    """Return the ``repr`` of a text that may quote a command; of anything else, its own."""
    if not isinstance(text, str):
        return repr(text)
    from .redaction import redact  # noqa: PLC0415 - its shapes take long to compile

    return repr(redact(text))
