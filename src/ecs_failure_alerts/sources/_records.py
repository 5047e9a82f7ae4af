"""An event of a payload, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from attrs import evolve, field, frozen

from .._deadline import Deadline
from .._texts import counted
from .._values import Value
from ..exceptions import EventError, Problem, UnsupportedEvent
from ..tasks.events import SOURCE
from .dead_letters import DETAIL_TYPE, SOURCES

#: The events of other sources that are read, too: `notices` has their readers.
NOTICES: Final = (
    ("aws.batch", "Batch Job State Change"),
    ("aws.batch", "Batch Job Queue Blocked"),
    ("aws.states", "Step Functions Execution Status Change"),
    ("aws.health", "AWS Health Event"),
    *((source, DETAIL_TYPE) for source in SOURCES),
)

#: Records of one message at most that say what cannot be read.
_MOST_FAULTS: Final = 20
#: Records of one message at most. Not even a record of Kinesis can hold as many events of AWS, but
#: tiny ones would take the time of all the other messages.
_MOST_RECORDS: Final = 10_000
#: Why the rest of a message is not read.
LATE: Final = "not read to its end, since it took too long: send it again, alone or in parts"
_MANY: Final = f"not read to its end, since it has over {_MOST_RECORDS} events: send it in parts"


@frozen(slots=False, eq=False, repr=False)
class SourceRecord(Value):
    """
    One event found in a payload, or the place where one should be.

    Attributes:
        place: Its path, such as ``Records[0].body``; empty for the payload itself.
        id: The id of the outermost record around it: SQS's messageId, SNS's MessageId, or the
            request id of a failed invocation; None without a record.
        queue: Whether that record came to this Lambda from SQS.
        event: The event, not yet parsed; None if there is an error.
        error: What is wrong with this record, or None.
        raw: The event, or the unreadable input, as it came; None if there is neither.
    """

    place: str = ""
    id: str | None = None
    queue: bool = False
    event: Mapping[str, Any] | None = field(default=None, repr=False)
    error: EventError | None = None
    raw: Any = field(default=None, repr=False)

    @property
    def is_foreign(self) -> bool:
        """Whether it is an event of another source than ECS, and no notice."""
        if self.event is None or self.event.get("source") == SOURCE:
            return False
        return (self.event.get("source"), self.event.get("detail-type")) not in NOTICES

    def inside(self, step: str) -> SourceRecord:
        """Return the record for the place that is one *step* inside this one."""
        return evolve(
            self, place=f"{self.place}.{step}" if self.place and step else self.place or step
        )


def unreadable(value: Any, place: SourceRecord, message: str) -> SourceRecord:
    """Return the record of a *value* that is no event, with the reason."""
    error = EventError([Problem(place.place, message)])
    return SourceRecord(place.place, place.id, place.queue, error=error, raw=value)


def with_few_faults(records: Iterable[SourceRecord]) -> Iterator[SourceRecord]:
    """
    Yield *records* with at most 20 faults of each message, and one record for its other faults.

    A short text can have a hundred thousand broken lines, and each record is logged. The last
    record has the content of all that it stands for, as a list.
    """
    for _, message in groupby(records, key=lambda record: record.id):
        faults = 0
        first, contents = None, []

        for record in message:
            if record.error is None or isinstance(record.error, UnsupportedEvent):
                yield record
                continue
            faults += 1
            if faults <= _MOST_FAULTS:
                yield record
                continue
            first = first or record
            contents += [] if record.raw is None else [record.raw]

        if first is not None:
            yield _together(first, faults - _MOST_FAULTS, contents)


def _together(first: SourceRecord, faults: int, contents: list[Any]) -> SourceRecord:
    """Return the record of several faults, with the text of the *first*."""
    if faults == 1:
        return first

    message = str(first.error).removeprefix(f"{first.place}: ")
    others = counted(faults - 1, "more part")
    return unreadable(contents or None, first, f"{message}; {others} cannot be read either")


def in_time(
    records: Iterator[SourceRecord], deadline: Deadline, value: Any, place: SourceRecord
) -> Iterator[SourceRecord]:
    """Yield the first of the *records* inside *value*, and up to 10,000 until the time is over."""
    for number, record in enumerate(records):
        is_late = number and deadline.left() == 0
        if is_late or number == _MOST_RECORDS:
            yield unreadable(value, place, LATE if is_late else _MANY)
            return
        yield record


def without_broken_end(records: Iterator[SourceRecord]) -> Iterator[SourceRecord]:
    """Leave out the last record if it is broken, because it is where the text was cut off."""
    last: SourceRecord | None = None

    for record in records:
        if last is not None:
            yield last
        last = record

    if last is not None and last.error is None:
        yield last
