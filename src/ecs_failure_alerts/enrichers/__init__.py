"""Look-ups in AWS that tell what an event leaves open."""

from .._aws import AwsClients
from ..tasks.definitions import TaskDefinition, read_definition
from .container_logs import LOG_LINES, ContainerLogsEnricher
from .log_links import LogLinksEnricher
from .log_locations import LogTemplates
from .task_definition import TaskDefinitionEnricher, TaskDefinitions
from .task_release import TaskReleaseEnricher
from .task_tags import TaskTagsEnricher

__all__ = [
    "LOG_LINES",
    "AwsClients",
    "ContainerLogsEnricher",
    "LogLinksEnricher",
    "LogTemplates",
    "TaskDefinition",
    "TaskDefinitionEnricher",
    "TaskDefinitions",
    "TaskReleaseEnricher",
    "TaskTagsEnricher",
    "read_definition",
]
