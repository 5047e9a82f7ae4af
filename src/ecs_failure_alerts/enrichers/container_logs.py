"""The look-up of the last log lines of the containers at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from .._deadline import Deadline
from .._frames import without_locals
from .._options import LOG_LINES, MOST_LOG_LINES
from ..alerts import LogLine, iso_time
from ..aws.clients import AwsClients
from ..enrichment import Evidence
from ..exceptions import AwsError
from ..judging import Judgement
from ..tasks.definitions import TaskDefinition
from ..tasks.events import TaskStateChange
from ._failures import ADVICE, describe_failure, describe_once
from ._own_patterns import OwnPatterns
from ._suspects import containers_to_read, may_have_log
from .log_events import read_lines, wait_for_late_lines
from .log_locations import LogLocation, LogTemplates, locate_log
from .log_redaction import redact_lines
from .task_definition import TaskDefinitions

#: Points of an alert's timeline at most, including the task's milestones; Sentry's own SDKs keep as
#: many: https://docs.sentry.io/platforms/python/configuration/options/#max-breadcrumbs
_MOST_POINTS: Final = 100

#: What to do or what an error means, by AWS's error code.
_ADVICE: Final[Mapping[str, str]] = {
    **ADVICE,
    "InvalidOperationException": "the log group's class is not STANDARD, so only Logs Insights can "
    "read it",
}
_NO_STREAM: Final = (
    "Container {name} has no log stream: it wrote nothing, or its log could not be sent."
)
_NO_LINES: Final = "Container {name} wrote no log lines, or they arrived too late."
_TOO_SLOW: Final = (
    "The log lines are left out, because your own patterns of secrets took too long: make them "
    "simpler."
)
_NOT_TRIED: Final = (
    "The log lines are left out, because no process could run your own patterns of secrets: give "
    "the function more memory."
)


class ContainerLogsEnricher:
    """
    Shows what the containers at fault wrote last, without what looks like a secret.

    A password may look like any other word, so log lines leave the account only if somebody asks
    for this enricher.

    The function's role needs ``logs:GetLogEvents`` on the streams of the log groups, and
    ``ecs:DescribeTaskDefinition`` on ``*`` unless *templates* are given.

    Args:
        definitions: The task definitions; share them with other enrichers.
        clients: The AWS clients to read the lines with.
        lines: Lines of each container, from 1 to 100. An alert's timeline has 100 points at most,
            so several containers may get fewer.
        templates: The templates for names of groups and streams; None to use the definition.
        redact: The user's own patterns of secrets, as regular expressions.

    Raises:
        ValueError: The number of lines is out of range, or a pattern is not a regular expression.
    """

    name = "log"
    finds_tags = False

    def __init__(
        self,
        definitions: TaskDefinitions | None = None,
        *,
        clients: AwsClients | None = None,
        lines: int = LOG_LINES,
        templates: LogTemplates | None = None,
        redact: Iterable[str] = (),
    ) -> None:
        if not 1 <= lines <= MOST_LOG_LINES:
            raise ValueError(f"expected 1 to {MOST_LOG_LINES} log lines, got {lines!r}")
        self._clients = clients or AwsClients()
        self._definitions = definitions or TaskDefinitions(self._clients)
        self._lines = lines
        self._templates = templates
        self._own = OwnPatterns(redact)

    def prepare(self) -> None:
        """Build the clients while the process starts, so that no look-up waits for them."""
        self._clients.prepare("logs")
        if self._templates is None:
            self._definitions.prepare()

    @without_locals
    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Read the last log lines; see `Enricher`."""
        task, deadline = judgement.event, Deadline.after(timeout)
        if not isinstance(task, TaskStateChange) or not may_have_log(judgement):
            return Evidence()

        try:
            definition = self._definition(task, timeout)
        except AwsError as error:
            return Evidence(unknown=describe_once(judgement, "log", error))

        names = containers_to_read(task, judgement, definition)
        places = {name: self._locate(task, name, definition) for name in names}
        if any(isinstance(place, LogLocation) for place in places.values()):
            wait_for_late_lines(task, deadline)

        room = _MOST_POINTS - len(judgement.as_alert().timeline)
        limit = min(self._lines, room // max(1, len(places)))
        logs = [self._read(task, name, place, limit, deadline) for name, place in places.items()]
        return _evidence(task, logs)

    def _definition(self, task: TaskStateChange, timeout: float) -> TaskDefinition | None:
        """Return the definition that names the log; None if templates do."""
        if self._templates is not None or task.task_definition_arn is None:
            return None
        return self._definitions.find(task.task_definition_arn, timeout=timeout)

    def _locate(
        self, task: TaskStateChange, name: str, definition: TaskDefinition | None
    ) -> LogLocation | str:
        if self._templates is not None:
            return self._templates.locate(task, name)
        if definition is None:
            return "The event names no task definition, so the log cannot be found."
        return locate_log(task, name, definition)

    def _read(
        self,
        task: TaskStateChange,
        name: str,
        place: LogLocation | str,
        limit: int,
        deadline: Deadline,
    ) -> _ContainerLog:
        """Read one container's lines, or tell why there are none."""
        if isinstance(place, str):
            return _ContainerLog(name, why=place)
        if deadline.left() == 0:
            return _ContainerLog(name, place, why=f"No time was left for the log of {name}.")

        try:
            raw = read_lines(self._clients, place, task, limit, deadline)
        except AwsError as error:
            return _ContainerLog(name, place, why=_describe(name, error))
        if not raw:
            return _ContainerLog(name, place, why=_NO_LINES.format(name=name))

        try:
            safe = redact_lines([line.text for line in raw], limit, self._own, deadline)
        except TimeoutError:
            return _ContainerLog(name, place, why=_TOO_SLOW)
        except ChildProcessError:
            return _ContainerLog(name, place, why=_NOT_TRIED)

        times = [line.at for line in raw[-len(safe) :]]
        shown = (LogLine(at, line.text, name) for at, line in zip(times, safe, strict=True))
        return _ContainerLog(name, place, tuple(shown), sum(line.changed for line in safe))


@frozen(slots=False)
class _ContainerLog:
    """
    What is known of one container's log.

    Attributes:
        name: The container's name.
        place: The place of the log; None if it is not known.
        lines: Its last lines, redacted.
        redacted: The number of lines in which something was redacted.
        why: Why there are no lines, in a sentence.
    """

    name: str
    place: LogLocation | None = None
    lines: tuple[LogLine, ...] = field(default=(), repr=False)
    redacted: int = 0
    why: str | None = None


def _describe(name: str, error: AwsError) -> str:
    if error.code == "ResourceNotFoundException":
        return _NO_STREAM.format(name=name)
    return describe_failure(f"log of container {name}", error, _ADVICE)


def _evidence(task: TaskStateChange, logs: Sequence[_ContainerLog]) -> Evidence:
    """Build the evidence; no name of a context may be that of a container."""
    links = {f"log {n}": log.place.url for n, log in enumerate(logs, 1) if log.place is not None}
    groups = [log.place.group for log in logs if log.place is not None]

    return Evidence(
        log=[line for log in logs for line in log.lines],
        contexts={f"log {n}": dict(_context(task, log)) for n, log in enumerate(logs, 1)},
        tags={"aws.log_group": groups[0]} if groups else {},
        links={name: url for name, url in links.items() if url},
        unknown=[log.why for log in logs if log.why],
    )


def _context(task: TaskStateChange, log: _ContainerLog) -> Iterator[tuple[str, Any]]:
    """Find the details of one container's log."""
    yield "container", log.name
    if log.place is not None:
        yield from _of_place(log.place)
    if log.why:
        yield "why_none", log.why
        return

    newest = max(line.at for line in log.lines)
    yield "lines", len(log.lines)
    yield "redacted_lines", log.redacted
    yield "newest_line", iso_time(newest)
    yield from _lag(task.execution_stopped_at, newest)


def _of_place(place: LogLocation) -> Iterator[tuple[str, Any]]:
    yield from (("group", place.group), ("stream", place.stream), ("region", place.region))
    if place.url:
        yield "console_url", place.url


def _lag(stopped: datetime | None, newest: datetime) -> Iterator[tuple[str, Any]]:
    if stopped is not None:
        yield "newest_line_seconds_before_stop", round((stopped - newest).total_seconds(), 3)
