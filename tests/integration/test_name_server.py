"""A name server that does not answer cannot be interrupted, but costs only the time left."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, failed_task, id_of, sqs_records
from integration.lambda_runtime import LambdaSandbox

pytestmark = pytest.mark.integration

TIMEOUT = 2.0

#: Names are looked up only once the file "answers" is there; what asked before waits on.
STUCK = """
    import pathlib, socket, sys, time

    look_up = socket.getaddrinfo

    def wait_and_look_up(*args, **options):
        late = not pathlib.Path({folder!r}, "answers").exists()
        time.sleep(3600 * late)
        return look_up(*args, **options)

    socket.getaddrinfo = wait_and_look_up
    sys.path.append({handler!r})
    from handler import lambda_handler
"""


@pytest.mark.parametrize("count", [1, 10])
def test_a_hanging_name_server_delays_alerts_and_loses_none(
    sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox, tmp_path: Path, count: int
) -> None:
    """The function ends in time, again and again."""
    code = STUCK.format(folder=str(tmp_path), handler=str(HANDLER))
    (tmp_path / "stuck.py").write_text(textwrap.dedent(code))
    env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn}
    function = sandbox(tmp_path, "stuck.lambda_handler", env=env, timeout_seconds=TIMEOUT)
    events = [failed_task() for _ in range(count)]
    for attempt in range(2):
        failed = function.invoke(sqs_records(events))
        assert failed.error_type == "DeliveryFailed", failed.error
        assert failed.duration < TIMEOUT - 0.25
        assert failed.cold is not bool(attempt)
    (tmp_path / "answers").touch()
    done = function.invoke(sqs_records(events))
    assert done.succeeded, done.error
    assert not done.cold
    assert set(inbox.event_ids) == {id_of(event) for event in events}
