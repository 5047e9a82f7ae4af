"""The words for a task whose health checks failed."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .containers import SERVICE_CONNECT
from .findings import Finding
from .wording import Wording

_HEALTH: Final = (Cause.HEALTH_CHECK,)

#: Seconds after which a task has passed its container health checks before. Without that, the
#: slowest one fails within a startPeriod of 300 seconds and 10 retries of 300 and 60 seconds.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
_LONG_RUN: Final = 2 * 3600


def _blames_service_connect(finding: Finding) -> bool:
    names = [c.name for c in finding.culprits]
    return bool(names) and all(name.startswith(SERVICE_CONNECT) for name in names)


def _ran_for_hours(finding: Finding) -> bool:
    task = finding.task
    began, ended = task.started_at, task.stopping_at or task.stopped_at
    if began is None or ended is None:
        return False
    return (ended - began).total_seconds() > _LONG_RUN


#: In this order the first that fits is said.
HEALTH_WORDINGS: Final = (
    Wording(
        _HEALTH,
        "the health check of Service Connect's proxy",
        "If it happens again, give the task more CPU and memory: the proxy needs its share.",
        summary="{who} was stopped because Service Connect's proxy, {names}, was unhealthy.",
        says="container health check",
        when=_blames_service_connect,
    ),
    Wording(
        _HEALTH,
        "a container health check, after hours",
        "Read the container's log before the stop: the check had passed before, so look for a "
        "hang, too much load, or something it depends on that does not answer.",
        summary="{who} was stopped because its container health check failed{because}.",
        says="container health check",
        when=_ran_for_hours,
    ),
    Wording(
        _HEALTH,
        "a container health check",
        "Run the health check's command in the container: its program, such as curl, may not be "
        "in the image. Then read the container's log before the stop, and compare timeout, "
        "retries and startPeriod with how long the container takes to start.",
        summary="{who} was stopped because its container health check failed{because}.",
        says="container health check",
    ),
    Wording(
        _HEALTH,
        "a load balancer's health check that got 404",
        "Correct the health check's path, or let the container answer there: it has no such path.",
        summary="{who} was stopped because the load balancer's health checks got {codes}{because}.",
        says=r"with these codes: \[[^\]]*\b404\b",
    ),
    Wording(
        _HEALTH,
        "a load balancer's health check that got another code",
        "Read the container's log for what went wrong at the health check's path. If the code is "
        "correct, add it to the health check's success codes.",
        summary="{who} was stopped because the load balancer's health checks got {codes}{because}.",
        says=r"with these codes: \[[^\]]*\d",
    ),
    Wording(
        _HEALTH,
        "a load balancer's health check that timed out",
        "Check that the container's security group lets the load balancer in, and that the "
        "container listens on the port. Then compare how fast it answers with the check's "
        "timeout, and how fast it starts with healthCheckGracePeriodSeconds.",
        summary="{who} was stopped because the load balancer's health checks timed out{because}.",
        says="reason Request timed out",
    ),
    Wording(
        _HEALTH,
        "a Classic Load Balancer's health check",
        "Read the container's log before the stop. Compare the load balancer's ping target, "
        "timeout and thresholds with how the container answers, and "
        "healthCheckGracePeriodSeconds with how long it takes to start.",
        summary="{who} was stopped because the load balancer's health checks failed{because}.",
        says=r"\(elb ",
    ),
    Wording(
        _HEALTH,
        "a load balancer's health check",
        "Read the container's log before the stop. Compare the target group's path, port, "
        "success codes and timeout with how the container answers, and "
        "healthCheckGracePeriodSeconds with how long it takes to start; check that its security "
        "group lets the load balancer in.",
        summary="{who} was stopped because the load balancer's health checks failed{because}.",
        says="ELB|load balancer|target.?group",
    ),
)
