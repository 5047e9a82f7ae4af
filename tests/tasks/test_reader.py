"""From JSON to typed events: tolerant of what AWS varies, exact about what is wrong."""

from __future__ import annotations

import json
import traceback
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import (
    Container,
    EventError,
    Problem,
    UnsupportedEvent,
    diagnose,
    parse_event,
)
from ecs_failure_alerts._texts import echo, kind
from ecs_failure_alerts.tasks.reader import _READERS
from ecs_failure_alerts.tasks.scalars import Unexpected
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

TASK = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d"

#: Every path that is strictly typed, by what may stand there.
TEXTS: Final = (
    ("id",),
    ("account",),
    ("region",),
    ("detail", "taskArn"),
    ("detail", "clusterArn"),
    ("detail", "taskDefinitionArn"),
    ("detail", "desiredStatus"),
    ("detail", "group"),
    ("detail", "startedBy"),
    ("detail", "launchType"),
    ("detail", "capacityProviderName"),
    ("detail", "containerInstanceArn"),
    ("detail", "platformVersion"),
    ("detail", "availabilityZone"),
    ("detail", "stopCode"),
    ("detail", "stoppedReason"),
    ("detail", "containers", 0, "lastStatus"),
    ("detail", "containers", 1, "reason"),
    ("detail", "containers", 0, "image"),
    ("detail", "containers", 1, "imageDigest"),
    ("detail", "containers", 0, "containerArn"),
    ("detail", "containers", 1, "runtimeId"),
)
REQUIRED: Final = (
    ("source",),
    ("detail-type",),
    ("detail", "lastStatus"),
    ("detail", "containers", 0, "name"),
    ("detail", "containers", 1, "name"),
)
INTEGERS: Final = (
    ("detail", "version"),
    ("detail", "containers", 0, "exitCode"),
    ("detail", "containers", 1, "exitCode"),
)
AMOUNTS: Final = (
    ("detail", "cpu"),
    ("detail", "memory"),
    ("detail", "containers", 0, "memory"),
    ("detail", "containers", 1, "memoryReservation"),
)
TIMES: Final = (
    ("time",),
    ("detail", "createdAt"),
    ("detail", "pullStartedAt"),
    ("detail", "pullStoppedAt"),
    ("detail", "startedAt"),
    ("detail", "executionStoppedAt"),
    ("detail", "stoppingAt"),
    ("detail", "stoppedAt"),
    ("detail", "updatedAt"),
)
_COMPOUND: Final[list[Any]] = [{}, [], {"a": 1}, [1]]
FAULTS: Final[list[tuple[tuple[str | int, ...], list[Any]]]] = [
    *((path, [1, 1.5, True, *_COMPOUND]) for path in TEXTS),
    *((path, [None, 1, False, *_COMPOUND]) for path in REQUIRED),
    *((path, ["abc", "", "1.5", "0x1", " 1", 1.5, True, *_COMPOUND]) for path in INTEGERS),
    *((path, [1.5, False, *_COMPOUND]) for path in AMOUNTS),
    *((path, ["yesterday", "", True, float("nan"), 1e300, *_COMPOUND]) for path in TIMES),
]


def two_containers(**changes: Any) -> dict[str, Any]:
    """Return a valid event with two containers."""
    return task_state_change(containers=[{"name": "web"}, {"name": "api"}], **changes)


def by_repr(*values: Any) -> list[Any]:
    """Return parameters that are named by their values."""
    return [pytest.param(value, id=repr(value)) for value in values]


