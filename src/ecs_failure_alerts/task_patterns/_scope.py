"""The scope of a pattern: whose events it is about, and typical events with such names."""

# Theory of operation: conditions on a cluster, a group or a container's name tell whose events a
# rule is about, not which ends it takes. The typical events have their own names, so a pattern for
# the service "checkout" would match none of them. If no combination of conditions accepts the names
# of an event, it gets names that one of them does accept, if such a workload can have them: a
# service never has a group "family:...". An event that cannot have them is outside the pattern's
# scope.

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from ..patterns.compiled import Condition, SubRule
from ..tasks.events import DETAIL_TYPE
from ..tasks.fields import OPEN_OBJECTS
from ._elements import affixes, texts

_NAMES: Final = frozenset(
    {
        *("account", "region", "resources"),
        *(
            f"detail.{name}"
            for name in (
                *("clusterArn", "taskArn", "taskDefinitionArn", "containerInstanceArn"),
                *("group", "startedBy", "launchType", "capacityProviderName"),
                *("platformVersion", "platformFamily", "availabilityZone", "cpu", "memory"),
                *("serviceArn", "daemonArn", "ec2InstanceId", "requestParameters.cluster"),
                *("jobArn", "jobName", "jobQueue", "jobDefinition", "stateMachineArn"),
            )
        ),
    }
)
_CONTAINERS: Final = "detail.containers."
_CONTAINER_NAMES: Final = frozenset(
    _CONTAINERS + name for name in ("name", "image", "imageDigest", "containerArn", "runtimeId")
)

#: The capacity providers of Fargate; all others are for instances.
_FARGATE: Final = frozenset({"FARGATE", "FARGATE_SPOT"})

#: The beginning of ``startedBy`` if a service, a rule or a schedule started the task.
_STARTERS: Final = ("ecs-svc/", "events-rule/", "chronos-schedule/")
#: A task definition without the revision that each event has.
_WITHOUT_REVISION: Final = re.compile(r"task-definition/[^:*]+\Z")
_RESOURCE: Final = re.compile(r"arn:[\w-]*:([\w-]+):[^:]*:[^:]*:([\w-]+)[/:]")

#: The parts of groups, starters and clusters that a new name must share with the typical event.
_KINDS_OF_NAMES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "detail.group": (("service:",), ("family:",)),
    "detail.startedBy": (_STARTERS[:1], _STARTERS[1:]),
    "detail.clusterArn": (("AWSBatch-", "_Batch_"),),
}


def in_scope(event: Mapping[str, Any], rules: Sequence[SubRule]) -> list[Mapping[str, Any]]:
    """
    Return *event* with every set of names that the rules ask for.

    Returns:
        The event as it is, if its names are accepted; otherwise with other names. Empty if the
        rules are about other workloads.
    """
    named: list[Mapping[str, Any]] = [event] if any(_accepts(rule, event) for rule in rules) else []
    if not named:
        given = (_give_names(event, rule, _is_name) for rule in rules)
        named = [changed for changed in given if changed is not None]

    variants = list(named)
    for variant in named:
        for rule in rules:
            changed = _give_names(variant, rule, _CONTAINER_NAMES.__contains__)
            if changed is not None and changed not in variants:
                variants.append(changed)
    return variants


def is_name(path: str) -> bool:
    """Return whether a field tells whose event it is, rather than how the task ended."""
    return _is_name(path) or path in _CONTAINER_NAMES


def _is_name(path: str) -> bool:
    return path in _NAMES or path.startswith(OPEN_OBJECTS)


def is_bare_starter(text: str) -> bool:
    """Return whether *text* is only the beginning of ECS's own starters, without a name or id."""
    return f"{text.removesuffix('/')}/" in _STARTERS


def without_revision(element: Any) -> list[str]:
    """Return the strings of an element that end ARNs of task definitions without a revision."""
    ends = [*texts(element), *affixes(element, "suffix", "wildcard", "equals-ignore-case")]
    return [text for text in ends if _WITHOUT_REVISION.search(text)]


def foreign_resource(text: str) -> str | None:
    """Return the kind of resource of an ARN, such as ``cluster``; None for a task."""
    match = _RESOURCE.match(text)
    return match[2] if match and match.groups() != ("ecs", "task") else None


