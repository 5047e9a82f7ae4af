"""The notice, and the reader of its fields, which collects every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from .._reprs import redacted
from .._texts import echo
from ..causes import Cause, Level
from ..diagnosis import Workload
from ..exceptions import EventError, Problem
from ..tasks.arns import last
from ..tasks.scalars import Unexpected, read_integer, read_text, read_time

_T = TypeVar("_T")

#: Fields in which a fault hides whose event it is, so that a policy for some could miss it.
_NAMING_FIELDS: Final = frozenset(
    {"serviceArn", "serviceName", "service", "jobDefinition", "taskDefinition"}
    | {"taskDefinitionArn", "cluster", "clusterArn", "startedBy", "RULE_ARN", "SCHEDULE_ARN"}
    | {"type", "userName", "invokedBy"}  # of the caller, who may be a person
)


@frozen
class Notice:
    """
    An event about something other than a task: a service, a schedule, an instance or a job.

    Values that AWS left out are None.

    Attributes:
        cause: What happened; ``routine`` if it is no failure.
        workload: What it happened to; None if the event does not name it.
        scope: The words that distinguish a group of notices from others, in addition to account,
            Region, cause and discriminator: the cluster and the service, the rule, or the queue.
        id_seed: A text that is equal for notices that are one alert.
        subject: The ARN of the event's subject.
        account: The ID of the account, 12 digits.
        region: The Region.
        cluster_arn: The ARN of the cluster.
        cluster: The cluster's name.
        time: When it happened.
        reason: AWS's own words.
        discriminator: A short word that splits a cause into groups, such as ``RESOURCE:CPU``.
        which: The part of the summary that comes from the event.
        hint: What to do next, if the event tells more than the cause.
        title: A word for the title, in place of the cause's own.
        name: The name in the title, if that is not the workload's.
        at_most: The highest level that the alert may have; None for no limit.
        evidence: The fields that decided.
        unknown: What the event cannot tell, in sentences.
        facts: Further values that leave the account, by name.
        tags: Short and searchable facts.
        console_path: The page in the AWS console, from the first slash on.
        raw: The event as it came. It can hold secrets.
        faults: Fields of a wrong type that decide nothing, and were left out.
    """

    cause: Cause
    workload: Workload | None
    scope: tuple[str, ...]
    id_seed: str = field(repr=False)  # the whole event, if it has no id
    subject: str | None = None
    account: str | None = None
    region: str | None = None
    cluster_arn: str | None = None
    cluster: str | None = None
    time: datetime | None = None
    reason: str | None = field(default=None, repr=redacted)
    discriminator: str | None = None
    which: str = field(default="", repr=redacted)
    hint: str | None = None
    title: str | None = None
    name: str | None = None
    at_most: Level | None = None
    evidence: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    facts: Mapping[str, str | int | None] = field(factory=dict, repr=redacted)
    tags: Mapping[str, str | None] = field(factory=dict)
    console_path: str | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)
    faults: tuple[Problem, ...] = field(default=(), eq=False)

    @property
    def version(self) -> int | None:
        """The version of its subject's state: none, because notices have no versions."""
        return None

    @property
    def hides_its_name(self) -> bool:
        """Whether a fault hides whose event it is."""
        return any(fault.path.rpartition(".")[2] in _NAMING_FIELDS for fault in self.faults)


@define
class Fields:
    """
    The members of one JSON object, read by name; faults are collected, not raised.

    Attributes:
        values: The object.
        path: Its path, with a dot at the end.
        problems: Every fault that decides something, shared with the objects inside.
        faults: Every other fault by its path, shared as well.
    """

    values: Mapping[str, Any]
    path: str = ""
    problems: list[Problem] = field(factory=list)
    faults: dict[str, Problem] = field(factory=dict)

    def text(self, name: str) -> str | None:
        """Read a string that decides something; None if there is none."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value or None
        self._refuse(name, "a string", value)
        return None

    def required_text(self, name: str) -> str:
        """Read a required string."""
        value = self.values.get(name)
        if isinstance(value, str) and value:
            return value
        self._refuse(name, "a string", value)
        return ""

    def word(self, name: str) -> str | None:
        """Read a string that decides nothing."""
        return self._tolerate(name, self.values.get(name), read_text) or None

    def number(self, name: str) -> int | None:
        """Read an integer that decides nothing."""
        return self._tolerate(name, self.values.get(name), read_integer)

    def time(self, name: str) -> datetime | None:
        """Read a time that decides nothing."""
        return self._tolerate(name, self.values.get(name), read_time)

    def inner(self, name: str, *, required: bool = False) -> Fields:
        """Read an object; an empty one if there is none."""
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            if required or value is not None:
                self._refuse(name, "an object", value)
            value = {}
        return self._inside(value, name)

    def members(self, name: str) -> Iterator[Fields]:
        """Read the objects of a list; none if there is no list."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list | tuple):
            self._refuse(name, "a list", value)
            return

        for index, member in enumerate(value or ()):
            path = f"{name}[{index}]"
            if isinstance(member, Mapping):
                yield self._inside(member, path)
            else:
                self._refuse(path, "an object", member)

    def names(self, name: str) -> tuple[str, ...]:
        """Read the strings of a list that decides something; none if there is no list."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list | tuple):
            self._refuse(name, "a list", value)
            return ()

        for index, member in enumerate(value or ()):
            if not isinstance(member, str):
                self._refuse(f"{name}[{index}]", "a string", member)
        return tuple(member for member in value or () if isinstance(member, str))

    def words(self, name: str) -> tuple[str, ...]:
        """Read the strings of a list that decides nothing."""
        members = self._tolerate(name, self.values.get(name), _read_list)
        words = (
            self._tolerate(f"{name}[{index}]", member, read_text)
            for index, member in enumerate(members or ())
        )
        return tuple(word for word in words if word)

    def raise_for_problems(self) -> None:
        """Raise `EventError` if any value that was read was not as expected."""
        if self.problems:
            raise EventError(self.problems)

    def _inside(self, values: Mapping[str, Any], name: str) -> Fields:
        return Fields(values, f"{self.path}{name}.", self.problems, self.faults)

    def _tolerate(self, name: str, value: Any, read: Callable[[Any], _T | None]) -> _T | None:
        """Read *value*, and leave it out if it has a wrong type."""
        try:
            return read(value)
        except Unexpected as error:
            path = f"{self.path}{name}"
            self.faults[path] = Problem(path, str(error))
        return None

    def _refuse(self, name: str, expected: str, value: object) -> None:
        got = "got nothing" if value is None else f"got {echo(value)}"
        self.problems.append(Problem(f"{self.path}{name}", f"expected {expected}, {got}"))


def _read_list(value: Any) -> list[Any] | tuple[Any, ...] | None:
    if value is None or isinstance(value, list | tuple):
        return value
    raise Unexpected("a list", value)


def name_and_revision(arn: str | None) -> tuple[str | None, str | None]:
    """Return the name and the revision of a task or job definition, from its ARN or name."""
    name, _, revision = (last(arn) or "").partition(":")
    return name or None, revision or None


def hour(time: datetime | None) -> str:
    """Return the hour in which *time* lies, as a word for an id."""
    return bucket(time, 3600)


def bucket(time: datetime | None, seconds: int) -> str:
    """Return the span of *seconds* in which *time* lies, as a word for an id."""
    return "" if time is None else str(int(time.timestamp()) // seconds)