def plant(event: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    """Put *value* into *event* at *path*."""
    at: Any = event
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value


def spelled(path: tuple[str | int, ...]) -> str:
    """Return *path* as problems spell it."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).removeprefix(".")


def problems(event: Any) -> tuple[Problem, ...]:
    """Return the problems of an event that does not parse."""
    with pytest.raises(EventError) as caught:
        parse_event(event)
    return caught.value.problems


def parsed_or_refused(event: Any) -> object:
    """Return the diagnosis of an event, or the problems of one that does not parse."""
    try:
        return diagnose(parse_event(event))
    except EventError as error:
        return error.problems


def container_with(**fields: Any) -> Container:
    """Return the container of an event with one, which has these fields."""
    (container,) = parse_event(task_state_change(containers=[fields])).containers
    return container


def test_every_field_that_is_named_has_the_events_value() -> None:
    """In snake_case."""
    task = parse_event(task_state_change(capacityProviderName="FARGATE"))
    assert task.last_status == "STOPPED"
    assert task.id == "7bf73129-1428-4cd3-a780-95db273d1602"
    assert (task.account, task.region) == ("123456789012", "eu-central-1")
    assert task.time == datetime(2026, 3, 2, 2, 14, 9, tzinfo=UTC)
    assert task.task_arn == TASK
    assert task.version == 5
    assert task.desired_status == "STOPPED"
    assert task.group == "family:nightly-report"
    assert task.started_by == "chronos-schedule/nightly-report"
    assert (task.launch_type, task.capacity_provider_name) == ("FARGATE", "FARGATE")
    assert (task.platform_version, task.availability_zone) == ("1.4.0", "eu-central-1b")
    assert (task.cpu, task.memory) == ("256", "512")
    assert task.stopped_at == datetime(2026, 3, 2, 2, 14, 8, 912000, tzinfo=UTC)
    assert task.stop_code == "EssentialContainerExited"
    assert task.stopped_reason == "Essential container in task exited"


def test_every_field_of_a_container_that_is_named_has_the_events_value() -> None:
    container = container_with(reason="r", memory="64", memoryReservation=32)
    assert container.name == "app"
    assert container.last_status == "STOPPED"
    assert container.exit_code == 1
    assert container.reason == "r"
    assert container.image is not None
    assert container.image.endswith("nightly-report:1.4.2")
    assert container.image_digest is not None
    assert container.image_digest.startswith("sha256:")
    assert (container.memory, container.memory_reservation) == ("64", "32")
    assert container.runtime_id is not None


@each(
    "encode",
    [
        pytest.param(dict, id="mapping"),
        pytest.param(json.dumps, id="text"),
        pytest.param(lambda event: json.dumps(event).encode(), id="bytes"),
        pytest.param(lambda event: bytearray(json.dumps(event).encode()), id="bytearray"),
        pytest.param(lambda event: json.dumps(event).encode("utf-8-sig"), id="byte-order-mark"),
        pytest.param(lambda event: json.dumps(event).encode("utf-16"), id="utf-16"),
    ],
)
def test_an_event_means_the_same_as_a_mapping_as_text_and_as_bytes(encode: Any) -> None:
    event = task_state_change()
    assert parse_event(encode(event)) == parse_event(event)


def test_an_event_with_nothing_but_a_status_parses() -> None:
    """What is absent is None."""
    task = parse_event(
        {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": {"lastStatus": "X"}}
    )
    values = attrs.asdict(task, filter=lambda a, _: a.name not in {"raw", "last_status"})
    assert (values.pop("containers"), values.pop("faults")) == ((), ())
    assert set(values.values()) == {None}


@each("path", [pytest.param(p, id=spelled(p)) for p in (*TEXTS, *INTEGERS, *AMOUNTS, *TIMES)])
def test_null_is_absent(path: tuple[str | int, ...]) -> None:
    """Null at any optional field is the same as no field."""
    event, without = two_containers(), two_containers()
    plant(event, path, None)
    at: Any = without
    for step in path[:-1]:
        at = at[step]
    at.pop(path[-1], None)
    assert parse_event(event) == parse_event(without)


@pytest.mark.parametrize("value", [pytest.param(None, id="null"), pytest.param([], id="empty")])
def test_containers_may_be_null_or_empty(value: Any) -> None:
    """The task was never placed."""
    event = task_state_change()
    event["detail"]["containers"] = value
    assert parse_event(event).containers == ()


@each(
    ("given_code", "code"),
    [
        pytest.param(0, 0, id="zero"),
        pytest.param("137", 137, id="string"),
        pytest.param("-1", -1, id="negative-string"),
        pytest.param(137.0, 137, id="whole-float"),
        pytest.param(3221225477, 3221225477, id="windows"),
        pytest.param(-1073741819, -1073741819, id="windows-negative"),
        pytest.param("4294967295", 4294967295, id="windows-string"),
        pytest.param(None, None, id="null"),
        pytest.param(ABSENT, None, id="absent"),
    ],
)
def test_an_exit_code_may_be_a_number_one_in_quotes_null_or_missing(
    given_code: Any, code: int | None
) -> None:
    assert container_with(exitCode=given_code).exit_code == code


@each(
    "code",
    [
        pytest.param("abc", id="word"),
        pytest.param("", id="empty"),
        pytest.param("1e2", id="exponent"),
        pytest.param("१२", id="other-digits"),
        pytest.param("1\n", id="line-end"),
        pytest.param(True, id="true"),
        pytest.param(1.5, id="fraction"),
        pytest.param(float("nan"), id="nan"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(10**5000, id="5000-digits"),
        pytest.param("9" * 5000, id="5000-digits-in-quotes"),
        pytest.param(1e300, id="float-of-300-digits"),
        pytest.param([1], id="list"),
        pytest.param({"code": 1}, id="object"),
    ],
)
def test_anything_else_as_an_exit_code_is_a_fault_at_its_path(code: Any) -> None:
    """It would change the verdict."""
    event = two_containers()
    event["detail"]["containers"][1]["exitCode"] = code
    (problem,) = problems(event)
    assert problem.path == "detail.containers[1].exitCode"
    assert problem.message.startswith("expected an integer")


@each(
    "code",
    [
        pytest.param(10**30, id="number"),
        pytest.param("1" * 31, id="in-quotes"),
        pytest.param("-" + "1" * 21, id="negative"),
        pytest.param(1e20, id="float"),
    ],
)
def test_an_exit_code_that_is_too_long_is_told_so(code: Any) -> None:
    """It is an integer, but no exit code: the message says what may stand there."""
    event = two_containers()
    event["detail"]["containers"][1]["exitCode"] = code
    (problem,) = problems(event)
    assert problem.message.startswith("expected an integer of at most 20 digits, got ")


@pytest.mark.parametrize("path", ["version", "cpu", "memory"])
def test_a_number_that_python_refuses_to_print_is_a_fault_like_any_other(path: str) -> None:
    event = task_state_change()
    event["detail"][path] = 10**5000
    assert [p.path for p in problems(event)] == [f"detail.{path}"]


@each(
    ("written", "micros"),
    [
        pytest.param("2026-03-02T02:14:08Z", 0, id="0-digits"),
        pytest.param("2026-03-02T02:14:08.9Z", 900000, id="1-digit"),
        pytest.param("2026-03-02T02:14:08.61Z", 610000, id="2-digits"),
        pytest.param("2026-03-02T02:14:08.912Z", 912000, id="3-digits"),
        pytest.param("2026-03-02T02:14:08.9123Z", 912300, id="4-digits"),
        pytest.param("2026-03-02T02:14:08.91234Z", 912340, id="5-digits"),
        pytest.param("2026-03-02T02:14:08.912345Z", 912345, id="6-digits"),
        pytest.param("2026-03-02T02:14:08.9123456Z", 912345, id="7-digits"),
        pytest.param("2026-03-02T02:14:08.91234567Z", 912345, id="8-digits"),
        pytest.param("2026-03-02T02:14:08.912345678Z", 912345, id="9-digits"),
        pytest.param("2026-03-02T03:14:08+01:00", 0, id="offset"),
        pytest.param("2026-03-01T18:14:08.5-08:00", 500000, id="negative-offset"),
        pytest.param("2026-03-02T02:14:08", 0, id="naive"),
        pytest.param("2026-03-02 02:14:08+00:00", 0, id="space"),
        pytest.param(1772417648, 0, id="epoch"),
        pytest.param(1772417648.25, 250000, id="epoch-fraction"),
    ],
)
def test_a_time_is_in_utc_whatever_its_digits_and_offset(written: Any, micros: int) -> None:
    """It may also be the API's epoch."""
    task = parse_event(task_state_change(stoppedAt=written))
    assert task.stopped_at == datetime(2026, 3, 2, 2, 14, 8, micros, tzinfo=UTC)
    assert task.stopped_at.tzinfo is UTC


def test_cpu_and_memory_may_be_numbers_instead_of_strings() -> None:
    """A number is taken as its digits."""
    task = parse_event(task_state_change(cpu=256, memory="512"))
    assert (task.cpu, task.memory) == ("256", "512")


def test_odd_values_of_fields_that_nobody_reads_hurt_nobody() -> None:
    """AWS's own sample has "false" and "null" as strings."""
    event = task_state_change(enableExecuteCommand="false", containers=[{"cpu": "null"}])
    assert parse_event(event).stopped


@each(
    ("path", "value"),
    [
        pytest.param(path, value, id=f"{spelled(path)}-{number}")
        for path, values in FAULTS
        for number, value in enumerate(values)
    ],
)
def test_wrong_type_is_reported_at_its_path(path: tuple[str | int, ...], value: Any) -> None:
    """A wrong type at a strictly typed path is one problem, at exactly that path."""
    event = two_containers()
    plant(event, path, value)
    assert [problem.path for problem in problems(event)] == [spelled(path)]


@given(
    st.lists(st.sampled_from(FAULTS), min_size=1, unique_by=lambda fault: fault[0]), st.randoms()
)
def test_all_faults_are_reported(
    faults: list[tuple[tuple[str | int, ...], list[Any]]], random: Any
) -> None:
    """However many faults there are, every one is reported, and nothing else."""
    event = two_containers()
    for path, values in faults:
        plant(event, path, random.choice(values))
    assert sorted(p.path for p in problems(event)) == sorted(spelled(path) for path, _ in faults)


@each(
    "container",
    by_repr(None, "web", 1, True, [], 1.5),
)
def test_a_container_that_is_no_object_is_a_fault_at_its_index(container: Any) -> None:
    event = task_state_change()
    event["detail"]["containers"].append(container)
    assert [p.path for p in problems(event)] == ["detail.containers[1]"]


@each("value", by_repr("web", 1, False, {}, 0.5))
def test_containers_that_are_no_list_are_a_fault(value: Any) -> None:
    event = task_state_change()
    event["detail"]["containers"] = value
    assert [p.path for p in problems(event)] == ["detail.containers"]


@each("value", by_repr(None, "{}", 1, False, [], 0.5))
def test_detail_that_is_no_object_is_a_fault(value: Any) -> None:
    assert [p.path for p in problems(task_state_change() | {"detail": value})] == ["detail"]


def test_an_event_without_detail_is_a_fault_beside_those_of_its_envelope() -> None:
    event = task_state_change(account=5)
    del event["detail"]
    assert [p.path for p in problems(event)] == ["account", "detail"]


@each(
    "value",
    by_repr(None, True, 0, 1.5, [], [{}], (1,)),
)
def test_what_is_no_object_is_one_fault_of_the_input_as_a_whole(value: Any) -> None:
    (problem,) = problems(value)
    assert problem.path == ""
    assert problem.message.startswith("expected an EventBridge event, got ")


def test_an_empty_object_lacks_what_makes_an_event() -> None:
    assert [p.path for p in problems({})] == ["source", "detail-type", "detail"]


@each(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut"),
        pytest.param("{} {}", id="two"),
        pytest.param(b"\xff\xfe\x00", id="broken-utf-16"),
        pytest.param(b"\x80abc", id="broken-utf-8"),
        pytest.param("[" * 100_000, id="deep-list"),
        pytest.param('{"a":' * 100_000, id="deep-object"),
        pytest.param('{"a":' + "9" * 5000 + "}", id="long-number"),
        pytest.param("\ud800", id="half-surrogate"),
        pytest.param("\0", id="nul"),
    ],
)
def test_text_that_is_no_readable_json_is_one_fault_of_the_input(text: Any) -> None:
    (problem,) = problems(text)
    assert problem.path == ""
    assert problem.message


