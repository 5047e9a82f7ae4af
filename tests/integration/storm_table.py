"""
The table of ``docs/cost-and-quotas.md``: a service in a crash loop for an hour, and what it costs.

``PYTHONPATH=tests python -m integration.storm_table`` hands four deaths a minute to the function
through moto's SQS, as the event source mapping of the Terraform example would for each
``batch_window`` and ``batch_size``; it prints the table and puts it into the document. Time is only
counted: nobody waits for an hour.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, failed_task
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import moto_server
from integration.sqs_mapping import Queues, SqsMapping

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "cost-and-quotas.md"
_BEGIN, _END = "<!-- storm -->\n", "<!-- end of storm -->"

#: How often a task dies, and for how long, in seconds.
EVERY_SECONDS: Final = 15
STORM_SECONDS: Final = 3600
DEATHS: Final = STORM_SECONDS // EVERY_SECONDS

#: What makes a task one of a service.
SERVICE: Final = {"group": "service:web", "startedBy": "ecs-svc/1234567890123456789"}

#: The function with collapsing off.
_APART: Final = """
import os
from ecs_failure_alerts import FailureAlerter, Route
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

NOTIFIER = SentryNotifier(os.environ["ECS_ALERTS_SENTRY_DSN"])
ALERTER = FailureAlerter(Route(NOTIFIER, collapse=False), partial_batch=True)


def lambda_handler(event, context):
    return ALERTER.handle(event, context)
"""


@frozen
class Mapping:
    """
    How Lambda gathers events.

    Attributes:
        window: ``batch_window``, in seconds; 0 for none.
        size: ``batch_size``.
    """

    window: int
    size: int

    def __str__(self) -> str:
        return f"{self.window} s, {self.size}" if self.window else f"none, {self.size}"


MAPPINGS: Final = (Mapping(0, 10), Mapping(60, 10), Mapping(300, 100))


def _windows(mapping: Mapping) -> Iterator[list[dict[str, Any]]]:
    """Yield the events of each window; without one an event is handed over as it comes."""
    begin = datetime.now(UTC) - timedelta(seconds=STORM_SECONDS)
    step = mapping.window or EVERY_SECONDS
    for start in range(0, STORM_SECONDS, step):
        yield [
            failed_task(**SERVICE, stoppedAt=(begin + timedelta(seconds=second)).isoformat())
            for second in range(start, start + step, EVERY_SECONDS)
        ]


def _storm(queues: Queues, mapping: Mapping, code: Path) -> tuple[int, int]:
    """Return how many invocations a storm takes, and how many events Sentry counts."""
    with SentryInbox() as inbox:
        env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "ECS_ALERTS_PARTIAL_BATCH": "1"}
        with LambdaSandbox(code, env=env) as sandbox:
            queue = queues.create(f"loop-{uuid.uuid4()}")
            mapped = SqsMapping(
                queues, queue, sandbox, mapping.size, report_batch_item_failures=True
            )
            invocations = 0
            for events in _windows(mapping):
                queues.send(queue, *map(json.dumps, events))
                invocations += len(mapped.drain())

        assert len(mapped.deleted) == DEATHS
        told = sum(int(event["tags"].get("ecs.collapsed", 1)) for event in inbox.events)
        assert told == DEATHS  # each once, alone or among others
        return invocations, len(inbox.deliveries)


def row(queues: Queues, mapping: Mapping) -> str:
    """Try *mapping*, and return the table's line."""
    with tempfile.TemporaryDirectory() as apart:
        Path(apart, "handler.py").write_text(_APART)
        invocations, without = _storm(queues, mapping, Path(apart))
    again, collapsed = _storm(queues, mapping, HANDLER)

    assert again == invocations
    return f"| {mapping} | {DEATHS} | {invocations} | {without} | {collapsed} |"


def table(queues: Queues) -> str:
    """Return the whole table."""
    head = (
        "| `batch_window`, `batch_size` | tasks that died | invocations "
        "| alerts with `collapse=False` | alerts by default |"
    )
    lines = [head, "|---" * 5 + "|", *(row(queues, mapping) for mapping in MAPPINGS)]
    return "".join(f"{line}\n" for line in lines)


def committed() -> str:
    """Return the table that the document holds."""
    return DOCUMENT.read_text().partition(_BEGIN)[2].partition(_END)[0]


def main() -> None:
    """Make the table and put it into the document."""
    with tempfile.TemporaryDirectory() as folder, moto_server(Path(folder)) as moto:
        client = moto.client("sqs")
        made = table(Queues(client))
        client.close()
    before, _, rest = DOCUMENT.read_text().partition(_BEGIN)
    DOCUMENT.write_text(f"{before}{_BEGIN}{made}{_END}{rest.partition(_END)[2]}")
    print(made)


if __name__ == "__main__":
    main()
