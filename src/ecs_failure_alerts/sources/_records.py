"""One event of a payload, with its place in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from .._values import Value
from ..exceptions import EventError


@frozen(slots=False, eq=False, repr=False)
class SourceRecord(Value):
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
    """

    place: str = ""
    id: str | None = None
    queue: bool = False
    event: Mapping[str, Any] | None = field(default=None, repr=False)
    error: EventError | None = None
    raw: Any = field(default=None, repr=False)
