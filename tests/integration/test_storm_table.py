"""A service in a crash loop costs of Sentry's quota what the documentation's table says."""

from __future__ import annotations

import pytest

from integration.components import require
from integration.sqs_mapping import Queues
from integration.storm_table import MAPPINGS, Mapping, committed, row

pytestmark = pytest.mark.integration


def test_the_table_has_a_line_for_each_mapping() -> None:
    """Nothing that is tried is left out of the document."""
    written = [line.split("|")[1].strip() for line in committed().splitlines()[2:]]
    assert written == list(map(str, MAPPINGS))


@pytest.mark.parametrize("mapping", MAPPINGS[1:], ids=str)
def test_a_crash_loop_takes_as_many_alerts_as_the_table_says(sqs: Queues, mapping: Mapping) -> None:
    """The first line, hundreds of invocations, is left to the table's own run."""
    require("awslambdaric")
    assert row(sqs, mapping) in committed().splitlines()
