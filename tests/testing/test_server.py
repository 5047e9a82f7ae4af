"""Connections and bodies on the wire."""

from __future__ import annotations

import socket
import struct
import threading
import time

import pytest

from ecs_failure_alerts.testing import SentryInbox
from ecs_failure_alerts.testing._answers import Fault
from inbox_client import ID, OTHER, Client, envelope, send_and_forget


@pytest.mark.parametrize("fault", ["hang", "slow", "trickle"])
def test_closing_ends_hanging_requests_and_idle_connections(fault: Fault) -> None:
    with SentryInbox() as inbox:
        inbox.answer(fault, seconds=60)
        idle = socket.create_connection(("127.0.0.1", inbox.port))
        thread = threading.Thread(target=send_and_forget, args=(inbox,))
        thread.start()
        deadline = time.monotonic() + 5
        while not inbox.requests and time.monotonic() < deadline:
            time.sleep(0.001)
        begin = time.monotonic()
    assert time.monotonic() - begin < 20
    thread.join(5)
    assert idle.recv(1) == b""
    idle.close()


def test_a_client_that_leaves_within_its_body_uses_up_no_answer(
    inbox: SentryInbox, client: Client
) -> None:
    """It is no request."""
    inbox.answer(503, times=1)
    with socket.create_connection(("127.0.0.1", inbox.port)) as leaver:
        leaver.sendall(b"POST /api/1/envelope/ HTTP/1.1\r\nContent-Length: 10\r\n\r\n1")
    assert client.post(envelope())[0] == 503
    assert len(inbox.requests) == 1


def test_a_body_in_chunks_is_read_whole(inbox: SentryInbox, client: Client) -> None:
    """Sentry's SDK for Node sends it so."""
    body = envelope()
    client.connection.request(
        "POST",
        "/api/1/envelope/",
        iter([body[:10], body[10:]]),
        {"X-Sentry-Auth": f"Sentry sentry_key={client.key}", "Transfer-Encoding": "chunked"},
        encode_chunked=True,
    )
    answer = client.connection.getresponse()
    answer.read()
    assert answer.status == 200
    assert inbox.accepted(ID)


@pytest.mark.parametrize("rest", [b"zz\r\n", b"5\r\nab", b"2\r\nabcd", b"-1\r\n"], ids=repr)
def test_broken_chunks_are_no_request(inbox: SentryInbox, rest: bytes) -> None:
    """The connection ends without an answer."""
    with socket.create_connection(("127.0.0.1", inbox.port), timeout=5) as sender:
        head = b"POST /api/1/envelope/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        sender.sendall(head + rest)
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(100) == b""
    assert inbox.requests == ()


@pytest.mark.parametrize("header", ["Transfer-Encoding: gzip", "Content-Length: many"])
def test_a_body_of_unknown_length_is_refused(inbox: SentryInbox, header: str) -> None:
    """It is not taken for an empty one."""
    with socket.create_connection(("127.0.0.1", inbox.port), timeout=5) as sender:
        sender.sendall(f"POST /api/1/envelope/ HTTP/1.1\r\n{header}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: sender.recv(4096), b""))  # all, or the server is cut off
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert inbox.requests == ()


def test_nothing_is_printed(
    inbox: SentryInbox, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither requests nor clients that leave are."""
    client.post(envelope())
    with socket.create_connection(("127.0.0.1", inbox.port)) as leaver:
        leaver.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n1")
    assert capfd.readouterr() == ("", "")


def test_a_client_that_resets_amid_the_answer_is_no_error_of_the_inbox() -> None:
    with SentryInbox() as inbox:
        inbox.answer("trickle", seconds=0.001)
        client = Client(inbox)
        client.send(envelope()).read(1)
        connection = client.connection.sock
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.connection.close()
        time.sleep(0.02)
        inbox.answer("ok")
        send_and_forget(inbox, OTHER)
    assert [event["event_id"] for event in inbox.deliveries] == [ID, OTHER]
