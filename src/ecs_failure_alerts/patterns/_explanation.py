"""Why an event matches a pattern, or why not: what the search found, put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from attrs import frozen

from ..exceptions import EventError
from ._matcher import Matcher
from ._presence import Exists
from ._search import Choice, Field, Fields, Leaf, Search
from .documents import Number, Scalar, write
from .rules import Condition

_SHOWN = 40
"""So many characters of an event's value are shown: events hold secrets."""

_SHOWN_PATTERN = 60
_SHOWN_VALUES = 3
_SHOWN_BRANCHES = 10
_SHOWN_FINDINGS = 20
_SEARCHED_NAMES = 50
_LONGEST_NAME = 200
"""The likeness of longer names takes too long to find out."""


_ANY_VALUE = Condition((Exists(True),))
_MUST_BE_ABSENT = "the value is not accepted: the field should be absent"
_NEITHER = "no value satisfies it, and the field is not absent"


@frozen
class ConditionExplanation:
    """
    What became of one condition.

    Attributes:
        path: The dotted path.
        condition: The field list, as JSON.
        holds: Whether it can be satisfied, if not along with the others; one that does not
            hold is enough for the event not to match.
        values: Places and values of the event that decided, such as
            ``('detail.containers[0].exitCode', '137')``, the values shortened.
        reason: Why it does not hold, in words; or that it is the absence that holds.
    """

    path: str
    condition: str
    holds: bool
    values: tuple[tuple[str, str], ...]
    reason: str = ""

    def __str__(self) -> str:
        mark = "ok" if self.holds else "NO"
        lines = [f"{mark}  {self.path}: {_shorten(self.condition, _SHOWN_PATTERN)}"]
        if self.reason:
            lines += wrap(self.reason, 70, initial_indent="    ", subsequent_indent="    ")
        lines += [f"    {place} = {value}" for place, value in self.values[:_SHOWN_VALUES]]
        if len(self.values) > _SHOWN_VALUES:
            lines.append(f"    and {len(self.values) - _SHOWN_VALUES} more")
        return "\n".join(lines)


@frozen
class BranchExplanation:
    """
    What became of one combination of ``$or`` branches; of the whole pattern without ``$or``.

    Attributes:
        branches: The branches, such as ``detail.$or[1]``.
        matches: Whether all of its conditions hold together.
        findings: What became of each condition; empty where arrays have too many
            combinations to find out.
    """

    branches: tuple[str, ...]
    matches: bool
    findings: tuple[ConditionExplanation, ...]

    def __str__(self) -> str:
        shown = self.findings
        if len(shown) > _SHOWN_FINDINGS:
            shown = tuple(sorted(shown, key=lambda finding: finding.holds))[:_SHOWN_FINDINGS]
        lines = [str(finding) for finding in shown]
        if len(shown) < len(self.findings):
            lines.append(f"and {len(self.findings) - len(shown)} more conditions")
        findings = "\n".join(lines) or "too many combinations of array elements"
        if not self.branches:
            return findings
        verdict = "matches" if self.matches else "does not match"
        return f"{' with '.join(self.branches)} {verdict}:\n" + _indent(findings)


