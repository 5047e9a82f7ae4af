"""The process's own Sentry, which must not see anything of ours."""

# Theory of operation: sentry_sdk.init() patches http.client, botocore and logging. Without care,
# our requests would carry the process's release, key and trace, and would become spans of its
# project, and our log lines would end up there too. All patches ask the current scope for its
# client, so our code runs in a scope with a silent client, and our loggers are ignored. This is so
# before init() too, because the process may call it while our request is under way. If nobody has
# loaded sentry_sdk, it stays unloaded.

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

#: Our loggers, but not those of the host whose names only begin like ours.
_LOGGERS: Final = ("ecs_failure_alerts", "ecs_failure_alerts.*")


@contextmanager
def hidden_from_host_sentry() -> Iterator[None]:
    """Hide what this thread does inside from the process's own Sentry."""
    sdk: Any = sys.modules.get("sentry_sdk")
    if not hasattr(sdk, "new_scope"):
        yield
        return

    ignore_own_loggers()
    with sdk.new_scope() as scope:
        scope.client = _silent_client()  # set_client() also changes the global scope's attributes
        yield


@cache
def ignore_own_loggers() -> None:
    """Keep our log lines out of a loaded Sentry."""
    from sentry_sdk.integrations import logging as sentry_logging  # noqa: PLC0415

    # Newer than the oldest sentry-sdk that we support, so a test run covers only one case.
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
        A client that does nothing, but counts as active, because scopes skip inactive clients.

        A real `Client` without a DSN would stop the process's profiler.
        """

        def is_active(self) -> bool:
            return True

    return SilentClient()
