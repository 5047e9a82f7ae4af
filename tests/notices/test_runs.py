"""Runs that never began: refused by ECS, or by what a schedule calls."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import FailurePolicy, Judgement, judge, read_payload
from ecs_failure_alerts.testing import schedule_dead_letter

ROLE = {
    "type": "AssumedRole",
    "invokedBy": "events.amazonaws.com",
    "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "runner"}},
}


def run(
    *reasons: str, started: int = 0, count: int = 1, by: Any = ROLE, who: str = "events-rule/a"
) -> dict[str, Any]:
    """Make the CloudTrail record of a RunTask that had *reasons* not to start."""
    return {
        "source": "aws.ecs",
        "detail-type": "AWS API Call via CloudTrail",
        "account": "123456789012",
        "region": "eu-central-1",
        "detail": {
            "eventSource": "ecs.amazonaws.com",
            "eventName": "RunTask",
            "eventTime": "2026-03-02T02:00:03Z",
            "userIdentity": by,
            "requestParameters": {
                "cluster": "jobs",
                "count": count,
                "startedBy": who,
                "taskDefinition": "etl:9",
            },
            "responseElements": {
                "failures": [{"reason": reason} for reason in reasons],
                "tasks": [{}] * started,
            },
        },
    }


def dead_letter(**attributes: str) -> Judgement:
    """Judge a schedule's dead letter."""
    (record,) = read_payload(schedule_dead_letter(**attributes))
    return judge(record.event or {})


def test_the_order_of_the_reasons_says_nothing() -> None:
    alerts = [
        judge(run(*reasons)).as_alert()
        for reasons in (("RESOURCE:CPU", "RESOURCE:MEMORY"), ("RESOURCE:MEMORY", "RESOURCE:CPU"))
    ]
    assert alerts[0].event_id == alerts[1].event_id
    assert alerts[0].fingerprint == alerts[1].fingerprint


def test_a_run_that_found_a_place_on_another_instance_was_not_refused() -> None:
    """ECS lists an instance that had no place, although the task has started elsewhere."""
    judgement = judge(run("RESOURCE:CPU", started=1, count=1))
    assert judgement.diagnosis.cause == "routine"


def test_a_part_of_a_run_is_a_warning() -> None:
    judgement = judge(run("RESOURCE:CPU", started=2, count=5))
    assert "started in part, 2 of 5 tasks: no instance has enough CPU left" in (
        judgement.diagnosis.summary
    )
    assert judgement.diagnosis.level == "warning"
    assert judgement.diagnosis.hint.startswith("Start the missing 3 by hand")


@pytest.mark.parametrize(
    ("reasons", "code", "hint"),
    [
        (("RESOURCE:MEMORY",), None, "Add instances or larger ones"),
        ((), "AccessDenied", "Allow the call in the role's policy."),
        ((), "SomethingNew", "Remove the reason."),
    ],
)
def test_the_hint_of_a_refused_run_warns_of_a_second_run(
    reasons: tuple[str, ...], code: str | None, hint: str
) -> None:
    event = run(*reasons)
    event["detail"]["errorCode"] = code
    shown = judge(event).diagnosis.hint
    assert shown.startswith(hint)
    assert shown.endswith("may try again: look before you run it by hand.")


def test_two_rules_that_run_one_task_definition_are_two_alerts_of_one_group() -> None:
    first, second = (
        judge(run("AGENT", who=f"events-rule/{name}")).as_alert() for name in ("a", "b")
    )
    assert first.event_id != second.event_id
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param({"type": "IAMUser", "userName": "jane"}, id="user"),
        pytest.param({**ROLE, "type": "IAMUser"}, id="user-by-a-service"),
        pytest.param(
            {
                "type": "AssumedRole",
                "invokedBy": "AWS Internal",
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "userName": "AWSReservedSSO_Admin_1"}
                },
            },
            id="single-sign-on-by-a-service",
        ),
        pytest.param({}, id="nobody"),
    ],
)
def test_who_reads_the_answer_needs_no_alert(identity: dict[str, Any]) -> None:
    diagnosis = judge(run("AGENT", by=identity)).diagnosis
    assert diagnosis.cause == "routine"
    assert "a person asked for it and has read the answer" in diagnosis.summary


def test_a_persons_word_in_started_by_does_not_leave() -> None:
    alert = judge(run("AGENT", who="jane.doe@example.com")).as_alert()
    assert "jane.doe" not in str(alert.to_dict())


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
    judgement = dead_letter(error_code="AccessDenied2", ERROR_MESSAGE=message)
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
    assert tried in dead_letter(**attributes).diagnosis.summary


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


@pytest.mark.parametrize(
    "policy", [FailurePolicy(families=("etl",)), FailurePolicy(services=("api",))]
)
def test_a_list_that_a_notice_says_nothing_about_does_not_silence_it(
    policy: FailurePolicy,
) -> None:
    (record,) = read_payload(schedule_dead_letter())
    assert judge(record.event or {}, policy).diagnosis.alert


@pytest.mark.parametrize(("families", "alerts"), [(("etl",), True), (("web",), False)])
def test_the_policys_families_count_where_a_run_names_one(
    families: tuple[str, ...], alerts: bool
) -> None:
    policy = FailurePolicy(families=families)
    assert judge(run("AGENT"), policy).diagnosis.alert is alerts
