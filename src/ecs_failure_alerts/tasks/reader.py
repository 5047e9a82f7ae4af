"""
The reader of one event: JSON to a typed task state change, or to a list of every fault.

It reads the attributes of the classes in `tasks.events`: each is one AWS field in snake_case, and
its type tells how to read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import NoneType
from typing import Any, Final, TypeAlias

import attrs

from .._frames import without_locals
from .._json import OBJECT, load
from .._texts import kind
from ..exceptions import EventError, Problem, UnsupportedEvent
from .arns import arn_part
from .events import (
    DETAIL_TYPE,
    ENVELOPE_FIELDS,
    SOURCE,
    Container,
    TaskStateChange,
    aws_name,
)
from .scalars import (
    Unexpected,
    read_amount,
    read_integer,
    read_required_text,
    read_text,
    read_time,
)

#: A field: its AWS name, its attribute, its reader, and the types of values to keep as they are.
_Fields: TypeAlias = tuple[tuple[str, str, Callable[[Any], Any], frozenset[type]], ...]

#: A fault in one of these is always an error, because they decide why the task stopped.
_DECIDING: Final = (
    r"source|detail-type|detail|detail\.(lastStatus|stopCode|stoppedReason|containers)"
    r"|detail\.containers\[[0-9]+\](\.(name|exitCode|reason))?"
)

_TASK: Final = ":task/"


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
    except Unexpected as error:
        problems = list(_faults(event))
        if not problems:  # the two passes disagree, which is a bug: never hide it
            raise
        if strict or any(re.fullmatch(_DECIDING, problem.path) for problem in problems):
            raise EventError(problems) from error
    faulty = frozenset(problem.path for problem in problems)
    return attrs.evolve(_build(event, faulty), faults=tuple(problems))


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, OBJECT):
        return value
    raise Unexpected("an object", value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return list(value)
    raise Unexpected("a list", value)


#: The reader for each type of attribute, and the types of values that need none, to save time.
_READERS: Final[Mapping[str, tuple[Callable[[Any], Any], frozenset[type]]]] = {
    "str": (read_required_text, frozenset({str})),
    "str | None": (read_text, frozenset({str, NoneType})),
    "int | None": (read_integer, frozenset({NoneType})),
    "Amount | None": (read_amount, frozenset({str, NoneType})),
    "datetime | None": (read_time, frozenset({NoneType})),
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


def _build(event: Mapping[str, Any], faulty: frozenset[str] = frozenset()) -> TaskStateChange:
    """Build the objects; without *faulty* paths the first fault stops it, because that is fast."""
    read = _read_leniently if faulty else _read
    read(event, _TYPE)
    detail = _object(event.get("detail"))

    values = read(event, _ENVELOPE) | read(detail, _DETAIL)
    if "detail.taskArn" in faulty:
        values["task_arn"] = _task_in(event.get("resources"))
    if "detail.clusterArn" in faulty:
        values["cluster_arn"] = _cluster_of(values["task_arn"])
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


def _task_in(resources: Any) -> str | None:
    """Return the task's ARN from the envelope, where the detail's cannot be read."""
    arns = resources if isinstance(resources, list | tuple) else ()
    return next((arn for arn in arns if isinstance(arn, str) and _TASK in arn), None)


def _cluster_of(task_arn: str | None) -> str | None:
    """Return the cluster's ARN from the task's; the old form of that has no cluster."""
    before, _, path = (task_arn or "").partition(_TASK)
    cluster, is_named, _ = path.partition("/")
    return f"{before}:cluster/{cluster}" if is_named else None


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
        except Unexpected:
            values[name] = None
    return values


def _faults(event: Mapping[str, Any]) -> Iterator[Problem]:
    """Find every fault in the same fields, in a slow second pass."""
    yield from _faults_in(event, _TYPE + _ENVELOPE, "")
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        yield Problem("detail", str(Unexpected("an object", detail)))
        return

    yield from _faults_in(detail, _DETAIL, "detail.")
    try:
        containers = _list(detail.get("containers"))
    except Unexpected as error:
        yield Problem("detail.containers", str(error))
        return

    for index, container in enumerate(containers):
        path = f"detail.containers[{index}]"
        if isinstance(container, Mapping):
            yield from _faults_in(container, _CONTAINER, f"{path}.")
        else:
            yield Problem(path, str(Unexpected("an object", container)))


def _faults_in(data: Mapping[str, Any], fields: _Fields, prefix: str) -> Iterator[Problem]:
    for key, _, read, _ in fields:
        try:
            read(data.get(key))
        except Unexpected as error:
            yield Problem(prefix + key, str(error))
