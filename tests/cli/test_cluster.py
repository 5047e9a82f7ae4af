"""The command explain on a cluster: an AWS on loopback, the tasks as it has them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import botocore.exceptions
import pytest
from attrs import evolve

from aws_stub import Answer, AwsStub, aws_stub, refused
from command_line import lines
from ecs_failure_alerts.cli import _lookups, main
from ecs_failure_alerts.cli._cluster import ADVICE, NETWORK_ADVICE
from ecs_failure_alerts.testing import task_state_change
from rows import each

SECRET: Final = "value-nobody-may-see"
ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"
ECS: Final = "AmazonEC2ContainerServiceV20141113"

DEFINITION: Final[dict[str, Any]] = {
    "taskDefinition": {
        "taskDefinitionArn": f"{ARN}:task-definition/nightly-report:1",
        "family": "nightly-report",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "example/app:1",
                "essential": True,
                "environment": [{"name": "PASSWORD", "value": SECRET}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/jobs",
                        "awslogs-region": "eu-central-1",
                        "awslogs-stream-prefix": "app",
                    },
                },
            }
        ],
    }
}


def stopped(task_id: str, at: str, **changes: Any) -> dict[str, Any]:
    """Return a task as DescribeTasks has it."""
    times = {"stoppedAt": at, "startedAt": at, "createdAt": at, "executionStoppedAt": at}
    arn = f"{ARN}:task/jobs/{task_id}"
    definition = f"{ARN}:task-definition/nightly-report:1"
    changed = {"taskArn": arn, "taskDefinitionArn": definition, **times, **changes}
    detail: dict[str, Any] = task_state_change(**changed)["detail"]
    seconds = {name: _seconds(value) for name, value in detail.items() if name.endswith("At")}
    return {**detail, **seconds, "version": 3}


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


NEW_TIME: Final = "2026-11-28T11:00:00Z"
OLD: Final = stopped("0" * 32, "2026-11-28T10:00:00Z")
NEW: Final = stopped("1" * 32, "2026-11-28T11:00:00Z")
LINES: Final = [
    {"timestamp": 1_795_863_599_000, "message": "loading 3 files"},
    {"timestamp": 1_795_863_600_000, "message": f"KeyError: 'id' password={SECRET}"},
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield an AWS with two stopped tasks."""
    with aws_stub(monkeypatch) as server:
        server.answers = {
            "ListTasks": (200, {"taskArns": [OLD["taskArn"], NEW["taskArn"]]}),
            "DescribeTasks": (200, {"tasks": [OLD, NEW], "failures": []}),
            "DescribeTaskDefinition": (200, DEFINITION),
            "GetLogEvents": (200, {"events": LINES, "nextBackwardToken": "b"}),
        }
        yield server


def asked(aws: AwsStub, operation: str) -> list[dict[str, Any]]:
    """Return the requests for an operation."""
    return [body for target, body in aws.asked if target.endswith(f".{operation}")]


