"""SECURITY.md's list of what leaves the account, held to what the alerts say of an event."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from ecs_failure_alerts.judging import judge
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.tasks.fields import CONTAINER, DETAIL, ENVELOPE
from ecs_failure_alerts.testing import task_state_change
from rows import each

SECURITY = (Path(__file__).parents[1] / "SECURITY.md").read_text("utf-8")
ARN = "arn:aws:ecs:eu-central-1:123456789012"
SECRET = "5ec2e7"

#: What makes the event one that is judged at all.
FIXED = {"source", "detail-type", "detail", "detail.lastStatus", "detail.containers"}

#: Two values each, where the name of a field does not tell its form.
FORMS: dict[str, tuple[Any, Any]] = {
    "account": ("123456789012", "210987654321"),
    "region": ("eu-central-1", "eu-west-1"),
    "resources": ([f"{ARN}:task/jobs/0a"], [f"{ARN}:task/jobs/0b"]),
    "detail.stopCode": ("EssentialContainerExited", "InfrastructureHealth"),
    "detail.taskArn": (f"{ARN}:task/jobs/0a", f"{ARN}:task/jobs/0b"),
    "detail.clusterArn": (f"{ARN}:cluster/jobs", f"{ARN}:cluster/other"),
    "detail.taskDefinitionArn": (f"{ARN}:task-definition/etl:1", f"{ARN}:task-definition/etl:2"),
    "detail.cpu": ("256", "512"),
    "detail.memory": ("512", "1024"),
    "detail.containers[].cpu": ("10", "20"),
    "detail.containers[].memory": ("128", "256"),
    "detail.containers[].memoryReservation": ("64", "96"),
}

#: Without these, others stand in for them.
STOOD_IN_FOR = (
    (),
    ("stoppedAt", "executionStoppedAt"),
    ("stoppedAt", "executionStoppedAt", "updatedAt"),
)


def places() -> Iterator[tuple[str, str]]:
    """Return the path of each field that AWS documents, with what it holds."""
    yield from ((name, info.kind) for name, info in ENVELOPE.items())
    yield from ((f"detail.{name}", info.kind) for name, info in DETAIL.items())
    yield from ((f"detail.containers[].{name}", info.kind) for name, info in CONTAINER.items())


def values(path: str, kind: str) -> tuple[Any, Any]:
    """Return two values that a field can have."""
    if path in FORMS:
        return FORMS[path]
    if path == "time" or path.endswith("At"):
        return "2026-03-02T02:00:00Z", "2026-03-02T02:00:01Z"
    if kind == "number":
        return 1, 2
    if kind == "boolean":
        return False, True
    if kind == "object":
        return [{"name": SECRET, "value": "a"}], [{"name": SECRET, "value": "b"}]
    return f"{SECRET}-a", f"{SECRET}-b"


def whole_event() -> dict[str, Any]:
    """Build an event that has every field that AWS documents."""
    event: dict[str, Any] = task_state_change()
    for path, kind in places():
        if path not in FIXED:
            put(event, path, values(path, kind)[0])
    event["detail"]["containers"][0]["unheardOf"] = event["detail"]["unheardOf"] = SECRET
    return event


def put(event: dict[str, Any], path: str, value: Any) -> None:
    """Set the field at *path*."""
    *way, name = path.replace("[]", ".0").split(".")
    place: Any = event
    for step in way:
        place = place[int(step) if step == "0" else step]
    place[name] = value


def sent(event: dict[str, Any]) -> str:
    """Return what of *event* goes to Sentry, and to any other notifier."""
    alert = judge(event).as_alert()
    return json.dumps([sentry_event(alert), alert.to_dict()], sort_keys=True)


def fields_that_leave() -> set[str]:
    """Return the fields whose value makes a difference to what is sent."""
    found = set()
    for missing in STOOD_IN_FOR:
        base = whole_event()
        for name in missing:
            del base["detail"][name]
        before = sent(base)
        for path, kind in places():
            changed = deepcopy(base)
            if path in FIXED or path.removeprefix("detail.") in missing:
                continue
            put(changed, path, values(path, kind)[1])
            if sent(changed) != before:
                found.add(path)
    return found


def bullets(fields: set[str]) -> list[str]:
    """Return the lines of the page for *fields*."""
    groups: dict[str, list[str]] = {"": [], "detail.": [], "detail.containers[].": []}
    for path in sorted(fields):
        head, _, name = path.rpartition(".")
        groups[f"{head}." if head else ""].append(f"`{name}`")
    beside, detail, containers = (", ".join(names) for names in groups.values())

    return [
        f"- beside `detail`: {beside}",
        f"- in `detail`: {detail}",
        f"- in each of up to 20 `detail.containers[]`: {containers}",
    ]


def test_the_list_of_what_leaves_is_complete() -> None:
    """The page names each field of the event that an alert tells of, and no other."""
    expected = bullets(fields_that_leave())
    assert re.findall(r"^- (?:beside|in) .*", SECURITY, re.MULTILINE) == expected, (
        "expected in SECURITY.md:\n" + "\n".join(expected)
    )


@each(
    "path",
    [path for path, kind in places() if kind == "object" and path not in FIXED],
)
def test_objects_do_not_leave(path: str) -> None:
    """Nothing of the objects in the event leaves: overrides, attachments, attributes, tags."""
    event = task_state_change()
    put(event, path, [{"name": SECRET, "value": SECRET, "deeper": {"yet": [SECRET]}}])
    assert SECRET not in sent(event)


def test_unknown_fields_do_not_leave() -> None:
    """Nothing leaves of a field that AWS may add, wherever it stands."""
    event = task_state_change()
    for place in (event, event["detail"], event["detail"]["containers"][0]):
        place["unheardOf"] = {SECRET: SECRET}
    assert SECRET not in sent(event)
