"""
Notices about runs that ECS refused, from CloudTrail's record of the call.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html

Only the name of a role or a service is taken from the caller, because a session's name may be a
person's.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from ..causes import Cause, Level, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after, last
from ._envelope import Envelope
from ._notice import Fields, Notice, name_and_revision
from ._placement import placement_code, placement_hint, placement_words
from ._refusals import refusal_hint, refusal_words

DETAIL_TYPE: Final = "AWS API Call via CloudTrail"

EVENT_SOURCE: Final = "ecs.amazonaws.com"
RUNS: Final = frozenset({"RunTask", "StartTask"})
_SCHEDULES: Final = ("events-rule/", "chronos-schedule/")
_STEP_FUNCTIONS: Final = "AWS Step Functions"
#: The known beginnings of ``startedBy``; anybody may write other ones.
_KNOWN_STARTERS: Final = (*_SCHEDULES, _STEP_FUNCTIONS)
_PERSONS_ROLE: Final = "AWSReservedSSO_"
_PERSONS: Final = frozenset({"IAMUser", "Root", "FederatedUser", "IdentityCenterUser", "SAMLUser"})
_THROTTLED: Final = re.compile("Throttl")


@frozen
class _Caller:
    """The caller: a service of AWS or a role. Nothing is kept about a person."""

    service: str | None
    role: str | None

    @property
    def name(self) -> str | None:
        """The name of the caller that an alert may show."""
        return self.role or self.service

    @property
    def is_person(self) -> bool:
        """Whether a person made the call; that person has read the answer."""
        return self.name is None


def read(envelope: Envelope) -> Notice:
    """Read a call of the ECS API. Only a refused run alerts, unless a person asked for it."""
    detail = envelope.detail
    name, code = detail.required_text("eventName"), detail.text("errorCode")
    request, response = detail.inner("requestParameters"), detail.inner("responseElements")

    failures = [failure.text("reason") for failure in response.members("failures")]
    reasons = sorted(reason for reason in failures if reason)  # AWS's order has no meaning
    started, asked = len(list(response.members("tasks"))), request.number("count")
    caller = _caller(detail.inner("userIdentity"))

    task = response.inner("task") if isinstance(response.values.get("task"), dict) else Fields({})
    started_by = request.word("startedBy") or task.word("startedBy") or ""
    definition = request.word("taskDefinition") or task.word("taskDefinitionArn")
    family, _ = name_and_revision(definition)

    is_run = name in RUNS and detail.text("eventSource") == EVENT_SOURCE
    is_short = bool(code) or (bool(reasons) and (asked is None or started < asked))
    refused = is_run and is_short and not caller.is_person

    starter = started_by if started_by.startswith(_KNOWN_STARTERS) else None
    scheduled = started_by.startswith(_SCHEDULES)
    kind = WorkloadType.SCHEDULED if scheduled else WorkloadType.STANDALONE
    workload = Workload(kind, family) if family or refused else None
    cluster_arn, cluster = _cluster(request.word("cluster") or task.word("clusterArn"))

    why, discriminator, at_most = _refusal(
        code, detail.word("errorMessage"), reasons, started, asked or started + len(reasons)
    )
    if refused and not family and caller.name:
        discriminator = f"{discriminator}:{caller.name}"

    return envelope.notice(
        Cause.RUN_REFUSED if refused else Cause.ROUTINE,
        workload,
        scope=(cluster, f"{kind}:{family or '?'}"),
        time=envelope.time("eventTime"),
        asked_by=f"{started_by}, in part" if started else started_by,
        cluster_arn=cluster_arn,
        cluster=cluster,
        discriminator=discriminator if refused else None,
        at_most=at_most,
        reason="; ".join(reasons) or None,
        evidence=("detail.errorCode" if code else "detail.responseElements.failures",),
        which=_asked_by(started_by, caller) + why if refused else _routine(is_short, caller),
        hint=_hint(code, reasons, started, asked) if refused else None,
        facts={
            "api": name,
            "error_code": code,
            "started_by": starter,
            "caller": caller.name,
            "requested": asked,
            "started": started,
            "task_definition": last(definition),
        },
        tags={
            "aws.rule": after("events-rule/", started_by),
            "ecs.family": family,
            "ecs.started_by": starter,
            "ecs.task_definition": last(definition),
        },
        console_path=f"/ecs/v2/clusters/{cluster}/tasks" if cluster else None,
    )


def _refusal(
    code: str | None, message: str | None, reasons: list[str], started: int, asked: int
) -> tuple[str, str | None, Level | None]:
    """Return why the run was refused, the word for its group, and its highest level."""
    if code:
        throttled = _THROTTLED.search(code) is not None
        words = f" did not start: {refusal_words(code, message)}"
        return words, code, "warning" if throttled else None

    reason = reasons[0] if reasons else None
    if started:
        count = f" started in part, {started} of {asked} tasks"
        return f"{count}: {placement_words(reason)}", placement_code(reason), "warning"
    return f" did not start: {placement_words(reason)}", placement_code(reason), None


def _routine(is_short: bool, caller: _Caller) -> str:
    if is_short and caller.is_person:
        return ": it was refused, but a person asked for it and has read the answer"
    return ""


def _hint(code: str | None, reasons: list[str], started: int, asked: int | None) -> str:
    """Return what to do next."""
    if started:
        missing = asked - started if asked else len(reasons)
        return f"Start the missing {missing} by hand, not the whole run."
    why = placement_hint(reasons[0]) if reasons else refusal_hint(code or "")
    again = "The caller may try again: check that before you run it by hand."

    return f"{why or 'Fix the reason.'} {again}"


def _asked_by(started_by: str, caller: _Caller) -> str:
    """Name the caller that asked for the run."""
    for prefix, what in zip(_SCHEDULES, ("rule", "schedule"), strict=True):
        if started_by.startswith(prefix):
            return f" ({what} {started_by.removeprefix(prefix)})"

    name = _STEP_FUNCTIONS if started_by == _STEP_FUNCTIONS else caller.name
    return f" (asked for by {name})" if name else ""


def _caller(identity: Fields) -> _Caller:
    """Return the caller, without anything that names a person."""
    issuer = identity.inner("sessionContext").inner("sessionIssuer")
    role = issuer.word("userName") if issuer.word("type") == "Role" else None
    is_person = identity.word("type") in _PERSONS or (role or "").startswith(_PERSONS_ROLE)

    return _Caller(None, None) if is_person else _Caller(identity.word("invokedBy"), role)


def _cluster(named: str | None) -> tuple[str | None, str | None]:
    """Return a cluster's ARN, if there is one, and its name."""
    if named and named.startswith("arn:"):
        return named, after(":cluster/", named)
    return None, named
