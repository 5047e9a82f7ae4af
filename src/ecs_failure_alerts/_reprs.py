"""How a value shows in a ``repr``, and a text of AWS in it: without what looks like a secret."""

from __future__ import annotations

import attrs


def shown(value: attrs.AttrsInstance) -> str:
    """
    Return what the ``repr`` of attrs says, for the classes that each start makes.

    attrs compiles code for the ``repr`` of each class, a third of what it takes to make one.
    """
    parts = (
        f"{field.name}={(repr if field.repr is True else field.repr)(getattr(value, field.name))}"
        for field in attrs.fields(type(value))
        if field.repr
    )
    return f"{type(value).__qualname__}({', '.join(parts)})"


def redacted(text: object) -> str:
    """Return the ``repr`` of a text that may quote a command; of anything else, its own."""
    if not isinstance(text, str):
        return repr(text)
    from .redaction import redact  # noqa: PLC0415 - its shapes take long to compile

    return repr(redact(text))