@frozen
class Explanation:
    """
    Why an event matches a pattern, or why not.

    Attributes:
        matches: What `EventPattern.matches` says.
        branches: One explanation for each combination of ``$or`` branches.
    """

    matches: bool
    branches: tuple[BranchExplanation, ...]

    def __str__(self) -> str:
        verdict = "The event matches." if self.matches else "The event does not match."
        shown = [branch for branch in self.branches if branch.matches] or sorted(
            self.branches, key=lambda branch: sum(not finding.holds for finding in branch.findings)
        )
        lines = [verdict, *(_indent(str(branch)) for branch in shown[:_SHOWN_BRANCHES])]
        if len(shown) > _SHOWN_BRANCHES:
            lines.append(f"  and {len(shown) - _SHOWN_BRANCHES} more combinations of $or branches")
        return "\n".join(lines)


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
    """Looks for the conditions that decided, and for the values that did."""

    def __init__(self, search: Search, event: Mapping[str, object]) -> None:
        self._search = search
        self._event = event
        self._missing: dict[str, str] = {}

    def findings(self, fields: Fields, matches: bool) -> tuple[ConditionExplanation, ...]:
        """Say what became of every condition; nothing if that took too many steps."""
        try:
            if matches:
                choices = self._search.choices(fields) or ()
                return tuple(
                    _finding(field, [leaf] if leaf else [])
                    for field, (_, leaf) in zip(fields, choices, strict=False)
                )
            findings = [self._by_itself(field, fields) for field in fields]
            if all(finding.holds for finding in findings):
                self._blame_combination(fields, findings)
            return tuple(findings)
        except EventError:
            return ()

    def _by_itself(self, field: Field, fields: Fields) -> ConditionExplanation:
        """Say whether one condition can hold, in some element at least."""
        path, condition = field
        leaves = self._search.leaves.get(path, [])
        accepted = self._accepted(field)
        if accepted or (condition.allows_absence and not leaves):
            return _finding(field, accepted)
        if not leaves:
            return _finding(field, [], self._missing_reason(path))
        if not condition.allows_absence:
            return _finding(field, leaves, "no value satisfies it")
        for other, _ in fields[: fields.index(field)]:
            if self._search.choices([(other, _ANY_VALUE), field]):
                return _finding(field, [], holds_as="absent from some elements")
        return _finding(field, leaves, _not_absent(condition))

    def _blame_combination(self, fields: Fields, findings: list[ConditionExplanation]) -> None:
        """Blame the condition at which the search got stuck."""
        chosen, _ = self._search.longest(fields)
        count = len(chosen)
        findings[count] = self._clash(fields[count], fields[:count], chosen)

    def _clash(
        self, stuck: Field, before: Fields, chosen: Sequence[Choice]
    ) -> ConditionExplanation:
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
        # No two of their values go together, so the first of each do not.
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

    def _missing_reason(self, path: str) -> str:
        if path not in self._missing:
            if len(self._missing) >= _SEARCHED_NAMES:
                return "the event has no such field"
            self._missing[path] = _missing_reason(path, self._event)
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


def _missing_reason(path: str, event: Mapping[str, object]) -> str:
    """Say how far the event goes along *path*, and what it has instead."""
    values: list[object] = [event]
    names = path.split(".")
    for depth, name in enumerate(names):
        objects = [value for value in _elements(values) if isinstance(value, Mapping)]
        values = [value[name] for value in objects if name in value]
        if not values:
            similar = _similar(name, {str(key) for value in objects for key in value})
            if similar is None:
                return "the event has no such field"
            guess = ".".join([*names[:depth], similar])
            return f"the event has no such field; did you mean {_shorten(guess, _SHOWN_PATTERN)}?"
    if any(isinstance(value, Mapping) for value in _elements(values)):
        return "the event has an object there: only strings, numbers, true, false and null count"
    return "the event has an empty array there, which counts as absent"


def _elements(values: Sequence[object]) -> Iterator[object]:
    todo = list(values)
    while todo:
        value = todo.pop()
        if isinstance(value, list | tuple):
            todo += value
        else:
            yield value


def _similar(name: str, names: set[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only who misspelled pays for it

    if len(name) > _LONGEST_NAME:
        return None
    by_letters = {other.lower().replace("-", "").replace("_", ""): other for other in sorted(names)}
    close = get_close_matches(name.lower().replace("-", "").replace("_", ""), by_letters, 1, 0.8)
    return by_letters[close[0]] if close else None


def _show(value: Scalar) -> str:
    if isinstance(value, str):
        return write(_shorten(value, _SHOWN))
    if isinstance(value, Number):
        return _shorten(value.text, _SHOWN)
    return (
        write(value) if value is None or isinstance(value, bool) else _shorten(repr(value), _SHOWN)
    )


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
