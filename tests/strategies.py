"""
Hypothesis strategies: JSON, task events with their rare combinations, policies, secrets.

`task_events()` gives events that parse; whatever is drawn is of a type that AWS uses somewhere.
Each strategy is built once, because Hypothesis takes longer to check one than to draw from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from ecs_failure_alerts import FailurePolicy, WorkloadType
from ecs_failure_alerts.causes import TASK_CAUSES, TASK_WORKLOADS
from ecs_failure_alerts.policy import IGNORE_CONTAINERS, LEVELS, SIDE_CONTAINERS

ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"

STOP_CODES: Final = (
    "EssentialContainerExited",
    "TaskFailedToStart",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
    "CapacityRebalanced",  # AWS has no such code
    "essentialcontainerexited",
    "",
)

#: Wordings of stoppedReason and of a container's reason, each of some row.
PHRASES: Final = (
    "Essential container in task exited",
    "OutOfMemoryError: Container killed due to memory usage",
    "outofmemory",
    "Task stopped by user",
    "Task failed to start",
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found",
    "cannotpullimagemanifesterror: manifest unknown",
    "ResourceInitializationError: unable to pull secrets or registry auth",
    "Fetching secret data from AWS Secrets Manager in region eu-central-1",
    "CannotStartContainerError: exec format error",
    "CannotCreateContainerError: API error (500): no space left on device",
    "Timeout waiting for network interface provisioning to complete.",
    "Timeout waiting for EphemeralStorage provisioning to complete",
    "TaskFailedToStart: RESOURCE:MEMORY",
    "AGENT",
    "TaskDependencyError",
    "ContainerRuntimeTimeoutError: Could not transition to created; timed out",
    "DockerTimeoutError: Could not transition to stopped; timed out after waiting 30s",
    "Your Spot Task was interrupted.",
    "Host EC2 (instance i-0123456789abcdef0) terminated.",
    "ECS is performing maintenance on the underlying infrastructure hosting the task.",
    "Container instance deregistration forced by user",
    "Task failed container health checks",
    "Service web: Task failed ELB health checks in (elb web)",
    "Scaling activity initiated by (deployment ecs-svc/9300480928766973637)",
    "ContainerVanishedError: container vanished",
    "CgroupError: Agent could not create task's platform resources",
    "VolumeError: Agent could not create task's volume resources",
    "CannotStartContainerError: failed to initialize logging driver: no such log group",
    (
        "CannotStartContainerError: ResourceInitializationError: failed to create new container "
        'runtime task: exec: "x": executable file not found'
    ),
    (
        "CannotStartContainerError: dependency graph: failed to resolve container ordering "
        "dependency [web] for target [app] as dependency did not exit successfully."
    ),
    "container init was OOM-killed (memory limit too low?)",
    "CannotPullContainerError: context canceled",
    "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin",
    "Task stopped during instance draining",
    "",
)

EXIT_CODES: Final = (0, 1, 2, 125, 126, 127, 137, 139, 143, 255, -1, 3221225477, 10**19)

NAMES: Final = (
    "app",
    "web",
    "worker",
    "envoy",
    "envoy-2",
    "log_router",
    "my-datadog-agent-1",
    "DatadogSidecarContainer",
    "ecs-service-connect-Xy1",
    "aws-guardduty-agent-x7k2p9q",
    "aws-guardduty-agent-",
    "AWS-GuardDuty-agent-x",
    "näme ✓",
    "half \ud800",
    "nul \0",
)

GROUPS: Final = (
    "service:web",
    "service:a {b} \ud800 c",
    "family:web",
    "service:",
    "family:",
    "load-tests",
    "",
)
STARTERS: Final = (
    "ecs-svc/9300480928766973637",
    "events-rule/nightly",
    "chronos-schedule/nightly-export-of-t",
    "AWS Step Functions",
    "somebody",
    "",
)
CLUSTERS: Final = (
    "jobs",
    "default",
    "AWSBatch-ce-5f0c8d1e-7a6b-4c5d-9e8f-0a1b2c3d4e5f",
    "ce_Batch_5f0c8d1e-7a6b-4c5d-9e8f-0a1b2c3d4e5f",
    "ce_Batch_nothing",
)
STATUSES: Final = ("STOPPED", "DEPROVISIONING", "STOPPING", "RUNNING", "PENDING", "DELETED", "")

#: A field that is not there.
MISSING: Final = object()

_ROLE: Final = st.just("arn:aws:iam::123456789012:role/task")
_STATUS: Final = st.one_of(st.just("STOPPED"), st.just("STOPPED"), st.sampled_from(STATUSES))

#: Every character that UTF-8 can write, as ``st.text()`` draws them: there Hypothesis tries each of
#: a million characters first, which takes a second in every fresh clone.
CHARACTERS: Final = st.characters(exclude_categories=["Cs"])

#: Any text at all: halves of surrogate pairs, NUL and line ends too.
any_text = st.text(st.characters(exclude_categories=()), max_size=30)


@cache
def json_values() -> st.SearchStrategy[Any]:
    """Return any value that `json.loads` can give."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
        max_leaves=12,
    )


