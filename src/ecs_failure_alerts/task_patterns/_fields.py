"""
The fields of task events as a pattern can name them: spelling, kind, known values.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html and API_Container.html;
the words of ``lastStatus``: .../AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from ..patterns._json import write
from ..patterns._operators import Operator

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
    """Give an element of a field list as plain JSON values."""
    if not isinstance(element, Operator):
        return element
    return json.loads(write(element.to_json()), parse_int=_whole)


def _whole(text: str) -> int | float:
    """Read a whole number; one that Python refuses to read as an integer is beyond any double."""
    return int(text) if len(text) < 1000 else float(text)


def element_kind(element: Any) -> Kind | Literal["any", "none"]:
    """
    Say of what kind the values are that an element of a field list is about.

    Returns:
        The kind; ``any`` for null and ``exists``; ``none`` for what is no element.
    """
    element = plain(element)
    if isinstance(element, dict) and len(element) == 1:
        ((name, operand),) = element.items()
        if name != "anything-but":
            return _OPERATOR_KINDS.get(name, "none")
        if isinstance(operand, dict):
            return "text"
        element = operand[0] if isinstance(operand, list) else operand
    if isinstance(element, float) and not element.is_integer():
        return "none"
    for type_, kind in _LITERAL_KINDS:
        if isinstance(element, type_):
            return kind
    return "any" if element is None else "none"


_OPERATOR_KINDS: Final[Mapping[str, Kind | Literal["any"]]] = {
    **dict.fromkeys(("prefix", "suffix", "equals-ignore-case", "wildcard", "cidr"), "text"),
    "exactly": "text",
    "numeric": "integer",
    "exists": "any",
}
#: bool before int, which it is too.
_LITERAL_KINDS: Final[tuple[tuple[type | tuple[type, ...], Kind], ...]] = (
    (bool, "boolean"),
    (str, "text"),
    ((int, float), "integer"),
)
