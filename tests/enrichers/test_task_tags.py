"""Tags of task definitions and Docker labels as tags of the alert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from aws_stub import AwsStub, aws_stub, refused
from ecs_failure_alerts import Evidence, judge
from ecs_failure_alerts.enrichers import TaskDefinitions, TaskTagsEnricher
from ecs_failure_alerts.testing import ABSENT, deployment_state_change, task_state_change

SECRET: Final = "s3cr3t-of-somebody"
DEFINITION: Final[dict[str, Any]] = {
    "taskDefinition": {
        "containerDefinitions": [
            {
                "name": "app",
                "dockerLabels": {"team": "label", "stage": "staging", "other": SECRET},
                "environment": [{"name": "team", "value": SECRET}],
            },
            {"name": "db", "dockerLabels": {"stage": "db", "version": "9"}},
        ]
    },
    "tags": [{"key": "team", "value": "data"}, {"key": "customer", "value": SECRET}],
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS, and that knows the definition."""
    with aws_stub(monkeypatch) as server:
        server.held = 200, DEFINITION
        yield server


def looked_up(*keys: str, **changes: Any) -> Evidence:
    """Return what is found out about a failure."""
    definitions = TaskDefinitions(keys=keys)
    judgement = judge(task_state_change(**changes))
    return TaskTagsEnricher(definitions, keys).enrich(judgement, timeout=5)


def test_named_tags_and_labels_are_tags_of_the_alert_and_no_others(aws: AwsStub) -> None:
    """A tag comes before a label."""
    evidence = looked_up("team", "stage", "version")
    assert evidence == Evidence(tags={"aws.tag.team": "data", "aws.tag.stage": "staging"})
    assert SECRET not in repr(evidence)


def test_a_label_is_that_of_the_container_at_fault(aws: AwsStub) -> None:
    evidence = looked_up("stage", containers=[{"name": "app", "exitCode": 0}, {"name": "db"}])
    assert evidence.tags == {"aws.tag.stage": "db"}


def test_a_key_has_only_signs_that_sentry_takes(aws: AwsStub) -> None:
    aws.held = 200, {**DEFINITION, "tags": [{"key": "cost center/é", "value": "7"}]}
    assert looked_up("cost center/é").tags == {"aws.tag.cost_center__": "7"}


def test_a_value_that_looks_like_a_secret_is_redacted(aws: AwsStub) -> None:
    aws.held = 200, {**DEFINITION, "tags": [{"key": "a", "value": "password=hunter2hunter2"}]}
    assert "hunter2" not in looked_up("a").tags["aws.tag.a"]


def test_a_refusal_is_said_with_the_missing_action(aws: AwsStub) -> None:
    aws.held = refused("AccessDeniedException")
    (sentence,) = looked_up("team").unknown
    assert sentence.startswith("The tags could not be looked up: ecs:DescribeTaskDefinition on ")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(task_state_change(taskDefinitionArn=ABSENT), id="no-definition"),
        pytest.param(deployment_state_change(), id="no-task"),
    ],
)
def test_without_a_task_definition_nothing_is_looked_up(event: dict[str, Any]) -> None:
    enricher = TaskTagsEnricher(TaskDefinitions(keys=["team"]), ["team"])
    assert enricher.enrich(judge(event), timeout=5) == Evidence()
