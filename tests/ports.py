"""Ports of loopback for the tests."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

LOCALHOST = "127.0.0.1"


@contextlib.contextmanager
def port_that_refuses() -> Iterator[int]:
    """Give a port that refuses connections as long as the block lasts."""
    with socket.socket() as holder:
        holder.bind((LOCALHOST, 0))  # bound, so nobody else gets it, and not listening
        yield int(holder.getsockname()[1])


def free_port() -> int:
    """Give a port that nothing listens on at the moment."""
    with port_that_refuses() as port:
        return port
