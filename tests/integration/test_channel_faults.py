"""
Faults of a webhook, of a service of Apprise and of SNS, in a Lambda beside a channel that is well.

The real runtime client runs the function. Whatever the fault, the function fails as long as the
backend has not confirmed, the other channel gets the alert once, and the retry brings the alert to
the backend under the same id.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from aws_stub import Answer, AwsStub, aws_stub, refused
from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import alert_of, assert_no_secret, failed_task
from integration.lambda_runtime import LambdaSandbox
from keeping_server import OK, KeepingServer, Step, keeping_server

pytestmark = pytest.mark.integration

TIMEOUT_SECONDS: Final = 3.0
TOPIC: Final = "arn:aws:sns:us-east-1:111122223333:alerts"

FUNCTION: Final = """
    import os
    from ecs_failure_alerts import FailureAlerter
    from ecs_failure_alerts.notifiers.sentry import SentryNotifier
    from ecs_failure_alerts.notifiers.{module} import {name}

    NOTIFIER = {name}(os.environ["ADDRESS"])
    ALERTER = FailureAlerter(NOTIFIER, SentryNotifier(os.environ["DSN"]))

    def lambda_handler(event, context):
        return ALERTER.handle(event, context)
"""


def answered(status: int, *headers: str) -> bytes:
    """Write an answer without a body."""
    lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close", *headers]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


HTTP_FAULTS: Final[dict[str, Step]] = {
    "302": answered(302, "Location: /login"),
    "400": answered(400),
    "401": answered(401),
    "404": answered(404),
    "413": answered(413),
    "429 with Retry-After": answered(429, "Retry-After: 60"),
    "500": answered(500),
    "503": answered(503),
    "half of an answer": OK.replace(b"200 OK", b"500 X")[:-4],
    "reset": "reset",
    "close": "close",
    "hang": "never",
}
AWS_FAULTS: Final[dict[str, Answer]] = {
    "denied": refused("AuthorizationError"),
    "throttled": refused("Throttled"),
    "no key": refused("KMSDisabled"),
    "500": (500, {"__type": "InternalError"}),
    "no id": (200, {}),
    "reset": "reset",
    "hang": "hang",
    "trickle": "trickle",
}


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Yield the channel that is well."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def deploy(
    inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> Callable[..., LambdaSandbox]:
    """Return a function that deploys a Lambda with such a notifier beside the channel."""

    def deploy(module: str, name: str, address: str, **env: str) -> LambdaSandbox:
        handler = tmp_path / "handler.py"
        handler.write_text(textwrap.dedent(FUNCTION.format(module=module, name=name)))
        given = {"ADDRESS": address, "DSN": inbox.dsn, **env}
        return sandbox(handler, env=given, timeout_seconds=TIMEOUT_SECONDS)

    return deploy


def fail_and_retry(
    function: LambdaSandbox, inbox: SentryInbox, heal: Callable[[], None]
) -> dict[str, Any]:
    """Invoke under a fault, then again without; return the event, which was told once beside."""
    event = failed_task()
    failed = function.invoke(event)
    assert not failed.timed_out
    assert failed.error_type == "DeliveryFailed"
    assert inbox.event_ids.count(alert_of(event).event_id) == 1

    heal()
    done = function.invoke(event)
    assert done.succeeded, done.error_message
    assert not done.cold
    assert_no_secret(failed.log, done.log)
    assert inbox.event_ids.count(alert_of(event).event_id) == 1
    return event


def id_in(request: bytes) -> str:
    """Return the event id that a request to a webhook names."""
    headers = request.lower().partition(b"\r\n\r\n")[0].split(b"\r\n")
    return next(line for line in headers if line.startswith(b"webhook-id")).split()[1].decode()


def test_a_webhook_gets_each_alert_whatever_went_wrong(
    deploy: Callable[..., LambdaSandbox], inbox: SentryInbox
) -> None:
    with keeping_server() as server:
        function = deploy("webhook", "WebhookNotifier", server.url)
        for fault, step in HTTP_FAULTS.items():
            server.requests.clear()
            server.script[:] = [step] * 3
            event = fail_and_retry(function, inbox, server.script.clear)
            ids = {id_in(request) for request in server.requests}
            assert ids == {alert_of(event).event_id}, fault


def test_a_service_of_apprise_gets_each_alert_whatever_went_wrong(
    deploy: Callable[..., LambdaSandbox], inbox: SentryInbox
) -> None:
    def closing() -> None:
        server.script[:] = [answered(200)] * 3

    with keeping_server() as server:
        url = server.url.replace("http", "json", 1)
        function = deploy("apprise", "AppriseNotifier", url)
        for fault, step in HTTP_FAULTS.items():
            server.requests.clear()
            server.script[:] = [step] * 3
            event = fail_and_retry(function, inbox, closing)
            assert _title(server) == alert_of(event).title, fault


def _title(server: KeepingServer) -> str:
    return str(json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])["title"])


def test_a_topic_gets_each_alert_whatever_went_wrong(
    deploy: Callable[..., LambdaSandbox], inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aws_stub(monkeypatch) as aws:
        function = deploy("sns", "SnsNotifier", TOPIC, **aws.env)
        for fault, answer in AWS_FAULTS.items():
            aws.asked.clear()
            aws.held = answer
            event = fail_and_retry(function, inbox, lambda: _heal(aws))
            ids = {json.loads(form["Message"])["id"] for _, form in aws.asked}
            assert ids == {alert_of(event).event_id}, fault


def _heal(aws: AwsStub) -> None:
    aws.held = 200, {"MessageId": "m-1"}
