"""Look-ups in AWS that tell what an event leaves open."""

from .._aws import AwsClients
from .task_definition import TaskDefinitionEnricher, TaskDefinitions

__all__ = ["AwsClients", "TaskDefinitionEnricher", "TaskDefinitions"]
