"""No foreign name forges a line, steers a screen or grows a text, wherever it shows."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    DeliveryFailed,
    EcsFailureAlertsError,
    EventError,
    FailureAlerter,
    FailurePolicy,
    function_notifier,
    judge,
)
from ecs_failure_alerts._texts import clean, echo
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.testing import task_state_change
from rows import each
from strategies import CHARACTERS

HOSTILE = {
    "half-surrogate": "a\ud800b",
    "newline": "a\nERROR forged",
    "override": "a\u202egnp.exe",
    "escape": "a\x1b[2Jb",
    "long": "x" * 1_000_000,
}
LONGEST = 30_000


def event(name: str) -> dict[str, Any]:
    """Build a failure in which every free text is *name*."""
    return task_state_change(
        group=f"service:{name}",
        startedBy=name,
        clusterArn=f"arn:aws:ecs:eu-central-1:123456789012:cluster/{name}",
        taskArn=f"arn:aws:ecs:eu-central-1:123456789012:task/jobs/{name}",
        stoppedReason=name,
        containers=[{"name": name, "exitCode": 1, "reason": name}],
    )


def texts(value: Any) -> Iterator[str]:
    """Return every text in a value of JSON, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts(key)
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_what_errors_reports_and_logs_show_of_names_is_short_and_printable(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ecs_failure_alerts")

    def refuse(alert: Alert) -> None:
        raise DeliveryError(f"refused {name}: {alert.title}", retryable=False)

    alerter = FailureAlerter(function_notifier(refuse))
    report = alerter.process([event(name), {"source": name}, {name: name}, name])

    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    shown = [str(caught.value), *(record.getMessage() for record in caplog.records)]
    shown += texts(report.to_dict())
    assert all(text.isprintable() and len(text) < LONGEST for text in shown)


@each("name", HOSTILE.values(), ids=HOSTILE)
def test_what_leaves_in_an_alert_is_cut_and_printable(name: str) -> None:
    """But for the lines of the message."""
    alert = judge(event(name)).as_alert()
    for text in [*texts(alert.to_dict()), *texts(json.loads(json.dumps(sentry_event(alert))))]:
        assert text.replace("\n", "").isprintable()
        assert len(text) < LONGEST
    assert "\nERROR" not in alert.message


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Find the places of all strings in an event."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(part, (*place, key))


NOTICES = [
    json.loads(line)["event"]
    for line in (Path(__file__).parent / "notices" / "notices.jsonl").read_text().splitlines()
]
PLACES = [(number, place) for number, notice in enumerate(NOTICES) for place in _places(notice)]


def assert_a_hostile_string_leaves_clean(number: int, place: tuple[Any, ...]) -> None:
    """Assert it of the alert for a notice with a hostile string at a place."""
    value = notice = json.loads(json.dumps(NOTICES[number]))
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = "".join(HOSTILE.values())[: 2 * LONGEST]

    try:
        alert = judge(notice).as_alert()
    except EventError as error:
        shown = [str(error)]
    else:
        shown = [*texts(alert.to_dict()), *texts(json.loads(json.dumps(sentry_event(alert))))]
    for text in shown:
        assert text.replace("\n", "").isprintable(), place
        assert len(text) < LONGEST, place


@given(st.sampled_from(PLACES))
def test_what_leaves_in_the_alert_for_a_notice_is_cut_and_printable(
    where: tuple[int, tuple[Any, ...]],
) -> None:
    assert_a_hostile_string_leaves_clean(*where)


@each("key", ["jobDefinition", "jobId", "stateMachineArn"])
def test_a_name_of_a_job_or_a_workflow_is_cut_and_printable(key: str) -> None:
    for number, place in PLACES:
        if place[-1] == key:
            assert_a_hostile_string_leaves_clean(number, place)


@given(st.text(CHARACTERS), st.integers(3, 50))
def test_clean_text_is_printable_and_short(text: str, limit: int) -> None:
    """Any text becomes printable within its limit, and printable text is left alone."""
    cleaned = clean(text, limit)
    assert cleaned.isprintable()
    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned
    if text.isprintable() and len(text) <= limit:
        assert cleaned == text


@given(st.text(CHARACTERS))
def test_an_echo_is_printable(text: str) -> None:
    """What a message quotes is printable and says what steers a screen by its code."""
    assert echo(text).isprintable()


@given(st.text(CHARACTERS))
def test_the_text_of_an_error_is_printable(text: str) -> None:
    """No error of the library has more than one line."""
    assert str(EcsFailureAlertsError(text)).isprintable()


@each(
    "refuse",
    [
        pytest.param(lambda name: FailurePolicy(clusters=[name]), id="cluster"),
        pytest.param(lambda name: FailurePolicy(services=name), id="services"),
        pytest.param(lambda name: FailurePolicy(ignore_exit_codes=[name]), id="exit-code"),
        pytest.param(lambda name: FailurePolicy(levels={(name, "*"): None}), id="cause"),
        pytest.param(lambda name: FailurePolicy(levels={name: None}), id="levels"),
        pytest.param(lambda name: task_state_change(**dict[str, Any]({name: 1})), id="field"),
    ],
)
def test_what_refuses_an_argument_shows_its_beginning_alone(refuse: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        refuse("a\n\u202e\ud800!" * 100_000)
    assert len(str(caught.value)) < 3000
    assert str(caught.value).isprintable()
