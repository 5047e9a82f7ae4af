"""Why a task stopped, and whether that is a failure."""

# Theory of operation: the causes are tried in the order of `signs.CAUSE_TABLE`, and the first
# row that holds wins. The rows read AWS's codes and sentences. If no row holds, the exit codes of
# the main containers decide, in `Containers.exits()`. The exit codes of side containers (log
# routers, meshes, agents) do not count, unless the crash of one explains how the others ended.
#
# "Killed" is 137 or 143 without a reason: ECS stops the others when an essential container
# ends, so a kill alone proves nothing. The truth table, from the top:
#
#    1  not STOPPED                                            not_stopped
#    2  a container's reason says OutOfMemory                  out_of_memory, that container
#    3  UserInitiated                                          user_stopped, read no further
#    4  stoppedReason says OutOfMemory                         out_of_memory, by exit codes
#    5  a failed start: by code, by sentence, or by a wording  failed_to_start.*
#       without startedAt
#    6  Spot; a host that is gone; health checks; scheduler    that cause
#       exit codes of the main containers:
#    7  one that is neither 0 nor killed                       container_exit, those
#    8  killed, and a side container crashed, or all got       container_exit, side container
#       SIGTERM and a side container ended with its own code
#    9  killed                                                 container_exit, the killed
#   10  a missing code                                         container_exit, those without
#   11  all 0, and a side container crashed                    container_exit, side container
#   12  all 0                                                  clean_exit, nobody
#
# Undecided, so a warning at most: 8, 9 and 10 beside a main container that ended with 0; 11;
# and a failed start without any reason in which a main container ended with 0.

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import evolve

from ..causes import Cause
from ..diagnosis import Diagnosis
from ..policy import FailurePolicy, decide
from ..policy.cases import Case, read_tags
from .containers import Containers, has_failed
from .events import Container, TaskStateChange, describe_oddities
from .findings import READ_CHARACTERS, Finding
from .open_questions import find_open_questions
from .signs import (
    BARE_SENTENCE,
    CAUSE_TABLE,
    CUT_SHORT,
    REASONS,
    ROUTINE_SCALING,
    SCALING,
    CauseRow,
    Sign,
)
from .wordings import find_words
from .workloads import find_workload

if TYPE_CHECKING:
    from .definitions import TaskDefinition

#: The reason for silence by a definition, at the end of a decision.
_COMPLETED: Final = "; by the task definition, the work had ended and ECS stopped the rest"

_SCHEDULER: Final = "ServiceSchedulerInitiated"

#: The fields that show a cause, each with its container, if any.
_Evidence: TypeAlias = dict[str, Container | None]


def diagnose_task(
    task: TaskStateChange, policy: FailurePolicy, definition: TaskDefinition | None = None
) -> Diagnosis:
    """
    Explain why *task* stopped, and whether that is a failure.

    Args:
        task: Any task state change; one that has not stopped is a cause too.
        policy: What alerts, and which containers count.
        definition: The task's definition, if it was looked up. It tells the essential
            containers, so their names need not.

    Returns:
        The diagnosis. Every task gets one.
    """
    finding = _find(task, policy)
    case = _case(finding)
    decision = decide(case, policy)

    if definition is not None:
        from .essentials import refine  # noqa: PLC0415 - for look-ups only

        of_event, finding = finding, refine(finding, definition)
        due, case = decision.level is not None, _case(finding)
        decision = decide(case, policy)
        if due and decision.level is None and finding.completed:
            decision = evolve(decision, reason=f"{decision.reason}{_COMPLETED}")
        elif due and decision.level is None:
            # A looked-up definition silences an alert only if the work was completed.
            limits: dict[str, Any] = {"undecided": finding.undecided, "at_most": finding.at_most}
            case = _case(evolve(of_event, **limits))
            decision = decide(case, policy)

    summary, hint = find_words(finding)
    return Diagnosis(
        cause=finding.cause,
        culprits=finding.culprits,
        evidence=finding.evidence,
        summary=summary,
        workload=finding.workload,
        alert=decision.level is not None,
        level=decision.level,
        decision=decision.reason,
        hint=hint,
        unknown=(*find_open_questions(finding), *describe_oddities(task.raw, task.faults)),
        notes=finding.notes,
        decided_by=decision.row.name,
        rule_note=decision.rule_note,
        case=case,
    )


def _case(finding: Finding) -> Case:
    task = finding.task

    return Case(
        cause=finding.cause,
        workload=finding.workload,
        account=task.account,
        cluster_arn=task.cluster_arn,
        cluster=task.cluster,
        service=task.service,
        family=task.family,
        containers=tuple(container.name for container in finding.culprits),
        exit_codes=frozenset(container.exit_code for container in finding.culprits),
        tags=read_tags(task.raw),
        time=task.happened_at,
        undecided=finding.undecided,
        at_most=finding.at_most,
    )


