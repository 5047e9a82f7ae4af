"""The operator ``exists``."""

from __future__ import annotations

from ..exceptions import InvalidPattern
from .documents import Json, Scalar
from .operators import AnyOperator


class Exists(AnyOperator):
    """``exists``: that there is a leaf, of whatever value, or that there is none."""

    __slots__ = ("_present", "allows_absence")
    name = "exists"

    def __init__(self, present: Json) -> None:
        if not isinstance(present, bool):
            raise InvalidPattern("", "exists match pattern must be either true or false.")
        self._present = present
        self.allows_absence: bool = not present
        super().__init__(present)

    def accepts(self, value: Scalar) -> bool:  # noqa: ARG002
        """Return whether any leaf is accepted; the alternative accepts none."""
        return self._present
