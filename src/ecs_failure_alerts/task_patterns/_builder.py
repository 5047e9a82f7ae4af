"""
Event patterns for ECS tasks: build them with the names of task events, and check any pattern.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Final, TypeAlias, TypedDict, Unpack

from .._texts import close_match, echo
from ..exceptions import InvalidPattern
from ..patterns import AnyOf, EventPattern, any_of
from ..patterns.elements import element_of
from ..patterns.operators import AnyOperator, NumberOperator, TextOperator
from ..tasks.events import DETAIL_TYPE, SOURCE, aws_name
from ..tasks.fields import CONTAINER, DETAIL, ENVELOPE, FieldInfo, snake_case
from ._elements import HOLDS, fits

_Text: TypeAlias = str | TextOperator | AnyOperator | None
_Integer: TypeAlias = int | NumberOperator | AnyOperator | None
Texts: TypeAlias = "_Text | Sequence[_Text]"
Integers: TypeAlias = "_Integer | Sequence[_Integer]"


class ContainerFields(TypedDict, total=False):
    """Conditions on one container of a task: all of them must hold in the same container."""

    name: Texts
    last_status: Texts
    exit_code: Integers
    reason: Texts
    image: Texts
    image_digest: Texts
    container_arn: Texts
    runtime_id: Texts
    health_status: Texts
    cpu: Texts
    memory: Texts
    memory_reservation: Texts


class TaskFields(TypedDict, total=False):
    """Conditions on a task event."""

    account: Texts
    region: Texts
    resources: Texts
    last_status: Texts
    desired_status: Texts
    stop_code: Texts
    stopped_reason: Texts
    cluster_arn: Texts
    task_arn: Texts
    task_definition_arn: Texts
    container_instance_arn: Texts
    group: Texts
    started_by: Texts
    launch_type: Texts
    capacity_provider_name: Texts
    platform_version: Texts
    platform_family: Texts
    availability_zone: Texts
    connectivity: Texts
    cpu: Texts
    memory: Texts
    version: Integers
    created_at: Texts
    started_at: Texts
    stopping_at: Texts
    stopped_at: Texts
    execution_stopped_at: Texts
    pull_started_at: Texts
    pull_stopped_at: Texts
    updated_at: Texts
    containers: ContainerFields
    any_of: Sequence[TaskFields]


def task_pattern(**fields: Unpack[TaskFields]) -> EventPattern:
    """
    Build the pattern of a rule on ECS Task State Change events.

    ``task_pattern(last_status="STOPPED", containers={"exit_code": anything_but(0)})``

    Args:
        fields: A field of the event in snake_case, with a value, an operator of `patterns`, or
            a list of these, of which one must hold. ``containers`` takes the fields of one
            container; ``any_of`` takes two or more mappings of fields, of which one must hold.

    Raises:
        TypeError: A field does not exist, or has values of another type.
        InvalidPattern: EventBridge would refuse the pattern.
    """
    pattern: dict[str, Any] = {"source": [SOURCE], "detail-type": [DETAIL_TYPE]}
    pattern |= _conditions(fields)
    return EventPattern(pattern)


def _conditions(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions on envelope and detail in AWS's spelling."""
    envelope: dict[str, Any] = {}
    detail: dict[str, Any] = {}

    for name, value in fields.items():
        if name == "any_of":
            others = {name: value for name, value in fields.items() if name != "any_of"}
            envelope["$or"] = _branches(value, set(_paths(others)))
        elif name == "containers":
            if not isinstance(value, Mapping):
                raise TypeError(f"containers: expected a mapping of fields, got {echo(value)}")
            detail["containers"] = dict(_spelled(value, CONTAINER, "containers."))
        elif name in _ENVELOPE_NAMES:
            envelope |= _spelled({name: value}, ENVELOPE, "")
        else:
            detail |= _spelled({name: value}, DETAIL, "")

    return envelope | ({"detail": detail} if detail else {})


def _branches(value: Any, outside: Set[str]) -> AnyOf:
    """Return the value of ``$or``."""
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise TypeError("any_of: expected a list of two or more mappings of fields")

    for branch in value:
        if not isinstance(branch, Mapping):
            raise TypeError(f"any_of: expected mappings of fields, got {echo(branch)}")
        if both := outside & set(_paths(branch)):
            raise TypeError(f"any_of: {min(both)} is set outside too, and would win: keep one")

    return any_of(*map(_conditions, value))


def _paths(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of every field, also in alternatives; a container's as ``containers.NAME``."""
    for name, value in fields.items():
        if name == "containers" and isinstance(value, Mapping):
            yield from (f"containers.{inner}" for inner in value)
        elif name == "any_of" and isinstance(value, list | tuple):
            for branch in value:
                yield from _paths(branch) if isinstance(branch, Mapping) else ()
        else:
            yield name


_ENVELOPE_NAMES: Final = frozenset({"account", "region", "resources"})


def _spelled(
    fields: Mapping[str, Any], known: Mapping[str, FieldInfo], prefix: str
) -> Iterator[tuple[str, list[Any]]]:
    """Return AWS's spelling and the list of alternatives of each field."""
    for name, value in fields.items():
        spelling = aws_name(name)
        info = known.get(spelling)
        if info is None or name != snake_case(spelling):
            near = close_match(name, map(snake_case, known))
            hint = f": did you mean {near}?" if near else ""
            if spelling in CONTAINER and known is DETAIL:
                hint = f": it is a container's, containers={{{name!r}: ...}}"
            raise TypeError(f"task events have no field {prefix}{name}{hint}")

        alternatives = list(value) if isinstance(value, list | tuple) else [value]
        for alternative in alternatives:
            _require_fit(alternative, info, prefix + name)
        yield spelling, alternatives


def _require_fit(alternative: Any, info: FieldInfo, name: str) -> None:
    """Raise TypeError if no value of the field can satisfy *alternative*."""
    try:
        element = element_of(alternative)
    except InvalidPattern as error:
        raise InvalidPattern(name, error.message) from None

    if not fits(element, info.kind):
        raise TypeError(
            f"{name}: holds {HOLDS[info.kind]}, so {element.to_python()!r} can never match"
        )
