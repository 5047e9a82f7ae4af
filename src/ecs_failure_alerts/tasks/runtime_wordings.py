"""The words for a task whose containers could not be created, or that says no reason."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .containers import find_awaited, waited_in_vain
from .findings import Finding
from .place_wordings import PLACE_WORDINGS
from .wording import Wording, any_of, both, says_something, undecided

_OTHER: Final = (Cause.FAILED_TO_START_OTHER,)


def _says_nothing(finding: Finding) -> bool:
    return not says_something(finding)


def _exited_without_a_word(finding: Finding) -> bool:
    codes = [c.exit_code for c in finding.culprits]
    return bool(codes) and None not in codes and _says_nothing(finding)


def _blames_a_dependency(finding: Finding) -> bool:
    waited = any(waited_in_vain(c) for _, c in finding.containers.counted)
    return waited and bool(finding.culprits) and not any(map(waited_in_vain, finding.culprits))


def _names_the_awaited(finding: Finding) -> bool:
    return any(find_awaited(c) for c in finding.culprits)


_ON_DEPENDENCIES: Final = (
    Wording(
        _OTHER,
        "another container waited for the one at fault",
        "Read the log of the container at fault: another one waited for it (dependsOn), and was "
        "never started.",
        summary="{who} could not start{because}; {waited} waited for it.",
        when=_blames_a_dependency,
    ),
    Wording(
        _OTHER,
        "the container that another one waited for was not ready in time",
        "Read the log of the container that was not ready in time, or raise its startTimeout.",
        summary="{who} could not start: {names} waited for {awaited}, which was not ready in time.",
        says="has timed out",
        when=_names_the_awaited,
    ),
    Wording(
        _OTHER,
        "a container waited in vain for another one",
        "Read the log of the container that was waited for (dependsOn): the reason names it after "
        '"dependency". If it was only slow, raise its startTimeout.',
        summary="{who} could not start: {names} waited in vain for another container.",
        says=any_of("ordering dependency", "dependency graph", "TaskDependencyError"),
    ),
)

_ON_COMMANDS: Final = (
    Wording(
        _OTHER,
        "a device is not on the host",
        "Compare linuxParameters.devices in the task definition with the host: the device that "
        "the reason names is not there.",
        summary="{who} could not start: a device{for_} is not on the host.",
        says=any_of("custom device", "gathering device information"),
    ),
    Wording(
        _OTHER,
        "a folder of the host is missing",
        "Make the folder on the host, or correct the volume's sourcePath in the task definition.",
        summary="{who} could not start: a folder{for_} is not on the host.",
        says=any_of("bind source path", "invalid mount config"),
    ),
    Wording(
        _OTHER,
        "the container's user is not in the image",
        "Set the user by number, such as 1000:1000, in the task definition or the image: the "
        "image has no such user, or no /etc/passwd.",
        summary="{who} could not start: the user{of} is not in the image.",
        says=any_of("/etc/passwd", "/etc/group", "unable to find user", "no users found"),
    ),
    Wording(
        _OTHER,
        "the program is not made for the platform",
        "Build the image for the task's platform (an arm64 image does not run on amd64); if the "
        "command is a script, check its first line (#!).",
        summary="{who} could not start: the command{of} is not made for the platform.",
        says="exec format error",
    ),
    Wording(
        _OTHER,
        "the working directory cannot be used",
        "Correct workingDirectory in the task definition, or WORKDIR in the image: there is no "
        "such folder, or the container's user may not enter it.",
        summary="{who} could not start: the working directory{of} cannot be used.",
        says="chdir to cwd",
    ),
    Wording(
        _OTHER,
        "the command may not be run",
        "Make the file executable in the image (chmod +x), for the user that the container runs "
        "as.",
        summary="{who} could not start: the command{of} may not be run.",
        says=both("exec: |container process|container init", "permission denied"),
    ),
    Wording(
        _OTHER,
        "the command is not in the image",
        "Check entryPoint and command in the task definition, and their overrides: the image has "
        "no such file. A command of several words must be a list.",
        summary="{who} could not start: the command{of} is not in the image.",
        says=any_of("executable file not found", 'exec: ".*no such file or directory'),
    ),
    Wording(
        _OTHER,
        "a port of the host is taken",
        "Free the port, or use dynamic host ports (hostPort 0): another task or process on the "
        "host has it.",
        summary="{who} could not start: a port{for_} is taken on the host.",
        says=any_of("ports? unavailable", "port is already allocated", "address already in use"),
    ),
    Wording(
        _OTHER,
        "the GPU cannot be used",
        "Check that the host is a GPU instance with an ECS GPU image, and that its driver works "
        "(nvidia-smi).",
        summary="{who} could not start: the host's GPU could not be used.",
        says="nvidia",
    ),
)

_ON_SILENCE: Final = (
    Wording(
        _OTHER,
        "no reason, and a container ended with 0 before another one had started",
        "Check whether the work was done before you run it again. If it was, mark the container "
        "that was too late as not essential, or let it start first (dependsOn).",
        summary="{who} stopped before all its containers had started; {ended_well} had ended "
        "with 0 by then.",
        when=undecided,
        for_service="Read the log of the container that ended with 0: a service's should keep "
        "running. If it only prepares another one, let that one wait for it (dependsOn), and mark "
        "it as not essential.",
    ),
    Wording(
        _OTHER,
        "no reason, and a container that ended with a code",
        "Read the log of the container at fault: ECS gives no reason.",
        summary="{who} could not start: {ended} before the task was up.",
        when=_exited_without_a_word,
    ),
    Wording(
        _OTHER,
        "no reason at all",
        "Look at the logs of the containers that ran, and at the last change to the task "
        "definition.",
        summary="{who} could not start, and ECS does not say why.",
        when=_says_nothing,
        for_service="Look at the service's events, at the logs of the containers that ran, and at "
        "the last change to the task definition.",
    ),
    Wording(
        _OTHER,
        "any other reason",
        "Read the reason, and compare with the last change to the task definition and to the "
        "image.",
        summary='{who} could not start{because}; ECS says "{quote}".',
        when=says_something,
    ),
)

#: In this order the first that fits is said.
RUNTIME_WORDINGS: Final = (
    *_ON_DEPENDENCIES,
    *_ON_COMMANDS,
    *PLACE_WORDINGS,
    *_ON_SILENCE,
)
