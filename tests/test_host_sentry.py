"""What is done apart is nothing that the process's own Sentry sees."""

from __future__ import annotations

import threading

import sentry_sdk

from ecs_failure_alerts._host_sentry import apart


def test_inside_the_current_client_is_silent_and_afterwards_the_hosts() -> None:
    host = sentry_sdk.get_client()
    with apart():
        inside = sentry_sdk.get_client()
        assert inside is not host
        assert inside.is_active()
        assert inside.get_integration("stdlib") is None
        assert sentry_sdk.capture_message("x") is None
    assert type(sentry_sdk.get_client()) is type(host)


def test_other_threads_keep_their_client_meanwhile() -> None:
    host, seen = sentry_sdk.get_client(), []
    with apart():
        thread = threading.Thread(target=lambda: seen.append(sentry_sdk.get_client()))
        thread.start()
        thread.join()
    assert type(seen[0]) is type(host)
