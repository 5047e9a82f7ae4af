"""The demo: the real path, with nothing configured."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from ecs_failure_alerts import Cause, diagnose, parse_event
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._demonstration import demo_events, run_demo
from ecs_failure_alerts.testing import SentryInbox
from ports import reserved_port


def test_the_demo_shows_a_leak_a_bad_image_and_a_deployment() -> None:
    now = datetime.now(UTC)
    tasks = [parse_event(event) for event in demo_events(now)]
    assert [diagnose(task).cause for task in tasks] == [
        Cause.OUT_OF_MEMORY,
        Cause.FAILED_TO_START_IMAGE_PULL,
        Cause.SCHEDULER_STOPPED,
    ]
    assert all(t.stopped_at and now - t.stopped_at < timedelta(minutes=1) for t in tasks)


def test_each_run_of_the_demo_has_its_own_tasks() -> None:
    now = datetime.now(UTC)
    arns = {event["detail"]["taskArn"] for _ in range(2) for event in demo_events(now)}
    assert len(arns) == 6


def test_without_a_dsn_the_demos_own_server_confirms_each_alert() -> None:
    lines: list[str] = []
    assert run_demo(None, lines.append)
    text = "\n".join(lines)
    for cause in ("out_of_memory", "failed_to_start.image_pull", "scheduler_stopped"):
        assert f"\n{cause}: " in text
    assert len(set(re.findall(r"confirmed by Sentry: event ([0-9a-f]{32})", text))) == 2
    assert "no alert" in text


def test_the_demo_shows_the_last_log_lines_without_their_secrets() -> None:
    """In its own words, and as breadcrumbs of the event."""
    lines: list[str] = []
    with SentryInbox() as inbox:
        run_demo(inbox.dsn, lines.append)
        (event,) = (e for e in inbox.events if e["tags"]["ecs.cause"] == "out_of_memory")
    text = "\n".join(lines)
    assert "INFO reading postgres://export:[redacted: password]@db/shop" in text
    assert "example-password" not in text + str(inbox.events)
    assert max(map(len, lines)) <= 80
    messages = [crumb["message"] for crumb in event["breadcrumbs"]["values"]]
    assert "WARNING still one batch for all customers" in str(messages)


def test_with_a_dsn_two_new_events_arrive_at_every_run() -> None:
    with SentryInbox() as inbox:
        for runs in (1, 2):
            assert run_demo(inbox.dsn, lambda line: None)
            assert len(inbox.events) == 2 * runs
        titles = {event["exception"]["values"][0]["type"] for event in inbox.events}
        assert titles == {"OutOfMemory: nightly-export", "CannotPullImage: checkout"}


def test_a_server_that_refuses_makes_the_demo_say_so() -> None:
    lines: list[str] = []
    with SentryInbox() as inbox:
        inbox.answer(403)
        assert not run_demo(inbox.dsn, lines.append)
    assert sum("NOT DELIVERED" in line for line in lines) == 2


def test_the_demos_own_server_is_reached_past_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert run_demo(None, lambda line: None)


def test_the_demo_succeeds_with_nothing_configured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.count("confirmed by Sentry") == 2


def test_the_demo_fails_where_nobody_takes_its_alerts(capsys: pytest.CaptureFixture[str]) -> None:
    with reserved_port() as port:
        assert main(["demo", "--dsn", f"http://{'0' * 32}@127.0.0.1:{port}/1"]) == 1
    assert "NOT DELIVERED" in capsys.readouterr().out
