"""The subject of a pattern: its conditions, and the events that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import field, frozen

from .._texts import close_match
from ..patterns import EventPattern
from ..patterns.compiled import Condition, SubRule
from ..patterns.operators import Operator
from ..tasks.events import DETAIL_TYPE, SOURCE
from ..tasks.fields import DETAIL_TYPES, FIELDS, STOP_CODES
from ._elements import every_text, texts
from ._notice_catalogue import SENDERS

_SIMILAR: Final = 0.75
#: Fields of tasks that other events of ECS have too.
_SHARED: Final = frozenset({"detail.clusterArn", "detail.containerInstanceArn"})


@frozen
class Field:
    """
    A path and the condition on it.

    Attributes:
        path: The dotted path.
        condition: The condition.
        elements: Its elements as plain Python values.
    """

    path: str
    condition: Condition
    elements: tuple[Any, ...] = field(eq=False)

    @property
    def operators(self) -> Sequence[tuple[Operator, Any]]:
        """Each element, with its plain value."""
        return tuple(zip(self.condition.operators, self.elements, strict=True))


def fields_of(rules: Sequence[SubRule]) -> Iterator[Field]:
    """Return each path with each of its different field lists."""
    seen: set[tuple[str, Condition]] = set()
    for rule in rules:
        for path, condition in rule.conditions.items():
            if (path, condition) not in seen:
                seen.add((path, condition))
                elements = tuple(operator.to_python() for operator in condition.operators)
                yield Field(path, condition, elements)


def task_rules(pattern: EventPattern) -> list[SubRule]:
    """Return the combinations of conditions that are about ECS tasks, or are meant to be."""
    return [rule for rule in pattern.sub_rules if _is_about_tasks(rule)]


def _is_about_tasks(rule: SubRule) -> bool:
    source, detail_type = (rule.conditions.get(name) for name in ("source", "detail-type"))
    if source is None and detail_type is None:
        return any(path in FIELDS and path.startswith("detail.") for path in rule.conditions)

    if detail_type is not None and _is_of_others(rule, detail_type):
        return False
    if detail_type is not None and DETAIL_TYPE in detail_type.texts:
        return True  # nobody else sends these, whatever the source

    return _means(source, SOURCE, ()) and _means(detail_type, DETAIL_TYPE, DETAIL_TYPES)


def _is_of_others(rule: SubRule, detail_type: Condition) -> bool:
    """Return whether a branch for several types of event has only fields that tasks lack."""
    paths = {path for path in rule.conditions if path.startswith("detail.")} - _SHARED
    takes_others = any(map(detail_type.accepts, SENDERS))
    return bool(paths) and takes_others and paths.isdisjoint(FIELDS)


def _means(condition: Condition | None, word: str, others: Sequence[str]) -> bool:
    """Return whether a condition accepts *word*, or something that must mean it."""
    if condition is None or condition.accepts(word):
        return True

    written = [text for op in condition.operators for text in texts(op.to_python())]
    return any(
        close_match(text.lower(), [word.lower()], _SIMILAR)
        for text in written
        if text not in others
    )


def notice_rules(pattern: EventPattern) -> list[SubRule]:
    """Return the combinations of conditions that ask for notices by name."""
    return [rule for rule in pattern.sub_rules if asked_types([rule])]


def asked_types(rules: Sequence[SubRule]) -> list[str]:
    """Return the types of notices that a rule asks for by name."""
    return [name for name, source in SENDERS.items() if any(_asks(r, name, source) for r in rules)]


def _asks(rule: SubRule, name: str, sender: str) -> bool:
    source, detail_type = (rule.conditions.get(field) for field in ("source", "detail-type"))
    is_named = detail_type is not None and detail_type.accepts(name)

    return is_named and (source is None or source.accepts(sender))


_INTERRUPTION_CODES: Final = frozenset({"SpotInterruption", "TerminationNotice"})


def is_about_spot(rules: Sequence[SubRule]) -> bool:
    """Return whether every combination takes only interruptions."""
    return all(_is_spot(rule) for rule in rules)


def _is_spot(rule: SubRule) -> bool:
    code = rule.conditions.get("detail.stopCode")
    if code is not None and not code.allows_absence:
        taken = {word for word in STOP_CODES if code.accepts(word)}
        if taken and taken <= _INTERRUPTION_CODES:
            return True

    reason = rule.conditions.get("detail.stoppedReason")
    written = [op.to_python() for op in reason.operators] if reason is not None else []
    return bool(written) and all(any("Spot" in text for text in every_text(e)) for e in written)
