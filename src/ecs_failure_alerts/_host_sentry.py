"""The Sentry that the process has for itself: nothing of ours may reach it."""

# Theory of operation: sentry_sdk.init() patches http.client, botocore and logging. Each request
# of ours would carry the process's release, key and trace along and be a span of its project,
# where each log line would end up as well. All of this asks for the client of the current scope:
# so what is ours runs in a scope whose client is silent, and our loggers are ignored. Where nobody
# has loaded sentry_sdk there is nothing to hide from, and it stays unloaded.

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

#: Our loggers by their names, and not those of the host whose names only begin like them.
_LOGGERS: Final = ("ecs_failure_alerts", "ecs_failure_alerts.*")


@contextmanager
def hidden_from_host_sentry() -> Iterator[None]:
    """Keep the process's own Sentry out of what this thread does inside."""
    sdk: Any = sys.modules.get("sentry_sdk")
    if not hasattr(sdk, "new_scope"):
        yield
        return

    ignore_own_loggers()
    if not sdk.get_client().is_active():  # it is loaded, and nobody has called its init()
        yield
        return

    with sdk.new_scope() as scope:
        scope.client = _silent_client()  # set_client() also changes the global scope's attributes
        yield


@cache
def ignore_own_loggers() -> None:
    """Keep our log lines out of the logs of a Sentry that is loaded."""
    from sentry_sdk.integrations import logging as sentry_logging  # noqa: PLC0415

    # Younger than what we ask for, so a run of the tests takes one way or the other.
    ignore = getattr(sentry_logging, "ignore_logger_for_sentry_logs", None)
    for name in _LOGGERS:
        sentry_logging.ignore_logger(name)
        if ignore is not None:  # pragma: no branch
            ignore(name)


@cache
def _silent_client() -> Any:
    """Return a client that does nothing."""
    from sentry_sdk.client import BaseClient  # noqa: PLC0415

    class SilentClient(BaseClient):
        """
        A client that does nothing, and counts as active: a scope passes over one that is not.

        A real `Client` without a DSN would stop the process's profiler as it is made.
        """

        def is_active(self) -> bool:
            return True

    return SilentClient()
