"""What leaves the account: named field by field, bounded, and the same at every delivery."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import Alert, FailurePolicy, build_alert, diagnose, parse_event
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

OOM = "OutOfMemoryError: Container killed due to memory usage"


def alert_for(event: dict[str, Any], policy: FailurePolicy | None = None) -> Alert:
    """Return the alert for an event, due or not."""
    task = parse_event(event)
    return build_alert(task, diagnose(task, policy or FailurePolicy()))


def alert(**changes: Any) -> Alert:
    """Return the alert for the standard event with these changes."""
    return alert_for(task_state_change(**changes))


def renamed(event: dict[str, Any]) -> dict[str, Any]:
    """Return *event* as another task of the same kind would have it: other ids, tags, text."""
    text = json.dumps(event)
    for name in ("0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d", "5c1e0f5a-1c5b-4a53-9c58-3d0f6f0f8f11"):
        text = text.replace(name, uuid4().hex)
    text = text.replace(":1.4.2", ":1.4.3").replace("sha256:4f53", "sha256:1234")
    text = text.replace("nightly-report:17", "nightly-report:18")
    changed: dict[str, Any] = json.loads(text)
    changed["id"] = str(uuid4())
    changed["time"] = changed["detail"]["stoppedAt"] = "2026-03-09T02:14:09Z"
    return changed


@each(
    ("changes", "title"),
    [
        pytest.param({}, "ContainerExit: nightly-report", id="exit"),
        pytest.param(
            {"containers": [{"exitCode": 137, "reason": OOM}]},
            "OutOfMemory: nightly-report",
            id="out-of-memory",
        ),
        pytest.param({"group": "service:web"}, "ContainerExit: web", id="service"),
        pytest.param(
            {"taskDefinitionArn": ABSENT, "group": ABSENT},
            "ContainerExit: a task in jobs",
            id="unnamed",
        ),
        pytest.param(
            {"taskDefinitionArn": ABSENT, "group": ABSENT, "clusterArn": ABSENT},
            "ContainerExit: a task",
            id="nothing-named",
        ),
        pytest.param(
            {"group": f"service:{'x' * 300}"}, f"ContainerExit: {'x' * 182}...", id="300-characters"
        ),
        pytest.param({"group": "service:a\nb\0c"}, "ContainerExit: a b?c", id="one-line"),
    ],
)
def test_the_title_is_the_cause_and_a_name_that_people_know(
    changes: dict[str, Any], title: str
) -> None:
    """On one line."""
    assert alert(**changes).title == title


def test_the_message_says_what_happened_what_is_not_known_and_what_to_do() -> None:
    """In whose words, too."""
    built = alert(
        stoppedReason="Nobody knows this.",
        containers=[
            {"name": "web", "exitCode": 143},
            {"name": "api", "exitCode": 137, "reason": "Killed by a moth"},
            {"name": "db", "exitCode": 0},
        ],
    )
    lines = built.message.split("\n")
    assert (
        lines[0] == "Scheduled task nightly-report failed: container api, exit code 137 (SIGKILL)."
    )
    assert lines[1].startswith("Where: cluster jobs, ")
    assert lines[2] == 'Container api: "Killed by a moth"'
    assert lines[3] == 'ECS says: "Nobody knows this."'
    assert lines[4].startswith("Next: ")


def test_of_a_kill_beside_a_clean_exit_the_message_says_what_is_not_known() -> None:
    built = alert(
        containers=[
            {"name": "web", "exitCode": 143},
            {"name": "api", "exitCode": 137},
            {"name": "db", "exitCode": 0},
        ]
    )
    lines = built.message.split("\n")
    assert lines[0].startswith(
        "Scheduled task nightly-report may have failed: container api, exit code 137"
    )
    assert "who sent the signal" in lines[2]
    assert "which one ended first" in lines[3]
    assert lines[4].startswith("Next: ")


@each(
    "changes",
    [
        pytest.param({"containers": [{"exitCode": 1}]}, id="bare-sentence"),
        pytest.param({"containers": [{"exitCode": 1}], "stoppedReason": ABSENT}, id="no-sentence"),
        pytest.param(
            {
                "stopCode": "TaskFailedToStart",
                "stoppedReason": "Task failed to start",
                "startedAt": ABSENT,
                "containers": [{"name": "init", "exitCode": 1}, {"exitCode": ABSENT}],
            },
            id="end-in-other-words",
        ),
    ],
)
def test_nothing_is_said_twice(changes: dict[str, Any]) -> None:
    """A message is the summary, the place and the next step, if there is nothing else to tell."""
    summary, _where, step = alert(**changes).message.split("\n")
    assert summary.startswith("Scheduled task nightly-report")
    assert step.startswith("Next: ")


def test_a_reason_that_ecs_says_of_the_task_too_is_told_once() -> None:
    text = "CannotPullContainerError: pull image manifest: toomanyrequests"
    start = {"stopCode": "TaskFailedToStart", "startedAt": ABSENT, "stoppedReason": text}
    built = alert(containers=[{"exitCode": ABSENT, "reason": text}], **start)
    assert built.message.count(text) == 1


def test_a_sentence_that_the_summary_quotes_is_told_once() -> None:
    text = "The flux capacitor is empty"
    built = alert(
        stopCode="TaskFailedToStart",
        startedAt=ABSENT,
        stoppedReason=f"{text}.",
        containers=[{"exitCode": ABSENT}],
    )
    assert built.message.count(text) == 1


def test_a_container_that_is_not_at_fault_has_no_line() -> None:
    """Its end is ECS's own stop."""
    built = alert(
        stopCode="ServiceSchedulerInitiated",
        stoppedReason="Task failed ELB health checks in (target-group x)",
        containers=[{"name": "web", "exitCode": 0}, {"name": "log_router", "exitCode": 143}],
    )
    assert "log_router" not in built.message


