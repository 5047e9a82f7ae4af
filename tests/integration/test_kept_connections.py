"""Connections that outlive an invocation: no alert is lost on them or told twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authority import TlsInbox, ca_file
from integration.deliveries import failed_task, id_of
from integration.lambda_runtime import LambdaSandbox

pytestmark = pytest.mark.integration

#: A function that reads as much more from the wall clock as an event says. The runtime client reads
#: the real one, for the time that is left.
HANDLER = """
import os
import time
from types import SimpleNamespace

from ecs_failure_alerts import alerter_from_env
from ecs_failure_alerts.notifiers import _idle_connections

ALERTER = alerter_from_env(os.environ)


def lambda_handler(event, context):
    ahead = event.pop("frozen_for")
    clocks = SimpleNamespace(time=lambda: time.time() + ahead, monotonic=time.monotonic)
    _idle_connections.time = clocks
    return ALERTER.handle(event, context)
"""

#: For how long the process was frozen since its last alert; None for a new process.
STATES = {"cold": None, "warm": 0, "after 1 s": 1, "after 9 s": 9, "after 60 s": 60}
KEPT_SECONDS = 10

#: What becomes of the first request.
FAULTS = ("close", "reset", "half", "hang")


@pytest.mark.parametrize("taken", [False, True], ids=["not taken", "taken"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("state", STATES)
def test_an_alert_is_neither_lost_nor_told_twice(
    state: str, fault: Any, taken: bool, sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> None:
    """Over TLS, whatever becomes of the connection, and whether the server took it or not."""
    frozen_for = STATES[state]
    (tmp_path / "handler.py").write_text(HANDLER)
    with TlsInbox() as inbox:
        env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "SSL_CERT_FILE": ca_file(tmp_path)}
        function = sandbox(tmp_path, env=env, timeout_seconds=4)
        if frozen_for is not None:
            assert function.invoke({"frozen_for": 0, **failed_task()}).succeeded
        if frozen_for == 1:
            time.sleep(1)  # in truth, and stopped by SIGSTOP
            frozen_for = 0
        before, opened = len(inbox.requests), inbox.connections

        inbox.answer(fault, times=1, after_accept=taken)
        event = {"frozen_for": frozen_for or 0, **failed_task()}
        done = function.invoke(event)
        kept = frozen_for is not None and frozen_for < KEPT_SECONDS
        # On a new connection a server may take all the time: that is reported, and tried again.
        assert done.succeeded is (kept or fault != "hang"), done.error_message
        if not done.succeeded:
            inbox.answer("ok")
            assert function.invoke(event).succeeded

        told = [request.event_id for request in inbox.requests[before:]]
        assert told == [id_of(event)] * 2
        assert inbox.event_ids.count(id_of(event)) == 1
        assert inbox.connections - opened == (1 if kept else 2)


def test_a_process_that_was_frozen_for_long_opens_a_connection_and_does_not_try_the_old_one(
    sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> None:
    (tmp_path / "handler.py").write_text(HANDLER)
    with TlsInbox() as inbox:
        env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "SSL_CERT_FILE": ca_file(tmp_path)}
        function = sandbox(tmp_path, env=env)
        opened = []
        for clock in (0, 9, 18, 28, 20, 20):  # seconds; at last it is set back
            assert function.invoke({"frozen_for": clock, **failed_task()}).succeeded
            opened.append(inbox.connections)
        assert opened == [1, 1, 1, 2, 3, 3]
