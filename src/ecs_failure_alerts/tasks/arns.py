"""The parts of an ARN."""

from __future__ import annotations


def after(mark: str, arn: str | None) -> str | None:
    """Return the part of an ARN after *mark*; None if the mark is not in it."""
    return (arn or "").partition(mark)[2] or None


def last(arn: str | None) -> str | None:
    """Return the last part of an ARN's path."""
    return (arn or "").rpartition("/")[2] or None


def arn_part(arn: str | None, index: int) -> str | None:
    """Return a part of an ARN: 1 is the partition, 3 the Region, 4 the account."""
    parts = (arn or "").split(":", 5)
    return parts[index] or None if len(parts) == 6 and parts[0] == "arn" else None
