"""The Sentry that the process has for itself: nothing of ours may reach it."""

# Theory of operation: sentry_sdk.init() patches http.client, botocore and logging. Each request
# of ours would carry the process's release, key and trace along and be a span of its project,
# where each log line would end up as well. All of this asks for the client of the current scope:
# so what is ours runs in a scope whose client is silent, and our loggers are ignored.

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sentry_sdk
from sentry_sdk.integrations import logging as sentry_logging

sentry_logging.ignore_logger("ecs_failure_alerts*")
# Younger than what we ask for, so a run of the tests takes one way or the other.
if hasattr(sentry_logging, "ignore_logger_for_sentry_logs"):  # pragma: no branch
    sentry_logging.ignore_logger_for_sentry_logs("ecs_failure_alerts*")


@contextmanager
def apart() -> Iterator[None]:
    """Keep the process's own Sentry out of what is done inside."""
    with sentry_sdk.new_scope() as scope:
        scope.set_client(_silent_client())
        yield


@cache
def _silent_client() -> sentry_sdk.Client:
    """Make a client that does nothing, and asks neither git nor the environment for anything."""
    return sentry_sdk.Client(
        dsn="",
        release="",
        debug=False,
        spotlight=False,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        enable_backpressure_handling=False,
        send_client_reports=False,
    )
