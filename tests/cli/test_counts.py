"""What several events were, in one line."""

from __future__ import annotations

from collections import Counter

import pytest

from ecs_failure_alerts import Cause
from ecs_failure_alerts.cli._counts import Counts
from rows import each


@each(
    ("counts", "line"),
    [
        pytest.param(
            Counts(
                Counter({Cause.FAILED_TO_START_IMAGE_PULL: 5, Cause.OUT_OF_MEMORY: 7}),
                silent=980,
                unreadable=8,
            ),
            "1,000 events: 12 alerts (7 out_of_memory, 5 image_pull), 980 silent, 8 unreadable",
            id="all",
        ),
        pytest.param(Counts(), "0 events: 0 alerts", id="nothing"),
        pytest.param(Counts(silent=1), "1 event: 0 alerts, 1 silent", id="one"),
        pytest.param(
            Counts(Counter({Cause.FAILED_TO_START_OTHER: 1}), ignored=2000),
            "2,001 events: 1 alert (1 failed_to_start), 2,000 ignored",
            id="other",
        ),
        pytest.param(
            Counts(Counter({Cause("workflow.failed"): 2, Cause("batch.job_failed"): 1})),
            "3 events: 3 alerts (2 workflow.failed, 1 batch.job_failed)",
            id="notices",
        ),
    ],
)
def test_the_most_frequent_cause_comes_first_and_zeros_are_left_out(
    counts: Counts, line: str
) -> None:
    """But for the alerts."""
    assert str(counts) == line


def test_no_two_causes_share_a_name() -> None:
    """Whatever causes are counted together, the line tells them apart."""
    line = str(Counts(Counter(Cause)))
    causes = line[line.index("(") + 1 : line.index(")")].split(", ")
    assert len(set(causes)) == len(causes) == len(Cause)
