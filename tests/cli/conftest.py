"""What the tests of the command share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import Saver
from ecs_failure_alerts.testing import SentryInbox


@pytest.fixture
def inbox() -> Iterator[SentryInbox]:
    """Yield an open inbox."""
    with SentryInbox() as inbox:
        yield inbox


@pytest.fixture
def save(tmp_path: Path) -> Saver:
    """Return a function that saves payloads."""
    return Saver(tmp_path)
