"""Log lines looked up in a Lambda, against an AWS that is well and one that is not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from aws_stub import Answer, AwsStub, refused
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto
from integration.test_look_ups import SECRET, assert_same_alert

pytestmark = pytest.mark.integration

BOX_SECONDS: Final = 1.5
OTHER_REGION: Final = "us-east-1"

HANDLER: Final = f"""\
import logging
import os

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.enrichers import (
    AwsClients,
    ContainerLogsEnricher,
    TaskDefinitionEnricher,
    TaskDefinitions,
)
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

logging.getLogger().setLevel(logging.DEBUG)
CLIENTS = AwsClients(roles=filter(None, [os.environ.get("ROLE")]))
DEFINITIONS = TaskDefinitions(CLIENTS)
LOGS = ContainerLogsEnricher(DEFINITIONS, clients=CLIENTS, redact=["customer [0-9]+"])
LOGS.prepare()
ALERTER = FailureAlerter(
    SentryNotifier(os.environ["DSN"]),
    enrichers=[TaskDefinitionEnricher(DEFINITIONS), LOGS],
    lookup_seconds={BOX_SECONDS},
)


def lambda_handler(event, context):
    return ALERTER.handle(event, context)
"""

OPTIONS: Final = {"awslogs-group": "/ecs/app", "awslogs-stream-prefix": "ecs"}
DEFINITION: Final[dict[str, Any]] = {
    "family": "nightly-report",
    "containerDefinitions": [
        {
            "name": "app",
            "image": "example/app:1",
            "memory": 128,
            "essential": True,
            "environment": [{"name": "PASSWORD", "value": SECRET}],
            "logConfiguration": {"logDriver": "awslogs", "options": OPTIONS},
        }
    ],
}
WRITTEN: Final = (
    "starting",
    f"\x1b[31mDB_PASSWORD={SECRET}\x1b[0m",
    "-----BEGIN PRIVATE KEY-----",
    SECRET,
    "-----END PRIVATE KEY-----",
    "customer 4711 is unknown",
    "no route to host",
)
SHOWN: Final = [
    "starting",
    "DB_PASSWORD=[redacted: secret]",
    "[redacted: private key]",
    "[redacted: private key]",
    "[redacted: private key]",
    "[redacted: own pattern] is unknown",
    "no route to host",
]


def crash(**changes: Any) -> dict[str, Any]:
    """Return the event of a task that has just crashed."""
    now = datetime.now(UTC)
    times = {"createdAt": 90, "startedAt": 60, "executionStoppedAt": 30, "stoppingAt": 20}
    return task_state_change(
        **{
            "containers": [{"name": "app", "exitCode": 1}],
            **{name: (now - timedelta(seconds=ago)).isoformat() for name, ago in times.items()},
            "stoppedAt": now.isoformat(),
            **changes,
        }
    )


def events(*messages: str) -> list[dict[str, Any]]:
    """Return log events of the last minute."""
    begin = round((datetime.now(UTC) - timedelta(seconds=50)).timestamp() * 1000)
    return [{"timestamp": begin + n, "message": text} for n, text in enumerate(messages)]


def lines(inbox: SentryInbox) -> list[str]:
    """Return the log lines that Sentry got."""
    (sent,) = inbox.events
    crumbs = sent["breadcrumbs"]["values"]
    assert crumbs == sorted(crumbs, key=lambda crumb: crumb["timestamp"])
    return [crumb["message"] for crumb in crumbs if crumb["category"].startswith("log.")]


@pytest.fixture
def handler(tmp_path: Path) -> Path:
    """Return the file of a function that reads logs."""
    path = tmp_path / "handler.py"
    path.write_text(HANDLER)
    return path


@pytest.fixture
def aws() -> Iterator[AwsStub]:
    """Yield an AWS that knows the definition, and does as it is told about logs."""
    with AwsStub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        server.answers["DescribeTaskDefinition"] = 200, {"taskDefinition": DEFINITION}
        yield server
        server.closing.set()
        server.shutdown()


@pytest.fixture
def function(
    aws: AwsStub, handler: Path, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> LambdaSandbox:
    """Return the function that asks that AWS."""
    return sandbox(handler, env={**aws.env, "DSN": inbox.dsn}, timeout_seconds=20)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param("hang", "The look-up of the log did not finish in time.", id="hang"),
        pytest.param("trickle", "did not finish in time.", id="a byte at a time"),
        pytest.param("reset", "failed with ConnectionClosedError.", id="reset"),
        pytest.param(refused("ThrottlingException"), "AWS had too many requests", id="throttled"),
        pytest.param(refused("AccessDeniedException"), "allow the action", id="denied"),
        pytest.param(
            refused("ResourceNotFoundException"), "Container app has no log stream", id="no stream"
        ),
        pytest.param(
            refused("InvalidOperationException"), "the log group's class", id="INFREQUENT_ACCESS"
        ),
        pytest.param((200, {"events": []}), "wrote no log lines", id="empty"),
    ],
)
def test_without_the_log_the_alert_is_the_same_and_says_what_is_missing(
    answer: Answer, said: str, aws: AwsStub, inbox: SentryInbox, function: LambdaSandbox
) -> None:
    aws.answers["GetLogEvents"] = answer
    event = crash()
    done = function.invoke(event)
    assert said in assert_same_alert(done, inbox, event)
    assert lines(inbox) == []
    assert done.duration < BOX_SECONDS + 0.5


def test_without_the_definition_the_alert_is_the_same_and_says_what_is_missing(
    aws: AwsStub, inbox: SentryInbox, function: LambdaSandbox
) -> None:
    aws.answers["DescribeTaskDefinition"] = refused("ClientException")
    event = crash()
    said = assert_same_alert(function.invoke(event), inbox, event)
    assert "The task definition could not be looked up: ecs:DescribeTaskDefinition" in said


def test_an_empty_page_and_then_a_full_one_give_the_lines_without_secrets(
    aws: AwsStub, inbox: SentryInbox, function: LambdaSandbox
) -> None:
    aws.answer_once("GetLogEvents", (200, {"events": [], "nextBackwardToken": "b/1"}))
    aws.answers["GetLogEvents"] = 200, {"events": events(*WRITTEN), "nextBackwardToken": "b/2"}
    event = crash()
    assert_same_alert(function.invoke(event), inbox, event)
    assert lines(inbox) == SHOWN


def test_a_retry_after_a_failed_look_up_is_the_same_event(
    aws: AwsStub, inbox: SentryInbox, function: LambdaSandbox
) -> None:
    event = crash()
    aws.answers["GetLogEvents"] = "reset"
    inbox.answer(503)
    assert not function.invoke(event).succeeded

    inbox.answer("ok")
    aws.answers["GetLogEvents"] = 200, {"events": events("no route to host")}
    assert_same_alert(function.invoke(event), inbox, event)
    assert lines(inbox) == ["no route to host"]


def written(moto: Moto, event: dict[str, Any], **where: Any) -> None:
    """Write the log of the event's task to moto."""
    import boto3

    logs = boto3.client("logs", endpoint_url=moto.url, **where)
    task_id = event["detail"]["taskArn"].rpartition("/")[2]
    stream = {"logGroupName": "/ecs/app", "logStreamName": f"ecs/app/{task_id}"}
    logs.create_log_group(logGroupName="/ecs/app")
    logs.create_log_stream(**stream)
    logs.put_log_events(**stream, logEvents=events(*WRITTEN))


