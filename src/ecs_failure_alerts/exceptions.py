"""Every error of this library: one base, one class per situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from ._reprs import shown
from ._texts import clean, echo

#: So many problems are told in the text of an error.
_SHOWN: Final = 20
#: Characters of an error's text at most.
_LONGEST: Final = 20_000
#: Characters of a name in it at most.
_NAME: Final = 200
#: Characters of the name or ARN of a resource at most, and of an error code of AWS.
_RESOURCE: Final = 300
_CODE: Final = 64

#: How AWS's services say that they had too many requests.
THROTTLED: Final = frozenset(
    {
        *("KMSThrottling", "RequestLimitExceeded", "Throttled", "Throttling"),
        *("ThrottlingException", "TooManyRequestsException"),
    }
)


class EcsFailureAlertsError(Exception):
    """
    The base of every error that this library raises on purpose.

    Its text is one line without controls, since it stands in logs and in answers of a Lambda.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(clean(message, _LONGEST))

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[EcsFailureAlertsError], args: tuple[object, ...], fields: dict[str, object]
) -> EcsFailureAlertsError:
    """Make an error that was pickled or copied again."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


@frozen(slots=False)
class Problem:
    """
    One fault of an input, and where it is.

    Attributes:
        path: The place in AWS spelling, such as ``detail.containers[0].exitCode``;
            empty for the input as a whole.
        message: What was expected and what was found.
    """

    path: str
    message: str

    __repr__ = shown

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def _all(problems: Sequence[Problem]) -> str:
    """Return the first problems in one text, and how many more there are."""
    said = list(map(str, problems[:_SHOWN]))
    if len(problems) > _SHOWN:
        said.append(f"and {len(problems) - _SHOWN} more")
    return "; ".join(said)


class EventError(EcsFailureAlertsError):
    """
    An input that is not a readable event.

    Attributes:
        problems: Every fault that was found, not only the first; the text tells the first 20.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_all(self.problems))


class UnsupportedEvent(EventError):
    """
    An event, but of a source or type that the library does not know.

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
        message: What it may hold.
    """

    def __init__(self, variable: str, message: str) -> None:
        self.variable = variable
        self.message = message
        super().__init__(f"{variable}: {message}")


class AwsError(EcsFailureAlertsError):
    """
    A request that AWS refused, or that did not reach AWS.

    The text names the action, the resource and AWS's error code. What else AWS said is left out,
    because it may name users and roles.

    Attributes:
        action: What was refused, such as ``ecs:DescribeTaskDefinition``.
        resource: The name or ARN of what it was about.
        code: AWS's error code, such as ``AccessDeniedException``; the name of botocore's error
            where there was no answer.
        status: The HTTP status; None where there was no answer.
    """

    def __init__(self, action: str, resource: str, code: str, status: int | None = None) -> None:
        self.status = status
        self.action = action
        self.resource: str = clean(resource, _RESOURCE)
        self.code: str = clean(code, _CODE)
        super().__init__(f"{action} on {self.resource} failed with {self.code}")

    @property
    def asks_to_wait(self) -> bool:
        """Whether AWS had too many requests."""
        return self.code in THROTTLED

    def advise(self, advice: Mapping[str, str]) -> str:
        """Return the text, and behind it what to do, where *advice* has it for the code."""
        todo = advice.get(self.code)
        return f"{self}: {todo}" if todo else str(self)


class ConfigError(SettingsError):
    """
    A configuration document that is wrong.

    Attributes:
        variable: The variable that holds or names the document, or the name of its file.
        problems: Every fault that was found, with its path, such as ``rules[2].until``; the text
            tells the first 20.
        warnings: What works, and may be meant otherwise; the text has none of it.
    """

    def __init__(
        self, variable: str, problems: Iterable[Problem], warnings: Iterable[Problem] = ()
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.warnings: tuple[Problem, ...] = tuple(warnings)
        super().__init__(variable, _all(self.problems))


class DeliveryError(EcsFailureAlertsError):
    """
    An alert that a backend did not confirm.

    Attributes:
        retryable: Whether the same call may succeed later.
        retry_after: Seconds that the backend asked to wait, or None.
        maybe_delivered: Whether the backend may have taken the alert all the same
            (it was sent, and the answer was lost).
        status: The HTTP status, or None where there was no answer.
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
        return f"{clean(self.notifier, _NAME)}: {message}" if self.notifier else message
