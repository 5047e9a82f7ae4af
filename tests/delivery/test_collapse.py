"""Failures of one kind that come at once are one alert, and a retry tells nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    Evidence,
    FailureAlerter,
    FailurePolicy,
    Judgement,
    Receipt,
    Report,
    Route,
    Rule,
    judge,
)
from ecs_failure_alerts.causes import Level
from ecs_failure_alerts.delivery._collapse import collapse
from ecs_failure_alerts.notifiers._apprise_messages import message_for
from ecs_failure_alerts.notifiers._chat import chat_message
from ecs_failure_alerts.notifiers.sentry._event import sentry_event
from ecs_failure_alerts.testing import ABSENT, RecordingNotifier, service_action, task_state_change

ARN = "arn:aws:ecs:eu-central-1:123456789012"

#: Few enough that each is named in an alert.
TASKS = st.integers(1, 5)


def death(task: int, **changes: Any) -> dict[str, Any]:
    """Return the event of a service's task that died at this second; tasks have their own ids."""
    fields = {
        "taskArn": f"{ARN}:task/jobs/task-{task:02}",
        "group": "service:web",
        "startedBy": "ecs-svc/1234567890123456789",
        "stoppedAt": f"2026-03-02T02:14:{task:02}Z",
    }
    return task_state_change(**fields | changes)


def job(task: int) -> dict[str, Any]:
    """Return the event of a job's failed run."""
    return death(task, group="family:nightly-report", startedBy="chronos-schedule/nightly-report")


def id_of(event: dict[str, Any]) -> str:
    """Return the event id of the failure by itself."""
    return judge(event).as_alert().event_id


def statuses(report: Report) -> list[str]:
    """Return what became of each record."""
    return [outcome.status for outcome in report.outcomes]


@define(eq=False)
class Backend:
    """A backend that drops repeated ids, as Sentry does, and does as it is told before."""

    name: str = "backend"
    errors: list[DeliveryError | None] = field(factory=list)
    takes_before_it_fails: bool = False
    calls: list[Alert] = field(factory=list)
    kept: dict[str, Alert] = field(factory=dict)

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """Keep the alert under its id, or fail."""
        self.calls.append(alert)
        error = self.errors.pop(0) if self.errors else None
        if error is None or self.takes_before_it_fails:
            self.kept.setdefault(alert.event_id, alert)
        if error is not None:
            raise error
        return Receipt(self.name, alert.event_id)


def lost() -> DeliveryError:
    """Return the error of an answer that was lost."""
    return DeliveryError("no answer", retryable=True, maybe_delivered=True)


def refused() -> DeliveryError:
    """Return the error of a backend that certainly has nothing."""
    return DeliveryError("no", retryable=True, status=503)


OUTCOMES = st.sampled_from([None, lost, refused])


@pytest.fixture
def recorder() -> RecordingNotifier:
    """Return a notifier that records."""
    return RecordingNotifier()


def test_a_services_deaths_of_one_call_are_one_alert(recorder: RecordingNotifier) -> None:
    """It is that of the first death, whatever the order in which they came."""
    report = FailureAlerter(recorder).process([death(n) for n in (3, 1, 7, 2)])
    (alert,) = recorder.alerts

    assert alert.tags["ecs.task_id"] == "task-01"
    assert alert.tags["ecs.collapsed"] == "4"
    assert alert.contexts["ecs_collapsed"] == {
        "count": 4,
        "task_ids": "task-01, task-02, task-03, task-07",
        "first_at": "2026-03-02T02:14:01.000Z",
        "last_at": "2026-03-02T02:14:07.000Z",
    }
    first, *_, said, hint = alert.message.splitlines()
    assert first.startswith("4 failures at once. The first: ")
    assert said == "The failed tasks: task-01, task-02, task-03, task-07."
    assert hint.startswith("Next: ")
    assert statuses(report) == ["delivered"] * 4


