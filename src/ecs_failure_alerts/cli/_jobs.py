"""Work on many parts, in one process or several, with the answers in order."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

#: Items and bytes that a process gets at once, because each hand-over costs time; an item may be a
#: whole file.
_BATCH: Final = 500
_BATCH_BYTES: Final = 4_000_000
#: Batches that each process has waiting, so that memory does not grow with the input.
_AHEAD: Final = 2
_MOST_JOBS: Final = 64

#: Processes are forked on Linux, because that needs no second import; Python 3.14 no longer does so
#: by default. Elsewhere they start in Python's own way.
_START: Final = "fork" if sys.platform == "linux" else None


def map_in_order(
    function: Callable[[list[Item]], Answer],
    items: Iterable[Item],
    jobs: int,
    size_of: Callable[[Item], int] = lambda _: 0,
    *,
    at_once: bool = False,
) -> Iterator[Answer]:
    """
    Call *function* with *items*, a few at once.

    Args:
        function: The function. With several processes it and its answers must be picklable.
        items: The items; only a few are read ahead.
        jobs: The number of processes; with 1, this process does all the work.
        size_of: Returns the bytes of an item, so that no batch gets too big.
        at_once: Whether each item is answered before the next is read, because it may be long in
            coming. It takes one process.

    Yields:
        The answers, in the order of the items.

    Raises:
        ChildProcessError: A process was killed from outside.
    """
    if jobs == 1:
        batches = ([item] for item in items) if at_once else _batches(items, size_of)
        yield from map(function, batches)
        return

    pending: deque[Future[Answer]] = deque()
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context(_START),
        initializer=_leave_interrupts_to_the_parent,
    )
    try:
        for batch in _batches(items, size_of):
            pending.append(pool.submit(function, batch))
            if len(pending) > _AHEAD * jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool:
        raise ChildProcessError(
            f"expected {jobs} processes, but one was killed, perhaps because memory ran out: "
            "use fewer --jobs"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(items: Iterable[Item], size_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0

    for item in items:
        batch.append(item)
        size += size_of(item)
        if len(batch) == _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0

    if batch:
        yield batch


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
