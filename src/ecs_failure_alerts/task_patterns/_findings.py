"""The findings of lint."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

Severity: TypeAlias = Literal["error", "warning", "info"]

#: The severities, the worst first.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@frozen
class Finding:
    """
    A fault of a pattern, or a probable one.

    Attributes:
        code: The stable name of its kind, such as ``no-last-status``.
        severity: ``error`` if EventBridge refuses the pattern or a condition never works,
            ``warning`` if it probably misses or matches too much, ``info`` if it is only worth
            knowing.
        path: The dotted path of the field; empty for the pattern as a whole.
        message: What is wrong, and its effect.
        fix: What to do about it, or None.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str | None = None

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{self.severity}: {where}{self.message}{fix} [{self.code}]"
