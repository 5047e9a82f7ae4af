"""
The part of a task definition that explains how a task ended.

Only the fields of these classes are read, because the rest of a definition may hold secrets:
environment, commands, labels, options of log drivers.

Field by field: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from .._frames import without_locals
from .versions import read_version

#: The options of log drivers that tell the place of a log. Others may hold a vendor's keys.
LOG_OPTIONS: Final = frozenset(
    {
        "awslogs-group",
        "awslogs-region",
        "awslogs-stream",
        "awslogs-stream-prefix",
        "Name",
        "log_group_name",
        "log_group_template",
        "log_key",
        "log_stream_name",
        "log_stream_prefix",
        "log_stream_template",
        "region",
    }
)


@frozen(slots=False)
class Dependency:
    """
    What a container waits for before it starts.

    Attributes:
        container: The name of the other container.
        condition: START, COMPLETE, SUCCESS or HEALTHY; an open vocabulary.
    """

    container: str
    condition: str


@frozen(slots=False)
class RestartPolicy:
    """
    When ECS starts a container again.

    Attributes:
        enabled: Whether ECS restarts the container at all.
        ignored_exit_codes: The exit codes after which ECS does not restart it.
        attempt_period: Seconds that the container must have run before ECS restarts it.
    """

    enabled: bool
    ignored_exit_codes: frozenset[int] = frozenset()
    attempt_period: int | None = None


@frozen(slots=False)
class HealthCheck:
    """
    The timing of a container's health check; its command stays in the account.

    Attributes:
        interval: Seconds between two checks.
        timeout: Seconds that one check may take.
        retries: Failures in a row until the container is unhealthy.
        start_period: Seconds after the start during which failures do not count.
    """

    interval: int | None = None
    timeout: int | None = None
    retries: int | None = None
    start_period: int | None = None


@frozen(slots=False)
class LogConfiguration:
    """
    Where a container's log goes.

    Attributes:
        driver: awslogs, awsfirelens, splunk, ...; an open vocabulary.
        options: The options that tell the place of the log: those of `LOG_OPTIONS`.
    """

    driver: str
    options: Mapping[str, str] = field(factory=dict)


@frozen(slots=False)
class ContainerDefinition:
    """
    One container of a task definition. A field that AWS left out is None.

    Attributes:
        name: Its name.
        essential: Whether its end stops the task.
        image: The image.
        depends_on: The containers that it waits for.
        restart_policy: When ECS starts it again.
        start_timeout: Seconds that it waits for these containers.
        stop_timeout: Seconds from SIGTERM to SIGKILL.
        health_check: The timing of its health check.
        memory: Its hard memory limit in MiB.
        memory_reservation: Its soft memory limit in MiB.
        log: Where its log goes.
        labels: The requested Docker labels.
        release: The value of the requested environment variable, if it looks like a version.
    """

    name: str
    essential: bool = True
    image: str | None = None
    depends_on: tuple[Dependency, ...] = ()
    restart_policy: RestartPolicy | None = None
    start_timeout: int | None = None
    stop_timeout: int | None = None
    health_check: HealthCheck | None = None
    memory: int | None = None
    memory_reservation: int | None = None
    log: LogConfiguration | None = None
    labels: Mapping[str, str] = field(factory=dict)
    release: str | None = None


@frozen(slots=False)
class TaskDefinition:
    """
    One revision of a task definition.

    Attributes:
        arn: Its ARN.
        containers: The containers, in its order.
        cpu: CPU units of the task.
        memory: Memory of the task in MiB.
        tags: The requested tags.
    """

    arn: str
    containers: tuple[ContainerDefinition, ...] = ()
    cpu: str | None = None
    memory: str | None = None
    tags: Mapping[str, str] = field(factory=dict)

    def find(self, name: str) -> ContainerDefinition | None:
        """Return the container with that name, or None."""
        return next((c for c in self.containers if c.name == name), None)


@without_locals
def read_definition(
    arn: str,
    answer: Mapping[str, Any],
    keys: Iterable[str] = (),
    release_variable: str | None = None,
) -> TaskDefinition:
    """
    Read the answer of DescribeTaskDefinition.

    A field with another type than AWS documents counts as absent; nothing is raised.

    Args:
        arn: The ARN of the task definition.
        answer: The answer.
        keys: The keys of the tags and Docker labels to keep.
        release_variable: The environment variable of the containers that names their release.
            A value that does not look like a version is dropped, like all other variables.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
    """
    wanted = frozenset(keys)
    definition = _object(answer, "taskDefinition")
    tags = ((_text(tag, "key"), _text(tag, "value")) for tag in _objects(answer, "tags"))

    return TaskDefinition(
        arn,
        tuple(_containers(definition, wanted, release_variable)),
        cpu=_text(definition, "cpu"),
        memory=_text(definition, "memory"),
        tags={key: value for key, value in tags if key in wanted and value},
    )


def _containers(
    definition: Mapping[str, Any], wanted: frozenset[str], release_variable: str | None
) -> Iterator[ContainerDefinition]:
    for given in _objects(definition, "containerDefinitions"):
        name = _text(given, "name")
        if name is None:
            continue

        labels = _object(given, "dockerLabels")
        yield ContainerDefinition(
            name,
            essential=given.get("essential") is not False,
            image=_text(given, "image"),
            depends_on=tuple(_dependencies(given)),
            restart_policy=_restart_policy(_object(given, "restartPolicy")),
            start_timeout=_integer(given, "startTimeout"),
            stop_timeout=_integer(given, "stopTimeout"),
            health_check=_health_check(_object(given, "healthCheck")),
            memory=_integer(given, "memory"),
            memory_reservation=_integer(given, "memoryReservation"),
            log=_log(_object(given, "logConfiguration")),
            labels={key: v for key in wanted if (v := _text(labels, key))},
            release=_release(given, release_variable) if release_variable else None,
        )


def _release(given: Mapping[str, Any], variable: str) -> str | None:
    values = (
        read_version(_text(entry, "value") or "")
        for entry in _objects(given, "environment")
        if entry.get("name") == variable
    )
    return next(values, None)


def _dependencies(given: Mapping[str, Any]) -> Iterator[Dependency]:
    for dependency in _objects(given, "dependsOn"):
        container, condition = _text(dependency, "containerName"), _text(dependency, "condition")
        if container and condition:
            yield Dependency(container, condition)


def _restart_policy(given: Mapping[str, Any]) -> RestartPolicy | None:
    if not given:
        return None
    codes = given.get("ignoredExitCodes")
    ignored = [code for code in codes if type(code) is int] if isinstance(codes, list) else []

    return RestartPolicy(
        given.get("enabled") is True, frozenset(ignored), _integer(given, "restartAttemptPeriod")
    )


def _health_check(given: Mapping[str, Any]) -> HealthCheck | None:
    if not given:
        return None
    names = ("interval", "timeout", "retries", "startPeriod")
    return HealthCheck(*(_integer(given, name) for name in names))


def _log(given: Mapping[str, Any]) -> LogConfiguration | None:
    driver, options = _text(given, "logDriver"), _object(given, "options")
    if driver is None:
        return None
    return LogConfiguration(
        driver, {key: v for key in sorted(LOG_OPTIONS) if (v := _text(options, key))}
    )


def _object(given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = given.get(key)
    return value if isinstance(value, Mapping) else {}


def _objects(given: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    values = given.get(key)
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, Mapping))


def _text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    return value if isinstance(value, str) else None


def _integer(given: Mapping[str, Any], key: str) -> int | None:
    value = given.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
