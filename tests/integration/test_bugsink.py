"""Bugsink takes what sentry-sdk sends and gives it back."""

from __future__ import annotations

from typing import Any

import pytest
import sentry_sdk

from integration.bugsink import Bugsink

pytestmark = pytest.mark.integration

ID = "0123456789abcdef0123456789abcdef"


def capture(dsn: str, **event: Any) -> None:
    """Send one event with the stock client."""
    client = sentry_sdk.Client(
        dsn, default_integrations=False, auto_enabling_integrations=False, release="r"
    )
    exception = {"values": [{"type": "TaskFailed", "value": "exit code 1"}]}
    payload: Any = {"event_id": ID, "exception": exception, **event}
    client.capture_event(payload)
    client.close(timeout=5)


def test_event_is_read_back(bugsink: Bugsink) -> None:
    """An event is an issue, and its payload is kept."""
    capture(bugsink.dsn, tags={"cluster": "a"}, contexts={"ecs": {"cpu": "256"}})
    (issue,) = bugsink.issues()
    assert (issue["calculated_type"], issue["calculated_value"]) == ("TaskFailed", "exit code 1")
    (event,) = bugsink.events(issue)
    kept = bugsink.event(event)
    assert (kept["event_id"], kept["tags"]) == (ID, {"cluster": "a"})
    assert kept["contexts"]["ecs"] == {"cpu": "256"}


def test_repeated_id_is_one_event(bugsink: Bugsink) -> None:
    """A repeated id is dropped, so that retries do not add up."""
    capture(bugsink.dsn)
    capture(bugsink.dsn)
    assert len(bugsink.payloads()) == 1


def test_fingerprint_makes_the_issue(bugsink: Bugsink) -> None:
    """Events with one fingerprint are one issue."""
    capture(bugsink.dsn, event_id="a" * 32, fingerprint=["a"])
    capture(bugsink.dsn, event_id="b" * 32, fingerprint=["a"])
    capture(bugsink.dsn, event_id="c" * 32, fingerprint=["c"])
    assert sorted(len(bugsink.events(issue)) for issue in bugsink.issues()) == [1, 2]


def test_projects_are_apart(bugsink: Bugsink) -> None:
    """Each test has a project of its own."""
    assert bugsink.issues() == []
