"""
The types that users see, held by mypy and pyright, both strict; nothing here is run.

``assert_type`` says what is given back. A line that a type checker has to refuse ends in a
comment for each of the two, and both complain about a comment that is not needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, assert_type

import ecs_failure_alerts
from ecs_failure_alerts import (
    Alert,
    AwsError,
    Cause,
    ConfigError,
    Container,
    DeliveryError,
    DeliveryFailed,
    Diagnosis,
    EcsFailureAlertsError,
    Enricher,
    EventError,
    EventPattern,
    Evidence,
    FailureAlerter,
    FailurePolicy,
    InvalidPattern,
    Judgement,
    LogLine,
    Milestone,
    Notifier,
    Outcome,
    Problem,
    Receipt,
    Report,
    Route,
    Rule,
    SettingsError,
    SourceRecord,
    TaskStateChange,
    UnsupportedEvent,
    Workload,
    WorkloadType,
    alerter_from_env,
    build_alert,
    diagnose,
    function_notifier,
    judge,
    parse_event,
    parse_notice,
    read_payload,
)
from ecs_failure_alerts._lambda_time import LambdaContext
from ecs_failure_alerts.causes import CAUSES, CauseEntry
from ecs_failure_alerts.notices import Notice
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, sentry_event
from ecs_failure_alerts.notifiers.sns import SnsNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.patterns import (
    AnyOf,
    BranchExplanation,
    ConditionExplanation,
    Element,
    Explanation,
    FieldList,
    Fields,
    any_of,
    anything_but,
    cidr,
    equals_ignore_case,
    exactly,
    exists,
    numeric,
    prefix,
    suffix,
    wildcard,
)
from ecs_failure_alerts.policy import Level
from ecs_failure_alerts.settings import VARIABLES, policy_from_env
from ecs_failure_alerts.task_patterns import (
    ContainerFields,
    Count,
    Coverage,
    Finding,
    TaskFields,
    TypicalEvent,
    coverage,
    lint,
    task_pattern,
    unwrap,
)
from ecs_failure_alerts.tasks.exit_codes import describe_exit_code
from ecs_failure_alerts.testing import (
    ABSENT,
    EnvelopeItem,
    InboxRequest,
    RecordingNotifier,
    SentryInbox,
    batch_job_state_change,
    deployment_state_change,
    execution_status_change,
    instance_health_change,
    schedule_dead_letter,
    service_action,
    task_state_change,
)

assert_type(ecs_failure_alerts.__version__, str)


def events(mapping: Mapping[str, Any], text: str, octets: bytes) -> None:
    """Read one event of a mapping or of JSON."""
    task = parse_event(mapping)
    assert_type(task, TaskStateChange)
    assert_type(parse_event(text), TaskStateChange)
    assert_type(parse_event(octets), TaskStateChange)
    assert_type(task.last_status, str)
    assert_type(task.stopped, bool)
    assert_type(task.stop_code, str | None)
    assert_type(task.stopped_reason, str | None)
    assert_type(task.stopped_at, datetime | None)
    assert_type(task.version, int | None)
    assert_type(task.service, str | None)
    assert_type(task.override_variables, frozenset[str])
    assert_type(task.raw, Mapping[str, Any])
    assert_type(task.containers, tuple[Container, ...])
    container = task.containers[0]
    assert_type(container.name, str)
    assert_type(container.exit_code, int | None)
    assert_type(describe_exit_code(container.exit_code), str)
    parse_event(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task.stop_code = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    task.stopcode  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018


def payloads(payload: Mapping[str, Any]) -> None:
    """Read whatever a Lambda is handed."""
    assert_type(read_payload(payload), Iterator[SourceRecord])
    for record in read_payload([payload]):
        assert_type(record.event, Mapping[str, Any] | None)
        assert_type(record.error, EventError | None)
        assert_type(record.id, str | None)
        assert_type(record.place, str)


def diagnoses(task: TaskStateChange, policy: FailurePolicy) -> None:
    """Tell why a task stopped."""
    diagnosis = diagnose(task)
    assert_type(diagnosis, Diagnosis)
    assert_type(diagnose(task, policy), Diagnosis)
    assert_type(diagnosis.cause, Cause)
    assert_type(diagnosis.culprits, tuple[Container, ...])
    assert_type(diagnosis.evidence, tuple[str, ...])
    assert_type(diagnosis.unknown, tuple[str, ...])
    assert_type(diagnosis.summary, str)
    assert_type(diagnosis.alert, bool)
    assert_type(diagnosis.level, Level | None)
    assert_type(diagnosis.workload, Workload)
    assert_type(diagnosis.workload.type, WorkloadType)
    assert_type(diagnosis.workload.name, str | None)
    assert_type(CAUSES[diagnosis.cause], CauseEntry)
    diagnose({"lastStatus": "STOPPED"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnosis.alert = False  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def alerts(task: TaskStateChange, diagnosis: Diagnosis) -> None:
    """Build an alert."""
    alert = build_alert(task, diagnosis)
    assert_type(alert, Alert)
    assert_type(alert.event_id, str)
    assert_type(alert.timestamp, datetime | None)
    assert_type(alert.level, Literal["fatal", "error", "warning", "info"])
    assert_type(alert.fingerprint, tuple[str, ...])
    assert_type(alert.tags, Mapping[str, str])
    assert_type(alert.contexts, Mapping[str, Mapping[str, Any]])
    assert_type(alert.timeline, tuple[Milestone, ...])
    assert_type(alert.log, tuple[LogLine, ...])
    assert_type(alert.release, str | None)
    assert_type(alert.links, Mapping[str, str])
    assert_type(alert.timeline[0].at, datetime)
    assert_type(alert.url, str | None)
    assert_type(alert.to_dict(), dict[str, Any])
    assert_type(sentry_event(alert, environment="production"), dict[str, Any])
    alert.tags["a"] = "b"  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


def policies() -> None:
    """Tell what alerts."""
    policy = FailurePolicy(
        levels={(Cause.SPOT_INTERRUPTION, "service"): "warning", ("*", "batch"): None},
        ignore_containers=["sidecar-*"],
        side_containers=("agent",),
        ignore_exit_codes={130, 143},
        ignore_workloads=["batch"],
        clusters=(name for name in ["prod-*"]),
    )
    assert_type(policy.ignore_exit_codes, frozenset[int])
    assert_type(policy.clusters, tuple[str, ...])
    assert_type(policy.level(Cause.HEALTH_CHECK, WorkloadType.SERVICE), Level | None)
    assert_type(policy.event_pattern(), EventPattern)
    assert_type(Rule("error", cause="spot_interruption", service="checkout"), Rule)
    assert_type(Rule(None, exit_code=[1, 143], until=date(2026, 12, 4)).why, str | None)
    FailurePolicy(rules=[Rule(None, until="2026-12-04", why="fixed in release 12")])
    FailurePolicy(levels={("*", "batch"): "critical"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    FailurePolicy(ignore_exit_codes=["1"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    policy.clusters = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


class Typed:
    """A notifier: a name, and `notify()`."""

    name = "typed"

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """Confirm."""
        return Receipt(self.name, alert.event_id, url=None if timeout else "https://example.com")


class Nameless:
    """No notifier: it has no name."""

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """Confirm."""
        return Receipt("nameless", alert.event_id)


class Silent:
    """No notifier: it gives no receipt."""

    name = "silent"

    def notify(self, alert: Alert, *, timeout: float | None) -> None:
        """Confirm nothing."""


class Untimed:
    """No notifier: it takes no timeout."""

    name = "untimed"

    def notify(self, alert: Alert) -> Receipt:
        """Confirm."""
        return Receipt(self.name, alert.event_id)


def page(alert: Alert) -> None:
    """Deliver, or raise."""


async def page_later(alert: Alert) -> None:
    """Promise to deliver."""


def notifiers(alert: Alert) -> None:
    """Bring alerts somewhere."""
    assert_type(function_notifier(page), Notifier)
    assert_type(function_notifier(page, name="pager"), Notifier)
    notifier: Notifier = Typed()
    notifier = SentryNotifier("https://key@sentry.example/1", environment="production")
    notifier = SentryNotifier(lambda: "https://key@sentry.example/1")
    notifier = LogNotifier(name="audit")
    notifier = WebhookNotifier("https://h/hook", signing_key=lambda: "whsec_…", name="hook")
    notifier = AppriseNotifier(lambda: "pagerduty://key@api", name="pager")
    notifier = SnsNotifier("arn:aws:sns:eu-central-1:111122223333:alerts", format="json")
    notifier = RecordingNotifier()
    receipt = notifier.notify(alert, timeout=1.5)
    assert_type(receipt, Receipt)
    assert_type(receipt.id, str)
    assert_type(receipt.url, str | None)
    notifier = Nameless()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    notifier = Silent()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    notifier = Untimed()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    notifier.notify(alert)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    function_notifier(len)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Receipt("pager")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    FailureAlerter(page)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    FailureAlerter(Nameless())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class Lookup:
    """Looks something up."""

    name = "lookup"

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Find it."""
        assert_type(judgement.policy, FailurePolicy)
        line = LogLine(datetime.now(UTC), "Killed", "app")
        assert_type(Evidence(log=[line]).log, tuple[LogLine, ...])
        return Evidence(
            diagnosis=judgement.diagnosis,
            containers={"app": {"essential": True}},
            contexts={"log 1": {"lines": 1}},
            tags={"aws.tag.team": "data"},
            release="1.4",
            links={"log": "https://logs.example/1"},
            unknown=["The log was cut."],
        )


