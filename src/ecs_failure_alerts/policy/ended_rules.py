"""A warning about each rule that has ended, once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .._log import LOGGER

if TYPE_CHECKING:
    from .rules import Rule

#: The rules that were warned about.
_WARNED: Final[set[Rule]] = set()


def warn_of_ended_rules(rules: Iterable[Rule], now: datetime | None = None) -> None:
    """
    Log a warning for each of *rules* that has ended.

    The event's own time decides whether a rule fits it. The clock only tells when the rule can be
    removed.

    Args:
        rules: The rules of a policy.
        now: The time; the clock's by default.
    """
    for index, rule in enumerate(rules):
        if rule.until is None or rule in _WARNED or not rule.has_ended(now or datetime.now(UTC)):
            continue

        _WARNED.add(rule)
        with suppress(Exception):  # a host's log filter that raises must not cost an alert
            LOGGER.warning(
                "rules[%d] (%s) has ended: remove it, or set a later until",
                *(index, rule),
            )
