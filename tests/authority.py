"""Servers on loopback with certificates of an authority of their own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, Literal, Self

import trustme

from ecs_failure_alerts.testing import SentryInbox
from ports import LOCALHOST

Certificate = Literal["good", "expired", "self-signed", "other host"]

_PAST: Final = datetime.now(UTC) - timedelta(days=2)


@cache
def authority() -> trustme.CA:
    """Return the authority that clients trust."""
    return trustme.CA()


def ca_file(folder: Path) -> str:
    """Write the authority's certificate to *folder*, and return its path."""
    path = folder / "ca.pem"
    authority().cert_pem.write_to_path(path)
    return str(path)


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """Return what a server with such a certificate uses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    host = "sentry.example" if certificate == "other host" else LOCALHOST
    issuer = trustme.CA() if certificate == "self-signed" else authority()
    expiry = _PAST if certificate == "expired" else None
    begin = _PAST - timedelta(days=1) if certificate == "expired" else None
    issuer.issue_cert(host, not_after=expiry, not_before=begin).configure_cert(context)
    return context


class TlsServer:
    """
    A server that confirms whatever it is sent, and notes what that was.

    Attributes:
        port: Its port.
        received: What it was sent over TLS.
    """

    def __init__(self, port: int, confirmation: bytes) -> None:
        self.port = port
        self.received: list[bytes] = []
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(confirmation)
        self.answer = head + confirmation


@contextlib.contextmanager
def tls_server(certificate: Certificate, confirmation: bytes) -> Iterator[TlsServer]:
    """Run a server with such a certificate, which confirms by this body."""
    context = server_context(certificate)
    with socket.create_server((LOCALHOST, 0)) as listener:
        server = TlsServer(listener.getsockname()[1], confirmation)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    _serve(listener.accept()[0], context, server)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


class TlsInbox(SentryInbox):
    """
    An inbox behind TLS, with a certificate of the authority.

    Attributes:
        connections: How many were opened.
    """

    connections = 0

    def __enter__(self) -> Self:
        super().__enter__()
        server = self._server
        assert server is not None
        listening = server.socket
        server.socket = server_context("good").wrap_socket(
            listening, server_side=True, do_handshake_on_connect=False
        )
        process = server.process_request

        def counted(request: Any, client_address: Any) -> None:
            self.connections += 1
            process(request, client_address)

        server.process_request = counted  # type: ignore[method-assign]
        return self

    @property
    def dsn(self) -> str:
        """Its DSN."""
        return super().dsn.replace("http://", "https://", 1)


def _serve(connection: socket.socket, context: ssl.SSLContext, server: TlsServer) -> None:
    connection.settimeout(5)
    with (
        connection,
        contextlib.suppress(OSError),
        context.wrap_socket(connection, server_side=True) as secure,
    ):
        server.received.append(_read_request(secure))
        secure.sendall(server.answer)


def _read_request(connection: socket.socket) -> bytes:
    """Read a whole request: a server that closes before its end resets the connection."""
    with connection.makefile("rb") as file:
        lines = list(takewhile(lambda line: line.strip(), file))
        lengths = [line for line in lines if line.lower().startswith(b"content-length:")]
        return b"".join(lines) + file.read(sum(int(line.split(b":")[1]) for line in lengths))


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Run a server that takes connections and says nothing; give its port."""
    with socket.create_server((LOCALHOST, 0)) as listener:
        yield int(listener.getsockname()[1])


@contextlib.contextmanager
def breaking_server() -> Iterator[int]:
    """Run a server that resets each connection once it has sent something; give its port."""
    with socket.create_server((LOCALHOST, 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with listener.accept()[0] as connection:
                        connection.recv(1)
                        connection.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                        )

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
