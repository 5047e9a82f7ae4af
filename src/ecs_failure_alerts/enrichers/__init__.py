"""Enrichers: look-ups in AWS of what an event does not tell."""

from .._options import LOG_LINES
from ..aws.clients import AwsClients
from ..aws.sessions import Limits
from ..exceptions import AwsError
from ..tasks.definitions import TaskDefinition, read_definition
from .container_logs import ContainerLogsEnricher
from .log_links import LogLinksEnricher
from .log_locations import LogTemplates
from .task_definition import TaskDefinitionEnricher, TaskDefinitions
from .task_release import TaskReleaseEnricher
from .task_tags import TaskTagsEnricher

__all__ = [
    "LOG_LINES",
    "AwsClients",
    "AwsError",
    "ContainerLogsEnricher",
    "Limits",
    "LogLinksEnricher",
    "LogTemplates",
    "TaskDefinition",
    "TaskDefinitionEnricher",
    "TaskDefinitions",
    "TaskReleaseEnricher",
    "TaskTagsEnricher",
    "read_definition",
]
