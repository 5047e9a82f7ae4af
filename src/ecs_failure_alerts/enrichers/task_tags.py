"""The look-up of a task definition's tags, such as team or stage, for the tags of the alert."""

from __future__ import annotations

from collections.abc import Iterable

from .._frames import without_locals
from ..enrichment import Evidence
from ..exceptions import AwsError
from ..judging import Judgement
from ..policy.cases import TAG_OF_AWS, tag_key
from ..redaction import redact
from ..tasks.definitions import TaskDefinition
from ..tasks.events import TaskStateChange
from ._failures import describe_once
from .task_definition import TaskDefinitions


class TaskTagsEnricher:
    """
    Adds tags and Docker labels that the user names, as tags ``aws.tag.KEY`` of the alert.

    A tag of the task definition wins over a label of a container at fault. Tags of the service or
    the task itself are not looked up.

    The function's role needs ``ecs:DescribeTaskDefinition`` on ``*``.

    Args:
        definitions: The task definitions.
        keys: The keys of the tags and labels to show; None for all that *definitions* keeps.
    """

    name = "tags"

    def __init__(self, definitions: TaskDefinitions, keys: Iterable[str] | None = None) -> None:
        self._definitions = definitions
        self._keys = definitions.keys if keys is None else tuple(keys)

    @without_locals
    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Look up the tags; see `Enricher`."""
        task = judgement.event
        if not isinstance(task, TaskStateChange) or task.task_definition_arn is None:
            return Evidence()

        try:
            definition = self._definitions.find(task.task_definition_arn, timeout=timeout)
        except AwsError as error:
            return Evidence(unknown=describe_once(judgement, "tags", error), tags_known=False)

        names = sorted(c.name for c in judgement.diagnosis.culprits or task.containers)
        found = {key: _find(definition, key, names) for key in self._keys}
        return Evidence(
            tags={
                f"{TAG_OF_AWS}{tag_key(key)}": redact(value)
                for key, value in found.items()
                if value
            }
        )


def _find(definition: TaskDefinition, key: str, names: Iterable[str]) -> str | None:
    """Return the tag with *key*; without one, the label of the first container that has it."""
    containers = filter(None, map(definition.find, names))
    values = [definition.tags.get(key), *(container.labels.get(key) for container in containers)]

    return next(filter(None, values), None)