def enrichers() -> None:
    """Look things up for an alert."""
    enricher: Enricher = Lookup()
    FailureAlerter(Typed(), enrichers=[enricher], lookup_seconds=2.5)
    enricher = Typed()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    FailureAlerter(Typed(), enrichers=[page])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def alerters(payload: Mapping[str, Any], context: LambdaContext, policy: FailurePolicy) -> None:
    """Do it all behind one call."""
    alerter = FailureAlerter(Typed(), LogNotifier(), policy=policy, partial_batch=True)
    route = Route(Typed(), family=["etl-*"], tag="team=data", min_level="warning", collapse=True)
    assert_type(route.notifier, Notifier | None)
    FailureAlerter(route, LogNotifier(), Route(drop=True))
    Route(page)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Route(Typed(), min_level="loud")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    report = alerter.process(payload, timeout=10)
    assert_type(report, Report)
    assert_type(alerter.process_records(read_payload(payload), timeout=10), Report)
    assert_type(alerter.handle(payload, context), dict[str, Any])
    assert_type(alerter.handle(payload, None), dict[str, Any])
    assert_type(report.failures, tuple[Outcome, ...])
    assert_type(report.batch_item_failures(), dict[str, list[dict[str, str]]])
    assert_type(report.to_dict(), dict[str, Any])
    report.raise_for_failures()
    for outcome in report.outcomes:
        assert_type(
            outcome.status,
            Literal["delivered", "no_alert", "dropped", "ignored", "not_delivered", "unreadable"],
        )
        assert_type(outcome.failed, bool)
        assert_type(outcome.subject, str | None)
        assert_type(outcome.task_arn, str | None)
        assert_type(outcome.retryable, bool)
        assert_type(outcome.maybe_delivered, bool)
        assert_type(outcome.diagnosis, Diagnosis | None)
        assert_type(outcome.alert, Alert | None)
        assert_type(outcome.receipts, tuple[Receipt, ...])
        assert_type(outcome.errors, tuple[EcsFailureAlertsError, ...])
    alerter.process(payload, 10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def notices_for_tests() -> None:
    """Make events that are no task."""
    assert_type(service_action("SERVICE_STEADY_STATE", service="web"), dict[str, Any])
    assert_type(deployment_state_change(reason="x"), dict[str, Any])
    assert_type(execution_status_change("TIMED_OUT", state_machine="etl"), dict[str, Any])
    assert_type(instance_health_change("DAEMON", status="OK"), dict[str, Any])
    assert_type(schedule_dead_letter("NO_RESOURCE", RETRY_ATTEMPTS="3"), dict[str, Any])
    assert_type(batch_job_state_change("FAILED", exit_code=137), dict[str, Any])
    schedule_dead_letter(RETRIES=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def notices(event: Mapping[str, Any]) -> None:
    """Read what is no task."""
    notice = parse_notice(event)
    assert_type(notice, Notice)
    assert_type(notice.cause, Cause)
    assert_type(notice.workload, Workload | None)
    assert_type(diagnose(notice), Diagnosis)
    assert_type(build_alert(notice, diagnose(notice)), Alert)


def judgements(event: Mapping[str, Any], policy: FailurePolicy) -> None:
    """Read, diagnose and word an event in one go."""
    judgement = judge(event, policy)
    assert_type(judgement, Judgement)
    assert_type(judge(b"{}").event, TaskStateChange | Notice)
    assert_type(judgement.diagnosis, Diagnosis)
    assert_type(judgement.alert, Alert | None)
    assert_type(judgement.as_alert(), Alert)
    judge()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def settings(policy: FailurePolicy) -> None:
    """Make an alerter of the environment."""
    assert_type(alerter_from_env(os.environ), FailureAlerter)
    assert_type(alerter_from_env({"SENTRY_DSN": "…"}, policy=policy), FailureAlerter)
    assert_type(policy_from_env(os.environ), FailurePolicy)
    assert_type(VARIABLES, dict[str, str])
    alerter_from_env()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def errors(error: EcsFailureAlertsError) -> None:
    """Tell what went wrong: each class has fields of its own."""
    match error:
        case UnsupportedEvent():
            assert_type(error.source, str)
            assert_type(error.detail_type, str)
        case EventError():
            assert_type(error.problems, tuple[Problem, ...])
            assert_type(error.problems[0].path, str)
        case InvalidPattern():
            assert_type(error.path, str)
        case ConfigError():
            assert_type(error.problems, tuple[Problem, ...])
        case SettingsError():
            assert_type(error.variable, str)
        case DeliveryError():
            assert_type(error.retryable, bool)
            assert_type(error.retry_after, float | None)
            assert_type(error.maybe_delivered, bool)
            assert_type(error.status, int | None)
            assert_type(error.notifier, str | None)
        case AwsError():
            assert_type(error.action, str)
            assert_type(error.code, str)
            assert_type(error.status, int | None)
        case DeliveryFailed():
            assert_type(error.report, Report)
        case _:
            pass
    DeliveryError("no", retryable=False, retry_after=5, maybe_delivered=True, status=429)
    DeliveryError("no")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def patterns(event: Mapping[str, object]) -> None:
    """Write an event pattern, and ask it."""
    elements: list[Element] = [
        "text",
        1,
        1.5,
        True,
        None,
        prefix("a"),
        prefix(equals_ignore_case("a")),
        suffix("a"),
        suffix(equals_ignore_case("a")),
        equals_ignore_case("a"),
        exactly("10.0.0.1"),
        wildcard("a*"),
        cidr("10.0.0.0/8"),
        exists(False),
        numeric(">", 0),
        numeric(">", 0, "<=", 5),
        anything_but("a", "b"),
        anything_but(0, 143),
        anything_but(prefix("a")),
    ]
    alternatives: FieldList = ("STOPPED", prefix("STOP"))
    alternatives = elements
    alternatives = "STOPPED"  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    fields: Fields = {
        "detail-type": alternatives,
        "source": ["aws.ecs"],
        "detail": {"containers": {"exitCode": elements}},
    }
    branches = any_of({"a": ["b"]}, {"c": [1]}, {"d": [exists(True)]})
    assert_type(branches, AnyOf)
    pattern = EventPattern({**fields, "$or": branches})
    assert_type(pattern, EventPattern)
    assert_type(EventPattern.from_json("{}"), EventPattern)
    assert_type(EventPattern.from_json(b"{}"), EventPattern)
    assert_type(EventPattern.from_json(event), EventPattern)
    assert_type(pattern.matches(event), bool)
    assert_type(pattern.matches("{}"), bool)
    assert_type(pattern.to_json(2), str)
    explanation = pattern.explain(event)
    assert_type(explanation, Explanation)
    assert_type(explanation.matches, bool)
    assert_type(explanation.branches, tuple[BranchExplanation, ...])
    assert_type(explanation.branches[0].findings, tuple[ConditionExplanation, ...])
    assert_type(str(explanation), str)
    EventPattern({"source": "aws.ecs"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    prefix(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    exists("true")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    numeric("!=", 5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    numeric(">", 0, "<=")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    anything_but(exists(True))  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    any_of({"a": ["b"]})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def task_patterns() -> None:
    """Write a pattern with the fields of task events, and check it."""
    failed: ContainerFields = {"exit_code": anything_but(0)}
    not_started: TaskFields = {"stop_code": "TaskFailedToStart"}
    pattern = task_pattern(last_status="STOPPED", any_of=[{"containers": failed}, not_started])
    assert_type(pattern, EventPattern)
    findings = lint(pattern)
    assert_type(findings, list[Finding])
    assert_type(lint("{}"), list[Finding])
    assert_type(unwrap("{}"), str | bytes)
    covered = coverage(pattern)
    assert_type(covered, Coverage)
    assert_type(covered.misses, Mapping[str, Count])
    assert_type(covered.missed, tuple[TypicalEvent, ...])
    assert_type(findings[0].severity, Literal["error", "warning", "info"])
    assert_type(findings[0].code, str)
    assert_type(findings[0].fix, str | None)
    task_pattern(last_state="STOPPED")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    task_pattern(stop_code=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task_pattern(containers={"exit_code": "1"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]


def misspelled() -> None:
    """Ask the package for a name that it does not have."""
    ecs_failure_alerts.FailureAlerterr()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def in_tests() -> None:
    """Test with events, a notifier that records, and a Sentry server."""
    event = task_state_change(
        stop_code="UserInitiated", startedAt=ABSENT, containers=[{"exitCode": 1}]
    )
    assert_type(event, dict[str, Any])
    recorder = RecordingNotifier(error=DeliveryError("no", retryable=True), name="mine")
    assert_type(recorder.alerts, list[Alert])
    assert_type(recorder.error, DeliveryError | None)
    with SentryInbox(max_size=1_000_000) as inbox:
        assert_type(inbox, SentryInbox)
        assert_type(inbox.dsn, str)
        assert_type(inbox.requests, tuple[InboxRequest, ...])
        assert_type(inbox.requests[0].items, tuple[EnvelopeItem, ...])
        assert_type(inbox.event_ids, tuple[str, ...])
        assert_type(inbox.wait_for(1, timeout=2), tuple[dict[str, Any], ...])
        inbox.answer(503, times=2, retry_after=1)
        inbox.answer("hang")
        inbox.answer("hung")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    task_state_change([{"exitCode": 1}])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
