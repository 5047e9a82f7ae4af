"""The table of operators: each class here can be read, nested and linted."""

from __future__ import annotations

from typing import Final

from ._blocks import Cidr
from ._presence import Exists
from ._ranges import Numeric
from ._strings import EqualsIgnoreCase, Exactly, Prefix, Suffix
from ._wildcards import Wildcard
from .operators import Operator

OPERATORS: Final[tuple[type[Operator], ...]] = (
    Prefix,
    Suffix,
    EqualsIgnoreCase,
    Wildcard,
    Exactly,
    Numeric,
    Cidr,
    Exists,
)
"""Every operator except ``anything-but``, because that one is made of these."""
