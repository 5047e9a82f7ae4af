"""HTTP answers that have to be there as a whole in time, each on a connection of its own."""

# Theory of operation: a socket's timeout holds for each read, so a server that sends a byte
# now and then keeps its client for as long as it likes. Here the timeout that the socket has
# when an answer (or a proxy's answer to CONNECT) begins counts for all reads together.
# Connecting, the TLS handshake and sending have limits of their own; looking a name up has none.
#
# urllib3 keeps a connection whose answer does not say "Connection: close", although the request
# asked for that, and the next request fails if the server has closed it meanwhile.

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection


class _TimedFile(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, connection: socket.socket) -> None:
        self._raw = raw
        self._connection = connection
        timeout = connection.gettimeout()
        self._end = None if timeout is None else time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._end is not None:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._connection.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedFile(self.fp.detach(), sock))

    def begin(self) -> None:
        super().begin()
        self.will_close = True


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def limit_answers(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    """Make the timeouts of *manager*'s requests hold for whole answers, and keep no connection."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager
