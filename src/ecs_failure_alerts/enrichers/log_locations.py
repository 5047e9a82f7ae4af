"""
Where a container's log is: its group, its stream and its Region in CloudWatch Logs.

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

#: A container's id in Docker; on Fargate it has another form, and no stream is named by it.
_DOCKER_ID: Final = re.compile(r"[0-9a-f]{64}")

#: Where AWS Batch writes unless a job definition says otherwise, and how much of the job
#: definition's name it takes: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
_BATCH_GROUP: Final = "/aws/batch/job"
_BATCH_PREFIX: Final = 200

#: The names by which Fluent Bit knows CloudWatch Logs: its plug-in in C, and AWS's in Go.
_ROUTED_TO_CLOUDWATCH: Final = frozenset({"cloudwatch_logs", "cloudwatch"})

#: The drivers that leave the log on the host.
_ON_THE_HOST: Final = frozenset({"json-file", "journald", "local"})

#: Characters of a name in a sentence.
_NAME: Final = 40

#: A part of a template, and one of AWS's plug-in for Fluent Bit.
_PART: Final = re.compile(r"\{([^{}]*)\}")
_ROUTER_PART: Final = re.compile(r"\$\(([^()]*)\)")


@frozen(slots=False)
class LogLocation:
    """
    One log stream.

    Attributes:
        group: The log group's name.
        stream: The log stream's name.
        region: The Region, which need not be the task's.
        account: The account; None where it is not known.
        partition: The AWS partition.
        wrapped: Whether a log router has put each line into a JSON object.
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
        """The stream in the AWS console; None where the partition has no known console."""
        page = "/cloudwatch/home#logsV2:log-groups/log-group"
        return console_url(
            self.partition,
            self.region,
            f"{page}/{_encode(self.group)}/log-events/{_encode(self.stream)}",
        )


def _is_template(_: object, __: object, template: str) -> None:
    """Refuse a part that cannot be filled in."""
    for name in _PART.findall(template):
        if name not in _PARTS:
            raise ValueError(unknown("part of a template", name, _PARTS))


@frozen(slots=False)
class LogTemplates:
    """
    How the names of log groups and streams are made, for who does not look definitions up.

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
        """Return where the log of a container is, or why that is not known, in a sentence."""
        missing: list[str] = []

        def fill(match: re.Match[str]) -> str:
            value = container if match[1] == "container" else _PARTS[match[1]](task)
            if not value:
                missing.append(match[1])
            return value or ""

        group, stream = (_PART.sub(fill, template) for template in (self.group, self.stream))
        if missing:
            return (
                f"The log of container {container} is not known: the event names no {missing[0]}."
            )
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
    Return where the log of a container is.

    Args:
        task: The task.
        container: The container's name.
        definition: The task's own definition.

    Returns:
        The location; or why there is none that can be read, in a sentence.
    """
    of_batch = find_workload(task).type is WorkloadType.BATCH
    known = definition.find(container)
    if known is None:
        return f"Container {container} is not in the task definition, so its log is not known."
    if known.log is None and not of_batch:
        return f"Container {container} has no log configuration, so its log is not kept by ECS."

    log = known.log or LogConfiguration("awslogs")
    if of_batch and log.driver == "awslogs":
        defaults = {
            "awslogs-group": _BATCH_GROUP,
            "awslogs-stream-prefix": (task.family or "")[:_BATCH_PREFIX],
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
        return f"The log stream of container {container} is not known: the event lacks its id."

    return _location(task, container, group, stream, options.get("awslogs-region") or task.region)


def _from_router(task: TaskStateChange, container: str, log: LogConfiguration) -> LogLocation | str:
    options = log.options
    target = options.get("Name")
    if target not in _ROUTED_TO_CLOUDWATCH:
        where = f"to {clean(target, _NAME)}" if target else "where the router's own file says"
        return f"The log of container {container} goes {where}, by FireLens."

    group = _fill_in(options.get("log_group_name"), task, container)
    stream = _routed_stream(options, task, container)
    templates = {"log_group_template", "log_stream_template"} & options.keys()
    if not group or not stream or templates:
        return (
            f"The log of container {container} goes to CloudWatch Logs by FireLens, but the task "
            "definition does not tell the stream."
        )
    return _location(
        task, container, group, stream, options.get("region") or task.region, wrapped=True
    )


def _routed_stream(options: Mapping[str, str], task: TaskStateChange, container: str) -> str | None:
    """Return the stream that is of this task alone; None where it cannot be told."""
    prefix, name = options.get("log_stream_prefix"), options.get("log_stream_name")
    if name is None and prefix is not None:
        # The tag is the router's: agent/engine/docker_task_engine.go, fluentTagDockerFormat
        name = f"{prefix}$(tag)"

    stream = _fill_in(name, task, container)
    return stream if stream and task.task_id and task.task_id in stream else None


def _fill_in(template: str | None, task: TaskStateChange, container: str) -> str | None:
    """Fill in what AWS's plug-in for Fluent Bit does; None where that is not all."""
    values = {
        "ecs_cluster": task.cluster,
        "ecs_task_arn": task.task_arn,
        "ecs_task_id": task.task_id,
        "tag": task.task_id and f"{container}-firelens-{task.task_id}",
    }
    filled = _ROUTER_PART.sub(lambda part: values.get(part[1]) or part[0], template or "")
    return None if "$" in filled else filled


def _elsewhere(_: TaskStateChange, container: str, log: LogConfiguration) -> str:
    driver = clean(log.driver, _NAME)
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
    """Return the location, unless AWS would refuse it."""
    for what, form, value in (
        ("log group", _GROUP, group),
        ("log stream", _STREAM, stream),
        ("Region of the log", _REGION, region or ""),
    ):
        if not form.fullmatch(value):
            return f"The {what} of container {container} cannot be {echo(value)}."

    return LogLocation(
        group, stream, region or "", task.account, task.partition or "aws", wrapped=wrapped
    )


def _encode(name: str) -> str:
    """Encode a name as the console of CloudWatch does."""
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    return quote(quote(name, ""), "").replace("%", "$")
