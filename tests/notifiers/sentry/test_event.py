"""What `SentryNotifier` takes, and what of an alert stands in Sentry's event."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from ecs_failure_alerts import Alert, DeliveryError, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, sentry_event
from ecs_failure_alerts.testing import SentryInbox, task_state_change

DSN = "https://public@sentry.example/1"
TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))


def fresh() -> Alert:
    """Give an alert about a task that has just stopped."""
    return attrs.evolve(ALERT, timestamp=datetime.now(UTC))


def test_whole_event() -> None:
    """Every part of the alert has its place, and nothing else stands in the event."""
    alert = fresh()
    assert alert.timestamp is not None
    assert sentry_event(alert) == {
        "event_id": alert.event_id,
        "level": "error",
        "platform": "other",
        "logger": "ecs_failure_alerts",
        "transaction": "jobs",
        "exception": {
            "values": [
                {
                    "type": alert.title,
                    "value": alert.message,
                    "mechanism": {"type": "ecs", "handled": False},
                }
            ]
        },
        "fingerprint": list(alert.fingerprint),
        "tags": dict(alert.tags),
        "contexts": {name: dict(context) for name, context in alert.contexts.items()},
        "breadcrumbs": {
            "values": [
                {
                    "timestamp": milestone.at.timestamp(),
                    "category": "ecs.task",
                    "message": milestone.name,
                    "level": "info",
                }
                for milestone in alert.timeline
            ]
        },
        "timestamp": alert.timestamp.isoformat(),
    }
    assert alert.timeline


def test_no_cluster() -> None:
    """Without a cluster the transaction is empty: Sentry would fill in its own word."""
    assert sentry_event(attrs.evolve(ALERT, tags={}))["transaction"] == ""


@pytest.mark.parametrize("name", ["environment", "release", "server_name"])
def test_given(name: str) -> None:
    """Environment, release and server name stand in the event where they are given."""
    assert sentry_event(ALERT, **{name: "x"})[name] == "x"
    assert name not in sentry_event(ALERT, **{name: ""})


@pytest.mark.parametrize("name", ["environment", "release", "server_name"])
def test_given_to_the_notifier(name: str) -> None:
    """What the notifier is given is sent, and nothing in its place where it is not."""
    with SentryInbox() as inbox:
        SentryNotifier(inbox.dsn, **{name: "x"}).notify(ALERT, timeout=5)  # type: ignore[arg-type]
    (event,) = inbox.deliveries
    assert {key: event.get(key) for key in ("environment", "release", "server_name")} == {
        "environment": None,
        "release": None,
        "server_name": None,
        name: "x",
    }


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        pytest.param(timedelta(0), True, id="now"),
        pytest.param(timedelta(seconds=-55), True, id="clock-a-little-behind"),
        pytest.param(timedelta(seconds=-65), False, id="ahead"),
        pytest.param(timedelta(days=29, hours=22, minutes=55), True, id="almost-30-days"),
        pytest.param(timedelta(days=29, hours=23, minutes=5), False, id="30-days"),
    ],
)
def test_times_that_sentry_takes(age: timedelta, kept: bool) -> None:
    """A time that Sentry would refuse is kept as a tag, with whole seconds."""
    at = datetime.now(UTC) - age
    event = sentry_event(attrs.evolve(ALERT, timestamp=at))
    assert event.get("timestamp") == (at.isoformat() if kept else None)
    tag = None if kept else at.isoformat(timespec="seconds")
    assert event["tags"].get("ecs.stopped_at") == tag


def test_no_time() -> None:
    """An alert without a time is sent without one."""
    event = sentry_event(attrs.evolve(ALERT, timestamp=None))
    assert "timestamp" not in event
    assert "ecs.stopped_at" not in event["tags"]


def test_slim_event() -> None:
    """Of an event that is too large a person gets what counts, under the same id."""
    alert = attrs.evolve(ALERT, message="x" * 501)
    with SentryInbox() as inbox:
        inbox.answer(413, times=1)
        receipt = SentryNotifier(inbox.dsn).notify(alert, timeout=5)
    (event,) = inbox.deliveries
    assert (receipt.notifier, receipt.id, receipt.url) == ("sentry", alert.event_id, None)
    whole = sentry_event(alert)
    (error,) = event["exception"]["values"]
    assert error == {**whole["exception"]["values"][0], "value": "x" * 500}
    assert event["contexts"]["ecs_diagnosis"] == whole["contexts"]["ecs_diagnosis"]
    assert not set(event["contexts"]) & set(whole["contexts"]) - {"ecs_diagnosis"}
    assert event["breadcrumbs"] == {"values": []}
    assert {key: event[key] for key in ("tags", "fingerprint", "level")} == {
        key: whole[key] for key in ("tags", "fingerprint", "level")
    }


@pytest.mark.parametrize(
    "options",
    [{"attempts": 0}, {"attempts": -1}, {"attempt_timeout": 0}, {"attempt_timeout": -0.1}],
    ids=str,
)
def test_no_attempt(options: dict[str, Any]) -> None:
    """A notifier that would never send is refused."""
    with pytest.raises(ValueError, match=r"^expected at least one attempt, of more than 0 second"):
        SentryNotifier(DSN, **options)


def test_attempts() -> None:
    """It tries three times, or as often as it is told."""
    cases: list[tuple[dict[str, Any], int]] = [({}, 3), ({"attempts": 1}, 1), ({"attempts": 2}, 2)]
    for options, attempts in cases:
        with SentryInbox() as inbox:
            inbox.answer(500)
            with pytest.raises(DeliveryError):
                SentryNotifier(inbox.dsn, **options).notify(ALERT)
        assert len(inbox.requests) == attempts


def test_repr() -> None:
    """The notifier shows its host, and nothing of the key."""
    notifier = SentryNotifier(DSN)
    assert repr(notifier) == "SentryNotifier(host='sentry.example')"
    assert (notifier.name, notifier.host) == ("sentry", "sentry.example")


def test_missing_certificates(tmp_path: Any) -> None:
    """Certificates that cannot be read are an error at the start that names the file."""
    missing = str(tmp_path / "ca.pem")
    with pytest.raises(ValueError, match="no CA certificates can be read from") as caught:
        SentryNotifier(DSN, ca_certs=missing)
    assert missing in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://user:s3cr3t@[", "ftp://user:s3cr3t@proxy"])
def test_wrong_proxy(proxy: str) -> None:
    """A proxy that is no URL is an error at the start that does not echo it."""
    with pytest.raises(ValueError, match="has no valid URL") as caught:
        SentryNotifier(DSN, proxy=proxy)
    assert "s3cr3t" not in str(caught.value)


def test_proxy_without_a_scheme() -> None:
    """A proxy may be given as host and port: the request goes to it."""
    with SentryInbox() as proxy:
        notifier = SentryNotifier("http://public@sentry.invalid/1", proxy=f"127.0.0.1:{proxy.port}")
        with pytest.raises(DeliveryError):
            notifier.notify(ALERT, timeout=5)
    assert proxy.requests[0].path.startswith("http://sentry.invalid/api/1/envelope/")


def test_sentry_sdk_is_needed() -> None:
    """Without sentry-sdk the error says what to install, and which module is missing."""
    program = """if True:
        import sys
        sys.modules["sentry_sdk"] = None
        from ecs_failure_alerts.notifiers.sentry import SentryNotifier
        try:
            SentryNotifier("https://public@sentry.example/1")
        except ModuleNotFoundError as error:
            print(error.name, error, type(error.__cause__).__name__, sep="|")
    """
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == (
        "sentry_sdk|SentryNotifier needs sentry-sdk: pip install 'ecs-failure-alerts[sentry]'"
        "|ModuleNotFoundError"
    )


def test_short_attempts() -> None:
    """An attempt may be allowed less than a second."""
    with SentryInbox() as inbox:
        receipt = SentryNotifier(inbox.dsn, attempt_timeout=0.9).notify(ALERT)
    assert receipt.id == ALERT.event_id


def test_time_left() -> None:
    """The time left is for all attempts together, however long one might take."""
    with SentryInbox() as inbox:
        inbox.answer("hang")
        start = time.monotonic()
        with pytest.raises(DeliveryError):
            SentryNotifier(inbox.dsn).notify(ALERT, timeout=0.3)
        assert time.monotonic() - start < 4