@each(
    "event",
    [
        pytest.param('{"password": s3cr3t}', id="no-json"),
        pytest.param('{"a": NaN, "b": "s3cr3t"}', id="nan"),
        pytest.param(b'{"b": "s3cr3t\xff"}', id="no-utf-8"),
        pytest.param('["s3cr3t", ' + "9" * 5000 + "]", id="long-number"),
        pytest.param(task_state_change(stoppedAt="x" * 40 + "s3cr3t"), id="time"),
    ],
)
def test_no_error_behind_the_error_holds_the_text(event: Any) -> None:
    """Crash reporters may show it."""
    with pytest.raises(EventError) as caught:
        parse_event(event)
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cr3t" not in f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


def test_text_that_is_not_json_shows_nowhere_in_the_error() -> None:
    with pytest.raises(EventError) as caught:
        parse_event('{"password": s3cr3t}')
    shown = traceback.format_exception(caught.value)
    assert "s3cr3t" not in repr(caught.value) + "".join(
        line for line in shown if "File" not in line
    )


@each(
    ("source", "detail_type"),
    [
        pytest.param("aws.ecs", "ECS Service Action", id="service-action"),
        pytest.param("aws.ecs", "ECS Deployment State Change", id="deployment"),
        pytest.param("aws.ecs", "ECS Container Instance State Change", id="instance"),
        pytest.param("aws.ecs", "ECS Daemon Service Action", id="daemon"),
        pytest.param("aws.batch", "Batch Job State Change", id="batch"),
        pytest.param("my.app", "ECS Task State Change", id="other-source"),
        pytest.param("", "", id="empty"),
    ],
)
def test_an_event_of_another_source_or_type_is_unsupported_and_says_of_which(
    source: str, detail_type: str
) -> None:
    with pytest.raises(UnsupportedEvent) as caught:
        parse_event(task_state_change(source=source, detail_type=detail_type))
    assert isinstance(caught.value, EventError)
    assert (caught.value.source, caught.value.detail_type) == (source, detail_type)
    assert [p.path for p in caught.value.problems] == ["detail-type"]


