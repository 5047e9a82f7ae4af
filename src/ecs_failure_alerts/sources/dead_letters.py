"""
A schedule's dead letter, which is no event: one is made of the message's attributes.

Nothing of the message's body is read but an event's id and time, since the body holds the
overrides of the run, and with them secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._json import load
from ..exceptions import EventError

#: The sources of the events that are made: of a rule's dead letter, and of a schedule's.
SOURCES: Final = ("aws.events", "aws.scheduler")

#: This library's own word: AWS has no event for it.
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
    """Find the dead letter of a schedule in what SQS handed to a Lambda."""
    event = dead_letter_event(message.get("body"), message.get("messageAttributes"))
    if event:
        event["detail"]["MESSAGE_ID"] = message.get("messageId")
        yield "", event


def find_received_dead_letter(message: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find the dead letter of a schedule in what ``aws sqs receive-message`` printed."""
    attributes = message.get("MessageAttributes")
    event = dead_letter_event(message.get("Body"), attributes, "StringValue")
    if event:
        event["detail"]["MESSAGE_ID"] = message.get("MessageId")
        yield "", event


def dead_letter_event(
    body: Any, attributes: Any, value_key: str = "stringValue"
) -> dict[str, Any] | None:
    """
    Make an event of a schedule's dead letter.

    The queues of this alerter have dead letters as well. Their target is a queue or a function, and
    their body is the event that could not be handed over.

    Args:
        body: The message's body; anything, since it may have been cut off.
        attributes: The message's attributes.
        value_key: Where an attribute has its value.

    Returns:
        The event; None for every other message.
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
    """Return the event in a message's body; an empty one where there is none."""
    try:
        event = load(body) if isinstance(body, str) else body
    except EventError:
        return {}
    return event if isinstance(event, Mapping) else {}
