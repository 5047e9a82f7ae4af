"""One event of a payload, with its place in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from ._wrappings import at
from .exceptions import EventError

#: A number of more digits is no count.
_DIGITS: Final = 10


@frozen(slots=False)
class SourceRecord:
    """
    One event found in a payload, or the place where one should be.

    Attributes:
        place: Where it stands, such as ``Records[0].body``; empty for the payload itself.
        id: The id of the outermost record that it came in: SQS's messageId, SNS's MessageId,
            the request id of a failed invocation; None outside of a record.
        queue: Whether that record is one that SQS handed to this Lambda.
        event: The event, not yet parsed; None where ``error`` says why there is none.
        error: What is wrong with this record.
        raw: The event, or what cannot be read, as it came; None where there is nothing.
        attempt: How often SQS has handed it over, with this time; 1 where SQS has not.
    """

    place: str = ""
    id: str | None = None
    queue: bool = False
    event: Mapping[str, Any] | None = field(default=None, repr=False)
    error: EventError | None = None
    raw: Any = field(default=None, repr=False)
    attempt: int = 1

    @property
    def is_replayed(self) -> bool:
        """Whether it comes out of an archive of EventBridge."""
        return self.event is not None and "replay-name" in self.event


def times_handed_over(record: Mapping[str, Any]) -> int:
    """
    Return how often SQS has handed a record over.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    count = at(record, "attributes.ApproximateReceiveCount")
    known = isinstance(count, str) and count.isdecimal() and len(count) < _DIGITS
    return int(count) if known else 1
