"""Work is shared by processes, and the answers are the same in the same order."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from ecs_failure_alerts.cli import _jobs, main
from ecs_failure_alerts.cli._jobs import map_in_order
from rows import each


def doubled(numbers: list[int]) -> list[int]:
    """Return each number twice."""
    return [2 * number for number in numbers]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_answers_come_in_the_order_of_the_items(jobs: int) -> None:
    answers = map_in_order(doubled, range(2_500), jobs)
    assert [number for answer in answers for number in answer] == [2 * n for n in range(2_500)]


def test_an_item_may_be_answered_before_the_next_is_read() -> None:
    read = []

    def numbers() -> Iterator[int]:
        for number in range(3):
            read.append(number)
            yield number

    for number, answer in enumerate(map_in_order(doubled, numbers(), 1, at_once=True)):
        assert (answer, read[-1]) == ([2 * number], number)


def test_an_error_of_a_process_is_raised_here() -> None:
    not_numbers: list[Any] = [None]
    with pytest.raises(TypeError):
        list(map_in_order(doubled, not_numbers, 2))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_batch_ends_where_it_is_big(jobs: int) -> None:
    """A file may be one item."""
    answers = list(map_in_order(doubled, range(5), jobs, lambda _: 2_000_000))
    assert answers == [[0, 2], [4, 6], [8]]


def killed(_: list[int]) -> None:
    """End this process as a system without memory does."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_was_ended_is_told_with_what_to_do() -> None:
    with pytest.raises(ChildProcessError) as told:
        list(map_in_order(killed, [1], 2))
    assert str(told.value) == (
        "expected 2 processes, but one was killed, perhaps because memory ran out: use fewer --jobs"
    )


@each("number", ["0", "-1", "65", "two", "²", ""])
def test_a_number_of_processes_that_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["explain", "--jobs", number, "-"])
    assert refused.value.code == 2
    assert "expected a number from 1 to 64, got" in capsys.readouterr().err


def test_a_process_leaves_interrupts_to_its_parent() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        _jobs._leave_interrupts_to_the_parent()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
