"""The outcomes of a payload's records, and the error for those that failed."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from ._texts import clean, counted
from ._values import Value
from .alerts import Alert
from .diagnosis import Diagnosis
from .exceptions import DeliveryError, EcsFailureAlertsError, Problem
from .notifiers import Receipt
from .sources import SourceRecord

Status: TypeAlias = Literal[
    "delivered", "no_alert", "dropped", "ignored", "not_delivered", "unreadable"
]

#: Failures that the text of an error names at most.
_MOST_NAMED: Final = 20
#: Characters that those have together; the rest of an error's 20,000 is for what stands around.
_MESSAGE_CHARACTERS: Final = 19_000
#: Characters at most of a foreign text, and of a name or an ARN.
_TEXT_CHARACTERS: Final = 1000
_NAME_CHARACTERS: Final = 300


@frozen(slots=False, eq=False, repr=False)
class Outcome(Value):
    """
    The outcome of one record.

    Attributes:
        status: ``delivered`` (all its notifiers confirmed), ``no_alert`` (none was due),
            ``dropped`` (no route takes it, and the last one drops it), ``ignored`` (an event of
            another source or type), ``not_delivered`` or ``unreadable``. The last two are
            failures.
        record: The record, with its place in the payload and its id.
        subject: The ARN of the event's subject, such as a task; None if the event does not name
            it.
        diagnosis: Why the run failed; None if the event could not be read.
        alert: The alert as it was sent; several outcomes share a collapsed one. None if none was
            due.
        receipts: The notifiers' confirmations.
        errors: Why the record failed, or why it was ignored.
        faults: Unreadable fields of the event that decide nothing.
    """

    status: Status
    record: SourceRecord
    subject: str | None = None
    diagnosis: Diagnosis | None = None
    alert: Alert | None = field(default=None, repr=False)
    receipts: tuple[Receipt, ...] = ()
    errors: tuple[EcsFailureAlertsError, ...] = ()
    faults: tuple[Problem, ...] = ()

    @property
    def task_arn(self) -> str | None:
        """The subject, if it is a task."""
        return self.subject if ":task/" in (self.subject or "") else None

    @property
    def failed(self) -> bool:
        """Whether the record must come again."""
        return self.status in {"not_delivered", "unreadable"}

    @property
    def maybe_delivered(self) -> bool:
        """Whether the alert may have arrived although a notifier did not confirm it."""
        return any(
            error.maybe_delivered for error in self.errors if isinstance(error, DeliveryError)
        )

    @property
    def retryable(self) -> bool:
        """Whether the same record may succeed when it comes again."""
        return any(error.retryable for error in self.errors if isinstance(error, DeliveryError))

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON values, without absent ones."""
        diagnosis, alert = self.diagnosis, self.alert

        values = {
            "status": self.status,
            "place": self.record.place,
            "record_id": self.record.id,
            "subject": self.subject,
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
            "faults": list(map(str, self.faults)),
            "retryable": self.retryable if self.status == "not_delivered" else None,
            "maybe_delivered": self.maybe_delivered or None,
        }
        return {key: _shown(value) for key, value in values.items() if value or value is False}


@frozen(slots=False, eq=False, repr=False)
class Report(Value):
    """
    The outcomes of all records of a payload.

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
        """Whether every record came to this Lambda from SQS."""
        return bool(self.outcomes) and all(outcome.record.queue for outcome in self.outcomes)

    def raise_for_failures(self) -> None:
        """
        Raise if any record failed.

        Raises:
            DeliveryFailed: A record failed. The message numbers the failed records, each with the
                cause and the subject once, and with the reason of each notifier that its alert did
                not reach. The reasons are cut where they would leave no room for other records.
        """
        failures = self.failures
        if not failures:
            return

        named = failures[:_MOST_NAMED]
        room = _MESSAGE_CHARACTERS // len(named)
        said = [clean(_sentence(outcome), room) for outcome in named]
        if len(said) > 1:
            said = [f"{number}) {sentence}" for number, sentence in enumerate(said, 1)]
        if len(failures) > _MOST_NAMED:
            said.append(f"and {counted(len(failures) - _MOST_NAMED, 'more record')}")

        count = f"{len(failures)} of {counted(len(self.outcomes), 'record')} failed"
        raise DeliveryFailed(f"{count}: {'; '.join(said)}", self)

    def batch_item_failures(self) -> dict[str, list[dict[str, str]]]:
        """
        Return SQS's partial answer: the records that must come again.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

        Raises:
            DeliveryFailed: A failure is in no SQS record, so an answer could not name it.
        """
        ids: dict[str, None] = {}
        for outcome in self.failures:
            if not outcome.record.queue or outcome.record.id is None:
                self.raise_for_failures()
            ids[str(outcome.record.id)] = None

        return {"batchItemFailures": [{"itemIdentifier": record_id} for record_id in ids]}

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {"outcomes": [outcome.to_dict() for outcome in self.outcomes]}


class DeliveryFailed(EcsFailureAlertsError):
    """
    At least one record failed. It is raised after every record was tried.

    It is no `DeliveryError`: that is the error of one notifier about one alert, and it is in
    ``report.outcomes[...].errors``. A record can fail because it is unreadable, too.

    Attributes:
        report: The outcomes of all records.
    """

    def __init__(self, message: str, report: Report) -> None:
        self.report = report
        super().__init__(message)


def _shown(value: Any) -> Any:
    """Return a value of the report with its strings shortened and without control characters."""
    if isinstance(value, str):
        return clean(value, _TEXT_CHARACTERS)
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if isinstance(value, dict):
        return {key: _shown(part) for key, part in value.items()}
    return value


def _sentence(outcome: Outcome) -> str:
    """Return what failed and why: the subject once, then each error, and who has the alert."""
    place = clean(outcome.record.place, _NAME_CHARACTERS)
    subject = _subject(outcome, place)
    reasons = [*map(reason, outcome.errors), *holders(outcome)]
    why = "; ".join(reasons) or f"no reason is known for {place or 'it'}"

    first, _, rest = why.partition(": ")
    if subject.endswith(f": {first}"):  # the place ends with what the error begins with
        return f"{subject}: {rest}"
    if not subject or why.startswith(subject):
        return why
    return f"{subject}: {why}"


def holders(outcome: Outcome) -> list[str]:
    """Return who has the alert of an outcome, in words: ``pager has it (event 54f0...)``."""
    return [
        clean(f"{receipt.notifier} has it (event {receipt.id})", _NAME_CHARACTERS)
        for receipt in outcome.receipts
    ]


def _subject(outcome: Outcome, place: str) -> str:
    """Return what failed: the cause, workload and ARN, or the place of what could not be read."""
    if outcome.diagnosis:
        arn = clean(outcome.subject or "a task without ARN", _NAME_CHARACTERS)
        workload = clean(str(outcome.diagnosis.workload), _NAME_CHARACTERS)
        return f"{outcome.diagnosis.cause} of {workload} ({arn})"
    if outcome.subject:
        arn = clean(outcome.subject, _NAME_CHARACTERS)
        return f"{place} ({arn})" if place else arn
    return place


def reason(error: EcsFailureAlertsError) -> str:
    """Return why a record failed, by one of its errors, and whether its alert may have arrived."""
    why = clean(str(error), _TEXT_CHARACTERS)
    maybe_delivered = isinstance(error, DeliveryError) and error.maybe_delivered
    return f"{why} (the alert may still have arrived)" if maybe_delivered else why
