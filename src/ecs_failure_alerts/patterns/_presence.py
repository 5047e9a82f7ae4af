"""The operator ``exists``."""

from __future__ import annotations

from ..exceptions import InvalidPattern
from .documents import Json, Scalar
from .operators import AnyOperator


class Exists(AnyOperator):
    """``exists``: a leaf with any value, or none."""

    __slots__ = ("_present", "allows_absence")
    name = "exists"

    def __init__(self, present: Json) -> None:
        if not isinstance(present, bool):
            raise InvalidPattern("", "exists match pattern must be either true or false.")
        self._present = present
        self.allows_absence: bool = not present
        super().__init__(present)

    def accepts(self, value: Scalar) -> bool:  # noqa: ARG002
        """Return whether a leaf is wanted, whatever its value."""
        return self._present
