"""A server that keeps connections open, and treats each request as a script says."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from ports import LOCALHOST

#: What becomes of a request: an answer as it is, or what a dying connection does.
Step: TypeAlias = bytes | Literal["close", "reset", "cut", "never"]

CONFIRMATION: Final = b"confirmed"
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + CONFIRMATION


class KeepingServer(socketserver.ThreadingTCPServer):
    """
    The server.

    Attributes:
        script: What becomes of the next requests; after them, each is confirmed.
        requests: What was sent.
        connections: How many were opened.
    """

    daemon_threads = True
    request_queue_size = 50  # who finds it full tries again after a second

    def __init__(self, script: tuple[Step, ...], context: ssl.SSLContext | None) -> None:
        self.script = list(script)
        self.context = context
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        super().__init__((LOCALHOST, 0), _Handler)

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        scheme = "https" if self.context else "http"
        return f"{scheme}://{LOCALHOST}:{self.port}/hook"

    def get_request(self) -> Any:
        """Count the connection; the handshake is for its own thread."""
        connection, address = super().get_request()
        self.connections += 1
        if self.context:
            connection = self.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self._open.append(connection)
        return connection, address

    def hang_up(self) -> None:
        """Close all connections, as a server does that has waited for long enough."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing of a client that has left."""


class _Handler(socketserver.StreamRequestHandler):
    server: KeepingServer

    def handle(self) -> None:
        """Read requests and do what the script says, until the connection ends."""
        while head := self._head():
            (length,) = (
                int(line.split(b":")[1])
                for line in head.splitlines()
                if line.lower().startswith(b"content-length:")
            )
            self.server.requests.append(head + self.rfile.read(length))
            step = self.server.script.pop(0) if self.server.script else OK
            if not self._do(step):
                return

    def _head(self) -> bytes:
        """Read the head of a request; empty where the client has left."""
        head = b""
        while line := self.rfile.readline():
            head += line
            if line == b"\r\n":
                return head
        return b""

    def _do(self, step: Step) -> bool:
        """Perform a step; return whether the connection goes on."""
        if isinstance(step, bytes):
            self.wfile.write(step)
            return b"close" not in step
        if step == "never":
            self.server.over.wait(10)
        elif step == "cut":
            self.wfile.write(OK[:-4])
        elif step == "reset":
            linger = struct.pack("ii", 1, 0)
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()
            self.request.close()
        return False


@contextlib.contextmanager
def keeping_server(*script: Step, context: ssl.SSLContext | None = None) -> Iterator[KeepingServer]:
    """Run a server with this script, over TLS if there is a context."""
    with KeepingServer(script, context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.002,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.hang_up()
            server.shutdown()
            thread.join(10)
