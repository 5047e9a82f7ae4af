"""
ECS Task State Change events, typed.

Field by field: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from .._json import load
from .._texts import echo, kind
from ..exceptions import EventError, Problem, UnsupportedEvent

SOURCE = "aws.ecs"
DETAIL_TYPE = "ECS Task State Change"

_Fields: TypeAlias = tuple[tuple[str, str, Callable[[Any], Any]], ...]
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_TOO_LARGE = 10**20  # Python refuses to print integers of some thousand digits


@frozen(slots=False)  # quicker to make than one with slots
class Container:
    """
    One container of a task.

    Attributes:
        name: Its name in the task definition.
        last_status: PENDING, RUNNING, STOPPED, ...; an open vocabulary.
        exit_code: None where AWS reports none: the container never ran, or its end was
            not seen. None is not success.
        reason: What ECS says about it. Set for platform errors only (out of memory, image
            pull, ...); a program that exits 1 leaves none.
        image: The image as the task definition names it.
        image_digest: ``sha256:...`` of the image that ran.
        memory: Its hard memory limit in MiB.
        memory_reservation: Its soft memory limit in MiB.
        container_arn: Its ARN.
        runtime_id: Its id in the container runtime.
        raw: The container as it came.
    """

    name: str
    last_status: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    image: str | None = None
    image_digest: str | None = None
    memory: str | None = None
    memory_reservation: str | None = None
    container_arn: str | None = None
    runtime_id: str | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(slots=False)
class TaskStateChange:
    """
    One state change of one ECS task.

    Whatever AWS left out is None. Times are aware and in UTC.

    Attributes:
        id: The event's own id; the same when EventBridge delivers it again.
        account: The 12-digit account; from the task's ARN where the envelope has none.
        region: The Region; from the task's ARN where the envelope has none.
        time: When EventBridge got the event.
        task_arn: The task.
        cluster_arn: The cluster.
        task_definition_arn: Family and revision.
        version: Counts the task's state changes, so it orders them.
        last_status: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING,
            DEPROVISIONING or STOPPED; an open vocabulary.
        desired_status: RUNNING or STOPPED.
        containers: The containers, in the order of the event; empty for a task never placed.
        group: ``service:NAME``, ``family:FAMILY`` or free text.
        started_by: Who started it, as far as anybody said so; at most 128 characters.
        launch_type: EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES; an open vocabulary.
        capacity_provider_name: FARGATE, FARGATE_SPOT, or a provider of the account's own.
        container_instance_arn: The instance, where there is one.
        platform_version: The Fargate platform.
        availability_zone: Where it ran.
        cpu: CPU units of the task (1,024 are one vCPU).
        memory: Memory of the task in MiB.
        created_at: When it was created.
        pull_started_at: When the first image pull began.
        pull_stopped_at: When the last image pull ended.
        started_at: When it reached RUNNING; None where it never did.
        execution_stopped_at: When the essential container ended.
        stopping_at: When the stop was decided.
        stopped_at: When it had stopped.
        updated_at: When this state was recorded.
        stop_code: TaskFailedToStart, EssentialContainerExited, UserInitiated,
            ServiceSchedulerInitiated, SpotInterruption, TerminationNotice; an open vocabulary.
        stopped_reason: The stop in AWS's words, or in those of whoever called StopTask.
        raw: The event as it came. It can hold secrets (``overrides``).
    """

    last_status: str
    id: str | None = None
    account: str | None = None
    region: str | None = None
    time: datetime | None = None
    task_arn: str | None = None
    cluster_arn: str | None = None
    task_definition_arn: str | None = None
    version: int | None = None
    desired_status: str | None = None
    containers: tuple[Container, ...] = ()
    group: str | None = None
    started_by: str | None = None
    launch_type: str | None = None
    capacity_provider_name: str | None = None
    container_instance_arn: str | None = None
    platform_version: str | None = None
    availability_zone: str | None = None
    cpu: str | None = None
    memory: str | None = None
    created_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    updated_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def stopped(self) -> bool:
        """Whether the task has stopped; until then nothing about it is final."""
        return self.last_status == "STOPPED"

    @property
    def subject(self) -> str | None:
        """The ARN of what the event is about: the task."""
        return self.task_arn

    @property
    def task_id(self) -> str | None:
        """The last part of the task's ARN."""
        return _last(self.task_arn)

    @property
    def cluster(self) -> str | None:
        """The cluster's name."""
        _, is_arn, name = (self.cluster_arn or "").rpartition(":cluster/")
        return name or None if is_arn else None

    @property
    def task_definition(self) -> str | None:
        """The task definition as ``family:revision``."""
        return _last(self.task_definition_arn)

    @property
    def family(self) -> str | None:
        """The task definition's family; from ``group`` where there is no task definition."""
        if self.task_definition:
            return self.task_definition.partition(":")[0]
        return _after("family:", self.group)

    @property
    def service(self) -> str | None:
        """The service's name, where ``group`` names one."""
        return _after("service:", self.group)

    @property
    def partition(self) -> str | None:
        """The AWS partition: aws, aws-cn, aws-us-gov, ..."""
        return _arn_part(self.task_arn or self.cluster_arn, 1)

    @property
    def override_variables(self) -> frozenset[str]:
        """The names (never the values) of the environment variables that RunTask set."""
        return frozenset(_override_variables(self.raw))