def test_the_alert_of_a_service_leads_to_the_service_too() -> None:
    """Its page shows whether other tasks run."""
    built = alert(group="service:checkout")
    assert built.links == {
        "Service": "https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/jobs/services/"
        "checkout?region=eu-central-1"
    }
    assert alert().links == {}


def test_the_message_has_the_containers_reason_on_one_line() -> None:
    built = alert(containers=[{"exitCode": 2, "reason": "first\nsecond\tthird"}])
    assert 'Container app: "first second third"' in built.message.split("\n")


def test_the_end_of_a_long_reason_is_told_unless_there_are_many() -> None:
    """IAM names the action that it denied behind the user and the image."""
    text = f"CannotPullContainerError: {'x' * 400} is not authorized to perform: ecr:BatchGetImage"
    few, many = (
        alert(containers=[{"name": n, "exitCode": 1, "reason": text} for n in names])
        for names in ("abc", "abcd")
    )
    assert few.message.count("ecr:BatchGetImage") == 3
    assert "ecr:BatchGetImage" not in many.message


def test_of_very_many_containers_twenty_are_told_those_at_fault_first() -> None:
    """In the message and the contexts."""
    names = [f"c{number:03}" for number in range(40)]
    built = alert(
        containers=[{"name": n, "exitCode": 0} for n in names] + [{"name": "z", "exitCode": 1}]
    )
    contexts = [name for name in built.contexts if name.startswith("container ")]
    assert len(contexts) == 20
    assert built.contexts["container 1"]["name"] == "z"
    many = alert(containers=[{"name": n, "exitCode": 1, "reason": "x"} for n in names])
    assert "... and 20 more containers" in many.message
    more = alert(containers=[{"name": n, "exitCode": 1, "reason": "x"} for n in names[:21]])
    assert "... and 1 more container\n" in more.message


def test_the_fingerprint_is_where_what_why_and_who() -> None:
    built = alert(containers=[{"name": "web", "exitCode": 137, "reason": OOM}, {"name": "db"}])
    assert built.fingerprint == (
        "ecs",
        "123456789012",
        "eu-central-1",
        "jobs",
        "scheduled:nightly-report",
        "out_of_memory",
        "web",
    )


