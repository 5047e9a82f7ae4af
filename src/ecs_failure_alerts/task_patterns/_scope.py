"""Whose events a pattern is about, and typical events given the names that it asks for."""

# Theory of operation: conditions on a cluster, a group or a container's name tell whose events a
# rule is about, not which ends it takes. The typical events have names of their own, so a pattern
# for the service "checkout" would match none of them. An event whose names no combination of
# conditions accepts is therefore given names that one of them does accept, as far as such a
# workload can have them: a service never has a group "family:...". What cannot be given them is
# outside of the pattern's scope.

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from ..patterns.rules import Condition, SubRule
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

#: The capacity providers of Fargate; others are of instances.
_FARGATE: Final = frozenset({"FARGATE", "FARGATE_SPOT"})

#: How ``startedBy`` begins where a service, a rule or a schedule starts the task.
_STARTERS: Final = ("ecs-svc/", "events-rule/", "chronos-schedule/")
#: A task definition without the revision that each event has.
_WITHOUT_REVISION: Final = re.compile(r"task-definition/[^:*]+\Z")
_RESOURCE: Final = re.compile(r"arn:[\w-]*:([\w-]+):[^:]*:[^:]*:([\w-]+)[/:]")

#: How groups and starters begin, by what the typical event has.
_KINDS_OF_NAMES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "detail.group": (("service:",), ("family:",)),
    "detail.startedBy": (_STARTERS[:1], _STARTERS[1:]),
    "detail.clusterArn": (("AWSBatch-", "_Batch_"),),
}


def in_scope(event: Mapping[str, Any], rules: Sequence[SubRule]) -> list[Mapping[str, Any]]:
    """
    Return *event* under every set of names that the rules ask for.

    Returns:
        The event as it is, where its names are accepted; else with other names; empty if the
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
    """Return whether *text* is how ECS's own starters begin, with no name or id after it."""
    return f"{text.removesuffix('/')}/" in _STARTERS


def without_revision(element: Any) -> list[str]:
    """Return the texts of an element with which ARNs end, of task definitions with no revision."""
    ends = [*texts(element), *affixes(element, "suffix", "wildcard", "equals-ignore-case")]
    return [text for text in ends if _WITHOUT_REVISION.search(text)]


def foreign_resource(text: str) -> str | None:
    """Return what the ARN in *text* is of, such as ``cluster``; None where it is of a task."""
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
    """Return whether no event about a task has at *path* what an element asks for."""
    if event["detail-type"] != DETAIL_TYPE:
        return False
    if path == "detail.taskDefinitionArn":
        return bool(without_revision(element))
    written = [element] if isinstance(element, str) else affixes(element, "prefix")
    return path == "resources" and any(map(foreign_resource, written))


def example(element: Any) -> str | None:
    """Return a string that a plain element accepts; None where none is to be had of it."""
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
    """Return a text that a wildcard accepts and that begins as an ARN does, where it may."""
    text = f"arn:{wildcard[1:]}" if wildcard.startswith("*:") else wildcard
    return text.replace("\\*", "\0").replace("*", "x").replace("\0", "*").replace("\\\\", "\\")


def _can_have(event: Mapping[str, Any], path: str, text: str) -> bool:
    """Return whether a workload such as that of *event* can have this name."""
    if "*" in text or (path == "detail.startedBy" and is_bare_starter(text)):
        return False
    if path == "detail.launchType":
        return False  # the typical event is of one, or it is not
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
    """Set a value, in the first element of a list, making the objects that are missing."""
    place: Any = event
    for name in path[:-1]:
        place = place.setdefault(name, {})
        if isinstance(place, list):
            place[:1] = place[:1] or [{}]
            place = place[0]
    place[path[-1]] = [text] if path == ["resources"] else text
