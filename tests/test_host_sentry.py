"""What is done apart is nothing that the process's own Sentry sees."""

from __future__ import annotations

import threading

import sentry_sdk

from ecs_failure_alerts._host_sentry import apart


def test_apart() -> None:
    """Inside, the current client is another one, active and silent; afterwards it is no more."""
    host = sentry_sdk.get_client()
    with apart():
        inside = sentry_sdk.get_client()
        assert inside is not host
        assert inside.is_active()
        assert inside.get_integration("stdlib") is None
        assert sentry_sdk.capture_message("x") is None
    assert type(sentry_sdk.get_client()) is type(host)


def test_other_threads_are_not_apart() -> None:
    """Other threads of the process keep their client meanwhile."""
    host, seen = sentry_sdk.get_client(), []
    with apart():
        thread = threading.Thread(target=lambda: seen.append(sentry_sdk.get_client()))
        thread.start()
        thread.join()
    assert type(seen[0]) is type(host)
