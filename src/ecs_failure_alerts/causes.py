"""
Why a task stopped: the causes, and the table by which they are told apart.

The rows stand in the order in which they win. Each says by which signs a cause is known
and which containers are then at fault, and cites the AWS page that it rests on. What no row
takes is judged by its exit codes: ``container_exit`` or ``clean_exit``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, TypeAlias

from attrs import frozen

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_ERROR_CODES = _GUIDE + "stopped-task-error-codes.html"
_API_TASK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html"


class Cause(StrEnum):
    """Why a task stopped."""

    NOT_STOPPED = "not_stopped"
    OUT_OF_MEMORY = "out_of_memory"
    USER_STOPPED = "user_stopped"
    FAILED_TO_START_RESOURCE_INIT = "failed_to_start.resource_init"
    FAILED_TO_START_IMAGE_PULL = "failed_to_start.image_pull"
    FAILED_TO_START_OTHER = "failed_to_start.other"
    SPOT_INTERRUPTION = "spot_interruption"
    HOST_TERMINATED = "host_terminated"
    HEALTH_CHECK = "health_check"
    SCHEDULER_STOPPED = "scheduler_stopped"
    CONTAINER_EXIT = "container_exit"
    CLEAN_EXIT = "clean_exit"


#: How the scheduler's sentence about a deployment or scale-in begins. Under its own stop code,
#: or none, a text that begins so is read no further, like a user's.
ROUTINE_SCALING: Final = "Scaling activity initiated by ("

#: Where a sign is a container's.
REASONS: Final = "containers[].reason"

#: Which containers a row finds at fault: none; those whose reason says so; those with a
#: reason or a failing code; those whose exit code tells.
Culprits: TypeAlias = Literal["none", "by_sign", "by_start", "by_exit_code"]


@frozen(eq=False, repr=False)
class Sign:
    """
    One thing in an event by which a cause is known.

    Attributes:
        field: Where to look: a field of ``detail``, or the reason of any container.
        pattern: The regular expression to search there.
        absent: A field of ``detail`` that must be missing for the sign to count.
    """

    field: Literal["lastStatus", "stopCode", "stoppedReason", "containers[].reason"]
    pattern: str
    absent: Literal["stopCode", "startedAt"] | None = None


@frozen(eq=False, repr=False)
class CauseRow:
    """
    One way to know a cause.

    Attributes:
        cause: The cause.
        culprits: Which containers are then at fault.
        page: The AWS page.
        signs: Any of them is enough.
        name: If given, it must be found as well, in stoppedReason or in a container's reason.
    """

    cause: Cause
    culprits: Culprits
    page: str
    signs: tuple[Sign, ...]
    name: str | None = None


def _phrase(*alternatives: str) -> str:
    return "(?is:" + "|".join(alternatives) + ")"


def _phrase_unless(unless: str, *alternatives: str) -> str:
    return rf"(?is:\A(?!.*{unless}).*?(?:" + "|".join(alternatives) + "))"


def _is(value: str) -> str:
    return rf"\A{value}\Z"


_OUT_OF_MEMORY: Final = _phrase("OutOfMemory")
_FAILED_TO_START: Final = _phrase("Task failed to start")
#: The wordings of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
#: and of the agent. Several may also come after the start, so they count only without startedAt.
_START_TEXTS: Final = _phrase_unless(
    "CannotStop",  # the noise of a planned stop
    # image pull
    "CannotPull",
    "has been retried [0-9]+ time",
    "pull access denied",
    "manifest unknown",
    "toomanyrequests",
    "no space left on device",
    r"API error \(500\)",
    # resource initialization
    "ResourceInitialization",
    "ResourceNotFoundException",
    "Fetching secret data",
    "unable to pull secrets or registry auth",
    "failed to validate logger args",
    "failed to initialize logging driver",
    "failed to invoke EFS utils",
    "failed to configure ENI",
    # network, storage, capacity
    "Timeout waiting for network interface",
    "Network interface provision complete error",
    "Rate limit exceeded while preparing network interface",
    "Timeout waiting for EphemeralStorage",
    "Unexpected EC2 error while attempting to",
    "Unable to attach network interface",
    "is not compatible with the selected compute strategy",
    "RESOURCE:[A-Z]",
    "TaskFailedToStart",
    "InternalError",
    r"\AAGENT\Z",
    # the container could not be made or started
    "CannotStart",
    "CannotCreate",
    "TaskDependencyError",
    "HostConfigError",
    "ContainerRuntimeError",
    r"(Docker|ContainerRuntime)TimeoutError(?!.*transition to stopped)",
    "Could not transition to (?!stopped)",
)
_START_FAILURE: Final = (
    Sign("stopCode", _is("TaskFailedToStart")),
    Sign("stoppedReason", _FAILED_TO_START),
    Sign("stoppedReason", _START_TEXTS, absent="startedAt"),
    Sign(REASONS, _START_TEXTS, absent="startedAt"),
)

CAUSE_TABLE: Final = (
    CauseRow(
        Cause.NOT_STOPPED,
        "none",
        _GUIDE + "task-lifecycle-explanation.html",
        (Sign("lastStatus", r"\A(?!STOPPED\Z)"),),
    ),
    CauseRow(
        Cause.OUT_OF_MEMORY,
        "by_sign",
        _ERROR_CODES,
        (Sign(REASONS, _OUT_OF_MEMORY),),
    ),
    CauseRow(
        Cause.USER_STOPPED,
        "none",
        _API_TASK,
        (
            Sign("stopCode", _is("UserInitiated")),
            Sign("stoppedReason", _phrase("Task stopped by user"), absent="stopCode"),
        ),
    ),
    CauseRow(
        Cause.OUT_OF_MEMORY,
        "by_exit_code",
        _ERROR_CODES,
        (Sign("stoppedReason", _OUT_OF_MEMORY),),
    ),
    CauseRow(
        Cause.FAILED_TO_START_RESOURCE_INIT,
        "by_start",
        _GUIDE + "resource-initialization-error.html",
        _START_FAILURE,
        _phrase("ResourceInitialization"),
    ),
    CauseRow(
        Cause.FAILED_TO_START_IMAGE_PULL,
        "by_start",
        _GUIDE + "task_cannot_pull_image.html",
        _START_FAILURE,
        _phrase("CannotPull"),
    ),
    CauseRow(
        Cause.FAILED_TO_START_OTHER,
        "by_start",
        _ERROR_CODES,
        _START_FAILURE,
        _phrase("CannotStart", "CannotCreate"),
    ),
    CauseRow(
        Cause.FAILED_TO_START_RESOURCE_INIT,
        "by_start",
        _GUIDE + "resource-initialization-error.html",
        _START_FAILURE,
        _phrase("Fetching secret data"),
    ),
    CauseRow(
        Cause.FAILED_TO_START_OTHER,
        "by_start",
        _ERROR_CODES,
        _START_FAILURE,
    ),
    CauseRow(
        Cause.SPOT_INTERRUPTION,
        "none",
        _GUIDE + "fargate-capacity-providers.html",
        (
            Sign("stopCode", _is("SpotInterruption")),
            Sign("stoppedReason", _phrase("Spot Task was interrupted")),
        ),
    ),
    CauseRow(
        Cause.HOST_TERMINATED,
        "none",
        _ERROR_CODES,
        (
            Sign("stopCode", _is("TerminationNotice")),
            Sign(
                "stoppedReason",
                _phrase(
                    r"Host EC2 .*(terminated|stopped)",
                    "performing maintenance",
                    "Container instance deregistration",
                ),
            ),
        ),
    ),
    CauseRow(
        Cause.HEALTH_CHECK,
        "none",
        _ERROR_CODES,
        (Sign("stoppedReason", _phrase("health checks")),),
    ),
    CauseRow(
        Cause.SCHEDULER_STOPPED,
        "none",
        _API_TASK,
        (
            Sign("stopCode", _is("ServiceSchedulerInitiated")),
            Sign("stoppedReason", _phrase("Scaling activity initiated by")),
        ),
    ),
)


@frozen(eq=False, repr=False)
class CauseText:
    """
    What a cause is called, and what to do about it.

    Attributes:
        title: A word that a person scans for.
        summary: One sentence; ``{who}`` stands for the workload, ``{which}`` for the
            containers at fault with their exit codes.
        hint: What to do next.
    """

    title: str
    summary: str
    hint: str


CAUSE_TEXTS: Final = {
    Cause.NOT_STOPPED: CauseText(
        "NotStopped",
        "{who} has not stopped yet.",
        "Wait for the task's STOPPED event.",
    ),
    Cause.OUT_OF_MEMORY: CauseText(
        "OutOfMemory",
        "{who} ran out of memory: {which}.",
        "Raise the memory limit of the container (or of the task on Fargate), or look for a leak "
        "in the memory graph of the last runs.",
    ),
    Cause.USER_STOPPED: CauseText(
        "UserStopped",
        "{who} was stopped by a call of StopTask.",
        "Nothing, if the stop was meant; CloudTrail's StopTask event says who asked for it.",
    ),
    Cause.FAILED_TO_START_RESOURCE_INIT: CauseText(
        "ResourceInitialization",
        "{who} could not start: ECS could not set up a secret, log driver, volume or network.",
        "Read the reason: it names the resource. Check that it exists, that the execution role "
        "may read it, and that the subnet reaches its endpoint.",
    ),
    Cause.FAILED_TO_START_IMAGE_PULL: CauseText(
        "CannotPullImage",
        "{who} could not start: its image could not be pulled.",
        "Check that image and tag exist, that the execution role may pull, that the subnet "
        "reaches the registry, and the registry's rate limit.",
    ),
    Cause.FAILED_TO_START_OTHER: CauseText(
        "FailedToStart",
        "{who} could not start.",
        "Read the reason: capacity, network interface, or a container that could not be made. "
        "Where there is none, read the log of the container that exited. Compare with the task "
        "definition's last change.",
    ),
    Cause.SPOT_INTERRUPTION: CauseText(
        "SpotInterruption",
        "{who} was cut short: AWS took the Spot capacity back.",
        "If the task belongs to a service, ECS replaces it. If it was a job, run it again unless a "
        "scheduler does; move it off Spot if it must not be cut short.",
    ),
    Cause.HOST_TERMINATED: CauseText(
        "HostTerminated",
        "{who} was cut short: its host went away or was taken for maintenance.",
        "If the task belongs to a service, ECS replaces it. If it was a job, run it again unless a "
        "scheduler does. Find out what ended the instance.",
    ),
    Cause.HEALTH_CHECK: CauseText(
        "HealthCheckFailed",
        "{who} was stopped because its health checks failed.",
        "Read the container's log before the stop; compare the check's path, port, timeout and "
        "grace period with how long the container takes to come up.",
    ),
    Cause.SCHEDULER_STOPPED: CauseText(
        "SchedulerStopped",
        "{who} was stopped by the service scheduler: a deployment, scale-in or drain.",
        "Nothing: this is routine.",
    ),
    Cause.CONTAINER_EXIT: CauseText(
        "ContainerExit",
        "{who} failed: {which}.",
        "Read the reason, where there is one, else the container's last log lines before the stop.",
    ),
    Cause.CLEAN_EXIT: CauseText(
        "CleanExit",
        "{who} ended by itself, and every exit code that counts is 0.",
        "For a service this is an unasked end: find out why the process returns. "
        "For a job it is success.",
    ),
}

#: The hint of a container_exit with code 137 and without a reason. ECS says OutOfMemory of a
#: container's own process; not always of a child process, or where the task's limit was reached.
UNEXPLAINED_KILL_HINT: Final = (
    "Compare the memory graph of the run with the memory limits of the container and of the task: "
    "ECS may give no reason when a child process reaches one. If memory stayed well below both, "
    "read the container's last log lines before the stop."
)
