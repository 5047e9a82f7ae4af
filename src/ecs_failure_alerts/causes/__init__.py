"""Why a run failed: each cause with its name, what it says, what to do, and its levels."""

from ._notices import NOTICE_CAUSES
from ._table import ANY, CAUSES, TASK_CAUSES, causes_named, check_causes, workloads_named
from ._vocabulary import (
    BLAMELESS,
    LEVELS,
    SILENT,
    TASK_WORKLOADS,
    Cause,
    CauseEntry,
    Level,
    Levels,
    WorkloadType,
)

__all__ = [
    "ANY",
    "BLAMELESS",
    "CAUSES",
    "LEVELS",
    "NOTICE_CAUSES",
    "SILENT",
    "TASK_CAUSES",
    "TASK_WORKLOADS",
    "Cause",
    "CauseEntry",
    "Level",
    "Levels",
    "WorkloadType",
    "causes_named",
    "check_causes",
    "workloads_named",
]
