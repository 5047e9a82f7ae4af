"""What a notice is, and the reading of its fields with every fault named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import define, field, frozen

from .._reprs import redacted
from .._texts import echo
from ..causes import Cause, Level
from ..diagnosis import Workload
from ..exceptions import EventError, Problem


@frozen
class Notice:
    """
    What AWS says of something that is no task: a service, a schedule, an instance, a job.

    Whatever AWS left out is None.

    Attributes:
        cause: What happened; ``routine`` where it is no failure.
        workload: What it happened to; None where the event does not name it.
        scope: What tells one group of notices from another, beside account, Region, cause and
            discriminator: the cluster and the service, or the rule, or the queue.
        id_seed: Equal for notices that are one alert.
        subject: The ARN of what the event is about.
        account: The 12-digit account.
        region: The Region.
        cluster_arn: The cluster.
        cluster: The cluster's name.
        time: When it happened.
        reason: AWS's own words.
        discriminator: A short word that splits a cause into groups, such as ``RESOURCE:CPU``.
        which: The part of the summary that only the event can fill in.
        hint: What to do next, where the event says more than the cause.
        title: A word that a person scans for, in place of the cause's own.
        name: What the title names, where that is not the workload.
        at_most: The highest level that this notice deserves; None where the cause's own holds.
        evidence: The fields that decided.
        unknown: What the event cannot tell, in sentences.
        facts: What leaves the account beside the fields above, by name.
        tags: Short and searchable facts.
        console_path: The page in the AWS console, from the first slash on.
        raw: The event as it came. It can hold secrets.
    """

    cause: Cause
    workload: Workload | None
    scope: tuple[str, ...]
    id_seed: str = field(repr=False)  # of what has no id it is the whole event
    subject: str | None = None
    account: str | None = None
    region: str | None = None
    cluster_arn: str | None = None
    cluster: str | None = None
    time: datetime | None = None
    reason: str | None = field(default=None, repr=redacted)
    discriminator: str | None = None
    which: str = ""
    hint: str | None = None
    title: str | None = None
    name: str | None = None
    at_most: Level | None = None
    evidence: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    facts: Mapping[str, str | int | None] = field(factory=dict)
    tags: Mapping[str, str | None] = field(factory=dict)
    console_path: str | None = None
    raw: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """The faults of fields that decide nothing: a notice leaves such fields out."""
        return ()

    @property
    def version(self) -> int | None:
        """Which of several states of its subject it is; notices are not counted."""
        return None

    @property
    def hides_its_name(self) -> bool:
        """Whether a fault hides whose event it is, which no fault of a notice does."""
        return False


@define
class Fields:
    """
    The members of one JSON object, read by name; faults are collected, not raised.

    Attributes:
        values: The object.
        path: Where it stands, with a dot at the end.
        problems: Every fault so far, shared with the objects inside.
    """

    values: Mapping[str, Any]
    path: str = ""
    problems: list[Problem] = field(factory=list)

    def text(self, name: str) -> str | None:
        """Read a string that decides; None where there is none."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value or None
        self._refuse(name, "a string", value)
        return None

    def required_text(self, name: str) -> str:
        """Read a string that has to be there."""
        value = self.values.get(name)
        if isinstance(value, str) and value:
            return value
        self._refuse(name, "a string", value)
        return ""

    def word(self, name: str) -> str | None:
        """Read a string that decides nothing: another type counts as absent."""
        value = self.values.get(name)
        return value or None if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """Read an integer that decides nothing."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def time(self, name: str) -> datetime | None:
        """Read a time that decides nothing: ISO 8601, with any number of digits."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return None

        try:
            when = datetime.fromisoformat(value)
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):  # no time, or one outside of the years 1 to 9999
            return None

    def inner(self, name: str, *, required: bool = False) -> Fields:
        """Read an object; an empty one where there is none."""
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            if required or value is not None:
                self._refuse(name, "an object", value)
            value = {}
        return Fields(value, f"{self.path}{name}.", self.problems)

    def members(self, name: str) -> Iterator[Fields]:
        """Read the objects of a list; none where there is no list."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list | tuple):
            self._refuse(name, "a list", value)
            return

        for index, member in enumerate(value or ()):
            path = f"{name}[{index}]"
            if isinstance(member, Mapping):
                yield Fields(member, f"{self.path}{path}.", self.problems)
            else:
                self._refuse(path, "an object", member)

    def names(self, name: str) -> tuple[str, ...]:
        """Read the strings of a list that decides; none where there is no list."""
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
        value = self.values.get(name)
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()

    def raise_for_problems(self) -> None:
        """Raise `EventError` if anything that was read was not as expected."""
        if self.problems:
            raise EventError(self.problems)

    def _refuse(self, name: str, expected: str, value: object) -> None:
        got = "got nothing" if value is None else f"got {echo(value)}"
        self.problems.append(Problem(f"{self.path}{name}", f"expected {expected}, {got}"))


def after(mark: str, arn: str | None) -> str | None:
    """Return what stands behind *mark* in an ARN; None where the mark is not in it."""
    return (arn or "").partition(mark)[2] or None


def last(arn: str | None) -> str | None:
    """Return the last part of an ARN's path."""
    return (arn or "").rpartition("/")[2] or None


def arn_part(arn: str | None, index: int) -> str | None:
    """Return a part of an ARN: 1 is the partition, 3 the Region, 4 the account."""
    parts = (arn or "").split(":", 5)
    return parts[index] or None if len(parts) == 6 and parts[0] == "arn" else None


def name_and_revision(arn: str | None) -> tuple[str | None, str | None]:
    """Return the name and the revision of a task or job definition, from its ARN or name."""
    name, _, revision = (last(arn) or "").partition(":")
    return name or None, revision or None


def hour(time: datetime | None) -> str:
    """Return the hour in which *time* lies, as a word for an id."""
    return bucket(time, 3600)


def bucket(time: datetime | None, seconds: int) -> str:
    """Return the span of so many seconds in which *time* lies, as a word for an id."""
    return "" if time is None else str(int(time.timestamp()) // seconds)