def test_an_event_of_another_source_is_not_malformed_whatever_its_detail() -> None:
    """It is unsupported."""
    with pytest.raises(UnsupportedEvent):
        parse_event({"source": "aws.s3", "detail-type": "Object Created", "detail": None})


def test_the_text_of_an_error_has_every_problem_with_its_path() -> None:
    with pytest.raises(EventError) as caught:
        parse_event(task_state_change(lastStatus=None, cpu=[]))
    assert str(caught.value) == (
        "detail.lastStatus: expected a string, got nothing; "
        "detail.cpu: expected a string or an integer, got a list"
    )


@each(
    ("value", "said"),
    [
        pytest.param("a", '"a"', id="text"),
        pytest.param("a" * 40, f'"{"a" * 40}"', id="40-characters"),
        pytest.param("a" * 41, f'"{"a" * 37}..."', id="41-characters"),
        pytest.param('a"\n\0', '"a\\"\\n\\u0000"', id="escaped"),
        pytest.param("\ud800x", '"?x"', id="half-surrogate"),
        pytest.param("é", '"é"', id="accent"),
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(12, "12", id="integer"),
        pytest.param(10**40, "a number of over 40 digits", id="long-integer"),
        pytest.param(1 - 10**40, "a number of over 40 digits", id="long-negative-integer"),
        pytest.param(1 - 10**39, str(1 - 10**39), id="40-characters-with-sign"),
        pytest.param({"secret": "x"}, "an object", id="object"),
        pytest.param(["secret"], "a list", id="list"),
        pytest.param(b"secret", "a string", id="bytes"),
        pytest.param({1}, "a Python set", id="python"),
    ],
)
def test_a_message_shows_at_most_40_characters_of_a_scalar(value: Any, said: str) -> None:
    """Of anything else it shows the kind."""
    assert echo(value) == said


