"""Events that are no task, to change: those for which the test kit has no function."""

from __future__ import annotations

from typing import Any, Final

from ecs_failure_alerts import Judgement, judge, read_payload
from ecs_failure_alerts.testing import schedule_dead_letter

#: What the ARNs of ECS begin with.
ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"

#: A role that EventBridge uses.
ROLE: Final[dict[str, Any]] = {
    "type": "AssumedRole",
    "invokedBy": "events.amazonaws.com",
    "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "runner"}},
}


def notice_event(detail_type: str, source: str = "aws.ecs", **detail: Any) -> dict[str, Any]:
    """Return an event of *detail_type*."""
    return {
        "source": source,
        "detail-type": detail_type,
        "account": "123456789012",
        "region": "eu-central-1",
        "time": "2026-03-02T02:14:09Z",
        "detail": detail,
    }


def refused_run(
    *reasons: str,
    started: int = 0,
    count: int | None = 1,
    by: Any = ROLE,
    who: str = "events-rule/a",
    code: str | None = None,
) -> dict[str, Any]:
    """Return the CloudTrail record of a RunTask that had *reasons* or a *code* not to start."""
    return notice_event(
        "AWS API Call via CloudTrail",
        eventSource="ecs.amazonaws.com",
        eventName="RunTask",
        eventTime="2026-03-02T02:00:03Z",
        userIdentity=by,
        errorCode=code,
        requestParameters={
            "cluster": "jobs",
            "count": count,
            "startedBy": who,
            "taskDefinition": "etl:9",
        },
        responseElements={
            "failures": [{"reason": reason} for reason in reasons],
            "tasks": [{}] * started,
        },
    )


def judged_dead_letter(**attributes: str) -> Judgement:
    """Judge a schedule's dead letter."""
    (record,) = read_payload(schedule_dead_letter(**attributes))
    return judge(record.event or {})
