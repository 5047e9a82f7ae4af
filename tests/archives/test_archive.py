"""What a policy would have said of past events."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.archives import ArchiveReport, Comparison
from ecs_failure_alerts.testing import service_action, task_state_change

STRICT = FailurePolicy()
LENIENT = FailurePolicy(ignore_exit_codes={1})


def stopped(name: str, at: str, **changes: Any) -> dict[str, Any]:
    """Return the event of a service's task that stopped."""
    times = {"stoppedAt": at, "startedAt": at, "createdAt": at}
    return task_state_change(group=f"service:{name}", **{**times, **changes})


EVENTS: list[Any] = [
    stopped("web", "2026-11-01T10:00:00Z"),
    stopped("web", "2026-11-03T10:00:00Z", containers=[{"exitCode": 137}]),
    stopped("api", "2026-11-02T10:00:00Z"),
    stopped("api", "2026-11-02T11:00:00Z", stopCode="UserInitiated"),
    service_action(),
    {"source": "aws.s3", "detail-type": "x", "detail": {}},
    "{broken",
]


def report_on(events: list[Any], policy: FailurePolicy = STRICT) -> ArchiveReport:
    """Return the report on events."""
    report = ArchiveReport(policy)
    for event in events:
        report.add(event)
    return report


def test_every_event_is_counted_as_what_it_was() -> None:
    said = report_on(EVENTS).to_dict()
    assert (said["events"], said["ignored"], said["unreadable"]) == (7, 1, 1)
    assert said["alerts"] == sum(row["alerts"] for row in said["causes"])
    assert said["alerts"] == sum(row["alerts"] for row in said["workloads"])


def test_a_cause_of_a_workload_has_its_levels_and_times() -> None:
    (row,) = [
        row for row in report_on(EVENTS[:3]).to_dict()["causes"] if row["workload"] == "service"
    ]
    assert row == {
        "cause": "container_exit",
        "workload": "service",
        "events": 3,
        "alerts": 3,
        "levels": {"error": 3},
        "first": "2026-11-01T10:00:00.000Z",
        "last": "2026-11-03T10:00:00.000Z",
    }


def test_a_day_has_its_alerts_by_cause() -> None:
    assert report_on(EVENTS[:4]).to_dict()["days"] == {
        "2026-11-01": {"container_exit": 1},
        "2026-11-02": {"container_exit": 1},
        "2026-11-03": {"container_exit": 1},
    }


def test_the_workload_with_the_most_alerts_comes_first() -> None:
    """Those without an alert are not among the worst."""
    events = [*EVENTS[:3], stopped("quiet", "2026-11-02T11:00:00Z", stopCode="UserInitiated")]
    assert [workload.name for workload, _ in report_on(events).worst] == ["web", "api"]


def test_ten_workloads_are_among_the_worst() -> None:
    events = [stopped(f"s{number}", "2026-11-01T10:00:00Z") for number in range(12)]
    assert len(report_on(events).worst) == 10


def test_an_event_without_a_time_has_no_day() -> None:
    event = {**EVENTS[0], "time": None}
    event["detail"] = {k: v for k, v in event["detail"].items() if not k.endswith("At")}
    said = report_on([event]).to_dict()
    assert (said["alerts"], said["days"], said["first"]) == (1, {}, None)


@given(st.lists(strategies.task_events() | st.sampled_from(EVENTS), max_size=8), st.integers(0, 8))
def test_reports_add_up(events: list[Any], middle: int) -> None:
    """Of any parts of an archive, also where they were built in other processes."""
    whole = report_on(events)
    report = report_on(events[:middle])
    report.merge(pickle.loads(pickle.dumps(report_on(events[middle:]))))  # noqa: S301 - our own
    assert report == whole
    assert json.loads(json.dumps(report.to_dict()))["events"] == whole.events == len(events)


@given(st.lists(strategies.task_events() | st.sampled_from(EVENTS), max_size=8), st.integers(0, 8))
def test_comparisons_add_up(events: list[Any], middle: int) -> None:
    whole, first, second = (Comparison.of(STRICT, LENIENT) for _ in range(3))
    for event in events:
        whole.add(event)
    for part, comparison in ((events[:middle], first), (events[middle:], second)):
        for event in part:
            comparison.add(event)
    first.merge(second)
    assert first == whole


def test_a_report_is_the_same_after_it_was_written() -> None:
    report = report_on(EVENTS)
    report.to_dict()
    assert report == report_on(EVENTS)


def test_reports_of_different_policies_do_not_add_up() -> None:
    report = report_on(EVENTS)
    with pytest.raises(ValueError, match="expected two reports with the same policy"):
        report.merge(report_on(EVENTS, LENIENT))
    assert report == report_on(EVENTS)


@pytest.mark.parametrize("other", [(LENIENT, LENIENT), (STRICT, STRICT)])
def test_comparisons_of_different_policies_do_not_add_up(
    other: tuple[FailurePolicy, FailurePolicy],
) -> None:
    """Nothing is counted then."""
    comparison, added = Comparison.of(STRICT, LENIENT), Comparison.of(*other)
    added.add(EVENTS[0])
    with pytest.raises(ValueError, match="expected two reports with the same policy"):
        comparison.merge(added)
    assert comparison == Comparison.of(STRICT, LENIENT)


def test_a_comparison_has_what_each_policy_says() -> None:
    comparison = Comparison.of(STRICT, LENIENT)
    for event in EVENTS:
        comparison.add(event)
    assert comparison.a == report_on(EVENTS, STRICT)
    assert comparison.b == report_on(EVENTS, LENIENT)


def test_a_change_names_what_was_and_what_would_be() -> None:
    comparison = Comparison.of(STRICT, LENIENT)
    for event in EVENTS:
        comparison.add(event)
    changes = comparison.to_dict()["changes"]
    assert changes[0] == {
        "cause": "container_exit",
        "workload": {"type": "service", "name": "api"},
        "a": "error",
        "b": "silent",
        "events": 1,
        "first": "2026-11-02T10:00:00.000Z",
        "last": "2026-11-02T10:00:00.000Z",
        "examples": [EVENTS[2]["detail"]["taskArn"]],
    }
    assert [change["workload"]["name"] for change in changes] == ["api", "web"]


def test_a_change_has_three_examples() -> None:
    comparison = Comparison.of(STRICT, LENIENT)
    for _ in range(5):
        comparison.add(EVENTS[0])
    (change,) = comparison.to_dict()["changes"]
    assert (change["events"], len(change["examples"])) == (5, 3)


@pytest.mark.parametrize("event", EVENTS[4:])
def test_equal_policies_differ_in_nothing(event: Any) -> None:
    comparison = Comparison.of(STRICT, FailurePolicy())
    comparison.add(event)
    assert comparison.to_dict()["changes"] == []
