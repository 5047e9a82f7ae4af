"""
EventBridge event patterns: write, read, match and explain them.

Everything here behaves as Event Ruler does, the library behind EventBridge, and knows
nothing of ECS. See `the AWS page on operators
<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>`_.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn, Protocol, Self, TypeAlias

from .._texts import kind
from ..exceptions import EventError, InvalidPattern, Problem
from ._compiler import Condition, SubRule, compile_pattern
from ._explanation import Explanation, explain
from ._json import Json, PatternPart, from_python, load_exactly, read_pattern, write
from ._matcher import Matcher
from ._operators import (
    AnythingBut,
    Cidr,
    EqualsIgnoreCase,
    Exactly,
    Exists,
    Numeric,
    Prefix,
    Suffix,
    Wildcard,
)

Element: TypeAlias = (
    str
    | int
    | float
    | bool
    | AnythingBut
    | Cidr
    | EqualsIgnoreCase
    | Exactly
    | Exists
    | Numeric
    | Prefix
    | Suffix
    | Wildcard
    | None
)
"""What a field may hold: a literal or an operator."""


class FieldList(Protocol):
    """The alternatives of a field: any list or tuple, but not a bare string."""

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, index: int, /) -> Element: ...
    def __iter__(self) -> Iterator[Element]: ...


Fields: TypeAlias = "Mapping[str, FieldList | Fields | AnyOf]"
"""Fields, each with its alternatives or more fields; ``$or`` with its branches."""

Event: TypeAlias = Mapping[str, object] | str | bytes
"""One event: parsed, or as JSON text."""


class AnyOf(PatternPart):
    """
    Branches of which one must hold, the value of ``$or``; made by `any_of`.

    Attributes:
        branches: The branches.
    """

    __slots__ = ("branches",)

    def __init__(self, branches: tuple[Fields, ...]) -> None:
        self.branches: tuple[Fields, ...] = branches

    def to_json(self) -> Json:
        """Give the value of ``$or``."""
        return [from_python(branch) for branch in self.branches]


class EventPattern:
    """
    An event pattern, checked and ready to match.

    Two patterns are equal when they put the same conditions on an event: the order of
    fields, alternatives and branches and the spelling of numbers and paths do not count.

    A pattern is written with the names of EventBridge, its operators as functions::

        EventPattern(
            {
                "source": ["aws.ecs"],
                "detail": {
                    "containers": {"exitCode": [anything_but(0)]},
                    "$or": any_of(
                        {"lastStatus": ["STOPPED"]},
                        {"stoppedReason": [prefix("Essential")]},
                    ),
                },
            }
        )

    Args:
        fields: The fields of the event and what they may hold.

    Raises:
        InvalidPattern: EventBridge would refuse the pattern.
    """

    __slots__ = ("_json", "_matcher", "_sub_rules")

    _json: Json
    _sub_rules: tuple[SubRule, ...]
    _matcher: Matcher | None

    def __init__(self, fields: Fields) -> None:
        self._set(fields)

    @classmethod
    def from_json(cls, source: str | bytes | Mapping[str, object]) -> Self:
        """
        Read a pattern as EventBridge does.

        Args:
            source: JSON text, of which repeated keys and the spelling of numbers are kept,
                or the mapping it was parsed to.

        Raises:
            InvalidPattern: EventBridge would refuse the pattern: where and why.
        """
        pattern = cls.__new__(cls)
        pattern._set(source)
        return pattern

    def _set(self, source: object) -> None:
        try:
            if isinstance(source, str | bytes | bytearray):
                json = read_pattern(source)
            else:
                json = from_python(source)
            sub_rules = compile_pattern(json)
        except RecursionError:
            raise InvalidPattern("", "nested too deep") from None
        object.__setattr__(self, "_json", json)
        object.__setattr__(self, "_sub_rules", sub_rules)
        object.__setattr__(self, "_matcher", None)

    def to_json(self, indent: int | None = None) -> str:
        """
        Write the pattern as JSON, its fields in the order in which they were given.

        Args:
            indent: Spaces a level; None for one line.
        """
        return write(self._json, indent)

    def matches(self, event: Event) -> bool:
        """
        Say whether EventBridge would send *event* to a rule with this pattern.

        Args:
            event: A mapping or JSON text; of a repeated key the last counts.

        Raises:
            EventError: It is not a JSON object, it is nested too deep, or its arrays have too
                many combinations (which takes several arrays at one dotted path).
        """
        matcher = self._matcher or self._compile()
        return matcher.matches(event if isinstance(event, dict) else _read_event(event))

    def explain(self, event: Event) -> Explanation:
        """
        Say why *event* matches or does not: print what is returned.

        Args:
            event: A mapping or JSON text.

        Raises:
            EventError: As `matches` does, for a value at any path of the pattern that is no
                JSON, and for more than 100 arrays inside each other.
        """
        matcher = self._matcher or self._compile()
        return explain(matcher, _read_event(event))

    def _compile(self) -> Matcher:
        matcher = Matcher(self._sub_rules)
        object.__setattr__(self, "_matcher", matcher)
        return matcher

    def _meaning(self) -> frozenset[frozenset[tuple[str, Condition]]]:
        return frozenset(frozenset(rule.conditions.items()) for rule in self._sub_rules)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventPattern):
            return NotImplemented
        return self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash(self._meaning())

    def __repr__(self) -> str:
        return f"EventPattern.from_json({self.to_json()!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self).from_json, (self.to_json(),)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an event pattern is immutable: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"an event pattern is immutable: cannot delete {name}")


def _read_event(event: Event) -> Mapping[str, object]:
    parsed = load_exactly(event) if isinstance(event, str | bytes | bytearray) else event
    if not isinstance(parsed, Mapping):
        raise EventError([Problem("", f"expected a JSON object, got {kind(parsed)}")])
    return parsed
