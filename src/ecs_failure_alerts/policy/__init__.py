"""What alerts, and at what level."""

from ..causes import LEVELS, Level, WorkloadType
from ._policy import IGNORE_CONTAINERS, SIDE_CONTAINERS, Decision, FailurePolicy, decide
from .cases import Case
from .table import Row

__all__ = [
    "IGNORE_CONTAINERS",
    "LEVELS",
    "SIDE_CONTAINERS",
    "Case",
    "Decision",
    "FailurePolicy",
    "Level",
    "Row",
    "WorkloadType",
    "decide",
]
