"""Every channel that is well gets every alert in time, as the documentation's table says."""

from __future__ import annotations

import pytest

from integration.channel_table import COUNT, FAULTS, committed, row

pytestmark = pytest.mark.integration


def test_the_table_has_a_line_for_each_fault() -> None:
    """Nothing that is tried is left out of the document."""
    assert [line.split("|")[1].strip() for line in committed().splitlines()[2:]] == list(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_channel_that_is_well_gets_every_alert_in_time(fault: str) -> None:
    """A run of today gives the line that the document holds."""
    line = row(fault)
    assert line.count(f"{COUNT} of {COUNT}") == 3
    assert line in committed().splitlines()
