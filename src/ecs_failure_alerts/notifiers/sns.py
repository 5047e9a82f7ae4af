"""The notifier for a topic of Amazon SNS, with messages for chats or for programs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

from .._deadline import Deadline
from .._frames import without_locals
from .._texts import cut, echo, unknown
from ..alerts import Alert
from ..aws.arns import TOPIC
from ..aws.clients import DELIVERY_LIMITS, AwsClients, region_of, require_boto3
from ..exceptions import AwsError, DeliveryError
from ._bodies import json_body_within, json_values
from ._chat import chat_message, thread_id
from ._data import Receipt
from ._errors import errors_named
from ._sections import stable_id
from ._timed_calls import LateError, call_in_time

Format: TypeAlias = Literal["chat", "json"]

_ACTION: Final = "sns:Publish"

#: Bytes of a message at most: SNS takes 262,144 with subject and attributes.
#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_MESSAGE_BYTES: Final = 256_000

#: Characters of a subject and of an attribute at most.
_SUBJECT_CHARACTERS: Final = 99
_ATTRIBUTE_CHARACTERS: Final = 256

#: An id of a FIFO topic.
_FIFO_ID: Final = re.compile(r"[\w.-]{1,128}", re.ASCII)

#: Requests per alert at most, and seconds between two.
_ATTEMPTS: Final = 2
_PAUSE_SECONDS: Final = 0.25

#: Seconds without which a request is not tried, and seconds that it takes at most.
_LEAST_SECONDS: Final = 0.05
_MOST_SECONDS: Final = DELIVERY_LIMITS.connect_seconds + DELIVERY_LIMITS.read_seconds

_DENIED: Final = "allow the function's role sns:Publish on the topic"
_KEY_DENIED: Final = "allow the function's role kms:GenerateDataKey and kms:Decrypt on its key"

#: What to do, by AWS's error code.
_ADVICE: Final[Mapping[str, str]] = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "AuthorizationError": _DENIED,
    "KMSAccessDenied": _KEY_DENIED,
    "NotFound": "check the topic's ARN",
}

#: Refusals that are temporary: credentials are renewed, a key becomes usable again.
_TEMPORARY: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "KMSInvalidState", "RequestExpired"}
)

#: botocore's errors before a request is sent.
_NEVER_SENT: Final = frozenset(
    {
        *("ConnectTimeoutError", "EndpointConnectionError", "InvalidRegionError"),
        *("NoCredentialsError", "NoRegionError", "ParamValidationError", "ProxyConnectionError"),
    }
)


class SnsNotifier:
    """
    Publishes alerts to a topic, and returns only with SNS's id of the message.

    With the format ``chat``, Amazon Q Developer in chat applications shows the message in Slack or
    Microsoft Teams, with one thread for each fingerprint. With the format ``json`` the message is
    `Alert.to_dict()`, without log lines and contexts if it would be too large for SNS.
    Subscriptions can filter by the attributes ``level``, ``cause``, ``workload_type``,
    ``workload``, ``account``, ``region``, ``cluster``, ``service`` and ``family``. In a FIFO topic
    the group is the fingerprint and the deduplication id is the event id, so SNS drops an alert
    that is sent again within five minutes.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

    Args:
        topic_arn: The topic's ARN, which also names its Region.
        format: ``chat`` or ``json``.
        name: The notifier's name in receipts and errors.

    Raises:
        ValueError: *topic_arn* is not the ARN of a topic, or the format is unknown.
        ModuleNotFoundError: boto3 is not installed.
    """

    @without_locals
    def __init__(
        self,
        topic_arn: str,
        *,
        format: Format = "chat",  # noqa: A002 - the word of the settings
        name: str = "sns",
    ) -> None:
        if not isinstance(topic_arn, str) or not re.fullmatch(TOPIC, topic_arn):
            got = "an address" if "://" in str(topic_arn) else echo(topic_arn)  # or a DSN
            raise ValueError(
                f"expected the ARN of a topic, got {got}: "
                "write it as arn:aws:sns:eu-central-1:123456789012:NAME"
            )
        if format not in _FORMS:
            raise ValueError(unknown("format", format, get_args(Format)))
        require_boto3()

        self.name = name
        self._topic = topic_arn
        self._write = _FORMS[format]
        self._clients = AwsClients(limits=DELIVERY_LIMITS)

    def __repr__(self) -> str:
        return f"SnsNotifier({getattr(self, '_topic', None)!r})"

    def prepare(self) -> None:
        """Load boto3 and build its client, so that no alert waits for it."""
        self._clients.prepare("sns", region_of(self._topic))

    @without_locals
    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """
        Publish *alert*.

        Args:
            alert: The alert.
            timeout: Seconds for the call; None for no limit. A request takes four seconds at most,
                however slow the answer is. After a network error or 5xx it is sent again once, if
                that much time is left.

        Returns:
            The receipt, with SNS's id of the message.

        Raises:
            DeliveryError: SNS did not confirm the message. The text names the topic and AWS's
                error code; ``retryable`` is false if the same call cannot succeed.
        """
        request, deadline = self._request(alert), Deadline.after(timeout)
        with errors_named(self.name):
            return Receipt(self.name, self._send(request, deadline))

    def _send(self, request: dict[str, Any], deadline: Deadline) -> str:
        """Send a request, perhaps twice, and return SNS's id of the message."""
        if not deadline.leaves(_LEAST_SECONDS):
            raise DeliveryError("no time was left to publish the alert", retryable=True)

        left, taken = _ATTEMPTS, False
        while True:
            try:
                return self._publish(request, deadline)
            except DeliveryError as error:
                left -= 1
                taken = error.maybe_delivered = taken or error.maybe_delivered
                if not left or not _may_pass_soon(error, deadline):
                    raise
            time.sleep(_PAUSE_SECONDS)

    def _publish(self, request: dict[str, Any], deadline: Deadline) -> str:
        """
        Send one request, and return SNS's id of the message.

        Its own thread sends it, because botocore has no limit for a whole request: the limits of
        its client are for each read of an answer.
        """
        in_time = Deadline.after(deadline.cap(_MOST_SECONDS))
        try:
            outcome = call_in_time(self._clients, lambda: self._outcome(request), in_time)
        except LateError as error:
            late = f"{_ACTION} on {self._topic} was not answered in time"
            why = late if error.begun else f"not tried, since {error}"
            raise DeliveryError(why, retryable=True, maybe_delivered=error.begun) from None

        if isinstance(outcome, DeliveryError):
            raise outcome
        return outcome

    def _outcome(self, request: dict[str, Any]) -> str | DeliveryError:
        try:
            message_id = self._clients.call(_ACTION, self._topic, **request).get("MessageId")
        except AwsError as error:
            return _failure(error)
        if message_id:
            return str(message_id)
        why = f"expected a MessageId from {_ACTION} on {self._topic}, got none"
        return DeliveryError(why, retryable=True, maybe_delivered=True)

    def _request(self, alert: Alert) -> dict[str, Any]:
        request: dict[str, Any] = {
            "TopicArn": self._topic,
            "Message": self._write(alert),
            "Subject": _subject(alert),
            "MessageAttributes": _attributes(alert),
        }

        if self._topic.endswith(".fifo"):
            event_id = alert.event_id
            request["MessageGroupId"] = thread_id(alert)
            request["MessageDeduplicationId"] = (
                event_id if _FIFO_ID.fullmatch(event_id) else stable_id(event_id)
            )
        return request


