"""
The signs of the causes of a stopped task.

The first row that holds wins. Each row has the signs of a cause, the containers then at fault,
and the AWS page behind them. If no row holds, the exit codes decide between ``container_exit``
and ``clean_exit``.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

from ..causes import Cause

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_ERROR_CODES = _GUIDE + "stopped-task-error-codes.html"
_API_TASK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html"


#: The beginning of the scheduler's sentence about a deployment or scale-in. With the scheduler's
#: stop code, or none, the rest of such a text is not read, like a user's.
ROUTINE_SCALING: Final = "Scaling activity initiated by ("

#: The field of a sign in a container's reason.
REASONS: Final = "containers[].reason"

#: The containers at fault by a row: none; those whose reason shows the sign; those with a
#: reason or a failing code; those that are UNHEALTHY; those at fault by their exit codes.
Culprits: TypeAlias = Literal["none", "by_sign", "by_start", "by_health", "by_exit_code"]


@frozen(slots=False, eq=False, repr=False)
class Sign:
    """
    One sign of a cause in an event.

    Attributes:
        field: The field of ``detail`` to search, or the reason of any container.
        pattern: The regular expression to search for.
        absent: A field of ``detail`` that must be missing for the sign to count.
    """

    field: Literal["lastStatus", "stopCode", "stoppedReason", "containers[].reason"]
    pattern: str
    absent: Literal["stopCode", "startedAt"] | None = None


@frozen(slots=False, eq=False, repr=False)
class CauseRow:
    """
    One way to recognise a cause.

    Attributes:
        cause: The cause.
        culprits: The containers then at fault.
        page: The AWS page.
        signs: The signs; any of them is enough.
        name: If given, stoppedReason or a container's reason must match it as well.
    """

    cause: Cause
    culprits: Culprits
    page: str
    signs: tuple[Sign, ...]
    name: str | None = None


def _phrase(*alternatives: str) -> str:
    return "(?is:" + "|".join(alternatives) + ")"


def _phrase_unless(unless: str, *alternatives: str) -> str:
    return rf"(?is:\A(?!.*(?:{unless})).*?(?:" + "|".join(alternatives) + "))"


def _is(value: str) -> str:
    return rf"\A{value}\Z"


#: The scheduler's own sentence, anywhere in a text.
SCALING: Final = _phrase("Scaling activity initiated by")

#: A text without information.
BARE_SENTENCE: Final = (
    r"(?is:\W*(?:Task ?failed ?to ?start|Essential container in task exited)?\W*)"
)

#: With the scheduler's own code and sentence: a pull that the stop itself cut short.
CUT_SHORT: Final = _phrase("CannotPull.*context canceled")

_OUT_OF_MEMORY: Final = _phrase("OutOfMemory", "OOM[- ]?killed")
_FAILED_TO_START: Final = _phrase("Task failed to start")

#: The wordings about a secret, log driver, volume or environment file.
_SET_UP_WORDS: Final = (
    "logging driver",
    "log driver",
    "validate logger args",
    "error mounting",
    "mounting volume",
    r"VolumeDriver\.",
    "VolumeError",
    "EBS volume",
    "Infrastructure Role",
    "invoke EFS utils",
    "download env file",
    "retrieve secret",
    "Fetching secret data",
    "secrets or registry auth",
    "gMSA",
)
#: The wordings of the container runtime when it cannot create a container.
_RUNTIME_WORDS: Final = (
    "failed to create new container runtime task",
    "unable to create new container",
)
#: The wordings of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
#: and of the agent. Several may also come after the start, so they count only without startedAt.
_START_TEXTS: Final = _phrase_unless(
    "CannotStop",  # noise of a planned stop
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
    "failed to configure ENI",
    *_SET_UP_WORDS,
    # network, storage, capacity
    "Timeout waiting for network interface",
    "Network interface provision complete error",
    "Rate limit exceeded while preparing network interface",
    "Timeout waiting for EphemeralStorage",
    "Unexpected EC2 error while attempting to",
    "Unable to attach network interface",
    "ContainerNetworkingError",
    "is not compatible with the selected compute strategy",
    "RESOURCE:[A-Z]",
    "TaskFailedToStart",
    "InternalError",
    r"\AAGENT\Z",
    # the container could not be made or started
    "CannotStart",
    "CannotCreate",
    "CgroupError",
    "Agent could not create task's",
    "DockerStateError",
    "TaskDependencyError",
    "HostConfigError",
    "ContainerRuntimeError",
    *_RUNTIME_WORDS,
    r"(?:Docker|ContainerRuntime)TimeoutError(?!.*transition to stopped)",
    "Could not transition to (?!stopped|inspecting)",
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
        Cause.FAILED_TO_START_OTHER,
        "by_start",
        _ERROR_CODES,
        _START_FAILURE,
        _phrase_unless("|".join(_SET_UP_WORDS), *_RUNTIME_WORDS),
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
        Cause.FAILED_TO_START_RESOURCE_INIT,
        "by_start",
        _GUIDE + "resource-initialization-error.html",
        _START_FAILURE,
        _phrase(*_SET_UP_WORDS),
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
            Sign("stopCode", _is("(?:TerminationNotice|InfrastructureHealth)")),
            Sign(
                "stoppedReason",
                _phrase(
                    r"Host EC2 .*(?:terminated|stopped)",
                    "performing maintenance",
                    "Container instance deregistration",
                    "during instance draining",
                ),
            ),
        ),
    ),
    CauseRow(
        Cause.HEALTH_CHECK,
        "by_health",
        _ERROR_CODES,
        (Sign("stoppedReason", _phrase("health checks")),),
    ),
    CauseRow(
        Cause.SCHEDULER_STOPPED,
        "none",
        _API_TASK,
        (
            Sign("stopCode", _is("ServiceSchedulerInitiated")),
            Sign("stoppedReason", SCALING),
        ),
    ),
    # A planned stop can come before the pull, so this row follows all rows about stops.
    CauseRow(
        Cause.FAILED_TO_START_OTHER,
        "by_start",
        _ERROR_CODES,
        (
            Sign("stoppedReason", _phrase("TaskStoppedBeforePullBegin"), absent="startedAt"),
            Sign(REASONS, _phrase("TaskStoppedBeforePullBegin"), absent="startedAt"),
        ),
    ),
)
