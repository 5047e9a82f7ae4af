"""
The location of a container's log: its group, its stream and its Region in CloudWatch Logs.

Log drivers: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
FireLens: https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch and
https://github.com/aws/amazon-cloudwatch-logs-for-fluent-bit
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen

from .._texts import clean, echo, unknown
from ..aws.console import console_url
from ..causes import WorkloadType
from ..tasks.definitions import LogConfiguration, TaskDefinition
from ..tasks.events import TaskStateChange
from ..tasks.workloads import find_workload

#: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
_GROUP: Final = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_STREAM: Final = re.compile(r"[^:*]{1,512}")
_REGION: Final = re.compile(r"[a-z0-9-]{1,32}")

#: A container's id in Docker. Fargate's ids have another form, and no stream is named after them.
_DOCKER_ID: Final = re.compile(r"[0-9a-f]{64}")

#: The log group of AWS Batch unless a job definition names one, and the characters of the job
#: definition's name in the stream's: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
_BATCH_GROUP: Final = "/aws/batch/job"
_BATCH_PREFIX_CHARACTERS: Final = 200

#: Fluent Bit's names for CloudWatch Logs: its own plug-in in C, and AWS's in Go.
_ROUTED_TO_CLOUDWATCH: Final = frozenset({"cloudwatch_logs", "cloudwatch"})

#: The log drivers that leave the log on the host.
_ON_THE_HOST: Final = frozenset({"json-file", "journald", "local"})

#: Characters of a name in a sentence at most.
_NAME_CHARACTERS: Final = 40

#: A part of our templates, and of those of AWS's plug-in for Fluent Bit.
_PART: Final = re.compile(r"\{([^{}]*)\}")
_ROUTER_PART: Final = re.compile(r"\$\(([^()]*)\)")


@frozen(slots=False)
class LogLocation:
    """
    A log stream.

    Attributes:
        group: The log group's name.
        stream: The log stream's name.
        region: The Region; it may differ from the task's.
        account: The account; None if it is not known.
        partition: The AWS partition.
        wrapped: Whether a log router put each line into a JSON object.
    """

    group: str
    stream: str
    region: str
    account: str | None = None
    partition: str = "aws"
    wrapped: bool = False

    @property
    def group_arn(self) -> str:
        """The log group's ARN."""
        return (
            f"arn:{self.partition}:logs:{self.region}:{self.account or ''}:log-group:{self.group}"
        )

    @property
    def url(self) -> str | None:
        """The address of the stream in the AWS console; None if the partition has none."""
        page = "/cloudwatch/home#logsV2:log-groups/log-group"
        return console_url(
            self.partition,
            self.region,
            f"{page}/{_encode(self.group)}/log-events/{_encode(self.stream)}",
        )


def _is_template(_: object, __: object, template: str) -> None:
    """Check that every part can be filled in."""
    for name in _PART.findall(template):
        if name not in _PARTS:
            raise ValueError(unknown("part of a template", name, _PARTS))


@frozen(slots=False)
class LogTemplates:
    """
    Templates for the names of log groups and streams, so that no definition is looked up.

    The parts ``{family}``, ``{service}``, ``{container}``, ``{task_id}`` and ``{cluster}`` are
    filled in.

    Attributes:
        group: The log group, such as ``/ecs/{family}``.
        stream: The log stream, such as ``ecs/{container}/{task_id}``.

    Raises:
        ValueError: A template has another part.
    """

    group: str = field(validator=_is_template)
    stream: str = field(default="ecs/{container}/{task_id}", validator=_is_template)

    def locate(self, task: TaskStateChange, container: str) -> LogLocation | str:
        """Return the location of a container's log, or a sentence why it is not known."""
        missing: list[str] = []

        def fill(match: re.Match[str]) -> str:
            value = container if match[1] == "container" else _PARTS[match[1]](task)
            if not value:
                missing.append(match[1])
            return value or ""

        group, stream = (_PART.sub(fill, template) for template in (self.group, self.stream))
        if missing:
            return f"The log of container {container} is unknown: the event names no {missing[0]}."
        return _location(task, container, group, stream, task.region)


_PARTS: Final[Mapping[str, Callable[[TaskStateChange], str | None]]] = {
    "family": lambda task: task.family,
    "service": lambda task: task.service,
    "container": lambda _: None,
    "task_id": lambda task: task.task_id,
    "cluster": lambda task: task.cluster,
}


