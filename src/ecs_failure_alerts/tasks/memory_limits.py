"""The memory limits of a task and its container in words."""

from __future__ import annotations

from .events import Amount
from .findings import Finding

#: The most digits of a number of MiB that is shown; no host has more memory.
_DIGITS = 9


def describe_limits(finding: Finding) -> str:
    """
    Describe the limits that the event has, in brackets.

    Returns:
        `` (limit 512 MiB)``; with another limit of the container, which is known if it alone is
        at fault, `` (limit 256 MiB, task 512 MiB)``. Empty if the event has none.
    """
    own, task = _limits(finding)
    if own and task and own != task:
        return f" (limit {own} MiB, task {task} MiB)"
    return f" (limit {own or task} MiB)" if own or task else ""


def has_less_than_the_task(finding: Finding) -> bool:
    """Return whether the container at fault has a limit of its own, below that of its task."""
    own, task = _limits(finding)
    return 0 < own < task


def _limits(finding: Finding) -> tuple[int, int]:
    """Return the limit of the only container at fault, and that of its task; 0 if unknown."""
    own = finding.culprits[0].memory if len(finding.culprits) == 1 else None
    return _mebibytes(own), _mebibytes(finding.task.memory)


def _mebibytes(memory: Amount | None) -> int:
    """Return *memory* as a number; 0 if it is none."""
    readable = memory and memory.isascii() and memory.isdecimal() and len(memory) <= _DIGITS
    return int(memory) if memory and readable else 0
