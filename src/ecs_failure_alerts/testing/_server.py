"""The HTTP server under the inbox: connections, whole bodies, and how they end."""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, TypeAlias

LOCALHOST: Final = "127.0.0.1"

_LONGEST_CHUNK_SIZE_LINE: Final = 20  # bytes; a size of 16 hexadecimal digits fits
#: The pause between two checks whether to close; short, because a suite opens hundreds of servers.
_POLL_SECONDS: Final = 0.002

Respond: TypeAlias = Callable[[BaseHTTPRequestHandler, bytes], None]
"""Answers a request on its connection, given the whole body."""


class Server(socketserver.ThreadingTCPServer):
    """
    A server on loopback with one thread per connection.

    Args:
        port: The port to listen on, or 0 for any free one.
        respond: Answers each request whose body was read whole.
    """

    allow_reuse_address = True
    request_queue_size = 64
    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self.errors: list[BaseException] = []
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__((LOCALHOST, port), _Handler)

        self._thread = threading.Thread(
            target=self.serve_forever, args=(_POLL_SECONDS,), name="sentry-inbox", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port on which the server listens."""
        return int(self.server_address[1])

    def close(self) -> None:
        """End every connection, idle ones too, and wait for the threads."""
        self.shutdown()

        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)

        self.server_close()
        self._thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Register the connection before its thread starts, to miss none."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Keep the server's own errors in ``errors``; a client may disconnect at any time."""
        error = sys.exc_info()[1]
        if error and not isinstance(error, OSError):
            self.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    """Read whole requests and pass them to the server's ``respond``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        """Read the body and pass the request on."""
        encoding = self.headers.get("Transfer-Encoding", "").lower()
        length = self.headers.get("Content-Length", "0")

        if encoding == "chunked":  # as the SDK for Node sends
            body = self._read_chunks()
        elif encoding or not length.isdecimal():
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        else:
            body = self._read_exactly(int(length))

        if body is None:
            self.close_connection = True
        else:
            self.server.respond(self, body)

    def do_GET(self) -> None:
        """Pass the request on too, for the inbox to refuse it."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""

    def _read_chunks(self) -> bytes | None:
        """Return a chunked body, or None if it is cut short or malformed."""
        body = b""
        while True:
            try:
                size = int(self.rfile.readline(_LONGEST_CHUNK_SIZE_LINE), 16)
            except ValueError:
                return None

            chunk = self._read_exactly(size)
            if chunk is None or self.rfile.readline(3) != b"\r\n":
                return None
            if not size:
                return body
            body += chunk

    def _read_exactly(self, size: int) -> bytes | None:
        """Return *size* bytes, or None if the client disconnects first."""
        data = self.rfile.read(max(0, size))
        return data if len(data) == size else None