def locate_log(
    task: TaskStateChange, container: str, definition: TaskDefinition
) -> LogLocation | str:
    """
    Return the location of a container's log.

    Args:
        task: The task.
        container: The container's name.
        definition: The task's definition.

    Returns:
        The location; or a sentence that tells why there is no log to read.
    """
    of_batch = find_workload(task).type is WorkloadType.BATCH
    known = definition.find(container)
    if known is None:
        return f"Container {container} is not in the task definition, so its log cannot be found."
    if known.log is None and not of_batch:
        return f"Container {container} has no log configuration, so ECS did not keep its log."

    log = known.log or LogConfiguration("awslogs")
    if of_batch and log.driver == "awslogs":
        defaults = {
            "awslogs-group": _BATCH_GROUP,
            "awslogs-stream-prefix": (task.family or "")[:_BATCH_PREFIX_CHARACTERS],
        }
        log = LogConfiguration(log.driver, {**defaults, **log.options})

    locate = _DRIVERS.get(log.driver, _elsewhere)
    return locate(task, container, log)


def _from_awslogs(
    task: TaskStateChange, container: str, log: LogConfiguration
) -> LogLocation | str:
    options = log.options
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if not group:
        return f"The log configuration of container {container} names no log group."

    if "awslogs-stream" in options:
        stream: str | None = options["awslogs-stream"]
    elif prefix:
        stream = task.task_id and f"{prefix}/{container}/{task.task_id}"
    else:  # Docker names the stream by the container's id
        ids = (c.runtime_id or "" for c in task.containers if c.name == container)
        stream = next(filter(_DOCKER_ID.fullmatch, ids), None)
    if not stream:
        return f"The log stream of container {container} is unknown: the event lacks its id."

    return _location(task, container, group, stream, options.get("awslogs-region") or task.region)


def _from_router(task: TaskStateChange, container: str, log: LogConfiguration) -> LogLocation | str:
    options = log.options
    target = options.get("Name")
    if target not in _ROUTED_TO_CLOUDWATCH:
        where = clean(target, _NAME_CHARACTERS) if target else "the place in its own file"
        return f"FireLens sends the log of container {container} to {where}."

    group = _fill_in(options.get("log_group_name"), task, container)
    stream = _routed_stream(options, task, container)
    templates = {"log_group_template", "log_stream_template"} & options.keys()
    if not group or not stream or templates:
        return (
            f"FireLens sends the log of container {container} to CloudWatch Logs, but the task "
            "definition does not name the stream."
        )
    return _location(
        task, container, group, stream, options.get("region") or task.region, wrapped=True
    )


def _routed_stream(options: Mapping[str, str], task: TaskStateChange, container: str) -> str | None:
    """Return the stream of this task alone; None if its name is not known."""
    prefix, name = options.get("log_stream_prefix"), options.get("log_stream_name")
    if name is None and prefix is not None:
        # The router sets the tag: agent/engine/docker_task_engine.go, fluentTagDockerFormat
        name = f"{prefix}$(tag)"

    stream = _fill_in(name, task, container)
    return stream if stream and task.task_id and task.task_id in stream else None


def _fill_in(template: str | None, task: TaskStateChange, container: str) -> str | None:
    """Fill in a template as AWS's plug-in for Fluent Bit does; None if a part is unknown."""
    values = {
        "ecs_cluster": task.cluster,
        "ecs_task_arn": task.task_arn,
        "ecs_task_id": task.task_id,
        "tag": task.task_id and f"{container}-firelens-{task.task_id}",
    }
    filled = _ROUTER_PART.sub(lambda part: values.get(part[1]) or part[0], template or "")
    return None if "$" in filled else filled


def _elsewhere(_: TaskStateChange, container: str, log: LogConfiguration) -> str:
    driver = clean(log.driver, _NAME_CHARACTERS)
    if driver in _ON_THE_HOST:
        return f"The log of container {container} stays on its host ({driver})."
    return f"The log of container {container} goes to {driver}, not to CloudWatch Logs."


_DRIVERS: Final[
    Mapping[str, Callable[[TaskStateChange, str, LogConfiguration], LogLocation | str]]
] = {"awslogs": _from_awslogs, "awsfirelens": _from_router}


def _location(
    task: TaskStateChange,
    container: str,
    group: str,
    stream: str,
    region: str | None,
    *,
    wrapped: bool = False,
) -> LogLocation | str:
    """Return the location, or a sentence if AWS would refuse it."""
    for what, form, value in (
        ("log group", _GROUP, group),
        ("log stream", _STREAM, stream),
        ("Region of the log", _REGION, region or ""),
    ):
        if not form.fullmatch(value):
            return f"The {what} of container {container} has an invalid name: {echo(value)}."

    return LogLocation(
        group, stream, region or "", task.account, task.partition or "aws", wrapped=wrapped
    )


def _encode(name: str) -> str:
    """Encode a name as CloudWatch's console does."""
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    return quote(quote(name, ""), "").replace("%", "$")
