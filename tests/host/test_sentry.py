"""What is hidden from the process's own Sentry is nothing that it sees."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from ecs_failure_alerts.host import hidden_from_host_sentry

DSN = "http://key@127.0.0.1:9/1"


def host_client(taken: list[Any]) -> sentry_sdk.Client:
    """Return a Sentry of the process, and let *taken* get what it would send."""
    return sentry_sdk.Client(
        DSN,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration()],
        before_send=lambda event, hint: taken.append(event),
    )


@pytest.fixture
def events() -> Iterator[list[Any]]:
    """Yield what a Sentry of the process would send of what is logged."""
    taken: list[Any] = []
    scope = sentry_sdk.Scope.get_global_scope()
    previous = scope.client
    with sentry_sdk.isolation_scope():
        client = host_client(taken)
        scope.set_client(client)
        try:
            yield taken
        finally:
            scope.set_client(previous)
            client.close(timeout=0.1)


@pytest.mark.usefixtures("events")
def test_inside_the_client_is_silent_and_afterwards_the_hosts() -> None:
    """Inside, the current client is another one, active and silent; afterwards it is no more."""
    host = sentry_sdk.get_client()

    with hidden_from_host_sentry():
        inside = sentry_sdk.get_client()
        assert inside is not host
        assert inside.is_active()
        assert inside.get_integration("stdlib") is None
        assert sentry_sdk.capture_message("x") is None

    assert sentry_sdk.get_client() is host


def test_a_sentry_that_the_host_starts_meanwhile_sees_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its init() may come while our request is under way."""
    taken: list[Any] = []
    assert not sentry_sdk.get_client().is_active()

    with sentry_sdk.isolation_scope():
        with hidden_from_host_sentry():
            monkeypatch.setattr(sentry_sdk.get_global_scope(), "client", host_client(taken))
            logging.getLogger("some_library").error("ours")  # an event, and a breadcrumb
            sentry_sdk.capture_message("ours")
        sentry_sdk.capture_message("theirs")

    (event,) = taken
    assert event["message"] == "theirs"
    assert not event.get("breadcrumbs", {}).get("values")


@pytest.mark.usefixtures("events")
def test_other_threads_keep_their_client_meanwhile() -> None:
    host, seen = sentry_sdk.get_client(), []

    with hidden_from_host_sentry():
        thread = threading.Thread(target=lambda: seen.append(sentry_sdk.get_client()))
        thread.start()
        thread.join()

    assert type(seen[0]) is type(host)


@pytest.mark.parametrize("name", ["ecs_failure_alerts", "ecs_failure_alerts.alerts"])
def test_our_errors_in_the_log_are_no_events_of_the_host(events: list[Any], name: str) -> None:
    """A log line about an alert is none of the host's errors."""
    with hidden_from_host_sentry():
        pass
    logging.getLogger(name).error("ours")
    assert events == []


@pytest.mark.parametrize("name", ["ecs_failure_alerts_of_mine", "ecs_failure_alerts2"])
def test_a_logger_whose_name_begins_like_ours_is_the_hosts(events: list[Any], name: str) -> None:
    """The host's own loggers are seen as before, whatever their names begin with."""
    with hidden_from_host_sentry():
        pass
    logging.getLogger(name).error("theirs")
    assert [event["logentry"]["message"] for event in events] == ["theirs"]


def test_without_sentry_sdk_there_is_nothing_to_hide_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has loaded sentry-sdk, the scope of nothing is changed."""
    scope = sentry_sdk.get_current_scope()
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with hidden_from_host_sentry():
        assert sentry_sdk.get_current_scope() is scope


def test_a_post_without_sentry_loads_no_sentry_sdk() -> None:
    """Where the process has not loaded sentry-sdk, an alert to another backend does not."""
    program = """if True:
        import sys
        from ecs_failure_alerts._deadline import Deadline
        from ecs_failure_alerts.exceptions import DeliveryError
        from ecs_failure_alerts.notifiers._http import ConfirmedPost
        post = ConfirmedPost("http://127.0.0.1:9/", headers={}, attempts=1)
        try:
            post.send(b"{}", bool, Deadline.after(2))
        except DeliveryError as error:
            print(error, "sentry_sdk" in sys.modules)
    """
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout == "127.0.0.1 refused the connection False\n"
