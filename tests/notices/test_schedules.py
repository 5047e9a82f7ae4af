"""Dead letters of schedules: runs that never began."""

from __future__ import annotations

import json

import pytest

from ecs_failure_alerts import judge, read_payload
from ecs_failure_alerts.alerts import iso_time
from ecs_failure_alerts.testing import schedule_dead_letter
from notice_events import ARN, judged_dead_letter
from rows import each


@pytest.mark.parametrize(
    "target",
    [
        f"{ARN}:cluster/jobs",
        "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        "arn:aws:lambda:eu-central-1:123456789012:function:f",
    ],
)
def test_every_dead_letter_of_a_schedule_is_news_whatever_its_target(target: str) -> None:
    judgement = judged_dead_letter(TARGET_ARN=target)
    assert judgement.diagnosis.cause == "schedule_target_failed"
    assert judgement.diagnosis.workload.name == "default/nightly"


@each(
    ("code", "said", "hint"),
    [
        ("NO_PERMISSIONS", "EventBridge may not run the task", "Allow ecs:RunTask"),
        ("NO_RESOURCE", "what should run does not exist", "Fix the name"),
        ("FAILED_TO_ASSUME_ROLE", "cannot assume the target's role", "Fix the trust policy"),
        ("THROTTLING", "AWS throttled the calls", "Spread the runs"),
        ("CONNECTION_FAILURE", "could not reach the target", "AWS had a fault"),
        ("RESOURCE_LIMIT_EXCEEDED", "a limit of the account", "Ask AWS for a higher limit"),
        ("AWS.Scheduler.InternalServerError", "Scheduler itself failed", "AWS had a fault"),
        ("SOMETHING_NEW", "AWS answered SOMETHING_NEW", "Fix the reason."),
    ],
)
def test_a_code_says_why_and_what_to_do(code: str, said: str, hint: str) -> None:
    diagnosis = judged_dead_letter(error_code=code, ERROR_MESSAGE="x").diagnosis
    assert said in diagnosis.summary
    assert diagnosis.hint.startswith(hint)
    assert diagnosis.hint.endswith("Then run it by hand: AWS does not try this run again.")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            (
                "User: arn:aws:iam::123456789012:user/jane.doe is not authorized to perform: "
                "iam:PassRole on resource: arn:aws:iam::123456789012:role/path/etl-task"
            ),
            "its role may not pass the role etl-task",
        ),
        (
            (
                "User: arn:aws:sts::123456789012:assumed-role/runner/jane.doe is not authorized to "
                "perform: ecs:RunTask"
            ),
            "its role may not call ecs:RunTask",
        ),
        ("something new", "AWS answered AccessDenied2"),
    ],
)
def test_a_dead_letter_says_why_and_names_no_person(message: str, said: str) -> None:
    judgement = judged_dead_letter(error_code="AccessDenied2", ERROR_MESSAGE=message)
    assert said in judgement.diagnosis.summary
    assert "jane.doe" not in str(judgement.as_alert().to_dict())


@pytest.mark.parametrize(
    ("attributes", "tried"),
    [
        ({"RETRY_ATTEMPTS": "0"}, "(not tried again)"),
        ({"RETRY_ATTEMPTS": "3"}, "(given up after 3 retries)"),
        (
            {"RETRY_ATTEMPTS": "185", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"},
            "(given up after 185 retries)",
        ),
    ],
)
def test_a_dead_letter_says_how_often_it_was_tried(attributes: dict[str, str], tried: str) -> None:
    assert tried in judged_dead_letter(**attributes).diagnosis.summary


def test_two_dead_letters_whose_body_is_cut_off_are_two_alerts() -> None:
    """Where neither a run nor an event has an id, the message's own tells them apart."""
    ids = set()
    for message_id in ("m1", "m2"):
        payload = schedule_dead_letter()
        message = payload["Records"][0]
        for name in ("SCHEDULE_ARN", "EXECUTION_ID", "SCHEDULED_TIME"):
            del message["messageAttributes"][name]
        message["messageId"] = message_id
        message["body"] = "{"
        message["messageAttributes"]["RULE_ARN"] = {
            "stringValue": "arn:aws:events:eu-central-1:123456789012:rule/nightly"
        }
        (record,) = read_payload(payload)
        ids.add(judge(record.event or {}).as_alert().event_id)
    assert len(ids) == 2


def test_the_alert_of_a_dead_letter_has_the_time_of_the_run() -> None:
    """A schedule names it in an attribute; a rule's event is the body of the message."""
    by_schedule = schedule_dead_letter(SCHEDULED_TIME="2026-03-02T02:00:00Z")
    by_rule = schedule_dead_letter(
        TARGET_ARN=f"{ARN}:cluster/prod", RULE_ARN="arn:aws:events:x:rule/a"
    )
    (record,) = by_rule["Records"]
    del record["messageAttributes"]["SCHEDULE_ARN"]
    record["body"] = json.dumps({"id": "e1", "time": "2026-03-02T02:00:00Z"})

    for payload in (by_schedule, by_rule):
        (found,) = read_payload(payload)
        alert = judge(found.event or {}).as_alert()
        assert iso_time(alert.timestamp) == "2026-03-02T02:00:00.000Z"


def test_the_alert_of_a_rules_dead_letter_names_the_rule_and_its_target_the_cluster() -> None:
    rule = "arn:aws:events:eu-central-1:123456789012:rule/nightly"
    payload = schedule_dead_letter(TARGET_ARN=f"{ARN}:cluster/prod", RULE_ARN=rule)
    del payload["Records"][0]["messageAttributes"]["SCHEDULE_ARN"]
    (record,) = read_payload(payload)
    event = judge(record.event or {}).event
    assert (event.subject, event.cluster) == (rule, "prod")


def test_a_target_that_is_no_cluster_names_none() -> None:
    assert judged_dead_letter(TARGET_ARN=f"{ARN}:task/a").event.cluster is None