def _chat(alert: Alert) -> str:
    return json.dumps(json_values(chat_message(alert)))


def _json(alert: Alert) -> str:
    return json_body_within(alert, _MESSAGE_BYTES)


_FORMS: Final[Mapping[str, Callable[[Alert], str]]] = {"chat": _chat, "json": _json}


def _subject(alert: Alert) -> str:
    """Return the title as the subject of an e-mail: ASCII on one line."""
    text = alert.title.encode("ascii", errors="replace").decode()
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return cut(line, _SUBJECT_CHARACTERS) or "ECS failure"


def _attributes(alert: Alert) -> dict[str, dict[str, str]]:
    """
    Return the attributes that subscriptions can filter by.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
    """
    values = {
        "level": alert.level,
        "cause": alert.cause.value,
        "workload_type": alert.workload.type.value,
        "workload": alert.workload.name,
        "account": alert.tags.get("aws.account"),
        "region": alert.tags.get("aws.region"),
        "cluster": alert.tags.get("ecs.cluster"),
        "service": alert.tags.get("ecs.service"),
        "family": alert.tags.get("ecs.family"),
    }

    return {
        name: {"DataType": "String", "StringValue": cut(value, _ATTRIBUTE_CHARACTERS)}
        for name, value in values.items()
        if value
    }


def _may_pass_soon(error: DeliveryError, deadline: Deadline) -> bool:
    """Return whether a second request may help, and there is time for it."""
    soon = error.status is None or error.status >= 500
    return error.retryable and soon and deadline.leaves(_PAUSE_SECONDS + _MOST_SECONDS)


def _failure(error: AwsError) -> DeliveryError:
    """Return the error of an alert that AWS refused, or that may not have reached it."""
    throttled = error.asks_to_wait
    refused = error.status is not None and error.status < 500

    return DeliveryError(
        error.advise(_ADVICE),
        retryable=not refused or throttled or error.code in _TEMPORARY,
        maybe_delivered=not refused and error.code not in _NEVER_SENT,
        status=429 if throttled else error.status,
    )
