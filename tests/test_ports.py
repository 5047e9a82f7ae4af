"""The ports that the tests rely on."""

from __future__ import annotations

import socket

import pytest

from ecs_failure_alerts.testing import SentryInbox
from ports import LOCALHOST, reserved_port


def test_a_reserved_port_is_closed_but_while_a_server_listens() -> None:
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


def test_nobody_else_gets_a_reserved_port() -> None:
    with (
        reserved_port() as port,
        socket.socket() as other,
        pytest.raises(OSError, match="in use"),
    ):
        other.bind((LOCALHOST, port))
