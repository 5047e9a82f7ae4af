"""A deadline has one meaning of "in time", and one of "no limit"."""

from __future__ import annotations

import math
import time

import pytest

from ecs_failure_alerts._deadline import Deadline


@pytest.mark.parametrize("seconds", [None, math.inf, 1e300])
def test_none_and_more_than_a_thread_can_wait_are_no_limit(seconds: float | None) -> None:
    deadline = Deadline.after(seconds)
    assert (deadline.left(), deadline.cap(5), deadline.leaves(1e9)) == (None, 5, True)
    assert deadline.earlier(1) == deadline


def test_what_is_left_gets_less() -> None:
    """Of a limit less is left as time goes by."""
    deadline = Deadline.after(10)
    first = deadline.left()
    time.sleep(0.001)
    second = deadline.left()
    assert first is not None
    assert second is not None
    assert 9 < second < first <= 10


@pytest.mark.parametrize("seconds", [0, -1, -math.inf])
def test_nothing_is_left_when_it_is_over(seconds: float) -> None:
    """What is over leaves 0 seconds, never less."""
    deadline = Deadline.after(seconds)
    assert (deadline.left(), deadline.cap(5)) == (0, 0)
    assert not deadline.leaves(0.001)


def test_half_of_no_limit_is_no_limit() -> None:
    assert Deadline().half().left() is None


def test_half_of_the_time_left_is_left_after_it() -> None:
    half = Deadline.after(100).half().left()
    assert half is not None
    assert 49 < half <= 50


def test_the_less_of_two_limits_counts() -> None:
    """A limit caps what is longer, and leaves what is shorter as it is."""
    deadline = Deadline.after(10)
    assert 9 < deadline.cap(20) <= 10
    assert deadline.cap(5) == 5


def test_an_earlier_deadline_leaves_less() -> None:
    """A deadline can be moved to the front, so that something else ends before it."""
    earlier = Deadline.after(10).earlier(4).left()
    assert earlier is not None
    assert 5 < earlier <= 6


def test_what_is_no_number_is_refused() -> None:
    """NaN is neither a limit nor none."""
    with pytest.raises(ValueError, match="expected seconds, got nan"):
        Deadline.after(math.nan)
    with pytest.raises(TypeError, match="expected seconds, got something of the type str: give"):
        Deadline.after("5")  # type: ignore[arg-type]
