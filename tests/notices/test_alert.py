"""What leaves the account of a notice: links, tags and contexts."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from ecs_failure_alerts import judge, read_payload
from ecs_failure_alerts.testing import (
    batch_job_state_change,
    deployment_state_change,
    schedule_dead_letter,
    service_action,
)
from notice_events import ARN, notice_event
from rows import each
from whole_notices import WHOLE

_STATES: Final = "arn:aws:states:eu-central-1:123456789012"
_RULE: Final = "arn:aws:events:eu-central-1:123456789012:rule"

#: What an alert is about, and the page that shows it.
PAGES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "service": (service_action(), "/ecs/v2/clusters/prod/services/api?region=eu-central-1"),
    "deployment": (
        deployment_state_change(),
        "/ecs/v2/clusters/prod/services/api?region=eu-central-1",
    ),
    "instance": (
        notice_event(
            "ECS Container Instance Health Change",
            overallStatus="IMPAIRED",
            clusterArn=f"{ARN}:cluster/prod",
            containerInstanceArn=f"{ARN}:container-instance/prod/0a",
        ),
        "/ecs/v2/clusters/prod/infrastructure/container-instances/0a?region=eu-central-1",
    ),
    "retirement": (
        notice_event(
            "AWS Health Event",
            source="aws.health",
            eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
            affectedEntities=[{"entityValue": f"{ARN}:task/prod/0a"}],
        ),
        "/ecs/v2/clusters/prod/tasks?region=eu-central-1",
    ),
    "schedule": (
        schedule_dead_letter(),
        "/scheduler/home?region=eu-central-1#schedules/default/nightly",
    ),
    "job": (batch_job_state_change(), "/batch/home?region=eu-central-1#jobs/detail/4c7599ae"),
    "execution": (
        notice_event(
            "Step Functions Execution Status Change",
            source="aws.states",
            status="FAILED",
            executionArn=f"{_STATES}:execution:etl:r1",
            stateMachineArn=f"{_STATES}:stateMachine:etl",
        ),
        f"/states/home?region=eu-central-1#/v2/executions/details/{_STATES}:execution:etl:r1",
    ),
}


SECRET: Final = "HUNTER2"

#: The fields that AWS puts its sentences into.
REASONS: Final = {
    *("reason", "statusReason", "reasons", "cause", "error", "errorMessage", "description"),
    *("details", "message", "ERROR_MESSAGE"),
}


def with_reasons(value: Any, reason: str, key: str = "") -> Any:
    """Return a payload with this *reason* in the place of each that it has."""
    if isinstance(value, dict):
        attribute = key if "dataType" in value else ""
        return {name: with_reasons(part, reason, attribute or name) for name, part in value.items()}
    if isinstance(value, list):
        return [with_reasons(part, reason, key) for part in value]
    return reason if key in REASONS and isinstance(value, str) else value


def url_of(payload: Any) -> str | None:
    """Return the link of the alert for *payload*."""
    (record,) = read_payload(payload)
    return judge(record.event or {}).as_alert().url


@each("name", PAGES)
def test_one_click_leads_to_what_an_alert_is_about(name: str) -> None:
    payload, page = PAGES[name]
    assert url_of(payload) == f"https://eu-central-1.console.aws.amazon.com{page}"


@each(
    ("partition", "host"),
    [
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
        ("aws-eusc", "console.amazonaws-eusc.eu"),
    ],
)
@each("name", PAGES)
def test_a_link_goes_to_the_console_of_the_partition(name: str, partition: str, host: str) -> None:
    payload, page = PAGES[name]
    elsewhere = json.loads(json.dumps(payload).replace("arn:aws:", f"arn:{partition}:"))
    expected = f"https://eu-central-1.{host}{page}".replace("arn:aws:", f"arn:{partition}:")
    assert url_of(elsewhere) == expected


@pytest.mark.parametrize(("bus", "page"), [("", "default"), ("orders/", "orders")])
def test_a_rule_is_found_on_its_bus(bus: str, page: str) -> None:
    payload = schedule_dead_letter(RULE_ARN=f"{_RULE}/{bus}nightly", TARGET_ARN=f"{ARN}:cluster/p")
    attributes = payload["Records"][0]["messageAttributes"]
    del attributes["SCHEDULE_ARN"]
    link = url_of(payload)
    assert link is not None
    assert link.endswith(f"/events/home?region=eu-central-1#/eventbus/{page}/rules/nightly")


def test_tags_name_the_service_and_its_deployment() -> None:
    alert = judge(deployment_state_change()).as_alert()
    assert alert.tags == {
        "aws.account": "123456789012",
        "aws.region": "eu-central-1",
        "ecs.cause": "deployment_failed",
        "ecs.cluster": "prod",
        "ecs.deployment": "ecs-svc/1234567890123456789",
        "ecs.service": "api",
        "ecs.workload": "service",
    }


def test_a_tag_has_no_space_at_its_ends() -> None:
    """Sentry cuts it off, and a search for the tag would not find it."""
    alert = judge(deployment_state_change(service="api\n")).as_alert()
    assert alert.tags["ecs.service"] == "api"


@each("reason", ["RESOURCE:MEMORY", "Something new happened.", "Capacity is unavailable just now."])
def test_a_reason_is_told_once(reason: str) -> None:
    event = service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason=reason)
    assert judge(event).as_alert().message.count(reason.removesuffix(".")) == 1


def test_a_reason_that_says_nothing_is_left_out() -> None:
    alert = judge(batch_job_state_change(statusReason="Essential container in task exited"))
    assert "AWS says" not in alert.as_alert().message


def test_a_reason_that_does_not_fit_the_summary_is_told_in_a_line_of_its_own() -> None:
    event = service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason="word " * 300)
    assert "AWS says: " in judge(event).as_alert().message


@each("kind", [*WHOLE])
def test_a_reason_of_a_notice_leaves_on_one_line_without_its_secrets(kind: str) -> None:
    """Whatever AWS quotes in it."""
    reason = f"it failed: mysql://app:{SECRET}@db/x\nthen DB_PASSWORD={SECRET}"
    for payload in WHOLE[kind]:
        for record in read_payload(with_reasons(payload, reason)):
            said = judge(record.event or {}).as_alert().to_dict()
            assert SECRET not in json.dumps(said)
            assert "db/x\n" not in said["message"]


#: The kinds of which no sentence leaves, because anybody may have written it, or that have none.
WITHOUT_REASON: Final = {"`Step Functions Execution Status Change`", "`AWS Health Event`"}


@each("kind", [*WHOLE])
def test_a_reason_of_a_notice_stands_in_its_message_and_in_its_context(kind: str) -> None:
    reason = "Something new happened"
    said = {
        (reason in alert.message, reason in alert.contexts["ecs_notice"].get("reason", ""))
        for payload in WHOLE[kind]
        for record in read_payload(with_reasons(payload, reason))
        for alert in [judge(record.event or {}).as_alert()]
    }
    assert ((True, True) in said) is (kind not in WITHOUT_REASON)


@each("kind", [*WHOLE])
def test_a_notice_has_no_empty_line_and_one_milestone(kind: str) -> None:
    for payload in WHOLE[kind]:
        for record in read_payload(payload):
            alert = judge(record.event or {}).as_alert()
            assert all(alert.message.splitlines())
            assert [(m.name, m.at) for m in alert.timeline] == [("reported", alert.timestamp)]


def test_a_reason_of_a_notice_is_said_and_cut() -> None:
    reason = f"it failed: mysql://app:{SECRET}@db/x\nthen" + " and again" * 1000
    alert = judge(deployment_state_change(reason=reason)).as_alert()
    for said in (alert.message, alert.contexts["ecs_notice"]["reason"]):
        assert "it failed: mysql://app:[redacted: password]@db/x then and again" in said
        assert len(said) < 2500


def test_a_title_of_a_notice_is_one_short_line() -> None:
    arn = f"{ARN}:service/prod/a\nb\u202e" + "c" * 300
    title = judge({**deployment_state_change(), "resources": [arn]}).as_alert().title
    assert title.startswith("DeploymentFailed: a bccc")
    assert len(title) <= 200