def _accepts(rule: SubRule, event: Mapping[str, Any]) -> bool:
    return all(
        holds(condition, event, path)
        for path, condition in rule.conditions.items()
        if _is_name(path)
    )


def holds(condition: Condition, event: Mapping[str, Any], path: str) -> bool:
    """Return whether a value of the event at *path* satisfies *condition*."""
    leaves = list(_leaves(event, path.split(".")))
    return any(map(condition.accepts, leaves)) or (condition.allows_absence and not leaves)


def _leaves(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Find the values at a path, in every element of a list."""
    if isinstance(value, list):
        for element in value:
            yield from _leaves(element, path)
    elif path:
        if isinstance(value, dict) and path[0] in value:
            yield from _leaves(value[path[0]], path[1:])
    elif not isinstance(value, dict):
        yield value


def _give_names(event: Mapping[str, Any], rule: SubRule, wanted: Any) -> Mapping[str, Any] | None:
    """Return *event* with names that *rule* accepts; None if it cannot have them."""
    names = {}
    for path, condition in rule.conditions.items():
        if not wanted(path) or holds(condition, event, path):
            continue
        elements = (operator.to_python() for operator in condition.operators)
        possible = (each for each in elements if not _is_impossible(event, path, each))
        named = filter(None, map(example, possible))
        text = next((text for text in named if _can_have(event, path, text)), None)
        if text is None:
            return None
        names[path] = text

    if not names:
        return event
    changed = deepcopy(dict(event))
    for path, text in names.items():
        _put(changed, path.split("."), text)
    return changed


def _is_impossible(event: Mapping[str, Any], path: str, element: Any) -> bool:
    """Return whether no event about a task can have a value at *path* that an element accepts."""
    if event["detail-type"] != DETAIL_TYPE:
        return False
    if path == "detail.taskDefinitionArn":
        return bool(without_revision(element))
    written = [element] if isinstance(element, str) else affixes(element, "prefix")
    return path == "resources" and any(map(foreign_resource, written))


def example(element: Any) -> str | None:
    """Return a string that a plain element accepts; None if none can be made from it."""
    if isinstance(element, str):
        return element
    if not isinstance(element, dict) or "anything-but" in element:
        return None

    for name, write in (
        ("prefix", "{}x"),
        ("suffix", "arn:aws:ecs:eu-central-1:123456789012{}"),
        ("wildcard", "{}"),
        ("equals-ignore-case", "{}"),
        ("exactly", "{}"),
    ):
        for text in affixes(element, name):
            filled = write.format(text)
            return _fill(filled) if name == "wildcard" else filled
    return None


def _fill(wildcard: str) -> str:
    """Return a string that a wildcard accepts; one that begins like an ARN, if possible."""
    text = f"arn:{wildcard[1:]}" if wildcard.startswith("*:") else wildcard
    return text.replace("\\*", "\0").replace("*", "x").replace("\0", "*").replace("\\\\", "\\")


def _can_have(event: Mapping[str, Any], path: str, text: str) -> bool:
    """Return whether a workload such as that of *event* can have this name."""
    if "*" in text or (path == "detail.startedBy" and is_bare_starter(text)):
        return False
    if path == "detail.launchType":
        return False  # the launch type of a typical event is fixed
    if path == "detail.capacityProviderName":
        on_fargate = event["detail"].get("launchType") == "FARGATE"
        return text != "FARGATE_SPOT" and (text in _FARGATE) == on_fargate
    is_arn = path.endswith("Arn") or path == "resources"
    if is_arn and not text.startswith("arn:"):
        return False

    present = next(_leaves(event, path.split(".")), "")
    return all(
        _has_part(text, parts) == _has_part(present, parts)
        for parts in _KINDS_OF_NAMES.get(path, ())
    )


def _has_part(text: str, parts: Sequence[str]) -> bool:
    return any(part in text for part in parts)


def _put(event: dict[str, Any], path: Sequence[str], text: str) -> None:
    """Set a value, in the first element of a list; create missing objects."""
    place: Any = event
    for name in path[:-1]:
        place = place.setdefault(name, {})
        if isinstance(place, list):
            place[:1] = place[:1] or [{}]
            place = place[0]
    place[path[-1]] = [text] if path == ["resources"] else text
