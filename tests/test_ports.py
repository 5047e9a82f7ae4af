"""The ports that the tests rely on."""

from __future__ import annotations

import socket

import pytest

from ecs_failure_alerts.testing import SentryInbox
from ports import LOCALHOST, reserved_port


def test_reserved_port() -> None:
    """Nothing can connect to it but while a server listens there, which can come and go."""

    def connect() -> None:
        socket.create_connection((LOCALHOST, port), timeout=5).close()

    with reserved_port() as port:
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                connect()
            with SentryInbox(port):
                connect()
        with pytest.raises(ConnectionRefusedError):
            connect()


def test_nobody_else_gets_it() -> None:
    """A socket that asks for just that port, and is not told to share it, is refused."""
    with (
        reserved_port() as port,
        socket.socket() as other,
        pytest.raises(OSError, match="in use"),
    ):
        other.bind((LOCALHOST, port))
