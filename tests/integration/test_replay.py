"""A saved dead-letter queue is sent again: bad records, faults, repeats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import assert_no_secret, failed_task, id_of, sns, sqs_records

pytestmark = pytest.mark.integration

KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e700"
LINES = 2000
BAD = ("{", '{"source": "aws.ecs"}', '"text"', "[1]", '{"Records": [{"body": "{"}]}')


def send(inbox: SentryInbox, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on *file*, with the DSN in its environment."""
    env = {"PATH": os.defpath, "ECS_ALERTS_SENTRY_DSN": inbox.dsn, "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "ecs_failure_alerts", "send", str(file), *options],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=100,
    )
    assert "Traceback" not in done.stderr
    assert_no_secret(done.stdout, done.stderr, keys=[KEY])
    return done


def _wrapped(number: int, event: dict[str, Any]) -> Any:
    """Wrap *event* as it is found in one kind of queue or another."""
    forms = (
        event,
        {"version": "1.0", "requestContext": {"requestId": str(number)}, "requestPayload": event},
        sqs_records([event]),
        sns(event),
        {"Messages": [{"MessageId": str(number), "Body": json.dumps(event)}]},
        {"Messages": [{"MessageId": str(number), "Body": json.dumps({"requestPayload": event})}]},
    )
    return forms[number % len(forms)]


@pytest.fixture
def own() -> Any:
    """Yield a Sentry whose key is looked for."""
    with SentryInbox(key=KEY) as inbox:
        yield inbox


def test_of_thousands_of_lines_only_the_bad_ones_fail(own: SentryInbox, tmp_path: Path) -> None:
    """They are saved, and can be sent again."""
    events = [failed_task() for _ in range(LINES)]
    lines = [json.dumps(_wrapped(number, event)) for number, event in enumerate(events)]
    for number, bad in enumerate(BAD * 5):
        lines.insert(number * 70, bad)
    saved, failed, again = tmp_path / "saved", tmp_path / "failed", tmp_path / "again"
    saved.write_text("\n".join(lines))

    own.answer("ok", times=100)
    own.answer(400, times=30)
    own.answer(429, times=4, retry_after=0.2)
    own.answer("reset", times=2)  # fewer than an alert has attempts
    first = send(own, saved, "--failed", str(failed))
    assert first.returncode == 1
    assert len(failed.read_text().splitlines()) == len(BAD) * 5 + 30
    assert len(own.events) == LINES - 30
    assert first.stdout.count("delivered ") == LINES - 30
    assert f"{LINES + len(BAD) * 5} records, {len(BAD) * 5 + 30} failed" in first.stderr

    second = send(own, failed, "--failed", str(again))
    assert second.returncode == 1
    assert set(own.event_ids) == {id_of(event) for event in events}
    assert len(own.deliveries) == LINES
    assert len(again.read_text().splitlines()) == len(BAD) * 5

    third = send(own, again)
    assert third.returncode == 1
    assert len(own.requests) == len(own.deliveries) + 30 + 4 + 2


def test_sending_a_file_again_repeats_the_ids(own: SentryInbox, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.write_text("\n".join(json.dumps(_wrapped(n, failed_task())) for n in range(60)))
    assert send(own, saved).returncode == 0
    assert send(own, saved).returncode == 0
    assert (len(own.deliveries), len(own.events)) == (120, 60)


def test_an_old_event_keeps_its_time_as_a_tag(own: SentryInbox, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.write_text(json.dumps(failed_task(stoppedAt="2020-02-03T04:05:06.789Z")))
    assert send(own, saved).returncode == 0
    (event,) = own.events
    assert event["tags"]["ecs.stopped_at"] == "2020-02-03T04:05:06+00:00"
    assert not event["timestamp"].startswith("2020")


def test_a_server_that_always_asks_to_wait_is_followed_a_few_times(
    own: SentryInbox, tmp_path: Path
) -> None:
    """Not for each record anew, and nothing is dropped."""
    saved, failed = tmp_path / "saved", tmp_path / "failed"
    saved.write_text("\n".join(json.dumps(failed_task()) for _ in range(300)))
    own.answer(429, retry_after=0.1)
    assert send(own, saved, "--failed", str(failed)).returncode == 1
    assert len(failed.read_text().splitlines()) == 300
    own.answer("ok")
    assert send(own, failed).returncode == 0
    assert len(own.events) == 300


def test_the_input_is_not_emptied_by_naming_it_for_the_failures(
    own: SentryInbox, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    saved.write_text(json.dumps(failed_task()))
    before = saved.read_text()
    done = send(own, saved, "--failed", str(saved))
    assert done.returncode == 2
    assert "expected another file, got an input" in done.stderr
    assert saved.read_text() == before
