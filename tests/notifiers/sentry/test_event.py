"""What `SentryNotifier` takes, and what of an alert stands in Sentry's event."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from ecs_failure_alerts import Alert, DeliveryError, build_alert, diagnose, parse_event
from ecs_failure_alerts._version import __version__
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, _client, _sdk, sentry_event
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each

DSN = "https://public@sentry.example/1"
TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))


def fresh() -> Alert:
    """Return an alert about a task that has just stopped."""
    return attrs.evolve(ALERT, timestamp=datetime.now(UTC))


def test_every_part_of_the_alert_has_its_place_in_the_event() -> None:
    """Nothing else stands in it."""
    alert = fresh()
    assert alert.timestamp is not None
    assert sentry_event(alert) == {
        "event_id": alert.event_id,
        "level": "error",
        "platform": "other",
        "logger": "ecs_failure_alerts",
        "sdk": {"name": "ecs-failure-alerts", "version": __version__},
        "transaction": "jobs",
        "exception": {
            "values": [
                {
                    "type": alert.title,
                    "value": f"{alert.message}\nAWS console (for an hour): {alert.url}",
                    "mechanism": {"type": "ecs", "handled": False},
                }
            ]
        },
        "fingerprint": list(alert.fingerprint),
        "tags": dict(alert.tags),
        "contexts": {
            **{name: dict(context) for name, context in alert.contexts.items()},
            "cloud_resource": {
                "cloud.provider": "aws",
                "cloud.platform": "aws_ecs",
                "cloud.account.id": "123456789012",
                "cloud.region": "eu-central-1",
                "cloud.availability_zone": "eu-central-1b",
            },
        },
        "modules": {"app": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/nightly-report:1.4.2"},
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


def test_without_a_cluster_the_transaction_is_empty() -> None:
    """Sentry would fill in its own word."""
    assert sentry_event(attrs.evolve(ALERT, tags={}))["transaction"] == ""


@pytest.mark.parametrize("name", ["environment", "release", "server_name"])
def test_environment_release_and_server_name_stand_in_the_event(name: str) -> None:
    assert sentry_event(ALERT, **{name: "x"})[name] == "x"
    assert name not in sentry_event(ALERT, **{name: ""})


@pytest.mark.parametrize("name", ["environment", "release", "server_name"])
def test_what_the_notifier_is_given_is_sent_and_nothing_else(name: str) -> None:
    with SentryInbox() as inbox:
        SentryNotifier(inbox.dsn, **{name: "x"}).notify(ALERT, timeout=5)  # type: ignore[arg-type]
    (event,) = inbox.deliveries
    assert {key: event.get(key) for key in ("environment", "release", "server_name")} == {
        "environment": None,
        "release": None,
        "server_name": None,
        name: "x",
    }


@each(
    ("tag", "release"),
    [
        pytest.param("1.4.2", "1.4.2", id="version"),
        pytest.param("2026.11.29-nightly", "2026.11.29-nightly", id="longer-than-a-short-digest"),
        pytest.param("sha256:" + "4f" * 32, "4f4f4f4f4f4f", id="digest"),
        pytest.param("latest", "given", id="latest"),
        pytest.param("a/b", "given", id="slash"),
        pytest.param("..", "given", id="dots"),
        pytest.param("", "given", id="empty"),
        pytest.param(None, "given", id="none"),
    ],
)
def test_a_release_comes_from_a_tag_where_sentry_takes_it(tag: str | None, release: str) -> None:
    """Else it is the one that the notifier was given."""
    alert = attrs.evolve(ALERT, tags={} if tag is None else {"ecs.image_tag": tag})
    event = sentry_event(alert, release="given", release_from="ecs.image_tag")
    assert event["release"] == release


@each(
    ("tag", "environment"),
    [
        pytest.param("staging", "staging", id="word"),
        pytest.param("prod eu", "prod eu", id="words"),
        pytest.param("a/b", "given", id="slash"),
        pytest.param("x" * 65, "given", id="long"),
        pytest.param(None, "given", id="none"),
    ],
)
def test_an_environment_comes_from_a_tag_where_sentry_takes_it(
    tag: str | None, environment: str
) -> None:
    """Else it is the one that the notifier was given."""
    alert = attrs.evolve(ALERT, tags={} if tag is None else {"aws.tag.stage": tag})
    event = sentry_event(alert, environment="given", environment_from="aws.tag.stage")
    assert event["environment"] == environment


@pytest.mark.parametrize(
    ("source", "release"),
    [
        (None, "looked-up"),
        ("env:APP_VERSION", "looked-up"),
        ("ecs.image_tag", "1.4.2"),
        ("ecs.none", "given"),
        ("", "given"),
    ],
)
def test_a_release_that_was_looked_up_is_for_who_names_no_tag(
    source: str | None, release: str
) -> None:
    alert = attrs.evolve(ALERT, release="looked-up", tags={"ecs.image_tag": "1.4.2"})
    assert sentry_event(alert, release="given", release_from=source)["release"] == release


def test_links_stand_below_the_message_however_long_it_is() -> None:
    """Sentry takes 8,192 characters of it."""
    alert = attrs.evolve(ALERT, message="x" * 9_000, links={"Log": "https://logs.example/"})
    (error,) = sentry_event(alert)["exception"]["values"]
    assert error["value"].splitlines()[1:] == [
        f"AWS console (for an hour): {alert.url}",
        "Log: https://logs.example/",
    ]
    assert len(error["value"]) < 8_192


@each(
    ("age", "kept"),
    [
        pytest.param(timedelta(0), True, id="now"),
        pytest.param(timedelta(seconds=-55), True, id="clock-a-little-behind"),
        pytest.param(timedelta(seconds=-65), False, id="ahead"),
        pytest.param(timedelta(days=29, hours=22, minutes=55), True, id="almost-30-days"),
        pytest.param(timedelta(days=29, hours=23, minutes=5), False, id="30-days"),
    ],
)
def test_a_time_that_sentry_would_refuse_is_kept_as_a_tag(age: timedelta, kept: bool) -> None:
    at = datetime.now(UTC) - age
    event = sentry_event(attrs.evolve(ALERT, timestamp=at))
    assert event.get("timestamp") == (at.isoformat() if kept else None)
    tag = None if kept else at.isoformat(timespec="seconds")
    assert event["tags"].get("ecs.stopped_at") == tag


def test_an_alert_without_a_time_is_sent_without_one() -> None:
    event = sentry_event(attrs.evolve(ALERT, timestamp=None))
    assert "timestamp" not in event
    assert "ecs.stopped_at" not in event["tags"]


@each("most", [7_000, 500], ids=["whole", "slim"])
def test_what_to_do_next_stays_in_a_message_that_is_cut(most: int) -> None:
    """It is the line that the person on call needs, and it comes last."""
    alert = attrs.evolve(ALERT, message="x\n" * 4_000 + "Next: give it more memory.")
    with SentryInbox() as inbox:
        inbox.answer(413, times=0 if most == 7_000 else 1)
        SentryNotifier(inbox.dsn).notify(alert, timeout=5)
    (event,) = inbox.deliveries
    (error,) = event["exception"]["values"]
    assert "...\nNext: give it more memory." in error["value"]
    assert len(error["value"].partition("\nAWS console")[0]) <= most


def test_an_event_that_was_too_large_keeps_its_id_and_what_counts() -> None:
    alert = attrs.evolve(ALERT, message="x" * 501)
    with SentryInbox() as inbox:
        inbox.answer(413, times=1)
        receipt = SentryNotifier(inbox.dsn).notify(alert, timeout=5)
    (event,) = inbox.deliveries
    assert (receipt.notifier, receipt.id, receipt.url) == ("sentry", alert.event_id, None)
    whole = sentry_event(alert)
    (error,) = event["exception"]["values"]
    assert error == {**whole["exception"]["values"][0], "value": f"{'x' * 497}..."}
    assert event["contexts"]["ecs_diagnosis"] == whole["contexts"]["ecs_diagnosis"]
    assert not set(event["contexts"]) & set(whole["contexts"]) - {"ecs_diagnosis"}
    assert event["breadcrumbs"] == {"values": []}
    assert {key: event[key] for key in ("tags", "fingerprint", "level")} == {
        key: whole[key] for key in ("tags", "fingerprint", "level")
    }


@each(
    "options",
    [
        *({"attempts": 0}, {"attempts": -1}),
        *({"attempt_timeout": 0}, {"attempt_timeout": -0.1}, {"attempt_timeout": float("nan")}),
    ],
    ids=str,
)
@pytest.mark.parametrize("dsn", [DSN, lambda: DSN], ids=["dsn", "function"])
def test_a_notifier_without_attempts_is_refused(options: dict[str, Any], dsn: Any) -> None:
    with pytest.raises(ValueError, match=r"^expected at least one attempt, of more than 0 second"):
        SentryNotifier(dsn, **options)


@each("options", [{"attempts": "3"}, {"attempts": True}, {"attempt_timeout": "5"}], ids=str)
def test_a_number_of_a_notifier_has_to_be_one(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=f"^{next(iter(options))}: expected "):
        SentryNotifier(DSN, **options)


@each(
    ("name", "value"),
    [
        *(("environment", text) for text in ("a/b", "a\\b", "a\nb", "None", "..", " ", "é" * 33)),
        *(("release", text) for text in ("a/b", "a\tb", "Latest", ".", " ", "x" * 201)),
    ],
)
def test_a_name_that_sentry_would_remove_is_refused(name: str, value: str) -> None:
    """Sentry confirms an event without it, so no rule for an environment would see the alert."""
    with pytest.raises(ValueError, match=f"^{name}: expected an? {name} of at most "):
        SentryNotifier(DSN, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["environment", "release", "server_name", "environment_from", "release_from"]
)
def test_a_name_that_is_no_string_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name}: expected a string, got 5$"):
        SentryNotifier(DSN, **{name: 5})  # type: ignore[arg-type]


@each(
    ("name", "value"),
    [
        pytest.param("environment_from", "a b", id="tag"),
        pytest.param("release_from", "a b", id="release"),
        pytest.param("release_from", "env:PASSWORD", id="secret"),
    ],
)
def test_a_source_that_can_be_none_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected a "):
        SentryNotifier(DSN, **{name: value})  # type: ignore[arg-type]


def test_an_empty_name_counts_as_not_given() -> None:
    """A variable of the environment that is not set may be passed on as an empty string."""
    SentryNotifier(DSN, environment="", release="", environment_from="", release_from="")


def test_a_notifier_tries_three_times_or_as_often_as_it_is_told() -> None:
    cases: list[tuple[dict[str, Any], int]] = [({}, 3), ({"attempts": 1}, 1), ({"attempts": 2}, 2)]
    for options, attempts in cases:
        with SentryInbox() as inbox:
            inbox.answer(500)
            with pytest.raises(DeliveryError):
                SentryNotifier(inbox.dsn, **options).notify(ALERT)
        assert len(inbox.requests) == attempts


def test_the_repr_shows_the_host_and_not_the_key() -> None:
    notifier = SentryNotifier(DSN)
    assert repr(notifier) == "SentryNotifier(host='sentry.example')"
    assert (notifier.name, notifier.host) == ("sentry", "sentry.example")


@pytest.mark.parametrize("name", ["missing.pem", "empty.pem", "."])
def test_unreadable_certificates_are_an_error_at_the_start_with_the_file(
    name: str, tmp_path: Path
) -> None:
    """A file that is missing or has no certificate in it, and a folder."""
    (tmp_path / "empty.pem").touch()
    given = str(tmp_path / name)
    with pytest.raises(ValueError, match="no CA certificates can be read from") as caught:
        SentryNotifier(DSN, ca_certs=given)
    assert given in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://user:s3cr3t@[", "ftp://user:s3cr3t@proxy"])
def test_a_proxy_that_is_no_url_is_refused_and_not_echoed(proxy: str) -> None:
    with pytest.raises(ValueError, match="has no valid URL") as caught:
        SentryNotifier(DSN, proxy=proxy)
    assert "s3cr3t" not in str(caught.value)


def test_a_proxy_may_be_given_as_host_and_port() -> None:
    with SentryInbox() as proxy:
        notifier = SentryNotifier("http://public@sentry.invalid/1", proxy=f"127.0.0.1:{proxy.port}")
        with pytest.raises(DeliveryError):
            notifier.notify(ALERT, timeout=5)
    assert proxy.requests[0].path.startswith("http://sentry.invalid/api/1/envelope/")


def test_without_sentry_sdk_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = [name for name in sys.modules if name.startswith("sentry_sdk.")]
    for name in (*loaded, _client.__name__, _sdk.__name__):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)

    with pytest.raises(ModuleNotFoundError) as caught:
        SentryNotifier(DSN)
    error = caught.value
    assert str(error) == "SentryNotifier needs sentry-sdk: pip install '.[sentry]' in a checkout"
    assert (error.name, type(error.__cause__)) == ("sentry_sdk", ModuleNotFoundError)


def test_an_attempt_may_be_allowed_less_than_a_second() -> None:
    with SentryInbox() as inbox:
        receipt = SentryNotifier(inbox.dsn, attempt_timeout=0.9).notify(ALERT)
    assert receipt.id == ALERT.event_id


def test_the_time_left_is_for_all_attempts_together() -> None:
    with SentryInbox() as inbox:
        inbox.answer("hang")
        start = time.monotonic()
        with pytest.raises(DeliveryError):
            SentryNotifier(inbox.dsn).notify(ALERT, timeout=0.08)
        assert time.monotonic() - start < 4
