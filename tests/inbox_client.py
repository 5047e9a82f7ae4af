"""A plain HTTP client of the loopback Sentry server."""

from __future__ import annotations

import http.client
import json
from typing import Any

from ecs_failure_alerts.testing import SentryInbox

ID = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32


def envelope(event_id: str = ID, **event: Any) -> bytes:
    """Return the bytes of an envelope with one event."""
    payload = json.dumps({"event_id": event_id, **event})
    lines = [{"event_id": event_id}, {"type": "event", "length": len(payload)}]
    return "\n".join([*map(json.dumps, lines), payload, ""]).encode()


class Client:
    """A plain HTTP client of an inbox."""

    def __init__(self, inbox: SentryInbox) -> None:
        self.key = inbox.dsn.partition("//")[2].partition("@")[0]
        self.connection = http.client.HTTPConnection("127.0.0.1", inbox.port, timeout=5)

    def send(
        self, body: bytes, *, path: str = "/api/1/envelope/", key: str | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        """POST *body* and return the answer; its body is not read yet."""
        auth = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={key or self.key}"}
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", path, body, auth | fields)
        return self.connection.getresponse()

    def post(self, body: bytes, **options: Any) -> tuple[int, Any]:
        """POST *body* and return the status and the JSON of the answer."""
        answer = self.send(body, **options)
        return answer.status, json.loads(answer.read())


def send_and_forget(inbox: SentryInbox, event_id: str = ID) -> None:
    """Send one event, whatever becomes of it."""
    client = Client(inbox)
    try:
        client.send(envelope(event_id)).read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        client.connection.close()
