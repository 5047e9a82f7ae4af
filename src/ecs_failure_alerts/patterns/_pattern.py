"""The event pattern: read, written, compared, matched and explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol, Self, TypeAlias

from attrs import field, frozen

from .._frames import without_locals
from .._texts import kind
from ..exceptions import EventError, InvalidPattern, Problem
from ._compiler import compile_pattern
from ._explanation import Explanation
from ._matcher import Matcher
from ._reasons import explain
from .compiled import Condition, SubRule
from .documents import Json, PatternPart, from_python, load_exactly, read_pattern, write
from .operators import Operator

Element: TypeAlias = str | int | float | bool | Operator | None
"""The value of a field: a literal or an operator."""


class FieldList(Protocol):
    """The alternatives of a field: any list or tuple, but not a bare string."""

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, index: int, /) -> Element: ...
    def __iter__(self) -> Iterator[Element]: ...


Fields: TypeAlias = "Mapping[str, FieldList | Fields | AnyOf]"
"""Fields, each with its alternatives or more fields; ``$or`` with its branches."""

Event: TypeAlias = Mapping[str, object] | str | bytes
"""One event: parsed, or as JSON text."""

_TEXT: Final = str | bytes | bytearray


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
        """Return the value of ``$or``."""
        return [from_python(branch) for branch in self.branches]


def _meaning(sub_rules: Iterable[SubRule]) -> frozenset[frozenset[tuple[str, Condition]]]:
    """Return a value that is equal for equal patterns, in any order of their parts."""
    return frozenset(frozenset(rule.conditions.items()) for rule in sub_rules)


@frozen(repr=False, init=False)
class EventPattern:
    """
    An event pattern, checked and ready to match.

    Two patterns are equal when they put the same conditions on an event. The order of fields,
    alternatives and branches does not count, nor does the spelling of numbers and paths.

    Write a pattern with the names of EventBridge and with its operators as functions::

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
        fields: The fields of the event and their allowed values.

    Attributes:
        sub_rules: The combinations of conditions after compiling, for tools that check
            patterns.

    Raises:
        InvalidPattern: EventBridge would refuse the pattern.
    """

    _json: Json = field(eq=False)
    sub_rules: tuple[SubRule, ...] = field(eq=_meaning)
    _matcher: Matcher = field(eq=False)

    def __init__(self, fields: Fields) -> None:
        try:
            json = read_pattern(fields) if isinstance(fields, _TEXT) else from_python(fields)
            sub_rules = compile_pattern(json)
        except RecursionError:
            raise InvalidPattern("", "nested too deeply") from None

        self.__attrs_init__(json, sub_rules, Matcher(sub_rules))

    @classmethod
    def from_json(cls, source: str | bytes | Mapping[str, object]) -> Self:
        """
        Read a pattern as EventBridge does.

        Args:
            source: JSON text, whose repeated keys and spelling of numbers are kept, or a
                mapping parsed from it.

        Raises:
            InvalidPattern: EventBridge would refuse the pattern; the error says where and why.
        """
        return cls(source)  # type: ignore[arg-type]

    def to_json(self, indent: int | None = None) -> str:
        """
        Write the pattern as JSON, with its fields in their original order.

        Args:
            indent: Spaces per level; None for one line.
        """
        return write(self._json, indent)

    @without_locals
    def matches(self, event: Event) -> bool:
        """
        Return whether EventBridge would send *event* to a rule with this pattern.

        Args:
            event: A mapping or JSON text; the last value of a repeated key counts.

        Raises:
            EventError: It is not a JSON object, it is nested too deeply, or its arrays have too
                many combinations (several arrays at one dotted path can).
        """
        return self._matcher.matches(event if isinstance(event, dict) else _read_event(event))

    @without_locals
    def explain(self, event: Event) -> Explanation:
        """
        Explain why *event* matches, or why not, as a printable value.

        Args:
            event: A mapping or JSON text.

        Raises:
            EventError: As for `matches`; also if a value at any path of the pattern is not
                JSON, or more than 100 arrays are inside each other.
        """
        return explain(self._matcher, _read_event(event))

    def __repr__(self) -> str:
        if not hasattr(self, "_json"):  # unset after an error
            return "EventPattern()"
        return f"EventPattern.from_json({self.to_json()!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self).from_json, (self.to_json(),)


def _read_event(event: Event) -> Mapping[str, object]:
    parsed = load_exactly(event) if isinstance(event, _TEXT) else event
    if not isinstance(parsed, Mapping):
        raise EventError([Problem("", f"expected a JSON object, got {kind(parsed)}")])
    return parsed
