"""
The look-up of the task definition: which containers are essential, and how they were set up.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from .._frames import without_locals
from .._locks import Lock
from .._memory import Memory
from ..aws.clients import AwsClients
from ..causes import Cause
from ..enrichment import Evidence
from ..exceptions import AwsError
from ..judging import Judgement, diagnose
from ..tasks.definitions import (
    ContainerDefinition,
    HealthCheck,
    RestartPolicy,
    TaskDefinition,
    read_definition,
)
from ..tasks.events import TaskStateChange
from ._failures import ADVICE, describe_failure

_ACTION: Final = "ecs:DescribeTaskDefinition"

#: The ARN of a revision; nothing else is looked up.
_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:ecs:[a-z0-9-]{1,32}:[0-9]{12}:task-definition/[A-Za-z0-9_-]{1,255}:[0-9]{1,10}"
)

#: Seconds for which a definition with tags is kept, because only the tags of a revision can change.
_TAGS_SECONDS: Final = 300.0

#: Seconds for which a failed request is not sent again: the enrichers of ten alerts may ask for one
#: revision, and without a route to AWS each would wait for its own timeout.
_FAILED_SECONDS: Final = 5.0

#: The causes of which a definition tells nothing more.
_SETTLED: Final = frozenset(
    {
        Cause.NOT_STOPPED,
        Cause.USER_STOPPED,
        Cause.SCHEDULER_STOPPED,
        Cause.SPOT_INTERRUPTION,
        Cause.HOST_TERMINATED,
        Cause.FAILED_TO_START_IMAGE_PULL,
        Cause.FAILED_TO_START_RESOURCE_INIT,
    }
)

_ADVICE: Final[Mapping[str, str]] = {
    **ADVICE,
    "ClientException": "it may have been deleted",
    "InvalidArn": "the event does not name a revision",
}


class TaskDefinitions:
    """
    Task definitions, each looked up once for all enrichers that share them.

    A look-up that failed is not tried again for a few seconds.

    Only the attributes of `TaskDefinition` are kept, because AWS's answer holds secrets too.

    Args:
        clients: The AWS clients.
        keys: The tags and Docker labels to keep, by their keys. There are none if the role may not
            read tags.
        release_variable: The only environment variable of the containers to keep, if its value
            looks like a version; None for none.

    Attributes:
        keys: The keys, in the order given.
    """

    def __init__(
        self,
        clients: AwsClients | None = None,
        keys: Iterable[str] = (),
        release_variable: str | None = None,
    ) -> None:
        self.keys: tuple[str, ...] = tuple(keys)
        self._clients = clients or AwsClients()
        self._release_variable = release_variable
        self._kept: Memory[str, TaskDefinition] = Memory(_TAGS_SECONDS if self.keys else None)
        self._failed: Memory[str, AwsError] = Memory(_FAILED_SECONDS)
        self._untagged: set[str] = set()  # accounts that deny tags
        self._lock = Lock()
        self._asking: dict[str, Lock] = {}

    def prepare(self) -> None:
        """Build the client while the process starts, so that no look-up waits for it."""
        self._clients.prepare("ecs")

    def find(self, arn: str, *, timeout: float) -> TaskDefinition:
        """
        Return a task definition.

        Args:
            arn: The ARN of the revision.
            timeout: Seconds to wait while another thread asks for the same one.

        Raises:
            AwsError: AWS refused or could not be reached, or *arn* is not the ARN of a revision.
        """
        if not _ARN.fullmatch(arn):
            raise AwsError(_ACTION, arn, "InvalidArn")

        with self._lock:
            asking = self._asking.setdefault(arn, Lock())
        if not asking.acquire(timeout=timeout):
            raise AwsError(_ACTION, arn, "Timeout")

        try:
            return self._known(arn) or self._ask(arn)
        finally:
            asking.release()
            with self._lock:
                self._asking.pop(arn, None)

    def _known(self, arn: str) -> TaskDefinition | None:
        if error := self._failed.find(arn):
            raise AwsError(
                error.action, error.resource, error.code, error.status
            )  # its own traceback
        return self._kept.find(arn)

    def _ask(self, arn: str) -> TaskDefinition:
        try:
            definition = self._describe_with_tags(arn)
        except AwsError as error:
            self._failed.keep(arn, error.with_traceback(None))
            raise

        self._kept.keep(arn, definition)
        return definition

    def _describe_with_tags(self, arn: str) -> TaskDefinition:
        """Ask for the tags too, unless none are wanted or the account is known to deny them."""
        account = arn.split(":")[4]
        if not self.keys or account in self._untagged:
            return self._describe(arn, [])

        try:
            return self._describe(arn, ["TAGS"])
        except AwsError as error:
            if error.code != "AccessDeniedException":
                raise
        definition = self._describe(arn, [])  # perhaps the tags alone are denied
        self._untagged.add(account)
        return definition

    def _describe(self, arn: str, include: list[str]) -> TaskDefinition:
        # No variable may hold the answer: a traceback would take it along.
        return read_definition(
            arn,
            self._clients.call(_ACTION, arn, taskDefinition=arn, include=include),
            self.keys,
            self._release_variable,
        )


class TaskDefinitionEnricher:
    """
    Judges a failure again by its task definition, and shows how the containers were set up.

    The function's role needs ``ecs:DescribeTaskDefinition`` on ``*``: AWS allows nothing narrower.

    Args:
        definitions: The task definitions; share them with other enrichers.
    """

    name = "task definition"
    finds_tags = False

    def __init__(self, definitions: TaskDefinitions | None = None) -> None:
        self._definitions = definitions or TaskDefinitions()

    @without_locals
    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Look up the definition of the task; see `Enricher`."""
        task, cause = judgement.event, judgement.diagnosis.cause
        if not isinstance(task, TaskStateChange) or cause in _SETTLED:
            return Evidence()
        if task.task_definition_arn is None:
            return Evidence(unknown=["The event names no task definition to look up."])

        try:
            definition = self._definitions.find(task.task_definition_arn, timeout=timeout)
        except AwsError as error:
            return Evidence(unknown=[describe_failure("task definition", error, _ADVICE)])

        return Evidence(
            diagnosis=diagnose(task, judgement.policy, definition),
            containers={c.name: dict(_details(c)) for c in definition.containers},
        )


