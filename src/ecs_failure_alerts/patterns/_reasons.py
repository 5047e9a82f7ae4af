"""The reasons of a verdict: the search's result for each condition, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .._texts import close_match, cut
from ..exceptions import EventError
from ._explanation import BranchExplanation, ConditionExplanation, Explanation
from ._leaves import Leaf
from ._matcher import Matcher
from ._presence import Exists
from ._search import Choice, Field, Fields, Search
from .compiled import Condition
from .documents import Number, Scalar, write

_MAX_VALUE_CHARACTERS = 40
"""The most characters shown of an event's value, because events hold secrets."""

_MAX_PATH_CHARACTERS = 60

_MAX_GUESSES = 50
"""The most missing fields to find a similar name for."""

_MAX_NAME_CHARACTERS = 200
"""The longest name to compare; longer ones take too long."""

_MIN_LIKENESS = 0.8

_ANY_VALUE = Condition((Exists(True),))
_MUST_BE_ABSENT = "the value is not accepted: the field should be absent"
_NEITHER = "no value satisfies it, and the field is not absent"


def explain(matcher: Matcher, event: Mapping[str, object]) -> Explanation:
    """
    Explain the verdict on *event*.

    Raises:
        EventError: A value is not JSON, or the search took too many steps.
    """
    verdicts = list(matcher.verdicts(event))
    reasons = _Reasons(matcher.search(event), event)

    branches = tuple(
        BranchExplanation(rule.sub_rule.branches, verdict, reasons.findings(rule.fields, verdict))
        for rule, verdict in zip(matcher.rules, verdicts, strict=True)
    )
    return Explanation(any(verdicts), branches)


class _Reasons:
    """Find the conditions and the values that decided."""

    def __init__(self, search: Search, event: Mapping[str, object]) -> None:
        self._search = search
        self._event = event
        self._missing: dict[str, str] = {}

    def findings(self, fields: Fields, matches: bool) -> tuple[ConditionExplanation, ...]:
        """Explain every condition; return nothing if that takes too many steps."""
        try:
            return self._reasons_for(fields) if matches else self._reasons_against(fields)
        except EventError:
            return ()

    def _reasons_for(self, fields: Fields) -> tuple[ConditionExplanation, ...]:
        choices = self._search.choices(fields) or ()
        return tuple(
            _finding(field, [leaf] if leaf else [])
            for field, (_, leaf) in zip(fields, choices, strict=False)
        )

    def _reasons_against(self, fields: Fields) -> tuple[ConditionExplanation, ...]:
        findings = [self._explain_alone(field, fields) for field in fields]

        if all(finding.holds for finding in findings):
            # Each condition can hold, but not all together: blame the one that stopped the search.
            chosen, _ = self._search.longest(fields)
            stuck = len(chosen)
            findings[stuck] = self._explain_clash(fields[stuck], fields[:stuck], chosen)

        return tuple(findings)

    def _explain_alone(self, field: Field, fields: Fields) -> ConditionExplanation:
        """Explain whether one condition can hold, at least in some element."""
        path, condition = field
        leaves = self._search.leaves.get(path, [])
        accepted = self._accepted(field)

        if accepted or (condition.allows_absence and not leaves):
            return _finding(field, accepted)
        if not leaves:
            return _finding(field, [], self._reason_of_absence(path))
        if not condition.allows_absence:
            return _finding(field, leaves, "no value satisfies it")

        for other, _ in fields[: fields.index(field)]:
            if self._search.choices([(other, _ANY_VALUE), field]):
                return _finding(field, [], holds_as="absent from some elements")
        return _finding(field, leaves, _not_absent(condition))

    def _explain_clash(
        self, stuck: Field, before: Fields, chosen: Sequence[Choice]
    ) -> ConditionExplanation:
        """Explain why *stuck* does not hold together with the conditions before it."""
        accepted = self._accepted(stuck)
        if not accepted:
            near = [leaf for leaf in self._search.leaves[stuck[0]] if _agrees(leaf, chosen)]
            return _finding(stuck, near, _not_absent(stuck[1]))

        for other in before:
            if self._search.choices([other, stuck]) is None:
                return _finding(stuck, accepted, self._different_elements(other, stuck))
        return _finding(stuck, accepted, "it holds, but not along with all conditions above")

    def _different_elements(self, other: Field, stuck: Field) -> str:
        accepted = self._accepted(other)
        if not accepted:
            return f"it holds, but not along with {other[0]}"

        # No two of their values fit together, so name the first of each.
        elements = dict(accepted[0].membership)
        leaf = self._accepted(stuck)[0]
        array, index = next((a, i) for a, i in leaf.membership if elements.get(a, i) != i)

        place = self._search.arrays[array]
        return (
            f"it holds, and so does {other[0]}, but in different elements of"
            f" {place}: {place}[{index}] and {place}[{elements[array]}]"
        )

    def _accepted(self, field: Field) -> list[Leaf]:
        path, condition = field
        return [leaf for leaf in self._search.leaves.get(path, ()) if condition.accepts(leaf.value)]

    def _reason_of_absence(self, path: str) -> str:
        if path not in self._missing:
            if len(self._missing) >= _MAX_GUESSES:
                return "the event has no such field"
            self._missing[path] = _reason_of_absence(path, self._event)
        return self._missing[path]


