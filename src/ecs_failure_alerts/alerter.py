"""The whole flow in one call: payload, events, judgements, look-ups, receipts, report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from ._arguments import is_number, require_switch
from ._deadline import Deadline
from ._frames import without_locals
from ._lambda_time import LambdaContext, seconds_for_alerts
from ._options import LOOKUP_SECONDS, MOST_LOOKUP_SECONDS
from ._outcomes import Verdict, log_outcome, outcome_of
from ._plugins import check_enricher
from ._texts import kind, quote
from .delivery import ReceiptBook, Routing, by_time, deliver
from .exceptions import DeliveryError, EcsFailureAlertsError, EventError
from .judging import Judgement, judge, policy_or_default
from .notifiers import Notifier
from .policy import FailurePolicy
from .report import Report
from .sources import Payload, SourceRecord, read_payload

if TYPE_CHECKING:
    from .delivery.routes import Route
    from .enrichment import Enricher

#: Records that are judged even if no time is left, so that an error names the failures. A foreign
#: event is not, because the search in it takes up to a second.
_ALWAYS_JUDGED: Final = 10


class FailureAlerter:
    """
    Turns payloads into delivered alerts.

    Args:
        routes: The destinations. A notifier gets every alert; a `Route` gives its notifier some. An
            alert that no route takes counts as not delivered.
        policy: What counts as a failure.
        enrichers: The look-ups for alerts that are due, in their order. Each gets what the earlier
            ones found.
        lookup_seconds: Seconds for all look-ups of a call together, up to 10. They never take more
            than a quarter of the time left, and nothing is looked up if less than 6 seconds are.
        partial_batch: Whether `handle()` answers SQS payloads with the records that failed. Use
            it only with an event source mapping with ``ReportBatchItemFailures``: without that,
            Lambda would delete the failed records.

    Raises:
        ValueError: There is no notifier, a route that drops is not the last, or *lookup_seconds* is
            out of range.
        TypeError: A value is not a notifier, a route, an enricher, a policy, a number or a switch.
    """

    @without_locals
    def __init__(
        self,
        *routes: Notifier | Route,
        policy: FailurePolicy | None = None,
        enrichers: Iterable[Enricher] = (),
        lookup_seconds: float = LOOKUP_SECONDS,
        partial_batch: bool = False,
    ) -> None:
        enrichers = tuple(enrichers)
        if not is_number(lookup_seconds):
            raise TypeError(f"lookup_seconds: expected a number, got {kind(lookup_seconds)}")
        if not 0 < lookup_seconds <= MOST_LOOKUP_SECONDS:
            raise ValueError(
                f"lookup_seconds: expected more than 0 and at most {MOST_LOOKUP_SECONDS:g}, "
                f"got {quote(lookup_seconds)}"
            )
        for enricher in enrichers:
            check_enricher(enricher)
        require_switch("partial_batch", partial_batch)

        self._routing = Routing(routes)
        self._enrichers = enrichers
        self._lookup_seconds = lookup_seconds
        self._policy = policy_or_default(policy)
        self._partial_batch = partial_batch
        self._receipts = ReceiptBook()

    @without_locals
    def process(self, payload: Payload, *, timeout: float | None = None) -> Report:
        """
        Judge every event inside *payload*, and deliver the alerts.

        Every event is tried before anything is reported. At most ten alerts at once are on their
        way to a notifier. One log line for each event tells the decision and the reason.

        An alert that a notifier has confirmed within the last hour, as one of its last 20,000, is
        not sent to it again. So if a batch comes again because one of two notifiers failed, only
        that one gets the alerts. Nothing is looked up for alerts that all notifiers have confirmed.

        Several threads may call this. If two of them have the same event at the same time, its
        alert may be sent twice, with the same event id.

        Args:
            payload: Anything that `read_payload()` takes.
            timeout: Seconds for the whole; None for no limit. Reading and judging get half of it,
                look-ups at most a quarter of the rest, and deliveries what is left. Records that
                time runs out for are failures.

        Returns:
            The outcome of each record. No failure is raised: see `Report.raise_for_failures()`.

        Raises:
            TypeError: *timeout* is not a number.
        """
        records = read_payload(payload, seconds=Deadline.after(timeout).half().left())
        return self.process_records(records, timeout=timeout)

    @without_locals
    def process_records(
        self,
        records: Iterable[SourceRecord],
        *,
        timeout: float | None = None,
    ) -> Report:
        """
        Do what `process()` does with records that `read_payload()` found.

        Args:
            records: The records.
            timeout: Seconds for the whole; None for no limit.

        Raises:
            TypeError: *timeout* is not a number.
        """
        deadline = Deadline.after(timeout)
        if self._policy.rules:
            from .policy.ended_rules import warn_of_ended_rules  # noqa: PLC0415 - most have no rules

            warn_of_ended_rules(self._policy.rules)

        judged = list(self._judge_in_time(records, deadline))
        due = _due(verdict for _, verdict in judged if isinstance(verdict, Judgement))
        enriched = due | self._enrich(due, deadline)

        shipments, known = self._routing.plan(
            (judgement for judgement in enriched.values() if judgement.alert), self._receipts
        )
        deliveries = deliver(shipments, deadline, self._receipts, known)

        report = Report(
            tuple(
                outcome_of(record, _as_sent(verdict, enriched), deliveries)
                for record, verdict in judged
            )
        )
        for outcome in report.outcomes:
            log_outcome(outcome)
        return report

    @without_locals
    def handle(self, payload: Payload, context: LambdaContext | None) -> dict[str, Any]:
        """
        Do what a Lambda handler does.

        Args:
            payload: The input of the Lambda.
            context: The Lambda context; None for no limit. Half a second of its time is reserved
                for the answer, a second more for every 1,000 records, and more if the function's
                own Sentry may need it afterwards; at most half of the time.

        Returns:
            The report; for SQS with *partial_batch* the records that must come again.

        Raises:
            DeliveryFailed: A record failed, and no partial answer can name it.
            TypeError: *context* is not a Lambda context.
        """
        deadline = Deadline.after(seconds_for_alerts(context, 0))
        records = list(read_payload(payload, seconds=deadline.half().left()))
        report = self.process_records(records, timeout=seconds_for_alerts(context, len(records)))

        if self._partial_batch and report.from_queue:
            return report.batch_item_failures()
        report.raise_for_failures()
        return report.to_dict()

    def _enrich(self, due: Mapping[str, Judgement], deadline: Deadline) -> dict[str, Judgement]:
        """Look up the alerts in *due* that some notifier has not confirmed yet."""
        book = self._receipts
        silent = {
            event_id: evolve(judgement, diagnosis=diagnosis, alert=None)
            for event_id, judgement in due.items()
            if (diagnosis := book.silenced((event_id, judgement.version)))
        }

        ids = [
            event_id
            for event_id, judgement in due.items()
            if not (event_id in silent or book.settled(event_id, judgement.version))
        ]
        if not (ids and self._enrichers):
            return silent
        from .enrichment import enrich  # noqa: PLC0415 - most functions look nothing up

        ids.sort(key=lambda event_id: by_time(due[event_id].as_alert()))
        judgements = [due[event_id] for event_id in ids]

        decided = {id_ for id_ in ids if book.is_decided(id_, due[id_].version)}
        found = enrich(
            judgements, self._enrichers, deadline, seconds=self._lookup_seconds, last=decided
        )

        for event_id, judgement in zip(ids, found, strict=True):
            if judgement.alert is None:
                book.silence((event_id, judgement.version), judgement.diagnosis)
        return silent | dict(zip(ids, found, strict=True))

    def _judge_in_time(
        self, records: Iterable[SourceRecord], deadline: Deadline
    ) -> Iterator[tuple[SourceRecord, Verdict]]:
        """
        Judge *records* in half of the time left: the other half is for the alerts.

        Each message of a queue gets half of what is left of it, since one may have thousands.
        """
        half = deadline.half()
        limit, message = half, None
        late = DeliveryError("not judged, since no time was left", retryable=True)

        for number, record in enumerate(records):
            if record.queue and record.id != message:
                limit, message = half.half(), record.id
            if limit.left() != 0 or (number < _ALWAYS_JUDGED and not record.is_foreign):
                yield record, self._judge(record)
            else:
                yield record, record.error or late

    def _judge(self, record: SourceRecord) -> Verdict:
        if record.error is not None:
            return record.error
        try:
            return judge(record.event or {}, self._policy)
        except EventError as error:
            return error
        except Exception as error:  # noqa: BLE001
            # A bug of ours must not cost the other records.
            return _bug_report(error)


def _due(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """Return the alerts that are due, by event id; only the last state of a task counts."""
    due: dict[str, Judgement] = {}
    for judgement in judgements:
        if judgement.alert is None:
            continue
        known = due.get(judgement.alert.event_id)
        if known is None or judgement.version > known.version:
            due[judgement.alert.event_id] = judgement
    return due


def _as_sent(verdict: Verdict, enriched: Mapping[str, Judgement]) -> Verdict:
    """Return *verdict* as it was sent, with what was looked up about its subject."""
    if not isinstance(verdict, Judgement) or verdict.alert is None:
        return verdict
    found = enriched[verdict.alert.event_id]
    if found is verdict:
        return verdict
    return evolve(verdict, diagnosis=found.diagnosis, alert=found.alert)


def _bug_report(error: Exception) -> EcsFailureAlertsError:
    """Return the place of *error*, without its text, because that may hold data of the event."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next

    where = f" in {at.tb_frame.f_code.co_qualname}, line {at.tb_lineno}" if at else ""
    return EcsFailureAlertsError(f"a bug of ecs-failure-alerts: {type(error).__name__}{where}")
