"""Work on many parts, in one process or several, with the answers in order."""

from __future__ import annotations

import signal
from argparse import ArgumentParser, ArgumentTypeError
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Final, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

#: Items that a process is handed at once, because each handing over costs time.
_BATCH: Final = 500
#: Batches that each process has waiting, so that memory does not grow with the input.
_AHEAD: Final = 2
_MOST_JOBS: Final = 64


def map_in_order(
    function: Callable[[list[Item]], Answer], items: Iterable[Item], jobs: int
) -> Iterator[Answer]:
    """
    Call *function* with *items*, a few at once.

    Args:
        function: What to call. With several processes it and its answers must be picklable.
        items: What to call it with; read only a little ahead.
        jobs: Processes; 1 is this one, and then each item is answered before the next is read.

    Yields:
        The answers, in the order of the items.
    """
    if jobs == 1:
        yield from (function([item]) for item in items)
        return

    left = iter(items)
    pending: deque[Future[Answer]] = deque()
    pool = ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent)
    try:
        while batch := list(islice(left, _BATCH)):
            pending.append(pool.submit(function, batch))
            if len(pending) > _AHEAD * jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def add_jobs(parser: ArgumentParser) -> None:
    """Add the number of processes."""
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_number_of_jobs,
        default=1,
        help="processes that share the work, such as one for each processor (default: 1)",
    )


def _number_of_jobs(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_JOBS:
        return int(text)
    raise ArgumentTypeError(f"expected a number from 1 to {_MOST_JOBS}, got {text!r}")
