"""Rules of a policy: at what level certain failures alert, or that they do not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Final

from attrs import field, frozen

from .._texts import clean, quote
from ..causes import Level
from . import fields
from .cases import Case
from .conditions import Conditions

#: Characters of a rule's reason at most.
_WHY: Final = 200

_UNTIL: Final = "until: expected a date, or a time with its zone, got"


def _until(value: date | datetime | str | None) -> date | datetime | None:
    """Return a day, or a time with its zone."""
    until = _read(value) if isinstance(value, str) else value
    if until is not None and not isinstance(until, date):
        raise TypeError(f"{_UNTIL} {quote(value)}: write a date such as 2026-12-04")

    if isinstance(until, datetime) and until.utcoffset() is None:
        raise ValueError(
            f"{_UNTIL} {until.isoformat()} without one: add Z for UTC, or an offset such as +01:00"
        )
    return until


def _read(text: str) -> date:
    try:
        return (date if len(text) <= len("2026-12-04") else datetime).fromisoformat(text)
    except ValueError:
        examples = "2026-12-04 or 2026-12-04T18:00:00Z"
        raise ValueError(f"{_UNTIL} {quote(text)}: write it as {examples}") from None


def _why(value: str | None) -> str | None:
    """Return a reason on one line."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"why: expected a text, got {quote(value)}")
    return clean(value, _WHY).strip() or None if value else None


@frozen(slots=False)
class Rule(Conditions):
    """
    At what level the failures that fit alert, or that they do not.

    Of a policy's rules the last that fits decides. See `Conditions` for what a failure may have to
    fit: cause, workload, cluster, service, family, account, container, exit_code, tag.

    Attributes:
        level: fatal, error, warning or info; None for silence. What an event leaves undecided is
            a warning at most, whatever the rule says. A rule with a level that names no cause is
            for failures alone: the cause ``*`` is for successful runs and routine stops as well.
        until: The rule's last day, to its end in UTC, or its last moment, with zone. Whether it
            still fits is decided by the event's own time, so that an old event is judged as it
            was then; to an event without time such a rule does not fit. None: it never ends.
        why: Why there is this rule, for whoever reads the decision; one line of at most 200
            characters.

    Raises:
        ValueError: A level that does not exist, a level for what never alerts, a time without
            zone; and what `Conditions` refuses.
        TypeError: A value of another type.
    """

    level: Level | None = field(converter=fields.level)
    until: date | datetime | None = field(default=None, converter=_until, kw_only=True)
    why: str | None = field(default=None, converter=_why, kw_only=True)
    _end: datetime | None = field(init=False, repr=False, eq=False)

    @_end.default
    def _last_moment(self) -> datetime | None:
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return datetime.combine(self.until, time.max, UTC)

    def __attrs_post_init__(self) -> None:
        fields.check_may_alert(self.cause, self.level)

    @property
    def is_certain(self) -> bool:
        """Whether it fits by cause and workload alone."""
        return self._end is None and self.given.keys() <= {"cause", "workload"}

    def has_ended(self, now: datetime) -> bool:
        """Return whether the rule fits no event that happens *now*."""
        return self._end is not None and now > self._end

    def fits(self, case: Case) -> bool:
        """Return whether *case* fits every condition, and happened while the rule held."""
        if self._end is not None and (case.time is None or case.time > self._end):
            return False
        return super().fits(case)

    def missing(self, case: Case) -> tuple[str, ...]:
        """
        Return why *case* does not fit though nothing else speaks against it.

        Returns:
            What the rule asks for and every event should have, but this one has not: ``account``
            or ``time``.
        """
        asked = {
            "account": case.account is None and bool(self.account),
            "time": case.time is None and self._end is not None,
        }
        absent = [name for name, is_absent in asked.items() if is_absent]
        if not absent:
            return ()

        rest = {name: value for name, value in self.given.items() if name not in absent}
        return tuple(absent) if Conditions(**rest).fits(case) else ()

    def __str__(self) -> str:
        """Return what the rule fits, and until when, as a person reads it."""
        what = super().__str__() if self.given or self.level is None else "every failure"
        return f"{what}, until {_words(self.until)}" if self.until else what


def _words(until: date | datetime) -> str:
    """Return an end in words: ``the end of 2026-12-04 UTC``, ``2026-12-04 18:00:00 UTC``."""
    if isinstance(until, datetime):
        return until.isoformat(" ").replace("+00:00", " UTC")
    return f"the end of {until.isoformat()} UTC"


def rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules in their order."""
    if isinstance(value, Rule) or not isinstance(value, Iterable):
        raise TypeError(f"rules: expected several rules, got {quote(value)}: write [Rule(...)]")

    found = tuple(value)
    for index, rule in enumerate(found):
        if not isinstance(rule, Rule):
            raise TypeError(f"rules[{index}]: expected a Rule, got {quote(rule)}")
    return found
