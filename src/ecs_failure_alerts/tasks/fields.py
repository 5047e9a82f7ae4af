"""
The fields of task events for patterns and tests: spelling, kind, known values.

The fields of the typed classes are derived from them. AWS's other fields are listed here:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html and API_Container.html;
the words of ``lastStatus``: .../AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import attrs
from attrs import frozen

from .events import DETAIL_TYPE, ENVELOPE_FIELDS, SOURCE, Container, TaskStateChange, aws_name

#: The kind of a field's value; an object has fields of its own, like the members of a list.
FieldKind: TypeAlias = Literal["text", "number", "boolean", "object"]

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
DETAIL_TYPES: Final = (
    DETAIL_TYPE,
    "ECS Container Instance State Change",
    "ECS Container Instance Health Change",
    "ECS Service Action",
    "ECS Deployment State Change",
    "ECS Hook State Change",
    "ECS Daemon Service Action",
    "ECS Daemon Deployment State Change",
    "AWS API Call via CloudTrail",
)

#: The documented values of each field. AWS may add some.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "source": (SOURCE,),
    "detail-type": DETAIL_TYPES,
    "lastStatus": STATUSES,
    "desiredStatus": ("RUNNING", "STOPPED"),
    "stopCode": STOP_CODES,
    "launchType": ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"),
    "connectivity": ("CONNECTED", "DISCONNECTED"),
    "healthStatus": ("HEALTHY", "UNHEALTHY", "UNKNOWN"),
}


@frozen(eq=False, repr=False)
class FieldInfo:
    """
    The facts about a field.

    Attributes:
        kind: The kind of its value.
        words: Its known values; empty if it may have any value.
    """

    kind: FieldKind
    words: tuple[str, ...] = ()


def _field(name: str, kind: FieldKind) -> FieldInfo:
    return FieldInfo(kind, _WORDS.get(name, ()))


def _all(kind: FieldKind, names: str) -> dict[str, FieldInfo]:
    return {name: _field(name, kind) for name in names.split()}


#: The kind of field behind each type of attribute.
_KINDS: Final[Mapping[str, FieldKind]] = {
    "str": "text",
    "Amount": "text",
    "datetime": "text",
    "int": "number",
    "tuple[Container, ...]": "object",
}


#: Attributes without a field in the event.
_NO_FIELDS: Final = frozenset({"raw", "faults"})


def _fields_of(cls: type[attrs.AttrsInstance]) -> dict[str, FieldInfo]:
    """Return the fields behind a typed class; a type without a kind is an error."""
    return {
        aws_name(attribute.name): _field(
            aws_name(attribute.name), _KINDS[str(attribute.type).removesuffix(" | None")]
        )
        for attribute in attrs.fields(cls)
        if attribute.name not in _NO_FIELDS
    }


_TASK: Final = _fields_of(TaskStateChange)

ENVELOPE: Final[Mapping[str, FieldInfo]] = {
    **{name: info for name, info in _TASK.items() if name in ENVELOPE_FIELDS},
    **_all("text", "version source resources replay-name"),
    "detail-type": _field("detail-type", "text"),
    "detail": _field("detail", "object"),
}
DETAIL: Final[Mapping[str, FieldInfo]] = {
    **{name: info for name, info in _TASK.items() if name not in ENVELOPE_FIELDS},
    **_all("text", "platformFamily connectivity connectivityAt healthStatus"),
    **_all("boolean", "enableExecuteCommand"),
    **_all("object", "attachments attributes ephemeralStorage fargateEphemeralStorage"),
    **_all("object", "overrides inferenceAccelerators tags"),
}
CONTAINER: Final[Mapping[str, FieldInfo]] = {
    **_fields_of(Container),
    **_all("text", "taskArn cpu gpuIds"),
    **_all("number", "restartCount"),
    **_all("object", "networkInterfaces networkBindings managedAgents"),
}

#: All fields by dotted path, as in patterns.
FIELDS: Final[Mapping[str, FieldInfo]] = {
    **ENVELOPE,
    **{f"detail.{name}": info for name, info in DETAIL.items()},
    **{f"detail.containers.{name}": info for name, info in CONTAINER.items()},
}

#: Objects with fields that are not listed here.
OPEN_OBJECTS: Final = tuple(
    f"{path}."
    for path, info in FIELDS.items()
    if info.kind == "object" and path not in {"detail", "detail.containers"}
)


def snake_case(name: str) -> str:
    """Return the attribute's name for AWS's spelling: ``stop_code`` for ``stopCode``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
