"""
A configuration through the Lambda: who is told what, by three backends on loopback.

The real runtime client runs the Lambda's file; SNS and Systems Manager are one server that AWS's
SDK takes for AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_stub import AwsStub, aws_stub
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.components import require
from integration.lambda_runtime import LambdaSandbox
from keeping_server import KeepingServer, keeping_server

pytestmark = pytest.mark.integration

HANDLER = Path(__file__).parents[2] / "adapters" / "lambda" / "handler.py"

#: A silence, the data team's jobs, and Spot of one service; the DSN is in Systems Manager.
DOCUMENT = """
[[rules]]
level = "silent"
family = "importer"
exit_code = 143
until = 2026-12-04
why = "fixed in release 12"

[[rules]]
level = "error"
cause = "spot_interruption"
service = "checkout"

[notifiers.data-sentry]
type = "sentry"
dsn_ssm_parameter = "/data/dsn"

[notifiers.data-slack]
type = "sns"
topic_arn = "arn:aws:sns:eu-central-1:111122223333:data-alerts"

[notifiers.hook]
type = "webhook"
url = "HOOK"

[[routes]]
notifier = "data-sentry"
family = "etl-*"

[[routes]]
notifier = "data-slack"
family = "etl-*"

[[routes]]
notifier = "hook"
family = "importer"

[[routes]]
notifier = "hook"
service = "checkout"
"""


class Backends:
    """The three backends, and the Lambda that has the configuration."""

    def __init__(
        self, sandbox: LambdaSandbox, inbox: SentryInbox, aws: AwsStub, hook: KeepingServer
    ) -> None:
        self.sandbox = sandbox
        self.inbox = inbox
        self.aws = aws
        self.hook = hook

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many alerts Sentry, SNS and the webhook have."""
        published = sum(target == "Query.Publish" for target, _ in self.aws.asked)
        return len(self.inbox.events), published, len(self.hook.requests)

    def tell(self, event: dict[str, Any]) -> tuple[int, int, int]:
        """Hand an event to the Lambda, and return what each backend has got of it."""
        before = self.counts
        invocation = self.sandbox.invoke(event)
        assert invocation.error is None, invocation.error
        sentry, sns, hook = (now - then for now, then in zip(self.counts, before, strict=True))
        return sentry, sns, hook


@pytest.fixture(scope="module")
def backends() -> Iterator[Backends]:
    """Yield the Lambda between its backends."""
    require("awslambdaric")
    if not HANDLER.is_file():
        pytest.skip("the tests run without the checkout")

    with (
        pytest.MonkeyPatch.context() as patch,
        aws_stub(patch) as aws,
        SentryInbox() as inbox,
        keeping_server() as hook,
    ):
        aws.answers["GetParameter"] = (200, {"Parameter": {"Value": inbox.dsn}})
        aws.answers["Publish"] = (200, {"MessageId": "a-message"})
        document = DOCUMENT.replace("HOOK", hook.url)
        env = {**aws.env, "ECS_ALERTS_CONFIG": document}
        with LambdaSandbox(HANDLER, env=env) as sandbox:
            yield Backends(sandbox, inbox, aws, hook)


def event(family: str, code: int, **changes: Any) -> dict[str, Any]:
    """Return the event of a task that ended with this code."""
    arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:1"
    task = f"arn:aws:ecs:eu-central-1:123456789012:task/jobs/{family}-{code}"
    return task_state_change(
        taskArn=task, taskDefinitionArn=arn, containers=[{"exitCode": code}], **changes
    )


def spot(service: str) -> dict[str, Any]:
    """Return the event of a service's task that Spot took away."""
    return event(
        service,
        0,
        group=f"service:{service}",
        startedBy="ecs-svc/1234567890123456789",
        stopCode="SpotInterruption",
        stoppedReason="Your Spot Task was interrupted.",
    )


def test_a_silence_holds_for_its_code_and_family(backends: Backends) -> None:
    assert backends.tell(event("importer", 143)) == (0, 0, 0)
    assert backends.tell(event("importer", 1)) == (0, 0, 1)


def test_the_data_teams_jobs_go_to_sentry_and_to_slack(backends: Backends) -> None:
    assert backends.tell(event("etl-orders", 1)) == (1, 1, 0)
    assert backends.inbox.events[-1]["tags"]["ecs.family"] == "etl-orders"


def test_spot_of_the_checkout_service_is_an_error(backends: Backends) -> None:
    assert backends.tell(spot("checkout")) == (0, 0, 1)
    body = backends.hook.requests[-1].partition(b"\r\n\r\n")[2]
    assert json.loads(body)["level"] == "error"
    assert backends.tell(spot("other")) == (0, 0, 0)


def test_an_alert_that_no_route_takes_is_loud(backends: Backends) -> None:
    invocation = backends.sandbox.invoke(event("nobodys", 1))
    assert invocation.error is not None
    assert "no route takes it" in invocation.error["errorMessage"]


def test_a_wrong_document_stops_the_start_and_names_every_fault() -> None:
    require("awslambdaric")
    document = '[[rules]]\nlevel = "loud"\n[lookups]\nseconds = 0\n'
    with LambdaSandbox(HANDLER, env={"ECS_ALERTS_CONFIG": document}) as sandbox:
        error = sandbox.invoke(event("etl-orders", 1)).error
    assert error is not None
    assert error["errorType"] == "ConfigError"
    assert error["errorMessage"].startswith("ECS_ALERTS_CONFIG: rules[0].level: unknown level")
    assert "; lookups.seconds: expected more than 0" in error["errorMessage"]
