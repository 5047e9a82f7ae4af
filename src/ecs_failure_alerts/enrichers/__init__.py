"""Look-ups in AWS that tell what an event leaves open."""

from .._aws import AwsClients
from ..tasks.definitions import TaskDefinition, read_definition
from .task_definition import TaskDefinitionEnricher, TaskDefinitions

__all__ = [
    "AwsClients",
    "TaskDefinition",
    "TaskDefinitionEnricher",
    "TaskDefinitions",
    "read_definition",
]
