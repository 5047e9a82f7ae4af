"""The release that a variable of the container at fault names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

import pytest

from aws_stub import AwsStub, aws_stub, refused
from ecs_failure_alerts import Evidence, judge
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichers import (
    TaskDefinitionEnricher,
    TaskDefinitions,
    TaskReleaseEnricher,
)
from ecs_failure_alerts.enrichment import Enricher, enrich
from ecs_failure_alerts.testing import ABSENT, deployment_state_change, task_state_change

SECRET: Final = "s3cr3t-of-somebody"


def definition(**versions: str) -> dict[str, Any]:
    """Return AWS's answer: for each container the value of its variable, and a secret."""
    return {
        "taskDefinition": {
            "containerDefinitions": [
                {
                    "name": name,
                    "environment": [
                        {"name": "PASSWORD", "value": SECRET},
                        {"name": "APP_VERSION", "value": version},
                    ],
                }
                for name, version in versions.items()
            ]
        }
    }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS, and that knows the definition."""
    with aws_stub(monkeypatch) as server:
        server.held = 200, definition(app="1.4.2", db="16.1")
        yield server


def looked_up(event: dict[str, Any]) -> Evidence:
    """Return what is found out about an event."""
    definitions = TaskDefinitions(release_variable="APP_VERSION")
    return TaskReleaseEnricher(definitions).enrich(judge(event), timeout=5)


def test_the_release_is_that_of_the_container_at_fault(aws: AwsStub) -> None:
    assert looked_up(task_state_change()) == Evidence(release="1.4.2")
    ends = [{"name": "app", "exitCode": 0}, {"name": "db", "exitCode": 1}]
    assert looked_up(task_state_change(containers=ends)) == Evidence(release="16.1")


def test_a_value_that_is_no_version_leaves_no_trace(
    aws: AwsStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    aws.held = 200, definition(app=SECRET)
    definitions = TaskDefinitions(release_variable="APP_VERSION")
    judgement = judge(task_state_change())
    (found,) = enrich([judgement], [TaskReleaseEnricher(definitions)], Deadline(), seconds=5)

    assert found.as_alert() == judgement.as_alert()
    assert SECRET not in repr(found) + caplog.text


def test_a_refusal_is_said_once(aws: AwsStub) -> None:
    aws.held = refused("AccessDeniedException")
    (sentence,) = looked_up(task_state_change()).unknown
    assert sentence.startswith("The release could not be looked up: ecs:DescribeTaskDefinition on ")

    definitions = TaskDefinitions(release_variable="APP_VERSION")
    enrichers: list[Enricher] = [
        TaskDefinitionEnricher(definitions),
        TaskReleaseEnricher(definitions),
    ]
    judgement = judge(task_state_change())
    (found,) = enrich([judgement], enrichers, Deadline(), seconds=5)
    assert "The release could not" not in found.as_alert().message


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(task_state_change(taskDefinitionArn=ABSENT), id="no-definition"),
        pytest.param(deployment_state_change(), id="no-task"),
    ],
)
def test_without_a_task_definition_nothing_is_looked_up(
    aws: AwsStub, event: dict[str, Any]
) -> None:
    assert looked_up(event) == Evidence()
    assert aws.asked == []