@each(
    ("value", "said"),
    [
        pytest.param("secret", "a string", id="text"),
        pytest.param(5, "a number", id="number"),
        pytest.param(False, "false", id="false"),
        pytest.param(None, "null", id="null"),
        pytest.param((), "a list", id="tuple"),
    ],
)
def test_the_kind_of_a_value_is_its_json_type(value: Any, said: str) -> None:
    assert kind(value) == said


def test_raw_is_the_event() -> None:
    """The event and its containers are reachable as they came."""
    event = task_state_change()
    task = parse_event(event)
    assert task.raw is event
    assert task.containers[0].raw is event["detail"]["containers"][0]


def test_the_event_that_was_handed_over_stays_as_it_was() -> None:
    event = two_containers(version="5", cpu=256)
    before = deepcopy(event)
    diagnose(parse_event(event))
    assert event == before


def test_classes_are_frozen() -> None:
    """Events and containers cannot be changed."""
    task = parse_event(task_state_change())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        task.last_status = "RUNNING"  # type: ignore[misc]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        task.containers[0].exit_code = 0  # type: ignore[misc]


def test_classes_are_hashable() -> None:
    """Events that say the same are equal and have the same hash, whatever else they hold."""
    task = parse_event(task_state_change())
    same = parse_event(task_state_change() | {"more": 1})
    assert {task, same} == {task}


