"""Conditions that never hold together, and conditions that exclude nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from attrs import frozen

from ..patterns.compiled import Condition, SubRule
from ..patterns.elements import element_of
from ..tasks.fields import FIELDS, STATUSES, STOP_CODES
from ._catalogue import CATALOGUE
from ._checks import Found, Rule, Subject
from ._elements import as_list, excluded, texts
from ._scope import holds, in_scope, is_name

_PRESENT: Final = Condition((element_of({"exists": True}),))
#: The fields that every event of a stopped task has.
_ALWAYS: Final = frozenset(
    path
    for path in FIELDS
    if all(
        holds(_PRESENT, event.event, path)
        for event in CATALOGUE
        if event.event["detail"]["lastStatus"] == "STOPPED"
    )
)

_STATUS: Final = "detail.lastStatus"
_WANTED: Final = "detail.desiredStatus"
_CODE: Final = "detail.stopCode"


@frozen
class _Clash:
    """
    Two conditions that never hold together.

    Attributes:
        first: A path.
        accepts: The values there.
        second: Another path.
        and_accepts: The values there; empty for any value at all.
        message: Why they never hold together.
        fix: What to do.
    """

    first: str
    accepts: frozenset[str]
    second: str
    and_accepts: frozenset[str]
    message: str
    fix: str


_STOPPING: Final = frozenset({"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"})
_RUNNING: Final = frozenset({"RUNNING"})
_ANY: Final[frozenset[str]] = frozenset()

_CLASHES: Final = (
    _Clash(
        _STATUS,
        _STOPPING,
        _WANTED,
        _RUNNING,
        "never holds with desiredStatus RUNNING: it is STOPPED for every task that is stopping or "
        "has stopped, even after a crash",
        "leave desiredStatus out",
    ),
    _Clash(
        _CODE,
        frozenset(STOP_CODES),
        _WANTED,
        _RUNNING,
        "never holds with desiredStatus RUNNING: the stop code comes once a stop is decided",
        "leave desiredStatus out",
    ),
    _Clash(
        _CODE,
        frozenset({"SpotInterruption"}),
        "detail.launchType",
        frozenset({"EC2", "EXTERNAL", "MANAGED_INSTANCES"}),
        "SpotInterruption is only for Fargate Spot; an EC2 host that is taken back causes "
        "TerminationNotice",
        'write "TerminationNotice", or launchType "FARGATE"',
    ),
    _Clash(
        _CODE,
        frozenset({"TaskFailedToStart"}),
        "detail.startedAt",
        _ANY,
        "a task that failed to start has no startedAt",
        "leave startedAt out",
    ),
    _Clash(
        "detail.containers.lastStatus",
        frozenset({"PENDING", "RUNNING"}),
        "detail.containers.exitCode",
        _ANY,
        "a container that is running has no exit code yet",
        'write "lastStatus": ["STOPPED"] for the task, none for the container',
    ),
    _Clash(
        _STATUS,
        frozenset(STATUSES) - {"STOPPED"},
        "detail.stoppedAt",
        _ANY,
        "stoppedAt comes with STOPPED only",
        'write "lastStatus": ["STOPPED"]',
    ),
)


def _clashes(subject: Subject) -> Iterator[Found]:
    found = {
        clash.first: clash
        for rule in subject.rules
        for clash in _CLASHES
        if _only(rule, clash.first, clash.accepts) and _only(rule, clash.second, clash.and_accepts)
    }
    for clash in found.values():
        yield Found(clash.first, clash.message, clash.fix)

    if not found and not subject.coverage.caught and not subject.coverage.woken:
        for rule in subject.rules:
            yield from _untypical(rule)


def _only(rule: SubRule, path: str, words: frozenset[str]) -> bool:
    """Return whether *rule* wants one of *words* at the path; any value if there are none."""
    condition = rule.conditions.get(path)
    if condition is None or condition.allows_absence:
        return False
    if not words:
        return True
    accepted = {word for word in FIELDS[path].words or STATUSES if condition.accepts(word)}
    return bool(accepted) and accepted <= words


def _untypical(rule: SubRule) -> Iterator[Found]:
    """Find two conditions that hold in typical events, but never in the same one."""
    events = [variant for event in CATALOGUE for variant in in_scope(event.event, [rule])]
    held = {
        path: {index for index, event in enumerate(events) if holds(condition, event, path)}
        for path, condition in rule.conditions.items()
        if not is_name(path)
    }

    for (first, here), (second, there) in combinations(held.items(), 2):
        if here and there and not here & there:
            yield Found(
                first,
                f"no typical event meets both this and the condition on {second}",
                "put them into two branches of $or, or leave one out",
            )


def _or_ed(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        operands = [excluded(e) for e in field.elements if excluded(e) is not None]
        if len(operands) < 2 or _overlap(operands):
            continue

        alike = {type(operand) for operand in operands} in ({str}, {int})
        one = json.dumps([{"anything-but": operands}]) if alike else "one anything-but, with a list"
        yield Found(
            field.path,
            "the elements of a list are alternatives, so several anything-but exclude nothing",
            f"write {one}",
        )


def _overlap(operands: Iterable[Any]) -> bool:
    """Return whether all of them exclude some value: then it is no mistake."""
    lists = [as_list(operand) for operand in operands]
    values = all(isinstance(value, str | int) for values in lists for value in values)
    return values and bool(set.intersection(*map(set, lists)))


def _nulls(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        if set(map(type, field.elements)) == {type(None)}:
            yield Found(
                field.path,
                "null matches only a written null, but AWS leaves fields out instead, so this "
                "never matches",
                'leave it out for any value, or write {"exists": false} for none',
            )


def _idle(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        elements = field.elements
        others = [element for element in elements if element != {"exists": True}]

        if {"exists": True} in elements and {"exists": False} in elements:
            yield Found(field.path, "exists or does not exist: excludes nothing", "leave it out")
        elif {"exists": True} in elements and others:
            yield Found(
                field.path,
                "exists: true accepts every value, so the rest of the list has no effect",
                "leave exists: true out",
            )
        elif written := [text for e in elements for text in texts(e) if not isinstance(e, dict)]:
            left_out = [v for e in elements for v in as_list(excluded(e)) if isinstance(v, str)]
            if left_out and set(left_out) <= set(written):
                yield Found(
                    field.path, "accepts and excludes the same value: excludes nothing", "keep one"
                )


def _always_there(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        if field.elements == ({"exists": True},) and field.path in _ALWAYS:
            yield Found(
                field.path,
                "every event of a stopped task has it, so this excludes nothing",
                "leave it out",
            )


def _branches(subject: Subject) -> Iterator[Found]:
    rules = subject.rules
    shared = _shared(rules)
    branches = [rule.conditions.keys() - shared.keys() for rule in rules]
    if len(rules) < 2 or any(is_name(path) for paths in branches for path in paths):
        return

    base = SubRule(dict(shared))
    events = [variant for event in CATALOGUE for variant in in_scope(event.event, [base])]
    met = [
        event
        for event in events
        if all(holds(condition, event, path) for path, condition in shared.items())
    ]
    if met and all(map(subject.pattern.matches, met)):
        yield Found(
            "$or",
            "each typical event meets one of its branches, so it excludes nothing",
            "leave it out, or ask for more in each branch",
        )


def _shared(rules: Iterable[SubRule]) -> Mapping[str, Condition]:
    """Return the conditions that all rules have in common."""
    first, *others = (rule.conditions for rule in rules)
    return {
        path: condition
        for path, condition in first.items()
        if all(other.get(path) == condition for other in others)
    }


LOGIC: Final = (
    Rule("never-together", "error", _clashes),
    Rule("or-ed-anything-but", "error", _or_ed, "all"),
    Rule("null-value", "error", _nulls),
    Rule("null-value", "warning", _nulls, "others"),
    Rule("excludes-nothing", "warning", _idle, "all"),
    Rule("excludes-nothing", "warning", _always_there),
    Rule("excludes-nothing", "warning", _branches),
)
