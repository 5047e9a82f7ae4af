"""What Sentry refuses."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from inbox_client import Client, envelope
from rows import each


@each(
    ("status", "body", "options"),
    [
        pytest.param(403, envelope(), {"key": "another"}, id="another key"),
        pytest.param(403, envelope(), {"path": "/api/2/envelope/"}, id="another project"),
        pytest.param(404, envelope(), {"path": "/api/1/store"}, id="another path"),
        pytest.param(401, envelope(), {"X_Sentry_Auth": "Sentry"}, id="no key"),
        pytest.param(415, envelope(), {"Content_Encoding": "zip"}, id="unknown encoding"),
        pytest.param(400, envelope(), {"Content_Encoding": "gzip"}, id="not gzip"),
        pytest.param(400, b"{}\nno json\n", {}, id="no envelope"),
        pytest.param(400, b'{}\n{"type":"event","length":99}\n{}', {}, id="cut short"),
        pytest.param(400, b'{}\n{"type":"event"}\nno json', {}, id="no event"),
        pytest.param(400, b'{"event_id":"7"}\n{"type":"event"}\n{}', {}, id="no id"),
        pytest.param(413, envelope(message="x" * 1000), {}, id="too large"),
    ],
)
def test_a_refusal_uses_up_no_answer(status: int, body: bytes, options: dict[str, Any]) -> None:
    """What Sentry refuses is refused with the same status, and the answers that are set stay."""
    with SentryInbox(max_size=1000) as inbox:
        inbox.answer(500, times=1)
        client = Client(inbox)
        assert client.post(body, **options)[0] == status
        assert client.post(envelope())[0] == 500
        assert client.post(envelope())[0] == 200
        assert len(inbox.events) == 1
        client.connection.close()


def test_the_key_may_stand_in_the_query(inbox: SentryInbox, client: Client) -> None:
    """Browsers send it there."""
    path = f"/api/1/envelope/?sentry_key={client.key}"
    assert client.post(envelope(), path=path, X_Sentry_Auth="")[0] == 200


def test_only_post_sends_events(inbox: SentryInbox, client: Client) -> None:
    client.connection.request("GET", "/api/1/envelope/")
    answer = client.connection.getresponse()
    answer.read()
    assert answer.status == 405
