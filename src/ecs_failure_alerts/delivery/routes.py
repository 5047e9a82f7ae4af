"""A notifier, and which alerts are for it."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import instance_of, optional

from .._plugins import check_notifier
from ..causes import LEVELS, Level
from ..judging import Judgement
from ..notifiers import Notifier
from ..policy import fields
from ..policy.conditions import Conditions
from ._routing import Recipient


def _name(notifier: Notifier | None) -> str:
    return "None" if notifier is None else notifier.name


@frozen(slots=False)
class Route(Conditions, Recipient):
    """
    A notifier, and which alerts are for it.

    An alert goes to every route that it fits, and to a notifier that several routes have once.
    See `Conditions` for what an alert may have to fit: cause, workload, cluster, service, family,
    account, container, exit_code, tag. Without any, everything fits.

    Attributes:
        notifier: Where the alerts go; None for a route that drops.
        min_level: The lowest level that is taken: fatal, error, warning or info. None: any.
        collapse: Whether alerts of one call with one fingerprint are told as one, with their
            number and the first few tasks. None: only those of a service's tasks, because each
            run of a job is its own failure.
        otherwise: Whether only that is taken which no route without it takes.
        drop: Whether what fits, and no other route takes, is dropped. Such a route is the last
            one. Without it an alert that no route takes counts as not delivered.

    Raises:
        ValueError: A level that does not exist, or something beside drop that has no effect; and
            what `Conditions` refuses.
        TypeError: Something else than a notifier, or none where nothing is dropped; and what
            `Conditions` refuses.
    """

    notifier: Notifier | None = field(default=None, repr=_name, eq=id)
    min_level: Level | None = field(default=None, converter=fields.min_level, kw_only=True)
    collapse: bool | None = field(default=None, validator=optional(instance_of(bool)), kw_only=True)
    otherwise: bool = field(default=False, validator=instance_of(bool), kw_only=True)
    drop: bool = field(default=False, validator=instance_of(bool), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.drop:
            check_notifier(self.notifier)
        elif (self.notifier, self.min_level, self.collapse) != (None, None, None) or self.otherwise:
            raise ValueError(
                "drop stands with conditions alone: leave out notifier, min_level, collapse and "
                "otherwise, because such a route tells nobody"
            )

    def takes(self, judgement: Judgement) -> bool:
        """Return whether the alert of *judgement* is for this route."""
        return self._hears(judgement.as_alert().level) and self.fits(judgement.case)

    def may_take(self, judgement: Judgement) -> bool:
        """Return whether the alert could be for this route if it had other tags."""
        case = judgement.case
        rules = [rule for rule in judgement.policy.rules if rule.tag]
        by_tags = [rule.level for rule in rules if rule.without_tags.fits(case)]
        loud_enough = any(map(self._hears, (judgement.as_alert().level, *by_tags)))
        return loud_enough and self.without_tags.fits(case)

    def _hears(self, level: Level | None) -> bool:
        """Return whether *level* is loud enough."""
        least = LEVELS.index(self.min_level or LEVELS[-1])
        return level is not None and LEVELS.index(level) <= least

    def __str__(self) -> str:
        """Return what a person calls it: ``sentry (family etl-*, from warning up)``."""
        least = "only fatal" if self.min_level == LEVELS[0] else f"from {self.min_level} up"
        what = super().__str__() + (f", {least}" if self.min_level else "")
        rest = ", if no other route takes it" if self.otherwise else ""
        return f"{'dropped' if self.drop else _name(self.notifier)} ({what}{rest})"
