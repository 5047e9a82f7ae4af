"""HTTP connections whose answers have to be there as a whole in time."""

# Theory of operation: a socket's timeout holds for each read, so a server that sends a byte
# now and then keeps its client for as long as it likes. Here the timeout that the socket has
# when an answer (or a proxy's answer to CONNECT) begins counts for all reads together.
# Connecting, the TLS handshake and sending have limits of their own; looking a name up has none.
#
# http.client keeps 100 lines of 64 KiB each of an answer's head, and several copies of them. Here
# the head, with all that announces it, has a limit as a whole.
#
# Whatever fails before the connection stands is a `NotConnectedError`, or an error of urllib3 that
# says so, such as `ProxyError`: nothing was sent.

from __future__ import annotations

import io
import socket
import ssl
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from .._deadline import Deadline

#: Bytes of an answer before its body.
_HEAD_BYTES: Final = 131_072


class NotConnectedError(urllib3.exceptions.HTTPError):
    """
    A connection that did not come about, told in words without an address.

    Attributes:
        permanent: Whether only a person can mend it.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(message)


class _TimedFile(io.RawIOBase):
    """
    A reader of a socket that fails once the socket's first timeout is over.

    Attributes:
        left: Bytes that may still come before the body; None once it has begun.
    """

    def __init__(self, raw: io.RawIOBase, connection: socket.socket) -> None:
        self._raw = raw
        self._connection = connection
        self._deadline = Deadline.after(connection.gettimeout())
        self.left: int | None = _HEAD_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline.left()
        if left is not None:
            if left <= 0:
                raise TimeoutError("timed out")
            self._connection.settimeout(left)

        size = self._raw.readinto(buffer)
        if self.left is not None:
            self.left -= size or 0
            if self.left < 0:
                raise HTTPException("the head of the answer is too long")
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._file = _TimedFile(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._file)

    def begin(self) -> None:
        super().begin()
        self._file.left = None

    def _read_status(self) -> tuple[str, int, str]:
        """Read a status; 102 and 103 announce an answer as 100 does, which http.client skips."""
        version, status, reason = super()._read_status()  # type: ignore[misc]
        if HTTPStatus.SWITCHING_PROTOCOLS < status < HTTPStatus.OK:
            status = int(HTTPStatus.CONTINUE)
        return version, status, reason


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise _failed_handshake(error) from None

    def _tunnel(self) -> None:
        """Ask the proxy for a way to the server; whatever fails is the proxy's fault."""
        try:
            super()._tunnel()
        except (OSError, HTTPException) as error:
            raise urllib3.exceptions.ProxyError("no tunnel", error) from None


def _failed_handshake(error: OSError) -> NotConnectedError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"its certificate is not accepted: {error.verify_message}"
        return NotConnectedError(why, permanent=True)
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or type(error).__name__).replace("_", " ").lower()
        return NotConnectedError(f"the TLS handshake failed: {reason}")
    if isinstance(error, TimeoutError):
        return NotConnectedError("the TLS handshake took too long")

    return NotConnectedError("the TLS handshake failed: the connection was broken off")


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def limit_answers(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    """Make the timeouts of *manager*'s requests hold for whole answers."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager
