"""The outcome of each record, and its line in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from ._log import LOGGER
from .delivery import Delivery
from .exceptions import DeliveryError, EcsFailureAlertsError, EventError, UnsupportedEvent
from .judging import Judgement
from .report import Outcome, Status
from .sources import SourceRecord

#: Characters of an ARN at most.
_LONGEST_ARN: Final = 256

#: The verdict on a record: its judgement, or why there is none.
Verdict: TypeAlias = Judgement | EcsFailureAlertsError


def outcome_of(
    record: SourceRecord, verdict: Verdict, deliveries: Mapping[str, Delivery]
) -> Outcome:
    """
    Return the outcome of a record.

    Args:
        record: The record.
        verdict: The verdict on it.
        deliveries: The delivery of each failure, by event id.
    """
    if isinstance(verdict, UnsupportedEvent):
        return Outcome("ignored", record, errors=(verdict,))
    if isinstance(verdict, DeliveryError):
        return Outcome("not_delivered", record, _task_arn(record.event), errors=(verdict,))
    if isinstance(verdict, EcsFailureAlertsError):
        arn = _task_arn(record.event) if isinstance(verdict, EventError) else None
        return Outcome("unreadable", record, arn, errors=(verdict,))

    subject, diagnosis, alert = verdict.event.subject, verdict.diagnosis, verdict.alert
    faults = verdict.event.faults
    if alert is None:
        return Outcome("no_alert", record, subject, diagnosis, faults=faults)

    delivery = deliveries[alert.event_id]
    return Outcome(
        _status(delivery),
        record,
        subject,
        diagnosis,
        delivery.alert or alert,
        delivery.receipts,
        delivery.errors,
        faults,
    )


def _status(delivery: Delivery) -> Status:
    if delivery.errors:
        return "not_delivered"
    return "delivered" if delivery.receipts else "dropped"


def _task_arn(event: Mapping[str, Any] | None) -> str | None:
    """Return the task that an event is about, if that much of it can be read."""
    detail = event.get("detail") if event else None
    arn = detail.get("taskArn") if isinstance(detail, Mapping) else None

    if not isinstance(arn, str) or len(arn) > _LONGEST_ARN or not arn.isprintable():
        return None
    return arn if arn.startswith("arn:") else None


def log_outcome(outcome: Outcome) -> None:
    """Log one line with the decision about a record, and the reason."""
    event = outcome.record.event
    if outcome.failed:
        level = logging.ERROR
    elif outcome.faults or (
        outcome.status == "ignored" and event and event.get("source") == "aws.ecs"
    ):
        level = logging.WARNING
    else:
        level = logging.INFO

    if not LOGGER.isEnabledFor(level):
        return  # nobody would read the line
    with suppress(Exception):  # a host's log filter that raises must not lose the report
        LOGGER.log(level, "%s", json.dumps(outcome.to_dict()))
