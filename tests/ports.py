"""Ports of loopback for the tests."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

LOCALHOST = "127.0.0.1"


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """
    Yield a port that nobody gets by chance as long as the block lasts.

    It refuses connections until a server is told to listen on it, and again when the server ends.
    The server must set SO_REUSEADDR, as nearly all do.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOCALHOST, 0))  # and does not listen
        yield int(holder.getsockname()[1])
