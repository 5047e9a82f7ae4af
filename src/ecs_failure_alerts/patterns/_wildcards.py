"""The operator ``wildcard``."""

from __future__ import annotations

from .._globs import has_pieces
from ..exceptions import InvalidPattern
from .documents import Json, Scalar
from .operators import TextOperator, require_string


class Wildcard(TextOperator):
    r"""``wildcard``: a whole string, in which ``*`` is any run of characters."""

    __slots__ = ("_pieces",)
    name = "wildcard"
    excludable = True

    def __init__(self, text: Json) -> None:
        text = require_string(self.name, text)
        self._pieces = _split(text)
        super().__init__(text)

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is a string that has every piece in turn."""
        return isinstance(value, str) and has_pieces(value, self._pieces)


def _split(text: str) -> list[str]:
    """Split a wildcard at its asterisks, with escapes undone."""
    pieces = [""]
    positions = iter(range(len(text)))

    for position in positions:
        character, following = text[position], text[position + 1 : position + 2]
        if character == "\\":
            if following not in {"*", "\\"}:
                raise _misplaced("Invalid escape character", text, position)
            pieces[-1] += following
            next(positions)
        elif character != "*":
            pieces[-1] += character
        elif following == "*":
            raise _misplaced("Consecutive wildcard characters", text, position)
        else:
            pieces.append("")

    return pieces


def _misplaced(fault: str, text: str, position: int) -> InvalidPattern:
    """Return the error for *position*, counted as EventBridge does: in bytes, after a quote."""
    return InvalidPattern("", f"{fault} at pos {len(text[:position].encode(errors='replace')) + 1}")
