"""A report as text and as a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import Cause, FailurePolicy
from ecs_failure_alerts.archives import ArchiveReport, Comparison, page, text
from ecs_failure_alerts.archives._chart import chart
from ecs_failure_alerts.testing import task_state_change

EVENT = task_state_change(group="service:web", stoppedAt="2026-11-01T10:00:00Z")
QUIET = task_state_change(group="service:web", stopCode="UserInitiated")


def report_on(*events: object) -> ArchiveReport:
    """Return the report on events."""
    report = ArchiveReport()
    for event in events:
        report.add(event)  # type: ignore[arg-type]
    return report


def compared(*events: object) -> Comparison:
    """Return what two policies differ in."""
    comparison = Comparison.of(FailurePolicy(), FailurePolicy(ignore_exit_codes={1}))
    for event in events:
        comparison.add(event)  # type: ignore[arg-type]
    return comparison


def test_the_text_has_the_counts_and_three_tables() -> None:
    assert text(report_on(EVENT, EVENT, QUIET, "{")).splitlines() == [
        "4 events: 2 alerts, 1 silent, 1 unreadable, 2026-03-02 to 2026-11-01",
        "",
        "By cause",
        "  cause           workload  alerts  silent  first       last",
        "  container_exit  service        2       0  2026-11-01  2026-11-01",
        "  user_stopped    service        0       1  2026-03-02  2026-03-02",
        "",
        "The workloads with the most alerts",
        "  workload     main cause      alerts  silent  first       last",
        "  Service web  container_exit       2       1  2026-03-02  2026-11-01",
        "",
        "By day",
        "  day (UTC)   main cause      alerts",
        "  2026-11-01  container_exit       2",
    ]


def test_a_table_without_rows_is_left_out() -> None:
    assert text(report_on()) == "0 events: 0 alerts, 0 silent"


def test_the_text_of_a_comparison_has_both_policies_and_the_changes() -> None:
    lines = text(compared(EVENT, QUIET)).splitlines()
    assert lines[0].startswith("A: 2 events: 1 alert, 1 silent")
    assert lines[1].startswith("B: 2 events: 0 alerts, 2 silent")
    assert re.fullmatch(
        r"  container_exit  Service web  error  silent  +1  2026-11-01  2026-11-01  arn:aws:.*",
        lines[-1],
    )


@pytest.mark.parametrize("draw", [text, page])
def test_where_nothing_differs_that_is_said(draw: object) -> None:
    assert "The policies judge every event alike." in draw(compared(QUIET))  # type: ignore[operator]


def test_the_page_needs_nothing_else() -> None:
    """No script, no address, and XML that can be read."""
    drawn = page(report_on(EVENT, QUIET))
    assert "<svg" in drawn
    assert "<script" not in drawn
    assert "http" not in drawn
    body = drawn.partition("<body>")[2].partition("</body>")[0]
    ET.fromstring(f"<body>{body}</body>")  # noqa: S314 - our own


def test_the_page_of_a_comparison_has_a_picture_of_each_policy_that_alerts() -> None:
    assert page(compared(EVENT)).count("<svg") == 1
    assert page(compared(task_state_change(containers=[{"exitCode": 2}]))).count("<svg") == 2


def test_names_of_the_events_cannot_change_the_page() -> None:
    hostile = task_state_change(group="service:<script>alert(1)</script>")
    drawn = page(report_on(hostile))
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


days = st.dates(date(2020, 1, 1), date(2027, 1, 1))
counts = st.dictionaries(st.sampled_from(Cause), st.integers(1, 10_000), min_size=1)


@given(st.dictionaries(days, counts.map(Counter), min_size=1, max_size=20))
def test_the_picture_shows_every_alert_inside_its_frame(drawn: dict[date, Counter[Cause]]) -> None:
    picture = ET.fromstring(chart(drawn))  # noqa: S314 - our own
    bars = picture.findall("./svg/rect")
    told = [re.fullmatch(r"(\S+): ([0-9,]+) (\S+)", bar.findtext("title") or "") for bar in bars]

    shown = sum(int(found[2].replace(",", "")) for found in told if found)
    assert shown == sum(causes.total() for causes in drawn.values())
    for bar in bars:
        x, y, width, height = (float(bar.attrib[a]) for a in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= 960.1
        assert 0 <= y <= y + height <= 236.1


def test_of_a_long_time_a_bar_is_several_days() -> None:
    first = date(2024, 1, 1)
    year = {first + timedelta(days=n): Counter({Cause.CONTAINER_EXIT: 1}) for n in range(360)}
    drawn = chart(year)
    assert drawn.count("<rect") == 120
    assert "Alerts by 3 days" in drawn


def test_a_picture_of_one_day_names_it_once() -> None:
    assert chart({date(2026, 11, 1): Counter({Cause.CONTAINER_EXIT: 1})}).count(">2026-11-01<") == 1
