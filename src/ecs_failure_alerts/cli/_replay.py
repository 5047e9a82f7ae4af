"""The replay of saved records: thousands, some of them bad, none lost."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Final, Protocol

from attrs import define

from ..alerter import FailureAlerter
from ..exceptions import DeliveryError, EventError
from ..report import Outcome
from ..sources import SourceRecord
from ._failed_file import json_line

#: Records that the alerter gets at once.
_CHUNK: Final = 10

#: Waits that a backend may ask for, and seconds of each, at most.
_MOST_WAITS: Final = 5
_WAIT_SECONDS: Final = 60.0


class Writer(Protocol):
    """Takes lines of text."""

    def write(self, line: str, /) -> object:
        """Take a line."""


@define
class Tally:
    """
    The progress of a replay.

    Attributes:
        done: The number of records that were tried.
        failed: The number of those that failed.
        seconds: Seconds since the start.
        unreadable: The number of those that failed because they cannot be read.
    """

    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    unreadable: int = 0

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds else 0.0
        return f"{self.done} records, {self.failed} failed, {rate:.0f} a second"


def replay(
    records: Iterable[SourceRecord],
    alerter: FailureAlerter,
    *,
    failed: Writer | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Generator[tuple[Outcome, Tally]]:
    """
    Send the alerts for *records*.

    Args:
        records: The saved records. With *failed*, an interruption saves the rest of them again.
        alerter: The alerter.
        failed: Takes the records that failed or were not reached, as JSON lines that can be
            replayed.
        wait: Waits a number of seconds, when a backend asks for it.

    Yields:
        The outcome of each record, and the tally so far.
    """
    start, tally, left = time.monotonic(), Tally(), iter(records)

    chunk: dict[int, SourceRecord] = {}
    patience = _MOST_WAITS

    try:
        while chunk := {id(record): record for record in islice(left, _CHUNK)}:
            still_waiting = False

            for outcome in _process(list(chunk.values()), alerter, wait, patience):
                still_waiting = still_waiting or bool(_asked_to_wait(outcome))
                tally.done += 1
                tally.seconds = time.monotonic() - start
                if outcome.failed:
                    tally.failed += 1
                    tally.unreadable += isinstance(outcome.errors[0], EventError)
                    _save(outcome.record, failed)
                del chunk[id(outcome.record)]  # only now: better saved twice than not at all
                yield outcome, tally

            # Without patience, because otherwise thousands of records would wait again.
            patience = 0 if still_waiting else _MOST_WAITS
    finally:  # after an interruption the records that were not reached must be sent later
        if failed is not None:
            for record in itertools.chain(chunk.values(), left):
                _save(record, failed)


def _save(record: SourceRecord, failed: Writer | None) -> None:
    if failed is not None and record.raw is not None:
        failed.write(json_line(record.raw))


def _process(
    chunk: list[SourceRecord],
    alerter: FailureAlerter,
    wait: Callable[[float], None],
    patience: int,
) -> Iterator[Outcome]:
    while True:
        outcomes = alerter.process_records(chunk).outcomes
        pause = max(map(_asked_to_wait, outcomes), default=0.0)

        if not pause or not patience:
            yield from outcomes
            return

        yield from (outcome for outcome in outcomes if not _asked_to_wait(outcome))
        chunk = [outcome.record for outcome in outcomes if _asked_to_wait(outcome)]
        wait(min(pause, _WAIT_SECONDS))
        patience -= 1


def _asked_to_wait(outcome: Outcome) -> float:
    """Return the seconds that a backend asked to wait, or 0."""
    return max(
        (
            error.retry_after or 1.0
            for error in outcome.errors
            if isinstance(error, DeliveryError)
            and (error.status == 429 or error.retry_after is not None)
        ),
        default=0.0,
    )
