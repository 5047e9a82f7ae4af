"""
The fields of task events as a pattern can name them: spelling, kind, known values.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html and API_Container.html;
the words of ``lastStatus``: .../AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from ..exceptions import InvalidPattern
from ..patterns.elements import element_of

Kind: TypeAlias = Literal["text", "integer", "boolean", "object"]

STATUSES: Final = (
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
)
STOP_CODES: Final = (
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
)
LAUNCH_TYPES: Final = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
DETAIL_TYPES: Final = (
    "ECS Task State Change",
    "ECS Container Instance State Change",
    "ECS Service Action",
    "ECS Deployment State Change",
    "ECS Daemon Service Action",
    "ECS Daemon Deployment State Change",
)


@frozen(eq=False, repr=False)
class FieldInfo:
    """
    What is known of a field.

    Attributes:
        kind: What it holds; an object has fields of its own, and so have the members of a list.
        words: The values that are known; empty where any may come. AWS may add some.
    """

    kind: Kind
    words: tuple[str, ...] = ()


_TEXT: Final = FieldInfo("text")
_INTEGER: Final = FieldInfo("integer")
_BOOLEAN: Final = FieldInfo("boolean")
_OBJECT: Final = FieldInfo("object")


def _all(info: FieldInfo, names: str) -> dict[str, FieldInfo]:
    return dict.fromkeys(names.split(), info)


ENVELOPE_FIELDS: Final[Mapping[str, FieldInfo]] = {
    **_all(_TEXT, "version id source account time region resources replay-name"),
    "detail-type": FieldInfo("text", DETAIL_TYPES),
    "detail": _OBJECT,
}
DETAIL_FIELDS: Final[Mapping[str, FieldInfo]] = {
    "lastStatus": FieldInfo("text", STATUSES),
    "desiredStatus": FieldInfo("text", ("RUNNING", "STOPPED")),
    "stopCode": FieldInfo("text", STOP_CODES),
    "launchType": FieldInfo("text", LAUNCH_TYPES),
    "connectivity": FieldInfo("text", ("CONNECTED", "DISCONNECTED")),
    "healthStatus": FieldInfo("text", ("HEALTHY", "UNHEALTHY", "UNKNOWN")),
    **_all(
        _TEXT,
        "taskArn clusterArn taskDefinitionArn containerInstanceArn group startedBy "
        "capacityProviderName platformVersion platformFamily availabilityZone cpu memory "
        "stoppedReason connectivityAt createdAt pullStartedAt pullStoppedAt startedAt "
        "executionStoppedAt stoppingAt stoppedAt updatedAt",
    ),
    "version": _INTEGER,
    "enableExecuteCommand": _BOOLEAN,
    **_all(
        _OBJECT,
        "containers attachments attributes ephemeralStorage fargateEphemeralStorage overrides "
        "inferenceAccelerators tags",
    ),
}
CONTAINER_FIELDS: Final[Mapping[str, FieldInfo]] = {
    "lastStatus": FieldInfo("text", STATUSES),
    "healthStatus": FieldInfo("text", ("HEALTHY", "UNHEALTHY", "UNKNOWN")),
    "exitCode": _INTEGER,
    **_all(
        _TEXT,
        "containerArn taskArn name image imageDigest runtimeId reason cpu memory "
        "memoryReservation gpuIds",
    ),
    **_all(_OBJECT, "networkInterfaces networkBindings managedAgents"),
    "restartCount": _INTEGER,
}

#: By dotted path, as patterns have it.
FIELDS: Final[Mapping[str, FieldInfo]] = {
    **ENVELOPE_FIELDS,
    **{f"detail.{name}": info for name, info in DETAIL_FIELDS.items()},
    **{f"detail.containers.{name}": info for name, info in CONTAINER_FIELDS.items()},
}

#: Objects of which not every field is listed here.
OPEN_OBJECTS: Final = tuple(
    f"{path}."
    for path, info in FIELDS.items()
    if info.kind == "object" and path not in {"detail", "detail.containers"}
)


def plain(element: Any) -> Any:
    """Return an element of a field list as plain JSON values."""
    try:
        return element_of(element).to_python()
    except InvalidPattern:
        return element


def element_kind(element: Any) -> Kind | Literal["any", "none"]:
    """
    Return the kind of the values that an element of a field list is about.

    Returns:
        The kind; ``any`` for null and ``exists``; ``none`` for what is no element, and for a
        fraction, which no field of a task event holds.
    """
    try:
        operator = element_of(element)
    except InvalidPattern:
        return "any" if isinstance(element, dict) else "none"  # the pattern says what is wrong
    if operator.kind != "number":
        return operator.kind

    value = operator.to_python()
    if isinstance(value, dict):
        value = value.get("anything-but")
    first = value[0] if isinstance(value, list) else value
    return "none" if isinstance(first, float) and not first.is_integer() else "integer"