def test_the_stopped_tasks_are_explained_the_newest_first(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--json", "--cluster", "jobs"]) == 0
    said = lines(capsys)
    assert [line["task_arn"] for line in said] == [NEW["taskArn"], OLD["taskArn"]]
    assert [line["cause"] for line in said] == ["container_exit"] * 2
    assert asked(aws, "ListTasks") == [{"cluster": "jobs", "desiredStatus": "STOPPED"}]


def test_a_card_has_the_last_log_lines_without_secrets(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--cluster", "jobs", "--task", "1" * 32]) == 0
    said = capsys.readouterr()
    assert "  log         app\n" in said.out
    assert "KeyError: 'id' password=[redacted" in said.out
    assert "  definition  " not in said.out
    assert SECRET not in said.out + said.err
    assert asked(aws, "DescribeTasks") == [{"cluster": "jobs", "tasks": ["1" * 32]}]
    assert asked(aws, "ListTasks") == []


def test_each_container_has_its_lines_under_its_name(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = [{"name": name, "exitCode": 1} for name in ("app", "second")]
    aws.answers["DescribeTasks"] = 200, {"tasks": [stopped("4" * 32, NEW_TIME, containers=ends)]}
    (app,) = DEFINITION["taskDefinition"]["containerDefinitions"]
    both = [app, {**app, "name": "second"}]
    known = {**DEFINITION["taskDefinition"], "containerDefinitions": both}
    aws.answers["DescribeTaskDefinition"] = 200, {"taskDefinition": known}
    main(["explain", "--cluster", "jobs"])
    said = capsys.readouterr().out
    assert said.index("log         app") < said.index("log         second")
    assert said.count("loading 3 files") == 2


def test_the_lines_are_as_many_as_asked_for(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "--json", "--cluster", "jobs", "--logs", "7", "--task", "1"])
    assert asked(aws, "GetLogEvents")[0]["limit"] == 7
    assert [line["container"] for line in lines(capsys)[0]["log"]] == ["app", "app"]


def test_no_lines_are_read_where_none_are_asked_for(aws: AwsStub) -> None:
    main(["explain", "--cluster", "jobs", "--logs", "0"])
    assert asked(aws, "GetLogEvents") == []


def test_a_service_and_every_page_of_its_tasks_are_listed(aws: AwsStub) -> None:
    aws.answer_once("ListTasks", (200, {"taskArns": [OLD["taskArn"]], "nextToken": "next"}))
    main(["explain", "--cluster", "jobs", "--service", "web"])
    first, second = asked(aws, "ListTasks")
    assert first == {"cluster": "jobs", "desiredStatus": "STOPPED", "serviceName": "web"}
    assert second["nextToken"] == "next"


def test_a_hundred_tasks_are_described_at_once(aws: AwsStub) -> None:
    arns = [f"{ARN}:task/jobs/{number}" for number in range(150)]
    aws.answers["ListTasks"] = (200, {"taskArns": arns})
    main(["explain", "--cluster", "jobs"])
    assert [len(body["tasks"]) for body in asked(aws, "DescribeTasks")] == [100, 50]


def test_the_region_of_a_clusters_arn_counts(aws: AwsStub) -> None:
    main(["explain", "--cluster", "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"])
    assert aws.regions[0] == "us-east-1"


def test_the_region_may_be_named(aws: AwsStub) -> None:
    main(["explain", "--cluster", "jobs", "--region", "eu-west-1"])
    assert aws.regions[0] == "eu-west-1"


def test_a_named_profile_wins_over_the_keys_of_the_environment(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They may be of another account. The environment stays as it is."""
    credentials = tmp_path / "credentials"
    credentials.write_text("[prod]\naws_access_key_id = OF-PROD\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    before = dict(os.environ)
    command = ["explain", "--cluster", "jobs", "--profile", "prod", "--region", "eu-west-1"]
    assert main(command) == 0
    assert set(aws.keys) == {"OF-PROD"}
    assert dict(os.environ) == before


def test_a_task_that_does_not_alert_is_not_looked_up(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    task = stopped("2" * 32, "2026-11-28T11:00:00Z", stopCode="UserInitiated")
    aws.answers["DescribeTasks"] = (200, {"tasks": [task]})
    assert main(["explain", "--cluster", "jobs"]) == 0
    assert "UserStopped" in capsys.readouterr().out
    assert asked(aws, "DescribeTaskDefinition") == []


@pytest.mark.parametrize("operation", ["ListTasks", "DescribeTasks"])
def test_a_denied_action_is_named_with_its_resource(
    aws: AwsStub, capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    """What else AWS says names people, and is not repeated."""
    aws.answers[operation] = refused("AccessDeniedException")
    assert main(["explain", "--cluster", "jobs"]) == 2
    assert capsys.readouterr().err == (
        f"ecs-failure-alerts: ecs:{operation} on cluster/jobs failed with AccessDeniedException: "
        "allow the action\n"
    )


def test_what_a_watch_waits_out_is_known_to_botocore_and_no_refusal() -> None:
    assert all(hasattr(botocore.exceptions, name) for name in NETWORK_ADVICE)
    assert NETWORK_ADVICE.keys().isdisjoint(ADVICE)


def test_without_a_network_it_tells_what_to_check(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_lookups, "_LIMITS", evolve(_lookups._LIMITS, attempts=1))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens
    assert main(["explain", "--cluster", "jobs"]) == 1
    assert capsys.readouterr().err == (
        "ecs-failure-alerts: ecs:ListTasks on cluster/jobs failed with EndpointConnectionError: "
        "check the network, the proxy and the Region\n"
    )


@pytest.mark.parametrize(
    ("operation", "action"),
    [("DescribeTaskDefinition", "ecs:DescribeTaskDefinition"), ("GetLogEvents", "logs:Get")],
)
def test_a_denied_look_up_costs_only_what_it_would_tell(
    aws: AwsStub, capsys: pytest.CaptureFixture[str], operation: str, action: str
) -> None:
    aws.answers[operation] = refused("AccessDeniedException")
    assert main(["explain", "--cluster", "jobs"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("ContainerExit: nightly-report") == 2
    assert action in said
    assert "AccessDeniedException" in said


def test_a_task_that_ecs_has_forgotten_is_no_success(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = {"arn": f"{ARN}:task/jobs/gone", "reason": "MISSING"}
    aws.answers["DescribeTasks"] = (200, {"tasks": [NEW], "failures": [missing]})
    assert main(["explain", "--cluster", "jobs", "--task", "gone", "--task", "1"]) == 1
    said = capsys.readouterr()
    assert "it forgets stopped tasks after about an hour" in said.err
    assert "ContainerExit" in said.out


def test_a_cluster_without_stopped_tasks_is_a_success_that_says_so(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers["ListTasks"] = (200, {"taskArns": []})
    assert main(["explain", "--cluster", "jobs"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "no task of jobs has stopped within the last hour: there is nothing to explain\n",
    )


def test_a_task_that_is_asked_for_and_still_runs_is_said_to_run(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers["DescribeTasks"] = (200, {"tasks": [{**NEW, "lastStatus": "RUNNING"}]})
    assert main(["explain", "--cluster", "jobs", "--task", "1" * 32]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"task {'1' * 32} is running: it has not stopped\n")


def test_watching_explains_each_task_that_stops_once(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until somebody interrupts."""
    aws.answers["DescribeTasks"] = (200, {"tasks": [OLD]})
    polls = []

    def sleep(seconds: float) -> None:
        polls.append(seconds)
        aws.answers["DescribeTasks"] = (200, {"tasks": [OLD, NEW]})
        if len(polls) > 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("ecs_failure_alerts.cli._lookups.time.sleep", sleep)
    assert main(["explain", "--json", "--cluster", "jobs", "--watch"]) == 130
    said = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["task_arn"] for line in said] == [OLD["taskArn"], NEW["taskArn"]]


def watch(aws: AwsStub, monkeypatch: pytest.MonkeyPatch, *operations: Answer) -> int:
    """Watch the cluster, which lists its tasks so at each further look, until they are over."""
    left = iter(operations)

    def sleep(_: float) -> None:
        try:
            aws.answers["ListTasks"] = next(left)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("ecs_failure_alerts.cli._lookups.time", SimpleNamespace(sleep=sleep))
    return main(["explain", "--json", "--cluster", "jobs", "--watch"])


NOTHING: Final[Answer] = (200, {"taskArns": []})
TASKS: Final[Answer] = (200, {"taskArns": [OLD["taskArn"], NEW["taskArn"]]})


def test_watching_says_once_that_no_task_has_stopped(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers["ListTasks"] = NOTHING
    watch(aws, monkeypatch, NOTHING, NOTHING)
    said = "no task of jobs has stopped within the last hour: there is nothing to explain\n"
    assert capsys.readouterr().err == said


def test_watching_outlives_a_refusal_that_does_not_last(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told once; the tasks that stopped meanwhile are told in their order."""
    aws.answers["ListTasks"] = NOTHING
    failed = refused("ServerException")
    assert watch(aws, monkeypatch, failed, failed, TASKS) == 130
    said = capsys.readouterr()
    arns = [json.loads(line)["task_arn"] for line in said.out.splitlines()]
    assert arns == [OLD["taskArn"], NEW["taskArn"]]
    assert said.err.splitlines()[1:] == [
        "ecs:ListTasks on cluster/jobs failed with ServerException: trying again"
    ]


def test_watching_ends_where_somebody_must_do_something(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch(aws, monkeypatch, refused("AccessDeniedException"), TASKS) == 2
    assert capsys.readouterr().err.endswith("failed with AccessDeniedException: allow the action\n")


def test_watching_tells_once_that_ecs_has_forgotten_a_task(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = {"arn": f"{ARN}:task/jobs/gone", "reason": "MISSING"}
    aws.answers["DescribeTasks"] = (200, {"tasks": [], "failures": [missing]})
    watch(aws, monkeypatch, TASKS, TASKS)
    (line,) = capsys.readouterr().out.splitlines()
    assert "it forgets stopped tasks" in line


def test_a_task_that_is_still_stopping_is_waited_for(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    stopping = {**NEW, "lastStatus": "DEPROVISIONING"}
    aws.answers["DescribeTasks"] = (200, {"tasks": [OLD, stopping]})
    main(["explain", "--json", "--cluster", "jobs"])
    assert [line["task_arn"] for line in lines(capsys)] == [OLD["taskArn"]]


def test_a_terminal_shows_what_is_waited_for(
    aws: AwsStub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    main(["explain", "--cluster", "jobs"])
    said = capsys.readouterr().err
    assert "\rlisting the stopped tasks of jobs\033[K" in said
    assert "\rlooking at task 2 of 2\033[K\r\033[K" in said


@each(
    ("arguments", "said"),
    [
        ([], "expected files of events, - for standard input, or --cluster NAME"),
        (["--cluster", "jobs", "-"], "expected files or --cluster, got both: leave one out"),
        (
            ["--service", "web", "-"],
            "expected --cluster with --service, got none: name the cluster",
        ),
        (["--logs", "0", "-"], "expected --cluster with --logs, got none: name the cluster"),
        (["--watch"], "expected --cluster with --watch, got none: name the cluster"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["explain", *arguments]) == 2
    assert capsys.readouterr().err == f"ecs-failure-alerts: {said}\n"


@pytest.mark.parametrize("number", ["-1", "101", "ten"])
def test_a_number_of_lines_that_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "--cluster", "jobs", "--logs", number])
    assert "expected a number from 0 to 100, got" in capsys.readouterr().err


def test_what_the_definition_settles_is_told(
    aws: AwsStub, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = [{"name": "app", "exitCode": 137}, {"name": "helper", "exitCode": 0}]
    task = stopped("3" * 32, "2026-11-28T11:00:00Z", containers=ends)
    app = DEFINITION["taskDefinition"]["containerDefinitions"][0]
    both = [app, {"name": "helper", "essential": False}]
    known = {**DEFINITION["taskDefinition"], "containerDefinitions": both}
    aws.answers["DescribeTaskDefinition"] = (200, {"taskDefinition": known})
    aws.answers["DescribeTasks"] = (200, {"tasks": [task]})
    note = "Container app is the only essential one, so its end stopped the task."
    main(["explain", "--cluster", "jobs"])
    assert note in " ".join(capsys.readouterr().out.split())
    main(["explain", "--json", "--cluster", "jobs"])
    assert lines(capsys)[0]["notes"] == [note]
