"""An open inbox and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecs_failure_alerts.testing import SentryInbox
from inbox_client import Client


@pytest.fixture
def client(inbox: SentryInbox) -> Iterator[Client]:
    """Connect a client to the inbox."""
    client = Client(inbox)
    yield client
    client.connection.close()
