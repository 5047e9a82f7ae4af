"""The ports that the tests rely on."""

from __future__ import annotations

import socket

import pytest

from ports import LOCALHOST, port_that_refuses


def test_port_that_refuses() -> None:
    """Nothing can connect to it."""
    with port_that_refuses() as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOCALHOST, port), timeout=5)