def _not_absent(condition: Condition) -> str:
    return _MUST_BE_ABSENT if len(condition.operators) == 1 else _NEITHER


def _finding(
    field: Field, leaves: Sequence[Leaf], reason: str = "", *, holds_as: str = "absent"
) -> ConditionExplanation:
    path, condition = field
    values = tuple((leaf.place, _show(leaf.value)) for leaf in leaves)
    note = reason or ("" if leaves else holds_as)
    return ConditionExplanation(path, write(condition.to_json()), not reason, values, note)


def _agrees(leaf: Leaf, chosen: Sequence[Choice]) -> bool:
    elements = {
        array: index for _, choice in chosen if choice for array, index in choice.membership
    }
    return all(elements.get(array, index) == index for array, index in leaf.membership)


def _reason_of_absence(path: str, event: Mapping[str, object]) -> str:
    """Describe how far the event follows *path*, and what it has instead."""
    values: list[object] = [event]
    names = path.split(".")

    for depth, name in enumerate(names):
        objects = [value for value in _flat(values) if isinstance(value, Mapping)]
        values = [value[name] for value in objects if name in value]
        if not values:
            similar = _similar(name, {str(key) for value in objects for key in value})
            if similar is None:
                return "the event has no such field"
            guess = ".".join([*names[:depth], similar])
            return f"the event has no such field; did you mean {cut(guess, _MAX_PATH_CHARACTERS)}?"

    if any(isinstance(value, Mapping) for value in _flat(values)):
        return "the event has an object there: only strings, numbers, true, false and null count"
    return "the event has an empty array there, which counts as absent"


def _flat(values: Sequence[object]) -> Iterator[object]:
    """List *values*, with the members of an array in its place."""
    todo = list(values)
    while todo:
        value = todo.pop()
        if isinstance(value, list | tuple):
            todo += value
        else:
            yield value


def _similar(name: str, names: set[str]) -> str | None:
    """Return the closest of *names* to *name*, ignoring case and separators."""
    if len(name) > _MAX_NAME_CHARACTERS:
        return None

    by_letters = {_letters(other): other for other in sorted(names)}
    near = close_match(_letters(name), by_letters, _MIN_LIKENESS)
    return by_letters[near] if near is not None else None


def _letters(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _show(value: Scalar) -> str:
    if isinstance(value, str):
        return write(cut(value, _MAX_VALUE_CHARACTERS))
    if isinstance(value, Number):
        return cut(value.text, _MAX_VALUE_CHARACTERS)
    if value is None or isinstance(value, bool):
        return write(value)
    return cut(repr(value), _MAX_VALUE_CHARACTERS)
