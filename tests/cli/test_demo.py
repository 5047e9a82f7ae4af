"""The demo: the real path, with nothing configured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecs_failure_alerts import Cause, diagnose, parse_event
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._demonstration import demo_events, run_demo
from ecs_failure_alerts.testing import SentryInbox
from ports import reserved_port


def test_three_events() -> None:
    """An out-of-memory batch, an image that cannot be pulled, and a routine deployment."""
    now = datetime.now(UTC)
    tasks = [parse_event(event) for event in demo_events(now)]
    assert [diagnose(task).cause for task in tasks] == [
        Cause.OUT_OF_MEMORY,
        Cause.FAILED_TO_START_IMAGE_PULL,
        Cause.SCHEDULER_STOPPED,
    ]
    assert all(t.stopped_at and now - t.stopped_at < timedelta(minutes=1) for t in tasks)


def test_events_are_new() -> None:
    """Each run has its own tasks."""
    now = datetime.now(UTC)
    arns = {event["detail"]["taskArn"] for _ in range(2) for event in demo_events(now)}
    assert len(arns) == 6


def test_own_server() -> None:
    """Without a DSN the demo has a server of its own, and each alert is confirmed by it."""
    lines: list[str] = []
    assert run_demo(None, lines.append)
    text = "\n".join(lines)
    for cause in ("out_of_memory", "failed_to_start.image_pull", "scheduler_stopped"):
        assert f"\n{cause}: " in text
    assert len(set(re.findall(r"confirmed by Sentry: event ([0-9a-f]{32})", text))) == 2
    assert "no alert" in text


def test_other_server() -> None:
    """With a DSN two events with new ids arrive there at every run."""
    with SentryInbox() as inbox:
        for runs in (1, 2):
            assert run_demo(inbox.dsn, lambda line: None)
            assert len(inbox.events) == 2 * runs
        titles = {event["exception"]["values"][0]["type"] for event in inbox.events}
        assert titles == {"OutOfMemory: nightly-export", "CannotPullImage: checkout"}


def test_not_delivered() -> None:
    """A server that refuses makes the demo say so."""
    lines: list[str] = []
    with SentryInbox() as inbox:
        inbox.answer(403)
        assert not run_demo(inbox.dsn, lines.append)
    assert sum("NOT DELIVERED" in line for line in lines) == 2


def test_proxy_does_not_hide_the_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that the environment names is not asked for the demo's own server."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert run_demo(None, lambda line: None)


def test_command_in_an_empty_folder(tmp_path: Path) -> None:
    """The command works in an empty folder, with no environment at all."""
    command = [sys.executable, "-I", "-m", "ecs_failure_alerts", "demo"]
    environ = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
    answer = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.count("confirmed by Sentry") == 2
    assert list(tmp_path.iterdir()) == []


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo succeeds with nothing configured."""
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.count("confirmed by Sentry") == 2


def test_demo_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo fails where nobody takes its alerts."""
    with reserved_port() as port:
        assert main(["demo", "--dsn", f"http://{'0' * 32}@127.0.0.1:{port}/1"]) == 1
    assert "NOT DELIVERED" in capsys.readouterr().out
