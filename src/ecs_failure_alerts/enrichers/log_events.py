"""
The last events of a log stream in CloudWatch Logs.

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

#: Milliseconds from 1970 to the year 10,000: a datetime cannot be later.
_LATEST: Final = 253_402_300_800_000

#: The time read before a task's creation and after its end, because clocks differ.
_MARGIN: Final = timedelta(minutes=1)

#: Further pages that are read at most while all are empty: even a page in the middle of a stream
#: may be.
_MOST_PAGES: Final = 2

#: Seconds after a container's end until its last lines have arrived; on Fargate the event itself
#: comes later than that.
_LATE_SECONDS: Final = 3.0

#: Seconds that must be left for the request after waiting.
_READING_SECONDS: Final = 1.0

#: Control sequences of a terminal (ECMA-48), and titles of windows.
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
        at: The time at which the host read it from the container.
        text: The line, without control sequences.
    """

    at: datetime
    text: str = field(repr=False)


def wait_for_late_lines(task: TaskStateChange, deadline: Deadline) -> None:
    """Wait for the last lines of *task*, if the event may have come before them."""
    time.sleep(seconds_until_complete(task, deadline, datetime.now(UTC)))


def seconds_until_complete(task: TaskStateChange, deadline: Deadline, now: datetime) -> float:
    """Return the seconds to wait for the last lines of *task*."""
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
    Read the last lines that *task* wrote to a log stream.

    Args:
        clients: The AWS clients.
        location: The stream.
        task: The task; only lines from its lifetime are read.
        limit: Events at most; one may have several lines.
        deadline: The time after which no further page is read.

    Returns:
        The lines, oldest first.

    Raises:
        AwsError: AWS refused or could not be reached, or the time was over before a page with
            lines.
    """
    request = {
        "logGroupIdentifier": location.group_arn,  # a name would be looked for in our own account
        "logStreamName": location.stream,
        "startFromHead": False,
        "limit": limit,
        **dict(_times(task)),
    }

    answer = clients.call(_ACTION, location.group_arn, **request)
    for _ in range(_MOST_PAGES):
        token = answer.get("nextBackwardToken")
        if answer.get("events") or not token or token == request.get("nextToken"):
            break
        if deadline.left() == 0:
            raise AwsError(_ACTION, location.group_arn, "Timeout")
        request["nextToken"] = token
        answer = clients.call(_ACTION, location.group_arn, **request)

    return list(_lines(answer.get("events"), wrapped=location.wrapped))


def _times(task: TaskStateChange) -> Iterator[tuple[str, int]]:
    """Find the first and the last time to read; without both, AWS may return an empty page."""
    begin = task.created_at or task.pull_started_at or task.started_at
    end = task.stopped_at or task.updated_at or task.time or datetime.now(UTC)
    yield "startTime", _milliseconds(begin - _MARGIN) if begin else 0
    yield "endTime", _milliseconds(end + _MARGIN)


def _milliseconds(at: datetime) -> int:
    return max(0, round(at.timestamp() * 1000))


def _lines(events: Any, *, wrapped: bool) -> Iterator[RawLine]:
    """Find the lines of events; an event has several if the driver joins lines by a pattern."""
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
    """Return the line that a log router put into a JSON object."""
    try:
        record = json.loads(message)
    except (RecursionError, ValueError):
        return message
    line = record.get("log") if isinstance(record, Mapping) else None
    return line if isinstance(line, str) else message
