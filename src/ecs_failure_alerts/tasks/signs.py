"""
The signs by which the causes of a stopped task are known.

The rows stand in the order in which they win. Each says by which signs a cause is known
and which containers are then at fault, and cites the AWS page that it rests on. What no row
takes is judged by its exit codes: ``container_exit`` or ``clean_exit``.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

from ..causes import Cause

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_ERROR_CODES = _GUIDE + "stopped-task-error-codes.html"
_API_TASK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html"


#: How the scheduler's sentence about a deployment or scale-in begins. Under its own stop code,
#: or none, a text that begins so is read no further, like a user's.
ROUTINE_SCALING: Final = "Scaling activity initiated by ("

#: Where a sign is a container's.
REASONS: Final = "containers[].reason"

#: Which containers a row finds at fault: none; those whose reason says so; those with a
#: reason or a failing code; those that are UNHEALTHY; those whose exit code tells.
Culprits: TypeAlias = Literal["none", "by_sign", "by_start", "by_health", "by_exit_code"]


@frozen(slots=False, eq=False, repr=False)
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


@frozen(slots=False, eq=False, repr=False)
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
    return rf"(?is:\A(?!.*(?:{unless})).*?(?:" + "|".join(alternatives) + "))"


def _is(value: str) -> str:
    return rf"\A{value}\Z"


#: The scheduler's own sentence, wherever it stands.
SCALING: Final = _phrase("Scaling activity initiated by")

#: Says nothing: as good as no text.
BARE_SENTENCE: Final = (
    r"(?is:\W*(?:Task ?failed ?to ?start|Essential container in task exited)?\W*)"
)

#: Under the scheduler's own code and sentence: a pull that the stop itself cut short.
CUT_SHORT: Final = _phrase("CannotPull.*context canceled")

_OUT_OF_MEMORY: Final = _phrase("OutOfMemory", "OOM[- ]?killed")
_FAILED_TO_START: Final = _phrase("Task failed to start")

#: What a text about a secret, log driver, volume or environment file says.
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
#: What the container runtime says when it cannot make a container.
_RUNTIME_WORDS: Final = (
    "failed to create new container runtime task",
    "unable to create new container",
)
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
    # A planned stop can come before the pull has begun, so this is asked after all of those.
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
