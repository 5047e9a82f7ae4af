"""Rules that never decide, and rules that silence everything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from ..exceptions import Problem
from ..policy.rules import Rule
from ._paths import at_index

#: The values of each condition of a rule.
_Given: TypeAlias = Mapping[str, frozenset[Any]]

#: The place in `_by_value()` of the rules that fit any value.
_ANY_VALUE: Final = (("", "*"),)


def find_unreachable(rules: Sequence[Rule]) -> Iterator[Problem]:
    """
    Find the rules that never decide, because a later one fits everything that they fit.

    If there are several, one that asks for the same is named; otherwise the last one, because the
    rule decides below that.
    """
    given = [{name: frozenset(values) for name, values in rule.given.items()} for rule in rules]
    endless = _by_value(given, [index for index, rule in enumerate(rules) if rule.until is None])

    for index, narrow in enumerate(given):
        # A rule that covers this one has all its values, so one value of each condition is enough.
        values = [(name, next(iter(found))) for name, found in narrow.items()]
        near = {later for value in (*values, *_ANY_VALUE) for later in endless.get(value, ())}
        covers = [
            later for later in sorted(near) if later > index and _covers(given, rules, later, index)
        ]
        equal = [later for later in covers if _are_equal(given, rules, later, index)]

        if equal:
            why = f"{at_index('rules', equal[-1])} comes later and asks for the same: remove one"
        elif covers:
            last = at_index("rules", covers[-1])
            why = f"{last} comes later and fits all its events: move it below {last}"
        if covers:
            yield Problem(at_index("rules", index), f"this rule never decides, because {why}")


def _by_value(
    given: Sequence[_Given], indexes: Iterable[int]
) -> Mapping[tuple[str, Any], Sequence[int]]:
    """Return the rules by the values of their rarest condition."""
    times = Counter(value for conditions in given for value in _values(conditions))
    found: dict[tuple[str, Any], list[int]] = defaultdict(list)

    for index in indexes:
        conditions = given[index] or {"": frozenset({"*"})}
        rarest = min(
            conditions, key=lambda name: sum(times[name, value] for value in conditions[name])
        )
        for value in conditions[rarest]:
            found["" if value == "*" else rarest, value].append(index)
    return found


def _values(conditions: _Given) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, values in conditions.items() for value in values)


def _covers(given: Sequence[_Given], rules: Sequence[Rule], later: int, index: int) -> bool:
    """Return whether the rule *later* certainly fits every event that the rule *index* fits."""
    wide, narrow = given[later], given[index]
    is_for_failures = rules[later].level is not None and "cause" not in wide
    if is_for_failures and ("cause" in narrow or rules[index].level is None):
        return False  # the earlier rule may fit events that are no failures

    return all(
        (name == "cause" and "*" in values)
        or (name in narrow and ("*" in values or narrow[name] <= values))
        for name, values in wide.items()
    )


def _are_equal(given: Sequence[_Given], rules: Sequence[Rule], later: int, index: int) -> bool:
    """Return whether the rule *index* also covers *later*, by which it is covered."""
    return rules[index].until is None and _covers(given, rules, index, later)


def find_silence(rules: Sequence[Rule], now: datetime) -> Iterator[Problem]:
    """Find a rule that silences everything, unless a later one sets a level."""
    current = [(index, rule) for index, rule in enumerate(rules) if not rule.has_ended(now)]

    for index, rule in reversed(current):
        if rule.level is not None:
            return
        if not rule.given or (rule.given.keys() == {"cause"} and "*" in rule.cause):
            yield Problem(at_index("rules", index), "this rule silences every alert")
            return
