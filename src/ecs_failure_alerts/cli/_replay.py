"""Sending what was saved: thousands of records, some of them bad, none lost."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Final, Protocol

from attrs import define

from ..alerter import FailureAlerter
from ..exceptions import DeliveryError
from ..report import Outcome
from ..sources import SourceRecord
from ._failed_file import json_line

#: Records that are handed to the alerter at once.
_CHUNK: Final = 10

#: How often, and how long at most (in seconds), a backend's wish to wait is followed.
_WAITS: Final = 5
_LONGEST_WAIT: Final = 60.0


class Writer(Protocol):
    """What takes lines of text."""

    def write(self, line: str, /) -> object:
        """Take a line."""


@define
class Tally:
    """
    How far a replay is.

    Attributes:
        done: Records that were tried.
        failed: Those of them that have to be sent again.
        seconds: Since the start.
    """

    done: int = 0
    failed: int = 0
    seconds: float = 0.0

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
    Send the alerts for *records*, as far as that goes.

    Args:
        records: What was saved. With *failed* it has to be read whole: what an interruption
            leaves is saved again.
        alerter: What sends.
        failed: Is given what failed or was not reached, a JSON value on each line, which can
            be replayed.
        wait: Waits so many seconds, where a backend asks for it.

    Yields:
        What became of each record, and the tally so far.
    """
    start, tally, left = time.monotonic(), Tally(), iter(records)

    chunk: dict[int, SourceRecord] = {}
    patience = _WAITS

    try:
        while chunk := {id(record): record for record in islice(left, _CHUNK)}:
            in_vain = False

            for outcome in _process(list(chunk.values()), alerter, wait, patience):
                in_vain = in_vain or bool(_asked_to_wait(outcome))
                tally.done += 1
                tally.seconds = time.monotonic() - start
                if outcome.failed:
                    tally.failed += 1
                    _save(outcome.record, failed)
                del chunk[id(outcome.record)]  # after that: rather saved twice than not at all
                yield outcome, tally

            patience = 0 if in_vain else _WAITS  # else thousands of records wait anew, in vain
    finally:  # interrupted: what was not reached has to be sent as well
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
        wait(min(pause, _LONGEST_WAIT))
        patience -= 1


def _asked_to_wait(outcome: Outcome) -> float:
    """Return the seconds that a backend asked for, or 0."""
    return max(
        (
            error.retry_after or 1.0
            for error in outcome.errors
            if isinstance(error, DeliveryError)
            and (error.status == 429 or error.retry_after is not None)
        ),
        default=0.0,
    )
