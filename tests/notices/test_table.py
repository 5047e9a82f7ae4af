"""Which reader takes which event, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_failure_alerts import EventError, UnsupportedEvent
from ecs_failure_alerts.notices import READERS, parse_notice
from ecs_failure_alerts.sources._records import NOTICES
from ecs_failure_alerts.testing import deployment_state_change
from rows import each


def test_every_fault_is_named_at_once() -> None:
    """Not only the first field of a wrong type is told."""
    event = {
        "source": "aws.ecs",
        "detail-type": "ECS Container Instance Health Change",
        "detail": {"overallStatus": 7, "healthChecks": [1, {"status": []}], "clusterArn": {}},
    }
    with pytest.raises(EventError) as caught:
        parse_notice(event)
    assert [problem.path for problem in caught.value.problems] == [
        "detail.overallStatus",
        "detail.healthChecks[0]",
        "detail.healthChecks[1].status",
        "detail.clusterArn",
    ]


def test_the_notices_of_other_sources_are_searched_for_in_foreign_events() -> None:
    assert {kind for kind in READERS if kind[0] != "aws.ecs"} == set(NOTICES)


@each("event", [[], "[]", b"7", {"source": "aws.ecs"}, {"source": 1}, "{"])
def test_what_is_no_event_is_refused(event: Any) -> None:
    """Anything but an object with a source and a type is an error, not a notice."""
    with pytest.raises(EventError):
        parse_notice(event)


def test_a_notice_may_be_given_as_text() -> None:
    """JSON text reads as the mapping does."""
    event = deployment_state_change()
    assert parse_notice(json.dumps(event)) == parse_notice(event)


@each("kind", sorted(READERS), ids=" ".join)
def test_a_known_event_without_a_detail_is_malformed(kind: tuple[str, str]) -> None:
    source, detail_type = kind
    with pytest.raises(EventError) as caught:
        parse_notice({"source": source, "detail-type": detail_type})
    assert not isinstance(caught.value, UnsupportedEvent)
    assert caught.value.problems[0].path == "detail"


@pytest.mark.parametrize(
    ("resources", "path"),
    [("service/api", "resources"), ([7, "a"], "resources[0]"), ({}, "resources")],
)
def test_resources_of_another_form_are_a_fault(resources: Any, path: str) -> None:
    """They name the service, so nobody would know whose event it is."""
    with pytest.raises(EventError) as caught:
        parse_notice(deployment_state_change() | {"resources": resources})
    assert [problem.path for problem in caught.value.problems] == [path]
