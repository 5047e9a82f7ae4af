"""
The typical events that a pattern is tried on: failures, and ends that are no failure.

A row is one way to end. Each pair of a workload and a launch type becomes one event. The wordings
are AWS's:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

from itertools import chain
from typing import Final

from ._endings import (
    CONTAINER_HEALTH_TEXT,
    CRASHES,
    DEPLOYMENTS,
    EARLY_STATES,
    EXITED,
    EXITED_TEXT,
    FAILED_STARTS,
    GOOD_ENDS,
    HEALTH_CHECKS,
    HIDDEN_MEMORY,
    HOST,
    INTERRUPTIONS,
    KILLS,
    LOST_CODES,
    MANUAL_STOPS,
    NOT_STARTED,
    NOT_STARTED_TEXT,
    OUT_OF_MEMORY,
    REPAIR,
    REPLACED,
    SCHEDULER,
    SERVICE_ENDS,
    SPOT,
    SPOT_TEXT,
    USER,
    USER_TEXT,
    Ending,
)
from ._typical import Ended

_SCALING: Final = "Scaling activity initiated by (deployment ecs-svc/9223370486715829104)"
_TARGET_GROUP: Final = (
    "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:"
    "eu-central-1:123456789012:targetgroup/web/3f0c9d2b7a61e845)"
)
_MEMORY: Final = "OutOfMemoryError: Container killed due to memory usage"
_PULL: Final = (
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve "
    "ref 123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1.4.2: not found"
)
_NO_ACCESS: Final = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret from asm"
)
_EXEC: Final = (
    'CannotStartContainerError: Error response from daemon: exec: "./run.sh": stat ./run.sh: '
    "no such file or directory"
)
_SLOW: Final = "DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m0s"


def _stop(
    kind: str,
    title: str,
    runs: str,
    stop_code: str | None,
    stopped_reason: str | None,
    *containers: Ended,
    statuses: tuple[str, ...] = ("STOPPED",),
    started: bool = True,
) -> Ending:
    return Ending(kind, title, runs, stop_code, stopped_reason, containers, started, statuses)


def _exits(kind: str, title: str, runs: str, *containers: Ended) -> Ending:
    return _stop(kind, title, runs, EXITED, EXITED_TEXT, *containers)


def _start(
    title: str, runs: str, stopped_reason: str, *containers: Ended, code: str | None = NOT_STARTED
) -> Ending:
    return _stop(FAILED_STARTS, title, runs, code, stopped_reason, *containers, started=False)


def _app(exit_code: int | None, reason: str | None = None) -> Ended:
    return ("app", exit_code, reason)


_ENDINGS: Final = (
    _exits(CRASHES, "Exit code 1", "service FARGATE, service EC2, job FARGATE, job EC2", _app(1)),
    _exits(CRASHES, "Exit code 1", "batch EC2, task EXTERNAL", _app(1)),
    _exits(CRASHES, "Segmentation fault (139)", "service FARGATE", _app(139)),
    _exits(CRASHES, "Exit code 70", "task MANAGED_INSTANCES", _app(70)),
    _exits(
        CRASHES,
        "A log router that crashed and took the application along",
        "service FARGATE",
        _app(143),
        ("log_router", 139, None),
    ),
    _exits(KILLS, "Killed (137), nobody says why", "service FARGATE, job EC2", _app(137)),
    _exits(LOST_CODES, "An end that nobody saw", "service EC2, job FARGATE", _app(None)),
    _exits(
        LOST_CODES,
        "The agent lost sight of the container",
        "batch EC2",
        _app(None, "CannotInspectContainerError: Could not transition to inspecting"),
    ),
    _exits(
        OUT_OF_MEMORY,
        "Out of memory (137)",
        "service FARGATE, service EC2, job FARGATE, batch EC2",
        _app(137, _MEMORY),
    ),
    _exits(
        HIDDEN_MEMORY,
        "Out of memory in a child process (exit code 0)",
        "service EC2, job FARGATE",
        _app(0, _MEMORY),
    ),
    _start("The image cannot be pulled", "service FARGATE, job FARGATE", _PULL, _app(None)),
    _start("The image cannot be pulled", "service EC2", NOT_STARTED_TEXT, _app(None, _PULL)),
    _start("A secret cannot be read", "service FARGATE, job FARGATE", _NO_ACCESS, _app(None)),
    _start("A secret cannot be read", "job EC2", NOT_STARTED_TEXT, _app(None, _NO_ACCESS)),
    _start("The command is not there", "job FARGATE", NOT_STARTED_TEXT, _app(127, _EXEC)),
    _start("The command is not there", "service EC2", EXITED_TEXT, _app(127, _EXEC), code=EXITED),
    _start(
        "No network interface in time",
        "job FARGATE",
        "Timeout waiting for network interface provisioning to complete.",
        _app(None),
    ),
    _start("No place for the task", "task EC2", "TaskFailedToStart: RESOURCE:GPU"),
    _stop(
        HEALTH_CHECKS,
        "Health checks of the load balancer failed (exit code 0)",
        "service FARGATE, service EC2",
        SCHEDULER,
        _TARGET_GROUP,
        _app(0),
    ),
    _stop(
        HEALTH_CHECKS,
        "Health checks of the load balancer failed (137)",
        "service FARGATE",
        SCHEDULER,
        _TARGET_GROUP,
        _app(137),
    ),
    _stop(
        HEALTH_CHECKS,
        "Health checks of a container failed (143)",
        "service FARGATE",
        SCHEDULER,
        CONTAINER_HEALTH_TEXT,
        _app(143),
    ),
    _exits(SERVICE_ENDS, "Exit code 0", "service FARGATE, service EC2", _app(0)),
    _stop(
        INTERRUPTIONS,
        "Spot capacity taken back",
        "job FARGATE_SPOT, task FARGATE_SPOT",
        SPOT,
        SPOT_TEXT,
        _app(143),
    ),
    _stop(
        INTERRUPTIONS,
        "Host terminated",
        "job EC2",
        HOST,
        "Host EC2 (instance i-0d1c2b3a495867768) terminated.",
        _app(None),
    ),
    _stop(
        INTERRUPTIONS,
        "Host repaired",
        "task MANAGED_INSTANCES",
        REPAIR,
        "Task stopped because the container instance is impaired",
        _app(143),
    ),
    _stop(
        DEPLOYMENTS,
        "Replaced or scaled in",
        "service FARGATE, service EC2",
        SCHEDULER,
        _SCALING,
        _app(0),
    ),
    _stop(
        DEPLOYMENTS,
        "Replaced, ended by the signal (143)",
        "service FARGATE",
        SCHEDULER,
        _SCALING,
        _app(143),
    ),
    _stop(
        DEPLOYMENTS,
        "Replaced, npm answers the signal with 1",
        "service FARGATE",
        SCHEDULER,
        _SCALING,
        _app(1),
    ),
    _stop(
        DEPLOYMENTS,
        "Replaced, too slow to stop (137)",
        "service EC2",
        SCHEDULER,
        _SCALING,
        _app(137, _SLOW),
    ),
    _stop(
        MANUAL_STOPS,
        "Stopped by a person (137)",
        "service FARGATE, task EC2",
        USER,
        USER_TEXT,
        _app(137),
    ),
    _stop(
        MANUAL_STOPS, "Cancelled by a workflow (143)", "job FARGATE", USER, "Cancelled", _app(143)
    ),
    _exits(GOOD_ENDS, "Exit code 0", "job FARGATE, job EC2, task FARGATE, batch EC2", _app(0)),
    _stop(REPLACED, "Spot capacity taken back", "service FARGATE_SPOT", SPOT, SPOT_TEXT, _app(143)),
    _stop(
        REPLACED,
        "Host stopped",
        "service EC2",
        HOST,
        "Host EC2 (instance i-0d1c2b3a495867768) stopped.",
        _app(None),
    ),
    _stop(
        EARLY_STATES,
        "Exit code 1",
        "service FARGATE",
        EXITED,
        EXITED_TEXT,
        _app(1),
        statuses=("DEACTIVATING", "STOPPING", "DEPROVISIONING"),
    ),
    _stop(
        EARLY_STATES,
        "Out of memory (137)",
        "job FARGATE",
        EXITED,
        EXITED_TEXT,
        _app(137, _MEMORY),
        statuses=("DEACTIVATING", "DEPROVISIONING"),
    ),
    _stop(
        EARLY_STATES,
        "The image cannot be pulled",
        "job FARGATE",
        NOT_STARTED,
        _PULL,
        _app(None),
        started=False,
        statuses=("DEPROVISIONING",),
    ),
    _stop(
        EARLY_STATES,
        "The two-minute warning of Spot",
        "service FARGATE_SPOT",
        SPOT,
        SPOT_TEXT,
        _app(None),
        statuses=("RUNNING",),
    ),
    _stop(
        EARLY_STATES,
        "On its way up",
        "job FARGATE",
        None,
        None,
        _app(None),
        statuses=("PENDING", "RUNNING"),
    ),
)

CATALOGUE: Final = tuple(chain.from_iterable(ending.events() for ending in _ENDINGS))
