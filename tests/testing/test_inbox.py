"""The loopback Sentry server, by the real client and by plain HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk

from ecs_failure_alerts.testing._answers import Fault
from ecs_failure_alerts.testing._inbox import SentryInbox

ID = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32


def envelope(event_id: str = ID, **event: Any) -> bytes:
    """Give the bytes of an envelope with one event."""
    payload = json.dumps({"event_id": event_id, **event})
    lines = [{"event_id": event_id}, {"type": "event", "length": len(payload)}]
    return "\n".join([*map(json.dumps, lines), payload, ""]).encode()


class Client:
    """A plain HTTP client that knows the way to an inbox."""

    def __init__(self, inbox: SentryInbox) -> None:
        self.key = inbox.dsn.partition("//")[2].partition("@")[0]
        self.connection = http.client.HTTPConnection("127.0.0.1", inbox.port, timeout=5)

    def send(
        self, body: bytes, *, path: str = "/api/1/envelope/", key: str | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        """POST *body* and give the answer, whose body is not read yet."""
        auth = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={key or self.key}"}
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", path, body, auth | fields)
        return self.connection.getresponse()

    def post(self, body: bytes, **options: Any) -> tuple[int, Any]:
        """POST *body* and give the status and the JSON answered."""
        answer = self.send(body, **options)
        return answer.status, json.loads(answer.read())


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Give an open inbox."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def client(inbox: SentryInbox) -> Iterator[Client]:
    """Give a client of the inbox."""
    client = Client(inbox)
    yield client
    client.connection.close()


def test_takes_events_of_the_real_client(inbox: SentryInbox) -> None:
    """What sentry-sdk sends arrives whole."""
    client = sentry_sdk.Client(
        inbox.dsn, default_integrations=False, auto_enabling_integrations=False, release="r"
    )
    event_id = client.capture_event({"message": "hello", "tags": {"a": "b"}})
    client.close(timeout=5)
    assert event_id is not None
    (event,) = inbox.wait_for(1)
    assert (event["message"], event["tags"]) == ("hello", {"a": "b"})
    assert inbox.event_ids == (event_id,)


def test_confirms_with_the_id(inbox: SentryInbox, client: Client) -> None:
    """An accepted event is answered with 200 and its id."""
    assert client.post(envelope()) == (200, {"id": ID})
    assert inbox.accepted(ID)
    assert inbox.accepted("01234567-89AB-CDEF-0123-456789abcdef")
    assert not inbox.accepted(OTHER)


def test_repeated_id(inbox: SentryInbox, client: Client) -> None:
    """A repeated id is confirmed, delivered twice, and one event: the first."""
    client.post(envelope(message="first"))
    assert client.post(envelope(message="second")) == (200, {"id": ID})
    assert [event["message"] for event in inbox.events] == ["first"]
    assert [event["message"] for event in inbox.deliveries] == ["first", "second"]


def test_records_requests(inbox: SentryInbox, client: Client) -> None:
    """Each request is recorded with what became of it."""
    inbox.answer(503, times=1)
    client.post(envelope(), User_Agent="me/1")
    client.post(envelope())
    first, second = inbox.requests
    assert (first.method, first.path, first.event_id) == ("POST", "/api/1/envelope/", ID)
    assert first.headers["user-agent"] == "me/1"
    assert [(r.status, r.accepted) for r in (first, second)] == [(503, False), (200, True)]


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        pytest.param("gzip", gzip.compress, id="gzip"),
        pytest.param("deflate", zlib.compress, id="deflate"),
        pytest.param("identity", bytes, id="identity"),
    ],
)
def test_decodes(client: Client, encoding: str, encode: Any) -> None:
    """Bodies may be compressed."""
    assert client.post(encode(envelope()), Content_Encoding=encoding) == (200, {"id": ID})


@pytest.mark.parametrize(
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
def test_refuses(status: int, body: bytes, options: dict[str, Any]) -> None:
    """What Sentry refuses is refused likewise, and uses up no answer that was told."""
    with SentryInbox(max_size=1000) as inbox:
        inbox.answer(500, times=1)
        client = Client(inbox)
        assert client.post(body, **options)[0] == status
        assert client.post(envelope())[0] == 500
        assert client.post(envelope())[0] == 200
        assert len(inbox.events) == 1
        client.connection.close()


def test_key_in_the_query(inbox: SentryInbox, client: Client) -> None:
    """The key may stand in the query, as browsers send it."""
    path = f"/api/1/envelope/?sentry_key={client.key}"
    assert client.post(envelope(), path=path, X_Sentry_Auth="")[0] == 200


def test_get_is_refused(inbox: SentryInbox, client: Client) -> None:
    """Only POST sends events."""
    client.connection.request("GET", "/api/1/envelope/")
    answer = client.connection.getresponse()
    answer.read()
    assert answer.status == 405


def test_other_items(inbox: SentryInbox, client: Client) -> None:
    """An envelope without an event is accepted, and its items are in the request."""
    body = b'{}\n{"type":"check_in"}\n{"status":"ok"}\n{"type":"attachment","length":3}\na\nb\n'
    assert client.post(body) == (200, {})
    assert inbox.events == ()
    (request,) = inbox.requests
    assert [(i.type, i.payload) for i in request.items] == [
        ("check_in", {"status": "ok"}),
        ("attachment", b"a\nb"),
    ]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 413, 429, 500, 503, 599])
def test_status(inbox: SentryInbox, client: Client, status: int) -> None:
    """Any status can be told, and nothing is accepted then."""
    inbox.answer(status)
    assert client.post(envelope())[0] == status
    assert inbox.events == ()


def test_redirect_stays_here(inbox: SentryInbox, client: Client) -> None:
    """A redirect leads to a page of the inbox, which takes no event."""
    inbox.answer(302)
    answer = client.send(envelope())
    answer.read()
    location = answer.headers["Location"]
    assert client.post(envelope(), path=location)[0] == 404


def test_other_success(inbox: SentryInbox, client: Client) -> None:
    """A told 2xx accepts."""
    inbox.answer(202)
    assert client.post(envelope()) == (202, {"id": ID})
    assert inbox.accepted(ID)


def test_headers(inbox: SentryInbox, client: Client) -> None:
    """The headers of rate limits and any others can be told."""
    inbox.answer(429, retry_after=7, rate_limits="60:error:organization", headers={"X-A": "b"})
    answer = client.send(envelope())
    answer.read()
    names = ("Retry-After", "X-Sentry-Rate-Limits", "X-A")
    assert [answer.headers[n] for n in names] == ["7", "60:error:organization", "b"]


def test_rate_limited_ok(inbox: SentryInbox, client: Client) -> None:
    """An accepted event may come with a rate limit."""
    inbox.answer("rate_limited_ok")
    answer = client.send(envelope())
    assert json.loads(answer.read()) == {"id": ID}
    assert answer.headers["X-Sentry-Rate-Limits"] == "60:error:organization"
    assert inbox.accepted(ID)


def test_line_of_answers(inbox: SentryInbox, client: Client) -> None:
    """Answers told for some requests wait in line before the one that holds."""
    inbox.answer(500)
    inbox.answer(503, times=2)
    inbox.answer("ok", times=1)
    assert [client.post(envelope())[0] for _ in range(5)] == [503, 503, 200, 500, 500]


def test_new_rule_drops_the_line(inbox: SentryInbox, client: Client) -> None:
    """An answer told for good replaces those that still wait."""
    inbox.answer(503, times=2)
    inbox.answer("ok")
    assert client.post(envelope())[0] == 200


def test_reset(inbox: SentryInbox, client: Client) -> None:
    """A reset is a reset, not an orderly close."""
    inbox.answer("reset")
    with pytest.raises(ConnectionResetError) as caught:
        client.send(envelope())
    assert not isinstance(caught.value, http.client.RemoteDisconnected)
    assert inbox.events == ()


def test_close(inbox: SentryInbox, client: Client) -> None:
    """A closed connection gives no answer."""
    inbox.answer("close")
    with pytest.raises(http.client.RemoteDisconnected):
        client.send(envelope())
    assert inbox.requests[0].status is None


def test_half(inbox: SentryInbox, client: Client) -> None:
    """Half an answer is cut within its body."""
    inbox.answer("half")
    answer = client.send(envelope())
    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    assert inbox.events == ()


def test_slow(inbox: SentryInbox, client: Client) -> None:
    """A slow answer comes after the time told, and accepts."""
    inbox.answer("slow", seconds=0.05)
    begin = time.monotonic()
    assert client.post(envelope()) == (200, {"id": ID})
    assert time.monotonic() - begin >= 0.05
    assert inbox.accepted(ID)


def test_trickle(inbox: SentryInbox, client: Client) -> None:
    """A trickling answer is whole in the end."""
    inbox.answer("trickle", seconds=0.0005)
    assert client.post(envelope()) == (200, {"id": ID})


def test_html(inbox: SentryInbox, client: Client) -> None:
    """A proxy's page is a 200 that confirms nothing."""
    inbox.answer("html")
    answer = client.send(envelope())
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html")
    assert b"log in" in answer.read()
    assert inbox.events == ()


