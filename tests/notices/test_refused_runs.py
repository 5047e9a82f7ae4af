"""Runs that ECS refused, as CloudTrail records them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import EventError, judge
from notice_events import ROLE, refused_run
from rows import each


@each(
    ("code", "level"),
    [
        ("AccessDenied", "error"),
        ("ClientException", "error"),
        ("InvalidParameterException", "error"),
        ("ClusterNotFoundException", "error"),
        ("BlockedException", "error"),
        ("ServerException", "error"),
        ("ThrottlingException", "warning"),
        ("SomethingNewException", "error"),
    ],
)
def test_a_refused_run_is_an_error_and_a_throttled_one_a_warning(code: str, level: str) -> None:
    judgement = judge(refused_run(code=code))
    assert judgement.diagnosis.level == level
    assert judgement.as_alert().fingerprint[-1] == code


@pytest.mark.parametrize(("name", "alerts"), [("StartTask", True), ("UpdateService", False)])
def test_of_the_calls_only_runs_count(name: str, alerts: bool) -> None:
    event = refused_run(code="ClientException")
    event["detail"]["eventName"] = name
    assert judge(event).diagnosis.alert is alerts


@each(
    ("who", "said", "workload"),
    [
        ("events-rule/nightly", "(rule nightly)", "scheduled"),
        ("chronos-schedule/gold-coast-data-lak", "(schedule gold-coast-data-lak)", "scheduled"),
        ("AWS Step Functions", "(asked for by AWS Step Functions)", "standalone"),
        ("ci", "(asked for by runner)", "standalone"),
    ],
)
def test_a_refused_run_says_who_asked_for_it(who: str, said: str, workload: str) -> None:
    diagnosis = judge(refused_run("AGENT", who=who)).diagnosis
    assert said in diagnosis.summary
    assert diagnosis.workload.type == workload


def test_the_order_of_the_reasons_says_nothing() -> None:
    alerts = [
        judge(refused_run(*reasons)).as_alert()
        for reasons in (("RESOURCE:CPU", "RESOURCE:MEMORY"), ("RESOURCE:MEMORY", "RESOURCE:CPU"))
    ]
    assert alerts[0].event_id == alerts[1].event_id
    assert alerts[0].fingerprint == alerts[1].fingerprint


def test_a_run_that_found_a_place_on_another_instance_was_not_refused() -> None:
    """ECS lists an instance that had no place, although the task has started elsewhere."""
    judgement = judge(refused_run("RESOURCE:CPU", started=1, count=1))
    assert judgement.diagnosis.cause == "routine"


def test_a_part_of_a_run_is_a_warning() -> None:
    judgement = judge(refused_run("RESOURCE:CPU", started=2, count=5))
    assert "started in part, 2 of 5 tasks: no instance has enough CPU left" in (
        judgement.diagnosis.summary
    )
    assert judgement.diagnosis.level == "warning"
    assert judgement.diagnosis.hint.startswith("Start the missing 3 by hand")


def test_a_part_of_a_run_without_a_count_says_how_many_are_missing() -> None:
    diagnosis = judge(refused_run("AGENT", "AGENT", started=1, count=None)).diagnosis
    assert "started in part, 1 of 3 tasks" in diagnosis.summary
    assert diagnosis.hint == "Start the missing 2 by hand, not the whole run."


def test_a_run_that_was_not_refused_asks_for_nothing() -> None:
    assert judge(refused_run()).diagnosis.hint == "Nothing: this is routine."


@pytest.mark.parametrize(
    ("reasons", "code", "hint"),
    [
        (("RESOURCE:MEMORY",), None, "Add instances or larger ones"),
        ((), "AccessDenied", "Allow the call in the role's policy."),
        ((), "SomethingNew", "Fix the reason."),
    ],
)
def test_the_hint_of_a_refused_run_warns_of_a_second_run(
    reasons: tuple[str, ...], code: str | None, hint: str
) -> None:
    shown = judge(refused_run(*reasons, code=code)).diagnosis.hint
    assert shown.startswith(hint)
    assert shown.endswith("may try again: check that before you run it by hand.")


def test_two_rules_that_run_one_task_definition_are_two_alerts_of_one_group() -> None:
    first, second = (
        judge(refused_run("AGENT", who=f"events-rule/{name}")).as_alert() for name in ("a", "b")
    )
    assert first.event_id != second.event_id
    assert first.fingerprint == second.fingerprint


@each(
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
    diagnosis = judge(refused_run("AGENT", by=identity)).diagnosis
    assert diagnosis.cause == "routine"
    assert "a person asked for it and has read the answer" in diagnosis.summary


def test_who_cannot_be_read_is_not_taken_for_a_person() -> None:
    """A role could have asked, and then nobody would have read the answer."""
    issuer = {"type": "Role", "userName": 5}
    by = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": issuer}}
    with pytest.raises(EventError, match=r"sessionIssuer\.userName: expected a string"):
        judge(refused_run("AGENT", by=by))


def test_a_persons_word_in_started_by_does_not_leave() -> None:
    alert = judge(refused_run("AGENT", who="jane.doe@example.com")).as_alert()
    assert "jane.doe" not in str(alert.to_dict())


def test_a_run_that_is_refused_whole_is_another_alert_than_one_that_started_in_part() -> None:
    """Within an hour the warning must not swallow the error."""
    part, whole = (
        judge(refused_run("AGENT", started=started, count=2)).as_alert() for started in (1, 0)
    )
    assert (part.level, whole.level) == ("warning", "error")
    assert part.event_id != whole.event_id
    assert part.fingerprint == whole.fingerprint