@cache
def timestamps() -> st.SearchStrategy[str | float | int]:
    """Return the time of an event, with 0 to 9 digits of a second, or of the API."""
    zones = ["Z", "Z", "Z", "+00:00", "+05:30", "-08:00", "", int, float]
    return st.builds(_time, st.integers(0, 10**9), st.integers(0, 9), st.sampled_from(zones))


def _time(number: int, digits: int, zone: str | type[int] | type[float]) -> str | float | int:
    if not isinstance(zone, str):
        return zone(1_700_000_000 + number / 1000)
    fraction = f".{number:09}"[: digits + 1] if digits else ""
    return f"2026-02-{number % 28 + 1:02}T12:34:{number % 60:02}{fraction}{zone}"


def _mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a value in most cases, else null or no field."""
    return st.one_of(strategy, strategy, strategy, st.sampled_from([MISSING, None]))


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not MISSING}


def _fields(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(strategies).map(_present)


@cache
def reasons() -> st.SearchStrategy[str]:
    """Return a stoppedReason or a container's reason: a known wording in any case, or any text."""
    phrase = st.sampled_from(PHRASES)
    return st.one_of(phrase, phrase, phrase, phrase.map(str.upper), phrase.map(str.lower), any_text)


@cache
def exit_codes() -> st.SearchStrategy[Any]:
    """Return an exit code as events have it: a number, a number in quotes, null or none."""
    code = st.sampled_from(EXIT_CODES)
    return st.one_of(
        code,
        code,
        st.sampled_from([0, 137, 143]),
        code.map(str),
        code.map(float),
        st.integers(-(2**31), 2**32 - 1),
        st.sampled_from([MISSING, None]),
    )


@cache
def containers() -> st.SearchStrategy[dict[str, Any]]:
    """Return one container of an event."""
    names = st.sampled_from(NAMES)
    return _fields(
        name=st.one_of(names, names, names, any_text),
        lastStatus=_mostly(st.sampled_from(STATUSES)),
        exitCode=exit_codes(),
        reason=st.one_of(st.just(MISSING), st.just(MISSING), st.none(), reasons()),
        image=_mostly(st.sampled_from(["registry.example/app:1.2", "nginx", "a@sha256:0"])),
        memory=st.sampled_from([MISSING, "512", 512, None, "null"]),
        healthStatus=st.sampled_from([MISSING, MISSING, "UNHEALTHY", "UNKNOWN", None]),
        runtimeId=_mostly(st.just("0f8a3b5c-1")),
    )


