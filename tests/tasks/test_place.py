"""The line of a message that tells where and when: nobody may take prod for staging."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from ecs_failure_alerts import judge
from ecs_failure_alerts.tasks.place import place_line
from ecs_failure_alerts.testing import service_action, task_state_change
from notice_events import notice_event
from rows import each

NOW: Final = datetime(2026, 3, 2, 2, 14, 8, 999_000, UTC)

TAGS: Final = {
    "aws.account": "123456789012",
    "aws.region": "eu-central-1",
    "ecs.cluster": "prod",
    "ecs.task_definition": "etl:12",
}


def without(*names: str) -> dict[str, str]:
    """Return the tags but those of these names."""
    return {name: value for name, value in TAGS.items() if name not in names}


@each(
    ("tags", "at", "line"),
    [
        pytest.param(
            TAGS,
            NOW,
            "Where: cluster prod, account 123456789012, eu-central-1; etl:12 stopped "
            "2026-03-02 02:14:08 UTC",
            id="all",
        ),
        pytest.param(
            without("ecs.task_definition"),
            NOW,
            "Where: cluster prod, account 123456789012, eu-central-1; stopped "
            "2026-03-02 02:14:08 UTC",
            id="no-definition",
        ),
        pytest.param(
            without("ecs.cluster", "ecs.task_definition"),
            None,
            "Where: account 123456789012, eu-central-1",
            id="no-cluster",
        ),
        pytest.param({}, NOW, "Where: stopped 2026-03-02 02:14:08 UTC", id="time-alone"),
        pytest.param({}, None, None, id="nothing"),
    ],
)
def test_the_line_tells_what_is_known(
    tags: dict[str, str], at: datetime | None, line: str | None
) -> None:
    assert place_line(tags, at, "stopped") == line


def failed(cluster: str, account: str) -> str:
    """Return the message about a failed task."""
    arn = f"arn:aws:ecs:eu-central-1:{account}:cluster/{cluster}"
    event = task_state_change(clusterArn=arn, containers=[{"name": "etl", "exitCode": 1}])
    return judge({**event, "account": account}).as_alert().message


def test_the_same_failure_in_two_clusters_or_accounts_reads_differently() -> None:
    messages = {
        failed("prod", "123456789012"),
        failed("staging", "123456789012"),
        failed("prod", "999999999999"),
    }
    assert len(messages) == 3


def test_a_task_that_has_not_stopped_is_not_said_to_have() -> None:
    event = task_state_change(stoppedAt=None, executionStoppedAt=None, updatedAt=None)
    line = judge(event).as_alert().message.splitlines()[1]
    assert "stopped" not in line
    assert " at 20" in line


def test_a_notice_tells_where_and_when_too() -> None:
    line = judge(service_action()).as_alert().message.splitlines()[1]
    assert line.startswith("Where: cluster prod, account 123456789012, eu-central-1; at 20")


def test_a_notice_that_tells_neither_has_no_such_line() -> None:
    event = notice_event("ECS Container Instance Health Change", overallStatus="IMPAIRED")
    bare = {name: event[name] for name in ("source", "detail-type", "detail")}
    assert "Where: " not in judge(bare).as_alert().message
