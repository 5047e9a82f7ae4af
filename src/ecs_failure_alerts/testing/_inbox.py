"""A Sentry server on loopback, for tests: it keeps what it accepts and fails on demand."""

# Theory of operation: one thread per connection. A request is read whole, then checked
# as Sentry's Relay does (path, key, encoding, size, envelope); one that fails is refused
# at once. One that passes takes the answer that is next in line and performs its row of
# the table in _inbox_answers. Everything is recorded *before* the bytes of an answer
# leave, so that a client that has its answer also finds it recorded.

from __future__ import annotations

import re
import socket
import socketserver
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

from attrs import evolve, field, frozen

from ._answers import WORDS, Answer, Exchange, Fault
from ._envelopes import EnvelopeItem, RefusalError, decode, read_envelope

_LOCALHOST = "127.0.0.1"


@frozen
class InboxRequest:
    """
    One request as the inbox saw and answered it.

    Attributes:
        method: The HTTP method.
        path: The path with its query.
        headers: The headers, with names in lower case.
        items: What the envelope held; empty where it was refused.
        event_id: The id that the envelope gives its event, or None.
        status: The status that was answered, or None where there was no answer (yet).
        accepted: Whether the event was taken.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    items: tuple[EnvelopeItem, ...] = field(default=(), repr=False)
    event_id: str | None = None
    status: int | None = None
    accepted: bool = False


class SentryInbox:
    """
    A Sentry server on loopback that keeps what it accepts and fails when told to.

    Use it as a context manager and give its `dsn` to any Sentry client::

        with SentryInbox() as inbox:
            inbox.answer(503, times=1)
            ...
            assert inbox.event_ids == (expected,)

    It checks requests as Sentry does: 401 without a key, 403 with another key or
    project, 415 for an unknown encoding, 413 above *max_size*, 400 for a broken
    envelope. Only requests that pass are answered as `answer()` says.

    Args:
        port: A fixed port, or 0 for any free one.
        max_size: The largest body in bytes after decompression, or None for no limit.
            Sentry's own limit for an event is 1 MB.
        project: The project's id.
        key: The public key.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        max_size: int | None = None,
        project: str = "1",
        key: str = "c0ffee00c0ffee00c0ffee00c0ffee00",
    ) -> None:
        self._port = port
        self._max_size = max_size
        self._project = project
        self._key = key
        self._changed = threading.Condition()
        self._standing = Answer("ok")
        self._queue: deque[Answer] = deque()
        self._told = threading.Event()
        self._closing = threading.Event()
        self._requests: list[InboxRequest] = []
        self._deliveries: list[dict[str, Any]] = []
        self._distinct: dict[str, dict[str, Any]] = {}
        self._bugs: list[BaseException] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._server is not None:
            msg = "this inbox is open already"
            raise RuntimeError(msg)
        self._closing = threading.Event()
        self._told = threading.Event()
        self._server = _Server(self, self._port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="sentry-inbox", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        server, thread = self._server, self._thread
        assert server is not None  # noqa: S101
        assert thread is not None  # noqa: S101
        self._closing.set()
        with self._changed:
            self._told.set()
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join()
        self._server = self._thread = None
        if self._bugs and error is None:
            msg = "the inbox itself failed while it answered"
            raise RuntimeError(msg) from self._bugs[0]

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            msg = "the inbox is not open: use it in a with statement"
            raise RuntimeError(msg)
        return int(self._server.server_address[1])

    @property
    def dsn(self) -> str:
        """What a Sentry client is to be configured with."""
        return f"http://{self._key}@{_LOCALHOST}:{self.port}/{self._project}"

    @property
    def requests(self) -> tuple[InboxRequest, ...]:
        """Every request that came, in order, accepted or not."""
        with self._changed:
            return tuple(self._requests)

    @property
    def deliveries(self) -> tuple[dict[str, Any], ...]:
        """Every event that was accepted, in order, with repeats of an id."""
        with self._changed:
            return tuple(self._deliveries)

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """The accepted events, in order; of a repeated id the first, as Sentry has it."""
        with self._changed:
            return tuple(self._distinct.values())

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The ids of `events`, as 32 hexadecimal digits."""
        with self._changed:
            return tuple(self._distinct)

    def accepted(self, event_id: str) -> bool:
        """
        Say whether an event was accepted.

        Args:
            event_id: Its id, with or without dashes.
        """
        return event_id.replace("-", "").lower() in self.event_ids

    def wait_for(self, count: int, timeout: float = 5.0) -> tuple[dict[str, Any], ...]:
        """
        Wait until so many distinct events were accepted.

        Args:
            count: How many, at least.
            timeout: Seconds to wait at most.

        Returns:
            The accepted events.

        Raises:
            TimeoutError: They did not come; the message says what did.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._distinct) >= count, timeout):
                msg = (
                    f"{len(self._distinct)} of {count} events were accepted within {timeout} s; "
                    f"statuses answered: {[request.status for request in self._requests]}"
                )
                raise TimeoutError(msg)
            return tuple(self._distinct.values())

    def answer(
        self,
        fault: Fault,
        times: int | None = None,
        *,
        after_accept: bool = False,
        seconds: float = 0.1,
        headers: Mapping[str, str] | None = None,
        retry_after: float | str | None = None,
        rate_limits: str | None = None,
    ) -> None:
        """
        Say how to answer from now on.

        With *times* the answer waits in line behind those told before it; without, it
        holds from now on and the line is dropped. Either way requests that hang are let
        go: their connections are closed without an answer.

        Args:
            fault: A status (a 2xx accepts the event, others do not), or one of

                * ``ok``: accepts;
                * ``slow``: accepts, and answers, after *seconds*;
                * ``trickle``: accepts, and answers a byte every *seconds*;
                * ``rate_limited_ok``: accepts, with a rate limit for those to come;
                * ``html``: 200 and the HTML page of some proxy;
                * ``wrong_id``: 200 and the id of another event;
                * ``half``: 200, and half of the body that was announced;
                * ``close``: closes the connection without an answer;
                * ``reset``: resets the connection;
                * ``hang``: no answer until told otherwise or closed.
            times: For how many requests; None: until told otherwise.
            after_accept: Accept the event first, whatever the answer is then.
            seconds: The pause of ``slow`` and ``trickle``.
            headers: Further headers of the answer.
            retry_after: The header ``Retry-After``.
            rate_limits: The header ``X-Sentry-Rate-Limits``, such as
                ``60:error:organization``.

        Raises:
            ValueError: There is no such answer.
        """
        known = 200 <= fault < 600 if isinstance(fault, int) else fault in WORDS
        if not known:
            words = ", ".join(sorted(map(str, WORDS)))
            msg = f"no answer {fault!r}: give a status from 200 to 599 or one of {words}"
            raise ValueError(msg)
        extra = dict(headers or {})
        if retry_after is not None:
            extra["Retry-After"] = str(retry_after)
        if rate_limits is not None:
            extra["X-Sentry-Rate-Limits"] = rate_limits
        told = Answer(fault, after_accept, seconds, extra)
        with self._changed:
            if times is None:
                self._queue.clear()
                self._standing = told
            else:
                self._queue.extend([told] * times)
            self._told.set()
            self._told = threading.Event()

    def _take(self, handler: _Handler, body: bytes) -> None:
        """Check one request, record it, and answer it."""
        request = InboxRequest(
            handler.command,
            handler.path,
            {name.lower(): value for name, value in handler.headers.items()},
        )
        refusal = None
        try:
            self._check_key(request)
            items, event_id = read_envelope(self._decoded(request, body))
            request = evolve(request, items=items, event_id=event_id)
        except RefusalError as error:
            refusal = error
        with self._changed:
            told = self._told
            answer = Answer("ok")
            if refusal is None:
                answer = self._queue.popleft() if self._queue else self._standing
            index = len(self._requests)
            self._requests.append(request)
        exchange = Exchange(
            answer,
            request.event_id,
            handler,
            take=partial(self._accept, index),
            note=partial(self._note, index),
            told=told,
            closing=self._closing,
        )
        if refusal is None:
            exchange.perform()
        else:
            exchange.reply(refusal.status, {"detail": str(refusal)})

    def _check_key(self, request: InboxRequest) -> None:
        path, _, query = request.path.partition("?")
        if path != f"/api/{self._project}/envelope/":
            found = re.fullmatch(r"/api/\d+/envelope/", path)
            raise RefusalError(403, "ProjectId") if found else RefusalError(404, "no such page")
        if request.method != "POST":
            raise RefusalError(405, "only POST")
        auth = f"{request.headers.get('x-sentry-auth', '')},{query}"
        key = re.search(r"\bsentry_key=([^,&\s]*)", auth)
        if key is None:
            raise RefusalError(401, "missing authorization information")
        if key[1] != self._key:
            raise RefusalError(403, "event submission rejected with_reason: ProjectId")

    def _decoded(self, request: InboxRequest, body: bytes) -> bytes:
        body = decode(request.headers.get("content-encoding", "identity"), body)
        if self._max_size is not None and len(body) > self._max_size:
            raise RefusalError(413, "envelope exceeded size limits")
        return body

    def _note(self, index: int, status: int) -> None:
        with self._changed:
            self._requests[index] = evolve(self._requests[index], status=status)

    def _accept(self, index: int) -> None:
        with self._changed:
            request = self._requests[index]
            if request.accepted:
                return
            self._requests[index] = evolve(request, accepted=True)
            for item in request.items:
                if item.type == "event" and request.event_id is not None:
                    self._deliveries.append(item.payload)
                    self._distinct.setdefault(request.event_id, item.payload)
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    """Reads a request; the inbox answers it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Read the body and hand the request over."""
        coding = self.headers.get("Transfer-Encoding", "").lower()
        if coding == "chunked":  # as the SDK for Node sends
            body = self._chunks()
        else:
            length = self.headers.get("Content-Length", "0")
            if coding or not length.isdecimal():
                self.send_error(HTTPStatus.LENGTH_REQUIRED)
                return
            body = self._exactly(int(length))
        if body is None:
            self.close_connection = True
            return
        self.server.inbox._take(self, body)

    def _chunks(self) -> bytes | None:
        """Read a chunked body; None where it ends too soon or is malformed."""
        body = b""
        while True:
            try:
                size = int(self.rfile.readline(20), 16)
            except ValueError:
                return None
            chunk = self._exactly(size)
            if chunk is None or self.rfile.readline(3) != b"\r\n":
                return None
            if not size:
                return body
            body += chunk

    def _exactly(self, size: int) -> bytes | None:
        """Read so many bytes; None where the client leaves before."""
        data = self.rfile.read(max(0, size))
        return data if len(data) == size else None

    def do_GET(self) -> None:
        """Let the inbox refuse it."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


class _Server(socketserver.ThreadingTCPServer):
    """The listening socket and the connections that are open."""

    allow_reuse_address = True
    request_queue_size = 64
    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, inbox: SentryInbox, port: int) -> None:
        self.inbox = inbox
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__((_LOCALHOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection before its thread starts, so that none is missed."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection that is still open, idle ones too."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Keep what is a fault of ours; clients may leave as they like."""
        error = sys.exc_info()[1]
        if error and not isinstance(error, OSError):
            self.inbox._bugs.append(error)