def test_wrong_id(inbox: SentryInbox, client: Client) -> None:
    """The id of another event confirms nothing."""
    inbox.answer("wrong_id")
    status, body = client.post(envelope())
    assert status == 200
    assert body["id"] != ID
    assert inbox.events == ()


@pytest.mark.parametrize("fault", [500, "reset", "close", "half", "html", "wrong_id", "hang"])
def test_after_accept(inbox: SentryInbox, fault: Fault) -> None:
    """Every fault can also strike after the event was taken."""
    inbox.answer(fault, after_accept=True)
    threading.Thread(target=_send_and_forget, args=(inbox,)).start()
    inbox.wait_for(1)
    assert inbox.accepted(ID)


def test_hang_ends_when_told_otherwise(inbox: SentryInbox, client: Client) -> None:
    """A hanging request is let go, without an answer, once something else is told."""
    inbox.answer("hang")
    timer = threading.Timer(0.05, inbox.answer, args=("ok",))
    timer.start()
    with pytest.raises(http.client.RemoteDisconnected):
        client.send(envelope())
    timer.join()
    assert inbox.events == ()


@pytest.mark.parametrize("fault", ["hang", "slow", "trickle"])
def test_closes_at_once(fault: Fault) -> None:
    """Leaving the inbox ends requests that hang and connections that idle."""
    with SentryInbox() as inbox:
        inbox.answer(fault, seconds=60)
        idle = socket.create_connection(("127.0.0.1", inbox.port))
        thread = threading.Thread(target=_send_and_forget, args=(inbox,))
        thread.start()
        deadline = time.monotonic() + 5
        while not inbox.requests and time.monotonic() < deadline:
            time.sleep(0.001)
        begin = time.monotonic()
    assert time.monotonic() - begin < 1
    thread.join(5)
    assert idle.recv(1) == b""
    idle.close()