@cache
def overrides(values: st.SearchStrategy[str] = _ROLE) -> st.SearchStrategy[Any]:
    """Return the overrides of an event, in which *values* stand."""
    variable = _fields(
        name=st.sampled_from(["AWS_BATCH_JOB_ID", "AWS_BATCH_JQ_NAME", "DB_PASSWORD", "PATH"]),
        value=values,
    )
    container = _fields(
        name=st.sampled_from(["app", "web"]),
        environment=_mostly(st.lists(variable, max_size=3)),
        command=_mostly(st.lists(values, max_size=2)),
    )
    return _fields(
        containerOverrides=_mostly(st.lists(container, max_size=2)),
        taskRoleArn=_mostly(values),
    )


@cache
def task_events(
    *,
    last_status: st.SearchStrategy[str] = _STATUS,
    secrets: st.SearchStrategy[str] = _ROLE,
) -> st.SearchStrategy[dict[str, Any]]:
    """
    Return an ECS Task State Change event that parses.

    Args:
        last_status: The task's status; mostly STOPPED by default.
        secrets: What stands in the overrides.
    """
    time = timestamps()
    family = st.sampled_from(["web:1", "nightly-export:42", "web"])
    container = containers()
    detail = _fields(
        lastStatus=last_status,
        taskArn=_mostly(st.sampled_from(["{cluster}/" + "0f8a3b5c" * 4, "1-2-3-4"])),
        clusterArn=_mostly(st.just(f"{ARN}:cluster/{{cluster}}")),
        taskDefinitionArn=_mostly(family.map(f"{ARN}:task-definition/{{}}".format)),
        version=st.sampled_from([MISSING, 5, "5", None]),
        group=_mostly(st.sampled_from(GROUPS)),
        startedBy=_mostly(st.sampled_from(STARTERS)),
        stopCode=_mostly(st.sampled_from(STOP_CODES)),
        stoppedReason=_mostly(reasons()),
        launchType=_mostly(st.sampled_from(["FARGATE", "EC2", "EXTERNAL"])),
        cpu=st.sampled_from([MISSING, "256", 256]),
        createdAt=_mostly(time),
        startedAt=_mostly(time),
        executionStoppedAt=_mostly(time),
        stoppingAt=_mostly(time),
        stoppedAt=_mostly(time),
        containers=st.one_of(
            st.lists(container, max_size=4),
            st.lists(container, min_size=2, max_size=4),
            st.sampled_from([MISSING, None]),
        ),
        overrides=overrides(secrets),
    )
    envelope = _fields(
        version=st.just("0"),
        id=_mostly(st.uuids().map(str)),
        account=_mostly(st.just("123456789012")),
        region=_mostly(st.sampled_from(["eu-central-1", "us-east-1"])),
        time=_mostly(time),
    )
    return st.builds(_event, st.sampled_from(CLUSTERS), st.booleans(), envelope, detail)


def _event(
    cluster: str, with_arns: bool, envelope: dict[str, Any], detail: dict[str, Any]
) -> dict[str, Any]:
    """Put the parts of an event together, which are all about tasks in *cluster*."""
    if detail.get("taskArn"):
        detail["taskArn"] = f"{ARN}:task/{detail['taskArn']}".replace("{cluster}", cluster)
        envelope["resources"] = [detail["taskArn"]]
    if detail.get("clusterArn"):
        detail["clusterArn"] = detail["clusterArn"].replace("{cluster}", cluster)
    if with_arns:  # AWS gives every container its ARN; the oldest events have none
        for index, container in enumerate(detail.get("containers") or ()):
            container["containerArn"] = f"{ARN}:container/{cluster}/{index}"
    kind = {"source": "aws.ecs", "detail-type": "ECS Task State Change"}
    return {**envelope, **kind, "detail": detail}


