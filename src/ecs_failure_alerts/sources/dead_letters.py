"""
Dead letters of schedules: an event is built from the attributes of the message.

Only an event's id and time are read from the body, because the body holds the overrides of the
run, and so secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._json import load
from ..exceptions import EventError

#: The sources of the events: for a rule's dead letter, and for a schedule's.
SOURCES: Final = ("aws.events", "aws.scheduler")

#: This library's own name, because AWS has no such event.
DETAIL_TYPE: Final = "Schedule Target Failed"

_ATTRIBUTES: Final = (
    "RULE_ARN",
    "SCHEDULE_ARN",
    "TARGET_ARN",
    "ERROR_CODE",
    "ERROR_MESSAGE",
    "RETRY_ATTEMPTS",
    "EXHAUSTED_RETRY_CONDITION",
    "SCHEDULED_TIME",
    "EXECUTION_ID",
)


def find_dead_letter(message: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find the dead letter of a schedule in an SQS record of a Lambda."""
    event = dead_letter_event(message.get("body"), message.get("messageAttributes"))
    if event:
        event["detail"]["MESSAGE_ID"] = message.get("messageId")
        yield "", event


def find_received_dead_letter(message: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find the dead letter of a schedule in a message of ``aws sqs receive-message``."""
    attributes = message.get("MessageAttributes")
    event = dead_letter_event(message.get("Body"), attributes, "StringValue")
    if event:
        event["detail"]["MESSAGE_ID"] = message.get("MessageId")
        yield "", event


def dead_letter_event(
    body: Any, attributes: Any, value_key: str = "stringValue"
) -> dict[str, Any] | None:
    """
    Build an event from a schedule's dead letter.

    The queues of this alerter have dead letters too: their target is a queue or a function, and
    their body is the event that could not be delivered. They are other messages.

    Args:
        body: The message's body. It may be anything, because it may have been cut off.
        attributes: The message's attributes.
        value_key: The key of an attribute's value.

    Returns:
        The event; None for any other message.
    """
    if not isinstance(attributes, Mapping) or "ERROR_CODE" not in attributes:
        return None
    known = dict(_texts(attributes, value_key))
    if not _is_schedules(known):
        return None

    by_rule = "SCHEDULE_ARN" not in known
    event = _event_in(body) if by_rule else {"time": known.get("SCHEDULED_TIME")}
    arn = known.get("RULE_ARN") if by_rule else known["SCHEDULE_ARN"]
    return {
        "source": SOURCES[0] if by_rule else SOURCES[1],
        "detail-type": DETAIL_TYPE,
        "time": event.get("time"),
        "resources": [arn] if arn else [],
        "detail": known | {"EVENT_ID": event.get("id")},
    }


def _texts(attributes: Mapping[str, Any], value_key: str) -> Iterator[tuple[str, str]]:
    for name in _ATTRIBUTES:
        attribute = attributes.get(name)
        text = attribute.get(value_key) if isinstance(attribute, Mapping) else None
        if isinstance(text, str):
            yield name, text


def _is_schedules(known: Mapping[str, str]) -> bool:
    """Return whether a message with these attributes is about a run of a task."""
    target = known.get("TARGET_ARN", "")
    runs_a_task = ":cluster/" in target or ":aws-sdk:ecs:" in target

    return "ERROR_CODE" in known and ("SCHEDULE_ARN" in known or runs_a_task)


def _event_in(body: Any) -> Mapping[str, Any]:
    """Return the event in a message's body; an empty one if there is none."""
    try:
        event = load(body) if isinstance(body, str) else body
    except EventError:
        return {}
    return event if isinstance(event, Mapping) else {}
