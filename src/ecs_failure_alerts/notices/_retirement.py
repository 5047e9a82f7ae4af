"""
Notices of AWS Health: tasks that AWS will stop for maintenance.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ._envelope import Envelope
from ._notice import Notice

SOURCE: Final = "aws.health"
DETAIL_TYPE: Final = "AWS Health Event"

#: Tasks that are named at most.
_MOST_TASKS: Final = 20

RETIREMENT: Final = "AWS_ECS_TASK_PATCHING_RETIREMENT"


def read(envelope: Envelope) -> Notice:
    """Read which tasks AWS will stop. Those of services are replaced, standalone ones are not."""
    detail = envelope.detail
    code, start = detail.required_text("eventTypeCode"), detail.word("startTime")

    entities = [entity.text("entityValue") for entity in detail.members("affectedEntities")]
    named = [arn for arn in entities if arn] or envelope.resources
    tasks = sorted(arn for arn in named if ":task/" in arn)
    paths = [task.partition(":task/")[2].split("/") for task in tasks]
    clusters = sorted({path[0] for path in paths if len(path) > 1})  # the old form has no cluster
    ids = [path[-1] for path in paths]

    if code != RETIREMENT or not tasks:
        return envelope.notice(
            Cause.ROUTINE,
            None,
            scope=(),
            time=envelope.time(),
            evidence=("detail.eventTypeCode", "detail.affectedEntities"),
            facts={"event_type_code": code},
        )

    cluster = clusters[0] if len(clusters) == 1 else None
    count = "1 standalone task" if len(tasks) == 1 else f"{len(tasks)} standalone tasks"
    where = f" in cluster {cluster}" if cluster else ""

    return envelope.notice(
        Cause.TASK_RETIREMENT,
        Workload(WorkloadType.STANDALONE, None),
        scope=(cluster, "-"),
        time=envelope.time(),
        subject=tasks[0],
        cluster_arn=f"{tasks[0].partition(':task/')[0]}:cluster/{cluster}" if cluster else None,
        id_parts=("retirement", detail.word("eventArn"), *tasks),
        evidence=("detail.eventTypeCode", "detail.affectedEntities"),
        which=f"{count}{where} on or after {_day(start)}",
        facts={"event_type_code": code, "start_time": start, "tasks": _enumerate(ids)},
        console_path=f"/ecs/v2/clusters/{cluster}/tasks" if cluster else None,
    )


def _enumerate(ids: list[str]) -> str:
    """Return the first tasks, and the number of the others."""
    rest = f" and {len(ids) - _MOST_TASKS} more" if len(ids) > _MOST_TASKS else ""
    return ", ".join(ids[:_MOST_TASKS]) + rest


def _day(time: str | None) -> str:
    """Return the day of a time in RFC 1123, as AWS Health writes it."""
    try:
        return f"{parsedate_to_datetime(time or ''):%Y-%m-%d}"
    except (OverflowError, ValueError):
        return "a day that the event does not name"