@pytest.mark.parametrize(
    "shown",
    [
        lambda alert: sentry_event(alert)["exception"]["values"][0]["value"],
        lambda alert: chat_message(alert)["content"]["description"],
        lambda alert: message_for("slack", alert).body,
        lambda alert: message_for("opsgenie", alert).body,
        lambda alert: message_for("pagerduty", alert).body.partition(" - ")[2],
        lambda alert: alert.to_dict()["message"],
    ],
    ids=["sentry", "sns", "apprise", "opsgenie", "pagerduty", "json"],
)
def test_each_backend_shows_first_how_many_there_are(
    recorder: RecordingNotifier, shown: Callable[[Alert], str]
) -> None:
    """The title cannot tell, because it comes from one event."""
    FailureAlerter(recorder).process([death(n) for n in range(3)])
    (alert,) = recorder.alerts
    assert shown(alert).startswith("3 failures at once. The first: ")


def test_every_outcome_points_to_the_one_alert(recorder: RecordingNotifier) -> None:
    """Each keeps the task that it is about."""
    report = FailureAlerter(recorder).process([death(n) for n in (2, 1)])
    (alert,) = recorder.alerts
    assert {outcome.alert and outcome.alert.event_id for outcome in report.outcomes} == {
        alert.event_id
    }
    assert {receipt.id for o in report.outcomes for receipt in o.receipts} == {alert.event_id}
    assert [str(outcome.subject)[-7:] for outcome in report.outcomes] == ["task-02", "task-01"]


def test_the_one_alert_has_what_was_looked_up_for_the_first(recorder: RecordingNotifier) -> None:
    """However many there are, the first is looked up, because its details are shown."""

    class Looked:
        name = "task"

        def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
            return Evidence(tags={"looked.up": judgement.as_alert().tags["ecs.task_id"]})

    events = [death(n) for n in range(14, -1, -1)]
    FailureAlerter(recorder, enrichers=[Looked()]).process(events)
    (alert,) = recorder.alerts
    assert alert.tags["looked.up"] == alert.tags["ecs.task_id"] == "task-00"


def test_five_tasks_are_named_and_the_others_counted(recorder: RecordingNotifier) -> None:
    FailureAlerter(recorder).process([death(n) for n in range(12)])
    (alert,) = recorder.alerts
    assert (
        "\nThe failed tasks: task-00, task-01, task-02, task-03, task-04 and 7 more.\n"
        in alert.message
    )


def test_each_run_of_a_job_is_an_alert_of_its_own(recorder: RecordingNotifier) -> None:
    FailureAlerter(recorder).process([job(n) for n in range(3)])
    assert {alert.event_id for alert in recorder.alerts} == {id_of(job(n)) for n in range(3)}


@pytest.mark.parametrize(("collapse", "alerts"), [(True, 1), (False, 3), (None, 3)])
def test_a_route_says_whether_jobs_are_collapsed(
    recorder: RecordingNotifier, collapse: bool | None, alerts: int
) -> None:
    FailureAlerter(Route(recorder, collapse=collapse)).process([job(n) for n in range(3)])
    assert len(recorder.alerts) == alerts


def test_a_route_may_have_each_death_by_itself(recorder: RecordingNotifier) -> None:
    FailureAlerter(Route(recorder, collapse=False)).process([death(1), death(2)])
    assert len(recorder.alerts) == 2


def test_failures_of_different_kinds_stay_apart(recorder: RecordingNotifier) -> None:
    other = death(3, containers=[{"exitCode": 137}])
    FailureAlerter(recorder).process([death(1), death(2), other])
    counts = [alert.tags.get("ecs.collapsed") for alert in recorder.alerts]
    assert sorted(counts, key=str) == ["2", None]


def test_two_routes_collapse_each_for_itself() -> None:
    one, each = RecordingNotifier(), RecordingNotifier()
    report = FailureAlerter(one, Route(each, collapse=False)).process([death(1), death(2)])
    assert (len(one.alerts), len(each.alerts)) == (1, 2)
    assert statuses(report) == ["delivered"] * 2