@each(
    "changes",
    [
        pytest.param({"containers": [{"exitCode": 2}]}, id="exit-code"),
        pytest.param({"containers": [{"name": "web"}]}, id="culprit"),
        pytest.param({"containers": [{"exitCode": 1, "reason": OOM}]}, id="cause"),
        pytest.param({"group": "service:nightly-report"}, id="workload-type"),
        pytest.param({"taskDefinitionArn": ABSENT, "group": "family:x"}, id="workload-name"),
        pytest.param({"clusterArn": "arn:aws:ecs:eu-central-1:1:cluster/x"}, id="cluster"),
        pytest.param({"region": "us-east-1"}, id="region"),
        pytest.param({"account": "210987654321"}, id="account"),
    ],
)
def test_failures_of_different_kinds_have_different_fingerprints(changes: dict[str, Any]) -> None:
    assert alert(**changes).fingerprint != alert().fingerprint


def test_out_of_memory_is_one_group_whatever_the_exit_code() -> None:
    prints = {
        alert(containers=[{"exitCode": code, "reason": OOM}]).fingerprint for code in (0, 1, 137)
    }
    assert len(prints) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="exit"),
        pytest.param({"containers": [{"exitCode": 137, "reason": OOM}]}, id="out-of-memory"),
        pytest.param(
            {"stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError: x:1"},
            id="image-pull",
        ),
    ],
)
def test_a_task_that_fails_alike_has_another_id_and_the_same_fingerprint(
    changes: dict[str, Any],
) -> None:
    event = task_state_change(**changes)
    other = renamed(event)
    other["detail"]["stoppedReason"] = event["detail"]["stoppedReason"] + " (9 more times)"
    first, second = alert_for(event), alert_for(other)
    assert second.event_id != first.event_id
    assert second.fingerprint == first.fingerprint
    assert second.title == first.title


def test_random_container_does_not_split_groups() -> None:
    """GuardDuty's random name is not in the fingerprint."""
    prints = {
        alert(
            containers=[{"name": f"aws-guardduty-agent-{tail}", "exitCode": 1}, {"name": "web"}]
        ).fingerprint
        for tail in ("aaa", "bbb")
    }
    assert len(prints) == 1


@each(
    "changes",
    [
        pytest.param({"id": "another"}, id="envelope-id"),
        pytest.param({"time": "2026-04-01T00:00:00Z"}, id="time"),
        pytest.param({"version": 9}, id="version"),
        pytest.param({"stoppedReason": "x"}, id="text"),
        pytest.param({"account": ABSENT, "region": ABSENT}, id="bare-envelope"),
    ],
)
def test_event_id_is_the_tasks(changes: dict[str, Any]) -> None:
    """The event id and the time come from the task, whatever the delivery."""
    assert alert(**changes).event_id == alert().event_id
    assert alert(**changes).timestamp == alert().timestamp


def test_the_event_id_is_32_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", alert().event_id)


