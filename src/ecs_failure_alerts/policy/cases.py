"""A case: what a decision depends on, for every kind of event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from .._values import Value
from ..causes import Cause, Level, WorkloadType

#: The names of workloads in texts; any other is a task.
_NOUNS: Final[Mapping[WorkloadType, str]] = {
    WorkloadType.SERVICE: "Service",
    WorkloadType.BATCH: "Batch job",
    WorkloadType.DAEMON: "Daemon",
    WorkloadType.WORKFLOW: "State machine",
    WorkloadType.INSTANCE: "Instance",
}

#: The prefix of an alert's tags that come from tags in AWS.
TAG_OF_AWS: Final = "aws.tag."

#: A character that Sentry does not allow in the key of a tag.
#: https://docs.sentry.io/platforms/python/enriching-events/tags/
_NOT_IN_KEYS: Final = re.compile("[^A-Za-z0-9_.:-]")

NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})


@frozen(slots=False, eq=False, repr=False)
class Workload(Value):
    """
    What a task was part of.

    Attributes:
        type: batch, service, scheduled or standalone; of notices also daemon, workflow or
            instance.
        name: The name of the service or the task definition family; for notices also of the
            schedule, job definition or state machine. None if the event has none.
    """

    type: WorkloadType
    name: str | None

    def __str__(self) -> str:
        kind = _NOUNS.get(self.type, f"{self.type.capitalize()} task")
        return f"{kind} {self.name}" if self.name else f"{kind} without a name"


@frozen(slots=False, eq=False, repr=False)
class Case:
    """
    What a decision depends on, for every kind of event.

    Attributes:
        cause: Why the run failed.
        workload: What it was part of.
        account: The ID of the account, 12 digits; None if the event has none.
        cluster_arn: The ARN of the cluster.
        cluster: The cluster's name.
        service: The service's name; None if there is none.
        family: The task definition family; None if it is not known.
        containers: The names of the containers at fault.
        exit_codes: The exit codes of the containers at fault; None stands for a missing one.
        tags: The tags of the event and those looked up, by `tag_key()` of their keys.
        tags_known: Whether these are all; False if a look-up of tags failed.
        time: When it happened, by the event itself; None if the event has no time.
        undecided: Whether the event does not tell if it was a failure at all.
        at_most: The highest level that the alert may have; None for no limit.
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
    """Return a tag's key with ``_`` in place of each character that Sentry does not allow."""
    return _NOT_IN_KEYS.sub("_", key)


def read_tags(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """
    Return the tags in an event, by `tag_key()` of their keys.

    EventBridge's events about tasks have none. Answers of DescribeTasks have a list of them, and
    events of AWS Batch a mapping:
    https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html

    Args:
        raw: The event as it came; anything else than tags is left out.
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
