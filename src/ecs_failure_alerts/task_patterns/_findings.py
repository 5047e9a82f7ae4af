"""What the lint finds."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

Severity: TypeAlias = Literal["error", "warning", "info"]

#: The worst first.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@frozen
class Finding:
    """
    One thing that is wrong, or probably wrong, with a pattern.

    Attributes:
        code: What kind of thing; stable, such as ``no-last-status``.
        severity: ``error`` for what EventBridge refuses or what never does what it says,
            ``warning`` for what probably misses or matches too much, ``info`` for what is
            worth knowing.
        path: The dotted path of the field; empty for the pattern as a whole.
        message: What it leads to.
        fix: What to do about it, in words; None where there is nothing to do.
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
