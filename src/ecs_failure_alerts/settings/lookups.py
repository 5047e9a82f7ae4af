"""The enrichers for the look-ups that the settings ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .._options import LOG_LINES
from ..aws.clients import AwsClients
from ..enrichers.container_logs import ContainerLogsEnricher
from ..enrichers.log_links import LogLinksEnricher
from ..enrichers.log_locations import LogTemplates
from ..enrichers.task_definition import TaskDefinitionEnricher, TaskDefinitions
from ..enrichers.task_release import TaskReleaseEnricher
from ..enrichers.task_tags import TaskTagsEnricher
from ..enrichment import Enricher


def build_enrichers(
    *,
    wanted: Collection[str] = (),
    keys: Sequence[str] = (),
    clients: AwsClients | None = None,
    lines: int = LOG_LINES,
    redact: Iterable[str] = (),
    group: str | None = None,
    stream: str | None = None,
    release_from: str | None = None,
) -> tuple[Enricher, ...]:
    """
    Build the enrichers for what is *wanted*, with their AWS clients.

    Args:
        wanted: Some of ``definition``, ``logs`` and ``tags``. Tags need the definition too, and so
            do logs without templates.
        keys: The tags and Docker labels that become tags of the alert.
        clients: The AWS clients, with roles for other accounts.
        lines: Lines of each container's log, 1 to 100.
        redact: Regular expressions of what else to redact in log lines.
        group: The template for names of log groups. If logs are not wanted, alerts link to them.
        stream: The template for names of log streams; it needs *group*.
        release_from: The environment variable that names a container's release; it is read from
            the definition.
    """
    clients = clients or AwsClients()
    templates = LogTemplates(group, stream) if group and stream else None
    definitions = TaskDefinitions(clients, keys if "tags" in wanted else (), release_from)

    enrichers: list[Enricher] = []
    if "definition" in wanted or "tags" in wanted or ("logs" in wanted and not templates):
        enrichers.append(TaskDefinitionEnricher(definitions))
        if release_from:
            enrichers.append(TaskReleaseEnricher(definitions))
        clients.prepare("ecs")
    if "tags" in wanted:
        enrichers.append(TaskTagsEnricher(definitions))
    if "logs" in wanted:
        enrichers.append(
            ContainerLogsEnricher(
                definitions, clients=clients, lines=lines, templates=templates, redact=redact
            )
        )
        clients.prepare("logs")
    elif templates:
        enrichers.append(LogLinksEnricher(templates))

    return tuple(enrichers)
