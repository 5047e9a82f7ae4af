"""The demo: three tasks stop, and a Sentry server on loopback confirms the alerts."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from ..alerter import FailureAlerter
from ..alerts import LogLine, iso_time
from ..enrichment import Evidence
from ..judging import Judgement
from ..notifiers.sentry import SentryNotifier
from ..redaction import redact
from ..report import Outcome, reason
from ..tasks.events import TaskStateChange
from ..testing import ABSENT, SentryInbox, task_state_change

#: Columns of a line.
_WIDTH: Final = 80

#: The log lines of the first task, each with the seconds before the task stopped.
_LOG: Final = (
    (698, "INFO reading postgres://export:example-password@db/shop"),
    (9, "INFO 1,200,000 rows read, 1.9 GiB in memory"),
    (1, "WARNING still one batch for all customers"),
)


def run_demo(dsn: str | None, write: Callable[[str], None]) -> bool:
    """
    Process three events as the Lambda does, and write the outcome of each.

    Args:
        dsn: The Sentry project to send to; None for our own server.
        write: Takes each line of output.

    Returns:
        Whether every alert was confirmed.

    Raises:
        ValueError: The DSN is invalid.
        ModuleNotFoundError: sentry-sdk is not installed.
    """
    with ExitStack() as stack:
        inbox = None if dsn else stack.enter_context(SentryInbox())
        # Without a proxy, because that of the environment would not find our own server.
        notifier = SentryNotifier(inbox.dsn, proxy="") if inbox else SentryNotifier(str(dsn))
        where = f"a Sentry server on {notifier.host}" if inbox else notifier.host
        write(f"Three ECS tasks have stopped. Alerts go to {where}.")

        alerter = FailureAlerter(notifier, enrichers=[DemoLog()])
        report = alerter.process(demo_events(datetime.now(UTC)))
        for outcome in report.outcomes:
            write("")
            for line in _describe(outcome):
                write(line)

    return not report.failures


def _describe(outcome: Outcome) -> Iterator[str]:
    diagnosis = outcome.diagnosis
    assert diagnosis is not None  # noqa: S101 - the demo's own events are readable

    yield from textwrap.wrap(f"{diagnosis.cause}: {diagnosis.summary}", _WIDTH)
    for receipt in outcome.receipts:
        yield f"  {diagnosis.level}, confirmed by Sentry: event {receipt.id}"
    for error in outcome.errors:
        yield f"  NOT DELIVERED: {reason(error)}"
    for line in outcome.alert.log if outcome.alert else ():
        yield f"    {line.at.strftime('%H:%M:%S')} {line.message}"
    if not diagnosis.alert:
        yield f"  {diagnosis.decision}"


class DemoLog:
    """Finds the log of the demo's first task, as a look-up in CloudWatch Logs would."""

    name = "log"

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:  # noqa: ARG002
        """Return the task's last log lines; see `Enricher`."""
        task = judgement.event
        if not isinstance(task, TaskStateChange) or task.family != "nightly-export":
            return Evidence()

        stopped = task.execution_stopped_at or datetime.now(UTC)
        return Evidence(
            log=[
                LogLine(stopped - timedelta(seconds=ago), redact(line), "export")
                for ago, line in _LOG
            ]
        )


def demo_events(now: datetime) -> list[dict[str, Any]]:
    """Build the three events, about new tasks that have just stopped."""
    return [
        _event(
            now,
            name="nightly-export",
            startedBy="chronos-schedule/nightly-export",
            memory="2048",
            containers=[
                {
                    "name": "export",
                    "image": "shop/nightly-export:2.8.0",
                    "exitCode": 137,
                    "reason": "OutOfMemoryError: Container killed due to memory usage",
                }
            ],
        ),
        _event(
            now,
            name="checkout",
            group="service:checkout",
            startedBy="ecs-svc/2770844949256052681",
            startedAt=ABSENT,
            stopCode="TaskFailedToStart",
            stoppedReason="CannotPullContainerError: pull image manifest has been retried "
            "5 time(s): failed to resolve ref shop/checkout:2.8.1: not found",
            containers=[
                {
                    "name": "web",
                    "exitCode": ABSENT,
                    "lastStatus": "STOPPED",
                    "image": "shop/checkout:2.8.1",
                }
            ],
        ),
        _event(
            now,
            name="api",
            group="service:api",
            startedBy="ecs-svc/9300480928766973637",
            stopCode="ServiceSchedulerInitiated",
            stoppedReason="Scaling activity initiated by (deployment ecs-svc/9300480928766973637)",
            containers=[{"name": "api", "exitCode": 143}],
        ),
    ]


def _event(now: datetime, name: str, **changes: Any) -> dict[str, Any]:
    arn, task = "arn:aws:ecs:eu-central-1:123456789012", uuid4().hex
    ago = {
        "createdAt": 754,
        "pullStartedAt": 742,
        "pullStoppedAt": 735,
        "startedAt": 730,
        "executionStoppedAt": 27,
        "stoppingAt": 17,
        "stoppedAt": 2,
        "updatedAt": 2,
        "time": 1,
    }

    event = {
        "id": str(uuid4()),
        "resources": [f"{arn}:task/demo/{task}"],
        "taskArn": f"{arn}:task/demo/{task}",
        "clusterArn": f"{arn}:cluster/demo",
        "taskDefinitionArn": f"{arn}:task-definition/{name}:42",
        "group": f"family:{name}",
        **{field: iso_time(now - timedelta(seconds=seconds)) for field, seconds in ago.items()},
    }

    return task_state_change(**{**event, **changes})
