"""What to say of a task that found no place to run, or whose containers could not be made."""

from __future__ import annotations

import re
from typing import Final

from ..causes import Cause
from .containers import has_made_up_code
from .findings import Finding
from .signs import BARE_SENTENCE
from .wording import Wording, any_of, both, undecided

_OTHER: Final = (Cause.FAILED_TO_START_OTHER,)


def _says_nothing(finding: Finding) -> bool:
    return all(re.fullmatch(BARE_SENTENCE, line) for line in finding.text.split("\n"))


def _exited_without_a_word(finding: Finding) -> bool:
    return bool(finding.culprits) and _says_nothing(finding)


def _blames_a_dependency(finding: Finding) -> bool:
    waited = any(has_made_up_code(c) for _, c in finding.containers.counted)
    return waited and not any(map(has_made_up_code, finding.culprits))


_ON_DEPENDENCIES: Final = (
    Wording(
        _OTHER,
        "another container waited for the one at fault",
        "Read the log of the container at fault: another container waited for it (dependsOn).",
        when=_blames_a_dependency,
    ),
    Wording(
        _OTHER,
        "a container waited in vain for another one",
        "Read the log of the container that the reason names in brackets: this one waited for it "
        "(dependsOn) in vain. If that one was only slow, raise its startTimeout.",
        says=any_of("ordering dependency", "dependency graph", "TaskDependencyError"),
    ),
)

_ON_COMMANDS: Final = (
    Wording(
        _OTHER,
        "a device is not on the host",
        "Compare linuxParameters.devices in the task definition with the host: the device that "
        "the reason names is not there, or has another number.",
        says=any_of("custom device", "gathering device information"),
    ),
    Wording(
        _OTHER,
        "the container's user is not in the image",
        "Give the container's user by number (1000:1000) in the task definition or the image: the "
        "image has no such user, or no /etc/passwd.",
        says=any_of("/etc/passwd", "/etc/group", "unable to find user"),
    ),
    Wording(
        _OTHER,
        "the program is not made for the platform",
        "Build the image for the task's platform (an arm64 image does not run on amd64); if it is "
        "a script, check its first line (#!).",
        says="exec format error",
    ),
    Wording(
        _OTHER,
        "the command may not be run",
        "Make the file executable in the image (chmod +x), for the user that the container runs "
        "as.",
        says=both("exec: |starting container process|start container process", "permission denied"),
    ),
    Wording(
        _OTHER,
        "the command is not in the image",
        "Check entryPoint and command in the task definition, and overrides of them: the image "
        "has no such file. A command of several words has to be a list.",
        says=any_of("executable file not found", 'exec: ".*no such file or directory'),
    ),
    Wording(
        _OTHER,
        "a port of the host is taken",
        "Free the port, or use dynamic host ports (hostPort 0): another task or process on the "
        "host has it.",
        says=any_of("ports? unavailable", "port is already allocated", "address already in use"),
    ),
    Wording(
        _OTHER,
        "the GPU cannot be used",
        "Check that the host is a GPU instance with an ECS GPU image, and that its driver works "
        "(nvidia-smi).",
        says="nvidia",
    ),
)

_ON_NETWORKS: Final = (
    Wording(
        _OTHER,
        "the subnet has no free address",
        "Add a subnet with free IP addresses to the service or to the call of RunTask, or free "
        "some: the subnet is full.",
        says="InsufficientFreeAddresses",
    ),
    Wording(
        _OTHER,
        "the instance has no room for another network interface",
        "Use a larger instance type, or turn ENI trunking on (awsvpcTrunking): the instance "
        "cannot take another network interface.",
        says=any_of("unused device index", "RESOURCE:ENI"),
    ),
    Wording(
        _OTHER,
        "the network interface was not ready in time",
        "Run the task again unless a scheduler does: this passes mostly. If it comes again, check "
        "the subnet, its quota of network interfaces, and AWS Health.",
        says=any_of(
            "Timeout waiting for network interface",
            "interface provision complete error",
            "Rate limit exceeded while preparing",
        ),
    ),
    Wording(
        _OTHER,
        "EC2 refused the network interface",
        "Read the reason for EC2's error code. Check the service-linked role AWSServiceRoleForECS, "
        "tag policies, the subnet and the security groups.",
        says="Unexpected EC2 error",
    ),
    Wording(
        _OTHER,
        "the agent could not set up the network",
        "Read the reason, then check the host's network: the ECS agent could not connect the "
        "container to it.",
        says="ContainerNetworkingError",
    ),
)

_ON_PLACES: Final = (
    Wording(
        _OTHER,
        "no instance has enough of a resource",
        "Free or add what the reason names after RESOURCE (CPU, MEMORY, GPU, PORTS), or ask for "
        "less in the task definition: no container instance has enough of it.",
        says="RESOURCE:[A-Z]",
    ),
    Wording(
        _OTHER,
        "AWS has no capacity",
        "Run the task again later, or permit more Availability Zones or another capacity "
        "provider: AWS has no capacity there now.",
        says="Capacity is unavailable",
    ),
    Wording(
        _OTHER,
        "no instance meets the constraints",
        "Compare the task's placement constraints, platform and launch type with the container "
        "instances that are there: none fits.",
        says=any_of("placement constraint", "ATTRIBUTE", "compatible with the selected compute"),
    ),
    Wording(
        _OTHER,
        "the agent of the host was not connected",
        "Check the ECS agent on the host: it was not connected. Restart it, or replace the "
        "container instance.",
        says=r"(?:\A|\n)AGENT(?:\n|\Z)",
    ),
    Wording(
        _OTHER,
        "the host could not make the task's resources",
        "Compare the task's CPU and memory with what the host has, and read the agent's log on "
        "the host (/var/log/ecs/ecs-agent.log).",
        says=any_of("CgroupError", "platform resources"),
    ),
    Wording(
        _OTHER,
        "storage, or the container runtime, was too slow",
        "Run the task again unless a scheduler does. If it comes again, look at the load of the "
        "host's CPU and disk, and at AWS Health.",
        says=any_of("TimeoutError", "Could not transition", "EphemeralStorage", "InternalError"),
    ),
)

_ON_SILENCE: Final = (
    Wording(
        _OTHER,
        "no reason, and a container ended with 0 before another one had started",
        "Check whether the work was done before you run it again. If it was, mark the container "
        "that came too late as not essential, or let it start first (dependsOn).",
        summary="{who} stopped before all its containers had started; {ended_well} had ended "
        "with 0 by then.",
        when=undecided,
    ),
    Wording(
        _OTHER,
        "no reason, and a container that ended with a code",
        "Read the log of the container at fault: it ended before the task was up, and ECS gives "
        "no reason.",
        when=_exited_without_a_word,
    ),
    Wording(
        _OTHER,
        "no reason at all",
        "Look at the service's events, at the logs of the containers that ran, and at the last "
        "change to the task definition: the event has no reason to go by.",
        summary="{who} could not start, and ECS does not say why.",
        when=_says_nothing,
    ),
)

#: In this order the first that fits is said.
RUNTIME_WORDINGS: Final = (
    *_ON_DEPENDENCIES,
    *_ON_COMMANDS,
    *_ON_NETWORKS,
    *_ON_PLACES,
    *_ON_SILENCE,
)
