"""Fields that events do not have, and what people mean by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .._texts import close_match
from ..patterns.elements import BY_NAME
from ..tasks.fields import CONTAINER, DETAIL, ENVELOPE, FIELDS, OPEN_OBJECTS
from ._checks import Found, Rule, Subject
from ._subject import Field

#: The similarity (0 to 1) from which one name is taken for another.
_SIMILAR: Final = 0.85

_ANOTHER_TYPE: Final = (
    'another rule, with "detail-type": ["ECS Service Action"] or '
    '["ECS Deployment State Change"]: tasks have no such field'
)
#: People's names for fields, and AWS's names.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "detailtype": "detail-type",
    **dict.fromkeys(
        ("status", "state", "taskstatus", "taskstate", "currentstatus", "laststate"),
        "detail.lastStatus",
    ),
    **dict.fromkeys(("cluster", "clustername"), "detail.clusterArn"),
    **dict.fromkeys(("service", "servicename", "servicearn"), "detail.group, as service:NAME"),
    **dict.fromkeys(("family", "taskfamily"), "detail.group, as family:NAME"),
    **dict.fromkeys(("taskdefinition", "taskdefinitionfamily"), "detail.taskDefinitionArn"),
    **dict.fromkeys(
        ("reason", "statusreason", "error", "message"),
        "detail.stoppedReason or detail.containers.reason",
    ),
    **dict.fromkeys(("stopreason", "stopedreason"), "detail.stoppedReason"),
    **dict.fromkeys(("stoppedcode", "stoppingcode"), "detail.stopCode"),
    **dict.fromkeys(
        ("containerexitcode", "exitstatus", "returncode"), "detail.containers.exitCode"
    ),
    "containername": "detail.containers.name",
    **dict.fromkeys(("eventname", "eventtype", "deploymentid"), _ANOTHER_TYPE),
}

#: What people write to exclude a condition, in lower case; EventBridge has no such operator.
_NO_JOINTS: Final[Mapping[str, str]] = {
    "$not": 'write {"anything-but": ...} in each field',
    "$nor": 'write {"anything-but": ...} in each field',
}

#: The health of tasks and containers: AWS sends no event when it changes, and mostly leaves it out.
_HEALTH: Final = ("detail.healthStatus", "detail.containers.healthStatus")


def _never_met(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        if _is_unknown(field.path) and not field.condition.allows_absence:
            yield _unknown(field, "so the pattern never matches")


def _idle(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        if _is_unknown(field.path) and field.condition.allows_absence:
            yield _unknown(field, "so this excludes nothing")


def _is_unknown(path: str) -> bool:
    return path not in FIELDS and not path.startswith(OPEN_OBJECTS)


def _unknown(field: Field, effect: str) -> Found:
    parent, _, name = field.path.rpartition(".")
    joint = next((part for part in field.path.split(".") if part.lower() in _NO_JOINTS), None)

    if joint is not None:
        place = field.path[: field.path.index(joint) + len(joint)]
        return Found(
            place, f"EventBridge takes {joint} for a field, {effect}", _NO_JOINTS[joint.lower()]
        )
    if name in BY_NAME:
        return Found(
            parent,
            f"{name} is read as a field, because it is not in a list: the pattern never matches",
            f'write [{{"{name}": ...}}]',
        )
    return Found(field.path, f"task events have no such field, {effect}", _meant(field.path))


def _meant(path: str) -> str:
    """Return what to write instead of a field that does not exist."""
    name = path.rpartition(".")[2]
    spelled = {field.lower(): field for field in FIELDS}
    bare = _bare(name)

    if path.lower() in spelled:
        meant = spelled[path.lower()]
    elif name in CONTAINER and name not in DETAIL:
        meant = f"detail.containers.{name}"
    elif name in DETAIL:
        meant = f"detail.{name}"
    elif bare in _OTHER_NAMES:
        meant = _OTHER_NAMES[bare]
    elif near := close_match(path.lower(), spelled, _SIMILAR):
        meant = spelled[near]
    else:
        return "write a field of the event, or leave it out"

    return f"write {meant}"


def _envelope(subject: Subject) -> Iterator[Found]:
    known = {_bare(name): name for name in ENVELOPE}
    for field in subject.fields:
        name = field.path.partition(".")[0]
        if name not in ENVELOPE and _bare(name) in known:
            meant = known[_bare(name)]
            yield Found(
                name, f'no event has "{name}", so the pattern never matches', f"write {meant}"
            )


def _bare(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _health(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        if field.path in _HEALTH and not field.condition.allows_absence:
            yield Found(
                field.path,
                "ECS sends no event when the health of a container changes, and most events do "
                "not have it",
                'write "stopCode": ["ServiceSchedulerInitiated"], '
                '"stoppedReason": [{"wildcard": "*health checks*"}]',
            )


FIELD_NAMES: Final = (
    Rule("unknown-field", "error", _never_met),
    Rule("unknown-field", "warning", _idle),
    Rule("unknown-field", "error", _envelope, "others"),
    Rule("health-status", "warning", _health),
)
