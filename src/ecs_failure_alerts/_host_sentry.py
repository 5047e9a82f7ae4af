"""The Sentry that the process has for itself: nothing of ours may reach it."""

# Theory of operation: sentry_sdk.init() patches http.client, botocore and logging. Each request
# of ours would carry the process's release, key and trace along and be a span of its project,
# where each log line would end up as well. All of this asks for the client of the current scope:
# so what is ours runs in a scope whose client is silent, and our loggers are ignored.

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sentry_sdk
from sentry_sdk.client import BaseClient
from sentry_sdk.integrations import logging as sentry_logging

# Younger than what we ask for, so a run of the tests takes one way or the other.
if hasattr(sentry_logging, "ignore_logger_for_sentry_logs"):  # pragma: no branch
    sentry_logging.ignore_logger_for_sentry_logs("ecs_failure_alerts*")


class _SilentClient(BaseClient):
    """
    A client that does nothing, and counts as active: a scope passes over one that is not.

    A real `Client` without a DSN would stop the process's profiler as it is made.
    """

    def is_active(self) -> bool:
        return True


_SILENT: Final = _SilentClient()


@contextmanager
def apart() -> Iterator[None]:
    """Keep the process's own Sentry out of what this thread does inside."""
    with sentry_sdk.new_scope() as scope:
        scope.client = _SILENT  # set_client() also changes the attributes of the global scope
        yield