@pytest.mark.parametrize("arn", [ABSENT, None, ""], ids=["absent", "null", "empty"])
def test_without_a_task_arn_another_event_has_another_id(arn: Any) -> None:
    event = task_state_change(taskArn=arn)
    again = json.loads(json.dumps(event))
    again["detail"] = dict(reversed(again["detail"].items()))
    other = deepcopy(event) | {"id": "other"}
    ids = [alert_for(e).event_id for e in (event, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert re.fullmatch("[0-9a-f]{32}", ids[0])


def test_an_event_without_a_task_arn_has_an_id_however_deep_it_nests() -> None:
    deep: Any = {}
    for _ in range(50_000):
        deep = [deep]
    assert re.fullmatch("[0-9a-f]{32}", alert(taskArn=ABSENT, overrides=deep).event_id)


@each(
    ("missing", "field"),
    [
        pytest.param((), "stoppedAt", id="stopped"),
        pytest.param(("stoppedAt",), "executionStoppedAt", id="execution"),
        pytest.param(("stoppedAt", "executionStoppedAt"), "updatedAt", id="updated"),
        pytest.param(("stoppedAt", "executionStoppedAt", "updatedAt"), "time", id="time"),
        pytest.param(("stoppedAt", "executionStoppedAt", "updatedAt", "time"), None, id="none"),
    ],
)
def test_the_time_is_that_of_the_stop_or_the_next_best(
    missing: tuple[str, ...], field: str | None
) -> None:
    changes: dict[str, Any] = {
        "executionStoppedAt": "2026-01-01T01:00:00Z",
        "updatedAt": "2026-01-01T02:00:00Z",
        "stoppedAt": "2026-01-01T03:00:00Z",
        "time": "2026-01-01T04:00:00Z",
    }
    event = task_state_change(**changes | dict.fromkeys(missing, ABSENT))
    hours = {"executionStoppedAt": 1, "updatedAt": 2, "stoppedAt": 3, "time": 4}
    expected = datetime(2026, 1, 1, hours[field], tzinfo=UTC) if field else None
    assert alert_for(event).timestamp == expected


def test_tags_are_what_one_searches_for() -> None:
    """What is absent has no tag."""
    assert alert(containers=[{"exitCode": 137, "reason": OOM}]).tags == {
        "aws.account": "123456789012",
        "aws.region": "eu-central-1",
        "ecs.cause": "out_of_memory",
        "ecs.cluster": "jobs",
        "ecs.container": "app",
        "ecs.exit_code": "137",
        "ecs.family": "nightly-report",
        "ecs.image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/nightly-report",
        "ecs.image_digest": task_state_change()["detail"]["containers"][0]["imageDigest"],
        "ecs.image_tag": "1.4.2",
        "ecs.launch_type": "FARGATE",
        "ecs.started_by": "chronos-schedule/nightly-report",
        "ecs.stop_code": "EssentialContainerExited",
        "ecs.task_definition": "nightly-report:17",
        "ecs.task_id": "0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d",
        "ecs.workload": "scheduled",
    }


def test_a_container_instance_and_its_capacity_provider_are_tags() -> None:
    """What failed on one instance can be found together."""
    built = alert(
        containerInstanceArn="arn:aws:ecs:eu-central-1:1:container-instance/jobs/0c",
        launchType="EC2",
    )
    assert built.tags["ecs.container_instance"] == "0c"
    assert alert(capacityProviderName="spot").tags["ecs.capacity_provider"] == "spot"


@each(
    ("group", "tag"),
    [
        pytest.param("service:web", None, id="service"),
        pytest.param("family:etl", None, id="family"),
        pytest.param("night", "night", id="own"),
        pytest.param(ABSENT, None, id="none"),
    ],
)
def test_a_group_is_a_tag_only_where_somebody_chose_it(group: Any, tag: str | None) -> None:
    """Groups of ECS's own repeat the service or the family."""
    assert alert(group=group).tags.get("ecs.group") == tag


@pytest.mark.parametrize(
    ("containers", "tag"),
    [
        pytest.param([{"exitCode": 0, "image": "a:1"}], "1", id="only-one"),
        pytest.param([{"image": "a:1"}, {"name": "b", "image": "b:2"}], None, id="several"),
        pytest.param([], None, id="none"),
    ],
)
def test_without_a_culprit_the_image_is_that_of_the_only_container(
    containers: list[dict[str, Any]], tag: str | None
) -> None:
    """Of several containers it would be a guess."""
    spot = {"stopCode": "SpotInterruption", "stoppedReason": "Your Spot Task was interrupted."}
    assert alert(containers=containers, **spot).tags.get("ecs.image_tag") == tag


@each(
    ("name", "tag"),
    [
        pytest.param("a\nb", "a b", id="line-end"),
        pytest.param("x" * 300, "x" * 197 + "...", id="long"),
        pytest.param("\ud800", "?", id="half-surrogate"),
        pytest.param("a\0b", "a?b", id="nul"),
    ],
)
def test_a_tag_is_one_line_of_at_most_200_characters(name: str, tag: str) -> None:
    """Else Sentry loses it."""
    assert alert(containers=[{"name": name}]).tags["ecs.container"] == tag


@pytest.mark.parametrize("odd", ["\ud800", "\0"], ids=["half-surrogate", "nul"])
def test_what_no_backend_can_store_is_replaced_in_names_too(odd: str) -> None:
    """Wherever they stand."""
    built = alert(group=f"service:s{odd}", containers=[{"name": f"c{odd}"}])
    assert built.workload.name == "s?"
    assert built.fingerprint[4:] == ("service:s?", "container_exit", "c?=1")
    assert odd not in json.dumps(built.to_dict(), ensure_ascii=False)


def test_blank_tags_are_left_out() -> None:
    """A value that is only blanks makes no tag."""
    assert "ecs.container" not in alert(containers=[{"name": " \n"}]).tags


def test_the_timeline_has_the_known_points_of_the_tasks_life_oldest_first() -> None:
    built = alert(pullStartedAt=ABSENT, executionStoppedAt="2026-03-02T02:20:00Z")
    assert [milestone.name for milestone in built.timeline] == [
        "created",
        "pull stopped",
        "started",
        "stopping",
        "stopped",
        "execution stopped",
    ]
    assert all(milestone.at.tzinfo is UTC for milestone in built.timeline)


def test_an_event_without_times_has_no_timeline_and_no_empty_context_for_one() -> None:
    task = {"source": "aws.ecs", "detail-type": "ECS Task State Change"}
    built = alert_for({**task, "detail": {"lastStatus": "STOPPED"}})
    assert built.timeline == ()
    assert "ecs_timeline" not in built.contexts


def test_durations_are_between_points_that_are_known_and_in_order() -> None:
    timeline = alert(pullStoppedAt=ABSENT, stoppingAt="2026-03-02T02:20:00Z").contexts[
        "ecs_timeline"
    ]
    assert timeline["run_seconds"] == 796.946
    assert timeline["total_seconds"] == 844.594
    assert "pull_seconds" not in timeline
    assert "stop_seconds" not in timeline
    assert timeline["started"] == "2026-03-02T02:00:27.054Z"


def test_a_step_that_took_no_time_took_0_seconds() -> None:
    """One that ended before it began is left out."""
    built = alert(startedAt="2026-03-02T02:00:04.318Z", stoppingAt="2026-03-02T02:14:09Z")
    timeline = built.contexts["ecs_timeline"]
    assert timeline["start_seconds"] == 0.0
    assert "stop_seconds" not in timeline


@pytest.mark.parametrize(
    ("arn", "host"),
    [
        pytest.param("arn:aws:ecs:eu-west-1:1", "eu-west-1.console.aws.amazon.com", id="aws"),
        pytest.param("arn:aws-cn:ecs:cn-north-1:1", "cn-north-1.console.amazonaws.cn", id="china"),
        pytest.param(
            "arn:aws-us-gov:ecs:us-gov-west-1:1",
            "us-gov-west-1.console.amazonaws-us-gov.com",
            id="gov",
        ),
    ],
)
def test_the_link_leads_to_the_task_in_the_console_of_its_partition(arn: str, host: str) -> None:
    region = arn.split(":")[3]
    event = task_state_change(
        taskArn=f"{arn}:task/jobs/abc", clusterArn=f"{arn}:cluster/jobs", region=region
    )
    expected = f"https://{host}/ecs/v2/clusters/jobs/tasks/abc?region={region}"
    assert alert_for(event).url == expected


@each(
    "changes",
    [
        pytest.param({"taskArn": "arn:aws-iso:ecs:us-iso-east-1:1:task/a/b"}, id="partition"),
        pytest.param({"taskArn": ABSENT}, id="no-task"),
        pytest.param({"clusterArn": ABSENT}, id="no-cluster"),
        pytest.param({"region": "evil.example/?"}, id="no-region"),
    ],
)
def test_where_the_event_says_too_little_for_a_link_there_is_none(changes: dict[str, Any]) -> None:
    assert alert(**changes).url is None


def test_url_is_encoded() -> None:
    """Names stand encoded in the link."""
    arn = "arn:aws:ecs:eu-central-1:1"
    built = alert(clusterArn=f"{arn}:cluster/a?b#c d", taskArn=f"{arn}:task/a/e?f#g h")
    assert built.url is not None
    assert "/clusters/a%3Fb%23c%20d/tasks/e%3Ff%23g%20h?" in built.url


def test_the_contexts_say_what_was_running() -> None:
    """Revision, image and digest."""
    contexts = alert().contexts
    assert contexts["ecs_task"]["task_definition"] == "nightly-report:17"
    container = contexts["container 1"]
    assert container["image"].endswith("/nightly-report:1.4.2")
    assert container["image_digest"].startswith("sha256:")
    assert (container["exit_code"], container["at_fault"]) == ("exit code 1", True)


def test_an_alert_that_is_not_due_is_built_at_level_info() -> None:
    assert alert(stopCode="UserInitiated").level == "info"


def test_the_alert_holds_all_of_itself_as_json_values() -> None:
    built = alert()
    values = json.loads(json.dumps(built.to_dict()))
    assert values["event_id"] == built.event_id
    assert values["timestamp"] == "2026-03-02T02:14:08.912Z"
    assert values["fingerprint"] == list(built.fingerprint)
    assert values["workload"] == {"type": "scheduled", "name": "nightly-report"}
    assert values["timeline"][0] == {"name": "created", "at": "2026-03-02T02:00:04.318Z"}
    assert set(values) == set(Alert.__annotations__)


@given(strategies.task_events(), strategies.policies())
def test_every_alert_is_text_that_any_backend_can_store(
    event: dict[str, Any], policy: FailurePolicy
) -> None:
    """Within bounds, whatever the event."""
    built = alert_for(event, policy)
    text = json.dumps(built.to_dict(), ensure_ascii=False, allow_nan=False)
    assert text.encode()
    assert "\\u0000" not in text
    assert 0 < len(built.title) <= 200
    assert "\n" not in built.title
    assert all(0 < len(tag) <= 200 and "\n" not in tag for tag in built.tags.values())
    assert all(re.fullmatch(r"[A-Za-z0-9_.:-]{1,32}", key) for key in built.tags)
    assert all(context for context in built.contexts.values())
    assert all(isinstance(part, str) for part in built.fingerprint)


@given(strategies.task_events(secrets=strategies.secret_texts()), strategies.policies())
def test_nothing_of_the_overrides_is_in_an_alert_or_its_repr(
    event: dict[str, Any], policy: FailurePolicy
) -> None:
    built = alert_for(event, policy)
    assert "s3cr3t" not in repr(built) + json.dumps(built.to_dict())


@given(strategies.task_events(), st.uuids())
def test_a_task_that_comes_again_has_the_same_id_time_and_group(
    event: dict[str, Any], envelope_id: Any
) -> None:
    """Redelivered, or in a new envelope."""
    first = alert_for(event)
    assert alert_for(json.loads(json.dumps(event))) == first
    if event["detail"].get("taskArn"):
        second = alert_for({**event, "id": str(envelope_id), "replay-name": "again"})
        assert (second.event_id, second.fingerprint) == (first.event_id, first.fingerprint)


@given(strategies.task_events(), st.uuids().map("m4rk-{}".format))
def test_fingerprint_is_free_of_ids(event: dict[str, Any], mark: str) -> None:
    """Neither task ids, ARNs, images nor free text are in the fingerprint."""
    detail = event["detail"]
    detail["taskArn"] = f"{strategies.ARN}:task/jobs/{mark}"
    detail["stoppedReason"] = f"{detail.get('stoppedReason')} {mark}"
    for container in detail.get("containers") or []:
        container |= {"image": f"web:{mark}", "runtimeId": mark, "containerArn": f"arn:{mark}"}
        if container.get("reason"):
            container["reason"] += mark
    fingerprint = alert_for(event).fingerprint
    assert not any(mark in part or "arn:aws" in part for part in fingerprint)
