"""An event of a payload, with its place."""

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
