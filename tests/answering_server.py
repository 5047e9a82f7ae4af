"""A server that gives the answers that a test writes, for notifiers that post over HTTP."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Final

from ports import LOCALHOST

_LENGTH: Final = re.compile(rb"(?im)^content-length: (\d+)")


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """Write an HTTP answer."""
    fields = {"Content-Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items()]
    return f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode() + body


@contextlib.contextmanager
def server(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """
    Run a server that gives these answers; yield its address and the requests so far.

    An empty answer closes the connection without a word.
    """
    requests: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            for text in answers:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    requests.append(_request(connection))
                    connection.sendall(text)

    with socket.create_server((LOCALHOST, 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://{LOCALHOST}:{listener.getsockname()[1]}/hook", requests
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _request(connection: socket.socket) -> bytes:
    """Read one request with its body, as far as the client sends it."""
    request = b""
    while not _is_whole(request) and (received := connection.recv(65_536)):
        request += received

    return request


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)
