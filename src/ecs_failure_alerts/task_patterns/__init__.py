"""
Event patterns for ECS tasks: build them with the names of task events, and check any pattern.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

from ._builder import ContainerFields, TaskFields, task_pattern
from ._lint import Finding, lint

__all__ = ["ContainerFields", "Finding", "TaskFields", "lint", "task_pattern"]
