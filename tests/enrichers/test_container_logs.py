"""The last log lines as a look-up: whose, which, how they leave, and what is said instead."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_stub import Answer, AwsStub, aws_stub, refused
from ecs_failure_alerts import (
    Alert,
    Evidence,
    FailurePolicy,
    Judgement,
    TaskStateChange,
    judge,
    parse_event,
)
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichers import (
    AwsClients,
    ContainerLogsEnricher,
    LogLinksEnricher,
    LogTemplates,
    TaskDefinitions,
    _own_patterns,
    log_events,
)
from ecs_failure_alerts.enrichers.log_events import read_lines, seconds_until_complete
from ecs_failure_alerts.enrichers.log_locations import LogLocation
from ecs_failure_alerts.enrichment import enrich
from ecs_failure_alerts.exceptions import AwsError
from ecs_failure_alerts.notifiers.sentry._event import sentry_event
from ecs_failure_alerts.testing import ABSENT, deployment_state_change, task_state_change
from rows import each
from strategies import CHARACTERS

SECRET: Final = "HUNTER2-of-somebody"
TASK_ID: Final = task_state_change()["detail"]["taskArn"].rpartition("/")[2]
STOPPED: Final = datetime(2026, 3, 2, 2, 14, 9, tzinfo=UTC)
TEMPLATES: Final = LogTemplates("/ecs/{family}", "ecs/{container}/{task_id}")
PLACE: Final = LogLocation("/ecs/app", "ecs/app/1", "eu-central-1", "123456789012")


def container(name: str, *, essential: bool = True, **members: Any) -> dict[str, Any]:
    """Return a container's definition, with a log in CloudWatch Logs."""
    options = {"awslogs-group": "/ecs/app", "awslogs-stream-prefix": "ecs", "apikey": SECRET}
    log = {"logDriver": "awslogs", "options": options}
    return {"name": name, "essential": essential, "logConfiguration": log, **members}


def definition(*containers: dict[str, Any]) -> Answer:
    """Return AWS's answer for a definition."""
    return 200, {"taskDefinition": {"containerDefinitions": list(containers)}}


