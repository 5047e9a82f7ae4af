"""Slack, PagerDuty, Opsgenie, Jira and a webhook on loopback, where Apprise looks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from apprise.plugins import jira, opsgenie, pagerduty
from apprise.plugins.slack import NotifySlack

from keeping_server import KeepingServer, keeping_server

SECRET: Final = "TIiajkdnlazkcOXrIdevi7FQ"
SLACK: Final = f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}/#ops"
PAGERDUTY: Final = f"pagerduty://{SECRET}@api"


def answered(status: int, body: bytes = b"ok") -> bytes:
    """Write an answer."""
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@contextmanager
def apprise_services() -> Iterator[KeepingServer]:
    """Run one server that is all of them, and answers as Slack does."""
    with keeping_server(*[answered(200)] * 20) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(NotifySlack, "webhook_url", server.url)
        patch.setitem(pagerduty.PAGERDUTY_API_LOOKUP, "us", server.url)
        patch.setitem(opsgenie.OPSGENIE_API_LOOKUP, "us", server.url)
        patch.setitem(jira.JIRA_API_LOOKUP, "us", server.url)
        yield server


def address(server: KeepingServer, path: str = "") -> str:
    """Return the URL by which Apprise posts JSON to a server."""
    return server.url.replace("http://", "json://") + path


def sent(server: KeepingServer) -> dict[str, Any]:
    """Return the body of the last request."""
    body: dict[str, Any] = json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])
    return body
