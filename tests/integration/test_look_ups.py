"""Look-ups in a Lambda, against an AWS that is well and one that is not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from aws_stub import Answer, AwsStub, refused
from ecs_failure_alerts import judge
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.lambda_runtime import Invocation, LambdaSandbox
from integration.moto_server import Moto

pytestmark = pytest.mark.integration

SECRET: Final = "value-nobody-may-see"
BOX_SECONDS: Final = 1.0

HANDLER: Final = f"""\
import logging
import os

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.enrichers import AwsClients, TaskDefinitionEnricher, TaskDefinitions
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

logging.getLogger().setLevel(logging.DEBUG)
CLIENTS = AwsClients(roles=filter(None, [os.environ.get("ROLE")]))
DEFINITIONS = TaskDefinitions(CLIENTS, keys=["team"])
DEFINITIONS.prepare()
ALERTER = FailureAlerter(
    SentryNotifier(os.environ["DSN"]),
    enrichers=[TaskDefinitionEnricher(DEFINITIONS)],
    lookup_seconds={BOX_SECONDS},
)


def lambda_handler(event, context):
    return ALERTER.handle(event, context)
"""

#: A task that the event alone calls undecided: one container ended with 0, the other was killed.
CONTAINERS: Final = [{"name": "app", "exitCode": 137}, {"name": "log", "exitCode": 0}]
EVENT: Final = task_state_change(containers=CONTAINERS)
DEFINITION: Final[dict[str, Any]] = {
    "family": "nightly-report",
    "containerDefinitions": [
        {
            "name": "app",
            "image": "example/app:1",
            "memory": 128,
            "essential": True,
            "environment": [{"name": "PASSWORD", "value": SECRET}],
            "command": [SECRET],
            "dockerLabels": {"key": SECRET},
            "logConfiguration": {
                "logDriver": "splunk",
                "options": {"splunk-token": SECRET, "splunk-url": "https://splunk.example"},
            },
        },
        {"name": "log", "image": "example/log:1", "memory": 128, "essential": False},
    ],
}


@pytest.fixture
def handler(tmp_path: Path) -> Path:
    """Return the file of a function that looks definitions up."""
    path = tmp_path / "handler.py"
    path.write_text(HANDLER)
    return path


@pytest.fixture
def aws() -> Iterator[AwsStub]:
    """Yield an AWS that does as it is told."""
    with AwsStub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        server.held = 200, {"taskDefinition": DEFINITION}
        yield server
        server.closing.set()
        server.shutdown()


def assert_same_alert(invocation: Invocation, inbox: SentryInbox, event: dict[str, Any]) -> str:
    """Check that what arrived is known by the same id, fingerprint and title; return its text."""
    expected = judge(event).as_alert()
    assert invocation.succeeded, invocation.error
    (outcome,) = invocation.result["outcomes"]
    assert outcome["status"] == "delivered"
    (sent,) = inbox.events
    error = sent["exception"]["values"][0]
    assert (sent["event_id"], error["type"]) == (expected.event_id, expected.title)
    assert tuple(sent["fingerprint"]) == expected.fingerprint
    assert SECRET not in invocation.log + str(sent)
    return str(error["value"])


@pytest.fixture
def function(
    aws: AwsStub, handler: Path, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> LambdaSandbox:
    """Return the function that asks that AWS."""
    return sandbox(handler, env={**aws.env, "DSN": inbox.dsn}, timeout_seconds=20)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            "hang", "The look-up of the task definition did not finish in time.", id="hang"
        ),
        pytest.param("trickle", "did not finish in time.", id="a byte at a time"),
        pytest.param("reset", "failed with ConnectionClosedError.", id="reset"),
        pytest.param(refused("ThrottlingException"), "AWS had too many requests", id="throttled"),
        pytest.param(refused("AccessDeniedException"), "allow the action", id="denied"),
        pytest.param(refused("ClientException"), "it may have been deleted", id="gone"),
    ],
)
def test_with_an_aws_that_fails_the_alert_arrives_in_time_and_says_what_is_missing(
    answer: Answer, said: str, aws: AwsStub, inbox: SentryInbox, function: LambdaSandbox
) -> None:
    """It is the same alert as without look-ups."""
    aws.held = answer
    done = function.invoke(EVENT)
    assert said in assert_same_alert(done, inbox, EVENT)
    assert done.duration < BOX_SECONDS + 0.5


def test_a_retry_after_a_failed_look_up_is_the_same_event(
    aws: AwsStub,
    inbox: SentryInbox,
    function: LambdaSandbox,
    handler: Path,
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    """In another process: one would not ask again within seconds."""
    inbox.answer(503)
    aws.held = "reset"
    assert not function.invoke(EVENT).succeeded

    inbox.answer("ok")
    aws.held = 200, {"taskDefinition": DEFINITION}
    other = sandbox(handler, env={**aws.env, "DSN": inbox.dsn}, timeout_seconds=20)
    again = other.invoke(EVENT)
    assert "the only essential one" in assert_same_alert(again, inbox, EVENT)
    assert len({event["event_id"] for event in inbox.events}) == 1


@pytest.fixture
def definition(moto: Moto) -> str:
    """Register the task definition with moto; return its ARN."""
    answer = moto.client("ecs").register_task_definition(
        **DEFINITION, tags=[{"key": "team", "value": "data"}, {"key": "who", "value": SECRET}]
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def test_the_definition_settles_what_the_event_leaves_open(
    moto: Moto,
    definition: str,
    handler: Path,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    event = task_state_change(containers=CONTAINERS, taskDefinitionArn=definition)
    assert judge(event).diagnosis.level == "warning"
    function = sandbox(handler, env={**moto.env, "DSN": inbox.dsn}, timeout_seconds=20)
    message = assert_same_alert(function.invoke(event), inbox, event)
    assert "Container app is the only essential one, so its end stopped the task." in message
    assert inbox.events[0]["level"] == "error"


def test_work_that_had_ended_alerts_nobody(
    moto: Moto,
    definition: str,
    handler: Path,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    ends = [{"name": "app", "exitCode": 0}, {"name": "log", "exitCode": 137}]
    event = task_state_change(containers=ends, taskDefinitionArn=definition)
    assert judge(event).alert is not None
    function = sandbox(handler, env={**moto.env, "DSN": inbox.dsn}, timeout_seconds=20)
    done = function.invoke(event)
    (outcome,) = done.result["outcomes"]
    assert (outcome["status"], outcome["cause"], inbox.events) == ("no_alert", "clean_exit", ())
    assert "definition.containers[0].essential" in outcome["evidence"]
    assert SECRET not in done.log


def test_a_definition_of_another_account_is_read_with_its_role(
    moto: Moto,
    definition: str,
    handler: Path,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
) -> None:
    """Without the role the account knows no such definition."""
    import boto3

    role = "arn:aws:iam::222233334444:role/alerts"
    assumed = moto.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    there = boto3.client(
        "ecs",
        endpoint_url=moto.url,
        region_name=moto.env["AWS_REGION"],
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    other = {**DEFINITION, "family": "of-another-account"}
    arn = there.register_task_definition(**other)["taskDefinition"]["taskDefinitionArn"]
    assert ":222233334444:" in arn
    event = task_state_change(containers=CONTAINERS, taskDefinitionArn=arn)

    env = {**moto.env, "DSN": inbox.dsn}
    alone = sandbox(handler, env=env, timeout_seconds=20).invoke(event)
    assert "failed with ClientException" in assert_same_alert(alone, inbox, event)

    with SentryInbox() as second:
        env = {**moto.env, "DSN": second.dsn, "ROLE": role}
        done = sandbox(handler, env=env, timeout_seconds=20).invoke(event)
        assert "the only essential one" in assert_same_alert(done, second, event)
