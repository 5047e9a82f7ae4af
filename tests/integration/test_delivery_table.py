"""The table in the documentation is what a run gives."""

from __future__ import annotations

import pytest

from integration.components import require
from integration.delivery_table import committed, row
from integration.faults import FAULTS

pytestmark = pytest.mark.integration


def test_the_table_has_a_line_for_each_fault() -> None:
    faults = [line.split("|")[1].strip() for line in committed().splitlines()[2:]]
    assert faults == list(FAULTS)


@pytest.mark.parametrize(
    "fault", ["200", "200 with X-Sentry-Rate-Limits", "429 with Retry-After", "503", "refused"]
)
def test_a_run_of_today_gives_the_line_of_the_document(fault: str) -> None:
    """The other lines take too long."""
    require("awslambdaric")
    assert row(fault) in committed().splitlines()