@each(
    ("changes", "attribute", "value"),
    [
        pytest.param({}, "task_id", "0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d", id="task-id"),
        pytest.param({"taskArn": "arn:aws:ecs:r:1:task/1-2"}, "task_id", "1-2", id="old-task-id"),
        pytest.param({"taskArn": ABSENT}, "task_id", None, id="no-task-id"),
        pytest.param({}, "cluster", "jobs", id="cluster"),
        pytest.param({"clusterArn": ABSENT}, "cluster", None, id="no-cluster"),
        pytest.param({"clusterArn": "jobs"}, "cluster", None, id="no-cluster-arn"),
        pytest.param({}, "task_definition", "nightly-report:17", id="task-definition"),
        pytest.param({}, "family", "nightly-report", id="family"),
        pytest.param(
            {"taskDefinitionArn": ABSENT, "group": "family:x"}, "family", "x", id="group-family"
        ),
        pytest.param({"taskDefinitionArn": ABSENT, "group": "x"}, "family", None, id="no-family"),
        pytest.param({"group": "service:web"}, "service", "web", id="service"),
        pytest.param({"group": "service:"}, "service", None, id="service-without-name"),
        pytest.param({}, "service", None, id="no-service"),
        pytest.param({}, "partition", "aws", id="partition"),
        pytest.param({"taskArn": "arn:aws-cn:ecs:r:1:task/1"}, "partition", "aws-cn", id="china"),
        pytest.param({"taskArn": "nonsense"}, "partition", None, id="no-arn"),
        pytest.param({"taskArn": TASK, "account": ABSENT}, "account", "123456789012", id="account"),
        pytest.param({"region": ABSENT}, "region", "eu-central-1", id="region"),
        pytest.param(
            {"taskArn": ABSENT, "account": ABSENT}, "account", "123456789012", id="by-cluster"
        ),
        pytest.param({"lastStatus": "STOPPED"}, "stopped", True, id="stopped"),
        pytest.param({"lastStatus": "stopped"}, "stopped", False, id="case-counts"),
        pytest.param({"lastStatus": "DELETED"}, "stopped", False, id="deleted"),
    ],
)
def test_names_come_from_arns_and_group(
    changes: dict[str, Any], attribute: str, value: Any
) -> None:
    """Account and Region too where the envelope lacks them."""
    assert getattr(parse_event(task_state_change(**changes)), attribute) == value


