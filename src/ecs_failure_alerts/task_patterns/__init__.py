"""
Event patterns for ECS tasks: build them with the names of task events, and check any pattern.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

from ._builder import ContainerFields, TaskFields, task_pattern
from ._coverage import Count, Coverage, coverage
from ._findings import Finding
from ._lint import lint
from ._typical import TypicalEvent
from ._wrapping import unwrap

__all__ = [
    "ContainerFields",
    "Count",
    "Coverage",
    "Finding",
    "TaskFields",
    "TypicalEvent",
    "coverage",
    "lint",
    "task_pattern",
    "unwrap",
]
