"""What a decision depends on, whatever kind of event it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from .._reprs import shown
from ..causes import Cause, Level, WorkloadType

#: How a workload is spoken of; a task otherwise.
_KINDS: Final[Mapping[WorkloadType, str]] = {
    WorkloadType.SERVICE: "Service",
    WorkloadType.BATCH: "Batch job",
    WorkloadType.DAEMON: "Daemon",
    WorkloadType.WORKFLOW: "State machine",
    WorkloadType.INSTANCE: "Instance",
}

#: How an alert's tag begins that shows a tag of AWS.
TAG_OF_AWS: Final = "aws.tag."

#: What a tag of Sentry's may not have in its key.
#: https://docs.sentry.io/platforms/python/enriching-events/tags/
_NO_KEY: Final = re.compile("[^A-Za-z0-9_.:-]")

NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})


@frozen(slots=False)
class Workload:
    """
    What a task was part of.

    Attributes:
        type: batch, service, scheduled or standalone; of notices also daemon, workflow or
            instance.
        name: The service's name, else the task definition family; of notices the schedule's, job
            definition's or state machine's. None where the event names none.
    """

    type: WorkloadType
    name: str | None

    __repr__ = shown

    def __str__(self) -> str:
        kind = _KINDS.get(self.type, f"{self.type.capitalize()} task")
        return f"{kind} {self.name}" if self.name else f"{kind} (unnamed)"


@frozen(slots=False, eq=False, repr=False)
class Case:
    """
    What a decision depends on, whatever kind of event it comes from.

    Attributes:
        cause: Why the run failed.
        workload: What it was part of.
        account: The 12-digit account; None where the event names none.
        cluster_arn: The cluster.
        cluster: The cluster's name.
        service: The service's name; None where there is none.
        family: The task definition family; None where it is not known.
        containers: The names of the containers at fault.
        exit_codes: The exit codes of the containers at fault; None stands for a missing one.
        tags: Tags of the event, and those that were looked up, by `tag_key()` of their keys.
        tags_known: Whether these are all; False where a look-up of tags failed.
        time: When it happened, by the event itself; None where the event has no time.
        undecided: Whether the event leaves open if it was a failure at all.
        at_most: The highest level that this one deserves; None where the cause's own holds.
    """

    cause: Cause
    workload: Workload
    account: str | None = None
    cluster_arn: str | None = None
    cluster: str | None = None
    service: str | None = None
    family: str | None = None
    containers: tuple[str, ...] = ()
    exit_codes: frozenset[int | None] = frozenset()
    tags: Mapping[str, str] = NO_TAGS
    tags_known: bool = True
    time: datetime | None = None
    undecided: bool = False
    at_most: Level | None = None


def tag_key(key: str) -> str:
    """Return a tag's key as a backend takes it: each letter that Sentry refuses becomes ``_``."""
    return _NO_KEY.sub("_", key)


def read_tags(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """
    Return the tags that an event has itself, by `tag_key()` of their keys.

    EventBridge's events of tasks have none. Answers of DescribeTasks have a list of them, and
    events of AWS Batch a mapping:
    https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html

    Args:
        raw: The event as it came; what is no tag is left out.
    """
    detail = raw.get("detail")
    tags = detail.get("tags") if isinstance(detail, Mapping) else None
    if not isinstance(tags, Mapping | list | tuple):
        return NO_TAGS

    pairs = tags.items() if isinstance(tags, Mapping) else map(_pair, tags)
    return {
        tag_key(key): value
        for key, value in pairs
        if isinstance(key, str) and isinstance(value, str)
    }


def _pair(tag: Any) -> tuple[Any, Any]:
    return (tag.get("key"), tag.get("value")) if isinstance(tag, Mapping) else (None, None)
