"""
ECS Task State Change events, typed.

Field by field: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from .._json import OBJECT
from .._reprs import redacted
from .._texts import echo
from .._values import Value
from ..exceptions import Problem
from .arns import arn_part, last

SOURCE: Final = "aws.ecs"
DETAIL_TYPE: Final = "ECS Task State Change"

#: Fields next to ``detail``, not inside it.
ENVELOPE_FIELDS: Final = frozenset({"id", "account", "region", "time"})

#: Paths at which a fault hides whose task it is, so that a policy for some tasks could miss it.
_NAMING_PATHS: Final = frozenset(
    f"detail.{name}" for name in ("clusterArn", "taskDefinitionArn", "group", "startedBy")
)

#: Faults of an event that an alert names at most, so that every backend takes it.
_MOST_FAULTS: Final = 10

#: A value that AWS writes as a number in one place and as a string in another, such as memory.
Amount: TypeAlias = str


@frozen(slots=False, eq=False, repr=False)  # quicker to make than one with slots
class Container(Value):
    """
    One container of a task.

    Attributes:
        name: Its name in the task definition.
        last_status: PENDING, RUNNING, STOPPED, ...; an open vocabulary.
        exit_code: The exit code; None if AWS reports none, because the container never ran or its
            end was not seen. None is not success.
        reason: What ECS says about it, only for platform errors (out of memory, image pull, ...).
            A program that exits with 1 leaves none.
        health_status: HEALTHY, UNHEALTHY or UNKNOWN, if the event or DescribeTasks has it.
        image: The image as in the task definition.
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
    reason: str | None = field(default=None, repr=redacted)
    health_status: str | None = None
    image: str | None = None
    image_digest: str | None = None
    memory: Amount | None = None
    memory_reservation: Amount | None = None
    container_arn: str | None = None
    runtime_id: str | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)


