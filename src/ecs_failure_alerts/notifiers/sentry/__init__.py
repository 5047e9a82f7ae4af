"""Sentry, with delivery that is confirmed."""

from ._event import sentry_event
from ._notifier import SentryNotifier, load_client

__all__ = ["SentryNotifier", "load_client", "sentry_event"]