def page(*messages: str, backward: str = "b/1") -> Answer:
    """Return a page of events, a second apart."""
    begin = round(STOPPED.timestamp() * 1000)
    events = [
        {"timestamp": begin + 1000 * n, "message": text, "ingestionTime": begin}
        for n, text in enumerate(messages)
    ]
    return 200, {"events": events, "nextBackwardToken": backward, "nextForwardToken": "f/1"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS, with a definition and a log."""
    with aws_stub(monkeypatch) as server:
        server.answers["DescribeTaskDefinition"] = definition(container("app"), container("db"))
        server.answers["GetLogEvents"] = page("connecting", "no route to host")
        yield server


def failure(
    *ends: tuple[str, int | None], policy: FailurePolicy | None = None, **changes: Any
) -> Judgement:
    """Return the judgement of a task whose containers ended so."""
    containers = [
        {"name": name, "exitCode": ABSENT if code is None else code}
        for name, code in ends or [("app", 1)]
    ]
    event = task_state_change(**{"containers": containers, **changes})
    return judge(event, policy or FailurePolicy())


def looked_up(judgement: Judgement, **given: Any) -> Evidence:
    """Return what the log tells about a failure."""
    return ContainerLogsEnricher(**given).enrich(judgement, timeout=5)


def told(judgement: Judgement, **given: Any) -> Alert:
    """Return the alert with the log in it."""
    (found,) = enrich([judgement], [ContainerLogsEnricher(**given)], Deadline(), seconds=5)
    return found.as_alert()


def asked(aws: AwsStub, operation: str = "GetLogEvents") -> list[dict[str, Any]]:
    """Return the requests of an operation."""
    return [body for target, body in aws.asked if target.endswith(operation)]


def test_an_alert_has_the_last_lines_with_their_times(aws: AwsStub) -> None:
    alert = told(failure())
    assert [(line.at, line.message, line.container) for line in alert.log] == [
        (STOPPED, "connecting", "app"),
        (STOPPED + timedelta(seconds=1), "no route to host", "app"),
    ]


def test_a_context_tells_where_the_lines_are_from(aws: AwsStub) -> None:
    aws.answers["GetLogEvents"] = page("a", f"password={SECRET}")
    evidence = looked_up(failure())
    stream = f"ecs/app/{TASK_ID}"
    context = evidence.contexts["log 1"]
    assert evidence.links == {"log 1": context["console_url"]}
    assert dict(context) | {
        "container": "app",
        "group": "/ecs/app",
        "stream": stream,
        "region": "eu-central-1",
        "lines": 2,
        "redacted_lines": 1,
        "newest_line": "2026-03-02T02:14:10.000Z",
    } == dict(context)
    assert isinstance(context["newest_line_seconds_before_stop"], float)


def test_sentry_shows_lines_and_milestones_as_one_timeline(aws: AwsStub) -> None:
    crumbs = sentry_event(told(failure()))["breadcrumbs"]["values"]
    times = [crumb["timestamp"] for crumb in crumbs]
    assert times == sorted(times)
    assert {crumb["category"] for crumb in crumbs} == {"ecs.task", "log.app"}
    assert "no route to host" in [crumb["message"] for crumb in crumbs]


def test_the_request_has_both_times_and_asks_for_the_end(aws: AwsStub) -> None:
    judgement = failure()
    looked_up(judgement, lines=7)
    task = judgement.event
    (body,) = asked(aws)
    assert isinstance(task, TaskStateChange)
    assert task.created_at is not None
    assert task.stopped_at is not None
    assert body == {
        "logGroupIdentifier": "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/app",
        "logStreamName": f"ecs/app/{TASK_ID}",
        "startFromHead": False,
        "limit": 7,
        "startTime": round(task.created_at.timestamp() * 1000) - 60_000,
        "endTime": round(task.stopped_at.timestamp() * 1000) + 60_000,
    }


def test_a_log_in_another_region_is_read_there(aws: AwsStub) -> None:
    app = container("app")
    app["logConfiguration"]["options"]["awslogs-region"] = "us-east-1"
    aws.answers["DescribeTaskDefinition"] = definition(app)
    assert looked_up(failure()).log
    assert aws.regions == ["eu-central-1", "us-east-1"]


def test_definition_and_log_share_one_look_up_of_the_definition(aws: AwsStub) -> None:
    definitions = TaskDefinitions()
    for _ in range(2):
        looked_up(failure(), definitions=definitions)
    assert len(asked(aws, "DescribeTaskDefinition")) == 1


def test_with_templates_the_definition_is_not_asked_for(aws: AwsStub) -> None:
    assert looked_up(failure(), templates=TEMPLATES).log
    (body,) = [body for _, body in aws.asked]
    assert body["logStreamName"] == f"ecs/app/{TASK_ID}"


def test_an_empty_page_is_followed_to_a_full_one(aws: AwsStub) -> None:
    aws.answer_once("GetLogEvents", page(backward="b/0"))
    assert [line.message for line in looked_up(failure()).log] == ["connecting", "no route to host"]
    assert [body.get("nextToken") for body in asked(aws)] == [None, "b/0"]


def test_empty_pages_are_followed_twice_at_most(aws: AwsStub) -> None:
    tokens = iter(range(9))
    aws.next_answer = lambda operation: (  # type: ignore[method-assign]
        page(backward=f"b/{next(tokens)}")
        if operation == "GetLogEvents"
        else aws.answers[operation]
    )
    assert looked_up(failure()).unknown == (
        "Container app wrote no log lines, or they arrived too late.",
    )
    assert len(asked(aws)) == 3


def test_the_end_of_a_stream_is_asked_for_once(aws: AwsStub) -> None:
    aws.answers["GetLogEvents"] = page(backward="b/0")
    looked_up(failure())
    assert len(asked(aws)) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            refused("ResourceNotFoundException"),
            "Container app has no log stream: it wrote nothing, or its log could not be sent.",
            id="no stream",
        ),
        pytest.param(
            refused("AccessDeniedException"),
            "The log of container app could not be looked up: logs:GetLogEvents on "
            "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/app failed with "
            "AccessDeniedException: allow the action.",
            id="denied",
        ),
        pytest.param(
            refused("InvalidOperationException"),
            "The log of container app could not be looked up: logs:GetLogEvents on "
            "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/app failed with "
            "InvalidOperationException: the log group's class is not STANDARD, so only Logs "
            "Insights can read it.",
            id="class",
        ),
        pytest.param(
            (200, {"events": [{"timestamp": "x"}, {"timestamp": 1}, {}]}),
            "Container app wrote no log lines, or they arrived too late.",
            id="no lines",
        ),
    ],
)
def test_what_keeps_the_lines_away_is_said(aws: AwsStub, answer: Answer, said: str) -> None:
    aws.answers["GetLogEvents"] = answer
    evidence = looked_up(failure())
    assert evidence.unknown == (said,)
    assert evidence.contexts["log 1"]["why_none"] == said
    assert evidence.contexts["log 1"]["console_url"] == evidence.links["log 1"]


def test_a_definition_that_is_gone_is_said(aws: AwsStub) -> None:
    aws.answers["DescribeTaskDefinition"] = refused("ClientException")
    (said,) = looked_up(failure()).unknown
    assert said.startswith("The log could not be looked up: ecs:DescribeTaskDefinition on arn:")


def test_an_event_without_definition_says_so(aws: AwsStub) -> None:
    evidence = looked_up(failure(taskDefinitionArn=ABSENT))
    assert evidence.unknown == ("The event names no task definition, so the log cannot be found.",)
    assert evidence.links == {}


def test_a_log_elsewhere_is_said_without_a_request(aws: AwsStub) -> None:
    app = container("app", logConfiguration={"logDriver": "splunk"})
    aws.answers["DescribeTaskDefinition"] = definition(app)
    evidence = looked_up(failure())
    assert evidence.unknown == ("The log of container app goes to splunk, not to CloudWatch Logs.",)
    assert asked(aws) == []


def test_no_time_is_said(aws: AwsStub) -> None:
    evidence = ContainerLogsEnricher(templates=TEMPLATES).enrich(failure(), timeout=0)
    assert evidence.unknown == ("No time was left for the log of app.",)


@pytest.mark.parametrize(
    "judgement",
    [
        pytest.param(judge(deployment_state_change()), id="notice"),
        pytest.param(
            failure(
                ("app", None),
                stopCode="TaskFailedToStart",
                stoppedReason="CannotPullContainerError: x",
            ),
            id="image pull",
        ),
        pytest.param(
            failure(("app", None), startedAt=ABSENT, stopCode="TaskFailedToStart"), id="no start"
        ),
    ],
)
@pytest.mark.parametrize(
    "enricher", [ContainerLogsEnricher(templates=TEMPLATES), LogLinksEnricher(TEMPLATES)]
)
def test_nothing_is_read_where_nobody_can_have_written(
    aws: AwsStub, judgement: Judgement, enricher: Any
) -> None:
    assert enricher.enrich(judgement, timeout=5) == Evidence()
    assert aws.asked == []


def read_containers(aws: AwsStub) -> list[str]:
    """Return the containers whose streams were read."""
    return [body["logStreamName"].split("/")[1] for body in asked(aws)]


def test_the_containers_at_fault_are_read(aws: AwsStub) -> None:
    looked_up(failure(("app", 0), ("db", 1)))
    assert read_containers(aws) == ["db"]


def test_three_containers_are_read_at_most(aws: AwsStub) -> None:
    names = ["a", "b", "c", "d"]
    aws.answers["DescribeTaskDefinition"] = definition(*map(container, names))
    looked_up(failure(*[(name, 1) for name in names]))
    assert read_containers(aws) == ["a", "b", "c"]


def test_those_with_a_health_check_are_read_after_one_failed(aws: AwsStub) -> None:
    aws.answers["DescribeTaskDefinition"] = definition(
        container("app"), container("web", healthCheck={"interval": 5})
    )
    judgement = failure(
        ("app", 143),
        ("web", 143),
        stopCode="ServiceSchedulerInitiated",
        stoppedReason="Task failed container health checks",
    )
    assert judgement.diagnosis.cause == "health_check"
    looked_up(judgement)
    assert read_containers(aws) == ["web"]


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        pytest.param({"stoppedReason": "Task failed container health checks"}, "db", id="failed"),
        pytest.param({"stopCode": "SpotInterruption"}, "app", id="another-cause"),
    ],
)
def test_a_health_check_decides_nothing_where_another_container_or_cause_does(
    aws: AwsStub, changes: dict[str, Any], read: str
) -> None:
    """Another container is unhealthy, or no health check stopped the task."""
    aws.answers["DescribeTaskDefinition"] = definition(
        container("app"),
        container("web", essential=False, healthCheck={"interval": 5}),
        container("db", essential=False, healthCheck={"interval": 5}),
    )
    ends = [{"name": "app"}, {"name": "web"}, {"name": "db", "healthStatus": "UNHEALTHY"}]
    looked_up(failure(containers=[{**end, "exitCode": 143} for end in ends], **changes))
    assert read_containers(aws) == [read]


def test_the_essential_ones_are_read_where_none_is_at_fault(aws: AwsStub) -> None:
    aws.answers["DescribeTaskDefinition"] = definition(
        container("app", essential=False), container("db")
    )
    judgement = failure(
        ("app", 143), ("db", 143), stopCode="SpotInterruption", stoppedReason="Spot interruption"
    )
    looked_up(judgement)
    assert read_containers(aws) == ["db"]


def test_without_a_definition_the_main_ones_are_read(aws: AwsStub) -> None:
    judgement = failure(
        ("app", 143), ("envoy", 143), stopCode="SpotInterruption", stoppedReason="Spot interruption"
    )
    looked_up(judgement, templates=TEMPLATES)
    assert read_containers(aws) == ["app"]


def test_what_the_others_waited_for_is_read(aws: AwsStub) -> None:
    reason = (
        "CannotStartContainerError: dependency graph: container ordering dependency [db] for "
        "target container app did not exit successfully"
    )
    containers = [{"name": "app", "exitCode": 143, "reason": reason}, {"name": "db", "exitCode": 1}]
    judgement = failure(stopCode="TaskFailedToStart", containers=containers)
    looked_up(judgement)
    assert read_containers(aws) == ["db"]


def test_an_ignored_container_is_not_read(aws: AwsStub) -> None:
    policy = FailurePolicy(ignore_containers=("db",))
    looked_up(failure(("app", 1), ("db", 1), policy=policy))
    assert read_containers(aws) == ["app"]


def test_a_timeline_has_a_hundred_points_at_most(aws: AwsStub) -> None:
    aws.answers["GetLogEvents"] = page(*map(str, range(120)))
    alert = told(failure(("app", 1), ("db", 1)), lines=100)
    assert 90 < len(alert.log) + len(alert.timeline) <= 100
    assert alert.log[-1].message == "119"


@pytest.mark.parametrize("lines", [0, 101])
def test_a_number_of_lines_out_of_range_is_refused(lines: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 100 log lines"):
        ContainerLogsEnricher(lines=lines)


def test_an_event_of_several_lines_becomes_several(aws: AwsStub) -> None:
    aws.answers["GetLogEvents"] = page("Traceback:\n  File x\r\n\nKeyError\n")
    assert [line.message for line in looked_up(failure()).log] == [
        "Traceback:",
        "  File x",
        "KeyError",
    ]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (json.dumps({"log": "real line", "container_name": "app"}), "real line"),
        ('{"log": 3}', '{"log": 3}'),
        ("plain", "plain"),
        ("[1]", "[1]"),
    ],
)
def test_a_line_that_a_router_wrapped_is_unwrapped(aws: AwsStub, message: str, shown: str) -> None:
    options = {"Name": "cloudwatch", "log_group_name": "/ecs/app", "log_stream_prefix": "a"}
    log = {"logDriver": "awsfirelens", "options": options}
    aws.answers["DescribeTaskDefinition"] = definition(container("app", logConfiguration=log))
    aws.answers["GetLogEvents"] = page(message)
    assert [line.message for line in looked_up(failure()).log] == [shown]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("\x1b[31mERROR\x1b[0m no", "ERROR no"),
        ("\x1b]0;title\x07text", "text"),
        ("a\x00b\tc", "a?b c"),
        ("x" * 2000, "x" * 997 + "..."),
        (f"pass\x1b[1mword={SECRET}", "password=[redacted: secret]"),
        ("x" * 990 + f" password={SECRET}", "x" * 990 + " passwo..."),
    ],
)
def test_a_line_leaves_clean_redacted_and_short(aws: AwsStub, message: str, shown: str) -> None:
    aws.answers["GetLogEvents"] = page(message)
    assert [line.message for line in looked_up(failure()).log] == [shown]


def test_an_own_pattern_is_redacted_as_well(aws: AwsStub) -> None:
    aws.answers["GetLogEvents"] = page("customer K-1234 failed")
    evidence = looked_up(failure(), redact=[r"K-\d+", "z*"])
    assert [line.message for line in evidence.log] == ["customer [redacted: own pattern] failed"]
    assert evidence.contexts["log 1"]["redacted_lines"] == 1


def test_an_own_pattern_that_takes_too_long_costs_the_lines_alone(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_own_patterns, "_SECONDS", 0.01)
    aws.answers["GetLogEvents"] = page("a" * 60 + "!")
    evidence = looked_up(failure(), redact=[r"(a+)+$"])
    assert evidence.log == ()
    assert evidence.unknown == (
        (
            "The log lines are left out, because your own patterns of secrets took too long: make "
            "them simpler."
        ),
    )


def test_own_patterns_that_could_not_be_tried_cost_the_lines_alone(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    aws.answers["GetLogEvents"] = page("customer K-1234 failed")
    evidence = looked_up(failure(), redact=[r"K-\d+"])
    assert evidence.log == ()
    assert "no process could run your own patterns" in evidence.unknown[0]


def test_an_own_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a regular expression"):
        ContainerLogsEnricher(redact=["("])


@each(
    ("launch_type", "ago", "left", "seconds"),
    [
        ("EC2", 1.0, 9.0, 2.0),
        ("EC2", 5.0, 9.0, 0.0),
        ("EC2", 1.0, 2.5, 1.5),
        ("EC2", 1.0, 0.5, 0.0),
        ("EC2", -100.0, 9.0, 3.0),
        ("FARGATE", 1.0, 9.0, 0.0),
    ],
)
def test_late_lines_are_waited_for_where_the_event_is_early(
    launch_type: str, ago: float, left: float, seconds: float
) -> None:
    task = parse_event(task_state_change(launchType=launch_type))
    assert task.execution_stopped_at is not None
    now = task.execution_stopped_at + timedelta(seconds=ago)
    found = seconds_until_complete(task, Deadline.after(left), now)
    assert found == pytest.approx(seconds, abs=0.05)


def test_a_task_without_times_is_read_from_the_first_line(aws: AwsStub) -> None:
    times = ("createdAt", "pullStartedAt", "startedAt", "executionStoppedAt", "stoppedAt")
    containers = [{"name": "app", "exitCode": 1}]
    judgement = judge(task_state_change(containers=containers, **dict.fromkeys(times, ABSENT)))
    evidence = looked_up(judgement)
    (body,) = asked(aws)
    assert body["startTime"] == 0
    assert "newest_line_seconds_before_stop" not in evidence.contexts["log 1"]


def test_the_links_need_no_request(aws: AwsStub) -> None:
    evidence = LogLinksEnricher(TEMPLATES).enrich(failure(), timeout=1)
    assert evidence.links["log 1"].endswith(f"/log-events/ecs$252Fapp$252F{TASK_ID}")
    assert evidence.contexts["log 1"]["container"] == "app"
    assert aws.asked == []


def test_a_partition_without_a_console_has_no_link(aws: AwsStub) -> None:
    evidence = looked_up(
        failure(taskArn=f"arn:aws-iso:ecs:us-iso-east-1:123456789012:task/a/{TASK_ID}")
    )
    assert evidence.log
    assert evidence.links == {}
    assert "console_url" not in evidence.contexts["log 1"]


def test_a_link_that_cannot_be_made_is_said() -> None:
    evidence = LogLinksEnricher(LogTemplates("{service}")).enrich(failure(group=ABSENT), timeout=1)
    assert evidence.unknown == ("The log of container app is unknown: the event names no service.",)


def test_the_clients_are_made_before_the_first_failure(aws: AwsStub) -> None:
    ContainerLogsEnricher().prepare()
    ContainerLogsEnricher(templates=TEMPLATES).prepare()
    assert aws.asked == []


def test_no_secret_leaves_in_any_way(aws: AwsStub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = container("app", environment=[{"name": "P", "value": SECRET}], command=[SECRET])
    aws.answers["DescribeTaskDefinition"] = definition(app)
    aws.answers["GetLogEvents"] = page(f"password={SECRET}", f'{{"token": "{SECRET}"}}')
    enricher = ContainerLogsEnricher()
    evidence = enricher.enrich(failure(), timeout=5)
    assert len(evidence.log) == 2
    assert SECRET not in f"{evidence!r}{evidence.log!r}{vars(enricher)!r}{caplog.text}"
    assert SECRET not in json.dumps(told(failure()).to_dict())


def test_a_bug_leaves_no_line_in_the_frames_of_its_traceback(aws: AwsStub) -> None:
    """The first container has been read when the second one's name breaks the reader."""

    class Clients(AwsClients):
        def call(self, action: str, resource: str, **request: Any) -> dict[str, Any]:
            if "/db/" in request["logStreamName"]:
                raise RuntimeError("a bug")
            return super().call(action, resource, **request)

    aws.answers["GetLogEvents"] = page(f"the word is {SECRET}")
    enricher = ContainerLogsEnricher(clients=Clients(), templates=TEMPLATES)
    with pytest.raises(RuntimeError) as caught:
        enricher.enrich(failure(("app", 1), ("db", 1)), timeout=5)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert SECRET not in "".join(told.format())


@given(
    st.recursive(
        st.none() | st.integers() | st.text(CHARACTERS, max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["events", "message", "timestamp", "x"]), inner)
        ),
    )
)
def test_any_answer_is_read(answer: Any) -> None:
    class Clients(AwsClients):
        def call(self, *_: Any, **__: Any) -> Any:
            return answer if isinstance(answer, dict) else {"events": answer}

    read_lines(Clients(), PLACE, parse_event(task_state_change()), 5, Deadline())


def test_no_further_page_is_asked_for_when_the_time_is_over() -> None:
    asked = []

    class Clients(AwsClients):
        def call(self, action: str, resource: str, **request: Any) -> dict[str, Any]:
            asked.append(action)
            return {"events": [], "nextBackwardToken": "b/1"}

    with pytest.raises(AwsError, match="failed with Timeout"):
        read_lines(Clients(), PLACE, parse_event(task_state_change()), 5, Deadline.after(0))
    assert len(asked) == 1


def test_what_is_no_log_event_is_passed_over() -> None:
    events = [5, None, {"timestamp": "soon", "message": "m"}, {"timestamp": 1, "message": "kept"}]
    assert [line.text for line in log_events._lines(events, wrapped=False)] == ["kept"]