def test_the_one_alert_is_as_loud_as_the_loudest(recorder: RecordingNotifier) -> None:
    policy = FailurePolicy(rules=[Rule("warning"), Rule("fatal", until="2026-03-02T02:14:01Z")])
    FailureAlerter(recorder, policy=policy).process([death(n) for n in (0, 2, 5)])
    (alert,) = recorder.alerts
    assert alert.level == "fatal"


def test_a_failure_without_time_or_task_is_counted(recorder: RecordingNotifier) -> None:
    timeless = {"stoppedAt": ABSENT, "executionStoppedAt": ABSENT, "updatedAt": ABSENT}
    events = [
        death(1, taskArn=ABSENT, resources=[], **timeless, id=f"{n}", time=ABSENT) for n in range(2)
    ]
    FailureAlerter(Route(recorder, collapse=True)).process(events)
    (alert,) = recorder.alerts
    assert alert.contexts["ecs_collapsed"] == {"count": 2}
    assert alert.message.startswith("2 failures at once. The first: ")
    assert "The failed tasks" not in alert.message


def test_an_alert_for_several_failures_is_as_loud_as_the_loudest() -> None:
    """Rules may give failures of one kind different levels, by their tags for example."""
    alert = judge(death(1)).as_alert()
    levels: list[Level] = ["warning", "error", "info"]
    assert collapse([evolve(alert, level=level) for level in levels]).level == "error"


def test_a_failure_without_time_counts_as_the_last(recorder: RecordingNotifier) -> None:
    timeless = {"stoppedAt": ABSENT, "executionStoppedAt": ABSENT, "updatedAt": ABSENT}
    events = [death(1, **timeless, time=ABSENT), death(3), death(2)]
    FailureAlerter(recorder).process(events)
    (alert,) = recorder.alerts
    assert alert.contexts["ecs_collapsed"]["task_ids"] == "task-02, task-03, task-01"


def test_the_id_for_several_failures_is_the_same_in_every_release(
    recorder: RecordingNotifier,
) -> None:
    """A batch may come again after an update, and a backend knows an alert by its id."""
    FailureAlerter(recorder).process([death(1), death(2)])
    assert recorder.alerts[0].event_id == "0a750f1ae8b34947fdfbc15ea9a22578"


def test_notices_are_collapsed_only_where_a_route_says_so() -> None:
    """AWS repeats them, and a repeat has the same id already."""
    default, collapsing = RecordingNotifier(), RecordingNotifier()
    events = [service_action(createdAt=f"2026-03-02T0{hour}:14:00Z") for hour in (1, 2)]
    report = FailureAlerter(default, Route(collapsing, collapse=True)).process(events)
    report.raise_for_failures()
    assert (len(default.alerts), len(collapsing.alerts)) == (2, 1)


def test_what_is_refused_comes_again_as_one_under_the_same_id() -> None:
    backend = Backend(errors=[refused()])
    alerter, events = FailureAlerter(backend), [death(n) for n in range(4)]
    assert statuses(alerter.process(events)) == ["not_delivered"] * 4
    assert statuses(alerter.process(events[::-1])) == ["delivered"] * 4
    first, second = (alert.event_id for alert in backend.calls)
    assert first == second


def test_a_retry_does_not_tell_what_is_told_already() -> None:
    """Of a batch that comes again because of another record, only what is new is told."""
    backend = Backend()
    alerter = FailureAlerter(backend)
    alerter.process([death(1), death(2)])
    report = alerter.process([death(1), death(2), death(3), death(4)])

    assert tasks_of(backend) == [{1, 2}, {3, 4}]
    assert statuses(report) == ["delivered"] * 4
    first, second = (alert.event_id for alert in backend.calls)
    assert [outcome.receipts[0].id for outcome in report.outcomes] == [first] * 2 + [second] * 2


def test_an_alert_for_several_has_an_id_that_no_failure_has_alone() -> None:
    """A backend that has one of them must not take it for all."""
    backend = Backend()
    FailureAlerter(backend).process([death(1), death(2)])
    FailureAlerter(backend).process([death(1)])
    (together, alone) = backend.kept
    assert alone == id_of(death(1)) != together != id_of(death(2))
    assert int(together, 16) < 2**128


