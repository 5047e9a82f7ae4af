"""The process's own Sentry and logs, and what they must not see."""

from ._logs import unlogged
from ._sentry import hidden_from_host_sentry, ignore_own_loggers

__all__ = ["hidden_from_host_sentry", "ignore_own_loggers", "unlogged"]
