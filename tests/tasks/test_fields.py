"""The fields of task events, derived from the typed classes."""

from __future__ import annotations

import attrs

from ecs_failure_alerts.tasks.events import Container, TaskStateChange, aws_name
from ecs_failure_alerts.tasks.fields import CONTAINER, DETAIL, ENVELOPE, FIELDS, snake_case


def test_every_attribute_of_the_typed_classes_is_a_field() -> None:
    """A field that is added to a class is known to patterns and tests at once."""
    task = {aws_name(attribute.name) for attribute in attrs.fields(TaskStateChange)} - {
        "raw",
        "faults",
    }
    container = {aws_name(attribute.name) for attribute in attrs.fields(Container)} - {"raw"}
    assert task <= ENVELOPE.keys() | DETAIL.keys()
    assert container <= CONTAINER.keys()


def test_kinds_are_those_of_events() -> None:
    """Sizes are strings and times are texts, as they stand in events."""
    kinds = {
        path: FIELDS[path].kind for path in ("detail.cpu", "detail.stoppedAt", "detail.version")
    }
    assert kinds == {"detail.cpu": "text", "detail.stoppedAt": "text", "detail.version": "number"}
    assert FIELDS["detail.containers"].kind == "object"
    assert FIELDS["detail.containers.exitCode"].kind == "number"


def test_names_are_spelled_both_ways() -> None:
    """One spelling follows from the other."""
    assert all(aws_name(snake_case(name)) == name for name in DETAIL.keys() | CONTAINER.keys())
