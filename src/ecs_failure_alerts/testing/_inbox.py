"""A Sentry server on loopback, for tests: it keeps what it accepts and fails on demand."""

# Theory of operation: one thread per connection (_server). A request is read whole, then
# checked as Sentry's Relay does (_requests). A request that fails is refused at once; one that
# passes takes the next answer in line, as the table in _answers describes it. Everything is
# recorded *before* the first byte of an answer is sent, because a test may look as soon as its
# client has the answer.

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

from attrs import evolve

from ._answers import Answer, Exchange, Fault, check_fault
from ._envelopes import RefusalError
from ._requests import InboxRequest, Project
from ._server import LOCALHOST, Server


class SentryInbox:
    """
    A Sentry server on loopback that keeps what it accepts and fails on demand.

    Use it as a context manager and configure any Sentry client with its `dsn`::

        with SentryInbox() as inbox:
            inbox.answer(503, times=1)
            ...
            assert inbox.event_ids == (expected,)

    The inbox checks requests as Sentry does: 401 without a key, 403 with another key or
    project, 415 for an unknown encoding, 413 above *max_size*, 400 for a broken
    envelope. Only requests that pass are answered as `answer()` says.

    Args:
        port: The port to listen on, or 0 for any free one.
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
        self._project = Project(project, key, max_size)

        self._changed = threading.Condition()
        self._answer = Answer("ok")
        self._next_answers: deque[Answer] = deque()
        self._replaced = threading.Event()  # of the requests that hang now
        self._closing = threading.Event()

        self._requests: list[InboxRequest] = []
        self._deliveries: list[dict[str, Any]] = []
        self._events: dict[str, dict[str, Any]] = {}  # by id
        self._server: Server | None = None

    def __enter__(self) -> Self:
        if self._server is not None:
            raise RuntimeError("this inbox is already open: use another one")
        self._closing = threading.Event()
        self._replaced = threading.Event()
        self._server = Server(self._port, self._respond)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        assert server is not None  # noqa: S101

        self._closing.set()
        with self._changed:
            self._replaced.set()
        server.close()

        if server.errors and error is None:
            msg = "the inbox itself failed while it answered"
            raise RuntimeError(msg) from server.errors[0]

    @property
    def port(self) -> int:
        """The port on which the inbox listens."""
        if self._server is None:
            raise RuntimeError("the inbox is not open: use it in a with statement")
        return self._server.port

    @property
    def dsn(self) -> str:
        """The DSN for a Sentry client."""
        return f"http://{self._project.key}@{LOCALHOST}:{self.port}/{self._project.id}"

    @property
    def requests(self) -> tuple[InboxRequest, ...]:
        """All requests in order, accepted or not."""
        with self._changed:
            return tuple(self._requests)

    @property
    def deliveries(self) -> tuple[dict[str, Any], ...]:
        """All accepted events in order, with repeats of an id."""
        with self._changed:
            return tuple(self._deliveries)

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """The accepted events in order; an id counts once, with its first event, as in Sentry."""
        with self._changed:
            return tuple(self._events.values())

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The ids of `events`, as 32 hexadecimal digits."""
        with self._changed:
            return tuple(self._events)

    def accepted(self, event_id: str) -> bool:
        """
        Return whether an event was accepted.

        Args:
            event_id: Its id, with or without dashes.
        """
        return event_id.replace("-", "").lower() in self.event_ids

    def wait_for(self, count: int, timeout: float = 5.0) -> tuple[dict[str, Any], ...]:
        """
        Wait until at least *count* distinct events were accepted.

        Args:
            count: The number of events.
            timeout: The longest wait in seconds.

        Returns:
            The accepted events.

        Raises:
            TimeoutError: Fewer events came; the message names the statuses of the requests.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._events) >= count, timeout):
                statuses = [request.status for request in self._requests]
                raise TimeoutError(
                    f"expected {count} events within {timeout} s, got {len(self._events)}: "
                    f"the requests were answered with {statuses}"
                )
            return tuple(self._events.values())

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
        Set how the inbox answers from now on.

        With *times*, the answer queues behind earlier ones. Without *times*, it is used for
        all requests from now on, and the queue is dropped. Either way, hanging requests are
        released: their connections are closed without an answer.

        Args:
            fault: A status (a 2xx accepts the event, others do not), or one of

                * ``ok``: accepts;
                * ``slow``: accepts, and answers, after *seconds*;
                * ``trickle``: accepts, and answers a byte every *seconds*;
                * ``rate_limited_ok``: accepts, with a rate limit for later events;
                * ``html``: 200 and an HTML page, as from a proxy;
                * ``wrong_id``: 200 and the id of another event;
                * ``half``: 200, and half of the announced body;
                * ``close``: closes the connection without an answer;
                * ``reset``: resets the connection;
                * ``hang``: no answer until another one is set or the inbox closes.
            times: The number of requests to answer this way, or None for all from now on.
            after_accept: Whether to accept the event first, whatever the answer.
            seconds: The pause of ``slow`` and ``trickle``.
            headers: Further headers of the answer.
            retry_after: The header ``Retry-After``.
            rate_limits: The header ``X-Sentry-Rate-Limits``, such as
                ``60:error:organization``.

        Raises:
            ValueError: *fault* is neither a status nor one of these words.
        """
        check_fault(fault)
        further = dict(headers or {})
        if retry_after is not None:
            further["Retry-After"] = str(retry_after)
        if rate_limits is not None:
            further["X-Sentry-Rate-Limits"] = rate_limits
        answer = Answer(fault, after_accept, seconds, further)

        with self._changed:
            if times is None:
                self._next_answers.clear()
                self._answer = answer
            else:
                self._next_answers.extend([answer] * times)
            self._replaced.set()
            self._replaced = threading.Event()

    def _respond(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Check one request, record it, and answer it."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = InboxRequest(handler.command, handler.path, headers)
        refusal = None
        try:
            request = self._project.check(request, body)
        except RefusalError as error:
            refusal = error

        with self._changed:
            replaced = self._replaced
            answer = Answer("ok")
            if refusal is None:
                answer = self._next_answers.popleft() if self._next_answers else self._answer
            index = len(self._requests)
            self._requests.append(request)

        exchange = Exchange(
            answer,
            request.event_id,
            handler,
            accept_event=partial(self._accept, index),
            record_status=partial(self._record_status, index),
            replaced=replaced,
            closing=self._closing,
        )
        if refusal is None:
            exchange.perform()
        else:
            exchange.reply(refusal.status, {"detail": str(refusal)})

    def _record_status(self, index: int, status: int) -> None:
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
                    self._events.setdefault(request.event_id, item.payload)
            self._changed.notify_all()
