"""The typical events: what they are called, and that the diagnosis agrees with them."""

from __future__ import annotations

from ecs_failure_alerts import FailurePolicy, diagnose, parse_event
from ecs_failure_alerts.task_patterns import TypicalEvent, coverage
from rows import each

EVERYTHING = coverage({"source": ["aws.ecs"]})
EVENTS = EVERYTHING.caught + EVERYTHING.woken


def test_there_are_some_sixty_with_titles_of_their_own() -> None:
    """Titles tell events apart in reports."""
    assert 55 <= len(EVENTS) <= 70
    assert len({event.title for event in EVENTS}) == len(EVENTS)


def test_a_typical_event_reads_as_its_title() -> None:
    assert list(map(str, EVENTS)) == [event.title for event in EVENTS]


@each("event", EVENTS, ids=str)
def test_the_diagnosis_alerts_on_failures_only(event: TypicalEvent) -> None:
    """What is called a failure alerts by the default policy; nothing else does."""
    assert diagnose(parse_event(event.event)).alert is event.is_failure


@each("event", [event for event in EVENTS if event.is_failure], ids=str)
def test_the_default_pattern_takes_each_failure(event: TypicalEvent) -> None:
    """The rule of the default policy drops none of them."""
    assert FailurePolicy().event_pattern().matches(event.event)
