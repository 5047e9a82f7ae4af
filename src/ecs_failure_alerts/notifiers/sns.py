"""The notifier for a topic of Amazon SNS, as a chat or as a program reads it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

from .._deadline import Deadline
from .._texts import cut, echo, unknown
from ..alerts import Alert
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
_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")

#: Bytes of a message, which leave room for subject and attributes in what SNS takes (262,144).
#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_LARGEST_MESSAGE: Final = 256_000
_SUBJECT: Final = 99
_ATTRIBUTE: Final = 256

#: Characters that an id of a FIFO topic may have.
_FIFO_ID: Final = re.compile(r"[\w.-]{1,128}", re.ASCII)

#: Requests per alert at most, and seconds between two.
_ATTEMPTS: Final = 2
_PAUSE_SECONDS: Final = 0.25

#: Seconds that a request needs to make sense, and that it takes at most.
_SHORTEST_SECONDS: Final = 0.05
_LONGEST_SECONDS: Final = DELIVERY_LIMITS.connect_seconds + DELIVERY_LIMITS.read_seconds

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

#: Refusals that pass: the credentials are renewed, the key is usable again.
_PASSING: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "KMSInvalidState", "RequestExpired"}
)

#: botocore's errors before a request is on its way.
_NEVER_SENT: Final = frozenset(
    {
        *("ConnectTimeoutError", "EndpointConnectionError", "InvalidRegionError"),
        *("NoCredentialsError", "NoRegionError", "ParamValidationError", "ProxyConnectionError"),
    }
)


class SnsNotifier:
    """
    Publishes alerts to a topic, and returns only with SNS's id of the message.

    In the form ``chat`` a message is what Amazon Q Developer in chat applications shows in Slack
    or Microsoft Teams, one thread for each fingerprint. In the form ``json`` it is
    `Alert.to_dict()`; of an alert that is too large for SNS, log lines and contexts are left out.
    Subscriptions can filter by the attributes ``level``, ``cause``, ``workload_type``,
    ``workload``, ``account``, ``region``, ``cluster``, ``service`` and ``family``. In a FIFO
    topic the fingerprint is the group, and the event id stands for the message, so that SNS drops
    one that is sent again within five minutes.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

    Args:
        topic_arn: The topic's ARN. It is asked for in its own Region.
        format: ``chat`` or ``json``.
        name: What receipts and errors call the notifier.

    Raises:
        ValueError: *topic_arn* is no ARN of a topic, or the format is unknown.
        ModuleNotFoundError: boto3 is not installed.
    """

    def __init__(
        self,
        topic_arn: str,
        *,
        format: Format = "chat",  # noqa: A002 - the word of the settings
        name: str = "sns",
    ) -> None:
        if not isinstance(topic_arn, str) or not _TOPIC.fullmatch(topic_arn):
            raise ValueError(
                f"expected the ARN of a topic, got {echo(topic_arn)}: "
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
        """Load boto3 and make its client, so that no alert waits for that."""
        self._clients.prepare("sns", region_of(self._topic))

    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """
        Publish *alert*.

        Args:
            alert: The alert.
            timeout: Seconds left; None for no limit. A request takes four seconds at most,
                however slowly the answer comes, and is sent again once, after a network error or
                5xx, where that much is left.

        Returns:
            The receipt, with the id that SNS has given the message.

        Raises:
            DeliveryError: SNS did not confirm the message. The text names the topic and AWS's
                error code; ``retryable`` is false where the same call cannot succeed.
        """
        request, deadline = self._request(alert), Deadline.after(timeout)
        with errors_named(self.name):
            return Receipt(self.name, self._send(request, deadline))

    def _send(self, request: dict[str, Any], deadline: Deadline) -> str:
        """Send a request until SNS has given its message an id, and return that."""
        if not deadline.leaves(_SHORTEST_SECONDS):
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
        Send one request, and return the id that SNS has given the message.

        It is sent by a thread of its own, because botocore's limits are those of its client, and
        hold for each read of an answer alone.
        """
        in_time = Deadline.after(deadline.cap(_LONGEST_SECONDS))
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
            return str(self._clients.call(_ACTION, self._topic, **request)["MessageId"])
        except AwsError as error:
            return _failure(error)
        except KeyError:
            why = f"expected a MessageId of {_ACTION} on {self._topic}, got none"
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
    return json_body_within(alert, _LARGEST_MESSAGE)


_FORMS: Final[Mapping[str, Callable[[Alert], str]]] = {"chat": _chat, "json": _json}


def _subject(alert: Alert) -> str:
    """Return the title as SNS takes a subject, which is that of an e-mail: ASCII, on one line."""
    text = alert.title.encode("ascii", errors="replace").decode()
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return cut(line, _SUBJECT) or "ECS failure"


def _attributes(alert: Alert) -> dict[str, dict[str, str]]:
    """
    Return what subscriptions can filter by.

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
        name: {"DataType": "String", "StringValue": cut(value, _ATTRIBUTE)}
        for name, value in values.items()
        if value
    }


def _may_pass_soon(error: DeliveryError, deadline: Deadline) -> bool:
    """Return whether another request at once may help, and whether there is time for it."""
    soon = error.status is None or error.status >= 500
    return error.retryable and soon and deadline.leaves(_PAUSE_SECONDS + _LONGEST_SECONDS)


def _failure(error: AwsError) -> DeliveryError:
    """Return what a refusal of AWS, or a request that did not reach it, means for the alert."""
    throttled = error.asks_to_wait
    refused = error.status is not None and error.status < 500

    return DeliveryError(
        error.advise(_ADVICE),
        retryable=not refused or throttled or error.code in _PASSING,
        maybe_delivered=not refused and error.code not in _NEVER_SENT,
        status=429 if throttled else error.status,
    )
