"""Rules of a policy: certain failures alert at another level, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Final

from attrs import field, frozen

from .._arguments import naming, naming_each
from .._texts import clean, quote
from ..causes import Level
from . import fields
from .cases import Case
from .conditions import Conditions

#: Characters of a rule's reason at most.
_MOST_CHARACTERS: Final = 200

_UNTIL: Final = "until: expected a date, or a time with a time zone, got"


def _until(value: date | datetime | str | None) -> date | datetime | None:
    """Read a date, or a time with a time zone."""
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
        raise TypeError(f"why: expected a string, got {quote(value)}")
    return clean(value, _MOST_CHARACTERS).strip() or None if value else None


@frozen(slots=False, field_transformer=naming_each)
class Rule(Conditions):
    """
    The level of the failures that fit, or silence.

    The last of a policy's rules that fits decides. `Conditions` describes the conditions: cause,
    workload, cluster, service, family, account, container, exit_code, tag.

    Attributes:
        level: fatal, error, warning or info; None for silence. An event that does not tell whether
            it was a failure is a warning at most. A rule with a level and without a cause is for
            failures alone; with the cause ``*`` it is for successful runs and routine stops too.
        until: The rule's last day (it ends at midnight UTC), or the time it ends, with a time
            zone. The event's own time counts, so an old event is judged as it was then. An event
            without a time does not fit such a rule. None: the rule never ends.
        why: The reason for the rule, which the decision repeats: one line, at most 200 characters.

    Raises:
        ValueError: A level does not exist, or its cause never alerts; a time has no time zone; or
            `Conditions` refuses a value.
        TypeError: A value has the wrong type.
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
        with naming("cause"):
            fields.check_may_alert(self.cause, self.level)

    @property
    def is_certain(self) -> bool:
        """Whether the rule asks for cause and workload alone."""
        return self._end is None and self.given.keys() <= {"cause", "workload"}

    def has_ended(self, now: datetime) -> bool:
        """Return whether the rule has ended by *now*."""
        return self._end is not None and now > self._end

    def fits(self, case: Case) -> bool:
        """Return whether *case* fits every condition, and happened before the rule's end."""
        if self._end is not None and (case.time is None or case.time > self._end):
            return False
        return super().fits(case)

    def missing(self, case: Case) -> tuple[str, ...]:
        """
        Return what *case* lacks for the rule, if it fits all other conditions.

        Returns:
            ``account`` or ``time``: every event should have them, and the rule asks for them.
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
        """Return the conditions and the end as a person reads them."""
        what = super().__str__() if self.given or self.level is None else "every failure"
        return f"{what}, until {_end_text(self.until)}" if self.until else what


def _end_text(until: date | datetime) -> str:
    """Return an end as a person reads it: ``the end of 2026-12-04 UTC``."""
    if isinstance(until, datetime):
        return until.isoformat(" ").replace("+00:00", " UTC")
    return f"the end of {until.isoformat()} UTC"


def rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    """Check that *value* holds rules."""
    if isinstance(value, Rule) or not isinstance(value, Iterable):
        raise TypeError(f"rules: expected several rules, got {quote(value)}: write [Rule(...)]")

    found = tuple(value)
    for index, rule in enumerate(found):
        if not isinstance(rule, Rule):
            raise TypeError(f"rules[{index}]: expected a Rule, got {quote(rule)}")
    return found