@pytest.mark.parametrize("fault", ["explode", 0, 600])
def test_unknown_answer(inbox: SentryInbox, fault: Any) -> None:
    """An unknown answer is refused, and the known ones are named."""
    with pytest.raises(ValueError, match="wrong_id"):
        inbox.answer(fault)


def test_no_content(inbox: SentryInbox, client: Client) -> None:
    """A 204 accepts and confirms nothing, for want of a body."""
    inbox.answer(204)
    answer = client.send(envelope())
    assert (answer.status, answer.read()) == (204, b"")
    assert inbox.accepted(ID)


def test_leaver_uses_up_nothing(inbox: SentryInbox, client: Client) -> None:
    """A client that leaves within its body is no request and uses up no answer."""
    inbox.answer(503, times=1)
    with socket.create_connection(("127.0.0.1", inbox.port)) as leaver:
        leaver.sendall(b"POST /api/1/envelope/ HTTP/1.1\r\nContent-Length: 10\r\n\r\n1")
    assert client.post(envelope())[0] == 503
    assert len(inbox.requests) == 1


def test_chunked(inbox: SentryInbox, client: Client) -> None:
    """A body in chunks, as Sentry's SDK for Node sends it, is read as a whole."""
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
def test_broken_chunks(inbox: SentryInbox, rest: bytes) -> None:
    """A body whose chunks are broken is no request, and the connection ends."""
    with socket.create_connection(("127.0.0.1", inbox.port), timeout=5) as sender:
        head = b"POST /api/1/envelope/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        sender.sendall(head + rest)
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(100) == b""
    assert inbox.requests == ()


