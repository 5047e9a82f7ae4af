"""Routes: notifiers that take some alerts."""

from __future__ import annotations

from attrs import field, frozen

from .._arguments import check_switch, check_switch_or_none, naming_each
from .._frames import without_locals
from .._plugins import check_notifier
from ..causes import LEVELS, Level
from ..judging import Judgement
from ..notifiers import Notifier
from ..policy import fields
from ..policy.conditions import Conditions
from ._routing import Recipient


def _name(notifier: Notifier | None) -> str:
    return "None" if notifier is None else notifier.name


@frozen(slots=False, field_transformer=naming_each)
class Route(Conditions, Recipient):
    """
    A notifier, and the alerts that it takes.

    An alert goes to every route that it fits, but only once to a notifier of several routes.
    `Conditions` describes the conditions: cause, workload, cluster, service, family, account,
    container, exit_code, tag. Without any, every alert fits.

    Attributes:
        notifier: The notifier; None for a route that drops.
        min_level: The lowest level to take: fatal, error, warning or info. None: any.
        collapse: Whether alerts of one call with the same fingerprint become one, with their
            number and the first few tasks. None: only those about a service's tasks, because each
            run of a job is its own failure.
        otherwise: Whether the route takes only what no route without this flag takes.
        drop: Whether the route drops what fits and no other route takes. It must be the last
            route. Without it an alert that no route takes counts as not delivered.

    Raises:
        ValueError: The level does not exist, a value has no effect together with drop, or
            `Conditions` refuses a value.
        TypeError: The notifier is missing or is not one, a switch is neither True nor False, or
            `Conditions` refuses a type.
    """

    notifier: Notifier | None = field(default=None, repr=_name, eq=id)
    min_level: Level | None = field(default=None, converter=fields.min_level, kw_only=True)
    collapse: bool | None = field(default=None, validator=check_switch_or_none, kw_only=True)
    otherwise: bool = field(default=False, validator=check_switch, kw_only=True)
    drop: bool = field(default=False, validator=check_switch, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.drop:
            check_notifier(self.notifier)
        elif (self.notifier, self.min_level, self.collapse) != (None, None, None) or self.otherwise:
            raise ValueError(
                "expected conditions alone with drop: leave out notifier, min_level, collapse and "
                "otherwise"
            )

    def takes(self, judgement: Judgement) -> bool:
        """Return whether the alert of *judgement* is for this route."""
        return self._takes_level(judgement.as_alert().level) and self.fits(judgement.case)

    def may_take(self, judgement: Judgement) -> bool:
        """Return whether the alert could be for this route if it had other tags."""
        case = judgement.case
        rules = [rule for rule in judgement.policy.rules if rule.tag]
        by_tags = [rule.level for rule in rules if rule.without_tags.fits(case)]
        loud_enough = any(map(self._takes_level, (judgement.as_alert().level, *by_tags)))
        return loud_enough and self.without_tags.fits(case)

    def _takes_level(self, level: Level | None) -> bool:
        """Return whether *level* is high enough."""
        least = LEVELS.index(self.min_level or LEVELS[-1])
        return level is not None and LEVELS.index(level) <= least

    def __str__(self) -> str:
        """Return the route as a person reads it: ``sentry (family etl-*, from warning up)``."""
        least = "only fatal" if self.min_level == LEVELS[0] else f"from {self.min_level} up"
        what = super().__str__() + (f", {least}" if self.min_level else "")
        rest = ", if no other route takes it" if self.otherwise else ""
        return f"{'dropped' if self.drop else _name(self.notifier)} ({what}{rest})"


Route.__init__ = without_locals(Route.__init__)  # type: ignore[method-assign]
