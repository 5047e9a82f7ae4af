"""The answers of the loopback Sentry server: a table with one row per word."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.client import responses
from http.server import BaseHTTPRequestHandler
from typing import Literal

from attrs import define, field, frozen

Fault = (
    int
    | Literal[
        "ok",
        "reset",
        "close",
        "half",
        "slow",
        "trickle",
        "hang",
        "html",
        "wrong_id",
        "rate_limited_ok",
    ]
)


@frozen
class Answer:
    """
    One way to answer a request.

    Attributes:
        fault: A status, or a word of the table below.
        after_accept: Whether to accept the event first, whatever the answer.
        seconds: The pause of ``slow`` and ``trickle``.
        headers: Further headers.
    """

    fault: Fault
    after_accept: bool = False
    seconds: float = 0.0
    headers: Mapping[str, str] = field(factory=dict)


@define
class Exchange:
    """
    One request, and the means to answer it.

    Attributes:
        answer: The way to answer it.
        event_id: The id of the event in its envelope, or None.
        handler: The connection.
        accept_event: Accepts the event; further calls have no effect.
        record_status: Records the status; call it before the first byte is sent.
        replaced: Set once the test sets another answer.
        closing: Set once the server closes.
    """

    answer: Answer
    event_id: str | None
    handler: BaseHTTPRequestHandler
    accept_event: Callable[[], None]
    record_status: Callable[[int], None]
    replaced: threading.Event
    closing: threading.Event

    def perform(self) -> None:
        """Answer in the way that the test has set."""
        if self.answer.after_accept:
            self.accept_event()
        _BEHAVIOURS.get(self.answer.fault, _status)(self)

    def accept(self) -> dict[str, str]:
        """Accept the event and return the body that confirms it."""
        self.accept_event()
        return self.confirmation

    @property
    def confirmation(self) -> dict[str, str]:
        """The body that confirms the event."""
        return {} if self.event_id is None else {"id": self.event_id}

    def reply(
        self,
        status: int,
        body: object,
        *,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
        send: Callable[[Exchange, bytes, int], None] | None = None,
    ) -> None:
        """Record an answer and write it with *send*."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if status in {204, 304}:
            content = b""

        fields = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            **(headers or {}),
            **self.answer.headers,
        }
        phrase = responses.get(status, "Unknown")
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{k}: {v}" for k, v in fields.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")

        self.record_status(status)
        (send or _write_whole)(self, head + content, len(content))

    def pause(self) -> bool:
        """Wait for the pause of the answer; return False if the inbox closes meanwhile."""
        return not self.closing.wait(self.answer.seconds)


def _write_whole(exchange: Exchange, answer: bytes, length: int) -> None:  # noqa: ARG001
    exchange.handler.wfile.write(answer)


def _write_half(exchange: Exchange, answer: bytes, length: int) -> None:
    exchange.handler.wfile.write(answer[: len(answer) - (length + 1) // 2])
    exchange.handler.close_connection = True


def _write_slowly(exchange: Exchange, answer: bytes, length: int) -> None:  # noqa: ARG001
    for byte in answer:
        if not exchange.pause():
            exchange.handler.close_connection = True
            return
        exchange.handler.wfile.write(bytes([byte]))


def _status(exchange: Exchange) -> None:
    status = int(exchange.answer.fault)
    body = exchange.accept() if 200 <= status < 300 else {"detail": f"the test asked for {status}"}
    headers = {"Location": "/auth/login/"} if 300 <= status < 400 else None
    exchange.reply(status, body, headers=headers)


def _ok(exchange: Exchange) -> None:
    exchange.reply(200, exchange.accept())


def _slow(exchange: Exchange) -> None:
    if exchange.pause():
        _ok(exchange)
    else:
        _close(exchange)


def _trickle(exchange: Exchange) -> None:
    exchange.reply(200, exchange.accept(), send=_write_slowly)


def _rate_limited_ok(exchange: Exchange) -> None:
    limit = {"X-Sentry-Rate-Limits": "60:error:organization"}
    exchange.reply(200, exchange.accept(), headers=limit)


def _html(exchange: Exchange) -> None:
    exchange.reply(200, b"<!doctype html><title>Please log in</title>", kind="text/html")


def _wrong_id(exchange: Exchange) -> None:
    exchange.reply(200, {"id": "0" * 31 + "1"})


def _half(exchange: Exchange) -> None:
    exchange.reply(200, exchange.confirmation, send=_write_half)


def _close(exchange: Exchange) -> None:
    exchange.handler.close_connection = True


def _reset(exchange: Exchange) -> None:
    handler = exchange.handler
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.rfile.close()  # it holds the socket open
    handler.connection.close()


def _hang(exchange: Exchange) -> None:
    exchange.replaced.wait()
    _close(exchange)


_BEHAVIOURS: Mapping[Fault, Callable[[Exchange], None]] = {
    "ok": _ok,
    "slow": _slow,
    "trickle": _trickle,
    "rate_limited_ok": _rate_limited_ok,
    "html": _html,
    "wrong_id": _wrong_id,
    "half": _half,
    "close": _close,
    "reset": _reset,
    "hang": _hang,
}


def check_fault(fault: object) -> None:
    """
    Check that *fault* is a status or a word of the table.

    Raises:
        ValueError: It is neither.
    """
    known = 200 <= fault < 600 if isinstance(fault, int) else fault in _BEHAVIOURS
    if not known:
        choices = ", ".join(map(str, _BEHAVIOURS))
        raise ValueError(
            f"unknown answer {fault!r}: expected a status from 200 to 599 or {choices}"
        )
