"""Failures to deliver, the ways in which Lambda is handed them, and what must never leak."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ecs_failure_alerts import build_alert, diagnose, parse_event
from ecs_failure_alerts.alerts import Alert
from ecs_failure_alerts.testing import task_state_change

HANDLER = Path(__file__).parents[2] / "adapters" / "lambda"

#: Held by the overrides of every `failed_task()`.
SECRETS = ("value-nobody-may-see", "argument-nobody-may-see")

_TASK = "0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d"  # the task of task_state_change()


def failed_task(**changes: Any) -> dict[str, Any]:
    """
    Make the event of another failed task, with secrets in its overrides.

    Args:
        changes: Those of `task_state_change()`.
    """
    overrides = {
        "containerOverrides": [
            {
                "name": "app",
                "command": ["run", SECRETS[1]],
                "environment": [{"name": "PASSWORD", "value": SECRETS[0]}],
            }
        ]
    }
    event = task_state_change(**{"overrides": overrides, **changes})
    renamed = json.dumps(event).replace(_TASK, uuid.uuid4().hex)
    return {**json.loads(renamed), "id": str(uuid.uuid4())}


def alert_of(event: Mapping[str, Any]) -> Alert:
    """Return the alert that is due for *event*."""
    task = parse_event(event)
    return build_alert(task, diagnose(task))


def id_of(event: Mapping[str, Any]) -> str:
    """Return the id that the alert for *event* has at every attempt."""
    return alert_of(event).event_id


def sns(event: Mapping[str, Any]) -> dict[str, Any]:
    """Wrap *event* as SNS hands it to a Lambda."""
    arn = "arn:aws:sns:eu-west-1:123456789012:tasks"
    message_id = str(uuid.uuid4())
    return {
        "Records": [
            {
                "EventVersion": "1.0",
                "EventSource": "aws:sns",
                "EventSubscriptionArn": f"{arn}:{uuid.uuid4()}",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message_id,
                    "TopicArn": arn,
                    "Subject": None,
                    "Message": json.dumps(event),
                    "Timestamp": "2026-03-02T02:14:10.000Z",
                    "MessageAttributes": {},
                },
            }
        ]
    }


def sqs_records(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Wrap *events* as SQS hands them to a Lambda, in batches of any size."""
    return {
        "Records": [
            {
                "messageId": str(uuid.uuid4()),
                "receiptHandle": "handle",
                "body": json.dumps(event),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:tasks",
                "awsRegion": "eu-west-1",
            }
            for event in events
        ]
    }


def assert_no_secret(*texts: object, keys: Iterable[str] = ()) -> None:
    """
    Make sure that nothing shows the overrides or a DSN's key.

    Args:
        texts: Text, or anything JSON.
        keys: The keys.
    """
    for text in texts:
        shown = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        for secret in (*SECRETS, *keys):
            assert secret not in shown, f"{secret} is shown: {shown[:2000]}"
