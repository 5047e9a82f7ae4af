"""SECURITY.md's list of what look-ups send, held to what they make of AWS's answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest

from aws_stub import AwsStub, aws_stub
from ecs_failure_alerts import FailurePolicy, judge
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.aws.clients import AwsClients
from ecs_failure_alerts.enrichment import enrich
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.settings.lookups import build_enrichers
from ecs_failure_alerts.testing import task_state_change

pytestmark = pytest.mark.integration

SECURITY: Final = (Path(__file__).parents[2] / "SECURITY.md").read_text("utf-8")
SECRET: Final = "5ec2e7"

#: What makes the answer one that tells anything.
FIXED: Final = {"name", "logConfiguration.logDriver"}

#: Values of fields that are read by their form; every other one is a text or a number.
VALUES: Final[dict[str, Any]] = {
    "name": "app",
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/a",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "ecs",
            "splunk-token": SECRET,
        },
        "secretOptions": [{"name": SECRET, "valueFrom": SECRET}],
    },
    "dependsOn": [{"containerName": "db", "condition": "START"}],
    "dockerLabels": {"team": "a", "other": SECRET},
}
TAGS: Final = [{"key": "team", "value": "a"}, {"key": "other", "value": SECRET}]


def sample(shape: Any, depth: int = 0) -> Any:
    """Build a value of a shape of AWS's, with everything in it."""
    if shape.type_name == "structure":
        return {name: sample(inner, depth + 1) for name, inner in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"key": sample(shape.value, depth + 1)}
    return {"boolean": True, "integer": 60, "long": 60, "timestamp": 1772417640}.get(
        shape.type_name, SECRET
    )


def whole_answer() -> dict[str, Any]:
    """Build an answer with every field that botocore knows."""
    session = pytest.importorskip("botocore.session").get_session()
    answer = sample(session.get_service_model("ecs").shape_for("DescribeTaskDefinitionResponse"))
    definition = answer["taskDefinition"]
    definition["containerDefinitions"] = [definition["containerDefinitions"][0] | VALUES]

    whole: dict[str, Any] = answer
    return whole


def places(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each text, number and switch in *value*."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, f"{path}.{number}")
    else:
        yield path


def changed(answer: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the answer with another value at *path*."""
    other = deepcopy(answer)
    *way, name = path.split(".")
    place: Any = other
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]

    key = int(name) if isinstance(place, list) else name
    value = place[key]
    if isinstance(value, bool):
        place[key] = not value
    else:
        place[key] = value + (1 if isinstance(value, int) else "b")
    return other


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS."""
    with aws_stub(monkeypatch) as server:
        server.answers["GetLogEvents"] = (
            200,
            {"events": [{"timestamp": 1772417640000, "message": "line"}]},
        )
        yield server


def sent(aws: AwsStub, clients: AwsClients, answer: dict[str, Any]) -> str:
    """Return what goes to Sentry, and to any other notifier, where AWS answers so."""
    aws.answers["DescribeTaskDefinition"] = 200, answer
    event = task_state_change(containers=[{"exitCode": 1}, {"name": "db", "exitCode": 0}])
    enrichers = build_enrichers(
        wanted={"definition", "logs", "tags"}, keys=["team"], clients=clients
    )

    (found,) = enrich([judge(event, FailurePolicy())], enrichers, Deadline(), seconds=5)
    alert = found.as_alert()
    return json.dumps([sentry_event(alert), alert.to_dict()], sort_keys=True)


def fields_that_leave(aws: AwsStub) -> tuple[set[str], set[str]]:
    """Return the fields whose value makes a difference: of the container's, and of the others."""
    clients, answer = AwsClients(), whole_answer()
    prefix = "taskDefinition.containerDefinitions.0."
    container: set[str] = set()
    others: set[str] = set()

    for tags in (TAGS, []):  # a tag comes before a label
        base = {**answer, "tags": tags}
        before = sent(aws, clients, base)
        for path in places(base):
            name = path.removeprefix(prefix)
            if name in FIXED or sent(aws, clients, changed(base, path)) == before:
                continue
            where = others if name == path else container
            where.add(re.sub(r"[.][0-9]+", "[]", name))
    return container, others


def test_the_list_of_what_look_ups_send_is_complete(aws: AwsStub) -> None:
    """The page names each field of a task definition that an alert tells of, and no other."""
    container, others = fields_that_leave(aws)
    expected = [
        "- of the answer: " + ", ".join(f"`{name}`" for name in sorted(others)),
        "- of each container: " + ", ".join(f"`{name}`" for name in sorted(container)),
    ]
    told = re.findall(r"^- of (?:the answer|each container): .*", SECURITY, re.MULTILINE)
    assert told == expected, "expected in SECURITY.md:\n" + "\n".join(expected)


def test_nothing_else_of_a_task_definition_leaves(aws: AwsStub) -> None:
    """Neither environment, commands, secrets, options of log drivers nor tags that nobody named."""
    assert SECRET not in sent(aws, AwsClients(), {**whole_answer(), "tags": TAGS})
