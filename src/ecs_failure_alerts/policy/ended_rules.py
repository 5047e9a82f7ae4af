"""The warning that a rule of a policy has ended, once for each rule in a process."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .rules import Rule

LOGGER: Final = logging.getLogger("ecs_failure_alerts")

#: The rules of which somebody was told.
_TOLD: Final[set[Rule]] = set()


def warn_of_ended_rules(rules: Iterable[Rule], now: datetime | None = None) -> None:
    """
    Log a warning for each of *rules* that fits no event from now on.

    Whether a rule fits an event is decided by the event's own time; the clock only tells when to
    take the rule out.

    Args:
        rules: The rules of a policy.
        now: The time; the clock's by default.
    """
    for index, rule in enumerate(rules):
        if rule.until is None or rule in _TOLD or not rule.has_ended(now or datetime.now(UTC)):
            continue

        _TOLD.add(rule)
        with suppress(Exception):  # a filter of the host's that raises must not cost an alert
            LOGGER.warning(
                "rules[%d] (%s) has ended and fits no new event: remove it, or move its end",
                *(index, rule),
            )
