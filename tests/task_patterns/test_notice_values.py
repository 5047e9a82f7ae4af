"""Values that AWS never writes into events that are no task."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.task_patterns import Finding, lint
from rows import each


def found(detail_type: str, source: str = "aws.ecs", **detail: Any) -> list[Finding]:
    """Lint a pattern for events of *detail_type*."""
    pattern: dict[str, Any] = {"source": [source], "detail-type": [detail_type]}
    return lint(pattern | ({"detail": detail} if detail else {}))


@each(
    ("detail_type", "detail", "fix"),
    [
        (
            "ECS Service Action",
            {"eventName": ["SERVICE_TASK_PLACEMENT_FAILED"]},
            'write "SERVICE_TASK_PLACEMENT_FAILURE"',
        ),
        ("ECS Service Action", {"eventType": ["WARNING"]}, 'write "WARN"'),
        ("ECS Daemon Service Action", {"eventType": ["WARN"]}, 'write "WARNING"'),
        ("ECS Hook State Change", {"eventName": ["HOOK_TIMEOUT"]}, 'write "HOOK_TIMED_OUT"'),
        (
            "ECS Container Instance State Change",
            {"status": ["REGISTRATION_FAILURE"]},
            'write "REGISTRATION_FAILED"',
        ),
        (
            "ECS Container Instance Health Change",
            {"overallStatus": ["UNHEALTHY"]},
            "write one of these",
        ),
    ],
)
def test_a_value_that_ecs_never_writes_is_told(
    detail_type: str, detail: dict[str, Any], fix: str
) -> None:
    (finding,) = found(detail_type, **detail)
    assert (finding.code, finding.severity) == ("unknown-value", "warning")
    assert "is none of the known values" in finding.message
    assert finding.fix == fix


@pytest.mark.parametrize(
    ("source", "detail_type", "status", "fix"),
    [
        ("aws.batch", "Batch Job State Change", "failed", 'write "FAILED"'),
        (
            "aws.states",
            "Step Functions Execution Status Change",
            "Timed_Out",
            'write "TIMED_OUT"',
        ),
    ],
)
def test_small_letters_never_match(source: str, detail_type: str, status: str, fix: str) -> None:
    (finding,) = found(detail_type, source, status=[status])
    assert (finding.code, finding.severity, finding.fix) == ("wrong-case", "error", fix)


def test_a_part_of_a_name_that_no_name_has_is_told() -> None:
    (finding,) = found("ECS Deployment State Change", eventName=[{"suffix": "_FAILURE"}])
    assert "accepts none of the known values" in finding.message


@pytest.mark.parametrize(
    ("detail_type", "meant"),
    [
        ("ECS Deployment State Chnge", "ECS Deployment State Change"),
        ("ECS Service Actions", "ECS Service Action"),
        ("Batch Job State-change", "Batch Job State Change"),
    ],
)
def test_a_type_that_nobody_sends_is_told(detail_type: str, meant: str) -> None:
    findings = found(detail_type, "aws.batch" if "Batch" in detail_type else "aws.ecs")
    assert [(each.severity, each.fix) for each in findings] == [("error", f'write "{meant}"')]


def test_a_type_that_another_source_sends_never_matches() -> None:
    (finding,) = found("Batch Job State Change", "aws.ecs", status=["FAILED"])
    assert (finding.severity, finding.path) == ("error", "source")
    assert finding.fix == 'write "aws.batch"'


@each(
    "pattern",
    [
        *notice_patterns().values(),
        {"detail-type": ["Batch Job State Change"], "detail": {"status": ["FAILED"]}},
        {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"status": ["x"]}},
        {
            "source": ["aws.ecs"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"eventName": ["UpdateService"]},
        },
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change", "ECS Daemon Service Action"],
            "detail": {"eventType": ["ERROR", "WARNING"]},
        },
    ],
    ids=repr,
)
def test_what_is_right_or_not_known_is_left_alone(pattern: Any) -> None:
    """The names of API calls are not listed here; those of several types count together."""
    assert lint(pattern) == []
