"""
The reader of one event: JSON to a typed task state change, or to a list of every fault.

It reads the attributes of the classes in `tasks.events`: each is one AWS field in snake_case, and
its type tells how to read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import Any, Final, TypeAlias

import attrs

from .._frames import without_locals
from .._json import OBJECT, load
from .._texts import echo, kind
from ..exceptions import EventError, Problem, UnsupportedEvent
from .events import (
    DETAIL_TYPE,
    ENVELOPE_FIELDS,
    SOURCE,
    Container,
    TaskStateChange,
    arn_part,
    aws_name,
)

#: A field: its AWS name, its attribute, its reader, and the types of values to keep as they are.
_Fields: TypeAlias = tuple[tuple[str, str, Callable[[Any], Any], frozenset[type]], ...]
_Read: TypeAlias = Callable[[Mapping[str, Any], _Fields], dict[str, Any]]

_INTEGER: Final = r"-?[0-9]+"
#: The most digits of an integer, because Python refuses to read and print thousands of them.
_DIGITS: Final = 20
_TOO_LARGE: Final = 10**_DIGITS


#: A fault in one of these is always an error, because they decide why the task stopped.
_DECIDING: Final = (
    r"source|detail-type|detail|detail\.(lastStatus|stopCode|stoppedReason|containers)"
    r"|detail\.containers\[[0-9]+\](\.(name|exitCode|reason))?"
)


@without_locals
def parse_event(
    event: Mapping[str, Any] | str | bytes | bytearray, *, strict: bool = True
) -> TaskStateChange:
    """
    Read one EventBridge event into a typed task state change.

    The reader is tolerant where real events vary: fields may be missing or null, numbers may
    be strings, times may have any number of fractional digits or be epoch seconds (as in the
    API), unknown fields are ignored. A field that is read and has another type is a fault.

    Args:
        event: The event as a mapping, or as JSON text.
        strict: Whether every fault is an error. If not, a field of a wrong type is left out and
            named in ``faults``, unless it decides why the task stopped. The deciding fields are
            lastStatus, stopCode, stoppedReason, and the name, exitCode and reason of
            containers.

    Raises:
        EventError: It is not an event, or fields have a wrong type; ``problems`` lists every one.
        UnsupportedEvent: It is an event of another source or detail-type.
    """
    if isinstance(event, str | bytes | bytearray):
        event = load(event)
    if not isinstance(event, OBJECT):
        raise EventError([Problem("", f"expected an EventBridge event, got {kind(event)}")])

    source, detail_type = event.get("source"), event.get("detail-type")
    if (
        isinstance(source, str)
        and isinstance(detail_type, str)
        and (source, detail_type) != (SOURCE, DETAIL_TYPE)
    ):
        raise UnsupportedEvent(source, detail_type)

    try:
        return _build(event)
    except _Unexpected as error:
        problems = list(_faults(event))
        if not problems:  # the two passes disagree, which is a bug: never hide it
            raise
        if strict or any(re.fullmatch(_DECIDING, problem.path) for problem in problems):
            raise EventError(problems) from error
    return attrs.evolve(_build(event, _read_leniently), faults=tuple(problems))


class _Unexpected(Exception):
    """A value has a wrong type; the text names what was expected and what came."""

    def __init__(self, expected: str, value: object) -> None:
        found = f"got {echo(value)}" if value is not None else "got nothing"
        super().__init__(f"expected {expected}, {found}")


# The readers: each takes a JSON value, or None for a missing one.


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _Unexpected("a string", value)


def _required_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _Unexpected("a string", value)


def _integer(value: Any) -> int | None:
    if value is None or (type(value) is int and abs(value) < _TOO_LARGE):
        return value

    expected = "an integer"
    if isinstance(value, str) and re.fullmatch(_INTEGER, value):
        if len(value.lstrip("-")) <= _DIGITS:
            return int(value)
        expected = f"an integer of at most {_DIGITS} digits"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= _TOO_LARGE:
            expected = f"an integer of at most {_DIGITS} digits"
        elif float(value).is_integer():
            return int(value)

    raise _Unexpected(expected, value)


def _amount(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        return str(value)
    if value is None or isinstance(value, str):
        return value
    raise _Unexpected("a string or an integer", value)


def _time(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            when = datetime.fromisoformat(value)
            if when.tzinfo is UTC:
                return when
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass  # the error's text holds the whole value, so drop the error

    if value is None:
        return None
    raise _Unexpected("a time in ISO 8601 or epoch seconds", value)


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, OBJECT):
        return value
    raise _Unexpected("an object", value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return list(value)
    raise _Unexpected("a list", value)


#: The reader for each type of attribute, and the types of values that need none, to save time.
_READERS: Final[Mapping[str, tuple[Callable[[Any], Any], frozenset[type]]]] = {
    "str": (_required_text, frozenset({str})),
    "str | None": (_text, frozenset({str, NoneType})),
    "int | None": (_integer, frozenset({NoneType})),
    "Amount | None": (_amount, frozenset({str, NoneType})),
    "datetime | None": (_time, frozenset({NoneType})),
}
#: Attributes that are not a single value of the event.
_BUILT: Final = frozenset({"containers", "raw", "faults"})


def _fields_of(cls: type[attrs.AttrsInstance]) -> _Fields:
    """Return the fields behind a class; a type without a reader is an error."""
    return tuple(
        (aws_name(attribute.name), attribute.name, *_READERS[str(attribute.type)])
        for attribute in attrs.fields(cls)
        if attribute.name not in _BUILT
    )


_TYPE: Final[_Fields] = (
    ("source", "source", *_READERS["str"]),
    ("detail-type", "detail_type", *_READERS["str"]),
)
_ENVELOPE: Final = tuple(f for f in _fields_of(TaskStateChange) if f[1] in ENVELOPE_FIELDS)
_DETAIL: Final = tuple(f for f in _fields_of(TaskStateChange) if f[1] not in ENVELOPE_FIELDS)
_CONTAINER: Final = _fields_of(Container)


def _build(event: Mapping[str, Any], read: _Read | None = None) -> TaskStateChange:
    """Build the objects; `_read()` is fast, because it stops at the first fault."""
    read = read or _read
    read(event, _TYPE)
    detail = _object(event.get("detail"))

    values = read(event, _ENVELOPE) | read(detail, _DETAIL)
    arn = values["task_arn"] or values["cluster_arn"]
    values["account"] = values["account"] or arn_part(arn, 4)
    values["region"] = values["region"] or arn_part(arn, 3)

    values["containers"] = tuple(
        [
            Container(**read(_object(container), _CONTAINER), raw=container)
            for container in _list(detail.get("containers"))
        ]
    )
    return TaskStateChange(**values, raw=event)


def _read(data: Mapping[str, Any], fields: _Fields) -> dict[str, Any]:
    get = data.get
    return {
        name: value if type(value := get(key)) in plain else read(value)
        for key, name, read, plain in fields
    }


def _read_leniently(data: Mapping[str, Any], fields: _Fields) -> dict[str, Any]:
    """Read *fields*, and leave out those of a wrong type."""
    values: dict[str, Any] = {}
    for key, name, read, _ in fields:
        try:
            values[name] = read(data.get(key))
        except _Unexpected:
            values[name] = None
    return values


def _faults(event: Mapping[str, Any]) -> Iterator[Problem]:
    """Find every fault in the same fields, in a slow second pass."""
    yield from _faults_in(event, _TYPE + _ENVELOPE, "")
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        yield Problem("detail", str(_Unexpected("an object", detail)))
        return

    yield from _faults_in(detail, _DETAIL, "detail.")
    try:
        containers = _list(detail.get("containers"))
    except _Unexpected as error:
        yield Problem("detail.containers", str(error))
        return

    for index, container in enumerate(containers):
        path = f"detail.containers[{index}]"
        if isinstance(container, Mapping):
            yield from _faults_in(container, _CONTAINER, f"{path}.")
        else:
            yield Problem(path, str(_Unexpected("an object", container)))


def _faults_in(data: Mapping[str, Any], fields: _Fields, prefix: str) -> Iterator[Problem]:
    for key, _, read, _ in fields:
        try:
            read(data.get(key))
        except _Unexpected as error:
            yield Problem(prefix + key, str(error))