@frozen(slots=False, eq=False, repr=False)
class TaskStateChange(Value):
    """
    A state change of an ECS task.

    Values that AWS left out are None. Times are aware and in UTC.

    Attributes:
        id: The event's own id; it stays the same if EventBridge delivers the event again.
        account: The ID of the account, 12 digits; from the task's ARN if the envelope has none.
        region: The Region; from the task's ARN if the envelope has none.
        time: When EventBridge got the event.
        task_arn: The ARN of the task.
        cluster_arn: The ARN of the cluster.
        task_definition_arn: The ARN of the task definition, with its revision.
        version: The number of the task's state change; it orders them.
        last_status: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING,
            DEPROVISIONING or STOPPED; an open vocabulary.
        desired_status: RUNNING or STOPPED.
        containers: The containers, in the order of the event; empty for a task never placed.
        group: ``service:NAME``, ``family:FAMILY`` or free text.
        started_by: The starter, if one was given; at most 128 characters.
        launch_type: EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES; an open vocabulary.
        capacity_provider_name: FARGATE, FARGATE_SPOT, or a provider of the account's own.
        container_instance_arn: The ARN of the container instance, if there is one.
        platform_version: The Fargate platform.
        availability_zone: Where it ran.
        cpu: CPU units of the task (1,024 are one vCPU).
        memory: Memory of the task in MiB.
        created_at: When it was created.
        pull_started_at: When the first image pull began.
        pull_stopped_at: When the last image pull ended.
        started_at: When it reached RUNNING; None if it never did.
        execution_stopped_at: When the essential container ended.
        stopping_at: When the stop was decided.
        stopped_at: When it had stopped.
        updated_at: When this state was recorded.
        stop_code: TaskFailedToStart, EssentialContainerExited, UserInitiated,
            ServiceSchedulerInitiated, SpotInterruption, TerminationNotice,
            InfrastructureHealth; an open vocabulary.
        stopped_reason: The reason in AWS's words, or in the words of the caller of StopTask.
        raw: The event as it came. It can hold secrets (``overrides``).
        faults: Fields of a wrong type that were left out; see `parse_event()`.
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
    cpu: Amount | None = None
    memory: Amount | None = None
    created_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    updated_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = field(default=None, repr=redacted)
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
    faults: tuple[Problem, ...] = field(default=(), eq=False)

    @property
    def has_started(self) -> bool:
        """Whether the task ever reached RUNNING, even if its time cannot be read."""
        return self.started_at is not None or "detail.startedAt" in self._fault_paths

    @property
    def hides_its_name(self) -> bool:
        """Whether a fault hides whose event this is."""
        return not self._fault_paths.isdisjoint(_NAMING_PATHS)

    @property
    def _fault_paths(self) -> frozenset[str]:
        return frozenset(fault.path for fault in self.faults)

    @property
    def replay_name(self) -> str | None:
        """The replay of an archive that sent the event; None for an original event."""
        return _replay_name(self.raw)

    @property
    def stopped(self) -> bool:
        """Whether the task has stopped; until then nothing about it is final."""
        return self.last_status == "STOPPED"

    @property
    def happened_at(self) -> datetime | None:
        """When it happened: the task's end, or the latest time in the event."""
        return self.stopped_at or self.execution_stopped_at or self.updated_at or self.time

    @property
    def subject(self) -> str | None:
        """The ARN of the event's subject: the task."""
        return self.task_arn

    @property
    def task_id(self) -> str | None:
        """The last part of the task's ARN."""
        return last(self.task_arn)

    @property
    def cluster(self) -> str | None:
        """The cluster's name."""
        _, is_arn, name = (self.cluster_arn or "").rpartition(":cluster/")
        return name or None if is_arn else None

    @property
    def task_definition(self) -> str | None:
        """The task definition as ``family:revision``."""
        return last(self.task_definition_arn)

    @property
    def family(self) -> str | None:
        """The task definition's family; from ``group`` if there is no task definition."""
        if definition := self.task_definition:
            return definition.partition(":")[0]
        return _after("family:", self.group)

    @property
    def service(self) -> str | None:
        """The service's name, if ``group`` names one."""
        return _after("service:", self.group)

    @property
    def partition(self) -> str | None:
        """The AWS partition: aws, aws-cn, aws-us-gov, ..."""
        return arn_part(self.task_arn or self.cluster_arn, 1)

    @property
    def override_variables(self) -> frozenset[str]:
        """The names (never the values) of the environment variables that RunTask set."""
        return frozenset(_override_variables(self.raw))


def describe_oddities(raw: Mapping[str, Any], faults: Iterable[Problem]) -> Iterator[str]:
    """Describe what is odd about an event itself, in sentences."""
    if replay := _replay_name(raw):
        yield f"The event is an old one: the replay {echo(replay)} has sent it again."
    for number, fault in enumerate(faults):
        if number == _MOST_FAULTS:
            yield "More fields cannot be read: the report names each."
            return
        yield f"{fault.path} cannot be read: {fault.message}."


def aws_name(name: str) -> str:
    """Return AWS's spelling of an attribute: ``stopCode`` for ``stop_code``."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _replay_name(raw: Mapping[str, Any]) -> str | None:
    name = raw.get("replay-name")
    return name if isinstance(name, str) else None


def _override_variables(raw: Mapping[str, Any]) -> Iterator[str]:
    """Find the names, past whatever is not of the expected kind: no verdict needs more."""
    overrides = _member(_member(raw, "detail"), "overrides")

    for container in _members(overrides, "containerOverrides"):
        for variable in _members(container, "environment"):
            name = variable.get("name") if isinstance(variable, OBJECT) else None
            if isinstance(name, str):
                yield name


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, OBJECT) else None


def _members(value: Any, key: str) -> list[Any]:
    members = _member(value, key)
    return members if isinstance(members, list) else []


def _after(prefix: str, text: str | None) -> str | None:
    return text[len(prefix) :] or None if text and text.startswith(prefix) else None
