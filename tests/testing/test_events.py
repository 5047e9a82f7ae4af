"""The events that users change in their tests."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import FailureAlerter, parse_event
from ecs_failure_alerts import testing as ours
from ecs_failure_alerts.testing import ABSENT, RecordingNotifier, task_state_change
from rows import each


def test_the_default_event_alerts() -> None:
    recorder = RecordingNotifier()
    FailureAlerter(recorder).process(task_state_change()).raise_for_failures()
    assert [alert.title for alert in recorder.alerts] == ["ContainerExit: nightly-report"]


@each(
    ("name", "where", "key"),
    [
        pytest.param("stopCode", "detail", "stopCode", id="aws"),
        pytest.param("stop_code", "detail", "stopCode", id="snake-case"),
        pytest.param("capacity_provider_name", "detail", "capacityProviderName", id="no-default"),
        pytest.param("version", "detail", "version", id="version-is-the-tasks"),
        pytest.param("detail_type", "", "detail-type", id="detail-type"),
        pytest.param("source", "", "source", id="source"),
        pytest.param("id", "", "id", id="id"),
    ],
)
def test_a_change_reaches_its_field_and_no_other(name: str, where: str, key: str) -> None:
    event, plain = task_state_change(**{name: "changed"}), task_state_change()  # type: ignore[arg-type]
    fields = event[where] if where else event
    assert fields.pop(key) == "changed"
    (plain[where] if where else plain).pop(key, None)
    assert event == plain


def test_a_field_can_be_left_out_even_where_there_is_none() -> None:
    event = task_state_change(startedAt=ABSENT, tags=ABSENT, account=ABSENT)
    assert "startedAt" not in event["detail"]
    assert "account" not in event
    assert repr(ABSENT) == "ABSENT"


def test_each_container_is_the_default_one_with_its_changes() -> None:
    event = task_state_change(containers=[{"exit_code": 3}, {"name": "b", "exitCode": ABSENT}])
    first, second = parse_event(event).containers
    assert (first.name, first.exit_code) == ("app", 3)
    assert (second.name, second.exit_code) == ("b", None)


@each(
    ("changes", "hint"),
    [
        pytest.param({"stopCod": 1}, "did you mean 'stopCode'", id="near"),
        pytest.param({"xyzzy": 1}, "unknown field 'xyzzy': expected a field", id="unknown"),
        pytest.param(
            {"exitCode": 1}, r"'exitCode' is a field of a container: use ", id="a-containers-field"
        ),
        pytest.param(
            {"exit_code": 1},
            r"'exit_code' is a field of a container: use containers=\[{'exitCode': ...}\]",
            id="a-containers-field-in-snake-case",
        ),
        pytest.param({"containers": [{"stopCode": 1}]}, "stopCode", id="a-tasks-field"),
        pytest.param({"containers": [{"exitcode": 1}]}, "did you mean 'exitCode'", id="near-too"),
    ],
)
def test_a_field_that_aws_does_not_have_there_is_refused(
    changes: dict[str, Any], hint: str
) -> None:
    """A test with a slip in a name would test nothing."""
    with pytest.raises(TypeError, match=hint):
        task_state_change(**changes)


@each(
    ("containers", "message"),
    [
        ({"exitCode": 1}, r"^containers: expected a list of mappings of fields, got an object$"),
        (ABSENT, r"^containers: expected a list of mappings"),
        (5, r"^containers: expected a list of mappings of fields, got 5$"),
        ([{}, 1], r"^containers\[1\]: expected a mapping of fields, got 1$"),
    ],
    ids=repr,
)
def test_containers_that_are_no_list_of_mappings_are_refused_by_place(
    containers: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        task_state_change(containers=containers)


def test_the_name_of_a_replay_is_a_field() -> None:
    """EventBridge adds it to what comes from an archive."""
    assert task_state_change(replay_name="r")["replay-name"] == "r"


def test_changing_one_event_does_not_change_the_next() -> None:
    first = task_state_change()
    first["detail"]["containers"][0]["name"] = "changed"
    first["detail"]["overrides"]["containerOverrides"].clear()
    second = task_state_change(containers=[{}])
    assert second["detail"]["containers"][0]["name"] == "app"
    assert second["detail"]["overrides"]["containerOverrides"]


def test_every_public_name_is_there() -> None:
    assert all(hasattr(ours, name) for name in ours.__all__)