@pytest.mark.parametrize("header", ["Transfer-Encoding: gzip", "Content-Length: many"])
def test_body_of_unknown_length(inbox: SentryInbox, header: str) -> None:
    """A body whose length cannot be told is refused, not taken for an empty one."""
    with socket.create_connection(("127.0.0.1", inbox.port), timeout=5) as sender:
        sender.sendall(f"POST /api/1/envelope/ HTTP/1.1\r\n{header}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: sender.recv(4096), b""))  # all, or the server is cut off
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert inbox.requests == ()


def test_wait_for_in_vain(inbox: SentryInbox, client: Client) -> None:
    """Waiting in vain says what came instead."""
    inbox.answer(503)
    client.post(envelope())
    with pytest.raises(TimeoutError, match=r"0 of 1 .* \[503\]"):
        inbox.wait_for(1, timeout=0.01)


def test_many_at_once(inbox: SentryInbox) -> None:
    """Events that come at once are all kept."""
    threads = [
        threading.Thread(target=_send_and_forget, args=(inbox, f"{number:032x}"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    inbox.wait_for(20)
    for thread in threads:
        thread.join(5)
    assert len(inbox.requests) == 20


def test_fixed_port_and_restart() -> None:
    """An inbox can come back on the port it had, with what it kept."""
    with SentryInbox() as inbox:
        port = inbox.port
    again = SentryInbox(port)
    for count in (1, 2):
        with again:
            assert again.port == port
            _send_and_forget(again, f"{count:032x}")
            assert len(again.events) == count


def test_needs_to_be_open() -> None:
    """A DSN exists only while the inbox is open."""
    with pytest.raises(RuntimeError, match="with"):
        _ = SentryInbox().dsn


def test_prints_nothing(
    inbox: SentryInbox, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither requests nor clients that leave are printed."""
    client.post(envelope())
    with socket.create_connection(("127.0.0.1", inbox.port)) as leaver:
        leaver.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n1")
    assert capfd.readouterr() == ("", "")


def test_costs_nothing_unless_used() -> None:
    """Importing the library does not import the HTTP server."""
    code = "import sys, ecs_failure_alerts; sys.exit('http.server' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def _send_and_forget(inbox: SentryInbox, event_id: str = ID) -> None:
    client = Client(inbox)
    try:
        client.send(envelope(event_id)).read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        client.connection.close()


def test_opens_once(inbox: SentryInbox) -> None:
    """An open inbox cannot be opened again, and goes on."""
    with pytest.raises(RuntimeError, match="open already"):
        inbox.__enter__()
    _send_and_forget(inbox)
    assert inbox.accepted(ID)


def test_own_faults_are_told() -> None:
    """A fault of the inbox itself is raised at its end, unless the test has failed already."""
    with pytest.raises(RuntimeError, match="the inbox itself failed") as caught:
        _meet_a_fault()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(KeyError):
        _meet_a_fault(KeyError())


def _meet_a_fault(error: Exception | None = None) -> None:
    """Have an inbox meet a fault of its own, and end with *error*."""

    def divide(*answer: object) -> None:
        raise ZeroDivisionError

    inbox = SentryInbox()
    inbox._note = divide  # type: ignore[method-assign, assignment]
    with inbox:
        _send_and_forget(inbox)
        if error:
            raise error


def test_reads_brotli(client: Client, inbox: SentryInbox) -> None:
    """A body in Brotli, which sentry-sdk uses where it is installed, is read."""
    brotli = pytest.importorskip("brotli")
    headers = {"Content-Encoding": "br"}
    assert client.post(brotli.compress(envelope()), **headers)[0] == 200
    assert inbox.accepted(ID)


def test_accepts_once(inbox: SentryInbox, client: Client) -> None:
    """An event that is accepted before a success is delivered once."""
    inbox.answer("ok", after_accept=True)
    assert client.post(envelope())[0] == 200
    assert len(inbox.deliveries) == 1


def test_client_that_resets() -> None:
    """A client that resets the connection amid the answer is no fault of the inbox."""
    with SentryInbox() as inbox:
        inbox.answer("trickle", seconds=0.003)
        client = Client(inbox)
        client.send(envelope()).read(1)
        connection = client.connection.sock
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.connection.close()
        time.sleep(0.3)
        inbox.answer("ok")
        _send_and_forget(inbox, OTHER)
    assert [event["event_id"] for event in inbox.deliveries] == [ID, OTHER]
