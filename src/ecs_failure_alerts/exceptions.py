"""Every error of this library: one base, one class per situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from ._texts import clean, echo
from ._values import Value

#: Problems in the text of an error at most.
_MOST_PROBLEMS: Final = 20

#: Characters at most of an error's text, and of what stands in it.
_TEXT_CHARACTERS: Final = 20_000
_NAME_CHARACTERS: Final = 200
_RESOURCE_CHARACTERS: Final = 300
_CODE_CHARACTERS: Final = 64

#: The error codes with which AWS's services refuse too many requests.
THROTTLED: Final = frozenset(
    {
        *("KMSThrottling", "RequestLimitExceeded", "Throttled", "Throttling"),
        *("ThrottlingException", "TooManyRequestsException"),
    }
)


class EcsFailureAlertsError(Exception):
    """
    The base of this library's own errors. A wrong argument raises ValueError or TypeError.

    The text is one line without control characters, because logs and Lambda's answers show it.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(clean(message, _TEXT_CHARACTERS))

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[EcsFailureAlertsError], args: tuple[object, ...], fields: dict[str, object]
) -> EcsFailureAlertsError:
    """Build an error from its pickle or for its copy."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


@frozen(slots=False, eq=False, repr=False)
class Problem(Value):
    """
    One fault of an input, and where it is.

    Attributes:
        path: The place in AWS spelling, such as ``detail.containers[0].exitCode``;
            empty for the input as a whole.
        message: What was expected and what was found.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def _listed(problems: Sequence[Problem]) -> str:
    """Return the first problems as one text, and the number of the others."""
    texts = list(map(str, problems[:_MOST_PROBLEMS]))
    if len(problems) > _MOST_PROBLEMS:
        texts.append(f"and {len(problems) - _MOST_PROBLEMS} more")
    return "; ".join(texts)


class EventError(EcsFailureAlertsError):
    """
    An input that is not a readable event.

    Attributes:
        problems: Every fault, not only the first; the text has the first 20.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_listed(self.problems))


class UnsupportedEvent(EventError):
    """
    An event of a source or type that the library does not know.

    Attributes:
        source: Its source, such as ``aws.batch``.
        detail_type: Its detail-type.
    """

    def __init__(self, source: str, detail_type: str) -> None:
        self.source = source
        self.detail_type = detail_type

        super().__init__(
            [
                Problem(
                    "detail-type",
                    'expected a type that is known, such as "ECS Task State Change" from '
                    f'"aws.ecs", got {echo(detail_type)} from {echo(source)}',
                )
            ]
        )


class InvalidPattern(EcsFailureAlertsError):
    """
    A pattern that EventBridge would refuse.

    Attributes:
        path: The place in the pattern, such as ``detail.containers.exitCode[0]``;
            empty for the pattern as a whole.
        message: What is wrong with it.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


class SettingsError(EcsFailureAlertsError):
    """
    A setting that is missing or has a wrong value.

    Attributes:
        variable: The environment variable at fault.
        message: What was expected and what was found.
    """

    def __init__(self, variable: str, message: str) -> None:
        self.variable = variable
        self.message = message
        super().__init__(f"{variable}: {message}")


class AwsError(EcsFailureAlertsError):
    """
    A request that AWS refused, or that did not reach AWS.

    The text has the action, the resource and AWS's error code. It leaves out AWS's own text,
    because that may name users and roles.

    Attributes:
        action: What was refused, such as ``ecs:DescribeTaskDefinition``.
        resource: The name or ARN of the resource.
        code: AWS's error code, such as ``AccessDeniedException``; the name of botocore's error
            if there was no answer.
        status: The HTTP status; None if there was no answer.
    """

    def __init__(self, action: str, resource: str, code: str, status: int | None = None) -> None:
        self.status = status
        self.action = action
        self.resource: str = clean(resource, _RESOURCE_CHARACTERS)
        self.code: str = clean(code, _CODE_CHARACTERS)
        super().__init__(f"{action} on {self.resource} failed with {self.code}")

    @property
    def asks_to_wait(self) -> bool:
        """Whether AWS had too many requests."""
        return self.code in THROTTLED

    def advise(self, advice: Mapping[str, str]) -> str:
        """Return the text, with what to do about the code after it, if *advice* has that."""
        todo = advice.get(self.code)
        return f"{self}: {todo}" if todo else str(self)


class ConfigError(SettingsError):
    """
    A configuration document that is wrong.

    Attributes:
        variable: The variable that holds or names the document, or the name of its file.
        problems: Every fault, with its path, such as ``rules[2].until``; the text has the first
            20.
        warnings: What works, but may not be meant; the text leaves it out.
    """

    def __init__(
        self, variable: str, problems: Iterable[Problem], warnings: Iterable[Problem] = ()
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.warnings: tuple[Problem, ...] = tuple(warnings)
        super().__init__(variable, _listed(self.problems))


class DeliveryError(EcsFailureAlertsError):
    """
    An alert that a backend did not confirm.

    `handle()` raises `DeliveryFailed` instead, whose report holds these errors.

    Attributes:
        retryable: Whether the same call may succeed later.
        retry_after: Seconds that the backend asked to wait, or None.
        maybe_delivered: Whether the backend may have taken the alert, because it was sent and the
            answer was lost.
        status: The HTTP status, or None if there was no answer.
        notifier: The notifier's name, once an alerter has seen the error.
    """

    notifier: str | None = None

    def __init__(
        self,
        message: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        maybe_delivered: bool = False,
        status: int | None = None,
    ) -> None:
        self.retryable = retryable
        self.retry_after = retry_after
        self.maybe_delivered = maybe_delivered
        self.status = status
        super().__init__(message)

    @property
    def asks_to_wait(self) -> bool:
        """Whether the backend wants no more requests for now."""
        return self.status == 429 or self.retry_after is not None

    def __str__(self) -> str:
        message = super().__str__()
        return f"{clean(self.notifier, _NAME_CHARACTERS)}: {message}" if self.notifier else message
