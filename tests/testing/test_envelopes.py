"""Bodies, encodings and items."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from inbox_client import ID, Client, envelope


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        pytest.param("gzip", gzip.compress, id="gzip"),
        pytest.param("deflate", zlib.compress, id="deflate"),
        pytest.param("identity", bytes, id="identity"),
    ],
)
def test_a_compressed_body_is_decoded(client: Client, encoding: str, encode: Any) -> None:
    assert client.post(encode(envelope()), Content_Encoding=encoding) == (200, {"id": ID})


def test_items_that_are_no_event_are_kept_in_the_request(
    inbox: SentryInbox, client: Client
) -> None:
    """The envelope is accepted."""
    body = b'{}\n{"type":"check_in"}\n{"status":"ok"}\n{"type":"attachment","length":3}\na\nb\n'
    assert client.post(body) == (200, {})
    assert inbox.events == ()
    (request,) = inbox.requests
    assert [(i.type, i.payload) for i in request.items] == [
        ("check_in", {"status": "ok"}),
        ("attachment", b"a\nb"),
    ]


def test_a_body_in_brotli_is_decoded(client: Client, inbox: SentryInbox) -> None:
    """sentry-sdk uses it where it is installed."""
    brotli = pytest.importorskip("brotli")
    headers = {"Content-Encoding": "br"}
    assert client.post(brotli.compress(envelope()), **headers)[0] == 200
    assert inbox.accepted(ID)
