"""What users test with: events, a notifier that records, and an inbox."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import DeliveryError, FailureAlerter, Receipt, parse_event
from ecs_failure_alerts import testing as ours
from ecs_failure_alerts.testing import ABSENT, RecordingNotifier, task_state_change


def test_default_event_is_a_failure() -> None:
    """The event without changes is valid, and alerts."""
    recorder = RecordingNotifier()
    FailureAlerter(recorder).process(task_state_change()).raise_for_failures()
    assert [alert.title for alert in recorder.alerts] == ["ContainerExit: nightly-report"]


@pytest.mark.parametrize(
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
def test_changes(name: str, where: str, key: str) -> None:
    """A field is changed by its name in AWS's spelling or in snake_case, and only that."""
    event, plain = task_state_change(**{name: "changed"}), task_state_change()  # type: ignore[arg-type]
    fields = event[where] if where else event
    assert fields.pop(key) == "changed"
    (plain[where] if where else plain).pop(key, None)
    assert event == plain


def test_absent() -> None:
    """A field can be left out, even where it is not there."""
    event = task_state_change(startedAt=ABSENT, tags=ABSENT, account=ABSENT)
    assert "startedAt" not in event["detail"]
    assert "account" not in event
    assert repr(ABSENT) == "ABSENT"


def test_containers() -> None:
    """Containers are the default one, each with its changes."""
    event = task_state_change(containers=[{"exit_code": 3}, {"name": "b", "exitCode": ABSENT}])
    first, second = parse_event(event).containers
    assert (first.name, first.exit_code) == ("app", 3)
    assert (second.name, second.exit_code) == ("b", None)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        pytest.param({"stopCod": 1}, "did you mean 'stopCode'", id="near"),
        pytest.param({"xyzzy": 1}, "no field 'xyzzy'", id="unknown"),
        pytest.param({"exitCode": 1}, r"'exitCode' is a container's: ", id="a-containers-field"),
        pytest.param(
            {"exit_code": 1},
            r"'exit_code' is a container's: containers=\[{'exitCode': ...}\]",
            id="a-containers-field-in-snake-case",
        ),
        pytest.param({"containers": [{"stopCode": 1}]}, "stopCode", id="a-tasks-field"),
        pytest.param({"containers": [{"exitcode": 1}]}, "did you mean 'exitCode'", id="near-too"),
    ],
)
def test_no_such_field(changes: dict[str, Any], hint: str) -> None:
    """A field that AWS does not have there is refused: a test with a slip would test nothing."""
    with pytest.raises(TypeError, match=hint):
        task_state_change(**changes)


@pytest.mark.parametrize(
    ("containers", "message"),
    [
        ({"exitCode": 1}, r"^containers: expected a list of mappings of fields, got an object$"),
        (ABSENT, r"^containers: expected a list of mappings"),
        (5, r"^containers: expected a list of mappings of fields, got 5$"),
        ([{}, 1], r"^containers\[1\]: expected a mapping of fields, got 1$"),
    ],
    ids=repr,
)
def test_containers_of_another_kind(containers: Any, message: str) -> None:
    """Containers are a list of mappings; anything else is refused by its place."""
    with pytest.raises(TypeError, match=message):
        task_state_change(containers=containers)


def test_replayed() -> None:
    """An event that was replayed from an archive has the name of the replay."""
    assert task_state_change(replay_name="r")["replay-name"] == "r"


def test_a_new_event_each_time() -> None:
    """Changing one event does not change the next."""
    first = task_state_change()
    first["detail"]["containers"][0]["name"] = "changed"
    first["detail"]["overrides"]["containerOverrides"].clear()
    second = task_state_change(containers=[{}])
    assert second["detail"]["containers"][0]["name"] == "app"
    assert second["detail"]["overrides"]["containerOverrides"]


def test_recording_notifier() -> None:
    """It confirms and keeps alerts, and raises what it is told to."""
    recorder = RecordingNotifier(name="mine")
    (outcome,) = FailureAlerter(recorder).process(task_state_change()).outcomes
    assert outcome.receipts == (Receipt("mine", recorder.alerts[0].event_id),)
    recorder.error = DeliveryError("no", retryable=False)
    assert FailureAlerter(recorder).process(task_state_change()).failures
    assert len(recorder.alerts) == 1


def test_public_names() -> None:
    """Every public name is there."""
    assert all(hasattr(ours, name) for name in ours.__all__)
