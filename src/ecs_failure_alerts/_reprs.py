"""How texts of AWS show in a ``repr``: as in an alert, without what looks like a secret."""

from __future__ import annotations


def redacted(value: object) -> str:
    """Return the ``repr`` of a value whose texts may quote a command."""
    if not value:
        return repr(value)
    from .redaction import redact  # noqa: PLC0415 - its shapes take long to compile

    return repr(redact(value)) if isinstance(value, str) else redact(repr(value))