def _details(container: ContainerDefinition) -> Iterator[tuple[str, Any]]:
    """Find the details of a container's set-up that an alert shows."""
    yield "essential", container.essential
    given = {
        "depends_on": ", ".join(f"{d.container} {d.condition}" for d in container.depends_on),
        "health_check": _health_check(container.health_check),
        "memory": container.memory and str(container.memory),
        "memory_reservation": container.memory_reservation and str(container.memory_reservation),
        "restart_policy": _restart_policy(container.restart_policy),
        "start_timeout_seconds": container.start_timeout,
        "stop_timeout_seconds": container.stop_timeout,
    }

    yield from ((name, value) for name, value in given.items() if value)


def _health_check(check: HealthCheck | None) -> str | None:
    if check is None:
        return None
    parts = [
        ("every", check.interval, "s"),
        ("timeout", check.timeout, "s"),
        ("retries", check.retries, ""),
        ("start period", check.start_period, "s"),
    ]

    return ", ".join(f"{name} {value} {unit}".strip() for name, value, unit in parts if value)


def _restart_policy(policy: RestartPolicy | None) -> str | None:
    if policy is None or not policy.enabled:
        return None
    codes = ", ".join(map(str, sorted(policy.ignored_exit_codes)))
    period = f"after {policy.attempt_period} s" if policy.attempt_period else "enabled"
    return f"{period}, not after exit codes {codes}" if codes else period
