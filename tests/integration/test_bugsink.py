"""A server that speaks Sentry's protocol gives back what it was sent, alerts above all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import sentry_sdk

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import task_state_change
from integration.bugsink import Bugsink, BugsinkServer
from integration.deliveries import alert_of, assert_no_secret, failed_task, id_of
from integration.tasks import CAUSES, EXTREMES, corpus

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


def test_an_event_becomes_an_issue_with_its_payload(bugsink: Bugsink) -> None:
    capture(bugsink.dsn, tags={"cluster": "a"}, contexts={"ecs": {"cpu": "256"}})
    (issue,) = bugsink.issues()
    assert (issue["calculated_type"], issue["calculated_value"]) == ("TaskFailed", "exit code 1")
    (event,) = bugsink.events(issue)
    kept = bugsink.event(event)
    assert (kept["event_id"], kept["tags"]) == (ID, {"cluster": "a"})
    assert kept["contexts"]["ecs"] == {"cpu": "256"}


def test_a_repeated_id_is_dropped(bugsink: Bugsink) -> None:
    """So retries do not add up."""
    capture(bugsink.dsn)
    capture(bugsink.dsn)
    assert len(bugsink.payloads()) == 1


def test_events_with_one_fingerprint_are_one_issue(bugsink: Bugsink) -> None:
    capture(bugsink.dsn, event_id="a" * 32, fingerprint=["a"])
    capture(bugsink.dsn, event_id="b" * 32, fingerprint=["a"])
    capture(bugsink.dsn, event_id="c" * 32, fingerprint=["c"])
    assert sorted(len(bugsink.events(issue)) for issue in bugsink.issues()) == [1, 2]


def test_each_test_has_a_project_of_its_own(bugsink: Bugsink) -> None:
    assert bugsink.issues() == []


def _alerter(bugsink: Bugsink) -> FailureAlerter:
    return FailureAlerter(SentryNotifier(bugsink.dsn, environment="production"))


def _just_now(changes: Mapping[str, Any]) -> dict[str, Any]:
    return failed_task(**changes, stoppedAt=datetime.now(UTC).isoformat())


def test_the_alert_of_every_cause_is_an_issue_with_title_tags_and_contexts(
    bugsink: Bugsink,
) -> None:
    events = {cause: _just_now(changes) for cause, changes in CAUSES.items()}
    _alerter(bugsink).process(list(events.values()), timeout=30).raise_for_failures()
    kept = {payload["event_id"]: payload for payload in bugsink.payloads()}
    issues = {(i["calculated_type"], i["calculated_value"]) for i in bugsink.issues()}
    assert len(issues) == len(kept) == len(CAUSES)
    for cause, event in events.items():
        alert, payload = alert_of(event), kept[id_of(event)]
        assert alert.cause.value == cause
        assert (alert.title, alert.message) in {(kind, _untrimmed(v, alert)) for kind, v in issues}
        assert payload["tags"] == alert.tags
        assert payload["tags"]["ecs.cause"] == cause
        assert {name: payload["contexts"][name] for name in alert.contexts} == alert.contexts
        assert payload["fingerprint"] == list(alert.fingerprint)
        assert payload["level"] == alert.level
        assert payload["environment"] == "production"
        assert "release" not in payload
        assert "server_name" not in payload
        assert len(payload["breadcrumbs"]["values"]) == len(alert.timeline)
        assert_no_secret(payload)


def _untrimmed(value: str, alert: Any) -> str:
    """Return the whole of a subtitle, of which an issue keeps 1,024 characters."""
    return str(alert.message) if value.startswith(alert.message[:1000]) else value


def test_an_alert_as_long_and_odd_as_aws_allows_is_an_issue(bugsink: Bugsink) -> None:
    events = [_just_now(changes) for changes in EXTREMES.values()]
    _alerter(bugsink).process(events, timeout=30).raise_for_failures()
    kept = {payload["event_id"]: payload for payload in bugsink.payloads()}
    for event in events:
        alert, payload = alert_of(event), kept[id_of(event)]
        assert payload["exception"]["values"][0]["value"].startswith(alert.message)
        assert payload["tags"] == alert.tags


@pytest.mark.parametrize(
    ("make", "issues", "events"),
    [
        pytest.param(lambda: [failed_task()] * 3, 1, 1, id="one task, delivered three times"),
        pytest.param(lambda: [failed_task() for _ in range(3)], 1, 3, id="three tasks"),
        pytest.param(
            lambda: [
                task_state_change(lastStatus="DEPROVISIONING", version=4),
                task_state_change(version=5),
                task_state_change(version=6),
            ],
            *(1, 1),
            id="one death in several events",
        ),
        pytest.param(
            lambda: [failed_task(), failed_task(**CAUSES["out_of_memory"])], 2, 2, id="two causes"
        ),
        pytest.param(
            lambda: [failed_task(containers=[{"exitCode": code}]) for code in (1, 2, 1)],
            *(2, 3),
            id="two exit codes",
        ),
        pytest.param(
            lambda: [
                failed_task(**CAUSES["failed_to_start.image_pull"], version=version)
                for version in (3, 4, 5)
            ],
            *(1, 3),
            id="an image that cannot be pulled",
        ),
        pytest.param(lambda: [failed_task(stopCode="UserInitiated")], 0, 0, id="stopped by a user"),
    ],
)
def test_failures_of_one_kind_are_one_issue_with_an_event_a_task(
    bugsink: Bugsink, make: Callable[[], list[Any]], issues: int, events: int
) -> None:
    alerter = _alerter(bugsink)
    for event in make():
        alerter.process(event, timeout=10).raise_for_failures()
    _assert_counts(bugsink, issues, events)


def test_a_labelled_series_makes_the_right_number_of_issues(
    bugsink_of_session: BugsinkServer,
) -> None:
    for row in corpus("ecs-sequences.jsonl"):
        project = bugsink_of_session.new_project()
        alerter = _alerter(project)
        for event in row["events"]:
            report = alerter.process(event, timeout=10)
            assert all(outcome.status != "not_delivered" for outcome in report.outcomes)
        _assert_counts(project, row["distinct_groups"], row["distinct_alerts"])


def _assert_counts(bugsink: Bugsink, issues: int, events: int) -> None:
    found = bugsink.issues()
    assert len(found) == issues
    assert len({p["event_id"] for p in bugsink.payloads()}) == events
    assert sum(issue["digested_event_count"] for issue in found) == events
