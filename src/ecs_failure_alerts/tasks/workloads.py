"""The workload of a task: a batch job, a service, a schedule, or none of these."""

from __future__ import annotations

import re
from typing import Final

from ..causes import WorkloadType
from ..diagnosis import Workload
from .events import TaskStateChange

#: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
_BATCH_VARIABLES: Final = {
    "AWS_BATCH_JOB_ID",
    "AWS_BATCH_JQ_NAME",
    "AWS_BATCH_CE_NAME",
    "AWS_BATCH_JOB_ATTEMPT",
}
_BATCH_CLUSTER: Final = re.compile(r"AWSBatch-.*|.*_Batch_[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-.*")
_SERVICE_STARTER: Final = "ecs-svc/"
_SCHEDULE_STARTERS: Final = ("events-rule/", "chronos-schedule/")


def find_workload(task: TaskStateChange) -> Workload:
    """
    Find the workload that *task* was part of.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html: ``group`` and
    ``startedBy``. A scheduled task is named by its family, because EventBridge Scheduler shortens
    its schedule's name.
    """
    started_by = task.started_by or ""
    in_service = (task.group or "").startswith("service:")

    if _BATCH_CLUSTER.fullmatch(task.cluster or "") or _BATCH_VARIABLES & task.override_variables:
        kind = WorkloadType.BATCH
    elif in_service or started_by.startswith(_SERVICE_STARTER):
        kind = WorkloadType.SERVICE
    elif started_by.startswith(_SCHEDULE_STARTERS):
        kind = WorkloadType.SCHEDULED
    else:
        kind = WorkloadType.STANDALONE

    return Workload(kind, task.service or task.family)