def _find(task: TaskStateChange, policy: FailurePolicy) -> Finding:
    """Find the cause by the first row of `CAUSE_TABLE` that holds, or else by exit codes."""
    containers = Containers(task, policy)
    texts = _Texts(task, containers)
    known: dict[tuple[Sign, ...], _Evidence] = {}  # several rows have the same signs

    for row in CAUSE_TABLE:
        if row.signs not in known:
            known[row.signs] = texts.search_signs(row.signs)
        evidence = known[row.signs] and texts.with_name(row, known[row.signs])
        if evidence:
            return _found_by_row(row, evidence, task, containers)

    return _found_by_exit_codes(task, containers)


def _found_by_row(
    row: CauseRow, evidence: _Evidence, task: TaskStateChange, containers: Containers
) -> Finding:
    culprits: tuple[Container, ...] = ()
    paths = tuple(evidence)

    if row.culprits == "by_sign":
        culprits = tuple(c for c in evidence.values() if c)
    elif row.culprits == "by_start":
        culprits = tuple(c for _, c in containers.at_fault_by_start())
    elif row.culprits == "by_exit_code":
        culprits = tuple(c for _, c in containers.exits().culprits)
    elif row.culprits == "by_health":
        unhealthy = [(path, c) for path, c in containers.counted if c.health_status == "UNHEALTHY"]
        culprits = tuple(c for _, c in unhealthy)
        paths += tuple(f"{path}.healthStatus" for path, _ in unhealthy)

    undecided = row.cause is Cause.FAILED_TO_START_OTHER and _was_over_already(task, containers)

    return Finding(
        task, containers, find_workload(task), row.cause, culprits, paths, undecided=undecided
    )


def _found_by_exit_codes(task: TaskStateChange, containers: Containers) -> Finding:
    exits = containers.exits()
    failed = bool(exits.culprits) or not containers.counted
    decisive = exits.culprits or containers.main
    paths = tuple(f"{path}.exitCode" for path, _ in decisive)

    return Finding(
        task,
        containers,
        find_workload(task),
        Cause.CONTAINER_EXIT if failed else Cause.CLEAN_EXIT,
        tuple(c for _, c in exits.culprits),
        paths or ("detail.containers",),
        undecided=exits.undecided,
    )


def _was_over_already(task: TaskStateChange, containers: Containers) -> bool:
    """Return whether a container ended with 0 before another could start, and nothing failed."""
    said = [task.stopped_reason or "", *(c.reason or "" for _, c in containers.counted)]
    main = [c for _, c in containers.main]

    return (
        all(re.fullmatch(BARE_SENTENCE, text[:READ_CHARACTERS]) for text in said)
        and any(c.exit_code == 0 for c in main)
        and not any(map(has_failed, main))
    )


class _Texts:
    """The texts to search for the signs of a cause."""

    def __init__(self, task: TaskStateChange, containers: Containers) -> None:
        sentence = task.stopped_reason
        if (
            sentence
            and sentence.startswith(ROUTINE_SCALING)
            and task.stop_code in (None, _SCHEDULER)
        ):
            sentence = ROUTINE_SCALING  # the rest may quote a user's text, so it is not read

        self.fields = {
            "lastStatus": task.last_status,
            "stopCode": task.stop_code,
            "stoppedReason": sentence,
        }
        self.present = {"stopCode": bool(task.stop_code), "startedAt": task.has_started}

        scaled = task.stop_code == _SCHEDULER and re.search(
            SCALING, (sentence or "")[:READ_CHARACTERS]
        )
        self.reasons = [
            (f"{path}.reason", container, container.reason[:READ_CHARACTERS])
            for path, container in containers.counted
            if container.reason and not (scaled and re.search(CUT_SHORT, container.reason))
        ]

    def search_signs(self, signs: tuple[Sign, ...]) -> _Evidence:
        """Find the fields that show the first of *signs*; empty without any."""
        for sign in signs:
            if sign.absent and self.present[sign.absent]:
                continue
            if found := self.search(sign.field, sign.pattern):
                return found
        return {}

    def with_name(self, row: CauseRow, found: _Evidence) -> _Evidence:
        """Add the fields with the row's name, if it has one; empty if no field has it."""
        if row.name is None:
            return found

        named = self.search("stoppedReason", row.name) or self.search(REASONS, row.name)
        return found | named if named else {}

    def search(self, where: str, pattern: str) -> _Evidence:
        """Find the fields that match *pattern*."""
        if where == REASONS:
            regex = _compiled(pattern)
            return {path: c for path, c, reason in self.reasons if regex.search(reason)}

        text = self.fields[where]
        found = text is not None and _compiled(pattern).search(text[:READ_CHARACTERS])
        return {f"detail.{where}": None} if found else {}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile the pattern of a sign at its first search."""
    return re.compile(pattern)
