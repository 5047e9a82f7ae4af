"""Executions of state machines."""

from __future__ import annotations

import json

import pytest

from ecs_failure_alerts import judge
from ecs_failure_alerts.testing import execution_status_change
from notice_events import ARN
from rows import each


@each(
    ("status", "cause"),
    [
        ("FAILED", "workflow.failed"),
        ("TIMED_OUT", "workflow.timed_out"),
        ("RUNNING", "routine"),
        ("SUCCEEDED", "routine"),
        ("ABORTED", "routine"),
        ("PENDING_REDRIVE", "routine"),
    ],
)
def test_an_execution_alerts_when_it_failed_or_timed_out(status: str, cause: str) -> None:
    assert judge(execution_status_change(status)).diagnosis.cause == cause


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        ("States.Timeout", "State machine etl reached a time limit (execution r1)."),
        ("States.TaskFailed", "State machine etl failed (execution r1): States.TaskFailed."),
        ("no word, but a sentence", "State machine etl failed (execution r1)."),
    ],
)
def test_an_execution_says_its_error_where_that_is_a_word(error: str, summary: str) -> None:
    cause = '{"TaskArn":"arn:aws:ecs:eu-central-1:123456789012:task/jobs/1","Env":"s3cr3t"}'
    alert = judge(execution_status_change(error=error, cause=cause)).as_alert()

    assert alert.message.splitlines()[0] == summary
    assert alert.contexts["ecs_notice"]["task_arn"].endswith(":task/jobs/1")
    assert "s3cr3t" not in str(alert.to_dict())


@pytest.mark.parametrize("space", ["", " "])
def test_an_execution_says_how_its_ecs_task_ended(space: str) -> None:
    """The cause is the task with its overrides: only ARN and exit codes are read."""
    task = {
        "Containers": [{"ExitCode": 0}, {"ExitCode": 137}],
        "Overrides": {"Environment": [{"Value": '"ExitCode":5, s3cr3t'}]},
        "TaskArn": f"{ARN}:task/jobs/1",
    }
    cause = json.dumps(task, separators=(",", f":{space}"))
    alert = judge(execution_status_change(error="States.TaskFailed", cause=cause)).as_alert()

    assert "(execution r1): its ECS task ended with exit code 137 (SIGKILL)." in alert.message
    assert alert.contexts["ecs_notice"]["exit_code"] == 137
    assert "s3cr3t" not in str(alert.to_dict())


def test_a_redriven_execution_that_fails_again_is_another_alert() -> None:
    first, second = (
        judge(execution_status_change(redriveCount=count)).as_alert() for count in (None, 1)
    )
    assert first.event_id != second.event_id
    assert first.fingerprint == second.fingerprint
