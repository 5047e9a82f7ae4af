"""What is no task, through the real runtime of Lambda, and as Sentry's normaliser sees it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from ecs_failure_alerts import judge, read_payload
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER
from integration.lambda_runtime import LambdaSandbox

pytestmark = pytest.mark.integration

OWN: Final = Path(__file__).parents[1] / "notices" / "notices.jsonl"
CORPUS: Final = Path(os.environ.get("TESTS_CORPUS", "nowhere")) / "ecs-notices.jsonl"


def rows() -> Iterator[dict[str, Any]]:
    """Read the labelled payloads: our own, and the whole corpus where it is there."""
    path = CORPUS if CORPUS.exists() else OWN
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def test_each_payload_ends_as_labelled_in_the_real_runtime(
    sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox
) -> None:
    """
    An alert is confirmed, what is silent succeeds, what is malformed raises and says where.

    News that the function has had confirmed already, such as a failed deployment told by two
    types of event, is not sent again.
    """
    function = sandbox(HANDLER, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn})
    for row in rows():
        before, expect = len(inbox.deliveries), row["expect"]

        done = function.invoke(row["event"])

        sent = inbox.deliveries[before:]
        assert done.succeeded is (expect["kind"] != "malformed"), row["name"]
        assert len(sent) <= expect["should_alert"], row["name"]
        assert "not-a-real-secret" not in json.dumps(sent) + done.log, row["name"]
        if expect["should_alert"]:
            (record,) = read_payload(row["event"])
            event_id = judge(record.event or {}).as_alert().event_id
            kept = {event["event_id"]: event for event in inbox.deliveries}[event_id]
            assert kept["level"] == expect["level"], row["name"]
            assert kept["tags"]["ecs.cause"] == expect["kind"], row["name"]
        if expect["kind"] == "malformed":
            assert done.error_type == "DeliveryFailed", row["name"]
            assert "expected" in str(done.error_message), row["name"]


def test_sentry_keeps_every_notice_whole(
    relay_normalize: Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]],
) -> None:
    problems = {}
    for row in rows():
        if not row["expect"]["should_alert"]:
            continue
        (record,) = read_payload(row["event"])
        alert = judge(record.event or {}).as_alert()

        recent = evolve(alert, timestamp=datetime.now(UTC))
        event, found = relay_normalize(sentry_event(recent))

        if found:
            problems[row["name"]] = found
        assert dict(event["tags"]) == alert.tags
    assert problems == {}
