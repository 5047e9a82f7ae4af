"""
The last events of a log stream, as CloudWatch Logs has them.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from .._deadline import Deadline
from .._frames import without_locals
from ..aws.clients import AwsClients
from ..exceptions import AwsError
from ..tasks.events import TaskStateChange
from .log_locations import LogLocation

_ACTION: Final = "logs:GetLogEvents"

#: Milliseconds since 1970 that are a time before the year 10,000.
_LATEST: Final = 253_402_300_800_000

#: Before a task's creation, and after its end, clocks may differ by so much.
_MARGIN: Final = timedelta(minutes=1)

#: So many further pages are read where the first ones are empty, which they may be in the
#: middle of a stream.
_PAGES: Final = 2

#: Seconds after a container's end in which its last lines may still be on their way; on
#: Fargate the event itself comes later than that.
_LATE_SECONDS: Final = 3.0

#: Seconds of the time left that waiting for them must leave for the request.
_READING_SECONDS: Final = 1.0

#: What a terminal obeys: sequences of ECMA-48, and the titles of windows.
_TERMINAL_SEQUENCES: Final = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]{0,512}(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[ -/]{0,8}[0-~]"
)


@frozen(slots=False)
class RawLine:
    """
    One line of a log, as it was written.

    Attributes:
        at: When the host read it from the container.
        text: The line, without what a terminal obeys.
    """

    at: datetime
    text: str = field(repr=False)


def wait_for_late_lines(task: TaskStateChange, deadline: Deadline) -> None:
    """Wait until the last lines of *task* can be there, if the event came before them."""
    time.sleep(seconds_until_complete(task, deadline, datetime.now(UTC)))


def seconds_until_complete(task: TaskStateChange, deadline: Deadline, now: datetime) -> float:
    """Return for how many seconds the last lines of *task* are worth waiting for."""
    ended = task.execution_stopped_at or task.stopped_at
    if task.launch_type == "FARGATE" or ended is None:
        return 0.0

    due = _LATE_SECONDS - (now - ended).total_seconds()
    return max(0.0, min(due, _LATE_SECONDS, deadline.cap(_LATE_SECONDS * 2) - _READING_SECONDS))


@without_locals
def read_lines(
    clients: AwsClients,
    location: LogLocation,
    task: TaskStateChange,
    limit: int,
    deadline: Deadline,
) -> list[RawLine]:
    """
    Read the last lines of a log stream in the life of *task*.

    Args:
        clients: Who asks AWS.
        location: The stream.
        task: The task whose container wrote there.
        limit: Events at most; one may have several lines.
        deadline: When no further page is asked for.

    Returns:
        The lines, oldest first.

    Raises:
        AwsError: AWS refused, could not be reached, or the time was over before a page with
            lines.
    """
    request = {
        "logGroupIdentifier": location.group_arn,  # a name would be one of our own account
        "logStreamName": location.stream,
        "startFromHead": False,
        "limit": limit,
        **dict(_times(task)),
    }

    answer = clients.call(_ACTION, location.group_arn, **request)
    for _ in range(_PAGES):
        token = answer.get("nextBackwardToken")
        if answer.get("events") or not token or token == request.get("nextToken"):
            break
        if deadline.left() == 0:
            raise AwsError(_ACTION, location.group_arn, "Timeout")
        request["nextToken"] = token
        answer = clients.call(_ACTION, location.group_arn, **request)

    return list(_lines(answer.get("events"), wrapped=location.wrapped))


def _times(task: TaskStateChange) -> Iterator[tuple[str, int]]:
    """Find the limits of what is read; without both, AWS may answer with an empty page."""
    begin = task.created_at or task.pull_started_at or task.started_at
    end = task.stopped_at or task.updated_at or task.time or datetime.now(UTC)
    yield "startTime", _milliseconds(begin - _MARGIN) if begin else 0
    yield "endTime", _milliseconds(end + _MARGIN)


def _milliseconds(at: datetime) -> int:
    return max(0, round(at.timestamp() * 1000))


def _lines(events: Any, *, wrapped: bool) -> Iterator[RawLine]:
    """Find the lines of events; with a pattern for several lines, one event has many."""
    for event in events if isinstance(events, list) else ():
        if not isinstance(event, Mapping):
            continue
        stamp, message = event.get("timestamp"), event.get("message")
        if not isinstance(stamp, int) or not isinstance(message, str) or not 0 <= stamp < _LATEST:
            continue

        at = datetime.fromtimestamp(stamp / 1000, UTC)
        text = _unwrap(message) if wrapped else message
        for line in _TERMINAL_SEQUENCES.sub("", text).rstrip("\r\n").split("\n"):
            if line.strip():
                yield RawLine(at, line.rstrip("\r"))


def _unwrap(message: str) -> str:
    """Return the line that a log router has put into a JSON object."""
    try:
        record = json.loads(message)
    except (RecursionError, ValueError):
        return message
    line = record.get("log") if isinstance(record, Mapping) else None
    return line if isinstance(line, str) else message
