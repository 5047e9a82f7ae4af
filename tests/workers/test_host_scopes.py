"""Work is done in the Sentry scope of its caller, and no thread keeps that scope."""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sentry_sdk
from sentry_sdk.integrations.threading import ThreadingIntegration

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.workers import Workers, _threads


@pytest.fixture(autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Patch threads as the process's own Sentry does, and begin with no thread that waits."""
    _threads._waiting.clear()
    start = inspect.unwrap(threading.Thread.start)  # another test may have had them patched
    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(ThreadPoolExecutor, "submit", inspect.unwrap(ThreadPoolExecutor.submit))
    client = sentry_sdk.Client(
        "http://key@127.0.0.1:9/1",
        default_integrations=False,
        integrations=[ThreadingIntegration()],
    )
    if threading.Thread.start is start:  # the SDK patches them at a process's first client alone
        ThreadingIntegration.setup_once()
    monkeypatch.setattr(sentry_sdk.get_global_scope(), "client", client)
    yield
    _threads._waiting.clear()
    client.close(timeout=0.1)


class Request:
    """What a host may put into its scope."""


def invoke(number: int, tags: list[object]) -> weakref.ref[Request]:
    """Have a thread note the tags of the invocation, and return a reference to its request."""
    with sentry_sdk.isolation_scope() as scope:
        request = Request()
        scope.set_tag("invocation", number)
        scope.set_extra("request", request)
        workers = Workers("owner", lambda: tags.append({**sentry_sdk.get_isolation_scope()._tags}))
        workers.start(1)
        workers.wait(Deadline.after(5))
        return weakref.ref(request)


def test_each_work_has_the_tags_of_its_own_invocation() -> None:
    tags: list[object] = []
    for number in range(3):
        invoke(number, tags)
    assert tags == [{"invocation": 0}, {"invocation": 1}, {"invocation": 2}]


def test_a_thread_that_waits_holds_no_request_of_the_host() -> None:
    held = [invoke(number, []) for number in range(3)]
    (thread,) = _threads._waiting._threads
    assert thread.is_alive()
    assert [request() for request in held] == [None] * 3
