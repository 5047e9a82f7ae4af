"""The words for a task that found no place to run, or no network there."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .wording import Wording, any_of, on_fargate

_OTHER: Final = (Cause.FAILED_TO_START_OTHER,)

_ON_NETWORKS: Final = (
    Wording(
        _OTHER,
        "the subnet has no free address",
        "Free some IP addresses, or give the service or the RunTask call another subnet that has "
        "some.",
        summary="{who} could not start: its subnet has no free IP address.",
        says="InsufficientFreeAddresses",
    ),
    Wording(
        _OTHER,
        "the instance has no room for another network interface",
        "Use a larger instance type, or turn on ENI trunking (awsvpcTrunking).",
        summary="{who} could not start: its instance can take no more network interfaces.",
        says=any_of("unused device index", "RESOURCE:ENI"),
    ),
    Wording(
        _OTHER,
        "the network interface was not ready in time",
        "{rerun} If it happens again, check AWS Health and the account's quota of network "
        "interfaces.",
        summary="{who} could not start: its network interface was not ready in time.",
        says=any_of(
            "Timeout waiting for network interface",
            "interface provision complete error",
            "Rate limit exceeded while preparing",
        ),
    ),
    Wording(
        _OTHER,
        "EC2 refused the network interface",
        "Look up the EC2 error at the end of the reason; check the service-linked role "
        "AWSServiceRoleForECS, tag policies, the subnet and the security groups.",
        summary="{who} could not start: EC2 refused its network interface.",
        says="Unexpected EC2 error",
    ),
    Wording(
        _OTHER,
        "the agent could not set up the network",
        "Check the network of the host and the ECS agent's log there.",
        summary="{who} could not start: the ECS agent could not set up its network.",
        says="ContainerNetworkingError",
    ),
)

#: What no container instance has, by AWS's code, and what to do.
_RESOURCES: Final = (
    (
        "CPU",
        "enough CPU left",
        "Add instances or larger ones, or ask for less CPU in the task definition.",
    ),
    (
        "MEMORY",
        "enough memory left",
        "Add instances or larger ones, or ask for less memory in the task definition.",
    ),
    (
        "PORTS",
        "the port free that the task needs",
        "Use a dynamic host port (0) or awsvpc, or add instances.",
    ),
    ("GPU", "a GPU left", "Add instances with a free GPU."),
)

_ON_PLACES: Final = (
    Wording(
        _OTHER,
        "the account's limit is reached",
        "Ask AWS for a higher limit in Service Quotas, or stop what is not needed.",
        summary="{who} could not start: a limit of the account is reached.",
        says="limit on the number of",
    ),
    *(
        Wording(
            _OTHER,
            f"no instance has {what}",
            hint,
            summary=f"{{who}} could not start: no container instance has {what}.",
            says=rf"RESOURCE:{code}\b",
        )
        for code, what, hint in _RESOURCES
    ),
    Wording(
        _OTHER,
        "another resource is short",
        "Free or add what the reason names after RESOURCE, or ask for less in the task definition.",
        summary="{who} could not start: there is not enough of a resource.",
        says="RESOURCE:[A-Z]",
    ),
    Wording(
        _OTHER,
        "AWS has no capacity",
        "{rerun} If it happens again, allow more Availability Zones or another capacity provider.",
        summary="{who} could not start: AWS has no capacity there now.",
        says="Capacity is unavailable",
    ),
    Wording(
        _OTHER,
        "no instance meets the constraints",
        "Compare the task's placement constraints and attributes with the container instances.",
        summary="{who} could not start: no container instance meets its constraints.",
        says=any_of("placement constraint", "ATTRIBUTE"),
    ),
    Wording(
        _OTHER,
        "task definition and launch type do not fit",
        "Compare requiresCompatibilities, runtimePlatform, network mode, CPU and memory of the "
        "task definition with the launch type or capacity provider.",
        summary="{who} could not start: its task definition does not fit its launch type.",
        says="compatible with the selected compute",
    ),
    Wording(
        _OTHER,
        "the agent of the host was not connected",
        "Restart the ECS agent on the host, or replace the container instance.",
        summary="{who} could not start: the ECS agent of its host was not connected.",
        says=r"(?:\A|\n)AGENT(?:\n|\Z)",
    ),
    Wording(
        _OTHER,
        "the agent could not make the task's resources",
        "Read the agent's log on the host (/var/log/ecs/ecs-agent.log), and compare the task's "
        "CPU and memory with what the host has.",
        summary="{who} could not start: the ECS agent could not set the task up on its host.",
        says=any_of("CgroupError", "platform resources"),
    ),
    Wording(
        _OTHER,
        "Fargate's disk was not ready in time",
        "{rerun} If it happens again, look at AWS Health and ask AWS Support.",
        summary="{who} could not start: its disk was not ready in time.",
        says="EphemeralStorage",
    ),
    Wording(
        _OTHER,
        "AWS failed",
        "{rerun} If it happens again, look at AWS Health and ask AWS Support.",
        summary="{who} could not start: AWS had an internal error{because}.",
        says="InternalError",
    ),
    Wording(
        _OTHER,
        "the container runtime was too slow, on Fargate",
        "{rerun} If it happens again, look at AWS Health and ask AWS Support.",
        summary="{who} could not start in time{because}.",
        says=any_of("TimeoutError", "Could not transition"),
        when=on_fargate,
    ),
    Wording(
        _OTHER,
        "the container runtime was too slow",
        "{rerun} Check the host's CPU and disk load.",
        summary="{who} could not start in time{because}.",
        says=any_of("TimeoutError", "Could not transition"),
    ),
)

#: In this order the first that fits is said.
PLACE_WORDINGS: Final = (*_ON_NETWORKS, *_ON_PLACES)
