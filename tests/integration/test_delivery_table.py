"""The table in the documentation is what a run gives."""

from __future__ import annotations

import pytest

from integration.components import require
from integration.delivery_table import committed, row
from integration.faults import FAULTS

pytestmark = pytest.mark.integration


def test_rows() -> None:
    """The table has a line for each fault."""
    faults = [line.split("|")[1].strip() for line in committed().splitlines()[2:]]
    assert faults == list(FAULTS)


@pytest.mark.parametrize(
    "fault", ["200", "200 with X-Sentry-Rate-Limits", "429 with Retry-After", "503", "refused"]
)
def test_row(fault: str) -> None:
    """A run of today gives the line that the document holds; the others take too long."""
    require("awslambdaric")
    assert row(fault) in committed().splitlines()