def test_what_may_have_arrived_hides_nothing_that_is_new() -> None:
    """A backend that has the first alert takes the second: it has other failures, so another id."""
    backend = Backend(errors=[lost()], takes_before_it_fails=True)
    alerter = FailureAlerter(backend)
    alerter.process([death(1), death(2)])
    alerter.process([death(1), death(3), death(4)])
    assert tasks_of(backend) == [{1, 2}, {1, 3, 4}]


def test_what_was_refused_may_be_told_with_what_is_new() -> None:
    """A backend that certainly has nothing drops nothing."""
    backend = Backend(errors=[refused()])
    alerter = FailureAlerter(backend)
    alerter.process([death(1)])
    alerter.process([death(1), death(2)])
    assert [alert.tags.get("ecs.collapsed") for alert in backend.calls] == [None, "2"]


def tasks_of(backend: Backend) -> list[set[int]]:
    """Return the tasks that each alert tells which the backend has kept, at most five each."""
    kept = backend.kept.values()
    named = [a.contexts.get("ecs_collapsed", {"task_ids": a.tags["ecs.task_id"]}) for a in kept]
    return [{int(task[-2:]) for task in one["task_ids"].split(", ")} for one in named]


def handed_over(attempt: int, *events: dict[str, Any]) -> dict[str, Any]:
    """Return events as SQS hands them over for the so-many-th time."""
    attributes = {"ApproximateReceiveCount": str(attempt)}
    return {
        "Records": [
            {"eventSource": "aws:sqs", "body": json.dumps(event), "attributes": attributes}
            for event in events
        ]
    }


def test_a_retry_is_the_same_alert_in_whatever_order_and_process() -> None:
    """So a backend that has it drops it."""
    backend = Backend(errors=[lost()], takes_before_it_fails=True)
    for events in ([death(1), death(2), death(3)], [death(3), death(1), death(2)]):
        FailureAlerter(backend).process(handed_over(2, *events))
    assert (len(backend.calls), tasks_of(backend)) == (2, [{1, 2, 3}])


def dead_letter(event: dict[str, Any]) -> dict[str, Any]:
    """Return what Lambda's on-failure destination holds of an event after three attempts."""
    return {
        "version": "1.0",
        "timestamp": "2026-03-02T02:21:00Z",
        "requestContext": {
            "requestId": "1",
            "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:alerts",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "503"},
    }


def as_it_is(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event."""
    return event


def replayed(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as an archive replays it."""
    return event | {"replay-name": "night"}


@pytest.mark.parametrize("wrap", [as_it_is, dead_letter, replayed])
@given(
    told=st.lists(st.sets(TASKS, min_size=1), min_size=1, max_size=3),
    again=st.sets(TASKS, min_size=1),
)
def test_nothing_is_lost_whatever_another_process_has_told(
    wrap: Callable[[dict[str, Any]], dict[str, Any]], told: list[set[int]], again: set[int]
) -> None:
    """SQS may hand a dead letter over as for the first time; its alert must hide nothing new."""
    backend = Backend()
    for tasks in told:
        FailureAlerter(backend).process([death(task) for task in tasks])

    report = FailureAlerter(backend).process(handed_over(1, *map(wrap, map(death, again))))
    report.raise_for_failures()
    assert set.union(*tasks_of(backend)) == set.union(again, *told)


@given(st.lists(st.tuples(st.sets(TASKS, min_size=1), OUTCOMES), min_size=1, max_size=5))
def test_every_failure_that_counts_as_delivered_was_told(calls: list[tuple[set[int], Any]]) -> None:
    """Whatever batches come, again or for the first time, and whatever the backend answers."""
    backend = Backend()
    alerter, delivered = FailureAlerter(backend), set()
    for tasks, error in calls:
        backend.errors = [error() if error else None]
        backend.takes_before_it_fails = error is lost
        report = alerter.process([death(task) for task in sorted(tasks)])
        delivered |= {
            task
            for task, outcome in zip(sorted(tasks), report.outcomes, strict=True)
            if outcome.status == "delivered"
        }
        assert delivered <= set().union(*tasks_of(backend))
