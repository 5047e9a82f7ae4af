"""The process's own Sentry learns nothing of what any notifier sends, and adds nothing to it."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

from aws_stub import aws_stub
from keeping_server import OK, keeping_server

pytestmark = pytest.mark.integration

#: A process that traces, and sends two alerts within a transaction of its own: itself, and by a
#: thread of ours.
PROGRAM: Final = """if True:
    import logging, sys
    import sentry_sdk
    from ecs_failure_alerts import FailureAlerter, build_alert, diagnose, parse_event
    from ecs_failure_alerts.notifiers.{module} import {name}
    from ecs_failure_alerts.testing import task_state_change

    taken = []
    sentry_sdk.init(
        "http://key@127.0.0.1:9/1", traces_sample_rate=1.0, enable_logs=True,
        before_send_transaction=lambda event, hint: taken.append(event),
        before_send=lambda event, hint: taken.append(event),
        before_send_log=lambda log, hint: taken.append(log),
    )
    logging.getLogger().setLevel(logging.DEBUG)
    task = parse_event(task_state_change())
    with sentry_sdk.start_transaction(name="host"):
        notifier = {name}(sys.argv[1])
        notifier.notify(build_alert(task, diagnose(task)), timeout=9)
        FailureAlerter(notifier).process(task_state_change()).raise_for_failures()
    (transaction,) = taken
    print(len(transaction["spans"]), transaction.get("breadcrumbs", {{}}).get("values", []))
"""
TOPIC: Final = "arn:aws:sns:us-east-1:111122223333:alerts"


def run(module: str, name: str, argument: str) -> str:
    """Send an alert by a notifier, and return what the process's Sentry saw of it."""
    program = PROGRAM.format(module=module, name=name)
    command = [sys.executable, "-W", "ignore", "-c", program, argument]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize(
    ("module", "name", "scheme"),
    [("webhook", "WebhookNotifier", "http"), ("apprise", "AppriseNotifier", "json")],
)
def test_a_request_has_no_trace_of_the_host(module: str, name: str, scheme: str) -> None:
    with keeping_server(OK.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n")) as server:
        seen = run(module, name, server.url.replace("http", scheme, 1))
        assert len(server.requests) == 2
    assert b"sentry" not in b"".join(server.requests).lower()
    assert seen == "0 []\n"


def test_a_message_of_sns_is_no_span_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_stub(monkeypatch) as aws:
        aws.held = 200, {"MessageId": "m-1"}
        assert run("sns", "SnsNotifier", TOPIC) == "0 []\n"
        assert len(aws.asked) == 2