@each(
    ("overrides", "names"),
    [
        pytest.param(ABSENT, set(), id="absent"),
        pytest.param(None, set(), id="null"),
        pytest.param("x", set(), id="text"),
        pytest.param({"containerOverrides": None}, set(), id="null-list"),
        pytest.param({"containerOverrides": {"name": "x"}}, set(), id="object"),
        pytest.param({"containerOverrides": [None, 1, {}]}, set(), id="odd-members"),
        pytest.param({"containerOverrides": [{"environment": "x"}]}, set(), id="odd-variables"),
        pytest.param(
            {"containerOverrides": [{"environment": [None, {"name": 5}, {"name": "A"}]}]},
            {"A"},
            id="past-odd-ones",
        ),
        pytest.param(
            {"containerOverrides": [{"environment": [{"name": "A", "value": "v"}]}, {}]},
            {"A"},
            id="name",
        ),
    ],
)
def test_the_names_of_variables_in_the_overrides_are_found_and_no_values(
    overrides: Any, names: set[str]
) -> None:
    """Past anything odd."""
    assert parse_event(task_state_change(overrides=overrides)).override_variables == names


@each(("replay", "name"), [("march", "march"), (ABSENT, None), (5, None)])
def test_an_event_knows_the_replay_that_sent_it(replay: Any, name: str | None) -> None:
    """It is None for an original event, and for what is no name."""
    assert parse_event(task_state_change(**{"replay-name": replay})).replay_name == name


@given(strategies.json_values())
@example({"source": None, "detail-type": None, "detail": {"containers": [None]}})
def test_any_json_value_parses_or_is_an_event_error(value: Any) -> None:
    """As a value and as text."""
    for form in (value, json.dumps(value)):
        assert parsed_or_refused(form)


@given(strategies.task_events(), strategies.json_values(), st.data())
def test_any_json_value_at_any_place_parses_or_is_an_event_error(
    event: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    at: Any = event
    while isinstance(at, dict | list) and at:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        parent, at = at, at[key]
        if data.draw(st.booleans()):
            break
    parent[key] = value
    assert parsed_or_refused(event)


@given(strategies.task_events())
def test_every_generated_event_parses_as_a_value_and_as_text(event: dict[str, Any]) -> None:
    assert parse_event(event) == parse_event(json.dumps(event))


@given(strategies.task_events(secrets=strategies.secret_texts()), st.sampled_from(FAULTS))
def test_neither_a_repr_nor_an_error_shows_anything_of_the_overrides(
    event: dict[str, Any], fault: tuple[tuple[str | int, ...], list[Any]]
) -> None:
    task = parse_event(event)
    assert "s3cr3t" not in repr(task) + repr(task.containers)
    path, values = fault
    event["detail"]["containers"] = [{"name": "a"}, {"name": "b"}]
    plant(event, path, values[-1])
    with pytest.raises(EventError) as caught:
        parse_event(event)
    error = caught.value
    said = [str(error), repr(error), repr(error.problems), repr(error.__cause__)]
    assert "s3cr3t" not in "".join(said)


class Fickle(dict[str, Any]):
    """A mapping that gives something else the second time it is asked for a detail."""

    def __init__(self, first: Any, then: dict[str, Any]) -> None:
        super().__init__(then)
        self.held = [first]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the first detail once."""
        if key == "detail" and self.held:
            return self.held.pop()
        return super().get(key, default)


def test_fault_that_is_not_found_again() -> None:
    """An event that cannot be read is never an error without a problem."""
    with pytest.raises(Unexpected):
        parse_event(Fickle("no detail", task_state_change()))


@pytest.mark.parametrize("kind_of_attribute", _READERS)
def test_a_value_that_need_not_be_read_would_be_read_as_it_is(kind_of_attribute: str) -> None:
    read, plain = _READERS[kind_of_attribute]
    samples: dict[type, Any] = {str: "2048", type(None): None}
    assert [read(samples[kept]) for kept in plain] == [samples[kept] for kept in plain]