def ending(random: Random) -> dict[str, Any]:
    """
    Return an event between which and others the pattern of a policy has to tell.

    Every combination of what the pattern looks at is likely. It draws from *random*, which is
    a hundred times faster than Hypothesis, so that tests can look at very many.
    """
    choose = random.choice
    arn = choose([f"{ARN}:container/jobs/1", MISSING])
    containers = [
        _present(
            {
                "name": choose(["app", "web", "envoy", "aws-guardduty-agent-x"]),
                "containerArn": arn,
                "exitCode": choose([0, 0, 0, 0, None, MISSING, 1, 137, "0", 0.0]),
                "reason": choose([*[MISSING] * 6, None, "OutOfMemoryError", "whatever"]),
            }
        )
        for _ in range(choose([0, 1, 1, 2, 3]))
    ]
    rewording = choose(["", "", "", "!", " (deployment ecs-svc/1)", " OutOfMemory health checks"])
    sentence = choose(_SENTENCES)
    usual = random.random() < 0.3  # an exit as most tasks end
    detail = {
        "lastStatus": "STOPPED",
        "clusterArn": choose([MISSING, *(f"{ARN}:cluster/{name}" for name in CLUSTERS)]),
        "stopCode": "EssentialContainerExited" if usual else choose([MISSING, None, *STOP_CODES]),
        "stoppedReason": sentence + rewording if isinstance(sentence, str) else sentence,
        "group": choose([MISSING, *GROUPS]),
        "startedBy": choose([MISSING, *STARTERS]),
        "startedAt": choose([MISSING, "2026-03-02T02:00:27.054Z"]),
        "containers": choose([containers, containers, containers, MISSING, None]),
        "overrides": choose([MISSING, {}, _BATCH_OVERRIDES]),
    }
    return {
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": _present(detail),
    }


_BATCH_OVERRIDES: Final = {
    "containerOverrides": [{"environment": [{"name": "AWS_BATCH_JOB_ID", "value": "1"}]}]
}
_SENTENCES: Final = (
    MISSING,
    None,
    *["Essential container in task exited"] * 4,
    "Task stopped by user",
    "Your Spot Task was interrupted.",
    "Scaling activity initiated by (deployment ecs-svc/1)",
    "Scaling activity initiated by (",
    "Scaling activity",
    "task failed container health checks",
    "CannotPullContainerError",
    "a wording that is new",
)


def _some(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@cache
def ignored_exit_codes() -> st.SearchStrategy[frozenset[int]]:
    """Return exit codes for a policy to ignore."""
    return st.frozensets(st.sampled_from(EXIT_CODES), max_size=3)


@cache
def globs() -> st.SearchStrategy[tuple[str, ...]]:
    """Return names of containers for a policy, some with ``*``."""
    return _some(["app", "w*", "*", "envoy*", "näme ✓", "nothing-*"])


@cache
def policies() -> st.SearchStrategy[FailurePolicy]:
    """Return any policy: levels changed, containers, codes and scopes left out or added."""
    causes = st.sampled_from(
        ["*", "failed_to_start", *(c for c in TASK_CAUSES if c != "not_stopped")]
    )
    types = st.sampled_from(["*", *WorkloadType])
    levels = st.sampled_from([None, None, *LEVELS])
    names = ["jobs", "web", "*web*", "nightly-*"]
    scopes = st.just(()) | st.just(()) | _some(names)
    policy = st.builds(
        FailurePolicy,
        levels=st.dictionaries(st.tuples(causes, types), levels, max_size=3),
        ignore_containers=st.just(IGNORE_CONTAINERS) | globs(),
        side_containers=st.just(SIDE_CONTAINERS) | globs(),
        main_containers=st.just(()) | globs(),
        ignore_exit_codes=ignored_exit_codes(),
        ignore_workloads=st.lists(st.sampled_from(TASK_WORKLOADS), max_size=2),
        clusters=scopes | _some([*names, f"{ARN}:*"]),
        services=scopes,
        families=scopes,
    )
    return st.just(FailurePolicy()) | policy


@cache
def secret_texts() -> st.SearchStrategy[str]:
    """Return text that can stand in an event only where it was put as a secret."""
    return st.text("0123456789abcdef", min_size=12, max_size=24).map("s3cr3t-{}".format)
