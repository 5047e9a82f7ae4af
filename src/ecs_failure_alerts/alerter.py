"""The whole flow behind one call: payload to events, diagnoses, alerts, receipts, report."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Protocol, TypeAlias

from attrs import evolve, field, frozen

from ._delivery import Delivery, deliver
from .alerts import Alert, build_alert
from .diagnosis import Diagnosis, diagnose
from .events import SOURCE, parse_event
from .exceptions import DeliveryFailed, EcsFailureAlertsError, EventError, UnsupportedEvent
from .notifiers import Notifier, Receipt
from .policy import FailurePolicy
from .sources import Payload, SourceRecord, read_payload

LOGGER: Final = logging.getLogger("ecs_failure_alerts")

Status: TypeAlias = Literal["delivered", "no_alert", "ignored", "not_delivered", "unreadable"]

#: Seconds of a Lambda's time that are kept for returning the answer.
_RESERVE: Final = 0.5
#: As many more in which the function's own Sentry makes its event of our error.
_CAPTURE: Final = 0.5
_NAMED: Final = 20
_ARN: Final = 256  # characters of a task's ARN at most


class LambdaContext(Protocol):
    """What is used of the context that a Lambda is handed."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the milliseconds until Lambda's timeout."""


@frozen
class Outcome:
    """
    What became of one record.

    Attributes:
        status: ``delivered`` (every notifier confirmed), ``no_alert`` (none was due),
            ``ignored`` (an event of another source or type), ``not_delivered`` or
            ``unreadable``. The last two are failures.
        record: The record, with its place in the payload and its id.
        task_arn: The task; None where the event does not name it.
        diagnosis: Why the task stopped; None where there is no task.
        alert: The alert; None where none was due.
        receipts: What the notifiers confirmed.
        errors: Why the record is not dealt with, or why it was ignored.
    """

    status: Status
    record: SourceRecord
    task_arn: str | None = None
    diagnosis: Diagnosis | None = None
    alert: Alert | None = field(default=None, repr=False)
    receipts: tuple[Receipt, ...] = ()
    errors: tuple[EcsFailureAlertsError, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the record has to come again."""
        return self.status in {"not_delivered", "unreadable"}

    def to_dict(self) -> dict[str, Any]:
        """Give the outcome as JSON values; what is absent is left out."""
        diagnosis, alert = self.diagnosis, self.alert
        values = {
            "status": self.status,
            "place": self.record.place,
            "record_id": self.record.id,
            "task_arn": self.task_arn,
            "cause": diagnosis and diagnosis.cause.value,
            "workload": diagnosis and str(diagnosis.workload),
            "level": diagnosis and diagnosis.level,
            "decision": diagnosis and diagnosis.decision,
            "evidence": list(diagnosis.evidence) if diagnosis else None,
            "title": alert and alert.title,
            "event_id": alert and alert.event_id,
            "receipts": [{"notifier": r.notifier, "id": r.id, "url": r.url} for r in self.receipts],
            "errors": list(map(str, self.errors)),
        }
        return {key: value for key, value in values.items() if value not in (None, "", [])}


@frozen
class Report:
    """
    What became of every record of a payload.

    Attributes:
        outcomes: One for each event, in the order of the payload.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The outcomes that are failures."""
        return tuple(outcome for outcome in self.outcomes if outcome.failed)

    @property
    def from_queue(self) -> bool:
        """Whether every record is one that SQS handed to this Lambda."""
        return bool(self.outcomes) and all(outcome.record.queue for outcome in self.outcomes)

    def raise_for_failures(self) -> None:
        """
        Raise if anything was not dealt with.

        Raises:
            DeliveryFailed: Its message names each task and cause, and why.
        """
        failures = self.failures
        if failures:
            said = [_sentence(outcome) for outcome in failures[:_NAMED]]
            if len(failures) > _NAMED:
                said.append(f"and {len(failures) - _NAMED} more")
            raise DeliveryFailed(
                f"{len(failures)} of {len(self.outcomes)} not dealt with: {'; '.join(said)}", self
            )

    def batch_item_failures(self) -> dict[str, list[dict[str, str]]]:
        """
        Give SQS's partial answer: the records that have to come again.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

        Raises:
            DeliveryFailed: A failure lies in no SQS record, so an answer could not name it.
        """
        ids: dict[str, None] = {}
        for outcome in self.failures:
            if not outcome.record.queue or outcome.record.id is None:
                self.raise_for_failures()
            ids[str(outcome.record.id)] = None
        return {"batchItemFailures": [{"itemIdentifier": record_id} for record_id in ids]}

    def to_dict(self) -> dict[str, Any]:
        """Give the report as JSON values."""
        return {"outcomes": [outcome.to_dict() for outcome in self.outcomes]}


class FailureAlerter:
    """
    Turns payloads into delivered alerts.

    Args:
        notifiers: Where alerts go; every one gets every alert.
        policy: What counts as a failure.
        partial_batch: Whether `handle()` answers SQS payloads with the records that failed.
            Only for an event source mapping with ``ReportBatchItemFailures``: without it
            Lambda would delete the failed records.

    Raises:
        ValueError: There is no notifier.
        TypeError: Something else than a notifier was given.
    """

    def __init__(
        self,
        *notifiers: Notifier,
        policy: FailurePolicy | None = None,
        partial_batch: bool = False,
    ) -> None:
        if not notifiers:
            raise ValueError("expected at least one notifier, else every alert is lost")
        for notifier in notifiers:
            if isinstance(notifier, type):
                raise TypeError(f"{notifier.__name__} is a class: give a notifier made of it")
            if not (hasattr(notifier, "name") and callable(getattr(notifier, "notify", None))):
                raise TypeError(
                    f"{notifier!r} is not a notifier: make one of a function by function_notifier()"
                )
        self._notifiers = notifiers
        self._policy = policy or FailurePolicy()
        self._partial_batch = partial_batch

    def process(self, payload: Payload, *, timeout: float | None = None) -> Report:
        """
        Deal with every event inside *payload*.

        Every event is tried before anything is reported; ten alerts at most are on their way
        at once. One log line per event says what was decided and why.

        Args:
            payload: Anything that `read_payload()` takes.
            timeout: Seconds for the whole; None for no limit.

        Returns:
            What became of each record. Nothing is raised for a failure: see
            `Report.raise_for_failures()`.
        """
        return self.process_records(read_payload(payload), timeout=timeout)

    def process_records(
        self, records: Iterable[SourceRecord], *, timeout: float | None = None
    ) -> Report:
        """Do what `process()` does with records that `read_payload()` gave."""
        begin = time.monotonic()
        outcomes = [self._decide(record) for record in records]
        alerts = (outcome.alert for outcome in outcomes)
        if timeout is not None:
            timeout -= time.monotonic() - begin
        deliveries = deliver(filter(None, alerts), self._notifiers, timeout)
        report = Report(tuple(_concluded(outcome, deliveries) for outcome in outcomes))
        for outcome in report.outcomes:
            _log(outcome)
        return report

    def handle(self, payload: Payload, context: LambdaContext | None) -> dict[str, Any]:
        """
        Do what a Lambda handler does.

        Args:
            payload: What Lambda hands over.
            context: The Lambda context; half a second of its time is kept back, and more where
                the function's own Sentry may need it afterwards. None for no limit.

        Returns:
            The report, or for SQS with *partial_batch* the records that have to come again.

        Raises:
            DeliveryFailed: Something was not dealt with, and no partial answer can say so.
        """
        timeout = None
        if context is not None:
            remaining = context.get_remaining_time_in_millis() / 1000
            timeout = remaining - _reserve(remaining)
        report = self.process(payload, timeout=timeout)
        del payload  # an error tracker takes along what the frames of a traceback hold
        if self._partial_batch and report.from_queue:
            return report.batch_item_failures()
        report.raise_for_failures()
        return report.to_dict()

    def _decide(self, record: SourceRecord) -> Outcome:
        try:
            if record.error is not None:
                raise record.error
            task = parse_event(record.event or {})
            diagnosis = diagnose(task, self._policy)
            alert = build_alert(task, diagnosis) if diagnosis.alert else None
        except UnsupportedEvent as error:
            return Outcome("ignored", record, errors=(error,))
        except EventError as error:
            return Outcome("unreadable", record, _task_arn(record.event), errors=(error,))
        except Exception as error:  # noqa: BLE001
            # A bug of ours must not take the other records along.
            return Outcome("unreadable", record, errors=(_bug(error),))
        status: Status = "not_delivered" if alert else "no_alert"
        return Outcome(status, record, task.task_arn, diagnosis, alert)


def _reserve(remaining: float) -> float:
    """
    Give the seconds of a Lambda's time that are not ours.

    Where the function has called `sentry_sdk.init()` with the integration for Lambda, that
    one makes an event of what the handler raises, and waits until its own events are sent, for
    two seconds by default.
    """
    sdk = sys.modules.get("sentry_sdk")
    client = sdk.get_client() if sdk else None
    if client is None or client.get_integration("aws_lambda") is None:
        return _RESERVE
    flush = float(client.options.get("shutdown_timeout") or 0)
    return max(_RESERVE, min(_RESERVE + _CAPTURE + flush, remaining / 2))


def _task_arn(event: Mapping[str, Any] | None) -> str | None:
    """Give the task that an unreadable event is about, if that much of it can be read."""
    detail = event.get("detail") if event else None
    arn = detail.get("taskArn") if isinstance(detail, Mapping) else None
    if not isinstance(arn, str) or len(arn) > _ARN or not arn.isprintable():
        return None
    return arn if arn.startswith("arn:") else None


def _bug(error: Exception) -> EcsFailureAlertsError:
    """Say where *error* came from, without its text, which may hold data of the event."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" in {at.tb_frame.f_code.co_qualname}, line {at.tb_lineno}" if at else ""
    return EcsFailureAlertsError(f"a bug of ecs-failure-alerts: {type(error).__name__}{where}")


def _concluded(outcome: Outcome, deliveries: Mapping[str, Delivery]) -> Outcome:
    if outcome.alert is None:
        return outcome
    delivery = deliveries[outcome.alert.event_id]
    return evolve(
        outcome,
        status="not_delivered" if delivery.errors else "delivered",
        receipts=delivery.receipts,
        errors=delivery.errors,
    )


def _sentence(outcome: Outcome) -> str:
    subject = outcome.record.place
    if outcome.diagnosis:
        task = outcome.task_arn or "a task without ARN"
        subject = f"{outcome.diagnosis.cause} of {outcome.diagnosis.workload} ({task})"
    elif outcome.task_arn:
        subject = f"{subject} ({outcome.task_arn})" if subject else outcome.task_arn
    errors = ", ".join(map(str, outcome.errors))
    if not subject or errors.startswith(subject):  # it names the place itself
        return errors
    return f"{subject}: {errors}"


def _log(outcome: Outcome) -> None:
    foreign_type = outcome.status == "ignored" and outcome.record.event
    if outcome.failed:
        level = logging.ERROR
    elif foreign_type and foreign_type.get("source") == SOURCE:
        level = logging.WARNING
    else:
        level = logging.INFO
    LOGGER.log(level, "%s", json.dumps(outcome.to_dict()))
