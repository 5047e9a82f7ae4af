"""The look-up of the release that a container's environment names."""

from __future__ import annotations

from .._frames import without_locals
from ..enrichment import Evidence
from ..exceptions import AwsError
from ..judging import Judgement
from ..tasks.events import TaskStateChange
from ._failures import describe_once
from .task_definition import TaskDefinitions


class TaskReleaseEnricher:
    """
    Names an alert's release by an environment variable of the container at fault.

    Only that variable is read, and only if its value looks like a version: ``1.4.2``,
    ``shop@2.0.0-rc.1``, ``2026-11-28``, a Git commit or a build number. The overrides of a task
    are not read.

    The function's role needs ``ecs:DescribeTaskDefinition`` on ``*``.

    Args:
        definitions: The task definitions; they have the variable's name.
    """

    name = "release"
    finds_tags = False

    def __init__(self, definitions: TaskDefinitions) -> None:
        self._definitions = definitions

    @without_locals
    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Look up the release; see `Enricher`."""
        task = judgement.event
        if not isinstance(task, TaskStateChange) or task.task_definition_arn is None:
            return Evidence()

        try:
            definition = self._definitions.find(task.task_definition_arn, timeout=timeout)
        except AwsError as error:
            return Evidence(unknown=describe_once(judgement, "release", error))

        names = sorted(c.name for c in judgement.diagnosis.culprits or task.containers)
        containers = filter(None, map(definition.find, names))
        return Evidence(release=next(filter(None, (c.release for c in containers)), None))