def parse_event(event: Mapping[str, Any] | str | bytes | bytearray) -> TaskStateChange:
    """
    Make a typed task state change of one EventBridge event.

    Tolerant where real events vary: fields may be missing or null, numbers may be strings,
    times may have any number of fractional digits or be epoch seconds (as in the API),
    unknown fields are ignored. A field that is read and has another type is a fault, whatever
    it is for.

    Args:
        event: The event as a mapping, or as JSON text.

    Raises:
        EventError: It is not an event, or fields have a wrong type; ``problems`` lists every one.
        UnsupportedEvent: It is an event of another source or detail-type.
    """
    if isinstance(event, str | bytes | bytearray):
        event = load(event)
    if not isinstance(event, Mapping):
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
        raise EventError(problems) from error


class _Unexpected(Exception):
    """A value of a wrong type; its text says what was expected and what came."""

    def __init__(self, expected: str, value: object) -> None:
        found = f"got {echo(value)}" if value is not None else "got nothing"
        super().__init__(f"expected {expected}, {found}")


# The readers: each takes a JSON value, or None where there is none.


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _Unexpected("a string", value)


def _required_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _Unexpected("a string", value)


def _integer(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _TOO_LARGE:
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise _Unexpected("an integer", value)


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
        pass  # its text has all of the value: nothing may hold on to it
    if value is None:
        return None
    raise _Unexpected("a time in ISO 8601 or epoch seconds", value)


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise _Unexpected("an object", value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return list(value)
    raise _Unexpected("a list", value)


# What is read: the name in AWS's spelling, the name here, the reader.

_ENVELOPE: _Fields = (
    ("id", "id", _text),
    ("account", "account", _text),
    ("region", "region", _text),
    ("time", "time", _time),
)
_TYPE: _Fields = (
    ("source", "source", _required_text),
    ("detail-type", "detail_type", _required_text),
)
_DETAIL: _Fields = (
    ("lastStatus", "last_status", _required_text),
    ("taskArn", "task_arn", _text),
    ("clusterArn", "cluster_arn", _text),
    ("taskDefinitionArn", "task_definition_arn", _text),
    ("version", "version", _integer),
    ("desiredStatus", "desired_status", _text),
    ("group", "group", _text),
    ("startedBy", "started_by", _text),
    ("launchType", "launch_type", _text),
    ("capacityProviderName", "capacity_provider_name", _text),
    ("containerInstanceArn", "container_instance_arn", _text),
    ("platformVersion", "platform_version", _text),
    ("availabilityZone", "availability_zone", _text),
    ("cpu", "cpu", _amount),
    ("memory", "memory", _amount),
    ("createdAt", "created_at", _time),
    ("pullStartedAt", "pull_started_at", _time),
    ("pullStoppedAt", "pull_stopped_at", _time),
    ("startedAt", "started_at", _time),
    ("executionStoppedAt", "execution_stopped_at", _time),
    ("stoppingAt", "stopping_at", _time),
    ("stoppedAt", "stopped_at", _time),
    ("updatedAt", "updated_at", _time),
    ("stopCode", "stop_code", _text),
    ("stoppedReason", "stopped_reason", _text),
)
_CONTAINER: _Fields = (
    ("name", "name", _required_text),
    ("lastStatus", "last_status", _text),
    ("exitCode", "exit_code", _integer),
    ("reason", "reason", _text),
    ("image", "image", _text),
    ("imageDigest", "image_digest", _text),
    ("memory", "memory", _amount),
    ("memoryReservation", "memory_reservation", _amount),
    ("containerArn", "container_arn", _text),
    ("runtimeId", "runtime_id", _text),
)


def _build(event: Mapping[str, Any]) -> TaskStateChange:
    """Build the objects and stop at the first fault: the fast pass."""
    _read(event, _TYPE)
    detail = _object(event.get("detail"))
    values = _read(event, _ENVELOPE) | _read(detail, _DETAIL)
    arn = values["task_arn"] or values["cluster_arn"]
    values["account"] = values["account"] or _arn_part(arn, 4)
    values["region"] = values["region"] or _arn_part(arn, 3)
    values["containers"] = tuple(
        [
            Container(**_read(_object(container), _CONTAINER), raw=container)
            for container in _list(detail.get("containers"))
        ]
    )
    return TaskStateChange(**values, raw=event)


def _read(data: Mapping[str, Any], fields: _Fields) -> dict[str, Any]:
    get = data.get
    return {  # most are strings, which need no call
        name: value if type(value := get(key)) is str and read is _text else read(value)
        for key, name, read in fields
    }


def _faults(event: Mapping[str, Any]) -> Iterator[Problem]:
    """Locate every fault: the slow pass, over the same tables."""
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
    for key, _, read in fields:
        try:
            read(data.get(key))
        except _Unexpected as error:
            yield Problem(prefix + key, str(error))


def _override_variables(raw: Mapping[str, Any]) -> Iterator[str]:
    """Walk to the names past whatever is not of the expected kind: nobody's verdict needs more."""
    overrides = _member(_member(raw, "detail"), "overrides")
    for container in _members(overrides, "containerOverrides"):
        for variable in _members(container, "environment"):
            name = _member(variable, "name")
            if isinstance(name, str):
                yield name


def _member(value: Any, key: str) -> Any:
    # dict first: that a class is a Mapping takes longer to find out.
    return value.get(key) if isinstance(value, dict | Mapping) else None


def _members(value: Any, key: str) -> list[Any]:
    members = _member(value, key)
    return members if isinstance(members, list) else []


def _last(arn: str | None) -> str | None:
    return arn.rpartition("/")[2] or None if arn else None


def _after(prefix: str, text: str | None) -> str | None:
    return text[len(prefix) :] or None if text and text.startswith(prefix) else None


def _arn_part(arn: str | None, index: int) -> str | None:
    parts = (arn or "").split(":", 5)
    return parts[index] or None if len(parts) == 6 and parts[0] == "arn" else None
