"""What leaves the account: nothing of a field that is not on the list."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
import pytest

from ecs_failure_alerts import FailureAlerter, build_alert, diagnose, judge, parse_event
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.tasks.events import Container, TaskStateChange, aws_name
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    batch_job_state_change,
    service_action,
    task_state_change,
)

#: What the typed classes read; everything else must stay in the account.
READ: Final = frozenset(
    aws_name(attribute.name)
    for cls in (TaskStateChange, Container)
    for attribute in attrs.fields(cls)
)
ENVELOPE: Final = frozenset({"source", "detail-type", "detail"})

#: Fields that AWS sends beside those of the default event, and fields that it may add.
MORE_OF_A_TASK: Final[Mapping[str, Any]] = {
    "attachments": [{"id": "i", "type": "eni", "details": [{"name": "n", "value": "v"}]}],
    "tags": [{"key": "k", "value": "v"}],
    "ephemeralStorage": {"kmsKeyId": "k"},
    "inferenceAccelerators": [{"deviceName": "d", "deviceType": "t"}],
    "overrides": {
        "executionRoleArn": "r",
        "containerOverrides": [
            {
                "name": "app",
                "command": ["c"],
                "environment": [{"name": "n", "value": "v"}],
                "environmentFiles": [{"type": "s3", "value": "v"}],
                "secrets": [{"name": "n", "valueFrom": "v"}],
            }
        ],
    },
    "newField": {"of": [{"some": "kind"}]},
}
MORE_OF_A_CONTAINER: Final[Mapping[str, Any]] = {
    "environment": [{"name": "n", "value": "v"}],
    "command": ["c"],
    "networkInterfaces": [{"privateIpv4Address": "a"}],
    "networkBindings": [{"bindIP": "b"}],
    "managedAgents": [{"name": "n", "reason": "r"}],
    "gpuIds": ["g"],
    "newField": {"of": [{"some": "kind"}]},
}


def planted() -> tuple[dict[str, Any], dict[str, str]]:
    """Return a failure with a secret in each field that nothing reads, and the secrets' paths."""
    secrets: dict[str, str] = {}

    def plant(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return {key: plant(inner, f"{path}.{key}") for key, inner in value.items()}
        if isinstance(value, list):
            return [plant(inner, f"{path}[]") for inner in value]
        secret = f"s3cr3t{len(secrets):03}x"
        secrets[secret] = path
        return secret

    def fill(fields: dict[str, Any], keep: frozenset[str], path: str) -> None:
        for key in fields.keys() - keep:
            fields[key] = plant(fields[key], f"{path}{key}")

    event = task_state_change(containers=[{}, {"name": "side", "reason": "CannotPull"}])
    event["newField"] = "x"
    fill(event, READ | ENVELOPE, "")

    detail = event["detail"]
    detail.update(MORE_OF_A_TASK)
    fill(detail, READ, "detail.")
    for container in detail["containers"]:
        container.update(MORE_OF_A_CONTAINER)
        fill(container, READ, "detail.containers[].")

    return event, secrets


def everything_said(event: dict[str, Any], caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Yield all that the library says of an event, to backends, logs and callers."""
    task = parse_event(event)
    diagnosis = diagnose(task)
    alert = build_alert(task, diagnosis)
    yield from map(repr, (task, diagnosis, alert))
    yield from map(json.dumps, (alert.to_dict(), sentry_event(alert)))

    with caplog.at_level(logging.DEBUG):
        report = FailureAlerter(RecordingNotifier(), LogNotifier()).process(event)
    yield from (repr(report), json.dumps(report.to_dict()))
    assert [outcome.status for outcome in report.outcomes] == ["delivered"]
    yield caplog.text


def test_no_field_that_is_not_read_leaves_the_account(caplog: pytest.LogCaptureFixture) -> None:
    event, secrets = planted()

    said = "\n".join(everything_said(event, caplog))

    assert len(secrets) > 40
    assert [path for secret, path in secrets.items() if secret in said] == []


def test_a_command_that_a_reason_quotes_shows_in_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever prints an event, a diagnosis or a report shows no more than the alert does."""
    quoted = 'CannotStartContainerError: exec: "mysql -ps3cr3t-0f-p2": not found in $PATH'
    event = task_state_change(
        stopCode="TaskFailedToStart",
        stoppedReason=quoted,
        containers=[{"name": "app", "exitCode": 1, "reason": quoted}],
    )
    notice = judge(service_action(reason=quoted))

    said = "\n".join([*everything_said(event, caplog), repr(judge(event)), repr(notice)])

    assert "CannotStartContainerError" in said
    assert "s3cr3t-0f-p2" not in said


def test_the_error_of_an_unreadable_event_shows_no_other_field(
    caplog: pytest.LogCaptureFixture,
) -> None:
    event, secrets = planted()
    event["detail"]["lastStatus"] = 7

    with caplog.at_level(logging.DEBUG):
        report = FailureAlerter(RecordingNotifier()).process(event)
    said = "\n".join([repr(report), json.dumps(report.to_dict()), caplog.text])

    assert [outcome.status for outcome in report.outcomes] == ["unreadable"]
    assert [path for secret, path in secrets.items() if secret in said] == []


def test_a_notice_without_an_id_shows_no_field_that_is_not_read() -> None:
    """Its alert's id is made of all that it holds, which stays inside."""
    event = batch_job_state_change(jobArn=None, jobId=None, container={"command": ["s3cr3t"]})
    assert "s3cr3t" not in repr(judge({**event, "id": None, "time": None, "resources": []}))
