"""A lock that another thread holds while the process forks is free in the forked process."""

from __future__ import annotations

import ast
import logging
import os
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Final
from weakref import WeakSet

import pytest
import urllib3

import ecs_failure_alerts
from aws_stub import aws_stub
from ecs_failure_alerts import FailureAlerter, _locks
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts._locks import Lock
from ecs_failure_alerts.enrichers import TaskDefinitions
from ecs_failure_alerts.host import unlogged
from ecs_failure_alerts.notifiers._clients import RenewedClient
from ecs_failure_alerts.notifiers._idle_connections import IdleConnections
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from forks import FORKS, in_fork
from ports import LOCALHOST
from source_trees import tree_of
from waits import wait_until

pytestmark = FORKS

ARN: Final = "arn:aws:ecs:eu-central-1:123456789012:task-definition/nightly-report:17"
HOUSE: Final = Path(ecs_failure_alerts.__file__).parent

#: How Python makes locks.
PYTHON_LOCKS: Final = ("threading.Lock", "threading.RLock", "threading.Condition")

#: The modules that may use Python's own locks, and why.
OWN_LOCKS: Final = {
    "_locks.py": "makes the others",
    "workers/_threads.py": "the lock of a thread, with which it dies",
    "testing/_inbox.py": "a server with its own threads, for tests",
    "testing/_server.py": "the same",
}


@contextmanager
def in_another_thread(held: AbstractContextManager[object]) -> Iterator[None]:
    """Let another thread hold something."""
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with held:
            begun.set()
            go_on.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(5)
    try:
        yield
    finally:
        go_on.set()
        thread.join()


@contextmanager
def every_lock() -> Iterator[None]:
    """Hold every lock that there is."""
    with ExitStack() as held:
        for lock in list(_locks._locks):
            held.enter_context(lock)
        yield


def test_an_alert_is_delivered_whatever_locks_are_held() -> None:
    alerter = FailureAlerter(RecordingNotifier())
    alerter.process(task_state_change())
    with in_another_thread(every_lock()):
        assert in_fork(
            lambda: bool(alerter.process(task_state_change(id="2")).outcomes[0].receipts)
        )


def test_a_task_definition_is_looked_up_that_another_thread_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with aws_stub(monkeypatch) as aws, ThreadPoolExecutor() as others:
        definitions = TaskDefinitions()
        aws.answer_once("DescribeTaskDefinition", "hang")
        aws.held = 200, {"taskDefinition": {"containerDefinitions": [{"name": "app"}]}}
        others.submit(definitions.find, ARN, timeout=5)
        wait_until(lambda: bool(aws.asked))
        assert in_fork(lambda: bool(definitions.find(ARN, timeout=5).containers))
        aws.closing.set()


def test_a_secret_is_read_that_another_thread_reads() -> None:
    reading, go_on = threading.Event(), threading.Event()

    def read() -> str:
        if os.getpid() == parent:
            reading.set()
            go_on.wait(30)
        return "secret"

    parent = os.getpid()
    client: RenewedClient[str] = RenewedClient({"DSN": read}, str, {})
    with ThreadPoolExecutor() as others:
        others.submit(client.use, str, Deadline.after(30))
        assert reading.wait(5)
        assert in_fork(lambda: client.use(str, Deadline.after(5)) == "secret")
        go_on.set()


def test_what_another_thread_kept_from_logs_is_logged_in_a_fork() -> None:
    """Its thread is gone, and a new one may have its identifier."""

    def log() -> bool:
        heard: list[logging.LogRecord] = []
        logger = logging.getLogger("some_library")
        handler = logging.Handler()
        handler.emit = heard.append  # type: ignore[assignment]
        logger.addHandler(handler)
        threads = [threading.Thread(target=logger.warning, args=["heard"]) for _ in range(3)]
        for thread in threads:
            thread.start()
            thread.join()
        return len(heard) == 3

    with in_another_thread(unlogged("some_library")):
        assert in_fork(log)


def test_a_forked_process_has_none_of_its_parents_connections() -> None:
    """Two processes must not write into one."""
    idle = IdleConnections()
    idle.keep(urllib3.HTTPConnectionPool(LOCALHOST))
    assert in_fork(lambda: idle.take() is None)


def test_each_lock_is_renewed_and_its_owner_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a forked process does, in this one."""

    class Owner:
        def __init__(self) -> None:
            self.lock = Lock(self.begin)
            self.begun = 0

        def begin(self) -> None:
            self.begun += 1

    owner, alone = Owner(), Lock()
    locks = owner.lock, alone
    monkeypatch.setattr(_locks, "_locks", WeakSet(locks))
    assert all(lock.acquire() for lock in locks)
    _locks._renew_all()
    assert all(lock.acquire(timeout=0) for lock in locks)
    assert owner.begun == 1


def test_a_lock_does_not_keep_what_it_belongs_to() -> None:
    idle = IdleConnections()
    still_there = weakref.ref(idle)
    del idle
    assert still_there() is None
    assert in_fork(lambda: True)


def test_every_lock_is_of_this_kind() -> None:
    makers = {
        path.relative_to(HOUSE).as_posix()
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PYTHON_LOCKS
    }
    assert makers == OWN_LOCKS.keys()