@pytest.mark.parametrize("region", [None, OTHER_REGION], ids=["same Region", "another Region"])
def test_the_last_lines_are_in_the_alert(
    region: str | None,
    moto: Moto,
    handler: Path,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    home = moto.env["AWS_REGION"]
    log = {"logDriver": "awslogs", "options": {**OPTIONS, "awslogs-region": region or home}}
    (app,) = DEFINITION["containerDefinitions"]
    answer = moto.client("ecs").register_task_definition(
        family="nightly-report", containerDefinitions=[{**app, "logConfiguration": log}]
    )
    arn = answer["taskDefinition"]["taskDefinitionArn"]
    event = crash(
        taskDefinitionArn=arn, taskArn=f"arn:aws:ecs:{home}:123456789012:task/jobs/{'a1' * 16}"
    )
    keys = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}
    written(moto, event, region_name=region or home, **keys)

    function = sandbox(handler, env={**moto.env, "DSN": inbox.dsn}, timeout_seconds=20)
    assert_same_alert(function.invoke(event), inbox, event)
    assert lines(inbox) == SHOWN
    context = inbox.events[0]["contexts"]["log 1"]
    assert (context["lines"], context["redacted_lines"]) == (7, 5)
    assert context["region"] == (region or home)


def test_the_log_of_another_account_is_read_with_its_role(
    moto: Moto, handler: Path, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    import boto3

    role, home = "arn:aws:iam::222233334444:role/alerts", moto.env["AWS_REGION"]
    assumed = moto.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    where = {
        "region_name": home,
        "aws_access_key_id": assumed["AccessKeyId"],
        "aws_secret_access_key": assumed["SecretAccessKey"],
        "aws_session_token": assumed["SessionToken"],
    }
    there = boto3.client("ecs", endpoint_url=moto.url, **where)
    arn = there.register_task_definition(**DEFINITION)["taskDefinition"]["taskDefinitionArn"]
    event = crash(
        taskDefinitionArn=arn, taskArn=f"arn:aws:ecs:{home}:222233334444:task/jobs/{'b2' * 16}"
    )
    event |= {"account": "222233334444", "region": home}
    written(moto, event, **where)

    env = {**moto.env, "DSN": inbox.dsn, "ROLE": role}
    assert_same_alert(sandbox(handler, env=env, timeout_seconds=20).invoke(event), inbox, event)
    assert lines(inbox) == SHOWN
