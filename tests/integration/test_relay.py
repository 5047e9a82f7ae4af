"""Sentry's normaliser sees what Sentry would drop or cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecs_failure_alerts import EventError, build_alert, diagnose, parse_event
from ecs_failure_alerts.alerts import Alert
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, sentry_event
from ecs_failure_alerts.sources import read_payload
from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import assert_no_secret
from integration.tasks import CAUSES, failing_tasks

pytestmark = pytest.mark.integration

Normalize = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


def test_a_proper_event_comes_back_without_a_problem(relay_normalize: Normalize) -> None:
    event, problems = relay_normalize({"event_id": "a" * 32, "tags": {"cause": "oom"}})
    assert problems == []
    assert event["tags"] == [["cause", "oom"]]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        pytest.param("release", "a/b", "release", id="slash in the release"),
        pytest.param("tags", {"reason": "a\nb"}, "tags.0.1", id="newline in a tag"),
        pytest.param("tags", {"reason": "x" * 201}, "tags.0.1", id="long tag"),
        pytest.param("environment", "a/b", "environment", id="slash in the environment"),
        pytest.param("contexts", {"ecs": {"a": "x" * 20000}}, "contexts.ecs", id="long context"),
        pytest.param("fingerprint", [{"no": "string"}], "fingerprint", id="fingerprint"),
        pytest.param("timestamp", 1.0, "timestamp", id="old"),
    ],
)
def test_what_sentry_removes_or_cuts_is_named_by_its_path(
    relay_normalize: Normalize, field: str, value: Any, problem: str
) -> None:
    _, problems = relay_normalize({"event_id": "a" * 32, field: value})
    assert [p for p in problems if p.startswith(problem)], problems


#: Names near the limits of what Sentry keeps.
NAMES = st.one_of(
    st.sampled_from(["prod", "none", "None", "latest", "LATEST", ".", "..", " ", "a b", "env:"]),
    st.text(st.characters(max_codepoint=0x300), min_size=1, max_size=6),
    st.tuples(st.sampled_from("aé€"), st.integers(15, 210)).map(lambda pair: pair[0] * pair[1]),
)


@pytest.mark.parametrize("name", ["environment", "release"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=NAMES)
def test_the_notifier_takes_just_the_names_that_sentry_keeps_as_they_are(
    relay_normalize: Normalize, name: str, value: str
) -> None:
    event, _ = relay_normalize({"event_id": "a" * 32, name: value})
    try:
        SentryNotifier("https://public@sentry.example/1", **{name: value})  # type: ignore[arg-type]
    except ValueError:
        assert event.get(name) != value
    else:
        assert event[name] == value.strip()


def _alerts() -> Iterator[tuple[str, Alert]]:
    """Yield the alert for every task at hand, as if the task had stopped just now."""
    for name, payload in failing_tasks():
        for record in read_payload(payload):
            try:
                task = parse_event(record.event or {})
            except EventError:
                continue
            alert = build_alert(task, diagnose(task))
            yield name, evolve(alert, timestamp=alert.timestamp and datetime.now(UTC))


def test_every_cause_that_can_alert_has_a_task_here() -> None:
    found = {alert.cause.value for _, alert in _alerts() if alert.level != "info"}
    assert found >= CAUSES.keys()


@pytest.mark.parametrize("environment", [None, "e" * 64])
def test_sentry_keeps_every_event_whole(
    relay_normalize: Normalize, environment: str | None
) -> None:
    options = {"environment": environment, "release": "etl:17", "server_name": "host"}
    problems = {}
    for name, alert in _alerts():
        event, found = relay_normalize(sentry_event(alert, **options))
        if found:
            problems[name] = found
        assert dict(event["tags"]) == {**alert.tags, "server_name": "host"}
    assert problems == {}


def test_sentry_keeps_every_sent_event_whole(
    relay_normalize: Normalize, inbox: SentryInbox
) -> None:
    """It has its sender and a time besides."""
    notifier = SentryNotifier(inbox.dsn)
    alerts = {alert.event_id: (name, alert) for name, alert in _alerts()}
    for _, alert in alerts.values():
        notifier.notify(alert)
    assert len(inbox.events) == len(alerts)
    problems = {}
    for sent in inbox.events:
        name, alert = alerts[sent["event_id"]]
        built = sentry_event(alert)
        for key, value in built.items():
            if key not in {"timestamp", "breadcrumbs"}:
                assert sent[key] == value, f"{name}: {key}"
        assert len(sent["breadcrumbs"]["values"]) == len(alert.timeline)
        assert sent.keys() - built.keys() <= {"timestamp"}, name
        if found := relay_normalize(sent)[1]:
            problems[name] = found
        assert_no_secret(sent)
    assert problems == {}
